//! Whether two ends are one place, whatever their stores are called: what was copied onto itself must not be removed.
//!
//! The stores are asked which thing in the world is there. Texts of roots prove nothing: two spellings, a link, a bind
//! mount or a second endpoint lead to one place under two names. Where the stores cannot say, a file with a random name is
//! written at one end and looked for at the other.

use std::hash::{BuildHasher as _, RandomState};

use larder_plugin_api::{ErrorKind as StoreErrorKind, Identity, Kind, StorePath};

use super::end::{End, is_missing};
use crate::error::{Error, ErrorKind, Result};

/// How the target of a copy stands to its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// They are one place.
    Same,
    /// The target is below the source.
    TargetWithinSource,
    /// The source is below the target.
    SourceWithinTarget,
    /// They are two places, neither below the other.
    Apart,
    /// The stores cannot say.
    Unknown,
}

impl Relation {
    /// Of two ends; asks no server.
    pub fn of(source: &End, target: &End) -> Self {
        let by_path = by_path(source, target);
        if matches!(by_path, Some(Self::Same | Self::TargetWithinSource | Self::SourceWithinTarget)) {
            return by_path.unwrap_or(Self::Unknown);
        }
        // What cannot be looked up is not known.
        match (source.identity().ok().flatten(), target.identity().ok().flatten()) {
            (Some(source), Some(target)) => by_identity(&source, &target),
            _ => by_path.unwrap_or(Self::Unknown),
        }
    }

    /// Refuses a target that is the source itself, and for a directory one that is below it.
    ///
    /// # Errors
    ///
    /// *Invalid argument*, naming both ends.
    pub fn refuse(self, tried: &str, source: &End, target: &End) -> Result<()> {
        let (from, to) = (source.address(), target.address());
        let reason = match self {
            Self::Same => "source and target are one and the same place",
            Self::TargetWithinSource => "the target is below the source",
            Self::SourceWithinTarget => "the source is below the target",
            Self::Apart | Self::Unknown => return Ok(()),
        };
        let error = Error::new(ErrorKind::Store(StoreErrorKind::InvalidArgument), reason);
        Err(error.context(format!("cannot {tried} `{from}` to `{to}`")))
    }
}

/// In one store the paths decide, except where links or mounts make one place of two paths.
fn by_path(source: &End, target: &End) -> Option<Relation> {
    let (End::Store { path: from, .. }, End::Store { path: to, .. }) = (source, target) else { return None };
    if !source.shares_store_with(target) {
        return None;
    }
    let (from, to) = (StorePath::new(from).ok()?, StorePath::new(to).ok()?);
    Some(match (to.below(from), from.below(to)) {
        (Some(_), Some(_)) => Relation::Same,
        (Some(_), None) => Relation::TargetWithinSource,
        (None, Some(_)) => Relation::SourceWithinTarget,
        (None, None) => Relation::Apart,
    })
}

fn by_identity(source: &Identity, target: &Identity) -> Relation {
    match (target.is_within(source), source.is_within(target)) {
        (Some(true), Some(true)) => Relation::Same,
        (Some(true), _) => Relation::TargetWithinSource,
        (_, Some(true)) => Relation::SourceWithinTarget,
        (Some(false), Some(false)) => Relation::Apart,
        _ => Relation::Unknown,
    }
}

/// Refuses to go on when two directories are one, which is found out by writing a file into the target's and looking for
/// it in the source's. The file is removed again.
///
/// # Errors
///
/// *Invalid argument* when they are one; whatever keeps the file from being written, looked for or removed.
pub fn refuse_one_directory(tried: &str, source: &End, target: &End) -> Result<()> {
    let name = random_name();
    let (there, here) = (target.join(&name), source.join(&name));
    there.write_new(b"Written to find out whether two directories are one. It can be removed.\n")?;
    let seen = here.exists();
    let removed = there.remove_file();
    if seen? {
        return Relation::Same.refuse(tried, source, target).and(removed);
    }
    removed
}

/// Refuses a target that is the source under another name, as far as that is known or two stores can be tried.
///
/// # Errors
///
/// *Invalid argument* when they are one place; whatever keeps them from being tried.
pub(super) fn refuse_one_place(tried: &str, source: &End, target: &End) -> Result<()> {
    match Relation::of(source, target) {
        relation @ Relation::Same => relation.refuse(tried, source, target),
        // Only what is there already can be the source.
        Relation::Unknown if between_stores(source, target) && target.kind()? == Some(Kind::Directory) => {
            refuse_one_directory(tried, source, target)
        }
        _ => Ok(()),
    }
}

/// The same for a file, which would stay as it is: that is not what was meant.
///
/// # Errors
///
/// As for directories.
pub fn refuse_same_file(tried: &str, source: &End, target: &End) -> Result<()> {
    match Relation::of(source, target) {
        Relation::Same if source.kind()? == Some(Kind::File) => Err(same_file(tried, source, target)),
        Relation::Unknown if between_stores(source, target) && look_alike(source, target)? => {
            match (source.parent(), target.parent()) {
                (Some(from), Some(to)) => refuse_one_directory(tried, &from, &to),
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

fn between_stores(source: &End, target: &End) -> bool {
    !source.is_local() && !target.is_local()
}

/// Whether two files have one name and one size.
fn look_alike(source: &End, target: &End) -> Result<bool> {
    if source.name() != target.name() {
        return Ok(false);
    }
    let target = match target.stat() {
        Err(error) if is_missing(&error) => return Ok(false),
        target => target?,
    };
    if target.kind != Kind::File {
        return Ok(false);
    }
    let source = source.stat()?;
    Ok(source.kind == Kind::File && source.size == target.size)
}

fn same_file(tried: &str, source: &End, target: &End) -> Error {
    let (from, to) = (source.address(), target.address());
    let same =
        Error::new(ErrorKind::Store(StoreErrorKind::InvalidArgument), "source and target are the same file");
    same.context(format!("cannot {tried} `{from}` to `{to}`"))
}

/// A name that nobody else has.
fn random_name() -> String {
    let random = || RandomState::new().hash_one(());
    format!("larder-probe-{:016x}{:016x}", random(), random())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_scope_is_unknown_and_never_another_place() {
        let at = |scope: &str, path: &'static [&'static str]| Identity::of_path(scope, path.iter().copied());
        let one = at("s3:one", &["bucket", "a"]);
        for (other, relation) in [
            (at("s3:one", &["bucket", "a"]), Relation::Same),
            (at("s3:one", &["bucket", "a", "b"]), Relation::TargetWithinSource),
            (at("s3:one", &["bucket"]), Relation::SourceWithinTarget),
            (at("s3:one", &["bucket", "b"]), Relation::Apart),
            (at("s3:two", &["bucket", "a"]), Relation::Unknown),
        ] {
            assert_eq!(by_identity(&one, &other), relation, "{other:?}");
        }
    }
}
