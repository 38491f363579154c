//! One random history: several lives on one disk, and what they must leave to each other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use penstock_model::id::TopicId;
use penstock_model::image::MetadataImage;
use penstock_model::invariants;
use penstock_wal::files::{Dice, Files, PlantedBug, PlantedFiles, PowerCutFiles};

use crate::node::{HistoryClock, Node, OBJECTS, SNAPSHOTS};
use crate::power::Power;
use crate::seen::Seen;
use crate::topic::{Partition, Topic, all_partitions};

/// Lives that may end by a fault; two more follow without.
const LIVES: u32 = 5;
const STEPS_MAX: u64 = 40;

pub(crate) struct History {
    pub(crate) dice: Dice,
    pub(crate) power: Power,
    bug: Option<(&'static str, PlantedBug)>,
    pub(crate) clock: Arc<HistoryClock>,
    pub(crate) topics: Vec<Topic>,
    /// They must not come back.
    pub(crate) gone: BTreeSet<TopicId>,
    pub(crate) seen: Seen,
}

impl History {
    pub(crate) fn new(seed: u64, bug: Option<(&'static str, PlantedBug)>) -> Self {
        Self {
            dice: Dice::new(seed),
            power: Power::steady(PowerCutFiles::new(!seed)),
            bug,
            clock: Arc::default(),
            topics: Vec::new(),
            gone: BTreeSet::new(),
            seen: Seen { histories: 1, ..Seen::default() },
        }
    }

    pub(crate) fn run(mut self) -> Seen {
        for _ in 0..LIVES {
            self.power = Power::unsteady(self.power.disk.clone(), &mut self.dice);
            self.live_once(async |history| history.live().await);
        }
        for _ in 0..2 {
            // The faults are over: everything heals.
            self.power = Power::steady(self.power.disk.crash());
            let healed = self.live_once(async |history| history.heal().await);
            assert!(healed.is_some(), "without a fault nothing ends a life");
        }
        self.seen
    }

    /// One life on a runtime of its own, which ends with all its tasks where they stand, and only
    /// when they can touch the disk no more.
    fn live_once(&mut self, life: impl AsyncFnOnce(&mut Self) -> Option<()>) -> Option<()> {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build().unwrap();
        let outcome = runtime.block_on(life(self));
        for Partition { oracle, stream } in all_partitions(&mut self.topics) {
            if let Some(stream) = stream.take() {
                oracle.shown(stream.offsets().durable);
            }
        }
        let snapshots = self.power.disk.paths();
        let snapshots = snapshots.iter().filter(|path| path.starts_with(SNAPSHOTS)).count();
        self.seen.purged += u64::from(snapshots >= 2);
        self.seen.faults += u64::from(self.power.struck());
        let next = self.power.next_disk(&mut self.dice);
        drop(runtime);
        self.power.disk = next;
        outcome
    }

    /// Starts, does this and that, and stops in order or not. `None` when the fault ended it.
    async fn live(&mut self) -> Option<()> {
        let node = self.start().await?;
        let ended = self.steps(&node).await;
        self.seen.count(node.storage.counters());
        ended?;
        if self.dice.percent(30) {
            self.stop(node).await?;
        }
        Some(())
    }

    /// Starts a node, and checks everything that it finds.
    async fn start(&mut self) -> Option<Node> {
        let power = self.power.clone();
        let mut files: Arc<dyn Files> = Arc::new(power.disk.clone());
        if let Some((folder, bug)) = self.bug {
            files = Arc::new(PlantedFiles::within(files, bug, folder));
        }
        let start = Box::pin(Node::start(files, Arc::clone(&self.clock), self.dice.throw()));
        let node = power.answer("the start", start).await?;
        let image = node.metadata.image();
        invariants::check(&image).unwrap();
        self.check_topics(&image);
        for partition in all_partitions(&mut self.topics) {
            let before = partition.oracle.batches();
            partition.open(&power, &node).await?;
            self.seen.lost_unseen += (before - partition.oracle.batches()) as u64;
            partition.read_all(&power).await?;
        }
        self.seen.lives += 1;
        Some(node)
    }

    /// What was answered holds; what was not is now decided.
    fn check_topics(&mut self, image: &MetadataImage) {
        self.topics.retain_mut(|topic| {
            let Some(found) = image.topic(topic.id) else {
                assert!(!topic.surely, "topic {} is lost", topic.id);
                self.gone.insert(topic.id);
                return false;
            };
            if topic.partitions.is_empty() {
                topic.partitions = found.streams.iter().copied().map(Partition::new).collect();
            }
            let known = topic.partitions.iter().map(|partition| partition.oracle.id);
            assert!(known.eq(found.streams.iter().copied()), "topic {} changed", topic.id);
            topic.surely = true;
            true
        });
        for id in &self.gone {
            assert!(image.topic(*id).is_none(), "topic {id} came back");
        }
        assert_eq!(image.topics().count(), self.topics.len());
    }

    async fn steps(&mut self, node: &Node) -> Option<()> {
        for _ in 0..self.dice.below(STEPS_MAX) {
            self.step(node).await?;
            let alive = node.check_alive();
            assert!(alive.is_ok() || self.power.struck(), "{alive:?}");
        }
        Some(())
    }

    /// After a stop in order everything that was appended is there.
    async fn stop(&mut self, node: Node) -> Option<()> {
        self.power.answer("the stop", node.stop()).await?;
        if self.power.struck() {
            return None;
        }
        for partition in all_partitions(&mut self.topics) {
            let at = partition.stream().offsets();
            assert_eq!(at.durable, at.appended, "a stop in order leaves batches behind");
        }
        self.seen.clean_stops += 1;
        Some(())
    }

    /// A life without faults: everything works, and the store holds what the metadata refers to.
    async fn heal(&mut self) -> Option<()> {
        let node = self.start().await?;
        self.create_topic(&node).await?;
        for _ in 0..10 {
            self.append(&node).await?;
        }
        self.power.answer("a flush", node.storage.flush()).await?;
        for partition in all_partitions(&mut self.topics) {
            let stream = partition.stream();
            let end = stream.offsets().appended;
            self.power.answer("durability", stream.durable(end)).await?;
        }
        self.power.answer("a flush", node.storage.flush()).await?;
        assert_eq!(node.storage.backlog_bytes(), 0);
        for partition in all_partitions(&mut self.topics) {
            let at = partition.stream().offsets();
            assert_eq!((at.uploaded, at.durable), (at.appended, at.appended));
            partition.read_all(&self.power).await?;
        }
        for _ in 0..4 {
            self.clock.pass(Duration::from_secs(3_600));
            self.pass(Duration::from_millis(20)).await?;
            self.collect_garbage(&node).await?;
        }
        let image = node.metadata.image();
        invariants::check(&image).unwrap();
        self.check_topics(&image);
        self.check_store(&image);
        self.seen.count(node.storage.counters());
        self.stop(node).await
    }

    fn check_store(&self, image: &MetadataImage) {
        assert_eq!(image.leases().count(), 0);
        let objects = Path::new(OBJECTS).join("data");
        let paths = self.power.disk.paths();
        let there = paths.iter().filter(|path| path.starts_with(&objects)).map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            (name.parse().unwrap(), self.power.disk.content(path).unwrap().len() as u64)
        });
        let there: BTreeMap<u64, u64> = there.collect();
        let wanted = image.objects().map(|(id, object)| (id.0, object.size)).collect();
        assert_eq!(there, wanted, "the store holds something else than the metadata refers to");
    }
}
