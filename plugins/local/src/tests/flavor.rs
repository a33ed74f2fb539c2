//! Which roots are taken, and what a root that is not there is worth.

use larder_plugin_api::{Config, Flavor, Root, Services};

use super::*;
use crate::Local;

fn validate(root: &str) -> Result<()> {
    let config = Config::from_json(Local::CONFIG, "{}")?;
    Local::validate(&Root::parse(root)?, &config)
}

#[test]
fn takes_no_host_but_this_one() {
    assert_eq!(validate("file:///tmp"), Ok(()));
    assert_eq!(validate("file://localhost/tmp"), Ok(()));
    let error = validate("file://server/tmp").expect_err("another host");
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!(error.message(), "`file://server/tmp` names the host `server`; expected none or `localhost`");
}

#[test]
fn refuses_a_root_that_is_a_file_and_makes_none() {
    let home = Home::new();
    let file = home.root().join("file");
    std::fs::write(&file, "").expect("a file");
    assert_eq!(kind(validate(&file.display().to_string())), ErrorKind::InvalidPath);
    let absent = home.root().join("absent");
    assert_eq!(validate(&absent.display().to_string()), Ok(()));
    assert!(!absent.exists());
}

#[test]
fn a_root_that_is_not_there_is_empty_until_the_first_write() {
    let mut home = Home::new();
    home.store = Arc::new(store_in(&home.root().join("a/b")));
    assert_eq!(home.names(""), [""; 0]);
    assert_eq!(home.walk("", WalkOptions::default()), [Ok(Visit::default())]);
    assert_eq!(home.store.exists(path("")), Ok(true));
    assert_eq!(home.store.isdir(path("")), Ok(true));
    assert_eq!(kind(home.store.stat(path(""))), ErrorKind::NotFound);
    assert_eq!(home.store.exists(path("x")), Ok(false));
    assert_eq!(home.store.rmtree(path("")), Ok(()));
    assert_eq!(kind(home.list("x")), ErrorKind::NotFound);
    assert_eq!(home.glob("**/*"), [""; 0]);
    assert_eq!(home.on_disk(), [""; 0]);
    home.put("x", "1");
    assert_eq!(home.on_disk(), ["a", "a/b", "a/b/x"]);
    assert_eq!(home.store.stat(path("")).map(|stat| stat.kind), Ok(larder_plugin_api::Kind::Directory));
}

#[test]
fn a_root_that_is_removed_and_made_again_is_found_again() {
    let home = Home::new();
    home.put("a", "1");
    std::fs::remove_dir_all(home.root()).expect("the root is removed");
    assert_eq!(home.store.exists(path("a")), Ok(false));
    home.put("b", "2");
    assert_eq!(home.names(""), ["b"]);
}

#[test]
fn a_root_may_pass_a_link() {
    let mut home = Home::new();
    std::os::unix::fs::symlink("root", home.outside()).expect("a link");
    home.store = Arc::new(store_in(&home.outside()));
    home.put("a/b", "1");
    assert_eq!(home.read("a/b").as_deref(), Ok("1"));
    assert_eq!(home.on_disk(), ["a", "a/b"]);
}

#[test]
fn claims_durability_with_fsync_only() {
    let make = |json: &str| {
        let config = Config::from_json(Local::CONFIG, json).expect("a config");
        let root = Root::parse("/tmp").expect("a root");
        Local::make(&root, &config, &Services::detached()).expect("a store").capabilities()
    };
    assert_eq!(make("{}"), None);
    let claimed = make(r#"{"fsync": true}"#).expect("its own list");
    assert!(claimed.contains(&larder_plugin_api::Capability::Durable));
}

#[test]
fn a_root_behind_a_link_to_nothing_says_where_the_link_leads() {
    let mut home = Home::new();
    std::os::unix::fs::symlink("nowhere/deep", home.outside()).expect("a link");
    for root in [home.outside(), home.outside().join("below")] {
        home.store = Arc::new(store_in(&root));
        assert_eq!(home.names(""), [""; 0]);
        for error in [
            home.write("x", OpenMode::Write, "").expect_err("there is no root"),
            home.store.mkdir(path("x")).expect_err("there is no root"),
        ] {
            assert_eq!(error.kind(), ErrorKind::InvalidPath);
            let end = format!(
                "`{}` is a symbolic link to `nowhere/deep`, which does not exist",
                home.outside().display()
            );
            assert!(error.message().ends_with(&end), "{}", error.message());
        }
    }
}
