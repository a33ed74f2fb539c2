//! `mkdir`.

use larder_plugin_api::ErrorKind::{AlreadyExists, NotADirectory, NotFound};

use crate::check::Case;

const OPERATION: &str = "mkdir";

pub const CASES: &[Case] = &[
    case!(makes_a_directory, [Mkdir], "A directory is made in one that has something in it.", |ctx| {
        ctx.write("d/keep", "")?;
        ctx.mkdir("d/e")?;
        ctx.holds(&[("d/", ""), ("d/e/", ""), ("d/keep", "")])
    }),
    case!(
        makes_a_directory_in_one_that_was_made,
        [Mkdir],
        "A directory is made in one that was made.",
        |ctx| {
            ctx.write("keep", "")?;
            ctx.mkdir("d")?;
            ctx.mkdir("d/e")?;
            ctx.holds(&[("d/", ""), ("d/e/", ""), ("keep", "")])
        }
    ),
    case!(
        fails_when_the_parent_is_missing,
        [Mkdir],
        "A missing parent is *not found*, and is not made.",
        |ctx| {
            ctx.write("keep", "")?;
            ctx.refuses(NotFound, |at| at.mkdir("d/e"))?;
            ctx.refuses(NotFound, |at| at.mkdir("d/e/f"))
        }
    ),
    case!(fails_when_the_parent_is_a_file, [Mkdir], "A file as parent is *not a directory*.", |ctx| {
        ctx.write("f", "kept")?;
        ctx.refuses(NotADirectory, |at| at.mkdir("f/d"))
    }),
    case!(
        fails_when_the_directory_was_made,
        [Mkdir],
        "A directory that was made is *already exists*.",
        |ctx| {
            ctx.write("keep", "")?;
            ctx.mkdir("d")?;
            ctx.refuses(AlreadyExists, |at| at.mkdir("d"))
        }
    ),
    case!(
        fails_when_something_is_below,
        [Mkdir],
        "A directory that has something below it is *already exists*.",
        |ctx| {
            ctx.write("d/f", "kept")?;
            ctx.refuses(AlreadyExists, |at| at.mkdir("d"))
        }
    ),
    case!(fails_on_a_file, [Mkdir], "A file at the path is *already exists*.", |ctx| {
        ctx.write("f", "kept")?;
        ctx.refuses(AlreadyExists, |at| at.mkdir("f"))
    }),
    case!(
        what_is_made_stays_without_files,
        [Mkdir],
        "A directory that was made stays when its last file goes.",
        |ctx| {
            ctx.write("keep", "")?;
            ctx.mkdir("d")?;
            ctx.write("d/f", "")?;
            ctx.remove("d/f")?;
            ctx.holds(&[("d/", ""), ("keep", "")])
        }
    ),
    case!(
        what_is_made_stays_without_directories,
        [Mkdir],
        "A directory that was made stays when its last directory goes.",
        |ctx| {
            ctx.write("keep", "")?;
            ctx.mkdir("d")?;
            ctx.write("d/e/f", "")?;
            ctx.rmtree("d/e")?;
            ctx.holds(&[("d/", ""), ("keep", "")])
        }
    ),
];
