//! What a walk through a local directory gives.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use rustix::fs::{CWD, mkdirat, mknodat};

use super::*;

fn visits(walk: LocalWalk) -> Vec<Visit> {
    walk.map(|visit| visit.expect("it reads")).collect()
}

/// Each entry with a letter for its kind.
fn listed(walk: LocalWalk) -> Vec<String> {
    let letter = |entry: &Entry| match entry.kind {
        Kind::File => 'f',
        Kind::Directory => 'd',
        _ => 'o',
    };
    let of = |visit: Visit| {
        let all: Vec<_> = visit.directories.iter().chain(&visit.files).cloned().collect();
        all.into_iter()
            .map(move |entry| format!("{} {}", letter(&entry), join(&visit.directory, &entry.name)))
    };
    visits(walk).into_iter().flat_map(of).collect()
}

#[test]
fn one_name_that_no_store_can_have_does_not_stop_the_others() {
    let directory = tempfile::tempdir().expect("a directory");
    let odd = directory.path().join(std::ffi::OsStr::from_bytes(b"odd\xff"));
    if fs::write(odd, "x").is_err() {
        return; // This file system has no such names.
    }
    fs::write(directory.path().join("even"), "x").expect("a file");
    let mut walk = LocalWalk::new(directory.path().to_owned());
    let visit = walk.next().expect("a visit").expect("it reads");
    assert_eq!(visit.files.iter().map(|file| &*file.name).collect::<Vec<_>>(), ["even"]);
    let (name, error) = walk.next().expect("an error").expect_err("it is told");
    assert_eq!(name, "odd\u{fffd}");
    assert!(error.to_string().contains("not UTF-8"), "{error}");
    assert!(walk.next().is_none());
}

#[test]
fn walks_in_the_order_of_a_store() {
    let directory = tempfile::tempdir().expect("a directory");
    for name in ["a", "a-1", "b"] {
        fs::create_dir(directory.path().join(name)).expect("a directory");
    }
    fs::write(directory.path().join("a/f"), "x").expect("a file");
    let visits = visits(LocalWalk::new(directory.path().to_owned()));
    let directories: Vec<_> = visits.iter().map(|visit| visit.directory.as_str()).collect();
    assert_eq!(directories, ["", "a-1", "a", "b"]);
    assert_eq!(visits[2].files[0].size, Some(1));
    assert!(visits[2].files[0].modified.is_some());
}

#[test]
fn links_are_what_the_caller_wants_them_to_be() {
    let directory = tempfile::tempdir().expect("a directory");
    let at = |name: &str| directory.path().join(name);
    fs::create_dir_all(at("d/e")).expect("a directory");
    fs::write(at("d/f"), "x").expect("a file");
    for (name, target) in
        [("dangling", "nowhere"), ("to-d", "d"), ("to-f", "d/f"), ("d/e/up", "../.."), ("d/e/self", ".")]
    {
        symlink(target, at(name)).expect("a link");
    }
    let links = |links| listed(LocalWalk::new(directory.path().to_owned()).links(links));
    let left_out = ["d d", "o dangling", "o to-d", "f to-f", "d d/e", "f d/f", "o d/e/self", "o d/e/up"];
    assert_eq!(links(Links::Default), left_out);
    let as_links: Vec<_> =
        left_out.iter().map(|line| if *line == "f to-f" { "o to-f" } else { line }).collect();
    assert_eq!(links(Links::Skip), as_links);
    assert_eq!(links(Links::Keep), as_links);
    let followed = [
        "d d",
        "d to-d",
        "o dangling",
        "f to-f",
        "d d/e",
        "f d/f",
        "o d/e/self",
        "o d/e/up",
        "d to-d/e",
        "f to-d/f",
        "o to-d/e/self",
        "o to-d/e/up",
    ];
    assert_eq!(links(Links::Follow), followed);
    assert_eq!(describe(&at("to-d")), "is a link to `d`");
}

#[test]
fn what_is_neither_a_file_nor_a_directory_is_listed_as_that() {
    let directory = tempfile::tempdir().expect("a directory");
    let at = |name: &str| directory.path().join(name);
    mknodat(CWD, at("fifo"), FileType::Fifo, Mode::RUSR, 0).expect("a fifo");
    let _socket = UnixListener::bind(at("socket")).expect("a socket");
    assert_eq!(listed(LocalWalk::new(directory.path().to_owned())), ["o fifo", "o socket"]);
    assert_eq!(describe(&at("fifo")), "is a fifo");
    assert_eq!(describe(&at("socket")), "is a socket");
}

#[test]
fn files_being_written_are_left_out() {
    let directory = tempfile::tempdir().expect("a directory");
    for name in [names::staged(0), names::part(b"x"), names::journal(b"x"), "file".to_owned()] {
        fs::write(directory.path().join(name), "x").expect("a file");
    }
    fs::create_dir(directory.path().join(".larder-d.tmp")).expect("a directory");
    assert_eq!(listed(LocalWalk::new(directory.path().to_owned())), ["d .larder-d.tmp", "f file"]);
}

#[test]
fn a_cache_whose_tag_would_make_it_wait_is_no_cache() {
    let directory = tempfile::tempdir().expect("a directory");
    for name in ["odd", "cache"] {
        fs::create_dir(directory.path().join(name)).expect("a directory");
    }
    mknodat(CWD, directory.path().join("odd/CACHEDIR.TAG"), FileType::Fifo, Mode::RUSR, 0).expect("a fifo");
    let tag = "Signature: 8a477f597d28d172789f06886806bc55\n";
    fs::write(directory.path().join("cache/CACHEDIR.TAG"), tag).expect("a file");
    let walk = LocalWalk::new(directory.path().to_owned()).without_caches();
    assert_eq!(listed(walk), ["d odd", "o odd/CACHEDIR.TAG"]);
}

/// Makes directories, each in the one before.
fn nest(top: &Path, name: &str, levels: usize) {
    let mut directory = rustix::fs::open(top, LISTING, Mode::empty()).expect("it opens");
    for _ in 0..levels {
        mkdirat(&directory, name, Mode::RWXU).expect("a directory");
        directory = openat(&directory, name, LISTING, Mode::empty()).expect("it opens");
    }
}

/// Removes them again: std's way to do so would be as deep.
fn flatten(top: &Path, name: &str) {
    let mut number = 0;
    let spare = top.with_extension("spare");
    fs::create_dir(&spare).expect("a directory");
    while top.join(name).exists() {
        let moved = spare.join(number.to_string());
        fs::rename(top.join(name), &moved).expect("it moves");
        if moved.join(name).exists() {
            fs::rename(moved.join(name), top.join(name)).expect("it moves");
        }
        number += 1;
    }
}

#[test]
fn a_tree_that_is_too_deep_is_an_error_there_and_the_walk_continues() {
    let home = tempfile::tempdir().expect("a directory");
    let top = home.path().join("top");
    for (name, levels, expected) in
        [("d".to_owned(), 5000, MAX_LEVELS), ("n".repeat(200), 400, MAX_PATH_BYTES / 201)]
    {
        fs::create_dir(&top).expect("a directory");
        fs::write(top.join("z"), "x").expect("a file");
        fs::create_dir(top.join("z-last")).expect("a directory");
        nest(&top, &name, levels);
        let mut failed = Vec::new();
        let mut walked = Vec::new();
        for visit in LocalWalk::new(top.clone()) {
            match visit {
                Ok(visit) => walked.push(visit.directory),
                Err((_, error)) => failed.push(error.to_string()),
            }
        }
        assert_eq!(failed.len(), 1, "{failed:?}");
        assert!(failed[0].contains("deeper than"), "{failed:?}");
        assert_eq!(walked.last().map(String::as_str), Some("z-last"));
        assert!(walked.len().abs_diff(expected) <= 3, "{} directories", walked.len());
        flatten(&top, &name);
        fs::remove_dir_all(&top).expect("it goes");
        fs::remove_dir_all(top.with_extension("spare")).expect("it goes");
    }
}

#[test]
fn a_directory_that_cannot_be_held_is_an_error_and_the_walk_continues() {
    let home = tempfile::tempdir().expect("a directory");
    fs::create_dir_all(home.path().join("large")).expect("a directory");
    fs::create_dir_all(home.path().join("other")).expect("a directory");
    for number in 0..100 {
        fs::write(home.path().join("large").join(number.to_string()), "").expect("a file");
    }
    let mut walk = LocalWalk::new(home.path().to_owned());
    walk.held_bytes = 50 * size_of::<Entry>();
    let found: Vec<_> = walk.map(|visit| visit.map(|visit| visit.directory)).collect();
    assert!(matches!(&found[..], [Ok(_), Err((directory, error)), Ok(other)]
        if directory == "large" && other == "other" && error.to_string().contains("more than")));
}
