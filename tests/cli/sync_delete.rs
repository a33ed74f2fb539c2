//! `larder sync --delete`: what goes, what must not, and in which order.

use std::fs;
use std::os::unix::fs::symlink;

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn a_root_that_nobody_made_is_not_an_empty_source() {
    let home = TestHome::with_local_store();
    home.register_store(&home.host(), "disk", "local", &home.path("disk/mounted"));
    home.play(&expect![[r#"
        $ larder sync --delete disk: mine:backup
        ! error: cannot look at `disk:`
        ! caused by: stat: not found
        ! hint: its root, `[TMP]/disk/mounted`, is not there
        [1]
        $ echo x | larder put - disk:a
        $ echo y | larder put - mine:backup/a
    "#]]);
    fs::rename(home.path("disk"), home.path("unplugged")).expect("it moves");
    home.play(&expect![[r#"
        $ larder sync --delete disk: mine:backup
        ! error: cannot look at `disk:`
        ! caused by: stat: not found
        ! hint: its root, `[TMP]/disk/mounted`, is not there
        [1]
        $ larder cp -r disk: mine:copy
        ! error: cannot look at `disk:`
        ! caused by: stat: not found
        ! hint: its root, `[TMP]/disk/mounted`, is not there
        [1]
        $ larder mv disk: mine:moved
        ! error: cannot look at `disk:`
        ! caused by: stat: not found
        ! hint: its root, `[TMP]/disk/mounted`, is not there
        [1]
        $ larder get -r disk: back
        ! error: cannot look at `disk:`
        ! caused by: stat: not found
        ! hint: its root, `[TMP]/disk/mounted`, is not there
        [1]
        $ larder verify disk: mine:backup
        ! error: cannot look at `disk:`
        ! caused by: stat: not found
        ! hint: its root, `[TMP]/disk/mounted`, is not there
        [2]
        $ larder exists mine:backup/a
    "#]]);
}

#[test]
fn an_empty_source_empties_nothing_unless_that_is_meant() {
    let home = TestHome::with_local_store();
    fs::create_dir(home.path("empty")).expect("a directory");
    home.play(&expect![[r#"
        $ echo x | larder put - mine:backup/a
        $ larder sync --delete empty mine:backup
        ! error: nothing was deleted: the source `empty` is empty
        ! hint: if that is meant: --allow-empty-source
        ! 0 added, 0 updated, 0 deleted, 0 unchanged, 0 bytes copied
        [1]
        $ larder sync --delete --dry-run empty mine:backup
        ! error: nothing was deleted: the source `empty` is empty
        ! hint: if that is meant: --allow-empty-source
        ! 0 added, 0 updated, 0 deleted, 0 unchanged, 0 bytes copied (nothing was changed: --dry-run)
        [1]
        $ larder exists mine:backup/a
        $ larder sync --delete --allow-empty-source empty mine:backup
        delete a
        ! 0 added, 0 updated, 1 deleted, 0 unchanged, 0 bytes copied
        $ larder walk mine:backup
        mine:backup/
    "#]]);
}

#[test]
fn more_removals_than_allowed_are_none() {
    let home = TestHome::with_local_store();
    home.file("tree/new", "new");
    home.play(&expect![[r#"
        $ echo x | larder put - mine:t/a
        $ echo x | larder put - mine:t/d/b
        $ echo x | larder put - mine:t/d/c
        $ echo x | larder put - mine:t/e
        $ larder sync --delete --max-delete 3 tree mine:t
        add    new
        ! error: nothing was deleted: 4 of 4 files in the target would go
        ! hint: allow more with --max-delete
        ! 1 added, 0 updated, 0 deleted, 0 unchanged, 3 bytes copied
        [1]
        $ larder sync --delete --max-delete 99% tree mine:t
        delete a
        delete d/b
        delete d/c
        delete e
        delete d
        ! 0 added, 0 updated, 4 deleted, 1 unchanged, 0 bytes copied
        $ larder walk mine:t
        mine:t/
        mine:t/new
        $ larder sync --delete --max-delete 101% tree mine:t
        ! error: invalid value '101%' for '--max-delete <N|N%>': expected a number of files, or a percentage from 0% to 100%, got `101%`
        ! 
        ! For more information, try '--help'.
        [2]
        $ larder sync --max-delete 3 tree mine:t
        ! error: the following required arguments were not provided:
        !   --delete
        ! 
        ! Usage: larder sync --delete --max-delete <N|N%> <SOURCE> <TARGET>
        ! 
        ! For more information, try '--help'.
        [2]
        $ larder sync --delete --max-delete 4 tree mine:t
        ! 0 added, 0 updated, 0 deleted, 1 unchanged, 0 bytes copied
        $ larder walk mine:t
        mine:t/
        mine:t/new
    "#]]);
}

#[test]
fn a_file_and_a_directory_change_places() {
    let home = TestHome::with_local_store();
    home.file("tree/x", "file");
    home.file("tree/y/deep/f", "f");
    home.play(&expect![[r#"
        $ echo old | larder put - mine:t/x/old
        $ echo old | larder put - mine:t/y
        $ larder sync tree mine:t
        ! error: `mine:t/x` is a directory, and a file goes there
        ! hint: --delete replaces it
        ! error: `mine:t/y` is not a directory, and one goes there
        ! hint: --delete replaces it
        ! 0 added, 0 updated, 0 deleted, 0 unchanged, 0 bytes copied
        [1]
        $ larder sync --delete --dry-run tree mine:t
        delete x/old
        delete y
        delete x
        add    x
        add    y/deep/f
        ! 2 added, 0 updated, 2 deleted, 0 unchanged, 0 bytes copied (nothing was changed: --dry-run)
        $ larder sync --delete tree mine:t
        delete x/old
        delete y
        delete x
        add    x
        add    y/deep/f
        ! 2 added, 0 updated, 2 deleted, 0 unchanged, 5 bytes copied
        $ larder cat mine:t/x
        file[no line break]
        $ larder cat mine:t/y/deep/f
        f[no line break]
        $ larder walk mine:t
        mine:t/
        mine:t/x
        mine:t/y/
        mine:t/y/deep/
        mine:t/y/deep/f
    "#]]);
}

#[test]
fn a_link_in_the_target_is_replaced_and_never_written_through() {
    let home = TestHome::with_local_store();
    home.file("tree/d/f", "new");
    home.file("tree/g", "new");
    home.file("outside/f", "precious");
    home.file("outside/g", "precious");
    fs::create_dir(home.path("target")).expect("a directory");
    symlink("../outside", home.path("target/d")).expect("a link");
    symlink("../outside/g", home.path("target/g")).expect("a link");
    home.play(&expect![[r#"
        $ larder sync tree target
        update g
        ! error: `target/d` is not a directory, and one goes there
        ! hint: --delete replaces it
        ! 0 added, 1 updated, 0 deleted, 0 unchanged, 3 bytes copied
        [1]
        $ larder sync --delete tree target
        delete d
        add    d/f
        ! 1 added, 0 updated, 1 deleted, 1 unchanged, 3 bytes copied
    "#]]);
    for file in ["outside/f", "outside/g"] {
        assert_eq!(fs::read_to_string(home.path(file)).expect("it is there"), "precious");
    }
    for file in ["target/d/f", "target/g"] {
        assert_eq!(fs::read_to_string(home.path(file)).expect("it is there"), "new");
    }
    assert!(!home.path("target/d").is_symlink() && !home.path("target/g").is_symlink());
}

#[test]
fn what_was_left_out_protects_its_namesake() {
    let home = TestHome::with_local_store();
    home.file("tree/f", "f");
    symlink("/", home.path("tree/link")).expect("a link");
    symlink("nowhere", home.path("tree/gone")).expect("a link");
    home.play(&expect![[r#"
        $ echo x | larder put - mine:t/link/deep/kept
        $ echo x | larder put - mine:t/gone
        $ echo x | larder put - mine:t/extra
        $ larder sync --delete tree mine:t
        add    f
        delete extra
        ! warning: `tree/gone` is a link to `nowhere`, left out
        ! warning: `tree/link` is a link to `/`, left out
        ! 1 added, 0 updated, 1 deleted, 0 unchanged, 1 byte copied
        [1]
        $ larder walk mine:t
        mine:t/
        mine:t/f
        mine:t/gone
        mine:t/link/
        mine:t/link/deep/
        mine:t/link/deep/kept
        $ larder sync --delete --links=skip tree mine:t
        ! 0 added, 0 updated, 0 deleted, 1 unchanged, 0 bytes copied
    "#]]);
}

#[test]
fn a_link_to_a_directory_within_a_store_is_told_and_never_removed() {
    let home = TestHome::with_local_store();
    home.register_store(&home.host(), "other", "local", &home.path("other"));
    home.play(&expect![[r#"
        $ echo x | larder put - mine:t/d/f
    "#]]);
    symlink("d", home.path("artifacts/t/link")).expect("a link");
    home.play(&expect![[r#"
        $ larder get -r mine:t back
        ! warning: `mine:t/link` is a link to `d`, left out
        ! 1 file copied, 2 bytes
        [1]
        $ larder sync mine:t other:t
        add    d/f
        ! warning: `mine:t/link` is a link to `d`, left out
        ! 1 added, 0 updated, 0 deleted, 0 unchanged, 2 bytes copied
        [1]
        $ larder mv mine:t other:moved
        ! warning: `mine:t/link` is a link to `d`, left out
        ! warning: `mine:t` stays: not all of it has arrived
        [1]
        $ larder walk mine:t
        mine:t/
        mine:t/link/
        mine:t/d/
        mine:t/d/f
        $ larder sync --links=follow mine:t other:t
        ! error: --links=follow needs a local directory as the source: no store enters links
        [2]
        $ larder sync --links=keep mine:t other:t
        ! error: --links=keep needs two local directories: a store has no links to make
        [2]
    "#]]);
    assert!(home.path("artifacts/t/link").is_symlink());
}

#[test]
fn links_are_kept_between_local_directories_or_followed() {
    let home = TestHome::with_local_store();
    home.file("tree/d/f", "f");
    symlink("d", home.path("tree/link")).expect("a link");
    symlink("..", home.path("tree/d/up")).expect("a link");
    home.play(&expect![[r#"
        $ larder sync --links=keep tree kept
        link   link
        add    d/f
        link   d/up
        ! 3 added, 0 updated, 0 deleted, 0 unchanged, 1 byte copied
        $ larder sync --links=keep tree kept
        ! 0 added, 0 updated, 0 deleted, 3 unchanged, 0 bytes copied
        $ larder sync --links=follow tree followed
        add    d/f
        add    link/f
        ! warning: `tree/d/up` is a link to `..`, left out
        ! warning: `tree/link/up` is a link to `..`, left out
        ! 2 added, 0 updated, 0 deleted, 0 unchanged, 2 bytes copied
        [1]
    "#]]);
    assert_eq!(fs::read_link(home.path("kept/link")).expect("a link").to_str(), Some("d"));
    assert_eq!(fs::read_link(home.path("kept/d/up")).expect("a link").to_str(), Some(".."));
    assert!(home.path("followed/link/f").is_file() && !home.path("followed/link").is_symlink());
}

#[test]
fn a_restored_older_version_is_copied_to_a_local_directory() {
    let home = TestHome::with_local_store();
    let source = home.file("tree/f", "new");
    home.play(&expect![[r#"
        $ larder sync tree target
        add    f
        ! 1 added, 0 updated, 0 deleted, 0 unchanged, 3 bytes copied
        $ larder sync tree target
        ! 0 added, 0 updated, 0 deleted, 1 unchanged, 0 bytes copied
    "#]]);
    fs::write(&source, "old").expect("it is written");
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    fs::File::options()
        .write(true)
        .open(&source)
        .and_then(|file| file.set_modified(old))
        .expect("it has a time");
    home.play(&expect![[r#"
        $ larder sync --update tree target
        ! 0 added, 0 updated, 0 deleted, 1 unchanged, 0 bytes copied
        $ larder sync tree target
        update f
        ! 0 added, 1 updated, 0 deleted, 0 unchanged, 3 bytes copied
        $ larder sync tree target
        ! 0 added, 0 updated, 0 deleted, 1 unchanged, 0 bytes copied
    "#]]);
    assert_eq!(fs::read_to_string(home.path("target/f")).expect("it is there"), "old");
}

#[test]
fn a_private_directory_stays_private() {
    use std::os::unix::fs::PermissionsExt;
    let home = TestHome::with_local_store();
    home.file("tree/private/f", "f");
    let mode = |bits| fs::Permissions::from_mode(bits);
    fs::set_permissions(home.path("tree/private"), mode(0o700)).expect("it takes a mode");
    home.larder(["sync", "tree", "target"]).ok();
    let bits = fs::metadata(home.path("target/private")).expect("it is there").permissions().mode();
    assert_eq!(bits & 0o777, 0o700);
}
