//! The order of keys. Most services keep them by their bytes, Azure by their UTF-16 units: these differ only from the first
//! character on that is U+E000 or above, which UTF-16 writes beyond, and half of them below, all surrogates.

use std::borrow::Cow;
use std::collections::VecDeque;

use larder_plugin_api::Result;

/// The first byte of a character from U+E000 on.
const FIRST_BYTE: u8 = 0xee;

/// Items in the order of their keys' bytes. Those whose keys are alike up to a character from U+E000 on come one after
/// another in either order: such a run is held back to be sorted, and nothing else is.
pub struct ByteOrder<T> {
    run: VecDeque<T>,
    /// What ended the run.
    next: Option<T>,
}

impl<T> Default for ByteOrder<T> {
    fn default() -> Self {
        Self { run: VecDeque::new(), next: None }
    }
}

impl<T> ByteOrder<T> {
    /// The next item of those that `take` gives.
    pub fn next(
        &mut self,
        key: impl Fn(&T) -> Cow<'_, str>,
        mut take: impl FnMut() -> Result<Option<T>>,
    ) -> Result<Option<T>> {
        if self.run.is_empty() {
            let first = if self.next.is_some() { self.next.take() } else { take()? };
            let Some(first) = first else { return Ok(None) };
            let beginning = beginning_of_run(&key(&first));
            self.run.push_back(first);
            if let Some(beginning) = beginning {
                while let Some(item) = take()? {
                    if beginning_of_run(&key(&item)).as_ref() != Some(&beginning) {
                        self.next = Some(item);
                        break;
                    }
                    self.run.push_back(item);
                }
                self.run.make_contiguous().sort_by(|a, b| key(a).cmp(&key(b)));
            }
        }
        Ok(self.run.pop_front())
    }
}

/// A key up to its first character from U+E000 on; nothing where it has none.
fn beginning_of_run(key: &str) -> Option<String> {
    let at = key.bytes().position(|byte| byte >= FIRST_BYTE)?;
    Some(key[..at].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_order_of_utf_16_comes_in_that_of_bytes() {
        let mut keys = [
            "a",
            "a/\u{1f980}/1",
            "a/\u{1f980}2",
            "a/\u{e000}",
            "a/\u{ff21}/3",
            "b",
            "b\u{ff21}",
            "b\u{1f980}",
        ];
        keys.sort_by_key(|key| key.encode_utf16().collect::<Vec<_>>());
        let mut expected = keys;
        expected.sort_unstable();
        assert_ne!(keys, expected);
        for listed in [keys, expected] {
            let mut listed = listed.into_iter();
            let mut order = ByteOrder::default();
            let mut next =
                || order.next(|key| Cow::Borrowed(*key), || Ok(listed.next())).expect("no page fails");
            let found: Vec<_> = std::iter::from_fn(&mut next).collect();
            assert_eq!(found, expected);
        }
    }
}
