//! What the dialect adds to fake-gcs-server.

use larder_tests::http::{self, Response};
use larder_tests::servers::{Server, StoredObject};

fn begin(server: &Server) -> String {
    server.make_bucket("box");
    let headers = [("Content-Type", "text/plain"), ("x-goog-meta-Color", "blue")];
    let begun = server.request("POST", "/box/a%2Fb%20%26c?uploads", &headers, b"").expect_success();
    http::elements(&begun.text(), "UploadId").remove(0)
}

fn put(server: &Server, id: &str, number: usize, content: &[u8]) -> String {
    let target = format!("/box/a%2Fb%20%26c?partNumber={number}&uploadId={id}");
    let part = server.request("PUT", &target, &[], content).expect_success();
    part.head.header("etag").expect("a part has an entity tag").to_owned()
}

fn complete(server: &Server, id: &str, headers: &[(&str, &str)], parts: &[(usize, &str)]) -> Response {
    let part = |(number, etag): &(usize, &str)| {
        format!("<Part><PartNumber>{number}</PartNumber><ETag>{}</ETag></Part>", etag.replace('"', "&quot;"))
    };
    let parts: String = parts.iter().map(part).collect();
    let body = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
    server.request("POST", &format!("/box/a%2Fb%20%26c?uploadId={id}"), headers, body.as_bytes())
}

pub fn completes_an_upload_in_parts(server: &Server) {
    let id = begin(server);
    let second = put(server, &id, 2, b"second");
    put(server, &id, 1, b"replaced");
    let first = put(server, &id, 1, b"first ");
    let done = complete(server, &id, &[], &[(1, &first), (2, &second)]).expect_success();
    assert!(done.head.header("x-goog-generation").is_some());
    assert_eq!(server.objects("box"), [StoredObject { key: "a/b &c".to_owned(), size_bytes: 12 }]);
    let content =
        server.request("GET", "/storage/v1/b/box/o/a%2Fb%20%26c?alt=media", &[], b"").expect_success();
    assert_eq!(content.text(), "first second");
    assert_eq!(content.head.header("content-type"), Some("text/plain"));
    let metadata = server.request("GET", "/storage/v1/b/box/o/a%2Fb%20%26c", &[], b"").expect_success();
    assert!(metadata.text().contains(r#""color":"blue""#), "{}", metadata.text());
}

pub fn aborts_an_upload_in_parts(server: &Server) {
    let id = begin(server);
    put(server, &id, 1, b"first");
    assert_eq!(server.unfinished_uploads("box"), ["a/b &c"]);
    let target = format!("/box/a%2Fb%20%26c?uploadId={id}");
    assert_eq!(server.request("DELETE", &target, &[], b"").status(), 204);
    assert!(server.unfinished_uploads("box").is_empty());
    assert_eq!(server.request("DELETE", &target, &[], b"").status(), 404);
    assert_eq!(server.objects("box"), []);
}

pub fn refuses_a_part_that_is_not_there(server: &Server) {
    let id = begin(server);
    let first = put(server, &id, 1, b"first");
    let refused = complete(server, &id, &[], &[(1, &first), (2, &first)]);
    assert_eq!(refused.status(), 400);
    assert!(refused.text().contains("InvalidPart"), "{}", refused.text());
    assert_eq!(server.objects("box"), []);
}

pub fn demands_a_generation_when_parts_are_completed(server: &Server) {
    let id = begin(server);
    let first = put(server, &id, 1, b"first");
    let none = [("x-goog-if-generation-match", "0")];
    let _ = complete(server, &id, &none, &[(1, &first)]).expect_success();
    let id =
        http::elements(&server.request("POST", "/box/a%2Fb%20%26c?uploads", &[], b"").text(), "UploadId")
            .remove(0);
    let other = put(server, &id, 1, b"other!");
    assert_eq!(complete(server, &id, &none, &[(1, &other)]).status(), 412);
    assert_eq!(server.objects("box")[0].size_bytes, 5);
}

pub fn points_a_resumable_upload_at_who_was_asked(server: &Server) {
    server.make_bucket("box");
    let target = "/upload/storage/v1/b/box/o?uploadType=resumable&name=a";
    let host = ("Host", "127.0.0.1:1");
    let begun =
        server.request("POST", target, &[host, ("Content-Type", "application/json")], b"{}").expect_success();
    let session = begun.head.header("location").expect("it says where to go on").to_owned();
    let path = session.strip_prefix("http://127.0.0.1:1").unwrap_or_else(|| panic!("{session}"));
    let range = ("Content-Range", "bytes 0-2/3");
    let _ = server.request("PUT", path, &[range], b"one").expect_success();
    assert_eq!(server.objects("box")[0].size_bytes, 3);
}

fn upload(server: &Server, key: &str) -> String {
    let target = format!("/upload/storage/v1/b/box/o?uploadType=media&name={key}");
    let made = server.request("POST", &target, &[], key.as_bytes()).expect_success();
    let made: serde_json::Value = serde_json::from_slice(&made.body).expect("metadata is JSON");
    made["generation"].as_str().expect("it has a generation").to_owned()
}

pub fn demands_a_generation_of_everything(server: &Server) {
    server.make_bucket("box");
    let generation = upload(server, "a");
    upload(server, "b");
    let status = |method: &str, target: &str, body: &str| {
        let json = ("Content-Type", "application/json");
        server.request(method, &format!("/storage/v1/b/box/o/{target}"), &[json], body.as_bytes()).status()
    };
    let sources = r#"{"sourceObjects":[{"name":"b"}]}"#;
    assert_eq!(status("POST", "b/rewriteTo/b/box/o/a?ifGenerationMatch=0", "{}"), 412);
    assert_eq!(status("POST", "b/rewriteTo/b/box/o/new?ifSourceGenerationMatch=1", "{}"), 412);
    assert_eq!(status("POST", "a/compose?ifGenerationMatch=0", sources), 412);
    assert_eq!(status("DELETE", "a?ifGenerationMatch=1", ""), 412);
    assert_eq!(status("GET", "a?alt=media&ifGenerationMatch=1", ""), 412);
    assert_eq!(status("GET", &format!("a?ifGenerationNotMatch={generation}"), ""), 304);
    assert_eq!(server.objects("box").len(), 2);
    assert_eq!(status("POST", "b/rewriteTo/b/box/o/c?ifGenerationMatch=0", "{}"), 200);
    assert_eq!(status("POST", "d/compose?ifGenerationMatch=0", sources), 200);
    assert_eq!(status("GET", &format!("a?alt=media&ifGenerationMatch={generation}"), ""), 200);
    assert_eq!(status("DELETE", &format!("a?ifGenerationMatch={generation}"), ""), 200);
    assert_eq!(server.objects("box").len(), 3);
}

pub fn gives_each_prefix_on_one_page(server: &Server) {
    server.make_bucket("box");
    for key in ["a%2F1", "b", "c%2F1", "d", "e%2F1"] {
        upload(server, key);
    }
    let mut prefixes = Vec::new();
    let mut token = String::new();
    loop {
        let target = format!("/storage/v1/b/box/o?delimiter=%2F&maxResults=1&pageToken={token}");
        let page = server.request("GET", &target, &[], b"").expect_success();
        let page: serde_json::Value = serde_json::from_slice(&page.body).expect("a page is JSON");
        prefixes.extend(page["prefixes"].as_array().cloned().unwrap_or_default());
        match page["nextPageToken"].as_str() {
            Some(next) => token = http::escaped(next, false),
            None => break,
        }
    }
    assert_eq!(prefixes, ["a/", "c/", "e/"]);
}

pub fn says_how_far_a_resumable_upload_has_come(server: &Server) {
    const CHUNK: usize = 256 * 1024;
    server.make_bucket("box");
    let target = "/upload/storage/v1/b/box/o?uploadType=resumable&name=a";
    let begun =
        server.request("POST", target, &[("Content-Type", "application/json")], b"{}").expect_success();
    let session = begun.head.header("location").expect("it says where to go on").to_owned();
    let path = session.strip_prefix(&server.endpoint()).expect("it goes on here");
    let put = |range: &str, content: &[u8]| server.request("PUT", path, &[("Content-Range", range)], content);
    let total = CHUNK + 3;
    assert_eq!(put(&format!("bytes */{total}"), b"").head.header("range"), None);
    assert_eq!(put(&format!("bytes 0-{}/*", CHUNK - 1), &vec![0; CHUNK]).status(), 308);
    for question in ["bytes */*".to_owned(), format!("bytes */{total}")] {
        let answer = put(&question, b"");
        assert_eq!(
            (answer.status(), answer.head.header("range")),
            (308, Some(&*format!("bytes=0-{}", CHUNK - 1)))
        );
    }
    assert_eq!(server.objects("box"), []);
    let _ = put(&format!("bytes {CHUNK}-{}/{total}", total - 1), b"end").expect_success();
    let answer = put(&format!("bytes */{total}"), b"").expect_success();
    assert!(answer.text().contains(r#""generation""#), "{}", answer.text());
    assert_eq!(server.objects("box")[0].size_bytes, total as u64);
}

pub fn takes_a_batch_whose_requests_end_with_their_headers(server: &Server) {
    server.make_bucket("box");
    let part = |key: &str| {
        upload(server, key);
        let request = format!("DELETE /storage/v1/b/box/o/{key} HTTP/1.1\r\ncontent-length: 0\r\n");
        format!("--sep\r\nContent-Type: application/http\r\nContent-ID: {key}\r\n\r\n{request}\r\n")
    };
    let batch = format!("{}{}--sep--\r\n", part("a"), part("b"));
    let kind = ("Content-Type", "multipart/mixed; boundary=sep");
    let answer = server.request("POST", "/batch/storage/v1", &[kind], batch.as_bytes()).expect_success();
    assert_eq!(server.objects("box"), [], "{}", answer.text());
}
