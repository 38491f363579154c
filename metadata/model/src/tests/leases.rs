//! Leases of object ids.

use super::world::World;
use crate::command::{Command, LeaseObjects, Refused, Reply};
use crate::id::{BrokerEpoch, ObjectId, RequestId, Timestamp};

fn lease(broker: u64, request: u8, count: u32, deadline: i64) -> Command {
    let (broker, deadline) = (BrokerEpoch(broker), Timestamp(deadline));
    Command::LeaseObjects(LeaseObjects {
        broker,
        request: RequestId([request; 16]),
        count,
        deadline,
    })
}

#[test]
fn ids_are_leased_once() {
    let mut world = World::with_streams(1);
    world.register(2, 1);
    let leased = |start, end| Ok(Reply::Leased(ObjectId(start)..ObjectId(end)));
    assert_eq!(world.run(&lease(1, 1, 3, 10)), leased(1, 4));
    assert_eq!(world.run(&lease(1, 1, 3, 10)), leased(1, 4));
    assert_eq!(world.run(&lease(2, 1, 1, 20)), leased(4, 5), "a request is a broker's own");
    assert_eq!(world.run(&lease(1, 2, 0, 10)), Err(Refused::Empty("a lease without ids")));
    assert_eq!(world.run(&lease(9, 2, 1, 10)), Err(Refused::BrokerNotActive(BrokerEpoch(9))));

    let expired = |now| -> Vec<u64> {
        world.image.expired_leases(Timestamp(now)).map(|(first, _)| first.0).collect()
    };
    assert_eq!((expired(9), expired(10), expired(20)), (vec![], vec![1], vec![1, 4]));
    let holder = |id| world.image.lease_of(ObjectId(id)).map(|(_, lease)| lease.broker.0);
    let holders = [0, 1, 3, 4, 5].map(holder);
    assert_eq!(holders, [None, Some(1), Some(1), Some(2), None]);
}

#[test]
fn object_ids_run_out_without_harm() {
    let mut world = World::with_streams(1);
    world.image.next.object = ObjectId(u64::MAX - 2);
    assert_eq!(world.run(&lease(1, 1, 3, 10)), Err(Refused::Exhausted("object ids")));
    assert_eq!(world.lease(1, 2), u64::MAX - 2..u64::MAX);
}
