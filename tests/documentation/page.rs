//! A page, and the part of it between two markers that a test writes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The tests of one page run side by side, and each rewrites all of it.
static REWRITING: Mutex<()> = Mutex::new(());

/// Compares what stands in the page of a flavor between `<!-- begin NAME -->` and `<!-- end NAME -->`. With
/// `UPDATE_EXPECT=1` it is written there instead.
///
/// # Panics
///
/// When it differs, or the page has no such place.
#[track_caller]
pub fn assert_says(flavor: &str, name: &str, expected: &str) {
    let turn = REWRITING.lock().expect("no test panics while it has the turn");
    let file = file_of(flavor);
    let page = fs::read_to_string(&file).expect("the page can be read");
    let (begin, end) = (format!("<!-- begin {name} -->\n"), format!("<!-- end {name} -->"));
    let parts = page.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?)));
    let Some((before, (found, after))) = parts else {
        panic!("plugins/{flavor}/README.md has no place for `{name}`")
    };
    if found == expected {
        return;
    }
    if std::env::var_os("UPDATE_EXPECT").is_some_and(|value| value == "1") {
        fs::write(&file, format!("{before}{begin}{expected}{end}{after}")).expect("the page can be written");
        return;
    }
    drop(turn);
    panic!(
        "plugins/{flavor}/README.md says of {name}\n{found}\nit should say\n{expected}\nUPDATE_EXPECT=1 writes it"
    );
}

fn file_of(flavor: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins").join(flavor).join("README.md")
}

/// A table in Markdown.
pub fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let line = |cells: [String; N]| format!("| {} |\n", cells.join(" | "));
    let rule = line([(); N].map(|()| "---".to_owned()));
    let rows: String = rows.into_iter().map(line).collect();
    format!("{}{rule}{rows}", line(head.map(str::to_owned)))
}
