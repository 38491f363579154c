//! The `penstock` program: arguments in, one line and an exit code out.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Parser;
use penstock_broker::cli::{Cli, Command, InspectWhat, SettingsArgs, VerifyArgs};
use penstock_broker::config::given::LOG_VARIABLE;
use penstock_broker::config::{Given, NodeConfig};
use penstock_broker::node::{Node, Parts};
use penstock_broker::signals::Signals;
use penstock_broker::{doctor, inspect, shutdown};
use penstock_wal::files::OsFiles;
use tracing_subscriber::EnvFilter;

/// What is logged unless `PENSTOCK_LOG` says otherwise: openraft tells every step of an election.
const LOGS: &str = "info,openraft=warn";

fn main() -> ExitCode {
    let cli = Cli::parse();
    start_logs();
    let result = match &cli.command {
        Command::Server(args) => serve(&args.settings),
        Command::Inspect(args) => inspect_stored(&args.what),
        Command::Verify(args) => verify_store(args),
        Command::Doctor(args) => check_world(args),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("penstock: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Logs go to standard error, so that standard output is only what was asked for.
fn start_logs() {
    let filter = EnvFilter::try_from_env(LOG_VARIABLE).unwrap_or_else(|_| EnvFilter::new(LOGS));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

fn settings(args: &SettingsArgs) -> anyhow::Result<(Given, NodeConfig)> {
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let given = Given::load(args.config.as_deref(), environment, &args.set)?;
    let config = NodeConfig::new(&given)?;
    Ok((given, config))
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("cannot start the runtime's threads")
}

fn serve(args: &SettingsArgs) -> anyhow::Result<ExitCode> {
    let (given, config) = settings(args)?;
    let runtime = runtime()?;
    let code = runtime.block_on(Box::pin(run_node(given, config)));
    // Whatever still runs was told to stop, or is to be stopped by force.
    runtime.shutdown_background();
    code
}

async fn run_node(given: Given, config: NodeConfig) -> anyhow::Result<ExitCode> {
    let mut signals = Signals::new().context("cannot listen for signals")?;
    let parts = Parts::of_system(given, config, Arc::new(OsFiles));
    let node = tokio::select! {
        // Nothing has been promised to anybody: to stop now is as good as never to have started.
        () = signals.next() => return Ok(ExitCode::SUCCESS),
        node = Node::start(parts) => node?,
    };
    writeln!(std::io::stdout(), "{}", node.ready_line()).context("cannot write to stdout")?;
    let (trigger, shutdown) = shutdown::channel();
    let mut running = std::pin::pin!(node.run(shutdown));
    tokio::select! {
        result = &mut running => result?,
        () = signals.next() => {
            trigger.request();
            tokio::select! {
                result = running => result?,
                () = signals.next() => anyhow::bail!("stopped at once by a second signal"),
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn inspect_stored(what: &InspectWhat) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    match what {
        InspectWhat::Object(args) => runtime()?.block_on(inspect::object(&args.place, &mut out))?,
        InspectWhat::Wal(args) => {
            runtime()?.block_on(inspect::wal(&args.place.place, args.entries, &mut out))?;
        }
        InspectWhat::Metadata(args) => {
            runtime()?.block_on(inspect::metadata(&args.place, &mut out))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn verify_store(args: &VerifyArgs) -> anyhow::Result<ExitCode> {
    let (_, config) = settings(&args.settings)?;
    let mut out = std::io::stdout().lock();
    let verified = inspect::verify(&config, args.delete_orphans, &mut out);
    let is_clean = runtime()?.block_on(verified)?;
    anyhow::ensure!(is_clean, "not all holds; see the lines above");
    Ok(ExitCode::SUCCESS)
}

fn check_world(args: &SettingsArgs) -> anyhow::Result<ExitCode> {
    let (_, config) = settings(args)?;
    let mut out = std::io::stdout().lock();
    let healthy = runtime()?.block_on(doctor::run(&config, &mut out))?;
    anyhow::ensure!(healthy, "some checks failed; see the lines above for what to do");
    Ok(ExitCode::SUCCESS)
}
