//! What is written into a tree stays in it.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use tempfile::TempDir;

use super::*;

/// A target beside a directory that nothing may reach.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().expect("a directory"));
        fs::create_dir(home.at("t")).expect("a directory");
        fs::create_dir(home.at("outside")).expect("a directory");
        fs::write(home.at("outside/precious"), "precious").expect("a file");
        home
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn tree(&self) -> LocalTree {
        LocalTree::open(&self.at("t")).expect("it opens")
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.at(path)).expect("a file")
    }
}

fn write(tree: &LocalTree, relative: &str, text: &str) -> io::Result<()> {
    let options = WriteOptions { overwrite: true, ..WriteOptions::default() };
    let mut writer = tree.writer(relative, &options)?;
    writer.write_all(text.as_bytes())?;
    writer.close(None)
}

#[test]
fn a_link_in_the_place_of_a_file_is_replaced_by_the_file() {
    let home = Home::new();
    symlink("../outside/precious", home.at("t/f")).expect("a link");
    symlink("nowhere", home.at("t/g")).expect("a link");
    symlink("../outside", home.at("t/h")).expect("a link");
    for name in ["f", "g", "h"] {
        write(&home.tree(), name, "new").expect("it is written");
        assert!(!home.at("t").join(name).is_symlink());
        assert_eq!(home.text(&format!("t/{name}")), "new");
    }
    assert_eq!(home.text("outside/precious"), "precious");
}

#[test]
fn a_link_in_the_place_of_a_directory_is_an_error_that_names_it() {
    let home = Home::new();
    symlink("../outside", home.at("t/d")).expect("a link");
    let tree = home.tree();
    let expected = "`d` is a symbolic link to `../outside` where a directory must be; --keep-directory-symlink follows it";
    for failed in [
        write(&tree, "d/precious", "x"),
        write(&tree, "d/new", "x"),
        tree.make_directory("d/e/f", None),
        tree.make_directory("d", None),
        tree.remove("d/precious", None),
        tree.remove_directory("d/e"),
    ] {
        assert!(failed.expect_err("it is refused").to_string().contains(expected));
    }
    assert_eq!(fs::read_dir(home.at("outside")).expect("it lists").count(), 1);
    assert_eq!(home.text("outside/precious"), "precious");
}

#[test]
fn a_link_to_a_directory_is_followed_when_that_was_asked_for() {
    let home = Home::new();
    symlink("../outside", home.at("t/d")).expect("a link");
    symlink("nowhere", home.at("t/dangling")).expect("a link");
    symlink("d/precious", home.at("t/file")).expect("a link");
    let tree = home.tree().keep_directory_symlink(true);
    tree.make_directory("d/e", None).expect("it is made");
    write(&tree, "d/e/f", "new").expect("it is written");
    assert_eq!(home.text("outside/e/f"), "new");
    assert!(write(&tree, "dangling/f", "x").is_err());
    assert!(write(&tree, "file/f", "x").is_err());
    tree.make_link("own", "../outside", false).expect("it is made");
    assert!(write(&tree, "own/f", "x").expect_err("it made this link itself").to_string().contains("`own`"));
}

#[test]
fn a_name_that_is_more_than_one_component_is_refused() {
    let home = Home::new();
    for path in ["", ".", "..", "/x", "a//b", "a/../../x", "x/", "a\0b", "../outside/x"] {
        let error = write(&home.tree(), path, "x").expect_err(path);
        assert!(error.to_string().contains("is not a path below a directory"), "{error}");
    }
    assert!(write(&home.tree(), ".larder-1.tmp", "x").is_err());
    assert!(home.tree().make_directory("a/../b", None).is_err());
}

#[test]
fn a_directory_swapped_for_a_link_again_and_again_is_never_left() {
    let home = Home::new();
    let tree = home.tree();
    fs::create_dir(home.at("t/d")).expect("a directory");
    fs::create_dir(home.at("spare")).expect("a directory");
    std::thread::scope(|scope| {
        let swapping = scope.spawn(|| {
            for _ in 0..2000 {
                // The other thread makes the directory anew while it is away.
                let _ = fs::rename(home.at("t/d"), home.at("spare/d"));
                let _ = fs::remove_dir_all(home.at("t/d"));
                let _ = symlink("../outside", home.at("t/d"));
                let _ = fs::remove_file(home.at("t/d"));
                let _ = fs::remove_dir_all(home.at("t/d"));
                let _ = fs::rename(home.at("spare/d"), home.at("t/d"));
            }
        });
        while !swapping.is_finished() {
            let _ = write(&tree, "d/precious", "wrong");
            let _ = tree.remove("d/precious", None);
        }
        swapping.join().expect("it ends");
    });
    assert_eq!(home.text("outside/precious"), "precious");
    assert_eq!(fs::read_dir(home.at("outside")).expect("it lists").count(), 1);
}

#[test]
fn what_changed_after_it_was_looked_at_is_not_removed() {
    let home = Home::new();
    let tree = home.tree();
    fs::write(home.at("t/f"), "old").expect("a file");
    let found = tree.look("f").expect("it is looked at").expect("it is there");
    assert_eq!((found.kind, found.size), (FoundKind::File, 3));
    write(&tree, "f", "newer").expect("it is written");
    assert!(tree.remove("f", Some(&found)).expect_err("it changed").to_string().contains("changed"));
    assert_eq!(home.text("t/f"), "newer");
    let found = tree.look("f").expect("it is looked at").expect("it is there");
    tree.remove("f", Some(&found)).expect("it goes");
    assert_eq!(tree.look("f").expect("it is looked at"), None);
}

#[test]
fn only_an_empty_directory_is_removed_as_one() {
    let home = Home::new();
    let tree = home.tree();
    tree.make_directory("a/b", Some(0o700)).expect("it is made");
    assert_eq!(tree.remove_directory("a").expect_err("it is full").kind(), io::ErrorKind::DirectoryNotEmpty);
    tree.remove_directory("a/b").expect("it goes");
    assert_eq!(fs::metadata(home.at("t/a")).expect("it is there").permissions().mode() & 0o777, 0o700);
    symlink("a", home.at("t/link")).expect("a link");
    assert_eq!(tree.remove_directory("link").expect_err("a link").kind(), io::ErrorKind::NotADirectory);
    assert_eq!(tree.remove("a", None).expect_err("a directory").kind(), io::ErrorKind::IsADirectory);
    tree.remove("link", None).expect("it goes");
    assert!(home.at("t/a").is_dir());
}

#[test]
fn a_link_replaces_a_file_and_never_a_directory() {
    let home = Home::new();
    let tree = home.tree();
    fs::write(home.at("t/f"), "x").expect("a file");
    assert!(tree.make_link("f", "to", false).is_err());
    tree.make_link("f", "to", true).expect("it is made");
    assert_eq!(tree.link("f").expect("it is read").as_deref(), Some("to"));
    tree.make_directory("d", None).expect("it is made");
    assert_eq!(tree.make_link("d", "to", true).expect_err("a directory").kind(), io::ErrorKind::IsADirectory);
    assert_eq!(fs::read_dir(home.at("t")).expect("it lists").count(), 2);
}

#[test]
fn a_directory_that_is_missing_at_the_top_is_made() {
    let home = Home::new();
    let tree = LocalTree::open_or_make(&home.at("new/top")).expect("it is made");
    write(&tree, "f", "x").expect("it is written");
    assert_eq!(home.text("new/top/f"), "x");
    assert_eq!(tree.look("").expect("it is looked at").map(|found| found.kind), Some(FoundKind::Directory));
}
