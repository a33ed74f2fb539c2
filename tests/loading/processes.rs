//! Looks for processes that a library has left behind.

use std::fs;

use larder_tests::TestHome;

/// The command lines of the living processes, other than this one, that have to do with this home: by their command,
/// their environment, or a library that they have mapped.
pub fn of(home: &TestHome) -> Vec<String> {
    let mark = home.path("").to_string_lossy().trim_end_matches('/').to_owned();
    with(&mark)
}

/// The same, for any mark.
pub fn with(mark: &str) -> Vec<String> {
    let own = std::process::id().to_string();
    let entries = fs::read_dir("/proc").expect("there is a /proc").flatten();
    let pids = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let others = pids.filter(|pid| pid.bytes().all(|byte| byte.is_ascii_digit()) && *pid != own);
    others.filter_map(|pid| about(&pid, mark)).collect()
}

fn about(pid: &str, mark: &str) -> Option<String> {
    let read = |name| fs::read(format!("/proc/{pid}/{name}")).unwrap_or_default();
    let holds = |bytes: &[u8]| bytes.windows(mark.len()).any(|window| window == mark.as_bytes());
    let command = read("cmdline");
    let found = holds(&command) || holds(&read("environ")) || holds(&read("maps"));
    found.then(|| format!("{pid}: {}", String::from_utf8_lossy(&command).replace('\0', " ")))
}
