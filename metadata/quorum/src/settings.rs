//! Settings of the metadata quorum, apart from the parts that obey them.

use std::time::Duration;

/// How the quorum is tuned. The same on every controller.
#[derive(Clone, Debug)]
pub struct QuorumSettings {
    /// How often a leader shows the others that it lives.
    pub heartbeat_interval: Duration,
    /// The shortest silence after which a follower stands for election.
    pub election_timeout_min: Duration,
    /// The longest; each wait is drawn anew in between, so that split votes end.
    pub election_timeout_max: Duration,
    /// A snapshot is built when this many entries were applied since the last one …
    pub snapshot_entries: u64,
    /// … or entries of this many encoded bytes, whichever is first.
    pub snapshot_bytes: u64,
    /// Bytes of commands that were submitted here and are not decided, a KiB more for each; more
    /// commands wait.
    pub submit_bytes: usize,
    /// After how long a command that was not decided counts as lost; it may still be decided.
    pub submit_timeout: Duration,
    /// How long the transfer of a snapshot to another voter may take.
    pub snapshot_transfer_timeout: Duration,
    /// Encoded bytes of log entries kept in memory; older ones are read back from the log.
    pub entry_cache_bytes: usize,
    /// Encoded bytes of log entries in one message to another voter; one entry at least.
    pub replication_batch_bytes: usize,
}

impl Default for QuorumSettings {
    /// A start replays the log behind the newest snapshot, some 30,000 entries a second on a busy
    /// machine of two cores: below 0.2 s. The disk keeps two snapshots' worth of log at most.
    fn default() -> Self {
        Self {
            heartbeat_interval: Duration::from_millis(250),
            election_timeout_min: Duration::from_millis(1000),
            election_timeout_max: Duration::from_millis(2000),
            snapshot_entries: 5_000,
            snapshot_bytes: 32 << 20,
            submit_bytes: 16 << 20,
            submit_timeout: Duration::from_secs(10),
            snapshot_transfer_timeout: Duration::from_secs(60),
            entry_cache_bytes: 8 << 20,
            replication_batch_bytes: 1 << 20,
        }
    }
}
