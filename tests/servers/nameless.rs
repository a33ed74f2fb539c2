//! Keys that no path leads to, at the command line: each is told, keeps its tree, and is reached by its key.

use larder_tests::TestHome;
use larder_tests::servers::Server;

use crate::store::register;

pub fn are_told_and_reached_by_their_key(server: &Server) {
    let home = TestHome::with_local_store();
    register(&home, server, "b", "nameless");
    for key in ["d/ok", "d//x"] {
        let target = format!("/nameless/run1/{key}");
        let _ = server.request("PUT", &target, &[], key.as_bytes()).expect_success();
    }

    for command in [&["ls", "-R", "b:"][..], &["get", "-r", "b:d", "got"], &["cp", "-r", "b:d", "mine:d"]] {
        let told = home.larder([]).args(command).fails_with(1);
        assert!(told.contains("d//x"), "{command:?}: {told}");
    }
    let told = home.larder(["mv", "b:d", "mine:moved"]).fails_with(1);
    assert!(told.contains("`b:d` stays: not all of it has arrived"), "{told}");
    let told = home.larder(["sync", "--delete", "b:d", "mine:d"]).fails_with(1);
    assert!(told.contains("d//x"), "{told}");
    assert_eq!(server.objects("nameless").len(), 2);

    let stat = home.larder(["stat", "--key", "b:", "d//x"]).json();
    assert_eq!((&stat[0]["size_bytes"], &stat[0]["address"]), (&4.into(), &"b:d//x".into()));
    home.larder(["mv", "--key", "b:", "d//x", "b:d/named"]).ok();
    assert_eq!(home.larder(["cat", "b:d/named"]).ok(), "d//x");
    let _ = server.request("PUT", "/nameless/run1/e//y", &[], b"y").expect_success();
    home.larder(["rm", "--key", "b:", "e//y"]).ok();
    home.larder(["mv", "b:d", "mine:whole"]).ok();
    assert_eq!(server.objects("nameless"), []);
}
