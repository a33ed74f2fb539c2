//! Servers that stand for S3, GCS and Azure: started on a port of the system's choice, with nothing in them, and gone
//! with the value that stands for them. `tests/install-servers` puts them into `.cache/servers`.

mod aws_signature;
mod azurite;
mod environment;
mod fake_gcs;
mod gcs_dialect;
mod minio;
mod moto;
mod process;
mod s3;

use std::fmt;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::http::{self, Response};
pub use environment::from_environment;
use gcs_dialect::Dialect;
use process::Process;

/// How many objects are asked for at once, where a server is asked which it has.
pub const PAGE_LENGTH: usize = 100;

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// S3 in memory, in Python: knows nearly all of the protocol, checks no signature.
    Moto,
    /// S3 on a directory, in Go: checks signatures and checksums, keeps conditions when many write at once.
    Minio,
    /// Azure's blobs in memory, in JavaScript.
    Azurite,
    /// GCS in memory, in Go, behind a translation of what it does not know.
    FakeGcs,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 4] = [Kind::Moto, Kind::Minio, Kind::Azurite, Kind::FakeGcs];

    /// The name of its directory in `.cache/servers`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Moto => "moto",
            Kind::Minio => "minio",
            Kind::Azurite => "azurite",
            Kind::FakeGcs => "fake_gcs",
        }
    }

    /// Whether it can be started here.
    ///
    /// # Errors
    ///
    /// When it is not installed: the reason, for a row that is skipped.
    pub fn installed(self) -> Result<(), Unavailable> {
        installed(self).map(drop)
    }
}

/// A server that is not installed, and why.
#[derive(Clone, Debug)]
pub struct Unavailable {
    kind: Kind,
    reason: String,
}

impl fmt::Display for Unavailable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} is not installed: {}", self.kind.name(), self.reason)
    }
}

impl std::error::Error for Unavailable {}

/// An object as the server knows it, its key with what the flavor puts before it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoredObject {
    /// The whole key.
    pub key: String,
    /// Its length.
    pub size_bytes: u64,
}

/// A server that runs, until this is dropped or the test process ends, whatever that ends of.
#[derive(Debug)]
pub struct Server {
    kind: Kind,
    process: Process,
    dialect: Option<Dialect>,
    /// Removed when the process that writes into it is gone.
    _directory: tempfile::TempDir,
}

impl Server {
    /// Starts one with nothing in it and waits until it answers.
    ///
    /// # Errors
    ///
    /// When it is not installed: the reason, for a row that is skipped.
    ///
    /// # Panics
    ///
    /// When it is installed and does not start.
    pub fn start(kind: Kind) -> Result<Server, Unavailable> {
        let place = installed(kind)?;
        let directory = tempfile::tempdir().expect("a directory can be made");
        let started = match kind {
            Kind::Moto => Process::start(&moto::command(&place)),
            Kind::Minio => Process::start(&minio::command(&place, directory.path())),
            Kind::Azurite => Process::start(&azurite::command(&place, directory.path())),
            Kind::FakeGcs => fake_gcs::start(&place),
        };
        let process = started.unwrap_or_else(|reason| panic!("{} does not start: {reason}", kind.name()));
        let dialect = (kind == Kind::FakeGcs).then(|| Dialect::start(process.address));
        Ok(Server { kind, process, dialect, _directory: directory })
    }

    /// Which server this is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Where it listens: what a fault proxy forwards to.
    pub fn address(&self) -> SocketAddr {
        self.dialect.as_ref().map_or(self.process.address, Dialect::address)
    }

    /// Where it listens, as a URL.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address())
    }

    /// The target of a request for a path of Azure's account, signed.
    pub fn signed(&self, path_and_query: &str) -> String {
        azurite::with_access(path_and_query)
    }

    /// Its process, to see that it is gone.
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// Makes a bucket, or what the service calls so.
    ///
    /// # Panics
    ///
    /// When it cannot.
    pub fn make_bucket(&self, name: &str) {
        match self.kind {
            Kind::Moto | Kind::Minio => s3::make_bucket(self, name),
            Kind::Azurite => azurite::make_bucket(self, name),
            Kind::FakeGcs => fake_gcs::make_bucket(self, name),
        }
    }

    /// The path of an artifact store in a bucket.
    pub fn root(&self, bucket: &str) -> String {
        let scheme = match self.kind {
            Kind::Moto | Kind::Minio => "s3",
            Kind::Azurite => "az",
            Kind::FakeGcs => "gs",
        };
        format!("{scheme}://{bucket}")
    }

    /// What a client has to know to reach it, in the words of Apache `OpenDAL`.
    pub fn config(&self) -> Vec<(String, String)> {
        self.config_through(self.address())
    }

    /// The same for a client that goes through a proxy.
    pub fn config_through(&self, proxy: SocketAddr) -> Vec<(String, String)> {
        let endpoint = format!("http://{proxy}");
        let pairs = match self.kind {
            Kind::Moto | Kind::Minio => s3::config(&endpoint),
            Kind::Azurite => azurite::config(&endpoint),
            Kind::FakeGcs => fake_gcs::config(&endpoint),
        };
        pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    }

    /// All objects of a bucket with their sizes, ordered by key, as the server tells somebody else than the flavor.
    ///
    /// # Panics
    ///
    /// When it does not tell.
    pub fn objects(&self, bucket: &str) -> Vec<StoredObject> {
        let mut objects = match self.kind {
            Kind::Moto | Kind::Minio => s3::objects(self, bucket),
            Kind::Azurite => azurite::objects(self, bucket),
            Kind::FakeGcs => fake_gcs::objects(self, bucket),
        };
        objects.sort();
        objects
    }

    /// The key of each upload in parts that was begun and neither completed nor aborted.
    ///
    /// # Panics
    ///
    /// When the server does not tell.
    pub fn unfinished_uploads(&self, bucket: &str) -> Vec<String> {
        match (self.kind, &self.dialect) {
            (Kind::Moto | Kind::Minio, _) => s3::unfinished_uploads(self, bucket),
            (Kind::Azurite, _) => azurite::unfinished_uploads(self, bucket),
            (Kind::FakeGcs, dialect) => {
                dialect.as_ref().map(|dialect| dialect.unfinished(bucket)).unwrap_or_default()
            }
        }
    }

    /// Asks the server itself, for what no flavor would ask; signed where it wants that.
    ///
    /// # Panics
    ///
    /// When there is no answer.
    pub fn request(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let headers = self.signed_headers(method, target, headers, body);
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        http::send(self.address(), method, target, &headers, body).expect("the server answers")
    }

    /// The headers of a request, with a signature where the server checks one: good for all ways to the server.
    pub fn signed_headers(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Vec<(String, String)> {
        if self.kind != Kind::Minio {
            return headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        }
        let host = self.address().to_string();
        aws_signature::signed(method, target, &[headers, &[("Host", &host)]].concat(), body)
    }
}

/// The directory where a server is installed.
fn installed(kind: Kind) -> Result<PathBuf, Unavailable> {
    let unavailable = |reason: String| Unavailable { kind, reason };
    let servers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.cache/servers");
    let place = servers.join(kind.name());
    if let Ok(reason) = fs::read_to_string(servers.join(format!("{}.unavailable", kind.name()))) {
        return Err(unavailable(reason.trim().to_owned()));
    }
    if !place.join("version").exists() {
        return Err(unavailable("tests/install-servers installs it".to_owned()));
    }
    if Command::new("setpriv").arg("--version").output().is_err() {
        return Err(unavailable("this system has no setpriv, which ends it with the tests".to_owned()));
    }
    Ok(place)
}
