//! Readers: ranges, offsets, and what becomes of them when the file changes.

use larder_plugin_api::SeekFrom;

use super::*;

#[test]
fn reads_ranges_across_chunks() {
    let scratch = Scratch::new();
    let store = store(&scratch.file(), r#"{"chunk_size": "4KiB"}"#);
    let data = bytes(300_000, 7);
    put(&store, "f", OpenMode::Write, &data).expect("it can be written");
    let mut reader = reader(&store, "f");
    assert_eq!(reader.size(), Ok(300_000));
    for (offset, count) in [(0, 1), (4095, 2), (4096, 4096), (4095, 20_000), (299_999, 1), (123_456, 100_000)]
    {
        let mut piece = vec![0; count];
        assert_eq!(reader.read_at(offset as u64, &mut piece), Ok(count));
        assert_eq!(piece, data[offset..offset + count]);
    }
    let mut piece = [0; 10];
    assert_eq!(reader.read_at(299_995, &mut piece), Ok(5));
    assert_eq!(reader.read_at(300_000, &mut piece), Ok(0));
    assert_eq!(reader.read_at(u64::MAX, &mut piece), Ok(0));
}

#[test]
fn reads_only_the_chunks_that_a_range_needs() {
    let scratch = Scratch::new();
    let store = scratch.store();
    put(&store, "f", OpenMode::Write, &bytes(2_000_000, 7)).expect("it can be written");
    let mut reader = reader(&store, "f");
    let connection = rusqlite::Connection::open(scratch.file()).expect("the database can be opened");
    connection.execute("DELETE FROM data WHERE id <> 3", []).expect("the test damages the file");
    let third = 2 * 256 * 1024;
    assert_eq!(reader.read_at(third, &mut [0; 1000]), Ok(1000));
    assert_eq!(kind(reader.read_at(third - 1, &mut [0; 1000])), Some(ErrorKind::Corrupt));
}

#[test]
fn seeks_and_reads_on() {
    let scratch = Scratch::new();
    let store = scratch.store();
    let data = bytes(1_200_000, 3);
    put(&store, "f", OpenMode::Write, &data).expect("it can be written");
    let mut reader = reader(&store, "f");
    let mut piece = vec![0; 1000];
    assert_eq!(reader.seek(SeekFrom::End(-500)), Ok(1_199_500));
    assert_eq!(reader.read(&mut piece), Ok(500));
    assert_eq!(reader.read(&mut piece), Ok(0));
    assert_eq!(kind(reader.seek(SeekFrom::Current(-1_200_001))), Some(ErrorKind::InvalidArgument));
    assert_eq!(reader.seek(SeekFrom::Start(2_000_000)), Ok(2_000_000));
    assert_eq!(reader.read(&mut piece), Ok(0));
    reader.seek(SeekFrom::Start(1)).expect("the offset is there");
    assert_eq!(rest(&mut *reader).expect("it can be read"), data[1..]);
}

#[test]
fn a_reader_does_not_see_what_is_appended_after_it_was_opened() {
    let scratch = Scratch::new();
    let store = scratch.store();
    let data = bytes(1_000_000, 4);
    put(&store, "f", OpenMode::Write, &data).expect("it can be written");
    let mut before = reader(&store, "f");
    put(&store, "f", OpenMode::Append, &bytes(1_000_000, 5)).expect("it can be written");
    store.rename(path("f"), path("g"), false).expect("the target is free");
    assert_eq!(rest(&mut *before).expect("it can be read"), data);
}

#[test]
fn a_reader_of_a_replaced_file_fails_or_has_it_already() {
    let scratch = Scratch::new();
    let store = scratch.store();
    let (small, large) = (bytes(100_000, 4), bytes(3_000_000, 5));
    put(&store, "small", OpenMode::Write, &small).expect("it can be written");
    put(&store, "large", OpenMode::Write, &large).expect("it can be written");
    let (mut of_small, mut of_large) = (reader(&store, "small"), reader(&store, "large"));
    for at in ["small", "large"] {
        put(&store, at, OpenMode::Write, b"new").expect("it can be written");
    }
    assert_eq!(rest(&mut *of_small), Ok(small));
    assert_eq!(kind(rest(&mut *of_large)), Some(ErrorKind::Corrupt));
}

#[test]
fn a_copy_shares_the_bytes_and_lives_on_its_own() {
    let scratch = Scratch::new();
    let store = scratch.store();
    let data = bytes(2_000_000, 6);
    put(&store, "a", OpenMode::Write, &data).expect("it can be written");
    let before = rows(&scratch.file(), "data");
    store.copyfile(path("a"), path("d/b"), false).expect("the target is free");
    assert_eq!(rows(&scratch.file(), "data"), before);
    put(&store, "a", OpenMode::Append, b"more").expect("it can be written");
    assert_eq!(get(&store, "d/b"), data);
    store.remove(path("a")).expect("it is there");
    assert_eq!(get(&store, "d/b"), data);
    store.remove(path("d/b")).expect("it is there");
    assert_eq!((rows(&scratch.file(), "data"), rows(&scratch.file(), "piece")), (0, 0));
}
