//! What a user can do about each defect.

use std::env::consts;

use super::defect::Defect;
use super::text::quoted_list;

impl Defect {
    /// An action that helps, where one is known.
    pub fn hint(&self) -> Option<String> {
        let extension = consts::DLL_EXTENSION;
        let text = match self {
            Self::Missing => format!(
                "check the path; after `cargo build --release` a flavor is in `target/release/`, as `lib<name>.{extension}`"
            ),
            Self::BrokenLink { .. } => "mend the link, or give the path of the library itself".to_owned(),
            Self::Directory => format!("give the path of the library file in it, which ends in `.{extension}`"),
            Self::NotRegular { .. } => "give the path of a regular file".to_owned(),
            Self::Unreadable { .. } => "check that you may read the file and enter its directories".to_owned(),
            Self::Text { .. } | Self::OtherFormat { .. } | Self::UnknownFormat { .. } => format!(
                "give the path of the compiled library, which ends in `.{extension}`; its crate needs `crate-type = [\"cdylib\"]`"
            ),
            Self::NotShared { .. } => {
                "build the flavor as a library: `[lib]` with `crate-type = [\"cdylib\"]` in its Cargo.toml".to_owned()
            }
            Self::Empty | Self::Truncated { .. } | Self::Damaged { .. } => {
                "copy, download or build the library again".to_owned()
            }
            Self::OtherSystem { .. }
            | Self::OtherArchitecture { .. }
            | Self::OtherClass { .. }
            | Self::OtherByteOrder { .. } => {
                format!("get or build the flavor for {} on {}", consts::OS, consts::ARCH)
            }
            Self::NoManifest => {
                "if this is a flavor, call `larder_plugin_api::export_flavors!` in it and build it again".to_owned()
            }
            Self::NoRegistration | Self::ManifestUnreachable { .. } => {
                "build the flavor again with `larder_plugin_api::export_flavors!`, and keep its exported symbols when linking"
                    .to_owned()
            }
            Self::ManifestTooLarge { .. } => "shorten the texts of the flavor's config keys".to_owned(),
            Self::ManifestNotUtf8 { .. } | Self::ManifestNotJson { .. } | Self::ManifestShape { .. } => {
                "let `larder_plugin_api::export_flavors!` write the manifest".to_owned()
            }
            Self::ManifestVersion { .. } => "use a newer larder, or an older build of the flavor".to_owned(),
            Self::ApiMajor { host, .. } => format!("build the flavor with `larder-plugin-api = \"{host}\"`"),
            Self::PanicAborts => {
                "remove `panic = \"abort\"` from the profile that the flavor is built with".to_owned()
            }
            Self::NoFlavors => "name at least one flavor in `larder_plugin_api::export_flavors!`".to_owned(),
            Self::Duplicate { .. } | Self::ManifestValue { .. } => {
                "correct it in the flavor's source and build it again".to_owned()
            }
            Self::ControlCharacter { .. } => {
                "write the flavor's texts in one line, without control characters, and build it again".to_owned()
            }
            Self::MissingLibraries { names } => format!(
                "install {}, or put it beside the flavor and build the flavor with the run path `$ORIGIN`",
                quoted_list(names)
            ),
            Self::RelativeRunPath { .. } => {
                "build it with a run path of absolute directories and `$ORIGIN`, or without one".to_owned()
            }
            Self::RelativeNeed { .. } => {
                "link that library by its name, with `-l`, and name its directory in the run path".to_owned()
            }
            Self::GlibcTooOld { found, .. } => {
                format!("build the flavor on a system with GLIBC {found} or older, or use a newer system")
            }
            Self::MissingVersion { library, .. } => format!("install a newer `{library}`"),
        };
        Some(text)
    }
}
