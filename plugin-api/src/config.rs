//! The config of a flavor: its keys as data, and the values that a store was registered with.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};

/// The type of a config value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ValueType {
    /// Any text.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A whole number, not negative.
    Integer,
    /// A number of bytes: `1048576`, `512KiB`, `8MiB`, `1GB`.
    Bytes,
    /// A span of time: `250ms`, `30s`, `5m`, `1h`; a bare number counts seconds.
    Duration,
}

impl ValueType {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Text, Self::Boolean, Self::Integer, Self::Bytes, Self::Duration];

    /// The name in the manifest.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Bytes => "bytes",
            Self::Duration => "duration",
        }
    }

    /// The type with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value_type| value_type.as_str() == name)
    }

    /// How a value of this type is written, for an error.
    pub const fn expected(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Boolean => "true or false",
            Self::Integer => "a whole number, not negative",
            Self::Bytes => "a number of bytes such as 1048576, 512KiB or 8MiB",
            Self::Duration => "a span of time such as 250ms, 30s or 5m",
        }
    }

    /// Checks a value, as it stands in a registry or was typed by a user, and gives it in one form: bytes as a number of
    /// bytes, a duration as a text in milliseconds such as `30000ms`. A value in this form stays as it is.
    ///
    /// # Errors
    ///
    /// Invalid argument, saying what was expected. The message does not contain the value, which may be a secret.
    pub fn normalise(self, value: &Value) -> Result<Value> {
        let normal = match (self, value) {
            (Self::Text, Value::String(_)) | (Self::Boolean, Value::Bool(_)) => Some(value.clone()),
            (Self::Text, Value::Number(number)) => Some(number.to_string().into()),
            (Self::Text, Value::Bool(flag)) => Some(flag.to_string().into()),
            (Self::Boolean, Value::String(text)) => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" | "1" => Some(true.into()),
                "false" | "no" | "off" | "0" => Some(false.into()),
                _ => None,
            },
            (Self::Integer | Self::Bytes, Value::Number(number)) => number.as_u64().map(Value::from),
            (Self::Integer, Value::String(text)) => text.parse::<u64>().ok().map(Value::from),
            (Self::Bytes, Value::String(text)) => parse_bytes(text).map(Value::from),
            (Self::Duration, Value::Number(number)) => {
                number.as_u64().and_then(|seconds| seconds.checked_mul(1000)).map(milliseconds)
            }
            (Self::Duration, Value::String(text)) => parse_milliseconds(text).map(milliseconds),
            _ => None,
        };
        normal.ok_or_else(|| Error::new(ErrorKind::InvalidArgument, format!("expected {}", self.expected())))
    }
}

/// With its unit: a bare number would count seconds when it is read again.
fn milliseconds(count: u64) -> Value {
    format!("{count}ms").into()
}

fn split_unit(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    (number, unit.trim_start())
}

fn parse_bytes(text: &str) -> Option<u64> {
    let (number, unit) = split_unit(text.trim());
    let factor: u64 = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        "t" | "tib" => 1 << 40,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

fn parse_milliseconds(text: &str) -> Option<u64> {
    let (number, unit) = split_unit(text.trim());
    let factor: u64 = match unit {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

/// One key of a flavor's config, as a constant in the flavor's description.
///
/// ```
/// use larder_plugin_api::ConfigKey;
///
/// const KEYS: &[ConfigKey] = &[
///     ConfigKey::text("endpoint").help("where the server listens").required(),
///     ConfigKey::bytes("part_size").default("8MiB").help("size of a part of a large upload"),
///     ConfigKey::text("secret_key").secret().aliases(&["secret"]),
/// ];
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ConfigKey {
    pub(crate) name: &'static str,
    pub(crate) value_type: ValueType,
    pub(crate) default: Option<&'static str>,
    pub(crate) help: &'static str,
    pub(crate) required: bool,
    pub(crate) secret: bool,
    pub(crate) aliases: &'static [&'static str],
    pub(crate) choices: &'static [&'static str],
}

impl ConfigKey {
    const fn new(name: &'static str, value_type: ValueType) -> Self {
        Self {
            name,
            value_type,
            default: None,
            help: "",
            required: false,
            secret: false,
            aliases: &[],
            choices: &[],
        }
    }

    /// A key whose value is a text.
    pub const fn text(name: &'static str) -> Self {
        Self::new(name, ValueType::Text)
    }

    /// A key whose value is `true` or `false`.
    pub const fn boolean(name: &'static str) -> Self {
        Self::new(name, ValueType::Boolean)
    }

    /// A key whose value is a whole number.
    pub const fn integer(name: &'static str) -> Self {
        Self::new(name, ValueType::Integer)
    }

    /// A key whose value is a number of bytes.
    pub const fn bytes(name: &'static str) -> Self {
        Self::new(name, ValueType::Bytes)
    }

    /// A key whose value is a span of time.
    pub const fn duration(name: &'static str) -> Self {
        Self::new(name, ValueType::Duration)
    }

    /// The value when none is given, written as a user would.
    #[must_use]
    pub const fn default(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    /// What the key does, in a line, with its unit and limits.
    #[must_use]
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    /// A store cannot be made without it.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The value is never printed.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// Other names that users know the key by.
    #[must_use]
    pub const fn aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    /// The only values that are allowed, each written as a user would.
    #[must_use]
    pub const fn choices(mut self, choices: &'static [&'static str]) -> Self {
        self.choices = choices;
        self
    }
}

/// The config of one store, checked against the flavor's keys; keys that were not given have their default.
#[derive(Clone)]
pub struct Config {
    keys: &'static [ConfigKey],
    values: BTreeMap<&'static str, Value>,
}

impl Config {
    /// Reads the JSON object that crossed the ABI.
    ///
    /// # Errors
    ///
    /// Invalid argument for what is no JSON object, an unknown or missing key, a key under two of its names, a value of
    /// the wrong type or not among the choices.
    pub fn from_json(keys: &'static [ConfigKey], json: &str) -> Result<Self> {
        let wrong = |message: String| Error::new(ErrorKind::InvalidArgument, message);
        let given: serde_json::Map<String, Value> =
            serde_json::from_str(json).map_err(|_| wrong("the config is no JSON object".to_owned()))?;
        let mut values = BTreeMap::new();
        for (name, value) in &given {
            let key = keys
                .iter()
                .find(|key| key.name == name || key.aliases.contains(&name.as_str()))
                .ok_or_else(|| wrong(format!("config key `{name}` is not known")))?;
            let value = key
                .value_type
                .normalise(value)
                .map_err(|error| wrong(format!("config key `{name}`: {}", error.message())))?;
            let is_value = |choice: &&str| {
                key.value_type.normalise(&Value::from(*choice)).is_ok_and(|choice| choice == value)
            };
            if !key.choices.is_empty() && !key.choices.iter().any(is_value) {
                return Err(wrong(format!(
                    "config key `{name}`: expected one of {}",
                    key.choices.join(", ")
                )));
            }
            if values.insert(key.name, value).is_some() {
                return Err(wrong(format!("config key `{}` is given twice, under two names", key.name)));
            }
        }
        for key in keys.iter().filter(|key| key.required) {
            if !values.contains_key(key.name) {
                return Err(wrong(format!("config key `{}` is required", key.name)));
            }
        }
        Ok(Self { keys, values })
    }

    fn value(&self, name: &str, value_type: ValueType) -> Option<Value> {
        let key = self
            .keys
            .iter()
            .find(|key| key.name == name)
            .unwrap_or_else(|| panic!("config key `{name}` is not declared by the flavor"));
        assert!(
            key.value_type == value_type,
            "config key `{name}` is declared as {}, not {}",
            key.value_type.as_str(),
            value_type.as_str()
        );
        if let Some(value) = self.values.get(name) {
            return Some(value.clone());
        }
        let default = Value::from(key.default?);
        let value = value_type.normalise(&default);
        Some(value.unwrap_or_else(|_| panic!("the default of config key `{name}` is not of its type")))
    }

    /// The value of a text key; `None` when it was not given and has no default.
    ///
    /// # Panics
    ///
    /// Here and in the other getters: when the flavor does not declare the key with this type, which is a mistake of the
    /// flavor; it shows at the first use.
    pub fn text(&self, name: &str) -> Option<String> {
        match self.value(name, ValueType::Text)? {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a boolean key; false when it was not given and has no default.
    ///
    /// # Panics
    ///
    /// When the flavor does not declare a boolean key of this name.
    pub fn boolean(&self, name: &str) -> bool {
        self.value(name, ValueType::Boolean).and_then(|value| value.as_bool()).unwrap_or_default()
    }

    /// The value of an integer key.
    ///
    /// # Panics
    ///
    /// When the flavor does not declare an integer key of this name.
    pub fn integer(&self, name: &str) -> Option<u64> {
        self.value(name, ValueType::Integer)?.as_u64()
    }

    /// The value of a bytes key.
    ///
    /// # Panics
    ///
    /// When the flavor does not declare a bytes key of this name.
    pub fn bytes(&self, name: &str) -> Option<u64> {
        self.value(name, ValueType::Bytes)?.as_u64()
    }

    /// The value of a duration key.
    ///
    /// # Panics
    ///
    /// When the flavor does not declare a duration key of this name.
    pub fn duration(&self, name: &str) -> Option<std::time::Duration> {
        let value = self.value(name, ValueType::Duration)?;
        parse_milliseconds(value.as_str()?).map(std::time::Duration::from_millis)
    }
}

/// Shows which keys were given, and no value: any of them may be a secret.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const KEYS: &[ConfigKey] = &[
        ConfigKey::text("name").required(),
        ConfigKey::text("mode").choices(&["fast", "safe"]).default("safe"),
        ConfigKey::bytes("part_size").default("8MiB").aliases(&["chunk"]),
        ConfigKey::duration("timeout").default("30s"),
        ConfigKey::boolean("fsync"),
        ConfigKey::integer("copies").choices(&["1", "3"]),
    ];

    #[test]
    fn gives_defaults_for_what_is_not_given() {
        let config = Config::from_json(KEYS, r#"{"name": "x"}"#).expect("the config is complete");
        assert_eq!(config.text("mode").as_deref(), Some("safe"));
        assert_eq!(config.bytes("part_size"), Some(8 << 20));
        assert_eq!(config.duration("timeout"), Some(Duration::from_secs(30)));
        assert!(!config.boolean("fsync"));
    }

    #[test]
    fn takes_values_as_users_write_them() {
        let json = r#"{"name": 7, "chunk": "512KiB", "timeout": "250ms", "fsync": "yes"}"#;
        let config = Config::from_json(KEYS, json).expect("the config is complete");
        assert_eq!(config.text("name").as_deref(), Some("7"));
        assert_eq!(config.bytes("part_size"), Some(512 << 10));
        assert_eq!(config.duration("timeout"), Some(Duration::from_millis(250)));
        assert!(config.boolean("fsync"));
    }

    #[test]
    fn names_the_key_that_is_wrong() {
        for (json, expected) in [
            ("[]", "the config is no JSON object"),
            ("{}", "config key `name` is required"),
            (r#"{"name":"x","nam":1}"#, "config key `nam` is not known"),
            (r#"{"name":"x","mode":"slow"}"#, "config key `mode`: expected one of fast, safe"),
            (r#"{"name":"x","copies":2}"#, "config key `copies`: expected one of 1, 3"),
            (
                r#"{"name":"x","chunk":1,"part_size":2}"#,
                "config key `part_size` is given twice, under two names",
            ),
            (r#"{"name":"x","fsync":"maybe"}"#, "config key `fsync`: expected true or false"),
            (
                r#"{"name":"x","part_size":-1}"#,
                "config key `part_size`: expected a number of bytes such as 1048576, 512KiB or 8MiB",
            ),
        ] {
            let error = Config::from_json(KEYS, json).expect_err(json);
            assert_eq!(error.message(), expected);
        }
    }

    #[test]
    fn a_normal_value_stays_as_it_is() {
        for (value_type, text) in [
            (ValueType::Text, "x"),
            (ValueType::Boolean, "on"),
            (ValueType::Integer, "7"),
            (ValueType::Bytes, "8MiB"),
            (ValueType::Duration, "5m"),
            (ValueType::Duration, "30"),
        ] {
            let normal = value_type.normalise(&text.into()).expect(text);
            assert_eq!(value_type.normalise(&normal), Ok(normal), "{text}");
        }
        assert_eq!(ValueType::Duration.normalise(&30.into()), Ok("30000ms".into()));
    }

    #[test]
    fn debug_shows_no_value() {
        let config = Config::from_json(KEYS, r#"{"name": "hush"}"#).expect("the config is complete");
        assert_eq!(format!("{config:?}"), r#"{"name"}"#);
    }
}
