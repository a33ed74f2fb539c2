//! A directory of a store as cases see it: paths are relative to it, listings come as plain values.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use larder_plugin_api::{
    Detail, Entry, ErrorKind, Identity, Kind, OpenMode, OpenOptions, Removal, Result, Stat, StorePath, Visit,
    WalkOptions,
};

use crate::{Reader, Store, Writer};

/// A directory of a store. Its operations are those of [`Store`], with paths relative to the directory.
#[derive(Clone, Debug)]
pub struct Place {
    /// The store.
    pub store: Store,
    /// The directory, relative to the root of the store.
    pub directory: String,
}

/// What stands at a path.
#[derive(Clone, PartialEq, Eq)]
pub enum Node {
    /// A directory.
    Directory,
    /// A file with its content.
    File(Vec<u8>),
    /// Neither.
    Other,
}

/// Short: the content only when it is.
impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHORT: usize = 40;
        match self {
            Self::Directory => f.write_str("directory"),
            Self::Other => f.write_str("other"),
            Self::File(content) if content.len() <= SHORT => write!(f, "file `{}`", content.escape_ascii()),
            Self::File(content) => write!(f, "file of {} bytes", content.len()),
        }
    }
}

/// All that is below a directory, by its path relative to it.
pub type Tree = BTreeMap<String, Node>;

impl Place {
    /// A path below this directory, relative to the root of the store; the directory itself for the empty path.
    pub fn path(&self, path: &str) -> String {
        match (self.directory.as_str(), path) {
            (directory, "") => directory.to_owned(),
            ("", path) => path.to_owned(),
            (directory, path) => format!("{directory}/{path}"),
        }
    }

    fn relative(&self, path: &str) -> String {
        let below = path.strip_prefix(&self.directory);
        match below.map(|below| below.strip_prefix('/').unwrap_or(below)) {
            Some(below) => below.to_owned(),
            None => format!("{path} (not below {})", self.directory),
        }
    }

    pub fn reader(&self, path: &str) -> Result<Reader> {
        self.store.reader(&self.path(path))
    }

    pub fn writer(&self, path: &str, mode: OpenMode) -> Result<Writer> {
        self.store.writer(&self.path(path), mode)
    }

    /// Opens with options, writes and closes.
    pub fn put_with(&self, path: &str, options: OpenOptions, content: &[u8]) -> Result<()> {
        let mut writer = self.store.writer_with(&self.path(path), options)?;
        writer.write(content)?;
        writer.close()
    }

    /// Opens, writes and closes.
    pub fn put(&self, path: &str, mode: OpenMode, content: &[u8]) -> Result<()> {
        let mut writer = self.writer(path, mode)?;
        writer.write(content)?;
        writer.close()
    }

    /// Writes a whole file in mode `w`.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) -> Result<()> {
        self.put(path, OpenMode::Write, content.as_ref())
    }

    /// Reads a whole file.
    pub fn read(&self, path: &str) -> Result<Vec<u8>> {
        rest(&mut self.reader(path)?)
    }

    pub fn copyfile(&self, source: &str, target: &str, overwrite: bool) -> Result<()> {
        self.store.copyfile(&self.path(source), &self.path(target), overwrite)
    }

    pub fn exists(&self, path: &str) -> Result<bool> {
        self.store.exists(&self.path(path))
    }

    /// The matches of a pattern, relative to this directory.
    pub fn glob(&self, pattern: &str) -> Result<Vec<String>> {
        Ok(self.glob_entries(pattern)?.into_iter().map(|entry| entry.name).collect())
    }

    pub fn glob_entries(&self, pattern: &str) -> Result<Vec<Entry>> {
        let entries: Result<Vec<Entry>> = self.store.glob(&self.path(pattern))?.collect();
        let mut entries = entries?;
        for entry in &mut entries {
            entry.name = self.relative(&entry.name);
        }
        Ok(entries)
    }

    pub fn isdir(&self, path: &str) -> Result<bool> {
        self.store.isdir(&self.path(path))
    }

    pub fn entries(&self, path: &str, detail: Detail) -> Result<Vec<Entry>> {
        self.store.listdir(&self.path(path), detail)?.collect()
    }

    /// The names in a directory, as they come.
    pub fn listdir(&self, path: &str) -> Result<Vec<String>> {
        Ok(self.entries(path, Detail::Kind)?.into_iter().map(|entry| entry.name).collect())
    }

    pub fn makedirs(&self, path: &str) -> Result<()> {
        self.store.makedirs(&self.path(path))
    }

    pub fn mkdir(&self, path: &str) -> Result<()> {
        self.store.mkdir(&self.path(path))
    }

    pub fn remove(&self, path: &str) -> Result<()> {
        self.store.remove(&self.path(path))
    }

    pub fn remove_directory(&self, path: &str) -> Result<()> {
        self.store.remove_directory(&self.path(path))
    }

    /// Removes files, each only if it has the etag that is given with it.
    pub fn remove_many(&self, files: &[(&str, Option<&str>)]) -> Result<Vec<Result<()>>> {
        let paths: Vec<String> = files.iter().map(|(path, _)| self.path(path)).collect();
        let removals: Vec<Removal<'_>> = paths
            .iter()
            .zip(files)
            .map(|(path, (_, etag))| Ok(Removal { path: StorePath::new(path)?, etag: *etag }))
            .collect::<Result<_>>()?;
        self.store.remove_many(&removals)
    }

    pub fn rename(&self, source: &str, target: &str, overwrite: bool) -> Result<()> {
        self.store.rename(&self.path(source), &self.path(target), overwrite)
    }

    pub fn rmtree(&self, path: &str) -> Result<()> {
        self.store.rmtree(&self.path(path))
    }

    pub fn stat(&self, path: &str) -> Result<Stat> {
        self.store.stat(&self.path(path))
    }

    pub fn size(&self, path: &str) -> Result<u64> {
        self.store.size(&self.path(path))
    }

    pub fn identity(&self, path: &str) -> Result<Option<Identity>> {
        self.store.identity(&self.path(path))
    }

    pub fn put_file(&self, local: &Path, path: &str, overwrite: bool) -> Result<Option<u64>> {
        self.store.put_file(local, &self.path(path), overwrite)
    }

    pub fn get_file(&self, path: &str, local: &Path) -> Result<Option<u64>> {
        self.store.get_file(&self.path(path), local)
    }

    /// The visits of a walk, their directories relative to this one, and the errors in between. The pieces of one visit are
    /// put together.
    pub fn walk(&self, top: &str, options: WalkOptions) -> Result<Vec<Result<Visit>>> {
        let mut visits: Vec<Result<Visit>> = Vec::new();
        for visit in self.store.walk(&self.path(top), options)? {
            let visit = visit.map(|visit| Visit { directory: self.relative(&visit.directory), ..visit });
            let last = visits.iter_mut().rev().find_map(|visit| visit.as_mut().ok());
            match (visit, last) {
                (Ok(piece), Some(last)) if piece.directory == last.directory => {
                    last.directories.extend(piece.directories);
                    last.files.extend(piece.files);
                }
                (visit, _) => visits.push(visit),
            }
        }
        Ok(visits)
    }

    /// All that is here, by `listdir` and `open`; nothing when the directory is not there.
    pub fn tree(&self) -> Result<Tree> {
        let mut tree = Tree::new();
        self.add_to_tree("", &mut tree)?;
        Ok(tree)
    }

    fn add_to_tree(&self, directory: &str, tree: &mut Tree) -> Result<()> {
        let entries = match self.entries(directory, Detail::Kind) {
            Err(error) if directory.is_empty() && error.kind() == ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for Entry { name, kind, .. } in entries {
            let path = if directory.is_empty() { name } else { format!("{directory}/{name}") };
            let node = match kind {
                Kind::Directory => {
                    self.add_to_tree(&path, tree)?;
                    Node::Directory
                }
                Kind::File => Node::File(self.read(&path)?),
                _ => Node::Other,
            };
            tree.insert(path, node);
        }
        Ok(())
    }
}

/// Reads what is left.
pub fn rest(reader: &mut Reader) -> Result<Vec<u8>> {
    const PIECE_BYTES: usize = 256 * 1024;
    let mut content = Vec::new();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match reader.read(&mut piece)? {
            0 => return Ok(content),
            count => content.extend_from_slice(&piece[..count]),
        }
    }
}
