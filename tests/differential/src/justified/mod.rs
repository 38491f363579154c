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
    /// What Kafka and Penstock answered, where they did.
    pub(crate) answers: (&'a Value, &'a Value),
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
        name: "a time that has passed",
        why: "Kafka's controller gives up before it begins where a request leaves it no time; Penstock \
              does what can be done at once. Clients leave seconds.",
        is: |seen| {
            let apis = [ApiKey::CreateTopics, ApiKey::DeleteTopics, ApiKey::CreatePartitions];
            seen.api.is_some_and(|api| apis.contains(&api))
                && seen.body["timeout_ms"].as_i64().is_some_and(|time| time <= 0)
        },
        ends: true,
    },
    Justified {
        name: "a kind of resource that there is not",
        why: "Kafka refuses all resources of such a request, with a text for any malformed one; \
              Penstock refuses the one, and names it.",
        is: |seen| {
            let known = [2, 4, 8, 16, 32];
            let resources = seen.body["resources"].as_array().into_iter().flatten();
            let mut kinds = resources.filter_map(|resource| resource["resource_type"].as_i64());
            seen.api == Some(ApiKey::DescribeConfigs) && kinds.any(|kind| !known.contains(&kind))
        },
        ends: false,
    },
    Justified {
        name: "one fault of several",
        why: "Where several settings of one request are wrong, Kafka tells of the one that its map \
              has first.",
        is: |seen| {
            let (kafka, penstock) = (&seen.difference.kafka, &seen.difference.penstock);
            let path = &seen.difference.path;
            let both_refuse =
                path.ends_with(".error_message") && kafka.is_string() && penstock.is_string()
                    || path.ends_with(".error_code") && *kafka != 0 && *penstock != 0;
            both_refuse && sets_several(seen.body)
        },
        ends: false,
    },
    Justified {
        name: "names and ids at once",
        why: "Kafka leaves the names out of a metadata request that has ids too; no client mixes them.",
        is: |seen| {
            let topics = seen.body["topics"].as_array().map(Vec::as_slice).unwrap_or_default();
            let by_id = |topic: &Value| topic["topic_id"] != "0".repeat(32);
            seen.api == Some(ApiKey::Metadata)
                && topics.iter().any(by_id)
                && !topics.iter().all(by_id)
        },
        ends: true,
    },
    Justified {
        name: "why a batch is refused",
        why: "Kafka's answer says so only where single records are refused or a batch has no head \
              that it can read; Penstock's always does, in its own words.",
        is: |seen| {
            seen.api == Some(ApiKey::Produce)
                && seen.difference.path.ends_with(".error_message")
                && seen.difference.penstock.is_string()
                && seen.difference.kafka.as_str().is_none_or(|text| {
                    text.starts_with("Record size") || text.starts_with("Invalid magic")
                })
        },
        ends: false,
    },
    Justified {
        name: "a length beyond all",
        why: "Kafka adds its prefix to a batch's length and is past the greatest number: it fails over \
              the whole request (-1); Penstock refuses the one batch, which is not whole.",
        is: |seen| {
            seen.api == Some(ApiKey::Produce)
                && says(seen.body, "batch_length", i64::from(i32::MAX))
                && says(seen.answers.0, "error_code", -1)
        },
        ends: true,
    },
    Justified {
        name: "time of a duplicate",
        why: "Kafka states the records' own time as the time of append when a batch comes twice, \
              though the topic does not go by that; the first answer said -1.",
        is: |seen| {
            seen.api == Some(ApiKey::Produce)
                && seen.difference.path.ends_with(".log_append_time_ms")
                && seen.difference.penstock == -1
        },
        ends: false,
    },
    Justified {
        name: "a session of nothing",
        why: "Penstock keeps no fetch session without partitions: clients go on without one.",
        is: |seen| {
            seen.api == Some(ApiKey::Fetch)
                && seen.difference.path == "session_id"
                && seen.difference.penstock == 0
        },
        ends: true,
    },
    Justified {
        name: "a session's topic is deleted",
        why: "A running session of Kafka's keeps the name that it found for an id, and says that there \
              is no topic of that name (3), where any other fetch hears that there is none of that id \
              (100), as all do of Penstock. Clients ask for metadata either way.",
        is: |seen| {
            let Difference { path, kafka, penstock } = seen.difference;
            seen.api == Some(ApiKey::Fetch)
                && seen.body["session_epoch"].as_i64().is_some_and(|epoch| epoch > 0)
                && path == "responses.partitions.error_code"
                && *kafka == 3
                && *penstock == 100
        },
        ends: false,
    },
    Justified {
        name: "asked and forgotten",
        why: "A fetch that adds a partition to its session and removes it: no client sends it.",
        is: |seen| {
            let forgotten = seen.body["forgotten_topics_data"].as_array();
            let forgotten = forgotten.map(Vec::as_slice).unwrap_or_default();
            let topics = seen.body["topics"].as_array().map(Vec::as_slice).unwrap_or_default();
            let named =
                |topic: &Value| forgotten.iter().any(|other| other["topic"] == topic["topic"]);
            topics.iter().any(named)
        },
        ends: true,
    },
    Justified {
        name: "a tie of votes",
        why: "Where as many members prefer one protocol as another, Kafka takes what its hash map has \
              first, and Penstock the last by name; all members speak both.",
        is: |seen| {
            let path = seen.difference.path.as_str();
            seen.api == Some(ApiKey::JoinGroup)
                && ["protocol_name", "members.metadata"].contains(&path)
                && seen.difference.kafka.as_str().is_some_and(|said| !said.is_empty())
                && seen.difference.penstock.as_str().is_some_and(|said| !said.is_empty())
        },
        ends: true,
    },
    Justified {
        name: "a leader anew",
        why: "Where a group's leader does not come back, Kafka takes whichever member its hash map has \
              first.",
        is: |seen| {
            let path = seen.difference.path.as_str();
            let absent = seen.difference.kafka == ABSENT || seen.difference.penstock == ABSENT;
            seen.api == Some(ApiKey::JoinGroup)
                && (path == "leader"
                    && seen.difference.kafka != ""
                    && seen.difference.penstock != ""
                    || path == "members" && absent)
        },
        ends: true,
    },
    Justified {
        name: "a group of nobody",
        why: "Kafka remembers a group that somebody was refused by, or began to join, until it looks \
              for what has expired; Penstock has no group without members, offsets or a past.",
        is: |seen| {
            let Difference { path, kafka, penstock } = seen.difference;
            let code = |theirs: &[i64], ours: &[i64]| {
                let is =
                    |value: &Value, of: &[i64]| value.as_i64().is_some_and(|it| of.contains(&it));
                is(kafka, theirs) && is(penstock, ours)
            };
            match (seen.api, path.as_str()) {
                (Some(ApiKey::DescribeGroups), "groups.group_state") => {
                    kafka == "Empty" && penstock == "Dead"
                }
                (Some(ApiKey::DescribeGroups), "groups.error_message") => {
                    kafka.is_null() && penstock.is_string()
                }
                (Some(ApiKey::DescribeGroups), "groups.authorized_operations") => {
                    code(&[3400], &[i64::from(i32::MIN)])
                }
                (Some(ApiKey::DescribeGroups), "groups.error_code") => code(&[0], &[69]),
                (Some(ApiKey::DeleteGroups), "results.error_code") => code(&[0], &[69]),
                (Some(ApiKey::OffsetCommit), "topics.partitions.error_code") => {
                    code(&[25], &[22, 69])
                }
                (Some(ApiKey::ListGroups), "groups") => penstock == ABSENT,
                (Some(ApiKey::JoinGroup), "error_code") => code(&[23], &[25]),
                _ => false,
            }
        },
        ends: true,
    },
    Justified {
        name: "an isolation that there is not",
        why: "Kafka takes an unknown isolation level for a failure of its own (-1); Penstock reads \
              what is not committed.",
        is: |seen| {
            let reads = [ApiKey::Fetch, ApiKey::ListOffsets];
            seen.api.is_some_and(|api| reads.contains(&api))
                && seen.body["isolation_level"]
                    .as_i64()
                    .is_some_and(|level| !(0..=1).contains(&level))
        },
        ends: true,
    },
    Justified {
        name: "an epoch below all",
        why: "Leader epochs begin at 0, and -1 is none; below it Kafka computes on.",
        is: |seen| {
            let topics = seen.body["topics"].as_array().into_iter().flatten();
            let mut partitions = topics.flat_map(|topic| topic["partitions"].as_array()).flatten();
            seen.api == Some(ApiKey::OffsetForLeaderEpoch)
                && partitions.any(|asked| asked["leader_epoch"].as_i64().is_some_and(|it| it < -1))
        },
        ends: false,
    },
    Justified {
        name: "more replicas than brokers",
        why: "Durability is the store's: any replication factor is taken and shown, so that what asks \
              for three runs on one broker.",
        is: |seen| {
            let topics = seen.body["topics"].as_array().into_iter().flatten();
            let mut factors = topics.filter_map(|topic| topic["replication_factor"].as_i64());
            seen.api == Some(ApiKey::CreateTopics) && factors.any(|factor| factor > 1)
        },
        ends: true,
    },
    Justified {
        name: "a fetch that Kafka fails over",
        why: "Kafka answers a whole fetch with -1 where a session has a topic that it cannot name any \
              more; Penstock answers for each partition.",
        is: |seen| seen.api == Some(ApiKey::Fetch) && fails(seen.answers.0),
        ends: true,
    },
    Justified {
        name: "a topic without name and id",
        why: "Kafka fails over it with -1 for the whole request; Penstock refuses the one.",
        is: |seen| {
            let mut topics = seen.body["topics"].as_array().into_iter().flatten();
            seen.api == Some(ApiKey::Metadata)
                && topics.any(|topic| topic["name"].is_null())
                && fails(seen.answers.0)
        },
        ends: false,
    },
    Justified {
        name: "a protocol without a name",
        why: "Kafka takes a chosen protocol whose name is empty for none; no client has one.",
        is: |seen| {
            let mut protocols = seen.body["protocols"].as_array().into_iter().flatten();
            seen.api == Some(ApiKey::JoinGroup) && protocols.any(|protocol| protocol["name"] == "")
        },
        ends: true,
    },
    Justified {
        name: "a rebalance in no time",
        why: "Kafka's timer fails over a rebalance timeout below 0, and says that it is no coordinator \
              (16), so that clients ask for ever.",
        is: |seen| {
            seen.api == Some(ApiKey::JoinGroup)
                && seen.body["rebalance_timeout_ms"].as_i64().is_some_and(|time| time < 0)
        },
        ends: true,
    },
    Justified {
        name: "long metadata of a stranger",
        why: "A commit that is too long and not its group's: Penstock judges partitions first.",
        is: |seen| {
            seen.api == Some(ApiKey::OffsetCommit)
                && seen.difference.path == "topics.partitions.error_code"
                && seen.difference.penstock == 12
                && seen.difference.kafka != 0
        },
        ends: false,
    },
    Justified {
        name: "fewer bytes than none",
        why: "Kafka's log fails over a limit below 0 (-1); Penstock takes it for 0.",
        is: |seen| {
            let limits = |body: &Value| {
                ["max_bytes", "partition_max_bytes"].iter().any(|limit| says(body, limit, -1))
            };
            seen.api == Some(ApiKey::Fetch) && limits(seen.body)
        },
        ends: true,
    },
    Justified {
        name: "a name that is no name",
        why: "A topic's name of more than 249 bytes in a produce request: Penstock closes the \
              connection rather than keep room for it.",
        is: |seen| {
            let mut topics = seen.body["topic_data"].as_array().into_iter().flatten();
            seen.difference.penstock == "(closed)"
                && topics.any(|topic| topic["name"].as_str().is_some_and(|name| name.len() > 230))
        },
        ends: true,
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

/// Whether the answer as a whole is a failure of the server's own.
fn fails(answer: &Value) -> bool {
    answer["error_code"] == -1
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

/// Whether a topic or resource is given several settings, or some beside where its replicas go.
fn sets_several(body: &Value) -> bool {
    let count = |item: &Value, field: &str| item[field].as_array().map_or(0, Vec::len);
    ["topics", "resources"].iter().any(|field| {
        let items = body[*field].as_array().into_iter().flatten();
        items.into_iter().any(|item| {
            let settings = count(item, "configs");
            settings > 1 || settings > 0 && count(item, "assignments") > 0
        })
    })
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
