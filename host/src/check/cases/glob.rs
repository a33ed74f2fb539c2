//! `glob`.

use larder_plugin_api::{ErrorKind, Kind};

use super::listdir::etags_of;
use crate::check::expect::{equal, fails, names};
use crate::check::{Case, Checked, Context};

const OPERATION: &str = "glob";

pub const CASES: &[Case] = &[
    case!(a_star_matches_any_characters, [], "`*` stands for any characters, also none.", |ctx| {
        ctx.files(&["run", "run-1", "rum", "xrun"])?;
        gives(ctx, "run*", &["run", "run-1"])
    }),
    case!(a_star_stays_within_a_component, [], "`*` does not cross a `/`.", |ctx| {
        ctx.files(&["a/1.md", "a/b/2.md", "3.md"])?;
        gives(ctx, "a/*.md", &["a/1.md"])?;
        gives(ctx, "*.md", &["3.md"])
    }),
    case!(a_star_matches_a_middle_component, [], "`*` may be a component in the middle.", |ctx| {
        ctx.files(&["1/out/f", "2/out/f", "2/log/f", "3/4/out/f", "out/f"])?;
        gives(ctx, "*/out/f", &["1/out/f", "2/out/f"])
    }),
    case!(
        a_question_mark_matches_one_character,
        [],
        "`?` stands for one character, also one of several bytes.",
        |ctx| {
            ctx.files(&["f", "f1", "f12", "f\u{e9}", "f\u{1f980}"])?;
            gives(ctx, "f?", &["f1", "f\u{e9}", "f\u{1f980}"])
        }
    ),
    case!(a_question_mark_does_not_match_a_slash, [], "`?` does not stand for a `/`.", |ctx| {
        ctx.files(&["a/b", "a-b"])?;
        gives(ctx, "a?b", &["a-b"])
    }),
    case!(a_set_matches_one_of_its_characters, [], "`[abc]` stands for one of a set.", |ctx| {
        ctx.files(&["fa", "fb", "fd", "f", "fab"])?;
        gives(ctx, "f[abc]", &["fa", "fb"])
    }),
    case!(a_range_matches_what_is_between, [], "`[a-z]` stands for one of a range.", |ctx| {
        ctx.files(&["f0", "f5", "f9", "fa", "f-"])?;
        gives(ctx, "f[0-8]", &["f0", "f5"])
    }),
    case!(
        a_negated_set_matches_what_is_not_in_it,
        [],
        "`[!a]` stands for one that is not of the set.",
        |ctx| {
            ctx.files(&["fa", "fb", "f!"])?;
            gives(ctx, "f[!a]", &["f!", "fb"])
        }
    ),
    case!(a_set_makes_a_wildcard_ordinary, [], "A wildcard in a set is the character itself.", |ctx| {
        ctx.files(&["f*", "f?", "fx", "f["])?;
        gives(ctx, "f[*]", &["f*"])?;
        gives(ctx, "f[?]", &["f?"])?;
        gives(ctx, "f[[]", &["f["])
    }),
    case!(a_double_star_matches_any_depth, [], "`**` stands for any number of components.", |ctx| {
        ctx.files(&["a/x.md", "a/b/x.md", "a/b/c/x.md", "a/b/c/x.txt", "x.md"])?;
        gives(ctx, "a/**/x.md", &["a/b/c/x.md", "a/b/x.md", "a/x.md"])
    }),
    case!(a_double_star_matches_no_component, [], "`**` stands for no component, too.", |ctx| {
        ctx.files(&["x.md", "xx.md"])?;
        gives(ctx, "**/x.md", &["x.md"])
    }),
    case!(a_double_star_goes_with_other_wildcards, [], "Wildcards may follow and precede `**`.", |ctx| {
        ctx.files(&["runs/1/out/deep/m.bin", "runs/2/out/m.bin", "runs/2/m.bin", "other/1/out/m.bin"])?;
        gives(ctx, "runs/?/out/**/*.bin", &["runs/1/out/deep/m.bin", "runs/2/out/m.bin"])
    }),
    case!(
        a_double_star_at_the_end_matches_all_below,
        [],
        "`**` at the end stands for all that is below.",
        |ctx| {
            ctx.files(&["a/b/c", "a/d", "e"])?;
            // Whether `**` as no component gives `a` itself is not said.
            let found: Vec<String> = ctx.glob("a/**")?.into_iter().filter(|path| path != "a").collect();
            names("the matches of `a/**` below `a`", &found, &["a/b", "a/b/c", "a/d"])
        }
    ),
    case!(a_leading_dot_is_ordinary, [], "A leading dot is an ordinary character.", |ctx| {
        ctx.files(&[".hidden", "shown", ".d/f"])?;
        gives(ctx, "*d*n", &[".hidden"])?;
        gives(ctx, "?d/*", &[".d/f"])
    }),
    case!(
        directories_match,
        [],
        "Directories match as files do, and say that they are directories.",
        |ctx| {
            ctx.files(&["da/f", "db"])?;
            let found = ctx.glob_entries("d?")?;
            let found: Vec<_> = found.iter().map(|entry| (entry.name.as_str(), entry.kind)).collect();
            equal("the matches of `d?`", &found, &vec![("da", Kind::Directory), ("db", Kind::File)])
        }
    ),
    case!(
        matches_an_empty_directory,
        [Mkdir],
        "A directory that was made matches while nothing is in it.",
        |ctx| {
            ctx.makedirs("a/empty")?;
            gives(ctx, "a/e*", &["a/empty"])
        }
    ),
    case!(
        a_pattern_without_wildcards_matches_itself,
        [],
        "A pattern without a wildcard matches what is at that path.",
        |ctx| {
            ctx.files(&["d/f", "d/ff"])?;
            gives(ctx, "d/f", &["d/f"])?;
            gives(ctx, "d", &["d"])?;
            gives(ctx, "d/g", &[])
        }
    ),
    case!(nothing_matching_is_no_error, [], "That nothing matches is no error.", |ctx| {
        ctx.write("d/f", "")?;
        gives(ctx, "d/*.md", &[])?;
        gives(ctx, "missing/*", &[])?;
        gives(ctx, "d/f/*", &[])
    }),
    case!(keeps_to_its_directory, [], "A neighbour whose name begins alike is not looked at.", |ctx| {
        ctx.files(&["run1/f", "run10/f", "run1.f"])?;
        gives(ctx, "run1/*", &["run1/f"])?;
        gives(ctx, "run1*/f", &["run1/f", "run10/f"])
    }),
    case!(gives_listing_order, [], "The matches come in listing order.", |ctx| {
        ctx.files(&["a0", "a-1", "a/x", "b", "a.d/x", "B"])?;
        // A directory counts as its name with a slash.
        gives(ctx, "*", &["B", "a-1", "a.d", "a", "a0", "b"])
    }),
    case!(
        gives_deep_matches_in_listing_order,
        [],
        "Matches of several directories come in listing order.",
        |ctx| {
            ctx.files(&["a/2", "a/1", "a-1/3", "b/1", "a0/1"])?;
            gives(ctx, "*/*", &["a-1/3", "a/1", "a/2", "a0/1", "b/1"])
        }
    ),
    case!(refuses_a_malformed_pattern, [], "A malformed pattern is *invalid argument*.", |ctx| {
        ctx.write("f", "")?;
        for pattern in ["a**", "[", "f[a", "a/***", "**b"] {
            fails(ErrorKind::InvalidArgument, ctx.glob(pattern))?;
        }
        Ok(())
    }),
    case!(gives_the_etag_that_stat_gives, [Etag], "An etag that is given is that of `stat`.", |ctx| {
        ctx.files(&["a/1", "a/b/2", "3"])?;
        let entries = ctx.glob_entries("**")?;
        etags_of(ctx, entries.iter().map(|entry| (entry.name.clone(), entry)))
    }),
];

fn gives(ctx: &Context, pattern: &str, expected: &[&str]) -> Checked {
    names(&format!("the matches of `{pattern}`"), &ctx.glob(pattern)?, expected)
}
