//! The library: its manifest is in order and true, and it knows what is its own.

use larder_plugin_api::{API_VERSION, Capability, ErrorKind, Root};

use crate::check::expect::{equal, fails, that, words};
use crate::check::{Case, Checked, LibrarySubject, Stop};
use crate::library::manifest::{FlavorManifest, Manifest};

const OPERATION: &str = "library";

pub const CASES: &[Case] = &[
    Case::library(
        OPERATION,
        "the_running_manifest_is_that_of_the_file",
        "The library says of itself what stands in its file.",
        |library| equal("the manifest", &running_manifest(library)?, &library.manifest),
    ),
    Case::library(
        OPERATION,
        "the_manifest_is_the_same_each_time",
        "The manifest is the same each time it is asked for.",
        |library| {
            let ask = || library.module.manifest()().as_str().to_owned();
            equal("the manifest", &ask(), &ask())
        },
    ),
    Case::library(
        OPERATION,
        "the_manifest_has_a_version_and_a_name",
        "A library has a name and a version.",
        |library| {
            let Manifest { library: name, version, .. } = &library.manifest;
            that(!name.is_empty() && !version.is_empty(), "a name and a version", || words(&(name, version)))
        },
    ),
    Case::library(
        OPERATION,
        "the_api_is_of_this_major_version",
        "A library is built for the major version of the API of this host.",
        |library| {
            let major = |version: &str| version.split('.').next().unwrap_or_default().to_owned();
            equal("the major version of the API", &major(&library.manifest.api), &major(API_VERSION))
        },
    ),
    Case::library(
        OPERATION,
        "panics_unwind",
        "A library is built so that a panic unwinds: the shim needs it.",
        |library| equal("what a panic does", &library.manifest.panic.as_str(), &"unwind"),
    ),
    Case::library(
        OPERATION,
        "flavors_are_artifact_stores",
        "Each flavor is of type `artifact_store`.",
        |library| {
            each_flavor(library, |flavor| {
                equal("the type", &flavor.component_type.as_str(), &"artifact_store")
            })
        },
    ),
    Case::library(
        OPERATION,
        "names_are_well_formed",
        "A name is of lower case letters, digits, `-` and `_`, and begins with a letter.",
        |library| {
            each_flavor(library, |flavor| {
                let name = &flavor.name;
                let tail = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
                let good = name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(tail);
                that(good, "a well-formed name", || words(name))
            })
        },
    ),
    Case::library(
        OPERATION,
        "names_are_different",
        "No two flavors of a library have one name.",
        |library| {
            let mut names: Vec<_> =
                library.manifest.flavors.iter().map(|flavor| flavor.name.as_str()).collect();
            names.sort_unstable();
            that(names.windows(2).all(|pair| pair[0] != pair[1]), "different names", || words(&names))
        },
    ),
    Case::library(
        OPERATION,
        "schemes_are_well_formed",
        "A scheme is one of RFC 3986 in lower case with `://`, or empty.",
        |library| {
            each_flavor(library, |flavor| {
                that(!flavor.schemes.is_empty(), "at least one scheme", || "none".to_owned())?;
                flavor.schemes.iter().try_for_each(|scheme| {
                    let good = scheme.is_empty() || Root::split_scheme(scheme) == (Some(scheme.clone()), "");
                    that(good, "a well-formed scheme", || words(scheme))
                })
            })
        },
    ),
    Case::library(
        OPERATION,
        "claims_no_more_than_its_manifest",
        "A store claims nothing that its flavor does not, but that it is durable, which can be a matter of its config.",
        |library| {
            let claimed = &library.flavor_manifest()?.capabilities;
            let store = library.make(&library.config)?;
            let more: Vec<_> = store
                .capabilities()?
                .into_iter()
                .filter(|capability| {
                    !claimed.contains(capability) && capability != Capability::Durable.as_str()
                })
                .collect();
            that(more.is_empty(), "capabilities of the manifest", || format!("also {}", words(&more)))
        },
    ),
    Case::library(
        OPERATION,
        "an_unknown_flavor_is_refused",
        "A flavor that the library does not have is *not found*.",
        |library| {
            let unknown = LibrarySubject { flavor: "no-such-flavor".to_owned(), ..library.clone() };
            fails(ErrorKind::NotFound, unknown.validate(&library.config))?;
            fails(ErrorKind::NotFound, unknown.make(&library.config))
        },
    ),
    Case::library(
        OPERATION,
        "a_foreign_scheme_is_refused",
        "A root of a scheme that the flavor does not name is *invalid path*.",
        |library| {
            let foreign = LibrarySubject { root: "no-such-scheme://a/b".to_owned(), ..library.clone() };
            fails(ErrorKind::InvalidPath, foreign.validate(&library.config))?;
            fails(ErrorKind::InvalidPath, foreign.make(&library.config))
        },
    ),
    Case::library(
        OPERATION,
        "a_root_with_a_parent_component_is_refused",
        "A root with a `..` component is *invalid path*.",
        |library| {
            let outside = LibrarySubject { root: format!("{}/../x", library.root), ..library.clone() };
            fails(ErrorKind::InvalidPath, outside.validate(&library.config))
        },
    ),
];

fn running_manifest(library: &LibrarySubject) -> Checked<Manifest> {
    serde_json::from_str(library.module.manifest()().as_str())
        .map_err(|error| Stop::failed("a manifest that is JSON", error.to_string()))
}

fn each_flavor(library: &LibrarySubject, check: impl Fn(&FlavorManifest) -> Checked) -> Checked {
    library.manifest.flavors.iter().try_for_each(check)
}
