//! The store itself: the thirteen operations of the artifact store abstraction, and `size`.

use crate::capability::Capability;
use crate::derived;
use crate::entry::{Detail, Entries, Kind, Stat};
use crate::error::{Error, Result};
use crate::identity::Identity;
use crate::path::StorePath;
use crate::removal::Removal;
use crate::stream::{OpenMode, OpenOptions, Opened};
use crate::walk::{Walk, WalkOptions};

/// A store of artifacts: files and directories below one root.
///
/// # Contract
///
/// Every flavor owes the same behaviour; what follows holds for all operations, the rest stands at each.
///
/// - Paths are [relative and normalised](StorePath). A store reaches nothing outside its root, also through links.
/// - An operation succeeds or fails as a whole, and a failed one leaves no trace, except where it says otherwise.
/// - *Not found*, *permission denied* and *unsupported* are never merged: absence is not lack of permission.
/// - A directory is one that was made, or that has something below it. Parents of a file that is written, copied or
///   renamed are made: an object store has no parents to miss. Whether a directory stays when its last file goes is
///   up to the flavor, unless `mkdir` or `makedirs` made it.
/// - A file as a parent of the path is *not a directory* when something is to be made, and *not found* (or
///   *not a directory*) when something is to be read.
/// - Where several errors apply to one call, any of them is right.
/// - A process that is killed leaves what is at the path as it was. What it was writing is neither listed nor in the way
///   of others; a directory that it made for the file may stay.
/// - What a server, a database or a directory lists is data from outside: a key or name that is not a path, such as `d//x`
///   or `../x`, is an item that is an error, of kind *invalid path* with that key as its path, in `listdir`, `walk` and
///   `glob`. It is never left out in silence, and never given another name.
/// - An object store can hold a file and a directory under one path, `a` beside `a/b`. Then `open`, `stat`, `size`, `remove`
///   and `copyfile` mean the file; `isdir`, `listdir`, `walk`, `remove_directory` and `rmtree` the directory; both are listed.
/// - A symbolic link, where a store has them, counts as what it leads to within the root; one that leads nowhere is
///   [`Kind::Other`]; one that leads out is *out of bounds* to what would follow it. `remove`, `rename` and `rmtree` take
///   the link itself, a write that replaces it replaces the link, and `walk` and `glob` do not enter it.
/// - What one call has written, the next call sees, from any process that can see the store at all.
/// - A panic becomes an error of kind *panicked*, and the store answers nothing else from then on; other stores go on.
/// - All methods can be called from many threads at once. They block.
///
/// Six operations have no default body: `open`, `listdir`, `mkdir`, `remove`, `rmtree` and `stat`. The others follow
/// from them; a flavor overrides those that its store can do better.
pub trait ArtifactStore: Send + Sync + 'static {
    /// Opens a file to read or to write.
    ///
    /// Writing is atomic: nothing is visible before the writer's `close` succeeds, and then all of it at once; a reader
    /// meanwhile sees the old content or none. Missing parents are made, at the latest by `close`.
    ///
    /// - `r`: the file must exist.
    /// - `w`: replaces what is there when it closes.
    /// - `x`: fails when the file exists, at `open` or at `close`; of several that race, exactly one succeeds.
    /// - `a`: what is there stays and what is written follows it; a missing file is made. Of appends that overlap, each is
    ///   there whole or is lost; a flavor says in its documentation when it loses none.
    ///
    /// What a mode for writing finds wrong with the path, a directory or a file as parent, it may say at `open` or at
    /// `close`: some stores learn it only then.
    ///
    /// # Errors
    ///
    /// - *not found*: `r`, and nothing is there
    /// - *is a directory*: a directory is there, in any mode
    /// - *already exists*: `x`, and a file is there
    /// - *not a directory*: a mode that writes, and a file stands where a parent must be
    /// - *unsupported*: `w`, `x` or `a` without the capabilities `write`, `exclusive`, `append`
    fn open(&self, path: StorePath, mode: OpenMode) -> Result<Opened>;

    /// As [`open`](Self::open), with what a new file is given: see [`OpenOptions`]. This is what a host calls; a store that
    /// keeps permissions or times overrides it.
    ///
    /// # Errors
    ///
    /// As `open`.
    fn open_with(&self, path: StorePath, options: &OpenOptions) -> Result<Opened> {
        self.open(path, options.mode)
    }

    /// Copies a file within the store; where the store can, the bytes do not pass through the process.
    ///
    /// Atomic like a write: the target is the old file or the whole copy. Without `overwrite` the store itself decides
    /// whether the target is free: of several that race, one succeeds. Missing parents are made. A file copied onto
    /// itself stays as it is with `overwrite`, and *already exists* without.
    ///
    /// # Errors
    ///
    /// - *not found*: nothing is at `source`
    /// - *is a directory*: `source` or `target` is a directory
    /// - *already exists*: a file is at `target` and `overwrite` is false
    /// - *not a directory*: a file stands where a parent of `target` must be
    fn copyfile(&self, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
        derived::copyfile(self, source, target, overwrite)
    }

    /// Whether a file, a directory or anything else is at the path. The root always exists.
    ///
    /// # Errors
    ///
    /// Only when the store could not be asked; a missing parent and a file as parent are plain `false`.
    fn exists(&self, path: StorePath) -> Result<bool> {
        derived::exists(self, path)
    }

    /// The files and directories whose path matches a pattern.
    ///
    /// `*` and `?` stand for any and one character, `[abc]`, `[a-z]` and `[!a]` for one of a set, all within one
    /// component, and a component `**` for any number of components, also none: `a/**/b` matches `a/b`. At the end,
    /// `a/**` matches all that is below `a`, not `a` itself. A leading dot is an ordinary character. A pattern without any of them matches what is at that path. The names of the entries are whole
    /// paths, in [listing order](crate::Entry::listing_order). Only what is below the literal beginning of the pattern
    /// is listed. Nothing matching is no error. A directory that cannot be entered is an item that is an error, and the
    /// matches go on after it. A change meanwhile may be seen or not.
    ///
    /// # Errors
    ///
    /// *Invalid argument* for a malformed pattern, such as `a**` or an unclosed `[`.
    fn glob(&self, pattern: &str) -> Result<Entries> {
        Ok(Entries::by_listing(pattern))
    }

    /// Whether a directory is at the path: one that was made, or that has something below it. The root always is one.
    ///
    /// # Errors
    ///
    /// Only when the store could not be asked.
    fn isdir(&self, path: StorePath) -> Result<bool> {
        derived::isdir(self, path)
    }

    /// The entries of a directory: names, not paths, in [listing order](crate::Entry::listing_order), streaming where
    /// the store does. An entry that cannot be read is an item that is an error.
    ///
    /// A change during the listing may be seen or not; an entry that is there all the time is listed exactly once.
    ///
    /// # Errors
    ///
    /// - *not found*: nothing is there
    /// - *not a directory*: a file is there
    fn listdir(&self, path: StorePath, detail: Detail) -> Result<Entries>;

    /// Makes a directory and its parents, which all count as made; fine when it is a directory already, and when another
    /// makes it at the same time. Not atomic: after a failure some parents may have been made, and a reader may see them before the last.
    ///
    /// # Errors
    ///
    /// *Already exists*: a file stands there; *not a directory*: a file stands where a parent must be.
    fn makedirs(&self, path: StorePath) -> Result<()> {
        derived::makedirs(self, path)
    }

    /// Makes one directory. Atomic: of several that race, one succeeds.
    ///
    /// # Errors
    ///
    /// - *not found*: the parent is missing
    /// - *not a directory*: the parent is a file
    /// - *already exists*: anything stands there
    fn mkdir(&self, path: StorePath) -> Result<()>;

    /// Removes one file, or a symbolic link itself. Atomic; whoever has the file open goes on with its content or fails
    /// with *corrupt*.
    ///
    /// # Errors
    ///
    /// - *not found*: nothing is there
    /// - *is a directory*: a directory is there; it stays
    fn remove(&self, path: StorePath) -> Result<()>;

    /// Removes many files, each as [`remove`](Self::remove) does, and answers for each of them in their order. A store that
    /// takes several in one request overrides it.
    ///
    /// A file that is given with an etag goes only if it still has that etag; otherwise it stays, and the answer is
    /// *changed*. The store decides that together with the removal where it can, so that what another writes at the same
    /// time is never removed; the default body looks and then removes, a moment apart. A flavor says in its documentation
    /// which of the two it does.
    ///
    /// # Errors
    ///
    /// Of each file: *not found*; *is a directory*; *changed*. Of the whole call only when nothing could be asked at all.
    fn remove_many(&self, files: &[Removal<'_>]) -> Result<Vec<Result<()>>> {
        Ok(derived::remove_many(self, files))
    }

    /// Removes a directory that has nothing in it: never a file, never what is below it. Of an object store it removes the
    /// marker that `mkdir` made. Atomic: what is written into the directory at the same time stays.
    ///
    /// # Errors
    ///
    /// - *not found*: nothing is there
    /// - *not a directory*: a file or a symbolic link is there
    /// - *not empty*: something is in it
    /// - *invalid argument*: it is the root, whatever is in it
    /// - *unsupported*: without the capability `remove-directory`
    fn remove_directory(&self, path: StorePath) -> Result<()> {
        let _ = path;
        Err(Error::unsupported("this flavor removes no single directory"))
    }

    /// Gives a file or a directory another path. Missing parents are made. Onto itself it changes nothing with
    /// `overwrite`, also a directory, and is *already exists* without.
    ///
    /// Atomic when the flavor claims `atomic-rename` (files) or `atomic-rename-directory`. Otherwise it copies, then
    /// removes; after a failure each file is in at least one of the two places. Of a directory it removes exactly the files
    /// that it copied, each only if it is still what was copied, and the directories that are empty then: what another
    /// writes into `source` meanwhile stays there, and is named in an error of kind *changed*. The default body needs
    /// `remove_directory` for a directory.
    ///
    /// A file can replace a file, with `overwrite`. A directory replaces nothing.
    ///
    /// # Errors
    ///
    /// - *not found*: nothing is at `source`
    /// - *already exists*: something is at `target` and `overwrite` is false, or a directory is renamed onto anything
    ///   else than itself
    /// - *is a directory*: a file is renamed onto a directory, with `overwrite`
    /// - *not a directory*: a file stands where a parent of `target` must be
    /// - *invalid argument*: `target` is below `source`, or either is the root
    /// - *changed*: something at `source` is not what was copied any more, and is still there
    fn rename(&self, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
        derived::rename(self, source, target, overwrite)
    }

    /// Removes a directory with everything below it. Not atomic: a reader may see a part of it, and after a failure some
    /// of it may be gone; trying again removes the rest. What is written into it meanwhile may stay or go.
    ///
    /// Symbolic links are removed, never followed. A neighbour that shares the name's beginning is not touched. For the
    /// root it removes everything below and keeps the root itself; the host asks for that only when a caller named the
    /// root.
    ///
    /// # Errors
    ///
    /// - *not found*: nothing is there
    /// - *not a directory*: a file is there; it stays
    fn rmtree(&self, path: StorePath) -> Result<()>;

    /// What is at the path: kind, size in bytes, time, etag, as far as the store knows, all of one moment.
    ///
    /// The root is *not found* while its directory, database or bucket is missing, although the other operations take such
    /// a root for an empty directory: whoever is about to make another place like this one must be able to tell.
    ///
    /// # Errors
    ///
    /// *Not found*: nothing is there.
    fn stat(&self, path: StorePath) -> Result<Stat>;

    /// The size of a file in bytes.
    ///
    /// # Errors
    ///
    /// *Not found*; *is a directory*.
    fn size(&self, path: StorePath) -> Result<u64> {
        derived::size(self, path)
    }

    /// Goes through a tree, one visit a directory, in listing order, top-down or bottom-up, streaming: it holds the
    /// directories between the top and where it is with their entries, not the tree. Symbolic links to directories are
    /// listed and not entered. A change meanwhile may be seen or not.
    ///
    /// A directory that cannot be read is an item that is an error, and the walk goes on after it; a `top` that is
    /// missing or a file is such an error too.
    ///
    /// # Errors
    ///
    /// Only when the walk cannot begin at all.
    fn walk(&self, top: StorePath, options: WalkOptions) -> Result<Walk> {
        Ok(Walk::by_listing(top.as_str(), options))
    }

    /// Which thing in the world is at the path, or would be when something is written there; `None` where the store cannot
    /// say. Two stores that lead to one place answer the same. Costs no request to a server.
    ///
    /// # Errors
    ///
    /// When it cannot be looked up.
    fn identity(&self, path: StorePath) -> Result<Option<Identity>> {
        let _ = path;
        Ok(None)
    }

    /// What is at a key that is not a path, such as `d//x` in an object store: the key is what follows the root's prefix,
    /// byte for byte, and is neither normalised nor decoded.
    ///
    /// # Errors
    ///
    /// *Not found*; *invalid path* for a key that a request cannot name without changing it; *unsupported* where every key
    /// is a path.
    fn stat_key(&self, key: &str) -> Result<Stat> {
        let _ = key;
        Err(every_key_is_a_path())
    }

    /// Removes what is at a key, as [`stat_key`](Self::stat_key) finds it; with an etag only if it still has that etag.
    ///
    /// # Errors
    ///
    /// As `stat_key`; *changed*.
    fn remove_key(&self, key: &str, etag: Option<&str>) -> Result<()> {
        let _ = (key, etag);
        Err(every_key_is_a_path())
    }

    /// Copies what is at a key to a path of this store, within the service, so that every operation reaches it then.
    ///
    /// # Errors
    ///
    /// As `stat_key` of the key, and as [`copyfile`](Self::copyfile) of the target.
    fn copy_key(&self, key: &str, target: StorePath, overwrite: bool) -> Result<()> {
        let _ = (key, target, overwrite);
        Err(every_key_is_a_path())
    }

    /// What this store can do, where that is not what the flavor claims in its manifest: a server may be older than the
    /// flavor, a config may make it durable. `None` stands for the flavor's own list. Asked once, when it is first needed.
    fn capabilities(&self) -> Option<Vec<Capability>> {
        None
    }

    /// An ability beyond the contract, found by an id at run time rather than by a wider trait. Request and answer are
    /// in the form that the id defines.
    ///
    /// # Errors
    ///
    /// *Unsupported* for an id that the flavor does not know.
    fn extension(&self, id: &str, request: &[u8]) -> Result<Vec<u8>> {
        let _ = request;
        Err(Error::unsupported(format!("extension `{id}` is not known")))
    }
}

fn every_key_is_a_path() -> Error {
    Error::unsupported("every key of this store is a path")
}

/// Whether a stat is that of a directory.
pub(crate) fn is_directory(stat: &Stat) -> bool {
    stat.kind == Kind::Directory
}
