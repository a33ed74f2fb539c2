//! What is true of every server.

use std::env;
use std::io::{BufRead, BufReader, ErrorKind};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use larder_tests::fault_proxy::{Fault, FaultProxy, Rule};
use larder_tests::http;
use larder_tests::servers::{Kind, PAGE_LENGTH, Server};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

/// Tells this test, started again, to start a server and to wait.
const SERVE: &str = "LARDER_TEST_SERVE";

pub fn starts_empty_and_is_gone_after_drop(server: Server) {
    server.make_bucket("empty");
    assert_eq!(server.objects("empty"), []);
    assert!(server.unfinished_uploads("empty").is_empty());
    let (address, process) = (server.address(), server.process_id());
    drop(server);
    assert!(TcpStream::connect(address).is_err());
    assert!(!Path::new(&format!("/proc/{process}")).exists());
}

pub fn lists_more_objects_than_fit_a_page(server: &Server) {
    server.make_bucket("pages");
    let count = PAGE_LENGTH + 1;
    for number in 0..count {
        put(server, &format!("{number:04}&"));
    }
    let objects = server.objects("pages");
    assert_eq!(objects.len(), count);
    assert!(objects.iter().all(|object| object.size_bytes == 1), "{objects:?}");
    assert_eq!(objects[0].key, "0000&");
}

pub fn does_what_it_is_asked_when_its_answer_is_lost(server: &Server) {
    server.make_bucket("pages");
    let proxy = FaultProxy::start(server.address());
    proxy.on(Rule::new(Fault::LoseResponse).first(1));
    let (method, target, headers) = upload(server, "lost");
    let headers = server.signed_headers(method, &target, headers, b"x");
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let ask = || http::send(proxy.address(), method, &target, &headers, b"x");
    assert_eq!(ask().expect_err("the answer is lost").kind(), ErrorKind::ConnectionReset);
    assert_eq!(server.objects("pages").len(), 1);
    let _ = ask().expect("it answers").expect_success();
    assert_eq!(proxy.requests().len(), 2);
}

fn put(server: &Server, key: &str) {
    let (method, target, headers) = upload(server, key);
    let _ = server.request(method, &target, headers, b"x").expect_success();
}

/// moto wants somebody to have signed what replaces an object, and believes everybody.
const ANYBODY: (&str, &str) = (
    "Authorization",
    "AWS4-HMAC-SHA256 Credential=anybody/20260101/us-east-1/s3/aws4_request, SignedHeaders=host",
);

type Headers = &'static [(&'static str, &'static str)];

/// The method, the target and the headers of a request that makes an object.
fn upload(server: &Server, key: &str) -> (&'static str, String, Headers) {
    let key = http::escaped(key, true);
    match server.kind() {
        Kind::FakeGcs => ("POST", format!("/upload/storage/v1/b/pages/o?uploadType=media&name={key}"), &[]),
        Kind::Azurite => {
            let headers = &[("x-ms-blob-type", "BlockBlob"), ("x-ms-version", "2021-12-02")];
            ("PUT", server.signed(&format!("pages/{key}")), headers)
        }
        Kind::Moto => ("PUT", format!("/pages/{key}"), &[ANYBODY]),
        Kind::Minio => ("PUT", format!("/pages/{key}"), &[]),
    }
}

pub fn lists_an_upload_until_it_is_completed(server: &Server) {
    server.make_bucket("parts");
    match server.kind() {
        Kind::Moto | Kind::Minio | Kind::FakeGcs => {
            let begun = server.request("POST", "/parts/of/it?uploads", &[], b"").expect_success().text();
            let id = http::elements(&begun, "UploadId").remove(0);
            assert_eq!(server.unfinished_uploads("parts"), ["of/it"]);
            let target = format!("/parts/of/it?partNumber=1&uploadId={id}");
            let part = server.request("PUT", &target, &[], b"one").expect_success();
            let etag = part.head.header("etag").expect("a part has an entity tag").to_owned();
            let all = format!(
                "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part></CompleteMultipartUpload>"
            );
            let target = format!("/parts/of/it?uploadId={id}");
            let _ = server.request("POST", &target, &[], all.as_bytes()).expect_success();
        }
        Kind::Azurite => {
            let version = ("x-ms-version", "2021-12-02");
            let block = server.signed("parts/of/it?comp=block&blockid=AAAA");
            let _ = server.request("PUT", &block, &[version], b"one").expect_success();
            assert_eq!(server.objects("parts"), []);
            assert_eq!(server.unfinished_uploads("parts"), ["of/it"]);
            let all =
                b"<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList><Latest>AAAA</Latest></BlockList>";
            let list = server.signed("parts/of/it?comp=blocklist");
            let _ = server.request("PUT", &list, &[version], all).expect_success();
        }
    }
    assert!(server.unfinished_uploads("parts").is_empty());
    assert_eq!(server.objects("parts")[0].size_bytes, 3);
}

/// Whatever it is killed with: nothing is left to run a destructor.
pub fn ends_with_a_test_that_is_killed(server: Server) {
    let kind = server.kind();
    drop(server);
    let test = env::current_exe().expect("a test knows where it is");
    let mut child = Command::new(test)
        .env(SERVE, kind.name())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test starts again");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("it is piped"))
        .read_line(&mut line)
        .expect("it says a process");
    let process = line.trim().parse().ok().and_then(Pid::from_raw).expect("it says a process");
    let process = pidfd_open(process, PidfdFlags::empty()).expect("the server runs");
    child.kill().expect("it can be killed");
    child.wait().expect("it can be waited for");
    let within = Timespec { tv_sec: 60, tv_nsec: 0 };
    let ended =
        poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&within)).expect("it can be waited for");
    assert_eq!(ended, 1, "the server outlives the test");
}

/// Serves, when this is the test that is killed.
pub fn serve() -> Option<ExitCode> {
    let name = env::var(SERVE).ok()?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name).expect("the name is one of a server");
    let server = Server::start(kind).expect("it has started a moment ago");
    println!("{}", server.process_id());
    std::io::stdin().read_line(&mut String::new()).ok();
    drop(server);
    Some(ExitCode::SUCCESS)
}
