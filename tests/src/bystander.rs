//! An honest client that lives beside an attack, and tells what it notices of it.

use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, anyhow, ensure};
use bytes::Bytes;
use penstock_records::Encoding;
use tokio::time::Instant;

use crate::client::Client;
use crate::producer::{batch, create_topic, fetch, produce};

const TOPIC: &str = "bystander";

/// The longest that one round may take: a produce and a fetch. Debug builds on two busy cores,
/// one of which the attacker uses; a client gives up after 30 s.
const ROUND_MAX: Duration = Duration::from_secs(5);

/// Between two rounds.
const PACE: Duration = Duration::from_millis(2);

/// Rounds on one connection, so that new ones are tried too.
const ROUNDS_PER_CONNECTION: i64 = 25;

/// See the module.
#[derive(Debug)]
pub struct Bystander {
    stop: Sender<()>,
    rounds: Receiver<Duration>,
    thread: JoinHandle<anyhow::Result<()>>,
}

impl Bystander {
    /// Starts its rounds, none of which may take longer than five seconds.
    #[must_use]
    pub fn start(address: SocketAddr) -> Self {
        let (stop, stopped) = channel();
        let (report, rounds) = channel();
        let thread = std::thread::spawn(move || run(address, &stopped, &report));
        Self { stop, rounds, thread }
    }

    /// Waits for so many more rounds.
    ///
    /// # Errors
    /// When one takes too long.
    pub fn goes_on(&self, rounds: usize) -> anyhow::Result<()> {
        for round in self.rounds.try_iter() {
            check(round)?;
        }
        for _ in 0..rounds {
            let round = self.rounds.recv_timeout(ROUND_MAX);
            let round = round.map_err(|_| anyhow!("no round within {ROUND_MAX:?}"))?;
            check(round)?;
        }
        Ok(())
    }

    /// Ends it.
    ///
    /// # Errors
    /// When any round failed or took too long.
    ///
    /// # Panics
    /// Never.
    pub fn finish(self) -> anyhow::Result<()> {
        // It may have failed, and stopped by itself.
        let _ = self.stop.send(());
        self.thread.join().expect("a bystander does not panic").context("the bystander")?;
        self.rounds.try_iter().try_for_each(check)
    }
}

fn check(round: Duration) -> anyhow::Result<()> {
    ensure!(round <= ROUND_MAX, "a round of the bystander took {round:?}");
    Ok(())
}

fn run(
    address: SocketAddr,
    stopped: &Receiver<()>,
    report: &Sender<Duration>,
) -> anyhow::Result<()> {
    let mut client = Client::connect(address)?;
    create_topic(&mut client, TOPIC)?;
    let mut next = 0_i64;
    while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(PACE) {
        let begun = Instant::now();
        if next % ROUNDS_PER_CONNECTION == 0 {
            client = Client::connect(address)?;
        }
        let value = Bytes::from(next.to_string());
        let sent = batch(Encoding::None, None, std::slice::from_ref(&value));
        ensure!(produce(&mut client, TOPIC, 0, sent)? == next, "offsets are in order");
        let (read, _) = fetch(&mut client, TOPIC, 0, next, 0)?;
        ensure!(read == [(next, value)], "what was produced is read");
        next += 1;
        // The test may have seen enough.
        let _ = report.send(begun.elapsed());
    }
    Ok(())
}
