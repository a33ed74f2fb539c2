//! Rows and columns as text.

use std::fmt::Write;

use serde_json::Value;

use super::super::escape::escaped;

/// Rows under named columns.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// Some fields of each object, as columns.
    pub fn of(columns: &[&str], rows: &[Value]) -> Self {
        let cells = |row: &Value| columns.iter().map(|column| text_of(&row[*column])).collect();
        Self {
            columns: columns.iter().map(|&column| column.to_owned()).collect(),
            rows: rows.iter().map(cells).collect(),
        }
    }

    /// Every field that any object has, each after the one that it follows where it first occurs.
    pub fn of_all_fields(rows: &[Value]) -> Self {
        let mut columns: Vec<&str> = Vec::new();
        for row in rows.iter().filter_map(Value::as_object) {
            let mut after = 0;
            for key in row.keys() {
                let at = columns.iter().position(|column| column == key).unwrap_or_else(|| {
                    columns.insert(after, key);
                    after
                });
                after = at + 1;
            }
        }
        Self::of(&columns, rows)
    }

    /// Less the columns that say nothing in any row.
    #[must_use]
    pub fn without_empty_columns(mut self) -> Self {
        for column in (0..self.columns.len()).rev() {
            if self.rows.iter().all(|row| row[column].is_empty()) {
                self.columns.remove(column);
                for row in &mut self.rows {
                    row.remove(column);
                }
            }
        }
        self
    }

    /// The table with its columns lined up, each line set in by `indent`.
    pub fn to_text(&self, indent: &str) -> String {
        let name = |column: &String| escaped(&column.replace('_', " ").to_uppercase()).into_owned();
        let head = self.columns.iter().map(name).collect();
        let body = self.rows.iter().map(|row| row.iter().map(|cell| escaped(cell).into_owned()).collect());
        let lines: Vec<Vec<String>> = std::iter::once(head).chain(body).collect();
        let width = |column: usize| {
            lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max()
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(|column| width(column).unwrap_or(0)).collect();
        let mut text = String::new();
        for line in &lines {
            let mut row = indent.to_owned();
            for (cell, width) in line.iter().zip(&widths) {
                let _ = write!(row, "{cell:width$}  ");
            }
            text.push_str(row.trim_end());
            text.push('\n');
        }
        text
    }
}

/// A value in a cell: lists joined, labels as `key=value`, truth values in words, nothing for nothing.
pub fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text_of).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(key, value)| format!("{key}={}", text_of(value)));
            fields.collect::<Vec<_>>().join(", ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn columns_line_up_and_nothing_trails() {
        let rows = [json!({"name": "mine", "fsync": true}), json!({"name": "other-one", "fsync": null})];
        let text = Table::of(&["name", "fsync"], &rows).to_text("");
        assert_eq!(text, "NAME       FSYNC\nmine       yes\nother-one\n");
    }

    #[test]
    fn a_cell_cannot_send_a_terminal_anything() {
        let rows = [json!({"name": "a\u{1b}[31m"})];
        assert!(!Table::of(&["name"], &rows).to_text("").contains('\u{1b}'));
    }

    #[test]
    fn nested_values_stand_in_one_cell() {
        assert_eq!(text_of(&json!(["a", "b"])), "a, b");
        assert_eq!(text_of(&json!({"team": "vision", "tier": "hot"})), "team=vision, tier=hot");
    }

    #[test]
    fn all_fields_of_all_rows_become_columns() {
        let table = Table::of_all_fields(&[json!({"a": 1}), json!({"a": 2, "b": 3})]);
        assert_eq!(table.columns, ["a", "b"]);
        assert_eq!(table.rows, [["1", ""], ["2", "3"]]);
    }
}
