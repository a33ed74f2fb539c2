//! Copies a file or a tree from one end to the other.

use std::io::{Read, Write};
use std::time::SystemTime;

use larder_plugin_api::{ErrorKind as StoreErrorKind, Kind, Visit};

use super::end::{End, EndReader, EndWriter};
use super::local::{self, WriteOptions, join};
use super::observer::Observer;
use super::pump::{Pump, PumpError};
use crate::error::{Error, ErrorKind, Result};
use crate::store::Cancellation;

/// How files are copied. One of them copies any number of files, one after another, with the same buffers.
pub struct Transfer<'a> {
    overwrite: bool,
    keep_times: bool,
    exclude_caches: bool,
    cancellation: Cancellation,
    observer: &'a mut dyn Observer,
    pump: Pump,
}

/// What was copied, and what was not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Files that are there now.
    pub files: u64,
    /// Their bytes, as far as they passed through this process or their size was known.
    pub bytes: u64,
    /// Files and directories that could not be copied; the observer heard of each.
    pub failed: u64,
}

impl<'a> Transfer<'a> {
    /// Copies that replace what is there.
    pub fn new(cancellation: Cancellation, observer: &'a mut dyn Observer) -> Self {
        Self {
            overwrite: true,
            keep_times: false,
            exclude_caches: false,
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
            return Err(larder_plugin_api::Error::from(StoreErrorKind::Interrupted).into());
        }
        Ok(())
    }

    /// Copies one file and says how many bytes it was. The target is the old file or the whole new one.
    ///
    /// # Errors
    ///
    /// When the source is missing or a directory, the target is a directory or must not be replaced, or either store
    /// fails.
    pub fn file(&mut self, source: &End, target: &End, size_bytes: Option<u64>) -> Result<u64> {
        self.check_cancelled()?;
        let (from, to) = (source.address(), target.address());
        self.observer.begin(&from, size_bytes);
        let within = if source.shares_store_with(target) { self.within(source, target)? } else { false };
        let count = if within { size_bytes.unwrap_or_default() } else { self.through(source, target)? };
        if within {
            self.observer.advance(count);
        }
        self.observer.done(&from, &to);
        Ok(count)
    }

    /// Lets the store copy by itself; false when it cannot.
    fn within(&self, source: &End, target: &End) -> Result<bool> {
        let (End::Store { store, path: from }, End::Store { path: to, .. }) = (source, target) else {
            return Ok(false);
        };
        match store.copyfile(from, to, self.overwrite) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == StoreErrorKind::Unsupported => Ok(false),
            Err(error) => {
                let text = format!("cannot copy `{}` to `{}`", source.address(), target.address());
                Err(Error::from(error).context(text))
            }
        }
    }

    fn through(&mut self, source: &End, target: &End) -> Result<u64> {
        let modified = if self.keep_times { source.stat()?.modified } else { None };
        if !self.observer.watches_bytes()
            && let Some(count) = self.get_in_one_step(source, target, modified)?
        {
            self.observer.advance(count);
            return Ok(count);
        }
        let mut reader = source.reader(&self.cancellation)?;
        if !self.observer.watches_bytes()
            && let Some(count) = self.put_in_one_step(&reader, source, target)?
        {
            self.observer.advance(count);
            return Ok(count);
        }
        let mut writer = target.writer(&self.write_options(source.unix_mode()))?;
        let count = self.move_bytes(&mut reader, source, &mut writer, target)?;
        reader.finish(source)?;
        writer.close(target, modified)?;
        Ok(count)
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
        match (reader, source, target) {
            (EndReader::Local(reader), End::Local(file), End::Store { store, path })
                if reader.size().is_some() =>
            {
                store.put_file(file, path, self.overwrite).map_err(|error| target.said("write", error))
            }
            _ => Ok(None),
        }
    }

    /// Lets the store copy from itself to a local file; `None` when it cannot.
    fn get_in_one_step(
        &self,
        source: &End,
        target: &End,
        modified: Option<SystemTime>,
    ) -> Result<Option<u64>> {
        let (End::Store { store, path }, End::Local(_)) = (source, target) else { return Ok(None) };
        let writer = target.writer(&self.write_options(None))?;
        let Some(hidden) = writer.hidden_file() else { return Ok(None) };
        let count = store.get_file(path, hidden).map_err(|error| match error.kind() {
            // The store reads, and the local file has no room.
            StoreErrorKind::NoSpace => target.said("write", error),
            _ => source.said("read", error),
        })?;
        if count.is_some() {
            writer.close(target, modified)?;
        }
        Ok(count)
    }

    /// Writes what a reader gives to the target, such as the standard input.
    ///
    /// # Errors
    ///
    /// As [`file`](Self::file).
    pub fn from_reader(&mut self, reader: &mut (dyn Read + Send), name: &str, target: &End) -> Result<u64> {
        self.observer.begin(name, None);
        let source = End::local(name);
        let count = self.write_from(reader, &source, target, None)?;
        self.observer.done(name, &target.address());
        Ok(count)
    }

    fn write_from(
        &mut self,
        reader: &mut (dyn Read + Send),
        source: &End,
        target: &End,
        modified: Option<SystemTime>,
    ) -> Result<u64> {
        let mut writer = target.writer(&self.write_options(None))?;
        let count = self.pump(reader, source, &mut writer, target)?;
        writer.close(target, modified)?;
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

    /// Copies a directory with everything below it; the target is the new directory itself, and may exist.
    ///
    /// A file or directory that fails does not stop the others: the observer hears of it, and it is counted.
    ///
    /// # Errors
    ///
    /// When the source cannot be walked at all, the target is within the source, or the caller cancelled.
    pub fn tree(&mut self, source: &End, target: &End) -> Result<Copied> {
        if target.is_within(source) {
            let text =
                format!("cannot copy directory `{}` into itself, `{}`", source.address(), target.address());
            return Err(Error::new(ErrorKind::Store(StoreErrorKind::InvalidArgument), text));
        }
        let mut copied = Copied::default();
        let visits = if self.exclude_caches { source.walk_without_caches()? } else { source.walk()? };
        for visit in visits {
            self.check_cancelled()?;
            match visit {
                Ok(visit) => self.directory(source, target, &visit, &mut copied)?,
                Err(error) => self.fail(error, &mut copied)?,
            }
        }
        Ok(copied)
    }

    fn directory(&mut self, source: &End, target: &End, visit: &Visit, copied: &mut Copied) -> Result<()> {
        let empty = visit.files.is_empty() && visit.directories.is_empty();
        // A store makes the parents of a file by itself.
        if (empty || matches!(target, End::Local(_)))
            && let Err(error) = make_directory(&target.join(&visit.directory))
        {
            return self.fail(error, copied);
        }
        for entry in &visit.files {
            let relative = join(&visit.directory, &entry.name);
            let from = source.join(&relative);
            if entry.kind != Kind::File {
                self.observer.skipped(&from.address(), "neither a file nor a directory");
                continue;
            }
            match self.file(&from, &target.join(&relative), entry.size) {
                Ok(bytes) => {
                    copied.files += 1;
                    copied.bytes += bytes;
                }
                Err(error) => self.fail(error, copied)?,
            }
        }
        Ok(())
    }

    /// Goes on after what failed, unless the caller cancelled.
    fn fail(&mut self, error: Error, copied: &mut Copied) -> Result<()> {
        if error.kind() == ErrorKind::Store(StoreErrorKind::Interrupted) {
            return Err(error);
        }
        copied.failed += 1;
        self.observer.failed(error);
        Ok(())
    }
}

/// Makes a directory. A store without empty directories loses them, which is no failure.
pub(super) fn make_directory(target: &End) -> Result<()> {
    match target.makedirs() {
        Err(error) if error.kind() == ErrorKind::Store(StoreErrorKind::Unsupported) => Ok(()),
        result => result,
    }
}

fn explain(error: PumpError, source: &End, target: &End) -> Error {
    match error {
        PumpError::Read(error) => source.io("read", error),
        PumpError::Write(error) => target.io("write", error),
        PumpError::Cancelled => larder_plugin_api::Error::from(StoreErrorKind::Interrupted).into(),
    }
}
