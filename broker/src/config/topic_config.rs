//! A topic's settings as the log wants them: typed, complete.

use std::str::FromStr;
use std::time::Duration;

use penstock_model::id::TopicId;
use penstock_records::{Encoding, Inspection, Rules, TargetCompression, TimestampType};

use super::layers::Layers;
use super::setting::split_list;
use super::topic;

/// What holds for one topic, by one image.
#[derive(Clone, Debug)]
pub struct TopicConfig {
    /// What is asked of a produced batch. Whether zstd was negotiated is the request's to say.
    pub rules: Rules,
    /// The largest batch that a partition takes, however large a batch may be.
    pub segment_bytes: usize,
    /// How old what is written may become before it counts as a segment that is full (`segment.ms`).
    pub segment_age: Duration,
    /// How superseded records go; `None` where `cleanup.policy` does not have `compact`.
    pub compaction: Option<LogCompactionConfig>,
    /// Whether `cleanup.policy` has `delete`.
    pub deletes: bool,
    /// How long records are kept; `None` for ever, and where the policy does not delete.
    pub retention: Option<Duration>,
    /// How many bytes of a partition are kept; `None` for all, and where the policy does not
    /// delete.
    pub retention_bytes: Option<u64>,
}

/// When the logs of a compacted topic are cleaned, and what of them stays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogCompactionConfig {
    /// `min.cleanable.dirty.ratio`.
    pub dirty_ratio_min: f64,
    /// `min.compaction.lag.ms`.
    pub lag_min: Duration,
    /// `max.compaction.lag.ms`.
    pub lag_max: Duration,
    /// `delete.retention.ms`.
    pub keep_tombstones: Duration,
}

impl TopicConfig {
    /// What holds for `topic`, or for a topic that says nothing.
    #[must_use]
    pub fn resolve(layers: &Layers<'_>, topic: Option<TopicId>) -> Self {
        let values = Values { layers, topic };
        let policy = values.text("cleanup.policy");
        let policy = split_list(&policy);
        let (deletes, compacts) = (policy.contains(&"delete"), policy.contains(&"compact"));
        let limit = |name| u64::try_from(values.long(name)).ok().filter(|_| deletes);
        Self {
            rules: Rules {
                max_message_bytes: usize::try_from(values.long("max.message.bytes")).unwrap_or(0),
                compacted: compacts,
                timestamp_type: match values.text("message.timestamp.type").as_str() {
                    "LogAppendTime" => TimestampType::LogAppendTime,
                    _ => TimestampType::CreateTime,
                },
                timestamp_before_max_ms: values.long("message.timestamp.before.max.ms"),
                timestamp_after_max_ms: values.long("message.timestamp.after.max.ms"),
                compression: values.compression(),
                inspection: match values.text("penstock.validate.compressed").as_str() {
                    "header" => Inspection::Header,
                    _ => Inspection::Full,
                },
                ..Rules::default()
            },
            segment_bytes: usize::try_from(values.long("segment.bytes")).unwrap_or(usize::MAX),
            segment_age: values.milliseconds("segment.ms"),
            compaction: compacts.then(|| LogCompactionConfig {
                dirty_ratio_min: values.number("min.cleanable.dirty.ratio"),
                lag_min: values.milliseconds("min.compaction.lag.ms"),
                lag_max: values.milliseconds("max.compaction.lag.ms"),
                keep_tombstones: values.milliseconds("delete.retention.ms"),
            }),
            deletes,
            retention: limit("retention.ms").map(Duration::from_millis),
            retention_bytes: limit("retention.bytes"),
        }
    }
}

/// Reads settings that were checked when they were given.
struct Values<'a> {
    layers: &'a Layers<'a>,
    topic: Option<TopicId>,
}

impl Values<'_> {
    fn text(&self, name: &'static str) -> String {
        let setting = topic::find(name).unwrap_or_else(|| panic!("{name} is not in the table"));
        // A value that an older version accepted and this one would not is as if not given.
        let resolved = self.layers.topic(setting, self.topic).value;
        let valid = resolved.filter(|value| setting.check(value).is_ok());
        valid.or(setting.default.map(str::to_owned)).unwrap_or_default()
    }

    fn number<T: FromStr>(&self, name: &'static str) -> T {
        let text = self.text(name);
        text.trim().parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}"))
    }

    fn long(&self, name: &'static str) -> i64 {
        self.number(name)
    }

    fn milliseconds(&self, name: &'static str) -> Duration {
        Duration::from_millis(u64::try_from(self.long(name)).unwrap_or(0))
    }

    fn level(&self, name: &'static str) -> i32 {
        let level = self.long(name);
        i32::try_from(level).unwrap_or_else(|_| panic!("{name} is out of range: {level}"))
    }

    fn compression(&self) -> TargetCompression {
        TargetCompression::Always(match self.text("compression.type").as_str() {
            "uncompressed" => Encoding::None,
            "gzip" => Encoding::Gzip { level: self.level("compression.gzip.level") },
            "snappy" => Encoding::Snappy,
            "lz4" => Encoding::Lz4,
            "zstd" => Encoding::Zstd { level: self.level("compression.zstd.level") },
            _ => return TargetCompression::Producer,
        })
    }
}
