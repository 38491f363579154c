//! Topics made, listed and deleted.

use penstock_wire::ApiKey;
use serde_json::Value;

use super::Justified;
use super::tree::{any, items, says};

pub(super) const LINES: &[Justified] = &[
    Justified {
        name: "a time that has passed",
        why: "Kafka's controller gives up before it begins where a request leaves it no time (7); \
              Penstock does what can be done at once. Clients leave seconds.",
        apis: &[ApiKey::CreateTopics, ApiKey::DeleteTopics, ApiKey::CreatePartitions],
        is: |seen| {
            any(seen.body, "timeout_ms", &|time| time <= 0) && says(seen.answers.0, "error_code", 7)
        },
        ends: true,
    },
    Justified {
        name: "more replicas than brokers",
        why: "Durability is the store's: any replication factor is taken and shown, so that what asks \
              for three runs on one broker.",
        apis: &[ApiKey::CreateTopics],
        is: |seen| {
            let mut factors =
                items(seen.body, "topics").filter_map(|topic| topic["replication_factor"].as_i64());
            factors.any(|factor| factor > 1)
        },
        ends: true,
    },
    Justified {
        name: "names and ids at once",
        why: "Kafka leaves the names out of a metadata request that has ids too; no client mixes them.",
        apis: &[ApiKey::Metadata],
        is: |seen| {
            let by_id = |topic: &Value| topic["topic_id"] != "0".repeat(32);
            items(seen.body, "topics").any(by_id) && !items(seen.body, "topics").all(by_id)
        },
        ends: true,
    },
    Justified {
        name: "a topic without a name",
        why: "Kafka fails over who may do what with it (-1); Penstock says that there is none.",
        apis: &[ApiKey::DescribeTopicPartitions],
        is: |seen| {
            items(seen.body, "topics").any(|topic| topic["name"] == "")
                && says(seen.answers.0, "error_code", -1)
        },
        ends: false,
    },
    Justified {
        name: "a page behind the last number",
        why: "Kafka adds the size of a page to the greatest number, and goes on below 0: the page is \
              full, and the next begins there.",
        apis: &[ApiKey::DescribeTopicPartitions],
        is: |seen| {
            seen.body["cursor"]["partition_index"] == i32::MAX
                && ["next_cursor", "topics#"].contains(&seen.difference.path.as_str())
        },
        ends: false,
    },
    Justified {
        name: "a topic without name and id",
        why: "Kafka fails over it with -1 for the whole request; Penstock refuses the one.",
        apis: &[ApiKey::Metadata],
        is: |seen| {
            items(seen.body, "topics").any(|topic| topic["name"].is_null())
                && says(seen.answers.0, "error_code", -1)
        },
        ends: false,
    },
];
