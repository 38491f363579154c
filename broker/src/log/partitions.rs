//! The partitions that this broker leads: opened when first asked for, closed when the metadata
//! gives them to another or to nobody.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use penstock_model::client::MetadataClient;
use penstock_model::id::{BrokerEpoch, NodeId, StreamEpoch, StreamId, TopicId};
use penstock_model::image::{self, MetadataImage};
use penstock_s3stream::{OpenError, Storage};
use tokio::sync::OnceCell;

use super::partition::Partition;

/// Why a partition cannot be served here and now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PartitionError {
    /// There is no such topic, or it has no such partition.
    #[error("there is no such partition")]
    Unknown,
    /// Another broker leads it: ask that one.
    #[error("node {leader} leads it, in epoch {epoch}")]
    NotLeader {
        /// The leader.
        leader: NodeId,
        /// Its epoch.
        epoch: StreamEpoch,
    },
    /// Nobody leads it until its last leader's log is recovered: ask again.
    #[error("it waits for the recovery of node {0}'s log")]
    Offline(NodeId),
    /// Its state cannot be read now: ask again.
    #[error("it cannot be opened now: {0}")]
    Unavailable(String),
    /// What is stored of it is damaged: a person must look.
    #[error("its state is damaged: {0}")]
    Corrupt(String),
}

/// See the module.
pub struct Partitions {
    storage: Storage,
    metadata: Arc<dyn MetadataClient>,
    epoch: BrokerEpoch,
    /// Guards the map alone; a partition is opened outside of it, once for all who wait.
    open: Mutex<HashMap<StreamId, Slot>>,
}

type Slot = Arc<OnceCell<Arc<Partition>>>;

impl Partitions {
    /// The partitions of the broker process `epoch`.
    #[must_use]
    pub fn new(storage: Storage, metadata: Arc<dyn MetadataClient>, epoch: BrokerEpoch) -> Self {
        Self { storage, metadata, epoch, open: Mutex::new(HashMap::new()) }
    }

    /// A partition by topic and index, as clients name it.
    ///
    /// # Errors
    /// When this broker cannot serve it.
    pub async fn get(&self, topic: TopicId, index: i32) -> Result<Arc<Partition>, PartitionError> {
        let image = self.metadata.image();
        let number = u32::try_from(index).map_err(|_| PartitionError::Unknown)?;
        let place = image.partition(topic, number).ok_or(PartitionError::Unknown)?;
        if !place.online {
            return Err(PartitionError::Offline(place.leader));
        }
        if place.owner != self.epoch {
            return Err(PartitionError::NotLeader { leader: place.leader, epoch: place.epoch });
        }
        let slot = Arc::clone(self.lock().entry(place.stream).or_default());
        let partition = slot.get_or_try_init(|| self.open(topic, place)).await?;
        // A slot that was filled in an earlier epoch of ours is about to be closed.
        if partition.epoch() != place.epoch {
            return Err(PartitionError::Unavailable("its epoch has just changed".into()));
        }
        Ok(Arc::clone(partition))
    }

    async fn open(
        &self,
        topic: TopicId,
        place: image::Partition,
    ) -> Result<Arc<Partition>, PartitionError> {
        let opened =
            self.storage.open(place.stream, place.epoch).await.map_err(|error| match error {
                OpenError::Checkpoint { reason, .. } => PartitionError::Corrupt(reason),
                other => PartitionError::Unavailable(other.to_string()),
            })?;
        let partition = Partition::open(topic, place.number, opened)
            .map_err(|error| PartitionError::Corrupt(error.to_string()))?;
        Ok(Arc::new(partition))
    }

    /// Every partition that is open.
    #[must_use]
    pub fn opened(&self) -> Vec<Arc<Partition>> {
        self.lock().values().filter_map(|slot| slot.get().cloned()).collect()
    }

    /// Opens every partition that the metadata gives to this broker, so that nobody waits for it
    /// later. One that cannot be opened is tried again when it is asked for.
    pub async fn open_all(&self) {
        let image = self.metadata.image();
        for (_, stream) in image.streams_of(self.epoch) {
            let Ok(index) = i32::try_from(stream.partition) else { continue };
            if let Err(error) = self.get(stream.topic, index).await {
                tracing::warn!(topic = %stream.topic, index, %error, "partition does not open");
            }
        }
    }

    /// Closes what `image` no longer gives to this broker in the epoch it was opened in.
    pub fn close_lost(&self, image: &MetadataImage) {
        self.lock().retain(|id, slot| {
            let kept = match (image.stream(*id), slot.get()) {
                (None, _) => false,
                (Some(stream), None) => stream.owner == self.epoch,
                (Some(stream), Some(partition)) => {
                    stream.owner == self.epoch && stream.epoch == partition.epoch()
                }
            };
            if !kept {
                self.storage.close(*id);
            }
            kept
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<StreamId, Slot>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
