//! What each case has: a bucket of its own on a server, a proxy before it, and a store that goes through the proxy.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use larder::{Cancellation, Host, NewStore, Store};
use larder_plugin_api::{Error, ErrorKind, OpenMode};
use larder_tests::TestHome;
use larder_tests::fault_proxy::FaultProxy;
use larder_tests::servers::{Kind, Server, Unavailable};

pub const MIB: usize = 1 << 20;

/// The size of a part, the least that services take.
pub const PART: usize = 5 * MIB;

/// What no error may say.
const SECRETS: [&str; 6] =
    ["larder-test-secret", "a-session-token", "Eby8vdM02xNOcqFlq", "Signature=", "X-Amz-", "sig="];

/// The home in which the flavors are registered, and the servers that run, of all cases.
pub struct Shared {
    home: TestHome,
    servers: Mutex<Vec<(Kind, Arc<Server>)>>,
}

impl Shared {
    pub fn new() -> Arc<Self> {
        let home = TestHome::new();
        for flavor in ["s3", "gcs", "azure"] {
            home.register_flavor(flavor);
        }
        Arc::new(Self { home, servers: Mutex::default() })
    }

    /// One for all cases.
    fn server(&self, kind: Kind) -> Result<Arc<Server>, Unavailable> {
        let mut servers = self.servers.lock().expect("no server panics");
        let running = servers.iter().find(|(known, _)| *known == kind).map(|(_, server)| server.clone());
        if let Some(server) = running {
            return Ok(server);
        }
        let server = Arc::new(Server::start(kind)?);
        servers.push((kind, server.clone()));
        Ok(server)
    }
}

/// What a case has.
pub struct Rig {
    pub server: Arc<Server>,
    pub proxy: FaultProxy,
    pub store: Store,
    pub cancellation: Cancellation,
    pub bucket: String,
    host: Host,
}

impl Rig {
    /// A bucket with nothing in it.
    pub fn new(shared: &Shared, kind: Kind, case: &str) -> Result<Self, Unavailable> {
        let rig = Self::without_bucket(shared, kind, case)?;
        rig.server.make_bucket(&rig.bucket);
        Ok(rig)
    }

    /// A bucket that nobody has made.
    pub fn without_bucket(shared: &Shared, kind: Kind, case: &str) -> Result<Self, Unavailable> {
        let server = shared.server(kind)?;
        let proxy = FaultProxy::start(server.address());
        let bucket = bucket_name(kind, case);
        let host = shared.home.host();
        let store = open(&host, &server, &bucket, &bucket, proxy.address());
        Ok(Self { cancellation: host.cancellation().clone(), server, proxy, store, bucket, host })
    }

    /// The same store, which asks at another address.
    pub fn elsewhere(&self, address: SocketAddr) -> Store {
        open(&self.host, &self.server, &format!("{}-elsewhere", self.bucket), &self.bucket, address)
    }

    pub fn put(&self, path: &str, content: &[u8], mode: OpenMode) -> Result<(), Error> {
        put(&self.store, path, content, mode)
    }

    /// The whole content, or the error that stands in its place.
    pub fn get(&self, path: &str) -> Result<Vec<u8>, Error> {
        let mut reader = self.store.reader(path)?;
        read_on(&mut reader, Vec::new())
    }

    /// Puts a file, before there are any faults.
    pub fn with_file(&self, path: &str, content: &[u8]) -> &Self {
        self.put(path, content, OpenMode::Write).expect("nothing is wrong yet");
        self.proxy.clear();
        self
    }

    /// The keys that the server has, and no upload that was begun and left.
    #[track_caller]
    pub fn holds(&self, keys: &[&str]) {
        assert_eq!(self.server.unfinished_uploads(&self.bucket), [""; 0], "unfinished uploads");
        let objects = self.server.objects(&self.bucket);
        assert_eq!(objects.iter().map(|object| &*object.key).collect::<Vec<_>>(), keys);
    }

    /// How many requests there were with this method and this in their target.
    pub fn asked(&self, method: &str, part: &str) -> usize {
        let is_it = |request: &&larder_tests::fault_proxy::Recorded| {
            request.method == method && request.target.contains(part)
        };
        self.proxy.requests().iter().filter(is_it).count()
    }
}

/// What follows in a reader, after what was read.
pub fn read_on(reader: &mut larder::Reader, mut content: Vec<u8>) -> Result<Vec<u8>, Error> {
    let mut buffer = vec![0; MIB];
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(content),
            count => content.extend_from_slice(&buffer[..count]),
        }
    }
}

/// Registers a store whose requests go to an address, with limits that are soon reached.
fn open(host: &Host, server: &Server, name: &str, bucket: &str, address: SocketAddr) -> Store {
    let quick = [
        ("allow_http", "true"),
        ("instance_credentials", "false"),
        ("part_size", "5MiB"),
        ("concurrency", "2"),
        ("retries", "3"),
        ("retry_delay", "10ms"),
        ("retry_limit", "10s"),
        ("timeout", "1s"),
        ("connect_timeout", "1s"),
    ];
    let mut config = server.config_through(address);
    for (key, _) in &mut config {
        if key == "skip_signature" {
            "anonymous".clone_into(key);
        }
    }
    config.extend(quick.map(|(key, value)| (key.to_owned(), value.to_owned())));
    let new = NewStore {
        name: name.to_owned(),
        flavor: flavor(server.kind()).to_owned(),
        root: server.root(bucket),
        config,
        ..NewStore::default()
    };
    host.register_store(&new).expect("the store can be registered");
    host.store(name).expect("the store can be made")
}

const fn flavor(kind: Kind) -> &'static str {
    match kind {
        Kind::Moto | Kind::Minio => "s3",
        Kind::Azurite => "azure",
        Kind::FakeGcs => "gcs",
    }
}

/// At most 63 letters, as services want it, and never one that another case has.
fn bucket_name(kind: Kind, case: &str) -> String {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let mut name = format!("{}-{number}-{}", flavor(kind), case.replace("::", "-").replace('_', "-"));
    name.truncate(45);
    name.trim_end_matches('-').to_owned()
}

/// Bytes of which no two pieces are the same.
pub fn content(len: usize, seed: u32) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    };
    (0..len).map(|_| next()).collect()
}

/// The error has a kind and says something, and nothing secret.
#[track_caller]
pub fn fails<T: std::fmt::Debug>(result: Result<T, Error>, kind: ErrorKind, said: &str) -> Error {
    let Err(error) = result else { panic!("it succeeds, expected: {kind}: {said}") };
    let text = std::iter::once(error.to_string())
        .chain(error.causes().iter().cloned())
        .collect::<Vec<_>>()
        .join(": ");
    assert_eq!(error.kind(), kind, "{text}");
    assert!(text.contains(said), "`{said}` is not in: {text}");
    for secret in SECRETS {
        assert!(!text.contains(secret), "`{secret}` is in: {text}");
    }
    if std::env::var_os("LARDER_TEST_TELL").is_some() {
        eprintln!("    {} [retry helps: {}]", text, error.is_retryable());
    }
    error
}

/// Writes a whole file.
pub fn put(store: &Store, path: &str, content: &[u8], mode: OpenMode) -> Result<(), Error> {
    let mut writer = store.writer(path, mode)?;
    writer.write(content)?;
    writer.close()
}
