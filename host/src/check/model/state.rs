//! The model: files and directories in memory, and what the contract says of each operation on them.

use std::collections::{BTreeMap, BTreeSet};

use larder_plugin_api::ErrorKind::{
    AlreadyExists, InvalidArgument, IsADirectory, NotADirectory, NotEmpty, NotFound,
};
use larder_plugin_api::{ErrorKind, Kind, OpenMode};

use super::answer::{Expected, Said, answer, checked};
use super::pattern::matches_components;
use super::step::Step;
use crate::check::place::{Node, Tree};

/// Files and directories.
pub struct Model {
    files: BTreeMap<String, Vec<u8>>,
    /// Those that stay while nothing is in them.
    made: BTreeSet<String>,
    /// Those that may or may not have gone with what was in them.
    unsettled: Vec<String>,
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(parent(path)), |path| Some(parent(path))).take_while(|path| !path.is_empty())
}

fn is_below(path: &str, directory: &str) -> bool {
    directory.is_empty() || path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
}

impl Model {
    pub fn new() -> Self {
        let files = BTreeMap::from([("keep".to_owned(), Vec::new())]);
        Self { files, made: BTreeSet::new(), unsettled: Vec::new() }
    }

    fn paths(&self) -> impl Iterator<Item = &String> {
        self.files.keys().chain(&self.made)
    }

    fn isdir(&self, path: &str) -> bool {
        path.is_empty() || self.made.contains(path) || self.paths().any(|other| is_below(other, path))
    }

    fn isfile(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    fn exists(&self, path: &str) -> bool {
        self.isfile(path) || self.isdir(path)
    }

    fn below_a_file(&self, path: &str) -> bool {
        ancestors(path).any(|ancestor| self.isfile(ancestor))
    }

    /// All directories and files, each by its path.
    pub fn tree(&self) -> Tree {
        let mut tree = Tree::new();
        for path in self.paths() {
            tree.extend(ancestors(path).map(|ancestor| (ancestor.to_owned(), Node::Directory)));
        }
        tree.extend(self.made.iter().map(|path| (path.clone(), Node::Directory)));
        tree.extend(self.files.iter().map(|(path, content)| (path.clone(), Node::File(content.clone()))));
        tree
    }

    /// Errors of reading what must be a file.
    fn wrong_file(&self, path: &str) -> Vec<ErrorKind> {
        match () {
            () if self.isfile(path) => vec![],
            () if self.isdir(path) => vec![IsADirectory],
            () => self.missing(path),
        }
    }

    fn missing(&self, path: &str) -> Vec<ErrorKind> {
        if self.below_a_file(path) { vec![NotFound, NotADirectory] } else { vec![NotFound] }
    }

    /// Errors of writing a file.
    fn wrong_target(&self, path: &str, may_overwrite: bool) -> Vec<ErrorKind> {
        let mut errors = Vec::new();
        if self.isdir(path) {
            errors.push(IsADirectory);
        }
        if self.isfile(path) && !may_overwrite {
            errors.push(AlreadyExists);
        }
        if self.below_a_file(path) {
            errors.push(NotADirectory);
        }
        errors
    }

    /// Does what a step does, and says what it answers.
    pub fn run(&mut self, step: &Step) -> Expected {
        match step {
            Step::Put { path, mode, text } => self.put(path, *mode, text),
            Step::Copyfile { source, target, overwrite } => self.copyfile(source, target, *overwrite),
            Step::Rename { source, target, overwrite } => self.rename(source, target, *overwrite),
            Step::Remove(path) => self.remove(path),
            Step::RemoveDirectory(path) => self.remove_directory(path),
            Step::Rmtree(path) => self.rmtree(path),
            Step::Mkdir(path) => self.mkdir(path),
            Step::Makedirs(path) => self.makedirs(path),
            step => self.look(step),
        }
    }

    fn put(&mut self, path: &str, mode: OpenMode, text: &str) -> Expected {
        let errors = self.wrong_target(path, mode != OpenMode::Exclusive);
        checked(errors, || {
            let content = self.files.entry(path.to_owned()).or_default();
            if mode != OpenMode::Append {
                content.clear();
            }
            content.extend_from_slice(text.as_bytes());
        })
    }

    fn copyfile(&mut self, source: &str, target: &str, overwrite: bool) -> Expected {
        let mut errors = self.wrong_file(source);
        errors.extend(self.wrong_target(target, overwrite));
        checked(errors, || {
            let content = self.files[source].clone();
            self.files.insert(target.to_owned(), content);
        })
    }

    fn rename(&mut self, source: &str, target: &str, overwrite: bool) -> Expected {
        if source == target && self.exists(source) {
            return match (overwrite, self.isdir(source)) {
                (true, true) => Expected::Either(AlreadyExists),
                (true, false) => Expected::Success(Said::Nothing),
                (false, _) => Expected::Error(vec![AlreadyExists]),
            };
        }
        let errors = self.wrong_rename(source, target, overwrite);
        checked(errors, || self.move_all(source, target))
    }

    fn wrong_rename(&self, source: &str, target: &str, overwrite: bool) -> Vec<ErrorKind> {
        let mut errors = Vec::new();
        if !self.exists(source) {
            errors.extend(self.missing(source));
        }
        if is_below(target, source) {
            errors.push(InvalidArgument);
        }
        if self.below_a_file(target) {
            errors.push(NotADirectory);
        }
        if self.exists(target) {
            let replaces = overwrite && self.isfile(source);
            if !replaces || self.isdir(target) {
                errors.push(if replaces { IsADirectory } else { AlreadyExists });
            }
            // With a source that is missing, too, any of them is right.
            if !errors.is_empty() && !self.exists(source) {
                errors.extend([AlreadyExists, IsADirectory]);
            }
        }
        errors
    }

    fn move_all(&mut self, source: &str, target: &str) {
        let moved = |path: &str| format!("{target}{}", &path[source.len()..]);
        let is_part = |path: &str| path == source || is_below(path, source);
        // What is replaced must not come after what replaces it.
        self.files.remove(target);
        let files = std::mem::take(&mut self.files);
        for (path, content) in files {
            self.files.insert(if is_part(&path) { moved(&path) } else { path }, content);
        }
        let made = std::mem::take(&mut self.made);
        self.made = made.into_iter().map(|path| if is_part(&path) { moved(&path) } else { path }).collect();
        self.unsettle(source);
    }

    fn remove(&mut self, path: &str) -> Expected {
        let errors = self.wrong_file(path);
        checked(errors, || {
            self.files.remove(path);
            self.unsettle(path);
        })
    }

    fn remove_directory(&mut self, path: &str) -> Expected {
        let errors = match () {
            () if self.isfile(path) => vec![NotADirectory],
            () if !self.isdir(path) => self.missing(path),
            () if self.paths().any(|other| is_below(other, path)) => vec![NotEmpty],
            () => vec![],
        };
        checked(errors, || {
            self.made.remove(path);
            self.unsettle(path);
        })
    }

    fn rmtree(&mut self, path: &str) -> Expected {
        let errors = match () {
            () if self.isfile(path) => vec![NotADirectory],
            () if self.isdir(path) => vec![],
            () => self.missing(path),
        };
        checked(errors, || {
            self.files.retain(|other, _| !is_below(other, path));
            self.made.retain(|other| other != path && !is_below(other, path));
            self.unsettle(path);
        })
    }

    fn mkdir(&mut self, path: &str) -> Expected {
        let errors = match () {
            () if self.exists(path) => vec![AlreadyExists],
            () if self.isfile(parent(path)) => vec![NotADirectory],
            () if self.isdir(parent(path)) => vec![],
            () => self.missing(path),
        };
        checked(errors, || {
            self.made.insert(path.to_owned());
        })
    }

    fn makedirs(&mut self, path: &str) -> Expected {
        let errors = match () {
            () if self.isfile(path) => vec![AlreadyExists],
            () if self.below_a_file(path) => vec![NotADirectory],
            () => vec![],
        };
        let missing: Vec<String> = std::iter::once(path)
            .chain(ancestors(path))
            .filter(|directory| !self.exists(directory))
            .map(str::to_owned)
            .collect();
        checked(errors, || self.made.extend(missing))
    }

    /// What changes nothing.
    fn look(&self, step: &Step) -> Expected {
        match step {
            Step::Read(path) => answer(self.wrong_file(path), || Said::Content(self.files[path].clone())),
            Step::Size(path) => answer(self.wrong_file(path), || Said::Size(self.files[path].len() as u64)),
            Step::Exists(path) => Expected::Success(Said::Flag(self.exists(path))),
            Step::Isdir(path) => Expected::Success(Said::Flag(self.isdir(path))),
            Step::Stat(path) => match self.files.get(path) {
                Some(content) => Expected::Success(Said::Stat(Kind::File, content.len() as u64)),
                None if self.isdir(path) => Expected::Success(Said::Stat(Kind::Directory, 0)),
                None => Expected::Error(self.missing(path)),
            },
            Step::Listdir(path) => answer(self.wrong_directory(path), || Said::Names(self.names(path))),
            Step::Glob(pattern) => Expected::Success(Said::Names(self.matches(pattern))),
            Step::Walk { top, topdown } => {
                answer(self.wrong_directory(top), || Said::Names(self.visits(top, *topdown)))
            }
            _ => Expected::Success(Said::Nothing),
        }
    }

    fn wrong_directory(&self, path: &str) -> Vec<ErrorKind> {
        match () {
            () if self.isdir(path) => vec![],
            () if self.isfile(path) => vec![NotADirectory],
            () => self.missing(path),
        }
    }

    /// All paths in listing order: a directory counts as its path with a slash.
    fn in_order(&self) -> Vec<(String, bool)> {
        let is_directory = |node: &Node| *node == Node::Directory;
        let mut paths: Vec<_> =
            self.tree().into_iter().map(|(path, node)| (path, is_directory(&node))).collect();
        paths.sort_by_key(|(path, directory)| if *directory { format!("{path}/") } else { path.clone() });
        paths
    }

    fn names(&self, directory: &str) -> Vec<String> {
        let inside = self.in_order().into_iter().filter(|(path, _)| parent(path) == directory);
        inside.map(|(path, _)| path.rsplit('/').next().unwrap_or_default().to_owned()).collect()
    }

    fn matches(&self, pattern: &str) -> Vec<String> {
        let components: Vec<&str> = pattern.split('/').collect();
        let matching = |path: &str| matches_components(&components, &path.split('/').collect::<Vec<_>>());
        self.in_order().into_iter().map(|(path, _)| path).filter(|path| matching(path)).collect()
    }

    fn visits(&self, top: &str, topdown: bool) -> Vec<String> {
        let below = self.in_order().into_iter().filter(|(path, directory)| *directory && is_below(path, top));
        let mut visits: Vec<String> =
            std::iter::once(top.to_owned()).chain(below.map(|(path, _)| path)).collect();
        if !topdown {
            // After all that is below: `\u{10ffff}` follows every other character.
            visits.sort_by_key(|path| {
                if path.is_empty() { "\u{10ffff}".to_owned() } else { format!("{path}/\u{10ffff}") }
            });
        }
        visits
    }

    /// What held this path may have gone with it, unless it was made.
    fn unsettle(&mut self, path: &str) {
        let gone: Vec<String> =
            ancestors(path).take_while(|ancestor| !self.isdir(ancestor)).map(str::to_owned).collect();
        self.unsettled.extend(gone);
    }

    /// Takes over what the store decided about directories that the contract leaves to it.
    pub fn settle(&mut self, is_there: impl Fn(&str) -> bool) {
        for directory in std::mem::take(&mut self.unsettled) {
            if !self.isdir(&directory) && is_there(&directory) {
                self.made.insert(directory);
            }
        }
    }
}
