//! `remove_many`.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use larder_plugin_api::ErrorKind::{Changed, IsADirectory, NotADirectory, NotFound};
use larder_plugin_api::{ErrorKind, Result};

use crate::check::expect::{equal, same_bytes, that, words};
use crate::check::{Case, Checked, Context};

const OPERATION: &str = "remove_many";

pub const CASES: &[Case] = &[
    case!(removes_several_files, [], "The files are gone, their neighbours stay.", |ctx| {
        ctx.files(&["d/a", "d/b", "c", "c.d", "keep"])?;
        let answers = ctx.remove_many(&[("d/b", None), ("c", None), ("d/a", None)])?;
        answered(&answers, &[None, None, None])?;
        ctx.remove_if_empty("d")?;
        ctx.holds(&[("c.d", "c.d"), ("keep", "keep")])
    }),
    case!(takes_an_empty_list, [], "Without files there are no answers, and nothing goes.", |ctx| {
        ctx.write("keep", "")?;
        answered(&ctx.remove_many(&[])?, &[])?;
        ctx.holds(&[("keep", "")])
    }),
    case!(
        answers_for_each_in_order,
        [],
        "What is missing is *not found* in its place, and the others go.",
        |ctx| {
            ctx.files(&["a", "b", "keep"])?;
            let answers = ctx.remove_many(&[("x", None), ("b", None), ("y/z", None), ("a", None)])?;
            answered(&answers, &[Some(NotFound), None, Some(NotFound), None])?;
            ctx.holds(&[("keep", "keep")])
        }
    ),
    case!(
        leaves_directories,
        [],
        "A directory is *is a directory* in its place and stays with all that is below; the others go.",
        |ctx| {
            ctx.files(&["a", "d/e", "z"])?;
            let answers = ctx.remove_many(&[("a", None), ("d", None), ("z", None)])?;
            answered(&answers, &[None, Some(IsADirectory), None])?;
            ctx.holds(&[("d/", ""), ("d/e", "d/e")])
        }
    ),
    case!(fails_below_a_file, [], "Below a file is *not found* or *not a directory*.", |ctx| {
        ctx.files(&["a", "f"])?;
        let answers = ctx.remove_many(&[("f/g", None), ("a", None)])?;
        let first = kind_of(answers.first());
        that(matches!(first, Some(NotFound | NotADirectory)), "*not found* or *not a directory*", || {
            words(&answers)
        })?;
        ctx.holds(&[("f", "f")])
    }),
    case!(removes_a_large_list, [], "A list of 1,200 files is removed in one call.", |ctx| {
        let paths: Vec<String> = (0..1200).map(|index| format!("d/{index:04}")).collect();
        ctx.many_files(&paths)?;
        ctx.write("d/keep", "kept")?;
        let files: Vec<(&str, Option<&str>)> = paths.iter().map(|path| (path.as_str(), None)).collect();
        answered(&ctx.remove_many(&files)?, &vec![None; paths.len()])?;
        ctx.holds(&[("d/", ""), ("d/keep", "kept")])
    }),
    case!(
        removes_a_file_that_has_its_etag,
        [Etag],
        "A file that still has the etag that is given goes.",
        |ctx| {
            ctx.files(&["a", "b", "keep"])?;
            let etag = ctx.stat("a")?.etag;
            let answers = ctx.remove_many(&[("a", etag.as_deref()), ("b", None)])?;
            answered(&answers, &[None, None])?;
            ctx.holds(&[("keep", "keep")])
        }
    ),
    case!(
        leaves_a_file_that_has_changed,
        [Etag],
        "A file that has another etag by now is *changed* and stays, and the others go.",
        |ctx| {
            ctx.files(&["a", "b"])?;
            let (a, b) = (ctx.stat("a")?.etag, ctx.stat("b")?.etag);
            ctx.write("a", "newer")?;
            let answers = ctx.remove_many(&[("a", a.as_deref()), ("b", b.as_deref())])?;
            answered(&answers, &[Some(Changed), None])?;
            ctx.holds(&[("a", "newer")])
        }
    ),
    case!(
        leaves_what_is_written_at_the_same_time,
        [Etag],
        "Of files that are replaced while they are removed with their etags, what was written stays.",
        while_they_are_replaced
    ),
];

fn kind_of(answer: Option<&Result<()>>) -> Option<ErrorKind> {
    answer.and_then(|answer| answer.as_ref().err()).map(larder_plugin_api::Error::kind)
}

/// The kind of each answer, in order; none for a file that went.
fn answered(answers: &[Result<()>], expected: &[Option<ErrorKind>]) -> Checked {
    let got: Vec<_> = answers.iter().map(|answer| kind_of(Some(answer))).collect();
    equal("the answers", &got, &expected.to_vec())
}

const FILES: usize = 4;
const MIN_ROUNDS: usize = 20;
const MAX_ROUNDS: usize = 1000;
const PATIENCE: Duration = Duration::from_secs(1);

/// Whichever comes first, the new content is there in the end: the removal takes the old one or nothing.
fn while_they_are_replaced(ctx: &Context) -> Checked {
    let begin = Instant::now();
    for round in 0..MAX_ROUNDS {
        if round >= MIN_ROUNDS && begin.elapsed() > PATIENCE {
            break;
        }
        let paths: Vec<String> = (0..FILES).map(|index| format!("{round}/{index}")).collect();
        paths.iter().try_for_each(|path| ctx.write(path, "old"))?;
        let etags: Vec<_> = paths.iter().map(|path| Ok(ctx.stat(path)?.etag)).collect::<Result<_>>()?;
        let files: Vec<_> =
            paths.iter().map(String::as_str).zip(etags.iter().map(Option::as_deref)).collect();
        let barrier = Barrier::new(2);
        let written = thread::scope(|scope| {
            let writing = scope.spawn(|| {
                barrier.wait();
                paths.iter().map(|path| ctx.write(path, "written")).collect::<Vec<_>>()
            });
            barrier.wait();
            let removed = ctx.remove_many(&files);
            let written = writing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            removed.map(|_| written)
        })?;
        for (path, _) in paths.iter().zip(written).filter(|(_, written)| written.is_ok()) {
            same_bytes(&format!("what was written to `{path}`"), &ctx.read(path)?, b"written")?;
        }
    }
    Ok(())
}
