//! Groups, their members and their offsets.

use penstock_wire::ApiKey;

use super::tree::items;
use super::{Justified, Seen};
use crate::compare::ABSENT;

pub(super) const LINES: &[Justified] = &[
    Justified {
        name: "a leader anew",
        why: "Where a group's leader does not come back, Kafka takes whichever member its hash map has \
              first.",
        apis: &[ApiKey::JoinGroup],
        is: |seen| {
            let (kafka, penstock) = (&seen.difference.kafka, &seen.difference.penstock);
            match seen.difference.path.as_str() {
                "leader" => kafka != "" && penstock != "",
                "members" => kafka == ABSENT || penstock == ABSENT,
                _ => false,
            }
        },
        ends: true,
    },
    Justified {
        name: "a group of nobody",
        why: "Kafka remembers a group that somebody was refused by, or began to join, until it looks \
              for what has expired; Penstock has no group without members, offsets or a past.",
        apis: &[
            ApiKey::DescribeGroups,
            ApiKey::DeleteGroups,
            ApiKey::JoinGroup,
            ApiKey::ListGroups,
            ApiKey::OffsetCommit,
            ApiKey::OffsetDelete,
        ],
        is: is_of_nobody,
        ends: true,
    },
    Justified {
        name: "a protocol without a name",
        why: "Kafka takes a chosen protocol whose name is empty for none; no client has one.",
        apis: &[ApiKey::JoinGroup],
        is: |seen| items(seen.body, "protocols").any(|protocol| protocol["name"] == ""),
        ends: true,
    },
];

fn is_of_nobody(seen: &Seen<'_>) -> bool {
    let (kafka, penstock) = (&seen.difference.kafka, &seen.difference.penstock);
    match seen.difference.path.as_str() {
        "groups.group_state" => kafka == "Empty" && penstock == "Dead",
        "groups.error_message" => kafka.is_null() && penstock.is_string(),
        "groups.authorized_operations" => *kafka == 3400 && *penstock == i32::MIN,
        "groups.error_code" | "results.error_code" => *kafka == 0 && *penstock == 69,
        "topics.partitions.error_code" => *kafka == 25 && (*penstock == 22 || *penstock == 69),
        "groups" => penstock == ABSENT,
        "topics" => penstock == ABSENT && seen.answers.1["error_code"] == 69,
        // A join, and offsets that are to be forgotten.
        "error_code" => *kafka == 23 && *penstock == 25 || *kafka == 0 && *penstock == 69,
        _ => false,
    }
}
