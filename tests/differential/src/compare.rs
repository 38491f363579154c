//! Two outcomes of one step, field by field.

use std::collections::BTreeMap;

use penstock_wire::ApiKey;
use serde_json::Value;

use crate::chosen::Chosen;
use crate::connection::Outcome;
use crate::generate::GROUPS_TOPIC;

/// One field that differs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference {
    /// Names of fields, without positions: `topics.partitions.error_code`. A key of an array that
    /// has no order stands in brackets, and `#` is an array's length. Empty for the whole answer.
    pub(crate) path: String,
    /// What Kafka says.
    pub(crate) kafka: Value,
    /// What Penstock says.
    pub(crate) penstock: Value,
}

/// What reports have where one side has nothing.
pub(crate) const ABSENT: &str = "(absent)";

/// What tells the elements of an array apart, the first that they have. Servers answer in the order
/// of whatever map they keep things in, and clients look for names.
const KEYS: [&str; 13] = [
    "api_key",
    "member_id",
    "name",
    "topic",
    "topic_name",
    "topic_id",
    "group_id",
    "key",
    "resource_name",
    "partition_index",
    "partition",
    "index",
    "node_id",
];

/// What topics call the list of their partitions.
const PARTITIONS: [&str; 2] = ["partitions", "partition_responses"];

/// Where order says something.
const ORDERED: [(ApiKey, &str); 1] = [(ApiKey::DescribeTopicPartitions, "topics")];

/// What all names of all sequences begin with.
pub(crate) const NAMES: &str = "dt-";

/// Compares the outcomes of a step that asked `api` (none: bytes) in a sequence whose names begin
/// with `prefix`.
pub(crate) fn compare(
    api: Option<ApiKey>,
    prefix: &str,
    kafka: &Outcome,
    penstock: &Outcome,
    chosen: &mut Chosen,
) -> Vec<Difference> {
    let mut comparing = Comparing { api, prefix, chosen, found: Vec::new() };
    match (kafka, penstock) {
        (Outcome::Answer(kafka), Outcome::Answer(penstock)) => {
            comparing.trees(String::new(), "", kafka, penstock);
        }
        (kafka, penstock) if kafka == penstock => {}
        (kafka, penstock) => comparing.differ(String::new(), summary(kafka), summary(penstock)),
    }
    comparing.found
}

/// Some answers name a topic anew for each of its partitions: clients put them together, and so does
/// this.
fn merge(topics: Vec<Value>) -> Vec<Value> {
    let mut merged: Vec<Value> = Vec::new();
    for mut topic in topics {
        let inner = PARTITIONS.into_iter().find(|list| topic[*list].is_array());
        let Some(inner) = inner else {
            merged.push(topic);
            continue;
        };
        let partitions = topic[inner].take();
        let same = |other: &&mut Value| {
            let fields = topic.as_object().into_iter().flatten();
            fields.filter(|(name, _)| *name != inner).all(|(name, value)| other[name] == *value)
        };
        match merged.iter_mut().find(same) {
            None => {
                topic[inner] = partitions;
                merged.push(topic);
            }
            Some(first) => {
                let all = first[inner].as_array_mut().expect("topics of one answer are alike");
                all.extend(partitions.as_array().cloned().unwrap_or_default());
            }
        }
    }
    merged
}

fn summary(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Answer(answer) => answer.clone(),
        Outcome::Closed => Value::from("(closed)"),
        Outcome::Silence => Value::from("(silence)"),
        Outcome::Unanswered => Value::from("(unanswered)"),
        Outcome::Garbled(error) => Value::from(format!("(garbled: {error})")),
    }
}

struct Comparing<'a> {
    api: Option<ApiKey>,
    prefix: &'a str,
    chosen: &'a mut Chosen,
    found: Vec<Difference>,
}

impl Comparing<'_> {
    fn trees(&mut self, path: String, field: &str, kafka: &Value, penstock: &Value) {
        match (kafka, penstock) {
            (Value::Object(theirs), Value::Object(ours)) => {
                for (name, value) in theirs {
                    let path = join(&path, name);
                    match ours.get(name) {
                        Some(other) => self.trees(path, name, value, other),
                        None => self.differ(path, value.clone(), Value::from(ABSENT)),
                    }
                }
                for (name, value) in ours.iter().filter(|(name, _)| !theirs.contains_key(*name)) {
                    self.differ(join(&path, name), Value::from(ABSENT), value.clone());
                }
            }
            (Value::Array(theirs), Value::Array(ours)) => {
                let own = |items: &[Value]| {
                    merge(items.iter().filter(|item| !self.is_foreign(item)).cloned().collect())
                };
                let (theirs, ours) = (own(theirs), own(ours));
                self.arrays(&path, field, &theirs, &ours);
            }
            (Value::String(theirs), Value::String(ours))
                if field == "error_message" || field == "batch_index_error_message" =>
            {
                if without_times(theirs) != without_times(ours) {
                    self.differ(path, kafka.clone(), penstock.clone());
                }
            }
            (kafka, penstock) => {
                if !self.chosen.agree(field, kafka, penstock) {
                    self.differ(path, kafka.clone(), penstock.clone());
                }
            }
        }
    }

    fn arrays(&mut self, path: &str, field: &str, theirs: &[Value], ours: &[Value]) {
        let first = theirs.first().or(ours.first());
        let key = KEYS.into_iter().find(|key| first.is_some_and(|item| item.get(key).is_some()));
        let is_ordered = ORDERED.iter().any(|(api, of)| Some(*api) == self.api && *of == path);
        if let (Some(key), false) = (key, is_ordered) {
            return self.sets(path, key, theirs, ours);
        }
        if theirs.len() != ours.len() {
            return self.differ(format!("{path}#"), Value::from(theirs), Value::from(ours));
        }
        for (kafka, penstock) in theirs.iter().zip(ours) {
            self.trees(path.to_owned(), field, kafka, penstock);
        }
    }

    fn sets(&mut self, path: &str, key: &str, theirs: &[Value], ours: &[Value]) {
        let mut by_key: BTreeMap<String, (Vec<&Value>, Vec<&Value>)> = BTreeMap::new();
        for item in theirs {
            let pair = self.chosen.of_penstock(key, &item[key]);
            let name = match &pair {
                Some(pair) => plain(pair),
                None => name_of_unknown(key, &item[key]),
            };
            by_key.entry(name).or_default().0.push(item);
        }
        for item in ours {
            let name = match self.chosen.is_of_penstock(key, &item[key]) {
                true => plain(&item[key]),
                false => name_of_unknown(key, &item[key]),
            };
            by_key.entry(name).or_default().1.push(item);
        }
        let is_listed_by_name =
            ["configs", "features", "api_keys"].iter().any(|end| path.ends_with(end));
        for (name, (theirs, ours)) in by_key {
            let path = match is_listed_by_name {
                true => format!("{path}[{name}]"),
                false => path.to_owned(),
            };
            for at in 0..theirs.len().max(ours.len()) {
                match (theirs.get(at), ours.get(at)) {
                    (Some(kafka), Some(penstock)) => self.trees(path.clone(), key, kafka, penstock),
                    (kafka, penstock) => {
                        let said = |item: Option<&&Value>| {
                            item.map_or_else(|| Value::from(ABSENT), |item| (*item).clone())
                        };
                        self.differ(path.clone(), said(kafka), said(penstock));
                    }
                }
            }
        }
    }

    /// Whether an element of a list of everything belongs to another sequence.
    fn is_foreign(&self, item: &Value) -> bool {
        // How much groups have written all sequences share.
        let is_shared = self.api == Some(ApiKey::DescribeLogDirs) && item["name"] == GROUPS_TOPIC;
        ["name", "group_id", "topic_name", "resource_name", "topic"].iter().any(|field| {
            let name = item.get(field).and_then(Value::as_str).unwrap_or_default();
            let others = name.starts_with(NAMES) && !name.starts_with(self.prefix);
            is_shared || others || name.starts_with("marker-") || name.starts_with("warm-")
        })
    }

    fn differ(&mut self, path: String, kafka: Value, penstock: Value) {
        self.found.push(Difference { path, kafka, penstock });
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// A text without the numbers in it that are long enough to be times.
fn without_times(text: &str) -> String {
    let mut plain = String::new();
    for part in text.split_inclusive(|letter: char| !letter.is_ascii_digit()) {
        let digits = part.trim_end_matches(|letter: char| !letter.is_ascii_digit());
        plain.push_str(if digits.len() >= 13 { "(time)" } else { digits });
        plain.push_str(&part[digits.len()..]);
    }
    plain
}

/// Ids that nobody has seen before are alike: they are compared in the order in which they come.
fn name_of_unknown(field: &str, key: &Value) -> String {
    match key {
        Value::String(id) if field == "member_id" && id.len() > 36 && id.is_ascii() => {
            id[..id.len() - 36].to_owned()
        }
        key => plain(key),
    }
}

fn plain(key: &Value) -> String {
    key.as_str().map_or_else(|| key.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(api: ApiKey, kafka: Value, penstock: Value) -> Vec<String> {
        let (kafka, penstock) = (Outcome::Answer(kafka), Outcome::Answer(penstock));
        let mut chosen = Chosen::default();
        let found = compare(Some(api), "dt-1-", &kafka, &penstock, &mut chosen);
        found.into_iter().map(|difference| difference.path).collect()
    }

    #[test]
    fn fields_are_told_by_path_and_order_matters_where_there_is_one() {
        let one = json!({ "topics": [{ "name": "a", "error_code": 0 }, { "name": "b", "error_code": 3 }] });
        let two = json!({ "topics": [{ "name": "b", "error_code": 3 }, { "name": "a", "error_code": 0 }] });
        assert!(paths(ApiKey::Metadata, one.clone(), two.clone()).is_empty());
        let ordered = ["topics.error_code", "topics.name", "topics.error_code", "topics.name"];
        assert_eq!(paths(ApiKey::DescribeTopicPartitions, one.clone(), two), ordered);
        let more = json!({ "topics": [{ "name": "a", "error_code": 0 }] });
        assert_eq!(paths(ApiKey::Fetch, one, more), ["topics"]);
    }

    #[test]
    fn a_topic_that_is_named_anew_for_each_partition_is_one() {
        let topic = |partitions: &[i64]| {
            let partition = |index: &i64| json!({ "partition_index": index, "error_code": 0 });
            let partitions: Vec<Value> = partitions.iter().map(partition).collect();
            json!({ "name": "a", "partitions": partitions })
        };
        let apart = json!({ "topics": [topic(&[0]), topic(&[2, 1])] });
        let together = json!({ "topics": [topic(&[0, 1, 2])] });
        assert!(paths(ApiKey::ListOffsets, apart.clone(), together).is_empty());
        let fewer = json!({ "topics": [topic(&[0, 2])] });
        assert_eq!(paths(ApiKey::ListOffsets, apart, fewer), ["topics.partitions"]);
    }

    #[test]
    fn what_other_sequences_have_made_is_left_out() {
        let alone = json!({ "groups": [{ "group_id": "dt-1-g" }] });
        let among = json!({ "groups": [{ "group_id": "dt-12-g" }, { "group_id": "dt-1-g" }] });
        assert!(paths(ApiKey::ListGroups, alone, among).is_empty());
    }
}
