//! The root of the store, and the paths that the host normalises.

use larder_plugin_api::ErrorKind::{AlreadyExists, InvalidPath, IsADirectory, NotFound, OutOfBounds};
use larder_plugin_api::{Capability, Detail, Kind, WalkOptions};

use crate::check::expect::{equal, fails, that, words};
use crate::check::{Case, Checked, Context};

const OPERATION: &str = "root";

pub const CASES: &[Case] = &[
    Case::store(OPERATION, "exists", "The root always exists.", &[], |ctx| {
        equal("exists of the root", &ctx.store.exists("")?, &true)
    }),
    Case::store(OPERATION, "is_a_directory", "The root always is a directory.", &[], |ctx| {
        equal("isdir of the root", &ctx.store.isdir("")?, &true)?;
        match ctx.store.stat("") {
            // Nobody can have made that of a store that is read-only.
            Err(error) if error.kind() == NotFound && !ctx.claims(Capability::Write) => Ok(()),
            stat => equal("the kind that stat gives", &stat?.kind, &Kind::Directory),
        }
    }),
    Case::store(OPERATION, "cannot_be_opened", "Opening the root is *is a directory*.", &[], |ctx| {
        fails(IsADirectory, ctx.store.reader(""))
    }),
    Case::store(OPERATION, "can_be_listed", "The root can be listed.", &[], |ctx| {
        for entry in ctx.store.listdir("", Detail::Kind)? {
            let entry = entry?;
            that(!entry.name.contains('/'), "a name without a `/`", || words(&entry.name))?;
        }
        Ok(())
    }),
    case!(
        lists_what_is_in_it,
        [],
        "What is written in a directory shows that directory in the root.",
        |ctx| {
            ctx.write("f", "")?;
            let top = ctx.directory.split('/').next().unwrap_or_default();
            let found: Vec<_> = ctx.store.listdir("", Detail::Kind)?.collect::<Result<_, _>>()?;
            that(found.iter().any(|entry| entry.name == top), &format!("`{top}` in the root"), || {
                words(&found)
            })
        }
    ),
    case!(is_where_a_walk_can_begin, [], "A walk of the root begins with the root.", |ctx| {
        ctx.write("f", "")?;
        let first = ctx.store.walk("", WalkOptions::default())?.next().transpose()?;
        equal("the first directory", &first.map(|visit| visit.directory), &Some(String::new()))
    }),
    case!(cannot_be_written, [], "Writing to the root is *is a directory*.", |ctx| {
        ctx.refuses(IsADirectory, |at| {
            let mut writer = at.store.writer("", larder_plugin_api::OpenMode::Write)?;
            writer.write(b"new")?;
            writer.close()
        })
    }),
    case!(
        mkdir_finds_it_there,
        [Mkdir],
        "`mkdir` of the root is *already exists*, `makedirs` is fine.",
        |ctx| {
            fails(AlreadyExists, ctx.store.mkdir(""))?;
            Ok(ctx.store.makedirs("")?)
        }
    ),
    case!(is_not_left_by_a_parent_component, [], "A path with a `..` component is *out of bounds*.", parents),
    case!(paths_are_normalised, [], "Slashes too many and `.` components say nothing.", |ctx| {
        ctx.write("d/f", "content")?;
        for path in ["/d//f", "d/./f", "./d/f/", "d/f//."] {
            equal(&format!("the content of `{path}`"), &ctx.read(path)?, &b"content".to_vec())?;
        }
        Ok(())
    }),
    case!(a_nul_byte_is_refused, [], "A path with a NUL byte is *invalid path*.", |ctx| {
        ctx.refuses(InvalidPath, |at| at.write("a\0b", ""))?;
        ctx.refuses(InvalidPath, |at| at.stat("a\0b"))
    }),
];

fn parents(ctx: &Context) -> Checked {
    ctx.write("d/f", "kept")?;
    for path in ["d/../d/f", "..", "../x", "d/.."] {
        ctx.refuses(OutOfBounds, |at| at.reader(path))?;
        ctx.refuses(OutOfBounds, |at| at.write(path, "new"))?;
        ctx.refuses(OutOfBounds, |at| at.exists(path))?;
    }
    Ok(())
}
