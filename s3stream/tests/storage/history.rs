//! One random history, step by step, against the oracle.

use std::time::Duration;

use penstock_model::client::MetadataClient;
use penstock_model::id::{Offset, StreamId, Timestamp};
use penstock_s3stream::{Clock, Counters, ReadError, ReadLimits, Retention, Settings, Stream};
use tokio::time::timeout;

use crate::oracle::Oracle;
use crate::random::Random;
use crate::world::{Process, World};

/// Longer than any pause between attempts.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct History {
    world: World,
    random: Random,
    process: Option<Process>,
    streams: Vec<Open>,
    seen: Seen,
}

/// What happened in histories, so that a test can tell that it tested something.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) uploads: u64,
    pub(crate) log_cache_hits: u64,
    pub(crate) wal_reads: u64,
    pub(crate) object_reads: u64,
    pub(crate) deleted_objects: u64,
    pub(crate) compactions: u64,
    pub(crate) cleanings: u64,
    pub(crate) merges: u64,
}

impl Seen {
    fn add(&mut self, counters: &Counters) {
        self.uploads += counters.uploads.get();
        self.log_cache_hits += counters.log_cache_hits.get();
        self.wal_reads += counters.wal_reads.get();
        self.object_reads += counters.object_reads.get();
        self.deleted_objects += counters.deleted_objects.get();
        self.compactions += counters.compactions.get();
        self.cleanings += counters.cleanings.get();
        self.merges += counters.merges.get();
    }
}

struct Open {
    oracle: Oracle,
    stream: Option<Stream>,
}

impl History {
    pub(crate) async fn new(seed: u64, settings: Settings, streams: usize) -> Self {
        let mut world = World::new(seed, settings);
        // Timestamps are below a thousand.
        world.span = [0, 100, 400][usize::try_from(seed % 3).unwrap()];
        world.cleans = seed % 4 >= 2;
        let process = world.start();
        let ids = world.create_topic(streams);
        let mut history = Self {
            world,
            random: Random::new(seed),
            process: None,
            streams: Vec::new(),
            seen: Seen::default(),
        };
        let cleans = history.world.cleans;
        let oracle = |id| Oracle { cleans, ..Oracle::new(id) };
        history.streams =
            ids.into_iter().map(|id| Open { oracle: oracle(id), stream: None }).collect();
        history.resume(process).await;
        history
    }

    /// Opens every stream in a new process, and checks what it finds.
    async fn resume(&mut self, process: Process) {
        for open in &mut self.streams {
            let (stream, link) = process.open(&self.world, open.oracle.id).await;
            let at = stream.offsets();
            assert_eq!(at.start.0, open.oracle.start, "stream {}: its start", open.oracle.id);
            assert_eq!(at.appended, at.durable);
            open.oracle.recovered(at.durable.0, link);
            open.stream = Some(stream);
        }
        self.process = Some(process);
    }

    fn process(&self) -> &Process {
        self.process.as_ref().unwrap()
    }

    fn fault_rate(&mut self) -> u64 {
        [0, 30, 100][usize::try_from(self.random.below(3)).unwrap()]
    }

    fn pick(&mut self) -> usize {
        usize::try_from(self.random.below(self.streams.len() as u64)).unwrap()
    }

    pub(crate) async fn step(&mut self) {
        match self.random.below(100) {
            0..40 => self.append().await,
            40..65 => self.read().await,
            65..70 => self.search().await,
            70..75 => self.trim().await,
            75..77 => self.retain().await,
            77..87 => {
                let seconds = self.random.below(40);
                self.world.pass(Duration::from_secs(seconds)).await;
            }
            87..90 => {
                let percent = self.fault_rate();
                self.world.store.fail(percent);
            }
            90..92 => {
                let percent = self.fault_rate();
                self.world.metadata.fail(percent);
            }
            92..95 => self.collect().await,
            95..97 => self.restart(true).await,
            97..98 => self.restart(false).await,
            _ => {
                let _ = timeout(PATIENCE, self.process().storage.flush()).await;
            }
        }
        self.check();
    }

    async fn append(&mut self) {
        let mut waiting: Vec<(usize, Offset, _)> = Vec::new();
        for _ in 0..=self.random.below(6) {
            let index = self.pick();
            let bytes_max = [50, 6_000][usize::from(self.random.chance(40))];
            // With the store away, room may not come.
            let room = self.process().storage.reserve(6_100);
            let Ok(permit) = timeout(PATIENCE, room).await else { break };
            let open = &mut self.streams[index];
            let stream = open.stream.as_ref().unwrap();
            let batch = open.oracle.next(&mut self.random, bytes_max);
            let end = batch.offsets.end;
            stream.append(batch, permit.unwrap()).unwrap();
            waiting.push((index, end, stream.durable(end)));
        }
        for (index, end, durable) in waiting {
            if self.random.chance(80) {
                durable.await.unwrap();
                let acked = &mut self.streams[index].oracle.acked;
                *acked = end.0.max(*acked);
            }
        }
    }

    /// Some reads at once, so that uploads, evictions and trims of the log come in between.
    async fn read(&mut self) {
        let count = 1 + self.random.below(4);
        let upload = self.random.chance(30);
        let reads: Vec<_> = (0..count).map(|_| (self.pick(), self.random.next())).collect();
        let reads = reads.into_iter().map(|(index, seed)| self.read_one(index, Random::new(seed)));
        let flush = async {
            if upload {
                let _ = timeout(PATIENCE, self.process().storage.flush()).await;
            }
        };
        futures::future::join(flush, futures::future::join_all(reads)).await;
    }

    async fn read_one(&self, index: usize, mut random: Random) {
        let Open { oracle, stream } = &self.streams[index];
        let stream = stream.as_ref().unwrap();
        let at = stream.offsets();
        let from = random.below(at.appended.0 + 2);
        let limits = ReadLimits {
            max_bytes: usize::try_from(random.below(20_000)).unwrap(),
            at_least_one: true,
            up_to: Offset(if random.chance(20) { from + random.below(9) } else { u64::MAX }),
        };
        let outcome = timeout(PATIENCE, stream.read(Offset(from), limits)).await;
        let Ok(outcome) = outcome else {
            assert!(self.world.store.is_failing(), "a read hangs with the store at hand");
            return;
        };
        match outcome {
            Ok(read) => {
                assert!(from >= oracle.start, "stream {}: read {from}, trimmed", oracle.id);
                let durable = stream.offsets().durable;
                assert!(read.next <= durable, "stream {}: read past the durable end", oracle.id);
                let durable = at.durable.0..=durable.0;
                oracle.check_read_during(from, limits.up_to.0, limits.max_bytes, durable, &read);
            }
            Err(ReadError::OutOfRange { start, durable }) => {
                assert_eq!(start.0, oracle.start);
                assert!(from < start.0 || from > at.durable.0, "{from} is in {start}..{durable}");
            }
            Err(error) => panic!("stream {}: {error}", oracle.id),
        }
    }

    async fn search(&mut self) {
        let index = self.pick();
        let timestamp = i64::try_from(self.random.below(1_100)).unwrap();
        let Open { oracle, stream } = &self.streams[index];
        let stream = stream.as_ref().unwrap();
        // No append is under way, but those of before may become durable only now.
        stream.durable(stream.offsets().appended).await.unwrap();
        let durable = stream.offsets().durable.0;
        if let Ok(found) = timeout(PATIENCE, stream.find_by_timestamp(Timestamp(timestamp))).await {
            oracle.check_found(timestamp, durable, found.unwrap().as_ref());
        }
        if let Ok(found) = timeout(PATIENCE, stream.max_timestamp_batch()).await {
            oracle.check_greatest(durable, found.unwrap().as_ref());
        }
    }

    async fn trim(&mut self) {
        let index = self.pick();
        let Open { oracle, stream } = &self.streams[index];
        let durable = stream.as_ref().unwrap().offsets().durable.0;
        let start = self.random.below(durable + 1);
        let id: StreamId = oracle.id;
        self.trim_to(index, id, start).await;
    }

    async fn retain(&mut self) {
        let index = self.pick();
        let bytes = self.random.below(60_000);
        let Open { oracle, stream } = &self.streams[index];
        let stream = stream.as_ref().unwrap();
        let retention = Retention { milliseconds: None, bytes: Some(bytes) };
        if let Some(start) = stream.retention_start(Timestamp(0), retention) {
            let at = stream.offsets();
            let (durable, id) = (at.durable.0, oracle.id);
            // The uploader may not have heard of its commit yet.
            let committed = self.world.local.image().stream(id).unwrap().end;
            assert!(start > at.start && start <= committed);
            let kept = oracle.batches.iter().filter(|b| b.offsets.end > start.0);
            let kept: usize =
                kept.filter(|b| b.offsets.end <= durable).map(|b| b.payload.len()).sum();
            assert!(kept as u64 >= bytes, "retention left {kept} bytes of {bytes}");
            self.trim_to(index, id, start.0).await;
        }
    }

    async fn trim_to(&mut self, index: usize, id: StreamId, start: u64) {
        // Tried until it is known to have taken effect.
        loop {
            match self.process().storage.trim(&[(id, Offset(start))]).await[..] {
                [Ok(())] => break,
                _ => self.world.metadata.fail(30),
            }
        }
        let Open { oracle, stream } = &mut self.streams[index];
        oracle.start = oracle.start.max(start);
        oracle.acked = oracle.acked.max(start);
        assert_eq!(stream.as_ref().unwrap().offsets().start.0, oracle.start);
    }

    async fn collect(&mut self) {
        let now = self.world.clock.now();
        let storage = self.process().storage.clone();
        let _ = timeout(PATIENCE, storage.collect_garbage(now)).await;
    }

    async fn restart(&mut self, crash: bool) {
        for open in &mut self.streams {
            open.stream = None;
        }
        let process = self.process.take().unwrap();
        self.seen.add(process.storage.counters());
        if crash {
            process.crash();
        } else {
            process.shut_down(Duration::from_secs(self.random.below(20))).await;
        }
        let process = self.world.start();
        // Opening waits for the store.
        self.world.store.fail(self.random.below(2) * 30);
        self.resume(process).await;
    }

    fn check(&self) {
        self.process().check_alive();
        self.world.check_metadata();
        let memory = self.process().storage.memory();
        let budget = self.world.settings.memory;
        // The page that is being filled, and one group, may stand over.
        assert!(memory.log_cache <= budget.log_cache, "{memory:?}");
        assert!(memory.index <= budget.index + 200 * 6, "{memory:?}");
    }

    /// The faults are removed: everything heals.
    pub(crate) async fn heal(mut self) -> Seen {
        self.world.store.fail(0);
        self.world.metadata.fail(0);
        self.world.pass(PATIENCE).await;
        self.process().flush().await.unwrap();
        for Open { stream, .. } in &self.streams {
            let stream = stream.as_ref().unwrap();
            stream.durable(stream.offsets().appended).await.unwrap();
        }
        self.process().flush().await.unwrap();
        assert_eq!(self.process().storage.backlog_bytes(), 0);
        for Open { oracle, stream } in &self.streams {
            let stream = stream.as_ref().unwrap();
            let at = stream.offsets();
            assert_eq!(at.uploaded, at.appended);
            let mut from = at.start;
            while from < at.durable {
                let limits =
                    ReadLimits { max_bytes: 10_000, at_least_one: true, up_to: Offset(u64::MAX) };
                let read = stream.read(from, limits).await.unwrap();
                oracle.check_read(from.0, u64::MAX, 10_000, at.durable.0, &read);
                from = read.next;
            }
        }
        self.world.check_metadata();
        self.world.check_store(&self.process().storage).await;
        self.restart(true).await;
        self.process.take().unwrap().shut_down(PATIENCE).await;
        self.seen
    }
}
