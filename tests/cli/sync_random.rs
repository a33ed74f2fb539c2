//! `larder sync` on random trees: `--dry-run` prints what the run does, and what the run leaves is like the source.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use larder_tests::TestHome;

/// A generator that is the same on every machine (Knuth, "MMIX").
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Files, directories and, in a local tree, links, with names that often meet those of another tree.
fn grow(random: &mut Random, directory: &Path, depth: u64) {
    fs::create_dir_all(directory).expect("a directory");
    for name in ["a", "a-1", "a.d", "b", "c"] {
        let path = directory.join(name);
        match random.below(8) {
            0 | 1 => fs::write(&path, random.below(3).to_string()).expect("a file"),
            2 | 3 if depth > 0 => grow(random, &path, depth - 1),
            4 => symlink(["a", "nowhere", ".."][usize::try_from(random.below(3)).expect("small")], &path)
                .expect("a link"),
            _ => {}
        }
    }
}

#[test]
fn a_dry_run_prints_what_the_run_does_and_the_run_makes_the_target_like_the_source() {
    for seed in 0..40 {
        let home = TestHome::with_local_store();
        let mut random = Random(seed);
        grow(&mut random, &home.path("source"), 2);
        grow(&mut random, &home.path("target"), 2);
        grow(&mut random, &home.path("artifacts/target"), 2);
        // A source without anything is refused, which is another test.
        home.file("source/always", "here");
        for target in ["target", "mine:target"] {
            let links = if target == "target" && seed % 2 == 0 { "--links=keep" } else { "--links=skip" };
            let sync = |more: &[&str]| {
                let arguments = ["sync", "--delete", "--checksum", "--json", links].into_iter();
                home.larder([]).args(arguments.chain(more.iter().copied()).chain(["source", target])).run()
            };
            let (dry, real, again) = (sync(&["--dry-run"]), sync(&[]), sync(&[]));
            assert_eq!(dry.stdout, real.stdout, "seed {seed}, {target}: {}", real.stderr);
            assert_eq!((dry.code, real.code), (Some(0), Some(0)), "seed {seed}, {target}: {}", real.stderr);
            assert_eq!(again.stdout.trim(), "[]", "seed {seed}, {target}");
        }
    }
}
