//! The threads of a library that sends requests: none before the first one, and as few with ten stores as with one.

use std::fs;
use std::thread;

use larder::{Host, NewStore, RegisterFlavor, Store};
use larder_tests::{TestHome, library};

use crate::fixtures::host;

/// The threads of this process that the library has named.
fn threads_of_requests() -> usize {
    let tasks = fs::read_dir("/proc/self/task").expect("there is a /proc").flatten();
    let names = tasks.filter_map(|task| fs::read_to_string(task.path().join("comm")).ok());
    names.filter(|name| name.trim() == "larder-requests").count()
}

/// A store on a port of this machine where nothing listens.
fn store(host: &Host, name: &str) -> Store {
    let config = [
        ("endpoint", "http://127.0.0.1:9"),
        ("allow_http", "true"),
        ("access_key_id", "somebody"),
        ("secret_access_key", "nothing"),
        ("instance_credentials", "false"),
        ("retries", "0"),
    ];
    let new = NewStore {
        name: name.to_owned(),
        flavor: "s3".to_owned(),
        root: format!("s3://bucket/{name}"),
        config: config.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
        ..NewStore::default()
    };
    host.register_store(&new).expect("it is registered");
    host.store(name).expect("it is made")
}

#[test]
fn ten_stores_of_an_object_store_start_no_thread_until_used_and_then_two_at_most() {
    let home = TestHome::new();
    let host = host(&home);
    host.register_flavor(&library("s3"), RegisterFlavor::default()).expect("it is taken");
    let stores: Vec<Store> = (0..10).map(|number| store(&host, &format!("s{number}"))).collect();
    assert_eq!(threads_of_requests(), 0, "none of them was used");
    thread::scope(|scope| {
        for store in &stores {
            scope.spawn(|| store.exists("x").expect_err("nothing listens there"));
        }
    });
    let threads = threads_of_requests();
    assert!((1..=2).contains(&threads), "{threads} threads for ten stores");
}
