//! The registry file on the disk: read without a lock, replaced in one step under one.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::home::Home;

const TEMPORARY_PREFIX: &str = ".registry-";
const TEMPORARY_SUFFIX: &str = ".tmp";

/// The text of the file; `None` when there is none.
pub(super) fn read(file: &Path) -> Result<Option<String>> {
    let unreadable =
        |source| Error::registry(format!("registry `{}` cannot be read", file.display())).with_source(source);
    let mut opened = match File::open(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(unreadable)?,
    };
    let mode = opened.metadata().map_err(unreadable)?.permissions().mode() & 0o7777;
    if mode & 0o002 != 0 {
        // It says which libraries are trusted.
        let message = format!("registry `{}` can be written by every user (mode {mode:04o})", file.display());
        return Err(Error::registry(message).with_hint(format!("chmod 600 '{}'", file.display())));
    }
    let mut text = String::new();
    opened.read_to_string(&mut text).map_err(unreadable)?;
    Ok(Some(text))
}

/// The right to write the registry, held until it is dropped or the process ends, however it ends.
pub(super) struct Lock {
    directory: PathBuf,
    _file: File,
}

impl Lock {
    /// Waits for the lock; makes the directory when it is not there.
    pub(super) fn take(home: &Home) -> Result<Self> {
        let directory = home.config.clone();
        let wrong = |source| unwritable(&home.registry(), source);
        DirBuilder::new().recursive(true).mode(0o700).create(&directory).map_err(wrong)?;
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(false).mode(0o600).open(home.registry_lock());
        let file = file.map_err(wrong)?;
        file.lock().map_err(wrong)?;
        Ok(Self { directory, _file: file })
    }

    /// Replaces the file: a reader, and a crash at any moment, sees the old text or the new one.
    pub(super) fn write(&self, file: &Path, text: &str) -> Result<()> {
        self.replace(file, text).map_err(|source| unwritable(file, source))
    }

    fn replace(&self, file: &Path, text: &str) -> io::Result<()> {
        self.remove_leftovers();
        let target = match fs::canonicalize(file) {
            // A link, as dotfile managers make them, stays one.
            Ok(target) => target,
            Err(error) if error.kind() == io::ErrorKind::NotFound => file.to_path_buf(),
            Err(error) => return Err(error),
        };
        if target.exists() {
            // A file that the user made read-only is not to be replaced.
            OpenOptions::new().write(true).open(&target)?;
        }
        let directory = target.parent().unwrap_or(&self.directory);
        let mut temporary = tempfile::Builder::new()
            .prefix(TEMPORARY_PREFIX)
            .suffix(TEMPORARY_SUFFIX)
            .permissions(fs::Permissions::from_mode(0o600))
            .tempfile_in(directory)?;
        temporary.write_all(text.as_bytes())?;
        temporary.as_file().sync_all()?;
        temporary.persist(&target)?;
        File::open(directory)?.sync_all()
    }

    /// What a killed writer left. Under the lock nobody else is writing.
    fn remove_leftovers(&self) {
        let Ok(entries) = fs::read_dir(&self.directory) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(TEMPORARY_PREFIX) && name.ends_with(TEMPORARY_SUFFIX) {
                // It harms nobody where it cannot be removed.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

fn unwritable(file: &Path, source: io::Error) -> Error {
    Error::registry(format!("registry `{}` cannot be written", file.display()))
        .with_source(source)
        .with_hint("make the file and its directory writable, or set LARDER_HOME to a directory of your own")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Registry;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_active(home: &Home, name: &str) -> Result<()> {
        Registry::update(home, |registry| {
            registry.active_stack = Some(name.to_owned());
            Ok(())
        })
    }

    #[test]
    fn a_missing_file_is_an_empty_registry_and_reading_makes_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::at(directory.path().join("new"));
        assert_eq!(Registry::open(&home).unwrap().stores().count(), 0);
        assert!(!home.config.exists());
    }

    #[test]
    fn an_update_that_changes_nothing_writes_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::at(directory.path());
        Registry::update(&home, |_| Ok::<_, Error>(())).unwrap();
        assert!(!home.registry().exists());
    }

    #[test]
    fn an_update_that_fails_writes_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::at(directory.path());
        set_active(&home, "old").unwrap();
        let before = fs::read_to_string(home.registry()).unwrap();
        let failed = Registry::update(&home, |registry| {
            registry.active_stack = None;
            Err::<(), _>(Error::usage("no"))
        });
        assert_eq!(failed.unwrap_err().to_string(), "no");
        assert_eq!(fs::read_to_string(home.registry()).unwrap(), before);
    }

    #[test]
    fn only_the_user_can_read_the_file_and_its_directory() {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::at(directory.path().join("a/b"));
        set_active(&home, "dev").unwrap();
        assert_eq!((mode(&home.config), mode(&home.registry())), (0o700, 0o600));
    }

    #[test]
    fn what_a_killed_writer_left_is_ignored_and_removed() {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::at(directory.path());
        set_active(&home, "old").unwrap();
        let leftover = home.config.join(".registry-abc.tmp");
        fs::write(&leftover, "{\"format\": 1, \"act").unwrap();
        assert_eq!(Registry::open(&home).unwrap().active_stack.as_deref(), Some("old"));
        set_active(&home, "new").unwrap();
        assert!(!leftover.exists());
        assert_eq!(Registry::open(&home).unwrap().active_stack.as_deref(), Some("new"));
    }

    #[test]
    fn a_registry_behind_a_link_is_written_where_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::at(directory.path().join("home"));
        let target = directory.path().join("dotfiles.json");
        fs::create_dir(&home.config).unwrap();
        fs::write(&target, "{\"format\": 1}").unwrap();
        std::os::unix::fs::symlink(&target, home.registry()).unwrap();
        set_active(&home, "dev").unwrap();
        assert!(fs::read_to_string(&target).unwrap().contains("dev"));
        assert!(home.registry().is_symlink());
    }

    #[test]
    fn names_the_file_that_cannot_be_written() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        fs::write(&file, "").unwrap();
        let home = Home::at(file.join("home"));
        let error = set_active(&home, "dev").unwrap_err();
        assert_eq!(error.to_string(), format!("registry `{}` cannot be written", home.registry().display()));
        assert_eq!(error.causes().collect::<Vec<_>>(), ["Not a directory (os error 20)"]);
        assert!(error.hint().unwrap().contains("LARDER_HOME"));
    }

    #[test]
    fn a_read_only_file_is_not_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::at(directory.path());
        set_active(&home, "old").unwrap();
        fs::set_permissions(home.registry(), fs::Permissions::from_mode(0o400)).unwrap();
        if rustix::process::geteuid().is_root() {
            // No mode keeps root from writing, so the refusal cannot be seen.
            return;
        }
        assert!(set_active(&home, "new").is_err());
        assert_eq!(Registry::open(&home).unwrap().active_stack.as_deref(), Some("old"));
    }

    #[test]
    fn refuses_a_file_that_every_user_can_write() {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::at(directory.path());
        set_active(&home, "old").unwrap();
        fs::set_permissions(home.registry(), fs::Permissions::from_mode(0o666)).unwrap();
        let error = Registry::open(&home).unwrap_err();
        assert!(error.to_string().ends_with("can be written by every user (mode 0666)"), "{error}");
    }
}
