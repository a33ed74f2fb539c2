//! A disk that is full, and a mount within the root. Both need the right to mount, and are skipped without.

use std::io::Write;
use std::process::Command;

use super::*;

/// A small filesystem of its own, below the root.
struct Mount(PathBuf);

impl Mount {
    fn new(home: &Home) -> Option<Self> {
        Self::of(home, &["-t", "tmpfs", "-o", "size=256k", "tmpfs"])
    }

    /// A directory of the store, a second time.
    fn bind(home: &Home, at: &str) -> Option<Self> {
        Self::of(home, &["--bind", home.root().join(at).to_str().expect("a path in UTF-8")])
    }

    fn of(home: &Home, arguments: &[&str]) -> Option<Self> {
        let place = home.root().join("mount");
        std::fs::create_dir(&place).expect("a directory");
        let mounted = Command::new("mount")
            .args(arguments)
            .arg(&place)
            .output()
            .is_ok_and(|output| output.status.success());
        if !mounted {
            let _ = std::io::stderr().write_all(b"skipped: this process may not mount\n");
        }
        mounted.then_some(Self(place))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_is_said_and_leaves_nothing() {
    let home = Home::new();
    let Some(_mount) = Mount::new(&home) else { return };
    let mut writer = home.writer("mount/a", OpenMode::Write).expect("a writer");
    let error = writer.write(&vec![1; 1 << 20]).expect_err("the disk is full");
    assert_eq!((error.kind(), error.message()), (ErrorKind::NoSpace, "cannot write the file"));
    drop(writer);
    assert_eq!(home.on_disk(), ["mount"]);
    std::fs::write(home.root().join("large"), vec![1; 1 << 20]).expect("a file");
    let copied = home.store.copyfile(path("large"), path("mount/a"), false);
    assert_eq!(kind(copied), ErrorKind::NoSpace);
    home.put("mount/a", "small");
}

#[test]
fn renames_to_a_mount_within_the_root() {
    let home = Home::new();
    let Some(_mount) = Mount::new(&home) else { return };
    home.put("a", "1");
    home.put("d/e/f", "2");
    std::os::unix::fs::symlink("e/f", home.root().join("d/link")).expect("a link");
    let rename = |from: &str, to: &str| home.store.rename(path(from), path(to), false);
    assert_eq!(rename("a", "mount/x/a"), Ok(()));
    assert_eq!(rename("d", "mount/d"), Ok(()));
    assert_eq!(home.read("mount/x/a").as_deref(), Ok("1"));
    assert_eq!(home.read("mount/d/link").as_deref(), Ok("2"));
    home.put("d", "taken");
    assert_eq!(kind(rename("mount/d", "d")), ErrorKind::AlreadyExists);
    assert_eq!(kind(rename("mount/x/a", "d")), ErrorKind::AlreadyExists);
    assert_eq!(home.on_disk().len(), 8);
}

#[test]
fn a_move_to_a_mount_keeps_modes_and_times() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let home = Home::new();
    let Some(_mount) = Mount::new(&home) else { return };
    home.put("d/f", "1");
    let (directory, file) = (home.root().join("d"), home.root().join("d/f"));
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o666)).expect("a mode");
    std::fs::set_permissions(&directory, PermissionsExt::from_mode(0o700)).expect("a mode");
    let before = std::fs::metadata(&file).expect("a stat");
    assert_eq!(home.store.rename(path("d"), path("mount/d"), false), Ok(()));
    let after = std::fs::metadata(home.root().join("mount/d/f")).expect("a stat");
    assert_eq!((after.mode(), after.modified().ok()), (before.mode(), before.modified().ok()));
    assert_eq!(std::fs::metadata(home.root().join("mount/d")).expect("a stat").mode() & 0o777, 0o700);
    assert!(!directory.exists());
}

#[test]
fn nothing_is_moved_onto_itself_or_below_itself_through_a_mount() {
    let home = Home::new();
    home.put("d/f", "1");
    home.put("d/e/g", "2");
    let Some(_mount) = Mount::bind(&home, "d") else { return };
    let before = home.on_disk();
    for (source, target, overwrite) in [
        ("d/f", "mount/f", true),
        ("mount/f", "d/f", true),
        ("d/e", "mount/e", false),
        ("d", "mount/x", false),
        ("d/e", "mount/e/x", false),
        ("mount/e", "d/e/x/y", false),
    ] {
        let renamed = home.store.rename(path(source), path(target), overwrite);
        assert_eq!(kind(renamed), ErrorKind::InvalidArgument, "{source} to {target}");
        assert_eq!(home.on_disk(), before, "{source} to {target}");
    }
    assert_eq!(home.store.rename(path("d/f"), path("mount/h"), false), Ok(()));
    assert_eq!(home.read("d/h").as_deref(), Ok("1"));
}

#[test]
fn a_directory_is_not_moved_below_itself_where_only_a_directory_in_it_is_mounted() {
    let home = Home::new();
    home.put("d/e/g", "2");
    let Some(_mount) = Mount::bind(&home, "d/e") else { return };
    let before = home.on_disk();
    assert_eq!(kind(home.store.rename(path("d"), path("mount/x"), false)), ErrorKind::InvalidArgument);
    assert_eq!(home.on_disk(), before);
}

#[test]
fn what_is_written_while_a_directory_moves_stays() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let home = Home::new();
    let Some(_mount) = Mount::new(&home) else { return };
    for number in 0..20 {
        home.put(&format!("d/{number}"), "old");
    }
    let stop = AtomicBool::new(false);
    let written = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut written = 0;
            while !stop.load(Ordering::Relaxed) && written < 200 {
                home.put(&format!("d/new-{written}"), "new");
                home.put(&format!("d/{}", written % 20), "newer");
                written += 1;
            }
            written
        });
        for _ in 0..3 {
            let _ = home.store.rename(path("d"), path("mount/d"), false);
            let _ = home.store.rmtree(path("mount/d/none"));
        }
        stop.store(true, Ordering::Relaxed);
        writer.join().expect("no panic")
    });
    for number in 0..written {
        let at = format!("new-{number}");
        let found = [format!("d/{at}"), format!("mount/d/{at}")].iter().any(|at| home.read(at).is_ok());
        assert!(found, "{at}");
    }
    for number in 0..written.min(20) {
        let contents = [home.read(&format!("d/{number}")), home.read(&format!("mount/d/{number}"))];
        assert!(contents.contains(&Ok("newer".to_owned())), "{number}: {contents:?}");
    }
}
