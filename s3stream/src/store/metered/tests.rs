use std::time::Duration;

use bytes::Bytes;
use futures::future::join_all;
use futures::poll;
use object_store::memory::InMemory;
use object_store::{ObjectStoreExt, PutMode};

use super::*;
use crate::store::assemble::by_hand::ByHand;
use crate::store::assemble::{Piece, Unfinished};
use crate::store::faulty::{Fault, FaultyStore};

fn metered() -> (Arc<FaultyStore>, MeteredStore) {
    let faulty = Arc::new(FaultyStore::new(Arc::new(InMemory::new())));
    let store = MeteredStore::new(faulty.clone(), StoreLimits { reads: 2, writes: 1 });
    (faulty, store)
}

/// Every counter that is not zero.
fn counted(store: &MeteredStore) -> Vec<(&'static str, &'static str, u64)> {
    let mut found = Vec::new();
    for operation in Operation::ALL {
        for outcome in Outcome::ALL {
            match store.counters().requests(operation, outcome) {
                0 => {}
                count => found.push((operation.name(), outcome.name(), count)),
            }
        }
    }
    found
}

#[tokio::test]
async fn requests_and_bytes_are_counted_by_outcome() {
    let (faulty, store) = metered();
    let key = Path::from("a/k");
    store.put(&key, "12345".into()).await.unwrap();
    let create = || PutOptions::from(PutMode::Create);
    store.put_opts(&key, "12".into(), create()).await.unwrap_err();
    faulty.meet([Fault::Refused]);
    store.put(&key, "12".into()).await.unwrap_err();
    assert_eq!(store.get_range(&key, 1..3).await.unwrap(), "23");
    store.get(&Path::from("x")).await.unwrap_err();
    store.head(&key).await.unwrap();
    assert_eq!(store.list(None).count().await, 1);
    store.list_with_delimiter(None).await.unwrap();
    store.delete(&key).await.unwrap();
    let expected = [
        ("put", "ok", 1),
        ("put", "conflict", 1),
        ("put", "failed", 1),
        ("get", "ok", 1),
        ("get", "not_found", 1),
        ("head", "ok", 1),
        ("delete", "ok", 1),
        ("list", "ok", 2),
    ];
    assert_eq!(counted(&store), expected);
    assert_eq!((store.counters().bytes_read(), store.counters().bytes_written()), (2, 5));
}

#[tokio::test]
async fn a_body_that_is_not_read_to_its_end_is_cancelled_and_frees_its_slot() {
    let (_, store) = metered();
    let key = Path::from("k");
    store.put(&key, "12345".into()).await.unwrap();
    for _ in 0..5 {
        drop(store.get(&key).await.unwrap());
    }
    assert_eq!(counted(&store), [("put", "ok", 1), ("get", "cancelled", 5)]);
}

#[tokio::test]
async fn reads_in_flight_are_bounded_and_do_not_hold_up_writes() {
    let (_, store) = metered();
    let key = Path::from("k");
    store.put(&key, "12345".into()).await.unwrap();
    // A body holds its slot until it has been read.
    let (first, second) = (store.get(&key).await.unwrap(), store.get(&key).await.unwrap());
    let mut third = Box::pin(store.get(&key));
    assert!(poll!(&mut third).is_pending());
    store.put(&key, "678".into()).await.unwrap();
    assert_eq!(first.bytes().await.unwrap(), Bytes::from("12345"));
    third.await.unwrap().bytes().await.unwrap();
    second.bytes().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn as_many_requests_as_like_get_their_turn() {
    let (_, store) = metered();
    let put = |at: u32| {
        let store = store.clone();
        async move { store.put(&Path::from(at.to_string()), "x".into()).await }
    };
    let puts = tokio::time::timeout(Duration::from_secs(1), join_all((0..100).map(put)));
    assert!(puts.await.unwrap().iter().all(Result::is_ok));
    assert_eq!(counted(&store), [("put", "ok", 100)]);
}

#[tokio::test]
async fn each_step_of_an_assembly_is_a_request() {
    let (faulty, store) = metered();
    assert!(store.assembler().is_none());
    let store = store.with_assembler(Arc::new(ByHand::new(faulty.clone(), 1)));
    faulty.put(&Path::from("a"), "12345".into()).await.unwrap();
    let copied = |key| Piece::Copied { key: Path::from(key), bytes: 1..4 };
    let pieces = [copied("a"), Piece::Sent("67".into()), copied("a")];
    let assembler = store.beside(StoreLimits { reads: 1, writes: 1 }).assembler().unwrap();
    assembler.assemble(&Path::from("k"), &pieces).await.unwrap();
    assembler.assemble(&Path::from("k"), &pieces[1..2]).await.unwrap_err();
    assembler.assemble(&Path::from("l"), &[copied("x")]).await.unwrap_err();
    assert_eq!(assembler.unfinished(&Path::ROOT).await.unwrap(), []);
    let gone = Unfinished { key: "k".into(), id: "0".into() };
    assembler.abandon(&gone).await.unwrap();
    let expected = [
        // Three were begun, two parts sent, one completed.
        ("put", "ok", 6),
        ("put", "conflict", 1),
        ("delete", "ok", 3),
        ("list", "ok", 1),
        ("copy", "ok", 2),
        ("copy", "not_found", 1),
    ];
    assert_eq!(counted(&store), expected);
    let counters = store.counters();
    assert_eq!((counters.bytes_written(), counters.bytes_copied()), (4, 6));
}
