//! The command line: what can be asked of the program.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// A Kafka-compatible broker that keeps its records in object storage.
#[derive(Debug, Parser)]
#[command(
    name = "penstock",
    version,
    about,
    arg_required_else_help = true,
    propagate_version = true
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a node in the foreground.
    ///
    /// Without arguments: Kafka on 127.0.0.1:9092, admin HTTP on 127.0.0.1:9644, everything under
    /// ./penstock-data. Prints one line when it is ready. SIGTERM or SIGINT drains and ends with
    /// 0; a second one ends it at once.
    #[command(after_help = SETTINGS_HELP)]
    Server(ServerArgs),
    /// Decode what is stored, read-only, and verify every checksum of it.
    Inspect(InspectArgs),
    /// Verify that the store holds what the metadata says, every byte of it, and nothing else.
    ///
    /// Takes the settings that the node is started with. Reads every object; a node that is running
    /// meanwhile may have deleted some that were found in use. Ends with 1 where something does not
    /// hold, or is there too many.
    #[command(after_help = SETTINGS_HELP)]
    Verify(VerifyArgs),
    /// Check a configuration and its world, and say what to do for each failure.
    #[command(after_help = SETTINGS_HELP)]
    Doctor(SettingsArgs),
}

const SETTINGS_HELP: &str = "\
Settings come from the file, over it from the environment (PENSTOCK_ and the key in capitals, _ for
.), over that from --set. All of them, with type, default and unit: docs/configuration.md.
Logs go to standard error; PENSTOCK_LOG sets their level (error, warn, info, debug).";

/// Where settings come from.
#[derive(Args, Clone, Debug)]
pub struct SettingsArgs {
    /// A properties file, as Kafka's server.properties.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// One setting; may be repeated.
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
}

/// See [`Command::Server`].
#[derive(Args, Debug)]
pub struct ServerArgs {
    /// Where settings come from.
    #[command(flatten)]
    pub settings: SettingsArgs,
}

/// See [`Command::Verify`].
#[derive(Args, Debug)]
pub struct VerifyArgs {
    /// Where settings come from.
    #[command(flatten)]
    pub settings: SettingsArgs,
    /// Delete objects that nothing refers to, and nothing ever will; unless something does not hold.
    #[arg(long)]
    pub delete_orphans: bool,
}

/// See [`Command::Inspect`].
#[derive(Args, Debug)]
pub struct InspectArgs {
    /// What to decode.
    #[command(subcommand)]
    pub what: InspectWhat,
}

/// What to decode.
#[derive(Debug, Subcommand)]
pub enum InspectWhat {
    /// An object: footer, index, blocks.
    Object(PlaceArgs),
    /// A write-ahead log: segments, streams, the durable end.
    Wal(WalArgs),
    /// A node's metadata: cluster, brokers, topics, streams, objects. Of its data.dir or, with
    /// wal.url=object, of the store in its storage.url, which may be followed by /meta/{cluster}.
    Metadata(PlaceArgs),
}

/// Where it lies.
#[derive(Args, Debug)]
pub struct PlaceArgs {
    /// A path, or a URL such as file:///path.
    #[arg(value_name = "PATH-OR-URL")]
    pub place: String,
}

/// Which log, and how much of it.
#[derive(Args, Debug)]
pub struct WalArgs {
    /// Where it lies.
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Show every entry, not just what each stream has in the log.
    #[arg(long)]
    pub entries: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_commands_of_the_contract_are_there() {
        Cli::command().debug_assert();
        for arguments in [
            "penstock server",
            "penstock server --config f --set a=b --set c=d",
            "penstock inspect object x",
            "penstock inspect wal x",
            "penstock inspect wal --entries x",
            "penstock inspect metadata x",
            "penstock verify --delete-orphans --set a=b",
            "penstock doctor --config f",
        ] {
            assert!(Cli::try_parse_from(arguments.split(' ')).is_ok(), "{arguments}");
        }
        for arguments in ["penstock", "penstock serve", "penstock inspect", "penstock inspect wal"]
        {
            let error = Cli::try_parse_from(arguments.split(' ')).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{arguments}");
        }
        for arguments in ["penstock --help", "penstock server --help", "penstock inspect --version"]
        {
            let error = Cli::try_parse_from(arguments.split(' ')).unwrap_err();
            assert_eq!(error.exit_code(), 0, "{arguments}");
        }
    }
}
