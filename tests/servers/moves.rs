//! A move out of a bucket, while another process writes into it.

use larder_tests::TestHome;
use larder_tests::moves::keeps_what_another_writes_during_a_move;
use larder_tests::servers::Server;

use crate::store::register;

pub fn keeps_what_another_writes_meanwhile(server: &Server) {
    let home = TestHome::with_local_store();
    register(&home, server, "bucket", "moves");
    keeps_what_another_writes_during_a_move(&home, "bucket", "mine", 120, 2);
}
