//! A server that says back what it is told, or as many bytes as its path says.

use std::io::{self, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread;

use larder_tests::http::{Head, Piece};

/// Requests with their bodies.
type Seen = Vec<(Head, Vec<u8>)>;

/// Its threads end with the test process.
pub struct Upstream {
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    broken: Receiver<usize>,
}

impl Upstream {
    pub fn start() -> Upstream {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port can be had");
        let address = listener.local_addr().expect("a listener has an address");
        let seen = Arc::<Mutex<Seen>>::default();
        let (breaks, broken) = mpsc::channel();
        let known = seen.clone();
        thread::spawn(move || {
            for connection in listener.incoming().map_while(Result::ok) {
                let (known, breaks) = (known.clone(), breaks.clone());
                thread::spawn(move || serve(&connection, &known, &breaks));
            }
        });
        Upstream { address, seen, broken }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn heads(&self) -> Vec<Head> {
        self.seen.lock().expect("no thread panics").iter().map(|(head, _)| head.clone()).collect()
    }

    pub fn bodies(&self) -> Vec<Vec<u8>> {
        self.seen.lock().expect("no thread panics").iter().map(|(_, body)| body.clone()).collect()
    }

    /// How many bytes of its body came before a request was broken off.
    pub fn wait_for_broken_request(&self) -> usize {
        self.broken.recv().expect("the server runs")
    }
}

fn serve(connection: &TcpStream, seen: &Mutex<Seen>, breaks: &Sender<usize>) -> io::Result<()> {
    let mut reader = BufReader::new(connection);
    let mut connection = connection;
    while let Some(head) = Head::read(&mut reader)? {
        let mut borders = head.request_body();
        let mut body = Vec::new();
        loop {
            match borders.next(&mut reader) {
                Ok(Some(Piece::Content(content))) => body.extend(content),
                Ok(Some(Piece::Framing(_))) => {}
                Ok(None) => break,
                Err(error) => {
                    breaks.send(body.len()).ok();
                    return Err(error);
                }
            }
        }
        let (method, target) = head.method_and_target();
        let response = response(method, target, &body);
        seen.lock().expect("no thread panics").push((head.clone(), body));
        connection.write_all(&response)?;
    }
    Ok(())
}

fn response(method: &str, target: &str, body: &[u8]) -> Vec<u8> {
    let path = target.split('?').next().unwrap_or_default().trim_start_matches('/');
    let length = path.trim_start_matches("chunked").parse().unwrap_or(0);
    let content = if method == "PUT" { body.to_vec() } else { (0..length).map(|_| b'a').collect() };
    let mut response = b"HTTP/1.1 200 OK\r\n".to_vec();
    if path.starts_with("chunked") {
        response.extend(b"Transfer-Encoding: chunked\r\n\r\n");
        for chunk in content.chunks(10_000) {
            response.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
            response.extend([chunk, b"\r\n"].concat());
        }
        response.extend(b"0\r\n\r\n");
    } else {
        response.extend(format!("Content-Length: {}\r\n\r\n", content.len()).into_bytes());
        response.extend(if method == "HEAD" { Vec::new() } else { content });
    }
    response
}
