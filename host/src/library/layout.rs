//! Compares the layouts of a library's types with those of this host, and names the first field that differs.

use larder_plugin_api::abi::abi_stable::abi_stability::abi_checking::{
    AbiInstability, AbiInstabilityError, AbiInstabilityErrors, ExpectedFound, check_layout_compatibility,
};
use larder_plugin_api::abi::abi_stable::type_layout::{TLFieldOrFunction, TypeLayout};

/// How many of the fields on the way to the one that differs are named: the last ones tell where it is.
const NAMED: usize = 4;

/// Whether two sides of the border understand each other.
///
/// The check of `abi_stable` goes one way: a side that knows more trailing methods or fields refuses the other. Growth
/// stays on one line, so it is enough that one of the two accepts.
///
/// # Errors
///
/// The first difference, in one line.
pub fn compare(ours: &'static TypeLayout, theirs: &'static TypeLayout) -> Result<(), String> {
    let Err(refused) = check_layout_compatibility(ours, theirs) else { return Ok(()) };
    if check_layout_compatibility(theirs, ours).is_ok() {
        return Ok(());
    }
    Err(difference(&refused))
}

/// The difference that lies deepest: those above it follow from it.
fn difference(errors: &AbiInstabilityErrors) -> String {
    let deepest = errors.errors.iter().rev().max_by_key(|error| error.stack_trace.len());
    let Some(error) = deepest else { return "the layouts of its types differ".to_owned() };
    let found = error.errs.iter().map(|error| (problem(error), error)).min_by_key(|((rank, _), _)| *rank);
    let mut names = place(error);
    let problem = found.map_or_else(
        || "differs".to_owned(),
        |((_, text), error)| {
            if let AbiInstability::UnexpectedField(fields) = error {
                names.push(fields.expected.name().to_owned());
            }
            text
        },
    );
    if names.is_empty() {
        return format!("its root module {problem}");
    }
    format!("field `{}` {problem}", names[names.len().saturating_sub(NAMED)..].join("."))
}

/// The fields and functions on the way, outermost first.
fn place(error: &AbiInstabilityError) -> Vec<String> {
    let name = |step: &ExpectedFound<TLFieldOrFunction>| match &step.expected {
        TLFieldOrFunction::Field(field) => field.name().to_owned(),
        TLFieldOrFunction::Function(function) => function.name.as_str().to_owned(),
    };
    // What abi_stable or its macros have made says nothing to anybody.
    let is_made = |name: &str| {
        name.starts_with(|first: char| first == '_' || first.is_ascii_digit())
            || name.starts_with("field_")
            || matches!(name, "buffer" | "data" | "obj" | "vtable")
    };
    let mut names: Vec<String> = error.stack_trace.iter().map(name).filter(|name| !is_made(name)).collect();
    names.dedup();
    names
}

/// What is wrong with a field, the most telling first.
fn problem(error: &AbiInstability) -> (u8, String) {
    let differs = |expected: String, found: String| format!("is `{found}`, `{expected}` was expected");
    let count = |what: &str, expected: usize, found: usize| {
        format!("has {found} {what} in the library, {expected} were expected")
    };
    match error {
        AbiInstability::Name(names) => (0, differs(names.expected.to_string(), names.found.to_string())),
        AbiInstability::MismatchedPrimitive(kinds) => {
            let text = |kind| format!("{kind:?}").to_lowercase();
            (0, differs(text(kinds.expected), text(kinds.found)))
        }
        AbiInstability::UnexpectedField(fields) => {
            (1, format!("is named `{}` in the library", fields.found.name()))
        }
        AbiInstability::FieldCountMismatch(counts) => (2, count("fields", counts.expected, counts.found)),
        AbiInstability::TooManyVariants(counts) => (2, count("variants", counts.expected, counts.found)),
        AbiInstability::MismatchedPrefixSize(counts) => {
            (2, count("fields from the first version", counts.expected.into(), counts.found.into()))
        }
        AbiInstability::PackageVersion(versions) => (
            3,
            format!("is of version {} of its package, {} was expected", versions.found, versions.expected),
        ),
        AbiInstability::Size(sizes) => (4, count("bytes", sizes.expected, sizes.found)),
        AbiInstability::Alignment(alignments) => {
            (5, format!("is aligned to {} bytes, {} were expected", alignments.found, alignments.expected))
        }
        other => {
            let text = format!("{other:?}");
            let name: String = text.chars().take_while(char::is_ascii_alphanumeric).collect();
            (6, format!("differs ({name})"))
        }
    }
}
