//! A disk that is full, and a mount within the root. Both need the right to mount, and are skipped without.

use std::io::Write;
use std::process::Command;

use super::*;

/// A small filesystem of its own, below the root.
struct Mount(PathBuf);

impl Mount {
    fn new(home: &Home) -> Option<Self> {
        let place = home.root().join("mount");
        std::fs::create_dir(&place).expect("a directory");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"])
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
