//! The cluster as a whole: what it serves, decides with and keeps things in.

use penstock_wire::ApiKey;
use serde_json::Value;

use super::Justified;
use super::tree::{items, says};
use crate::compare::ABSENT;

pub(super) const LINES: &[Justified] = &[
    Justified {
        name: "APIs of later versions",
        why: "Only what is fully served is advertised.",
        apis: &[ApiKey::ApiVersions],
        is: |seen| {
            seen.difference.path.starts_with("api_keys[") && seen.difference.penstock == ABSENT
        },
        ends: false,
    },
    Justified {
        name: "features of later versions",
        why: "A feature is named once what it stands for is served.",
        apis: &[ApiKey::ApiVersions],
        is: |seen| {
            let features = ["supported_features[", "finalized_features["];
            features.iter().any(|of| seen.difference.path.starts_with(of))
                && seen.difference.penstock == ABSENT
        },
        ends: false,
    },
    Justified {
        name: "levels of later features",
        why: "And until then it has no levels to be told of, or to be raised to.",
        apis: &[ApiKey::UpdateFeatures],
        is: |seen| {
            let text = seen.difference.kafka.as_str().unwrap_or_default();
            let raises = |update: &Value| {
                update["feature"] == "kraft.version" && update["max_version_level"] == 1
            };
            (seen.is_of("error_message") && text.contains("for feature kraft.version."))
                || (says(seen.answers.0, "error_code", 0)
                    && items(seen.body, "feature_updates").any(raises))
        },
        ends: false,
    },
    Justified {
        name: "epoch of features",
        why: "Counts the changes of each cluster's own metadata.",
        apis: &[ApiKey::ApiVersions],
        is: |seen| seen.difference.path == "finalized_features_epoch",
        ends: false,
    },
    Justified {
        name: "length of the metadata's log",
        why: "Counts the changes of each cluster's own metadata, and its elections.",
        apis: &[ApiKey::DescribeQuorum],
        is: |seen| {
            let counts = |value: &Value| value.as_i64().is_some_and(|count| count > 0);
            ["high_watermark", "log_end_offset", "leader_epoch"].iter().any(|of| seen.is_of(of))
                && counts(&seen.difference.kafka)
                && counts(&seen.difference.penstock)
        },
        ends: false,
    },
    Justified {
        name: "a voter without an endpoint",
        why: "Kafka looks first whether a voter says where its controllers' listener is; Penstock's \
              voters have none, and it says at once that they cannot be changed.",
        apis: &[ApiKey::AddRaftVoter],
        is: |seen| {
            let is_of_listener = |listener: &Value| listener["name"] == "CONTROLLER";
            !items(seen.body, "listeners").any(is_of_listener)
                && (seen.is_code("error_code", 42, 35) || seen.is_of("error_message"))
        },
        ends: false,
    },
    Justified {
        name: "where the controller listens",
        why: "The lone controller is in its broker's process, and listens nowhere.",
        apis: &[ApiKey::DescribeQuorum],
        is: |seen| seen.difference.path.starts_with("nodes.listeners"),
        ends: false,
    },
    Justified {
        name: "a name too long for a folder",
        why: "Kafka moves a partition by way of a second folder, whose name is longer than the topic's; \
              where nothing is moved, any topic's name will do.",
        apis: &[ApiKey::AlterReplicaLogDirs],
        is: |seen| seen.is_of("error_code") && seen.difference.kafka == 17,
        ends: false,
    },
    Justified {
        name: "size of the disk",
        why: "Nobody knows how much a store holds.",
        apis: &[ApiKey::DescribeLogDirs],
        is: |seen| {
            ["results.total_bytes", "results.usable_bytes"].contains(&seen.difference.path.as_str())
                && seen.difference.penstock == -1
        },
        ends: false,
    },
];
