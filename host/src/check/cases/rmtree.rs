//! `rmtree`.

use larder_plugin_api::ErrorKind::{InvalidArgument, NotADirectory, NotFound};

use crate::check::{Case, Checked, Context};

const OPERATION: &str = "rmtree";

pub const CASES: &[Case] = &[
    case!(removes_everything_below, [], "The directory is gone with all that was below.", |ctx| {
        ctx.files(&["d/1", "d/e/2", "d/e/f/3", "keep"])?;
        ctx.rmtree("d")?;
        ctx.holds(&[("keep", "keep")])
    }),
    case!(removes_a_directory_below, [], "Only what is below is removed, not what is above.", |ctx| {
        ctx.files(&["d/1", "d/e/2", "d/e/f/3"])?;
        ctx.rmtree("d/e")?;
        ctx.holds(&[("d/", ""), ("d/1", "d/1")])
    }),
    case!(removes_an_empty_directory, [Mkdir], "A directory that has nothing in it is removed.", |ctx| {
        ctx.makedirs("d/e")?;
        ctx.rmtree("d/e")?;
        ctx.holds(&[("d/", "")])
    }),
    case!(
        removes_empty_directories_below,
        [Mkdir],
        "Directories below that have nothing in them are removed.",
        |ctx| {
            ctx.makedirs("d/e/f")?;
            ctx.files(&["d/1", "keep"])?;
            ctx.rmtree("d")?;
            ctx.holds(&[("keep", "keep")])
        }
    ),
    case!(
        leaves_names_that_begin_alike,
        [],
        "A neighbour that shares the name's beginning is not touched.",
        |ctx| {
            ctx.files(&["run1/a", "run1/b/c", "run10/a", "run1.log", "run"])?;
            ctx.rmtree("run1")?;
            ctx.holds(&[("run", "run"), ("run1.log", "run1.log"), ("run10/", ""), ("run10/a", "run10/a")])
        }
    ),
    case!(fails_when_the_directory_is_missing, [], "What is missing is *not found*.", |ctx| {
        ctx.files(&["f", "directory/f"])?;
        for path in ["d", "d/e", "direct"] {
            ctx.refuses(NotFound, |at| at.rmtree(path))?;
        }
        Ok(())
    }),
    case!(fails_on_a_file, [], "A file is *not a directory*, and stays.", |ctx| {
        ctx.files(&["f", "d/g"])?;
        ctx.refuses(NotADirectory, |at| at.rmtree("f"))?;
        ctx.refuses(NotADirectory, |at| at.rmtree("d/g"))
    }),
    case!(fails_below_a_file, [], "Below a file is *not found* or *not a directory*.", |ctx| {
        ctx.write("f", "kept")?;
        ctx.refuses_with_one_of(&[NotFound, NotADirectory], |at| at.rmtree("f/d"))
    }),
    case!(fails_the_second_time, [], "What was removed is *not found*.", |ctx| {
        ctx.files(&["d/1", "keep"])?;
        ctx.rmtree("d")?;
        ctx.refuses(NotFound, |at| at.rmtree("d"))
    }),
    case!(refuses_the_root, [], "The root is refused unless it is asked for by name.", |ctx| {
        ctx.write("f", "kept")?;
        for root in ["", "/", "."] {
            ctx.refuses(InvalidArgument, |at| at.store.rmtree(root))?;
        }
        Ok(())
    }),
    case!(the_name_can_be_used_again, [], "The name is free for a file or a directory.", again),
];

fn again(ctx: &Context) -> Checked {
    ctx.files(&["d/1", "e/2"])?;
    ctx.rmtree("d")?;
    ctx.rmtree("e")?;
    ctx.write("d", "new")?;
    ctx.write("e/3", "new")?;
    ctx.holds(&[("d", "new"), ("e/", ""), ("e/3", "new")])
}
