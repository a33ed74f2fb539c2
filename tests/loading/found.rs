//! Libraries that were dropped into a plugins directory, and what a list costs them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use larder::{Origin, RegisterFlavor, Status};
use larder_tests::TestHome;

use crate::fixtures::{host, is_mapped, lines_in, memory, misbehaving, shortened, told, works};

/// A copy in the plugins directory whose flavor has another name of the same length.
fn drop_in(home: &TestHome, number: usize, faults: &str) {
    let library = misbehaving(home, &format!("home/plugins/lib{number:02}.so"), faults);
    let mut bytes = fs::read(&library).expect("the library is there");
    let name = b"\"name\":\"misbehaving\"";
    let at = bytes.windows(name.len()).position(|window| window == name).expect("the name is there");
    bytes[at + 17..at + 19].copy_from_slice(format!("{number:02}").as_bytes());
    fs::write(&library, bytes).expect("it can be written");
}

#[test]
fn a_list_of_twenty_libraries_runs_none_of_them() {
    let home = TestHome::new();
    let ran = home.path("it-ran");
    for number in 0..20 {
        drop_in(&home, number, &format!("load:write={}", ran.display()));
    }
    let host = host(&home);
    let catalog = host.catalog().expect("it can be listed");
    assert_eq!((catalog.flavors.len(), catalog.problems.len()), (20, 0));
    host.flavor("misbehavi07").expect("it can be described");
    assert!(!is_mapped(&home.path("")), "a list maps no library");

    let text = home.larder(["flavor", "list", "--json"]).ok();
    assert_eq!(text.matches("\"dropped in\"").count(), 20, "{text}");
    home.larder(["flavor", "describe", "misbehavi07"]).ok();
    home.larder(["flavor", "inspect"]).arg(home.path("home/plugins/lib07.so")).ok();
    assert!(!ran.exists(), "a constructor ran");
}

#[test]
fn registering_runs_a_library_in_its_trial() {
    let home = TestHome::new();
    let ran = home.path("it-ran");
    let library = misbehaving(&home, "libx.so", &format!("load:write={}", ran.display()));
    home.larder(["flavor", "inspect"]).arg(&library).ok();
    assert!(!ran.exists(), "inspecting runs nothing");
    host(&home).register_flavor(&library, RegisterFlavor::default()).expect("it is taken");
    assert_eq!(lines_in(&ran), 1);
    assert!(!is_mapped(&home.path("")), "it ran in the trial, not here");
}

#[test]
fn a_library_that_was_dropped_in_is_pinned_at_its_first_use() {
    let home = TestHome::new();
    let host = host(&home);
    memory(&home, "home/plugins/libmemory.so");
    let found = host.flavor("memory").expect("it is found");
    assert_eq!((found.origin, found.status), (Origin::DroppedIn(home.path("home/plugins")), Status::Ready));
    assert_eq!(found.library.sha256, None);
    home.register_store(&host, "m", "memory", Path::new("memory://m"));
    works(&host.store("m").expect("it is made"));
    let found = host.flavor("memory").expect("it is known");
    assert!(found.library.sha256.is_some() && found.pinned);
    assert_eq!(found.origin, Origin::DroppedIn(home.path("home/plugins")));
}

#[test]
fn a_library_that_was_dropped_in_under_another_name_takes_the_place_of_the_one_that_left() {
    let home = TestHome::new();
    let host = host(&home);
    let library = memory(&home, "home/plugins/libmemory-1.so");
    home.register_store(&host, "m", "memory", Path::new("memory://m"));
    fs::rename(&library, home.path("home/plugins/libmemory-2.so")).expect("it is ours");
    let listed = host.catalog().expect("it can be listed").flavors;
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (&listed[0].status, listed[0].library.file.clone()),
        (&Status::Ready, home.path("home/plugins/libmemory-2.so"))
    );
    works(&host.store("m").expect("it is made"));
}

#[test]
fn two_libraries_with_one_flavor_are_both_named_and_the_first_goes_on() {
    let home = TestHome::new();
    let host = host(&home);
    let first = memory(&home, "first/libmemory.so");
    let second = memory(&home, "second/libmemory.so");
    host.register_flavor(&first, RegisterFlavor::default()).expect("it is taken");
    home.register_store(&host, "m", "memory", Path::new("memory://m"));
    let error = host.register_flavor(&second, RegisterFlavor::default()).expect_err("the name is taken");
    assert_eq!(
        told(&home, &error),
        [
            "error: flavor `memory` of library `[TMP]/second/libmemory.so` is already registered, from library `[TMP]/first/libmemory.so`",
            "hint: the registered one stays in use; delete flavor `memory` first to use the other library"
        ]
    );
    memory(&home, "home/plugins/libmemory.so");
    let listed = host.catalog().expect("it can be listed").flavors;
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0].status, Status::Ready);
    assert_eq!(listed[1].status, Status::Shadowed { by: first });
    works(&host.store("m").expect("it is made"));
}

#[test]
fn a_library_that_others_can_write_is_named_and_not_listed() {
    let home = TestHome::new();
    let library = memory(&home, "home/plugins/libmemory.so");
    fs::set_permissions(&library, fs::Permissions::from_mode(0o757)).expect("it is ours");
    misbehaving(&home, "home/plugins/libother.so", "");
    let catalog = host(&home).catalog().expect("it can be listed");
    assert_eq!(catalog.flavors.len(), 1, "the other one is listed");
    assert_eq!(
        told(&home, &catalog.problems[0]),
        [
            "error: library `[TMP]/home/plugins/libmemory.so` can be written by other users (mode 0757)",
            "hint: chmod go-w [TMP]/home/plugins/libmemory.so"
        ]
    );
}

#[test]
fn a_broken_library_in_the_directory_hides_no_other() {
    let home = TestHome::new();
    let host = host(&home);
    memory(&home, "home/plugins/libmemory.so");
    home.file("home/plugins/libbroken.so", "not a library");
    let catalog = host.catalog().expect("it can be listed");
    assert_eq!(catalog.flavors.len(), 1);
    let problem = shortened(&home, &catalog.problems[0].to_string());
    assert!(problem.starts_with("library `[TMP]/home/plugins/libbroken.so` is a text file"), "{problem}");
    home.register_store(&host, "m", "memory", Path::new("memory://m"));
    works(&host.store("m").expect("it is made"));
}
