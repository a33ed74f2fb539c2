//! The steps of a random sequence: how they are chosen, written and run on a store.

use std::fmt;

use larder_plugin_api::{Capability, OpenMode, Result, WalkOptions};

use super::answer::Said;
use crate::check::Context;
use crate::check::data::{Random, hash};
use crate::check::place::Place;

/// One operation.
#[derive(Clone, Debug)]
pub enum Step {
    Put { path: String, mode: OpenMode, text: String },
    Read(String),
    Copyfile { source: String, target: String, overwrite: bool },
    Rename { source: String, target: String, overwrite: bool },
    Remove(String),
    RemoveDirectory(String),
    Rmtree(String),
    Mkdir(String),
    Makedirs(String),
    Exists(String),
    Isdir(String),
    Listdir(String),
    Size(String),
    Stat(String),
    Glob(String),
    Walk { top: String, topdown: bool },
}

impl Step {
    /// What the store answers.
    pub fn run(&self, at: &Place) -> Result<Said> {
        let nothing = |()| Said::Nothing;
        match self {
            Self::Put { path, mode, text } => at.put(path, *mode, text.as_bytes()).map(nothing),
            Self::Read(path) => at.read(path).map(Said::Content),
            Self::Copyfile { source, target, overwrite } => {
                at.copyfile(source, target, *overwrite).map(nothing)
            }
            Self::Rename { source, target, overwrite } => at.rename(source, target, *overwrite).map(nothing),
            Self::Remove(path) => at.remove(path).map(nothing),
            Self::RemoveDirectory(path) => at.remove_directory(path).map(nothing),
            Self::Rmtree(path) => at.rmtree(path).map(nothing),
            Self::Mkdir(path) => at.mkdir(path).map(nothing),
            Self::Makedirs(path) => at.makedirs(path).map(nothing),
            Self::Exists(path) => at.exists(path).map(Said::Flag),
            Self::Isdir(path) => at.isdir(path).map(Said::Flag),
            Self::Listdir(path) => at.listdir(path).map(Said::Names),
            Self::Size(path) => at.size(path).map(Said::Size),
            Self::Stat(path) => at.stat(path).map(|stat| Said::Stat(stat.kind, stat.size)),
            Self::Glob(pattern) => at.glob(pattern).map(Said::Names),
            Self::Walk { top, topdown } => {
                let visits = at.walk(top, WalkOptions::default().with_topdown(*topdown))?;
                let directories = visits.into_iter().map(|visit| Ok(visit?.directory));
                directories.collect::<Result<_>>().map(Said::Names)
            }
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flag = |flag: &bool| if *flag { " with overwrite" } else { "" };
        match self {
            Self::Put { path, mode, text } => write!(f, "open `{path}` {} and write {text}", mode.as_str()),
            Self::Read(path) => write!(f, "open `{path}` r and read"),
            Self::Copyfile { source, target, overwrite } => {
                write!(f, "copyfile `{source}` to `{target}`{}", flag(overwrite))
            }
            Self::Rename { source, target, overwrite } => {
                write!(f, "rename `{source}` to `{target}`{}", flag(overwrite))
            }
            Self::Remove(path) => write!(f, "remove `{path}`"),
            Self::RemoveDirectory(path) => write!(f, "remove_directory `{path}`"),
            Self::Rmtree(path) => write!(f, "rmtree `{path}`"),
            Self::Mkdir(path) => write!(f, "mkdir `{path}`"),
            Self::Makedirs(path) => write!(f, "makedirs `{path}`"),
            Self::Exists(path) => write!(f, "exists `{path}`"),
            Self::Isdir(path) => write!(f, "isdir `{path}`"),
            Self::Listdir(path) => write!(f, "listdir `{path}`"),
            Self::Size(path) => write!(f, "size `{path}`"),
            Self::Stat(path) => write!(f, "stat `{path}`"),
            Self::Glob(pattern) => write!(f, "glob `{pattern}`"),
            Self::Walk { top, topdown: true } => write!(f, "walk `{top}` top-down"),
            Self::Walk { top, topdown: false } => write!(f, "walk `{top}` bottom-up"),
        }
    }
}

/// Chooses steps that the store can do.
pub struct Chance<'a> {
    random: Random,
    components: &'a [&'a str],
    depth: usize,
    makers: Vec<fn(&mut Self) -> Step>,
    modes: Vec<OpenMode>,
    exclusive: bool,
    written: usize,
}

impl<'a> Chance<'a> {
    pub fn new(ctx: &Context, number: usize, components: &'a [&'a str], depth: usize) -> Self {
        let mut makers: Vec<fn(&mut Self) -> Step> = vec![
            Self::put,
            Self::put,
            Self::put,
            |chance| Step::Read(chance.path()),
            |chance| Step::Remove(chance.path()),
            |chance| Step::Rmtree(chance.path()),
            |chance| Step::Exists(chance.path()),
            |chance| Step::Isdir(chance.path()),
            |chance| Step::Listdir(chance.path()),
            |chance| Step::Size(chance.path()),
            |chance| Step::Stat(chance.path()),
            Self::glob,
            |chance| Step::Walk { top: chance.path(), topdown: chance.random.below(2) == 0 },
        ];
        if ctx.claims(Capability::Copyfile) {
            makers.push(Self::copyfile);
        }
        // What a source is, is not known here: a store that renames only the one or the other is left out.
        if ctx.claims(Capability::Rename) && ctx.claims(Capability::RenameDirectory) {
            makers.extend([Self::rename as fn(&mut Self) -> Step; 2]);
        }
        if ctx.claims(Capability::Mkdir) {
            makers.extend([(|chance| Step::Mkdir(chance.path())) as fn(&mut Self) -> Step, |chance| {
                Step::Makedirs(chance.path())
            }]);
        }
        if ctx.claims(Capability::RemoveDirectory) {
            makers.push(|chance| Step::RemoveDirectory(chance.path()));
        }
        let mut modes = vec![OpenMode::Write];
        let exclusive = ctx.claims(Capability::Exclusive);
        modes.extend(exclusive.then_some(OpenMode::Exclusive));
        modes.extend(ctx.claims(Capability::Append).then_some(OpenMode::Append));
        let random = Random::new(ctx.seed() ^ hash(&number.to_string()));
        Self { random, components, depth, makers, modes, exclusive, written: 0 }
    }

    pub fn step(&mut self) -> Step {
        let maker = self.random.below(self.makers.len());
        self.makers[maker](self)
    }

    fn path(&mut self) -> String {
        let depth = 1 + self.random.below(self.depth);
        let components: Vec<&str> = (0..depth).map(|_| self.random.pick(self.components)).collect();
        components.join("/")
    }

    fn two_paths(&mut self) -> (String, String, bool) {
        (self.path(), self.path(), !self.exclusive || self.random.below(2) == 0)
    }

    fn put(&mut self) -> Step {
        self.written += 1;
        Step::Put {
            path: self.path(),
            mode: self.random.pick(&self.modes),
            text: format!("{},", self.written),
        }
    }

    fn copyfile(&mut self) -> Step {
        let (source, target, overwrite) = self.two_paths();
        Step::Copyfile { source, target, overwrite }
    }

    fn rename(&mut self) -> Step {
        let (source, target, overwrite) = self.two_paths();
        Step::Rename { source, target, overwrite }
    }

    fn glob(&mut self) -> Step {
        let path = self.path();
        let (above, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let slash = if above.is_empty() { "" } else { "/" };
        let last = self.random.pick(&["*", "?", "a*", "*/*", "**/a", "**/*", "?*/?"]);
        match self.random.below(4) {
            0 => Step::Glob(format!("**/{name}")),
            1 => Step::Glob(last.to_owned()),
            _ => Step::Glob(format!("{above}{slash}{last}")),
        }
    }
}
