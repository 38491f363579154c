//! The differences that are meant, each with its reason. Whatever differs and is not here is a
//! fault; what stands here and never shows is reported too.

use std::collections::BTreeMap;
use std::sync::Mutex;

use penstock_wire::ApiKey;
use serde_json::Value;

use crate::compare::{ABSENT, Difference};

/// What a judgement may look at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen<'a> {
    /// The API; none where bytes were sent.
    pub(crate) api: Option<ApiKey>,
    /// What was asked.
    pub(crate) body: &'a Value,
    /// One field.
    pub(crate) difference: &'a Difference,
}

/// One line of the list.
pub(crate) struct Justified {
    /// What reports call it.
    pub(crate) name: &'static str,
    /// Why it is right that the two differ.
    pub(crate) why: &'static str,
    /// Whether this is it.
    pub(crate) is: fn(&Seen<'_>) -> bool,
    /// Whether the servers' states differ from here on, so that later steps say nothing.
    pub(crate) ends: bool,
}

/// The list.
pub(crate) const JUSTIFIED: &[Justified] = &[
    Justified {
        name: "asked twice",
        why: "The same thing twice in one request: no client sends it, and what Kafka answers follows \
              from the collection that the API's handler happens to use.",
        is: |seen| asks_twice(seen.body),
        ends: true,
    },
    Justified {
        name: "asked for nothing",
        why: "A topic without partitions: no client sends it; Kafka leaves the topic out of most \
              answers, and Penstock says it with none.",
        is: |seen| asks_for_nothing(seen.body) && is_empty_topic(seen.difference),
        ends: false,
    },
    Justified {
        name: "an operation that there is not",
        why: "Kafka takes an unknown operation for a failure of its own (-1).",
        is: |seen| {
            seen.api == Some(ApiKey::IncrementalAlterConfigs)
                && seen.difference.path.starts_with("responses.error_")
                && (says(seen.body, "config_operation", -1)
                    || says(seen.body, "config_operation", 4)
                    || says(seen.body, "config_operation", 127))
        },
        ends: false,
    },
    Justified {
        name: "APIs of later versions",
        why: "Only what is fully served is advertised.",
        is: |seen| {
            seen.difference.path.starts_with("api_keys[") && seen.difference.penstock == ABSENT
        },
        ends: false,
    },
    Justified {
        name: "features of later versions",
        why: "A feature is named once what it stands for is served.",
        is: |seen| {
            let path = &seen.difference.path;
            let features = ["supported_features[", "finalized_features["];
            features.iter().any(|of| path.starts_with(of)) && seen.difference.penstock == ABSENT
        },
        ends: false,
    },
    Justified {
        name: "epoch of features",
        why: "Counts the changes of each cluster's own metadata.",
        is: |seen| seen.difference.path == "finalized_features_epoch",
        ends: false,
    },
    Justified {
        name: "own settings",
        why: "Settings of Penstock's own begin with `penstock.`; Kafka has none of them.",
        is: |seen| seen.difference.path.contains("[penstock."),
        ends: false,
    },
    Justified {
        name: "source of min.insync.replicas",
        why: "With eligible leader replicas Kafka writes the setting as the cluster's own when it is \
              formatted; Penstock has no replicas to elect, and says where the value was set.",
        is: |seen| seen.difference.path.contains("configs[min.insync.replicas]."),
        ends: false,
    },
];

/// What a request names its things by.
const NAMES: [&str; 8] = [
    "name",
    "topic",
    "group_id",
    "resource_name",
    "index",
    "partition",
    "partition_index",
    "topic_id",
];

fn asks_twice(body: &Value) -> bool {
    match body {
        // Records may be alike.
        Value::Object(fields) => {
            fields.iter().any(|(name, value)| name != "records" && asks_twice(value))
        }
        Value::Array(items) => {
            let same = |one: &Value, other: &Value| {
                let named =
                    NAMES.iter().find(|name| one.get(name).is_some_and(|name| !name.is_null()));
                one == other || named.is_some_and(|name| one.get(name) == other.get(name))
            };
            items
                .iter()
                .enumerate()
                .any(|(at, one)| items[..at].iter().any(|other| same(one, other)))
                || items.iter().any(asks_twice)
        }
        _ => false,
    }
}

/// Whether a field has this value anywhere in a request.
fn says(body: &Value, field: &str, value: i64) -> bool {
    match body {
        Value::Object(fields) => fields.iter().any(|(name, inner)| {
            (name == field && inner.as_i64() == Some(value)) || says(inner, field, value)
        }),
        Value::Array(items) => items.iter().any(|item| says(item, field, value)),
        _ => false,
    }
}

fn asks_for_nothing(body: &Value) -> bool {
    match body {
        Value::Object(fields) => fields.values().any(asks_for_nothing),
        Value::Array(items) => items.is_empty() || items.iter().any(asks_for_nothing),
        _ => false,
    }
}

/// A topic that only one side tells of, without partitions.
fn is_empty_topic(difference: &Difference) -> bool {
    let empty = |topic: &Value| {
        let fields = topic.as_object().into_iter().flatten();
        fields.filter_map(|(_, value)| value.as_array()).all(Vec::is_empty) && topic.is_object()
    };
    match (&difference.kafka, &difference.penstock) {
        (kafka, penstock) if kafka == ABSENT => empty(penstock),
        (kafka, penstock) if penstock == ABSENT => empty(kafka),
        _ => false,
    }
}

/// Which lines of the list have shown.
#[derive(Debug, Default)]
pub(crate) struct Shown(Mutex<BTreeMap<&'static str, u64>>);

impl Shown {
    /// The line that justifies a difference.
    pub(crate) fn judge(&self, seen: &Seen<'_>) -> Option<&'static Justified> {
        let line = JUSTIFIED.iter().find(|line| (line.is)(seen))?;
        *self.0.lock().expect("nobody panics with it").entry(line.name).or_default() += 1;
        Some(line)
    }

    /// How often a line has shown.
    pub(crate) fn times(&self, line: &Justified) -> u64 {
        self.0.lock().expect("nobody panics with it").get(line.name).copied().unwrap_or(0)
    }
}
