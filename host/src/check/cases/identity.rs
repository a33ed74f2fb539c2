//! `identity`: which thing in the world is at a path.

use larder_plugin_api::Identity;

use crate::check::expect::{equal, that, words};
use crate::check::place::Place;
use crate::check::{Case, Checked, Stop};

const OPERATION: &str = "identity";

pub const CASES: &[Case] = &[
    case!(
        is_the_same_for_another_instance,
        [],
        "Two instances of one store say the same of a path, whether something is there or not.",
        |ctx| {
            let other = ctx.another()?;
            ctx.write("d/f", "")?;
            for path in ["", "d", "d/f", "d/missing", "missing/deeper"] {
                equal(&format!("the identity of `{path}`"), &of(&other, path)?, &of(ctx, path)?)?;
            }
            equal("the identity of the root", &of_root(&other)?, &of_root(ctx)?)
        }
    ),
    case!(tells_two_paths_apart, [], "Two paths are two places.", |ctx| {
        ctx.files(&["a", "b", "d/a", "run1/f", "run10/f"])?;
        for (one, other) in
            [("a", "b"), ("a", "d/a"), ("d", "d/a"), ("run1", "run10"), ("a", "missing"), ("m/1", "m/2")]
        {
            let what = format!("whether `{one}` and `{other}` are one place");
            equal(&what, &of(ctx, one)?.is_same(&of(ctx, other)?), &Some(false))?;
        }
        Ok(())
    }),
    case!(
        of_what_is_below_names_the_directory,
        [],
        "What is in a directory or deeper is within it, also what is not there.",
        |ctx| {
            ctx.files(&["d/e/f", "d/g"])?;
            for path in ["d/e/f", "d/e", "d/g", "d/missing", "d/e/missing/deeper"] {
                let within = |directory: &str| Ok::<_, Stop>(of(ctx, path)?.is_within(&of(ctx, directory)?));
                let what = format!("whether `{path}` is within");
                equal(&format!("{what} `d`"), &within("d")?, &Some(true))?;
                equal(&format!("{what} the directory of the case"), &within("")?, &Some(true))?;
                let in_root = of(ctx, path)?.is_within(&of_root(ctx)?);
                equal(&format!("{what} the root"), &in_root, &Some(true))?;
            }
            Ok(())
        }
    ),
    case!(
        of_a_neighbour_is_not_within,
        [],
        "What is beside a directory, or above it, is not within it, also when the names begin alike.",
        |ctx| {
            ctx.files(&["run1/f", "run10/f", "run1.log"])?;
            for path in ["run10", "run10/f", "run1.log", "run1-", ""] {
                let within = of(ctx, path)?.is_within(&of(ctx, "run1")?);
                equal(&format!("whether `{path}` is within `run1`"), &within, &Some(false))?;
            }
            Ok(())
        }
    ),
    case!(
        is_the_same_through_another_root,
        [],
        "Two stores whose roots are above and below each other say the same of one file.",
        |ctx| {
            ctx.with_root_below("below", |below| {
                ctx.write("below/d/f", "content")?;
                if below.read("d/f").ok().as_deref() != Some(b"content") {
                    return Err(Stop::Skipped("a root below that of this store is another place".to_owned()));
                }
                for path in ["d/f", "d", "d/missing", "missing/deeper", ""] {
                    let (one, other) = (of(below, path)?, of(ctx, &format!("below/{path}"))?);
                    let what = format!("whether `{path}` and `below/{path}` are one place");
                    equal(&what, &one.is_same(&other), &Some(true))?;
                }
                let within = of(below, "d")?.is_within(&of(ctx, "")?);
                equal("whether `d` is within what is above its root", &within, &Some(true))
            })
        }
    ),
    case!(
        of_a_root_that_nobody_made_makes_nothing,
        [],
        "The identity of a root that nobody has made can be asked for, and makes nothing.",
        |ctx| {
            ctx.with_root_below("below", |below| {
                let before = below.stat("").is_ok();
                let (root, file) = (of(below, "")?, of(below, "d/f")?);
                equal("whether `d/f` is within the root", &file.is_within(&root), &Some(true))?;
                let after = below.stat("").is_ok();
                that(after == before, "what was there before", || words(&below.stat("")))
            })
        }
    ),
];

/// The identity of a path; a store that has none is skipped.
fn of(at: &Place, path: &str) -> Checked<Identity> {
    given(at.identity(path)?)
}

fn of_root(at: &Place) -> Checked<Identity> {
    given(at.store.identity("")?)
}

fn given(identity: Option<Identity>) -> Checked<Identity> {
    identity.ok_or_else(|| Stop::Skipped("this store does not say which thing is at a path".to_owned()))
}
