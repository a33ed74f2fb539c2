//! `larder mv`: files and directories to another place or another store.

use clap::Args;
use larder::Error;
use larder::transfer::{End, Relation, Relocated, Transfer, refuse_two_things, relocate};
use larder_plugin_api::ErrorKind as StoreErrorKind;

use super::context::Context;
use super::each::each;
use super::failure::{Failure, Outcome};
use super::keys::Keys;
use super::place::{end, resolve, source};
use super::progress::Progress;
use super::size::count;
use super::targets::Target;

/// Move or rename files and directories
///
/// Within a store it is a rename. Between stores everything is copied first. When all of it has arrived, each file that
/// was copied is removed from the source, if it is still what was copied, and then the directories that are empty: what
/// others write meanwhile stays. Into a directory, or a path that ends with `/`, files keep their names.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder mv mine:docs/readme.md mine:a/r.md
  larder mv mine:a mine:b archive:old/
  larder mv --no-overwrite mine:new mine:current
  larder mv --key bucket: 'runs//7' bucket:runs/7")]
pub struct MvArgs {
    /// What to move; with --key the root of a store, then a key
    #[arg(required = true)]
    sources: Vec<String>,
    /// Where to
    #[arg(required = true)]
    target: String,
    /// Fail rather than replace a file; the store decides, so of several at once one wins
    #[arg(short = 'n', long, visible_alias = "no-clobber")]
    no_overwrite: bool,
    /// Give an object whose key is not a path a path in the same store, by a copy within the service
    #[arg(long)]
    key: bool,
}

pub fn run(arguments: &MvArgs, context: &Context) -> Outcome {
    if arguments.key {
        return move_key(arguments, context);
    }
    let sources = arguments.sources.iter().map(|text| source(context, text)).collect::<Outcome<Vec<_>>>()?;
    let target = Target::new(end(context, &arguments.target)?, &arguments.target, sources.len())?;
    each(context, &sources, |source| {
        let target = target.of(source)?;
        let source = &source.end;
        refuse_two_things(source)?;
        let relation = Relation::of(source, &target);
        // Up the tree is where a rename within one store may well go.
        if relation != Relation::SourceWithinTarget {
            relation.refuse("move", source, &target)?;
        }
        if source.shares_store_with(&target) && rename(source, &target, !arguments.no_overwrite)? {
            context.printer.detail(&format!("{} -> {}", source.address(), target.address()));
            return Ok(());
        }
        copy_then_remove(context, source, &target, !arguments.no_overwrite)
    })
}

/// Lets the store do it; false when it cannot.
fn rename(source: &End, target: &End, overwrite: bool) -> Outcome<bool> {
    let (End::Store { store, path: from }, End::Store { path: to, .. }) = (source, target) else {
        return Ok(false);
    };
    match store.rename(from, to, overwrite) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == StoreErrorKind::Unsupported => Ok(false),
        Err(error) => {
            let text = format!("cannot move `{}` to `{}`", source.address(), target.address());
            Err(Error::from(error).context(text).into())
        }
    }
}

fn copy_then_remove(context: &Context, source: &End, target: &End, overwrite: bool) -> Outcome {
    let mut progress = Progress::new(context);
    let mut transfer = Transfer::new(context.cancellation.clone(), &mut progress).overwrite(overwrite);
    let moved = relocate(&mut transfer, source, target)?;
    drop(transfer);
    drop(progress);
    report(context, source, &moved)
}

fn report(context: &Context, source: &End, moved: &Relocated) -> Outcome {
    if moved.is_whole() {
        return Ok(());
    }
    let source = source.address();
    if moved.not_copied > 0 {
        context.printer.warn(&format!("`{source}` stays: not all of it has arrived"));
    } else {
        let stays = count(moved.kept, "file or directory");
        context
            .printer
            .warn(&format!("of `{source}` all has arrived that was there, and {stays} stayed there"));
    }
    Err(Failure::Told)
}

/// Copies within the service, and removes the key if it is still what was copied.
fn move_key(arguments: &MvArgs, context: &Context) -> Outcome {
    let keys = Keys::of(context, &arguments.sources)?;
    let [key] = keys.keys else { return Err(Error::usage("--key moves one key at a time").into()) };
    let target = resolve(context, &arguments.target)?;
    if (target.store.name(), target.store.root()) != (keys.store.name(), keys.store.root()) {
        let text = format!("`{target}` is in another store than the key, which is copied within one");
        return Err(Error::usage(text).into());
    }
    let seen = keys.store.stat_key(key).map_err(|error| keys.failed("look at", key, error))?;
    let copied = keys.store.copy_key(key, &target.path, !arguments.no_overwrite);
    copied.map_err(|error| keys.failed("move", key, error))?;
    let removed = keys.store.remove_key(key, seen.etag.as_deref());
    removed.map_err(|error| keys.failed("remove", key, error))?;
    context.printer.detail(&format!("{} -> {target}", keys.address(key)));
    Ok(())
}
