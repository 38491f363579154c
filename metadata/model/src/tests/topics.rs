//! Topics, partitions and settings.

use std::sync::Arc;

use super::world::World;
use crate::command::{
    AlterConfigs, Command, ConfigResource, CreatePartitions, CreateTopic, Refused, Reply,
};
use crate::id::{BrokerEpoch, NodeId, StreamEpoch, StreamId, TopicId};

fn create_partitions(existing: u32, leaders: &[i32]) -> Command {
    let id = TopicId([1; 16]);
    let leaders = leaders.iter().copied().map(NodeId).collect();
    Command::CreatePartitions(CreatePartitions { id, existing, leaders })
}

#[test]
fn partitions_are_streams_led_by_the_owner() {
    let world = World::with_streams(2);
    let topic = world.image.topic_by_name("topic").unwrap();
    assert_eq!(topic.id, TopicId([1; 16]));
    let partitions: Vec<_> = world.image.partitions(topic).collect();
    assert_eq!(partitions.len(), 2);
    let last = partitions[1];
    assert_eq!((last.number, last.stream), (1, StreamId(2)));
    assert_eq!((last.leader, last.owner), (NodeId(1), BrokerEpoch(1)));
    assert_eq!((last.epoch, last.online), (StreamEpoch(0), true));
    assert_eq!(world.image.partition(topic.id, 1), Some(last));
    assert_eq!(world.image.partition(topic.id, 2), None);
}

#[test]
fn a_name_and_an_id_are_taken_once() {
    let mut world = World::with_streams(1);
    assert_eq!(world.create(1, "topic", 5), Ok(Reply::Done), "the first answer again");
    assert_eq!(world.create(2, "topic", 1), Err(Refused::TopicExists("topic".into())));
    let taken = Refused::Malformed("the id is another topic's");
    assert_eq!(world.create(1, "other", 1), Err(taken));
    assert_eq!(world.create(0, "other", 1), Err(Refused::Malformed("the topic has no id")));
    assert_eq!(world.create(2, "other", 0), Err(Refused::Empty("a topic without partitions")));
    assert_eq!(world.image.streams().count(), 1);
}

#[test]
fn leaders_are_active_brokers() {
    let mut world = World::with_streams(1);
    world.register(2, 1);
    world.run(&Command::FenceBroker(BrokerEpoch(2))).unwrap();
    for leader in [2, 3] {
        let leaders = vec![NodeId(1), NodeId(leader)];
        let command = CreateTopic {
            id: TopicId([9; 16]),
            name: "other".into(),
            replication_factor: 1,
            leaders,
            configs: Vec::new(),
        };
        let refused = Err(Refused::UnknownLeader(NodeId(leader)));
        assert_eq!(world.run(&Command::CreateTopic(command)), refused);
        assert_eq!(world.run(&create_partitions(1, &[1, leader])), refused);
    }
    assert_eq!(world.image.streams().count(), 1, "nothing is left of what was refused");
}

#[test]
fn partitions_are_added_to_those_that_the_requester_saw() {
    let mut world = World::with_streams(1);
    world.register(2, 1);
    for _ in 0..2 {
        assert_eq!(world.run(&create_partitions(1, &[2, 1])), Ok(Reply::Done));
    }
    assert_eq!(world.run(&create_partitions(1, &[1, 2])), Err(Refused::PartitionCount(3)));
    assert_eq!(world.run(&create_partitions(2, &[2])), Err(Refused::PartitionCount(3)));
    assert_eq!(world.run(&create_partitions(4, &[2])), Err(Refused::PartitionCount(3)));
    assert_eq!(world.run(&create_partitions(3, &[])), Err(Refused::Empty("no partition to add")));
    let topic = world.image.topic_by_name("topic").unwrap();
    let leaders: Vec<_> = world.image.partitions(topic).map(|p| p.leader.0).collect();
    assert_eq!(leaders, [1, 2, 1]);
}

#[test]
fn settings_are_set_and_removed() {
    let mut world = World::with_streams(1);
    let topic = ConfigResource::Topic(TopicId([1; 16]));
    let alter = |resource: &ConfigResource, changes: &[(&str, Option<&str>)]| {
        let change = |(key, value): &(&str, Option<&str>)| (Arc::from(*key), value.map(Arc::from));
        let changes = changes.iter().map(change).collect();
        Command::AlterConfigs(AlterConfigs { resource: resource.clone(), changes, relies_on: None })
    };
    world.run(&alter(&topic, &[("a", Some("1")), ("retention.ms", None), ("b", None)])).unwrap();
    let settings: Vec<_> = world.image.configs(&topic).map(|(k, v)| format!("{k}={v}")).collect();
    assert_eq!(settings, ["a=1"]);
    assert_eq!(world.image.config(&topic, "a").map(AsRef::as_ref), Some("1"));
    assert_eq!(world.image.config(&topic, "b"), None);

    let broker = ConfigResource::Broker(None);
    world.run(&alter(&broker, &[("a", Some("2"))])).unwrap();
    assert_eq!(world.image.configured_resources().count(), 2);
    world.run(&alter(&broker, &[("a", None)])).unwrap();
    assert_eq!(world.image.configured_resources().count(), 1);

    let gone = TopicId([8; 16]);
    let refused = Err(Refused::UnknownTopic(gone));
    assert_eq!(world.run(&alter(&ConfigResource::Topic(gone), &[])), refused);
}

/// Two who read the same settings: the second would undo what the first has done.
#[test]
fn changes_that_rely_on_settings_are_refused_when_those_have_changed() {
    let mut world = World::with_streams(1);
    let pair = |(key, value): &(&str, &str)| (Arc::from(*key), Arc::from(*value));
    let mut alter = |relies_on: &[(&str, &str)], key: &str, value: &str| {
        let command = AlterConfigs {
            resource: ConfigResource::Topic(TopicId([1; 16])),
            changes: vec![(Arc::from(key), Some(Arc::from(value)))],
            relies_on: Some(relies_on.iter().map(pair).collect()),
        };
        world.run(&Command::AlterConfigs(command))
    };
    let (present, other) = ([("retention.ms", "1")], [("retention.ms", "8")]);
    assert_eq!(alter(&[], "a", "1"), Err(Refused::SettingsChanged));
    assert_eq!(alter(&other, "a", "1"), Err(Refused::SettingsChanged));
    assert_eq!(alter(&present, "a", "1"), Ok(Reply::Done));
    assert_eq!(alter(&present, "b", "2"), Err(Refused::SettingsChanged));
    assert_eq!(alter(&present, "a", "1"), Ok(Reply::Done), "it was sent twice");
    assert_eq!(alter(&[("a", "1"), present[0]], "b", "2"), Ok(Reply::Done));
}
