//! No secret of a store on an object store is in what is printed, whatever the server answers to it.

use std::net::TcpListener;

use larder_tests::TestHome;
use larder_tests::fault_proxy::{Fault, FaultProxy, Rule};

/// Nothing else looks like them; each is what the key expects.
const MARKS: [&str; 3] = ["c0ffee", "YzBmZmVl", "hunter2"];

/// A secret that is also good Base64.
const SECRET: &str = "hunter2c0ffeehunter2c0ffee";

/// A proxy to nowhere, for what it answers by itself.
fn server(fault: Fault) -> FaultProxy {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port can be had");
    let nowhere = listener.local_addr().expect("a listener has an address");
    drop(listener);
    let server = FaultProxy::start(nowhere);
    server.on(Rule::new(fault));
    server
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Fault {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Fault::Answer { status, headers: headers.collect(), body: body.to_owned() }
}

/// What servers say that refuse: without a reason, with their own document, with what was sent, and elsewhere.
fn refusals() -> Vec<Fault> {
    let echo = format!(
        "<Error><Code>SignatureDoesNotMatch</Code><Message>No.</Message><AWSAccessKeyId>{SECRET}</AWSAccessKeyId></Error>"
    );
    let elsewhere = format!("http://127.0.0.1:9/x?sig={SECRET}");
    vec![
        Fault::ResetRequestAfter(0),
        answer(401, &[], ""),
        answer(403, &[("content-type", "application/xml")], &echo),
        answer(
            403,
            &[],
            r#"{"error": {"code": 403, "message": "No.", "errors": [{"reason": "forbidden"}]}}"#,
        ),
        answer(500, &[], "<html>broken</html>"),
        answer(301, &[("location", &elsewhere)], ""),
        answer(200, &[], "this is no listing"),
    ]
}

/// The stores of a flavor, each with other secrets.
fn stores(flavor: &str) -> (&'static str, Vec<Vec<(&'static str, String)>>) {
    let secret = || SECRET.to_owned();
    match flavor {
        "s3" => (
            "s3://bucket/prefix",
            vec![vec![
                ("access_key_id", secret()),
                ("secret_access_key", secret()),
                ("session_token", secret()),
            ]],
        ),
        "gcs" => {
            let account = format!(
                r#"{{"type":"service_account","client_email":"a@b","private_key_id":"{SECRET}","private_key":"{SECRET}"}}"#
            );
            (
                "gs://bucket/prefix",
                vec![
                    vec![("token", secret())],
                    vec![("credentials", account)],
                    vec![("credentials", secret())],
                ],
            )
        }
        _ => {
            let connection = format!(
                "DefaultEndpointsProtocol=http;AccountName=lab;AccountKey={SECRET};BlobEndpoint=http://127.0.0.1:9/lab;"
            );
            let account = || ("account_name", "lab".to_owned());
            (
                "az://container/prefix",
                vec![
                    vec![account(), ("account_key", secret())],
                    vec![account(), ("account_key", "not Base64: hunter2".to_owned())],
                    vec![account(), ("sas_token", format!("sv=2024-01-01&sig={SECRET}"))],
                    vec![account(), ("sas_token", format!("sig={SECRET} {SECRET}%%"))],
                    vec![("connection_string", connection)],
                    vec![("connection_string", format!("AccountKey={SECRET};odd"))],
                    vec![
                        account(),
                        ("tenant_id", "t".to_owned()),
                        ("client_id", "c".to_owned()),
                        ("client_secret", secret()),
                    ],
                ],
            )
        }
    }
}

/// Runs a line with much said, in two formats, without what the machine knows of credentials.
#[track_caller]
fn assert_silent(home: &TestHome, endpoint: &str, line: &str) {
    for format in ["table", "json"] {
        let outcome = home
            .typed(line)
            .args(["-vvv", "-o", format])
            .env("HOME", home.path(""))
            .env("AZURE_AUTHORITY_HOST", endpoint)
            .run();
        let said = outcome.stdout + &outcome.stderr;
        assert!(!MARKS.iter().any(|mark| said.contains(mark)), "`{line}` in {format}: {said}");
    }
}

fn check(flavor: &str) {
    let (root, stores) = stores(flavor);
    let home = TestHome::new();
    home.register_flavor(flavor);
    let servers: Vec<_> = refusals().into_iter().map(server).collect();
    for (at, config) in stores.iter().enumerate() {
        for (number, server) in servers.iter().enumerate() {
            let (name, endpoint) = (format!("s{at}-{number}"), format!("http://{}", server.address()));
            let arguments = ["store", "register", &name, "-f", flavor, "--path", root];
            let fixed = [("allow_http", "true"), ("instance_credentials", "false"), ("retries", "0")];
            let fixed = fixed.map(|(key, value)| (key, value.to_owned()));
            let config = config.iter().cloned().chain(fixed).chain([("endpoint", endpoint.clone())]);
            let options = config.map(|(key, value)| format!("--{key}={value}"));
            let outcome = home.larder(arguments).args(options).args(["-vvv"]).run();
            let said = outcome.stdout + &outcome.stderr;
            assert!(!MARKS.iter().any(|mark| said.contains(mark)), "register {name}: {said}");
            if outcome.code != Some(0) {
                continue;
            }
            for command in ["ls", "cat"] {
                assert_silent(&home, &endpoint, &format!("larder {command} {name}:x"));
            }
        }
    }
    assert!(servers.iter().all(|server| !server.requests().is_empty()), "a server was never asked");
    let library = larder_tests::library(flavor);
    for line in [
        "larder store list --columns name,config".to_owned(),
        "larder store describe s0-0".to_owned(),
        "larder store explain s0-0".to_owned(),
        "larder stack register dev -a s0-0 --set".to_owned(),
        "larder stack describe dev".to_owned(),
        "larder stack export dev".to_owned(),
        format!("larder flavor describe {flavor}"),
        format!("larder flavor inspect {}", library.display()),
    ] {
        assert_silent(&home, "http://127.0.0.1:9", &line);
    }
}

#[test]
fn no_secret_of_an_s3_store_is_printed() {
    check("s3");
}

#[test]
fn no_secret_of_a_gcs_store_is_printed() {
    check("gcs");
}

#[test]
fn no_secret_of_an_azure_store_is_printed() {
    check("azure");
}
