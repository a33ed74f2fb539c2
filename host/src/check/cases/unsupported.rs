//! What is not claimed answers *unsupported* and changes nothing.

use larder_plugin_api::Capability;
use larder_plugin_api::ErrorKind::Unsupported;
use larder_plugin_api::OpenMode;

use crate::check::expect::fails;
use crate::check::{Case, Checked, Context};

const OPERATION: &str = "unsupported";

pub const CASES: &[Case] = &[
    Case::store(
        OPERATION,
        "everything_that_changes_a_read_only_store",
        "Without `write` everything that changes a store is *unsupported*.",
        &[],
        read_only,
    )
    .lacking(Capability::Write),
    case!(mode_a, [], "Without `append` mode `a` is *unsupported*.", |ctx| {
        ctx.write("f", "kept")?;
        ctx.refuses(Unsupported, |at| at.put("f", OpenMode::Append, b"new"))?;
        ctx.refuses(Unsupported, |at| at.put("g", OpenMode::Append, b"new"))
    })
    .lacking(Capability::Append),
    case!(mode_x, [], "Without `exclusive` mode `x` is *unsupported*.", |ctx| {
        ctx.write("f", "kept")?;
        ctx.refuses(Unsupported, |at| at.put("f", OpenMode::Exclusive, b"new"))?;
        ctx.refuses(Unsupported, |at| at.put("g", OpenMode::Exclusive, b"new"))
    })
    .lacking(Capability::Exclusive),
    case!(
        copyfile_without_overwrite,
        [Copyfile],
        "Without `exclusive` a copy that may not overwrite is *unsupported*.",
        |ctx| {
            ctx.files(&["f", "g"])?;
            ctx.refuses(Unsupported, |at| at.copyfile("f", "g", false))?;
            ctx.refuses(Unsupported, |at| at.copyfile("f", "h", false))
        }
    )
    .lacking(Capability::Exclusive),
    case!(
        rename_without_overwrite,
        [Rename],
        "Without `exclusive` a rename that may not overwrite is *unsupported*.",
        |ctx| {
            ctx.files(&["f", "g"])?;
            ctx.refuses(Unsupported, |at| at.rename("f", "g", false))?;
            ctx.refuses(Unsupported, |at| at.rename("f", "h", false))
        }
    )
    .lacking(Capability::Exclusive),
    case!(copyfile, [], "Without `copyfile` a copy is *unsupported*.", |ctx| {
        ctx.write("f", "kept")?;
        ctx.refuses(Unsupported, |at| at.copyfile("f", "g", true))
    })
    .lacking(Capability::Copyfile),
    case!(rename_of_a_file, [], "Without `rename` a rename of a file is *unsupported*.", |ctx| {
        ctx.write("f", "kept")?;
        ctx.refuses(Unsupported, |at| at.rename("f", "g", true))
    })
    .lacking(Capability::Rename),
    case!(
        rename_of_a_directory,
        [],
        "Without `rename-directory` a rename of a directory is *unsupported*.",
        |ctx| {
            ctx.files(&["d/f", "d/e/g"])?;
            ctx.refuses(Unsupported, |at| at.rename("d", "e", true))
        }
    )
    .lacking(Capability::RenameDirectory),
    case!(
        mkdir,
        [],
        "Without `mkdir` neither `mkdir` nor `makedirs` makes a directory: both are *unsupported*.",
        |ctx| {
            ctx.write("keep", "")?;
            ctx.refuses(Unsupported, |at| at.mkdir("d"))?;
            ctx.refuses(Unsupported, |at| at.makedirs("d/e"))
        }
    )
    .lacking(Capability::Mkdir),
    case!(
        remove_directory,
        [],
        "Without `remove-directory` the removal of a single directory is *unsupported*.",
        |ctx| {
            ctx.write("d/f", "kept")?;
            if ctx.claims(Capability::Mkdir) {
                ctx.makedirs("e")?;
            }
            ctx.refuses(Unsupported, |at| at.remove_directory("d"))?;
            ctx.refuses(Unsupported, |at| at.remove_directory("e"))
        }
    )
    .lacking(Capability::RemoveDirectory),
];

fn read_only(ctx: &Context) -> Checked {
    for mode in [OpenMode::Write, OpenMode::Append, OpenMode::Exclusive] {
        ctx.refuses(Unsupported, |at| at.put("f", mode, b"new"))?;
    }
    fails(Unsupported, ctx.copyfile("f", "g", true))?;
    fails(Unsupported, ctx.rename("f", "g", true))?;
    fails(Unsupported, ctx.remove("f"))?;
    fails(Unsupported, ctx.remove_many(&[("f", None)]))?;
    fails(Unsupported, ctx.remove_directory("d"))?;
    fails(Unsupported, ctx.rmtree("d"))?;
    fails(Unsupported, ctx.store.remove_key(&ctx.path("f"), None))?;
    fails(Unsupported, ctx.store.copy_key(&ctx.path("f"), &ctx.path("g"), true))?;
    fails(Unsupported, ctx.mkdir("d"))?;
    fails(Unsupported, ctx.makedirs("d/e"))?;
    ctx.holds(&[])
}
