//! `stat`.

use std::thread;
use std::time::Duration;

use larder_plugin_api::ErrorKind::{NotADirectory, NotFound};
use larder_plugin_api::Kind;

use crate::check::expect::{equal, that, words};
use crate::check::{Case, Checked, Context};

const OPERATION: &str = "stat";

pub const CASES: &[Case] = &[
    case!(says_that_a_file_is_one, [], "A file has its kind and its size in bytes.", |ctx| {
        ctx.write("f", "12345")?;
        says(ctx, "f", Kind::File, 5)
    }),
    case!(says_that_an_empty_file_is_one, [], "An empty file is a file of 0 bytes.", |ctx| {
        ctx.write("f", "")?;
        says(ctx, "f", Kind::File, 0)
    }),
    case!(
        says_that_a_directory_is_one,
        [],
        "What has something below it is a directory, of 0 bytes.",
        |ctx| {
            ctx.write("d/e/f", "12345")?;
            says(ctx, "d", Kind::Directory, 0)?;
            says(ctx, "d/e", Kind::Directory, 0)
        }
    ),
    case!(says_that_an_empty_directory_is_one, [Mkdir], "What was made is a directory, of 0 bytes.", |ctx| {
        ctx.makedirs("d")?;
        says(ctx, "d", Kind::Directory, 0)
    }),
    case!(follows_the_content, [], "After a write the size is the new one.", |ctx| {
        ctx.write("f", "12345")?;
        ctx.write("f", "12")?;
        says(ctx, "f", Kind::File, 2)
    }),
    case!(fails_when_nothing_is_there, [], "What is missing is *not found*.", |ctx| {
        ctx.files(&["file", "directory/f"])?;
        for path in ["x", "x/y", "fil", "direct", "directory/g"] {
            ctx.refuses(NotFound, |at| at.stat(path))?;
        }
        Ok(())
    }),
    case!(fails_below_a_file, [], "Below a file is *not found* or *not a directory*.", |ctx| {
        ctx.write("f", "")?;
        ctx.refuses_with_one_of(&[NotFound, NotADirectory], |at| at.stat("f/g"))
    }),
    case!(gives_the_modified_time, [ModifiedTime], "A file has the time it was last written.", |ctx| {
        ctx.write("f", "1")?;
        let first = ctx.stat("f")?.modified;
        that(first.is_some(), "a modified time", || words(&first))?;
        // Stores that keep whole seconds are to show a difference, too.
        thread::sleep(Duration::from_millis(1100));
        ctx.write("f", "2")?;
        let second = ctx.stat("f")?.modified;
        that(second > first, "a later time after another write", || words(&(first, second)))
    }),
    case!(reading_keeps_the_modified_time, [ModifiedTime], "Reading is not writing.", |ctx| {
        ctx.write("f", "1")?;
        let written = ctx.stat("f")?.modified;
        ctx.read("f")?;
        equal("the modified time after a read", &ctx.stat("f")?.modified, &written)
    }),
    case!(gives_an_etag, [Etag], "A file has an etag, the same as long as its content.", |ctx| {
        ctx.write("f", "1")?;
        let etag = ctx.stat("f")?.etag;
        that(etag.as_ref().is_some_and(|etag| !etag.is_empty()), "an etag", || words(&etag))?;
        ctx.read("f")?;
        equal("the etag after a read", &ctx.stat("f")?.etag, &etag)
    }),
    case!(
        the_etag_changes_with_the_content,
        [Etag],
        "Another content of the same size has another etag.",
        |ctx| {
            ctx.write("f", "1")?;
            let first = ctx.stat("f")?.etag;
            ctx.write("f", "2")?;
            let second = ctx.stat("f")?.etag;
            that(second != first, "another etag for another content", || words(&second))
        }
    ),
];

fn says(ctx: &Context, path: &str, kind: Kind, size: u64) -> Checked {
    let stat = ctx.stat(path)?;
    equal(&format!("kind and size of `{path}`"), &(stat.kind, stat.size), &(kind, size))
}
