//! Makes the libraries of `bad-libraries/`, and the hosts that meet them.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use larder::library::find::PluginDirectory;
use larder::library::probe::ProbeCommand;
use larder::{Error, Home, Host, HostOptions, NewStore, RegisterFlavor, Store};
use larder_tests::TestHome;

/// How long a library may take in its trial: enough for an honest one on a busy machine.
const LIMIT: Duration = Duration::from_secs(20);

/// A host of this home that tries libraries in a child process first, and looks into `plugins` of the home.
pub fn host(home: &TestHome) -> Host {
    host_with(home, |options| options)
}

/// The same, with a shorter limit for a trial.
pub fn hasty_host(home: &TestHome) -> Host {
    host_with(home, |options| {
        let probe = ProbeCommand { program: larder_tests::command(), limit: Duration::from_millis(1500) };
        HostOptions { probe: Some(probe), ..options }
    })
}

/// The same, without trials: what an embedder gets who does not ask for them.
pub fn trusting_host(home: &TestHome) -> Host {
    host_with(home, |options| HostOptions { probe: None, ..options })
}

fn host_with(home: &TestHome, change: impl FnOnce(HostOptions) -> HostOptions) -> Host {
    let larder_home = Home::at(home.larder_home());
    let plugins = PluginDirectory { path: larder_home.plugins.clone(), prefixed_only: false };
    let options = HostOptions::at(larder_home).expect("there is a current directory");
    let probe = ProbeCommand { program: larder_tests::command(), limit: LIMIT };
    Host::open(change(HostOptions { plugin_directories: vec![plugins], probe: Some(probe), ..options }))
}

/// The folder of the fixtures' sources.
fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("bad-libraries")
}

/// Compiles `bad-libraries/<name>.c` to `lib<name>.so` in the home.
pub fn compile(home: &TestHome, name: &str) -> PathBuf {
    let library = home.path(&format!("lib{name}.so"));
    compile_to(name, &library, &[]);
    library
}

/// Compiles `bad-libraries/<name>.c` with more flags.
pub fn compile_to(name: &str, library: &Path, flags: &[&str]) {
    let source = sources().join(format!("{name}.c"));
    fs::create_dir_all(library.parent().expect("a file is in a directory")).expect("a directory");
    let mut command = Command::new("cc");
    command.args(["-shared", "-fPIC", "-O0", "-w", "-o"]).arg(library).arg(source).args(flags);
    let output = command.output().expect("there is a C compiler named cc");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::set_permissions(library, fs::Permissions::from_mode(0o755)).expect("it is ours");
}

/// A copy of the library `misbehaving` that has these faults from the moment it is loaded.
///
/// Each copy has other bytes, so that each is a library of its own in this process.
pub fn misbehaving(home: &TestHome, file: &str, faults: &str) -> PathBuf {
    copy_with(&built("larder_fixture_misbehaving"), &home.path(file), &format!("\nLARDER-FAULTS {faults}"))
}

/// A copy of the library of flavor `memory`, under a digest of its own.
pub fn memory(home: &TestHome, file: &str) -> PathBuf {
    copy_with(&built("larder_flavor_memory"), &home.path(file), &format!("\n{}", home.path("").display()))
}

fn copy_with(source: &Path, target: &Path, end: &str) -> PathBuf {
    fs::create_dir_all(target.parent().expect("a file is in a directory")).expect("a directory");
    let _ = fs::remove_file(target);
    fs::copy(source, target).expect("the library can be copied");
    fs::set_permissions(target, fs::Permissions::from_mode(0o755)).expect("it is ours");
    add_to(target, end);
    target.to_owned()
}

/// Puts another file in the place of a library, as a build or an upgrade does.
pub fn replace(library: &Path, by: &Path) {
    let next = library.with_extension("next");
    fs::copy(by, &next).expect("the library can be copied");
    fs::rename(next, library).expect("it can be renamed");
}

/// How many lines a library has added to a file.
pub fn lines_in(file: &Path) -> usize {
    fs::read_to_string(file).map(|text| text.lines().count()).unwrap_or_default()
}

/// Whether a file whose path holds this text is mapped into this process.
pub fn is_mapped(text: &Path) -> bool {
    let maps = fs::read_to_string("/proc/self/maps").expect("there is a /proc");
    maps.contains(&*text.to_string_lossy())
}

/// Adds bytes to the end of a library, where no loader looks: it becomes another file that does the same.
pub fn add_to(library: &Path, end: &str) {
    let opened = OpenOptions::new().append(true).open(library);
    opened.expect("it is ours").write_all(end.as_bytes()).expect("it can be written");
}

/// A library as cargo has built it for these tests.
fn built(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows where it is");
    let library = test.with_file_name(format!("lib{name}.so"));
    assert!(library.exists(), "`{}` is not built: run `cargo test --workspace`", library.display());
    library
}

/// Registers a library, which must be refused, and gives the error as the command prints it.
pub fn refused(host: &Host, home: &TestHome, library: &Path) -> Vec<String> {
    let error = host.register_flavor(library, RegisterFlavor::default()).expect_err("it is refused");
    told(home, &error)
}

/// The lines of an error as the command prints it, with the fresh directory as `[TMP]`.
pub fn told(home: &TestHome, error: &Error) -> Vec<String> {
    let causes = error.causes().map(|cause| format!("caused by: {cause}"));
    let hint = error.hint().map(|hint| format!("hint: {hint}"));
    let lines = std::iter::once(format!("error: {error}")).chain(causes).chain(hint);
    lines.map(|line| shortened(home, &line)).collect()
}

/// A text in which the fresh directory is `[TMP]`, a digest `[SHA-256]`, a moment `[TIME]`, and the line of a panic is
/// left out.
pub fn shortened(home: &TestHome, text: &str) -> String {
    let text = text.split("/faults.rs:").next().unwrap_or_default();
    let text = text.replace(home.path("").to_string_lossy().trim_end_matches('/'), "[TMP]");
    let words = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | ':'));
    let is_digest = |word: &str| word.len() >= 64 && word.chars().take(64).all(|c| c.is_ascii_hexdigit());
    let is_moment = |word: &str| word.len() >= 20 && word.contains('T') && word.starts_with("20");
    let short = |word: &str| match word {
        word if is_digest(word) => format!("[SHA-256]{}", &word[64..]),
        word if is_moment(word) => {
            let moment = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            format!("[TIME]{}", &word[moment.len()..])
        }
        word => word.to_owned(),
    };
    words.map(short).collect()
}

/// Registers a store of flavor `misbehaving` with these faults, and opens it.
pub fn misbehaving_store(host: &Host, name: &str, faults: &str) -> larder::Result<Store> {
    host.register_store(&NewStore {
        name: name.to_owned(),
        flavor: "misbehaving".to_owned(),
        root: format!("misbehaving://{name}"),
        config: vec![("faults".to_owned(), faults.to_owned())],
        ..NewStore::default()
    })?;
    host.store(name)
}

/// Registers a memory store with a library of its own, and shows that it works.
pub fn prove_that_others_work(host: &Host, home: &TestHome) {
    let library = memory(home, "others/libmemory.so");
    host.register_flavor(&library, RegisterFlavor::default()).expect("an honest library is taken");
    home.register_store(host, "honest", "memory", Path::new("memory://honest"));
    works(&host.store("honest").expect("its store is made"));
}

/// Writes, reads and lists.
pub fn works(store: &Store) {
    use larder_plugin_api::{Detail, OpenMode};
    use std::io::Read;
    let mut writer = store.writer("a/b", OpenMode::Write).expect("it opens");
    writer.write(b"content").expect("it takes bytes");
    writer.close().expect("it closes");
    let mut text = String::new();
    store.reader("a/b").expect("it opens").read_to_string(&mut text).expect("it reads");
    assert_eq!(text, "content");
    let mut entries = store.listdir("a", Detail::Kind).expect("it lists");
    assert_eq!(entries.next().expect("an entry").expect("that can be read").name, "b");
}
