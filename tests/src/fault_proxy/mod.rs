//! A proxy that breaks what goes through it, as a script says, and remembers what was asked.

mod exchange;
mod rule;

use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::net::sockopt::set_socket_linger;

pub use rule::{Fault, Rule};

/// A request that went through, and what its client was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its method.
    pub method: String,
    /// Its path with its query, as they were sent.
    pub target: String,
    /// The status that the client was sent; nothing as long as there is none.
    pub status: Option<u16>,
}

/// A proxy that runs until this is dropped.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    upstream: SocketAddr,
    script: Mutex<Script>,
    asked: Condvar,
    connections: Mutex<Vec<Connection>>,
    ended: AtomicBool,
    ending: Condvar,
}

/// One that is served has a thread. It is held by who uses it only: when that is over, it is closed or broken off.
type Connection = (Weak<TcpStream>, Option<JoinHandle<()>>);

#[derive(Debug, Default)]
struct Script {
    rules: Vec<Rule>,
    requests: Vec<Recorded>,
}

impl FaultProxy {
    /// Forwards to a server all that no rule is for.
    ///
    /// # Panics
    ///
    /// When there is no port to be had.
    pub fn start(upstream: SocketAddr) -> FaultProxy {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port can be had");
        let address = listener.local_addr().expect("a listener has an address");
        let shared = Arc::new(Shared {
            upstream,
            script: Mutex::default(),
            asked: Condvar::new(),
            connections: Mutex::default(),
            ended: AtomicBool::new(false),
            ending: Condvar::new(),
        });
        let acceptor = Some(thread::spawn({
            let shared = shared.clone();
            move || shared.accept(&listener)
        }));
        FaultProxy { address, shared, acceptor }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Adds a rule. The first one that is for a request decides what happens to it.
    pub fn on(&self, rule: Rule) -> &FaultProxy {
        self.shared.script().rules.push(rule);
        self
    }

    /// What was asked since the start or since [`FaultProxy::clear`], in its order.
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.script().requests.clone()
    }

    /// Waits for a request.
    ///
    /// # Panics
    ///
    /// When it does not come within a minute.
    pub fn wait_for(&self, is_it: impl Fn(&Recorded) -> bool) {
        let has_not_come = |script: &mut Script| !script.requests.iter().any(&is_it);
        let script = self.shared.script();
        let waited = self.shared.asked.wait_timeout_while(script, Duration::from_secs(60), has_not_come);
        assert!(!waited.expect("no thread panics with the script").1.timed_out(), "nobody asked for it");
    }

    /// Forgets all rules and all requests.
    pub fn clear(&self) {
        *self.shared.script() = Script::default();
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.shared.end();
        // Wakes the acceptor, which then sees that it has ended.
        TcpStream::connect(self.address).ok();
        self.acceptor.take().map(JoinHandle::join);
        // Each of them has seen that it has ended, or its connections are shut down.
        let connections = std::mem::take(&mut *self.shared.connections());
        for (_, thread) in connections {
            thread.map(JoinHandle::join);
        }
    }
}

impl Shared {
    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().expect("no thread panics with the script")
    }

    fn connections(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.connections.lock().expect("no thread panics with the connections")
    }

    fn accept(self: &Arc<Shared>, listener: &TcpListener) {
        for connection in listener.incoming().map_while(Result::ok) {
            if self.ended.load(Ordering::SeqCst) {
                return;
            }
            self.forget_the_ended();
            connection.set_nodelay(true).ok();
            let connection = Arc::new(connection);
            let known = Arc::downgrade(&connection);
            let shared = self.clone();
            let mut connections = self.connections();
            let serve = move || drop(exchange::serve(&connection, &shared));
            connections.push((known, Some(thread::spawn(serve))));
        }
    }

    fn forget_the_ended(&self) {
        self.connections().retain(|(connection, _)| connection.strong_count() > 0);
    }

    /// A connection to the server, which is shut down too when this ends.
    fn connect(&self) -> io::Result<Arc<TcpStream>> {
        let connection = Arc::new(TcpStream::connect(self.upstream)?);
        connection.set_nodelay(true)?;
        self.connections().push((Arc::downgrade(&connection), None));
        if self.ended.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        Ok(connection)
    }

    fn end(&self) {
        let connections = self.connections();
        self.ended.store(true, Ordering::SeqCst);
        self.ending.notify_all();
        for connection in connections.iter().filter_map(|(connection, _)| connection.upgrade()) {
            connection.shutdown(Shutdown::Both).ok();
        }
    }

    /// Waits, at most until this ends.
    ///
    /// # Errors
    ///
    /// When it has ended.
    fn pause(&self, at_most: Duration) -> io::Result<()> {
        let connections = self.connections();
        let runs = |_: &mut _| !self.ended.load(Ordering::SeqCst);
        let waited = self.ending.wait_timeout_while(connections, at_most, runs);
        let waited = waited.expect("no thread panics with the connections");
        if waited.1.timed_out() { Ok(()) } else { Err(io::ErrorKind::ConnectionAborted.into()) }
    }
}

/// From here on closing tells the other side that the connection was broken off, and not that all was said.
fn reset(connection: &TcpStream) {
    set_socket_linger(connection, Some(Duration::ZERO)).ok();
}
