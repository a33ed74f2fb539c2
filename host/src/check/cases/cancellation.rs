//! Cancellation: a call that takes longer than a moment ends with *interrupted*, or was done before.

use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use larder_plugin_api::{Detail, ErrorKind, OpenMode, Result, WalkOptions};

use crate::Cancellation;
use crate::check::data::content;
use crate::check::expect::{equal, fails, that};
use crate::check::place::{Place, rest};
use crate::check::{Case, Checked, Context};

const OPERATION: &str = "cancellation";

/// A flavor asks at least once a second; another second is for a machine that has much to do.
const LIMIT: Duration = Duration::from_secs(2);

pub const CASES: &[Case] = &[
    case!(ends_rmtree, [], "A cancelled `rmtree` ends.", |ctx| {
        files(ctx, 2000)?;
        ends(ctx, |at| at.rmtree("d"))
    }),
    case!(ends_listdir, [], "A cancelled listing ends.", |ctx| {
        files(ctx, 2000)?;
        ends(ctx, |at| at.entries("d", Detail::Full).map(|_| ()))
    }),
    case!(ends_walk, [], "A cancelled walk ends.", |ctx| {
        let paths: Vec<String> = (0..2000).map(|index| format!("d/{}/f{index}", index % 100)).collect();
        ctx.many_files(&paths)?;
        ends(ctx, |at| {
            let visits = at.walk("d", WalkOptions::default().with_detail(Detail::Full))?;
            visits.into_iter().try_for_each(|visit| visit.map(|_| ()))
        })
    }),
    case!(ends_glob, [], "A cancelled `glob` ends.", |ctx| {
        files(ctx, 2000)?;
        ends(ctx, |at| at.glob("**/f*").map(|_| ()))
    }),
    case!(ends_copyfile, [Copyfile], "A cancelled copy ends, and its target is whole or not there.", |ctx| {
        ctx.write("a", content(1, LARGE))?;
        ends(ctx, |at| at.copyfile("a", "b", true))?;
        whole_or_missing(ctx, "b")
    }),
    case!(
        ends_rename_of_a_directory,
        [RenameDirectory],
        "A cancelled rename of a directory ends, and no file is lost.",
        |ctx| {
            files(ctx, 500)?;
            ends(ctx, |at| at.rename("d", "e", true))?;
            let count = |directory: &str| match ctx.listdir(directory) {
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
                names => names.map(|names| names.len()),
            };
            let (old, new) = (count("d")?, count("e")?);
            that(old + new >= 500, "500 files, each in at least one place", || format!("{old} and {new}"))
        }
    ),
    case!(ends_a_writer, [], "A cancelled writer ends, and its file is whole or not there.", |ctx| {
        let large = content(1, LARGE);
        ends(ctx, |at| {
            let mut writer = at.writer("b", OpenMode::Write)?;
            large.chunks(1 << 20).try_for_each(|piece| writer.write(piece))?;
            writer.close()
        })?;
        whole_or_missing(ctx, "b")
    }),
    case!(ends_a_reader, [], "A cancelled reader ends.", |ctx| {
        ctx.write("a", content(1, LARGE))?;
        ends(ctx, |at| rest(&mut at.reader("a")?).map(|_| ()))
    }),
    case!(
        is_over_after_a_reset,
        [],
        "After a cancellation is taken back the store works as before.",
        |ctx| {
            let cancellation = Cancellation::new();
            let place = ctx.cancellable(&cancellation)?;
            ctx.write("f", "content")?;
            cancellation.cancel();
            interrupted_or_done(place.listdir("").map(|_| ()))?;
            cancellation.reset();
            equal("the content", &place.read("f")?, &b"content".to_vec())?;
            place.write("g", "more")?;
            ctx.holds(&[("f", "content"), ("g", "more")])
        }
    ),
    case!(stops_only_its_own_instance, [], "An instance that is not cancelled goes on.", |ctx| {
        let cancellation = Cancellation::new();
        let _cancelled = ctx.cancellable(&cancellation)?;
        cancellation.cancel();
        ctx.write("f", "content")?;
        ctx.holds(&[("f", "content")])
    }),
];

const LARGE: usize = 32 << 20;

fn files(ctx: &Context, count: usize) -> Result<()> {
    ctx.many_files(&(0..count).map(|index| format!("d/f{index:05}")).collect::<Vec<_>>())
}

/// Cancels a call while it runs, and a call before it begins.
fn ends(ctx: &Context, call: impl Fn(&Place) -> Result<()> + Sync) -> Checked {
    let cancellation = Cancellation::new();
    let place = ctx.cancellable(&cancellation)?;
    let (begun, wait) = channel();
    let (result, took) = thread::scope(|scope| {
        let running = scope.spawn(|| {
            let _listened_to = begun.send(());
            call(&place)
        });
        let _begun = wait.recv();
        cancellation.cancel();
        let cancelled = Instant::now();
        (running.join(), cancelled.elapsed())
    });
    interrupted_or_done(result.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))?;
    in_time(took)?;
    let again = Instant::now();
    match call(&place) {
        // The first call may have been done, or half of it: what it moves is not here any more, or there already.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::AlreadyExists) => {}
        result => interrupted_or_done(result)?,
    }
    in_time(again.elapsed())
}

fn interrupted_or_done(result: Result<()>) -> Checked {
    if result.is_ok() { Ok(()) } else { fails(ErrorKind::Interrupted, result) }
}

fn in_time(took: Duration) -> Checked {
    that(took <= LIMIT, "an end within a second of the cancellation", || format!("an end after {took:.1?}"))
}

fn whole_or_missing(ctx: &Context, path: &str) -> Checked {
    match ctx.read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        content => equal("the bytes of the file", &content?.len(), &LARGE),
    }
}
