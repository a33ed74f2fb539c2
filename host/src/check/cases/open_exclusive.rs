//! `open` in mode `x`: files that must not exist yet.

use larder_plugin_api::ErrorKind::{AlreadyExists, IsADirectory, NotADirectory};
use larder_plugin_api::OpenMode::{Exclusive, Write};

use crate::check::expect::fails;
use crate::check::{Case, Checked, Context};

const OPERATION: &str = "open_exclusive";

pub const CASES: &[Case] = &[
    case!(makes_a_file, [Exclusive], "Mode `x` makes a file that is not there.", |ctx| {
        ctx.put("f", Exclusive, b"new")?;
        ctx.holds(&[("f", "new")])
    }),
    case!(makes_missing_parents, [Exclusive], "Mode `x` makes parents that are missing.", |ctx| {
        ctx.put("a/b/f", Exclusive, b"new")?;
        ctx.holds(&[("a/", ""), ("a/b/", ""), ("a/b/f", "new")])
    }),
    case!(
        fails_when_the_file_exists,
        [Exclusive],
        "Mode `x` on a file is *already exists*, and the file stays.",
        |ctx| {
            ctx.write("f", "old")?;
            ctx.refuses(AlreadyExists, |at| at.put("f", Exclusive, b"new"))
        }
    ),
    case!(
        fails_when_an_empty_file_exists,
        [Exclusive],
        "An empty file exists as much as any other.",
        |ctx| {
            ctx.write("f", "")?;
            ctx.refuses(AlreadyExists, |at| at.put("f", Exclusive, b"new"))
        }
    ),
    case!(fails_on_a_directory, [Exclusive], "Mode `x` on a directory is *is a directory*.", |ctx| {
        ctx.write("d/f", "")?;
        ctx.refuses(IsADirectory, |at| at.put("d", Exclusive, b"new"))
    }),
    case!(fails_below_a_file, [Exclusive], "Mode `x` below a file is *not a directory*.", |ctx| {
        ctx.write("f", "")?;
        ctx.refuses(NotADirectory, |at| at.put("f/g", Exclusive, b"new"))
    }),
    case!(shows_nothing_before_close, [Exclusive], "Before `close` nothing is at the path.", |ctx| {
        ctx.write("keep", "")?;
        let mut writer = ctx.writer("f", Exclusive)?;
        writer.write(b"new")?;
        ctx.holds(&[("keep", "")])?;
        writer.close()?;
        ctx.holds(&[("f", "new"), ("keep", "")])
    }),
    case!(
        loses_to_an_exclusive_writer_that_closed,
        [Exclusive],
        "Of two exclusive writers that are open at once, one fails with *already exists*.",
        |ctx| {
            let first = ctx.writer("f", Exclusive)?;
            // It may be told at open already that the name is taken.
            let second = ctx.writer("f", Exclusive);
            first.close()?;
            fails(AlreadyExists, second.and_then(|writer| close_with(writer, b"second")))?;
            ctx.holds(&[("f", "")])
        }
    ),
    case!(
        loses_to_a_writer_that_closed,
        [Exclusive],
        "An exclusive writer fails when a file was written since it was opened, and that file stays.",
        |ctx| {
            let exclusive = ctx.writer("f", Exclusive)?;
            ctx.put("f", Write, b"written")?;
            fails(AlreadyExists, close_with(exclusive, b"exclusive"))?;
            ctx.holds(&[("f", "written")])
        }
    ),
    case!(
        a_dropped_writer_takes_no_name,
        [Exclusive],
        "A writer that was dropped leaves the name free.",
        |ctx| {
            let mut writer = ctx.writer("f", Exclusive)?;
            writer.write(b"dropped")?;
            drop(writer);
            ctx.put("f", Exclusive, b"new")?;
            ctx.holds(&[("f", "new")])
        }
    ),
    case!(makes_a_file_that_was_removed, [Exclusive], "The name of a removed file is free.", remade),
];

fn close_with(mut writer: crate::Writer, content: &[u8]) -> larder_plugin_api::Result<()> {
    writer.write(content)?;
    writer.close()
}

fn remade(ctx: &Context) -> Checked {
    ctx.write("f", "old")?;
    ctx.remove("f")?;
    ctx.put("f", Exclusive, b"new")?;
    ctx.holds(&[("f", "new")])
}
