//! What an operator may set for groups.

use std::str::FromStr;
use std::time::Duration;

use penstock_records::{Codec, Encoding};

use crate::config::Given;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GroupSettings {
    /// `group.max.size`.
    pub(crate) members_max: usize,
    /// `group.initial.rebalance.delay.ms`.
    pub(crate) initial_delay: Duration,
    /// `group.min.session.timeout.ms`, in milliseconds.
    pub(crate) session_timeout_min: i32,
    /// `group.max.session.timeout.ms`, in milliseconds.
    pub(crate) session_timeout_max: i32,
    /// `offset.metadata.max.bytes`; Kafka counts UTF-16 units.
    pub(crate) metadata_max: usize,
    /// `offsets.commit.timeout.ms`.
    pub(crate) commit_timeout: Duration,
    /// `offsets.retention.minutes`.
    pub(crate) retention: Duration,
    /// `offsets.retention.check.interval.ms`.
    pub(crate) retention_check_interval: Duration,
    /// `offsets.topic.compression.codec`.
    pub(crate) encoding: Encoding,
}

impl GroupSettings {
    /// As the node was started.
    pub(crate) fn new(given: &Given) -> Self {
        let milliseconds = |key| Duration::from_millis(number(given, key));
        let codec = match number::<u8>(given, "offsets.topic.compression.codec") {
            1 => Codec::Gzip,
            2 => Codec::Snappy,
            3 => Codec::Lz4,
            4 => Codec::Zstd,
            _ => Codec::None,
        };
        Self {
            members_max: number(given, "group.max.size"),
            initial_delay: milliseconds("group.initial.rebalance.delay.ms"),
            session_timeout_min: number(given, "group.min.session.timeout.ms"),
            session_timeout_max: number(given, "group.max.session.timeout.ms"),
            metadata_max: number(given, "offset.metadata.max.bytes"),
            commit_timeout: milliseconds("offsets.commit.timeout.ms"),
            retention: Duration::from_secs(60 * number::<u64>(given, "offsets.retention.minutes")),
            retention_check_interval: milliseconds("offsets.retention.check.interval.ms"),
            encoding: Encoding::of(codec),
        }
    }
}

fn number<N: FromStr>(given: &Given, key: &'static str) -> N {
    let value = given.effective(key).and_then(|value| value.parse().ok());
    value.unwrap_or_else(|| panic!("{key} has a default, and was checked when it was given"))
}
