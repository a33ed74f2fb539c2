//! `open` in mode `w`: writers.

use larder_plugin_api::ErrorKind::{IsADirectory, NotADirectory};
use larder_plugin_api::OpenMode;

use crate::check::data::content;
use crate::check::expect::same_bytes;
use crate::check::{Case, Checked, Context};

const OPERATION: &str = "open_write";

pub const CASES: &[Case] = &[
    case!(makes_a_file, [], "A writer that is closed makes a file.", |ctx| {
        ctx.write("f", "new")?;
        ctx.holds(&[("f", "new")])
    }),
    case!(makes_an_empty_file, [], "A writer that is closed at once makes an empty file.", |ctx| {
        ctx.writer("f", OpenMode::Write)?.close()?;
        ctx.holds(&[("f", "")])
    }),
    case!(makes_missing_parents, [], "Parents that are missing are made.", |ctx| {
        ctx.write("a/b/c", "new")?;
        ctx.holds(&[("a/", ""), ("a/b/", ""), ("a/b/c", "new")])
    }),
    case!(replaces_what_is_there, [], "Mode `w` replaces the old content.", |ctx| {
        ctx.write("f", "old")?;
        ctx.write("f", "something new")?;
        ctx.holds(&[("f", "something new")])
    }),
    case!(replaces_a_longer_content, [], "Nothing of a longer old content is left.", |ctx| {
        ctx.write("f", content(1, 200_000))?;
        ctx.write("f", "short")?;
        ctx.holds(&[("f", "short")])
    }),
    case!(leaves_other_files_alone, [], "Files whose names begin alike are not touched.", |ctx| {
        ctx.files(&["a", "a.b", "aa", "ab/c"])?;
        ctx.write("a", "new")?;
        ctx.holds(&[("a", "new"), ("a.b", "a.b"), ("aa", "aa"), ("ab/", ""), ("ab/c", "ab/c")])
    }),
    case!(fails_on_a_directory, [], "Writing onto a directory is *is a directory*.", |ctx| {
        ctx.write("d/f", "")?;
        ctx.refuses(IsADirectory, |at| at.write("d", "new"))
    }),
    case!(
        fails_on_an_empty_directory,
        [Mkdir],
        "Writing onto a directory that was made is *is a directory*.",
        |ctx| {
            ctx.makedirs("d")?;
            ctx.refuses(IsADirectory, |at| at.write("d", "new"))
        }
    ),
    case!(fails_below_a_file, [], "Writing below a file is *not a directory*.", |ctx| {
        ctx.write("f", "old")?;
        ctx.refuses(NotADirectory, |at| at.write("f/g", "new"))
    }),
    case!(fails_far_below_a_file, [], "A file as a distant parent is *not a directory*, too.", |ctx| {
        ctx.write("f", "old")?;
        ctx.refuses(NotADirectory, |at| at.write("f/g/h", "new"))
    }),
    case!(shows_nothing_before_close, [], "Before `close` nothing is at the path.", |ctx| {
        ctx.write("keep", "")?;
        let mut writer = ctx.writer("f", OpenMode::Write)?;
        writer.write(&content(1, 300_000))?;
        ctx.holds(&[("keep", "")])?;
        writer.close()?;
        same_bytes("the content after close", &ctx.read("f")?, &content(1, 300_000))
    }),
    case!(shows_the_old_content_before_close, [], "Before `close` readers see the old content.", |ctx| {
        ctx.write("f", "old")?;
        let mut writer = ctx.writer("f", OpenMode::Write)?;
        writer.write(b"new")?;
        ctx.holds(&[("f", "old")])?;
        writer.close()?;
        ctx.holds(&[("f", "new")])
    }),
    case!(
        shows_no_large_content_before_close,
        [],
        "Also a content that is sent in several parts is not seen before `close`.",
        |ctx| {
            ctx.write("f", "old")?;
            let mut writer = ctx.writer("f", OpenMode::Write)?;
            for _ in 0..9 {
                writer.write(&content(1, 2 << 20))?;
            }
            ctx.holds(&[("f", "old")])
        }
    ),
    case!(joins_pieces_of_any_length, [], "Pieces of any length, also empty ones, follow each other."),
    case!(takes_a_large_piece, [], "One piece may have many bytes.", |ctx| {
        let whole = content(ctx.seed(), 12 << 20);
        ctx.write("f", &whole)?;
        same_bytes("the content", &ctx.read("f")?, &whole)
    }),
    case!(the_last_writer_to_close_wins, [], "Of two writers of one path the last to close stays.", |ctx| {
        let (mut first, mut second) = (ctx.writer("f", OpenMode::Write)?, ctx.writer("f", OpenMode::Write)?);
        first.write(b"fir")?;
        second.write(b"second")?;
        first.write(b"st")?;
        second.close()?;
        ctx.holds(&[("f", "second")])?;
        first.close()?;
        ctx.holds(&[("f", "first")])
    }),
    case!(
        writers_of_two_paths_do_not_mix,
        [],
        "Writers that are open at once write their own files.",
        |ctx| {
            let (mut first, mut second) =
                (ctx.writer("d/1", OpenMode::Write)?, ctx.writer("d/2", OpenMode::Write)?);
            first.write(b"a")?;
            second.write(b"b")?;
            first.write(b"a")?;
            first.close()?;
            second.close()?;
            ctx.holds(&[("d/", ""), ("d/1", "aa"), ("d/2", "b")])
        }
    ),
];

fn joins_pieces_of_any_length(ctx: &Context) -> Checked {
    let (mut random, mut expected) = (ctx.random(), Vec::new());
    let mut writer = ctx.writer("f", OpenMode::Write)?;
    for round in 0..400 {
        let length = if round % 50 == 0 { random.below(200_000) } else { random.below(30) };
        let piece = content(round, length);
        writer.write(&piece)?;
        writer.write(b"")?;
        expected.extend(piece);
    }
    writer.close()?;
    same_bytes("the content", &ctx.read("f")?, &expected)
}
