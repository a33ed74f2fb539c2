//! One object as text: its fields one below the other, what is in them set in.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::super::escape::escaped;
use super::table::{Table, text_of};

/// A value for people.
pub fn describe(value: &Value) -> String {
    match value {
        Value::Object(fields) => fields_of(fields, ""),
        Value::Array(items) => items.iter().map(describe).collect::<Vec<_>>().join("\n"),
        other => format!("{}\n", escaped(&text_of(other))),
    }
}

fn fields_of(fields: &Map<String, Value>, indent: &str) -> String {
    let label = |key: &str| format!("{}:", escaped(key).replace('_', " "));
    let width = fields.keys().map(|key| label(key).chars().count()).max().unwrap_or(0);
    let below = format!("{indent}  ");
    let mut text = String::new();
    for (key, value) in fields {
        let label = label(key);
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                let _ = write!(text, "{indent}{label}\n{}", fields_of(inner, &below));
            }
            Value::Array(items) if items.iter().any(Value::is_object) => {
                let table = Table::of_all_fields(items).without_empty_columns().to_text(&below);
                let _ = write!(text, "{indent}{label}\n{table}");
            }
            other if text_of(other).is_empty() => {}
            other => {
                let line = format!("{indent}{label:width$} {}", escaped(&text_of(other)));
                text.push_str(line.trim_end());
                text.push('\n');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_stand_below_each_other_and_nothing_is_said_of_nothing() {
        let value = json!({
            "name": "mine", "library_file": "/x", "missing": null, "labels": {}, "stacks": [],
            "config": {"fsync": true},
            "keys": [{"name": "fsync", "type": "boolean"}]
        });
        let expected = "name:         mine\nlibrary file: /x\nconfig:\n  fsync: yes\n\
                        keys:\n  NAME   TYPE\n  fsync  boolean\n";
        assert_eq!(describe(&value), expected);
    }
}
