//! Where a new crate takes the plugin API from: a registry, or a checkout of Larder.

use std::env;
use std::fs;
use std::path::{Component, Path, PathBuf};

use larder::{Error, Result};
use larder_plugin_api::API_VERSION;

const PACKAGE: &str = "larder-plugin-api";

/// What `Cargo.toml` says of the plugin API, as TOML: the version of this command, or a path from the crate.
pub fn dependency(api_path: Option<&Path>, crate_directory: &Path) -> Result<String> {
    let Some(given) = api_path else { return Ok(format!("\"{}\"", version())) };
    let failed = |error| Error::io(format!("`{}` cannot be read", given.display()), error);
    let directory = given.canonicalize().map_err(failed)?;
    if !is_api(&directory) {
        return Err(Error::usage(format!("`{}` is not the directory of {PACKAGE}", given.display()))
            .with_hint("it is `plugin-api` in a checkout of Larder"));
    }
    let path = relative(crate_directory, &directory);
    let text = path.to_str().ok_or_else(|| Error::usage(format!("{} is not UTF-8", path.display())))?;
    Ok(format!("{{ path = {} }}", quoted(text)))
}

/// Major and minor: any later one of the major version will do.
fn version() -> &'static str {
    API_VERSION.rsplit_once('.').map_or(API_VERSION, |(version, _)| version)
}

/// The plugin API beside the `target` directory that this command was built in.
pub fn of_checkout() -> Option<PathBuf> {
    let executable = env::current_exe().ok()?;
    let below = |directory: &&Path| directory.file_name().is_some_and(|name| name == "target");
    let target = executable.ancestors().find(below)?;
    let directory = target.parent()?.join("plugin-api");
    is_api(&directory).then_some(directory)
}

fn is_api(directory: &Path) -> bool {
    let manifest = fs::read_to_string(directory.join("Cargo.toml")).unwrap_or_default();
    manifest.lines().any(|line| line.trim() == format!("name = \"{PACKAGE}\""))
}

/// The way from one directory to another, both absolute and without links.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let shared = from.components().zip(to.components()).take_while(|(one, other)| one == other).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(to.components().skip(shared)).collect()
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_major_and_minor() {
        assert_eq!(dependency(None, Path::new("/")).expect("no path is read"), "\"1.0\"");
    }

    #[test]
    fn a_path_goes_from_the_crate() {
        let api = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").join("plugin-api");
        let beside = api.parent().expect("a workspace").canonicalize().expect("it is there").join("a/b");
        let dependency = dependency(Some(&api), &beside).expect("it is the plugin API");
        assert_eq!(dependency, r#"{ path = "../../plugin-api" }"#);
    }

    #[test]
    fn another_directory_is_refused() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        for directory in [here.to_owned(), here.join("no-such-directory")] {
            assert!(dependency(Some(&directory), Path::new("/")).is_err(), "{}", directory.display());
        }
    }
}
