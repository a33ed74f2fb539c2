//! Runs the `larder` command and keeps what it said.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::home::TestHome;

/// The command, about to be run.
#[derive(Debug)]
pub struct Larder {
    command: Command,
    input: Option<Vec<u8>>,
    hidden: [(String, &'static str); 2],
}

/// What a run gave.
#[derive(Debug)]
pub struct Outcome {
    /// The exit code; a process that a signal ended has none.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error, with the fresh directory written as `[TMP]`, that of the build as `[BUILD]`.
    pub stderr: String,
    /// Standard output as it came.
    pub bytes: Vec<u8>,
}

impl Larder {
    pub(crate) fn new(home: &TestHome) -> Self {
        let mut command = Command::new(crate::command());
        let variables = ["LARDER_PLUGIN_PATH", "LARDER_ACTIVE_STACK", "LARDER_LOG", "NO_COLOR"];
        for name in variables {
            command.env_remove(name);
        }
        command.env("LARDER_HOME", home.larder_home()).current_dir(home.path("")).stdin(Stdio::null());
        let text = |path: &Path| path.to_string_lossy().trim_end_matches('/').to_owned();
        let hidden = [(text(&home.path("")), "[TMP]"), (text(&crate::beside_the_test()), "[BUILD]")];
        Self { command, input: None, hidden }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<S: AsRef<std::ffi::OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Adds one argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Sets a variable of its environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it in another directory.
    #[must_use]
    pub fn current_dir(mut self, directory: &Path) -> Self {
        self.command.current_dir(directory);
        self
    }

    /// Gives it standard input.
    #[must_use]
    pub fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = Some(input.into());
        self
    }

    /// Runs it by another program, which gets the command as its last arguments.
    #[must_use]
    pub fn by<S: AsRef<std::ffi::OsStr>>(
        mut self,
        program: &str,
        arguments: impl IntoIterator<Item = S>,
    ) -> Self {
        let mut command = Command::new(program);
        command.args(arguments).arg(self.command.get_program()).args(self.command.get_args());
        for (name, value) in self.command.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        if let Some(directory) = self.command.get_current_dir() {
            command.current_dir(directory);
        }
        command.stdin(Stdio::null());
        self.command = command;
        self
    }

    /// Runs it so that permission bits bind it, also when root runs the tests; says why when that cannot be done.
    ///
    /// # Errors
    ///
    /// The reason to skip a test.
    pub fn bound_by_permissions(self) -> Result<Self, &'static str> {
        const LESS: [&str; 2] = ["--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"];
        if !rustix::process::geteuid().is_root() {
            return Ok(self);
        }
        let works = Command::new("setpriv").args(LESS).arg("true").stderr(Stdio::null()).status();
        match works {
            Ok(status) if status.success() => Ok(self.by("setpriv", LESS)),
            _ => Err("root is bound by no permissions, and setpriv cannot give that up"),
        }
    }

    /// The command itself, for a test that starts it in its own way. It heeds signals, also where whoever runs the tests
    /// ignores them, as a shell does in the background.
    pub fn into_command(self) -> Command {
        if ignores_signals() {
            return self.by("env", ["--default-signal=HUP,INT,TERM"]).command;
        }
        self.command
    }

    /// Runs it to its end.
    pub fn run(self) -> Outcome {
        let Self { mut command, input, hidden } = self;
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = match input {
            None => command.output().expect("the command can be started"),
            Some(input) => run_with_input(command.stdin(Stdio::piped()), &input),
        };
        Outcome {
            code: output.status.code(),
            stdout: shown(&output.stdout, &hidden),
            stderr: shown(&output.stderr, &hidden),
            bytes: output.stdout,
        }
    }

    /// Runs it, which must answer exactly this: exit code, standard output, standard error.
    #[track_caller]
    pub fn gives(self, code: i32, stdout: &str, stderr: &str) {
        let outcome = self.run();
        assert_eq!((&*outcome.stdout, &*outcome.stderr), (stdout, stderr));
        assert_eq!(outcome.code, Some(code));
    }

    /// Runs it, which must succeed, and gives its standard output as JSON.
    #[track_caller]
    pub fn json(self) -> serde_json::Value {
        let text = self.arg("--json").ok();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("no JSON: {error}: {text}"))
    }

    /// Runs it, which must succeed, and gives its standard output.
    #[track_caller]
    pub fn ok(self) -> String {
        let outcome = self.run();
        assert_eq!(outcome.code, Some(0), "it failed: {}", outcome.stderr);
        outcome.stdout
    }

    /// Runs it, which must fail with exit code 1, and gives its standard error.
    #[track_caller]
    pub fn fails(self) -> String {
        self.fails_with(1)
    }

    /// Runs it, which must fail with this exit code, and gives its standard error.
    #[track_caller]
    pub fn fails_with(self, code: i32) -> String {
        let outcome = self.run();
        assert_eq!(outcome.code, Some(code), "stdout: {}\nstderr: {}", outcome.stdout, outcome.stderr);
        outcome.stderr
    }
}

fn shown(output: &[u8], hidden: &[(String, &str)]) -> String {
    let text = String::from_utf8_lossy(output).into_owned();
    hidden.iter().fold(text, |text, (path, name)| text.replace(path, name))
}

fn run_with_input(command: &mut Command, input: &[u8]) -> Output {
    let mut child = command.spawn().expect("the command can be started");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    std::thread::scope(|scope| {
        // A command that fails early does not read its input.
        scope.spawn(move || stdin.write_all(input).ok());
        child.wait_with_output().expect("the command ends")
    })
}

/// Whether this process ignores one of the signals that the command heeds (`proc_pid_status(5)`, `SigIgn`).
fn ignores_signals() -> bool {
    const HUP_INT_TERM: u64 = 1 | 1 << 1 | 1 << 14;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.unwrap_or_default() & HUP_INT_TERM != 0
}
