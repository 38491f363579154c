//! The partitions that this broker leads: opened at the start or when first asked for, closed when
//! the metadata gives them to another or to nobody.
//!
//! ```text
//!   asked for ──► opening ──► open ──► closed
//!                    │  ▲      │
//!                    ▼  │      ▼       what is stored of its past cannot be read:
//!                   refused ◄──┘       tried again from time to time
//! ```
//!
//! One that does not open is nobody's misfortune but its own.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::stream::{self, StreamExt};
use penstock_model::client::MetadataClient;
use penstock_model::id::{BrokerEpoch, NodeId, StreamEpoch, StreamId, TopicId};
use penstock_model::image::{self, MetadataImage};
use penstock_s3stream::{Clock, OpenError, ReadError, Storage};
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::opening::{Opening, Outcome};
use super::partition::Partition;
use super::past::StateError;
use super::producer_share::ProducerShare;
use crate::shutdown::Shutdown;

/// How many are opened at once when nobody waits for them in particular.
const OPENED_AT_ONCE: usize = 32;

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
    /// Its state is being read: ask again.
    #[error("it is being opened")]
    Opening,
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
    producers: Arc<ProducerShare>,
    clock: Arc<dyn Clock>,
    stopping: Shutdown,
    /// Guards the maps alone; a partition is opened outside of it, once for all who wait.
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    slots: BTreeMap<StreamId, Slot>,
    /// Stays until the partition has been opened in spite of it.
    refused: BTreeMap<StreamId, Refused>,
}

#[derive(Clone)]
enum Slot {
    Opening(Opening),
    Open(Arc<Partition>),
}

struct Refused {
    topic: TopicId,
    epoch: StreamEpoch,
    reason: String,
}

impl Partitions {
    /// The partitions of the broker process `epoch`; none is opened any more once it is stopping.
    #[must_use]
    pub fn new(
        storage: Storage,
        metadata: Arc<dyn MetadataClient>,
        epoch: BrokerEpoch,
        producers: Arc<ProducerShare>,
        clock: Arc<dyn Clock>,
        stopping: Shutdown,
    ) -> Self {
        Self { storage, metadata, epoch, producers, clock, stopping, known: Mutex::default() }
    }

    /// A partition by topic and index, as clients name it. Waits a second at most for one that is
    /// being opened, which goes on without whoever asked for it.
    ///
    /// # Errors
    /// When this broker cannot serve it.
    pub async fn get(self: &Arc<Self>, topic: TopicId, index: i32) -> Outcome {
        let image = self.metadata.image();
        let number = u32::try_from(index).map_err(|_| PartitionError::Unknown)?;
        let place = image.partition(topic, number).ok_or(PartitionError::Unknown)?;
        if !place.online {
            return Err(PartitionError::Offline(place.leader));
        }
        if place.owner != self.epoch {
            return Err(PartitionError::NotLeader { leader: place.leader, epoch: place.epoch });
        }
        let slot = {
            let mut known = self.lock();
            self.notice_refusal(&mut known, &place);
            if let Some(refused) = known.refused.get(&place.stream) {
                return Err(PartitionError::Corrupt(refused.reason.clone()));
            }
            self.slot(&mut known, topic, place)
        };
        match slot {
            // One that was opened in an earlier epoch of ours is about to be closed.
            Slot::Open(partition) if partition.epoch() != place.epoch => {
                Err(PartitionError::Unavailable("its epoch has just changed".into()))
            }
            Slot::Open(partition) => Ok(partition),
            Slot::Opening(opening) => opening.wait().await,
        }
    }

    /// The partition's slot; it begins to be opened where there is none.
    fn slot(self: &Arc<Self>, known: &mut Known, topic: TopicId, place: image::Partition) -> Slot {
        if let Some(slot) = known.slots.get(&place.stream) {
            return slot.clone();
        }
        let (sender, opening) = Opening::begin(place.epoch);
        let slot = Slot::Opening(opening);
        known.slots.insert(place.stream, slot.clone());
        let this = Arc::clone(self);
        tokio::spawn(async move {
            let outcome = tokio::select! {
                biased;
                () = this.stopping.requested() => {
                    Err(PartitionError::Unavailable("the node is stopping".into()))
                }
                outcome = this.open(topic, &place) => outcome,
            };
            this.settle(topic, &place, &outcome);
            sender.send_replace(Some(outcome));
        });
        slot
    }

    async fn open(&self, topic: TopicId, place: &image::Partition) -> Outcome {
        let opened =
            self.storage.open(place.stream, place.epoch).await.map_err(|error| match error {
                OpenError::Checkpoint { .. } => PartitionError::Corrupt(error.to_string()),
                other => PartitionError::Unavailable(other.to_string()),
            })?;
        let now = self.clock.now();
        let partition = Partition::open(topic, place.number, opened, &self.producers, now).await;
        partition.map(Arc::new).map_err(|error| match error {
            StateError::Read(ReadError::Closed | ReadError::Unavailable(_)) => {
                PartitionError::Unavailable(error.to_string())
            }
            damaged => PartitionError::Corrupt(damaged.to_string()),
        })
    }

    /// Puts the outcome where the opening was, unless the partition went elsewhere meanwhile.
    fn settle(&self, topic: TopicId, place: &image::Partition, outcome: &Outcome) {
        let mut known = self.lock();
        let Known { slots, refused } = &mut *known;
        match slots.get(&place.stream) {
            Some(Slot::Opening(opening)) if opening.epoch == place.epoch => {}
            _ => return,
        }
        slots.remove(&place.stream);
        match outcome {
            Ok(partition) => {
                slots.insert(place.stream, Slot::Open(Arc::clone(partition)));
                if refused.remove(&place.stream).is_some() {
                    tracing::info!(%topic, partition = place.number, "served again");
                }
            }
            Err(PartitionError::Corrupt(reason)) => {
                self.refuse(&mut known, topic, place, reason.clone());
            }
            Err(_) => {}
        }
    }

    /// An open partition may turn out to have a past that cannot be read: its stream was closed.
    fn notice_refusal(&self, known: &mut Known, place: &image::Partition) {
        let Some(Slot::Open(partition)) = known.slots.get(&place.stream) else { return };
        let Some(reason) = partition.stream().refused() else { return };
        let (topic, reason) = (partition.topic(), reason.to_string());
        known.slots.remove(&place.stream);
        self.refuse(known, topic, place, reason);
    }

    fn refuse(&self, known: &mut Known, topic: TopicId, place: &image::Partition, reason: String) {
        let image = self.metadata.image();
        let name = image.topic(topic).map(|topic| &*topic.name).unwrap_or_default();
        tracing::error!(
            topic = name,
            partition = place.number,
            stream = %place.stream,
            reason,
            "a partition is refused, the others are served: restore the object that is named from \
             a copy, and it opens by itself; nothing of it is deleted or overwritten meanwhile"
        );
        let refused = Refused { topic, epoch: place.epoch, reason };
        known.refused.insert(place.stream, refused);
    }

    /// What may be held of idempotent producers, over all partitions.
    #[must_use]
    pub fn remembered_producers_bytes(&self) -> usize {
        self.producers.bytes()
    }

    /// Waits until new idempotent producers want room, and partitions have to
    /// [settle](Partition::settle_producers) for less.
    pub async fn producers_crowded(&self) {
        self.producers.crowded().await;
    }

    /// Every partition that is open.
    #[must_use]
    pub fn opened(&self) -> Vec<Arc<Partition>> {
        let open = |slot: &Slot| match slot {
            Slot::Open(partition) => Some(Arc::clone(partition)),
            Slot::Opening(_) => None,
        };
        self.lock().slots.values().filter_map(open).collect()
    }

    /// The streams of the partitions that are refused because of what is stored of them.
    #[must_use]
    pub fn refused(&self) -> HashSet<StreamId> {
        self.lock().refused.keys().copied().collect()
    }

    /// Opens all, tells so, and tries what is refused again every `period`, because somebody may
    /// have mended it. Runs until the shutdown.
    pub async fn keep_open(self: Arc<Self>, period: Duration, all_tried: oneshot::Sender<()>) {
        let work = async {
            self.open_all().await;
            // Whoever does not wait any longer goes on without.
            let _ = all_tried.send(());
            loop {
                sleep(period).await;
                self.open_refused().await;
            }
        };
        tokio::select! {
            biased;
            () = self.stopping.requested() => {}
            () = work => {}
        }
    }

    /// Opens every partition that the metadata gives to this broker, some at a time, so that nobody
    /// waits for it later. One that cannot be opened now is tried again when it is asked for.
    pub async fn open_all(self: &Arc<Self>) {
        let image = self.metadata.image();
        let places: Vec<_> = image
            .streams_of(self.epoch)
            .map(|(_, stream)| (stream.topic, stream.partition))
            .collect();
        self.open_each(&image, places).await;
    }

    /// Tries once more what was refused.
    pub async fn open_refused(self: &Arc<Self>) {
        let image = self.metadata.image();
        let places: Vec<_> = {
            let known = self.lock();
            let place = |(id, refused): (&StreamId, &Refused)| {
                Some((refused.topic, image.stream(*id)?.partition))
            };
            known.refused.iter().filter_map(place).collect()
        };
        self.open_each(&image, places).await;
    }

    async fn open_each(self: &Arc<Self>, image: &MetadataImage, places: Vec<(TopicId, u32)>) {
        stream::iter(places)
            .for_each_concurrent(OPENED_AT_ONCE, |(topic, number)| async move {
                let place = image.partition(topic, number).filter(|place| place.online);
                let Some(place) = place else { return };
                let slot = self.slot(&mut self.lock(), topic, place);
                if let Slot::Opening(opening) = slot
                    && let Err(error) = opening.end().await
                {
                    tracing::warn!(%topic, partition = number, %error, "partition does not open");
                }
            })
            .await;
    }

    /// Closes what `image` no longer gives to this broker in the epoch it was opened in.
    pub fn close_lost(&self, image: &MetadataImage) {
        let is_ours = |id: &StreamId, epoch: StreamEpoch| {
            let stream = image.stream(*id);
            stream.is_some_and(|stream| stream.owner == self.epoch && stream.epoch == epoch)
        };
        let mut known = self.lock();
        known.refused.retain(|id, refused| is_ours(id, refused.epoch));
        known.slots.retain(|id, slot| {
            let epoch = match slot {
                Slot::Opening(opening) => opening.epoch,
                Slot::Open(partition) => partition.epoch(),
            };
            let kept = is_ours(id, epoch);
            if !kept {
                self.storage.close(*id);
            }
            kept
        });
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
