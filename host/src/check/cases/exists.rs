//! `exists`.

use larder_plugin_api::OpenMode;

use crate::check::expect::equal;
use crate::check::{Case, Checked, Context};

const OPERATION: &str = "exists";

pub const CASES: &[Case] = &[
    case!(true_for_a_file, [], "A file exists.", |ctx| {
        ctx.write("d/f", "")?;
        says(ctx, &[("d/f", true)])
    }),
    case!(
        true_for_a_directory_with_something_below,
        [],
        "A directory that has something below it exists.",
        |ctx| {
            ctx.write("d/e/f", "")?;
            says(ctx, &[("d", true), ("d/e", true)])
        }
    ),
    case!(true_for_a_directory_that_was_made, [Mkdir], "A directory that was made exists.", |ctx| {
        ctx.makedirs("d/e")?;
        says(ctx, &[("d/e", true), ("d", true)])
    }),
    case!(false_for_what_is_missing, [], "What is missing does not exist, and that is no error.", |ctx| {
        ctx.write("f", "")?;
        says(ctx, &[("g", false)])
    }),
    case!(false_below_a_missing_directory, [], "A missing parent is plain false.", |ctx| {
        says(ctx, &[("a/b/c", false)])
    }),
    case!(false_below_a_file, [], "A file as parent is plain false.", |ctx| {
        ctx.write("f", "")?;
        says(ctx, &[("f/g", false), ("f/g/h", false)])
    }),
    case!(false_for_the_beginning_of_a_name, [], "The beginning of a name is not a name.", |ctx| {
        ctx.files(&["file", "directory/f"])?;
        says(ctx, &[("fil", false), ("direct", false), ("file2", false)])
    }),
    case!(false_after_the_file_was_removed, [], "What was removed does not exist any more.", |ctx| {
        ctx.files(&["f", "g"])?;
        ctx.remove("f")?;
        says(ctx, &[("f", false), ("g", true)])
    }),
    case!(false_before_the_writer_closes, [], "What is being written does not exist yet.", |ctx| {
        let mut writer = ctx.writer("f", OpenMode::Write)?;
        writer.write(b"new")?;
        says(ctx, &[("f", false)])?;
        writer.close()?;
        says(ctx, &[("f", true)])
    }),
];

fn says(ctx: &Context, expected: &[(&str, bool)]) -> Checked {
    expected
        .iter()
        .try_for_each(|(path, expected)| equal(&format!("exists `{path}`"), &ctx.exists(path)?, expected))
}
