//! What all lists have in common: filters, sorting, columns.

use clap::Args;
use larder::Error;
use serde::Serialize;
use serde_json::{Map, Value};

use super::failure::Outcome;
use super::printer::{Format, Printer, Table, text_of};

#[derive(Args, Debug, Default)]
pub struct ListArgs {
    /// Sort by a column: `name`, or `desc:name` for the reverse
    #[arg(long, value_name = "COLUMN")]
    pub sort: Option<String>,
    /// The columns to print, separated by commas
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub columns: Vec<String>,
}

/// A list of one sort of thing.
pub struct List {
    /// Every column that a row can have, for messages and for JSON.
    pub known: &'static [&'static str],
    /// The columns of a table.
    pub shown: &'static [&'static str],
    /// The rows.
    pub rows: Vec<Value>,
}

impl List {
    /// A list of records; each becomes an object with the known columns as its keys.
    pub fn new<T: Serialize>(
        known: &'static [&'static str],
        shown: &'static [&'static str],
        records: &[T],
    ) -> Outcome<Self> {
        let rows: Result<_, _> = records.iter().map(serde_json::to_value).collect();
        Ok(Self { known, shown, rows: rows.map_err(std::io::Error::other)? })
    }

    /// Keeps the rows whose column matches, such as `contains:x`; without a filter all.
    #[must_use]
    pub fn filter(mut self, column: &str, filter: Option<&str>) -> Self {
        if let Some(filter) = filter.map(Filter::parse) {
            self.rows.retain(|row| filter.accepts(&row[column]));
        }
        self
    }

    /// Keeps the rows that have all these labels: `key=value`, or `key` with any value.
    #[must_use]
    pub fn filter_labels(mut self, labels: &[String]) -> Self {
        for label in labels {
            let (key, wanted) = label.split_once('=').map_or((label.as_str(), None), |(k, v)| (k, Some(v)));
            self.rows.retain(|row| {
                let value = row["labels"].get(key);
                value.is_some_and(|value| wanted.is_none_or(|wanted| Filter::parse(wanted).accepts(value)))
            });
        }
        self
    }

    /// Prints the list as it was asked for.
    pub fn print(mut self, printer: &Printer, arguments: &ListArgs) -> Outcome {
        self.sort(arguments.sort.as_deref())?;
        for column in &arguments.columns {
            self.check(column)?;
        }
        let chosen: Vec<&str> = arguments.columns.iter().map(String::as_str).collect();
        let shown = if chosen.is_empty() { self.shown.to_vec() } else { chosen.clone() };
        match printer.format {
            Format::Table => printer.laid_out(&Table::of(&shown, &self.rows).to_text("")),
            Format::Csv => printer.csv(&Table::of(&shown, &self.rows)),
            Format::Json => printer.json(&self.chosen(&chosen)),
            Format::Yaml => printer.yaml(&self.chosen(&chosen)),
        }
    }

    fn chosen(self, columns: &[&str]) -> Value {
        if columns.is_empty() {
            return self.rows.into();
        }
        let choose = |row: &Value| -> Value {
            let fields: Map<String, Value> =
                columns.iter().map(|&column| (column.to_owned(), row[column].clone())).collect();
            fields.into()
        };
        self.rows.iter().map(choose).collect()
    }

    fn sort(&mut self, by: Option<&str>) -> Outcome {
        let Some(by) = by else { return Ok(()) };
        let (descending, column) = match by.split_once(':') {
            Some(("desc", column)) => (true, column),
            Some(("asc", column)) => (false, column),
            _ => (false, by),
        };
        self.check(column)?;
        self.rows.sort_by(|a, b| match (&a[column], &b[column]) {
            (Value::Number(a), Value::Number(b)) => {
                a.as_f64().unwrap_or_default().total_cmp(&b.as_f64().unwrap_or_default())
            }
            (a, b) => text_of(a).cmp(&text_of(b)),
        });
        if descending {
            self.rows.reverse();
        }
        Ok(())
    }

    fn check(&self, column: &str) -> Outcome {
        if self.known.contains(&column) {
            return Ok(());
        }
        let error = Error::usage(format!("there is no column `{column}`"));
        Err(error.with_hint(format!("the columns are {}", self.known.join(", "))).into())
    }
}

/// A condition on a value.
#[derive(Debug, PartialEq, Eq)]
enum Filter<'a> {
    Equals(&'a str),
    NotEquals(&'a str),
    Contains(&'a str),
    StartsWith(&'a str),
    EndsWith(&'a str),
}

impl<'a> Filter<'a> {
    fn parse(text: &'a str) -> Self {
        match text.split_once(':') {
            Some(("equals", value)) => Self::Equals(value),
            Some(("notequals", value)) => Self::NotEquals(value),
            Some(("contains", value)) => Self::Contains(value),
            Some(("startswith", value)) => Self::StartsWith(value),
            Some(("endswith", value)) => Self::EndsWith(value),
            _ => Self::Equals(text),
        }
    }

    /// Of a list, one item that matches is enough.
    fn accepts(&self, value: &Value) -> bool {
        if let Value::Array(items) = value {
            return match self {
                Self::NotEquals(_) => items.iter().all(|item| self.accepts(item)),
                _ => items.iter().any(|item| self.accepts(item)),
            };
        }
        let text = text_of(value);
        match self {
            Self::Equals(wanted) => text == *wanted,
            Self::NotEquals(wanted) => text != *wanted,
            Self::Contains(part) => text.contains(part),
            Self::StartsWith(start) => text.starts_with(start),
            Self::EndsWith(end) => text.ends_with(end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn list() -> List {
        let rows = vec![
            json!({"name": "mine", "schemes": ["s3://", "minio://"], "size": 9, "labels": {"team": "vision"}}),
            json!({"name": "other", "schemes": [], "size": 10, "labels": {}}),
        ];
        List { known: &["name", "schemes", "size", "labels"], shown: &["name"], rows }
    }

    fn names(list: &List) -> Vec<&str> {
        list.rows.iter().filter_map(|row| row["name"].as_str()).collect()
    }

    #[test]
    fn filters_by_the_words_of_zenml() {
        for (filter, expected) in [
            ("mine", vec!["mine"]),
            ("equals:mine", vec!["mine"]),
            ("notequals:mine", vec!["other"]),
            ("contains:th", vec!["other"]),
            ("startswith:m", vec!["mine"]),
            ("endswith:e", vec!["mine"]),
            ("contains:", vec!["mine", "other"]),
        ] {
            assert_eq!(names(&list().filter("name", Some(filter))), expected, "{filter}");
        }
        assert_eq!(names(&list().filter("schemes", Some("startswith:minio"))), ["mine"]);
    }

    #[test]
    fn filters_by_labels() {
        assert_eq!(names(&list().filter_labels(&["team=vision".into()])), ["mine"]);
        assert_eq!(names(&list().filter_labels(&["team".into()])), ["mine"]);
        assert!(names(&list().filter_labels(&["team=audio".into()])).is_empty());
    }

    #[test]
    fn sorts_numbers_as_numbers_and_the_other_way_round() {
        let mut list = list();
        list.sort(Some("desc:size")).expect("there is such a column");
        assert_eq!(names(&list), ["other", "mine"]);
        assert!(list.sort(Some("colour")).is_err());
    }
}
