//! Deletes what is trimmed, off everybody's path, and tries again as long as the store fails.

use std::sync::Arc;

use object_store::path::Path;
use tokio::sync::watch;
use tokio::time::sleep;

use super::bucket::Bucket;
use super::sequence::Sequence;
use super::{LogPart, epoch_of};

/// How many keys are deleted with one call: as many as S3 takes in one request.
const DELETES_MAX: usize = 1000;

/// See the module. Ends when the log is gone and all is deleted that was to be.
pub(super) struct Trimmer {
    pub(super) bucket: Arc<Bucket>,
    pub(super) parts: Arc<[LogPart]>,
    /// The first object that is to stay.
    pub(super) keep: watch::Receiver<Sequence>,
    /// The first object that is not deleted yet.
    pub(super) deleted: watch::Sender<Sequence>,
}

impl Trimmer {
    pub(super) async fn run(mut self, leftovers: Vec<Path>) {
        let mut next = *self.deleted.borrow();
        for chunk in leftovers.chunks(DELETES_MAX) {
            self.delete(chunk.to_vec()).await;
        }
        loop {
            let keep = *self.keep.borrow_and_update();
            while next < keep {
                let end = keep.min(Sequence(next.0 + DELETES_MAX as u64));
                let sequences = (next.0..end.0).map(Sequence);
                let keys = sequences
                    .map(|sequence| self.bucket.key(epoch_of(&self.parts, sequence), sequence));
                self.delete(keys.collect()).await;
                next = end;
                self.deleted.send_replace(next);
            }
            if self.keep.changed().await.is_err() {
                return;
            }
        }
    }

    async fn delete(&self, keys: Vec<Path>) {
        let mut failures = 0_u32;
        while let Err(error) = self.bucket.delete(keys.clone()).await {
            failures = failures.saturating_add(1);
            let pause = self.bucket.settings.backoff.pause(failures, 0);
            tracing::warn!(count = keys.len(), failures, ?pause, %error, "trimmed objects are not deleted yet, will try again");
            sleep(pause).await;
        }
    }
}
