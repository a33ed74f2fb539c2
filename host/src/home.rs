//! Where Larder keeps its things: the registry, the user's plugins, the cache.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::error::{Error, Result};

/// The directories of one user. Nothing is made until something is written.
///
/// `LARDER_HOME` moves everything into one directory. Without it the XDG variables decide (one that holds a relative path
/// is ignored, as their specification asks), and without those the platform: `~/.config/larder`,
/// `~/.local/share/larder/plugins` and `~/.cache/larder`, or `~/Library/Application Support/larder` and
/// `~/Library/Caches/larder` on macOS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// Holds the registry.
    pub config: PathBuf,
    /// Libraries that are put here are found.
    pub plugins: PathBuf,
    /// Can be deleted at any time.
    pub cache: PathBuf,
}

impl Home {
    /// Everything in one directory, as with `LARDER_HOME`. A relative path is meant from the current directory.
    pub fn at(directory: impl Into<PathBuf>) -> Self {
        let directory = directory.into();
        let config = std::path::absolute(&directory).unwrap_or(directory);
        Self { plugins: config.join("plugins"), cache: config.join("cache"), config }
    }

    /// What the environment says.
    ///
    /// # Errors
    ///
    /// When neither the environment nor the system names a home directory.
    pub fn from_env() -> Result<Self> {
        Self::from_variables(|name| std::env::var_os(name), std::env::home_dir())
    }

    fn from_variables(variable: impl Fn(&str) -> Option<OsString>, user: Option<PathBuf>) -> Result<Self> {
        if let Some(directory) = variable("LARDER_HOME").filter(|value| !value.is_empty()) {
            return Ok(Self::at(directory));
        }
        let user = user.filter(|directory| directory.is_absolute());
        let base = |name: &str, default: &str| {
            let given = variable(name).map(PathBuf::from).filter(|directory| directory.is_absolute());
            given.or_else(|| user.as_ref().map(|user| user.join(default))).ok_or_else(|| {
                Error::usage(format!(
                    "no place for Larder's files: neither {name} nor HOME is an absolute path"
                ))
                .with_hint("set LARDER_HOME to a directory of your own")
            })
        };
        let [config, data, cache] = if cfg!(target_os = "macos") {
            ["Library/Application Support", "Library/Application Support", "Library/Caches"]
        } else {
            [".config", ".local/share", ".cache"]
        };
        Ok(Self {
            config: base("XDG_CONFIG_HOME", config)?.join("larder"),
            plugins: base("XDG_DATA_HOME", data)?.join("larder").join("plugins"),
            cache: base("XDG_CACHE_HOME", cache)?.join("larder"),
        })
    }

    /// The registry file.
    pub fn registry(&self) -> PathBuf {
        self.config.join("registry.json")
    }

    /// The file whose lock a writer of the registry holds.
    pub fn registry_lock(&self) -> PathBuf {
        self.config.join("registry.lock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn home(variables: &[(&str, &str)], user: Option<&str>) -> Result<Home> {
        let variable =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
        Home::from_variables(variable, user.map(PathBuf::from))
    }

    #[test]
    fn larder_home_moves_everything() {
        let home = home(&[("LARDER_HOME", "/l"), ("XDG_CONFIG_HOME", "/c")], Some("/u")).expect("a home");
        assert_eq!(home, Home::at("/l"));
        assert_eq!(home.plugins, Path::new("/l/plugins"));
        assert_eq!(home.registry(), Path::new("/l/registry.json"));
    }

    #[test]
    fn xdg_variables_decide_when_they_are_absolute() {
        let variables = [("LARDER_HOME", ""), ("XDG_CONFIG_HOME", "/c"), ("XDG_CACHE_HOME", "relative")];
        let home = home(&variables, Some("/u")).expect("a home");
        assert_eq!(home.config, Path::new("/c/larder"));
        assert!(home.cache.starts_with("/u"), "{home:?}");
        assert!(home.plugins.starts_with("/u") && home.plugins.ends_with("larder/plugins"), "{home:?}");
    }

    #[test]
    fn says_what_to_set_when_there_is_no_home() {
        let error = home(&[], None).expect_err("no home");
        assert_eq!(
            error.to_string(),
            "no place for Larder's files: neither XDG_CONFIG_HOME nor HOME is an absolute path"
        );
        assert_eq!(error.hint(), Some("set LARDER_HOME to a directory of your own"));
    }
}
