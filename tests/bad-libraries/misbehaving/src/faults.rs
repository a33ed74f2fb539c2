//! The faults: where, and what happens there.
//!
//! `place` alone is a panic in that place. `place:action` and `place:action=argument` do something else:
//!
//! | action | what happens |
//! | --- | --- |
//! | `write=FILE` | a line is added to the file |
//! | `crash` | a null pointer is read |
//! | `crash-if=FILE` | the same, when the file exists |
//! | `crash-untried` | the same, except in a trial |
//! | `exit` | the process ends with status 0 |
//! | `sleep` | it takes an hour |
//! | `print=COUNT` | as many bytes go to standard output, and as many to standard error |
//! | `daemon=MARK` | a process is left running, which has left session and group, with the mark in its arguments |
//! | `kill-parent` | the process that watches this one is killed |
//! | `manifest` | the manifest in memory becomes another than that in the file |

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::thread;
use std::time::Duration;

use larder_plugin_api::Config;

/// Stands before the faults at the end of a library file.
const MARK: &str = "\nLARDER-FAULTS ";

/// What is to fail.
pub struct Faults(Vec<String>);

impl Faults {
    /// Those of a store's config, and those of the library file.
    pub fn of(config: &Config) -> Self {
        let Self(mut faults) = Self::of_this_file();
        faults.extend(words(&config.text("faults").unwrap_or_default()));
        Self(faults)
    }

    /// Those that stand at the end of the file that this code was loaded from.
    pub fn of_this_file() -> Self {
        let bytes = this_file().and_then(|file| fs::read(file).ok()).unwrap_or_default();
        let end = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(4096)..]).into_owned();
        Self(end.rsplit_once(MARK).map(|(_, faults)| words(faults)).unwrap_or_default())
    }

    pub fn has(&self, fault: &str) -> bool {
        self.0.iter().any(|known| known == fault)
    }

    /// Panics when this place is among the faults.
    pub fn panic_in(&self, place: &str) {
        assert!(!self.has(place), "panic in {place}");
    }

    /// Does what is to be done in this place, other than to panic.
    pub fn run(&self, place: &str) {
        for fault in &self.0 {
            if let Some((at, action)) = fault.split_once(':')
                && at == place
            {
                let (action, argument) = action.split_once('=').unwrap_or((action, ""));
                act(action, argument);
            }
        }
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// The file whose mapping holds this function.
fn this_file() -> Option<PathBuf> {
    let here = this_file as *const () as usize;
    let maps = fs::read_to_string("/proc/self/maps").ok()?;
    maps.lines().find_map(|line| {
        let (range, rest) = line.split_once(' ')?;
        let (from, to) = range.split_once('-')?;
        let bound = |text| usize::from_str_radix(text, 16).ok();
        let path = rest.split_once('/')?.1;
        (bound(from)? <= here && here < bound(to)?).then(|| Path::new("/").join(path))
    })
}

fn act(action: &str, argument: &str) {
    match action {
        "write" => add_line(argument),
        "crash" => crash(),
        "crash-if" if Path::new(argument).exists() => crash(),
        "crash-untried" if !std::env::args().any(|argument| argument == "__probe-load") => crash(),
        "exit" => process::exit(0),
        "sleep" => thread::sleep(Duration::from_secs(3600)),
        "print" => print(argument.parse().unwrap_or_default()),
        "daemon" => daemon(argument),
        "kill-parent" => kill_parent(),
        "manifest" => change_manifest().unwrap_or_default(),
        _ => {}
    }
}

fn add_line(file: &str) {
    let opened = OpenOptions::new().create(true).append(true).open(file);
    let _ = opened.and_then(|mut file| file.write_all(b"line\n"));
}

#[expect(unsafe_code, reason = "a crash is what was asked for")]
fn crash() {
    // SAFETY: none; the test wants the process to die here.
    let _ = unsafe { std::ptr::null::<u8>().read_volatile() };
}

/// Through the file of this process's memory, where pages can be written that are read-only.
#[expect(unsafe_code, reason = "the address of an exported static")]
fn change_manifest() -> io::Result<()> {
    unsafe extern "C" {
        static LARDER_FLAVOR_MANIFEST: u8;
    }
    const FROM: &[u8] = b"does whatever harm";
    let address = (&raw const LARDER_FLAVOR_MANIFEST) as u64;
    let memory = OpenOptions::new().read(true).write(true).open("/proc/self/mem")?;
    let mut manifest = [0; 512];
    memory.read_exact_at(&mut manifest, address)?;
    let at = manifest.windows(FROM.len()).position(|window| window == FROM).unwrap_or_default();
    memory.write_all_at(b"doth", address + at as u64)
}

fn print(count_bytes: usize) {
    let line = [b'x'; 1024];
    for _ in 0..count_bytes / line.len() {
        let _ = io::stdout().write_all(&line);
        let _ = io::stderr().write_all(&line);
    }
}

/// The shell in between ends at once: nothing that this process knows of is its parent then.
fn daemon(mark: &str) {
    let script = format!("setsid sh -c 'trap \"\" TERM HUP; exec sleep 3600.{mark}' &");
    let _ = Command::new("sh").args(["-c", &script]).stdin(Stdio::null()).status();
}

fn kill_parent() {
    let parent = std::os::unix::process::parent_id();
    let _ = Command::new("kill").args(["-KILL", &parent.to_string()]).status();
}
