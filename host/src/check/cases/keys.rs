//! `stat_key`, `remove_key` and `copy_key`: what is at a key, where a store has keys that are not paths. Such a key cannot be
//! made through a store, so only those that are paths, and those that would lead out of the root, are tried here.

use larder_plugin_api::ErrorKind::{AlreadyExists, Changed, InvalidPath, NotFound, OutOfBounds, Unsupported};
use larder_plugin_api::{Kind, Result};

use crate::check::expect::{equal, fails, fails_with_one_of};
use crate::check::place::Place;
use crate::check::{Case, Checked, Context, Stop};

const OPERATION: &str = "keys";

pub const CASES: &[Case] = &[
    case!(stat_key_finds_a_file, [], "The key of a file gives what `stat` of its path gives.", |ctx| {
        ctx.write("d/f", "12345")?;
        let stat = possible(ctx.store.stat_key(&ctx.path("d/f")))?;
        equal("kind and size", &(stat.kind, stat.size), &(Kind::File, 5))?;
        equal("the etag", &stat.etag, &ctx.stat("d/f")?.etag)
    }),
    case!(stat_key_fails_when_nothing_is_there, [], "A key that is missing is *not found*.", |ctx| {
        ctx.write("file", "")?;
        possible(ctx.store.stat_key(&ctx.path("file")))?;
        for key in ["x", "d/x", "fil"] {
            ctx.refuses(NotFound, |at| at.store.stat_key(&at.path(key)))?;
        }
        Ok(())
    }),
    case!(remove_key_removes_a_file, [], "The file at the key is gone, its neighbours stay.", |ctx| {
        ctx.files(&["a", "ab", "d/a"])?;
        possible(ctx.store.remove_key(&ctx.path("a"), None))?;
        ctx.holds(&[("ab", "ab"), ("d/", ""), ("d/a", "d/a")])?;
        ctx.refuses(NotFound, |at| at.store.remove_key(&at.path("a"), None))
    }),
    case!(
        remove_key_leaves_what_has_changed,
        [Etag],
        "What has another etag by now is *changed* and stays; with the right etag it goes.",
        |ctx| {
            ctx.files(&["a", "keep"])?;
            let old = ctx.stat("a")?.etag;
            ctx.write("a", "newer")?;
            possible(ctx.store.stat_key(&ctx.path("a")))?;
            ctx.refuses(Changed, |at| at.store.remove_key(&at.path("a"), old.as_deref()))?;
            let new = ctx.stat("a")?.etag;
            ctx.store.remove_key(&ctx.path("a"), new.as_deref())?;
            ctx.holds(&[("keep", "keep")])
        }
    ),
    case!(copy_key_copies_a_file, [], "The target is what is at the key, which stays.", |ctx| {
        ctx.files(&["a", "keep"])?;
        possible(ctx.store.copy_key(&ctx.path("a"), &ctx.path("d/b"), true))?;
        ctx.holds(&[("a", "a"), ("d/", ""), ("d/b", "a"), ("keep", "keep")])
    }),
    case!(
        copy_key_fails_when_the_target_exists,
        [Exclusive],
        "Without overwrite a file at the target is *already exists*, and stays.",
        |ctx| {
            ctx.files(&["a", "b"])?;
            possible(ctx.store.stat_key(&ctx.path("a")))?;
            ctx.refuses(AlreadyExists, |at| at.store.copy_key(&at.path("a"), &at.path("b"), false))
        }
    ),
    case!(
        a_key_finds_nothing_outside_of_the_root,
        [],
        "A key with `..` or a `/` in front finds nothing that is outside of the root.",
        |ctx| {
            outside(ctx, |below, key| below.store.stat_key(key).map(drop))?;
            outside(ctx, |below, key| below.store.copy_key(key, "copy", true))
        }
    ),
    case!(
        a_key_removes_nothing_outside_of_the_root,
        [],
        "A key with `..` or a `/` in front removes nothing that is outside of the root.",
        |ctx| outside(ctx, |below, key| below.store.remove_key(key, None))
    ),
    case!(
        unsupported_keys_change_nothing,
        [],
        "Where every key is a path all three are *unsupported* and change nothing.",
        |ctx| {
            ctx.files(&["a", "b"])?;
            match ctx.store.stat_key(&ctx.path("a")) {
                Err(error) if error.kind() == Unsupported => {}
                _ => return Err(Stop::Skipped("this store has keys".to_owned())),
            }
            ctx.refuses(Unsupported, |at| at.store.remove_key(&at.path("a"), None))?;
            ctx.refuses(Unsupported, |at| at.store.copy_key(&at.path("a"), &at.path("b"), true))
        }
    ),
];

/// What a store with keys answers; one without is skipped.
fn possible<T>(answer: Result<T>) -> Checked<T> {
    match answer {
        Err(error) if error.kind() == Unsupported => {
            Err(Stop::Skipped("every key of this store is a path".to_owned()))
        }
        answer => Ok(answer?),
    }
}

/// Calls with keys that would lead from a root below to the file beside it.
fn outside(ctx: &Context, call: impl Fn(&Place, &str) -> Result<()>) -> Checked {
    ctx.write("outside", "kept")?;
    let absolute = ctx.path("outside");
    ctx.with_root_below("below", |below| {
        below.write("d/f", "kept")?;
        let keys = ["../outside", "d/../../outside", "d/f/../../../outside", "/outside", "./../outside"];
        for key in keys.into_iter().chain([absolute.as_str(), &format!("/{absolute}")]) {
            let allowed = [NotFound, InvalidPath, OutOfBounds, Unsupported];
            fails_with_one_of(&allowed, call(below, key))?;
        }
        equal("the file in the root", &below.read("d/f")?, &b"kept".to_vec())
    })?;
    equal("the file outside of it", &ctx.read("outside")?, &b"kept".to_vec())?;
    fails(NotFound, ctx.read("copy"))
}
