//! What lines of the list look for in requests and answers.

use std::collections::HashSet;

use serde_json::Value;

use crate::compare::{ABSENT, Difference};

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

/// Whether a request names one thing twice in one list.
pub(super) fn asks_twice(body: &Value) -> bool {
    match body {
        // Records may be alike.
        Value::Object(fields) => {
            fields.iter().any(|(name, value)| name != "records" && asks_twice(value))
        }
        Value::Array(items) => {
            let named = |item: &Value, name: &str| item.get(name).filter(|it| is_name(it)).cloned();
            let same = |one: &Value, other: &Value| {
                let is_shared = |name: &&str| {
                    let name = named(one, name).zip(named(other, name));
                    name.is_some_and(|(one, other)| one == other)
                };
                one == other || NAMES.iter().any(is_shared)
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

/// Whether something is named by this: what stands for no name and no id names nothing.
fn is_name(value: &Value) -> bool {
    !value.is_null() && *value != "0".repeat(32)
}

/// Whether a request names one partition twice, in lists of topics and of their partitions.
pub(super) fn names_a_partition_twice(
    body: &Value,
    [topics, partitions, index]: [&str; 3],
) -> bool {
    let mut seen = HashSet::new();
    let named = items(body, topics).flat_map(|topic| {
        let name = format!("{} {}", topic["name"], topic["topic_id"]);
        items(topic, partitions).map(move |partition| (name.clone(), partition[index].as_i64()))
    });
    !named.into_iter().all(|partition| seen.insert(partition))
}

/// The elements of a list in a request or an answer; none where there is no list.
pub(super) fn items<'a>(tree: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    tree[list].as_array().into_iter().flatten()
}

/// Whether a request has an empty list.
pub(super) fn asks_for_nothing(body: &Value) -> bool {
    match body {
        Value::Object(fields) => fields.values().any(asks_for_nothing),
        Value::Array(items) => items.is_empty() || items.iter().any(asks_for_nothing),
        _ => false,
    }
}

/// Whether a field has this value anywhere.
pub(super) fn says(tree: &Value, field: &str, value: i64) -> bool {
    any(tree, field, &|said| said == value)
}

/// Whether a number in a field of that name is one that is looked for.
pub(super) fn any(tree: &Value, field: &str, wanted: &dyn Fn(i64) -> bool) -> bool {
    match tree {
        Value::Object(fields) => fields.iter().any(|(name, inner)| {
            (name == field && inner.as_i64().is_some_and(wanted)) || any(inner, field, wanted)
        }),
        Value::Array(items) => items.iter().any(|item| any(item, field, wanted)),
        _ => false,
    }
}

/// A topic that only one side tells of, without partitions.
pub(super) fn is_empty_topic(difference: &Difference) -> bool {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_named_twice_is_found() {
        let none = "0".repeat(32);
        for (body, expect) in [
            (json!({ "groups": ["g", "h"] }), false),
            (json!({ "groups": ["g", "h", "g"] }), true),
            (json!({ "topics": [{ "name": "a" }, { "name": "b" }] }), false),
            (json!({ "topics": [{ "name": "a", "n": 1 }, { "name": "a", "n": 2 }] }), true),
            (json!({ "topics": [{ "name": null, "n": 1 }, { "name": null, "n": 2 }] }), false),
            (
                json!({ "topics": [{ "topic_id": none, "n": 1 }, { "topic_id": none, "n": 2 }] }),
                false,
            ),
            (json!({ "topics": [{ "name": "a", "partitions": [0, 0] }] }), true),
            (
                json!({ "topics": [{ "name": "a", "records": [{ "key": 1 }, { "key": 1 }] }] }),
                false,
            ),
        ] {
            assert_eq!(asks_twice(&body), expect, "{body}");
        }
    }

    #[test]
    fn a_partition_is_a_topic_and_a_number() {
        const PLACES: [&str; 3] = ["topics", "partitions", "index"];
        let topic = |name: &str, indexes: &[i64]| {
            let partitions: Vec<Value> = indexes.iter().map(|at| json!({ "index": at })).collect();
            json!({ "name": name, "partitions": partitions })
        };
        for (topics, expect) in [
            (vec![topic("a", &[0, 1]), topic("b", &[0])], false),
            (vec![topic("a", &[0, 0])], true),
            (vec![topic("a", &[0]), topic("b", &[1]), topic("a", &[1, 0])], true),
        ] {
            let body = json!({ "topics": topics });
            assert_eq!(names_a_partition_twice(&body, PLACES), expect, "{body}");
        }
    }
}
