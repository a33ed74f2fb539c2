//! `glob`: as the default does it, but knowing which entries are links, for these are not entered.

use std::vec::IntoIter;

use larder_plugin_api::{
    Detail, Entries, Entry, Error, ErrorKind, GlobPattern, Kind, Result, Services, StorePath,
};

use crate::listing::{Found, Listing, read_directory};
use crate::names;
use crate::root::{Root, Tree};
use crate::stat;

/// The matches of a pattern, with their kinds; sizes were not asked for.
pub fn glob(root: &Root, services: &Services, pattern: &str) -> Result<Entries> {
    let pattern = GlobPattern::new(pattern)?;
    let literal = pattern.literal_prefix().to_owned();
    if names::check(StorePath::new(&literal)?).is_err() {
        return Ok(Entries::sorted(Vec::new()));
    }
    if pattern.is_literal() {
        return literal_match(root, &literal);
    }
    let Some(tree) = root.open_if_there()? else { return Ok(Entries::sorted(Vec::new())) };
    let mut matches = Matches { tree, services: services.clone(), pattern, open: Vec::new() };
    match matches.enter(literal) {
        Err(error) if !is_absence(&error) => Err(error),
        _ => Ok(Entries::streaming(matches)),
    }
}

fn literal_match(root: &Root, path: &str) -> Result<Entries> {
    let entries = match stat::stat(root, StorePath::new(path)?) {
        Ok(stat) => vec![Entry::new(path, stat.kind)],
        Err(error) if is_absence(&error) => Vec::new(),
        Err(error) => return Err(error),
    };
    Ok(Entries::sorted(entries))
}

fn is_absence(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

struct Matches {
    tree: Tree,
    services: Services,
    pattern: GlobPattern,
    /// The listings under way, the deepest last.
    open: Vec<Level>,
}

struct Level {
    directory: String,
    found: IntoIter<Found>,
    failed: IntoIter<Error>,
}

impl Matches {
    fn enter(&mut self, directory: String) -> Result<()> {
        self.services.check_cancelled()?;
        let path = StorePath::new(&directory)?;
        let Listing { found, failed } = read_directory(&self.tree, &self.services, path, Detail::Kind)?;
        self.open.push(Level { directory, found: found.into_iter(), failed: failed.into_iter() });
        Ok(())
    }

    /// Looks at one entry: goes into it when something below can match, gives it when it matches itself.
    fn look_at(&mut self, path: String, found: &Found) -> Option<Result<Entry>> {
        let kind = found.entry.kind;
        if kind == Kind::Directory && !found.is_link && self.pattern.can_match_below(&path) {
            match self.enter(path.clone()) {
                // It has gone since it was listed: then it has no matches.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => {
                    if error.kind() == ErrorKind::Interrupted {
                        self.open.clear();
                    }
                    return Some(Err(error.or_context("glob", &path)));
                }
                Ok(()) => {}
            }
        }
        self.pattern.matches(&path).then(|| Ok(Entry::new(path, kind)))
    }
}

impl Iterator for Matches {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let level = self.open.last_mut()?;
            if let Some(found) = level.found.next() {
                let path = if level.directory.is_empty() {
                    found.entry.name.clone()
                } else {
                    format!("{}/{}", level.directory, found.entry.name)
                };
                if let Some(item) = self.look_at(path, &found) {
                    return Some(item);
                }
            } else if let Some(error) = level.failed.next() {
                return Some(Err(error));
            } else {
                self.open.pop();
            }
        }
    }
}
