//! `larder put`: local files into a store.

use std::fs;

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
