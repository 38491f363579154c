//! Settings of topics, brokers and groups.

use penstock_wire::ApiKey;
use serde_json::Value;

use super::Justified;
use super::tree::{any, items};

pub(super) const LINES: &[Justified] = &[
    Justified {
        name: "a kind of resource that there is not",
        why: "Kafka refuses all resources of such a request, with a text for any malformed one; \
              Penstock refuses the one, and names it.",
        apis: &[ApiKey::DescribeConfigs],
        is: |seen| any(seen.body, "resource_type", &|kind| ![2, 4, 8, 16, 32].contains(&kind)),
        ends: false,
    },
    Justified {
        name: "one fault of several",
        why: "Where several settings of one request are wrong, Kafka tells of the one that its map \
              has first.",
        apis: &[ApiKey::CreateTopics, ApiKey::AlterConfigs, ApiKey::IncrementalAlterConfigs],
        is: |seen| {
            let (kafka, penstock) = (&seen.difference.kafka, &seen.difference.penstock);
            let both_refuse =
                seen.is_of("error_message") && kafka.is_string() && penstock.is_string()
                    || seen.is_of("error_code") && *kafka != 0 && *penstock != 0;
            both_refuse && sets_several(seen.body)
        },
        ends: false,
    },
    Justified {
        name: "one feature of several",
        why: "Where several features of one request are wrong, too.",
        apis: &[ApiKey::UpdateFeatures],
        is: |seen| {
            seen.is_of("error_message")
                && seen.difference.kafka.is_string()
                && seen.difference.penstock.is_string()
                && items(seen.body, "feature_updates").count() > 1
        },
        ends: false,
    },
    Justified {
        name: "an operation that there is not",
        why: "Kafka takes an unknown operation for a failure of its own (-1).",
        apis: &[ApiKey::IncrementalAlterConfigs],
        is: |seen| {
            seen.difference.path.starts_with("responses.error_")
                && any(seen.body, "config_operation", &|operation| !(0..=3).contains(&operation))
        },
        ends: false,
    },
    Justified {
        name: "blanks around a value",
        why: "Kafka's answer says a value as it was written; Penstock's as it is kept and described.",
        apis: &[ApiKey::CreateTopics],
        is: |seen| {
            let (kafka, penstock) = (&seen.difference.kafka, &seen.difference.penstock);
            let written = kafka.as_str().map(str::trim);
            seen.is_of("value") && written.is_some() && written == penstock.as_str()
        },
        ends: false,
    },
    Justified {
        name: "own settings",
        why: "Settings of Penstock's own begin with `penstock.`; Kafka has none of them.",
        apis: &[ApiKey::CreateTopics, ApiKey::DescribeConfigs],
        is: |seen| seen.difference.path.contains("[penstock."),
        ends: false,
    },
    Justified {
        name: "source of min.insync.replicas",
        why: "With eligible leader replicas Kafka writes the setting as the cluster's own when it is \
              formatted; Penstock has no replicas to elect, and says where the value was set.",
        apis: &[ApiKey::CreateTopics, ApiKey::DescribeConfigs],
        is: |seen| seen.difference.path.contains("configs[min.insync.replicas]."),
        ends: false,
    },
];

/// Whether a topic or resource is given several settings, or some beside where its replicas go.
fn sets_several(body: &Value) -> bool {
    let count = |item: &Value, list: &str| items(item, list).count();
    let several = |item: &Value| {
        let settings = count(item, "configs");
        settings > 1 || settings > 0 && count(item, "assignments") > 0
    };
    items(body, "topics").chain(items(body, "resources")).any(several)
}
