//! The extensions for whole local files, and lies about them.

use std::fs::{self, File};
use std::io::Read as _;
use std::thread;

use larder_plugin_api::file_transfer::{FileTransfer, GET_FILE, PUT_FILE};
use larder_plugin_api::{ArtifactStore, Error, ErrorKind, OpenMode, Result, StorePath};

use crate::Lie;
use crate::store::Liar;
use crate::writers::BETWEEN;

const MIB: usize = 1 << 20;

impl Liar {
    pub fn lying_extension(&self, id: &str, request: &[u8]) -> Result<Vec<u8>> {
        let transfer = || FileTransfer::from_request(request);
        match id {
            PUT_FILE => Ok(FileTransfer::to_answer(self.put_file(&transfer()?)?)),
            GET_FILE => Ok(FileTransfer::to_answer(self.get_file(&transfer()?)?)),
            _ if self.lie == Lie::KnowsEveryExtension => Ok(Vec::new()),
            _ => Err(Error::unsupported(format!("extension `{id}` is not known"))),
        }
    }

    fn put_file(&self, transfer: &FileTransfer) -> Result<u64> {
        let (honest, path) = (&self.honest, StorePath::new(&transfer.path)?);
        let content = match self.lie {
            Lie::PutFileMissing if !fs::exists(&transfer.local)? => Vec::new(),
            _ => self.local_content(&transfer.local)?,
        };
        let bytes = content.len() as u64;
        let replaces = transfer.overwrite || self.lie == Lie::PutFileOverwrites;
        let mode = if replaces { OpenMode::Write } else { OpenMode::Exclusive };
        match self.lie {
            Lie::PutFileEmpty if content.is_empty() => {}
            Lie::PutFileKeeps if transfer.overwrite && honest.isfile(path) => {}
            Lie::PutFileNoParents
                if path.ancestors().filter(|parent| honest.is_missing(*parent)).count() > 1 =>
            {
                return Err(Error::not_found());
            }
            Lie::PutFileDirectories if !path.is_root() && honest.isdir(path)? => {
                honest.rmtree(path)?;
                honest.put(path, content)?;
            }
            Lie::PutFileParents if path.parent().is_some_and(|parent| honest.isfile(parent)) => {
                honest.remove(path.parent().unwrap_or(StorePath::ROOT))?;
                honest.put(path, content)?;
            }
            _ => honest.put_in_mode(path, mode, self.shortened(Lie::PutFileShort, content))?,
        }
        Ok(bytes + u64::from(self.lie == Lie::PutFileCount))
    }

    /// The local file, unless its size changes while it is read.
    fn local_content(&self, local: &str) -> Result<Vec<u8>> {
        let mut file = File::open(local)?;
        let before = file.metadata()?.len();
        let mut content = Vec::new();
        if self.lie == Lie::PutFileMixes {
            (&mut file).take(before / 2).read_to_end(&mut content)?;
            return mixed(local, content);
        }
        file.read_to_end(&mut content)?;
        let after = file.metadata()?.len();
        let changed = before != after || content.len() as u64 != before;
        if changed {
            return Err(Error::new(ErrorKind::Changed, "the local file changed while it was read"));
        }
        Ok(content)
    }

    fn get_file(&self, transfer: &FileTransfer) -> Result<u64> {
        let (honest, path) = (&self.honest, StorePath::new(&transfer.path)?);
        let content = match self.lie {
            Lie::GetFileMissing if honest.is_missing(path) => Vec::new(),
            Lie::GetFileDirectories if honest.isdir(path)? => Vec::new(),
            _ => honest.content(path)?,
        };
        let bytes = content.len() as u64;
        if self.lie != Lie::GetFileNothing {
            fs::write(&transfer.local, self.shortened(Lie::GetFileShort, content))?;
        }
        Ok(bytes)
    }

    fn shortened(&self, lie: Lie, mut content: Vec<u8>) -> Vec<u8> {
        if self.lie == lie && content.len() > MIB {
            content.pop();
        }
        content
    }
}

/// A half that was read, and the rest of what the local file is when it has become another one.
fn mixed(local: &str, mut content: Vec<u8>) -> Result<Vec<u8>> {
    const LOOKS: usize = 100;
    for _ in 0..LOOKS {
        let now = fs::read(local)?;
        if now.len() > content.len() && now.last() != content.first() {
            content.extend_from_slice(&now[content.len()..]);
            break;
        }
        thread::sleep(BETWEEN);
    }
    Ok(content)
}
