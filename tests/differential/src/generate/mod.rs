//! Sequences from seeds. A generator knows what was asked before, never what was answered: ids that
//! servers choose are said by the answer that told them.

mod administration;
mod cluster;
mod configs;
mod folders;
mod frames;
mod groups;
mod members;
mod offsets;
mod quorum;
mod reads;
mod records;
mod topics;
mod world;

use penstock_wire::ApiKey;

pub(crate) use self::world::GROUPS_TOPIC;
use self::world::World;
use crate::sequence::Step;

/// What asks one API.
pub(crate) type Generator = fn(&mut World);

/// Every API with a generator.
pub(crate) const GENERATORS: &[(ApiKey, Generator)] = &[
    (ApiKey::Produce, records::produce),
    (ApiKey::Fetch, reads::fetch),
    (ApiKey::ListOffsets, reads::list_offsets),
    (ApiKey::Metadata, topics::metadata),
    (ApiKey::OffsetCommit, offsets::commit),
    (ApiKey::OffsetFetch, offsets::fetch),
    (ApiKey::FindCoordinator, groups::find_coordinator),
    (ApiKey::JoinGroup, groups::join),
    (ApiKey::Heartbeat, groups::heartbeat),
    (ApiKey::LeaveGroup, groups::leave),
    (ApiKey::SyncGroup, groups::sync),
    (ApiKey::DescribeGroups, groups::describe),
    (ApiKey::ListGroups, groups::list),
    (ApiKey::ApiVersions, cluster::api_versions),
    (ApiKey::CreateTopics, topics::create),
    (ApiKey::DeleteTopics, topics::delete),
    (ApiKey::DeleteRecords, reads::delete_records),
    (ApiKey::InitProducerId, records::init_producer_id),
    (ApiKey::OffsetForLeaderEpoch, reads::offset_for_leader_epoch),
    (ApiKey::DescribeConfigs, configs::describe),
    (ApiKey::AlterConfigs, configs::alter),
    (ApiKey::AlterReplicaLogDirs, folders::alter),
    (ApiKey::DescribeLogDirs, folders::describe),
    (ApiKey::CreatePartitions, topics::create_partitions),
    (ApiKey::DeleteGroups, groups::delete),
    (ApiKey::IncrementalAlterConfigs, configs::incremental_alter),
    (ApiKey::OffsetDelete, offsets::delete),
    (ApiKey::DescribeQuorum, quorum::describe),
    (ApiKey::UpdateFeatures, quorum::update_features),
    (ApiKey::DescribeCluster, cluster::describe_cluster),
    (ApiKey::ElectLeaders, administration::elect_leaders),
    (ApiKey::AlterPartitionReassignments, administration::alter_reassignments),
    (ApiKey::ListPartitionReassignments, administration::list_reassignments),
    (ApiKey::DescribeProducers, administration::describe_producers),
    (ApiKey::UnregisterBroker, quorum::unregister_broker),
    (ApiKey::ListConfigResources, administration::list_config_resources),
    (ApiKey::DescribeTopicPartitions, administration::describe_topic_partitions),
    (ApiKey::AddRaftVoter, quorum::add_voter),
    (ApiKey::RemoveRaftVoter, quorum::remove_voter),
];

/// What a sequence is about: what is asked often, by weight.
const THEMES: &[&[(Generator, usize)]] = &[
    // Records.
    &[
        (records::produce, 8),
        (reads::fetch, 6),
        (reads::list_offsets, 3),
        (reads::offset_for_leader_epoch, 1),
        (reads::delete_records, 1),
        (records::init_producer_id, 1),
        (configs::incremental_alter, 1),
    ],
    // One idempotent producer.
    &[(records::init_producer_id, 1), (records::idempotent, 10), (reads::fetch, 2)],
    // Fetch sessions.
    &[(reads::session, 8), (records::produce, 3), (topics::delete, 1)],
    // Topics and their settings.
    &[
        (topics::create, 6),
        (topics::metadata, 5),
        (topics::delete, 3),
        (topics::create_partitions, 3),
        (configs::describe, 2),
        (configs::alter, 2),
        (configs::incremental_alter, 3),
    ],
    // A group, by its rules.
    &[
        (members::join, 8),
        (members::round, 4),
        (members::rejoin, 3),
        (members::pending, 2),
        (members::replace, 2),
        (members::sync, 2),
        (members::heartbeat, 2),
        (members::leave, 3),
        (groups::describe, 2),
        (groups::list, 1),
        (groups::delete, 1),
        (offsets::commit, 3),
        (offsets::fetch, 1),
        (offsets::delete, 1),
    ],
    // Groups, against them.
    &[
        (groups::join, 6),
        (groups::sync, 4),
        (groups::heartbeat, 3),
        (groups::leave, 3),
        (groups::describe, 2),
        (groups::list, 1),
        (groups::delete, 2),
        (groups::find_coordinator, 1),
    ],
    // Offsets.
    &[
        (offsets::commit, 6),
        (offsets::fetch, 6),
        (offsets::delete, 3),
        (topics::delete, 1),
        (groups::delete, 1),
        (groups::describe, 1),
        (groups::list, 1),
    ],
    // Partitions as administrators see them.
    &[
        (administration::elect_leaders, 3),
        (administration::alter_reassignments, 3),
        (administration::list_reassignments, 2),
        (administration::describe_producers, 4),
        (administration::list_config_resources, 1),
        (administration::describe_topic_partitions, 4),
        (records::idempotent, 4),
        (topics::create, 2),
        (topics::delete, 1),
    ],
    // The cluster, and where it keeps things.
    &[
        (folders::describe, 3),
        (folders::alter, 3),
        (quorum::describe, 3),
        (quorum::update_features, 3),
        (quorum::unregister_broker, 1),
        (quorum::add_voter, 2),
        (quorum::remove_voter, 2),
        (cluster::describe_cluster, 1),
        (records::produce, 4),
        (reads::delete_records, 1),
        (topics::delete, 1),
    ],
    // Bytes.
    &[(frames::bytes, 4), (cluster::api_versions, 2), (topics::metadata, 1)],
];

/// The sequence of a seed.
pub(crate) fn sequence(seed: u64) -> Vec<Step> {
    let mut world = World::new(seed);
    world.set_up();
    let count = 3 + world.below(20);
    let theme = world.below(THEMES.len() + 1);
    for _ in 0..count {
        match THEMES.get(theme) {
            Some(weights) if !world.one_in(8) => world.weighted(weights)(&mut world),
            _ => world.pick(GENERATORS).1(&mut world),
        }
    }
    world.into_steps()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::codec::{encode, request_entry};
    use crate::sequence::{Ask, resolve};

    #[test]
    fn every_step_of_every_sequence_can_be_said_and_read_again() {
        for seed in 0..500 {
            for step in sequence(seed) {
                let line = step.to_json();
                assert_eq!(Step::from_json(&line).expect("it was written"), step);
                if let Ask::Request { api, version, body } = &step.ask {
                    let body = resolve(body, "dt-1-", &std::collections::HashMap::new());
                    let encoded = encode(request_entry(*api), *version, &body);
                    assert!(encoded.is_ok(), "seed {seed}: {line}: {encoded:?}");
                }
            }
        }
    }

    #[test]
    fn every_api_with_a_generator_is_asked() {
        let asked: HashSet<_> = (0..500).flat_map(sequence).filter_map(|step| step.api()).collect();
        for (api, _) in GENERATORS {
            assert!(asked.contains(api), "{}", api.name());
        }
    }
}
