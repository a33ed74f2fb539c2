//! Reads everything back and compares digests.

use std::io;

use larder::library::identity::sha256_while_copying;
use larder::transfer::{End, WalkSpec};
use larder::{Cancellation, Error, Store};
use larder_plugin_api::{Kind, WalkOptions};

use super::super::failure::Outcome;
use super::super::place::end_of;
use super::super::size::human;
use super::stage::Stage;

/// Compares every file of the store with the original and with the copy that came back.
pub fn compare_all(stage: &mut Stage<'_>, expected: u64) -> Outcome<String> {
    let stored = end_of(stage.host.resolve("tour:files")?);
    let original = End::local(stage.directory);
    let back = End::local(stage.back());
    let (mut files, mut bytes, mut different) = (0_u64, 0, 0_u64);
    for visit in stored.walk(WalkSpec::default())? {
        super::super::each::check_cancelled(stage.context)?;
        let visit = visit?;
        for entry in visit.files.iter().filter(|entry| entry.kind == Kind::File) {
            let path = End::local(&visit.directory).join(&entry.name).address();
            let digest = digest(&stored.join(&path))?;
            files += 1;
            bytes += entry.size.unwrap_or_default();
            for (end, what) in [(&original, "the original"), (&back, "the copy")] {
                if self::digest(&end.join(&path))? != digest {
                    stage.context.printer.warn(&format!("`{path}` in the store differs from {what}"));
                    different += 1;
                }
            }
        }
    }
    stage.differences += different + files.abs_diff(expected);
    Ok(format!(
        "{files} files, {}: SHA-256 of store, original and copy, {different} differences",
        human(bytes)
    ))
}

fn digest(file: &End) -> Outcome<String> {
    let mut reader = file.reader(&Cancellation::new())?;
    let digest = sha256_while_copying(&mut reader, &mut io::sink());
    Ok(digest.map_err(|error| Error::io(format!("cannot read `{}`", file.address()), error))?)
}

/// How many files are below an address; none when it is missing.
pub fn count(stage: &Stage<'_>, address: &str) -> Outcome<u64> {
    let place = stage.host.resolve(address)?;
    if !place.store.exists(&place.path)? {
        return Ok(0);
    }
    count_files(&place.store, &place.path)
}

fn count_files(store: &Store, path: &str) -> Outcome<u64> {
    let mut files = 0;
    for visit in store.walk(path, WalkOptions::default())? {
        files += visit?.files.len() as u64;
    }
    Ok(files)
}
