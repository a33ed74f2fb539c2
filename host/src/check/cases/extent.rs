//! Extent: many entries in a directory, many directories in a path.

use larder_plugin_api::WalkOptions;

use crate::check::expect::{equal, same_bytes};
use crate::check::{Case, Checked, Context};

const OPERATION: &str = "extent";

const MANY: usize = 10_000;
const DEEP: usize = 100;

pub const CASES: &[Case] = &[
    case!(lists_10_000_entries, [], "A directory of 10,000 entries lists each once, in order.", |ctx| {
        let paths = many(ctx, "d/")?;
        let names: Vec<String> = paths.iter().map(|path| path["d/".len()..].to_owned()).collect();
        same_names("the names", &ctx.listdir("d")?, &names)
    }),
    case!(
        walks_10_000_entries,
        [],
        "A walk over 10,000 files in one directory gives each once, in order.",
        |ctx| {
            let paths = many(ctx, "")?;
            let visits: Vec<_> =
                ctx.walk("", WalkOptions::default())?.into_iter().collect::<Result<_, _>>()?;
            equal("the number of visits", &visits.len(), &1)?;
            let names: Vec<String> =
                visits.into_iter().flat_map(|visit| visit.files).map(|entry| entry.name).collect();
            same_names("the files", &names, &paths)
        }
    ),
    case!(
        walks_over_10_000_entries_bottom_up,
        [],
        "Bottom-up a directory of 10,000 files beside another one has each of them once, and no other.",
        |ctx| {
            let paths = many(ctx, "d/")?;
            ctx.files(&["c/1", "e/2"])?;
            let options = WalkOptions::default().with_topdown(false);
            let visits: Vec<_> = ctx.walk("", options)?.into_iter().collect::<Result<_, _>>()?;
            let directories: Vec<String> = visits.iter().map(|visit| visit.directory.clone()).collect();
            same_names("the visits", &directories, &["c", "d", "e", ""].map(str::to_owned))?;
            let of_d = visits.iter().filter(|visit| visit.directory == "d");
            let names: Vec<String> =
                of_d.flat_map(|visit| &visit.files).map(|entry| format!("d/{}", entry.name)).collect();
            same_names("the files", &names, &paths)
        }
    ),
    case!(globs_10_000_entries, [], "A pattern matches 10,000 files, each once, in order.", |ctx| {
        let paths = many(ctx, "d/")?;
        same_names("the matches", &ctx.glob("d/f*")?, &paths)
    }),
    case!(removes_10_000_entries, [], "A directory of 10,000 entries is removed.", |ctx| {
        many(ctx, "d/")?;
        ctx.write("keep", "")?;
        ctx.rmtree("d")?;
        ctx.holds(&[("keep", "")])
    }),
    case!(
        renames_a_directory_of_1_000_entries,
        [RenameDirectory],
        "A directory of 1,000 entries is renamed.",
        |ctx| {
            let paths: Vec<String> = (0..1000).map(|index| format!("d/f{index:05}")).collect();
            ctx.many_files(&paths)?;
            ctx.rename("d", "e", true)?;
            let names: Vec<String> = paths.iter().map(|path| path["d/".len()..].to_owned()).collect();
            let mut found = ctx.listdir("e")?;
            found.sort();
            same_names("the names at the new place", &found, &names)?;
            same_names("the names beside it", &ctx.listdir("")?, &["e".to_owned()])
        }
    ),
    case!(walks_1_000_directories, [], "A walk through 1,000 directories visits each once.", |ctx| {
        let paths: Vec<String> = (0..1000).map(|index| format!("d{index:03}/f")).collect();
        ctx.many_files(&paths)?;
        let visits: Vec<_> = ctx.walk("", WalkOptions::default())?.into_iter().collect::<Result<_, _>>()?;
        let visited: Vec<String> = visits.into_iter().skip(1).map(|visit| visit.directory).collect();
        let expected: Vec<String> = (0..1000).map(|index| format!("d{index:03}")).collect();
        same_names("the directories", &visited, &expected)
    }),
    case!(a_file_100_directories_deep, [], "A file 100 directories deep can be written and read.", |ctx| {
        let path = format!("{}f", "d/".repeat(DEEP));
        ctx.write(&path, "deep")?;
        same_bytes("the content", &ctx.read(&path)?, b"deep")?;
        equal("the number of directories and files", &ctx.tree()?.len(), &(DEEP + 1))
    }),
    case!(walks_100_directories_deep, [], "A walk goes 100 directories deep, in both directions.", |ctx| {
        ctx.write(&format!("{}f", "d/".repeat(DEEP)), "deep")?;
        for topdown in [true, false] {
            let visits = ctx.walk("", WalkOptions::default().with_topdown(topdown))?;
            equal("the number of visits", &visits.len(), &(DEEP + 1))?;
        }
        Ok(())
    }),
    case!(globs_100_directories_deep, [], "`**` goes 100 directories deep.", |ctx| {
        let path = format!("{}f", "d/".repeat(DEEP));
        ctx.write(&path, "deep")?;
        same_names("the matches", &ctx.glob("**/f")?, &[path])
    }),
    case!(removes_100_directories_deep, [], "A tree 100 directories deep is removed.", |ctx| {
        ctx.write(&format!("{}f", "d/".repeat(DEEP)), "deep")?;
        ctx.write("keep", "")?;
        ctx.rmtree("d")?;
        ctx.holds(&[("keep", "")])
    }),
    case!(makes_100_directories, [Mkdir], "`makedirs` makes 100 parents.", |ctx| {
        ctx.makedirs(&vec!["d"; DEEP].join("/"))?;
        equal("the number of directories", &ctx.tree()?.len(), &DEEP)
    }),
];

/// Writes many files; their paths, in order.
fn many(ctx: &Context, prefix: &str) -> Checked<Vec<String>> {
    let paths: Vec<String> = (0..MANY).map(|index| format!("{prefix}f{index:05}")).collect();
    ctx.many_files(&paths)?;
    Ok(paths)
}

/// Says where two long lists part.
fn same_names(what: &str, got: &[String], expected: &[String]) -> Checked {
    if let Some(at) = (0..got.len().max(expected.len())).find(|at| got.get(*at) != expected.get(*at)) {
        equal(&format!("{what}, number {at} of {}", expected.len()), &got.get(at), &expected.get(at))?;
    }
    Ok(())
}
