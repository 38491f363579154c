//! Large ranges become very large ones within the store, step by step, and whatever fails on the way.

use std::time::Duration;

use penstock_model::client::MetadataClient;
use penstock_model::command::Command;
use penstock_model::id::{ObjectId, Offset, StreamId, Timestamp};
use penstock_s3stream::{Clock, ReadLimits, Stream};

use crate::assembler::{Fault, Lists, Place};
use crate::oracle::Oracle;
use crate::random::Random;
use crate::world::{Process, World, tiny};

/// A stream in many large objects, of which none is merged yet.
struct Merging {
    world: World,
    process: Process,
    stream: Stream,
    oracle: Oracle,
}

impl Merging {
    async fn new() -> Self {
        let mut settings = tiny();
        settings.compaction.merged_bytes_max = 128 << 10;
        let mut world = World::new(1, settings);
        let process = world.start();
        let id = world.create_topic(1)[0];
        let (stream, _) = process.open(&world, id).await;
        Self { world, process, stream, oracle: Oracle::new(id) }
    }

    /// Uploads about as many ranges of 10 KiB.
    async fn upload(&mut self, ranges: usize) {
        let mut random = Random::new(5);
        for _ in 0..ranges * 7 {
            let permit = self.process.storage.reserve(3_000).await.unwrap();
            self.stream.append(self.oracle.next(&mut random, 2_900), permit).unwrap();
            self.stream.durable(Offset(self.oracle.end())).await.unwrap();
            self.oracle.acked = self.oracle.end();
        }
        self.process.flush().await.unwrap();
        self.world.check_metadata();
    }

    fn id(&self) -> StreamId {
        self.oracle.id
    }

    fn ranges(&self) -> usize {
        self.world.local.image().ranges_from(self.id(), Offset::ZERO).count()
    }

    fn merges(&self) -> u64 {
        self.process.storage.counters().merges.get()
    }

    async fn pass(&self, seconds: u64) {
        for _ in 0..seconds / 10 {
            self.world.pass(Duration::from_secs(10)).await;
        }
    }

    async fn read_all(&self) {
        if self.world.local.image().stream(self.id()).is_none() {
            return;
        }
        let at = self.stream.offsets();
        let mut from = at.start;
        while from < at.durable {
            let limits =
                ReadLimits { max_bytes: 10_000, at_least_one: true, up_to: Offset(u64::MAX) };
            let read = self.stream.read(from, limits).await.unwrap();
            self.oracle.check_read(from.0, u64::MAX, 10_000, at.durable.0, &read);
            from = read.next;
        }
    }

    /// A process after the first has died.
    async fn restart(mut self) -> Self {
        self.process.crash();
        self.process = self.world.start();
        let (stream, link) = self.process.open(&self.world, self.oracle.id).await;
        self.oracle.recovered(stream.offsets().durable.0, link);
        self.stream = stream;
        self
    }

    /// Leases end, and garbage goes, by themselves.
    async fn collect(&self) {
        for _ in 0..2 {
            self.pass(1_000).await;
            self.process.storage.collect_garbage(self.world.clock.now()).await;
        }
    }

    /// All of it is as it should be, and nothing is left over.
    async fn check(self) {
        self.read_all().await;
        self.process.check_alive();
        self.collect().await;
        assert_eq!(self.world.assembler.begun(), 0, "what was begun ended with its lease");
        self.world.check_metadata();
        self.world.check_store(&self.process.storage).await;
        self.read_all().await;
        self.process.crash();
    }
}

#[tokio::test(start_paused = true)]
async fn large_ranges_become_few() {
    let mut merging = Merging::new().await;
    merging.upload(60).await;
    let before = merging.ranges();
    merging.pass(300).await;
    assert!(before > 30, "{before} ranges");
    assert!(merging.ranges() <= 12, "{} of {before} ranges", merging.ranges());
    let counters = merging.process.storage.counters();
    let (merged, uploaded) = (counters.merged_bytes.get(), counters.uploaded_bytes.get());
    assert!(merged > uploaded / 2 && merged <= uploaded, "{merged} of {uploaded} bytes");
    // What goes on is merged as well; once there are few, all stays as it is.
    merging.upload(60).await;
    merging.pass(300).await;
    let merges = merging.merges();
    assert!(merging.ranges() <= 16, "{} ranges", merging.ranges());
    merging.pass(3_000).await;
    assert_eq!(merging.merges(), merges);
    merging.check().await;
}

#[tokio::test(start_paused = true)]
async fn few_ranges_stay_as_they_are() {
    let mut merging = Merging::new().await;
    merging.upload(6).await;
    merging.pass(3_000).await;
    assert_eq!(merging.merges(), 0);
    merging.check().await;
}

#[tokio::test(start_paused = true)]
async fn an_attempt_may_fail_at_any_step() {
    let faults = [
        vec![Fault::Begin],
        vec![Fault::Copy],
        vec![Fault::AnswerLost],
        // It cannot even be abandoned.
        vec![Fault::Left],
        vec![Fault::Copy, Fault::Begin, Fault::AnswerLost],
    ];
    for faults in faults {
        let mut merging = Merging::new().await;
        merging.world.assembler.meet(faults.clone());
        merging.upload(30).await;
        merging.pass(300).await;
        assert!(merging.merges() > 0, "{faults:?}");
        merging.collect().await;
        assert_eq!(merging.world.assembler.begun(), 0, "{faults:?}");
        merging.check().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_knows_no_such_request_is_not_asked_again() {
    let mut merging = Merging::new().await;
    merging.world.assembler.meet([Fault::Unsupported]);
    merging.upload(30).await;
    let ranges = merging.ranges();
    merging.pass(300).await;
    merging.upload(10).await;
    merging.pass(3_000).await;
    assert_eq!(merging.merges(), 0);
    assert!(merging.ranges() >= ranges);
    // Until the next start.
    let mut merging = merging.restart().await;
    merging.upload(1).await;
    merging.pass(300).await;
    assert!(merging.merges() > 0);
    merging.check().await;
}

#[tokio::test(start_paused = true)]
async fn whoever_dies_leaves_nothing_once_the_lease_has_ended() {
    for place in [Place::Begun, Place::Completed] {
        let mut merging = Merging::new().await;
        let stop = merging.world.assembler.stop(place);
        merging.upload(30).await;
        stop.reached.await.unwrap();
        let merging = merging.restart().await;
        drop(stop.go_on);
        merging.pass(30).await;
        assert_eq!(merging.world.assembler.begun(), usize::from(place == Place::Begun));
        // Nobody knows what is begun: nothing is forgotten.
        merging.world.assembler.answer_lists(Lists::Broken);
        merging.collect().await;
        let image = merging.world.local.image();
        assert!(image.leases().any(|(_, lease)| lease.expired), "{place:?}");
        merging.world.assembler.answer_lists(Lists::Well);
        merging.collect().await;
        assert_eq!(merging.world.local.image().leases().count(), 0);
        assert_eq!(merging.world.assembler.begun(), 0);
        merging.check().await;
    }
}

#[tokio::test(start_paused = true)]
async fn leases_end_where_nobody_may_know_what_is_begun() {
    let mut merging = Merging::new().await;
    merging.world.assembler.answer_lists(Lists::Denied);
    let stop = merging.world.assembler.stop(Place::Begun);
    merging.upload(30).await;
    stop.reached.await.unwrap();
    let merging = merging.restart().await;
    drop(stop.go_on);
    merging.collect().await;
    assert_eq!(merging.world.local.image().leases().count(), 0);
    assert_eq!(merging.world.assembler.begun(), 1);
    merging.world.assembler.answer_lists(Lists::Well);
    // The first look reports it.
    merging.process.storage.reconcile().await;
    merging.process.storage.reconcile().await;
    assert_eq!(merging.world.assembler.begun(), 0);
    merging.check().await;
}

#[derive(Clone, Copy, Debug)]
enum Meanwhile {
    Trimmed,
    Deleted,
    LeaseEnded,
}

impl Meanwhile {
    async fn happens(self, merging: &mut Merging) {
        let (id, image) = (merging.id(), merging.world.local.image());
        match self {
            Self::Trimmed => {
                let first = image.ranges_from(id, Offset::ZERO).next().unwrap();
                let start = Offset(first.offsets.end.0 + 1);
                merging.process.storage.trim(&[(id, start)]).await.remove(0).unwrap();
                merging.oracle.start = start.0;
            }
            Self::Deleted => {
                merging.world.delete_topic();
                // The sources, too.
                let later = merging.world.clock.now().0 + 1_000_000;
                merging.process.storage.collect_garbage(Timestamp(later)).await;
            }
            Self::LeaseEnded => {
                let leases: Vec<ObjectId> = image.leases().map(|(first, _)| first).collect();
                let expire = Command::ExpireLeases { leases, now: Timestamp(i64::MAX) };
                merging.world.local.apply(&expire).result.unwrap();
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_changes_meanwhile_is_not_merged() {
    for place in [Place::Begun, Place::Completed] {
        for meanwhile in [Meanwhile::Trimmed, Meanwhile::Deleted, Meanwhile::LeaseEnded] {
            let mut merging = Merging::new().await;
            let stop = merging.world.assembler.stop(place);
            merging.upload(30).await;
            stop.reached.await.unwrap();
            let (id, image) = (merging.id(), merging.world.local.image());
            meanwhile.happens(&mut merging).await;
            stop.go_on.send(()).unwrap();
            // Whoever is refused tries again a minute later.
            let seconds = if matches!(meanwhile, Meanwhile::LeaseEnded) { 30 } else { 300 };
            merging.pass(seconds).await;
            let former: Vec<_> =
                image.ranges_from(id, Offset::ZERO).map(|range| range.object).collect();
            let image = merging.world.local.image();
            let mut ranges = image.ranges_from(id, Offset::ZERO).map(|range| range.object);
            match meanwhile {
                Meanwhile::Trimmed => assert!(merging.merges() > 1, "anew, after that"),
                Meanwhile::Deleted => assert_eq!(image.streams().count(), 0),
                Meanwhile::LeaseEnded => {
                    assert_eq!(merging.merges(), 0);
                    assert!(former.iter().all(|object| ranges.next() == Some(*object)));
                }
            }
            merging.check().await;
        }
    }
}

/// A byte that changed in a source is found by the same checksum in what was made of it.
#[tokio::test(start_paused = true)]
async fn what_was_damaged_stays_damaged() {
    let mut merging = Merging::new().await;
    merging.upload(30).await;
    let image = merging.world.local.image();
    let first = image.ranges_from(merging.id(), Offset::ZERO).next().unwrap();
    merging.world.store.flip(first.object, 5).await;
    merging.pass(300).await;
    assert!(merging.merges() > 0);
    let image = merging.world.local.image();
    let merged = image.ranges_from(merging.id(), Offset::ZERO).next().unwrap();
    assert!(merged.object != first.object && merged.offsets.start == first.offsets.start);
    let limits = ReadLimits { max_bytes: 10_000, at_least_one: true, up_to: Offset(u64::MAX) };
    let error = merging.stream.read(Offset(0), limits).await.unwrap_err();
    assert!(error.to_string().contains("damaged at byte 0"), "{error}");
    merging.process.crash();
}

/// Log compaction has each range in memory: one that was merged before its topic became a compacted one
/// is too large for that.
#[tokio::test(start_paused = true)]
async fn a_log_with_very_large_ranges_is_not_compacted() {
    let mut merging = Merging::new().await;
    merging.upload(30).await;
    merging.pass(300).await;
    assert!(merging.merges() > 0);
    merging.world.cleans = true;
    let mut merging = merging.restart().await;
    merging.upload(5).await;
    merging.pass(600).await;
    assert_eq!(merging.process.storage.counters().cleanings.get(), 0);
    merging.check().await;
}
