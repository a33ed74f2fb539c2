//! An ability beyond the contract: a store that copies from and to a file of this machine by itself.
//!
//! A host moves bytes through a reader or a writer. A store that can do better with a whole local file, by sharing blocks
//! or without the bytes passing through the process, answers these ids in [`extension`](crate::ArtifactStore::extension).
//! The request is a [`FileTransfer`] as JSON, the answer the number of bytes as decimal text.

use serde_json::{Value, json};

use crate::error::{Error, ErrorKind, Result};

/// The id for copying a local file into the store: as `open` in mode `w` or `x`, writing all of it, and `close`.
pub const PUT_FILE: &str = "larder.put-file.v1";

/// The id for copying a file of the store into a local file, which exists and is empty, and which nobody else sees.
pub const GET_FILE: &str = "larder.get-file.v1";

/// What is to be copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileTransfer {
    /// The local file, a regular one, as an absolute path.
    pub local: String,
    /// The path in the store.
    pub path: String,
    /// Whether a file that is at the path already is replaced; for [`PUT_FILE`] only.
    pub overwrite: bool,
}

impl FileTransfer {
    /// The request that crosses the ABI.
    pub fn to_request(&self) -> Vec<u8> {
        json!({"local": self.local, "path": self.path, "overwrite": self.overwrite}).to_string().into_bytes()
    }

    /// Reads a request.
    ///
    /// # Errors
    ///
    /// *Invalid argument* when it is not of this form; *invalid path* when the path is not normalised.
    pub fn from_request(request: &[u8]) -> Result<Self> {
        let parsed: Option<Value> = serde_json::from_slice(request).ok();
        let transfer = parsed.and_then(|value| {
            Some(Self {
                local: value["local"].as_str()?.to_owned(),
                path: value["path"].as_str()?.to_owned(),
                overwrite: value["overwrite"].as_bool()?,
            })
        });
        let transfer = transfer
            .ok_or_else(|| Error::new(ErrorKind::InvalidArgument, "the request is no file transfer"))?;
        crate::StorePath::new(&transfer.path)?;
        Ok(transfer)
    }

    /// The answer to a request: how many bytes were copied.
    pub fn to_answer(bytes: u64) -> Vec<u8> {
        bytes.to_string().into_bytes()
    }

    /// Reads an answer.
    ///
    /// # Errors
    ///
    /// *Unexpected* when it is no number.
    pub fn from_answer(answer: &[u8]) -> Result<u64> {
        let number = std::str::from_utf8(answer).ok().and_then(|text| text.parse().ok());
        number.ok_or_else(|| Error::new(ErrorKind::Unexpected, "the answer is no number of bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_survives_the_border() {
        let transfer = FileTransfer { local: "/a \"b\"".into(), path: "c/d".into(), overwrite: true };
        assert_eq!(FileTransfer::from_request(&transfer.to_request()), Ok(transfer));
        assert_eq!(FileTransfer::from_answer(&FileTransfer::to_answer(7)), Ok(7));
    }

    #[test]
    fn refuses_what_is_no_request() {
        for request in ["", "{}", r#"{"local":"/a","path":"../b","overwrite":true}"#] {
            assert!(FileTransfer::from_request(request.as_bytes()).is_err(), "{request}");
        }
    }
}
