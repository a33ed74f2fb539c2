//! `larder rm`: files and directories go.

use clap::Args;
use larder::{Error, ErrorKind, Place};
use larder_plugin_api::{ErrorKind as StoreErrorKind, Kind};

use super::context::Context;
use super::each::each;
use super::failure::Outcome;
use super::keys::Keys;
use super::place::{failed, resolve};

/// Remove files and directories
///
/// A symbolic link is removed itself and never followed. Where an object store holds a file and a directory under one
/// path, `rm` removes the file, and `rm -r` both.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder rm mine:a/r.md
  larder rm -r mine:a mine:b
  larder rm -rf mine:scratch
  larder rm -r --no-preserve-root mine:
  larder rm --key bucket: 'runs//7'")]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct RmArgs {
    /// What to remove; with --key the root of a store, then keys
    #[arg(required = true)]
    paths: Vec<String>,
    /// Directories with everything in them, too
    #[arg(short, long, visible_short_alias = 'R')]
    recursive: bool,
    /// What is missing is no failure
    #[arg(short, long)]
    force: bool,
    /// Lets the root of a store be emptied
    #[arg(long)]
    no_preserve_root: bool,
    /// Remove keys that are not paths, as they are: what follows the root's prefix
    #[arg(long, conflicts_with_all = ["recursive", "no_preserve_root"])]
    key: bool,
}

pub fn run(arguments: &RmArgs, context: &Context) -> Outcome {
    if arguments.key {
        return remove_keys(arguments, context);
    }
    each(context, &arguments.paths, |path| {
        let place = resolve(context, path)?;
        if place.path.is_empty() && arguments.recursive && !arguments.no_preserve_root {
            return Err(root_is_kept(&place).into());
        }
        match remove(arguments, &place) {
            Ok(()) => context.printer.detail(&format!("removed `{place}`")),
            Err(error) if arguments.force && error.kind() == StoreErrorKind::NotFound => {}
            Err(error) => return Err(explain(&place, error).into()),
        }
        Ok(())
    })
}

fn remove_keys(arguments: &RmArgs, context: &Context) -> Outcome {
    let keys = Keys::of(context, &arguments.paths)?;
    each(context, keys.keys, |key| {
        match keys.store.remove_key(key, None) {
            Ok(()) => context.printer.detail(&format!("removed the key `{}`", keys.address(key))),
            Err(error) if arguments.force && error.kind() == StoreErrorKind::NotFound => {}
            Err(error) => return Err(keys.failed("remove", key, error).into()),
        }
        Ok(())
    })
}

fn remove(arguments: &RmArgs, place: &Place) -> larder_plugin_api::Result<()> {
    let Place { store, path } = place;
    if path.is_empty() && arguments.recursive && arguments.no_preserve_root {
        return store.clear();
    }
    if !arguments.recursive {
        return store.remove(path);
    }
    match store.stat(path) {
        // An object store can hold a file and a directory under one path: both go.
        Ok(stat) if stat.kind == Kind::File && store.isdir(path)? => {
            store.rmtree(path)?;
            store.remove(path)
        }
        Ok(stat) if stat.kind != Kind::Directory => store.remove(path),
        Err(error) if error.kind() == StoreErrorKind::NotFound => Err(error),
        // A directory; or a link that leads out, which is removed itself.
        _ => match store.rmtree(path) {
            Err(error) if error.kind() == StoreErrorKind::NotADirectory => store.remove(path),
            result => result,
        },
    }
}

fn root_is_kept(place: &Place) -> Error {
    let kind = ErrorKind::Store(StoreErrorKind::InvalidArgument);
    Error::new(kind, format!("`{place}` is the root of a store, which is kept"))
        .with_hint("pass -r --no-preserve-root to remove everything in the store")
}

fn explain(place: &Place, error: larder_plugin_api::Error) -> Error {
    let kind = error.kind();
    let error = failed("remove", place, error);
    if place.path.is_empty() {
        return error.with_hint("pass -r --no-preserve-root to remove everything in the store");
    }
    match kind {
        StoreErrorKind::IsADirectory => {
            error.with_hint("pass -r to remove a directory with everything in it")
        }
        _ => error,
    }
}
