//! `walk`.

use larder_plugin_api::ErrorKind::{NotADirectory, NotFound};
use larder_plugin_api::{Detail, Entry, ErrorKind, Kind, Result, Visit, WalkOptions};

use super::listdir::etags_of;
use crate::check::expect::{equal, that, words};
use crate::check::{Case, Checked, Context};

const OPERATION: &str = "walk";

/// A directory, the names of its directories, the names of its files.
type Triple = (String, Vec<String>, Vec<String>);

pub const CASES: &[Case] = &[
    case!(
        visits_every_directory_once,
        [],
        "Each directory is visited once, with its directories and its files.",
        |ctx| {
            ctx.files(&["a/1", "a/b/2", "a/b/c/3", "d/4", "5"])?;
            let mut visits = walk(ctx, "", true)?;
            visits.sort();
            let expected = [
                triple("", &["a", "d"], &["5"]),
                triple("a", &["b"], &["1"]),
                triple("a/b", &["c"], &["2"]),
                triple("a/b/c", &[], &["3"]),
                triple("d", &[], &["4"]),
            ];
            equal("the visits", &visits, &expected.to_vec())
        }
    ),
    case!(goes_top_down, [], "Top-down a directory comes before what is below it.", |ctx| {
        ctx.files(&["a/b/c/1", "a/2", "d/3"])?;
        directories(ctx, "", true, &["", "a", "a/b", "a/b/c", "d"])
    }),
    case!(goes_bottom_up, [], "Bottom-up a directory comes after what is below it.", |ctx| {
        ctx.files(&["a/b/c/1", "a/2", "d/3"])?;
        directories(ctx, "", false, &["a/b/c", "a/b", "a", "d", ""])
    }),
    case!(bottom_up_gives_the_same_entries, [], "Bottom-up each directory has the same entries.", |ctx| {
        ctx.files(&["a/1", "a/b/2", "3"])?;
        let expected = [triple("a/b", &[], &["2"]), triple("a", &["b"], &["1"]), triple("", &["a"], &["3"])];
        equal("the visits", &walk(ctx, "", false)?, &expected.to_vec())
    }),
    case!(goes_in_listing_order, [], "Entries and directories come in listing order.", |ctx| {
        ctx.files(&["a/x", "a-1/x", "a0/x", "b", "a.f", "B"])?;
        let expected = [
            triple("", &["a-1", "a", "a0"], &["B", "a.f", "b"]),
            triple("a-1", &[], &["x"]),
            triple("a", &[], &["x"]),
            triple("a0", &[], &["x"]),
        ];
        equal("the visits", &walk(ctx, "", true)?, &expected.to_vec())
    }),
    case!(
        starts_at_the_top,
        [],
        "A walk stays below its top, and its directories are relative to the root.",
        |ctx| {
            ctx.files(&["a/b/1", "a/b/c/2", "a/3", "ab/4"])?;
            directories(ctx, "a/b", true, &["a/b", "a/b/c"])
        }
    ),
    case!(leaves_names_that_begin_alike, [], "A neighbour whose name begins alike is not visited.", |ctx| {
        ctx.files(&["run1/a", "run10/b", "run1.c/d"])?;
        equal("the visits", &walk(ctx, "run1", true)?, &vec![triple("run1", &[], &["a"])])
    }),
    case!(
        visits_empty_directories,
        [Mkdir],
        "A directory that was made is visited while nothing is in it.",
        |ctx| {
            ctx.makedirs("empty")?;
            let expected = [triple("", &["empty"], &[]), triple("empty", &[], &[])];
            equal("the visits", &walk(ctx, "", true)?, &expected.to_vec())
        }
    ),
    case!(visits_an_empty_top, [Mkdir], "An empty top is one visit with nothing in it.", |ctx| {
        ctx.makedirs("a")?;
        equal("the visits", &walk(ctx, "a", true)?, &vec![triple("a", &[], &[])])?;
        equal("the visits", &walk(ctx, "a", false)?, &vec![triple("a", &[], &[])])
    }),
    case!(a_missing_top_is_an_error, [], "A top that is missing is *not found*, and no visit.", |ctx| {
        ctx.write("f", "")?;
        gives_an_error(ctx, "d", &[NotFound])
    }),
    case!(a_file_as_top_is_an_error, [], "A file as top is *not a directory*, and no visit.", |ctx| {
        ctx.write("f", "")?;
        gives_an_error(ctx, "f", &[NotADirectory])
    }),
    case!(
        a_top_below_a_file_is_an_error,
        [],
        "A top below a file is *not found* or *not a directory*.",
        |ctx| {
            ctx.write("f", "")?;
            gives_an_error(ctx, "f/d", &[NotFound, NotADirectory])
        }
    ),
    case!(gives_sizes_in_full_detail, [], "With full detail files have their sizes.", sizes),
    case!(
        gives_the_etag_that_stat_gives,
        [Etag],
        "With full detail an etag that is given is that of `stat`.",
        |ctx| {
            ctx.files(&["a/1", "a/b/2", "3"])?;
            let visits = visits(ctx.walk("", WalkOptions::default().with_detail(Detail::Full))?)?;
            let in_visit = |visit: &Visit, name: &str| {
                let directory = visit.directory.as_str();
                if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
            };
            let files = visits
                .iter()
                .flat_map(|visit| visit.files.iter().map(move |entry| (in_visit(visit, &entry.name), entry)));
            etags_of(ctx, files)
        }
    ),
    case!(says_what_is_a_directory, [], "The entries say what they are.", |ctx| {
        ctx.files(&["a/1", "2"])?;
        let visits = visits(ctx.walk("", WalkOptions::default())?)?;
        let first = visits.first().cloned().unwrap_or_default();
        let kinds = |entries: &[Entry]| entries.iter().map(|entry| entry.kind).collect::<Vec<_>>();
        equal("the kinds of the directories", &kinds(&first.directories), &vec![Kind::Directory])?;
        equal("the kinds of the files", &kinds(&first.files), &vec![Kind::File])
    }),
    case!(a_walk_can_be_left, [], "A walk that is dropped half-way does no harm.", |ctx| {
        ctx.files(&["a/1", "b/2", "c/3"])?;
        let mut walk = ctx.store.walk(&ctx.path(""), WalkOptions::default())?;
        let first = walk.next().transpose()?;
        that(first.is_some(), "a first visit", || words(&first))?;
        drop(walk);
        directories(ctx, "", true, &["", "a", "b", "c"])
    }),
];

fn triple(directory: &str, directories: &[&str], files: &[&str]) -> Triple {
    let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    (directory.to_owned(), own(directories), own(files))
}

fn visits(walk: Vec<Result<Visit>>) -> Checked<Vec<Visit>> {
    walk.into_iter().map(|visit| Ok(visit?)).collect()
}

fn walk(ctx: &Context, top: &str, topdown: bool) -> Checked<Vec<Triple>> {
    let names = |entries: Vec<Entry>| entries.into_iter().map(|entry| entry.name).collect();
    let visits = visits(ctx.walk(top, WalkOptions::default().with_topdown(topdown))?)?;
    let triple = |visit: Visit| (visit.directory, names(visit.directories), names(visit.files));
    Ok(visits.into_iter().map(triple).collect())
}

fn directories(ctx: &Context, top: &str, topdown: bool, expected: &[&str]) -> Checked {
    let visited: Vec<String> =
        walk(ctx, top, topdown)?.into_iter().map(|(directory, ..)| directory).collect();
    crate::check::expect::names("the directories in the order of their visits", &visited, expected)
}

/// One error, as the only item or as the answer of the call.
fn gives_an_error(ctx: &Context, top: &str, kinds: &[ErrorKind]) -> Checked {
    for topdown in [true, false] {
        let items = match ctx.walk(top, WalkOptions::default().with_topdown(topdown)) {
            Ok(items) => items,
            Err(error) => vec![Err(error)],
        };
        equal("the number of items", &items.len(), &1)?;
        items.into_iter().try_for_each(|item| crate::check::expect::fails_with_one_of(kinds, item))?;
    }
    Ok(())
}

fn sizes(ctx: &Context) -> Checked {
    ctx.write("a/1", "12345")?;
    ctx.write("2", "")?;
    let walk = ctx.walk("", WalkOptions::default().with_detail(Detail::Full))?;
    let mut sizes: Vec<(String, Option<u64>)> = visits(walk)?
        .into_iter()
        .flat_map(|visit| visit.files)
        .map(|entry| (entry.name, entry.size))
        .collect();
    sizes.sort();
    equal("the sizes", &sizes, &vec![("1".to_owned(), Some(5)), ("2".to_owned(), Some(0))])
}
