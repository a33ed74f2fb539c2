//! The config keys that all object stores have, and what they say.

use std::time::Duration;

use larder_plugin_api::{Config, ConfigKey, Error, ErrorKind, Result};

/// The keys; a flavor puts its own before them with [`with_keys`].
pub const KEYS: [ConfigKey; 13] = [
    ConfigKey::boolean("allow_http").help("allow an endpoint without TLS (http://)"),
    ConfigKey::bytes("part_size").default("8MiB").aliases(&["chunk_size", "block_size"]).help(
        "size of a part of a large upload and of a range of a large download, from 5MiB to 1GiB; parts grow after the 1,000th",
    ),
    ConfigKey::integer("concurrency")
        .default("4")
        .aliases(&["max_concurrency"])
        .help("parts or ranges of one file in flight, from 1 to 64; each holds part_size of memory"),
    ConfigKey::integer("requests")
        .default("32")
        .help("requests of one store in flight when many files are copied or removed, from 1 to 1000"),
    ConfigKey::integer("retries").default("5").help("how often a request that failed for a passing reason is sent again"),
    ConfigKey::duration("retry_delay")
        .default("100ms")
        .help("pause before the first retry; it doubles each time, with jitter, up to 10s"),
    ConfigKey::duration("retry_limit")
        .default("3m")
        .help("how long one request may take in all, its retries included"),
    ConfigKey::duration("timeout")
        .default("60s")
        .help("longest wait for an answer to a request with its body, and longest silence within an answer"),
    ConfigKey::duration("connect_timeout").default("10s").help("longest wait for a connection"),
    ConfigKey::boolean("strict_paths").default("true").help(
        "look for a file above a path and a directory at it before a file is written there: false saves these requests and lets `a` and `a/b` both be files",
    ),
    ConfigKey::boolean("verify_downloads")
        .default("true")
        .help("compare small files with the checksum that the service keeps of them while they are read"),
    ConfigKey::text("user_agent").default(concat!("larder/", env!("CARGO_PKG_VERSION"))).help("what requests say sent them"),
    ConfigKey::integer("threads").default("2").help(
        "threads for all requests of this library, from 2 to 64; the store that sends the first request decides",
    ),
];

/// The keys of a flavor: its own, then those that all have. `N` is the number of both.
///
/// # Panics
///
/// While the flavor compiles, when `N` is not that number.
pub const fn with_keys<const N: usize>(own: &[ConfigKey]) -> [ConfigKey; N] {
    assert!(own.len() + KEYS.len() == N, "N is the number of all keys");
    let mut keys = [KEYS[0]; N];
    let mut at = 0;
    while at < own.len() {
        keys[at] = own[at];
        at += 1;
    }
    while at < N {
        keys[at] = KEYS[at - own.len()];
        at += 1;
    }
    keys
}

/// What the keys say.
#[derive(Clone, Debug)]
pub struct Tuning {
    pub(crate) allow_http: bool,
    pub(crate) part_size: usize,
    pub(crate) concurrency: usize,
    pub(crate) requests: usize,
    pub(crate) retries: usize,
    pub(crate) retry_delay: Duration,
    pub(crate) retry_limit: Duration,
    pub(crate) timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) strict_paths: bool,
    pub(crate) verify_downloads: bool,
    pub(crate) user_agent: String,
    pub(crate) threads: usize,
}

impl Tuning {
    /// Reads the keys.
    ///
    /// # Errors
    ///
    /// *Invalid argument* for a number that is out of its range, naming the key and the range.
    pub fn new(config: &Config) -> Result<Self> {
        let bytes = config.bytes("part_size").unwrap_or_default();
        if !(5 << 20..=1 << 30).contains(&bytes) {
            return Err(wrong("part_size", "expected 5MiB to 1GiB", bytes));
        }
        let duration = |key: &str| config.duration(key).unwrap_or_default();
        Ok(Self {
            allow_http: config.boolean("allow_http"),
            part_size: usize::try_from(bytes).unwrap_or(usize::MAX),
            concurrency: integer(config, "concurrency", 1, 64)?,
            requests: integer(config, "requests", 1, 1000)?,
            retries: integer(config, "retries", 0, 100)?,
            retry_delay: duration("retry_delay"),
            retry_limit: duration("retry_limit"),
            timeout: duration("timeout"),
            connect_timeout: duration("connect_timeout"),
            strict_paths: config.boolean("strict_paths"),
            verify_downloads: config.boolean("verify_downloads"),
            user_agent: config.text("user_agent").unwrap_or_default(),
            threads: integer(config, "threads", 2, 64)?,
        })
    }

    /// Whether the machine that this runs on may be asked for credentials: what `key` says, and otherwise only when no
    /// endpoint is given, for a server of one's own has no use for those of the machine.
    pub fn instance_credentials(config: &Config, key: &str) -> bool {
        match config.text(key).as_deref() {
            Some("true") => true,
            Some("false") => false,
            _ => config.text("endpoint").is_none(),
        }
    }

    /// Refuses an endpoint that is no URL of a server, and one without TLS that was not asked for.
    ///
    /// # Errors
    ///
    /// *Invalid argument*, saying which of the two it is.
    pub fn check_endpoint(&self, endpoint: &str) -> Result<()> {
        let host = endpoint.strip_prefix("https://").or_else(|| endpoint.strip_prefix("http://"));
        match host {
            None | Some("") => Err(invalid(format!(
                "config key `endpoint`: expected a URL such as https://storage.example.com, got `{endpoint}`"
            ))),
            Some(_) if endpoint.starts_with("http://") && !self.allow_http => Err(invalid(format!(
                "config key `endpoint`: `{endpoint}` has no TLS, which is used only with `allow_http=true`"
            ))),
            Some(_) => Ok(()),
        }
    }
}

fn integer(config: &Config, key: &str, least: u64, most: u64) -> Result<usize> {
    let value = config.integer(key).unwrap_or(least);
    if !(least..=most).contains(&value) {
        return Err(wrong(key, &format!("expected {least} to {most}"), value));
    }
    Ok(usize::try_from(value).unwrap_or(usize::MAX))
}

fn wrong(key: &str, expected: &str, got: u64) -> Error {
    invalid(format!("config key `{key}`: {expected}, got {got}"))
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tuning(json: &str) -> Result<Tuning> {
        Config::from_json(&KEYS, json).and_then(|config| Tuning::new(&config))
    }

    #[test]
    fn the_defaults_are_within_their_ranges() {
        assert!(tuning("{}").is_ok());
    }

    #[test]
    fn a_number_out_of_range_is_named() {
        for (json, message) in [
            (r#"{"part_size": "1MiB"}"#, "config key `part_size`: expected 5MiB to 1GiB, got 1048576"),
            (r#"{"concurrency": 0}"#, "config key `concurrency`: expected 1 to 64, got 0"),
            (r#"{"threads": 1}"#, "config key `threads`: expected 2 to 64, got 1"),
        ] {
            assert_eq!(tuning(json).expect_err(json).message(), message);
        }
    }

    #[test]
    fn plain_http_is_used_only_when_asked_for() {
        let strict = tuning("{}").expect("the defaults are right");
        assert!(strict.check_endpoint("https://example.com").is_ok());
        for endpoint in ["http://example.com", "example.com", "https://", "ftp://example.com"] {
            assert!(strict.check_endpoint(endpoint).is_err(), "{endpoint}");
        }
        let open = tuning(r#"{"allow_http": true}"#).expect("the key is known");
        assert!(open.check_endpoint("http://example.com").is_ok());
    }

    #[test]
    fn a_flavors_keys_come_first() {
        const ALL: [ConfigKey; 14] = with_keys(&[ConfigKey::text("bucket_owner")]);
        assert!(Config::from_json(&ALL, r#"{"bucket_owner": "x", "retries": 1}"#).is_ok());
    }
}
