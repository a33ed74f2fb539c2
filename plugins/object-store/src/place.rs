//! Where a store is: the bucket or container of its root path, and the prefix of its keys.

use larder_plugin_api::{Error, ErrorKind, Result, Root};

/// A bucket or container, and the beginning of all keys in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The bucket or container.
    pub bucket: String,
    /// What all keys begin with, without slashes around it; may be empty.
    pub prefix: String,
}

impl Place {
    /// Takes a root path apart. `noun` is the service's word for a bucket.
    ///
    /// # Errors
    ///
    /// *Invalid path* when it names no bucket, or one that no service allows.
    pub fn new(root: &Root, noun: &str) -> Result<Self> {
        let bucket = root.authority();
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '$');
        if bucket.is_empty() {
            let expected = format!("`{root}` names no {noun}, expected {}{noun}/prefix", root.scheme());
            return Err(Error::new(ErrorKind::InvalidPath, expected));
        }
        if bucket.len() > 222 || !bucket.chars().all(allowed) {
            let message =
                format!("`{bucket}` is no name of a {noun}: expected letters, digits, `-`, `.` and `_`");
            return Err(Error::new(ErrorKind::InvalidPath, message));
        }
        Ok(Self { bucket: bucket.to_owned(), prefix: root.prefix().to_owned() })
    }

    /// What all keys begin with, the `/` after the prefix included.
    pub fn key_prefix(&self) -> String {
        if self.prefix.is_empty() { String::new() } else { format!("{}/", self.prefix) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Result<Place> {
        Place::new(&Root::parse(text)?, "bucket")
    }

    #[test]
    fn a_root_is_a_bucket_and_a_prefix() {
        let expected = Place { bucket: "my.bucket-1".into(), prefix: "runs/7".into() };
        assert_eq!(place("s3://my.bucket-1/runs/7/"), Ok(expected));
        assert_eq!(place("s3://bucket").map(|place| place.prefix), Ok(String::new()));
    }

    #[test]
    fn what_names_no_bucket_is_refused() {
        for text in ["s3://", "s3:///prefix", "s3://user@bucket/x", "s3://bucket:80/x", "s3://b cket"] {
            assert_eq!(place(text).map_err(|error| error.kind()), Err(ErrorKind::InvalidPath), "{text}");
        }
    }
}
