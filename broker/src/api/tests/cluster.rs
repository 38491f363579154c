//! The quorum, features, telemetry, and what has settings; answers as Apache Kafka 4.3.1 gave them.

use penstock_model::command::{AlterConfigs, Command, ConfigResource};
use penstock_wire::add_raft_voter_request::AddRaftVoterRequest;
use penstock_wire::describe_quorum_request::{DescribeQuorumRequest, PartitionData, TopicData};
use penstock_wire::describe_quorum_response::DescribeQuorumResponse;
use penstock_wire::get_telemetry_subscriptions_request::GetTelemetrySubscriptionsRequest;
use penstock_wire::list_config_resources_request::ListConfigResourcesRequest;
use penstock_wire::push_telemetry_request::PushTelemetryRequest;
use penstock_wire::remove_raft_voter_request::RemoveRaftVoterRequest;
use penstock_wire::unregister_broker_request::UnregisterBrokerRequest;
use penstock_wire::update_features_request::{FeatureUpdateKey, UpdateFeaturesRequest};
use penstock_wire::{Uuid, WireString};

use super::{create, topic};
use crate::cluster_id;
use crate::testing::{CLUSTER, TestBroker};

fn quorum_of(topics: &[(&'static str, &[i32])]) -> DescribeQuorumRequest {
    let partitions = |indexes: &[i32]| {
        indexes.iter().map(|index| PartitionData { partition_index: *index }).collect()
    };
    let topic = |(name, indexes): &(&'static str, &[i32])| TopicData {
        topic_name: (*name).into(),
        partitions: partitions(indexes),
    };
    DescribeQuorumRequest { topics: topics.iter().map(topic).collect() }
}

fn quorum_lines(response: &DescribeQuorumResponse) -> Vec<String> {
    let partitions = response.topics.iter().flat_map(|topic| {
        topic.partitions.iter().map(|p| {
            let voters: Vec<i32> = p.current_voters.iter().map(|voter| voter.replica_id).collect();
            let (name, index, error) = (&topic.topic_name, p.partition_index, p.error_code);
            format!("{name}-{index}: {error} leader {} voters {voters:?}", p.leader_id)
        })
    });
    partitions.collect()
}

#[tokio::test]
async fn the_quorum_is_that_of_the_metadata_alone() {
    let test = TestBroker::start(&[]);
    for version in 0..=2 {
        let response = test.ask(version, &quorum_of(&[("__cluster_metadata", &[0])])).await;
        assert_eq!(quorum_lines(&response), ["__cluster_metadata-0: 0 leader 1 voters [1]"]);
        let partition = &response.topics[0].partitions[0];
        assert_eq!(partition.leader_epoch, 3);
        let end = i64::try_from(test.metadata_index() + 1).unwrap();
        assert_eq!(
            (partition.high_watermark, partition.current_voters[0].log_end_offset),
            (end, end)
        );
        let nodes: Vec<i32> = response.nodes.iter().map(|node| node.node_id).collect();
        assert_eq!(nodes, if version == 2 { vec![1] } else { vec![] });
    }
    for (asked, expect) in [
        (quorum_of(&[]), vec![]),
        (quorum_of(&[("t", &[0])]), vec!["t-0: 3 leader 0 voters []"]),
        (
            quorum_of(&[("__cluster_metadata", &[0, 1])]),
            vec![
                "__cluster_metadata-0: 3 leader 0 voters []",
                "__cluster_metadata-1: 3 leader 0 voters []",
            ],
        ),
        (
            quorum_of(&[("__cluster_metadata", &[0]), ("t", &[0])]),
            vec!["__cluster_metadata-0: 3 leader 0 voters []", "t-0: 3 leader 0 voters []"],
        ),
    ] {
        let response = test.ask(2, &asked).await;
        assert_eq!((response.error_code, quorum_lines(&response)), (0, expect_strings(&expect)));
        assert!(response.nodes.is_empty());
    }
}

fn expect_strings(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

#[tokio::test]
async fn a_feature_goes_up_within_what_is_supported_and_not_down() {
    const FAILED: &str =
        "The update failed for all features since the following feature had an error: ";
    let test = TestBroker::start(&[]);
    // Name, level, kind of change; error and text, or the features after it.
    for (name, level, upgrade_type, expect) in [
        ("metadata.version", 30, 1, Ok("1: metadata.version=30")),
        (
            "metadata.version",
            99,
            1,
            Err("Invalid update version 99 for feature metadata.version. Local controller 1 only \
                 supports versions 7-30"),
        ),
        (
            "metadata.version",
            0,
            2,
            Err("Invalid update version 0 for feature metadata.version. Local controller 1 only \
                 supports versions 7-30"),
        ),
        (
            "metadata.version",
            -1,
            1,
            Err(
                "Invalid update version -1 for feature metadata.version. A feature version cannot \
                 be less than 0.",
            ),
        ),
        (
            "metadata.version",
            29,
            1,
            Err("Invalid update version 29 for feature metadata.version. Can't downgrade the \
                 version of this feature without setting the upgrade type to either safe or \
                 unsafe downgrade."),
        ),
        (
            "metadata.version",
            29,
            2,
            Err("Unsupported metadata.version downgrade from 30 to 29. Refusing to perform the \
                 requested downgrade because it might delete metadata information."),
        ),
        (
            "metadata.version",
            29,
            3,
            Err("Unsupported metadata.version downgrade from 30 to 29. Unsafe metadata downgrade \
                 is not supported in this version."),
        ),
        (
            "metadata.version",
            30,
            0,
            Err("Invalid update version 30 for feature metadata.version. The controller does not \
                 support the given upgrade type."),
        ),
        (
            "foo",
            1,
            1,
            Err("Invalid update version 1 for feature foo. Local controller 1 does not support \
                 this feature."),
        ),
        ("kraft.version", 0, 2, Ok("1: metadata.version=30")),
        ("foo", 0, 1, Err("Invalid update version 0 for feature foo. Feature foo not found.")),
        (
            "foo",
            -1,
            1,
            Err(
                "Invalid update version -1 for feature foo. A feature version cannot be less than 0.",
            ),
        ),
    ] {
        let update = FeatureUpdateKey {
            feature: name.into(),
            max_version_level: level,
            upgrade_type,
            ..FeatureUpdateKey::default()
        };
        let request = UpdateFeaturesRequest { feature_updates: vec![update], ..Default::default() };
        let response = test.ask(2, &request).await;
        let message = response.error_message.as_deref();
        match expect {
            Ok(features) => {
                assert_eq!((response.error_code, message), (0, None), "{name} {level}");
                assert_eq!(test.features(), features);
            }
            Err(reason) => {
                let expect = format!("{FAILED}{reason}");
                assert_eq!((response.error_code, message), (95, Some(expect.as_str())));
            }
        }
        assert!(response.results.is_empty());
    }
}

#[tokio::test]
async fn raising_a_feature_raises_the_epoch() {
    let test = TestBroker::without_features();
    assert_eq!(test.features(), "0:");
    let raise = |level, validate_only| UpdateFeaturesRequest {
        feature_updates: vec![FeatureUpdateKey {
            feature: "metadata.version".into(),
            max_version_level: level,
            ..FeatureUpdateKey::default()
        }],
        validate_only,
        ..UpdateFeaturesRequest::default()
    };
    test.ask(1, &raise(20, true)).await;
    assert_eq!(test.features(), "0:");
    let response = test.ask(1, &raise(20, false)).await;
    let [result] = &response.results[..] else { panic!("{response:?}") };
    assert_eq!((result.error_code, result.error_message.as_deref()), (0, Some("NONE")));
    assert_eq!(test.features(), "1: metadata.version=20");
    let request = UpdateFeaturesRequest { validate_only: false, ..raise(30, false) };
    assert_eq!(test.ask(2, &request).await.error_code, 0);
    assert_eq!(test.features(), "2: metadata.version=30");
}

#[tokio::test]
async fn what_has_settings_is_listed_by_kind() {
    let test = TestBroker::start(&[]);
    test.ask(7, &create(vec![topic("b", 1, &[]), topic("a", 1, &[])])).await;
    for resource in [ConfigResource::Group("g".into()), ConfigResource::ClientMetrics("m".into())] {
        let changes = vec![("key".into(), Some("value".into()))];
        let command = AlterConfigs { resource, changes, relies_on: None };
        test.metadata.apply(&Command::AlterConfigs(command)).result.unwrap();
    }
    for (version, types, expect) in [
        (0, &[][..], "16:m"),
        (1, &[], "32:g 16:m 8:1 4:1 2:a 2:b"),
        (1, &[2], "2:a 2:b"),
        (1, &[4, 2, 4], "4:1 2:a 2:b"),
        (1, &[8], "8:1"),
        (1, &[32, 16], "32:g 16:m"),
    ] {
        let request = ListConfigResourcesRequest { resource_types: types.to_vec() };
        let response = test.ask(version, &request).await;
        let listed = response.config_resources.iter();
        let listed = listed.map(|r| format!("{}:{}", r.resource_type, r.resource_name));
        assert_eq!(response.error_code, 0);
        assert_eq!(listed.collect::<Vec<_>>().join(" "), expect, "{version} {types:?}");
    }
    for types in [&[0][..], &[3], &[2, 99], &[-1]] {
        let request = ListConfigResourcesRequest { resource_types: types.to_vec() };
        let response = test.ask(1, &request).await;
        assert_eq!((response.error_code, response.config_resources.len()), (35, 0), "{types:?}");
    }
}

#[tokio::test]
async fn telemetry_asks_for_nothing_and_drops_what_comes() {
    let test = TestBroker::start(&["telemetry.max.bytes=3"]);
    let own = GetTelemetrySubscriptionsRequest { client_instance_id: Uuid([7; 16]) };
    let response = test.ask(0, &own).await;
    assert_eq!((response.error_code, response.client_instance_id), (0, Uuid([7; 16])));
    assert_eq!((response.push_interval_ms, response.telemetry_max_bytes), (300_000, 3));
    assert_eq!(response.accepted_compression_types, [4, 3, 1, 2]);
    assert!(response.requested_metrics.is_empty());
    let fresh = test.ask(0, &GetTelemetrySubscriptionsRequest::default()).await;
    assert_ne!(fresh.client_instance_id, Uuid::ZERO);

    let push = PushTelemetryRequest {
        client_instance_id: Uuid([7; 16]),
        subscription_id: response.subscription_id,
        metrics: b"abc".as_slice().into(),
        ..PushTelemetryRequest::default()
    };
    let changed = |change: fn(&mut PushTelemetryRequest)| {
        let mut push = push.clone();
        change(&mut push);
        push
    };
    for (request, error) in [
        (push.clone(), 0),
        (changed(|push| push.client_instance_id = Uuid::ZERO), 42),
        (changed(|push| push.subscription_id += 1), 117),
        (changed(|push| push.compression_type = 9), 76),
        (changed(|push| push.compression_type = 4), 0),
        (changed(|push| push.metrics = b"abcd".as_slice().into()), 118),
    ] {
        assert_eq!(test.ask(0, &request).await.error_code, error, "{request:?}");
    }
}

#[tokio::test]
async fn brokers_and_voters_are_not_taken_away() {
    let test = TestBroker::start(&[]);
    for (broker_id, error) in [(1, 42), (9, 102), (-1, 102)] {
        let response = test.ask(0, &UnregisterBrokerRequest { broker_id }).await;
        assert_eq!(response.error_code, error, "{broker_id}");
        if error == 102 {
            let message = format!("Broker ID {broker_id} is not currently registered");
            assert_eq!(response.error_message.as_deref(), Some(message.as_str()));
        }
    }
    let own = cluster_id::format(CLUSTER);
    let other = format!("The given id \"x\" doesn't match the cluster id \"{own}\"");
    for (cluster, voter, error, add, remove) in [
        (Some("x"), 3, 104, other.as_str(), other.as_str()),
        (
            None,
            -3,
            42,
            "Add voter request didn't include a valid voter",
            "Remove voter request didn't include a valid voter",
        ),
        (
            Some(own.as_str()),
            3,
            35,
            "Cluster doesn't support adding voter because the kraft.version feature is 0",
            "Cluster doesn't support removing voter because the kraft.version feature is 0",
        ),
    ] {
        let cluster_id = cluster.map(WireString::copy_from);
        let voter_directory_id = Uuid([3; 16]);
        for version in 0..=1 {
            let request = AddRaftVoterRequest {
                cluster_id: cluster_id.clone(),
                voter_id: voter,
                voter_directory_id,
                ..AddRaftVoterRequest::default()
            };
            let response = test.ask(version, &request).await;
            assert_eq!(
                (response.error_code, response.error_message.as_deref()),
                (error, Some(add))
            );
        }
        let request = RemoveRaftVoterRequest { cluster_id, voter_id: voter, voter_directory_id };
        let response = test.ask(0, &request).await;
        assert_eq!((response.error_code, response.error_message.as_deref()), (error, Some(remove)));
    }
}
