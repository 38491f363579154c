//! What happened in histories, so that a test can tell that it tested something.

use std::fmt;

use crate::faults::End;
use crate::server::Seen;
use crate::world::World;

/// Declares the counts, each with what it is.
macro_rules! counts {
    ($($(#[doc = $doc:literal])? $name:ident,)*) => {
        /// See the module.
        #[derive(Clone, Copy, Debug, Default)]
        pub(crate) struct Tally {
            $($(#[doc = $doc])? pub(crate) $name: u64,)*
        }

        impl Tally {
            /// All of them, by name.
            pub(crate) fn counts(&self) -> Vec<(&'static str, u64)> {
                vec![$((stringify!($name), self.$name)),*]
            }

            pub(crate) fn add(&mut self, more: &Self) {
                $(self.$name += more.$name;)*
            }
        }
    };
}

counts! {
    histories,
    /// Lives in which the node came as far as serving.
    served_lives,
    kills,
    power_cuts,
    stops,
    /// Records that were acknowledged.
    acked,
    read,
    /// Batches that were sent again after their answer.
    duplicates,
    commits,
    /// Members of a group that were given their part of it.
    syncs,
    deleted_topics,
    /// Log starts that were seen to have moved.
    moved_starts,
    /// Objects of records that were put, and deleted.
    put_objects,
    deleted_objects,
    rotten_objects,
    /// Commands of the metadata.
    commands,
    /// Objects that took the place of others.
    compactions,
    /// Large objects that the store made of others.
    merges,
    /// Objects that log compaction wrote.
    cleanings,
    /// Requests to the store that failed.
    failed_requests,
    /// Lives in which part of the store fell silent.
    silences,
    /// Objects of the log that were deleted.
    trimmed_objects,
    /// Leases that the dead left behind.
    left_leases,
    /// Simulated hours.
    hours,
}

impl Tally {
    /// A life has ended.
    pub(crate) fn life(&mut self, end: End, seen: Option<&Seen>) {
        match end {
            End::Kill => self.kills += 1,
            End::PowerCut => self.power_cuts += 1,
            End::Stop => self.stops += 1,
        }
        if let Some(seen) = seen {
            self.served_lives += 1;
            self.commands = seen.metadata.image().index().0;
            if end != End::Stop {
                self.left_leases += seen.metadata.image().leases().count() as u64;
            }
            self.compactions += seen.storage.counters().compactions.get();
            self.merges += seen.storage.counters().merges.get();
            self.cleanings += seen.storage.counters().cleanings.get();
        }
    }

    /// The history has ended.
    pub(crate) fn take(&mut self, world: &World) {
        let (known, store) = (world.oracle.counts(), world.bucket.counts());
        self.acked = known.acked;
        self.read = known.read;
        self.duplicates = known.duplicates;
        self.commits = known.commits;
        self.syncs = known.syncs;
        self.deleted_topics = known.deleted_topics;
        self.moved_starts = known.moved_starts;
        self.put_objects = store.put;
        self.deleted_objects = store.deleted;
        self.rotten_objects = store.rotten;
        self.failed_requests = store.failed;
        self.silences = store.silences;
        self.trimmed_objects = store.trimmed;
        self.hours = world.events.now().as_secs() / 3_600;
    }

    /// What did not even happen in every third history.
    pub(crate) fn rare(&self) -> Vec<&'static str> {
        let rare = |(_, count): &(&str, u64)| *count < self.histories / 3;
        self.counts().into_iter().filter(rare).map(|(name, _)| name).collect()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (name, count)) in self.counts().into_iter().enumerate() {
            let before = if place > 0 { ", " } else { "" };
            write!(f, "{before}{} {count}", name.replace('_', " "))?;
        }
        Ok(())
    }
}
