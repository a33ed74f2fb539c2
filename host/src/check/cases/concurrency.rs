//! Concurrency: several threads on one path, or beside each other.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use larder_plugin_api::{ErrorKind, OpenMode, Result};

use crate::check::data::content;
use crate::check::expect::{equal, fails, mixed, same_bytes, that, words};
use crate::check::place::{Node, Place};
use crate::check::{Case, Checked, Context, Stop};

const OPERATION: &str = "concurrency";

pub const CASES: &[Case] = &[
    case!(
        writers_of_one_path_leave_one_content,
        [],
        "Of writers of one path at once one content stays, whole.",
        |ctx| {
            for round in 0..ROUNDS {
                let path = format!("{round}/f");
                let contents: Vec<_> = (0..8).map(|seed| content(seed, 150_000)).collect();
                race(8, |index| ctx.write(&path, &contents[index])).into_iter().collect::<Result<()>>()?;
                let left = ctx.read(&path)?;
                that(contents.contains(&left), "the whole content of one writer", || mixed(&left))?;
            }
            Ok(())
        }
    ),
    case!(
        one_exclusive_writer_wins,
        [Exclusive],
        "Of 16 exclusive writers of one path exactly one succeeds.",
        |ctx| {
            one_wins(ctx, |at, path, index| at.put(path, OpenMode::Exclusive, index.to_string().as_bytes()))
        }
    ),
    case!(
        one_exclusive_writer_wins_over_instances,
        [Exclusive],
        "Exactly one of two instances' exclusive writers succeeds.",
        |ctx| {
            let other = ctx.another()?;
            one_wins(ctx, |at, path, index| {
                let at = if index % 2 == 0 { at } else { &other };
                at.put(path, OpenMode::Exclusive, index.to_string().as_bytes())
            })
        }
    ),
    case!(
        one_copy_wins,
        [Copyfile, Exclusive],
        "Of 16 copies to one target without overwrite exactly one succeeds.",
        |ctx| {
            (0..RACERS).try_for_each(|index| ctx.write(&format!("source/{index}"), index.to_string()))?;
            one_wins(ctx, |at, path, index| at.copyfile(&format!("source/{index}"), path, false))
        }
    ),
    case!(
        one_rename_wins,
        [Rename, Exclusive],
        "Of 16 renames to one target without overwrite exactly one succeeds.",
        one_rename_wins
    ),
    case!(every_makedirs_succeeds, [Mkdir], "Makers of one directory at once all succeed.", |ctx| {
        for round in 0..ROUNDS {
            let path = format!("{round}/a/b");
            race(RACERS, |_| ctx.makedirs(&path)).into_iter().collect::<Result<()>>()?;
            equal("isdir afterwards", &ctx.isdir(&path)?, &true)?;
        }
        Ok(())
    }),
    case!(
        files_of_one_new_directory_are_all_there,
        [],
        "Files that are written at once into a new directory are all there.",
        |ctx| {
            for round in 0..ROUNDS {
                let written = race(RACERS, |index| ctx.write(&format!("{round}/d/{index:02}"), "x"));
                written.into_iter().collect::<Result<()>>()?;
                equal("the number of files", &ctx.listdir(&format!("{round}/d"))?.len(), &RACERS)?;
            }
            Ok(())
        }
    ),
    case!(
        appends_at_once_are_whole,
        [Append],
        "Of appends at once each is there whole or not at all, after what was there.",
        appends
    ),
    case!(
        threads_do_not_disturb_each_other,
        [],
        "Threads that work in directories of their own do not disturb each other.",
        |ctx| {
            let worked = race(8, |index| work(ctx, index));
            worked.into_iter().collect::<Checked>()
        }
    ),
];

const ROUNDS: usize = 20;
/// A race without overwrite is repeated as long as it is cheap: the moment between a look and a deed may be short.
const MAX_ROUNDS: usize = 1000;
const PATIENCE: Duration = Duration::from_secs(1);
const RACERS: usize = 16;

/// Runs a function on several threads, all of which begin at once.
fn race<T: Send>(count: usize, run: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(count);
    let run = |index| {
        barrier.wait();
        run(index)
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..count).map(|index| scope.spawn(move || run(index))).collect();
        let join = |thread: thread::ScopedJoinHandle<'_, T>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().map(join).collect()
    })
}

/// Each racer brings its own number as content; one of them gets it to the target.
fn one_wins(ctx: &Context, run: impl Fn(&Place, &str, usize) -> Result<()> + Sync) -> Checked {
    let begin = Instant::now();
    for round in 0..MAX_ROUNDS {
        if round >= ROUNDS && begin.elapsed() > PATIENCE {
            break;
        }
        let path = format!("{round}/f");
        let results = race(RACERS, |index| run(ctx, &path, index));
        let winner = the_winner(results)?;
        same_bytes("the content at the target", &ctx.read(&path)?, winner.to_string().as_bytes())?;
    }
    Ok(())
}

fn the_winner(results: Vec<Result<()>>) -> Checked<usize> {
    let winners: Vec<usize> =
        results.iter().enumerate().filter(|(_, result)| result.is_ok()).map(|(index, _)| index).collect();
    for lost in results.into_iter().filter(Result::is_err) {
        fails(ErrorKind::AlreadyExists, lost)?;
    }
    match winners[..] {
        [winner] => Ok(winner),
        _ => Err(Stop::failed("exactly one success", format!("{} successes", winners.len()))),
    }
}

fn one_rename_wins(ctx: &Context) -> Checked {
    for round in 0..ROUNDS {
        let source = |index: usize| format!("{round}/source/{index}");
        (0..RACERS).try_for_each(|index| ctx.write(&source(index), index.to_string()))?;
        let target = format!("{round}/f");
        let winner = the_winner(race(RACERS, |index| ctx.rename(&source(index), &target, false)))?;
        same_bytes("the content at the target", &ctx.read(&target)?, winner.to_string().as_bytes())?;
        equal("the sources that are left", &ctx.listdir(&format!("{round}/source"))?.len(), &(RACERS - 1))?;
    }
    Ok(())
}

fn appends(ctx: &Context) -> Checked {
    const RECORD: usize = 1000;
    ctx.write("f", "begin,")?;
    let records: Vec<Vec<u8>> = (0_u8..8).map(|index| vec![b'0' + index; RECORD]).collect();
    race(8, |index| ctx.put("f", OpenMode::Append, &records[index])).into_iter().collect::<Result<()>>()?;
    let left = ctx.read("f")?;
    let appended = left.strip_prefix(b"begin,").unwrap_or_default();
    let mut found: Vec<&[u8]> = appended.chunks(RECORD).collect();
    found.sort_unstable();
    let whole = found.iter().all(|found| records.iter().any(|record| record == found));
    found.dedup();
    let once = found.len() * RECORD == appended.len() && !found.is_empty();
    that(whole && once, "`begin,` and whole records, each once at most", || words(&Node::File(left.clone())))
}

/// A little of everything, in a directory of one's own.
fn work(ctx: &Context, index: usize) -> Checked {
    for round in 0..10 {
        let directory = format!("{index}/{round}");
        let (file, text) = (format!("{directory}/f"), format!("{index}-{round}"));
        ctx.write(&file, &text)?;
        same_bytes("the content", &ctx.read(&file)?, text.as_bytes())?;
        equal("the names", &ctx.listdir(&directory)?, &vec!["f".to_owned()])?;
        ctx.rmtree(&directory)?;
    }
    Ok(())
}
