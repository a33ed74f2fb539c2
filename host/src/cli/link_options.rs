//! What becomes of symbolic links and of special files, as options of the commands that copy trees.

use clap::{Args, ValueEnum};
use larder::Error;
use larder::transfer::{End, LinkOptions, Links};

use super::failure::Outcome;

#[derive(Args, Debug, Clone, Copy, Default)]
pub struct LinkArgs {
    /// What becomes of symbolic links in the source
    ///
    /// Without it, a link to a file is the file; a link to a directory or to nothing is left out, told, and the command
    /// exits with 1.
    #[arg(long, value_enum)]
    links: Option<LinkChoice>,
    /// Leave out pipes, sockets and devices: they are not told, and no failure
    #[arg(long)]
    skip_special: bool,
    /// Follow a link to a directory in a local target, where a directory goes
    #[arg(long)]
    keep_directory_symlink: bool,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum LinkChoice {
    /// Leave all of them out; that is no failure
    Skip,
    /// A link to a directory is the directory, unless the link is within it; from a local directory only
    Follow,
    /// Make the links anew; between two local directories only
    Keep,
}

impl LinkArgs {
    /// The options, for copies from these sources to a target.
    pub fn options<'a>(
        self,
        sources: impl IntoIterator<Item = &'a End>,
        target: &End,
    ) -> Outcome<LinkOptions> {
        let all_local = sources.into_iter().all(End::is_local);
        let links = match self.links {
            None => Links::Default,
            Some(LinkChoice::Skip) => Links::Skip,
            Some(LinkChoice::Follow) if all_local => Links::Follow,
            Some(LinkChoice::Keep) if all_local && target.is_local() => Links::Keep,
            Some(LinkChoice::Follow) => {
                return Err(Error::usage(
                    "--links=follow needs a local directory as the source: no store enters links",
                )
                .into());
            }
            Some(LinkChoice::Keep) => {
                return Err(Error::usage(
                    "--links=keep needs two local directories: a store has no links to make",
                )
                .into());
            }
        };
        let Self { skip_special, keep_directory_symlink, .. } = self;
        Ok(LinkOptions { links, skip_special, keep_directory_symlink })
    }
}
