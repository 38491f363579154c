//! What all share: the lines of the event log, time, the store, the network, and what is known.

use std::fmt::Display;

use penstock_wal::files::Dice;

use crate::bucket::Bucket;
use crate::client::Failure;
use crate::environment::WallClock;
use crate::events::Events;
use crate::findings::Findings;
use crate::network::SimNetwork;
use crate::oracle::Oracle;

/// See the module.
pub(crate) struct World {
    seed: u64,
    pub(crate) events: Events,
    pub(crate) findings: Findings,
    pub(crate) wall: WallClock,
    pub(crate) bucket: Bucket,
    pub(crate) network: SimNetwork,
    pub(crate) oracle: Oracle,
}

impl World {
    /// The world of a seed; its lines are printed as they come if they are to be `shown`.
    pub(crate) fn new(seed: u64, shown: bool) -> Self {
        let events = Events::new(shown);
        let findings = Findings::new(events.clone());
        let bucket_seed = dice(seed, "bucket").throw();
        Self {
            seed,
            wall: WallClock::new(events.clone()),
            bucket: Bucket::new(bucket_seed, events.clone(), findings.clone()),
            network: SimNetwork::default(),
            oracle: Oracle::new(findings.clone()),
            events,
            findings,
        }
    }

    /// Dice for one purpose: how often others throw theirs does not matter to them.
    pub(crate) fn dice(&self, purpose: &str) -> Dice {
        dice(self.seed, purpose)
    }

    /// Adds a line to the event log.
    pub(crate) fn note(&self, who: &str, what: impl Display) {
        self.events.note(who, what);
    }

    /// Somebody has no good answer.
    pub(crate) fn failed(&self, who: &str, failure: &Failure) {
        self.note(who, format_args!("<- {failure}"));
        if let Failure::Code(-1) = failure {
            self.findings.add("the server says that it does not know its own error");
        }
    }
}

fn dice(seed: u64, purpose: &str) -> Dice {
    let purpose = u64::from(crc32c::crc32c(purpose.as_bytes()));
    Dice::new(Dice::new(seed).throw() ^ Dice::new(purpose).throw())
}
