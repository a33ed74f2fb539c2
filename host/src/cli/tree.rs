//! `larder tree`: what is below a directory, drawn.

mod descent;
mod drawing;
mod nodes;

use clap::Args;
use larder::Place;
use larder_plugin_api::Kind;

use super::context::Context;
use super::each::each;
use super::failure::{Failure, Outcome};
use super::place::resolve;
use super::printer::Format;
use descent::{Descent, Step};
use drawing::Lines;
use nodes::{Csv, Json, Node, Yaml};

/// Draw what is below a directory
///
/// JSON: `{"address", "name", "kind", "children"}`; children are of the same shape, only a directory has them. CSV has a
/// row an entry, without children.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder tree mine:
  larder tree -L 2 mine:runs")]
pub struct TreeArgs {
    /// Where to begin
    #[arg(required = true)]
    paths: Vec<String>,
    /// How many levels to go down
    #[arg(short = 'L', long, value_name = "LEVELS", value_parser = clap::value_parser!(u64).range(1..))]
    level: Option<u64>,
}

/// How a tree is printed, one entry at a time: however deep it is, only its names are held on the way down.
trait Picture {
    /// A file, or a directory whose entries follow.
    fn entry(&mut self, node: &Node<'_>) -> Outcome;

    /// The end of the last directory.
    fn leave(&mut self) -> Outcome;

    fn end(&mut self) -> Outcome {
        Ok(())
    }
}

pub fn run(arguments: &TreeArgs, context: &Context) -> Outcome {
    each(context, &arguments.paths, |path| {
        let place = resolve(context, path)?;
        let levels = arguments.level.unwrap_or(u64::MAX);
        let printer = &context.printer;
        match printer.format {
            Format::Table => print(context, &place, levels, &mut Lines::new(printer)),
            Format::Json => print(context, &place, levels, &mut Json::new(printer)),
            Format::Yaml => print(context, &place, levels, &mut Yaml::new(printer)),
            Format::Csv => print(context, &place, levels, &mut Csv::new(printer)),
        }
    })
}

fn print(context: &Context, place: &Place, levels: u64, picture: &mut dyn Picture) -> Outcome {
    let mut descent = Descent::new(context, place, levels)?;
    let name = place.path.rsplit('/').next().unwrap_or_default();
    picture.entry(&Node { address: &place.to_string(), name, kind: Kind::Directory, last: true })?;
    let mut address = format!("{}:", place.store.name());
    let store_bytes = address.len();
    while let Some(step) = descent.step()? {
        let Step::Entry { entry, path, last } = step else {
            picture.leave()?;
            continue;
        };
        address.truncate(store_bytes);
        address.push_str(path);
        picture.entry(&Node { address: &address, name: &entry.name, kind: entry.kind, last })?;
    }
    picture.end()?;
    if descent.failed { Err(Failure::Told) } else { Ok(()) }
}
