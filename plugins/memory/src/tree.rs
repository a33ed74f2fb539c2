//! Files and directories by path, and what each operation does to them.
//!
//! A method looks first and changes only when nothing can fail any more: an error leaves no trace.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use larder_plugin_api::{Entry, Error, ErrorKind, OpenMode, Removal, Result, Stat, StorePath};

use crate::writer::no_space;

/// Everything below one root.
///
/// The parents of every path are in it as directories: whatever makes something makes them too.
#[derive(Default)]
pub struct Tree {
    /// By the whole path; the root itself is not among them.
    nodes: BTreeMap<String, Node>,
    /// The sizes of all files.
    size: u64,
    /// Counts the writes: each content has its number, which is its etag.
    revision: u64,
}

enum Node {
    File(File),
    Directory,
}

#[derive(Clone)]
struct File {
    content: Content,
    modified: SystemTime,
    revision: u64,
}

/// The bytes of a file. A reader shares them; who changes them takes a copy while one does.
#[derive(Clone, Default)]
pub struct Content(Arc<Vec<u8>>);

impl File {
    /// What is known of the file.
    fn stat(&self) -> Stat {
        Stat::file(self.content.size())
            .with_modified(Some(self.modified))
            .with_etag(self.revision.to_string())
    }
}

impl Content {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }
}

impl AsRef<[u8]> for Content {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Tree {
    fn node(&self, path: StorePath) -> Option<&Node> {
        if path.is_root() { Some(&Node::Directory) } else { self.nodes.get(path.as_str()) }
    }

    /// The file at a path: *not found*, *is a directory*.
    fn file(&self, path: StorePath) -> Result<&File> {
        match self.node(path) {
            Some(Node::File(file)) => Ok(file),
            Some(Node::Directory) => Err(Error::is_a_directory().with_path(path.as_str())),
            None => Err(Error::not_found().with_path(path.as_str())),
        }
    }

    pub fn exists(&self, path: StorePath) -> bool {
        self.node(path).is_some()
    }

    pub fn isdir(&self, path: StorePath) -> bool {
        matches!(self.node(path), Some(Node::Directory))
    }

    pub fn size(&self, path: StorePath) -> Result<u64> {
        Ok(self.file(path)?.content.size())
    }

    pub fn stat(&self, path: StorePath) -> Result<Stat> {
        if self.isdir(path) {
            return Ok(Stat::directory());
        }
        Ok(self.file(path)?.stat())
    }

    /// What a reader reads: the content of now, whatever happens to the file later.
    pub fn content(&self, path: StorePath) -> Result<Content> {
        Ok(self.file(path)?.content.clone())
    }

    /// As [`content`](Self::content), with the stat of the same moment.
    pub fn opened(&self, path: StorePath) -> Result<(Content, Stat)> {
        let file = self.file(path)?;
        Ok((file.content.clone(), file.stat()))
    }

    /// The entries of a directory, in no particular order: *not found*, *not a directory*.
    pub fn listdir(&self, path: StorePath) -> Result<Vec<Entry>> {
        match self.node(path) {
            Some(Node::Directory) => {}
            Some(Node::File(_)) => return Err(Error::not_a_directory()),
            None => return Err(Error::not_found()),
        }
        let mut entries = Vec::new();
        let prefix = path.join("");
        let mut from = prefix.clone();
        while let Some((path, node)) = self.nodes.range(from..).next() {
            let Some(below) = path.strip_prefix(&prefix) else { break };
            if let Some((name, _)) = below.split_once('/') {
                // Inside a directory that was listed before. `0` follows `/`: this is past all that is in it.
                from = format!("{prefix}{name}0");
            } else {
                entries.push(entry(below, node));
                from = format!("{path}\0");
            }
        }
        Ok(entries)
    }

    /// Makes one directory: *already exists*, *not found* and *not a directory* for the parent.
    pub fn mkdir(&mut self, path: StorePath) -> Result<()> {
        if self.exists(path) {
            return Err(Error::already_exists());
        }
        if let Some(parent) = self.missing_parents(path)?.first() {
            return Err(Error::not_found().with_path(parent.as_str()));
        }
        self.make_directories([path]);
        Ok(())
    }

    /// Makes a directory with its parents; *already exists* for a file.
    pub fn makedirs(&mut self, path: StorePath) -> Result<()> {
        match self.node(path) {
            Some(Node::Directory) => Ok(()),
            Some(Node::File(_)) => Err(Error::already_exists()),
            None => {
                let parents = self.missing_parents(path)?;
                self.make_directories(parents.into_iter().chain([path]));
                Ok(())
            }
        }
    }

    /// The parents that a path lacks; *not a directory* when a file stands where one must be.
    fn missing_parents<'a>(&self, path: StorePath<'a>) -> Result<Vec<StorePath<'a>>> {
        let mut missing = Vec::new();
        for parent in path.ancestors() {
            match self.node(parent) {
                Some(Node::Directory) => break,
                Some(Node::File(_)) => return Err(Error::not_a_directory().with_path(parent.as_str())),
                None => missing.push(parent),
            }
        }
        Ok(missing)
    }

    fn make_directories<'a>(&mut self, paths: impl IntoIterator<Item = StorePath<'a>>) {
        self.nodes.extend(paths.into_iter().map(|path| (path.as_str().to_owned(), Node::Directory)));
    }

    /// Whether a file can be written: not over a directory, not below a file, and exclusively not over a file.
    pub fn check_write(&self, path: StorePath, mode: OpenMode) -> Result<()> {
        let at_path = |error: Error| error.with_path(path.as_str());
        match self.node(path) {
            Some(Node::Directory) => Err(at_path(Error::is_a_directory())),
            Some(Node::File(_)) if mode == OpenMode::Exclusive => Err(at_path(Error::already_exists())),
            _ => self.missing_parents(path).map(|_| ()),
        }
    }

    /// What closing a writer does. An append goes after what is there now, not what was there when it was opened.
    pub fn write(&mut self, path: StorePath, mode: OpenMode, data: Vec<u8>, limit: u64) -> Result<()> {
        if mode == OpenMode::Append
            && let Some(Node::File(file)) = self.nodes.get_mut(path.as_str())
        {
            if self.size + data.len() as u64 > limit {
                return Err(no_space(limit));
            }
            self.size += data.len() as u64;
            self.revision += 1;
            Arc::make_mut(&mut file.content.0).extend_from_slice(&data);
            file.modified = SystemTime::now();
            file.revision = self.revision;
            return Ok(());
        }
        self.check_write(path, mode)?;
        self.put(path, Content(Arc::new(data)), limit)
    }

    /// Puts a content at a path that was found fit for it, in place of the file that may be there.
    fn put(&mut self, path: StorePath, content: Content, limit: u64) -> Result<()> {
        let size = self.size - self.size(path).unwrap_or_default() + content.size();
        if size > limit {
            return Err(no_space(limit));
        }
        let parents = self.missing_parents(path)?;
        self.make_directories(parents);
        self.size = size;
        self.revision += 1;
        let file = File { content, modified: SystemTime::now(), revision: self.revision };
        self.nodes.insert(path.as_str().to_owned(), Node::File(file));
        Ok(())
    }

    /// Copies a file: what holds for a source that is read and a target that is written.
    pub fn copyfile(
        &mut self,
        source: StorePath,
        target: StorePath,
        overwrite: bool,
        limit: u64,
    ) -> Result<()> {
        let content = self.content(source)?;
        self.check_write(target, if overwrite { OpenMode::Write } else { OpenMode::Exclusive })?;
        if source == target {
            return Ok(());
        }
        self.put(target, content, limit)
    }

    /// Removes a file: *not found*, *is a directory*. Its directory stays.
    pub fn remove(&mut self, path: StorePath) -> Result<()> {
        self.size -= self.size(path)?;
        self.nodes.remove(path.as_str());
        Ok(())
    }

    /// Removes a file if it still has the etag that is given with it.
    pub fn remove_one_of_many(&mut self, file: &Removal) -> Result<()> {
        let now = self.file(file.path)?.revision.to_string();
        if file.etag.is_some_and(|expected| expected != now) {
            return Err(Error::new(
                ErrorKind::Changed,
                "the file is not the one that was read any more; it stays",
            ));
        }
        self.remove(file.path)
    }

    /// Removes a directory that has nothing in it.
    pub fn remove_directory(&mut self, path: StorePath) -> Result<()> {
        if path.is_root() {
            return Err(Error::new(ErrorKind::InvalidArgument, "the root is not removed"));
        }
        if !self.listdir(path)?.is_empty() {
            return Err(ErrorKind::NotEmpty.into());
        }
        self.nodes.remove(path.as_str());
        Ok(())
    }

    /// Gives a file or a directory another path.
    pub fn rename(&mut self, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
        source.check_rename_to(target)?;
        if !self.exists(source) {
            return Err(Error::not_found());
        }
        let at_target = |error: Error| Err(error.with_path(target.as_str()));
        match self.node(target) {
            Some(_) if source == target && overwrite => return Ok(()),
            Some(_) if !overwrite || self.isdir(source) => return at_target(Error::already_exists()),
            Some(Node::Directory) => return at_target(Error::is_a_directory()),
            Some(Node::File(_)) | None => {}
        }
        let parents = self.missing_parents(target)?;
        self.size -= self.size(target).unwrap_or_default();
        self.make_directories(parents);
        for path in self.paths_below(source).into_iter().chain([source.as_str().to_owned()]) {
            let Some(node) = self.nodes.remove(&path) else { continue };
            let below = path[source.as_str().len()..].to_owned();
            self.nodes.insert(format!("{target}{below}"), node);
        }
        Ok(())
    }

    /// Removes a directory with everything below it: *not found*, *not a directory*. The root itself stays.
    pub fn rmtree(&mut self, path: StorePath) -> Result<()> {
        match self.node(path) {
            Some(Node::Directory) => {}
            Some(Node::File(_)) => return Err(Error::not_a_directory()),
            None => return Err(Error::not_found()),
        }
        for path in self.paths_below(path).into_iter().chain([path.as_str().to_owned()]) {
            if let Some(Node::File(file)) = self.nodes.remove(&path) {
                self.size -= file.content.size();
            }
        }
        Ok(())
    }

    /// Everything below a directory. The `/` keeps `run10` out of `run1`.
    fn paths_below(&self, directory: StorePath) -> Vec<String> {
        let prefix = directory.join("");
        let from_prefix = self.nodes.range(prefix.clone()..);
        from_prefix.map(|(path, _)| path.clone()).take_while(|path| path.starts_with(&prefix)).collect()
    }
}

fn entry(name: &str, node: &Node) -> Entry {
    match node {
        Node::File(file) => Entry::file(name, file.content.size())
            .with_modified(Some(file.modified))
            .with_etag(file.revision.to_string()),
        Node::Directory => Entry::directory(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> StorePath<'_> {
        StorePath::new(text).expect("the test gives a normalised path")
    }

    fn tree(files: &[&str]) -> Tree {
        let mut tree = Tree::default();
        for file in files {
            tree.write(path(file), OpenMode::Write, file.as_bytes().to_vec(), u64::MAX).expect(file);
        }
        tree
    }

    fn paths(tree: &Tree) -> Vec<&str> {
        tree.nodes.keys().map(String::as_str).collect()
    }

    #[test]
    fn lists_a_directory_without_what_is_below_its_directories() {
        let tree = tree(&["d/a", "d/b/x", "d/b/y/z", "d/b-1", "d/b.c", "d/b0", "d2/x", "d/ü"]);
        let mut names: Vec<_> =
            tree.listdir(path("d")).expect("d is one").into_iter().map(|entry| entry.name).collect();
        names.sort();
        assert_eq!(names, ["a", "b", "b-1", "b.c", "b0", "ü"]);
        assert_eq!(tree.listdir(StorePath::ROOT).expect("the root is one").len(), 2);
    }

    #[test]
    fn renames_a_directory_with_all_that_is_in_it_and_no_neighbour() {
        let mut tree = tree(&["run1/a", "run1/b/c", "run10/a"]);
        tree.rename(path("run1"), path("old/run1"), false).expect("the target is free");
        assert_eq!(
            paths(&tree),
            ["old", "old/run1", "old/run1/a", "old/run1/b", "old/run1/b/c", "run10", "run10/a"]
        );
        assert_eq!(tree.size, 6 + 8 + 7);
    }

    #[test]
    fn a_rename_that_is_refused_changes_nothing() {
        let mut tree = tree(&["d/a", "e/b", "f"]);
        let before = paths(&tree).join(" ");
        for (source, target, overwrite, kind) in [
            ("f", "d/a", false, ErrorKind::AlreadyExists),
            ("f", "f", false, ErrorKind::AlreadyExists),
            ("f", "d", false, ErrorKind::AlreadyExists),
            ("f", "d", true, ErrorKind::IsADirectory),
            ("d", "e", true, ErrorKind::AlreadyExists),
            ("d", "f", true, ErrorKind::AlreadyExists),
            ("d", "f/d", true, ErrorKind::NotADirectory),
            ("d", "d/a/d", true, ErrorKind::InvalidArgument),
            ("", "x", true, ErrorKind::InvalidArgument),
            ("g", "x/y", true, ErrorKind::NotFound),
        ] {
            let error = tree.rename(path(source), path(target), overwrite).expect_err(target);
            assert_eq!(error.kind(), kind, "{source} to {target}");
        }
        assert_eq!(paths(&tree).join(" "), before);
    }

    #[test]
    fn removes_a_tree_and_no_neighbour() {
        let mut tree = tree(&["run1/a", "run1/b/c", "run10/a", "run1.log"]);
        tree.rmtree(path("run1")).expect("it is a directory");
        assert_eq!(paths(&tree), ["run1.log", "run10", "run10/a"]);
        assert_eq!(tree.size, 8 + 7);
    }

    #[test]
    fn a_file_goes_only_with_the_etag_that_it_has() {
        let mut tree = tree(&["d/a"]);
        let etag = tree.stat(path("d/a")).expect("it is there").etag;
        tree.write(path("d/a"), OpenMode::Write, b"d/a".to_vec(), u64::MAX).expect("it can be written");
        let mut remove = |etag: Option<String>| {
            let removal = Removal { path: path("d/a"), etag: etag.as_deref() };
            tree.remove_one_of_many(&removal).map_err(|error| error.kind())
        };
        assert_eq!(remove(etag), Err(ErrorKind::Changed));
        assert_eq!(remove(None), Ok(()));
        assert_eq!(remove(None), Err(ErrorKind::NotFound));
        assert_eq!(paths(&tree), ["d"]);
    }

    #[test]
    fn removes_a_directory_only_when_it_is_empty() {
        let mut tree = tree(&["d/a", "f"]);
        tree.mkdir(path("e")).expect("e is free");
        for (at, expected) in [
            ("d", Err(ErrorKind::NotEmpty)),
            ("f", Err(ErrorKind::NotADirectory)),
            ("g", Err(ErrorKind::NotFound)),
            ("", Err(ErrorKind::InvalidArgument)),
            ("e", Ok(())),
        ] {
            assert_eq!(tree.remove_directory(path(at)).map_err(|error| error.kind()), expected, "{at}");
        }
        assert_eq!(paths(&tree), ["d", "d/a", "f"]);
    }

    #[test]
    fn a_write_gives_a_new_etag_and_a_copy_shares_the_bytes() {
        let mut tree = tree(&["a"]);
        let etag = |tree: &Tree, at| tree.stat(path(at)).expect(at).etag;
        let before = etag(&tree, "a");
        tree.copyfile(path("a"), path("b"), false, u64::MAX).expect("b is free");
        let contents = [tree.content(path("a")).expect("a"), tree.content(path("b")).expect("b")];
        assert!(Arc::ptr_eq(&contents[0].0, &contents[1].0));
        tree.write(path("a"), OpenMode::Append, Vec::new(), u64::MAX).expect("a can be written");
        assert_ne!(etag(&tree, "a"), before);
    }
}
