//! Whether a walk goes into each directory that it lists: one that it leaves out without an error would look as if nothing
//! were in it, and what the other side has there would look as if it were extra.

use std::collections::VecDeque;

use super::local::join;
use crate::store::shown;

/// The directories that are still to come, on the way from the top down.
#[derive(Debug, Default)]
pub struct Expected {
    /// The directories that are open, each in the one before it, with those in it that are still to come.
    levels: Vec<(String, VecDeque<String>)>,
    /// Something could not be read, which was told: what is missing may be that.
    is_excused: bool,
}

impl Expected {
    /// An error came in place of something.
    pub fn excuse(&mut self) {
        self.is_excused = true;
    }

    /// The walk comes to a directory, or to the next piece of it.
    ///
    /// # Errors
    ///
    /// A directory that was listed and passed over, in words that follow on the name of the store.
    pub fn enter(&mut self, directory: &str) -> Result<(), String> {
        if self.levels.last().is_some_and(|(open, _)| open == directory) {
            return Ok(());
        }
        while let Some(next) = self.next() {
            if next == directory {
                break;
            }
            self.refuse(&next)?;
        }
        self.levels.push((directory.to_owned(), VecDeque::new()));
        Ok(())
    }

    /// These are in the directory that was entered last.
    pub fn list(&mut self, names: impl Iterator<Item = String>) {
        if let Some((_, waiting)) = self.levels.last_mut() {
            waiting.extend(names);
        }
    }

    /// The walk is over.
    ///
    /// # Errors
    ///
    /// As [`enter`](Self::enter).
    pub fn end(&mut self) -> Result<(), String> {
        while let Some(next) = self.next() {
            self.refuse(&next)?;
        }
        Ok(())
    }

    fn next(&mut self) -> Option<String> {
        while let Some((open, waiting)) = self.levels.last_mut() {
            if let Some(name) = waiting.pop_front() {
                return Some(join(open, &name));
            }
            self.levels.pop();
        }
        None
    }

    fn refuse(&self, missing: &str) -> Result<(), String> {
        if self.is_excused {
            return Ok(());
        }
        Err(format!("it lists directory `{}` and does not go into it", shown(missing)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks through directories, each with those in it.
    fn walk(expected: &mut Expected, visits: &[(&str, &[&str])]) -> Result<(), String> {
        for (directory, names) in visits {
            expected.enter(directory)?;
            expected.list(names.iter().map(ToString::to_string));
        }
        expected.end()
    }

    #[test]
    fn a_walk_into_each_directory_is_whole_also_in_pieces() {
        let visits: &[(&str, &[&str])] =
            &[("", &["a"]), ("", &["c"]), ("a", &["b"]), ("a/b", &[]), ("c", &[])];
        assert_eq!(walk(&mut Expected::default(), visits), Ok(()));
    }

    #[test]
    fn a_directory_that_is_passed_over_is_named() {
        for visits in [
            &[("", &["a", "b"][..]), ("b", &[])][..],
            &[("", &["a"])],
            &[("", &["b"]), ("b", &["a"]), ("c", &[])],
        ] {
            let error = walk(&mut Expected::default(), visits).expect_err("one is missing");
            assert!(error.contains("a` and does not go into it"), "{error}");
            let mut excused = Expected::default();
            excused.excuse();
            assert_eq!(walk(&mut excused, visits), Ok(()));
        }
    }
}
