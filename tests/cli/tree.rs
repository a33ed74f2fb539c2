//! `larder tree`: what is below a directory, drawn.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn draws_directories_and_files() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder tree mine:
        mine:
        ├── docs/
        │   ├── guide/
        │   │   └── intro.md
        │   └── readme.md
        └── notes.txt

        2 directories, 3 files
        $ larder tree -L 1 mine:
        mine:
        ├── docs/
        └── notes.txt

        1 directory, 1 file
        $ larder tree -L 0 mine:
        ! error: invalid value '0' for '--level <LEVELS>': 0 is not in 1..18446744073709551615
        ! 
        ! For more information, try '--help'.
        [2]
        $ larder tree mine:docs/guide
        mine:docs/guide
        └── intro.md

        0 directories, 1 file
    "#]]);
}

#[test]
fn says_what_is_missing() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder tree mine:nothing
        ! error: cannot list `mine:nothing`
        ! caused by: listdir `nothing`: not found
        [1]
        $ larder tree mine:notes.txt
        ! error: cannot list `mine:notes.txt`
        ! caused by: listdir `notes.txt`: not a directory
        [1]
    "#]]);
}
