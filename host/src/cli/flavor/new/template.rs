//! The templates: files that stand in `host/templates`, and the words that are put into them.

use std::fs;
use std::path::Path;

use clap::ValueEnum;
use larder::{Error, Result};

use super::names::Names;

/// What the new crate begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Template {
    /// The six operations that a flavor must have, in one file
    Minimal,
    /// Config with a secret, log, cancellation, operations of its own, a test that runs the check
    Full,
}

/// Where a file goes in the crate, and its text.
type File = (&'static str, &'static str);

const BOTH: &[File] = &[
    ("Cargo.toml", include_str!("../../../../templates/Cargo.toml.in")),
    (".gitignore", include_str!("../../../../templates/gitignore")),
    (".github/workflows/ci.yml", include_str!("../../../../templates/ci.yml")),
];

const MINIMAL: &[File] = &[
    ("README.md", include_str!("../../../../templates/minimal/README.md")),
    ("src/lib.rs", include_str!("../../../../templates/minimal/lib.rs")),
    ("src/tests.rs", include_str!("../../../../templates/minimal/tests.rs")),
];

const FULL: &[File] = &[
    ("README.md", include_str!("../../../../templates/full/README.md")),
    ("src/lib.rs", include_str!("../../../../templates/full/lib.rs")),
    ("src/changes.rs", include_str!("../../../../templates/full/changes.rs")),
    ("src/listing.rs", include_str!("../../../../templates/full/listing.rs")),
    ("src/options.rs", include_str!("../../../../templates/full/options.rs")),
    ("src/reader.rs", include_str!("../../../../templates/full/reader.rs")),
    ("src/session.rs", include_str!("../../../../templates/full/session.rs")),
    ("src/store.rs", include_str!("../../../../templates/full/store.rs")),
    ("src/tests.rs", include_str!("../../../../templates/full/tests.rs")),
    ("src/writer.rs", include_str!("../../../../templates/full/writer.rs")),
    ("tests/check.rs", include_str!("../../../../templates/full/tests/check.rs")),
];

impl Template {
    /// The name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Minimal => "minimal",
            Self::Full => "full",
        }
    }

    fn files(self) -> impl Iterator<Item = &'static File> {
        let own = match self {
            Self::Minimal => MINIMAL,
            Self::Full => FULL,
        };
        own.iter().chain(BOTH)
    }

    /// Writes the crate into a directory that is there and empty. `api` is what Cargo.toml says of the plugin API.
    pub fn write(self, directory: &Path, names: &Names, api: &str) -> Result<()> {
        for (name, text) in self.files() {
            let file = directory.join(name);
            let failed = |error| Error::io(format!("`{}` cannot be written", file.display()), error);
            fs::create_dir_all(file.parent().unwrap_or(directory)).map_err(failed)?;
            fs::write(&file, fill(text, names, api)).map_err(failed)?;
        }
        Ok(())
    }
}

fn fill(text: &str, names: &Names, api: &str) -> String {
    text.replace("{{name}}", &names.flavor)
        .replace("{{scheme}}", &names.scheme)
        .replace("{{package}}", &names.package)
        .replace("{{library}}", &names.library)
        .replace("{{api}}", api)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_to_fill_in() {
        let names = Names::new("shelf", None).expect("the name is allowed");
        for template in [Template::Minimal, Template::Full] {
            for (name, text) in template.files() {
                let filled = fill(text, &names, "\"1.0\"").replace("${{", "");
                assert!(!filled.contains("{{"), "{name} of {template:?}");
            }
        }
    }
}
