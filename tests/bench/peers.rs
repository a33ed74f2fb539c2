//! Whole processes against their peers: `larder` and the tool for the same job in turn, with the ratio pair by pair.
//!
//! Run it by `tests/bench/run`. The machine's speed drifts, so only ratios of pairs are compared with a limit.

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use larder_tests::TestHome;

const FILE_BYTES: u64 = 1 << 30;
const TREE: (usize, usize) = (2_000, 100);

fn main() {
    let wanted: Vec<String> = env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let bench = Bench::new();
    println!(
        "{:<10} {:>12} {:>12} {:>24} {:>7} {:>12}",
        "", "larder", "peer", "ratio (min..max)", "limit", "peak memory"
    );
    for pair in bench.pairs() {
        if wanted.is_empty() || wanted.iter().any(|part| pair.name.contains(part.as_str())) {
            pair.measure();
        }
    }
}

/// One job done by both.
struct Pair<'a> {
    name: &'static str,
    runs: usize,
    limit: f64,
    ours: Job<'a>,
    peer: Job<'a>,
}

/// A command, and what must stand before each run of it, which is not timed.
struct Job<'a> {
    before: Box<dyn Fn() + 'a>,
    command: Box<dyn Fn() -> Command + 'a>,
}

impl Pair<'_> {
    fn measure(&self) {
        let (mut ours, mut peer, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        self.ours.run();
        self.peer.run();
        for _ in 0..self.runs {
            let (a, b) = (self.ours.run(), self.peer.run());
            ratios.push(a.as_secs_f64() / b.as_secs_f64());
            ours.push(a.as_secs_f64());
            peer.push(b.as_secs_f64());
        }
        let spread =
            format!("{:.2} ({:.2}..{:.2})", median(&mut ratios), ratios[0], ratios[ratios.len() - 1]);
        let (ours, peer) = (milliseconds(&mut ours), milliseconds(&mut peer));
        let memory = self.ours.peak_memory().unwrap_or_else(|| "not measured".to_owned());
        println!("{:<10} {ours:>12} {peer:>12} {spread:>24} {:>7} {memory:>12}", self.name, self.limit);
    }
}

impl Job<'_> {
    fn run(&self) -> Duration {
        (self.before)();
        let mut command = (self.command)();
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let begin = Instant::now();
        let status = command.status().expect("the command can be started");
        let took = begin.elapsed();
        assert!(status.success(), "{command:?} failed");
        took
    }

    /// The largest resident size in one more run, by GNU time where it is installed.
    fn peak_memory(&self) -> Option<String> {
        (self.before)();
        let command = (self.command)();
        let mut timed = Command::new("/usr/bin/time");
        timed.args(["-f", "%M"]).arg(command.get_program()).args(command.get_args());
        if let Some(directory) = command.get_current_dir() {
            timed.current_dir(directory);
        }
        timed.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let output = timed.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output().ok()?;
        let text = String::from_utf8(output.stderr).ok()?;
        let kibibytes: f64 = text.lines().last()?.trim().parse().ok()?;
        Some(format!("{:.1} MiB", kibibytes / 1024.0))
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn milliseconds(seconds: &mut [f64]) -> String {
    format!("{:.2} ms", median(seconds) * 1e3)
}

/// A store of local files, with a large file in it, and the release build of the command.
struct Bench {
    home: TestHome,
    command: PathBuf,
}

impl Bench {
    fn new() -> Self {
        let home = TestHome::with_local_store();
        let command = larder_tests::command();
        Self { home, command }
    }

    fn root(&self, name: &str) -> PathBuf {
        self.home.path("artifacts").join(name)
    }

    fn larder<'a>(&'a self, arguments: &'a [&'a str]) -> Box<dyn Fn() -> Command + 'a> {
        Box::new(move || {
            let mut command = Command::new(&self.command);
            command
                .args(arguments)
                .env("LARDER_HOME", self.home.larder_home())
                .current_dir(self.home.path(""));
            command
        })
    }

    fn peer<'a>(&'a self, program: &'a str, arguments: &'a [&'a str]) -> Box<dyn Fn() -> Command + 'a> {
        Box::new(move || {
            let mut command = Command::new(program);
            command.args(arguments).current_dir(self.home.path(""));
            command
        })
    }

    fn gone<'a>(&'a self, file: &'a str) -> Box<dyn Fn() + 'a> {
        Box::new(move || drop(fs::remove_file(self.home.path(file))))
    }

    fn tree(&self, name: &str) {
        let top = self.root(name);
        if top.exists() {
            return;
        }
        for directory in 0..TREE.0 {
            let directory = top.join(format!("d{directory:04}"));
            fs::create_dir_all(&directory).expect("a directory");
            (0..TREE.1).for_each(|file| {
                fs::write(directory.join(format!("file-{file:03}.bin")), "x").expect("a file");
            });
        }
    }

    fn pairs(&self) -> Vec<Pair<'_>> {
        let with_file = |file: PathBuf| -> Box<dyn Fn()> { Box::new(move || large_file(&file)) };
        let with_tree = || -> Box<dyn Fn()> { Box::new(|| self.tree("tree")) };
        let fresh = |target: &'static str| -> Box<dyn Fn()> {
            Box::new(move || {
                large_file(&self.home.path("large.bin"));
                large_file(&self.root("large.bin"));
                self.gone(target)();
            })
        };
        vec![
            Pair {
                name: "exists",
                runs: 50,
                limit: 5.0,
                ours: Job {
                    before: Box::new(|| drop(self.home.file("artifacts/x", "x"))),
                    command: self.larder(&["exists", "mine:x"]),
                },
                peer: Job { before: Box::new(|| ()), command: self.peer("stat", &["artifacts/x"]) },
            },
            Pair {
                name: "put",
                runs: 7,
                limit: 1.1,
                ours: Job {
                    before: fresh("artifacts/put.bin"),
                    command: self.larder(&["put", "large.bin", "mine:put.bin"]),
                },
                peer: Job {
                    before: fresh("artifacts/put.bin"),
                    command: self.peer("cp", &["large.bin", "artifacts/put.bin"]),
                },
            },
            Pair {
                name: "get",
                runs: 7,
                limit: 1.1,
                ours: Job {
                    before: fresh("got.bin"),
                    command: self.larder(&["get", "mine:large.bin", "got.bin"]),
                },
                peer: Job {
                    before: fresh("got.bin"),
                    command: self.peer("cp", &["artifacts/large.bin", "got.bin"]),
                },
            },
            Pair {
                name: "cat",
                runs: 7,
                limit: 1.25,
                ours: Job {
                    before: with_file(self.root("large.bin")),
                    command: self.larder(&["cat", "mine:large.bin"]),
                },
                peer: Job { before: Box::new(|| ()), command: self.peer("cat", &["artifacts/large.bin"]) },
            },
            Pair {
                name: "walk",
                runs: 7,
                limit: 1.0,
                ours: Job { before: with_tree(), command: self.larder(&["walk", "mine:tree"]) },
                peer: Job { before: with_tree(), command: self.peer("find", &["artifacts/tree"]) },
            },
            Pair {
                name: "rm -r",
                runs: 5,
                limit: 1.0,
                ours: Job {
                    before: Box::new(|| self.tree("gone")),
                    command: self.larder(&["rm", "-r", "mine:gone"]),
                },
                peer: Job {
                    before: Box::new(|| self.tree("gone")),
                    command: self.peer("rm", &["-r", "artifacts/gone"]),
                },
            },
        ]
    }
}

fn large_file(file: &Path) {
    if !file.exists() {
        fs::create_dir_all(file.parent().expect("a file is in a directory")).expect("a directory");
        write_noise(file, FILE_BYTES);
    }
}

/// Bytes that no filesystem compresses or shares.
fn write_noise(file: &Path, bytes: u64) {
    let mut file = fs::File::create(file).expect("a file");
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut piece = vec![0; 1 << 20];
    for _ in 0..bytes >> 20 {
        for word in piece.chunks_exact_mut(8) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            word.copy_from_slice(&state.to_le_bytes());
        }
        file.write_all(&piece).expect("the disk has room");
    }
    file.sync_all().expect("the disk has room");
}
