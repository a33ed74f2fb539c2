//! Faults: writers that are dropped, calls that fail half-way, processes that are killed.

use larder_plugin_api::Capability::{self, Append, Exclusive, Persistent};
use larder_plugin_api::{ErrorKind, OpenMode, WalkOptions};

use crate::check::data::content;
use crate::check::expect::{equal, fails, names};
use crate::check::{Case, Checked, Context};

const OPERATION: &str = "faults";

pub const CASES: &[Case] = &[
    case!(a_dropped_writer_leaves_no_file, [], "A writer that is dropped leaves nothing.", |ctx| {
        ctx.write("keep", "")?;
        drop_writer(ctx, "f", OpenMode::Write, 10)?;
        ctx.holds(&[("keep", "")])
    }),
    case!(
        a_dropped_writer_leaves_no_parents,
        [],
        "A writer that is dropped leaves no directory that it made.",
        |ctx| {
            ctx.write("keep", "")?;
            drop_writer(ctx, "a/b/f", OpenMode::Write, 10)?;
            ctx.holds(&[("keep", "")])
        }
    ),
    case!(
        a_dropped_writer_of_much_leaves_nothing,
        [],
        "A writer that is dropped after many bytes leaves nothing.",
        |ctx| {
            ctx.write("keep", "")?;
            drop_writer(ctx, "f", OpenMode::Write, 18 << 20)?;
            ctx.holds(&[("keep", "")])
        }
    ),
    case!(
        a_dropped_writer_leaves_the_old_content,
        [],
        "A writer that is dropped leaves the old content.",
        |ctx| {
            ctx.write("f", "old")?;
            drop_writer(ctx, "f", OpenMode::Write, 100_000)?;
            ctx.holds(&[("f", "old")])
        }
    ),
    case!(
        a_dropped_exclusive_writer_leaves_nothing,
        [Exclusive],
        "An exclusive writer that is dropped leaves nothing.",
        |ctx| {
            ctx.write("keep", "")?;
            drop_writer(ctx, "a/f", OpenMode::Exclusive, 100_000)?;
            ctx.holds(&[("keep", "")])
        }
    ),
    case!(a_dropped_appender_leaves_no_file, [Append], "An appender that is dropped makes no file.", |ctx| {
        ctx.write("keep", "")?;
        drop_writer(ctx, "a/f", OpenMode::Append, 100_000)?;
        ctx.holds(&[("keep", "")])
    }),
    case!(
        a_dropped_writer_is_in_no_walk_and_no_glob,
        [],
        "Nothing of a dropped writer is walked or matched.",
        |ctx| {
            ctx.write("keep", "")?;
            drop_writer(ctx, "f", OpenMode::Write, 100_000)?;
            nothing_but_keep(ctx)
        }
    ),
    case!(
        an_open_writer_is_in_no_walk_and_no_glob,
        [],
        "Nothing of an open writer is walked or matched.",
        |ctx| {
            ctx.write("keep", "")?;
            let mut writer = ctx.writer("f", OpenMode::Write)?;
            writer.write(&content(1, 100_000))?;
            nothing_but_keep(ctx)?;
            Ok(writer.close()?)
        }
    ),
    case!(
        a_dropped_writer_hurts_no_other,
        [],
        "A writer goes on when another one of its path is dropped.",
        |ctx| {
            let mut writer = ctx.writer("d/f", OpenMode::Write)?;
            writer.write(b"con")?;
            drop_writer(ctx, "d/f", OpenMode::Write, 100_000)?;
            writer.write(b"tent")?;
            writer.close()?;
            ctx.holds(&[("d/", ""), ("d/f", "content")])
        }
    ),
    case!(
        a_failed_close_leaves_nothing,
        [Exclusive],
        "A `close` that fails leaves what is there and nothing else.",
        |ctx| {
            let mut exclusive = ctx.writer("d/f", OpenMode::Exclusive)?;
            exclusive.write(&content(1, 300_000))?;
            ctx.write("d/f", "winner")?;
            fails(ErrorKind::AlreadyExists, exclusive.close())?;
            ctx.holds(&[("d/", ""), ("d/f", "winner")])
        }
    ),
    case!(
        a_directory_with_a_dropped_writer_can_be_removed,
        [],
        "What a dropped writer leaves is in no one's way.",
        |ctx| {
            ctx.files(&["d/f", "keep"])?;
            drop_writer(ctx, "d/g", OpenMode::Write, 100_000)?;
            ctx.rmtree("d")?;
            ctx.holds(&[("keep", "keep")])
        }
    ),
    killed(
        "a_killed_writer_leaves_nothing",
        "A process that is killed while it writes leaves nothing that is seen.",
        &[Capability::Write, Persistent],
        |ctx| {
            ctx.write("keep", "")?;
            ctx.kill_another_process()?;
            ctx.holds(&[("keep", "")])?;
            nothing_but_keep(ctx)
        },
        |ctx, hold| write_until_killed(ctx, OpenMode::Write, hold),
    ),
    killed(
        "a_killed_writer_leaves_the_old_content",
        "A process that is killed while it replaces a file leaves the old content.",
        &[Capability::Write, Persistent],
        |ctx| {
            ctx.write("f", "old")?;
            ctx.kill_another_process()?;
            ctx.holds(&[("f", "old")])
        },
        |ctx, hold| write_until_killed(ctx, OpenMode::Write, hold),
    ),
    killed(
        "a_killed_writer_is_in_no_ones_way",
        "After a process was killed while it wrote, the file can be written and its directory removed.",
        &[Capability::Write, Persistent],
        |ctx| {
            ctx.write("keep", "")?;
            ctx.kill_another_process()?;
            ctx.write("f", "new")?;
            ctx.holds(&[("f", "new"), ("keep", "")])?;
            ctx.rmtree("")?;
            ctx.holds(&[])
        },
        |ctx, hold| write_until_killed(ctx, OpenMode::Write, hold),
    ),
    killed(
        "a_killed_exclusive_writer_takes_no_name",
        "After a process was killed while it wrote in mode `x`, the name is free.",
        &[Capability::Write, Exclusive, Persistent],
        |ctx| {
            ctx.write("keep", "")?;
            ctx.kill_another_process()?;
            ctx.put("f", OpenMode::Exclusive, b"new")?;
            ctx.holds(&[("f", "new"), ("keep", "")])
        },
        |ctx, hold| write_until_killed(ctx, OpenMode::Exclusive, hold),
    ),
    killed(
        "a_killed_appender_appends_nothing",
        "A process that is killed while it appends leaves the old content.",
        &[Capability::Write, Append, Persistent],
        |ctx| {
            ctx.write("f", "old")?;
            ctx.kill_another_process()?;
            ctx.holds(&[("f", "old")])
        },
        |ctx, hold| write_until_killed(ctx, OpenMode::Append, hold),
    ),
];

const fn killed(
    name: &'static str,
    description: &'static str,
    needs: &'static [Capability],
    run: fn(&Context) -> Checked,
    child: fn(&Context, &dyn Fn()) -> Checked,
) -> Case {
    Case::process(OPERATION, name, description, needs, run, child)
}

fn drop_writer(ctx: &Context, path: &str, mode: OpenMode, bytes: usize) -> Checked {
    let mut writer = ctx.writer(path, mode)?;
    for piece in content(1, bytes).chunks(1 << 20) {
        writer.write(piece)?;
    }
    Ok(())
}

fn write_until_killed(ctx: &Context, mode: OpenMode, hold: &dyn Fn()) -> Checked {
    let mut writer = ctx.writer("f", mode)?;
    for _ in 0..9 {
        writer.write(&content(1, 1 << 20))?;
    }
    hold();
    Ok(())
}

fn nothing_but_keep(ctx: &Context) -> Checked {
    names("the matches of `*`", &ctx.glob("*")?, &["keep"])?;
    names("the matches of `.*`", &ctx.glob(".*")?, &[])?;
    let visits: Vec<_> = ctx.walk("", WalkOptions::default())?.into_iter().collect::<Result<_, _>>()?;
    let entries: Vec<_> =
        visits.iter().flat_map(|visit| visit.directories.iter().chain(&visit.files)).collect();
    equal(
        "what is walked",
        &entries.iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>(),
        &vec!["keep"],
    )
}
