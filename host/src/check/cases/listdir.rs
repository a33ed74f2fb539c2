//! `listdir`.

use larder_plugin_api::ErrorKind::{NotADirectory, NotFound};
use larder_plugin_api::{Detail, Entry, Kind, OpenMode};

use crate::check::expect::{equal, names, that, words};
use crate::check::{Case, Checked, Context, Stop};

const OPERATION: &str = "listdir";

pub const CASES: &[Case] = &[
    case!(
        gives_names_of_files_and_directories,
        [],
        "The entries are names, of files and of directories.",
        |ctx| {
            ctx.files(&["d/a", "d/b/c"])?;
            sorted(ctx, "d", &["a", "b"])
        }
    ),
    case!(says_what_is_a_directory, [], "Each entry says whether it is a file or a directory.", |ctx| {
        ctx.files(&["a", "b/c"])?;
        let mut kinds: Vec<_> =
            ctx.entries("", Detail::Kind)?.into_iter().map(|entry| (entry.name, entry.kind)).collect();
        kinds.sort_by(|a, b| a.0.cmp(&b.0));
        equal("the kinds", &kinds, &vec![("a".to_owned(), Kind::File), ("b".to_owned(), Kind::Directory)])
    }),
    case!(
        gives_what_is_in_it_and_not_below,
        [],
        "What is deeper is not listed, and each name once.",
        |ctx| {
            ctx.files(&["d/b/1", "d/b/2", "d/b/c/3", "d/e"])?;
            sorted(ctx, "d", &["b", "e"])
        }
    ),
    case!(gives_nothing_of_a_neighbour, [], "A neighbour whose name begins alike is not listed.", |ctx| {
        ctx.files(&["run1/a", "run10/b", "run1.c", "run"])?;
        sorted(ctx, "run1", &["a"])
    }),
    case!(gives_listing_order, [], "Names come in the order of their bytes.", |ctx| {
        ctx.files(&["b", "a", "Z", "a\u{e9}", "ab", "_", "10", "9", "a b", "~", "\u{1f980}", "\u{ff21}"])?;
        let expected = ["10", "9", "Z", "_", "a", "a b", "ab", "a\u{e9}", "b", "~", "\u{ff21}", "\u{1f980}"];
        names("the names", &ctx.listdir("")?, &expected)
    }),
    case!(
        orders_a_directory_as_its_name_with_a_slash,
        [],
        "In the order a directory counts as `name/`.",
        |ctx| {
            ctx.files(&["a/x", "a-1", "a0", "a.d/x", "a b"])?;
            names("the names", &ctx.listdir("")?, &["a b", "a-1", "a.d", "a", "a0"])
        }
    ),
    case!(
        lists_an_empty_directory,
        [Mkdir],
        "A directory that was made and has nothing in it lists nothing.",
        |ctx| {
            ctx.makedirs("d")?;
            names("the names", &ctx.listdir("d")?, &[])
        }
    ),
    case!(
        lists_a_directory_that_was_made,
        [Mkdir],
        "A directory that was made is listed while nothing is in it.",
        |ctx| {
            ctx.makedirs("d/e")?;
            ctx.write("d/f", "")?;
            sorted(ctx, "d", &["e", "f"])
        }
    ),
    case!(lists_names_with_a_leading_dot, [], "Names with a leading dot are listed like others.", |ctx| {
        ctx.files(&[".a", "..b", ".c/f", "d"])?;
        sorted(ctx, "", &["..b", ".a", ".c", "d"])
    }),
    case!(gives_sizes_in_full_detail, [], "With full detail a file has its size.", |ctx| {
        ctx.write("a", "12345")?;
        ctx.write("b", "")?;
        let entries = ctx.entries("", Detail::Full)?;
        let sizes: Vec<_> = ["a", "b"].map(|name| find(&entries, name).and_then(|entry| entry.size)).into();
        equal("the sizes", &sizes, &vec![Some(5), Some(0)])
    }),
    case!(
        gives_times_in_full_detail,
        [ModifiedTime],
        "With full detail a file has its modified time.",
        |ctx| {
            ctx.write("a", "12345")?;
            let entries = ctx.entries("", Detail::Full)?;
            let time = find(&entries, "a").and_then(|entry| entry.modified);
            that(time.is_some(), "the modified time of `a`", || words(&time))?;
            equal("the modified time that stat gives", &ctx.stat("a")?.modified, &time)
        }
    ),
    case!(
        gives_the_etag_that_stat_gives,
        [Etag],
        "With full detail an etag that is given is that of `stat`.",
        |ctx| {
            ctx.files(&["d/a", "d/b", "d/e/c"])?;
            etags_of(
                ctx,
                ctx.entries("d", Detail::Full)?.iter().map(|entry| (format!("d/{}", entry.name), entry)),
            )
        }
    ),
    case!(
        gives_no_wrong_size_without_detail,
        [],
        "A size that is given without being asked for is right.",
        |ctx| {
            ctx.write("a", "12345")?;
            let entries = ctx.entries("", Detail::Kind)?;
            let size = find(&entries, "a").and_then(|entry| entry.size);
            that(size.is_none_or(|size| size == 5), "the size 5, or none", || words(&size))
        }
    ),
    case!(fails_when_the_directory_is_missing, [], "What is missing is *not found*.", |ctx| {
        ctx.write("f", "")?;
        ctx.refuses(NotFound, |at| at.listdir("d"))?;
        ctx.refuses(NotFound, |at| at.listdir("d/e"))
    }),
    case!(
        fails_on_the_beginning_of_a_name,
        [],
        "The beginning of a directory's name is *not found*.",
        |ctx| {
            ctx.write("directory/f", "")?;
            ctx.refuses(NotFound, |at| at.listdir("direct"))
        }
    ),
    case!(fails_on_a_file, [], "A file is *not a directory*.", |ctx| {
        ctx.write("f", "")?;
        ctx.refuses(NotADirectory, |at| at.listdir("f"))
    }),
    case!(fails_below_a_file, [], "Below a file is *not found* or *not a directory*.", |ctx| {
        ctx.write("f", "")?;
        ctx.refuses_with_one_of(&[NotFound, NotADirectory], |at| at.listdir("f/d"))
    }),
    case!(lists_no_file_that_is_being_written, [], "A file is not listed before its writer closes.", |ctx| {
        ctx.write("keep", "")?;
        let mut writer = ctx.writer("f", OpenMode::Write)?;
        writer.write(&[1; 100_000])?;
        names("the names before close", &ctx.listdir("")?, &["keep"])?;
        writer.close()?;
        sorted(ctx, "", &["f", "keep"])
    }),
];

/// The names, in whatever order: the order has cases of its own.
fn sorted(ctx: &Context, directory: &str, expected: &[&str]) -> Checked {
    let mut found = ctx.listdir(directory)?;
    found.sort();
    names(&format!("the names in `{directory}`"), &found, expected)
}

fn find<'a>(entries: &'a [Entry], name: &str) -> Option<&'a Entry> {
    entries.iter().find(|entry| entry.name == name)
}

/// Each etag that is given is that of `stat`; with none there is nothing to compare.
pub fn etags_of<'a>(ctx: &Context, entries: impl IntoIterator<Item = (String, &'a Entry)>) -> Checked {
    let mut given = 0;
    for (path, entry) in entries {
        let Some(etag) = entry.etag.as_deref().filter(|_| entry.kind == Kind::File) else { continue };
        equal(&format!("the etag of `{path}`"), &Some(etag), &ctx.stat(&path)?.etag.as_deref())?;
        given += 1;
    }
    if given == 0 {
        return Err(Stop::Skipped("no etag is given in listings".to_owned()));
    }
    Ok(())
}
