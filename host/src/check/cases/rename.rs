//! `rename` of a file.

use larder_plugin_api::ErrorKind::{AlreadyExists, InvalidArgument, IsADirectory, NotADirectory, NotFound};

use crate::check::Case;
use crate::check::data::content;
use crate::check::expect::{names, same_bytes};

const OPERATION: &str = "rename";

pub const CASES: &[Case] = &[
    case!(gives_another_name, [Rename], "The file is at its new path, and not at the old one.", |ctx| {
        ctx.write("a", "content")?;
        ctx.rename("a", "b", true)?;
        ctx.holds(&[("b", "content")])
    }),
    case!(moves_to_a_free_target, [Rename, Exclusive], "Without overwrite a free target is taken.", |ctx| {
        ctx.files(&["d/a", "e/keep"])?;
        ctx.rename("d/a", "e/b", false)?;
        ctx.remove_if_empty("d")?;
        ctx.holds(&[("e/", ""), ("e/b", "d/a"), ("e/keep", "e/keep")])
    }),
    case!(moves_a_large_file, [Rename], "A large file is moved whole.", |ctx| {
        let whole = content(ctx.seed(), (6 << 20) + 1);
        ctx.write("a", &whole)?;
        ctx.rename("a", "b", true)?;
        same_bytes("the content", &ctx.read("b")?, &whole)?;
        names("the names", &ctx.listdir("")?, &["b"])
    }),
    case!(makes_missing_parents, [Rename], "Missing parents of the target are made.", |ctx| {
        ctx.write("a", "content")?;
        ctx.rename("a", "x/y/b", true)?;
        ctx.holds(&[("x/", ""), ("x/y/", ""), ("x/y/b", "content")])
    }),
    case!(replaces_an_existing_target, [Rename], "With overwrite a file at the target is replaced.", |ctx| {
        ctx.write("a", "new")?;
        ctx.write("b", "something old")?;
        ctx.rename("a", "b", true)?;
        ctx.holds(&[("b", "new")])
    }),
    case!(
        fails_when_the_target_exists,
        [Rename, Exclusive],
        "Without overwrite a file at the target is *already exists*, and both stay.",
        |ctx| {
            ctx.files(&["a", "b"])?;
            ctx.refuses(AlreadyExists, |at| at.rename("a", "b", false))
        }
    ),
    case!(
        fails_when_the_source_is_missing,
        [Rename],
        "A missing source is *not found*, and the target stays.",
        |ctx| {
            ctx.write("b", "old")?;
            ctx.refuses(NotFound, |at| at.rename("a", "b", true))?;
            ctx.refuses(NotFound, |at| at.rename("a", "x/c", true))
        }
    ),
    case!(
        fails_when_the_source_is_below_a_file,
        [Rename],
        "A source below a file is *not found* or *not a directory*.",
        |ctx| {
            ctx.write("a", "")?;
            ctx.refuses_with_one_of(&[NotFound, NotADirectory], |at| at.rename("a/b", "c", true))
        }
    ),
    case!(
        fails_onto_a_directory,
        [Rename],
        "With overwrite a directory at the target is *is a directory*.",
        |ctx| {
            ctx.files(&["a", "d/f"])?;
            ctx.refuses(IsADirectory, |at| at.rename("a", "d", true))
        }
    ),
    case!(
        fails_onto_an_empty_directory,
        [Rename, Mkdir],
        "A directory that has nothing in it is not replaced, either.",
        |ctx| {
            ctx.write("a", "kept")?;
            ctx.mkdir("d")?;
            ctx.refuses(IsADirectory, |at| at.rename("a", "d", true))
        }
    ),
    case!(
        fails_onto_a_directory_without_overwrite,
        [Rename, Exclusive],
        "Without overwrite a directory at the target is *already exists*.",
        |ctx| {
            ctx.files(&["a", "d/f"])?;
            ctx.refuses(AlreadyExists, |at| at.rename("a", "d", false))
        }
    ),
    case!(
        fails_when_the_target_is_below_a_file,
        [Rename],
        "A target below another file is *not a directory*.",
        |ctx| {
            ctx.files(&["a", "b"])?;
            ctx.refuses(NotADirectory, |at| at.rename("a", "b/c", true))
        }
    ),
    case!(
        fails_when_the_target_is_below_the_source,
        [Rename],
        "A target below the source is *invalid argument*, or *not a directory* for a file.",
        |ctx| {
            ctx.write("a", "kept")?;
            ctx.refuses_with_one_of(&[InvalidArgument, NotADirectory], |at| at.rename("a", "a/b", true))
        }
    ),
    case!(
        a_file_renamed_onto_itself_stays,
        [Rename],
        "With overwrite a rename onto itself changes nothing.",
        |ctx| {
            ctx.write("a", "content")?;
            ctx.rename("a", "a", true)?;
            ctx.holds(&[("a", "content")])
        }
    ),
    case!(
        fails_onto_itself_without_overwrite,
        [Rename, Exclusive],
        "Without overwrite a rename onto itself is *already exists*.",
        |ctx| {
            ctx.write("a", "content")?;
            ctx.refuses(AlreadyExists, |at| at.rename("a", "a", false))
        }
    ),
    case!(leaves_names_that_begin_alike, [Rename], "Names that begin alike stay.", |ctx| {
        ctx.files(&["a", "ab", "a.b", "a-/c"])?;
        ctx.rename("a", "z", true)?;
        ctx.holds(&[("ab", "ab"), ("a.b", "a.b"), ("a-/", ""), ("a-/c", "a-/c"), ("z", "a")])
    }),
    case!(fails_on_the_root, [Rename], "The root is renamed to nothing, and nothing to it.", |ctx| {
        ctx.write("a", "kept")?;
        ctx.refuses(InvalidArgument, |at| at.store.rename("", &at.path("b"), true))?;
        ctx.refuses(InvalidArgument, |at| at.store.rename(&at.path("a"), "", true))
    }),
];
