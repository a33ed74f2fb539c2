//! Just enough of HTTP/1.1 for the tests: heads, the borders of bodies, and a client that asks once per connection.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};

/// No body comes in larger pieces.
const PIECE_BYTES: usize = 64 * 1024;

/// The first line and the headers of a request or a response, as they came.
#[derive(Clone, Debug)]
pub struct Head {
    /// The request line or the status line, without its end.
    pub first_line: String,
    /// In their order, with the names as they were written.
    pub headers: Vec<(String, String)>,
}

impl Head {
    /// The next head, or nothing where the other side has closed the connection instead.
    ///
    /// # Errors
    ///
    /// When the connection breaks or the head is not one.
    pub fn read(from: &mut impl BufRead) -> io::Result<Option<Head>> {
        let Some(first_line) = read_line(from)? else { return Ok(None) };
        let mut headers = Vec::new();
        loop {
            let line = read_line(from)?.ok_or(io::ErrorKind::UnexpectedEof)?;
            if line.is_empty() {
                return Ok(Some(Head { first_line, headers }));
            }
            let (name, value) = line.split_once(':').ok_or(io::ErrorKind::InvalidData)?;
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
    }

    /// The value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = |(header, _): &&(String, String)| header.eq_ignore_ascii_case(name);
        self.headers.iter().find(named).map(|(_, value)| value.as_str())
    }

    /// As it goes over the wire, with the empty line that ends it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let headers = self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
        format!("{}\r\n{}\r\n", self.first_line, headers.collect::<String>()).into_bytes()
    }

    /// Of a request: its method and its target.
    pub fn method_and_target(&self) -> (&str, &str) {
        let mut words = self.first_line.split(' ');
        (words.next().unwrap_or_default(), words.next().unwrap_or_default())
    }

    /// Of a response.
    pub fn status(&self) -> Option<u16> {
        self.first_line.split(' ').nth(1)?.parse().ok()
    }

    /// How the body of this request ends.
    pub fn request_body(&self) -> Body {
        self.framed().unwrap_or(Body::Length(0))
    }

    /// How the body of this response to `method` ends.
    pub fn response_body(&self, method: &str) -> Body {
        match self.status() {
            _ if method == "HEAD" => Body::Length(0),
            Some(100..=199 | 204 | 304) => Body::Length(0),
            _ => self.framed().unwrap_or(Body::UntilClose),
        }
    }

    fn framed(&self) -> Option<Body> {
        if self.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
            return Some(Body::Chunked);
        }
        self.header("content-length")?.parse().ok().map(Body::Length)
    }
}

/// A line without its end; nothing at the end of the stream.
fn read_line(from: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// How much of a body is still to come.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// So many bytes.
    Length(u64),
    /// Chunks, each with its length before it.
    Chunked,
    /// So many bytes of a chunk, then its line end, then further chunks.
    InChunk(u64),
    /// All until the other side closes.
    UntilClose,
    /// Nothing.
    Ended,
}

/// What comes next of a body.
#[derive(Debug)]
pub enum Piece {
    /// Bytes of the body itself.
    Content(Vec<u8>),
    /// What stands between chunks.
    Framing(Vec<u8>),
}

impl Body {
    /// The next piece, or nothing at the end.
    ///
    /// # Errors
    ///
    /// When the connection breaks, or ends before the body does.
    pub fn next(&mut self, from: &mut impl BufRead) -> io::Result<Option<Piece>> {
        match *self {
            Body::Ended | Body::Length(0) => Ok(None),
            Body::Length(left) => {
                let content = read_some(from, left)?;
                *self = Body::Length(left - content.len() as u64);
                Ok(Some(Piece::Content(content)))
            }
            Body::UntilClose => match read_some(from, u64::MAX) {
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
                content => Ok(Some(Piece::Content(content?))),
            },
            Body::InChunk(0) => {
                *self = Body::Chunked;
                let end = read_line(from)?.ok_or(io::ErrorKind::UnexpectedEof)?;
                Ok(Some(Piece::Framing(format!("{end}\r\n").into_bytes())))
            }
            Body::InChunk(left) => {
                let content = read_some(from, left)?;
                *self = Body::InChunk(left - content.len() as u64);
                Ok(Some(Piece::Content(content)))
            }
            Body::Chunked => self.next_chunk(from),
        }
    }

    /// The line before a chunk; with the last one also the trailers and the empty line behind it.
    fn next_chunk(&mut self, from: &mut impl BufRead) -> io::Result<Option<Piece>> {
        let line = read_line(from)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let digits = line.split(';').next().unwrap_or_default().trim();
        let length = u64::from_str_radix(digits, 16).map_err(|_| io::ErrorKind::InvalidData)?;
        let mut framing = format!("{line}\r\n");
        *self = Body::InChunk(length);
        if length == 0 {
            *self = Body::Ended;
            loop {
                let trailer = read_line(from)?.ok_or(io::ErrorKind::UnexpectedEof)?;
                framing.extend([&trailer, "\r\n"]);
                if trailer.is_empty() {
                    break;
                }
            }
        }
        Ok(Some(Piece::Framing(framing.into_bytes())))
    }

    /// All that is to come, without what stands between chunks.
    ///
    /// # Errors
    ///
    /// When the connection breaks, or ends before the body does.
    pub fn read_all(mut self, from: &mut impl BufRead) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        while let Some(piece) = self.next(from)? {
            if let Piece::Content(content) = piece {
                all.extend(content);
            }
        }
        Ok(all)
    }
}

fn read_some(from: &mut impl BufRead, at_most: u64) -> io::Result<Vec<u8>> {
    let room = usize::try_from(at_most).unwrap_or(PIECE_BYTES).min(PIECE_BYTES);
    let mut bytes = vec![0; room];
    let length = from.read(&mut bytes)?;
    if length == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status line and the headers.
    pub head: Head,
    /// The body, without what stood between its chunks.
    pub body: Vec<u8>,
}

impl Response {
    /// The status, 0 where the status line has none.
    pub fn status(&self) -> u16 {
        self.head.status().unwrap_or(0)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// This response, where its status says that the request was done.
    ///
    /// # Panics
    ///
    /// Where it says anything else.
    #[must_use]
    pub fn expect_success(self) -> Response {
        assert!((200..300).contains(&self.status()), "{}\n{}", self.head.first_line, self.text());
        self
    }
}

/// Sends one request over a connection of its own. `Host` and `Content-Length` are added where they are not given.
///
/// # Errors
///
/// When the server cannot be reached, closes the connection without an answer or breaks it off.
pub fn send(
    to: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<Response> {
    let given = |name: &str| headers.iter().any(|(header, _)| header.eq_ignore_ascii_case(name));
    let mut all: Vec<_> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    if !given("host") {
        all.push(("Host".to_owned(), to.to_string()));
    }
    if !given("content-length") && !given("transfer-encoding") {
        all.push(("Content-Length".to_owned(), body.len().to_string()));
    }
    let head = Head { first_line: format!("{method} {target} HTTP/1.1"), headers: all };
    let mut connection = TcpStream::connect(to)?;
    connection.write_all(&[head.to_bytes(), body.to_vec()].concat())?;
    read_response(&mut BufReader::new(connection), method)
}

/// The answer to a request with `method`.
///
/// # Errors
///
/// As [`send`].
pub fn read_response(from: &mut impl BufRead, method: &str) -> io::Result<Response> {
    loop {
        let head = Head::read(from)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let body = head.response_body(method).read_all(from)?;
        // `100 Continue` goes before the answer.
        if head.status() != Some(100) {
            return Ok(Response { head, body });
        }
    }
}

/// A text as it stands in a path or a query: all but letters, digits and `-._~` is escaped, and `/` too unless kept.
pub fn escaped(text: &str, keep_slashes: bool) -> String {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || (keep_slashes && byte == b'/');
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// The reverse of [`escaped`].
pub fn unescaped(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = code.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The texts between `<name>` and `</name>`, in their order, with the five entities of XML resolved.
pub fn elements(xml: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let text = |part: &str| part.split_once(&close).map(|(text, _)| without_entities(text));
    xml.split(&open).skip(1).filter_map(text).collect()
}

fn without_entities(text: &str) -> String {
    let known =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#x27;", "'"), ("&amp;", "&")];
    known.iter().fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain))
}
