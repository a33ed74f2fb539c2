//! `larder flavor list`: every flavor that can be found.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn says_what_to_do_when_none_is_known() {
    let home = TestHome::new();
    home.play(&expect![[r#"
        $ larder flavor list
        NAME  SCHEMES  VERSION  API VERSION  FROM  STATUS
        ! no flavor is known; register one: larder flavor register LIBRARY
        $ larder flavor list --json
        []
        ! no flavor is known; register one: larder flavor register LIBRARY
    "#]]);
}

#[test]
fn filters_by_name_scheme_and_status() {
    let home = TestHome::with_files();
    home.register_flavor("memory");
    home.play(&expect![[r#"
        $ larder flavor list --columns name,schemes,version,api_version,status
        NAME    SCHEMES     VERSION  API VERSION  STATUS
        local   file://, /  0.1.0    1.0.0        ready
        memory  memory://   0.1.0    1.0.0        ready
        $ larder flavor list --columns name --name contains:mem
        NAME
        memory
        $ larder flavor list --columns name --scheme file://
        NAME
        local
        $ larder flavor list --columns name --status notequals:ready
        NAME
    "#]]);
}
