//! Changes: what readers, listings and walks see while something is written, renamed or removed.

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use larder_plugin_api::{Capability, Detail, ErrorKind, Result, WalkOptions};

use crate::check::data::content;
use crate::check::expect::{mixed, that, words};
use crate::check::{Case, Checked, Context, Stop};

const OPERATION: &str = "changes";

pub const CASES: &[Case] = &[
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
        what_is_written_into_a_renamed_directory_stays,
        [RenameDirectory],
        "What is written into a directory while it is renamed is at one of the two places afterwards.",
        written_into_a_renamed_directory
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
];

const ROUNDS: usize = 20;
const LENGTH: usize = 300_000;

/// Fewer changes meanwhile say nothing: on a busy machine the thread that makes them may begin late.
const MIN_CHANGES: usize = 20;

/// Runs a change again and again while another thread does something else, again until there were enough changes; ends with
/// the first failure of either.
fn meanwhile(mut change: impl FnMut() -> Checked + Send, mut run: impl FnMut() -> Checked) -> Checked {
    let (done, made) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        let changing = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                change()?;
                made.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        });
        let mut ran = run();
        while ran.is_ok() && !changing.is_finished() && made.load(Ordering::Relaxed) < MIN_CHANGES {
            ran = run();
        }
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
                    that(contents.contains(&read), "one of the contents, whole", || mixed(&read))?;
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

/// New files come into a directory, and where the store has etags old ones are replaced, while it is renamed. Without etags a
/// store that copies and removes cannot tell a file from another of the same size and time.
fn written_into_a_renamed_directory(ctx: &Context) -> Checked {
    let begin = Instant::now();
    for round in 0..MAX_RENAMES {
        if round >= MIN_RENAMES && begin.elapsed() > PATIENCE {
            break;
        }
        let (old, new) = (format!("{round}/d"), format!("{round}/e"));
        (0..FILES).try_for_each(|index| ctx.write(&format!("{old}/{index}"), "0"))?;
        let renamed = AtomicBool::new(false);
        let barrier = Barrier::new(2);
        let written = thread::scope(|scope| {
            let writing = scope.spawn(|| {
                barrier.wait();
                write_until(ctx, &old, &renamed)
            });
            barrier.wait();
            let answer = ctx.rename(&old, &new, true);
            renamed.store(true, Ordering::Relaxed);
            let written = writing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            match answer {
                Err(error) if error.kind() == ErrorKind::Changed => Ok(written),
                answer => answer.map(|()| written),
            }
        })?;
        for (name, content) in written {
            let found = [&old, &new].map(|directory| ctx.read(&format!("{directory}/{name}")).ok());
            that(
                found.iter().flatten().any(|found| *found == content.as_bytes()),
                "what was written",
                || format!("`{name}` with `{content}` is at neither place: {}", words(&found)),
            )?;
        }
    }
    Ok(())
}

const FILES: usize = 8;
const MIN_RENAMES: usize = 5;
const MAX_RENAMES: usize = 200;
const PATIENCE: Duration = Duration::from_secs(1);

/// The last content that was acknowledged of each file. What was refused is not among them.
fn write_until(ctx: &Context, directory: &str, done: &AtomicBool) -> BTreeMap<String, String> {
    let mut written = BTreeMap::new();
    for number in 1_usize.. {
        let replaces = ctx.claims(Capability::Etag) && number % 2 == 0;
        let name = if replaces { (number % FILES).to_string() } else { format!("new-{number}") };
        // Looked at before the write: one more follows what ends the loop.
        let last = done.load(Ordering::Relaxed);
        if ctx.write(&format!("{directory}/{name}"), number.to_string()).is_ok() {
            written.insert(name, number.to_string());
        }
        if last {
            break;
        }
    }
    written
}
