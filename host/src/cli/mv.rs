//! `larder mv`: files and directories to another place or another store.

use clap::Args;
use larder::Error;
use larder::transfer::{End, Transfer};
use larder_plugin_api::{ErrorKind as StoreErrorKind, Kind};

use super::context::Context;
use super::copying::refuse_same_file;
use super::each::each;
use super::failure::{Failure, Outcome};
use super::place::{end, source};
use super::progress::Progress;
use super::targets::Target;

/// Move or rename files and directories
///
/// Within a store it is a rename. Between stores everything is copied first, and the source removed when all of it has
/// arrived. Into a directory, or a path that ends with `/`, files keep their names.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder mv mine:docs/readme.md mine:a/r.md
  larder mv mine:a mine:b archive:old/
  larder mv --no-overwrite mine:new mine:current")]
pub struct MvArgs {
    /// What to move
    #[arg(required = true)]
    sources: Vec<String>,
    /// Where to
    #[arg(required = true)]
    target: String,
    /// Fail rather than replace a file; the store decides, so of several at once one wins
    #[arg(short = 'n', long, visible_alias = "no-clobber")]
    no_overwrite: bool,
}

pub fn run(arguments: &MvArgs, context: &Context) -> Outcome {
    let sources: Vec<End> =
        arguments.sources.iter().map(|address| source(context, address)).collect::<Outcome<_>>()?;
    let target = Target::new(end(context, &arguments.target)?, &arguments.target, sources.len())?;
    each(context, &sources, |source| {
        let target = target.of(&source.name())?;
        refuse_same_file("move", source, &target)?;
        if source.shares_store_with(&target) && rename(source, &target, !arguments.no_overwrite)? {
            context.printer.detail(&format!("{} -> {}", source.address(), target.address()));
            return Ok(());
        }
        refuse_twins(source, &target)?;
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

/// What was copied onto or into itself must not be removed afterwards.
fn refuse_twins(source: &End, target: &End) -> Outcome {
    if source.shares_store_with(target) || target.is_within(source) || !target.may_be_within(source) {
        // In one store, and where it is certain, it is refused on the way.
        return Ok(());
    }
    let (from, to) = (source.address(), target.address());
    let error = larder_plugin_api::Error::new(
        StoreErrorKind::InvalidArgument,
        "both stores have the same root path: the target may be the source itself, or below it",
    );
    let error = Error::from(error).context(format!("cannot move `{from}` to `{to}`"));
    Err(error.with_hint(format!("if they are different places: larder cp -r {from} {to}")).into())
}

fn copy_then_remove(context: &Context, source: &End, target: &End, overwrite: bool) -> Outcome {
    let kind = source.stat()?.kind;
    let mut progress = Progress::new(context);
    let mut transfer = Transfer::new(context.cancellation.clone(), &mut progress).overwrite(overwrite);
    let failed = if kind == Kind::Directory {
        transfer.tree(source, target)?.failed
    } else {
        transfer.file(source, target, None)?;
        0
    };
    drop(transfer);
    if failed > 0 || progress.skipped {
        drop(progress);
        context.printer.warn(&format!("`{}` stays: not all of it has arrived", source.address()));
        return Err(Failure::Told);
    }
    Ok(source.remove(kind)?)
}
