//! `makedirs`.

use larder_plugin_api::ErrorKind::{AlreadyExists, NotADirectory};

use crate::check::Case;

const OPERATION: &str = "makedirs";

pub const CASES: &[Case] = &[
    case!(
        makes_a_directory_with_its_parents,
        [Mkdir],
        "A directory is made, and the parents it lacks.",
        |ctx| {
            ctx.makedirs("a/b/c")?;
            ctx.holds(&[("a/", ""), ("a/b/", ""), ("a/b/c/", "")])
        }
    ),
    case!(makes_only_what_is_missing, [Mkdir], "Parents that are there stay as they are.", |ctx| {
        ctx.write("a/f", "kept")?;
        ctx.makedirs("a/b/c")?;
        ctx.holds(&[("a/", ""), ("a/f", "kept"), ("a/b/", ""), ("a/b/c/", "")])
    }),
    case!(
        is_fine_when_the_directory_was_made,
        [Mkdir],
        "A directory that is there already is fine.",
        |ctx| {
            ctx.makedirs("a/b")?;
            ctx.makedirs("a/b")?;
            ctx.makedirs("a")?;
            ctx.holds(&[("a/", ""), ("a/b/", "")])
        }
    ),
    case!(
        is_fine_when_something_is_below,
        [Mkdir],
        "A directory that has something below it is fine, and keeps it.",
        |ctx| {
            ctx.write("a/b/f", "kept")?;
            ctx.makedirs("a/b")?;
            ctx.makedirs("a")?;
            ctx.holds(&[("a/", ""), ("a/b/", ""), ("a/b/f", "kept")])
        }
    ),
    case!(fails_on_a_file, [Mkdir], "A file at the path is *already exists*.", |ctx| {
        ctx.write("f", "kept")?;
        ctx.refuses(AlreadyExists, |at| at.makedirs("f"))
    }),
    case!(fails_below_a_file, [Mkdir], "A file where a parent must be is *not a directory*.", |ctx| {
        ctx.write("f", "kept")?;
        ctx.refuses(NotADirectory, |at| at.makedirs("f/a"))?;
        ctx.refuses(NotADirectory, |at| at.makedirs("f/a/b"))
    }),
    case!(
        made_parents_stay,
        [Mkdir],
        "Also the parents that were made stay while nothing is in them.",
        |ctx| {
            ctx.makedirs("a/b/c")?;
            ctx.rmtree("a/b")?;
            ctx.holds(&[("a/", "")])
        }
    ),
    case!(
        what_is_made_stays_without_files,
        [Mkdir],
        "A directory that was made stays when its last file goes.",
        |ctx| {
            ctx.makedirs("a/b")?;
            ctx.write("a/b/f", "")?;
            ctx.remove("a/b/f")?;
            ctx.holds(&[("a/", ""), ("a/b/", "")])
        }
    ),
];
