//! The cases, without running any.

use larder::check::{Case, Level};
use serde::Serialize;

use super::super::super::context::Context;
use super::super::super::failure::Outcome;
use super::super::super::list::{List, ListArgs};

#[derive(Serialize)]
struct Row {
    case: String,
    needs: Vec<&'static str>,
    level: Level,
    description: &'static str,
}

impl From<&&'static Case> for Row {
    fn from(case: &&'static Case) -> Self {
        Self {
            case: case.id(),
            needs: case.needs.iter().map(|capability| capability.as_str()).collect(),
            level: case.level,
            description: case.description,
        }
    }
}

/// Prints them: a line each for people.
pub fn print(cases: &[&'static Case], context: &Context) -> Outcome {
    let rows: Vec<Row> = cases.iter().map(Row::from).collect();
    if context.printer.is_structured() {
        let known = &["case", "needs", "level", "description"];
        return List::new(known, known, &rows)?.print(&context.printer, &ListArgs::default());
    }
    for Row { case, description, .. } in &rows {
        context.printer.line(case)?;
        context.printer.line(&format!("    {description}"))?;
    }
    let plural = if rows.len() == 1 { "case" } else { "cases" };
    context.printer.note(&format!("{} {plural}", rows.len()));
    Ok(())
}
