//! Modes `w` and `x`: whole or not at all.

use std::os::unix::fs::PermissionsExt;
use std::sync::Barrier;

use super::*;

#[test]
fn nothing_is_visible_before_close_and_nothing_stays_after_a_drop() {
    let home = Home::new();
    let mut writer = home.writer("a/b/c", OpenMode::Write).expect("a writer");
    writer.write(&vec![7; 1 << 20]).expect("it writes");
    assert_eq!(home.names(""), [""; 0]);
    drop(writer);
    assert_eq!(home.on_disk(), [""; 0]);
}

#[test]
fn a_writer_makes_parents_when_it_closes() {
    let home = Home::new();
    home.put("a/b/c", "1");
    assert_eq!(home.read("a/b/c").as_deref(), Ok("1"));
}

#[test]
fn a_reader_keeps_the_content_it_opened() {
    let home = Home::new();
    home.put("a", "old");
    let mut reader = home.reader("a").expect("a reader");
    home.put("a", "newer");
    let mut content = [0; 8];
    assert_eq!(reader.read(&mut content), Ok(3));
    assert_eq!(&content[..3], b"old");
    assert_eq!(home.read("a").as_deref(), Ok("newer"));
    assert_eq!(home.on_disk(), ["a"]);
}

#[test]
fn a_file_cut_short_reads_as_corrupt() {
    let home = Home::new();
    home.put("a", "content");
    let mut reader = home.reader("a").expect("a reader");
    std::fs::write(home.root().join("a"), "").expect("cut");
    assert_eq!(kind(reader.read(&mut [0; 8])), ErrorKind::Corrupt);
}

#[test]
fn seeks_and_reads_at_an_offset() {
    let home = Home::new();
    home.put("a", "0123456789");
    let mut reader = home.reader("a").expect("a reader");
    let mut piece = [0; 4];
    assert_eq!(reader.seek(std::io::SeekFrom::End(-4)), Ok(6));
    assert_eq!(reader.read_at(1, &mut piece), Ok(4));
    assert_eq!(&piece, b"1234");
    assert_eq!(reader.read(&mut piece), Ok(4));
    assert_eq!(&piece, b"6789");
    assert_eq!(reader.seek(std::io::SeekFrom::Start(100)), Ok(100));
    assert_eq!(reader.read(&mut piece), Ok(0));
    assert_eq!(kind(reader.seek(std::io::SeekFrom::Current(-101))), ErrorKind::InvalidArgument);
}

#[test]
fn exclusive_fails_early_and_at_close() {
    let home = Home::new();
    let late = home.writer("a", OpenMode::Exclusive).expect("the name is free");
    home.put("a", "first");
    assert_eq!(kind(home.writer("a", OpenMode::Exclusive)), ErrorKind::AlreadyExists);
    assert_eq!(kind(late.close()), ErrorKind::AlreadyExists);
    assert_eq!(home.read("a").as_deref(), Ok("first"));
    assert_eq!(home.on_disk(), ["a"]);
}

#[test]
fn of_sixteen_that_race_for_a_name_one_wins() {
    let home = Home::new();
    for round in 0..50 {
        let at = format!("deep/{round}/file");
        let start = Barrier::new(16);
        let won = std::thread::scope(|scope| {
            let race = |number: usize| {
                let (home, start, at) = (&home, &start, &at);
                scope.spawn(move || {
                    start.wait();
                    home.write(at, OpenMode::Exclusive, &number.to_string()).is_ok()
                })
            };
            let racers: Vec<_> = (0..16).map(race).collect();
            let won = racers.into_iter().map(|racer| racer.join().expect("no panic"));
            won.enumerate().filter(|(_, won)| *won).map(|(number, _)| number).collect::<Vec<_>>()
        });
        assert_eq!(won.len(), 1, "round {round}");
        assert_eq!(home.read(&at), Ok(won[0].to_string()));
    }
}

#[test]
fn many_replace_one_file_and_leave_nothing_else() {
    let home = Home::new();
    home.put("a", "0");
    std::thread::scope(|scope| {
        for number in 0..8 {
            let home = &home;
            scope.spawn(move || (0..50).for_each(|_| home.put("a", &number.to_string())));
        }
    });
    assert_eq!(home.on_disk(), ["a"]);
}

#[test]
fn refuses_a_directory_in_every_mode() {
    let home = Home::new();
    home.store.mkdir(path("d")).expect("a directory");
    for mode in [OpenMode::Read, OpenMode::Write, OpenMode::Exclusive, OpenMode::Append] {
        for at in ["", "d"] {
            assert_eq!(kind(home.store.open(path(at), mode)), ErrorKind::IsADirectory, "{mode:?} `{at}`");
        }
    }
}

#[test]
fn refuses_a_file_as_parent() {
    let home = Home::new();
    home.put("f", "");
    assert_eq!(kind(home.write("f/a/b", OpenMode::Write, "")), ErrorKind::NotADirectory);
    assert_eq!(kind(home.read("f/a")), ErrorKind::NotFound);
    assert_eq!(kind(home.store.mkdir(path("f/a"))), ErrorKind::NotADirectory);
    assert_eq!(kind(home.store.makedirs(path("f"))), ErrorKind::AlreadyExists);
    let error = home.store.makedirs(path("f/a/b")).expect_err("a file as parent");
    assert_eq!((error.kind(), error.path()), (ErrorKind::NotADirectory, "f"));
}

#[test]
fn a_fifo_is_refused_without_waiting_for_it() {
    let home = Home::new();
    let fifo = home.root().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status().expect("mkfifo runs");
    assert!(made.success());
    assert_eq!(kind(home.reader("fifo")), ErrorKind::Unsupported);
    assert_eq!(kind(home.writer("fifo", OpenMode::Write)), ErrorKind::Unsupported);
    assert_eq!(kind(home.writer("fifo", OpenMode::Exclusive)), ErrorKind::AlreadyExists);
    assert_eq!(home.store.remove(path("fifo")), Ok(()));
}

#[test]
fn a_replaced_file_hands_down_its_permissions() {
    let home = Home::new();
    home.put("a", "1");
    std::fs::set_permissions(home.root().join("a"), PermissionsExt::from_mode(0o640)).expect("a mode");
    home.put("a", "2");
    home.write("a", OpenMode::Append, "3").expect("it appends");
    let mode = std::fs::metadata(home.root().join("a")).expect("a stat").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}

#[test]
fn a_directory_removed_while_a_file_is_written_is_made_again() {
    let home = Home::new();
    home.store.makedirs(path("a/b")).expect("directories");
    let writer = home.writer("a/b/c", OpenMode::Write).expect("a writer");
    home.store.rmtree(path("a")).expect("it is removed");
    assert_eq!(writer.close(), Ok(()));
    assert_eq!(home.on_disk(), ["a", "a/b", "a/b/c"]);
}

#[test]
fn names_too_long_or_reserved_are_refused_and_do_not_exist() {
    let home = Home::new();
    let long = "x".repeat(300);
    for at in [long.as_str(), ".larder-0.tmp", "a/.larder-x.tmp/b"] {
        assert_eq!(kind(home.writer(at, OpenMode::Write)), ErrorKind::InvalidPath, "{at}");
        assert_eq!(kind(home.store.mkdir(path(at))), ErrorKind::InvalidPath, "{at}");
        assert_eq!(home.store.exists(path(at)), Ok(false), "{at}");
        assert_eq!(home.store.isdir(path(at)), Ok(false), "{at}");
    }
    home.put(".larder-note", "an ordinary name");
    assert_eq!(home.names(""), [".larder-note"]);
}

#[test]
fn writes_to_the_disk_when_asked() {
    let mut home = Home::new();
    home.store = Arc::new(LocalStore::new(Root::new(home.root()), Services::detached(), true));
    home.put("a/b", "1");
    home.put("a/b", "2");
    home.store.mkdir(path("c")).expect("a directory");
    assert_eq!(home.read("a/b").as_deref(), Ok("2"));
}
