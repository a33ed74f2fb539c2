//! The registry file on the disk: read without a lock, replaced in one step under one.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use larder_plugin_api::ErrorKind;

use crate::error::{Error, Result};
use crate::home::Home;
use crate::store::Cancellation;

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
    /// Waits for the lock, unless the caller cancels; makes the directory when it is not there.
    pub(super) fn take(home: &Home, cancellation: &Cancellation) -> Result<Self> {
        let directory = home.config.clone();
        let wrong = |source| unwritable(&home.registry(), source);
        DirBuilder::new().recursive(true).mode(0o700).create(&directory).map_err(wrong)?;
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(false).mode(0o600).open(home.registry_lock());
        let file = file.map_err(wrong)?;
        wait(&file, cancellation, wrong)?;
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
        if fs::metadata(&target).is_ok_and(|metadata| metadata.permissions().readonly()) {
            // The system would let it be replaced, against what its owner meant.
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only"));
        }
        let directory = target.parent().unwrap_or(&self.directory);
        let mut temporary = tempfile::Builder::new()
            .prefix(TEMPORARY_PREFIX)
            .suffix(TEMPORARY_SUFFIX)
            .permissions(fs::Permissions::from_mode(0o600))
            .tempfile_in(directory)
            // Its errors name the temporary file, which the user does not know.
            .map_err(|error| io::Error::from(error.kind()))?;
        temporary.as_file_mut().write_all(text.as_bytes())?;
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

/// How long a wait for the lock lasts until the caller is asked whether it gave up.
const WAIT: Duration = Duration::from_millis(10);

/// A wait in the system could not be cancelled: a signal handler lets it go on.
fn wait(file: &File, cancellation: &Cancellation, wrong: impl FnOnce(io::Error) -> Error) -> Result<()> {
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if cancellation.is_cancelled() => {
                return Err(larder_plugin_api::Error::from(ErrorKind::Interrupted).into());
            }
            Err(TryLockError::WouldBlock) => thread::sleep(WAIT),
            Err(TryLockError::Error(error)) => return Err(wrong(error)),
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
    use crate::registry::{Registry, StoreRecord};
    use std::process::{Child, Command, Stdio};
    use std::time::Duration;

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
        Registry::update(&home, |_| Ok(())).unwrap();
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
        let error = set_active(&home, "new").unwrap_err();
        assert_eq!(error.causes().collect::<Vec<_>>(), ["the file is read-only"]);
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

    #[test]
    fn says_that_a_directory_is_no_registry() {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::at(directory.path());
        fs::create_dir(home.registry()).unwrap();
        let error = Registry::open(&home).unwrap_err();
        assert_eq!(error.to_string(), format!("registry `{}` cannot be read", home.registry().display()));
        assert_eq!(error.causes().collect::<Vec<_>>(), ["Is a directory (os error 21)"]);
    }

    fn register(home: &Home, name: &str) -> Result<()> {
        Registry::update(home, |registry| registry.register_store(&StoreRecord::new(name, "local", "/data")))
    }

    #[test]
    fn threads_that_update_at_once_lose_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::at(directory.path());
        std::thread::scope(|scope| {
            for number in 0..50 {
                let home = &home;
                scope.spawn(move || register(home, &format!("store-{number}")).unwrap());
            }
        });
        assert_eq!(Registry::open(&home).unwrap().stores().count(), 50);
    }

    /// Runs this test binary once more, as a process that executes one of the `child_` functions below.
    fn child(test: &str, home: &Home, name: &str) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--ignored", &format!("registry::file::tests::{test}")])
            .envs([("LARDER_TEST_HOME", home.config.as_os_str()), ("LARDER_TEST_NAME", name.as_ref())])
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn child_arguments() -> Option<(Home, String)> {
        Some((Home::at(std::env::var_os("LARDER_TEST_HOME")?), std::env::var("LARDER_TEST_NAME").ok()?))
    }

    #[test]
    #[ignore = "the child process of another test"]
    fn child_registers_a_store() {
        let Some((home, name)) = child_arguments() else { return };
        register(&home, &name).unwrap();
    }

    #[test]
    #[ignore = "the child process of another test"]
    fn child_writes_until_it_is_killed() {
        let Some((home, name)) = child_arguments() else { return };
        for number in 0.. {
            set_active(&home, &format!("{name}-{number}")).unwrap();
        }
    }

    #[test]
    fn processes_that_update_at_once_lose_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::at(directory.path());
        let names = (0..50).map(|number| format!("store-{number}"));
        let children: Vec<Child> = names.map(|name| child("child_registers_a_store", &home, &name)).collect();
        for mut child in children {
            assert!(child.wait().unwrap().success());
        }
        assert_eq!(Registry::open(&home).unwrap().stores().count(), 50);
    }

    #[test]
    fn a_writer_killed_at_any_moment_leaves_the_old_or_the_new_file() {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::at(directory.path());
        register(&home, "mine").unwrap();
        for round in 0..20 {
            let mut writer = child("child_writes_until_it_is_killed", &home, &format!("round-{round}"));
            let first = format!("round-{round}-");
            let is_writing = || {
                let active = Registry::open(&home).unwrap().active_stack;
                active.is_some_and(|name| name.starts_with(&first))
            };
            while !is_writing() {
                std::thread::yield_now();
            }
            std::thread::sleep(Duration::from_micros(317 * round));
            writer.kill().unwrap();
            writer.wait().unwrap();
            let registry = Registry::open(&home).unwrap();
            assert_eq!(registry.stores().count(), 1);
        }
        register(&home, "other").unwrap();
        let names = fs::read_dir(&home.config).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.collect();
        names.sort();
        assert_eq!(names, ["registry.json", "registry.lock"]);
    }
}
