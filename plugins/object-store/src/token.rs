//! Whose write it was. An answer may be lost after the service did what it was asked: asked again, it says that the target
//! is taken, or that it knows no such upload. A token that is kept with the object tells that from another's write.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::{BuildHasher, RandomState};

use opendal::Metadata;

/// The name in the object's metadata; only letters, as Azure wants it.
const NAME: &str = "larderwrite";

/// What one write is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// One that no other write has.
    pub fn new() -> Self {
        let mut text = String::with_capacity(32);
        for _ in 0..2 {
            // Writing to a text does not fail.
            let _ = write!(text, "{:016x}", RandomState::new().hash_one(std::process::id()));
        }
        Self(text)
    }

    /// What the object is to be written with.
    pub fn as_metadata(&self) -> HashMap<String, String> {
        HashMap::from([(NAME.to_owned(), self.0.clone())])
    }

    /// Whether an object was written with it.
    pub fn is_of(&self, object: &Metadata) -> bool {
        let mut pairs = object.user_metadata().into_iter().flatten();
        pairs.any(|(name, value)| is_name(name) && *value == self.0)
    }
}

/// Whether a name in an object's metadata is that of the token. Services change its case.
pub fn is_name(name: &str) -> bool {
    name.eq_ignore_ascii_case(NAME)
}

#[cfg(test)]
mod tests {
    use super::Token;

    #[test]
    fn no_two_are_the_same() {
        assert_ne!(Token::new(), Token::new());
    }
}
