//! What waits for what. (That the log is trimmed only after the commit, that commits name objects
//! that are there, and that nothing is deleted before the metadata let go of it, is asserted in
//! the checked store, log and metadata of every test.)

use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use penstock_model::client::MetadataClient;
use penstock_model::id::{Offset, StreamId};
use penstock_model::image::MetadataImage;
use penstock_s3stream::{Clock, ReadError, ReadLimits, Settings, Stream, TailListener, TrimError};

use crate::oracle::Oracle;
use crate::random::Random;
use crate::world::{Process, World};

const ALL: ReadLimits =
    ReadLimits { max_bytes: usize::MAX, at_least_one: true, up_to: Offset(u64::MAX) };

async fn append(process: &Process, stream: &Stream, oracle: &mut Oracle, random: &mut Random) {
    let room =
        tokio::time::timeout(Duration::from_secs(3_600), process.storage.reserve(2_012)).await;
    let permit = room.expect("there is room in the end").unwrap();
    let batch = oracle.next(random, 2_000);
    stream.append(batch, permit).unwrap();
}

#[derive(Default)]
struct Heard(Mutex<Vec<u64>>);

impl TailListener for Heard {
    fn advanced(&self, _stream: StreamId, durable: Offset) {
        self.0.lock().unwrap().push(durable.0);
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_read_before_it_is_durable_and_then_listeners_hear_of_it() {
    let mut world = World::new(1, Settings::default());
    let process = world.start();
    let id = world.create_topic(1)[0];
    let (stream, _) = process.open(&world, id).await;
    let (mut oracle, mut random) = (Oracle::new(id), Random::new(1));
    let heard = Arc::new(Heard::default());
    stream.listen(Arc::downgrade(&heard) as Weak<dyn TailListener>);

    append(&process, &stream, &mut oracle, &mut random).await;
    append(&process, &stream, &mut oracle, &mut random).await;
    let at = stream.offsets();
    assert_eq!((at.durable.0, at.appended.0), (0, oracle.end()));
    let read = stream.read(Offset(0), ALL).await.unwrap();
    assert_eq!((read.batches.len(), read.next.0), (0, 0));

    stream.durable(at.appended).await.unwrap();
    assert_eq!(stream.offsets().durable, at.appended);
    assert_eq!(heard.0.lock().unwrap().last(), Some(&oracle.end()));
    let read = stream.read(Offset(0), ALL).await.unwrap();
    oracle.check_read(0, u64::MAX, usize::MAX, oracle.end(), &read);
}

#[tokio::test(start_paused = true)]
async fn readers_at_the_tail_never_ask_the_store() {
    let mut world = World::new(1, Settings::default());
    let process = world.start();
    let id = world.create_topic(1)[0];
    let (stream, _) = process.open(&world, id).await;
    let (mut oracle, mut random) = (Oracle::new(id), Random::new(1));
    for _ in 0..50 {
        append(&process, &stream, &mut oracle, &mut random).await;
        stream.durable(Offset(oracle.end())).await.unwrap();
        process.flush().await.unwrap();
    }
    let puts = world.store.requests();
    let read = stream.read(Offset(0), ALL).await.unwrap();
    oracle.check_read(0, u64::MAX, usize::MAX, oracle.end(), &read);
    assert_eq!(world.store.requests(), puts, "uploaded batches stay in memory while they fit");
}

#[tokio::test(start_paused = true)]
async fn an_outage_throttles_appends_and_reads_of_the_tail_go_on() {
    let mut settings = crate::world::tiny();
    settings.upload.block_age_max = Duration::from_secs(1);
    let mut world = World::new(1, settings);
    let process = world.start();
    let id = world.create_topic(1)[0];
    let (stream, _) = process.open(&world, id).await;
    let (mut oracle, mut random) = (Oracle::new(id), Random::new(1));
    world.store.fail(100);
    let outage = async {
        loop {
            append(&process, &stream, &mut oracle, &mut random).await;
            stream.durable(Offset(oracle.end())).await.unwrap();
        }
    };
    let throttled = tokio::time::timeout(Duration::from_secs(600), outage).await;
    assert!(throttled.is_err(), "appends wait for the store");
    assert!(process.storage.backlog_bytes() >= 190 << 10);
    assert!(process.storage.memory().log_cache <= world.settings.memory.log_cache);
    let end = stream.offsets().durable;
    let read = stream.read(Offset(0), ALL).await.unwrap();
    oracle.check_read(0, u64::MAX, usize::MAX, end.0, &read);

    world.store.fail(0);
    append(&process, &stream, &mut oracle, &mut random).await;
    stream.durable(Offset(oracle.end())).await.unwrap();
    process.flush().await.unwrap();
    assert_eq!(process.storage.backlog_bytes(), 0);
    world.check_store(&process.storage).await;
}

/// A checkpoint is read for as long as the store is away; what needs none goes on.
#[tokio::test(start_paused = true)]
async fn a_block_is_put_and_committed_while_the_next_one_waits_for_a_checkpoint() {
    let mut settings = Settings::default();
    settings.upload.block_groups_max = Some(1);
    let mut world = World::new(1, settings);
    let process = world.start();
    let [a, b] = world.create_topic(2)[..] else { panic!("two streams") };
    let (mut waiting, mut other) = (Oracle::new(a), Oracle::new(b));
    let mut random = Random::new(1);
    let (first, _) = process.open(&world, a).await;
    let (second, _) = process.open(&world, b).await;
    append(&process, &first, &mut waiting, &mut random).await;
    first.durable(Offset(waiting.end())).await.unwrap();
    process.flush().await.unwrap();
    let stored = waiting.end();
    world.store.fail(100);
    for (stream, oracle) in [(&second, &mut other), (&first, &mut waiting)] {
        append(&process, stream, oracle, &mut random).await;
        stream.durable(Offset(oracle.end())).await.unwrap();
    }
    process.crash();

    // The two batches wait in the log, a block each, and only the second needs a checkpoint.
    world.store.fail(0);
    world.store.fail_gets(true);
    let process = world.start();
    let mut images = world.local.watch();
    let end = |image: &MetadataImage, id| image.stream(id).unwrap().end.0;
    let committed = images.wait_for(|image| end(image, b) == other.end());
    let committed = tokio::time::timeout(Duration::from_secs(600), committed).await;
    let image = committed.expect("nothing keeps the first block from its commit").unwrap().clone();
    assert_eq!(end(&image, a), stored);
    world.store.fail_gets(false);
    process.flush().await.unwrap();
    assert_eq!(end(&world.local.image(), a), waiting.end());
}

#[tokio::test(start_paused = true)]
async fn an_expired_lease_is_taken_anew_and_leaves_nothing_behind() {
    let mut world = World::new(1, Settings::default());
    world.settings.upload.lease = Duration::from_secs(10);
    let process = world.start();
    let id = world.create_topic(1)[0];
    let (stream, _) = process.open(&world, id).await;
    let (mut oracle, mut random) = (Oracle::new(id), Random::new(1));
    append(&process, &stream, &mut oracle, &mut random).await;
    stream.durable(Offset(oracle.end())).await.unwrap();
    world.store.fail(100);
    let storage = process.storage.clone();
    let flush = tokio::spawn(async move { storage.flush().await });
    world.pass(Duration::from_secs(1)).await;
    let leased = |image: &MetadataImage| image.leases().map(|(first, _)| first).collect::<Vec<_>>();
    let lease = leased(&world.local.image());
    assert_eq!(lease.len(), 1);
    world.pass(Duration::from_secs(20)).await;
    // Only this node's own collection expires it, while the upload is still trying.
    process.storage.collect_garbage(world.clock.now()).await;
    assert!(world.local.image().lease_of(lease[0]).is_some_and(|(_, lease)| lease.expired));
    world.store.fail(0);
    process.flush().await.unwrap();
    flush.await.unwrap().unwrap();
    assert_eq!(leased(&world.local.image()), lease, "a new one was taken, and is used up");
    assert_eq!(stream.offsets().uploaded.0, oracle.end());
    world.check_store(&process.storage).await;
}

/// One write of the metadata for eight of them; what is left of them when nobody uploads any more
/// expires as one.
#[tokio::test(start_paused = true)]
async fn uploads_that_follow_one_another_ask_for_leases_together() {
    let mut settings = Settings::default();
    // Compaction, which takes leases as well, finds nothing to do.
    settings.compaction.small_max = 100;
    let mut world = World::new(1, settings);
    let process = world.start();
    let id = world.create_topic(1)[0];
    let (stream, _) = process.open(&world, id).await;
    let (mut oracle, mut random) = (Oracle::new(id), Random::new(1));
    let mut spare = Vec::new();
    let mut pauses = [1; 12];
    pauses[11] = 3_000;
    for pause in pauses {
        world.pass(Duration::from_secs(pause)).await;
        append(&process, &stream, &mut oracle, &mut random).await;
        stream.durable(Offset(oracle.end())).await.unwrap();
        process.flush().await.unwrap();
        spare.push(world.local.image().leases().count());
    }
    // After the pause those to spare have too little time left, and one is asked for alone.
    assert_eq!(spare, [0, 7, 6, 5, 4, 3, 2, 1, 0, 7, 6, 6]);
    world.check_store(&process.storage).await;
}

#[tokio::test(start_paused = true)]
async fn a_deleted_topic_is_dropped_from_log_and_store() {
    let mut world = World::new(1, crate::world::tiny());
    let process = world.start();
    let ids = world.create_topic(2);
    let (stream, _) = process.open(&world, ids[0]).await;
    let (mut oracle, mut random) = (Oracle::new(ids[0]), Random::new(1));
    for _ in 0..40 {
        append(&process, &stream, &mut oracle, &mut random).await;
    }
    stream.durable(Offset(oracle.end())).await.unwrap();
    world.delete_topic();
    process.storage.close(ids[0]);
    assert!(stream.read(Offset(0), ALL).await.is_err());
    process.flush().await.unwrap();
    assert_eq!(process.storage.memory().log_cache, 0);
    assert_eq!(process.storage.backlog_bytes(), 0);
    world.check_store(&process.storage).await;
    assert!(world.store.content().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_destroyed_object_stays_as_long_as_a_read_may_take() {
    let mut world = World::new(1, Settings::default());
    let process = world.start();
    let id = world.create_topic(1)[0];
    let (stream, _) = process.open(&world, id).await;
    let (mut oracle, mut random) = (Oracle::new(id), Random::new(1));
    append(&process, &stream, &mut oracle, &mut random).await;
    stream.durable(Offset(oracle.end())).await.unwrap();
    process.flush().await.unwrap();
    append(&process, &stream, &mut oracle, &mut random).await;
    stream.durable(Offset(oracle.end())).await.unwrap();
    process.flush().await.unwrap();
    assert_eq!(process.storage.trim(&[(id, Offset(oracle.end()))]).await, [Ok(())]);
    // The first is destroyed; the second holds the checkpoint.
    let delay = world.settings.delete_delay;
    world.pass(delay).await;
    process.storage.collect_garbage(world.clock.now()).await;
    assert_eq!(world.store.content().await.len(), 2);
    world.pass(Duration::from_millis(1)).await;
    process.storage.collect_garbage(world.clock.now()).await;
    assert_eq!(world.store.content().await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_upload_counts_its_checkpoints_until_they_are_committed() {
    let mut world = World::new(1, Settings::default());
    let process = world.start();
    let mut expect = 0;
    let mut random = Random::new(1);
    for id in world.create_topic(9) {
        let (stream, _) = process.open(&world, id).await;
        let mut oracle = Oracle::new(id);
        append(&process, &stream, &mut oracle, &mut random).await;
        stream.durable(Offset(oracle.end())).await.unwrap();
        expect += oracle.batches[0].payload.len() + oracle.link().encode().len();
    }
    assert_eq!(process.storage.memory().upload, 0);
    world.store.fail(100);
    let storage = process.storage.clone();
    let flushed = tokio::spawn(async move { storage.flush().await });
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(process.storage.memory().upload, expect);
    world.store.fail(0);
    flushed.await.unwrap().unwrap();
    assert_eq!(process.storage.memory().upload, 0);
}

#[tokio::test(start_paused = true)]
async fn a_read_whose_object_is_deleted_meanwhile_looks_again() {
    let mut world = World::new(1, crate::world::tiny());
    world.settings.memory.log_cache = 0;
    let process = world.start();
    let id = world.create_topic(1)[0];
    let (stream, _) = process.open(&world, id).await;
    let (mut oracle, mut random) = (Oracle::new(id), Random::new(1));
    for _ in 0..3 {
        append(&process, &stream, &mut oracle, &mut random).await;
        stream.durable(Offset(oracle.end())).await.unwrap();
        process.flush().await.unwrap();
    }
    world.store.fail(100);
    let reader = stream.clone();
    let read = tokio::spawn(async move { reader.read(Offset(0), ALL).await });
    world.pass(Duration::from_secs(1)).await;
    assert!(!read.is_finished(), "an outage is waited for");
    let start = oracle.batches[1].offsets.start;
    assert_eq!(process.storage.trim(&[(id, Offset(start))]).await, [Ok(())]);
    world.clock.pass(Duration::from_secs(3_600));
    world.store.fail(0);
    process.storage.collect_garbage(world.clock.now()).await;
    let error = read.await.unwrap().unwrap_err();
    assert!(matches!(error, ReadError::OutOfRange { start: now, .. } if now.0 == start), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_cannot_be_trimmed_stops_no_other() {
    let mut world = World::new(1, Settings::default());
    let process = world.start();
    let ids = world.create_topic(4);
    let mut random = Random::new(1);
    let mut ends = Vec::new();
    // The second is not open.
    for id in [ids[0], ids[2], ids[3]] {
        let (stream, _) = process.open(&world, id).await;
        let mut oracle = Oracle::new(id);
        append(&process, &stream, &mut oracle, &mut random).await;
        stream.durable(Offset(oracle.end())).await.unwrap();
        ends.push((stream, Offset(oracle.end())));
    }
    let [(first, one), (second, two), (last, three)] = &ends[..] else { panic!("three are open") };
    let past = two.plus(1);
    let starts = [(ids[0], *one), (ids[1], Offset(1)), (ids[2], past), (ids[3], *three)];
    let expect = [
        Ok(()),
        Err(TrimError::NotOpen(ids[1])),
        Err(TrimError::PastEnd { stream: ids[2], durable: *two }),
        Ok(()),
    ];
    assert_eq!(process.storage.trim(&starts).await, expect);
    let now = [first, second, last].map(|stream| stream.offsets().start);
    assert_eq!(now, [*one, Offset(0), *three]);
    let committed = ids.iter().map(|id| world.local.image().stream(*id).unwrap().start);
    assert_eq!(committed.collect::<Vec<_>>(), [*one, Offset(0), Offset(0), *three]);
}
