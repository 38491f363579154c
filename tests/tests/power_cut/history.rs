//! One random history: several lives on one disk, and what they must leave to each other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use penstock_model::command::{Command, CreateTopic, DeleteTopic};
use penstock_model::id::{Offset, StreamId, TopicId};
use penstock_model::image::MetadataImage;
use penstock_model::invariants;
use penstock_s3stream::{Clock, Counters, ReadError, ReadLimits, Stream};
use penstock_wal::files::{Dice, Files, PlantedBug, PlantedFiles, PowerCutFiles};

use crate::fold::Chain;
use crate::node::{HistoryClock, NODE, Node, OBJECTS, SNAPSHOTS};
use crate::oracle::{Oracle, PAYLOAD_BYTES_MAX};
use crate::power::Power;

/// Lives that may end by a fault; one more follows without.
const LIVES: u32 = 5;
const STEPS_MAX: u64 = 40;
const TOPICS_MAX: usize = 3;

const LIMITS: ReadLimits =
    ReadLimits { max_bytes: 6_000, at_least_one: true, up_to: Offset(u64::MAX) };

/// What happened, so that a test can tell that it tested something.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    histories: u64,
    /// Starts that came as far as serving.
    lives: u64,
    /// Lives that ended by a fault.
    faults: u64,
    clean_stops: u64,
    appended: u64,
    /// Batches that were not there after a restart, and need not be.
    lost_unseen: u64,
    uploads: u64,
    object_reads: u64,
    wal_reads: u64,
    deleted_objects: u64,
    trims: u64,
    deleted_topics: u64,
    /// Lives that ended with two snapshots of the quorum: then its log has been purged.
    purged: u64,
}

impl Seen {
    fn counts(&mut self) -> [&mut u64; 13] {
        [
            &mut self.histories,
            &mut self.lives,
            &mut self.faults,
            &mut self.clean_stops,
            &mut self.appended,
            &mut self.lost_unseen,
            &mut self.uploads,
            &mut self.object_reads,
            &mut self.wal_reads,
            &mut self.deleted_objects,
            &mut self.trims,
            &mut self.deleted_topics,
            &mut self.purged,
        ]
    }

    fn count(&mut self, counters: &Counters) {
        self.uploads += counters.uploads.get();
        self.object_reads += counters.object_reads.get();
        self.wal_reads += counters.wal_reads.get();
        self.deleted_objects += counters.deleted_objects.get();
    }

    pub(crate) fn add(&mut self, more: &Self) {
        let mut more = *more;
        for (sum, count) in self.counts().into_iter().zip(more.counts()) {
            *sum += *count;
        }
    }

    /// Whether everything happened in every other history.
    pub(crate) fn is_worth_something(mut self) -> bool {
        let histories = self.histories;
        self.counts().into_iter().all(|count| *count >= histories / 2)
    }
}

/// A topic that was asked for.
struct Topic {
    id: TopicId,
    /// Whether it is there: not known when its creation or deletion was never answered.
    surely: bool,
    partitions: Vec<Partition>,
}

struct Partition {
    oracle: Oracle,
    /// In this life.
    stream: Option<Stream>,
}

impl Partition {
    fn new(id: StreamId) -> Self {
        Self { oracle: Oracle::new(id), stream: None }
    }

    fn stream(&self) -> &Stream {
        self.stream.as_ref().expect("a running node has opened all")
    }

    /// Opens it, and checks what it is said to hold.
    async fn open(&mut self, power: &Power, node: &Node) -> Option<()> {
        let id = self.oracle.id;
        let opened = power.answer("opening a stream", node.open(id)).await?;
        let mut chain = Chain::of(opened.checkpoint.as_ref());
        opened.tail.iter().for_each(|batch| chain.add(id, batch));
        self.oracle.recovered(opened.stream.offsets(), chain);
        self.stream = Some(opened.stream);
        Some(())
    }

    /// Reads from an offset that can be read, and answers where to read on.
    async fn read(&mut self, power: &Power, from: Offset) -> Option<Offset> {
        let durable = self.stream().offsets().durable;
        match power.wait("a read", self.stream().read(from, LIMITS)).await? {
            Ok(read) => {
                self.oracle.check_read(from, durable, &read);
                self.oracle.shown(read.next);
                Some(read.next)
            }
            Err(ReadError::Unavailable(_)) if power.struck() => None,
            Err(error) => panic!("stream {} read from {from}: {error}", self.oracle.id),
        }
    }

    async fn read_trimmed(&mut self, power: &Power, from: Offset) -> Option<()> {
        let outcome = power.wait("a read", self.stream().read(from, LIMITS)).await?;
        let refused = matches!(outcome, Err(ReadError::OutOfRange { .. }));
        assert!(refused, "stream {} read from {from}: it is trimmed", self.oracle.id);
        Some(())
    }

    async fn read_all(&mut self, power: &Power) -> Option<()> {
        let at = self.stream().offsets();
        let mut next = at.start;
        while next < at.durable {
            next = self.read(power, next).await?;
        }
        Some(())
    }
}

fn all_partitions(topics: &mut [Topic]) -> impl Iterator<Item = &mut Partition> {
    topics.iter_mut().flat_map(|topic| &mut topic.partitions)
}

pub(crate) struct History {
    dice: Dice,
    power: Power,
    bug: Option<(&'static str, PlantedBug)>,
    clock: Arc<HistoryClock>,
    topics: Vec<Topic>,
    /// They must not come back.
    gone: BTreeSet<TopicId>,
    seen: Seen,
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
        let start = Node::start(files, Arc::clone(&self.clock), self.dice.throw());
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

    async fn step(&mut self, node: &Node) -> Option<()> {
        if self.topics.is_empty() {
            return self.create_topic(node).await;
        }
        match self.dice.below(100) {
            0..45 => self.append(node).await,
            45..58 => self.read().await,
            58..66 => self.trim(node).await,
            66..74 => self.power.answer("a flush", node.storage.flush()).await,
            74..84 => {
                // A rest of the log, or long enough for an upload by age.
                let milliseconds = if self.dice.percent(20) { 35_000 } else { 20 };
                self.pass(Duration::from_millis(milliseconds)).await
            }
            84..90 => self.collect_garbage(node).await,
            90..97 if self.topics.len() < TOPICS_MAX => self.create_topic(node).await,
            97.. => self.delete_topic(node).await,
            _ => Some(()),
        }
    }

    fn pick(&mut self) -> (usize, usize) {
        let below = |dice: &mut Dice, end: usize| {
            usize::try_from(dice.below(end as u64)).expect("it is below a usize")
        };
        let topic = below(&mut self.dice, self.topics.len());
        (topic, below(&mut self.dice, self.topics[topic].partitions.len()))
    }

    /// Some batches, of which some are waited for.
    async fn append(&mut self, node: &Node) -> Option<()> {
        let mut waiting = Vec::new();
        for _ in 0..=self.dice.below(6) {
            let (topic, index) = self.pick();
            let room = node.storage.reserve(PAYLOAD_BYTES_MAX);
            let permit = self.power.answer("room for a batch", room).await?;
            let Partition { oracle, stream } = &mut self.topics[topic].partitions[index];
            let stream = stream.as_ref().expect("a running node has opened all");
            let batch = oracle.next(&mut self.dice);
            let end = batch.offsets.end;
            if let Err(error) = stream.append(batch, permit) {
                assert!(self.power.struck(), "an append: {error}");
                return None;
            }
            self.seen.appended += 1;
            waiting.push((topic, index, end, stream.durable(end)));
        }
        for (topic, index, end, durable) in waiting {
            if self.dice.percent(70) {
                self.power.answer("durability", durable).await?;
                self.topics[topic].partitions[index].oracle.shown(end);
            }
        }
        Some(())
    }

    async fn read(&mut self) -> Option<()> {
        let (topic, index) = self.pick();
        let partition = &mut self.topics[topic].partitions[index];
        let at = partition.stream().offsets();
        if at.start > Offset(0) && self.dice.percent(20) {
            let from = Offset(self.dice.below(at.start.0));
            return partition.read_trimmed(&self.power, from).await;
        }
        let from = Offset(at.start.0 + self.dice.below(at.durable.0 - at.start.0 + 1));
        partition.read(&self.power, from).await.map(drop)
    }

    async fn trim(&mut self, node: &Node) -> Option<()> {
        let (topic, index) = self.pick();
        let Partition { oracle, stream } = &mut self.topics[topic].partitions[index];
        let durable = stream.as_ref().expect("a running node has opened all").offsets().durable;
        let start = Offset(self.dice.below(durable.0 + 1));
        oracle.shown(durable);
        oracle.trimming(start);
        let starts = [(oracle.id, start)];
        self.power.answer("a trim", node.storage.trim(&starts)).await?;
        oracle.trimmed();
        self.seen.trims += 1;
        Some(())
    }

    async fn pass(&self, time: Duration) -> Option<()> {
        self.clock.pass(time);
        self.power.wait("time", tokio::time::sleep(time)).await
    }

    async fn collect_garbage(&mut self, node: &Node) -> Option<()> {
        self.clock.pass(Duration::from_secs(self.dice.below(120)));
        let collected = node.storage.collect_garbage(self.clock.now());
        self.power.wait("collecting garbage", collected).await
    }

    async fn create_topic(&mut self, node: &Node) -> Option<()> {
        let number = self.dice.throw();
        let id = TopicId(u128::from(number).to_be_bytes());
        self.topics.push(Topic { id, surely: false, partitions: Vec::new() });
        let partitions = 1 + usize::try_from(self.dice.below(3)).expect("a small number");
        let create = Command::CreateTopic(CreateTopic {
            id,
            name: format!("topic-{number}").into(),
            replication_factor: 1,
            leaders: vec![NODE; partitions],
            configs: Vec::new(),
        });
        let outcome = self.power.answer("a creation", node.metadata.submit(create)).await?;
        outcome.result.expect("nothing speaks against a new topic");
        let topic = self.topics.last_mut().expect("it was pushed");
        topic.surely = true;
        let image = node.metadata.image();
        let streams = &image.topic(id).expect("the image includes what was answered").streams;
        topic.partitions = streams.iter().copied().map(Partition::new).collect();
        for partition in &mut topic.partitions {
            partition.open(&self.power, node).await?;
        }
        Some(())
    }

    async fn delete_topic(&mut self, node: &Node) -> Option<()> {
        let (index, _) = self.pick();
        let topic = &mut self.topics[index];
        topic.surely = false;
        let delete = Command::DeleteTopic(DeleteTopic { id: topic.id, now: self.clock.now() });
        let outcome = self.power.answer("a deletion", node.metadata.submit(delete)).await?;
        outcome.result.expect("the topic is there");
        let topic = self.topics.remove(index);
        topic.partitions.iter().for_each(|partition| node.storage.close(partition.oracle.id));
        self.gone.insert(topic.id);
        self.seen.deleted_topics += 1;
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
