//! A real bucket instead of a server: what the environment says of it.

use std::env;

/// The root and the config that `LARDER_TEST_<FLAVOR>_ROOT` and `LARDER_TEST_<FLAVOR>_CONFIG` (`key=value` pairs with
/// commas between them) say; nothing where the first is not set.
///
/// # Panics
///
/// When a pair has no `=`.
pub fn from_environment(flavor: &str) -> Option<(String, Vec<(String, String)>)> {
    let variable = |name: &str| env::var(format!("LARDER_TEST_{}_{name}", flavor.to_uppercase())).ok();
    let root = variable("ROOT").filter(|root| !root.is_empty())?;
    Some((root, pairs(&variable("CONFIG").unwrap_or_default())))
}

fn pairs(config: &str) -> Vec<(String, String)> {
    let pair = |text: &str| match text.split_once('=') {
        Some((key, value)) => (key.trim().to_owned(), value.trim().to_owned()),
        None => panic!("`{text}` is no pair `key=value`"),
    };
    config.split(',').filter(|text| !text.trim().is_empty()).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::pairs;

    #[test]
    fn pairs_keep_what_follows_the_first_equals_sign() {
        let expected = [("region", "eu-west-1"), ("account_key", "abc=="), ("token", "")];
        let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(pairs("region=eu-west-1, account_key=abc==,token="), expected);
        assert!(pairs("").is_empty());
    }

    #[test]
    #[should_panic(expected = "`region` is no pair")]
    fn a_key_without_a_value_is_refused() {
        pairs("region");
    }
}
