//! Copies one file from one end to the other.

use std::io::{Read, Write};
use std::time::SystemTime;

use larder_plugin_api::{Error as StoreError, ErrorKind as StoreErrorKind};

use super::end::{End, EndReader, EndWriter};
use super::links::LinkOptions;
use super::local::{self, WriteOptions};
use super::observer::Observer;
use super::pump::{Pump, PumpError};
use super::removal::{Seen, changed};
use crate::error::{Error, ErrorKind, Result};
use crate::store::Cancellation;

/// How files are copied. One of them copies any number of files, one after another, with the same buffers.
pub struct Transfer<'a> {
    overwrite: bool,
    keep_times: bool,
    pub(super) exclude_caches: bool,
    pub(super) links: LinkOptions,
    cancellation: Cancellation,
    observer: &'a mut dyn Observer,
    pump: Pump,
}

/// The permission bits of a file whose source is not known yet; it gets no more than those of its source in the end.
const ANY_MODE: u32 = 0o777;

/// Whether somebody needs to know which file it was that was copied.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Bytes,
    Seen,
}

/// Whether a store copied to a local file by itself.
enum OneStep {
    /// It did, so many bytes.
    Done(u64),
    /// It did not. A writer that was begun is used further: a pipe that is closed and opened again has ended for its reader.
    Not(Option<EndWriter>),
}

impl<'a> Transfer<'a> {
    /// Copies that replace what is there.
    pub fn new(cancellation: Cancellation, observer: &'a mut dyn Observer) -> Self {
        Self {
            overwrite: true,
            keep_times: false,
            exclude_caches: false,
            links: LinkOptions::default(),
            cancellation,
            observer,
            pump: Pump::default(),
        }
    }

    /// Whether a file may replace another. Without, it is the target's store that decides, atomically.
    #[must_use]
    pub fn overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = overwrite;
        self
    }

    /// Whether a local target gets the time of its source.
    #[must_use]
    pub fn keep_times(mut self, keep_times: bool) -> Self {
        self.keep_times = keep_times;
        self
    }

    /// Whether local directories that are marked as caches, by a `CACHEDIR.TAG`, are left out of a tree.
    #[must_use]
    pub fn exclude_caches(mut self, exclude_caches: bool) -> Self {
        self.exclude_caches = exclude_caches;
        self
    }

    /// What becomes of symbolic links and special files in a tree.
    #[must_use]
    pub fn links(mut self, links: LinkOptions) -> Self {
        self.links = links;
        self
    }

    /// Who hears of what happens.
    pub fn observer(&mut self) -> &mut dyn Observer {
        &mut *self.observer
    }

    /// Stops when the caller has cancelled.
    ///
    /// # Errors
    ///
    /// *Interrupted* when it is cancelled.
    pub fn check_cancelled(&self) -> Result<()> {
        if self.cancellation.is_cancelled() {
            return Err(StoreError::from(StoreErrorKind::Interrupted).into());
        }
        Ok(())
    }

    /// Copies one file and says how many bytes it was. The target is the old file or the whole new one.
    ///
    /// Nothing is published when the source changed while it was read, or gave more or fewer bytes than it has.
    ///
    /// # Errors
    ///
    /// When the source is missing or a directory, the target is a directory or must not be replaced, or either store
    /// fails.
    pub fn file(&mut self, source: &End, target: &End, size_bytes: Option<u64>) -> Result<u64> {
        self.file_as(source, target, size_bytes, Wanted::Bytes).map(|(bytes, _)| bytes)
    }

    /// The same, with what tells the file that was copied from a later one at its path.
    pub(super) fn file_as(
        &mut self,
        source: &End,
        target: &End,
        size_bytes: Option<u64>,
        wanted: Wanted,
    ) -> Result<(u64, Seen)> {
        self.check_cancelled()?;
        let (from, to) = (source.address(), target.address());
        self.observer.begin(&from, size_bytes);
        let copied = match self.within(source, target, wanted)? {
            Some(seen) => {
                let bytes = size_bytes.unwrap_or_default();
                self.observer.advance(bytes);
                (bytes, seen)
            }
            None => self.through(source, target, wanted)?,
        };
        self.observer.done(&from, &to);
        Ok(copied)
    }

    /// Lets the store copy by itself; `None` when it cannot.
    fn within(&self, source: &End, target: &End, wanted: Wanted) -> Result<Option<Seen>> {
        let (End::Store { store, path: from }, End::Store { path: to, .. }) = (source, target) else {
            return Ok(None);
        };
        if !source.shares_store_with(target) {
            return Ok(None);
        }
        let seen = match wanted {
            Wanted::Bytes => Seen::default(),
            Wanted::Seen => Seen::from(&source.stat()?),
        };
        match store.copyfile(from, to, self.overwrite) {
            Ok(()) => Ok(Some(seen)),
            Err(error) if error.kind() == StoreErrorKind::Unsupported => Ok(None),
            Err(error) => {
                let text = format!("cannot copy `{}` to `{}`", source.address(), target.address());
                Err(Error::from(error).context(text))
            }
        }
    }

    fn through(&mut self, source: &End, target: &End, wanted: Wanted) -> Result<(u64, Seen)> {
        let modified = if self.keep_times { source.stat()?.modified } else { None };
        let in_one_step = wanted == Wanted::Bytes && !self.observer.watches_bytes();
        let mut begun = None;
        if in_one_step {
            match self.get_in_one_step(source, target, modified)? {
                OneStep::Done(count) => {
                    self.observer.advance(count);
                    return Ok((count, Seen::default()));
                }
                OneStep::Not(writer) => begun = writer,
            }
        }
        let mut reader = source.reader(&self.cancellation)?;
        if in_one_step && let Some(count) = self.put_in_one_step(&reader, source, target)? {
            self.observer.advance(count);
            return Ok((count, Seen::default()));
        }
        let mut writer = match begun {
            Some(writer) => writer,
            None => target.writer(&self.write_options(reader.unix_mode()))?,
        };
        writer.limit_mode(reader.unix_mode());
        let count = self.move_bytes(&mut reader, source, &mut writer, target)?;
        reader.finish(source)?;
        writer.close(target, modified)?;
        Ok((count, reader.seen()))
    }

    /// Between two local files holes stay holes.
    fn move_bytes(
        &mut self,
        reader: &mut EndReader,
        source: &End,
        writer: &mut EndWriter,
        target: &End,
    ) -> Result<u64> {
        let (EndReader::Local(local), EndWriter::Local(written)) = (&mut *reader, &*writer) else {
            return self.pump(reader, source, writer, target);
        };
        let (Some(_), Some(from), Some(to)) = (local.size(), local.plain_file(), written.staged_file())
        else {
            return self.pump(reader, source, writer, target);
        };
        let observer = &mut *self.observer;
        let copied =
            local::copy_with_holes(from, to, &self.cancellation, &mut |bytes| observer.advance(bytes));
        let count = copied.map_err(|error| explain(error, source, target))?;
        local.count(count);
        Ok(count)
    }

    fn write_options(&self, unix_mode: Option<u32>) -> WriteOptions {
        WriteOptions { overwrite: self.overwrite, unix_mode, cancellation: self.cancellation.clone() }
    }

    /// Lets the store copy a plain local file into itself; `None` when it cannot. That the file can be read is known.
    fn put_in_one_step(&self, reader: &EndReader, source: &End, target: &End) -> Result<Option<u64>> {
        let (EndReader::Local(reader), End::Local(file), End::Store { store, path }) =
            (reader, source, target)
        else {
            return Ok(None);
        };
        let Some(size) = reader.size() else { return Ok(None) };
        let count =
            store.put_file(file, path, self.overwrite).map_err(|error| target.said("write", error))?;
        // What a flavor promises of the file is looked at once more.
        if count.is_some_and(|count| count != size) {
            return Err(source.said("read", changed()));
        }
        Ok(count)
    }

    /// Lets the store copy from itself to a local file.
    fn get_in_one_step(&self, source: &End, target: &End, modified: Option<SystemTime>) -> Result<OneStep> {
        let End::Store { store, path } = source else { return Ok(OneStep::Not(None)) };
        if !target.is_local() {
            return Ok(OneStep::Not(None));
        }
        let mut writer = target.writer(&self.write_options(Some(ANY_MODE)))?;
        let Some(hidden) = writer.hidden_file() else { return Ok(OneStep::Not(Some(writer))) };
        let count = store.get_file(path, hidden).map_err(|error| match error.kind() {
            // The store reads, and the local file has no room.
            StoreErrorKind::NoSpace => target.said("write", error),
            _ => source.said("read", error),
        })?;
        let Some(count) = count else { return Ok(OneStep::Not(Some(writer))) };
        let length = hidden.metadata().map_err(|error| target.io("write", error))?.len();
        if length != count {
            let message = format!("the store said that it gave {count} bytes, and gave {length}");
            return Err(source.said("read", StoreError::new(StoreErrorKind::Corrupt, message)));
        }
        writer.limit_mode(source.stat()?.unix_mode);
        writer.close(target, modified)?;
        Ok(OneStep::Done(count))
    }

    /// Writes what a reader gives to the target, such as the standard input.
    ///
    /// # Errors
    ///
    /// As [`file`](Self::file).
    pub fn from_reader(&mut self, reader: &mut (dyn Read + Send), name: &str, target: &End) -> Result<u64> {
        self.observer.begin(name, None);
        let source = End::local(name);
        let mut writer = target.writer(&self.write_options(None))?;
        let count = self.pump(reader, &source, &mut writer, target)?;
        writer.close(target, None)?;
        self.observer.done(name, &target.address());
        Ok(count)
    }

    /// Writes a file to a writer, such as the standard output.
    ///
    /// # Errors
    ///
    /// When the source cannot be read or the writer fails.
    pub fn to_writer(&mut self, source: &End, writer: &mut dyn Write, name: &str) -> Result<u64> {
        let mut reader = source.reader(&self.cancellation)?;
        let count = self.pump(&mut reader, source, writer, &End::local(name))?;
        reader.finish(source)?;
        Ok(count)
    }

    fn pump(
        &mut self,
        reader: &mut (dyn Read + Send),
        source: &End,
        writer: &mut dyn Write,
        target: &End,
    ) -> Result<u64> {
        let observer = &mut *self.observer;
        let moved = self.pump.run(reader, writer, &self.cancellation, &mut |bytes| observer.advance(bytes));
        moved.map_err(|error| explain(error, source, target))
    }
}

/// Makes a directory like that of the source. A store without empty directories loses them, which is no failure.
pub(super) fn make_directory(source: &End, target: &End) -> Result<()> {
    let unix_mode = if target.is_local() { source.directory_mode() } else { None };
    match target.makedirs_like(unix_mode) {
        Err(error) if error.kind() == ErrorKind::Store(StoreErrorKind::Unsupported) => Ok(()),
        result => result,
    }
}

fn explain(error: PumpError, source: &End, target: &End) -> Error {
    match error {
        PumpError::Read(error) => source.io("read", error),
        PumpError::Write(error) => target.io("write", error),
        PumpError::Cancelled => StoreError::from(StoreErrorKind::Interrupted).into(),
    }
}
