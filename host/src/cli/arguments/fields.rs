//! The flavor's own options of `artifact-store register` and `update`: split off before the rest is taken apart.

use std::collections::{HashMap, VecDeque};
use std::ffi::OsString;

use clap::Command;
use larder::{Host, HostOptions};

use super::super::flavor::fields_help;

/// A line with the flavor's own options made into `--config key=value`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub words: Vec<OsString>,
    /// The flavor whose fields the help should show.
    pub describe: Option<String>,
}

/// Goes over a line. Whatever is not `artifact-store register` or `update` stays as it is.
pub fn split(arguments: Vec<OsString>, command: &Command) -> Line {
    let Some((start, name)) = find_command(&arguments) else {
        return Line { words: arguments, describe: None };
    };
    let Some(options) = command
        .find_subcommand("artifact-store")
        .and_then(|command| command.find_subcommand(name))
        .map(|own| Options::of(own, command))
    else {
        return Line { words: arguments, describe: None };
    };
    let mut rest: VecDeque<OsString> = arguments.into();
    let words = rest.drain(..start).collect();
    let mut splitter = Splitter { line: Line { words, describe: None }, help: false, flavor: None };
    while let Some(word) = rest.pop_front() {
        if word == "--" {
            splitter.line.words.push(word);
            splitter.line.words.extend(rest);
            break;
        }
        splitter.take(word, &mut rest, &options);
    }
    splitter.line.describe = splitter.flavor.filter(|_| splitter.help);
    splitter.line
}

/// Where the command's own words begin, and which of the two commands it is.
fn find_command(arguments: &[OsString]) -> Option<(usize, &'static str)> {
    let mut names = Vec::new();
    let mut skip = false;
    for (at, word) in arguments.iter().enumerate().skip(1) {
        let word = word.to_str()?;
        if skip {
            skip = false;
        } else if word == "-o" || word == "--output" {
            skip = true;
        } else if !word.starts_with('-') {
            names.push(word);
            match names.as_slice() {
                ["artifact-store" | "store"] => {}
                [_, "register"] => return Some((at + 1, "register")),
                [_, "update"] => return Some((at + 1, "update")),
                _ => return None,
            }
        }
    }
    None
}

/// The options that a command has itself: names, and whether a value follows.
struct Options(HashMap<String, bool>);

impl Options {
    fn of(own: &Command, root: &Command) -> Self {
        let mut known = HashMap::from([("help".to_owned(), false), ("h".to_owned(), false)]);
        let global = root.get_arguments().filter(|argument| argument.is_global_set());
        for argument in own.get_arguments().chain(global) {
            let takes_value = argument.get_action().takes_values();
            let long = argument.get_long_and_visible_aliases().unwrap_or_default();
            let short = argument.get_short_and_visible_aliases().unwrap_or_default();
            known.extend(long.into_iter().map(|name| (name.to_owned(), takes_value)));
            known.extend(short.into_iter().map(|name| (name.to_string(), takes_value)));
        }
        Self(known)
    }
}

struct Splitter {
    line: Line,
    help: bool,
    flavor: Option<String>,
}

impl Splitter {
    fn take(&mut self, word: OsString, rest: &mut VecDeque<OsString>, options: &Options) {
        let Some(text) = word.to_str() else { return self.line.words.push(word) };
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text, None),
        };
        self.help |= matches!(text, "--help" | "-h");
        if let Some(long) = name.strip_prefix("--") {
            return match options.0.get(long) {
                Some(true) if value.is_none() => self.keep_with_value(&word, long, rest),
                Some(_) => {
                    self.note_flavor(long, value.as_deref());
                    self.line.words.push(word);
                }
                None => self.field(long, value, rest),
            };
        }
        let short = text.strip_prefix('-').unwrap_or_default();
        if short.len() == 1 && options.0.get(short) == Some(&true) {
            return self.keep_with_value(&word, short, rest);
        }
        if let Some(attached) = short.strip_prefix('f') {
            self.note_flavor("f", Some(attached.trim_start_matches('=')));
        }
        self.line.words.push(word);
    }

    fn keep_with_value(&mut self, word: &OsString, name: &str, rest: &mut VecDeque<OsString>) {
        self.line.words.push(word.clone());
        if let Some(value) = rest.pop_front() {
            self.note_flavor(name, value.to_str());
            self.line.words.push(value);
        }
    }

    fn note_flavor(&mut self, name: &str, value: Option<&str>) {
        if matches!(name, "flavor" | "f") {
            self.flavor = value.filter(|value| !value.is_empty()).map(str::to_owned);
        }
    }

    /// `--key=value`, `--key value`, or `--key` alone for a truth value.
    fn field(&mut self, name: &str, value: Option<String>, rest: &mut VecDeque<OsString>) {
        let follows = |word: &OsString| word.to_str().is_some_and(|word| !word.starts_with('-'));
        let value = value
            .map(OsString::from)
            .or_else(|| if rest.front().is_some_and(follows) { rest.pop_front() } else { None });
        let mut word = OsString::from(format!("--config={name}="));
        word.push(value.unwrap_or_else(|| "true".into()));
        self.line.words.push(word);
    }
}

/// Adds what a flavor's fields are to the help of the two commands.
pub fn with_fields_of(command: Command, flavor: &str) -> Command {
    let found = HostOptions::from_env().and_then(|options| Host::open(options).flavor(flavor));
    let text = match found {
        Ok(known) => fields_help(&known),
        Err(error) => format!("The fields of flavor `{flavor}` cannot be shown: {error}"),
    };
    command.mut_subcommand("artifact-store", |command| {
        ["register", "update"].into_iter().fold(command, |command, name| {
            command.mut_subcommand(name, |command| command.after_help(&text).after_long_help(&text))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(words: &str) -> (String, Option<String>) {
        let words = words.split(' ').map(OsString::from).collect();
        let line = split(words, &super::super::command());
        let words: Vec<_> = line.words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        (words.join(" "), line.describe)
    }

    #[test]
    fn options_that_are_not_known_become_fields() {
        for (given, expected) in [
            ("larder store register m -f x --path /p --fsync=true", "--config=fsync=true"),
            ("larder artifact-store register m -f x --path /p --fsync true", "--config=fsync=true"),
            ("larder artifact-store register m -f x --path /p --fsync", "--config=fsync=true"),
            ("larder -o json store update m --path /p --token=a=b", "--config=token=a=b"),
        ] {
            let (line, _) = line(given);
            assert!(line.ends_with(&format!("--path /p {expected}")), "{line}");
        }
    }

    #[test]
    fn a_field_alone_does_not_swallow_the_next_option() {
        let (line, _) = line("larder store register m --fsync -f x --json");
        assert_eq!(line, "larder store register m --config=fsync=true -f x --json");
    }

    #[test]
    fn what_the_command_knows_stays() {
        for given in [
            "larder store register m --flavor=x --path /p -l a=b --label c=d -c path=x --config path=y -q",
            "larder store register -- --odd",
            "larder stack register m --artifact-store x --odd",
            "larder ls --odd register",
        ] {
            assert_eq!(line(given).0, given);
        }
    }

    #[test]
    fn help_with_a_flavor_asks_for_its_fields() {
        assert_eq!(line("larder store register -f x --help").1.as_deref(), Some("x"));
        assert_eq!(line("larder store register --flavor=x -h").1.as_deref(), Some("x"));
        assert_eq!(line("larder store register --help").1, None);
        assert_eq!(line("larder store register -f x m").1, None);
    }
}
