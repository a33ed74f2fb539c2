//! Where libraries are: the path given at registration, or a file dropped into a plugins directory.

use std::env;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// A directory that is looked through for libraries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginDirectory {
    /// The directory.
    pub path: PathBuf,
    /// Only files named `liblarder_flavor_*` count: the directory holds other things too.
    pub prefixed_only: bool,
}

/// The directories that are looked through, first one first: `$LARDER_PLUGIN_PATH`, the user's, the one that belongs to
/// the executable, the executable's own (so that a fresh build works), the system's. Never the current directory.
pub fn plugin_directories(users: &Path) -> Vec<PluginDirectory> {
    let mut directories = Vec::new();
    let mut add = |path: PathBuf, prefixed_only: bool| {
        let directory = PluginDirectory { path, prefixed_only };
        // A relative directory would depend on where the command is run.
        if directory.path.is_absolute() && !directories.contains(&directory) {
            directories.push(directory);
        }
    };
    if let Some(listed) = env::var_os("LARDER_PLUGIN_PATH") {
        env::split_paths(&listed).for_each(|path| add(path, false));
    }
    add(users.to_owned(), false);
    if let Ok(executable) = env::current_exe()
        && let Some(own) = executable.parent()
    {
        if let Some(prefix) = own.parent() {
            add(prefix.join("lib/larder/plugins"), false);
        }
        add(own.to_owned(), true);
    }
    add("/usr/local/lib/larder/plugins".into(), false);
    add("/usr/lib/larder/plugins".into(), false);
    directories
}

/// The entries of `$LARDER_PLUGIN_PATH` that are left out because what they mean depends on where the command is run.
pub fn relative_plugin_directories() -> Vec<PathBuf> {
    let listed = env::var_os("LARDER_PLUGIN_PATH").unwrap_or_default();
    let is_relative = |path: &PathBuf| path.is_relative() && !path.as_os_str().is_empty();
    env::split_paths(&listed).filter(is_relative).collect()
}

/// Why a file or a directory is not looked at.
#[derive(Debug, Error)]
pub enum FindError {
    /// Somebody else could exchange the library for another.
    #[error("{} `{}` can be written by other users (mode {mode:04o})", if *is_directory { "directory" } else { "library" }, path.display())]
    OthersCanWrite {
        /// The file or directory.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
        /// Which of the two it is.
        is_directory: bool,
    },
    /// Somebody else owns it.
    #[error("{} `{}` belongs to user {owner}, not to you or root", if *is_directory { "directory" } else { "library" }, path.display())]
    Owner {
        /// The file or directory.
        path: PathBuf,
        /// The number of the user it belongs to.
        owner: u32,
        /// Which of the two it is.
        is_directory: bool,
    },
    /// It is gone.
    #[error("library `{}` is missing", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be looked at.
    #[error("`{}` cannot be looked at", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl FindError {
    /// What to do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::OthersCanWrite { path, .. } => Some(format!("chmod go-w {}", path.display())),
            Self::Owner { path, .. } => {
                Some(format!("copy it to a place of your own, or: chown $USER {}", path.display()))
            }
            Self::Missing { .. } => {
                Some("put it back, or tell where it is now: larder flavor register <PATH>".to_owned())
            }
            Self::Io { .. } => None,
        }
    }
}

/// The libraries in a directory, sorted by name; none when it does not exist.
///
/// # Errors
///
/// When others can write the directory, or it cannot be read.
pub fn libraries_in(directory: &PluginDirectory) -> Result<Vec<PathBuf>, FindError> {
    let io_error = |source| FindError::Io { path: directory.path.clone(), source };
    let entries = match fs::read_dir(&directory.path) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(io_error(error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(io_error)?.path();
        if is_library_name(&path, directory.prefixed_only) {
            found.push(path);
        }
    }
    if !found.is_empty() {
        refuse_if_others_can_write(&directory.path)?;
    }
    found.sort();
    Ok(found)
}

fn is_library_name(path: &Path, prefixed_only: bool) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    matches!(extension, Some("so" | "dylib")) && (!prefixed_only || name.starts_with("liblarder_flavor_"))
}

/// Refuses a library when somebody else can write it or the directory it stands in: what was checked could be another
/// file a moment later, and who can write it can run code as you. A sticky directory such as `/tmp` is fine when the
/// file itself is yours.
///
/// # Errors
///
/// [`FindError::OthersCanWrite`] or [`FindError::Owner`], naming the file or directory and its mode;
/// [`FindError::Missing`].
pub fn refuse_if_unsafe(library: &Path) -> Result<(), FindError> {
    refuse_if_others_can_write(library)?;
    let parent = library.parent().map(refuse_if_others_can_write);
    parent.transpose()?;
    if fs::symlink_metadata(library).is_ok_and(|metadata| metadata.is_symlink())
        && let Ok(target) = fs::canonicalize(library)
        && let Some(directory) = target.parent()
    {
        refuse_if_others_can_write(directory)?;
    }
    Ok(())
}

const WRITABLE_BY_OTHERS: u32 = 0o022;
const STICKY: u32 = 0o1000;

fn refuse_if_others_can_write(path: &Path) -> Result<(), FindError> {
    let metadata = fs::metadata(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => FindError::Missing { path: path.to_owned() },
        _ => FindError::Io { path: path.to_owned(), source },
    })?;
    let is_directory = metadata.is_dir();
    let mode = metadata.mode() & 0o7777;
    let sticky = is_directory && mode & STICKY != 0;
    if mode & WRITABLE_BY_OTHERS != 0 && !sticky && !writable_by_own_group_only(&metadata) {
        return Err(FindError::OthersCanWrite { path: path.to_owned(), mode, is_directory });
    }
    let user = rustix::process::geteuid().as_raw();
    let owner = metadata.uid();
    if owner != user && owner != 0 {
        return Err(FindError::Owner { path: path.to_owned(), owner, is_directory });
    }
    Ok(())
}

/// With user-private groups, the default of most distributions, a umask of 002 makes everything group-writable, and the
/// group is the user alone: its number is the user's.
fn writable_by_own_group_only(metadata: &fs::Metadata) -> bool {
    metadata.mode() & 0o002 == 0 && metadata.gid() == metadata.uid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the mode can be set");
    }

    #[test]
    fn finds_libraries_sorted_and_nothing_else() {
        let directory = tempfile::tempdir().expect("a directory");
        set_mode(directory.path(), 0o755);
        for name in ["libb.so", "liba.so", "notes.txt", "liblarder_flavor_x.so"] {
            fs::write(directory.path().join(name), "x").expect("a file");
        }
        let names = |prefixed_only| -> Vec<_> {
            let directory = PluginDirectory { path: directory.path().to_owned(), prefixed_only };
            let found = libraries_in(&directory).expect("the directory is safe");
            found.iter().map(|path| path.file_name().expect("a name").to_owned()).collect()
        };
        assert_eq!(names(false), ["liba.so", "libb.so", "liblarder_flavor_x.so"]);
        assert_eq!(names(true), ["liblarder_flavor_x.so"]);
    }

    #[test]
    fn refuses_what_others_can_write_by_name_and_mode() {
        let directory = tempfile::tempdir().expect("a directory");
        let library = directory.path().join("libx.so");
        fs::write(&library, "x").expect("a file");
        set_mode(&library, 0o646);
        let error = refuse_if_unsafe(&library).expect_err("others can write the file");
        assert_eq!(
            error.to_string(),
            format!("library `{}` can be written by other users (mode 0646)", library.display())
        );
        set_mode(&library, 0o644);
        set_mode(directory.path(), 0o777);
        let error = refuse_if_unsafe(&library).expect_err("others can write the directory");
        assert!(error.to_string().starts_with("directory `"), "{error}");
        set_mode(directory.path(), 0o1777);
        refuse_if_unsafe(&library).expect("a sticky directory keeps others from renaming");
    }

    #[test]
    fn a_directory_that_is_missing_has_no_libraries() {
        let directory = PluginDirectory { path: "/nonexistent/plugins".into(), prefixed_only: false };
        assert!(libraries_in(&directory).expect("no error").is_empty());
    }
}
