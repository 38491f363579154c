//! The life of broker epochs.

use super::world::{Upload, World};
use crate::command::{Command, InheritWal, Refused, RegisterBroker, Reply, WalKind};
use crate::id::{
    BrokerEpoch, ClusterId, Incarnation, NodeId, ProducerId, RequestId, StreamEpoch, StreamId,
    WalPosition,
};

fn inherit(from: u64, to: u64) -> Command {
    Command::InheritWal(InheritWal { from: BrokerEpoch(from), to: BrokerEpoch(to), end: None })
}

fn inherit_to(from: u64, to: u64, end: u64) -> Command {
    let end = Some(WalPosition(end));
    Command::InheritWal(InheritWal { from: BrokerEpoch(from), to: BrokerEpoch(to), end })
}

#[test]
fn a_cluster_is_formatted_once() {
    let mut world = World::default();
    assert_eq!(world.image.cluster(), None);
    let (one, two) = (ClusterId([1; 16]), ClusterId([2; 16]));
    for _ in 0..2 {
        assert_eq!(world.run(&Command::Format(one)), Ok(Reply::Done));
        assert_eq!(world.run(&Command::Format(two)), Err(Refused::OtherCluster(one)));
    }
    assert_eq!((world.image.cluster(), world.image.feature_level()), (Some(one), 1));
}

#[test]
fn each_start_of_a_node_has_one_epoch_and_fences_the_former() {
    let mut world = World::default();
    assert_eq!(world.register(1, 1), (BrokerEpoch(1), vec![]));
    assert_eq!(world.register(1, 1), (BrokerEpoch(1), vec![]));
    assert_eq!(world.register(2, 1), (BrokerEpoch(2), vec![]));
    assert_eq!(world.register(1, 2), (BrokerEpoch(3), vec![BrokerEpoch(1)]));
    assert_eq!(world.register(1, 3), (BrokerEpoch(4), vec![BrokerEpoch(1), BrokerEpoch(3)]));
    // A registration of a former start, come late, replaces nobody.
    assert_eq!(world.register(1, 2), (BrokerEpoch(3), vec![BrokerEpoch(1)]));
    assert_eq!(world.image.broker(NodeId(1)).unwrap().epoch, BrokerEpoch(4));
    let active: Vec<_> = world.image.active_brokers().map(|(_, broker)| broker.epoch.0).collect();
    assert_eq!(active, [4, 2]);
}

#[test]
fn fencing_is_of_one_epoch_and_final() {
    let mut world = World::with_streams(1);
    let fence = |epoch| Command::FenceBroker(BrokerEpoch(epoch));
    assert_eq!(world.run(&fence(9)), Err(Refused::BrokerNotActive(BrokerEpoch(9))));
    world.run(&fence(1)).unwrap();
    assert!(!world.image.partition_of(StreamId(1)).unwrap().online);
    assert_eq!(world.register(1, 1).0, BrokerEpoch(1), "fencing is final");
    assert!(!world.image.is_active(BrokerEpoch(1)));
    world.register(1, 2);
    world.run(&fence(1)).unwrap();
    assert!(world.image.is_active(BrokerEpoch(2)));
}

#[test]
fn a_local_log_is_inherited_with_its_streams_and_its_trim_position() {
    let mut world = World::with_streams(2);
    world.run_commit(&Upload { wal: 0..30, ..Upload::default() }.command(0)).unwrap();
    world.register(1, 2);
    assert_eq!(world.image.streams_of(BrokerEpoch(1)).count(), 2);
    for _ in 0..2 {
        assert_eq!(world.run(&inherit(1, 2)), Ok(Reply::Done));
    }
    assert_eq!(world.wal_trim(2), 30);
    let partition = world.image.partition_of(StreamId(1)).unwrap();
    assert_eq!((partition.owner, partition.epoch), (BrokerEpoch(2), StreamEpoch(1)));
    assert!(partition.online);
    assert_eq!(world.image.streams_of(BrokerEpoch(1)).count(), 0);
    assert_eq!(world.image.unrecovered(NodeId(1)).count(), 0);
    assert_eq!(world.image.local_log_begins(NodeId(1)), Some(WalPosition(30)));
    // A start that came between and never got to write passes on nothing but its epoch.
    world.register(1, 3);
    world.register(1, 4);
    assert_eq!(world.image.local_log_begins(NodeId(1)), Some(WalPosition(30)));
    assert_eq!(world.image.local_log_begins(NodeId(2)), None);
    world.run(&inherit(2, 4)).unwrap();
    world.run(&inherit(3, 4)).unwrap();
    assert_eq!(world.wal_trim(4), 30);
    assert_eq!(world.image.owned_count(BrokerEpoch(4)), 2);
}

#[test]
fn inheritance_out_of_order_is_refused() {
    let mut world = World::with_streams(1);
    world.register(2, 1);
    let no = |from, to, reason| {
        let (from, to) = (BrokerEpoch(from), BrokerEpoch(to));
        Err(Refused::NoInheritance { from, to, reason })
    };
    assert_eq!(world.run(&inherit(1, 9)), no(1, 9, "one of them was never granted"));
    assert_eq!(world.run(&inherit(1, 2)), no(1, 2, "it is not fenced"));
    world.run(&Command::FenceBroker(BrokerEpoch(1))).unwrap();
    assert_eq!(world.run(&inherit(1, 1)), no(1, 1, "the heir is not active"));
    assert_eq!(world.run(&inherit(1, 2)), no(1, 2, "they are of different nodes"));
    world.register(1, 2);
    world.run(&inherit(1, 3)).unwrap();
    world.register(1, 3);
    assert_eq!(world.run(&inherit(1, 4)), no(1, 4, "it passed to another epoch"));
    let other = RegisterBroker {
        node: NodeId(1),
        incarnation: Incarnation([4; 16]),
        endpoints: Vec::new(),
        rack: None,
        wal: WalKind::Object,
    };
    let reason = "a log of another kind than the node's";
    let refused = Err(Refused::Malformed(reason));
    assert_eq!(world.run(&Command::RegisterBroker(other)), refused);
}

#[test]
fn a_log_in_the_store_goes_on_part_by_part() {
    let mut world = World::default();
    let parts = |world: &World, except| {
        let log = world.image.object_log(NodeId(1), BrokerEpoch(except));
        let parts = log.parts.iter().map(|(epoch, begins)| (epoch.0, begins.0)).collect::<Vec<_>>();
        (parts, log.trim.0)
    };
    let no = |from, to, reason| {
        let (from, to) = (BrokerEpoch(from), BrokerEpoch(to));
        Err(Refused::NoInheritance { from, to, reason })
    };
    world.register_with(1, 1, WalKind::Object);
    assert_eq!(parts(&world, 1), (vec![], 0));
    world.create(1, "t", 2).unwrap();
    world.run_commit(&Upload { wal: 0..30, ..Upload::default() }.command(0)).unwrap();
    // Two starts that end before they inherited: they have no part.
    world.register_with(1, 2, WalKind::Object);
    world.register_with(1, 3, WalKind::Object);
    assert_eq!(parts(&world, 3), (vec![(1, 0)], 30));
    assert_eq!(world.run(&inherit(1, 3)), no(1, 3, "its log cannot end there"));
    assert_eq!(world.run(&inherit_to(1, 3, 29)), no(1, 3, "its log cannot end there"));
    assert_eq!(world.run(&inherit_to(2, 3, 50)), no(2, 3, "its log cannot end there"));
    let mut trim = Upload { wal: 30..50, ..Upload::default() }.command(0);
    trim.broker = BrokerEpoch(3);
    let reason = "a commit before the node's earlier logs were inherited";
    assert_eq!(world.run_commit(&trim), Err(Refused::Malformed(reason)));
    for _ in 0..2 {
        assert_eq!(world.run(&inherit_to(1, 3, 50)), Ok(Reply::Done));
        assert_eq!(world.run(&inherit(2, 3)), Ok(Reply::Done));
    }
    assert_eq!(world.image.owned_count(BrokerEpoch(3)), 2);
    assert_eq!(world.run_commit(&trim), Ok(vec![]));
    // The former part is trimmed to its end.
    world.register_with(1, 4, WalKind::Object);
    assert_eq!(parts(&world, 4), (vec![(3, 50)], 50));
    world.run(&inherit_to(3, 4, 60)).unwrap();
    world.register_with(1, 5, WalKind::Object);
    assert_eq!(parts(&world, 5), (vec![(3, 50), (4, 60)], 50));
}

/// Otherwise the new epoch's trim would pass over records that nobody has read back yet.
#[test]
fn a_local_log_is_not_trimmed_before_it_is_whole() {
    let mut world = World::with_streams(1);
    world.register(1, 2);
    let mut trim = Upload { wal: 0..5, ..Upload::default() }.command(0);
    trim.broker = BrokerEpoch(2);
    let reason = "a commit before the node's earlier logs were inherited";
    assert_eq!(world.run_commit(&trim), Err(Refused::Malformed(reason)));
    world.run(&inherit(1, 2)).unwrap();
    assert_eq!(world.run_commit(&trim), Ok(vec![]));
}

#[test]
fn stream_epochs_run_out_before_kafka_cannot_state_them() {
    let mut world = World::with_streams(2);
    let last = StreamEpoch(i32::MAX.unsigned_abs());
    world.image.streams.get_mut(&StreamId(2)).unwrap().epoch = last;
    world.register(1, 2);
    assert_eq!(world.run(&inherit(1, 2)), Err(Refused::Exhausted("stream epochs")));
    assert_eq!(world.image.owned_count(BrokerEpoch(1)), 2);
}

#[test]
fn producer_ids_are_granted_once() {
    let mut world = World::default();
    world.register(1, 1);
    let allocate = |broker, request, count| Command::AllocateProducerIds {
        broker: BrokerEpoch(broker),
        request: RequestId([request; 16]),
        count,
    };
    let granted = |first, count| Ok(Reply::ProducerIds { first: ProducerId(first), count });
    assert_eq!(world.run(&allocate(1, 1, 1_000)), granted(0, 1_000));
    assert_eq!(world.run(&allocate(1, 1, 1_000)), granted(0, 1_000));
    assert_eq!(world.run(&allocate(1, 2, 5)), granted(1_000, 5));
    assert_eq!(world.run(&allocate(1, 3, 0)), Err(Refused::Empty("a block of producer ids")));
    let refused = Err(Refused::BrokerNotActive(BrokerEpoch(2)));
    assert_eq!(world.run(&allocate(2, 4, 5)), refused);
    world.image.next.producer_id = ProducerId(i64::MAX - 4);
    assert_eq!(world.run(&allocate(1, 5, 5)), Err(Refused::Exhausted("producer ids")));
    assert_eq!(world.run(&allocate(1, 5, 4)), granted(i64::MAX - 4, 4));
}
