//! Files of this machine, as sources and as targets: modes, links, devices, descriptors, leftovers, signals.

use std::fs::{self, Permissions};
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use expect_test::expect;
use larder_tests::TestHome;
use rustix::process::{Pid, Signal, kill_process};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("a mode");
}

fn text(home: &TestHome, name: &str) -> String {
    fs::read_to_string(home.path(name)).expect("a file")
}

/// Runs a command by a line of the shell, in which `"$@"` is the command.
fn by_shell<const N: usize>(home: &TestHome, line: &str, arguments: [&str; N]) {
    home.larder(arguments).by("sh", ["-c", line, "sh"]).ok();
}

#[test]
fn no_mode_is_wider_than_that_of_the_source_and_a_replaced_file_keeps_its_own() {
    let home = TestHome::with_local_store();
    for (name, wanted) in [("secret", 0o600), ("program", 0o755), ("read", 0o440)] {
        home.file(&format!("artifacts/{name}"), name);
        set_mode(&home.path(&format!("artifacts/{name}")), wanted);
        by_shell(&home, r#"umask 022; "$@""#, ["get", &format!("mine:{name}"), name]);
        assert_eq!(mode(&home.path(name)), wanted & !0o022, "{name}");
    }
    by_shell(&home, r#"umask 022; "$@""#, ["get", "-r", "mine:", "all"]);
    by_shell(&home, r#"umask 022; "$@""#, ["sync", "all", "synced"]);
    for directory in ["all", "synced"] {
        assert_eq!(mode(&home.path(directory).join("secret")), 0o600, "{directory}");
        assert_eq!(mode(&home.path(directory).join("program")), 0o755, "{directory}");
    }
    set_mode(&home.path("program"), 0o666);
    by_shell(&home, r#"umask 077; "$@""#, ["get", "mine:secret", "program"]);
    assert_eq!((mode(&home.path("program")), &*text(&home, "program")), (0o666, "secret"));
}

#[test]
fn a_descriptor_is_written_from_where_it_is() {
    let home = TestHome::with_files();
    for target in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
        by_shell(&home, r#"{ echo before; "$@"; echo after; } >out"#, ["get", "mine:notes.txt", target]);
        assert_eq!(text(&home, "out"), "before\nbuy bread\nafter\n", "{target}");
    }
    by_shell(
        &home,
        r#"{ echo before >&7; "$@"; echo after >&7; } 7>out"#,
        ["get", "mine:notes.txt", "/dev/fd/7"],
    );
    assert_eq!(text(&home, "out"), "before\nbuy bread\nafter\n");
    by_shell(
        &home,
        r#""$@" | { read -r line; echo "$line" >out; }"#,
        ["get", "mine:notes.txt", "/dev/stdout"],
    );
    assert_eq!(text(&home, "out"), "buy bread\n");
}

#[test]
fn a_descriptor_is_read_from_where_it_is() {
    let home = TestHome::with_local_store();
    home.file("in", "before\nafter\n");
    for source in ["/dev/stdin", "/dev/fd/0", "-"] {
        let line = r#"{ dd bs=1 count=7 of=/dev/null 2>/dev/null; "$@"; } <in"#;
        by_shell(&home, line, ["put", source, "mine:got"]);
        assert_eq!(text(&home, "artifacts/got"), "after\n", "{source}");
    }
    by_shell(&home, r#"echo piped | "$@""#, ["put", "/dev/stdin", "mine:got"]);
    assert_eq!(text(&home, "artifacts/got"), "piped\n");
}

#[test]
fn what_is_not_a_plain_file_is_written_through_and_stays() {
    let home = TestHome::with_files();
    assert!(Command::new("mkfifo").arg(home.path("pipe")).status().expect("there is mkfifo").success());
    let got = home.larder(["get", "mine:notes.txt", "pipe"]).into_command().spawn().expect("it starts");
    assert_eq!(text(&home, "pipe"), "buy bread\n");
    assert!(got.wait_with_output().expect("it ends").status.success());
    home.play(&expect![[r#"
        $ larder get mine:notes.txt /dev/null
        $ larder get -n mine:notes.txt /dev/null
        ! error: cannot write `/dev/null`
        ! caused by: already exists
        [1]
    "#]]);
}

#[test]
fn a_tree_is_not_written_through_links_in_the_target() {
    let home = TestHome::with_files();
    home.file("outside/readme.md", "precious");
    fs::create_dir(home.path("t")).expect("a directory");
    symlink("../outside/readme.md", home.path("t/notes.txt")).expect("a link");
    symlink("../outside", home.path("t/docs")).expect("a link");
    home.play(&expect![[r#"
        $ larder get -r mine: t
        ! error: cannot make directory `t/docs`
        ! caused by: not a directory: `docs` is a symbolic link to `../outside` where a directory must be; --keep-directory-symlink follows it
        ! 1 file copied, 10 bytes
        [1]
    "#]]);
    assert_eq!(text(&home, "outside/readme.md"), "precious");
    assert_eq!(text(&home, "t/notes.txt"), "buy bread\n");
    assert!(!home.path("t/notes.txt").is_symlink());
    home.play(&expect![[r#"
        $ larder get mine:notes.txt link
    "#]]);
    fs::rename(home.path("link"), home.path("aim")).expect("it moves");
    symlink("aim", home.path("link")).expect("a link");
    home.play(&expect![[r#"
        $ larder get mine:docs/readme.md link
    "#]]);
    assert!(home.path("link").is_symlink());
    assert_eq!(text(&home, "aim"), "# Larder\n");
}

#[test]
fn leftovers_are_not_uploaded_and_are_swept() {
    let home = TestHome::with_files();
    for number in 0..40 {
        home.file(&format!("d/.larder-{number}.tmp"), "left");
    }
    home.file("d/file", "x");
    home.play(&expect![[r#"
        $ larder put -r d mine:d
        ! 1 file copied, 1 byte
        $ larder get mine:notes.txt d/notes.txt
        $ larder get mine:notes.txt d/.larder-0.tmp
        ! error: cannot write `d/.larder-0.tmp`
        ! caused by: invalid path: names of the shape `.larder-*.tmp` are kept for files being written
        [1]
    "#]]);
    let mut names: Vec<_> = fs::read_dir(home.path("d"))
        .expect("it lists")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    assert_eq!(names, ["file", "notes.txt"]);
}

#[test]
fn a_library_that_changes_the_working_directory_sends_nothing_elsewhere() {
    let elsewhere = tempfile::tempdir().expect("a directory");
    let home = TestHome::with_hostile(&serde_json::json!({
        "files": {"f": {"text": "content"}},
        "listings": {"": [{"name": "f", "size": 7}]},
        "walk": [{"directory": "", "directories": [], "files": [{"name": "f", "size": 7}]}],
        "working_directory": elsewhere.path(),
    }));
    home.play(&expect![[r#"
        $ larder get evil:f got
        $ larder get evil:f got
        $ larder get -r evil: here
        ! 1 file copied, 7 bytes
        $ larder sync evil: ./synced
        add    f
        ! 1 added, 0 updated, 0 deleted, 0 unchanged, 7 bytes copied
        $ larder verify evil: synced
        ! same: 1 file, not the same: 0
    "#]]);
    for name in ["got", "here/f", "synced/f"] {
        assert_eq!(text(&home, name), "content", "{name}");
    }
    assert_eq!(fs::read_dir(elsewhere.path()).expect("it lists").count(), 0);
}

#[test]
fn the_first_signal_ends_an_import_from_a_pipe_that_nobody_writes() {
    let home = TestHome::with_local_store();
    assert!(Command::new("mkfifo").arg(home.path("pipe")).status().expect("there is mkfifo").success());
    let code = interrupted(start(&home, &["stack", "import", "pipe"]), Signal::INT);
    assert!(matches!(code, Some(130) | None), "{code:?}");
}

#[test]
fn an_error_names_the_side_that_failed() {
    let home = TestHome::with_local_store();
    home.file("secret", "x");
    set_mode(&home.path("secret"), 0);
    match home.larder(["put", "secret", "mine:x"]).bound_by_permissions() {
        Err(reason) => eprintln!("skipped: {reason}"),
        Ok(put) => expect![[r#"
            error: cannot read `secret`
            caused by: Permission denied (os error 13)
        "#]]
        .assert_eq(&put.run().stderr),
    }
}

#[test]
fn files_whose_system_states_no_size_are_read_to_the_end() {
    let home = TestHome::with_local_store();
    let Ok(version) = fs::read_to_string("/proc/version") else { return };
    home.larder(["put", "/proc/version", "mine:version"]).ok();
    assert_eq!(text(&home, "artifacts/version"), version);
}

fn start(home: &TestHome, arguments: &[&str]) -> Child {
    let mut command = home.larder([]).args(arguments).into_command();
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
}

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).expect("it is ours");
}

/// Sends a signal until a command ends; the status that it ends with, none if the signal ended it.
fn interrupted(mut child: Child, signal: Signal) -> Option<i32> {
    loop {
        // The first one may come before it listens; then it ends the process as any other.
        send(&child, signal);
        if let Some(status) = child.try_wait().expect("it is ours") {
            return status.code();
        }
    }
}

/// Sends one signal to a `cat` that waits for the reader of its output; the status that it ends with.
fn status_after(signal: Signal) -> Option<i32> {
    let home = TestHome::with_local_store();
    home.file("artifacts/large", vec![7; 4 << 20]);
    let mut child = start(&home, &["cat", "mine:large"]);
    let mut stdout = child.stdout.take().expect("it is a pipe");
    stdout.read_exact(&mut [0; 1024]).expect("it writes, and listens to signals since before");
    send(&child, signal);
    child.wait().expect("it is ours").code()
}

#[test]
fn the_first_signal_ends_what_waits_for_the_reader_of_its_output() {
    assert_eq!(status_after(Signal::INT), Some(130));
    assert_eq!(status_after(Signal::TERM), Some(143));
    assert_eq!(status_after(Signal::HUP), Some(129));
}

#[test]
fn a_signal_that_was_ignored_at_the_start_stays_ignored() {
    let home = TestHome::with_local_store();
    home.file("artifacts/large", vec![7; 4 << 20]);
    let ignoring = home.larder(["cat", "mine:large"]).by("sh", ["-c", r#"trap '' HUP INT; exec "$@""#, "sh"]);
    let mut command = ignoring.into_command();
    let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
    let mut stdout = child.stdout.take().expect("it is a pipe");
    stdout.read_exact(&mut [0; 1024]).expect("it writes");
    for signal in [Signal::HUP, Signal::INT, Signal::HUP, Signal::INT] {
        send(&child, signal);
    }
    let mut rest = Vec::new();
    stdout.read_to_end(&mut rest).expect("it writes on");
    assert_eq!(rest.len(), (4 << 20) - 1024);
    assert!(child.wait().expect("it is ours").success());
}

#[test]
fn the_first_signal_ends_a_get_into_a_pipe_that_nobody_reads() {
    let home = TestHome::with_files();
    assert!(Command::new("mkfifo").arg(home.path("pipe")).status().expect("there is mkfifo").success());
    let code = interrupted(start(&home, &["get", "mine:notes.txt", "pipe"]), Signal::TERM);
    assert!(matches!(code, Some(143) | None), "{code:?}");
}
