//! Lies about names: stores that spell them their own way.

use std::borrow::Cow;

use larder_plugin_api::{Error, ErrorKind, Result, StorePath};

use crate::Lie;
use crate::store::Liar;

const MAX_NAME_BYTES: usize = 254;

impl Liar {
    /// A path as this store spells it.
    pub fn spelled<'a>(&self, path: StorePath<'a>) -> Result<Cow<'a, str>> {
        let text = path.as_str();
        match self.lie {
            Lie::NamesComposed => Ok(text.replace("e\u{301}", "\u{e9}").into()),
            Lie::NamesDecoded => Ok(text.replace("%2F", "/").into()),
            Lie::NamesTrimmed => Ok(path.components().map(trimmed).collect::<Vec<_>>().join("/").into()),
            Lie::NamesShort if path.components().any(|name| name.len() > MAX_NAME_BYTES) => Err(Error::new(
                ErrorKind::InvalidPath,
                format!("a name has more than {MAX_NAME_BYTES} bytes"),
            )),
            _ => Ok(text.into()),
        }
    }
}

/// A name that is nothing but spaces is kept: without them it were none.
fn trimmed(name: &str) -> &str {
    Some(name.trim_end_matches(' ')).filter(|trimmed| !trimmed.is_empty()).unwrap_or(name)
}
