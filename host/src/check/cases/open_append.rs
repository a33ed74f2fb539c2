//! `open` in mode `a`: what is there stays.

use larder_plugin_api::ErrorKind::{IsADirectory, NotADirectory};
use larder_plugin_api::OpenMode::Append;

use crate::check::data::content;
use crate::check::expect::same_bytes;
use crate::check::{Case, Checked, Context};

const OPERATION: &str = "open_append";

pub const CASES: &[Case] = &[
    case!(writes_after_what_is_there, [Append], "What is there stays, what is written follows it.", |ctx| {
        ctx.write("f", "old,")?;
        ctx.put("f", Append, b"new")?;
        ctx.holds(&[("f", "old,new")])
    }),
    case!(appends_again_and_again, [Append], "Each append follows the one before.", |ctx| {
        for piece in ["1", "22", "", "333"] {
            ctx.put("f", Append, piece.as_bytes())?;
        }
        ctx.holds(&[("f", "122333")])
    }),
    case!(makes_a_missing_file, [Append], "A missing file is made.", |ctx| {
        ctx.put("f", Append, b"new")?;
        ctx.holds(&[("f", "new")])
    }),
    case!(makes_missing_parents, [Append], "Missing parents are made.", |ctx| {
        ctx.put("a/b/f", Append, b"new")?;
        ctx.holds(&[("a/", ""), ("a/b/", ""), ("a/b/f", "new")])
    }),
    case!(appending_nothing_changes_nothing, [Append], "An append of nothing keeps the content.", |ctx| {
        ctx.write("f", "old")?;
        ctx.writer("f", Append)?.close()?;
        ctx.holds(&[("f", "old")])
    }),
    case!(fails_on_a_directory, [Append], "Mode `a` on a directory is *is a directory*.", |ctx| {
        ctx.write("d/f", "")?;
        ctx.refuses(IsADirectory, |at| at.put("d", Append, b"new"))
    }),
    case!(fails_below_a_file, [Append], "Mode `a` below a file is *not a directory*.", |ctx| {
        ctx.write("f", "")?;
        ctx.refuses(NotADirectory, |at| at.put("f/g", Append, b"new"))
    }),
    case!(
        shows_the_old_content_before_close,
        [Append],
        "Before `close` readers see the old content.",
        |ctx| {
            ctx.write("f", "old,")?;
            let mut writer = ctx.writer("f", Append)?;
            writer.write(b"new")?;
            ctx.holds(&[("f", "old,")])?;
            writer.close()?;
            ctx.holds(&[("f", "old,new")])
        }
    ),
    case!(a_dropped_writer_appends_nothing, [Append], "A writer that is dropped appends nothing.", |ctx| {
        ctx.write("f", "old")?;
        let mut writer = ctx.writer("f", Append)?;
        writer.write(&content(1, 300_000))?;
        drop(writer);
        ctx.holds(&[("f", "old")])
    }),
    case!(appends_to_a_large_file, [Append], "A large file can be appended to, by many bytes.", large),
    case!(appends_after_another_instance, [Append], "What another instance wrote stays, too.", |ctx| {
        ctx.put("f", Append, b"one,")?;
        ctx.another()?.put("f", Append, b"two,")?;
        ctx.put("f", Append, b"three")?;
        ctx.holds(&[("f", "one,two,three")])
    }),
];

fn large(ctx: &Context) -> Checked {
    let mut whole = content(ctx.seed(), (5 << 20) + 1);
    ctx.write("f", &whole)?;
    let more = content(1, 6 << 20);
    ctx.put("f", Append, &more)?;
    whole.extend(more);
    same_bytes("the content", &ctx.read("f")?, &whole)
}
