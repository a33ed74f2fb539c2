//! `remove`.

use larder_plugin_api::ErrorKind::{IsADirectory, NotADirectory, NotFound};

use crate::check::Case;
use crate::check::expect::fails;

const OPERATION: &str = "remove";

pub const CASES: &[Case] = &[
    case!(removes_a_file, [], "The file is gone, its neighbours stay.", |ctx| {
        ctx.files(&["d/a", "d/b"])?;
        ctx.remove("d/a")?;
        ctx.holds(&[("d/", ""), ("d/b", "d/b")])
    }),
    case!(leaves_names_that_begin_alike, [], "Names that begin alike stay.", |ctx| {
        ctx.files(&["a", "a.b", "ab", "a-/c"])?;
        ctx.remove("a")?;
        ctx.holds(&[("a.b", "a.b"), ("ab", "ab"), ("a-/", ""), ("a-/c", "a-/c")])
    }),
    case!(fails_when_the_file_is_missing, [], "What is missing is *not found*.", |ctx| {
        ctx.files(&["d/a", "ab"])?;
        for path in ["b", "d/b", "x/y", "a"] {
            ctx.refuses(NotFound, |at| at.remove(path))?;
        }
        Ok(())
    }),
    case!(fails_the_second_time, [], "What was removed is *not found*.", |ctx| {
        ctx.files(&["a", "keep"])?;
        ctx.remove("a")?;
        ctx.refuses(NotFound, |at| at.remove("a"))
    }),
    case!(fails_below_a_file, [], "Below a file is *not found* or *not a directory*.", |ctx| {
        ctx.write("f", "kept")?;
        ctx.refuses_with_one_of(&[NotFound, NotADirectory], |at| at.remove("f/g"))
    }),
    case!(
        fails_on_a_directory,
        [],
        "A directory is *is a directory*, and stays with all that is below.",
        |ctx| {
            ctx.files(&["d/a", "d/e/b"])?;
            ctx.refuses(IsADirectory, |at| at.remove("d"))?;
            ctx.refuses(IsADirectory, |at| at.remove("d/e"))
        }
    ),
    case!(
        fails_on_an_empty_directory,
        [Mkdir],
        "A directory that has nothing in it is *is a directory*, too.",
        |ctx| {
            ctx.makedirs("d")?;
            ctx.refuses(IsADirectory, |at| at.remove("d"))
        }
    ),
    case!(fails_on_the_root, [], "The root is a directory.", |ctx| {
        ctx.write("f", "kept")?;
        fails(IsADirectory, ctx.store.remove(""))?;
        ctx.holds(&[("f", "kept")])
    }),
    case!(a_removed_file_can_be_written_again, [], "The name is free for a file or a directory.", |ctx| {
        ctx.files(&["a", "b"])?;
        ctx.remove("a")?;
        ctx.remove("b")?;
        ctx.write("a", "new")?;
        ctx.write("b/c", "new")?;
        ctx.holds(&[("a", "new"), ("b/", ""), ("b/c", "new")])
    }),
];
