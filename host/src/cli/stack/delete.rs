//! `larder stack delete`.

use clap::Args;

use super::super::confirm::confirm;
use super::super::context::Context;
use super::super::each::each;
use super::super::failure::Outcome;

/// Take stacks out of the registry
///
/// The artifacts stay where they are. With `-r`, and for the active stack, `-y` or an answer is needed.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder stack delete old
  larder stack delete -y -r old")]
pub struct DeleteArgs {
    /// The stacks
    #[arg(required = true)]
    names: Vec<String>,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Delete the registration of its artifact store, too, unless another stack uses it
    #[arg(short, long)]
    recursive: bool,
}

pub fn run(arguments: &DeleteArgs, context: &Context) -> Outcome {
    each(context, &arguments.names, |name| {
        ask(arguments, context, name)?;
        let deleted = context.host()?.update(|registry| registry.delete_stack(name, arguments.recursive))?;
        let printer = &context.printer;
        printer.note(&format!("stack `{name}` deleted"));
        if let Some(store) = deleted.deleted_store {
            printer.note(&format!("artifact store `{store}` deleted; its artifacts were left alone"));
        }
        if let Some((store, users)) = deleted.kept_store {
            printer.warn(&format!("artifact store `{store}` stays: used by {}", users.join(", ")));
        }
        if deleted.was_active {
            printer.warn("no stack is active any more");
        }
        for directory in deleted.directories {
            printer.warn(&format!("directory `{directory}` has no stack of its own any more"));
        }
        Ok(())
    })
}

fn ask(arguments: &DeleteArgs, context: &Context, name: &str) -> Outcome {
    let host = context.host()?;
    host.registry()?.stack(name)?;
    let active = host.active_stack()?.is_some_and(|active| active.name == name);
    let what = match (arguments.recursive, active) {
        (true, _) => format!("delete stack `{name}` and the registration of its artifact store"),
        (false, true) => format!("delete stack `{name}`, which is the active one"),
        (false, false) => return Ok(()),
    };
    confirm(context, arguments.yes, &what)
}
