//! The faults of the proxy are what they say they are, and all else goes through as it came.

mod upstream;

use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use larder_tests::fault_proxy::{Fault, FaultProxy, Recorded, Rule};
use larder_tests::http::{self, Head, Response};
use upstream::Upstream;

fn start() -> (Upstream, FaultProxy) {
    let upstream = Upstream::start();
    let proxy = FaultProxy::start(upstream.address());
    (upstream, proxy)
}

fn get(proxy: &FaultProxy, target: &str) -> io::Result<Response> {
    http::send(proxy.address(), "GET", target, &[], b"")
}

/// What comes before the connection ends, and how it ends.
fn read_to_the_end(proxy: &FaultProxy, target: &str) -> (Vec<u8>, io::Result<usize>) {
    let mut connection = TcpStream::connect(proxy.address()).expect("the proxy listens");
    connection.write_all(format!("GET {target} HTTP/1.1\r\n\r\n").as_bytes()).expect("the proxy reads");
    let mut reader = BufReader::new(connection);
    Head::read(&mut reader).expect("a head comes").expect("a head comes");
    let mut content = Vec::new();
    let end = reader.read_to_end(&mut content);
    (content, end)
}

#[test]
fn what_no_rule_is_for_goes_through() {
    let (upstream, proxy) = start();
    let headers = [("Host", "bucket.example"), ("X-Odd", "a:b")];
    let response =
        http::send(proxy.address(), "PUT", "/a%2Fb?c=d", &headers, b"body").expect("it goes through");
    assert_eq!(response.text(), "body");
    assert_eq!(upstream.heads()[0].first_line, "PUT /a%2Fb?c=d HTTP/1.1");
    assert_eq!(upstream.heads()[0].header("host"), Some("bucket.example"));
    assert_eq!(upstream.heads()[0].header("x-odd"), Some("a:b"));
}

#[test]
fn chunks_go_through_in_both_directions() {
    let (_upstream, proxy) = start();
    let headers = [("Transfer-Encoding", "chunked")];
    let body = b"3;extension=1\r\none\r\n4\r\n two\r\n0\r\nx-trailer: 1\r\n\r\n";
    let response = http::send(proxy.address(), "PUT", "/chunked", &headers, body).expect("it goes through");
    assert_eq!(response.text(), "one two");
}

#[test]
fn a_connection_serves_one_request_after_the_other() {
    let (_upstream, proxy) = start();
    proxy.on(Rule::new(Fault::internal_error()).path("/bad"));
    let mut connection = TcpStream::connect(proxy.address()).expect("the proxy listens");
    let mut reader = BufReader::new(connection.try_clone().expect("it can be cloned"));
    for (target, status) in [("/10", 200), ("/bad", 500), ("/chunked10", 200)] {
        connection.write_all(format!("GET {target} HTTP/1.1\r\n\r\n").as_bytes()).expect("the proxy reads");
        let response = http::read_response(&mut reader, "GET").expect("it answers");
        assert_eq!(response.status(), status, "{target}");
    }
    connection.write_all(b"HEAD /10 HTTP/1.1\r\n\r\nGET /10 HTTP/1.1\r\n\r\n").expect("the proxy reads");
    assert_eq!(http::read_response(&mut reader, "HEAD").expect("it answers").body, b"");
    assert_eq!(http::read_response(&mut reader, "GET").expect("it answers").body.len(), 10);
}

#[test]
fn a_rule_is_for_its_method_its_path_its_query_and_its_turn() {
    let (_upstream, proxy) = start();
    proxy.on(Rule::new(Fault::slow_down(7)).method("GET").path("/10").query("part=2").nth(2));
    proxy.on(Rule::new(Fault::no_such_bucket()).path("/first").first(2));
    let asked =
        ["/10?part=2", "/11?part=2", "/10?part=1", "/10?part=2", "/10?part=2", "/first", "/first", "/first"];
    let statuses = asked.map(|target| get(&proxy, target).expect("it answers").status());
    assert_eq!(statuses, [200, 200, 200, 503, 200, 404, 404, 200]);
    let recorded =
        |target: &str, status| Recorded { method: "GET".into(), target: target.into(), status: Some(status) };
    assert_eq!(proxy.requests()[3..5], [recorded("/10?part=2", 503), recorded("/10?part=2", 200)]);
    proxy.clear();
    assert_eq!(proxy.requests(), []);
    assert_eq!(get(&proxy, "/first").expect("it answers").status(), 200);
}

#[test]
fn an_answer_is_given_without_asking_the_server() {
    let (upstream, proxy) = start();
    let elsewhere = "http://bucket.s3.eu-west-1.example/";
    proxy
        .on(Rule::new(Fault::redirect(307, "eu-west-1", elsewhere)).first(1))
        .on(Rule::new(Fault::slow_down(3)));
    let response = http::send(proxy.address(), "PUT", "/a", &[], &vec![0; 200_000]).expect("it answers");
    assert_eq!(response.status(), 307);
    assert_eq!(response.head.header("location"), Some(elsewhere));
    assert_eq!(response.head.header("x-amz-bucket-region"), Some("eu-west-1"));
    let response = get(&proxy, "/a").expect("it answers");
    assert_eq!((response.status(), response.head.header("retry-after")), (503, Some("3")));
    assert_eq!(http::elements(&response.text(), "Code"), ["SlowDown"]);
    assert!(upstream.heads().is_empty());
}

#[test]
fn a_response_is_broken_off_where_the_script_says() {
    let (_upstream, proxy) = start();
    proxy.on(Rule::new(Fault::ResetResponseAfter(70_000)));
    let (content, end) = read_to_the_end(&proxy, "/100000");
    assert_eq!(end.map_err(|error| error.kind()), Err(ErrorKind::ConnectionReset));
    assert!(content.len() <= 70_000);
}

#[test]
fn a_truncated_response_ends_as_if_that_were_all() {
    let (_upstream, proxy) = start();
    proxy.on(Rule::new(Fault::TruncateResponseAfter(70_000)));
    let (content, end) = read_to_the_end(&proxy, "/100000");
    assert_eq!((content.len(), end.ok()), (70_000, Some(70_000)));
    let (content, end) = read_to_the_end(&proxy, "/chunked100000");
    assert!(end.is_ok());
    assert!((70_000..71_000).contains(&content.len()), "{} with the lengths of chunks", content.len());
}

#[test]
fn a_lost_response_is_to_a_request_that_was_done() {
    let (upstream, proxy) = start();
    proxy.on(Rule::new(Fault::LoseResponse));
    let error = http::send(proxy.address(), "PUT", "/a", &[], b"body").expect_err("there is no answer");
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert_eq!(upstream.bodies(), [b"body"]);
    assert_eq!(proxy.requests()[0].status, None);
}

#[test]
fn a_request_is_broken_off_where_the_script_says() {
    let (upstream, proxy) = start();
    proxy.on(Rule::new(Fault::ResetRequestAfter(70_000)));
    http::send(proxy.address(), "PUT", "/a", &[], &vec![0; 100_000]).expect_err("there is no answer");
    assert_eq!(upstream.wait_for_broken_request(), 70_000);
    assert_eq!(upstream.bodies(), Vec::<Vec<u8>>::new());
}

#[test]
fn one_byte_is_corrupted() {
    let (_upstream, proxy) = start();
    let whole = get(&proxy, "/100000").expect("it answers").body;
    proxy.on(Rule::new(Fault::CorruptResponseAt(70_000)));
    for target in ["/100000", "/chunked100000"] {
        let corrupt = get(&proxy, target).expect("it answers").body;
        let differing: Vec<usize> =
            (0..whole.len()).filter(|place| whole[*place] != corrupt[*place]).collect();
        assert_eq!((corrupt.len(), differing), (whole.len(), vec![70_000]));
    }
}

#[test]
fn a_slow_response_comes_whole() {
    let (_upstream, proxy) = start();
    proxy.on(Rule::new(Fault::SlowResponse { bytes: 4, pause: Duration::from_millis(10) }));
    let began = Instant::now();
    assert_eq!(get(&proxy, "/10").expect("it answers").body.len(), 10);
    assert!(began.elapsed() >= Duration::from_millis(30));
}

#[test]
fn a_stalled_response_ends_with_the_proxy() {
    let (_upstream, proxy) = start();
    proxy.on(Rule::new(Fault::StallResponseAfter(5)).first(1)).on(Rule::new(Fault::Silence));
    let stalls = |before: usize| {
        let mut connection = TcpStream::connect(proxy.address()).expect("the proxy listens");
        connection.write_all(b"GET /10 HTTP/1.1\r\n\r\n").expect("the proxy reads");
        connection.set_read_timeout(Some(Duration::from_millis(200))).expect("it can be set");
        let mut content = Vec::new();
        let error = (&connection).read_to_end(&mut content).expect_err("it stalls");
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
        assert_eq!(content.split(|byte| *byte == b'\n').next_back().map(<[u8]>::len), Some(before));
        connection.set_read_timeout(None).expect("it can be set");
        connection
    };
    let held = [stalls(5), stalls(0)];
    let address = proxy.address();
    drop(proxy);
    for mut connection in held {
        let mut rest = Vec::new();
        connection.read_to_end(&mut rest).ok();
        assert!(rest.is_empty());
    }
    assert!(TcpStream::connect(address).is_err());
}
