//! One connection: its requests go to the server one by one, and come back as the script wants it.

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::{Fault, Recorded, Shared, reset};
use crate::http::{Body, Head, Piece};

/// Longer than any test.
const UNTIL_THE_END: Duration = Duration::from_secs(24 * 60 * 60);

/// What the connection to the client is good for after an exchange.
enum After {
    Next,
    Close,
    Reset,
}

pub(super) fn serve(client: &TcpStream, shared: &Shared) -> io::Result<()> {
    let mut from_client = BufReader::new(client);
    while let Some(head) = Head::read(&mut from_client)? {
        match Exchange::new(shared, client, &head).run(&mut from_client, &head)? {
            After::Next => {}
            After::Close => break,
            After::Reset => {
                reset(client);
                break;
            }
        }
    }
    Ok(())
}

struct Exchange<'a> {
    shared: &'a Shared,
    client: &'a TcpStream,
    method: String,
    fault: Fault,
    /// Its place in the list of requests.
    number: usize,
}

impl<'a> Exchange<'a> {
    fn new(shared: &'a Shared, client: &'a TcpStream, head: &Head) -> Exchange<'a> {
        let (method, target) = head.method_and_target();
        let mut script = shared.script();
        let mut fault = Fault::Pass;
        for rule in &mut script.rules {
            if let Some(wanted) = rule.fault_for(method, target) {
                fault = wanted;
                break;
            }
        }
        let (method, target) = (method.to_owned(), target.to_owned());
        script.requests.push(Recorded { method: method.clone(), target, status: None });
        shared.asked.notify_all();
        Exchange { shared, client, method, fault, number: script.requests.len() - 1 }
    }

    fn run(&self, from_client: &mut impl BufRead, head: &Head) -> io::Result<After> {
        match &self.fault {
            Fault::Answer { status, headers, body } => {
                head.request_body().read_all(from_client)?;
                self.answer(*status, headers, body)
            }
            Fault::Silence => {
                head.request_body().read_all(from_client)?;
                self.stall()
            }
            _ => self.forward(from_client, head),
        }
    }

    fn answer(&self, status: u16, headers: &[(String, String)], body: &str) -> io::Result<After> {
        let first_line = format!("HTTP/1.1 {status} as the script says");
        let mut headers = headers.to_vec();
        headers.push(("Content-Length".to_owned(), body.len().to_string()));
        let body = if self.method == "HEAD" { "" } else { body };
        let mut client = self.client;
        self.record(status);
        client.write_all(&[&*Head { first_line, headers }.to_bytes(), body.as_bytes()].concat())?;
        Ok(After::Next)
    }

    fn stall(&self) -> io::Result<After> {
        self.shared.pause(UNTIL_THE_END)?;
        Ok(After::Close)
    }

    fn record(&self, status: u16) {
        // The list may have been cleared since.
        if let Some(request) = self.shared.script().requests.get_mut(self.number) {
            request.status = Some(status);
        }
    }

    /// The server is asked over a connection of its own each time, and the head is not changed: signatures are over it.
    fn forward(&self, from_client: &mut impl BufRead, head: &Head) -> io::Result<After> {
        let server = self.shared.connect()?;
        self.forward_over(&server, from_client, head)
    }

    fn forward_over(
        &self,
        server: &TcpStream,
        from_client: &mut impl BufRead,
        head: &Head,
    ) -> io::Result<After> {
        if !self.send_request(server, from_client, head)? {
            return Ok(After::Reset);
        }
        let mut from_server = BufReader::new(server);
        let mut answer = Head::read(&mut from_server)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        while answer.status() == Some(100) {
            answer = Head::read(&mut from_server)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        }
        if matches!(self.fault, Fault::LoseResponse) {
            answer.response_body(&self.method).read_all(&mut from_server)?;
            return Ok(After::Reset);
        }
        self.record(answer.status().unwrap_or(0));
        let mut client = self.client;
        client.write_all(&answer.to_bytes())?;
        self.send_body(&mut from_server, answer.response_body(&self.method), &answer)
    }

    /// Whether all of it was sent.
    fn send_request(
        &self,
        server: &TcpStream,
        from_client: &mut impl BufRead,
        head: &Head,
    ) -> io::Result<bool> {
        let limit = if let Fault::ResetRequestAfter(limit) = self.fault { Some(limit) } else { None };
        let mut server = server;
        server.write_all(&head.to_bytes())?;
        if head.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
            let mut client = self.client;
            client.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        let mut sent = 0;
        let mut body = head.request_body();
        loop {
            if limit.is_some_and(|limit| sent >= limit) {
                return Ok(false);
            }
            let bytes = match body.next(from_client)? {
                Some(Piece::Content(mut content)) => {
                    if let Fault::CorruptRequestAt(offset) = self.fault {
                        turn_over(&mut content, sent, offset);
                    }
                    let cut = cut(&content, sent, limit);
                    sent += cut.len() as u64;
                    cut.to_vec()
                }
                Some(Piece::Framing(framing)) => framing,
                None => return Ok(limit.is_none()),
            };
            // A server may answer before it has read all, and close: then its answer is what counts.
            server.write_all(&bytes).ok();
        }
    }

    fn send_body(&self, from_server: &mut impl BufRead, mut body: Body, head: &Head) -> io::Result<After> {
        let until_close = matches!(body, Body::UntilClose);
        let limit = match self.fault {
            Fault::ResetResponseAfter(limit)
            | Fault::TruncateResponseAfter(limit)
            | Fault::StallResponseAfter(limit) => Some(limit),
            _ => None,
        };
        let mut client = self.client;
        let mut sent = 0;
        while limit.is_none_or(|limit| sent < limit) {
            match body.next(from_server)? {
                Some(Piece::Content(mut content)) => {
                    if let Fault::CorruptResponseAt(offset) = self.fault {
                        turn_over(&mut content, sent, offset);
                    }
                    let cut = cut(&content, sent, limit);
                    self.send_content(cut)?;
                    sent += cut.len() as u64;
                }
                Some(Piece::Framing(framing)) => client.write_all(&framing)?,
                None => break,
            }
        }
        match self.fault {
            Fault::ResetResponseAfter(_) => Ok(After::Reset),
            Fault::TruncateResponseAfter(_) => Ok(After::Close),
            Fault::StallResponseAfter(_) => self.stall(),
            _ if until_close
                || head.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")) =>
            {
                Ok(After::Close)
            }
            _ => Ok(After::Next),
        }
    }

    fn send_content(&self, content: &[u8]) -> io::Result<()> {
        let mut client = self.client;
        let Fault::SlowResponse { bytes, pause } = self.fault else { return client.write_all(content) };
        for piece in content.chunks(bytes) {
            self.shared.pause(pause)?;
            client.write_all(piece)?;
        }
        Ok(())
    }
}

/// The byte at an offset of the body, where it is in this piece, which begins at `before`.
fn turn_over(content: &mut [u8], before: u64, offset: u64) {
    let place = offset.checked_sub(before).and_then(|place| usize::try_from(place).ok());
    if let Some(byte) = place.and_then(|place| content.get_mut(place)) {
        *byte = !*byte;
    }
}

/// What of a piece is before the limit.
fn cut(content: &[u8], sent: u64, limit: Option<u64>) -> &[u8] {
    let left = limit.map_or(u64::MAX, |limit| limit - sent);
    &content[..usize::try_from(left).unwrap_or(usize::MAX).min(content.len())]
}
