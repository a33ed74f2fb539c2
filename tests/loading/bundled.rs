//! Libraries that a flavor brings along by `$ORIGIN`: staged with it, pinned with it, also those of those.

use std::fs;
use std::path::PathBuf;

use larder_tests::TestHome;

use crate::fixtures::{compile_to, host, refused, told};

/// `plugins/libbrings_along.so` needs `deps/libfirst.so`, which needs `deps/deeper/libsecond.so`.
fn build(home: &TestHome, answer: &str) -> PathBuf {
    let place = |name: &str| format!("-L{}", home.path(name).display());
    let origin = |path: &str| format!("-Wl,-rpath,$ORIGIN/{path},--enable-new-dtags");
    let second = home.path("deps/deeper/libsecond.so");
    compile_to("brought", &second, &["-DFUNCTION=second", &format!("-DANSWER={answer}")]);
    let deeper = [place("deps/deeper"), origin("deeper")];
    let first = home.path("deps/libfirst.so");
    compile_to("brought", &first, &["-DFUNCTION=first", "-DNEXT=second", &deeper[0], "-lsecond", &deeper[1]]);
    let library = home.path("plugins/libbrings_along.so");
    let allow = "-Wl,--allow-shlib-undefined";
    compile_to("brings_along", &library, &[&place("deps"), "-lfirst", allow, &origin("../deps")]);
    library
}

#[test]
fn what_it_brings_along_is_found_beside_the_copy_also_what_that_needs() {
    let home = TestHome::new();
    let text = refused(&host(&home), &home, &build(&home, "42"));
    assert_eq!(
        text,
        [
            "error: library `[TMP]/plugins/libbrings_along.so` failed its trial",
            "caused by: it crashed with signal 6 (SIGABRT) while it was loaded, and said: the answer is 42",
            "hint: when it is mended: larder flavor retry bad"
        ]
    );
    let libraries = home.larder_home().join("cache/libraries");
    let place =
        fs::read_dir(libraries).expect("it was staged").next().expect("one").expect("it is there").path();
    assert!(place.join("d/d/d/deps/deeper/libsecond.so").is_file(), "{}", place.display());
}

#[test]
fn a_change_of_what_it_brings_along_lifts_its_quarantine() {
    let home = TestHome::new();
    let host = host(&home);
    refused(&host, &home, &build(&home, "42"));
    build(&home, "43");
    let error = host.retry_flavor("bad").expect_err("it still aborts");
    assert_eq!(
        told(&home, &error),
        [
            "error: library `[TMP]/plugins/libbrings_along.so` failed its trial",
            "caused by: it crashed with signal 6 (SIGABRT) while it was loaded, and said: the answer is 43",
            "hint: when it is mended: larder flavor retry bad"
        ]
    );
}

#[test]
fn what_it_brings_along_from_too_far_away_is_refused() {
    let home = TestHome::new();
    let library = home.path("a/b/c/d/e/libbrings_along.so");
    compile_to("brought", &home.path("libfirst.so"), &["-DFUNCTION=first"]);
    let place = format!("-L{}", home.path("").display());
    let origin = "-Wl,-rpath,$ORIGIN/../../../../..,--enable-new-dtags";
    compile_to("brings_along", &library, &[&place, "-lfirst", origin]);
    assert_eq!(
        refused(&host(&home), &home, &library),
        [
            "error: library `[TMP]/a/b/c/d/e/libbrings_along.so` cannot be staged in `[TMP]/home/cache/libraries`",
            "caused by: what it brings along is too far away: `../../../../../libfirst.so`"
        ]
    );
    let libraries = home.larder_home().join("cache/libraries");
    assert!(!libraries.join("libfirst.so").exists(), "nothing is written outside of the copy's own place");
}
