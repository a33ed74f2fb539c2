//! What libraries and hosts of different versions must agree on is written down here: a change shows as a diff.
//!
//! The texts are `layouts.golden` (the types that cross the border), `manifest.golden` (the manifest of a flavor with
//! every kind of field) and `words.golden` (the numbers of error kinds, the names of capabilities and value types).
#![cfg(target_pointer_width = "64")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::{env, fs, path::PathBuf};

use larder_plugin_api::abi::abi_stable::StableAbi;
use larder_plugin_api::abi::abi_stable::std_types::utypeid::UTypeId;
use larder_plugin_api::abi::abi_stable::type_layout::{
    TLData, TLField, TLFields, TLFunction, TLPrimitive, TypeLayout,
};
use larder_plugin_api::abi::export::ExportedFlavor;
use larder_plugin_api::abi::module::ModuleRef;
use larder_plugin_api::manifest::Library;
use larder_plugin_api::{
    ArtifactStore, Capability, Config, ConfigKey, Detail, Entries, Error, ErrorKind, Flavor, Level, OpenMode,
    Opened, Result, Root, Services, Stat, StorePath, ValueType,
};

#[test]
fn the_layouts_are_those_of_the_golden_file() {
    let mut types = Types::new();
    describe(<ModuleRef as StableAbi>::LAYOUT, &mut types);
    compare("layouts.golden", &types.into_values().map(|(_, text)| text).collect::<String>());
}

#[test]
fn the_manifest_has_the_shape_of_the_golden_file() {
    let mut manifest: serde_json::Value = serde_json::from_slice(&MANIFEST).expect("the manifest is JSON");
    // Whether serde_json keeps the order depends on what else is built with it.
    manifest.sort_all_objects();
    let mut text = serde_json::to_string_pretty(&manifest).expect("JSON can be written");
    for built in ["rustc", "profile", "target"] {
        let value = manifest["built"][built].as_str().expect("the manifest says what built it");
        text = text.replace(&format!("\"{built}\": \"{value}\""), &format!("\"{built}\": \"…\""));
    }
    compare("manifest.golden", &(text + "\n"));
}

#[test]
fn numbers_and_names_are_those_of_the_golden_file() {
    let mut text = String::new();
    for kind in ErrorKind::ALL {
        line(&mut text, &format!("error kind {} = {kind}", kind.code()));
    }
    for capability in Capability::ALL {
        line(&mut text, &format!("capability {}", capability.as_str()));
    }
    for value_type in ValueType::ALL {
        line(&mut text, &format!("value type {}", value_type.as_str()));
    }
    for level in Level::ALL {
        line(&mut text, &format!("level {} = {level:?}", level as u8));
    }
    compare("words.golden", &text);
}

/// Descriptions by name, each with the type it is of.
type Types = BTreeMap<String, (UTypeId, String)>;

/// Adds the description of a type and of all that it is made of.
fn describe(layout: &'static TypeLayout, types: &mut Types) {
    let name = name(layout);
    if let Some((known, _)) = types.get(&name) {
        let opaque = layout.data() == TLData::Opaque;
        assert!(
            opaque || *known == layout.get_utypeid(),
            "`{name}` names two types: `fn name` must tell them apart"
        );
        return;
    }
    types.insert(name.clone(), (layout.get_utypeid(), String::new()));
    let mut text = String::new();
    let (size, align) = (layout.size(), layout.alignment());
    let nonzero = if layout.is_nonzero() { ", never zero" } else { "" };
    line(&mut text, &format!("{name}: {size} bytes, align {align}{nonzero}"));
    match layout.data() {
        TLData::Primitive(_) | TLData::Opaque => {}
        TLData::Struct { fields } | TLData::Union { fields } => describe_fields(fields, &mut text, types),
        TLData::Enum(variants) => {
            let (repr, numbers) = (variants.discriminants.discriminant_repr(), variants.discriminants);
            line(&mut text, &format!("    numbered {numbers:?} as {repr:?}"));
            let mut fields = variants.fields.iter();
            for (variant, count) in variants.variant_names_iter().zip(variants.field_count.iter()) {
                line(&mut text, &format!("    {variant}"));
                for field in fields.by_ref().take(usize::from(*count)) {
                    describe_field(&field, "        ", &mut text, types);
                }
            }
        }
        TLData::PrefixType(prefix) => {
            line(&mut text, &format!("    the first {} are in every version", prefix.first_suffix_field));
            describe_fields(prefix.fields, &mut text, types);
        }
    }
    for field in layout.phantom_fields().iter() {
        describe_field(&field, "    also ", &mut text, types);
    }
    // Pointers and markers say all in their names.
    if !["&", "*", "NonNull<", "PrefixRef<", "PhantomData<"].iter().any(|start| name.starts_with(start)) {
        types.insert(name, (layout.get_utypeid(), text));
    }
}

fn describe_fields(fields: TLFields, text: &mut String, types: &mut Types) {
    for field in fields.iter() {
        describe_field(&field, "    ", text, types);
    }
}

fn describe_field(field: &TLField, indent: &str, text: &mut String, types: &mut Types) {
    let functions: Vec<TLFunction> = field.function_range().iter().collect();
    if field.is_function() {
        for function in functions {
            line(text, &format!("{indent}{}", signature(&function, types)));
        }
        return;
    }
    line(text, &format!("{indent}{}: {}", field.name(), name(field.layout())));
    describe(field.layout(), types);
    for function in functions {
        line(text, &format!("{indent}    with {}", signature(&function, types)));
    }
}

fn signature(function: &TLFunction, types: &mut Types) -> String {
    let mut named = |layout: &'static TypeLayout| {
        describe(layout, types);
        name(layout)
    };
    let parameters: Vec<String> = function.param_type_layouts.iter().map(|layout| named(layout())).collect();
    let answer = function.return_type_layout().map(|layout| format!(" -> {}", named(layout())));
    format!("fn {}({}){}", function.name, parameters.join(", "), answer.unwrap_or_default())
}

/// The name of a type with its parameters. Derived layouts keep these to themselves, so they are read from the fields.
fn name(layout: &'static TypeLayout) -> String {
    let inner = layout.generics().type_params();
    let inner: Vec<String> = inner.iter().map(|parameter| name(parameter())).collect();
    let parameters = match (layout.data(), layout.name()) {
        (TLData::Primitive(TLPrimitive::SharedRef), _) => return format!("&{}", inner.join("")),
        (TLData::Primitive(TLPrimitive::MutRef), _) => return format!("&mut {}", inner.join("")),
        (TLData::Primitive(TLPrimitive::ConstPtr), _) => return format!("*const {}", inner.join("")),
        (TLData::Primitive(TLPrimitive::MutPtr), _) => return format!("*mut {}", inner.join("")),
        (TLData::Primitive(TLPrimitive::Array), _) => return layout.full_type().to_string(),
        (TLData::Enum(variants), "RResult" | "ROption") => names(variants.fields),
        (TLData::Struct { fields }, "Tuple2") => names(fields),
        (TLData::Struct { fields }, "RBox" | "RVec" | "RSlice" | "RSliceMut" | "RMut" | "RRef") => {
            let marker = fields.iter().find(|field| field.layout().name() == "PhantomData");
            marker.map_or_else(Vec::new, |marker| names(marker.layout().phantom_fields()))
        }
        (TLData::PrefixType(prefix), "BoxVtable" | "RObjectVtable") => {
            let marker = prefix.fields.iter().find(|field| field.layout().name() == "PhantomData");
            marker
                .and_then(|field| field.layout().phantom_fields().iter().last())
                .iter()
                .map(field_type)
                .collect()
        }
        (TLData::PrefixType(prefix), "VTable") => {
            let base = prefix.fields.iter().find(|field| field.layout().name() == "PrefixRef");
            base.iter().map(field_type).collect()
        }
        (TLData::Struct { fields }, "RObject") => {
            let functions = fields.iter().flat_map(|field| field.function_range().iter().collect::<Vec<_>>());
            functions
                .filter_map(|function| function.return_type_layout())
                .map(|layout| name(layout()))
                .collect()
        }
        _ => inner,
    };
    let own = layout.name();
    if parameters.is_empty() { own.to_owned() } else { format!("{own}<{}>", parameters.join(", ")) }
}

fn names(fields: TLFields) -> Vec<String> {
    fields.iter().map(|field| field_type(&field)).collect()
}

fn field_type(field: &TLField) -> String {
    name(field.layout())
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("a string takes all text");
}

/// Compares a text with its golden file, or records it.
fn compare(file: &str, found: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests").join(file);
    if env::var_os("LARDER_BLESS").is_some() {
        fs::write(&path, found).expect("the golden file can be written");
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == found,
        "what crosses the border is not what `plugin-api/tests/{file}` says:\n\n{}\n\
         Libraries and hosts that were built before rely on the old lines. If this is growth and meant:\n\
         - a new method or field stands behind the one marked `last_prefix_field` and has a default;\n\
         - a new number, name or JSON field adds to the old ones and changes none;\n\
         - CHANGELOG.md has a line about it;\n\
         - `LARDER_BLESS=1 cargo test -p larder-plugin-api --test layouts` records it.\n",
        difference(&expected, found)
    );
}

/// The lines that only one of the two has, each below the heading of its paragraph.
fn difference(before: &str, after: &str) -> String {
    let (before, after) = (with_headings(before), with_headings(after));
    let mut text = String::new();
    let mut last_heading = None;
    let removed = before.iter().filter(|line| !after.contains(line)).map(|line| ('-', line));
    let added = after.iter().filter(|line| !before.contains(line)).map(|line| ('+', line));
    let mut changes: Vec<_> = removed.chain(added).collect();
    changes.sort_by_key(|(_, (heading, _))| *heading);
    for (sign, (heading, content)) in changes {
        if *content != *heading && last_heading != Some(heading) {
            line(&mut text, &format!("  {heading}"));
        }
        last_heading = Some(heading);
        line(&mut text, &format!("{sign} {content}"));
    }
    if text.is_empty() { "the order of the lines differs\n".to_owned() } else { text }
}

fn with_headings(text: &str) -> Vec<(&str, &str)> {
    let mut heading = "";
    text.lines()
        .map(|line| {
            if !line.starts_with(' ') {
                heading = line.split(": ").next().unwrap_or(line);
            }
            (heading, line)
        })
        .collect()
}

struct Sample;

impl Flavor for Sample {
    const FLAVOR: &'static str = "sample";
    const SUPPORTED_SCHEMES: &'static [&'static str] = &["sample://", ""];
    const ABOUT: &'static str = "a flavor with every kind of field";
    const CAPABILITIES: &'static [Capability] = Capability::ALL;
    const CONFIG: &'static [ConfigKey] = &[
        ConfigKey::text("endpoint").help("where it is").required(),
        ConfigKey::text("mode").choices(&["fast", "safe"]).default("safe"),
        ConfigKey::text("token").secret().aliases(&["password"]),
        ConfigKey::boolean("tls").default("true"),
        ConfigKey::integer("retries").default("3"),
        ConfigKey::bytes("part_size").default("8MiB"),
        ConfigKey::duration("timeout").default("30s"),
    ];
    type Store = NoStore;

    fn make(_root: &Root, _config: &Config, _services: &Services) -> Result<NoStore> {
        Ok(NoStore)
    }
}

const LIBRARY: Library = Library {
    name: "sample-library",
    version: "1.2.3",
    license: "Apache-2.0",
    repository: "https://example.org/sample",
    panic_unwinds: true,
    flavors: &[ExportedFlavor::description_of::<Sample>()],
};
static MANIFEST: [u8; LIBRARY.json_len_bytes()] = LIBRARY.json();

struct NoStore;

impl ArtifactStore for NoStore {
    fn open(&self, _path: StorePath, _mode: OpenMode) -> Result<Opened> {
        Err(Error::not_found())
    }

    fn listdir(&self, _path: StorePath, _detail: Detail) -> Result<Entries> {
        Ok(Entries::sorted(Vec::new()))
    }

    fn mkdir(&self, _path: StorePath) -> Result<()> {
        Err(Error::unsupported(""))
    }

    fn remove(&self, _path: StorePath) -> Result<()> {
        Err(Error::not_found())
    }

    fn rmtree(&self, _path: StorePath) -> Result<()> {
        Err(Error::not_found())
    }

    fn stat(&self, _path: StorePath) -> Result<Stat> {
        Err(Error::not_found())
    }
}
