//! The command line, one file a subcommand; beside them what concerns many of them.

mod transcript;
