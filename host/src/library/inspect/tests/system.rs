//! What a library needs of the system, and that nothing of it runs.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::sample::{self, MANIFEST, compile, compiled, sample};
use crate::library::inspect::{FoundBy, inspect};

fn refusal(path: &Path) -> (String, String) {
    let error = inspect(path).expect_err("the system lacks something");
    let directory = path.parent().expect("a parent").to_string_lossy();
    (error.to_string().replace(&*directory, "."), error.hint().expect("a hint"))
}

fn with_sample(change: impl FnOnce(&mut Vec<u8>)) -> Option<(tempfile::TempDir, std::path::PathBuf)> {
    let mut bytes = sample()?.to_vec();
    change(&mut bytes);
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("libx.so");
    fs::write(&path, bytes).expect("a library");
    Some((directory, path))
}

fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    let at = bytes.windows(from.len()).position(|window| window == from).expect("the text is there");
    bytes[at..at + to.len()].copy_from_slice(to);
}

#[test]
fn finds_what_a_library_needs() {
    let Some((_directory, path)) = with_sample(|_| ()) else { return };
    let inspection = inspect(&path).expect("it is whole");
    let libc = &inspection.needed[0];
    assert_eq!(libc.name, "libc.so.6");
    assert!(
        matches!(libc.found_by, Some(FoundBy::Cache | FoundBy::System | FoundBy::Environment)),
        "{libc:?}"
    );
    assert!(inspection.glibc_required.is_some());
    let json = serde_json::to_value(&inspection).expect("it is data");
    assert_eq!(json["format"], "elf");
    assert_eq!(json["manifest"]["library"], "sample");
    assert!(json["needed"][0]["path"].as_str().is_some_and(|path| path.ends_with("libc.so.6")), "{json}");
}

#[test]
fn names_a_missing_library() {
    let Some((_directory, path)) = with_sample(|bytes| replace(bytes, b"libc.so.6\0", b"libq.so.6\0")) else {
        return;
    };
    let (text, hint) = refusal(&path);
    assert_eq!(text, "library `./libx.so` needs `libq.so.6`, which cannot be found");
    assert_eq!(
        hint,
        "install `libq.so.6`, or put it beside the flavor and build the flavor with the run path `$ORIGIN`"
    );
}

#[test]
fn names_both_glibc_versions() {
    let newer = |bytes: &mut Vec<u8>| replace(bytes, b"GLIBC_2.", b"GLIBC_9.");
    let Some((_directory, path)) = with_sample(newer) else { return };
    let (text, _) = refusal(&path);
    assert!(text.starts_with("library `./libx.so` needs GLIBC 9."), "{text}");
    assert!(text.contains(", this system has GLIBC 2."), "{text}");
}

#[test]
fn names_a_version_that_is_no_number() {
    let wild = |bytes: &mut Vec<u8>| replace(bytes, b"GLIBC_2.", b"GLIBC_\x1b.");
    let Some((_directory, path)) = with_sample(wild) else { return };
    let (text, hint) = refusal(&path);
    assert!(text.starts_with("library `./libx.so` needs version `GLIBC_\\u{1b}."), "{text}");
    assert!(text.contains("` of `libc.so.6`, which `/") && text.ends_with("libc.so.6` lacks"), "{text}");
    assert_eq!(hint, "install a newer `libc.so.6`");
}

#[test]
fn finds_a_library_that_the_flavor_brings_along() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let at = |name: &str| directory.path().join(name);
    let Some(()) = compile("int brought(void) { return 1; }", &at("libbrought.so"), &[]) else { return };
    let code =
        format!("{}int brought(void); int call(void) {{ return brought(); }}\n", sample::source(MANIFEST));
    let link = format!("-L{}", directory.path().display());
    for (flags, by) in [
        ("-Wl,-rpath,$ORIGIN/.:/other,--enable-new-dtags", Some(FoundBy::RunPath)),
        ("-Wl,-rpath,${ORIGIN},--disable-new-dtags", Some(FoundBy::RunPath)),
        ("-Wl,--enable-new-dtags", None),
    ] {
        compile(&code, &at("libx.so"), &[&link, "-Wl,--no-as-needed", "-lbrought", flags]);
        let found = inspect(&at("libx.so")).ok().map(|found| found.needed[0].clone());
        assert_eq!(found.as_ref().and_then(|found| found.found_by), by, "{flags}");
    }
    // Seen through a link, the origin is the link's directory, as for the loader.
    compile(&code, &at("libx.so"), &[&link, "-Wl,--no-as-needed", "-lbrought", "-Wl,-rpath,$ORIGIN"]);
    let elsewhere = tempfile::tempdir().expect("a temporary directory");
    symlink(at("libx.so"), elsewhere.path().join("libx.so")).expect("a link");
    let (text, _) = refusal(&elsewhere.path().join("libx.so"));
    assert_eq!(text, "library `./libx.so` needs `libbrought.so`, which cannot be found");
}

#[test]
fn refuses_a_library_that_looks_in_the_current_directory() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("libx.so");
    for (run_path, entry) in
        [("$ORIGIN::/lib", ""), ("lib:/lib", "lib"), ("/lib:.", "."), ("$LIB/x", "$LIB/x"), ("/lib:", "")]
    {
        for kind in ["-Wl,--enable-new-dtags", "-Wl,--disable-new-dtags"] {
            let flag = format!("-Wl,-rpath,{run_path}");
            let Some(()) = compile(&sample::source(MANIFEST), &path, &[&flag, kind]) else { return };
            let (text, hint) = refusal(&path);
            let problem = "looks for libraries in the current directory: its run path has the entry";
            assert_eq!(text, format!("library `./libx.so` {problem} `{entry}`"), "{run_path} {kind}");
            assert_eq!(
                hint,
                "build it with a run path of absolute directories and `$ORIGIN`, or without one"
            );
        }
    }
}

#[test]
fn refuses_a_library_that_needs_one_of_the_current_directory() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let at = |name: &str| directory.path().join(name);
    let soname = "-Wl,-soname,brought/libbrought.so";
    let Some(()) = compile("int brought(void) { return 1; }", &at("libbrought.so"), &[soname]) else {
        return;
    };
    let link = format!("-L{}", directory.path().display());
    compile(&sample::source(MANIFEST), &at("libx.so"), &[&link, "-Wl,--no-as-needed", "-lbrought"]);
    let (text, _) = refusal(&at("libx.so"));
    assert_eq!(
        text,
        "library `./libx.so` needs `brought/libbrought.so`, a path that begins at the current directory"
    );
}

#[test]
fn refuses_a_library_that_brings_one_along_which_looks_in_the_current_directory() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let at = |name: &str| directory.path().join(name);
    let flags = ["-Wl,-rpath,/lib:", "-Wl,--enable-new-dtags"];
    let Some(()) = compile("int brought(void) { return 1; }", &at("libbrought.so"), &flags) else { return };
    let link = format!("-L{}", directory.path().display());
    let flags = [&*link, "-Wl,--no-as-needed", "-lbrought", "-Wl,-rpath,$ORIGIN"];
    compile(&sample::source(MANIFEST), &at("libx.so"), &flags);
    let error = inspect(&at("libx.so")).expect_err("the library beside it is refused");
    assert_eq!(error.path(), at("libbrought.so"));
}

#[test]
fn runs_nothing_of_the_library() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (path, trace) = (directory.path().join("libx.so"), directory.path().join("trace"));
    let code = format!(
        "{}__attribute__((constructor)) static void run(void) {{ fclose(fopen(\"{}\", \"w\")); }}\n",
        sample::source(MANIFEST),
        trace.display()
    );
    let Some(bytes) = compiled(&code, &[]) else { return };
    fs::write(&path, bytes).expect("a library");
    inspect(&path).expect("it is whole");
    assert!(!trace.exists());
}
