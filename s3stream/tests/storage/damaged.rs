//! A checkpoint that cannot be read costs its own stream, until it is mended, and nobody else. What
//! has changed in memory costs nothing while the log has it.

use std::time::Duration;

use bytes::Bytes;
use penstock_model::client::MetadataClient;
use penstock_model::command::CheckpointRef;
use penstock_model::id::{Offset, StreamId};
use penstock_s3stream::{
    AppendError, Batch, Checkpoint, Failure, OpenError, ReadLimits, Settings, Stream,
};
use penstock_wal::WalError;

use crate::oracle::Oracle;
use crate::random::Random;
use crate::world::{Process, World};

/// Appends a batch, and waits until it is durable.
async fn append(
    process: &Process,
    stream: &Stream,
    oracle: &mut Oracle,
    random: &mut Random,
) -> Result<(), AppendError> {
    let permit = process.storage.reserve(2_012).await.unwrap();
    stream.append(oracle.next(random, 2_000), permit)?;
    stream.durable(Offset(oracle.end())).await.unwrap();
    oracle.acked = oracle.end();
    Ok(())
}

fn checkpoint(world: &World, stream: StreamId) -> CheckpointRef {
    world.local.image().stream(stream).unwrap().checkpoint.unwrap()
}

fn committed(world: &World, stream: StreamId) -> u64 {
    world.local.image().stream(stream).unwrap().end.0
}

/// A checkpoint so large that it does not stay in memory, the same damaged, and what was appended
/// since, some of it uploaded behind the damage.
#[tokio::test(start_paused = true)]
async fn a_damaged_checkpoint_costs_its_own_stream_until_it_is_mended() {
    let mut world = World::new(1, Settings::default());
    let process = world.start();
    let [a, b] = world.create_topic(2)[..] else { panic!("two streams") };
    let (mut bad, mut good) = (Oracle::new(a), Oracle::new(b));
    let mut random = Random::new(1);
    let ((stream, _), (other, _)) = (process.open(&world, a).await, process.open(&world, b).await);
    loop {
        append(&process, &stream, &mut bad, &mut random).await.unwrap();
        append(&process, &other, &mut good, &mut random).await.unwrap();
        process.flush().await.unwrap();
        if checkpoint(&world, a).size > 1_024 {
            break;
        }
    }
    let damaged = checkpoint(&world, a);
    let at = damaged.position + 9;
    world.store.flip(damaged.object, at).await;

    // While it runs: the batches go into objects, so that the log is trimmed; the state does not.
    append(&process, &stream, &mut bad, &mut random).await.unwrap();
    append(&process, &other, &mut good, &mut random).await.unwrap();
    process.flush().await.unwrap();
    process.check_alive();
    let reason = stream.refused().expect("it says why").to_string();
    let place = format!("{:020} is damaged at byte {}", damaged.object.0, damaged.position);
    assert!(reason.contains(&place), "{reason}");
    let refused = append(&process, &stream, &mut bad, &mut random).await;
    assert_eq!(refused, Err(AppendError::Closed));
    bad.batches.pop();
    assert_eq!((committed(&world, a), committed(&world, b)), (bad.end(), good.end()));
    assert_eq!(process.storage.backlog_bytes(), 0);
    assert_eq!(checkpoint(&world, a), damaged, "it stays where it is");
    append(&process, &other, &mut good, &mut random).await.unwrap();
    process.crash();

    // And again at the next start.
    let process = world.start();
    let (other, link) = process.open(&world, b).await;
    good.recovered(other.offsets().durable.0, link);
    let epoch = world.local.image().stream(a).unwrap().epoch;
    match process.storage.open(a, epoch).await {
        Err(OpenError::Checkpoint { reason, .. }) => assert!(reason.contains(&place), "{reason}"),
        other => panic!("{other:?}"),
    }
    append(&process, &other, &mut good, &mut random).await.unwrap();
    process.flush().await.unwrap();
    assert_eq!(process.storage.backlog_bytes(), 0);

    // Mended, it says what was not folded; whoever knows that hands in a state to go on from.
    world.store.flip(damaged.object, at).await;
    let opened = process.storage.open(a, epoch).await.unwrap();
    assert_eq!(opened.checkpoint.as_ref().unwrap().offset, damaged.offset);
    assert_eq!(opened.unfolded, damaged.offset..Offset(bad.end()));
    assert_eq!(opened.tail, []);
    let adopted = Checkpoint { offset: Offset(bad.end()), bytes: bad.link().encode() };
    opened.stream.adopt(adopted);
    append(&process, &opened.stream, &mut bad, &mut random).await.unwrap();
    process.flush().await.unwrap();
    assert_eq!(checkpoint(&world, a).offset, Offset(bad.end()));
    process.crash();

    let process = world.start();
    let (stream, link) = process.open(&world, a).await;
    bad.recovered(stream.offsets().durable.0, link);
    world.check_metadata();
}

/// The same, when all that was appended since is still in the log at the next start.
#[tokio::test(start_paused = true)]
async fn recovered_batches_of_a_damaged_stream_do_not_hold_the_log() {
    let mut world = World::new(2, Settings::default());
    let process = world.start();
    let id = world.create_topic(1)[0];
    let (mut oracle, mut random) = (Oracle::new(id), Random::new(2));
    let (stream, _) = process.open(&world, id).await;
    append(&process, &stream, &mut oracle, &mut random).await.unwrap();
    process.flush().await.unwrap();
    append(&process, &stream, &mut oracle, &mut random).await.unwrap();
    process.crash();
    let damaged = checkpoint(&world, id);
    world.store.flip(damaged.object, damaged.position).await;

    let process = world.start();
    process.flush().await.unwrap();
    process.check_alive();
    assert_eq!(committed(&world, id), oracle.end());
    assert_eq!(process.storage.backlog_bytes(), 0);
    process.crash();

    // The log has forgotten what the checkpoint has not.
    let process = world.start();
    world.store.flip(damaged.object, damaged.position).await;
    let epoch = world.local.image().stream(id).unwrap().epoch;
    let opened = process.storage.open(id, epoch).await.unwrap();
    assert_eq!(opened.unfolded, damaged.offset..Offset(oracle.end()));
}

/// With one bit turned over.
fn flipped(payload: &[u8]) -> Bytes {
    let mut bytes = payload.to_vec();
    bytes[payload.len() / 2] ^= 4;
    bytes.into()
}

/// Appends a batch of which memory keeps other bytes than it was summed with. The log gets it as
/// `logged` says.
async fn append_flipped(
    world: &World,
    process: &Process,
    stream: &Stream,
    batch: Batch,
    logged: fn(&[u8]) -> Bytes,
) {
    let permit = process.storage.reserve(batch.payload.len()).await.unwrap();
    *world.next_payload.lock().unwrap() = Some(logged(&batch.payload));
    let end = batch.offsets.end;
    let payload = flipped(&batch.payload);
    stream.append(Batch { payload, ..batch }, permit).unwrap();
    stream.durable(end).await.unwrap();
}

/// Payloads that are copied into a page with others, and one that is kept as it came.
#[tokio::test(start_paused = true)]
async fn a_payload_that_changed_in_memory_is_uploaded_and_served_as_the_log_has_it() {
    let all = ReadLimits { max_bytes: usize::MAX, at_least_one: true, up_to: Offset(u64::MAX) };
    for bytes_max in [50, 100_000] {
        let mut world = World::new(3, Settings::default());
        let process = world.start();
        let id = world.create_topic(1)[0];
        let (mut oracle, mut random) = (Oracle::new(id), Random::new(3));
        let (stream, _) = process.open(&world, id).await;
        append(&process, &stream, &mut oracle, &mut random).await.unwrap();
        let batch = oracle.next(&mut random, bytes_max);
        let bytes = batch.payload.len();
        append_flipped(&world, &process, &stream, batch, Bytes::copy_from_slice).await;
        append(&process, &stream, &mut oracle, &mut random).await.unwrap();
        let memory = process.storage.memory().log_cache;
        process.flush().await.unwrap();
        assert_eq!(process.storage.counters().changed_payloads.get(), 1);
        assert!(process.storage.memory().log_cache <= memory + bytes);
        let read = stream.read(Offset(0), all).await.unwrap();
        oracle.check_read(0, u64::MAX, usize::MAX, oracle.end(), &read);
        process.crash();

        let process = world.start();
        let (stream, _) = process.open(&world, id).await;
        let read = stream.read(Offset(0), all).await.unwrap();
        oracle.check_read(0, u64::MAX, usize::MAX, oracle.end(), &read);
        assert_eq!(process.storage.counters().object_reads.get(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_payload_that_the_log_has_no_good_copy_of_is_not_given_up() {
    let mut world = World::new(4, Settings::default());
    let process = world.start();
    let id = world.create_topic(1)[0];
    let (mut oracle, mut random) = (Oracle::new(id), Random::new(4));
    let (stream, _) = process.open(&world, id).await;
    let batch = oracle.next(&mut random, 2_000);
    append_flipped(&world, &process, &stream, batch, flipped).await;
    let failed = process.storage.failed();
    process.flush().await.unwrap_err();
    let failure = failed.await;
    assert!(matches!(failure, Failure::Wal(WalError::Corrupt { .. })), "{failure}");
    assert_eq!(committed(&world, id), 0);
}

/// An object that cannot be read stays as it is, by name; what lies beside it is compacted.
#[tokio::test(start_paused = true)]
async fn a_damaged_object_is_not_compacted_and_keeps_no_other_from_it() {
    let mut world = World::new(1, Settings::default());
    let process = world.start();
    let id = world.create_topic(1)[0];
    let (stream, _) = process.open(&world, id).await;
    let (mut oracle, mut random) = (Oracle::new(id), Random::new(1));
    for upload in 0..12 {
        append(&process, &stream, &mut oracle, &mut random).await.unwrap();
        process.flush().await.unwrap();
        if upload == 4 {
            let range = world.local.image().ranges_from(id, Offset(oracle.end() - 1)).next();
            world.store.flip(range.unwrap().object, 3).await;
        }
    }
    let ranges = || world.local.image().ranges_from(id, Offset::ZERO).collect::<Vec<_>>();
    let before = ranges();
    assert_eq!(before.len(), 12);
    world.pass(Duration::from_secs(60)).await;
    process.check_alive();
    let after = ranges();
    assert!(after.contains(&before[4]), "{after:?}");
    assert!(after.len() < 6, "{after:?}");
    assert_eq!(after.first().unwrap().offsets.start, before[0].offsets.start);
    assert_eq!(after.last().unwrap().offsets.end, before[11].offsets.end);
    assert!(process.storage.counters().compactions.get() > 0);
}
