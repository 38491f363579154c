//! When to build a snapshot, and what of the log to give up for it.
//!
//! The log is given up to the snapshot before the newest: whichever of the two is read at a start,
//! the log goes on from there.

use tokio::sync::watch;

use crate::settings::QuorumSettings;
use crate::type_config::{Fatal, Raft};

/// What was applied and saved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Entries applied since the last snapshot was begun.
    pub(crate) entries: u64,
    /// Their encoded bytes.
    pub(crate) bytes: u64,
    /// The last index that the snapshot before the newest includes.
    pub(crate) previous_snapshot: Option<u64>,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Build a snapshot now.
    pub(crate) build: bool,
    /// Give up the log up to this index.
    pub(crate) purge: Option<u64>,
}

/// Given what was asked to be purged before.
pub(crate) fn plan(settings: &QuorumSettings, progress: Progress, purged: Option<u64>) -> Plan {
    let build =
        progress.entries >= settings.snapshot_entries || progress.bytes >= settings.snapshot_bytes;
    let purge = progress.previous_snapshot.filter(|upto| purged.is_none_or(|done| done < *upto));
    Plan { build: build && progress.entries > 0, purge }
}

/// Follows the progress until openraft stops or the state machine is gone.
pub(crate) async fn run(
    raft: Raft,
    mut progress: watch::Receiver<Progress>,
    settings: QuorumSettings,
) -> Result<(), Fatal> {
    let mut purged = None;
    loop {
        let now = *progress.borrow_and_update();
        let Plan { build, purge } = plan(&settings, now, purged);
        if let Some(upto) = purge {
            raft.trigger().purge_log(upto).await?;
            purged = purge;
        }
        if build {
            // While one is being built, openraft takes no notice; the counts start anew then.
            raft.trigger().snapshot().await?;
        }
        if progress.changed().await.is_err() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans() {
        let settings =
            QuorumSettings { snapshot_entries: 10, snapshot_bytes: 100, ..Default::default() };
        let check = |entries, bytes, previous_snapshot, purged, build, purge| {
            let progress = Progress { entries, bytes, previous_snapshot };
            assert_eq!(plan(&settings, progress, purged), Plan { build, purge });
        };
        check(0, 0, None, None, false, None);
        check(9, 99, None, None, false, None);
        check(10, 0, None, None, true, None);
        check(1, 100, None, None, true, None);
        check(0, 0, Some(40), None, false, Some(40));
        check(0, 0, Some(40), Some(40), false, None);
        check(12, 0, Some(50), Some(40), true, Some(50));
    }
}
