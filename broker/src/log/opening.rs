//! A partition that is being opened, as those see it who ask for it meanwhile.

use std::sync::Arc;
use std::time::Duration;

use penstock_model::id::StreamEpoch;
use penstock_model::watch;
use tokio::time::{Instant, timeout_at};

use super::partition::Partition;
use super::partitions::PartitionError;

/// How long clients wait for it, counted from its beginning; then they are told to come back. Long
/// enough for a store that answers, short enough that a connection is not held up by one that does
/// not.
const OPEN_WAIT: Duration = Duration::from_secs(1);

pub(super) type Outcome = Result<Arc<Partition>, PartitionError>;

/// See the module. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Opening {
    pub(super) epoch: StreamEpoch,
    until: Instant,
    outcome: watch::Receiver<Option<Outcome>>,
}

impl Opening {
    /// It begins now, and ends when the sender says so.
    pub(super) fn begin(epoch: StreamEpoch) -> (watch::Sender<Option<Outcome>>, Self) {
        let (sender, outcome) = watch::channel(None);
        (sender, Self { epoch, until: Instant::now() + OPEN_WAIT, outcome })
    }

    /// Waits for a short time.
    pub(super) async fn wait(self) -> Outcome {
        let until = self.until;
        timeout_at(until, self.end()).await.unwrap_or(Err(PartitionError::Opening))
    }

    /// Waits for as long as it takes.
    pub(super) async fn end(mut self) -> Outcome {
        let ended = self.outcome.wait_for(Option::is_some).await;
        let outcome = ended.ok().flatten();
        let broken_off = || PartitionError::Unavailable("its opening was broken off".into());
        outcome.unwrap_or_else(|| Err(broken_off()))
    }
}
