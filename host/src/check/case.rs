//! A case: one sentence of the contract, what it needs, and how it ended.

use larder_plugin_api::{Capability, Error};
use serde::{Deserialize, Serialize};

use super::{Context, LibrarySubject};

/// One sentence of the contract, and the code that finds out whether a flavor keeps it.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// What it is about: an operation of the contract, or a matter that concerns several.
    pub operation: &'static str,
    /// What is claimed, as a statement: `replaces_an_existing_target`.
    pub name: &'static str,
    /// What is claimed, as a sentence.
    pub description: &'static str,
    /// Without one of these the case is skipped.
    pub needs: &'static [Capability],
    /// With this the case is skipped: it looks at what happens without it.
    pub(super) lacks: Option<Capability>,
    /// When it is run.
    pub level: Level,
    /// How it is run.
    pub(super) run: Run,
}

/// How much is run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// What takes seconds.
    #[default]
    Default,
    /// Also what takes minutes or gigabytes.
    Full,
}

/// The code of a case.
#[derive(Clone, Copy, Debug)]
pub enum Run {
    /// On a store.
    Store(fn(&Context) -> Checked),
    /// On a store, with a second process that is killed. `child` runs there and calls what it is given when it is
    /// ready to be killed; that call does not return.
    Process {
        /// What runs in the process of the check.
        run: fn(&Context) -> Checked,
        /// What runs in the process that is killed.
        child: fn(&Context, &dyn Fn()) -> Checked,
    },
    /// On the library, without a store.
    Library(fn(&LibrarySubject) -> Checked),
}

/// What the code of a case answers.
pub type Checked<T = ()> = Result<T, Stop>;

/// Why a case ended before its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The flavor did not do what the contract says.
    Failed(Failure),
    /// The case cannot be run here, for this reason.
    Skipped(String),
}

/// What the contract expects, and what was there instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What the contract says.
    pub expected: String,
    /// What the flavor did.
    pub got: String,
}

impl Stop {
    /// The flavor did something else than was expected.
    pub fn failed(expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self::Failed(Failure { expected: expected.into(), got: got.into() })
    }
}

/// For calls that must succeed.
impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        let call = match error.operation() {
            "" => "the call".to_owned(),
            operation => format!("{operation} `{}`", error.path()),
        };
        Self::failed(format!("{call} succeeds"), error_text(&error))
    }
}

/// An error with its causes, in a line.
pub(super) fn error_text(error: &Error) -> String {
    std::iter::once(error.to_string()).chain(error.causes().iter().cloned()).collect::<Vec<_>>().join(": ")
}

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// The contract is kept.
    Ok,
    /// It is not.
    Failed {
        /// What the contract says.
        expected: String,
        /// What the flavor did.
        got: String,
    },
    /// The case was not run.
    Skipped {
        /// Why, such as the capability that is missing.
        reason: String,
    },
}

impl From<Checked> for Outcome {
    fn from(checked: Checked) -> Self {
        match checked {
            Ok(()) => Self::Ok,
            Err(Stop::Failed(Failure { expected, got })) => Self::Failed { expected, got },
            Err(Stop::Skipped(reason)) => Self::Skipped { reason },
        }
    }
}

impl Case {
    pub(super) const fn store(
        operation: &'static str,
        name: &'static str,
        description: &'static str,
        needs: &'static [Capability],
        run: fn(&Context) -> Checked,
    ) -> Self {
        let level = Level::Default;
        Self { operation, name, description, needs, lacks: None, level, run: Run::Store(run) }
    }

    pub(super) const fn process(
        operation: &'static str,
        name: &'static str,
        description: &'static str,
        needs: &'static [Capability],
        run: fn(&Context) -> Checked,
        child: fn(&Context, &dyn Fn()) -> Checked,
    ) -> Self {
        let level = Level::Default;
        Self { operation, name, description, needs, lacks: None, level, run: Run::Process { run, child } }
    }

    pub(super) const fn library(
        operation: &'static str,
        name: &'static str,
        description: &'static str,
        run: fn(&LibrarySubject) -> Checked,
    ) -> Self {
        let level = Level::Default;
        Self { operation, name, description, needs: &[], lacks: None, level, run: Run::Library(run) }
    }

    /// Only at level full.
    pub(super) const fn full(mut self) -> Self {
        self.level = Level::Full;
        self
    }

    /// Only when the store does not claim this.
    pub(super) const fn lacking(mut self, capability: Capability) -> Self {
        self.lacks = Some(capability);
        self
    }

    /// What selects this case and no other: `rename::replaces_an_existing_target`.
    pub fn id(&self) -> String {
        format!("{}::{}", self.operation, self.name)
    }

    /// Why it does not apply to a store that claims these capabilities, if it does not.
    pub(super) fn does_not_apply(&self, claimed: &[String]) -> Option<String> {
        let claims = |capability: &Capability| claimed.iter().any(|name| name == capability.as_str());
        if let Some(missing) = self.needs.iter().find(|capability| !claims(capability)) {
            return Some(format!("`{}` is not claimed", missing.as_str()));
        }
        self.lacks.filter(claims).map(|_| "the capability is claimed".to_owned())
    }
}
