//! Visibility: what one call has written, the next call sees, through another instance and in another process.

use larder_plugin_api::Capability::{Persistent, Write};
use larder_plugin_api::ErrorKind::NotFound;

use crate::check::Case;
use crate::check::expect::{equal, fails, names, same_bytes};

const OPERATION: &str = "visibility";

pub const CASES: &[Case] = &[
    case!(a_written_file_is_seen, [], "What one instance wrote another one reads.", |ctx| {
        let other = ctx.another()?;
        fails(NotFound, other.read("d/f"))?;
        ctx.write("d/f", "new")?;
        same_bytes("what the other instance reads", &other.read("d/f")?, b"new")
    }),
    case!(
        a_replaced_file_is_seen,
        [],
        "After a replacement another instance reads the new content.",
        |ctx| {
            let other = ctx.another()?;
            ctx.write("f", "old")?;
            same_bytes("what the other instance reads", &other.read("f")?, b"old")?;
            ctx.write("f", "newer")?;
            same_bytes("what the other instance reads", &other.read("f")?, b"newer")?;
            equal("the size that the other instance says", &other.stat("f")?.size, &5)
        }
    ),
    case!(a_listing_is_fresh, [], "A listing has what another instance wrote since the one before.", |ctx| {
        let other = ctx.another()?;
        ctx.write("d/a", "")?;
        names("the names", &other.listdir("d")?, &["a"])?;
        ctx.write("d/b", "")?;
        equal("the number of names", &other.listdir("d")?.len(), &2)?;
        other.write("d/c", "")?;
        equal("the number of names", &ctx.listdir("d")?.len(), &3)
    }),
    case!(a_removed_file_is_not_seen, [], "What one instance removed another one does not find.", |ctx| {
        let other = ctx.another()?;
        ctx.files(&["d/a", "d/b"])?;
        same_bytes("what the other instance reads", &other.read("d/a")?, b"d/a")?;
        ctx.remove("d/a")?;
        fails(NotFound, other.read("d/a"))?;
        names("the names", &other.listdir("d")?, &["b"])
    }),
    case!(
        a_removed_tree_is_not_seen,
        [],
        "A tree that one instance removed is gone for another one.",
        |ctx| {
            let other = ctx.another()?;
            ctx.files(&["d/e/a", "keep"])?;
            names("the names", &other.listdir("d/e")?, &["a"])?;
            ctx.rmtree("d")?;
            fails(NotFound, other.listdir("d/e"))?;
            names("the names", &other.listdir("")?, &["keep"])
        }
    ),
    case!(
        a_renamed_file_is_seen,
        [Rename],
        "What one instance renamed another one finds at the new path.",
        |ctx| {
            let other = ctx.another()?;
            ctx.write("a", "content")?;
            names("the names", &other.listdir("")?, &["a"])?;
            ctx.rename("a", "b", true)?;
            names("the names", &other.listdir("")?, &["b"])?;
            same_bytes("what the other instance reads", &other.read("b")?, b"content")
        }
    ),
    case!(
        a_made_directory_is_seen,
        [Mkdir],
        "A directory that one instance made is there for another one.",
        |ctx| {
            let other = ctx.another()?;
            ctx.makedirs("a/b")?;
            names("the names", &other.listdir("a")?, &["b"])
        }
    ),
    case!(
        nothing_is_seen_before_close,
        [],
        "Another instance sees nothing of a file before its writer closes.",
        |ctx| {
            let other = ctx.another()?;
            ctx.write("keep", "")?;
            let mut writer = ctx.writer("f", larder_plugin_api::OpenMode::Write)?;
            writer.write(&[7; 400_000])?;
            fails(NotFound, other.read("f"))?;
            names("the names before close", &other.listdir("")?, &["keep"])?;
            writer.close()?;
            equal("the bytes after close", &other.read("f")?.len(), &400_000)
        }
    ),
    case!(
        content_outlives_the_instance,
        [],
        "What an instance wrote is there when the instance is gone.",
        |ctx| {
            let other = ctx.another()?;
            other.write("f", "content")?;
            drop(other);
            same_bytes("the content", &ctx.another()?.read("f")?, b"content")
        }
    ),
    Case::process(
        OPERATION,
        "content_outlives_the_process",
        "What a process wrote and closed is there after the process was killed.",
        &[Write, Persistent],
        |ctx| {
            ctx.write("keep", "")?;
            ctx.kill_another_process()?;
            same_bytes("what the other process wrote", &ctx.read("d/f")?, b"content")
        },
        |ctx, hold| {
            ctx.write("d/f", "content")?;
            hold();
            Ok(())
        },
    ),
];
