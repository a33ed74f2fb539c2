//! What others see of writers: nothing before `close`, then everything.

use super::*;

#[test]
fn nothing_is_visible_before_close_and_then_all_of_it() {
    let scratch = Scratch::new();
    let (store, other) = (scratch.store(), scratch.store());
    let data = bytes(3_000_000, 1);
    let mut writing = writer(&store, "a/b", OpenMode::Write).expect("it can be opened");
    writing.write(&data).expect("it can be written");
    assert_eq!(other.exists(path("a")), Ok(false));
    assert!(names(&other, "").is_empty());
    writing.close().expect("it can be closed");
    assert_eq!(get(&other, "a/b"), data);
}

#[test]
fn a_dropped_writer_leaves_nothing_not_even_its_chunks() {
    let scratch = Scratch::new();
    let store = scratch.store();
    put(&store, "f", OpenMode::Write, b"old").expect("it can be written");
    let mut dropped = writer(&store, "f", OpenMode::Write).expect("it can be opened");
    dropped.write(&bytes(3_000_000, 1)).expect("it can be written");
    let mut in_a_directory = writer(&store, "a/b/f", OpenMode::Exclusive).expect("it can be opened");
    in_a_directory.write(&bytes(3_000_000, 2)).expect("it can be written");
    drop((dropped, in_a_directory));
    assert_eq!(text(&store, "f"), "old");
    assert_eq!(names(&store, ""), ["f"]);
    assert_eq!((rows(&scratch.file(), "data"), rows(&scratch.file(), "content")), (1, 1));
    drop(store);
    assert_eq!(scratch.names(), ["artifacts.db"]);
}

#[test]
fn of_16_exclusive_writers_that_race_one_succeeds() {
    let scratch = Scratch::new();
    let stores: Vec<_> = (0..4).map(|_| scratch.store()).collect();
    for (round, size) in [1, 10, 600_000].into_iter().enumerate() {
        let at = format!("d/{round}");
        let won: Vec<u64> = std::thread::scope(|scope| {
            let race = |seed: u64| {
                let store = &stores[usize::try_from(seed).expect("small") % 4];
                put(store, &at, OpenMode::Exclusive, &bytes(size, seed))
            };
            let threads: Vec<_> = (0..16).map(|seed| (seed, scope.spawn(move || race(seed)))).collect();
            let results = threads.into_iter().map(|(seed, thread)| (seed, thread.join().expect("no panic")));
            results
                .filter_map(|(seed, result)| match result {
                    Ok(()) => Some(seed),
                    Err(error) => {
                        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
                        None
                    }
                })
                .collect()
        });
        assert_eq!(won.len(), 1);
        assert_eq!(get(&stores[0], &at), bytes(size, won[0]));
    }
    assert_eq!(rows(&scratch.file(), "content"), 3, "the losers left nothing");
}

#[test]
fn appends_that_overlap_are_all_kept_and_rewrite_nothing() {
    let scratch = Scratch::new();
    let store = scratch.store();
    let parts: Vec<_> = (0..4).map(|seed| bytes(700_000, seed)).collect();
    let mut writers: Vec<_> =
        parts.iter().map(|_| writer(&store, "log", OpenMode::Append).expect("it can be opened")).collect();
    for (writer, part) in writers.iter_mut().zip(&parts) {
        writer.write(part).expect("it can be written");
    }
    for writer in writers {
        writer.close().expect("it can be closed");
    }
    assert_eq!(get(&store, "log"), parts.concat());
    let data = rows(&scratch.file(), "data");
    put(&store, "log", OpenMode::Append, b"end").expect("it can be written");
    assert_eq!(rows(&scratch.file(), "data"), data + 1);
    assert_eq!(store.size(path("log")), Ok(2_800_003));
}

#[test]
fn appends_of_many_threads_are_all_kept() {
    let scratch = Scratch::new();
    let store = scratch.store();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let store = &store;
            scope.spawn(move || {
                for line in 0..25 {
                    let line = format!("{thread}-{line}\n");
                    put(store, "log", OpenMode::Append, line.as_bytes()).expect("it can be written");
                }
            });
        }
    });
    let log = text(&store, "log");
    for thread in 0..8 {
        let mine: Vec<_> = log.lines().filter(|line| line.starts_with(&format!("{thread}-"))).collect();
        let expected: Vec<_> = (0..25).map(|line| format!("{thread}-{line}")).collect();
        assert_eq!(mine, expected);
    }
}

#[test]
fn readers_during_a_replace_see_old_or_new_and_no_mix() {
    let scratch = Scratch::new();
    let store = scratch.store();
    let contents: Vec<_> = (0..2).map(|seed| bytes(1_500_000, seed)).collect();
    put(&store, "f", OpenMode::Write, &contents[0]).expect("it can be written");
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let (mut whole, mut gone) = (0, 0);
                    while whole + gone < 30 {
                        match rest(&mut *reader(&store, "f")) {
                            Ok(data) => {
                                assert!(contents.contains(&data), "a mix of contents");
                                whole += 1;
                            }
                            Err(error) => {
                                assert_eq!(error.kind(), ErrorKind::Corrupt);
                                gone += 1;
                            }
                        }
                    }
                })
            })
            .collect();
        for round in 0..20 {
            put(&store, "f", OpenMode::Write, &contents[round % 2]).expect("it can be written");
        }
        for reader in readers {
            reader.join().expect("a reader saw what was written");
        }
    });
}
