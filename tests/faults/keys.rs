//! Keys that another client made and no path leads to: each is told, none is taken for another object, and what is removed is
//! exactly what was meant.

use larder::Store;
use larder_plugin_api::{Detail, Error, ErrorKind, Kind, OpenMode, Removal, StorePath, WalkOptions};
use larder_tests::fault_proxy::{Fault, Rule};
use larder_tests::http::escaped;
use larder_tests::servers::Kind as ServerKind;

use crate::rig::{Rig, fails, put};

/// Puts an object by its exact key, as another client does.
fn put_key(rig: &Rig, key: &str, content: &[u8]) {
    put_with(rig, key, &[], content);
}

fn put_with(rig: &Rig, key: &str, headers: &[(&str, &str)], content: &[u8]) {
    let bucket = &rig.bucket;
    let (method, target) = match rig.server.kind() {
        ServerKind::Moto | ServerKind::Minio => ("PUT", format!("/{bucket}/{}", escaped(key, true))),
        ServerKind::Azurite => ("PUT", rig.server.signed(&format!("{bucket}/{}", escaped(key, true)))),
        ServerKind::FakeGcs => {
            let name = escaped(key, false);
            ("POST", format!("/upload/storage/v1/b/{bucket}/o?uploadType=media&name={name}"))
        }
    };
    let of_azure = [("x-ms-version", "2021-12-02"), ("x-ms-blob-type", "BlockBlob")];
    let more: &[(&str, &str)] = if rig.server.kind() == ServerKind::Azurite { &of_azure } else { &[] };
    let _ = rig.server.request(method, &target, &[headers, more].concat(), content).expect_success();
}

fn keys(rig: &Rig) -> Vec<String> {
    rig.server.objects(&rig.bucket).into_iter().map(|object| object.key).collect()
}

/// The keys without a path that a server takes. Azurite is asked by addresses, which cannot have dots.
fn nameless(rig: &Rig) -> Vec<&'static str> {
    let mut keys = vec!["/x", "d//x", "d/e//", "d/full/"];
    if rig.server.kind() != ServerKind::Azurite {
        keys.extend(["d/../x", "d/./x", "d/.."]);
    }
    keys.sort_unstable();
    keys
}

/// Objects of each kind, and no more than one of each.
fn with_all(rig: &Rig) {
    for key in nameless(rig) {
        put_key(rig, key, key.as_bytes());
    }
    for key in ["x", "d/ok", "d/f/ok"] {
        put_key(rig, key, key.as_bytes());
    }
    rig.proxy.clear();
}

/// What an operation gives, and the keys that it says no path leads to.
fn sorted<T>(
    items: impl Iterator<Item = Result<T, Error>>,
    name: impl Fn(T) -> Vec<String>,
) -> [Vec<String>; 2] {
    let (mut names, mut told) = (Vec::new(), Vec::new());
    for item in items {
        match item {
            Ok(item) => names.extend(name(item)),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::InvalidPath, "{error}");
                assert!(error.message().contains("no path leads to this key"), "{error}");
                told.push(error.path().to_owned());
            }
        }
    }
    names.sort_unstable();
    told.sort_unstable();
    [names, told]
}

fn listed(store: &Store, path: &str) -> [Vec<String>; 2] {
    sorted(store.listdir(path, Detail::Full).expect("it is listed"), |entry| vec![entry.name])
}

pub fn a_key_without_a_path_is_an_item_that_is_an_error(rig: &Rig) {
    with_all(rig);
    let all = nameless(rig);
    assert_eq!(listed(&rig.store, ""), [vec!["d", "x"], vec!["/"]]);
    let has_dots = rig.server.kind() != ServerKind::Azurite;
    let below: &[&str] = if has_dots { &["d/..", "d/../", "d/./", "d//"] } else { &["d//"] };
    let [names, mut told] = listed(&rig.store, "d");
    told.sort_unstable();
    let mut below = below.to_vec();
    below.sort_unstable();
    assert_eq!((names, told), (["e", "f", "full", "ok"].map(str::to_owned).to_vec(), to_texts(&below)));
    assert_eq!(listed(&rig.store, "d/full"), [vec![], vec!["d/full/".to_owned()]]);
    for topdown in [true, false] {
        let walk = rig.store.walk("", WalkOptions::default().with_topdown(topdown)).expect("it begins");
        let [files, told] = sorted(walk, |visit| {
            let directory = visit.directory;
            let path = |name: &str| format!("{directory}/{name}").trim_start_matches('/').to_owned();
            visit.files.iter().map(|entry| path(&entry.name)).collect()
        });
        assert_eq!((files, told), (to_texts(&["d/f/ok", "d/ok", "x"]), to_texts(&all)), "{topdown}");
    }
    let [_, told] = sorted(rig.store.glob("**").expect("it is a pattern"), |entry| vec![entry.name]);
    assert_eq!(told, to_texts(&all));
}

fn to_texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

pub fn a_tree_is_removed_with_every_key_and_nothing_else(rig: &Rig) {
    with_all(rig);
    rig.store.rmtree("d").expect("all of it goes");
    assert_eq!(keys(rig), ["/x", "x"]);
    rig.store.clear().expect("all of it goes");
    assert_eq!(keys(rig), [""; 0]);
    // No address has had dots in it, whoever would have taken them out.
    for request in rig.proxy.requests() {
        let path = request.target.split('?').next().unwrap_or_default();
        let has_dots = path.split('/').any(|segment| matches!(segment, "." | ".."));
        assert!(!has_dots, "{request:?}");
    }
}

/// Each request for an object has its key in the path, encoded, byte for byte.
pub fn the_path_of_a_request_is_the_keys_encoding(rig: &Rig) {
    for key in ["/x", "d//x", "d/a b+c%2E%2E", "d/e//"] {
        put_key(rig, key, b"content");
        rig.proxy.clear();
        rig.store.remove_key(key, None).expect("it goes");
        let is_gcs = rig.server.kind() == ServerKind::FakeGcs;
        let expected = format!("/{}", escaped(key, !is_gcs));
        let deleted: Vec<_> =
            rig.proxy.requests().into_iter().filter(|request| request.method == "DELETE").collect();
        let paths: Vec<_> =
            deleted.iter().map(|request| request.target.split('?').next().unwrap_or_default()).collect();
        assert!(paths.len() == 1 && paths[0].ends_with(&expected), "{key}: {paths:?}");
        assert_eq!(keys(rig), [""; 0], "{key}");
    }
}

pub fn a_key_is_reached_by_its_exact_bytes(rig: &Rig) {
    with_all(rig);
    for key in nameless(rig) {
        let stat = rig.store.stat_key(key).expect(key);
        assert_eq!(stat.size, key.len() as u64, "{key}");
        fails(rig.store.remove_key(key, Some("\"another\"")), ErrorKind::Changed, "meanwhile");
        rig.store.copy_key(key, "named/it", true).expect(key);
        assert_eq!(rig.get("named/it").expect("it has a path now"), key.as_bytes());
        rig.store.remove_key(key, stat.etag.as_deref()).expect(key);
        fails(rig.store.stat_key(key), ErrorKind::NotFound, "");
    }
    fails(rig.store.remove_key("d//never", None), ErrorKind::NotFound, "");
    assert_eq!(keys(rig), ["d/f/ok", "d/ok", "named/it", "x"]);
}

/// No request of S3 can name it: the batch is XML, and an address has no dots.
pub fn a_key_that_no_request_reaches_stays_and_is_named(rig: &Rig) {
    let key = "d/../a\u{1}";
    put_key(rig, key, b"");
    put_key(rig, "a\u{1}", b"");
    put_key(rig, "d/ok", b"");
    let error = fails(rig.store.rmtree("d"), ErrorKind::InvalidPath, "1 keys below `d/` are still there");
    assert!(error.causes().iter().any(|cause| cause.contains("d/../a")), "{error:?}");
    assert_eq!(keys(rig).len(), 2, "{:?}", keys(rig));
}

pub fn a_name_that_xml_cannot_hold_is_listed_and_removed(rig: &Rig) {
    for name in ["a\u{1}b", "a\u{fffe}b", "a\u{7f}b", "a b+c&d<e"] {
        rig.put(&format!("d/{name}"), b"content", OpenMode::Write).expect("the service takes it");
        let [names, told] = listed(&rig.store, "d");
        assert_eq!((names, told), (vec![name.to_owned()], vec![]));
        rig.store.rmtree("d").expect("it goes");
        assert_eq!(keys(rig), [""; 0]);
    }
    for number in 0..3 {
        rig.put(&format!("d/{number}\u{1}"), b"", OpenMode::Write).expect("the service takes it");
        rig.put(&format!("d/{number}"), b"", OpenMode::Write).expect("the service takes it");
    }
    rig.store.rmtree("d").expect("all of it goes");
    assert_eq!(keys(rig), [""; 0]);
}

pub fn a_name_that_the_service_changes_is_refused(rig: &Rig) {
    fails(rig.put("a\rb", b"", OpenMode::Write), ErrorKind::InvalidPath, "U+000D");
    assert_eq!(keys(rig), [""; 0]);
}

pub fn a_file_and_a_directory_of_one_path_are_two(rig: &Rig) {
    put_key(rig, "a", b"file");
    put_key(rig, "a/b", b"below");
    put_key(rig, "a-b", b"");
    let entries: Vec<_> =
        rig.store.listdir("", Detail::Full).expect("it is listed").map(Result::unwrap).collect();
    let names: Vec<_> = entries.iter().map(|entry| (entry.name.as_str(), entry.kind)).collect();
    assert_eq!(names, [("a", Kind::File), ("a-b", Kind::File), ("a", Kind::Directory)]);
    assert_eq!(rig.store.stat("a").map(|stat| (stat.kind, stat.size)), Ok((Kind::File, 4)));
    assert_eq!((rig.store.isdir("a"), rig.store.size("a")), (Ok(true), Ok(4)));
    fails(rig.store.remove_directory("a"), ErrorKind::NotEmpty, "a/b");
    rig.store.rmtree("a").expect("the directory goes");
    assert_eq!(keys(rig), ["a", "a-b"]);
    fails(rig.store.rmtree("a"), ErrorKind::NotADirectory, "");
    put_key(rig, "a/b", b"below");
    rig.store.remove("a").expect("the file goes");
    assert_eq!(keys(rig), ["a-b", "a/b"]);
}

/// Of a listing, a stat and an open file: the same etag, without a request more.
pub fn an_etag_is_the_same_wherever_it_is_told(rig: &Rig) {
    rig.with_file("d/file", b"content");
    let listed = rig.store.listdir("d", Detail::Full).expect("it is listed").next().expect("a file");
    let etag = listed.expect("it is read").etag.expect("it has an etag");
    assert_eq!(rig.store.stat("d/file").expect("it is there").etag.as_deref(), Some(&*etag));
    rig.proxy.clear();
    let mut reader = rig.store.reader("d/file").expect("it is opened");
    let stat = reader.stat().expect("it is known");
    assert_eq!((stat.size, stat.etag.as_deref()), (7, Some(&*etag)));
    assert_eq!(rig.proxy.requests().len(), 1, "{:?}", rig.proxy.requests());
}

pub fn a_file_that_was_written_meanwhile_is_not_removed(rig: &Rig) {
    let paths = ["d/one", "d/two", "d/three", "d/never"];
    for path in &paths[..3] {
        rig.with_file(path, b"before");
    }
    let etags: Vec<_> =
        paths[..3].iter().map(|path| rig.store.stat(path).expect("it is there").etag).collect();
    rig.put("d/two", b"after", OpenMode::Write).expect("another writes it");
    let etags = etags.iter().map(Option::as_deref).chain([Some("\"1\"")]);
    let path = |path| StorePath::new(path).expect("the test gives a path");
    let files: Vec<_> =
        paths.iter().zip(etags).map(|(name, etag)| Removal { path: path(name), etag }).collect();
    let outcomes = rig.store.remove_many(&files).expect("it is asked");
    let kinds: Vec<_> = outcomes.into_iter().map(|outcome| outcome.map_err(|error| error.kind())).collect();
    assert_eq!(kinds, [Ok(()), Err(ErrorKind::Changed), Ok(()), Err(ErrorKind::NotFound)]);
    assert_eq!(keys(rig), ["d/two"]);
    assert_eq!(rig.get("d/two").expect("it is there"), b"after");
}

/// What is written between the copies and the removals stays, and so does what no path leads to.
pub fn a_rename_keeps_what_came_meanwhile(rig: &Rig) {
    for number in 0..4 {
        put_key(rig, &format!("d/{number}"), b"before");
    }
    put_key(rig, "d//x", b"");
    rig.proxy.clear();
    // The first removal has to be tried again, which is time enough.
    rig.proxy.on(Rule::new(Fault::slow_down(1)).method("DELETE").first(1));
    let another = rig.elsewhere(rig.server.address());
    let outcome = std::thread::scope(|scope| {
        let renaming = scope.spawn(|| rig.store.rename("d", "e", false));
        rig.proxy.wait_for(|request| request.method == "DELETE");
        for number in 0..4 {
            put(&another, &format!("d/{number}"), b"after", OpenMode::Write).expect("another writes it");
        }
        put(&another, "d/new", b"new", OpenMode::Write).expect("another writes it");
        renaming.join().expect("it does not panic")
    });
    let error = fails(outcome, ErrorKind::Changed, "are still at `d`");
    assert!(!error.is_retryable());
    let keys = keys(rig);
    for key in ["d//x", "d/new", "e/0", "e/1", "e/2", "e/3"] {
        assert!(keys.iter().any(|found| found == key), "{key}: {keys:?}");
    }
    for number in 0..4 {
        let now = rig.get(&format!("d/{number}"));
        assert!(now.as_ref().map_or(true, |now| now == b"after"), "{now:?}");
    }
    assert!(keys.iter().filter(|key| key.starts_with("d/")).count() > 2, "{keys:?}");
}

pub fn a_rename_tells_what_it_leaves(rig: &Rig) {
    for key in ["d/one", "d/two", "d//x"] {
        put_key(rig, key, b"content");
    }
    let error =
        fails(rig.store.rename("d", "e", false), ErrorKind::InvalidPath, "1 keys below `d/` have no path");
    assert!(error.causes().iter().any(|cause| cause.contains("d//x")), "{error:?}");
    assert_eq!(keys(rig), ["d//x", "e/one", "e/two"]);
}

pub fn an_empty_directory_is_removed_and_no_other(rig: &Rig) {
    rig.store.makedirs("d/e").expect("it is made");
    fails(rig.store.remove_directory("d"), ErrorKind::NotEmpty, "d/e/");
    rig.store.remove_directory("d/e").expect("it is empty");
    rig.store.remove_directory("d").expect("it is empty by now");
    fails(rig.store.remove_directory("d"), ErrorKind::NotFound, "");
    rig.with_file("f", b"");
    fails(rig.store.remove_directory("f"), ErrorKind::NotADirectory, "");
    fails(rig.store.remove_directory(""), ErrorKind::InvalidArgument, "root");
    rig.holds(&["f"]);
}

/// As accounts with a hierarchical namespace, Hadoop and Spark make them.
pub fn an_object_that_stands_for_a_directory_is_one(rig: &Rig) {
    let folder = [("x-ms-meta-hdi_isfolder", "true")];
    for key in ["h", "h/sub", "h/empty"] {
        put_with(rig, key, &folder, b"");
    }
    rig.with_file("h/sub/f", b"content");
    rig.with_file("h-1", b"");
    assert_eq!(rig.store.stat("h").map(|stat| stat.kind), Ok(Kind::Directory));
    assert_eq!((rig.store.isdir("h/empty"), rig.store.isdir("h-1")), (Ok(true), Ok(false)));
    let entries: Vec<_> =
        rig.store.listdir("", Detail::Kind).expect("it is listed").map(Result::unwrap).collect();
    let names: Vec<_> = entries.iter().map(|entry| (entry.name.as_str(), entry.kind)).collect();
    assert_eq!(names, [("h-1", Kind::File), ("h", Kind::Directory)]);
    let walk = rig.store.walk("", WalkOptions::default()).expect("it begins").map(Result::unwrap);
    assert_eq!(walk.map(|visit| visit.directory).collect::<Vec<_>>(), ["", "h", "h/empty", "h/sub"]);
    assert_eq!(listed(&rig.store, "h/empty"), [vec![""; 0], vec![]]);
    fails(rig.store.reader("h"), ErrorKind::IsADirectory, "");
    fails(rig.store.remove_directory("h"), ErrorKind::NotEmpty, "h/");
    rig.store.remove_directory("h/empty").expect("it is empty");
    rig.store.rename("h", "i", false).expect("all of it goes along");
    assert_eq!(keys(rig), ["h-1", "i", "i/sub", "i/sub/f"]);
    rig.store.rmtree("i").expect("all of it goes");
    rig.holds(&["h-1"]);
}

/// As it is stored: the size and the checksum are those of the packed content.
pub fn packed_content_is_read_as_it_is_stored(rig: &Rig) {
    // `gzip` of 2,000 times the same line.
    let packed = packed();
    let description = r#"{"name":"packed","contentEncoding":"gzip","contentType":"text/plain"}"#;
    let part = |kind: &str| format!("\r\n--B\r\nContent-Type: {kind}\r\n\r\n");
    let body = [
        part("application/json").as_bytes(),
        description.as_bytes(),
        part("text/plain").as_bytes(),
        &packed,
        b"\r\n--B--\r\n",
    ]
    .concat();
    let target = format!("/upload/storage/v1/b/{}/o?uploadType=multipart", rig.bucket);
    let kind = ("Content-Type", "multipart/related; boundary=B");
    let _ = rig.server.request("POST", &target, &[kind], &body).expect_success();
    assert_eq!(rig.get("packed").expect("it is read"), packed);
    assert_eq!(rig.store.size("packed"), Ok(packed.len() as u64));
}

/// One stored block of RFC 1951 in the frame of RFC 1952.
fn packed() -> Vec<u8> {
    let plain = b"a line\n";
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1, 7, 0, 248, 255];
    packed.extend_from_slice(plain);
    packed.extend_from_slice(&checksum(plain).to_le_bytes());
    packed.extend_from_slice(&7_u32.to_le_bytes());
    packed
}

/// CRC-32 (RFC 1952, section 8).
fn checksum(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}
