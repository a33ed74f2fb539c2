//! What users get wrong, each with its own error: the exact text, the hint, the exit code.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use expect_test::expect;
use larder::{ErrorKind, Host};
use larder_tests::{Larder, TestHome};

/// Compiles one of the libraries that are no flavors.
fn compile(home: &TestHome, name: &str) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("bad-libraries/{name}.c"));
    let library = home.path(&format!("lib{name}.so"));
    let mut cc = Command::new("cc");
    let done = cc.args(["-shared", "-fPIC", "-w", "-o"]).arg(&library).arg(source).status();
    assert!(done.expect("there is a C compiler named cc").success());
    library
}

#[test]
fn a_library_that_is_none() {
    let home = TestHome::with_keeper_library();
    fs::create_dir(home.path("directory")).expect("a directory");
    home.file("notes.so", "hello there\nmore\n");
    home.file("empty.so", "");
    let library = fs::read(home.path("libkeeper.so")).expect("the library can be read");
    home.file("cut.so", &library[..4096]);
    home.file("half.so", &library[..20]);
    home.file("noise.so", [0x8b, 0x1f, 0, 1, 2, 3].repeat(100));
    let text = home.larder(["flavor", "register", "cut.so"]).fails();
    let size = library.len().to_string();
    assert!(text.contains(&format!("reach to byte {size}, the file has 4096 bytes")), "{text}");
    home.play(&expect![[r#"
        $ larder flavor register nothing.so
        ! error: library `[TMP]/nothing.so` does not exist
        ! hint: check the path; after `cargo build --release` a flavor is in `target/release/`, as `lib<name>.so`
        [1]
        $ larder flavor register directory
        ! error: library `[TMP]/directory` is a directory, a shared library was expected
        ! hint: give the path of the library file in it, which ends in `.so`
        [1]
        $ larder flavor register notes.so
        ! error: library `[TMP]/notes.so` is a text file that starts with `hello there`, a shared library was expected
        ! hint: give the path of the compiled library, which ends in `.so`; its crate needs `crate-type = ["cdylib"]`
        [1]
        $ larder flavor register empty.so
        ! error: library `[TMP]/empty.so` is empty, a shared library was expected
        ! hint: copy, download or build the library again
        [1]
        $ larder flavor register half.so
        ! error: library `[TMP]/half.so` is truncated: its headers reach to byte 64, the file has 20 bytes
        ! hint: copy, download or build the library again
        [1]
        $ larder flavor register noise.so
        ! error: library `[TMP]/noise.so` is of no known format (it starts with the bytes 8b 1f 00 01 02 03 8b 1f), a shared library was expected
        ! hint: give the path of the compiled library, which ends in `.so`; its crate needs `crate-type = ["cdylib"]`
        [1]
        $ larder flavor list
        NAME  SCHEMES  VERSION  API VERSION  FROM  STATUS
        ! no flavor is known; register one: larder flavor register LIBRARY
    "#]]);
}

#[test]
fn a_library_without_a_manifest_or_of_another_major_version() {
    let home = TestHome::new();
    compile(&home, "no_manifest");
    compile(&home, "wrong_major");
    home.play(&expect![[r#"
        $ larder flavor register libno_manifest.so
        ! error: library `[TMP]/libno_manifest.so` has no flavor manifest: it exports no symbol `LARDER_FLAVOR_MANIFEST`
        ! hint: if this is a flavor, call `larder_plugin_api::export_flavors!` in it and build it again
        [1]
        $ larder flavor register libwrong_major.so
        ! error: library `[TMP]/libwrong_major.so` is built with plugin API 2.3.4, this host has plugin API 1.0.0: the major versions must be equal
        ! hint: build the flavor with `larder-plugin-api = "1.0.0"`
        [1]
        $ larder flavor list
        NAME  SCHEMES  VERSION  API VERSION  FROM  STATUS
        ! no flavor is known; register one: larder flavor register LIBRARY
    "#]]);
}

#[test]
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn a_library_of_another_architecture() {
    const MACHINE: usize = 18;
    const AARCH64: u8 = 183;
    let home = TestHome::with_keeper_library();
    let mut library = fs::read(home.path("libkeeper.so")).expect("the library can be read");
    library[MACHINE] = AARCH64;
    home.file("libkeeper.so", library);
    home.play(&expect![[r#"
        $ larder flavor register libkeeper.so
        ! error: library `[TMP]/libkeeper.so` is built for aarch64, this host is x86_64
        ! hint: get or build the flavor for linux on x86_64
        [1]
    "#]]);
}

#[test]
fn a_library_that_others_can_write() {
    let home = TestHome::with_keeper_library();
    fs::set_permissions(home.path("libkeeper.so"), fs::Permissions::from_mode(0o666)).expect("it is ours");
    home.play(&expect![[r#"
        $ larder flavor register libkeeper.so
        ! error: library `[TMP]/libkeeper.so` can be written by other users (mode 0666)
        ! hint: chmod go-w [TMP]/libkeeper.so
        [1]
    "#]]);
}

#[test]
fn two_libraries_with_a_flavor_of_one_name() {
    let home = TestHome::with_keeper_library();
    fs::copy(home.path("libkeeper.so"), home.path("libother.so")).expect("the library can be copied");
    home.append("libother.so", b"\0");
    home.play(&expect![[r#"
        $ larder flavor register libkeeper.so
        ! flavor `keeper` registered: [TMP]/libkeeper.so
        $ larder store register k -f keeper --path keeper://x --endpoint e
        ! artifact store `k` registered (flavor `keeper`, path keeper://x)
        $ larder flavor register libother.so
        ! error: flavor `keeper` of library `[TMP]/libother.so` is already registered, from library `[TMP]/libkeeper.so`
        ! hint: the registered one stays in use; delete flavor `keeper` first to use the other library
        [1]
        $ larder cat k:endpoint
        e
        $ larder flavor list --columns name,from,status
        NAME  FROM  STATUS
        keeper  [TMP]/libkeeper.so  ready
    "#]]);
}

#[test]
fn an_unknown_name() {
    TestHome::with_files().play(&expect![[r#"
        $ larder store register a -f lcoal --path a
        ! error: no flavor is named `lcoal`
        ! hint: did you mean `local`?
        [1]
        $ larder ls mone:
        ! error: no artifact store is named `mone`
        ! hint: did you mean `mine`?
        [1]
        $ larder stack set dev
        ! error: no stack is named `dev`
        [1]
        $ larder stack register dev -a moin
        ! error: no artifact store is named `moin`
        ! hint: did you mean `mine`?
        [1]
        $ larder store register a -f local --path a --fsnyc=true
        ! error: flavor `local` has no config key `fsnyc`
        ! hint: did you mean `fsync`?
        [1]
        $ larder store register a -f local --path a --quick=true
        ! error: flavor `local` has no config key `quick`
        ! hint: known: `fsync`
        [1]
    "#]]);
}

#[test]
fn a_value_of_the_wrong_type() {
    TestHome::with_keeper().play(&expect![[r#"
        $ larder store register a -f keeper --path keeper://x --endpoint e --verify_tls=perhaps
        ! error: config key `verify_tls` is "perhaps", expected true or false
        [1]
        $ larder store register a -f keeper --path keeper://x --endpoint e --retries=many
        ! error: config key `retries` is "many", expected a whole number, not negative
        [1]
        $ larder store register a -f keeper --path keeper://x --endpoint e --retries=-1
        ! error: config key `retries` is "-1", expected a whole number, not negative
        [1]
        $ larder store register a -f keeper --path keeper://x --endpoint e --part_size=8Mib/s
        ! error: config key `part_size` is "8Mib/s", expected a number of bytes such as 1048576, 512KiB or 8MiB
        [1]
        $ larder store register a -f keeper --path keeper://x --endpoint e --timeout=soon
        ! error: config key `timeout` is "soon", expected a span of time such as 250ms, 30s or 5m
        [1]
        $ larder store register a -f keeper --path keeper://x --endpoint e --mode=reckless
        ! error: config key `mode` is "reckless", expected one of fast, safe
        [1]
        $ larder store register a -f keeper --path keeper://x
        ! error: config key `endpoint` is required by flavor `keeper`
        [1]
        $ larder store register a -f keeper --path keeper://x --endpoint e --endpoint f
        ! error: config key `endpoint` is given twice
        [1]
        $ larder store register a -f keeper --path keeper://x --endpoint e --token a --password b
        ! error: config key `token` is given twice, the second time as `password`
        [1]
        $ larder store list --json -q
        []
    "#]]);
}

#[test]
fn a_root_that_is_not_the_flavors() {
    let home = TestHome::with_files();
    home.register_flavor("keeper");
    home.play(&expect![[r#"
        $ larder store register a -f local --path s3://bucket/x
        ! error: root path `s3://bucket/x` has the scheme `s3://`, flavor `local` supports `file://`, plain absolute paths
        [1]
        $ larder store register a -f keeper --path [TMP]/x --endpoint e
        ! error: root path `[TMP]/x` is a plain path, flavor `keeper` supports `keeper://`
        [1]
        $ larder store register a -f local --path ''
        ! error: the root path is empty
        [1]
        $ larder store register b -f local --path ../x
        ! error: root path `[TMP]/../x` has a `..` component
        [1]
        $ larder store register c -f local --path file://elsewhere/x
        ! error: flavor `local` refuses artifact store `c`
        ! caused by: validate: invalid argument: `file://elsewhere/x` names the host `elsewhere`; expected none or `localhost`
        [1]
        $ larder store register d -f local --path notes://
        ! error: root path `notes://` has the scheme `notes://`, flavor `local` supports `file://`, plain absolute paths
        [1]
        $ larder store register e -f keeper --path keeper://me:hunter2@x --endpoint e
        ! error: the root path has a password in it, which would be printed
        ! hint: give it as a secret of the config
        [1]
    "#]]);
}

#[test]
fn a_path_outside_every_store() {
    TestHome::with_files().play(&expect![[r#"
        $ larder ls /elsewhere
        ! error: `/elsewhere` is outside every artifact store
        ! hint: known roots: [TMP]/artifacts (mine); for a file on this machine use `larder put` and `larder get`
        [1]
        $ larder cat elsewhere/x
        ! error: `elsewhere/x` is outside every artifact store
        ! hint: known roots: [TMP]/artifacts (mine); for a file on this machine use `larder put` and `larder get`
        [1]
        $ larder cat s3://bucket/x
        ! error: `s3://bucket/x` is outside every artifact store
        ! hint: known roots: [TMP]/artifacts (mine); for a file on this machine use `larder put` and `larder get`
        [1]
        $ larder ls mine
        ! error: `mine` is outside every artifact store
        ! hint: did you mean `mine:`?
        [1]
        $ larder cat mine/notes.txt
        ! error: `mine/notes.txt` is outside every artifact store
        ! hint: did you mean `mine:notes.txt`?
        [1]
        $ larder cat mine://notes.txt
        ! error: `mine://notes.txt` is outside every artifact store
        ! hint: did you mean `mine:notes.txt`?
        [1]
        $ larder cat [TMP]/artifacts-evil/x
        ! error: `[TMP]/artifacts-evil/x` is outside every artifact store
        ! hint: known roots: [TMP]/artifacts (mine); for a file on this machine use `larder put` and `larder get`
        [1]
        $ larder cat ''
        ! error: `` is no path in a store
        ! caused by: invalid path: the path is empty
        [1]
    "#]]);
    TestHome::new().play(&expect![[r#"
        $ larder ls /elsewhere
        ! error: `/elsewhere` is outside every artifact store
        ! hint: there is no artifact store yet: larder artifact-store register NAME --flavor FLAVOR --path ROOT
        [1]
        $ larder ls mine:
        ! error: no artifact store is named `mine`
        ! hint: a local file with a colon in its name is written `./mine:`
        [1]
    "#]]);
}

#[test]
fn a_path_that_climbs() {
    let home = TestHome::with_files();
    home.file("secret.txt", "precious");
    home.play(&expect![[r#"
        $ larder cat mine:../secret.txt
        ! error: `mine:../secret.txt` is no path in a store
        ! caused by: out of bounds: the path has a `..` component
        [1]
        $ larder cat mine:docs/../../secret.txt
        ! error: `mine:docs/../../secret.txt` is no path in a store
        ! caused by: out of bounds: the path has a `..` component
        [1]
        $ larder cat mine:docs/../notes.txt
        ! error: `mine:docs/../notes.txt` is no path in a store
        ! caused by: out of bounds: the path has a `..` component
        [1]
        $ larder cat artifacts/../secret.txt
        ! error: `artifacts/../secret.txt` is no path in a store
        ! caused by: out of bounds: the path has a `..` component
        [1]
        $ larder put secret.txt mine:..
        ! error: `mine:..` is no path in a store
        ! caused by: out of bounds: the path has a `..` component
        [1]
        $ larder glob 'mine:../*'
        ! error: `mine:../*` is no path in a store
        ! caused by: out of bounds: the path has a `..` component
        [1]
    "#]]);
}

#[test]
fn a_link_that_leads_out() {
    let home = TestHome::with_files();
    home.file("outside/secret.txt", "precious");
    std::os::unix::fs::symlink(home.path("outside"), home.path("artifacts/way")).expect("a link");
    home.play(&expect![[r#"
        $ larder cat mine:way/secret.txt
        ! error: cannot read `mine:way/secret.txt`
        ! caused by: open `way/secret.txt`: out of bounds: a symbolic link on the path leads out of the root
        [1]
        $ larder put artifacts/notes.txt mine:way/new.txt
        ! error: cannot look at `mine:way/new.txt`
        ! caused by: isdir `way/new.txt`: out of bounds: a symbolic link on the path leads out of the root
        [1]
        $ larder rm mine:way/secret.txt
        ! error: cannot remove `mine:way/secret.txt`
        ! caused by: remove `way/secret.txt`: out of bounds: a symbolic link on the path leads out of the root
        [1]
        $ larder walk mine:
        mine:
        mine:notes.txt
        mine:way
        mine:docs/
        mine:docs/readme.md
        mine:docs/guide/
        mine:docs/guide/intro.md
    "#]]);
    assert_eq!(fs::read_to_string(home.path("outside/secret.txt")).expect("it is there"), "precious");
}

#[test]
fn a_path_that_is_not_utf_8() {
    let home = TestHome::with_files();
    let name = std::ffi::OsStr::from_bytes(b"mine:a\xff");
    let text = home.larder(["cat"]).arg(name).fails_with(2);
    assert_eq!(text.lines().next(), Some("error: argument `mine:a\u{fffd}` is not UTF-8"));
    let local = home.path("").join(std::ffi::OsStr::from_bytes(b"a\xff.txt"));
    if fs::write(&local, "x").is_err() {
        return eprintln!("skipped in part: this file system has no names that are not UTF-8");
    }
    home.larder(["put"]).arg(&local).arg("mine:a.txt").gives(0, "", "");
    let refused = home.larder(["put"]).arg(&local).arg("mine:").run();
    assert_eq!(refused.code, Some(1), "{}", refused.stdout);
    assert_eq!(
        refused.stderr,
        "error: the name of `[TMP]/a\u{fffd}.txt` is not UTF-8\nhint: give it another name: name the target in full\n"
    );
    home.larder(["ls", "mine:"]).gives(0, "a.txt\ndocs/\nnotes.txt\n", "");
}

/// An argument cannot have a NUL byte; what comes from a document or an embedder can.
#[test]
fn a_path_with_a_nul_byte() {
    let home = TestHome::with_files();
    let error = home.host().resolve("mine:a\0b").expect_err("it is refused");
    let kind = ErrorKind::Store(larder_plugin_api::ErrorKind::InvalidPath);
    assert_eq!((error.kind(), error.to_string()), (kind, "`mine:a\0b` is no path in a store".to_owned()));
    assert_eq!(error.causes().collect::<Vec<_>>(), ["invalid path: the path has a NUL byte"]);
    let document =
        "larder_stack: 1\nname: dev\nartifact_store: {name: a, flavor: {name: local}, path: \"/x\\0y\"}\n";
    home.file("dev.yaml", document);
    home.play(&expect![[r#"
        $ larder stack import dev.yaml
        ! error: root path `/x\u{0}y` has a NUL byte
        [1]
        $ larder store list --columns name
        NAME
        mine
    "#]]);
}

#[test]
fn a_name_that_is_too_long() {
    let home = TestHome::with_files();
    let long = format!("mine:{}", "x".repeat(300));
    let text = home.larder(["put", "artifacts/notes.txt", &long]).fails();
    expect![[r#"
        error: cannot write `mine:[300 x]`
        caused by: open `[300 x]`: invalid path: cannot look the path up: a name is longer than the filesystem takes
        caused by: File name too long (os error 36)
    "#]].assert_eq(&text.replace(&"x".repeat(300), "[300 x]"));
}

#[test]
fn a_directory_for_a_file_and_the_reverse() {
    TestHome::with_files().play(&expect![[r#"
        $ larder cat mine:docs
        ! error: cannot read `mine:docs`
        ! caused by: open `docs`: is a directory
        ! hint: larder ls lists it, larder get -r copies it
        [1]
        $ larder get mine:docs x
        ! error: cannot read `mine:docs`
        ! caused by: open `docs`: is a directory
        ! hint: pass -r to copy a directory
        [1]
        $ larder cp mine:docs mine:x
        ! error: cannot copy `mine:docs` to `mine:x`
        ! caused by: copyfile `docs`: is a directory
        ! hint: pass -r to copy a directory
        [1]
        $ larder rm mine:docs
        ! error: cannot remove `mine:docs`
        ! caused by: remove `docs`: is a directory
        ! hint: pass -r to remove a directory with everything in it
        [1]
        $ larder put artifacts/docs mine:x
        ! error: cannot read `artifacts/docs`
        ! caused by: is a directory
        ! hint: pass -r to copy a directory
        [1]
        $ larder cat mine:notes.txt/x
        ! error: cannot read `mine:notes.txt/x`
        ! caused by: open `notes.txt/x`: not found: a file stands where a parent must be
        [1]
        $ larder put artifacts/notes.txt mine:notes.txt/x
        ! error: cannot write `mine:notes.txt/x`
        ! caused by: open `notes.txt/x`: not a directory
        [1]
        $ larder mkdir mine:notes.txt/x
        ! error: cannot make directory `mine:notes.txt/x`
        ! caused by: mkdir `notes.txt/x`: not a directory
        [1]
        $ larder walk mine:notes.txt
        ! error: cannot walk `mine:notes.txt`
        ! caused by: walk `notes.txt`: not a directory
        [1]
        $ larder get mine:notes.txt artifacts/notes.txt/x
        ! error: cannot write `artifacts/notes.txt/x`
        ! caused by: Not a directory (os error 20)
        [1]
    "#]]);
}

#[test]
fn an_existing_destination() {
    TestHome::with_files().play(&expect![[r#"
        $ larder put -n artifacts/notes.txt mine:docs/readme.md
        ! error: cannot write `mine:docs/readme.md`
        ! caused by: open `docs/readme.md`: already exists
        [1]
        $ larder cp -n mine:notes.txt mine:docs/readme.md
        ! error: cannot copy `mine:notes.txt` to `mine:docs/readme.md`
        ! caused by: copyfile `docs/readme.md`: already exists
        [1]
        $ larder mv -n mine:notes.txt mine:docs/readme.md
        ! error: cannot move `mine:notes.txt` to `mine:docs/readme.md`
        ! caused by: rename `docs/readme.md`: already exists
        [1]
        $ larder get -n mine:notes.txt artifacts/docs/readme.md
        ! error: cannot write `artifacts/docs/readme.md`
        ! caused by: already exists
        [1]
        $ larder mkdir mine:docs
        ! error: cannot make directory `mine:docs`
        ! caused by: mkdir `docs`: already exists
        [1]
        $ larder cat mine:docs/readme.md
        # Larder
    "#]]);
}

/// Runs it bound by permissions, or says why not.
fn bound(larder: Larder) -> Option<larder_tests::Outcome> {
    match larder.bound_by_permissions() {
        Ok(larder) => Some(larder.run()),
        Err(why) => {
            eprintln!("skipped: {why}");
            None
        }
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
}

#[test]
fn an_unwritable_directory() {
    let home = TestHome::with_files();
    set_mode(&home.path("artifacts/docs"), 0o555);
    let outcome = bound(home.larder(["put", "artifacts/notes.txt", "mine:docs/new.txt"]));
    let local = bound(home.larder(["get", "mine:notes.txt", "artifacts/docs/new.txt"]));
    let removed = bound(home.larder(["rm", "-r", "mine:docs"]));
    set_mode(&home.path("artifacts/docs"), 0o755);
    for outcome in [&outcome, &local, &removed].into_iter().flatten() {
        assert_eq!((outcome.code, &*outcome.stdout), (Some(1), ""), "{}", outcome.stderr);
    }
    if let (Some(outcome), Some(local), Some(removed)) = (outcome, local, removed) {
        expect![[r#"
            error: cannot write `mine:docs/new.txt`
            caused by: open `docs/new.txt`: permission denied: cannot make a file
            caused by: Permission denied (os error 13)
        "#]]
        .assert_eq(&outcome.stderr);
        expect![[r#"
            error: cannot write `artifacts/docs/new.txt`
            caused by: Permission denied (os error 13)
        "#]]
        .assert_eq(&local.stderr);
        expect![[r#"
            error: cannot remove `mine:docs`
            caused by: rmtree `docs/readme.md`: permission denied: cannot remove the tree
            caused by: Permission denied (os error 13)
        "#]]
        .assert_eq(&removed.stderr);
    }
    assert!(!home.path("artifacts/docs/new.txt").exists());
}

#[test]
fn an_unreadable_file_and_directory() {
    let home = TestHome::with_files();
    set_mode(&home.path("artifacts/notes.txt"), 0);
    set_mode(&home.path("artifacts/docs/guide"), 0);
    let file = bound(home.larder(["cat", "mine:notes.txt"]));
    let walk = bound(home.larder(["walk", "mine:"]));
    set_mode(&home.path("artifacts/docs/guide"), 0o755);
    if let (Some(file), Some(walk)) = (file, walk) {
        expect![[r#"
            error: cannot read `mine:notes.txt`
            caused by: open `notes.txt`: permission denied: cannot open the file
            caused by: Permission denied (os error 13)
        "#]]
        .assert_eq(&file.stderr);
        expect![[r#"
            error: cannot walk `mine:`
            caused by: walk `docs/guide`: permission denied: cannot open the directory
            caused by: Permission denied (os error 13)
        "#]]
        .assert_eq(&walk.stderr);
        assert_eq!((file.code, walk.code), (Some(1), Some(1)));
        assert_eq!(walk.stdout, "mine:\nmine:notes.txt\nmine:docs/\nmine:docs/readme.md\n");
    }
}

#[test]
fn an_unwritable_registry() {
    let home = TestHome::with_files();
    set_mode(&home.larder_home(), 0o555);
    let outcome = bound(home.larder(["store", "rename", "mine", "ours"]));
    let reading = bound(home.larder(["cat", "mine:notes.txt"]));
    set_mode(&home.larder_home(), 0o755);
    if let (Some(outcome), Some(reading)) = (outcome, reading) {
        assert_eq!(outcome.code, Some(1));
        expect![[r#"
            error: registry `[TMP]/home/registry.json` cannot be written
            caused by: permission denied
            hint: make the file and its directory writable, or set LARDER_HOME to a directory of your own
        "#]]
        .assert_eq(&outcome.stderr);
        assert_eq!((reading.code, &*reading.stdout, &*reading.stderr), (Some(0), "buy bread\n", ""));
    }
    let registry = home.larder_home().join("registry.json");
    set_mode(&registry, 0o444);
    home.play(&expect![[r#"
        $ larder store rename mine ours
        ! error: registry `[TMP]/home/registry.json` cannot be written
        ! caused by: the file is read-only
        ! hint: make the file and its directory writable, or set LARDER_HOME to a directory of your own
        [1]
        $ larder store list --columns name
        NAME
        mine
    "#]]);
}

#[test]
fn a_registry_that_is_cut_off_newer_or_something_else() {
    let home = TestHome::with_files();
    let registry = home.larder_home().join("registry.json");
    let text = fs::read_to_string(&registry).expect("the registry can be read");
    let commands = |host: &Host| host.registry().is_err();
    for damaged in [&text[..text.len() / 2], &text[..text.len() - 3], "", "hello", "[]"] {
        fs::write(&registry, damaged).expect("a file");
        assert!(commands(&home.host()), "{damaged:?} is read");
        let outcome = home.larder(["store", "rename", "mine", "ours"]).run();
        assert_eq!(outcome.code, Some(1), "{damaged:?}: {}", outcome.stderr);
        assert_eq!(
            fs::read_to_string(&registry).expect("it is there"),
            damaged,
            "nothing is written over it"
        );
    }
    fs::write(&registry, "{\n  \"format\": 1,\n  \"flavors\": {\n").expect("a file");
    home.play(&expect![[r#"
        $ larder ls mine:
        ! error: registry `[TMP]/home/registry.json` is damaged at line 4, column 0
        ! caused by: EOF while parsing an object
        ! hint: nothing was changed: repair that line, or move the file away to start with an empty registry
        [1]
        $ larder store list
        ! error: registry `[TMP]/home/registry.json` is damaged at line 4, column 0
        ! caused by: EOF while parsing an object
        ! hint: nothing was changed: repair that line, or move the file away to start with an empty registry
        [1]
    "#]]);
    fs::write(&registry, "{\"format\": 7}").expect("a file");
    home.play(&expect![[r#"
        $ larder ls mine:
        ! error: registry `[TMP]/home/registry.json` has format 7, this larder knows formats up to 1
        ! hint: use the newer larder that wrote it, or set LARDER_HOME to another directory
        [1]
        $ larder store register a -f local --path a
        ! error: registry `[TMP]/home/registry.json` has format 7, this larder knows formats up to 1
        ! hint: use the newer larder that wrote it, or set LARDER_HOME to another directory
        [1]
    "#]]);
    fs::write(&registry, "{\"stores\": {}}").expect("a file");
    home.play(&expect![[r#"
        $ larder ls mine:
        ! error: `[TMP]/home/registry.json` is no registry: `format` is not a number from 1
        ! hint: add `"format": 1` if it is one, or move the file away
        [1]
    "#]]);
    fs::remove_file(&registry).expect("it is there");
    fs::create_dir(&registry).expect("a directory");
    home.play(&expect![[r#"
        $ larder ls mine:
        ! error: registry `[TMP]/home/registry.json` cannot be read
        ! caused by: Is a directory (os error 21)
        [1]
    "#]]);
}

#[test]
fn one_broken_item_of_the_registry_does_not_stop_the_others() {
    let home = TestHome::with_files();
    home.register_store(&home.host(), "other", "local", &home.path("other"));
    let registry = home.larder_home().join("registry.json");
    let text = fs::read_to_string(&registry).expect("the registry can be read");
    let path = home.path("other").to_string_lossy().into_owned();
    fs::write(&registry, text.replace(&format!("\"{path}\""), "17")).expect("a file");
    home.play(&expect![[r#"
        $ larder cat mine:notes.txt
        buy bread
        $ larder ls other:
        ! error: artifact store `other` is broken in `[TMP]/home/registry.json`, line 75
        ! caused by: invalid type: integer `17`, expected a string
        ! hint: correct it in the file, or delete it by its name; everything else is usable
        [1]
        $ larder store list --columns name
        NAME
        mine
        ! warning: artifact store `other` is broken in `[TMP]/home/registry.json`, line 75
        ! caused by: invalid type: integer `17`, expected a string
        ! hint: correct it in the file, or delete it by its name; everything else is usable
        $ larder store rename mine ours
        ! artifact store `mine` is now `ours`
        $ larder store delete other
        ! artifact store `other` deleted; its artifacts were left alone
        $ larder store list --columns name
        NAME
        ours
    "#]]);
}

/// Runs in a mount namespace of its own, where a file system of 1 MiB is mounted over the root of the store.
#[test]
fn a_full_disk() {
    const SCRIPT: &str = "mount -t tmpfs -o size=1m none \"$0\" && \"$@\"; code=$?; ls -A \"$0\"; exit $code";
    let home = TestHome::with_files();
    let root = home.path("artifacts");
    let works = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", SCRIPT])
        .arg(&root)
        .arg("true")
        .output();
    if !works.is_ok_and(|output| output.status.success()) {
        return eprintln!("skipped: no file system can be mounted in a namespace of one's own");
    }
    home.file("large", vec![7; 3 << 20]);
    let larder = home.larder(["put", "large", "mine:deep/large"]);
    let script = ["--map-root-user", "--mount", "sh", "-c", SCRIPT];
    let arguments = script.iter().map(|word| (*word).into()).chain([root.into_os_string()]);
    let outcome = larder.by("unshare", arguments).run();
    assert_eq!(outcome.code, Some(1));
    expect![[r#"
        error: cannot write `mine:deep/large`
        caused by: open `deep/large`: no space: cannot write the file
        caused by: No space left on device (os error 28)
    "#]]
    .assert_eq(&outcome.stderr);
    expect![[r#""#]].assert_eq(&outcome.stdout);
}

#[test]
fn a_full_standard_output() {
    let home = TestHome::with_files();
    let Ok(full) = fs::File::options().write(true).open("/dev/full") else {
        return eprintln!("skipped: there is no /dev/full");
    };
    for line in [["ls", "mine:"], ["cat", "mine:notes.txt"], ["walk", "mine:"], ["stack", "list"]] {
        let mut command = home.larder(line).into_command();
        let output = command.stdout(full.try_clone().expect("a file")).stderr(std::process::Stdio::piped());
        let output = output.spawn().expect("it starts").wait_with_output().expect("it ends");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let expected = "error: the standard output cannot be written\ncaused by: No space left on device (os error 28)\n";
        assert!(text.ends_with(expected), "{line:?}: {text}");
        assert_eq!(output.status.code(), Some(1), "{line:?}");
    }
}

#[test]
fn no_place_for_a_home() {
    let home = TestHome::new();
    let file = home.file("file", "x");
    home.larder(["store", "list", "--json", "-q"]).env("LARDER_HOME", &file).run();
    home.play(&expect![[r#"
        $ LARDER_HOME=[TMP]/file larder store list
        ! error: registry `[TMP]/file/registry.json` cannot be read
        ! caused by: Not a directory (os error 20)
        [1]
        $ LARDER_HOME=[TMP]/nowhere larder store list -q
        NAME  FLAVOR  PATH  ACTIVE  LABELS
    "#]]);
}
