//! What `put`, `get` and `cp` have in common.

use clap::Args;
use larder::transfer::{Copied, End, LinkOptions, Transfer, refuse_same_file, refuse_two_things};
use larder::{Error, ErrorKind};
use larder_plugin_api::{ErrorKind as StoreErrorKind, Kind};

use super::context::Context;
use super::each::{each, hint};
use super::failure::{Failure, Outcome};
use super::link_options::LinkArgs;
use super::progress::Progress;
use super::size::{both, count};
use super::targets::{Source, Target};

#[derive(Args, Debug, Clone, Copy)]
pub struct CopyOptions {
    /// Copy directories with everything in them
    #[arg(short, long, visible_short_alias = 'R')]
    pub recursive: bool,
    /// Fail rather than replace a file; the store decides, so of several at once one wins
    #[arg(short = 'n', long, visible_alias = "no-clobber")]
    pub no_overwrite: bool,
    #[command(flatten)]
    links: LinkArgs,
}

impl CopyOptions {
    /// A transfer with these options.
    pub fn transfer<'a>(
        self,
        context: &Context,
        progress: &'a mut Progress<'_>,
        links: LinkOptions,
    ) -> Transfer<'a> {
        Transfer::new(context.cancellation.clone(), progress).overwrite(!self.no_overwrite).links(links)
    }
}

/// Copies each source to the target, or into it.
pub fn copy_all(
    context: &Context,
    options: CopyOptions,
    exclude_caches: bool,
    sources: &[Source],
    target: &Target,
) -> Outcome {
    let links = options.links.options(sources.iter().map(|source| &source.end), &target.itself())?;
    let mut progress = Progress::new(context);
    let mut transfer = options.transfer(context, &mut progress, links).exclude_caches(exclude_caches);
    let mut total = Copied::default();
    let done = each(context, sources, |source| {
        refuse_unnameable(&source.end, target)?;
        let target = target.of(source)?;
        let copied = copy(&mut transfer, options, &source.end, &target)?;
        total.files += copied.files;
        total.bytes += copied.bytes;
        total.failed += copied.failed;
        total.left_out += copied.left_out;
        Ok(())
    });
    drop(transfer);
    drop(progress);
    if options.recursive && (done.is_ok() || total.files > 0) {
        context.printer.note(&format!("{} copied, {}", count(total.files, "file"), both(total.bytes)));
    }
    if !total.is_whole() {
        done?;
        return Err(Failure::Told);
    }
    done
}

/// Copies one source, which may be a directory when the options say so.
pub fn copy(
    transfer: &mut Transfer<'_>,
    options: CopyOptions,
    source: &End,
    target: &End,
) -> Outcome<Copied> {
    refuse_same_file("copy", source, target)?;
    let size = if options.recursive || matches!(source, End::Local(_)) {
        let stat = source.stat()?;
        if options.recursive && stat.kind == Kind::Directory {
            refuse_file(source, target)?;
            return Ok(transfer.tree(source, target)?);
        }
        if options.recursive {
            // Otherwise the directory of the same path would be left out in silence.
            refuse_two_things(source)?;
        }
        // Where the system states no size, only reading tells: a pipe, `/proc`.
        Some(stat.size).filter(|size| *size > 0)
    } else {
        None
    };
    let add_hint = |error: Error| match source.is_directory() {
        Ok(true) => hint(error, StoreErrorKind::IsADirectory, "pass -r to copy a directory"),
        _ => error,
    };
    let bytes = transfer.file(source, target, size).map_err(add_hint)?;
    Ok(Copied { files: 1, bytes, ..Copied::default() })
}

/// A directory does not go where a file is: told once, not for each file in it.
fn refuse_file(source: &End, target: &End) -> Outcome {
    if target.kind()? != Some(Kind::File) {
        return Ok(());
    }
    let (from, to) = (source.address(), target.address());
    let error = Error::from(larder_plugin_api::Error::not_a_directory());
    Err(error.context(format!("cannot copy directory `{from}` to file `{to}`")).into())
}

/// A name that no store can have is not changed into one on the way.
fn refuse_unnameable(source: &End, target: &Target) -> Outcome {
    match source {
        End::Local(path)
            if target.takes_in() && path.shown().file_name().is_some_and(|name| name.to_str().is_none()) =>
        {
            let text = format!("the name of `{path}` is not UTF-8");
            let error = Error::new(ErrorKind::Store(StoreErrorKind::InvalidPath), text);
            Err(error.with_hint("give it another name: name the target in full").into())
        }
        _ => Ok(()),
    }
}
