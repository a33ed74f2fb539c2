//! The shortest way to a bucket, as README has it: a store on a server, and a file of several parts through the commands.

use larder_tests::TestHome;
use larder_tests::servers::Server;

use crate::store::register;

const SIZE: usize = 20 << 20;

pub fn the_shortest_way_to_a_bucket_works(server: &Server) {
    let home = TestHome::with_local_store();
    let root = register(&home, server, "prod", "bench");

    let content: Vec<u8> = (0..=250).cycle().take(SIZE).collect();
    home.file("big.bin", &content);
    home.larder(["put", "big.bin", "prod:models/big.bin"]).ok();
    let stat = home.larder(["stat", "prod:models/big.bin"]).json();
    let stat = &stat[0];
    assert_eq!((&stat["kind"], &stat["size_bytes"]), (&"file".into(), &SIZE.into()), "{stat}");
    let listed = home.larder(["ls", "-l", "prod:models"]).ok();
    assert!(listed.contains("20971520") && listed.contains("big.bin"), "{listed}");
    let uri = format!("{root}/models/big.bin");
    assert_eq!(home.larder(["glob", &format!("{root}/**/*.bin")]).ok(), "prod:models/big.bin\n");
    home.larder(["cp", &uri, "mine:big.bin"]).ok();
    home.larder(["get", "prod:models/big.bin", "back.bin"]).ok();
    for copy in ["artifacts/big.bin", "back.bin"] {
        assert!(std::fs::read(home.path(copy)).expect("it was written") == content, "{copy} is another file");
    }
    home.larder(["rm", "-r", "prod:models"]).ok();
    assert_eq!(home.larder(["ls", "prod:"]).ok(), "");
    assert_eq!(server.objects("bench"), []);
    assert_eq!(server.unfinished_uploads("bench"), [""; 0]);
}
