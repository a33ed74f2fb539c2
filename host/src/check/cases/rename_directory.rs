//! `rename` of a directory.

use larder_plugin_api::ErrorKind::{AlreadyExists, InvalidArgument, NotADirectory};

use crate::check::expect::{equal, fails};
use crate::check::{Case, Checked, Context};

const OPERATION: &str = "rename_directory";

pub const CASES: &[Case] = &[
    case!(
        moves_everything_below,
        [RenameDirectory],
        "All that is below is at the new path, and nothing at the old.",
        |ctx| {
            ctx.files(&["d/1", "d/e/2", "d/e/f/3"])?;
            ctx.rename("d", "z", true)?;
            let expected = [
                ("z/", ""),
                ("z/1", "d/1"),
                ("z/e/", ""),
                ("z/e/2", "d/e/2"),
                ("z/e/f/", ""),
                ("z/e/f/3", "d/e/f/3"),
            ];
            ctx.holds(&expected)
        }
    ),
    case!(
        moves_to_a_free_target,
        [RenameDirectory, Exclusive],
        "Without overwrite a free target is taken.",
        |ctx| {
            ctx.write("d/1", "content")?;
            ctx.rename("d", "z", false)?;
            ctx.holds(&[("z/", ""), ("z/1", "content")])
        }
    ),
    case!(
        leaves_names_that_begin_alike,
        [RenameDirectory],
        "Neighbours whose names begin alike stay.",
        |ctx| {
            ctx.files(&["run1/a", "run10/a", "run1.log", "run"])?;
            ctx.rename("run1", "old", true)?;
            let expected = [
                ("old/", ""),
                ("old/a", "run1/a"),
                ("run", "run"),
                ("run1.log", "run1.log"),
                ("run10/", ""),
                ("run10/a", "run10/a"),
            ];
            ctx.holds(&expected)
        }
    ),
    case!(
        takes_a_name_that_begins_alike,
        [RenameDirectory],
        "The new name may begin with the old one.",
        |ctx| {
            ctx.write("run1/a", "content")?;
            ctx.rename("run1", "run10", true)?;
            ctx.holds(&[("run10/", ""), ("run10/a", "content")])
        }
    ),
    case!(makes_missing_parents, [RenameDirectory], "Missing parents of the target are made.", |ctx| {
        ctx.write("d/1", "content")?;
        ctx.rename("d", "x/y/z", true)?;
        ctx.holds(&[("x/", ""), ("x/y/", ""), ("x/y/z/", ""), ("x/y/z/1", "content")])
    }),
    case!(moves_up, [RenameDirectory], "A directory can be moved next to its parent.", |ctx| {
        ctx.files(&["a/b/c/1", "a/2"])?;
        ctx.rename("a/b/c", "c", true)?;
        ctx.remove_if_empty("a/b")?;
        ctx.holds(&[("a/", ""), ("a/2", "a/2"), ("c/", ""), ("c/1", "a/b/c/1")])
    }),
    case!(
        keeps_empty_directories,
        [RenameDirectory, Mkdir],
        "Directories without anything in them are moved, too.",
        |ctx| {
            ctx.makedirs("d/e/f")?;
            ctx.rename("d", "z", true)?;
            ctx.holds(&[("z/", ""), ("z/e/", ""), ("z/e/f/", "")])
        }
    ),
    case!(
        fails_onto_a_directory,
        [RenameDirectory],
        "A directory at the target is *already exists*, also with overwrite.",
        |ctx| {
            ctx.files(&["d/1", "e/2"])?;
            ctx.refuses(AlreadyExists, |at| at.rename("d", "e", true))
        }
    ),
    case!(
        fails_onto_an_empty_directory,
        [RenameDirectory, Mkdir],
        "Also an empty directory at the target is *already exists*.",
        |ctx| {
            ctx.write("d/1", "kept")?;
            ctx.makedirs("e")?;
            ctx.refuses(AlreadyExists, |at| at.rename("d", "e", true))
        }
    ),
    case!(
        fails_onto_a_file,
        [RenameDirectory],
        "A file at the target is *already exists*, also with overwrite.",
        |ctx| {
            ctx.files(&["d/1", "f"])?;
            ctx.refuses(AlreadyExists, |at| at.rename("d", "f", true))
        }
    ),
    case!(
        fails_onto_anything_without_overwrite,
        [RenameDirectory, Exclusive],
        "Without overwrite anything at the target is *already exists*.",
        |ctx| {
            ctx.files(&["d/1", "e/2", "f"])?;
            ctx.refuses(AlreadyExists, |at| at.rename("d", "e", false))?;
            ctx.refuses(AlreadyExists, |at| at.rename("d", "f", false))
        }
    ),
    case!(fails_below_itself, [RenameDirectory], "A target below the source is *invalid argument*.", |ctx| {
        ctx.files(&["d/1", "d/e/2"])?;
        ctx.refuses(InvalidArgument, |at| at.rename("d", "d/e/d", true))?;
        ctx.refuses(InvalidArgument, |at| at.rename("d", "d/x", true))
    }),
    case!(fails_below_a_file, [RenameDirectory], "A target below a file is *not a directory*.", |ctx| {
        ctx.files(&["d/1", "f"])?;
        ctx.refuses(NotADirectory, |at| at.rename("d", "f/d", true))
    }),
    case!(
        renamed_onto_itself_it_stays,
        [RenameDirectory],
        "A rename onto itself changes nothing, whether it is called fine or *already exists*.",
        onto_itself
    ),
];

fn onto_itself(ctx: &Context) -> Checked {
    ctx.files(&["d/1", "d/e/2"])?;
    let before = ctx.tree()?;
    if let Err(error) = ctx.rename("d", "d", true) {
        fails(AlreadyExists, Err::<(), _>(error))?;
    }
    equal("what is there", &ctx.tree()?, &before)
}
