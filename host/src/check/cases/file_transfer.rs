//! The extensions that copy whole local files: `larder.put-file.v1` and `larder.get-file.v1`. A store that has none of them
//! is skipped.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use larder_plugin_api::ErrorKind::{AlreadyExists, Changed, IsADirectory, NotADirectory, NotFound};
use larder_plugin_api::{ErrorKind, Result};
use tempfile::TempDir;

use crate::check::data::content;
use crate::check::expect::{equal, fails, same_bytes, that};
use crate::check::{Case, Checked, Context, Stop};

const OPERATION: &str = "file_transfer";

const SMALL: usize = 300_001;
const LARGE: usize = (9 << 20) + 1;

pub const CASES: &[Case] = &[
    case!(put_file_copies_a_file, [], "The file at the path is the local one, byte for byte.", |ctx| {
        puts(ctx, &content(ctx.seed(), SMALL))
    }),
    case!(put_file_copies_an_empty_file, [], "An empty local file becomes an empty file.", |ctx| {
        puts(ctx, b"")
    }),
    case!(put_file_copies_a_large_file, [], "A local file of 9 MiB and a byte arrives whole.", |ctx| {
        puts(ctx, &content(ctx.seed(), LARGE))
    }),
    case!(put_file_makes_missing_parents, [], "Missing parents of the path are made.", |ctx| {
        let local = Local::with(b"content")?;
        put(ctx, &local, "d/e/f", true)?;
        ctx.holds(&[("d/", ""), ("d/e/", ""), ("d/e/f", "content")])
    }),
    case!(put_file_replaces_a_file, [], "With overwrite the file at the path is replaced.", |ctx| {
        let local = Local::with(b"new")?;
        ctx.write("f", "an older and longer content")?;
        put(ctx, &local, "f", true)?;
        ctx.holds(&[("f", "new")])
    }),
    case!(
        put_file_fails_when_the_file_exists,
        [Exclusive],
        "Without overwrite a file at the path is *already exists*, and stays; a free path is taken.",
        |ctx| {
            let local = Local::with(b"new")?;
            ctx.write("f", "kept")?;
            put(ctx, &local, "g", false)?;
            fails(AlreadyExists, ctx.put_file(&local.file, "f", false))?;
            ctx.holds(&[("f", "kept"), ("g", "new")])
        }
    ),
    case!(
        put_file_fails_without_a_local_file,
        [],
        "A local file that is missing is *not found*, and nothing is published.",
        |ctx| {
            let local = Local::with(b"content")?;
            put(ctx, &local, "f", true)?;
            fs::remove_file(&local.file).map_err(local_failed)?;
            fails(NotFound, ctx.put_file(&local.file, "f", true))?;
            fails(NotFound, ctx.put_file(&local.file, "d/g", true))?;
            ctx.holds(&[("f", "content")])
        }
    ),
    case!(
        put_file_fails_on_a_directory,
        [],
        "A directory at the path is *is a directory*, and stays with all that is below.",
        |ctx| {
            let local = Local::with(b"content")?;
            put(ctx, &local, "d/f", true)?;
            ctx.refuses(IsADirectory, |at| at.put_file(&local.file, "d", true))
        }
    ),
    case!(put_file_fails_below_a_file, [], "A file as a parent is *not a directory*.", |ctx| {
        let local = Local::with(b"content")?;
        put(ctx, &local, "f", true)?;
        ctx.refuses(NotADirectory, |at| at.put_file(&local.file, "f/g", true))
    }),
    case!(
        put_file_publishes_no_mix_of_a_file_that_changes,
        [],
        "A local file that changes while it is read is *changed*, and nothing of it is published.",
        publishes_no_mix
    ),
    case!(get_file_copies_a_file, [], "The local file is the one at the path, byte for byte.", |ctx| {
        gets(ctx, &content(ctx.seed(), SMALL))
    }),
    case!(get_file_copies_an_empty_file, [], "An empty file leaves the local one empty.", |ctx| {
        gets(ctx, b"")
    }),
    case!(get_file_copies_a_large_file, [], "A file of 9 MiB and a byte arrives whole.", |ctx| {
        gets(ctx, &content(ctx.seed(), LARGE))
    }),
    case!(get_file_fails_when_the_file_is_missing, [], "What is missing is *not found*.", |ctx| {
        ctx.files(&["file", "d/f"])?;
        for path in ["x", "x/y", "fil", "d/g"] {
            get_fails(ctx, &[NotFound], path)?;
        }
        Ok(())
    }),
    case!(get_file_fails_on_a_directory, [], "A directory is *is a directory*.", |ctx| {
        ctx.write("d/f", "content")?;
        get_fails(ctx, &[IsADirectory], "d")
    }),
    case!(get_file_fails_below_a_file, [], "Below a file is *not found* or *not a directory*.", |ctx| {
        ctx.write("f", "content")?;
        get_fails(ctx, &[NotFound, NotADirectory], "f/g")
    }),
];

/// A file of this machine that goes with the case.
struct Local {
    file: PathBuf,
    _directory: TempDir,
}

impl Local {
    fn with(content: &[u8]) -> Checked<Self> {
        let directory = tempfile::Builder::new().prefix("larder-check-").tempdir().map_err(local_failed)?;
        let file = directory.path().join("on-this-machine");
        fs::write(&file, content).map_err(local_failed)?;
        Ok(Self { file, _directory: directory })
    }

    fn content(&self) -> Checked<Vec<u8>> {
        fs::read(&self.file).map_err(local_failed)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
fn local_failed(error: io::Error) -> Stop {
    Stop::Skipped(format!("a temporary file cannot be used: {error}"))
}

fn present(bytes: Option<u64>, id: &str) -> Checked<u64> {
    bytes.ok_or_else(|| Stop::Skipped(format!("this store lacks the extension `{id}`")))
}

fn put(ctx: &Context, local: &Local, path: &str, overwrite: bool) -> Checked<u64> {
    present(ctx.put_file(&local.file, path, overwrite)?, larder_plugin_api::file_transfer::PUT_FILE)
}

fn get(ctx: &Context, path: &str, local: &Local) -> Checked<u64> {
    present(ctx.get_file(path, &local.file)?, larder_plugin_api::file_transfer::GET_FILE)
}

fn puts(ctx: &Context, content: &[u8]) -> Checked {
    let local = Local::with(content)?;
    let bytes = put(ctx, &local, "f", true)?;
    same_bytes("the content at the path", &ctx.read("f")?, content)?;
    equal("the number of bytes that is answered", &bytes, &(content.len() as u64))?;
    same_bytes("the local file", &local.content()?, content)
}

fn gets(ctx: &Context, content: &[u8]) -> Checked {
    let local = Local::with(b"")?;
    ctx.write("f", content)?;
    let bytes = get(ctx, "f", &local)?;
    same_bytes("the local file", &local.content()?, content)?;
    equal("the number of bytes that is answered", &bytes, &(content.len() as u64))
}

/// A store without the extension is skipped before the call that fails.
fn get_fails(ctx: &Context, kinds: &[ErrorKind], path: &str) -> Checked {
    let local = Local::with(b"")?;
    match ctx.get_file(path, &local.file) {
        Ok(None) => present(None, larder_plugin_api::file_transfer::GET_FILE).map(drop),
        result => ctx.refuses_with_one_of(kinds, |_| result),
    }
}

/// Time enough for the local file to change during some of the calls, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(1);
/// In so many pieces the local file is written again and again. A write changes its size, and no two rounds have the same
/// sizes: whoever compares them before and after reading sees every change, however coarse the file system's clock is.
const PIECES: usize = 16;
const PIECE_BYTES: usize = 60_000;
const WIDER_BYTES: usize = 16;

/// A round fills the local file with a byte of its own: a content of two bytes is of no moment of the file.
fn publishes_no_mix(ctx: &Context) -> Checked {
    let local = Local::with(b"bbb")?;
    put(ctx, &local, "f", true)?;
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let changing = scope.spawn(|| change(&local.file, &done));
        let begin = Instant::now();
        let mut published = Ok(());
        while published.is_ok() && begin.elapsed() < PATIENCE {
            published = put_while_it_changes(ctx, &local.file);
        }
        done.store(true, Ordering::Relaxed);
        let changed = changing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        published.and(changed.map_err(local_failed))
    })
}

fn change(file: &Path, done: &AtomicBool) -> io::Result<()> {
    for round in 0_usize.. {
        let mut file = File::create(file)?;
        let letter = b'a' + u8::try_from(round % 26).unwrap_or_default();
        let piece = vec![letter; PIECE_BYTES + WIDER_BYTES * (round % 100)];
        for _ in 0..PIECES {
            file.write_all(&piece)?;
            if done.load(Ordering::Relaxed) {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn put_while_it_changes(ctx: &Context, local: &Path) -> Checked {
    let before = ctx.read("f")?;
    let answer: Result<_> = ctx.put_file(local, "f", true);
    let after = ctx.read("f")?;
    if answer.is_err() {
        fails(Changed, answer)?;
        return same_bytes("the content at the path after the error", &after, &before);
    }
    let of_one_round = after.windows(2).all(|pair| pair[0] == pair[1]);
    that(of_one_round, "a content that the local file had at one moment", || {
        format!("{} bytes of several moments", after.len())
    })
}
