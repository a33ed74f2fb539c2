//! `size`.

use larder_plugin_api::ErrorKind::{IsADirectory, NotADirectory, NotFound};

use crate::check::Case;
use crate::check::data::content;
use crate::check::expect::{equal, fails};

const OPERATION: &str = "size";

pub const CASES: &[Case] = &[
    case!(counts_bytes, [], "The size of a file is the number of its bytes, not of its characters.", |ctx| {
        ctx.write("f", "\u{e9}\u{1f980}")?;
        equal("the size", &ctx.size("f")?, &6)
    }),
    case!(is_0_for_an_empty_file, [], "An empty file has 0 bytes.", |ctx| {
        ctx.write("f", "")?;
        equal("the size", &ctx.size("f")?, &0)
    }),
    case!(follows_the_content, [], "After a write the size is the new one.", |ctx| {
        ctx.write("f", content(1, 100_000))?;
        equal("the size", &ctx.size("f")?, &100_000)?;
        ctx.write("f", "short")?;
        equal("the size", &ctx.size("f")?, &5)
    }),
    case!(fails_when_the_file_is_missing, [], "What is missing is *not found*.", |ctx| {
        ctx.write("file", "")?;
        ctx.refuses(NotFound, |at| at.size("x"))?;
        ctx.refuses(NotFound, |at| at.size("fil"))
    }),
    case!(fails_below_a_file, [], "Below a file is *not found* or *not a directory*.", |ctx| {
        ctx.write("f", "")?;
        ctx.refuses_with_one_of(&[NotFound, NotADirectory], |at| at.size("f/g"))
    }),
    case!(fails_on_a_directory, [], "A directory is *is a directory*.", |ctx| {
        ctx.write("d/f", "")?;
        ctx.refuses(IsADirectory, |at| at.size("d"))?;
        fails(IsADirectory, ctx.store.size(""))
    }),
    case!(fails_on_an_empty_directory, [Mkdir], "A directory that was made is *is a directory*.", |ctx| {
        ctx.makedirs("d")?;
        ctx.refuses(IsADirectory, |at| at.size("d"))
    }),
];
