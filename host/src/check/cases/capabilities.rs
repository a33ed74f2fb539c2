//! Capabilities: what a store says of itself fits together.

use larder_plugin_api::Capability::{self, Append, AtomicRename, AtomicRenameDirectory, Copyfile, Durable};
use larder_plugin_api::Capability::{
    Exclusive, Mkdir, NativeCopy, RemoveDirectory, Rename, RenameDirectory, Write,
};
use larder_plugin_api::ErrorKind;

use crate::check::expect::{equal, fails, that, words};
use crate::check::{Case, Checked, Context};

const OPERATION: &str = "capabilities";

pub const CASES: &[Case] = &[
    of_any("are_the_same_each_time", "A store says the same each time it is asked.", |ctx| {
        equal("the capabilities", &ctx.store.capabilities()?, &ctx.store.capabilities()?)
    }),
    of_any("are_the_same_for_another_instance", "Another instance of the same store says the same.", |ctx| {
        equal("the capabilities", &ctx.another()?.store.capabilities()?, &ctx.store.capabilities()?)
    }),
    of_any("are_named_once", "No capability is claimed twice.", |ctx| {
        let mut names = ctx.store.capabilities()?;
        names.sort();
        let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| &pair[0]).collect();
        that(twice.is_empty(), "each capability once", || format!("{} twice", words(&twice)))
    }),
    of_any(
        "that_change_a_store_need_write",
        "What changes a store is claimed together with `write`.",
        |ctx| {
            let need_write =
                [Append, Exclusive, Copyfile, Rename, RenameDirectory, Mkdir, RemoveDirectory, Durable];
            need_write.into_iter().try_for_each(|capability| implies(ctx, capability, Write))
        },
    ),
    of_any(
        "of_a_kind_need_the_operation",
        "A promise about an operation is claimed together with it.",
        |ctx| {
            implies(ctx, AtomicRename, Rename)?;
            implies(ctx, AtomicRenameDirectory, RenameDirectory)?;
            implies(ctx, NativeCopy, Copyfile)
        },
    ),
    of_any("do_not_hold_unknown_extensions", "An extension that is not known is *unsupported*.", |ctx| {
        fails(ErrorKind::Unsupported, ctx.store.extension("larder.check/no-such-extension", b""))
    }),
];

/// A case for every store, also one that is read-only.
const fn of_any(name: &'static str, description: &'static str, run: fn(&Context) -> Checked) -> Case {
    Case::store(OPERATION, name, description, &[], run)
}

fn implies(ctx: &Context, claimed: Capability, needed: Capability) -> Checked {
    let (claimed_name, needed_name) = (claimed.as_str(), needed.as_str());
    let expected = format!("`{claimed_name}` together with `{needed_name}`");
    that(!ctx.claims(claimed) || ctx.claims(needed), &expected, || {
        format!("`{claimed_name}` without `{needed_name}`")
    })
}
