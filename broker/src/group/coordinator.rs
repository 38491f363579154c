//! The coordinator of the groups whose partition of `__consumer_offsets` is led here.
//!
//! ```text
//!   request ► shard (loaded?) ► room in the log ► group's lock: step, append ► durable ► answer
//! ```

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use penstock_model::client::MetadataClient;
use penstock_model::id::{BrokerEpoch, Offset};
use penstock_s3stream::{Clock, ReadError, Storage};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};

use super::classic::{Answer, Effects, Limits};
use super::error::GroupError;
use super::id::GroupId;
use super::load::{self, LoadError, partition_of};
use super::record::TEXT_BYTES_MAX;
use super::settings::GroupSettings;
use super::shard::{Change, Readiness, Shard};
use super::share::GroupShare;
use super::state::{Group, GroupState, Parked, Writes};
use super::time::{Now, Tick};
use super::timers::Timers;
use crate::api::CONSUMER_OFFSETS;
use crate::config::Given;
use crate::env::Entropy;
use crate::inspector::Inspector;
use crate::log::{Partition, PartitionError, Partitions};
use crate::shutdown::Shutdown;
use crate::topic_settings::TopicSettingsCache;

/// How long a request waits for its group to be loaded before its client is told to come back.
const LOAD_WAIT: Duration = Duration::from_secs(1);

/// How long a partition that could not be read is left alone, at first and at most.
const RELOAD_AFTER: Duration = Duration::from_secs(1);
const RELOAD_AFTER_MAX: Duration = Duration::from_secs(60);

/// Tries to keep a group's next look when the log had no room for this one.
pub(super) const RETRY_AFTER: Duration = Duration::from_secs(1);

/// What a coordinator works with.
pub struct Parts {
    /// The settings of the node.
    pub given: Arc<Given>,
    /// This start of the node, which owns what it leads.
    pub epoch: BrokerEpoch,
    /// The partitions that are led here.
    pub partitions: Arc<Partitions>,
    /// What holds for topics, and so for the one that groups are kept in.
    pub topic_settings: Arc<TopicSettingsCache>,
    /// Their storage.
    pub storage: Storage,
    /// For the batches that groups are loaded from.
    pub inspector: Inspector,
    /// The cluster's metadata.
    pub metadata: Arc<dyn MetadataClient>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// Chance, for members' ids.
    pub entropy: Arc<dyn Entropy>,
    /// Memory for all groups together.
    pub memory_bytes: usize,
    /// Once requested, nobody waits any longer.
    pub draining: Shutdown,
}

/// See the module.
pub struct GroupCoordinator {
    pub(super) settings: GroupSettings,
    pub(super) epoch: BrokerEpoch,
    pub(super) partitions: Arc<Partitions>,
    topic_settings: Arc<TopicSettingsCache>,
    pub(super) storage: Storage,
    inspector: Inspector,
    pub(super) metadata: Arc<dyn MetadataClient>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    draining: Shutdown,
    started: Instant,
    pub(super) timers: Arc<Timers>,
    share: Arc<GroupShare>,
    /// By partition. Guards the map alone.
    shards: Mutex<BTreeMap<i32, Arc<Shard>>>,
}

impl GroupCoordinator {
    /// A coordinator; [`run`](Self::run) it. Made within a tokio runtime.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self {
            settings: GroupSettings::new(&parts.given),
            epoch: parts.epoch,
            partitions: parts.partitions,
            topic_settings: parts.topic_settings,
            storage: parts.storage,
            inspector: parts.inspector,
            metadata: parts.metadata,
            clock: parts.clock,
            entropy: parts.entropy,
            draining: parts.draining,
            started: Instant::now(),
            timers: Arc::default(),
            share: Arc::new(GroupShare::new(parts.memory_bytes)),
            shards: Mutex::default(),
        }
    }

    /// The memory that groups take.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.share.held()
    }

    /// The moment.
    pub(super) fn now(&self) -> Now {
        let since = self.started.elapsed().as_millis();
        Now { tick: Tick(u64::try_from(since).unwrap_or(u64::MAX)), wall: self.clock.now() }
    }

    /// When a moment will be.
    pub(super) fn instant(&self, tick: Tick) -> Instant {
        self.started + Duration::from_millis(tick.0)
    }

    /// What groups may be now.
    pub(super) fn limits(&self) -> Limits {
        let image = self.metadata.image();
        let topic = image.topic_by_name(CONSUMER_OFFSETS).map(|topic| topic.id);
        let settings = topic.map(|topic| self.topic_settings.of(&image, topic));
        Limits {
            members_max: self.settings.members_max,
            initial_delay: self.settings.initial_delay,
            // Without the topic nothing is written at all.
            record_bytes_max: settings
                .map_or(0, |settings| settings.config.rules.max_message_bytes),
        }
    }

    /// A group by the id that a request names.
    ///
    /// # Errors
    /// When no record could name it.
    pub(super) fn group_id(group: &str) -> Result<GroupId, GroupError> {
        if group.len() > TEXT_BYTES_MAX {
            return Err(GroupError::InvalidGroup);
        }
        Ok(GroupId::new(group))
    }

    /// The shard that a group is in, loaded.
    pub(super) async fn shard_of(
        self: &Arc<Self>,
        group: &GroupId,
    ) -> Result<Arc<Shard>, GroupError> {
        let image = self.metadata.image();
        let topic = image.topic_by_name(CONSUMER_OFFSETS).ok_or(GroupError::NotCoordinator)?;
        let index = partition_of(&group.0, topic.streams.len());
        let partition =
            self.partitions.get(topic.id, index).await.map_err(|error| match error {
                PartitionError::Unknown | PartitionError::NotLeader { .. } => {
                    self.close_shard(index);
                    GroupError::NotCoordinator
                }
                PartitionError::Opening => GroupError::Loading,
                PartitionError::Offline(_)
                | PartitionError::Unavailable(_)
                | PartitionError::Corrupt(_) => GroupError::NotAvailable,
            })?;
        let shard = self.shard(index, &partition);
        match timeout(LOAD_WAIT, shard.ready()).await {
            Ok(ready) => ready.map(|()| shard),
            Err(_elapsed) => Err(GroupError::Loading),
        }
    }

    /// The shard of a partition as it is open now. Whoever asks first has it loaded, beside what
    /// it waits for: an impatient client does not stop a load.
    pub(super) fn shard(self: &Arc<Self>, index: i32, partition: &Arc<Partition>) -> Arc<Shard> {
        let mut shards = self.lock();
        if let Some(shard) = shards.get(&index) {
            if Arc::ptr_eq(&shard.partition, partition) && !shard.is_closed() {
                return Arc::clone(shard);
            }
            shard.close();
        }
        let shard = Arc::new(Shard::new(Arc::clone(partition)));
        shards.insert(index, Arc::clone(&shard));
        drop(shards);
        tokio::spawn(Arc::clone(self).load(Arc::clone(&shard)));
        shard
    }

    /// Gives a partition's groups up.
    pub(super) fn close_shard(&self, index: i32) {
        let shard = self.lock().remove(&index);
        if let Some(shard) = shard {
            shard.close();
        }
    }

    /// Every shard that can be used.
    pub(super) fn ready_shards(&self) -> Vec<(i32, Arc<Shard>)> {
        let ready = |shard: &&Arc<Shard>| *shard.readiness.borrow() == Readiness::Ready;
        let shards = self.lock();
        let all = shards.iter().map(|(index, shard)| (*index, shard));
        all.filter(|(_, shard)| ready(shard)).map(|(i, shard)| (i, Arc::clone(shard))).collect()
    }

    /// Every shard, loaded or not.
    pub(super) fn all_shards(&self) -> Vec<(i32, Arc<Shard>)> {
        self.lock().iter().map(|(index, shard)| (*index, Arc::clone(shard))).collect()
    }

    /// Loads a shard. While that fails its groups have no coordinator, and it is tried again, less
    /// and less often: whoever asks meanwhile costs nothing.
    async fn load(self: Arc<Self>, shard: Arc<Shard>) {
        let number = shard.partition.number();
        let mut pause = RELOAD_AFTER;
        let (loaded, end) = loop {
            let error = match load::load(&shard.partition, &self.inspector).await {
                Ok(loaded) => break loaded,
                Err(LoadError::Stopped | LoadError::Read(ReadError::Closed)) => {
                    shard.close();
                    return;
                }
                Err(error) => error,
            };
            if shard.turn(Readiness::Loading, Readiness::Unreadable) {
                tracing::error!(partition = number, %error, "groups cannot be loaded");
            }
            let mut readiness = shard.readiness.subscribe();
            let closed = readiness.wait_for(|readiness| *readiness == Readiness::Closed);
            tokio::select! {
                biased;
                _ = closed => return,
                () = self.draining.requested() => return,
                () = sleep(pause) => pause = (2 * pause).min(RELOAD_AFTER_MAX),
            }
        };
        let (now, limits) = (self.now(), self.limits());
        tracing::debug!(partition = number, groups = loaded.len(), "groups are loaded");
        for (id, loaded) in loaded {
            let group = shard.find_or_create(&id, now.wall, &self.share);
            let mut effects = Effects::default();
            let mut state = group.lock();
            state.restore(loaded, end, now.tick, &mut effects);
            state.classic.settle_size(now, &limits, &mut effects);
            if let Some(at) = effects.wake_at {
                self.timers.schedule(&shard, &group, &mut state, at);
            }
        }
        // A shard that was closed meanwhile stays closed.
        let _ = shard.turn(Readiness::Loading, Readiness::Ready)
            || shard.turn(Readiness::Unreadable, Readiness::Ready);
    }

    /// Takes one step in a group: what changes is in the log when this returns, and durable when
    /// the log is up to the offset that comes with the answer.
    ///
    /// # Errors
    /// When the log takes no change now, or the group is not there and not to be made.
    pub(super) async fn act<T>(
        &self,
        shard: &Arc<Shard>,
        id: &GroupId,
        create: bool,
        writes: Writes,
        step: impl FnOnce(&mut GroupState, Now, &mut Change) -> T,
    ) -> Result<(T, Offset), GroupError> {
        loop {
            // None is made before there is room: whoever asks may go away while this waits.
            let blank = |_absent| Arc::new(Group::new(id, self.clock.now(), &self.share));
            let found = if create {
                shard.find(&id.0).unwrap_or_else(blank)
            } else {
                self.find(shard, &id.0).await?.ok_or(GroupError::UnknownGroup)?
            };
            let reserved = found.lock().room(id, writes);
            let reserving = timeout(self.settings.commit_timeout, self.storage.reserve(reserved));
            let permit = match reserving.await {
                Ok(Ok(permit)) => permit,
                Ok(Err(_stopped)) => return Err(GroupError::NotCoordinator),
                Err(_elapsed) => return Err(GroupError::NotAvailable),
            };
            let group = if create {
                shard.find_or_create(id, self.clock.now(), &self.share)
            } else {
                found
            };
            let mut state = group.lock();
            // What closes a shard says so before it empties it: a group that is made behind that is
            // in nobody's way, but the log belongs to whoever has read it since.
            if shard.is_closed() {
                return Err(GroupError::NotCoordinator);
            }
            // It may have grown, or gone, while this waited for room.
            if !state.gone && state.room(id, writes) <= reserved {
                let now = self.now();
                let mut change = Change::default();
                let result = step(&mut state, now, &mut change);
                state.settle(writes);
                if let Some(at) = change.effects.wake_at {
                    self.timers.schedule(shard, &group, &mut state, at);
                }
                let encoding = self.settings.encoding;
                let room = (permit, reserved);
                let end = shard.commit(&group, &mut state, change, now.wall, encoding, room)?;
                return Ok((result, end));
            }
        }
    }

    /// A group. That there is none is told as carefully as what a group is: not by a shard that
    /// was given up, and not before it is durable.
    async fn find(&self, shard: &Shard, id: &str) -> Result<Option<Arc<Group>>, GroupError> {
        let found = shard.find(id);
        // After the look: what closes a shard says so before it empties it.
        if shard.is_closed() {
            return Err(GroupError::NotCoordinator);
        }
        match found {
            Ok(group) => Ok(Some(group)),
            Err(absent) => self.durable(shard, absent.written).await.map(|()| None),
        }
    }

    /// Looks at a group, if there is one.
    pub(super) async fn look<T>(
        &self,
        shard: &Shard,
        id: &str,
        look: impl FnOnce(&Group, &mut GroupState) -> T,
    ) -> Result<Option<T>, GroupError> {
        while let Some(group) = self.find(shard, id).await? {
            let mut state = group.lock();
            // It may have gone meanwhile.
            if !state.gone {
                return Ok(Some(look(&group, &mut state)));
            }
        }
        Ok(None)
    }

    /// Waits until the log is durable up to what an answer tells.
    pub(super) async fn durable(&self, shard: &Shard, end: Offset) -> Result<(), GroupError> {
        if shard.is_closed() {
            return Err(GroupError::NotCoordinator);
        }
        let durable = shard.partition.stream().durable(end);
        match timeout(self.settings.commit_timeout, durable).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_lost)) => Err(GroupError::NotCoordinator),
            Err(_elapsed) => Err(GroupError::NotAvailable),
        }
    }

    /// Waits for the answer to a request that was parked, and until it may be told.
    pub(super) async fn parked(
        &self,
        shard: &Shard,
        answer: oneshot::Receiver<Parked>,
    ) -> Result<Answer, GroupError> {
        let mut readiness = shard.readiness.subscribe();
        let closed = readiness.wait_for(|readiness| *readiness == Readiness::Closed);
        let parked = tokio::select! {
            biased;
            answer = answer => answer.map_err(|_gone| GroupError::NotCoordinator)?,
            _ = closed => return Err(GroupError::NotCoordinator),
            () = self.draining.requested() => return Err(GroupError::NotCoordinator),
        };
        self.durable(shard, parked.written).await?;
        Ok(parked.answer)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<i32, Arc<Shard>>> {
        self.shards.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
