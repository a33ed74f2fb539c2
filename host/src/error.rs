//! The error of the host: a kind to act on, a message, a hint that names an action, and the chain of sources.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use crate::library::find::FindError;
use crate::library::inspect::InspectError;
use crate::library::life::LifeError;

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Box<dyn StdError + Send + Sync>;

/// What went wrong, as an embedder can act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request makes no sense as it was put: a name that is not allowed, arguments that exclude each other.
    Usage,
    /// No flavor, store, stack, label or key has this name.
    NotFound,
    /// The name is taken.
    AlreadyExists,
    /// Something else still uses it.
    InUse,
    /// A config key, a config value or a root path is wrong.
    InvalidConfig,
    /// The registry file cannot be read or written, or an item in it is broken.
    Registry,
    /// A library was not found, is no library, is not trusted, or could not be loaded.
    Library,
    /// A store answered an operation with this kind; [`Error::store_error`] has all that it said.
    Store(larder_plugin_api::ErrorKind),
    /// The operating system refused something outside every store.
    Io,
}

/// Why something failed.
///
/// The message says what was tried, on what, what was found and what was expected; it is lower case, has no final period
/// and does not repeat its [source](StdError::source). Printing message, causes and hint on lines of their own is the
/// caller's matter.
///
/// ```
/// use larder::{Error, ErrorKind};
///
/// let error = Error::unknown("artifact store", "mien", ["mine", "other"]);
/// assert_eq!(error.kind(), ErrorKind::NotFound);
/// assert_eq!(error.to_string(), "no artifact store is named `mien`");
/// assert_eq!(error.hint(), Some("did you mean `mine`?"));
/// ```
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Inner>);

#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Inner {
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
    source: Option<Source>,
    store_error: Option<larder_plugin_api::Error>,
}

impl Error {
    /// An error of this kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), hint: None, source: None, store_error: None }))
    }

    /// The request makes no sense as it was put.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// Something that was named is not there. For a name out of a list, see [`unknown`](Self::unknown).
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, message)
    }

    /// The name is taken.
    pub fn already_exists(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::AlreadyExists, message)
    }

    /// Something else still uses it.
    pub fn in_use(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InUse, message)
    }

    /// A config key, a config value or a root path is wrong.
    pub fn invalid_config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidConfig, message)
    }

    /// The registry cannot be used as it is.
    pub fn registry(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Registry, message)
    }

    /// A library cannot be used as it is.
    pub fn library(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Library, message)
    }

    /// The operating system refused what the message says was tried, or the caller cancelled it.
    pub fn io(message: impl Into<String>, source: io::Error) -> Self {
        let inner = source.get_ref().and_then(|inner| inner.downcast_ref::<larder_plugin_api::Error>());
        let cancelled = inner
            .map(larder_plugin_api::Error::kind)
            .filter(|kind| *kind == larder_plugin_api::ErrorKind::Interrupted);
        Self::new(cancelled.map_or(ErrorKind::Io, ErrorKind::Store), message).with_source(source)
    }

    /// Nothing has this name; the hint gives the closest known one, or all when they are few.
    pub fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        let error = Self::not_found(format!("no {what} is named `{name}`"));
        match suggestion(name, &known) {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }

    /// Adds what the caller can do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    fn with_optional_hint(self, hint: Option<String>) -> Self {
        match hint {
            Some(hint) => self.with_hint(hint),
            None => self,
        }
    }

    /// Adds what led to it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Source>) -> Self {
        let source = source.into();
        self.0.source = Some(match source.downcast::<larder_plugin_api::Error>() {
            Ok(store_error) => Box::new(Self::from(*store_error)),
            Err(other) => other,
        });
        self
    }

    /// Puts a wider message in front: this error becomes the source of one of the same kind and with the same hint.
    #[must_use]
    pub fn context(mut self, message: impl Into<String>) -> Self {
        let outer = Self(Box::new(Inner {
            kind: self.0.kind,
            message: message.into(),
            hint: self.0.hint.take(),
            source: None,
            store_error: self.0.store_error.clone(),
        }));
        outer.with_source(self)
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What the caller can do about it.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// What the store said, when the kind is [`ErrorKind::Store`].
    pub fn store_error(&self) -> Option<&larder_plugin_api::Error> {
        self.0.store_error.as_ref()
    }

    /// The messages of the sources, nearest first.
    pub fn causes(&self) -> impl Iterator<Item = String> {
        std::iter::successors(self.source(), |error| (*error).source()).map(ToString::to_string)
    }
}

/// Keeps what the store said; its causes, which crossed the ABI as text, become the sources.
impl From<larder_plugin_api::Error> for Error {
    fn from(error: larder_plugin_api::Error) -> Self {
        let mut outer = Self::new(ErrorKind::Store(error.kind()), error.to_string());
        outer.0.source = Cause::chain(error.causes());
        outer.0.store_error = Some(error);
        outer
    }
}

impl From<FindError> for Error {
    fn from(error: FindError) -> Self {
        let hint = error.hint();
        let message = error.to_string();
        let converted = match error {
            FindError::Io { source, .. } => Self::library(message).with_source(source),
            _ => Self::library(message),
        };
        converted.with_optional_hint(hint)
    }
}

impl From<InspectError> for Error {
    fn from(error: InspectError) -> Self {
        let hint = error.hint();
        let converted = Self::library(error.to_string());
        let converted = match StdError::source(&error) {
            Some(source) => converted.with_source(source.to_string()),
            None => converted,
        };
        converted.with_optional_hint(hint)
    }
}

impl From<LifeError> for Error {
    fn from(error: LifeError) -> Self {
        let message = error.to_string();
        match error {
            LifeError::Find(error) => error.into(),
            LifeError::Inspect(error) => error.into(),
            LifeError::Stage { source, .. } => Self::library(message).with_source(source),
            LifeError::Load { source, .. } => {
                let hint = source.hint();
                Self::library(message).with_source(source).with_optional_hint(hint)
            }
            LifeError::Probe { source, .. } => {
                let hint = source.hint();
                Self::library(message).with_source(source).with_optional_hint(hint)
            }
            LifeError::Changed { .. } => Self::library(message),
        }
    }
}

/// A source that is known as text only.
#[derive(Debug)]
struct Cause {
    text: String,
    next: Option<Box<Self>>,
}

impl Cause {
    fn chain(texts: &[String]) -> Option<Source> {
        let link = |next, text: &String| Some(Box::new(Self { text: text.clone(), next }));
        texts.iter().rev().fold(None, link).map(|first| first as Source)
    }
}

/// One after another: a library may give any number of causes, and dropping one within the other has an end.
impl Drop for Cause {
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(mut cause) = next {
            next = cause.next.take();
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for Cause {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.next.as_deref().map(|next| next as _)
    }
}

/// A hint for a name that is not among the known ones; none when nothing is known.
pub(crate) fn suggestion(name: &str, known: &[&str]) -> Option<String> {
    const FEW: usize = 8;
    if let Some(closest) = closest(name, known) {
        return Some(format!("did you mean `{closest}`?"));
    }
    let quoted: Vec<String> = known.iter().take(FEW).map(|known| format!("`{known}`")).collect();
    let more = if known.len() > FEW { ", ..." } else { "" };
    (!quoted.is_empty()).then(|| format!("known: {}{more}", quoted.join(", ")))
}

fn closest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    const SIMILAR: f64 = 0.8;
    let name = name.to_lowercase();
    known
        .iter()
        .map(|known| (strsim::jaro_winkler(&name, &known.to_lowercase()), *known))
        .filter(|(similarity, _)| *similarity >= SIMILAR)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_store_said_is_kept_with_its_causes() {
        let said = larder_plugin_api::Error::not_found().with_path("a").with_cause("one").with_cause("two");
        let error = Error::from(said.clone());
        assert_eq!(error.kind(), ErrorKind::Store(larder_plugin_api::ErrorKind::NotFound));
        assert_eq!(error.causes().collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!(error.store_error(), Some(&said));
    }

    #[test]
    fn any_number_of_causes_is_kept_and_dropped() {
        const COUNT: usize = 200_000;
        let said = larder_plugin_api::Error::not_found();
        let error = Error::from((0..COUNT).fold(said, |said, _| said.with_cause("again")));
        assert_eq!(error.causes().count(), COUNT);
        drop(error);
    }

    #[test]
    fn a_store_error_as_source_shows_its_causes_too() {
        let said = larder_plugin_api::Error::not_found().with_cause("one");
        let error = Error::library("the flavor cannot be used").with_source(said);
        assert_eq!(error.causes().collect::<Vec<_>>(), ["not found", "one"]);
    }

    #[test]
    fn context_keeps_kind_and_hint_and_says_each_thing_once() {
        let error = Error::in_use("inner").with_hint("do this").context("outer");
        assert_eq!((error.kind(), error.hint()), (ErrorKind::InUse, Some("do this")));
        assert_eq!(error.to_string(), "outer");
        assert_eq!(error.causes().collect::<Vec<_>>(), ["inner"]);
    }

    #[test]
    fn suggests_the_closest_name_or_lists_the_few() {
        assert_eq!(suggestion("lcoal", &["local", "memory"]).as_deref(), Some("did you mean `local`?"));
        assert_eq!(suggestion("zzz", &["local", "memory"]).as_deref(), Some("known: `local`, `memory`"));
        assert_eq!(suggestion("zzz", &[]), None);
    }
}
