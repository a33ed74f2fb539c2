//! A server that is not there, or that is there and says nothing.

use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use larder_plugin_api::{ErrorKind, OpenMode};
use larder_tests::fault_proxy::{Fault, Rule};

use crate::rig::{Rig, fails};

/// `retry_limit` is 10 s; whatever is asked ends soon after.
const LIMIT: Duration = Duration::from_secs(20);

fn all_fail(rig: &Rig, kind: ErrorKind, said: &str) {
    let begin = Instant::now();
    for result in [
        rig.store.exists("a").map(drop),
        rig.store.reader("a").map(drop),
        rig.store.glob("*").and_then(|entries| entries.collect::<Result<Vec<_>, _>>()).map(drop),
        rig.put("a", b"content", OpenMode::Write),
    ] {
        assert!(fails(result, kind, said).is_retryable());
    }
    assert!(begin.elapsed() < 4 * LIMIT, "it took {:?}", begin.elapsed());
}

/// Nobody listens where somebody did a moment ago.
pub fn a_server_that_is_not_there_is_said(rig: Rig) {
    let gone = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    let rig = rig.elsewhere(gone.expect("a port can be had"));
    all_fail(&rig, ErrorKind::Unavailable, "refused");
}

pub fn a_server_that_says_nothing_is_given_up(rig: Rig) {
    rig.proxy.on(Rule::new(Fault::Silence));
    all_fail(&rig, ErrorKind::TimedOut, "");
    rig.holds(&[]);
}

/// Not even the connection is taken: the system has it in its queue.
pub fn a_server_that_only_listens_is_given_up(rig: Rig) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port can be had");
    let rig = rig.elsewhere(listener.local_addr().expect("it has an address"));
    fails(rig.store.exists("a"), ErrorKind::TimedOut, "");
}
