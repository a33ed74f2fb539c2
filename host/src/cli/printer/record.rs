//! One object as text: its fields one below the other, what is in them set in.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::super::escape::escaped;
use super::table::{Table, text_of};

/// A value for people.
pub fn describe(value: &Value) -> String {
    match value {
        Value::Object(fields) => fields_of(fields, "", false),
        Value::Array(items) => items.iter().map(describe).collect::<Vec<_>>().join("\n"),
        other => format!("{}\n", escaped(&text_of(other))),
    }
}

/// Keys that the user gave are shown as they are, for so they are typed.
fn fields_of(fields: &Map<String, Value>, indent: &str, users: bool) -> String {
    let label = |key: &str| {
        let key = escaped(key);
        if users { format!("{key}:") } else { format!("{}:", key.replace('_', " ")) }
    };
    let in_line = |value: &&Value| !is_block(value) && !text_of(value).is_empty();
    let labels = fields.iter().filter(|(_, value)| in_line(value)).map(|(key, _)| label(key));
    let width = labels.map(|label| label.chars().count()).max().unwrap_or(0);
    let below = format!("{indent}  ");
    let mut text = String::new();
    for (key, value) in fields {
        let label = label(key);
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                let users = matches!(key.as_str(), "config" | "labels" | "metadata");
                let _ = write!(text, "{indent}{label}\n{}", fields_of(inner, &below, users));
            }
            Value::Array(items) if items.iter().any(has_blocks) => {
                let items: Vec<String> = items
                    .iter()
                    .filter_map(Value::as_object)
                    .map(|item| fields_of(item, &below, false))
                    .collect();
                let _ = write!(text, "{indent}{label}\n{}", items.join("\n"));
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

/// Whether a value takes lines of its own, below its label.
fn is_block(value: &Value) -> bool {
    match value {
        Value::Object(fields) => !fields.is_empty(),
        Value::Array(items) => items.iter().any(Value::is_object),
        _ => false,
    }
}

/// Whether it is an object with more in it than a row of a table can show.
fn has_blocks(item: &Value) -> bool {
    item.as_object().is_some_and(|fields| fields.values().any(is_block))
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
