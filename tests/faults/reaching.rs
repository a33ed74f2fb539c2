//! A server that is not there, or that is there and says nothing.

use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use larder::Store;
use larder_plugin_api::{ErrorKind, OpenMode};
use larder_tests::fault_proxy::{Fault, Rule};

use crate::rig::{Rig, fails, put};

/// `retry_limit` is 10 s; whatever is asked ends soon after.
const LIMIT: Duration = Duration::from_secs(20);

fn all_fail(store: &Store, kind: ErrorKind, said: &str) {
    let begin = Instant::now();
    for result in [
        store.exists("a").map(drop),
        store.reader("a").map(drop),
        store.glob("*").and_then(Iterator::collect::<Result<Vec<_>, _>>).map(drop),
        put(store, "a", b"content", OpenMode::Write),
    ] {
        assert!(fails(result, kind, said).is_retryable());
    }
    assert!(begin.elapsed() < 4 * LIMIT, "it took {:?}", begin.elapsed());
}

/// Nobody listens where somebody did a moment ago.
pub fn a_server_that_is_not_there_is_said(rig: &Rig) {
    let gone = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    let store = rig.elsewhere(gone.expect("a port can be had"));
    all_fail(&store, ErrorKind::Unavailable, "refused");
}

pub fn a_server_that_says_nothing_is_given_up(rig: &Rig) {
    rig.proxy.on(Rule::new(Fault::Silence));
    all_fail(&rig.store, ErrorKind::TimedOut, "");
    rig.holds(&[]);
}

/// Not even the connection is taken: the system has it in its queue.
pub fn a_server_that_only_listens_is_given_up(rig: &Rig) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port can be had");
    let store = rig.elsewhere(listener.local_addr().expect("it has an address"));
    fails(store.exists("a"), ErrorKind::TimedOut, "");
}
