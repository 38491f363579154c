//! Records produced and read.

use penstock_wire::ApiKey;
use serde_json::Value;

use super::tree::{any, items, says};
use super::{Justified, Seen};
use crate::generate::GROUPS_TOPIC;

/// `segment.ms` unless somebody sets it.
const WEEK_MS: i64 = 7 * 24 * 3600 * 1000;

pub(super) const LINES: &[Justified] = &[
    Justified {
        name: "why a batch is refused",
        why: "Kafka's answer says so only where single records are refused or a batch has no head \
              that it can read; Penstock's always does, in its own words.",
        apis: &[ApiKey::Produce],
        is: |seen| {
            seen.is_of("error_message")
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
        apis: &[ApiKey::Produce],
        is: |seen| {
            says(seen.body, "batch_length", i64::from(i32::MAX))
                && says(seen.answers.0, "error_code", -1)
        },
        ends: true,
    },
    Justified {
        name: "a batch for a topic of the cluster's own",
        why: "Penstock says that nobody may write there before it looks at what is to be written, and \
              Kafka after.",
        apis: &[ApiKey::Produce],
        is: |seen| {
            seen.is_of("error_code")
                && seen.difference.penstock == 17
                && items(seen.body, "topic_data").any(|topic| topic["name"] == GROUPS_TOPIC)
        },
        ends: false,
    },
    Justified {
        name: "a codec that there is not",
        why: "Kafka fails over it where the batch has no records to be read (-1); Penstock refuses it \
              as where it has.",
        apis: &[ApiKey::Produce],
        is: |seen| {
            seen.is_of("error_code")
                && seen.difference.kafka == -1
                && any(seen.body, "attributes", &|attributes| attributes & 7 > 4)
        },
        ends: false,
    },
    Justified {
        name: "bits of nobody",
        why: "Penstock keeps of a batch's attributes what a client may say; Kafka keeps the rest too, \
              whatever it may come to mean.",
        apis: &[ApiKey::Fetch],
        is: |seen| {
            let bits = |value: &Value| value.as_i64().map(|attributes| attributes & 0x3f);
            seen.difference.path == "responses.partitions.records.batches.attributes"
                && bits(&seen.difference.kafka) == seen.difference.penstock.as_i64()
        },
        ends: false,
    },
    Justified {
        name: "a producer without times",
        why: "Where a batch has no time Kafka knows none of its producer, and forgets it at the next \
              occasion; Penstock goes by the time of append.",
        apis: &[ApiKey::DescribeProducers],
        is: |seen| seen.is_of("last_timestamp") && seen.difference.kafka == -1,
        ends: false,
    },
    Justified {
        name: "time of a duplicate",
        why: "Kafka states the records' own time as the time of append when a batch comes twice, \
              though the topic does not go by that; the first answer said -1.",
        apis: &[ApiKey::Produce],
        is: |seen| seen.is_of("log_append_time_ms") && seen.difference.penstock == -1,
        ends: false,
    },
    Justified {
        name: "a name that is no name",
        why: "A topic's name of more than 249 bytes in a produce request: Penstock closes the \
              connection rather than keep room for it.",
        apis: &[ApiKey::Produce],
        is: |seen| {
            let names = items(seen.body, "topic_data").filter_map(|topic| topic["name"].as_str());
            seen.difference.penstock == "(closed)" && names.into_iter().any(|name| name.len() > 230)
        },
        ends: true,
    },
    Justified {
        name: "the end of a segment",
        why: "A batch whose time is a week after the first one's begins a segment of Kafka's, and what \
              a fetch reads of a partition ends with its segment. Penstock has none.",
        apis: &[ApiKey::Fetch],
        is: |seen| {
            let batches = |value: &Value| value.as_array().cloned().unwrap_or_default();
            let (kafka, penstock) =
                (batches(&seen.difference.kafka), batches(&seen.difference.penstock));
            let time = |batch: &Value| batch["max_timestamp"].as_i64();
            let roll = |next: &Value| Some(time(next)? - time(kafka.first()?)? > WEEK_MS);
            seen.difference.path == "responses.partitions.records.batches#"
                && penstock.starts_with(&kafka)
                && penstock.get(kafka.len()).and_then(roll) == Some(true)
        },
        ends: false,
    },
    Justified {
        name: "a session of nothing",
        why: "Penstock keeps no fetch session without partitions: clients go on without one.",
        apis: &[ApiKey::Fetch],
        is: |seen| seen.difference.path == "session_id" && seen.difference.penstock == 0,
        ends: true,
    },
    Justified {
        name: "a session's topic is deleted",
        why: "A running session of Kafka's keeps the name that it found for an id, and says that there \
              is no topic of that name (3), where any other fetch hears that there is none of that id \
              (100), as all do of Penstock. Clients ask for metadata either way.",
        apis: &[ApiKey::Fetch],
        is: |seen| {
            any(seen.body, "session_epoch", &|epoch| epoch > 0)
                && seen.is_code("responses.partitions.error_code", 3, 100)
        },
        ends: false,
    },
    Justified {
        name: "asked and forgotten",
        why: "A fetch that adds a partition to its session and removes it: no client sends it.",
        apis: &[ApiKey::Fetch],
        is: |seen| {
            let is_forgotten = |topic: &Value| {
                items(seen.body, "forgotten_topics_data")
                    .any(|other| other["topic"] == topic["topic"])
            };
            items(seen.body, "topics").any(is_forgotten)
        },
        ends: true,
    },
    Justified {
        name: "a fetch that Kafka fails over",
        why: "Kafka answers a whole fetch with -1 where a session has a topic that it cannot name any \
              more; Penstock answers for each partition.",
        apis: &[ApiKey::Fetch],
        is: |seen| seen.answers.0["error_code"] == -1,
        ends: true,
    },
    Justified {
        name: "fewer bytes than none",
        why: "Kafka's log fails over a limit below 0 (-1); Penstock takes it for 0.",
        apis: &[ApiKey::Fetch],
        is: |seen| {
            let is_below = |limit| any(seen.body, limit, &|bytes| bytes < 0);
            says(seen.answers.0, "error_code", -1)
                && (is_below("max_bytes") || is_below("partition_max_bytes"))
        },
        ends: true,
    },
    Justified {
        name: "an isolation that there is not",
        why: "Kafka takes an unknown isolation level for a failure of its own (-1); Penstock reads \
              what is not committed.",
        apis: &[ApiKey::Fetch, ApiKey::ListOffsets],
        is: |seen| {
            any(seen.body, "isolation_level", &|level| !(0..=1).contains(&level))
                && is_failure(seen)
        },
        ends: true,
    },
    Justified {
        name: "an epoch below all",
        why: "Leader epochs begin at 0, and -1 is none; below it Kafka computes on.",
        apis: &[ApiKey::OffsetForLeaderEpoch],
        is: |seen| any(seen.body, "leader_epoch", &|epoch| epoch < -1),
        ends: false,
    },
];

/// Whether Kafka failed over the request.
fn is_failure(seen: &Seen<'_>) -> bool {
    says(seen.answers.0, "error_code", -1) || seen.difference.kafka == "(closed)"
}
