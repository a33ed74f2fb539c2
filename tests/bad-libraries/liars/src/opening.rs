//! Lies about `open`: which reader or writer a path gets.

use std::io::Cursor;
use std::sync::PoisonError;

use larder_plugin_api::{ArtifactStore, Error, OpenMode, OpenOptions, Opened, Result, StorePath};

use crate::Lie;
use crate::reader::LyingReader;
use crate::store::{Given, Liar};
use crate::writers::{DroppedWriter, EagerWriter, RacingWriter};

const LOSING_BYTES: usize = 64 << 10;

impl Liar {
    pub fn open_to_read(&self, path: StorePath) -> Result<Opened> {
        match self.lie {
            Lie::OpensDirectories if self.honest.isdir(path)? => {
                Ok(Opened::reader(Cursor::new(Vec::<u8>::new())))
            }
            Lie::LosesALastByte => {
                let mut content = self.honest.content(path)?;
                if content.len() == LOSING_BYTES {
                    content.pop();
                }
                Ok(Opened::reader(Cursor::new(content)))
            }
            Lie::ReadAtShort
            | Lie::ReadAtMoves
            | Lie::SeekFromEndWrong
            | Lie::SeekBeforeBeginning
            | Lie::ReaderStatSize
            | Lie::ReaderStatEtag
            | Lie::ReaderStatFresh
            | Lie::ReaderStatMoves => {
                let content = Cursor::new(self.honest.content(path)?);
                let (stat, honest) = (self.honest.stat(path)?, self.honest.clone());
                let path = path.as_str().to_owned();
                Ok(Opened::Reader(Box::new(LyingReader { content, lie: self.lie, stat, honest, path })))
            }
            _ => self.honest.open(path, OpenMode::Read),
        }
    }

    /// What a file is given: the honest store ignores all of it.
    pub fn lying_open_with(&self, path: StorePath, options: &OpenOptions) -> Result<Opened> {
        match self.lie {
            Lie::OpenRefusesTimes if options.modified.is_some() => {
                return Err(Error::unsupported("no time can be given"));
            }
            Lie::OpenRefusesBits if options.unix_mode.is_some() => {
                return Err(Error::unsupported("no permission bits can be given"));
            }
            Lie::OpenReplacesBits | Lie::OpenWrongTime if options.mode != OpenMode::Read => {
                self.given.lock().unwrap_or_else(PoisonError::into_inner).insert(
                    path.as_str().to_owned(),
                    Given { timed: options.modified.is_some(), unix_mode: options.unix_mode },
                );
            }
            _ => {}
        }
        self.open(path, options.mode)
    }

    pub fn open_to_write(&self, path: StorePath, mode: OpenMode) -> Result<Opened> {
        let honest = &self.honest;
        match (self.lie, mode) {
            (Lie::AppendTruncates, OpenMode::Append) | (Lie::ExclusiveOverwrites, OpenMode::Exclusive) => {
                honest.open(path, OpenMode::Write)
            }
            (Lie::AppendAbsent, OpenMode::Append) => Err(Error::unsupported("files cannot be appended to")),
            (Lie::ExclusiveLooksBefore, OpenMode::Exclusive) => {
                honest.open(path, OpenMode::Exclusive)?;
                honest.open(path, OpenMode::Write)
            }
            (Lie::ExclusiveRaces, OpenMode::Exclusive) => {
                honest.open(path, OpenMode::Exclusive)?;
                Ok(Opened::Writer(Box::new(RacingWriter::new(honest.clone(), path))))
            }
            (Lie::VisibleBeforeClose, OpenMode::Write) => {
                honest.open(path, OpenMode::Write)?;
                Ok(Opened::Writer(Box::new(EagerWriter::new(honest.clone(), path))))
            }
            (Lie::DroppedPublishes, OpenMode::Write) => {
                let opened = honest.open(path, OpenMode::Write)?;
                Ok(Opened::Writer(Box::new(DroppedWriter::new(opened)?)))
            }
            (Lie::ParentsAtOpen, OpenMode::Write) => {
                let opened = honest.open(path, OpenMode::Write)?;
                honest.makedirs(path.parent().unwrap_or(StorePath::ROOT))?;
                Ok(opened)
            }
            _ => honest.open(path, mode),
        }
    }
}
