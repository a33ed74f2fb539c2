//! A root whose directory, database or bucket nobody has made. Where a root below another one cannot be, it is skipped.

use larder_plugin_api::ErrorKind::NotFound;
use larder_plugin_api::{Detail, Kind, Visit, WalkOptions};

use crate::check::expect::{equal, fails, names, that, words};
use crate::check::place::Place;
use crate::check::{Case, Checked};

const OPERATION: &str = "unmade_root";

pub const CASES: &[Case] = &[
    case!(stat_tells_that_it_is_missing, [], "`stat` of it is *not found*, or gives a directory.", |ctx| {
        ctx.with_root_below("below", |below| is_there(below).map(drop))
    }),
    case!(exists, [], "It exists and is a directory.", |ctx| {
        ctx.with_root_below("below", |below| {
            equal("exists of the root", &below.exists("")?, &true)?;
            equal("isdir of the root", &below.isdir("")?, &true)
        })
    }),
    case!(can_be_listed, [], "`listdir` and `glob` find nothing in it.", |ctx| {
        ctx.with_root_below("below", |below| {
            names("the names", &below.listdir("")?, &[])?;
            names("the matches", &below.glob("**")?, &[])?;
            equal("the entries with full detail", &below.entries("", Detail::Full)?, &Vec::new())
        })
    }),
    case!(can_be_walked, [], "A walk of it is one visit with nothing in it.", |ctx| {
        ctx.with_root_below("below", |below| {
            for topdown in [true, false] {
                let options = WalkOptions::default().with_topdown(topdown);
                let visits = below.walk("", options)?.into_iter().collect::<Result<Vec<_>, _>>()?;
                equal("the visits", &visits, &vec![Visit::default()])?;
            }
            Ok(())
        })
    }),
    case!(has_nothing_in_it, [], "What is in it is *not found*.", |ctx| {
        ctx.with_root_below("below", |below| {
            equal("exists of a file", &below.exists("d/f")?, &false)?;
            fails(NotFound, below.reader("d/f"))
        })
    }),
    case!(is_not_made_by_looking, [], "Where it was *not found* it still is after it was listed.", |ctx| {
        ctx.with_root_below("below", |below| {
            let before = is_there(below)?;
            below.listdir("")?;
            below.walk("", WalkOptions::default())?;
            let after = is_there(below)?;
            that(after == before, "the root as it was before", || words(&below.stat("")))
        })
    }),
    case!(is_made_by_the_first_write, [], "After the first write `stat` gives a directory.", |ctx| {
        ctx.with_root_below("below", |below| {
            below.write("d/f", "content")?;
            equal("the kind that stat gives", &below.stat("")?.kind, &Kind::Directory)?;
            names("the names", &below.listdir("")?, &["d"])
        })
    }),
    case!(takes_a_directory, [Mkdir], "A directory can be made in it.", |ctx| {
        ctx.with_root_below("below", |below| {
            below.mkdir("d")?;
            equal("the kind that stat gives", &below.stat("")?.kind, &Kind::Directory)?;
            names("the names", &below.listdir("")?, &["d"])
        })
    }),
];

fn is_there(below: &Place) -> Checked<bool> {
    match below.stat("") {
        Err(error) if error.kind() == NotFound => Ok(false),
        stat => equal("the kind that stat gives", &stat?.kind, &Kind::Directory).map(|()| true),
    }
}
