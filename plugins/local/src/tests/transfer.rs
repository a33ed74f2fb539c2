//! Whole local files, and copies: what they keep, and which side an error names.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::sync::atomic::{AtomicBool, Ordering};

use larder_plugin_api::file_transfer::{FileTransfer, GET_FILE, PUT_FILE};

use super::*;

fn transfer(home: &Home, id: &str, local: &Path, at: &str, overwrite: bool) -> Result<u64> {
    let local = local.to_str().expect("a path in UTF-8").to_owned();
    let request = FileTransfer { local, path: at.to_owned(), overwrite }.to_request();
    FileTransfer::from_answer(&home.store.extension(id, &request)?)
}

fn put_file(home: &Home, local: &Path, at: &str) -> Result<u64> {
    transfer(home, PUT_FILE, local, at, true)
}

fn get_file(home: &Home, at: &str, local: &Path) -> Result<u64> {
    transfer(home, GET_FILE, local, at, true)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a stat").mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("a mode");
}

/// A file with a hole, data, and a hole at the end; `None` where the filesystem has no holes.
fn sparse(path: &Path) -> Option<Vec<u8>> {
    use std::os::unix::fs::FileExt;
    let file = File::create(path).expect("a file");
    file.write_all_at(b"data", 8 << 20).expect("it writes");
    file.set_len(16 << 20).expect("it grows");
    let blocks = file.metadata().expect("a stat").blocks();
    if blocks * 512 > 1 << 20 {
        let _ = std::io::stderr().write_all(b"skipped: this filesystem has no holes\n");
        return None;
    }
    Some(fs::read(path).expect("it reads"))
}

#[test]
fn holes_stay_holes_in_every_copy() {
    let home = Home::new();
    let (local, back) = (home.outside(), home.directory.path().join("back"));
    let Some(content) = sparse(&local) else { return };
    assert_eq!(put_file(&home, &local, "a"), Ok(16 << 20));
    home.store.copyfile(path("a"), path("b"), false).expect("it copies");
    File::create(&back).expect("a file");
    assert_eq!(get_file(&home, "b", &back), Ok(16 << 20));
    home.write("a", OpenMode::Append, "tail").expect("it appends");
    for copy in [home.root().join("a"), home.root().join("b"), back] {
        assert!(fs::metadata(&copy).expect("a stat").blocks() * 512 <= 1 << 20, "{}", copy.display());
        assert!(fs::read(&copy).expect("it reads").starts_with(&content), "{}", copy.display());
    }
    assert_eq!(fs::metadata(home.root().join("a")).expect("a stat").len(), (16 << 20) + 4);
}

#[test]
fn a_copy_is_never_more_open_than_its_source() {
    let home = Home::new();
    let local = home.outside();
    fs::write(&local, "#!/bin/sh\n").expect("a file");
    for (given, expected) in [(0o600, 0o600), (0o755, 0o755), (0o4700, 0o700), (0o400, 0o400)] {
        set_mode(&local, given);
        let at = format!("{given:o}");
        put_file(&home, &local, &at).expect("it is put");
        assert_eq!(mode(&home.root().join(&at)), expected, "put {given:o}");
        let copy = format!("{at}-copy");
        home.store.copyfile(path(&at), path(&copy), false).expect("it copies");
        assert_eq!(mode(&home.root().join(&copy)), expected, "copy {given:o}");
        let back = home.directory.path().join(&at);
        File::create(&back).expect("a file");
        get_file(&home, &copy, &back).expect("it is got");
        assert_eq!(mode(&back), expected, "get {given:o}");
    }
}

#[test]
fn a_replaced_file_keeps_its_mode_whatever_the_source_has() {
    let home = Home::new();
    home.put("a", "1");
    home.put("b", "2");
    set_mode(&home.root().join("a"), 0o640);
    set_mode(&home.root().join("b"), 0o777);
    fs::write(home.outside(), "local").expect("a file");
    put_file(&home, &home.outside(), "a").expect("it is put");
    assert_eq!(mode(&home.root().join("a")), 0o640);
    home.store.copyfile(path("a"), path("b"), true).expect("it copies");
    assert_eq!(mode(&home.root().join("b")), 0o777);
}

#[test]
fn a_new_file_gets_the_mode_and_the_time_that_are_asked_for() {
    let home = Home::new();
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
    for open_mode in [OpenMode::Write, OpenMode::Append, OpenMode::Exclusive] {
        let options = larder_plugin_api::OpenOptions::new(open_mode)
            .with_unix_mode(Some(0o600))
            .with_modified(Some(time));
        let at = open_mode.as_str();
        let Opened::Writer(mut writer) = home.store.open_with(path(at), &options).expect("a writer") else {
            panic!("a mode for writing gave a reader")
        };
        writer.write(b"x").expect("it writes");
        writer.close().expect("it closes");
        let stat = home.store.stat(path(at)).expect("a stat");
        assert_eq!((stat.unix_mode, stat.modified), (Some(0o600), Some(time)), "{at}");
    }
}

#[test]
fn an_error_of_the_local_file_names_it() {
    let home = Home::new();
    let missing = home.outside();
    let error = put_file(&home, &missing, "a").expect_err("nothing is there");
    assert_eq!((error.kind(), error.path()), (ErrorKind::NotFound, missing.to_str().expect("UTF-8")));
    assert_eq!(error.message(), format!("cannot read `{}`", missing.display()));
    home.put("a", "1");
    let error = get_file(&home, "a", &missing).expect_err("no file to write to");
    assert_eq!(error.message(), format!("cannot write `{}`", missing.display()));
    assert_eq!(kind(put_file(&home, &home.root(), "b")), ErrorKind::Unsupported);
}

#[test]
fn a_file_of_proc_is_read_to_its_end() {
    let home = Home::new();
    for file in ["/proc/version", "/proc/self/limits", "/sys/kernel/mm/transparent_hugepage/enabled"] {
        if let Ok(content) = fs::read_to_string(file) {
            assert_eq!(put_file(&home, Path::new(file), "a"), Ok(content.len() as u64), "{file}");
            assert_eq!(fs::read_to_string(home.root().join("a")).expect("it reads"), content, "{file}");
        }
    }
}

#[test]
fn a_source_that_changes_meanwhile_is_an_error_and_nothing_is_published() {
    let home = Home::new();
    let local = home.outside();
    fs::write(&local, vec![1; 16 << 20]).expect("a file");
    let stop = AtomicBool::new(false);
    let seen = std::thread::scope(|scope| {
        scope.spawn(|| {
            let file = File::options().write(true).open(&local).expect("it opens");
            while !stop.load(Ordering::Relaxed) {
                file.set_len(8 << 20).expect("it shrinks");
                file.set_len(16 << 20).expect("it grows");
            }
        });
        let mut attempts = (0..100).map(|_| put_file(&home, &local, "a"));
        let seen = attempts.find_map(Result::err);
        stop.store(true, Ordering::Relaxed);
        seen
    });
    let error = seen.expect("one of a hundred is disturbed");
    assert_eq!((error.kind(), error.path()), (ErrorKind::Changed, local.to_str().expect("UTF-8")));
}

#[test]
fn a_source_that_is_replaced_meanwhile_is_an_error() {
    let home = Home::new();
    let local = home.outside();
    fs::write(&local, vec![1; 1 << 20]).expect("a file");
    let stop = AtomicBool::new(false);
    let seen = std::thread::scope(|scope| {
        scope.spawn(|| {
            let other = home.directory.path().join("other");
            while !stop.load(Ordering::Relaxed) {
                fs::write(&other, vec![2; 1 << 20]).expect("a file");
                fs::rename(&other, &local).expect("it is renamed");
            }
        });
        let seen = (0..1000).find_map(|_| put_file(&home, &local, "a").err());
        stop.store(true, Ordering::Relaxed);
        seen
    });
    assert_eq!(seen.expect("one of a thousand is disturbed").kind(), ErrorKind::Changed);
}

#[test]
fn a_link_is_listed_with_what_it_says_and_a_file_with_its_etag() {
    let home = Home::new();
    home.put("a", "1");
    symlink("a", home.root().join("link")).expect("a link");
    symlink("no/where", home.root().join("loose")).expect("a link");
    let etag = home.store.stat(path("a")).expect("a stat").etag.expect("an etag");
    assert_eq!(home.reader("a").expect("a reader").stat().expect("a stat").etag.as_ref(), Some(&etag));
    let listed: Vec<_> =
        home.list("").expect("a listing").into_iter().map(|entry| entry.expect("an entry")).collect();
    let links: Vec<_> = listed.iter().map(|entry| entry.link.as_deref()).collect();
    assert_eq!(links, [None, Some("a"), Some("no/where")]);
    assert_eq!(listed[0].etag.as_deref(), Some(etag.as_str()));
    assert_eq!(listed[1].etag.as_deref(), Some(etag.as_str()));
}
