//! A store on a server, registered as a user does it.

use larder_tests::TestHome;
use larder_tests::servers::{Kind, Server};

/// Registers a store of this name in a new bucket, and gives its root path.
pub fn register(home: &TestHome, server: &Server, name: &str, bucket: &str) -> String {
    let flavor = match server.kind() {
        Kind::Moto | Kind::Minio => "s3",
        Kind::FakeGcs => "gcs",
        Kind::Azurite => "azure",
    };
    server.make_bucket(bucket);
    home.register_flavor(flavor);
    let root = format!("{}/run1", server.root(bucket));
    let config = server.config().into_iter().map(|(key, value)| format!("--{key}={value}"));
    home.larder(["store", "register", name, "--flavor", flavor, "--path", &root, "--allow_http=true"])
        .args(config)
        .ok();
    root
}
