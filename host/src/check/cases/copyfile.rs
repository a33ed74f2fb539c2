//! `copyfile`.

use larder_plugin_api::ErrorKind::{AlreadyExists, IsADirectory, NotADirectory, NotFound};

use crate::check::data::content;
use crate::check::expect::{fails, same_bytes};
use crate::check::{Case, Checked, Context};

const OPERATION: &str = "copyfile";

pub const CASES: &[Case] = &[
    case!(copies_the_content, [Copyfile], "The target has the content of the source, which stays.", |ctx| {
        ctx.write("a", "content")?;
        ctx.copyfile("a", "b", true)?;
        ctx.holds(&[("a", "content"), ("b", "content")])
    }),
    case!(
        copies_to_a_free_target,
        [Copyfile, Exclusive],
        "Without overwrite a free target is written.",
        |ctx| {
            ctx.write("a", "content")?;
            ctx.copyfile("a", "b", false)?;
            ctx.holds(&[("a", "content"), ("b", "content")])
        }
    ),
    case!(copies_an_empty_file, [Copyfile], "An empty file is copied as one.", |ctx| {
        ctx.write("a", "")?;
        ctx.copyfile("a", "b", true)?;
        ctx.holds(&[("a", ""), ("b", "")])
    }),
    case!(copies_a_large_file, [Copyfile], "A file of many parts is copied whole.", |ctx| {
        let whole = content(ctx.seed(), (16 << 20) + 1);
        ctx.write("a", &whole)?;
        ctx.copyfile("a", "b", true)?;
        same_bytes("the copy", &ctx.read("b")?, &whole)
    }),
    case!(makes_missing_parents, [Copyfile], "Missing parents of the target are made.", |ctx| {
        ctx.write("a", "content")?;
        ctx.copyfile("a", "x/y/b", true)?;
        ctx.holds(&[("a", "content"), ("x/", ""), ("x/y/", ""), ("x/y/b", "content")])
    }),
    case!(
        replaces_an_existing_target,
        [Copyfile],
        "With overwrite a file at the target is replaced.",
        |ctx| {
            ctx.write("a", "new")?;
            ctx.write("b", "something old")?;
            ctx.copyfile("a", "b", true)?;
            ctx.holds(&[("a", "new"), ("b", "new")])
        }
    ),
    case!(
        fails_when_the_target_exists,
        [Copyfile, Exclusive],
        "Without overwrite a file at the target is *already exists*, and stays.",
        |ctx| {
            ctx.files(&["a", "b"])?;
            ctx.refuses(AlreadyExists, |at| at.copyfile("a", "b", false))
        }
    ),
    case!(fails_when_the_source_is_missing, [Copyfile], "A missing source is *not found*.", |ctx| {
        ctx.write("b", "old")?;
        ctx.refuses(NotFound, |at| at.copyfile("a", "b", true))?;
        ctx.refuses(NotFound, |at| at.copyfile("a", "x/c", true))
    }),
    case!(
        fails_when_the_source_is_below_a_file,
        [Copyfile],
        "A source below a file is *not found* or *not a directory*.",
        |ctx| {
            ctx.write("a", "")?;
            ctx.refuses_with_one_of(&[NotFound, NotADirectory], |at| at.copyfile("a/b", "c", true))
        }
    ),
    case!(
        fails_when_the_source_is_a_directory,
        [Copyfile],
        "A directory as source is *is a directory*.",
        |ctx| {
            ctx.write("d/f", "")?;
            ctx.refuses(IsADirectory, |at| at.copyfile("d", "e", true))
        }
    ),
    case!(
        fails_when_the_target_is_a_directory,
        [Copyfile],
        "A directory as target is *is a directory*, and nothing is put into it.",
        |ctx| {
            ctx.files(&["a", "d/f"])?;
            ctx.refuses(IsADirectory, |at| at.copyfile("a", "d", true))
        }
    ),
    case!(
        fails_on_a_directory_without_overwrite,
        [Copyfile, Exclusive],
        "A directory as target is *is a directory* also without overwrite.",
        |ctx| {
            ctx.files(&["a", "d/f"])?;
            ctx.refuses(IsADirectory, |at| at.copyfile("a", "d", false))
        }
    ),
    case!(
        fails_when_the_target_is_below_a_file,
        [Copyfile],
        "A target below a file is *not a directory*.",
        |ctx| {
            ctx.files(&["a", "b"])?;
            ctx.refuses(NotADirectory, |at| at.copyfile("a", "b/c", true))
        }
    ),
    case!(
        a_file_copied_onto_itself_stays,
        [Copyfile],
        "With overwrite a copy onto itself changes nothing.",
        |ctx| {
            ctx.write("a", "content")?;
            ctx.copyfile("a", "a", true)?;
            ctx.holds(&[("a", "content")])
        }
    ),
    case!(
        fails_onto_itself_without_overwrite,
        [Copyfile, Exclusive],
        "Without overwrite a copy onto itself is *already exists*.",
        |ctx| {
            ctx.write("a", "content")?;
            ctx.refuses(AlreadyExists, |at| at.copyfile("a", "a", false))
        }
    ),
    case!(
        the_copy_is_independent,
        [Copyfile],
        "What happens to the source later leaves the copy alone.",
        |ctx| {
            ctx.write("a", "content")?;
            ctx.copyfile("a", "b", true)?;
            ctx.write("a", "changed")?;
            ctx.holds(&[("a", "changed"), ("b", "content")])?;
            ctx.write("b", "changed, too")?;
            ctx.holds(&[("a", "changed"), ("b", "changed, too")])
        }
    ),
    case!(fails_on_the_root, [Copyfile], "The root is a directory, as source and as target.", root),
];

fn root(ctx: &Context) -> Checked {
    ctx.write("a", "content")?;
    fails(IsADirectory, ctx.store.copyfile("", &ctx.path("b"), true))?;
    fails(IsADirectory, ctx.store.copyfile(&ctx.path("a"), "", true))?;
    ctx.holds(&[("a", "content")])
}
