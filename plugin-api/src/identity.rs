//! Which thing in the world a path leads to, so that nothing is removed that is the only copy of itself.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Which thing is at a path, or would be.
///
/// Two paths whose scope and thing are equal are one place, whatever the stores are called. Where the scopes are equal and
/// the things are not, they are two places. Where the scopes differ nothing is known: two endpoints may be one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Within what the thing is named: a device, a service at its endpoint. It begins with a word for the kind of scope and
    /// a colon, so that no two flavors mean different things by one scope.
    pub scope: String,
    /// The thing: an inode, a bucket with a key.
    pub thing: String,
    /// The things of the directories that contain it, nearest first, as far as they are known, also above the root.
    pub above: Vec<String>,
}

impl Identity {
    /// Whether both are one place: `None` when that is not known.
    pub fn is_same(&self, other: &Self) -> Option<bool> {
        (self.scope == other.scope).then(|| self.thing == other.thing)
    }

    /// Whether this is the other one or below it: `None` when that is not known.
    pub fn is_within(&self, other: &Self) -> Option<bool> {
        let same = self.is_same(other)?;
        Some(same || self.above.contains(&other.thing))
    }

    /// A place that is named by a path: `thing` and what contains it are beginnings of `components`, which go from the
    /// outermost to the innermost.
    pub fn of_path<'a>(scope: impl Into<String>, components: impl IntoIterator<Item = &'a str>) -> Self {
        let mut things: Vec<String> = Vec::new();
        for component in components {
            let thing =
                things.last().map_or_else(|| component.to_owned(), |above| format!("{above}/{component}"));
            things.push(thing);
        }
        things.reverse();
        let mut things = things.into_iter();
        let thing = things.next().unwrap_or_default();
        Self { scope: scope.into(), thing, above: things.collect() }
    }

    /// A file or directory of this machine: its device is the scope, its inode the thing. Of what is not there, the thing is
    /// the inode of the nearest directory above it that is, with the rest of the path. Symbolic links are followed.
    ///
    /// # Errors
    ///
    /// When the path cannot be looked up; that nothing is there is no error.
    pub fn of_file(path: &Path) -> io::Result<Self> {
        let absolute = std::path::absolute(path)?;
        let (existing, rest) = nearest(&absolute)?;
        let found = number_of(&fs::metadata(&existing)?);
        let mut above: Vec<String> = Vec::new();
        for directory in existing.ancestors().skip(1) {
            let (device, inode) = number_of(&fs::metadata(directory)?);
            if device == found.0 {
                above.push(inode.to_string());
            }
        }
        let whole = |depth: usize| {
            let rest: PathBuf = rest.iter().take(depth).collect();
            format!("{}/{}", found.1, rest.display())
        };
        let thing = if rest.is_empty() { found.1.to_string() } else { whole(rest.len()) };
        if !rest.is_empty() {
            above.insert(0, found.1.to_string());
            for depth in 1..rest.len() {
                above.insert(0, whole(depth));
            }
        }
        Ok(Self { scope: format!("file:{}", found.0), thing, above })
    }
}

/// How many links that lead nowhere may follow each other.
const MOST_LINKS: usize = 40;

/// What is there of a path, with its links followed, and the components that are not.
fn nearest(path: &Path) -> io::Result<(PathBuf, Vec<PathBuf>)> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match climb(&path)? {
            Climbed::There(existing, rest) => return Ok((existing, rest)),
            Climbed::Behind(target) => path = target,
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

enum Climbed {
    /// A directory or file that is there, and the rest of the path.
    There(PathBuf, Vec<PathBuf>),
    /// A link on the way leads to what is not there: this is the path behind it.
    Behind(PathBuf),
}

fn climb(path: &Path) -> io::Result<Climbed> {
    let mut rest = Vec::new();
    let mut at = path;
    loop {
        match fs::canonicalize(at) {
            Ok(existing) => {
                rest.reverse();
                return Ok(Climbed::There(existing, rest));
            }
            Err(error) if is_missing(&error) => {}
            Err(error) => return Err(error),
        }
        let (Some(parent), Some(name)) = (at.parent(), at.file_name()) else {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the path leads through what is not there",
            ));
        };
        if let Ok(target) = fs::read_link(at) {
            let rest: PathBuf = rest.iter().rev().collect();
            return Ok(Climbed::Behind(parent.join(target).join(rest)));
        }
        rest.push(PathBuf::from(name));
        at = parent;
    }
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(unix)]
fn number_of(metadata: &fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.dev(), metadata.ino())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::env;

    /// A fresh directory, removed by whoever made it.
    fn home(name: &str) -> PathBuf {
        let home = env::temp_dir().join(format!("larder-identity-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&home);
        fs::create_dir_all(home.join("a/b")).expect("directories");
        home
    }

    fn of(path: impl AsRef<Path>) -> Identity {
        Identity::of_file(path.as_ref()).expect("it is looked up")
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_one_thing_under_each_of_its_names() {
        use std::os::unix::fs::symlink;
        let home = home("names");
        symlink("a", home.join("link")).expect("a link");
        symlink("a/new/deep", home.join("nowhere")).expect("a link");
        assert_eq!(of(home.join("link/b")), of(home.join("a/b")));
        assert_eq!(of(home.join("link/not/there")), of(home.join("a/not/there")));
        assert_eq!(of(home.join("nowhere/x")), of(home.join("a/new/deep/x")));
        assert_eq!(of(home.join("a/b")).is_same(&of(home.join("a"))), Some(false));
        fs::remove_dir_all(home).expect("it goes");
    }

    #[test]
    fn what_is_below_says_so_also_when_it_is_not_there() {
        let home = home("below");
        for below in ["a", "a/b", "a/new", "a/new/deep"] {
            assert_eq!(of(home.join(below)).is_within(&of(home.join("a"))), Some(true), "{below}");
        }
        assert_eq!(of(home.join("a/new/deep")).is_within(&of(home.join("a/new"))), Some(true));
        assert_eq!(of(home.join("ab")).is_within(&of(home.join("a"))), Some(false));
        fs::remove_dir_all(home).expect("it goes");
    }

    #[test]
    fn another_scope_is_not_known() {
        let one = Identity::of_path("s3:one", ["bucket", "p", "x"]);
        assert_eq!(
            (one.thing.as_str(), one.above.as_slice()),
            ("bucket/p/x", &["bucket/p".to_owned(), "bucket".to_owned()][..])
        );
        assert_eq!(one.is_same(&Identity::of_path("s3:two", ["bucket", "p", "x"])), None);
        assert_eq!(one.is_within(&Identity::of_path("s3:one", ["bucket", "p"])), Some(true));
        assert_eq!(one.is_within(&Identity::of_path("s3:one", ["buck"])), Some(false));
    }
}
