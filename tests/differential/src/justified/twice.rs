//! One thing named twice in one request, or in a list that is empty: no client does either, and what
//! Kafka answers follows from the collections that each API's handler happens to use.

use penstock_wire::ApiKey;

use serde_json::Value;

use super::Justified;
use super::tree::{asks_for_nothing, asks_twice, is_empty_topic, items, names_a_partition_twice};
use crate::compare::ABSENT;

/// Where a produce request has its topics, and they their partitions.
const PRODUCED: [&str; 3] = ["topic_data", "partition_data", "index"];

/// Where a commit has.
const COMMITTED: [&str; 3] = ["topics", "partitions", "partition_index"];

pub(super) const LINES: &[Justified] = &[
    Justified {
        name: "named twice, told once",
        why: "An answer of Penstock's is no larger than what there is to tell; Kafka's list it as \
              often as it was named.",
        apis: &[
            ApiKey::CreateTopics,
            ApiKey::DescribeConfigs,
            ApiKey::DescribeGroups,
            ApiKey::OffsetFetch,
        ],
        is: |seen| seen.difference.penstock == ABSENT && asks_twice(seen.body),
        ends: false,
    },
    Justified {
        name: "settings of one resource twice",
        why: "Kafka fails over it and never answers; Penstock refuses it with the text that Kafka has \
              for it.",
        apis: &[ApiKey::AlterConfigs],
        is: |seen| seen.difference.kafka == "(silence)" && asks_twice(seen.body),
        ends: true,
    },
    Justified {
        name: "one topic deleted twice",
        why: "Kafka judges a topic that is named twice, or by name and by id, by what it comes upon \
              first; Penstock each by itself.",
        apis: &[ApiKey::DeleteTopics],
        is: |seen| asks_twice(seen.body),
        ends: true,
    },
    Justified {
        name: "two starts for one log",
        why: "Kafka's handler keeps the last of them; Penstock deletes up to each.",
        apis: &[ApiKey::DeleteRecords],
        is: |seen| asks_twice(seen.body),
        ends: true,
    },
    Justified {
        name: "two batches for one log",
        why: "Kafka appends the last that it can read, and answers with the first error; Penstock \
              appends the last or nothing.",
        apis: &[ApiKey::Produce],
        is: |seen| names_a_partition_twice(seen.body, PRODUCED),
        ends: true,
    },
    Justified {
        name: "one feature twice",
        why: "Kafka keeps the last of them; Penstock judges each.",
        apis: &[ApiKey::UpdateFeatures],
        is: |seen| {
            let named = |at: &Value| at["feature"].clone();
            let features: Vec<Value> = items(seen.body, "feature_updates").map(named).collect();
            features.iter().enumerate().any(|(at, one)| features[..at].contains(one))
        },
        ends: false,
    },
    Justified {
        name: "asked for nothing",
        why: "Kafka leaves a topic without partitions out of most answers, and Penstock says it with \
              none.",
        apis: &[
            ApiKey::DeleteRecords,
            ApiKey::DescribeProducers,
            ApiKey::ElectLeaders,
            ApiKey::ListOffsets,
            ApiKey::OffsetCommit,
            ApiKey::OffsetDelete,
            ApiKey::OffsetFetch,
            ApiKey::OffsetForLeaderEpoch,
            ApiKey::Produce,
        ],
        is: |seen| asks_for_nothing(seen.body) && is_empty_topic(seen.difference),
        ends: false,
    },
];

/// Whether a request leaves the servers in different states, even where they answer the same: which
/// of two batches is appended, and which of two offsets is kept, follows from such a collection too.
pub(crate) fn parts_ways(api: Option<ApiKey>, body: &Value) -> bool {
    match api {
        // Which of the answers tells the id.
        Some(ApiKey::CreateTopics) => asks_twice(body),
        Some(ApiKey::Produce) => names_a_partition_twice(body, PRODUCED),
        Some(ApiKey::OffsetCommit) => names_a_partition_twice(body, COMMITTED),
        _ => false,
    }
}
