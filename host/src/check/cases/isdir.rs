//! `isdir`.

use crate::check::expect::equal;
use crate::check::{Case, Checked, Context};

const OPERATION: &str = "isdir";

pub const CASES: &[Case] = &[
    case!(
        true_for_a_directory_with_something_below,
        [],
        "What has something below it is a directory.",
        |ctx| {
            ctx.write("d/e/f", "")?;
            says(ctx, &[("d", true), ("d/e", true)])
        }
    ),
    case!(
        true_after_mkdir,
        [Mkdir],
        "What `mkdir` made is a directory, also while nothing is in it.",
        |ctx| {
            ctx.write("keep", "")?;
            ctx.mkdir("d")?;
            says(ctx, &[("d", true)])
        }
    ),
    case!(true_after_makedirs, [Mkdir], "What `makedirs` made is a directory, and its parents are.", |ctx| {
        ctx.makedirs("a/b/c")?;
        says(ctx, &[("a/b/c", true), ("a/b", true), ("a", true)])
    }),
    case!(false_for_a_file, [], "A file is no directory.", |ctx| {
        ctx.write("f", "")?;
        says(ctx, &[("f", false)])
    }),
    case!(false_for_what_is_missing, [], "What is missing is no directory, and that is no error.", |ctx| {
        ctx.write("f", "")?;
        says(ctx, &[("g", false), ("g/h", false)])
    }),
    case!(false_below_a_file, [], "Below a file there is no directory, and that is no error.", |ctx| {
        ctx.write("f", "")?;
        says(ctx, &[("f/g", false)])
    }),
    case!(
        false_for_the_beginning_of_a_name,
        [],
        "The beginning of a directory's name is no directory.",
        |ctx| {
            ctx.write("directory/f", "")?;
            says(ctx, &[("direct", false), ("directory", true)])
        }
    ),
    case!(false_after_rmtree, [], "What was removed is no directory any more.", |ctx| {
        ctx.files(&["d/e/f", "keep"])?;
        ctx.rmtree("d")?;
        says(ctx, &[("d", false), ("d/e", false)])
    }),
];

fn says(ctx: &Context, expected: &[(&str, bool)]) -> Checked {
    expected
        .iter()
        .try_for_each(|(path, expected)| equal(&format!("isdir `{path}`"), &ctx.isdir(path)?, expected))
}
