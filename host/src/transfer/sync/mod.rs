//! Makes a target like a source: copies what differs, and removes what is extra when asked to.

mod deletion;
mod run;
mod same;

use super::copy::Transfer;
use super::end::End;
use super::links::LinkOptions;
use crate::error::Result;
use crate::store::Cancellation;

use run::Run;

/// How a target is made like a source.
///
/// A target that is a local directory keeps the times of its files: there, any other size or time is a difference, so that
/// also an older version that was restored is copied. In other targets a file differs when its size does, or when it is
/// older than its source. Times are compared in the coarser unit of the two sides. Where a side has no time, the file is
/// copied. With `checksum` the contents are compared instead.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct Sync {
    /// Removes what the source does not have, and lets a file and a directory change places.
    pub delete: bool,
    /// Compares contents rather than size and time.
    pub checksum: bool,
    /// Copies nothing over a file that is newer than its source.
    pub update: bool,
    /// Only reports what would be done.
    pub dry_run: bool,
    /// Lets an empty source empty the target.
    pub allow_empty_source: bool,
    /// The most files that are removed; when there are more, none is.
    pub max_delete: Option<MaxDelete>,
    /// What becomes of links, and of what is neither file nor directory.
    pub links: LinkOptions,
}

/// How many files a run may remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaxDelete {
    /// So many files.
    Files(u64),
    /// So many percent of the files in the target.
    Percent(u64),
}

impl MaxDelete {
    /// Whether so many files of so many in the target are too many.
    fn is_exceeded(self, files: u64, in_target: u64) -> bool {
        match self {
            Self::Files(most) => files > most,
            Self::Percent(percent) => u128::from(files) * 100 > u128::from(percent) * u128::from(in_target),
        }
    }
}

/// One step that was made, or would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A file that the target did not have.
    Add,
    /// A file that differed.
    Update,
    /// Something that the source does not have.
    Delete,
    /// A directory with nothing in it.
    MakeDirectory,
    /// A symbolic link that is made like that of the source.
    Link,
}

impl Action {
    /// The action in a word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::MakeDirectory => "mkdir",
            Self::Link => "link",
        }
    }
}

/// How many of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyncSummary {
    /// Files that were added, and links.
    pub added: u64,
    /// Files that were replaced.
    pub updated: u64,
    /// Files that were removed.
    pub deleted: u64,
    /// Files that were the same.
    pub unchanged: u64,
    /// Bytes that were copied.
    pub bytes: u64,
    /// What failed; the observer heard of each.
    pub failed: u64,
    /// What was left out, such as a link to a directory, and was not meant to be; the observer heard of each.
    pub left_out: u64,
    /// Why nothing was removed, where something would have been.
    pub not_deleted: Option<NotDeleted>,
}

/// Why nothing was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDeleted {
    /// Something had failed before: what could not be read would look as if it were gone.
    Failed,
    /// More files would have been removed than were allowed.
    TooMany {
        /// How many.
        files: u64,
        /// Of how many in the target.
        in_target: u64,
    },
    /// The source is empty, which cannot be told from one that was named wrongly.
    EmptySource,
}

impl Sync {
    /// Does it. `told` hears of every step with its path, before it is made.
    ///
    /// Nothing is removed when anything failed before. What was left out in the source protects what has the same path in
    /// the target, and everything below that. Removals come last, and each file goes only if it is still what was compared.
    ///
    /// # Errors
    ///
    /// When the source is not a directory, or is missing, one end is within the other, or the caller cancelled.
    pub fn run(
        &self,
        source: &End,
        target: &End,
        transfer: &mut Transfer<'_>,
        cancellation: &Cancellation,
        told: &mut dyn FnMut(Action, &str) -> Result<()>,
    ) -> Result<SyncSummary> {
        Run::new(self, (source, target), transfer, cancellation, told)?.run()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_of_removals_counts_files_or_percents_of_the_target() {
        assert!(!MaxDelete::Files(3).is_exceeded(3, 100));
        assert!(MaxDelete::Files(3).is_exceeded(4, 100));
        assert!(!MaxDelete::Percent(10).is_exceeded(10, 100));
        assert!(MaxDelete::Percent(10).is_exceeded(11, 100));
        assert!(MaxDelete::Percent(0).is_exceeded(1, 100));
        assert!(!MaxDelete::Percent(0).is_exceeded(0, 0));
    }
}
