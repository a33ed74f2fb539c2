//! A session at a prompt, written in a test as it would look, and played.
//!
//! ```text
//! $ larder ls mine:             a command; words in single quotes stay together
//! docs/                         what it printed
//! $ echo text | larder put - mine:a
//! $ LARDER_ACTIVE_STACK=x larder ls
//! ! error: no stack is named `x`        what it printed on the standard error
//! [1]                           its exit code, unless 0
//! ```
//!
//! `[TMP]` is the fresh directory. Only the lines with a `$` are read; the rest is compared, and `UPDATE_EXPECT=1` writes it
//! anew.

use std::fmt::Write;

use expect_test::Expect;

use crate::command::{Larder, Outcome};
use crate::home::TestHome;
use crate::mask::masked;

impl TestHome {
    /// Plays a session, which must look like this.
    #[track_caller]
    pub fn play(&self, session: &Expect) {
        let lines = session.data().lines().map(str::trim_start).filter_map(|line| line.strip_prefix("$ "));
        let mut seen = String::new();
        for line in lines.map(str::trim_end) {
            let _ = write!(seen, "$ {line}\n{}", shown(&self.typed(line).run()));
        }
        session.assert_eq(&seen);
    }

    /// The command that a line stands for.
    pub fn typed(&self, line: &str) -> Larder {
        let (input, command) = match line.split_once(" | larder ") {
            Some((echo, rest)) => (echo.strip_prefix("echo "), format!("larder {rest}")),
            None => (None, line.to_owned()),
        };
        let here = self.path("").to_string_lossy().trim_end_matches('/').to_owned();
        let mut words = words(&command).into_iter().map(|word| word.replace("[TMP]", &here));
        let mut larder = self.larder([]);
        for word in words.by_ref().take_while(|word| word != "larder") {
            let (name, value) = word.split_once('=').expect("only variables stand before the command");
            larder = larder.env(name, value);
        }
        if let Some(input) = input {
            larder = larder.input(format!("{input}\n"));
        }
        larder.args(words)
    }
}

/// The words of a line, as a shell would take it apart that knows single quotes only.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().expect("there is always one").push(c),
        }
    }
    words
}

/// What an outcome looks like: standard output, standard error, exit code.
fn shown(outcome: &Outcome) -> String {
    let mut text = masked(&outcome.stdout);
    if !text.is_empty() && !text.ends_with('\n') {
        text.push_str("[no line break]\n");
    }
    for line in masked(&outcome.stderr).lines() {
        let _ = writeln!(text, "! {line}");
    }
    match outcome.code {
        Some(0) => {}
        Some(code) => {
            let _ = writeln!(text, "[{code}]");
        }
        None => text.push_str("[ended by a signal]\n"),
    }
    text
}
