//! Mode `a`: whole, and none lost.

use super::*;

#[test]
fn keeps_what_was_there_and_shows_the_rest_at_close() {
    let home = Home::new();
    home.write("a", OpenMode::Append, "one ").expect("a new file");
    let mut writer = home.writer("a", OpenMode::Append).expect("a writer");
    writer.write(b"two").expect("it writes");
    assert_eq!(home.read("a").as_deref(), Ok("one "));
    writer.close().expect("it closes");
    assert_eq!(home.read("a").as_deref(), Ok("one two"));
    drop(home.writer("a", OpenMode::Append).expect("a writer"));
    assert_eq!(home.read("a").as_deref(), Ok("one two"));
    assert_eq!(home.on_disk(), ["a"]);
}

#[test]
fn appends_to_a_large_file() {
    let home = Home::new();
    let old = "0123456789abcdef".repeat(1 << 16);
    home.put("a", &old);
    home.write("a", OpenMode::Append, "end").expect("it appends");
    assert_eq!(home.read("a"), Ok(old + "end"));
}

#[test]
fn of_many_that_append_at_once_none_is_lost() {
    let home = Home::new();
    std::thread::scope(|scope| {
        for letter in ["a", "b", "c", "d", "e", "f", "g", "h"] {
            let home = &home;
            scope.spawn(move || {
                for _ in 0..25 {
                    home.write("log", OpenMode::Append, letter).expect("it appends");
                }
            });
        }
    });
    let content = home.read("log").expect("it is there");
    assert_eq!(content.len(), 200);
    for letter in 'a'..='h' {
        assert_eq!(content.matches(letter).count(), 25, "{letter}");
    }
    assert_eq!(home.on_disk(), ["log"]);
}
