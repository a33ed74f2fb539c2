//! What fake-gcs-server does not know of GCS: uploads in parts by the XML interface, conditions on anything but uploads,
//! pages of prefixes, how far a resumable upload has come, batches without an empty line at the end of a request. All
//! else passes through.

mod batches;
mod conditions;
mod parts;
mod resumable;

use std::io::{self, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::thread::{self, JoinHandle};

use crate::http::{self, Head, Response};
use parts::Uploads;
use resumable::Sessions;

/// A translator that runs until this is dropped.
#[derive(Debug)]
pub(super) struct Dialect {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    server: SocketAddr,
    uploads: Mutex<Uploads>,
    sessions: Mutex<Sessions>,
    /// Held for writing while a condition is compared and what is under it is done, for reading while anything is.
    comparing: RwLock<()>,
    ended: AtomicBool,
}

/// A request, read to its end.
pub(super) struct Request {
    head: Head,
    body: Vec<u8>,
}

impl Dialect {
    pub(super) fn start(server: SocketAddr) -> Dialect {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port can be had");
        let address = listener.local_addr().expect("a listener has an address");
        let shared = Arc::new(Shared {
            server,
            uploads: Mutex::default(),
            sessions: Mutex::default(),
            comparing: RwLock::default(),
            ended: AtomicBool::new(false),
        });
        let acceptor = Some(thread::spawn({
            let shared = shared.clone();
            move || accept(&listener, &shared)
        }));
        Dialect { address, shared, acceptor }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The keys of uploads that were begun and neither completed nor aborted.
    pub(super) fn unfinished(&self, bucket: &str) -> Vec<String> {
        self.shared.uploads.lock().expect("no upload panics").unfinished(bucket)
    }
}

impl Drop for Dialect {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // Wakes the acceptor, which then sees that it has ended.
        TcpStream::connect(self.address).ok();
        self.acceptor.take().map(JoinHandle::join);
    }
}

/// The threads of connections end with their connections.
fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for connection in listener.incoming().map_while(Result::ok) {
        if shared.ended.load(Ordering::SeqCst) {
            return;
        }
        let shared = shared.clone();
        thread::spawn(move || serve(&connection, &shared));
    }
}

fn serve(connection: &TcpStream, shared: &Shared) -> io::Result<()> {
    let mut reader = BufReader::new(connection.try_clone()?);
    let mut connection = connection;
    while let Some(head) = Head::read(&mut reader)? {
        let body = head.request_body().read_all(&mut reader)?;
        let request = Request { head, body };
        let (method, _) = request.head.method_and_target();
        let response = answer(&request, shared)?;
        connection.write_all(&framed(method, &response))?;
    }
    Ok(())
}

fn answer(request: &Request, shared: &Shared) -> io::Result<Response> {
    let mut uploads = shared.uploads.lock().expect("no upload panics");
    if let Some(response) = uploads.answer(request, shared.server) {
        return response;
    }
    drop(uploads);
    if let Some(response) = shared.sessions.lock().expect("no session panics").answer(request) {
        return Ok(response);
    }
    let conditions = conditions::of_request(&request.head);
    if conditions.is_empty() {
        let _shared = shared.comparing.read().expect("no request panics");
        let response = pass_through(request, shared.server)?;
        shared.sessions.lock().expect("no session panics").remember(request, &response);
        return Ok(response);
    }
    let _alone = shared.comparing.write().expect("no request panics");
    let (method, _) = request.head.method_and_target();
    for condition in conditions {
        if let Some(refusal) = condition.refusal(method, shared.server)? {
            return Ok(refusal);
        }
    }
    pass_through(request, shared.server)
}

fn pass_through(request: &Request, server: SocketAddr) -> io::Result<Response> {
    let (method, target) = request.head.method_and_target();
    let kept = |(name, _): &&(String, String)| !is_framing(name);
    let headers: Vec<_> =
        request.head.headers.iter().filter(kept).map(|(name, value)| (&**name, &**value)).collect();
    let body = batches::with_empty_lines(request);
    let mut response = http::send(server, method, target, &headers, &body)?;
    point_links_here(request, &mut response);
    keep_prefixes_of_page(target, &mut response);
    Ok(response)
}

fn is_framing(name: &str) -> bool {
    ["content-length", "transfer-encoding", "connection"]
        .iter()
        .any(|framing| name.eq_ignore_ascii_case(framing))
}

/// The next request of a resumable upload goes where its `Location` says: to whom this request was sent.
fn point_links_here(request: &Request, response: &mut Response) {
    let Some(host) = request.head.header("host") else { return };
    for (name, value) in &mut response.head.headers {
        if name.eq_ignore_ascii_case("location")
            && let Some((_, path)) = value.strip_prefix("http://").and_then(|link| link.split_once('/'))
        {
            *value = format!("http://{host}/{path}");
        }
    }
}

/// On each page stand all prefixes that are to come: only those that are before the next page are of this one.
fn keep_prefixes_of_page(target: &str, response: &mut Response) {
    let is_listing = target.starts_with("/storage/v1/b/") && target.contains("/o?");
    if !is_listing || !target.contains("delimiter=") {
        return;
    }
    let Ok(mut page) = serde_json::from_slice::<serde_json::Value>(&response.body) else { return };
    let Some(next) = page["nextPageToken"].as_str().map(str::to_owned) else { return };
    if let Some(prefixes) = page["prefixes"].as_array_mut() {
        prefixes.retain(|prefix| prefix.as_str().is_some_and(|prefix| prefix < next.as_str()));
        response.body = page.to_string().into_bytes();
    }
}

/// The response with its length said, whatever borders it came with. That of `HEAD` says the length of what is not sent.
fn framed(method: &str, response: &Response) -> Vec<u8> {
    if method == "HEAD" {
        return response.head.to_bytes();
    }
    let mut head = response.head.clone();
    head.headers.retain(|(name, _)| !is_framing(name));
    if !matches!(response.status(), 100..=199 | 204 | 304) {
        head.headers.push(("Content-Length".to_owned(), response.body.len().to_string()));
    }
    [head.to_bytes(), response.body.clone()].concat()
}
