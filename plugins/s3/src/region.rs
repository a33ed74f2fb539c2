//! The region and the endpoint where the config names none: as the tools of the field find them.

use std::env;
use std::fs;
use std::path::PathBuf;

use larder_plugin_api::Config;

/// Where a bucket is when nobody says it; also what servers that are not Amazon's expect in a signature.
const DEFAULT: &str = "us-east-1";

/// The region of the config, the environment, the profile, or the default.
pub fn of(config: &Config) -> String {
    let given =
        config.text("region").or_else(|| variable("AWS_REGION")).or_else(|| variable("AWS_DEFAULT_REGION"));
    let profile =
        || config.text("profile").or_else(|| variable("AWS_PROFILE")).unwrap_or_else(|| "default".to_owned());
    given
        .or_else(|| of_profile(&fs::read_to_string(config_file()?).ok()?, &profile()))
        .unwrap_or_else(|| DEFAULT.to_owned())
}

/// The endpoint that the environment names for all services or for this one.
pub fn endpoint_of_environment() -> Option<String> {
    variable("AWS_ENDPOINT_URL_S3").or_else(|| variable("AWS_ENDPOINT_URL"))
}

fn config_file() -> Option<PathBuf> {
    variable("AWS_CONFIG_FILE").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".aws/config")))
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The region in a profile of a shared config file: `[profile NAME]`, and `[default]` for the default.
fn of_profile(text: &str, profile: &str) -> Option<String> {
    let mut is_in = false;
    for line in text.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            let name = section.trim().strip_prefix("profile ").unwrap_or(section).trim();
            is_in = name == profile;
        } else if let Some((key, value)) = line.split_once('=')
            && is_in
            && key.trim() == "region"
        {
            return Some(value.trim().to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str =
        "[default]\nregion = eu-west-1\n\n[profile lab]\n# a comment\noutput=json\nregion=us-west-2\n";

    #[test]
    fn a_profile_has_its_own_region() {
        assert_eq!(of_profile(FILE, "default").as_deref(), Some("eu-west-1"));
        assert_eq!(of_profile(FILE, "lab").as_deref(), Some("us-west-2"));
        assert_eq!(of_profile(FILE, "other"), None);
    }
}
