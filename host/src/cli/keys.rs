//! `--key`: objects whose key is not a path, such as `d//x`. The key is what follows the root's prefix, byte for byte.

use larder::{Error, Place, Store};

use super::context::Context;
use super::failure::Outcome;
use super::place::resolve;

/// A store, and keys in it.
pub struct Keys<'a> {
    pub store: Store,
    pub keys: &'a [String],
}

impl<'a> Keys<'a> {
    /// What `STORE: KEY...` names.
    pub fn of(context: &Context, arguments: &'a [String]) -> Outcome<Self> {
        let [address, keys @ ..] = arguments else { return Err(usage("no store was named").into()) };
        if keys.is_empty() {
            return Err(usage("no key was named").into());
        }
        let Place { store, path } = resolve(context, address)?;
        if !path.is_empty() {
            let text = format!("`{address}` is a path in a store, and a key begins at the root of one");
            return Err(usage(&text).into());
        }
        Ok(Self { store, keys })
    }

    /// How a message names a key.
    pub fn address(&self, key: &str) -> String {
        format!("{}:{key}", self.store.name())
    }

    /// What failed at a key.
    pub fn failed(&self, tried: &str, key: &str, error: larder_plugin_api::Error) -> Error {
        Error::from(error).context(format!("cannot {tried} the key `{}`", self.address(key)))
    }
}

fn usage(text: &str) -> Error {
    Error::usage(text).with_hint("name the root of a store and then keys: --key STORE: 'd//x'")
}
