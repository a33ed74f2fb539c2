//! Lies of `listdir`, `glob` and `walk`. What they begin with is honest: a lie of one of them is none of the others.

use larder_plugin_api::{
    ArtifactStore, Detail, Entries, Entry, Error, ErrorKind, GlobPattern, Result, StorePath, Visit, Walk,
    WalkOptions,
};

use crate::Lie;
use crate::store::Liar;

const MANY: usize = 1000;

fn given(entries: Vec<Entry>) -> Entries {
    Entries::streaming(entries.into_iter().map(Ok))
}

/// Sorts directories as if they were files.
fn sort_plainly(entries: &mut [Entry]) {
    entries.sort_by(|a, b| a.name.cmp(&b.name));
}

fn give_etag(entry: &mut Entry) {
    entry.etag = Some(entry.name.as_str().into());
}

impl Liar {
    pub fn lying_listdir(&self, path: StorePath, detail: Detail) -> Result<Entries> {
        if path.is_root() {
            self.look_at_root()?;
        }
        let listed = self.honest.listdir(path, detail);
        let hides = |error: &Error| match self.lie {
            Lie::ListdirOfFiles => error.kind() == ErrorKind::NotADirectory,
            Lie::ListdirMissing => error.kind() == ErrorKind::NotFound,
            _ => false,
        };
        let listed = match listed {
            Err(error) if hides(&error) => given(Vec::new()),
            listed => listed?,
        };
        let mut entries: Vec<Entry> = listed.iterate(&self.honest_store())?.collect::<Result<_>>()?;
        match self.lie {
            Lie::ListdirUnsorted => entries.reverse(),
            Lie::ListdirPlainOrder => sort_plainly(&mut entries),
            Lie::ListdirMisses if entries.len() > MANY => entries.truncate(entries.len() - 1),
            Lie::ListdirEtags => entries.iter_mut().for_each(give_etag),
            Lie::ListdirPaths if detail == Detail::Full => {
                for entry in &mut entries {
                    entry.name = path.join(&entry.name);
                }
            }
            _ => {}
        }
        Ok(given(entries))
    }

    /// The matches of a pattern.
    fn matches(&self, pattern: &str) -> Result<Vec<Entry>> {
        self.honest.glob(pattern)?.iterate(&self.honest_store())?.collect()
    }

    pub fn lying_glob(&self, pattern: &str) -> Result<Entries> {
        let mut found = match self.lie {
            Lie::GlobMalformed if GlobPattern::new(pattern).is_err() => Vec::new(),
            Lie::GlobStarCrosses => self.matches(&with_crossing_stars(pattern))?,
            Lie::GlobDoubleStar => self.matches(&without_double_stars(pattern))?,
            _ => self.matches(pattern)?,
        };
        match self.lie {
            Lie::GlobPlainOrder => sort_plainly(&mut found),
            Lie::GlobEtags => found.iter_mut().for_each(give_etag),
            Lie::GlobHidesDots if !pattern.contains("/.") => {
                found.retain(|entry| !entry.name.split('/').any(|name| name.starts_with('.')));
            }
            _ => {}
        }
        Ok(given(found))
    }

    pub fn lying_walk(&self, top: StorePath, options: WalkOptions) -> Result<Walk> {
        if self.lie == Lie::UnmadeNotWalked && top.is_root() && self.honest.is_empty() {
            return Ok(Walk::streaming(std::iter::once(Err(Error::not_found()))));
        }
        let topdown = options.topdown || self.lie == Lie::WalkIgnoresTopdown;
        let visits = self.honest.walk(top, options.with_topdown(topdown))?.iterate(&self.honest_store());
        let (lie, top) = (self.lie, top.as_str().to_owned());
        let missed = move |visit: &Visit| lie == Lie::WalkMissesALevel && depth(&top, visit) == 2;
        let visits = visits.filter(move |visit| !visit.as_ref().is_ok_and(&missed));
        Ok(Walk::streaming(visits.map(move |visit| match visit {
            Err(error) if lie == Lie::WalkMissing && error.kind() == ErrorKind::NotFound => {
                Ok(Visit { directory: error.path().to_owned(), ..Visit::default() })
            }
            Ok(mut visit) if lie == Lie::WalkPlainOrder => {
                sort_plainly(&mut visit.directories);
                Ok(visit)
            }
            Ok(mut visit) if lie == Lie::WalkEtags => {
                visit.files.iter_mut().for_each(give_etag);
                Ok(visit)
            }
            Ok(mut visit) if lie == Lie::WalkMisses && visit.files.len() > MANY => {
                visit.files.remove(MANY);
                Ok(visit)
            }
            visit => visit,
        })))
    }
}

/// How many directories below its top a visit is.
fn depth(top: &str, visit: &Visit) -> usize {
    let below = visit.directory.strip_prefix(top).unwrap_or_default();
    below.split('/').filter(|name| !name.is_empty()).count()
}

/// `a/*.md` as `a/**/*.md`; a component that is nothing but `*` stays.
fn with_crossing_stars(pattern: &str) -> String {
    let crosses = |name: &&str| name.contains('*') && name.len() > 1 && *name != "**";
    let names = pattern.split('/').flat_map(|name| {
        let before = Some("**").filter(|_| crosses(&name));
        before.into_iter().chain([name])
    });
    names.collect::<Vec<_>>().join("/")
}

/// `a/**/b` as `a/b`, and `a/**` as `a/*`.
fn without_double_stars(pattern: &str) -> String {
    let pattern = pattern.replace("**/", "");
    pattern.strip_suffix("/**").map(|above| format!("{above}/*")).unwrap_or(pattern)
}
