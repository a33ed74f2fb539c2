//! `glob` with a `**`: one flat listing below the literal beginning of the pattern. A pattern without one goes through the
//! directories that can match, which may be few among many.

use larder_plugin_api::{Entry, GlobPattern, Result, StorePath};
use opendal::raw::oio;

use crate::client::SharedClient;
use crate::listing::entry_named;
use crate::pages::Pages;
use crate::paths;

/// The matches of a pattern, in the order of their paths.
pub struct TreeGlob {
    pattern: GlobPattern,
    pages: Pages,
    /// The directories that were seen to hold what was listed last, the outermost first.
    inside: Vec<String>,
    ready: std::collections::VecDeque<Entry>,
}

/// Whether one flat listing finds the matches in fewer requests.
pub fn is_deep(pattern: &str) -> bool {
    pattern.split('/').any(|component| component == "**")
}

impl TreeGlob {
    pub fn open(client: &SharedClient, pattern: &str) -> Result<Self> {
        let pattern = GlobPattern::new(pattern)?;
        let pages = Pages::of_tree(client, StorePath::new(pattern.literal_prefix())?)?;
        Ok(Self { pattern, pages, inside: Vec::new(), ready: std::collections::VecDeque::new() })
    }

    /// Looks at a key, and at the directories that it is the first of.
    fn look_at(&mut self, listed: &oio::Entry) {
        let Some(path) = paths::listed_path(listed.path()) else { return };
        let is_marker = listed.path().ends_with('/');
        let above: Vec<_> = path.ancestors().filter(|above| !above.is_root()).collect();
        let marker = is_marker.then_some(path);
        self.inside.retain(|directory| {
            StorePath::new(directory).is_ok_and(|directory| path.below(directory).is_some())
        });
        for directory in above.into_iter().rev().chain(marker) {
            if !self.inside.iter().any(|seen| seen == directory.as_str()) {
                self.inside.push(directory.as_str().to_owned());
                if self.pattern.matches(directory.as_str()) {
                    self.ready.push_back(Entry::directory(directory.as_str()));
                }
            }
        }
        if !is_marker && self.pattern.matches(path.as_str()) {
            self.ready.push_back(entry_named(path.as_str(), listed));
        }
    }
}

impl Iterator for TreeGlob {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() {
            match self.pages.next() {
                Err(error) => return Some(Err(error)),
                Ok(None) => return None,
                Ok(Some(listed)) => self.look_at(&listed),
            }
        }
        self.ready.pop_front().map(Ok)
    }
}
