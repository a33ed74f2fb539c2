//! Compares two ends by content.

use std::io::{self, Read};

use larder_plugin_api::{ErrorKind as StoreErrorKind, Kind};

use super::end::End;
use super::pairs::{Pair, Pairs};
use crate::error::Result;
use crate::store::Cancellation;

/// What a comparison says about one path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The same bytes on both sides.
    Same,
    /// Other bytes, or a file here and a directory there.
    Differs,
    /// Only the source has it.
    MissingInTarget,
    /// Only the target has it.
    MissingInSource,
}

impl Verdict {
    /// The verdict in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Differs => "differs",
            Self::MissingInTarget => "missing in target",
            Self::MissingInSource => "missing in source",
        }
    }
}

/// Compares two files, or everything below two directories, byte by byte. Each path comes with its verdict; directories
/// and what is neither file nor directory are left out.
///
/// `told` hears of each path; what could not be read is an error in place of the verdict.
///
/// # Errors
///
/// When an end cannot be looked at, or the caller cancelled; and what `told` answers.
pub fn verify(
    source: &End,
    target: &End,
    cancellation: &Cancellation,
    told: &mut dyn FnMut(&str, Result<Verdict>) -> Result<()>,
) -> Result<()> {
    if source.stat()?.kind != Kind::Directory {
        let target = if target.is_directory()? { target.join(&source.name()) } else { target.clone() };
        let verdict = match target.kind()? {
            None => Ok(Verdict::MissingInTarget),
            Some(_) => same(source, &target, cancellation),
        };
        return told(&source.name(), verdict);
    }
    for pair in Pairs::new(source, target)? {
        if cancellation.is_cancelled() {
            return Err(larder_plugin_api::Error::from(StoreErrorKind::Interrupted).into());
        }
        match pair {
            Ok(pair) => {
                if let Some(verdict) = judge(&pair, source, target, cancellation) {
                    told(&pair.path, verdict)?;
                }
            }
            Err(error) => told("", Err(error))?,
        }
    }
    Ok(())
}

fn judge(pair: &Pair, source: &End, target: &End, cancellation: &Cancellation) -> Option<Result<Verdict>> {
    let is_file = |kind| kind == Kind::File;
    match (&pair.source, &pair.target) {
        (Some(a), Some(b)) if is_file(a.kind) && is_file(b.kind) => {
            if a.size.is_some() && b.size.is_some() && a.size != b.size {
                return Some(Ok(Verdict::Differs));
            }
            Some(same(&source.join(&pair.path), &target.join(&pair.path), cancellation))
        }
        (Some(a), Some(b)) => (is_file(a.kind) || is_file(b.kind)).then_some(Ok(Verdict::Differs)),
        (Some(a), None) => is_file(a.kind).then_some(Ok(Verdict::MissingInTarget)),
        (None, Some(b)) => is_file(b.kind).then_some(Ok(Verdict::MissingInSource)),
        (None, None) => None,
    }
}

fn same(source: &End, target: &End, cancellation: &Cancellation) -> Result<Verdict> {
    Ok(if same_content(source, target, cancellation)? { Verdict::Same } else { Verdict::Differs })
}

const PIECE_BYTES: usize = 256 * 1024;

/// Whether two files have the same bytes; reads no further than the first difference.
pub fn same_content(source: &End, target: &End, cancellation: &Cancellation) -> Result<bool> {
    let (mut a, mut b) = (source.reader(cancellation)?, target.reader(cancellation)?);
    let (mut left, mut right) = (vec![0; PIECE_BYTES], vec![0; PIECE_BYTES]);
    loop {
        if cancellation.is_cancelled() {
            return Err(larder_plugin_api::Error::from(StoreErrorKind::Interrupted).into());
        }
        let from = fill(&mut a, &mut left).map_err(|error| source.io("read", error))?;
        let to = fill(&mut b, &mut right).map_err(|error| target.io("read", error))?;
        if left[..from] != right[..to] {
            return Ok(false);
        }
        if from < PIECE_BYTES {
            a.finish(source)?;
            b.finish(target)?;
            return Ok(true);
        }
    }
}

fn fill(reader: &mut dyn Read, piece: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < piece.len() {
        match reader.read(&mut piece[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
