//! `larder put`: local files into a store.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::process::Command;

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn copies_a_file_and_makes_its_parents() {
    let home = TestHome::with_local_store();
    home.file("a.txt", "A\n");
    home.play(&expect![[r#"
        $ larder put a.txt mine:x/y/z.txt
        $ larder cat mine:x/y/z.txt
        A
    "#]]);
}

#[test]
fn into_a_directory_files_keep_their_names() {
    let home = TestHome::with_files();
    home.file("a.txt", "A\n");
    home.file("b.txt", "B\n");
    home.play(&expect![[r#"
        $ larder put a.txt mine:docs
        $ larder put a.txt b.txt mine:new/
        $ larder put a.txt mine:
        $ larder walk mine:
        mine:
        mine:a.txt
        mine:notes.txt
        mine:docs/
        mine:docs/a.txt
        mine:docs/readme.md
        mine:docs/guide/
        mine:docs/guide/intro.md
        mine:new/
        mine:new/a.txt
        mine:new/b.txt
    "#]]);
}

#[test]
fn several_files_need_a_directory() {
    let home = TestHome::with_files();
    home.file("a.txt", "A\n");
    home.file("b.txt", "B\n");
    home.play(&expect![[r#"
        $ larder put a.txt b.txt mine:new
        ! error: 2 sources cannot all become `mine:new`
        ! hint: name a directory, with a `/` at the end
        [2]
        $ larder put a.txt b.txt mine:notes.txt
        ! error: 2 sources cannot all become `mine:notes.txt`
        ! hint: name a directory, with a `/` at the end
        [2]
    "#]]);
}

#[test]
fn takes_the_standard_input() {
    let home = TestHome::with_local_store();
    home.play(&expect![[r#"
        $ echo hello | larder put - mine:greeting
        $ larder cat mine:greeting
        hello
        $ echo hello | larder put - mine:
        ! error: the standard input has no name to put into `mine:`
        ! hint: name a file
        [2]
    "#]]);
}

#[test]
fn replaces_a_file_unless_told_not_to() {
    let home = TestHome::with_files();
    home.file("a.txt", "A\n");
    home.play(&expect![[r#"
        $ larder put --no-overwrite a.txt mine:notes.txt
        ! error: cannot write `mine:notes.txt`
        ! caused by: open `notes.txt`: already exists
        [1]
        $ larder put -n a.txt mine:new.txt
        $ larder put a.txt mine:notes.txt
        $ larder cat mine:notes.txt
        A
    "#]]);
}

#[test]
fn copies_directories_with_r_only() {
    let home = TestHome::with_local_store();
    home.file("tree/one.txt", "1");
    home.file("tree/deep/two.txt", "22");
    fs::create_dir(home.path("tree/empty")).expect("a directory");
    home.play(&expect![[r#"
        $ larder put tree mine:copy
        ! error: cannot read `tree`
        ! caused by: is a directory
        ! hint: pass -r to copy a directory
        [1]
        $ larder put -r tree mine:copy
        ! 2 files copied, 3 bytes
        $ larder walk mine:
        mine:
        mine:copy/
        mine:copy/one.txt
        mine:copy/deep/
        mine:copy/deep/two.txt
        mine:copy/empty/
        $ larder put -r tree mine:copy
        ! 2 files copied, 3 bytes
        $ larder walk mine:copy
        mine:copy/
        mine:copy/one.txt
        mine:copy/deep/
        mine:copy/deep/two.txt
        mine:copy/empty/
        mine:copy/tree/
        mine:copy/tree/one.txt
        mine:copy/tree/deep/
        mine:copy/tree/deep/two.txt
        mine:copy/tree/empty/
    "#]]);
}

#[test]
fn leaves_out_caches_when_asked() {
    let home = TestHome::with_local_store();
    home.file("tree/one.txt", "1");
    home.file("tree/cache/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n");
    home.file("tree/cache/two.txt", "22");
    home.play(&expect![[r#"
        $ larder put -r --exclude-caches tree mine:copy
        ! 1 file copied, 1 byte
        $ larder walk mine:
        mine:
        mine:copy/
        mine:copy/one.txt
    "#]]);
}

#[test]
fn says_what_each_file_became_when_asked() {
    let home = TestHome::with_local_store();
    home.file("tree/one.txt", "1");
    home.play(&expect![[r#"
        $ larder put -v tree/one.txt mine:
        ! tree/one.txt -> mine:one.txt
        $ larder put -rv tree mine:t
        ! tree/one.txt -> mine:t/one.txt
        ! 1 file copied, 1 byte
        $ larder put -rq tree mine:u
    "#]]);
}

#[test]
fn says_what_is_missing() {
    let home = TestHome::with_files();
    home.file("a.txt", "A\n");
    home.play(&expect![[r#"
        $ larder put nothing.txt mine:x
        ! error: cannot look at `nothing.txt`
        ! caused by: No such file or directory (os error 2)
        [1]
        $ larder put a.txt min:x
        ! error: no artifact store is named `min`
        ! hint: did you mean `mine`?
        [1]
        $ larder put a.txt mine:notes.txt/x
        ! error: cannot write `mine:notes.txt/x`
        ! caused by: open `notes.txt/x`: not a directory
        [1]
        $ larder put a.txt nothing.txt mine:new/
        ! error: cannot look at `nothing.txt`
        ! caused by: No such file or directory (os error 2)
        [1]
        $ larder ls mine:new
        a.txt
    "#]]);
}

#[test]
fn reads_a_pipe_to_its_end() {
    let home = TestHome::with_local_store();
    assert!(Command::new("mkfifo").arg(home.path("pipe")).status().expect("there is mkfifo").success());
    let put = home.larder(["put", "pipe", "mine:from-pipe"]).into_command().spawn().expect("it starts");
    fs::write(home.path("pipe"), "through a pipe\n").expect("somebody reads");
    assert!(put.wait_with_output().expect("it ends").status.success());
    home.play(&expect![[r#"
        $ larder cat mine:from-pipe
        through a pipe
        $ larder put /dev/null mine:nothing
        $ larder stat mine:nothing --json
        [
          {
            "address": "mine:nothing",
            "kind": "file",
            "size_bytes": 0,
            "modified": "[TIME]",
            "etag": "[ETAG]",
            "version": null,
            "content_type": null,
            "metadata": {}
          }
        ]
    "#]]);
}

#[test]
fn what_is_no_file_is_left_out_of_a_directory_and_told() {
    let home = TestHome::with_local_store();
    home.file("tree/one.txt", "1");
    assert!(Command::new("mkfifo").arg(home.path("tree/pipe")).status().expect("there is mkfifo").success());
    symlink("nowhere", home.path("tree/dangling")).expect("a link");
    symlink("one.txt", home.path("tree/link.txt")).expect("a link");
    symlink("..", home.path("tree/up")).expect("a link");
    home.play(&expect![[r#"
        $ larder put -r tree mine:tree
        ! warning: `tree/dangling` is a link to `nowhere`, left out
        ! warning: `tree/pipe` is a fifo, left out
        ! warning: `tree/up` is a link to `..`, left out
        ! 2 files copied, 2 bytes
        [1]
        $ larder walk mine:
        mine:
        mine:tree/
        mine:tree/link.txt
        mine:tree/one.txt
        $ larder put tree/link.txt mine:linked.txt
        $ larder cat mine:linked.txt
        1[no line break]
        $ larder put tree/dangling mine:x
        ! error: cannot look at `tree/dangling`
        ! caused by: No such file or directory (os error 2)
        [1]
    "#]]);
}

#[test]
fn one_name_that_is_not_utf_8_does_not_stop_the_others() {
    let home = TestHome::with_local_store();
    home.file("tree/one.txt", "1");
    if fs::write(home.path("tree").join(OsStr::from_bytes(b"odd\xff")), "x").is_err() {
        return eprintln!("skipped: this file system has no names that are not UTF-8");
    }
    home.play(&expect![[r#"
        $ larder put -r tree mine:tree
        ! error: cannot list `tree/odd�`
        ! caused by: invalid path: the name is not UTF-8, which the names in a store are
        ! 1 file copied, 1 byte
        [1]
        $ larder walk mine:
        mine:
        mine:tree/
        mine:tree/one.txt
        $ larder sync tree mine:tree
        ! error: cannot list `tree/odd�`
        ! caused by: invalid path: the name is not UTF-8, which the names in a store are
        ! 0 added, 0 updated, 0 deleted, 1 unchanged, 0 bytes copied
        [1]
    "#]]);
}
