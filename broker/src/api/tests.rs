//! APIs asked through whole frames.

mod cluster;
mod configs;
mod groups;
mod list_offsets;
mod memory;
mod metadata;
mod records;
mod replicas;
mod topics;

use penstock_wire::create_topics_request::{
    CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig, CreateTopicsRequest,
};

/// A topic to be created, with its settings.
fn topic(
    name: &'static str,
    partitions: i32,
    configs: &[(&'static str, &'static str)],
) -> CreatableTopic {
    let config = |(name, value): &(&'static str, &'static str)| CreatableTopicConfig {
        name: (*name).into(),
        value: Some((*value).into()),
    };
    CreatableTopic {
        name: name.into(),
        num_partitions: partitions,
        replication_factor: 1,
        assignments: Vec::new(),
        configs: configs.iter().map(config).collect(),
    }
}

/// A topic to be created, its partitions on these brokers.
fn assigned(name: &'static str, brokers: &[&[i32]]) -> CreatableTopic {
    let assignment = |(number, brokers): (i32, &&[i32])| CreatableReplicaAssignment {
        partition_index: number,
        broker_ids: brokers.to_vec(),
    };
    CreatableTopic {
        replication_factor: -1,
        assignments: (0..).zip(brokers).map(assignment).collect(),
        ..topic(name, -1, &[])
    }
}

fn create(topics: Vec<CreatableTopic>) -> CreateTopicsRequest {
    CreateTopicsRequest { topics, ..CreateTopicsRequest::default() }
}
