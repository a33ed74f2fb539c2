//! Concurrency: several threads on one path, readers and listings during changes.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use larder_plugin_api::{Detail, ErrorKind, OpenMode, Result, WalkOptions};

use crate::check::data::content;
use crate::check::expect::{equal, fails, same_bytes, that, words};
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
                that(contents.contains(&left), "the whole content of one writer", || describe(&left))?;
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
        readers_see_the_old_or_the_new_content,
        [],
        "A reader during replacements reads one content, whole.",
        |ctx| { whole_contents_during(ctx, |round| ctx.write("f", content(round % 2, LENGTH))) }
    ),
    case!(
        readers_see_whole_copies,
        [Copyfile],
        "A reader during copies to a path reads one content, whole.",
        |ctx| {
            (0..2).try_for_each(|seed| ctx.write(&seed.to_string(), content(seed, LENGTH)))?;
            whole_contents_during(ctx, |round| ctx.copyfile(&(round % 2).to_string(), "f", true))
        }
    ),
    case!(
        readers_see_whole_renames,
        [Rename, AtomicRename],
        "A reader during renames onto a path reads one content, whole.",
        |ctx| {
            whole_contents_during(ctx, |round| {
                ctx.write("next", content(round % 2, LENGTH))?;
                ctx.rename("next", "f", true)
            })
        }
    ),
    case!(
        a_file_is_never_at_both_places_or_neither,
        [Rename, AtomicRename],
        "A file that is renamed is at the old place or at the new one.",
        |ctx| { seen_whole(ctx, "f", "g") }
    ),
    case!(
        a_directory_is_never_at_both_places_or_neither,
        [RenameDirectory, AtomicRenameDirectory],
        "A directory that is renamed is at the old place or at the new one, with what is in it.",
        |ctx| seen_whole(ctx, "d/f", "e/f")
    ),
    case!(
        a_listing_during_changes_has_what_stays,
        [],
        "A listing during changes has what is there all the time exactly once.",
        |ctx| {
            let stays: Vec<String> = (0..300).map(|index| format!("d/s{index:03}")).collect();
            ctx.many_files(&stays)?;
            during_changes(ctx, || {
                let found = ctx.listdir("d")?;
                exactly_once(
                    found.iter().filter(|name| name.starts_with('s')).map(|name| format!("d/{name}")),
                    &stays,
                )
            })
        }
    ),
    case!(
        a_walk_during_changes_has_what_stays,
        [],
        "A walk during changes has what is there all the time exactly once.",
        |ctx| {
            let stays: Vec<String> = (0..100).map(|index| format!("d/{}/s{index:03}", index / 10)).collect();
            ctx.many_files(&stays)?;
            during_changes(ctx, || {
                let mut found = Vec::new();
                for visit in ctx.walk("d", WalkOptions::default().with_detail(Detail::Kind))? {
                    // A directory that has gone since it was listed is an error of its own.
                    let Ok(visit) = visit else { continue };
                    found.extend(visit.files.iter().map(|file| format!("{}/{}", visit.directory, file.name)));
                }
                exactly_once(found.into_iter().filter(|path| path.contains("/s")), &stays)
            })
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
const RACERS: usize = 16;
const LENGTH: usize = 300_000;

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
    for round in 0..ROUNDS {
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

fn describe(content: &[u8]) -> String {
    format!("{} bytes that are a mix: {}", content.len(), content[..content.len().min(16)].escape_ascii())
}

/// Runs a change again and again while another thread does something else; ends with the first failure of either.
fn meanwhile(change: impl FnMut() -> Checked + Send, mut run: impl FnMut() -> Checked) -> Checked {
    let done = AtomicBool::new(false);
    let mut change = change;
    thread::scope(|scope| {
        let changing = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                change()?;
            }
            Ok(())
        });
        let ran = run();
        done.store(true, Ordering::Relaxed);
        let changed = changing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        ran.and(changed)
    })
}

fn whole_contents_during(ctx: &Context, put: impl Fn(u64) -> Result<()> + Sync) -> Checked {
    let contents = [content(0, LENGTH), content(1, LENGTH)];
    put(0)?;
    let mut round = 0;
    let change = || {
        round += 1;
        Ok(put(round)?)
    };
    meanwhile(change, || {
        for _ in 0..100 {
            match ctx.read("f") {
                // Allowed to a reader whose file is replaced.
                Err(error) if error.kind() == ErrorKind::Corrupt => {}
                read => {
                    let read = read?;
                    that(contents.contains(&read), "one of the contents, whole", || describe(&read))?;
                }
            }
        }
        Ok(())
    })
}

/// Renames what begins the paths, once a round, while another thread looks: gone from the old place means that it is at
/// the new one, and there at the new one means that it is gone from the old.
fn seen_whole(ctx: &Context, old: &str, new: &str) -> Checked {
    for round in 0..ROUNDS {
        let (old, new) = (format!("{round}/{old}"), format!("{round}/{new}"));
        ctx.write(&old, "content")?;
        let renamed = |path: &str| path.split('/').take(2).collect::<Vec<_>>().join("/");
        let barrier = Barrier::new(2);
        let looked = thread::scope(|scope| {
            let renaming = scope.spawn(|| {
                barrier.wait();
                ctx.rename(&renamed(&old), &renamed(&new), true)
            });
            barrier.wait();
            let looked = look_until_moved(ctx, &old, &new);
            let renamed = renaming.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            looked.and(renamed.map_err(Stop::from))
        });
        looked?;
    }
    Ok(())
}

fn look_until_moved(ctx: &Context, old: &str, new: &str) -> Checked {
    const LOOKS: usize = 10_000;
    for _ in 0..LOOKS {
        let at_new_first = is_there(ctx, new)?;
        let at_old = is_there(ctx, old)?;
        that(!(at_new_first && at_old), "not at both places", || "at both".to_owned())?;
        if !at_old {
            return that(is_there(ctx, new)?, "at the new place once it left the old", || {
                "at neither".to_owned()
            });
        }
    }
    // The rename has not begun in all that time; it is looked at in the other rounds.
    Ok(())
}

fn is_there(ctx: &Context, path: &str) -> Checked<bool> {
    match ctx.reader(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Files come and go in `d` while something is done again and again.
fn during_changes(ctx: &Context, run: impl Fn() -> Checked) -> Checked {
    let mut round = 0;
    let change = || {
        round += 1;
        let path = format!("d/c{}", round % 50);
        ctx.write(&path, "x")?;
        ctx.write(&format!("d/n{}/c", round % 7), "x")?;
        ctx.remove(&path)?;
        Ok(ctx.rmtree(&format!("d/n{}", round % 7))?)
    };
    meanwhile(change, || (0..50).try_for_each(|_| run()))
}

fn exactly_once(found: impl Iterator<Item = String>, expected: &[String]) -> Checked {
    let mut found: Vec<String> = found.collect();
    found.sort();
    that(found == expected, &format!("each of {} entries once", expected.len()), || {
        let missing: Vec<_> = expected.iter().filter(|path| !found.contains(path)).collect();
        format!("{} entries, without {}", found.len(), words(&missing))
    })
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
