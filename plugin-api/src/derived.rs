//! The operations that follow from others: the default bodies of the store trait.

use std::sync::Arc;

use glob::{MatchOptions, Pattern};

use crate::entry::{Detail, Entry, EntryItems, Kind};
use crate::error::{Error, ErrorKind, Result};
use crate::limits::check_depth;
use crate::path::StorePath;
use crate::removal::Removal;
use crate::store::{ArtifactStore, is_directory};
use crate::stream::{OpenMode, Opened, Reader, Writer};
use crate::walk::{Visit, WalkOptions};

const PIECE_BYTES: usize = 256 * 1024;

pub(crate) fn exists<S: ArtifactStore + ?Sized>(store: &S, path: StorePath) -> Result<bool> {
    if path.is_root() {
        return Ok(true);
    }
    Ok(stat_if_there(store, path)?.is_some())
}

pub(crate) fn isdir<S: ArtifactStore + ?Sized>(store: &S, path: StorePath) -> Result<bool> {
    if path.is_root() {
        return Ok(true);
    }
    Ok(stat_if_there(store, path)?.is_some_and(|stat| is_directory(&stat)))
}

fn stat_if_there<S: ArtifactStore + ?Sized>(store: &S, path: StorePath) -> Result<Option<crate::Stat>> {
    match store.stat(path) {
        Ok(stat) => Ok(Some(stat)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

pub(crate) fn size<S: ArtifactStore + ?Sized>(store: &S, path: StorePath) -> Result<u64> {
    let stat = store.stat(path)?;
    if is_directory(&stat) {
        return Err(Error::is_a_directory());
    }
    Ok(stat.size)
}

pub(crate) fn makedirs<S: ArtifactStore + ?Sized>(store: &S, path: StorePath) -> Result<()> {
    let mut missing = Vec::new();
    for directory in std::iter::once(path).chain(path.ancestors()) {
        if directory.is_root() {
            break;
        }
        match stat_if_there(store, directory)? {
            Some(stat) if is_directory(&stat) => break,
            Some(_) if directory == path => return Err(Error::already_exists()),
            Some(_) => return Err(Error::not_a_directory().with_path(directory.as_str())),
            None => missing.push(directory),
        }
    }
    for directory in missing.into_iter().rev() {
        match store.mkdir(directory) {
            // Another was faster; the next step finds out whether it made a directory.
            Err(error) if error.kind() == ErrorKind::AlreadyExists && store.isdir(directory)? => {}
            result => result?,
        }
    }
    Ok(())
}

pub(crate) fn copyfile<S: ArtifactStore + ?Sized>(
    store: &S,
    source: StorePath,
    target: StorePath,
    overwrite: bool,
) -> Result<()> {
    let mut reader = open_reader(store, source)?;
    if source == target {
        return if overwrite { Ok(()) } else { Err(Error::already_exists().with_path(target.as_str())) };
    }
    let mode = if overwrite { OpenMode::Write } else { OpenMode::Exclusive };
    let at_target = |error: Error| error.or_context("", target.as_str());
    let mut writer = open_writer(store, target, mode).map_err(at_target)?;
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let count = reader.read(&mut piece)?;
        if count == 0 {
            break;
        }
        writer.write(&piece[..count]).map_err(at_target)?;
    }
    writer.close().map_err(at_target)
}

fn open_reader<S: ArtifactStore + ?Sized>(store: &S, path: StorePath) -> Result<Box<dyn Reader>> {
    match store.open(path, OpenMode::Read)? {
        Opened::Reader(reader) => Ok(reader),
        Opened::Writer(_) => Err(Error::new(ErrorKind::Unexpected, "mode r gave a writer")),
    }
}

fn open_writer<S: ArtifactStore + ?Sized>(
    store: &S,
    path: StorePath,
    mode: OpenMode,
) -> Result<Box<dyn Writer>> {
    match store.open(path, mode)? {
        Opened::Writer(writer) => Ok(writer),
        Opened::Reader(_) => Err(Error::new(ErrorKind::Unexpected, "a mode for writing gave a reader")),
    }
}

pub(crate) fn rename<S: ArtifactStore + ?Sized>(
    store: &S,
    source: StorePath,
    target: StorePath,
    overwrite: bool,
) -> Result<()> {
    source.check_rename_to(target)?;
    let stat = store.stat(source)?;
    if source == target && overwrite {
        return Ok(());
    }
    if !is_directory(&stat) {
        return match store.copyfile(source, target, overwrite) {
            Ok(()) => remove_copied(store, source, &stat),
            // The source is none: a directory at the target is in the way like anything else.
            Err(error) if !overwrite && error.kind() == ErrorKind::IsADirectory => {
                Err(Error::already_exists().with_path(target.as_str()))
            }
            Err(error) => Err(error),
        };
    }
    if stat_if_there(store, target)?.is_some() {
        return Err(Error::already_exists().with_path(target.as_str()));
    }
    let copied = copy_tree(store, source, target)?;
    remove_tree(store, &copied)
}

/// What was copied of a tree.
#[derive(Default)]
struct CopiedTree {
    /// The files, each as it was before it was copied.
    files: Vec<(String, crate::Stat)>,
    /// The directories, each before those in it.
    directories: Vec<String>,
}

fn copy_tree<S: ArtifactStore + ?Sized>(
    store: &S,
    source: StorePath,
    target: StorePath,
) -> Result<CopiedTree> {
    store.makedirs(target)?;
    let mut copied = CopiedTree { directories: vec![source.as_str().to_owned()], ..CopiedTree::default() };
    let mut pending = vec![String::new()];
    while let Some(below) = pending.pop() {
        let from = join(source.as_str(), &below);
        for entry in directory_entries(store, StorePath::trusted(&from), Detail::Kind)? {
            let entry = entry?;
            let below = StorePath::trusted(&below).join(&entry.name);
            let (from, to) = (join(source.as_str(), &below), join(target.as_str(), &below));
            let to = StorePath::trusted(&to);
            if entry.kind == Kind::Directory {
                check_depth(StorePath::trusted(&from)).map_err(|error| error.or_context("rename", &from))?;
                store.makedirs(to)?;
                copied.directories.push(from);
                pending.push(below);
            } else {
                let stat = store.stat(StorePath::trusted(&from))?;
                store.copyfile(StorePath::trusted(&from), to, false)?;
                copied.files.push((from, stat));
            }
        }
    }
    Ok(copied)
}

/// Removes what was copied, and nothing else: what came meanwhile stays.
fn remove_tree<S: ArtifactStore + ?Sized>(store: &S, copied: &CopiedTree) -> Result<()> {
    let mut kept = None;
    for (path, stat) in &copied.files {
        match remove_copied(store, StorePath::trusted(path), stat) {
            Err(error) if error.kind() == ErrorKind::Changed => {
                kept.get_or_insert(error.or_context("rename", path));
            }
            result => result?,
        }
    }
    for path in copied.directories.iter().rev() {
        match store.remove_directory(StorePath::trusted(path)) {
            Err(error) if error.kind() == ErrorKind::NotEmpty => {
                let message = "something was written into it while it was renamed: that is still here";
                kept.get_or_insert(Error::new(ErrorKind::Changed, message).with_path(path));
            }
            // Not every store keeps a directory when its last file goes.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            result => result?,
        }
    }
    kept.map_or(Ok(()), Err)
}

/// Removes a file that was copied, unless it is not what it was before the copy.
fn remove_copied<S: ArtifactStore + ?Sized>(store: &S, path: StorePath, copied: &crate::Stat) -> Result<()> {
    if copied.etag.is_none() {
        let now = store.stat(path)?;
        if (now.kind, now.size, now.modified) != (copied.kind, copied.size, copied.modified) {
            return Err(changed(path));
        }
    }
    let removal = Removal { path, etag: copied.etag.as_deref() };
    match store.remove_many(&[removal])?.into_iter().next() {
        Some(Err(error)) if error.kind() == ErrorKind::NotFound => Ok(()),
        Some(result) => result,
        None => Err(Error::new(ErrorKind::Unexpected, "`remove_many` gave no answer for the file")),
    }
}

/// The default body of `remove_many`: looks, and then removes.
pub(crate) fn remove_many<S: ArtifactStore + ?Sized>(store: &S, files: &[Removal<'_>]) -> Vec<Result<()>> {
    let remove = |file: &Removal<'_>| {
        if let Some(expected) = file.etag
            && store.stat(file.path)?.etag.as_deref() != Some(expected)
        {
            return Err(changed(file.path));
        }
        store.remove(file.path)
    };
    files
        .iter()
        .map(|file| remove(file).map_err(|error| error.or_context("remove_many", file.path.as_str())))
        .collect()
}

fn changed(path: StorePath) -> Error {
    Error::new(ErrorKind::Changed, "it is not what was read before, and stays").with_path(path.as_str())
}

fn join(directory: &str, below: &str) -> String {
    if below.is_empty() { directory.to_owned() } else { StorePath::trusted(directory).join(below) }
}

fn directory_entries<S: ArtifactStore + ?Sized>(
    store: &S,
    path: StorePath,
    detail: Detail,
) -> Result<EntryItems> {
    let entries = store
        .listdir(path, detail)
        .and_then(crate::Entries::into_items)
        .map_err(|error| error.or_context("listdir", path.as_str()))?;
    Ok(entries)
}

/// A walk by `listdir`, one directory at a time; it holds the entries of the directories above the current one.
pub(crate) struct ListingWalk {
    store: Arc<dyn ArtifactStore>,
    options: WalkOptions,
    pending: Vec<Step>,
}

enum Step {
    Enter(String),
    Leave(Visit),
    Fail(Error),
}

impl ListingWalk {
    pub(crate) fn new(store: Arc<dyn ArtifactStore>, top: String, options: WalkOptions) -> Self {
        Self { store, options, pending: vec![Step::Enter(top)] }
    }

    /// Lists a directory, puts what follows on the pile, and gives the visit when it is due now.
    fn enter(&mut self, directory: String) -> Result<Option<Visit>> {
        let path = StorePath::trusted(&directory);
        check_depth(path).map_err(|error| error.or_context("walk", &directory))?;
        let items = directory_entries(&*self.store, path, self.options.detail)?;
        let mut visit = Visit::default();
        let mut failed = Vec::new();
        for item in items {
            match item {
                Ok(entry) if entry.kind == Kind::Directory => visit.directories.push(entry),
                Ok(entry) => visit.files.push(entry),
                Err(error) => failed.push(Step::Fail(error.or_context("listdir", &directory))),
            }
        }
        let below: Vec<_> =
            visit.directories.iter().rev().map(|entry| Step::Enter(path.join(&entry.name))).collect();
        visit.directory = directory;
        if self.options.topdown {
            self.pending.extend(below);
            self.pending.extend(failed);
            return Ok(Some(visit));
        }
        self.pending.push(Step::Leave(visit));
        self.pending.extend(below);
        self.pending.extend(failed);
        Ok(None)
    }
}

impl Iterator for ListingWalk {
    type Item = Result<Visit>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.pending.pop()? {
                Step::Leave(visit) => return Some(Ok(visit)),
                Step::Fail(error) => return Some(Err(error)),
                Step::Enter(directory) => {
                    if let Some(visit) = self.enter(directory).transpose() {
                        return Some(visit);
                    }
                }
            }
        }
    }
}

/// A pattern, taken apart: where its literal beginning ends, and what each component must match.
pub struct GlobPattern {
    whole: Pattern,
    literal: String,
    components: Vec<Pattern>,
    /// Components before the first `**`, each of which has a fixed depth.
    fixed: usize,
}

const MATCH: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

impl GlobPattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    ///
    /// *Invalid argument* for a malformed one.
    pub fn new(pattern: &str) -> Result<Self> {
        let compile = |text: &str| {
            Pattern::new(text).map_err(|error| {
                Error::new(ErrorKind::InvalidArgument, format!("`{pattern}` is no pattern: {}", error.msg))
                    .with_operation("glob")
                    .with_path(pattern)
            })
        };
        let texts: Vec<&str> = StorePath::new(pattern)?.components().collect();
        let literals = texts.iter().take_while(|text| !has_wildcard(text)).count();
        Ok(Self {
            whole: compile(pattern)?,
            literal: texts[..literals].join("/"),
            components: texts.iter().map(|text| compile(text)).collect::<Result<_>>()?,
            fixed: texts.iter().position(|text| *text == "**").unwrap_or(texts.len()),
        })
    }

    /// The directory that everything matching is in or below: the components before the first wildcard.
    pub fn literal_prefix(&self) -> &str {
        &self.literal
    }

    /// Whether the pattern has no wildcard at all.
    pub fn is_literal(&self) -> bool {
        self.literal.len() == self.whole.as_str().len()
    }

    /// Whether a path matches.
    pub fn matches(&self, path: &str) -> bool {
        self.whole.matches_with(path, MATCH)
    }

    /// Whether something below this directory can match.
    pub fn can_match_below(&self, directory: &str) -> bool {
        let mut depth = 0;
        for (component, pattern) in StorePath::trusted(directory).components().zip(&self.components) {
            if depth == self.fixed {
                return true;
            }
            if !pattern.matches_with(component, MATCH) {
                return false;
            }
            depth += 1;
        }
        depth < self.components.len()
    }
}

fn has_wildcard(component: &str) -> bool {
    component.contains(['*', '?', '['])
}

/// The matches of a pattern, found by `listdir` of the directories that can hold some.
pub(crate) struct Glob {
    store: Arc<dyn ArtifactStore>,
    pattern: GlobPattern,
    /// The listings under way, the deepest last, each with its directory.
    open: Vec<(String, EntryItems)>,
    /// What comes before anything else of the listings.
    next: Option<Result<Entry>>,
}

impl Glob {
    pub(crate) fn new(store: Arc<dyn ArtifactStore>, pattern: &str) -> Result<Self> {
        let pattern = GlobPattern::new(pattern)?;
        let mut glob = Self { store, pattern, open: Vec::new(), next: None };
        let literal = glob.pattern.literal.clone();
        if glob.pattern.is_literal() {
            let stat = stat_if_there(&*glob.store, StorePath::trusted(&literal))?;
            glob.next = stat.map(|stat| {
                Ok(Entry {
                    size: (stat.kind == Kind::File).then_some(stat.size),
                    modified: stat.modified,
                    ..Entry::new(literal, stat.kind)
                })
            });
        } else {
            match glob.enter(literal) {
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
                result => result?,
            }
        }
        Ok(glob)
    }

    fn enter(&mut self, directory: String) -> Result<()> {
        check_depth(StorePath::trusted(&directory)).map_err(|error| error.or_context("glob", &directory))?;
        let items = directory_entries(&*self.store, StorePath::trusted(&directory), Detail::Full)?;
        self.open.push((directory, items));
        Ok(())
    }

    /// Looks at one entry: goes into it when something below can match, gives it when it matches itself.
    fn look_at(&mut self, entry: Entry) -> Option<Result<Entry>> {
        if entry.kind == Kind::Directory && self.pattern.can_match_below(&entry.name) {
            match self.enter(entry.name.clone()) {
                // It has gone since it was listed, or is a file now: then it has no matches below it.
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
                result => self.next = result.err().map(Err),
            }
        }
        if self.pattern.matches(&entry.name) { Some(Ok(entry)) } else { self.next.take() }
    }
}

impl Iterator for Glob {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(next) = self.next.take() {
            return Some(next);
        }
        loop {
            let (directory, items) = self.open.last_mut()?;
            let found = match items.next() {
                None => {
                    self.open.pop();
                    continue;
                }
                Some(Err(error)) => Some(Err(error.or_context("listdir", directory))),
                Some(Ok(mut entry)) => {
                    entry.name = StorePath::trusted(directory).join(&entry.name);
                    self.look_at(entry)
                }
            };
            if found.is_some() {
                return found;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_only_where_something_can_match() {
        let pattern = GlobPattern::new("runs/*/out/**/*.bin").expect("the pattern is well-formed");
        assert_eq!(pattern.literal_prefix(), "runs");
        for (directory, can) in [
            ("runs", true),
            ("runs/7", true),
            ("runs/7/out", true),
            ("runs/7/out/deep/er", true),
            ("runs/7/log", false),
            ("other", false),
        ] {
            assert_eq!(pattern.can_match_below(directory), can, "{directory}");
        }
    }

    #[test]
    fn a_double_star_crosses_any_depth_and_none() {
        let pattern = GlobPattern::new("a/**/b").expect("the pattern is well-formed");
        for path in ["a/b", "a/x/b", "a/x/y/b"] {
            assert!(pattern.matches(path), "{path}");
        }
        assert!(!pattern.matches("a/xb"));
    }

    #[test]
    fn a_star_stays_within_a_component() {
        let pattern = GlobPattern::new("a/*.md").expect("the pattern is well-formed");
        assert!(pattern.matches("a/.hidden.md"));
        assert!(!pattern.matches("a/b/c.md"));
    }

    #[test]
    fn names_a_malformed_pattern() {
        for text in ["a**", "[", "a/***"] {
            let error = GlobPattern::new(text).err().expect(text);
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        }
    }
}
