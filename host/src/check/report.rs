//! How the cases of a check ended, and how many in which way.

use serde::{Deserialize, Serialize};

use super::Outcome;

/// How one case ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseResult {
    /// The id of the case.
    pub case: String,
    /// How it ended.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// How long it took.
    pub seconds: f64,
}

/// How many cases ended in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Kept the contract.
    pub ok: usize,
    /// Did not.
    pub failed: usize,
    /// Were not run.
    pub skipped: usize,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// How each case ended, in the order of the suite.
    pub results: Vec<CaseResult>,
    /// How many in which way.
    pub counts: Counts,
    /// What reproduces the random parts.
    pub seed: u64,
    /// How long all of it took.
    pub seconds: f64,
    /// Whether it was cancelled before all cases were run.
    pub cancelled: bool,
    /// What could not be removed from the store, and why.
    pub left_behind: Option<String>,
}

impl Report {
    /// Whether cases were run, and all of them kept the contract.
    pub fn passed(&self) -> bool {
        self.counts.failed == 0 && self.counts.ok > 0 && !self.cancelled
    }

    /// The cases that failed.
    pub fn failed(&self) -> impl Iterator<Item = &CaseResult> {
        self.results.iter().filter(|result| matches!(result.outcome, Outcome::Failed { .. }))
    }
}

impl Counts {
    pub(super) fn of(results: &[CaseResult]) -> Self {
        let mut counts = Self::default();
        for result in results {
            match result.outcome {
                Outcome::Ok => counts.ok += 1,
                Outcome::Failed { .. } => counts.failed += 1,
                Outcome::Skipped { .. } => counts.skipped += 1,
            }
        }
        counts
    }
}
