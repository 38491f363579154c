//! What readers are told when the store fails, loses or damages something.

use std::sync::Arc;

use object_store::memory::InMemory;
use penstock_model::id::Offset;

use super::world::{World, filled, limits};
use crate::object::reader::ObjectError;
use crate::read::object_reads::ObjectReadError;
use crate::store::faulty::{Fault, FaultyStore};

#[tokio::test]
async fn a_damaged_block_is_named_and_its_neighbours_are_served() {
    let mut world = World::new();
    let object = world.upload(filled(0..4, 600_000)).await;
    world.tamper(object, |bytes| bytes[700_000] ^= 1).await;
    let reads = world.reads(64 << 20);
    for (from, good) in [(0, true), (1, false), (2, true), (3, true)] {
        let read = reads.read(&world.image, world.stream, Offset(from), limits(1, 4)).await;
        match read {
            Ok(read) => assert!(good && read.batches[0].len() == 600_000, "{from}"),
            Err(ObjectReadError::Object(ObjectError::Damaged { at, .. })) => {
                assert!(!good && (600_000..700_000).contains(&at), "{from} {at}");
            }
            Err(error) => panic!("{from}: {error}"),
        }
    }
}

#[tokio::test]
async fn a_missing_object_is_gone_and_never_empty() {
    let mut world = World::new();
    let object = world.upload(filled(0..4, 10)).await;
    world.delete(object).await;
    let reads = world.reads(64 << 20);
    let read = reads.read(&world.image, world.stream, Offset(0), limits(1, 4)).await;
    let error = read.unwrap_err();
    assert!(matches!(error, ObjectReadError::Object(ObjectError::Gone { .. })), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_waited_for() {
    let faulty = Arc::new(FaultyStore::new(Arc::new(InMemory::new())));
    let mut world = World::over(faulty.clone());
    world.upload(filled(0..4, 10)).await;
    let reads = world.reads(64 << 20);
    faulty.meet([Fault::Refused; 100]);
    let read = reads.read(&world.image, world.stream, Offset(0), limits(100, 4)).await.unwrap();
    assert_eq!(read.next, Offset(4));
}
