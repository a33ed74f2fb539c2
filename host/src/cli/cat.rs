//! `larder cat`: files to the standard output.

use std::io::{self, Write};

use clap::Args;
use larder::Error;
use larder::transfer::{End, Ignore, LocalReader, LocalWriter, Transfer};
use larder_plugin_api::ErrorKind as StoreErrorKind;

use super::context::Context;
use super::each::{each, hint};
use super::failure::{Failure, Outcome};
use super::place::source;

/// Print files
///
/// `-` is the standard input.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder cat mine:docs/readme.md
  larder cat mine:logs/a.gz | gunzip | less
  date | larder cat mine:head - mine:tail")]
pub struct CatArgs {
    /// Files
    #[arg(required = true)]
    paths: Vec<String>,
}

pub fn run(arguments: &CatArgs, context: &Context) -> Outcome {
    each(context, &arguments.paths, |path| {
        if path == "-" {
            return from_stdin(context);
        }
        to_stdout(context, &source(context, path)?.end)
    })
}

/// What the standard output is called in an error.
const STDOUT: &str = "standard output";

/// Copies a file to the standard output.
pub fn to_stdout(context: &Context, source: &End) -> Outcome {
    let mut out = Watched::stdout(context)?;
    let mut ignore = Ignore;
    let copied = Transfer::new(context.cancellation.clone(), &mut ignore).to_writer(source, &mut out, STDOUT);
    match (out.failed, copied) {
        (Some(error), _) => Err(Failure::Output(error)),
        (None, Ok(_)) => Ok(()),
        (None, Err(error)) => {
            let is_directory = "larder ls lists it, larder get -r copies it";
            Err(hint(error, StoreErrorKind::IsADirectory, is_directory).into())
        }
    }
}

fn from_stdin(context: &Context) -> Outcome {
    let unreadable = |error| Error::io("the standard input cannot be read", error);
    let mut stdin = LocalReader::stdin(&context.cancellation).map_err(unreadable)?;
    let mut out = Watched::stdout(context)?;
    match (io::copy(&mut stdin, &mut out), out.failed) {
        (_, Some(error)) => Err(Failure::Output(error)),
        (Err(error), None) => Err(unreadable(error).into()),
        (Ok(_), None) => Ok(()),
    }
}

/// The standard output, past the printer: Ctrl-C is noticed while a reader does not take what was written. It remembers what
/// failed, so that a reader that went away can be told from a failure.
struct Watched {
    out: LocalWriter,
    failed: Option<io::Error>,
}

impl Watched {
    fn stdout(context: &Context) -> Outcome<Self> {
        // What was printed before comes first.
        context.printer.out().flush()?;
        Ok(Self { out: LocalWriter::stdout(&context.cancellation)?, failed: None })
    }
}

impl Write for Watched {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let written = self.out.write(data);
        if let Err(error) = &written
            && let Some(code) = error.raw_os_error()
        {
            self.failed = Some(io::Error::from_raw_os_error(code));
        }
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
