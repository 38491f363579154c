//! Settings of consumer groups, their offsets, and idempotent producers.

use super::settings;
use crate::config::setting::{Setting, Valid};

pub(super) const GROUPS: &[Setting] = settings! {
    "group.min.session.timeout.ms": Int = "6000" (Valid::AtLeast(1)) =>
        "The shortest session timeout that a group's member may ask for.";
    "group.max.session.timeout.ms": Int = "1800000" (Valid::AtLeast(1)) =>
        "The longest session timeout that a group's member may ask for.";
    "group.initial.rebalance.delay.ms": Int = "3000" (Valid::AtLeast(0)) =>
        "How long a new group waits for more members before it first assigns.";
    "group.max.size": Int = "2147483647" (Valid::AtLeast(1)) => "Members of one group.";
    "offsets.topic.num.partitions": Int = "50" (Valid::AtLeast(1)) =>
        "Partitions of `__consumer_offsets`. Never change it: a group's partition follows from it.";
    "offsets.topic.replication.factor": Short = "3" (Valid::AtLeast(1)) =>
        "Shown for `__consumer_offsets`. Durability is the store's.";
    "offsets.topic.segment.bytes": Int = "104857600" (Valid::AtLeast(1)) =>
        "`segment.bytes` of `__consumer_offsets`.";
    "offsets.topic.compression.codec": Int = "0" (Valid::Between(0, 4)) =>
        "The codec of batches in `__consumer_offsets`: none, gzip, snappy, lz4, zstd.";
    "offsets.retention.minutes": Int = "10080" (Valid::AtLeast(1)) =>
        "How long the offsets of a group without members are kept.";
    "offsets.retention.check.interval.ms": Long = "600000" (Valid::AtLeast(1)) =>
        "How often expired offsets are looked for.";
    "offsets.commit.timeout.ms": Int = "5000" (Valid::AtLeast(1)) =>
        "How long a commit may wait to become durable.";
    "offset.metadata.max.bytes": Int = "4096" (Valid::AtLeast(0)) =>
        "The longest text that can be committed with an offset.";
    "producer.id.expiration.ms": Int = "86400000" (Valid::AtLeast(1)) =>
        "How long the state of an idempotent producer that writes nothing is kept.";
};
