//! The differential tester: the same sequences of requests, right, at the edge and wrong, go to
//! Apache Kafka and to Penstock over raw connections, and what they answer is compared field by field.
//!
//! ```text
//!   seed ─► generate ─► sequence ─┬─► player ─► Kafka ────► outcomes ─┬─► compare ─► differences
//!   case ─────────────────────────┘└─► player ─► Penstock ─► outcomes ┘      │            │
//!                                                              chosen: ids   │   justified: the list
//!                                                              in pairs ◄────┘            │
//!                                            report ◄── shrink ◄── whatever is not in it ─┘
//! ```
//!
//! A difference counts when it shows again: what depends on the moment does not.

mod batch;
mod cases;
mod chosen;
mod codec;
mod compaction;
mod compare;
mod connection;
mod generate;
mod justified;
mod peer;
mod played;
mod player;
mod run;
mod sequence;
mod shrink;
mod trial;

use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use clap::Parser;
use penstock_wire::ApiKey;
use serde_json::json;

use crate::connection::Connection;
use crate::justified::Shown;
use crate::peer::Peer;
use crate::run::Source;

/// So many sequences show each difference that there is.
const STALE_AFTER: u64 = 5000;

/// Compares Penstock's answers with Apache Kafka's.
#[derive(Debug, Parser)]
struct Arguments {
    /// The server's program.
    #[arg(long, default_value = "target/debug/penstock")]
    server: PathBuf,
    /// The file that names Kafka's jars.
    #[arg(long, default_value = "tests/clients/java/target/classpath.txt")]
    classpath: PathBuf,
    /// How many sequences, besides the cases.
    #[arg(long, default_value_t = 300)]
    sequences: u64,
    /// The first one's seed; the others follow it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many are played at a time.
    #[arg(long, default_value_t = 4)]
    workers: usize,
    /// Print the first seed's sequence, as a case has it, and play nothing.
    #[arg(long)]
    show: bool,
    /// Instead of sequences, so many compacted logs.
    #[arg(long)]
    compacted_logs: Option<u64>,
    /// Only the case of this name.
    #[arg(long)]
    case: Option<String>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if arguments.show {
        for step in generate::sequence(arguments.seed) {
            println!("{}", step.to_json());
        }
        return Ok(());
    }
    if let Some(logs) = arguments.compacted_logs {
        let kafka = peer::kafka(&arguments.classpath, compaction::KAFKA)?;
        let penstock = peer::penstock(&arguments.server, compaction::PENSTOCK)?;
        return compaction::run(&kafka, &penstock, arguments.seed..arguments.seed + logs);
    }
    let mut sources: Vec<Source> =
        cases::all()?.into_iter().map(|(name, steps)| Source::Case(name, steps)).collect();
    match &arguments.case {
        Some(wanted) => {
            sources.retain(|source| matches!(source, Source::Case(name, _) if name == wanted));
        }
        None => {
            let seeds = arguments.seed..arguments.seed + arguments.sequences;
            sources.extend(seeds.map(Source::Seed));
        }
    }
    let kafka = peer::kafka(&arguments.classpath, peer::NO_CLEANER)?;
    let penstock = peer::penstock(&arguments.server, &[])?;
    let missing = without_generator(&advertised(&penstock)?);
    ensure!(missing.is_empty(), "advertised, and asked by no generator: {}", missing.join(", "));
    let shown = Shown::default();
    let report = run::run((&kafka, &penstock), &sources, arguments.workers, &shown);
    print!("{}", report.text());
    println!("{} differences are listed:", justified::lines().count());
    for line in justified::lines() {
        println!("{:6} × {}: {}", shown.times(line), line.name, line.why);
    }
    let is_long = arguments.case.is_none() && arguments.sequences >= STALE_AFTER;
    if is_long && justified::lines().any(|line| shown.times(line) == 0) {
        bail!("a difference is listed that no sequence shows: it is stale");
    }
    if let Some(broken) = &report.broken {
        bail!("{broken}\nkafka said: {}\npenstock said: {}", kafka.said(), penstock.said());
    }
    if !report.faults.is_empty() {
        bail!("Penstock differs from Kafka where the list does not say so");
    }
    Ok(())
}

/// The APIs that a server says it serves.
fn advertised(peer: &Peer) -> anyhow::Result<Vec<ApiKey>> {
    let mut connection = Connection::open(peer.address)?;
    let answer = connection.call(ApiKey::ApiVersions, 0, &json!({}))?;
    let keys = answer["api_keys"].as_array().context("no list of APIs")?;
    let keys = keys.iter().filter_map(|api| i16::try_from(api["api_key"].as_i64()?).ok());
    keys.map(|key| Ok(ApiKey::try_from(key)?)).collect()
}

/// Those that no sequence asks.
fn without_generator(advertised: &[ApiKey]) -> Vec<&'static str> {
    let asked = |api: &ApiKey| generate::GENERATORS.iter().any(|(asked, _)| asked == api);
    advertised.iter().filter(|api| !asked(api)).map(|api| api.name()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_that_no_sequence_asks_is_told_of() {
        let advertised = [ApiKey::Fetch, ApiKey::EndTxn, ApiKey::OffsetDelete];
        assert_eq!(without_generator(&advertised), ["EndTxn"]);
    }
}
