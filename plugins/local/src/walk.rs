//! `walk`: one directory open at a time, and in memory only what is still ahead on the way down.

use larder_plugin_api::{Error, ErrorKind, Kind, Result, Services, StorePath, Visit, Walk, WalkOptions};

use crate::listing::{Listing, read_directory};
use crate::root::{Root, Tree};

/// A walk under way.
struct TreeWalk {
    tree: Tree,
    services: Services,
    options: WalkOptions,
    /// What comes next, the last first.
    pending: Vec<Step>,
}

enum Step {
    Enter(String),
    Give(Box<Result<Visit>>),
}

/// Goes through the tree below a directory. Links to directories are listed and not entered.
pub fn walk(root: &Root, services: &Services, top: StorePath, options: WalkOptions) -> Result<Walk> {
    let Some(tree) = root.open_if_there()? else {
        let nothing = if top.is_root() {
            Ok(Visit::default())
        } else {
            Err(Error::not_found().or_context("walk", top.as_str()))
        };
        return Ok(Walk::streaming(std::iter::once(nothing)));
    };
    let pending = vec![Step::Enter(top.as_str().to_owned())];
    Ok(Walk::streaming(TreeWalk { tree, services: services.clone(), options, pending }))
}

impl TreeWalk {
    /// Reads a directory and puts all that follows from it on the pile.
    fn enter(&mut self, directory: String) -> Result<()> {
        let path = StorePath::new(&directory)?;
        self.services.check_cancelled()?;
        let Listing { found, failed } =
            read_directory(&self.tree, &self.services, path, self.options.detail)?;
        let mut visit = Visit::default();
        let mut below = Vec::new();
        for found in found {
            if found.entry.kind == Kind::Directory {
                if !found.is_link {
                    below.push(Step::Enter(path.join(&found.entry.name)));
                }
                visit.directories.push(found.entry);
            } else {
                visit.files.push(found.entry);
            }
        }
        visit.directory = directory;
        let visit = Step::Give(Box::new(Ok(visit)));
        let failed = failed.into_iter().map(|error| Step::Give(Box::new(Err(error))));
        if self.options.topdown {
            self.pending.extend(below.into_iter().rev());
            self.pending.extend(failed);
            self.pending.push(visit);
        } else {
            self.pending.push(visit);
            self.pending.extend(below.into_iter().rev());
            self.pending.extend(failed);
        }
        Ok(())
    }
}

impl Iterator for TreeWalk {
    type Item = Result<Visit>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.pending.pop()? {
                Step::Give(visit) => return Some(*visit),
                Step::Enter(directory) => {
                    if let Err(error) = self.enter(directory.clone()) {
                        if error.kind() == ErrorKind::Interrupted {
                            self.pending.clear();
                        }
                        return Some(Err(error.or_context("walk", &directory)));
                    }
                }
            }
        }
    }
}
