//! Reading a local file, and finding out at the end whether it is still the file that was begun.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use larder_plugin_api::{Error, ErrorKind};

use super::descriptor;
use super::waiting::{Waiting, own_flags};
use crate::store::Cancellation;

/// A local file, pipe or device that is read from beginning to end.
///
/// [`finish`](Self::finish) is owed before what was read is published.
#[derive(Debug)]
pub struct LocalReader {
    source: Source,
    /// The path that led to the file; a descriptor has none.
    path: Option<PathBuf>,
    /// What the file was when it was opened; pipes and devices, and the files of `/proc`, tell nothing.
    began: Option<Seen>,
    size: Option<u64>,
    count: u64,
}

#[derive(Debug)]
enum Source {
    Plain(File),
    Waiting(Waiting),
}

/// What tells one state of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    thing: (u64, u64),
    size: u64,
    modified: (i64, i64),
}

impl Seen {
    fn of(metadata: &Metadata) -> Self {
        Self {
            thing: (metadata.dev(), metadata.ino()),
            size: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
        }
    }
}

impl LocalReader {
    /// Opens what is at a path. `/dev/stdin` and `/dev/fd/N` mean the open descriptor.
    ///
    /// # Errors
    ///
    /// When it is missing, a directory, or cannot be read.
    pub fn open(path: &Path, cancellation: &Cancellation) -> io::Result<Self> {
        if let Some(opened) = descriptor::of(path) {
            return Self::over(Waiting::over(opened?, cancellation)?);
        }
        let file = File::options().read(true).custom_flags(own_flags()).open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !metadata.is_file() {
            return Self::over(Waiting::own(file, cancellation)?);
        }
        let computed = is_computed(&file);
        let size = Some(metadata.len()).filter(|size| *size > 0 && !computed);
        let began = (!computed).then(|| Seen::of(&metadata));
        Ok(Self { source: Source::Plain(file), path: Some(path.to_owned()), began, size, count: 0 })
    }

    /// The standard input.
    ///
    /// # Errors
    ///
    /// When the process has none.
    pub fn stdin(cancellation: &Cancellation) -> io::Result<Self> {
        Self::over(Waiting::over(io::stdin().as_fd().try_clone_to_owned()?, cancellation)?)
    }

    fn over(waiting: Waiting) -> io::Result<Self> {
        let metadata = waiting.file().metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let began = waiting.is_plain().then(|| Seen::of(&metadata));
        Ok(Self { source: Source::Waiting(waiting), path: None, began, size: None, count: 0 })
    }

    /// How many bytes it has to give; `None` where only reading tells: a pipe, a device, a descriptor, which may be in the
    /// middle of its file, and a file whose system states no size or makes the content up as it is read.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// The file, where it is a plain one that is read from its beginning.
    pub fn plain_file(&self) -> Option<&File> {
        match &self.source {
            Source::Plain(file) => Some(file),
            Source::Waiting(_) => None,
        }
    }

    /// The mode of the file.
    pub fn unix_mode(&self) -> Option<u32> {
        self.plain_file()?.metadata().ok().map(|metadata| metadata.mode() & 0o7777)
    }

    /// Counts bytes that were read past this reader, from its [`plain_file`](Self::plain_file).
    pub fn count(&mut self, bytes: u64) {
        self.count += bytes;
    }

    /// Fails when the file is no longer what it was when it was opened, or gave other bytes than it has.
    ///
    /// # Errors
    ///
    /// That it changed, with how; or that it cannot be looked at.
    pub fn finish(&self) -> io::Result<()> {
        let Some(began) = self.began else { return Ok(()) };
        let open = match &self.source {
            Source::Plain(file) => file,
            Source::Waiting(waiting) => waiting.file(),
        };
        let now = Seen::of(&open.metadata()?);
        if now.size != began.size {
            return Err(changed(&format!("it had {} bytes, and has {} now", began.size, now.size)));
        }
        if now != began {
            return Err(changed("it was written to"));
        }
        if let Some(size) = self.size.filter(|size| *size != self.count) {
            return Err(changed(&format!("it has {size} bytes and gave {}", self.count)));
        }
        match self.path.as_deref().map(fs::metadata) {
            Some(Err(error)) if error.kind() == io::ErrorKind::NotFound => Err(changed("it was removed")),
            Some(Ok(metadata)) if Seen::of(&metadata).thing != began.thing => {
                Err(changed("another file took its place"))
            }
            _ => Ok(()),
        }
    }
}

impl Read for LocalReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match &mut self.source {
            Source::Plain(file) => file.read(buffer)?,
            Source::Waiting(waiting) => waiting.read(buffer)?,
        };
        self.count += count as u64;
        Ok(count)
    }
}

fn changed(how: &str) -> io::Error {
    Error::new(CHANGED, format!("the file changed while it was read: {how}")).into()
}

/// The kind of the error for a file that is no longer what it was.
const CHANGED: ErrorKind = ErrorKind::Changed;

/// Whether the system makes a file up as it is read, so that its size and times say nothing.
#[cfg(target_os = "linux")]
fn is_computed(file: &File) -> bool {
    /// Of `/proc`, `/sys` and what is mounted below them.
    const COMPUTED: [u64; 9] = [
        0x0000_9fa0, // proc
        0x6265_6572, // sysfs
        0x6462_6720, // debugfs
        0x7472_6163, // tracefs
        0x7363_6673, // securityfs
        0x0027_e0eb, // cgroup
        0x6367_7270, // cgroup2
        0x6265_6570, // configfs
        0x6165_676c, // pstore
    ];
    #[allow(clippy::unnecessary_cast, clippy::cast_sign_loss, reason = "the type differs by architecture")]
    rustix::fs::fstatfs(file).is_ok_and(|system| COMPUTED.contains(&(system.f_type as u64)))
}

/// Whether the system makes a file up as it is read: not known here.
#[cfg(not(target_os = "linux"))]
fn is_computed(_: &File) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    type Meanwhile<'a> = &'a dyn Fn(&Path);

    fn read(path: &Path, meanwhile: impl FnOnce(&Path)) -> Result<Vec<u8>, String> {
        let mut reader = LocalReader::open(path, &Cancellation::new()).expect("it opens");
        let mut bytes = vec![0; 4];
        reader.read_exact(&mut bytes).expect("it reads");
        meanwhile(path);
        reader.read_to_end(&mut bytes).expect("it reads");
        reader.finish().map(|()| bytes).map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_that_changes_while_it_is_read_is_an_error() {
        let append = |path: &Path| {
            let mut file = File::options().append(true).open(path).expect("it opens");
            file.write_all(b"more").expect("it writes");
        };
        let cut = |path: &Path| {
            File::options().write(true).open(path).and_then(|file| file.set_len(5)).expect("it is cut");
        };
        let touch = |path: &Path| {
            let file = File::options().write(true).open(path).expect("it opens");
            file.set_modified(std::time::UNIX_EPOCH).expect("it takes a time");
        };
        let replace = |path: &Path| {
            fs::write(path.with_extension("new"), "another0").expect("a file");
            fs::rename(path.with_extension("new"), path).expect("it is replaced");
        };
        let remove = |path: &Path| fs::remove_file(path).expect("it goes");
        let nothing = |_: &Path| {};
        let cases: [(Meanwhile<'_>, Option<&str>); 6] = [
            (&append, Some("it had 8 bytes, and has 12 now")),
            (&cut, Some("it had 8 bytes, and has 5 now")),
            (&touch, Some("it was written to")),
            (&replace, Some("another file took its place")),
            (&remove, Some("it was removed")),
            (&nothing, None),
        ];
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("file");
        for (meanwhile, expected) in cases {
            fs::write(&path, "12345678").expect("a file");
            match (read(&path, meanwhile), expected) {
                (Ok(bytes), None) => assert_eq!(bytes, b"12345678"),
                (Err(error), Some(expected)) => assert!(error.ends_with(expected), "{error}"),
                (result, expected) => panic!("{result:?} rather than {expected:?}"),
            }
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_the_system_makes_up_is_read_to_the_end() {
        for path in ["/proc/self/status", "/proc/version", "/sys/kernel/mm/transparent_hugepage/enabled"] {
            let path = Path::new(path);
            let Ok(mut reader) = LocalReader::open(path, &Cancellation::new()) else { continue };
            let mut bytes = Vec::new();
            reader.read_to_end(&mut bytes).expect("it reads");
            assert!(!bytes.is_empty());
            assert_eq!(reader.size(), None);
            reader.finish().expect("its size says nothing");
        }
    }

    #[test]
    fn a_directory_cannot_be_read() {
        let directory = tempfile::tempdir().expect("a directory");
        let error = LocalReader::open(directory.path(), &Cancellation::new()).expect_err("no file");
        assert_eq!(error.kind(), io::ErrorKind::IsADirectory);
    }
}
