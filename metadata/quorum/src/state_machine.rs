//! The replicated state machine: applies what is committed to the metadata image, shows every new
//! image to whoever watches, and answers.

use std::io;
use std::sync::Arc;

use futures::{Stream, StreamExt};
use openraft::OptionalSend;
use openraft::storage::{EntryResponder, RaftSnapshotBuilder, RaftStateMachine};
use penstock_model::apply::apply;
use penstock_model::id::LogIndex;
use penstock_model::image::MetadataImage;
use penstock_model::watch as images;
use tokio::sync::watch;

use crate::compaction::Progress;
use crate::snapshot_store::SnapshotStore;
use crate::type_config::{
    Applied, Entry, LogId, Payload, Snapshot, SnapshotMeta, StoredMembership, TypeConfig,
};

/// In memory; what a restart finds of it is the newest snapshot, and the log behind that.
pub(crate) struct StateMachine {
    image: MetadataImage,
    applied: Option<LogId>,
    membership: StoredMembership,
    published: images::Sender<Arc<MetadataImage>>,
    snapshots: Arc<SnapshotStore>,
    progress: watch::Sender<Progress>,
}

impl StateMachine {
    /// Starts from a snapshot, or from nothing.
    pub(crate) fn new(
        start: Option<Snapshot>,
        snapshots: Arc<SnapshotStore>,
        published: images::Sender<Arc<MetadataImage>>,
        progress: watch::Sender<Progress>,
    ) -> Self {
        let mut this = Self {
            image: MetadataImage::default(),
            applied: None,
            membership: StoredMembership::default(),
            published,
            snapshots,
            progress,
        };
        if let Some(start) = start {
            this.adopt(&start.meta, &start.snapshot);
        }
        this
    }

    fn adopt(&mut self, meta: &SnapshotMeta, image: &Arc<MetadataImage>) {
        self.image = MetadataImage::clone(image);
        self.applied = meta.last_log_id;
        self.membership = meta.last_membership.clone();
        self.published.send_replace(image.clone());
    }

    fn apply_entry(&mut self, entry: Entry, batch: &mut Progress) -> Applied {
        let id = entry.log_id;
        self.applied = Some(id);
        batch.entries += 1;
        match entry.payload {
            Payload::Blank => Applied::Nothing,
            Payload::Membership(membership) => {
                self.membership = StoredMembership::new(Some(id), membership);
                Applied::Nothing
            }
            Payload::Normal(proposal) => {
                batch.bytes += proposal.encoded().len() as u64;
                let index = LogIndex(id.index);
                Applied::Command(apply(&mut self.image, index, proposal.command()))
            }
        }
    }

    fn publish(&self) {
        self.published.send_if_modified(|published| {
            let newer = published.index() < self.image.index();
            if newer {
                *published = Arc::new(self.image.clone());
            }
            newer
        });
    }
}

impl RaftStateMachine<TypeConfig> for StateMachine {
    type SnapshotData = Arc<MetadataImage>;
    type SnapshotBuilder = SnapshotBuilder;

    async fn applied_state(&mut self) -> io::Result<(Option<LogId>, StoredMembership)> {
        Ok((self.applied, self.membership.clone()))
    }

    async fn apply<S>(&mut self, mut entries: S) -> io::Result<()>
    where
        S: Stream<Item = io::Result<EntryResponder<TypeConfig>>> + Unpin + OptionalSend,
    {
        let mut batch = Progress::default();
        let mut answers = Vec::new();
        while let Some(entry) = entries.next().await {
            let (entry, responder) = entry?;
            let applied = self.apply_entry(entry, &mut batch);
            answers.extend(responder.map(|responder| (responder, applied)));
        }
        // First the image, then the answers: who was answered finds the effect.
        self.publish();
        for (responder, applied) in answers {
            responder.send(applied);
        }
        self.progress.send_modify(|progress| {
            progress.entries += batch.entries;
            progress.bytes += batch.bytes;
        });
        Ok(())
    }

    async fn get_snapshot_builder(&mut self) -> SnapshotBuilder {
        self.progress.send_modify(|progress| (progress.entries, progress.bytes) = (0, 0));
        let meta =
            SnapshotMeta { last_log_id: self.applied, last_membership: self.membership.clone() };
        let snapshot = Snapshot { meta, snapshot: Arc::new(self.image.clone()) };
        SnapshotBuilder { snapshot, snapshots: self.snapshots.clone() }
    }

    async fn install_snapshot(
        &mut self,
        meta: &SnapshotMeta,
        image: Arc<MetadataImage>,
    ) -> io::Result<()> {
        let snapshot = Snapshot { meta: meta.clone(), snapshot: image.clone() };
        self.snapshots.save(&snapshot).await?;
        self.progress.send_modify(|progress| (progress.entries, progress.bytes) = (0, 0));
        self.adopt(meta, &image);
        Ok(())
    }

    async fn get_current_snapshot(&mut self) -> io::Result<Option<Snapshot>> {
        Ok(self.snapshots.current())
    }
}

/// Writes one image, while the state machine goes on.
pub(crate) struct SnapshotBuilder {
    snapshot: Snapshot,
    snapshots: Arc<SnapshotStore>,
}

impl RaftSnapshotBuilder<TypeConfig> for SnapshotBuilder {
    type SnapshotData = Arc<MetadataImage>;

    async fn build_snapshot(&mut self) -> io::Result<Snapshot> {
        self.snapshots.save(&self.snapshot).await?;
        Ok(self.snapshot.clone())
    }
}
