//! `remove_directory`.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use larder_plugin_api::ErrorKind::{InvalidArgument, NotADirectory, NotEmpty, NotFound};

use crate::check::expect::{fails, same_bytes};
use crate::check::{Case, Checked, Context};

const OPERATION: &str = "remove_directory";

pub const CASES: &[Case] = &[
    case!(
        removes_an_empty_directory,
        [RemoveDirectory, Mkdir],
        "A directory with nothing in it is gone, its parent and its neighbours stay.",
        |ctx| {
            ctx.makedirs("d/e")?;
            ctx.write("keep", "kept")?;
            ctx.remove_directory("d/e")?;
            ctx.holds(&[("d/", ""), ("keep", "kept")])?;
            ctx.remove_directory("d")?;
            ctx.holds(&[("keep", "kept")])
        }
    ),
    case!(
        leaves_names_that_begin_alike,
        [RemoveDirectory, Mkdir],
        "Neighbours whose names begin alike stay.",
        |ctx| {
            ["run1", "run10", "run1.d"].into_iter().try_for_each(|path| ctx.makedirs(path))?;
            ctx.files(&["run1.log", "run", "run1-/f"])?;
            ctx.remove_directory("run1")?;
            let expected = [
                ("run", "run"),
                ("run1-/", ""),
                ("run1-/f", "run1-/f"),
                ("run1.d/", ""),
                ("run1.log", "run1.log"),
                ("run10/", ""),
            ];
            ctx.holds(&expected)
        }
    ),
    case!(
        fails_when_a_file_is_in_it,
        [RemoveDirectory],
        "With a file in it or below it, it is *not empty*, and nothing goes.",
        |ctx| {
            ctx.files(&["d/f", "e/d/f"])?;
            ctx.refuses(NotEmpty, |at| at.remove_directory("d"))?;
            ctx.refuses(NotEmpty, |at| at.remove_directory("e"))
        }
    ),
    case!(
        fails_when_a_directory_is_in_it,
        [RemoveDirectory, Mkdir],
        "With an empty directory in it, it is *not empty*, and nothing goes.",
        |ctx| {
            ctx.makedirs("d/e")?;
            ctx.refuses(NotEmpty, |at| at.remove_directory("d"))
        }
    ),
    case!(fails_when_nothing_is_there, [RemoveDirectory], "What is missing is *not found*.", |ctx| {
        ctx.files(&["directory/f", "file"])?;
        for path in ["x", "x/y", "direct", "directory/g", "fil"] {
            ctx.refuses(NotFound, |at| at.remove_directory(path))?;
        }
        Ok(())
    }),
    case!(fails_the_second_time, [RemoveDirectory, Mkdir], "What was removed is *not found*.", |ctx| {
        ctx.write("keep", "")?;
        ctx.makedirs("d")?;
        ctx.remove_directory("d")?;
        ctx.refuses(NotFound, |at| at.remove_directory("d"))
    }),
    case!(fails_on_a_file, [RemoveDirectory], "A file is *not a directory*, and stays.", |ctx| {
        ctx.files(&["f", "d/f"])?;
        ctx.refuses(NotADirectory, |at| at.remove_directory("f"))?;
        ctx.refuses(NotADirectory, |at| at.remove_directory("d/f"))
    }),
    case!(
        fails_below_a_file,
        [RemoveDirectory],
        "Below a file is *not found* or *not a directory*.",
        |ctx| {
            ctx.write("f", "kept")?;
            ctx.refuses_with_one_of(&[NotFound, NotADirectory], |at| at.remove_directory("f/d"))
        }
    ),
    case!(
        fails_on_the_root,
        [RemoveDirectory],
        "The root is *invalid argument*, whatever is in it.",
        |ctx| {
            ctx.write("f", "kept")?;
            fails(InvalidArgument, ctx.store.remove_directory(""))?;
            ctx.holds(&[("f", "kept")])
        }
    ),
    case!(
        a_removed_directory_can_be_made_again,
        [RemoveDirectory, Mkdir],
        "The name is free for a directory or a file.",
        |ctx| {
            ["d", "e"].into_iter().try_for_each(|path| ctx.makedirs(path))?;
            ctx.remove_directory("d")?;
            ctx.remove_directory("e")?;
            ctx.makedirs("d")?;
            ctx.write("e", "new")?;
            ctx.holds(&[("d/", ""), ("e", "new")])
        }
    ),
    case!(
        what_is_written_at_the_same_time_stays,
        [RemoveDirectory, Mkdir],
        "A file that is written into the directory while it is removed is there afterwards.",
        while_it_is_written_into
    ),
];

const MIN_ROUNDS: usize = 20;
const MAX_ROUNDS: usize = 1000;
const PATIENCE: Duration = Duration::from_secs(1);

fn while_it_is_written_into(ctx: &Context) -> Checked {
    let begin = Instant::now();
    for round in 0..MAX_ROUNDS {
        if round >= MIN_ROUNDS && begin.elapsed() > PATIENCE {
            break;
        }
        let (directory, file) = (round.to_string(), format!("{round}/f"));
        ctx.makedirs(&directory)?;
        let barrier = Barrier::new(2);
        let written = thread::scope(|scope| {
            let writing = scope.spawn(|| {
                barrier.wait();
                ctx.write(&file, "written")
            });
            barrier.wait();
            // Which of the two comes first is chance, and so is what this answers.
            let _removed = ctx.remove_directory(&directory);
            writing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        if written.is_ok() {
            same_bytes("what was written", &ctx.read(&file)?, b"written")?;
        }
    }
    Ok(())
}
