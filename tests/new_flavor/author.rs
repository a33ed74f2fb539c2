//! An author of a flavor: who makes a crate with `larder flavor new` and pastes the commands that it prints.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use larder_tests::TestHome;
use serde_json::Value;

/// A crate that was just made, and a home of Larder that is its author's.
pub struct Author {
    pub home: TestHome,
    said: Value,
    crate_directory: PathBuf,
}

impl Author {
    /// Makes the crate `shelf-TEMPLATE`.
    pub fn new(template: &str) -> Self {
        Self::named(&format!("shelf-{template}"), template)
    }

    /// Makes a crate. It stands below `target`, so that cargo knows it again the next time.
    pub fn named(name: &str, template: &str) -> Self {
        let home = TestHome::new();
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("new-flavor");
        let crate_directory = directory.join(name);
        if crate_directory.exists() {
            fs::remove_dir_all(&crate_directory).expect("the crate of the last time can be removed");
        }
        fs::create_dir_all(directory.join("target")).expect("a directory");
        let said = home
            .larder(["flavor", "new", name, "--template", template, "--json", "--api-path"])
            .arg(plugin_api())
            .current_dir(&directory)
            .ok();
        // All crates share what cargo builds, and nothing is fetched: the versions are those of the workspace.
        symlink(directory.join("target"), crate_directory.join("target")).expect("a link");
        fs::copy(workspace().join("Cargo.lock"), crate_directory.join("Cargo.lock")).expect("a copy");
        let said = serde_json::from_str(&said).expect("JSON");
        Self { home, said, crate_directory }
    }

    /// The commands that were printed, for a build without optimisation and a directory of this test.
    pub fn steps(&self) -> Vec<String> {
        let temporary = format!("//{}/", self.home.path("").to_str().expect("UTF-8").trim_end_matches('/'));
        let next = self.said["next"].as_array().expect("a list");
        let steps = next.iter().map(|step| step.as_str().expect("a command"));
        steps
            .map(|step| step.replace(" --release", "").replace("/release/", "/debug/"))
            .map(|step| step.replace("///tmp/", &temporary))
            .collect()
    }

    /// Checks the format, as the CI file of the crate does; where there is no rustfmt, nothing.
    pub fn format(&self) {
        if Command::new("rustfmt").arg("--version").output().is_ok_and(|output| output.status.success()) {
            // Elsewhere than here the crate does not stand in a checkout that has a format of its own.
            fs::write(self.crate_directory.join("rustfmt.toml"), "").expect("a file can be written");
            let enter = self.steps()[0].clone();
            self.follow(&[enter, "cargo fmt --check".to_owned()]);
        }
    }

    /// Pastes commands into a shell, one after another.
    pub fn follow(&self, steps: &[String]) {
        let larder = larder_tests::command();
        let directory = larder.parent().expect("a file is in a directory");
        let path = std::env::var("PATH").expect("there is a PATH");
        let output = Command::new("sh")
            .args(["-exc", &steps.join("\n")])
            .current_dir(self.crate_directory.parent().expect("it is below another"))
            .env("PATH", format!("{}:{path}", directory.display()))
            .env("LARDER_HOME", self.home.larder_home())
            .env("CARGO_NET_OFFLINE", "true")
            // The tests of the crate find the command by PATH, as those of an author do.
            .env_remove("LARDER")
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("LARDER_PLUGIN_PATH")
            .env_remove("LARDER_ACTIVE_STACK")
            .output()
            .expect("there is a shell");
        let (stdout, stderr) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{stdout}\n{stderr}");
    }

    /// Replaces a text of a file, which must be there.
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let file = self.crate_directory.join(file);
        let text = fs::read_to_string(&file).expect("the file can be read");
        assert!(text.contains(from), "`{from}` is not in {}", file.display());
        fs::write(&file, text.replace(from, to)).expect("the file can be written");
    }
}

/// The directory of the plugin API.
pub fn plugin_api() -> PathBuf {
    workspace().join("plugin-api").canonicalize().expect("it is there")
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ is in the repository")
}
