//! Files that are no libraries at all.

use std::error::Error;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;

use crate::library::inspect::inspect;

fn refusal(path: &Path) -> String {
    let error = inspect(path).expect_err("it is no library");
    assert!(error.hint().is_some(), "{error}");
    assert_eq!(error.path(), path);
    error.to_string().replace(&*path.parent().expect("a parent").to_string_lossy(), ".")
}

#[test]
fn says_what_stands_there_instead() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let at = |name: &str| directory.path().join(name);
    fs::create_dir(at("directory")).expect("a directory");
    fs::write(at("empty"), "").expect("a file");
    fs::write(at("text"), "#!/bin/sh\nexit 0\n").expect("a file");
    fs::write(at("wild\u{1b}[31m"), "x").expect("a file");
    symlink("nowhere", at("link")).expect("a link");
    let _socket = UnixListener::bind(at("socket")).expect("a socket");
    for (name, expected) in [
        ("missing", "library `./missing` does not exist"),
        ("directory", "library `./directory` is a directory, a shared library was expected"),
        ("empty", "library `./empty` is empty, a shared library was expected"),
        (
            "text",
            "library `./text` is a text file that starts with `#!/bin/sh`, a shared library was expected",
        ),
        ("link", "library `./link` is a symbolic link to `nowhere`, which does not exist"),
        ("socket", "library `./socket` is a socket, a shared library was expected"),
        (
            "wild\u{1b}[31m",
            "library `./wild\\u{1b}[31m` is a text file that starts with `x`, a shared library was expected",
        ),
    ] {
        assert_eq!(refusal(&at(name)), expected);
    }
    assert_eq!(
        refusal(Path::new("/dev/zero")),
        "library `./zero` is a device, a shared library was expected"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn does_not_wait_for_a_named_pipe() {
    use rustix::fs::{CWD, FileType, Mode};

    let directory = tempfile::tempdir().expect("a temporary directory");
    let pipe = directory.path().join("pipe");
    rustix::fs::mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a named pipe");
    assert_eq!(refusal(&pipe), "library `./pipe` is a named pipe, a shared library was expected");
}

#[test]
fn says_why_a_file_cannot_be_read() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let secret = directory.path().join("secret");
    fs::write(&secret, "x").expect("a file");
    fs::set_permissions(&secret, Permissions::from_mode(0o000)).expect("permissions");
    // Root reads everything; a file below a file is unreadable to anybody.
    let unreadable = if fs::read(&secret).is_ok() { secret.join("below") } else { secret };
    let error = inspect(&unreadable).expect_err("it cannot be read");
    assert!(error.to_string().ends_with("` cannot be read"), "{error}");
    assert!(error.source().is_some());
}
