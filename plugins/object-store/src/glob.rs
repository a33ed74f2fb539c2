//! `glob` with a `**`: one flat listing below the literal beginning of the pattern. A pattern without one goes through the
//! directories that can match, which may be few among many.

use std::collections::VecDeque;

use larder_plugin_api::{Entry, GlobPattern, Result, StorePath};

use crate::client::SharedClient;
use crate::keys::{self, is_in};
use crate::pages::Pages;
use crate::wire::listed::Listed;

/// The matches of a pattern, in the order of their paths.
pub struct TreeGlob {
    pattern: GlobPattern,
    pages: Pages,
    /// The directories that were seen to hold what was listed last, the outermost first.
    inside: Vec<String>,
    ready: VecDeque<Result<Entry>>,
}

/// Whether one flat listing finds the matches in fewer requests.
pub fn is_deep(pattern: &str) -> bool {
    pattern.split('/').any(|component| component == "**")
}

impl TreeGlob {
    pub fn open(client: &SharedClient, pattern: &str) -> Result<Self> {
        let pattern = GlobPattern::new(pattern)?;
        let pages = Pages::of_tree(client, StorePath::new(pattern.literal_prefix())?);
        Ok(Self { pattern, pages, inside: Vec::new(), ready: VecDeque::new() })
    }

    /// Looks at a key, and at the directories that it is the first of. A key without a path may be anything that the pattern
    /// asks for.
    fn look_at(&mut self, listed: &Listed) {
        let place = keys::place(listed);
        self.inside.retain(|directory| is_in(place.directory, directory));
        let seen = self.inside.last().map_or(0, String::len);
        let ends = place.directory.match_indices('/').map(|(at, _)| at);
        for end in ends.chain([place.directory.len()]).filter(|end| *end > seen) {
            let directory = &place.directory[..end];
            self.inside.push(directory.to_owned());
            if self.pattern.matches(directory) {
                self.ready.push_back(Ok(Entry::directory(directory)));
            }
        }
        if place.file.is_some() && self.pattern.matches(&listed.key) {
            self.ready.push_back(Ok(listed.entry(&listed.key)));
        }
        self.ready.extend(place.reason.map(|reason| Err(keys::nameless(&listed.key, reason))));
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
        self.ready.pop_front()
    }
}
