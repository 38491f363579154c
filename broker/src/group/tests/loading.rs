//! Groups are loaded within the memory for inflating.

use std::time::Duration;

use penstock_records::{BatchBuilder, Encoding, NewRecord, Work};
use penstock_s3stream::Backing;

use super::super::offsets::Committed;
use super::super::record;
use super::super::shard::Readiness;
use super::*;
use crate::net::BytePermit;

const MIB: usize = 1 << 20;

/// What batches that take long may take together, of 8 MiB.
const SHARE: usize = 7 * MIB;

/// A broker whose log has one batch of commits that inflate to so much, the last of offset 7.
async fn with_batch(encoding: Encoding, bytes: usize) -> Fixture {
    let fixture = Fixture::start(&[]).await;
    let shard = fixture.groups().shard_of(&GroupId::new("g")).await.unwrap();
    let (id, now) = (GroupId::new("g"), Timestamp(9));
    let mut builder = BatchBuilder::new(encoding);
    let metadata: Arc<str> = Arc::from("x".repeat(4_096));
    for left in (0..bytes / 4_096).rev() {
        let committed = Committed {
            offset: 7 + i64::try_from(left).unwrap(),
            leader_epoch: None,
            metadata: Arc::clone(&metadata),
            committed_at: now,
            expires_at: None,
            topic_id: None,
        };
        let written = record::offset(&id, "orders", 1, &committed);
        builder.push(&NewRecord {
            timestamp: penstock_records::Timestamp(now.0),
            key: Some(&written.key),
            value: written.value.as_deref(),
            headers: &[],
        });
    }
    let batch = builder.build().unwrap();
    assert!(batch.size() < bytes / 10);
    let permit = fixture.broker().storage.reserve(batch.size()).await.unwrap();
    let backing = Backing::new(batch.size());
    let appended = shard.partition.append(batch, backing, permit, now).unwrap();
    shard.partition.stream().durable(appended.offsets.end).await.unwrap();
    fixture.restart();
    fixture
}

/// Others look into batches meanwhile.
async fn hold(fixture: &Fixture, bytes: usize) -> BytePermit {
    let work = Work { memory_bytes: bytes, records_bytes: u64::MAX };
    fixture.broker().inspector.run(work, || ()).await.unwrap().1
}

#[tokio::test(start_paused = true)]
async fn a_load_waits_until_there_is_memory_for_what_its_records_inflate_to() {
    async fn check(encoding: Encoding, inflated: usize, held: usize) {
        let fixture = with_batch(encoding, inflated).await;
        let others = hold(&fixture, held).await;
        let asked = fixture.groups().committed("g", None).await;
        assert_eq!(asked, Err(GroupError::Loading), "{encoding:?}");
        drop(others);
        assert_eq!(fixture.committed().await, [7]);
        assert_eq!(fixture.broker().inspector.used(), 0);
    }
    for encoding in [Encoding::Gzip { level: 6 }, Encoding::Lz4, Encoding::Zstd { level: 3 }] {
        // What counting takes fits beside the others, what the records take does not.
        check(encoding, 3 * MIB, SHARE - 5 * MIB / 2).await;
    }
    // More than there is at all is inflated alone.
    check(Encoding::Gzip { level: 6 }, 10 * MIB, MIB).await;
}

/// Whoever asked for such a partition had it loaded anew.
#[tokio::test(start_paused = true)]
async fn a_partition_that_cannot_be_read_is_read_again_with_breaks() {
    let fixture = Fixture::start(&[]).await;
    let groups = fixture.groups();
    fixture.commit(&nobody(), 7).await.unwrap();
    let shard = groups.shard_of(&GroupId::new("g")).await.unwrap();
    let stream = shard.partition.stream();
    let mut builder = BatchBuilder::new(Encoding::None);
    builder.push(&NewRecord {
        timestamp: penstock_records::Timestamp(0),
        key: Some(b"\0\x01"),
        value: None,
        headers: &[],
    });
    let batch = builder.build().unwrap();
    let permit = fixture.broker().storage.reserve(batch.size()).await.unwrap();
    let backing = Backing::new(batch.size());
    let appended = shard.partition.append(batch, backing, permit, Timestamp(0)).unwrap();
    stream.durable(appended.offsets.end).await.unwrap();
    fixture.restart();
    let begun = tokio::time::Instant::now();
    for _ in 0..100 {
        let found = groups.committed("g", None).await;
        assert_eq!(found, Err(GroupError::NotAvailable));
    }
    assert!(begun.elapsed().is_zero(), "nobody waits for it");
    assert_eq!(groups.list().await, Ok(Vec::new()), "the others go on");
    let unreadable = groups.shard(partition_of("g", 3), &shard.partition);
    // Somebody mends it.
    let trims = [(stream.id(), appended.offsets.end)];
    for trimmed in fixture.broker().storage.trim(&trims).await {
        trimmed.unwrap();
    }
    assert_eq!(groups.committed("g", None).await, Err(GroupError::NotAvailable));
    unreadable.readiness.subscribe().wait_for(|now| *now == Readiness::Ready).await.unwrap();
    assert!(begun.elapsed() <= 2 * Duration::from_secs(1));
    assert_eq!(groups.committed("g", None).await, Ok(Vec::new()));
}
