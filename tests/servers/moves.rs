//! A move out of a bucket, while another process writes into it.

use larder_tests::TestHome;
use larder_tests::moves::keeps_what_another_writes_during_a_move;
use larder_tests::servers::{Kind, Server};

pub fn keeps_what_another_writes_meanwhile(server: &Server) {
    let flavor = match server.kind() {
        Kind::Moto | Kind::Minio => "s3",
        Kind::FakeGcs => "gcs",
        Kind::Azurite => "azure",
    };
    server.make_bucket("moves");
    let home = TestHome::with_local_store();
    home.register_flavor(flavor);
    let root = format!("{}/run", server.root("moves"));
    let config = server.config().into_iter().map(|(key, value)| format!("--{key}={value}"));
    home.larder(["store", "register", "bucket", "--flavor", flavor, "--path", &root, "--allow_http=true"])
        .args(config)
        .ok();
    keeps_what_another_writes_during_a_move(&home, "bucket", "mine", 120, 2);
}
