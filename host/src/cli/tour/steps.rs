//! The steps of the tour.

use std::collections::BTreeMap;

use larder::registry::StackRecord;
use larder::transfer::{End, Transfer};
use larder::{Error, NewStore, RegisterFlavor};
use larder_plugin_api::{Detail, WalkOptions};

use super::super::failure::Outcome;
use super::super::place::end_of;
use super::super::progress::Progress;
use super::super::size::human;
use super::compare::{compare_all, count};
use super::stage::Stage;

/// What the walk found.
struct Found {
    files: u64,
    /// The ending that most files have, if they have any.
    ending: Option<String>,
}

/// Takes all steps, up to the first one that fails.
pub fn all(stage: &mut Stage<'_>) -> Outcome {
    register(stage)?;
    copy_in(stage)?;
    let found = look_around(stage)?;
    glob(stage, &found)?;
    copy_out(stage, &found)?;
    move_and_remove(stage, &found)
}

fn register(stage: &mut Stage<'_>) -> Outcome {
    let library = stage.library.clone();
    let root = stage.root();
    stage.step(&format!("larder flavor register {}", library.display()), |stage| {
        let accepted = stage.host.register_flavor(&library, RegisterFlavor::default())?;
        let digest = accepted.sha256.get(..12).unwrap_or_default();
        Ok(format!("inspected, pinned (SHA-256 {digest}...), tried in a process of its own"))
    })?;
    let command = format!("larder artifact-store register tour --flavor local --path {}", root.display());
    stage.step(&command, |stage| {
        stage.host.register_store(&NewStore {
            name: "tour".to_owned(),
            flavor: "local".to_owned(),
            root: root.display().to_string(),
            ..NewStore::default()
        })?;
        Ok("the library was loaded, and the flavor accepts the config".to_owned())
    })?;
    stage.step("larder stack register dev --artifact-store tour --set", |stage| {
        stage.host.update(|registry| {
            registry.register_stack(&StackRecord::new("dev", "tour"))?;
            registry.set_active_stack(Some("dev"))
        })?;
        Ok("stack `dev` is the active one".to_owned())
    })
}

/// A place in the tour's store, by its address.
fn place(stage: &Stage<'_>, address: &str) -> Outcome<End> {
    Ok(end_of(stage.host.resolve(address)?))
}

fn copy_in(stage: &mut Stage<'_>) -> Outcome {
    let source = End::local(stage.directory);
    let command = format!("larder put -r --exclude-caches {} tour:files", stage.directory.display());
    stage.step(&command, |stage| {
        let target = place(stage, "tour:files")?;
        let mut progress = Progress::new(stage.context);
        let mut transfer =
            Transfer::new(stage.context.cancellation.clone(), &mut progress).exclude_caches(true);
        let copied = transfer.tree(&source, &target)?;
        stage.differences += copied.failed;
        Ok(format!("{} files, {}", copied.files, human(copied.bytes)))
    })
}

fn look_around(stage: &mut Stage<'_>) -> Outcome<Found> {
    stage.step("larder ls tour:files", |stage| {
        let place = stage.host.resolve("tour:files")?;
        let entries = place.store.listdir(&place.path, Detail::Kind)?;
        let names: Vec<String> = entries.map(|entry| Ok(entry?.name)).collect::<Outcome<_>>()?;
        let some = names.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ");
        Ok(format!("{} entries: {some}{}", names.len(), if names.len() > 5 { ", ..." } else { "" }))
    })?;
    let mut found = Found { files: 0, ending: None };
    stage.step("larder walk tour:files", |stage| {
        let place = stage.host.resolve("tour:files")?;
        let (mut directories, mut bytes) = (0_u64, 0);
        let mut endings: BTreeMap<String, u64> = BTreeMap::new();
        let options = WalkOptions::default().with_detail(Detail::Full);
        for visit in place.store.walk(&place.path, options)? {
            directories += 1;
            for file in visit?.files {
                found.files += 1;
                bytes += file.size.unwrap_or_default();
                if let Some((_, ending)) = file.name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) {
                    *endings.entry(ending.to_owned()).or_default() += 1;
                }
            }
        }
        found.ending = endings.into_iter().max_by_key(|(_, count)| *count).map(|(ending, _)| ending);
        Ok(format!("{directories} directories, {} files, {}", found.files, human(bytes)))
    })?;
    Ok(found)
}

fn glob(stage: &mut Stage<'_>, found: &Found) -> Outcome {
    let plain = found.ending.as_deref().filter(|ending| ending.chars().all(char::is_alphanumeric));
    let pattern = plain.map_or("tour:files/**/*".to_owned(), |ending| format!("tour:files/**/*.{ending}"));
    stage.step(&format!("larder glob '{pattern}'"), |stage| {
        let place = stage.host.resolve(&pattern)?;
        let matches: Vec<_> =
            place.store.glob(&place.path)?.collect::<larder_plugin_api::Result<_>>().map_err(Error::from)?;
        Ok(match matches.first() {
            Some(first) => format!("{} matches, the first one tour:{}", matches.len(), first.name),
            None => "nothing matches".to_owned(),
        })
    })
}

fn copy_out(stage: &mut Stage<'_>, found: &Found) -> Outcome {
    let back = stage.back();
    stage.step(&format!("larder get -r tour:files {}", back.display()), |stage| {
        let source = place(stage, "tour:files")?;
        let mut progress = Progress::new(stage.context);
        let copied = Transfer::new(stage.context.cancellation.clone(), &mut progress)
            .tree(&source, &End::local(&back))?;
        stage.differences += copied.failed;
        Ok(format!("{} files, {}", copied.files, human(copied.bytes)))
    })?;
    let (back, files) = (back.display().to_string(), found.files);
    let command =
        format!("larder verify tour:files {}; larder verify tour:files {back}", stage.directory.display());
    stage.step(&command, |stage| compare_all(stage, files))
}

fn move_and_remove(stage: &mut Stage<'_>, found: &Found) -> Outcome {
    let files = found.files;
    stage.step("larder mv tour:files tour:moved", |stage| {
        let place = stage.host.resolve("tour:files")?;
        place.store.rename("files", "moved", false)?;
        let moved = count(stage, "tour:moved")?;
        stage.differences += moved.abs_diff(files);
        Ok(format!("{moved} files are there now, {} under the old name", count(stage, "tour:files")?))
    })?;
    stage.step("larder rm -r tour:moved", |stage| {
        let place = stage.host.resolve("tour:moved")?;
        place.store.rmtree(&place.path)?;
        let left = count(stage, "tour:")?;
        stage.differences += left;
        Ok(format!("{left} files are left in the store"))
    })
}
