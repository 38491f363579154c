//! Settings of a topic: the 33 of Kafka and one of our own, with the broker keys that they fall
//! back to.
//!
//! What tools send is judged here, in Kafka's words. What the log needs of it is
//! [`TopicConfig`](super::TopicConfig).

use super::setting::{InvalidValue, Setting, Valid};
use super::table::settings;

/// Words that settings of topics, and the broker keys behind them, accept.
pub(super) mod words {
    pub(in crate::config) const CLEANUP: &[&str] = &["compact", "delete"];
    pub(in crate::config) const COMPRESSION: &[&str] =
        &["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"];
    pub(in crate::config) const TIMESTAMP_TYPE: &[&str] = &["CreateTime", "LogAppendTime"];
    pub(in crate::config) const VALIDATE: &[&str] = &["full", "header"];
}

/// Milliseconds of the units that broker keys come in.
const HOURS: i64 = 3_600_000;
const MINUTES: i64 = 60_000;

/// Every setting of a topic, by name.
pub const SETTINGS: &[Setting] = settings! {
    "cleanup.policy": List = "delete" (Valid::ListOf(words::CLEANUP)) =>
        "Whether old records are deleted, superseded ones compacted away, both or neither.";
    "compression.gzip.level": Int = "-1" (Valid::GzipLevel) =>
        "Used where batches are re-encoded as gzip.";
    "compression.lz4.level": Int = "9" (Valid::Between(1, 17)) [nothing] =>
        "Shown. Batches are re-encoded with the fast compressor, whatever stands here.";
    "compression.type": String = "producer" (Valid::OneOf(words::COMPRESSION)) =>
        "The codec that batches are stored in; `producer` keeps theirs.";
    "compression.zstd.level": Int = "3" (Valid::Between(-131_072, 22)) =>
        "Used where batches are re-encoded as zstd.";
    "delete.retention.ms": Long = "86400000" (Valid::AtLeast(0)) =>
        "How long a compacted topic keeps tombstones, and markers of transactions without records, \
         from the compaction that first met them.";
    "file.delete.delay.ms": Long = "60000" (Valid::AtLeast(0)) [nothing] =>
        "Objects outlive every read of them by a delay of their own.";
    "flush.messages": Long = "9223372036854775807" (Valid::AtLeast(1)) [nothing] =>
        "Every acknowledged record is flushed.";
    "flush.ms": Long = "9223372036854775807" (Valid::AtLeast(0)) [nothing] =>
        "Every acknowledged record is flushed.";
    "follower.replication.throttled.replicas": List = "" (Valid::ThrottledReplicas) [nothing] =>
        "Brokers replicate nothing.";
    "index.interval.bytes": Int = "4096" (Valid::AtLeast(0)) [nothing] =>
        "Indexes are the object format's own.";
    "leader.replication.throttled.replicas": List = "" (Valid::ThrottledReplicas) [nothing] =>
        "Brokers replicate nothing.";
    "local.retention.bytes": Long = "-2" (Valid::AtLeast(-2)) [nothing] =>
        "There is no local copy to keep.";
    "local.retention.ms": Long = "-2" (Valid::AtLeast(-2)) [nothing] =>
        "There is no local copy to keep.";
    "max.compaction.lag.ms": Long = "9223372036854775807" (Valid::AtLeast(1)) =>
        "Records that are so old are compacted, however few they are.";
    "max.message.bytes": Int = "1048588" (Valid::AtLeast(0)) =>
        "The largest batch that is accepted.";
    "message.timestamp.after.max.ms": Long = "3600000" (Valid::AtLeast(0)) =>
        "How far a producer's time may lie in the future.";
    "message.timestamp.before.max.ms": Long = "9223372036854775807" (Valid::AtLeast(0)) =>
        "How far a producer's time may lie in the past.";
    "message.timestamp.type": String = "CreateTime" (Valid::OneOf(words::TIMESTAMP_TYPE)) =>
        "Whether a record's time is its producer's or the broker's.";
    "min.cleanable.dirty.ratio": Double = "0.5" (Valid::Ratio) =>
        "A log is compacted once more than this share of it was written since the last time.";
    "min.compaction.lag.ms": Long = "0" (Valid::AtLeast(0)) =>
        "How long a record stays before it may be compacted away.";
    "min.insync.replicas": Int = "1" (Valid::AtLeast(1)) [nothing] =>
        "What is acknowledged is on stable storage, whatever stands here.";
    "penstock.validate.compressed": String = "full" (Valid::OneOf(words::VALIDATE)) =>
        "Whether compressed batches are inflated and checked (`full`), or believed (`header`).";
    "preallocate": Boolean = "false" [nothing] => "There are no segment files.";
    "remote.log.copy.disable": Boolean = "false" [nothing] =>
        "There is no tiering: every record lies in object storage anyway.";
    "remote.log.delete.on.disable": Boolean = "false" [nothing] =>
        "There is no tiering: every record lies in object storage anyway.";
    "remote.storage.enable": Boolean = "false" [nothing] =>
        "There is no tiering: `true` is refused, as by a Kafka broker without it.";
    "retention.bytes": Long = "-1" => "How many bytes of a partition are kept, -1 for all.";
    "retention.ms": Long = "604800000" (Valid::AtLeast(-1)) =>
        "How long records are kept, -1 for ever.";
    "segment.bytes": Int = "1073741824" (Valid::AtLeast(1_048_576)) =>
        "A larger batch is refused. There are no segment files: retention proceeds in steps of \
         what an upload took, and compaction waits until so many bytes, or 8 MiB, were written \
         since the last time.";
    "segment.index.bytes": Int = "10485760" (Valid::AtLeast(4)) [nothing] =>
        "Indexes are the object format's own.";
    "segment.jitter.ms": Long = "0" (Valid::AtLeast(0)) [nothing] =>
        "There are no segment files.";
    "segment.ms": Long = "604800000" (Valid::AtLeast(1)) =>
        "There are no segment files: however few bytes there are, compaction waits no longer than \
         this.";
    "unclean.leader.election.enable": Boolean = "false" [nothing] =>
        "No election loses what was acknowledged.";
};

/// The broker keys that give a topic setting's value where the topic does not: the first given
/// one first, with the factor that turns its unit into milliseconds.
const SYNONYMS: &[(&str, &[(&str, i64)])] = &[
    ("cleanup.policy", &[("log.cleanup.policy", 1)]),
    ("compression.gzip.level", &[("compression.gzip.level", 1)]),
    ("compression.lz4.level", &[("compression.lz4.level", 1)]),
    ("compression.type", &[("compression.type", 1)]),
    ("compression.zstd.level", &[("compression.zstd.level", 1)]),
    ("delete.retention.ms", &[("log.cleaner.delete.retention.ms", 1)]),
    ("file.delete.delay.ms", &[("log.segment.delete.delay.ms", 1)]),
    ("flush.messages", &[("log.flush.interval.messages", 1)]),
    ("flush.ms", &[("log.flush.interval.ms", 1), ("log.flush.scheduler.interval.ms", 1)]),
    ("index.interval.bytes", &[("log.index.interval.bytes", 1)]),
    ("local.retention.bytes", &[("log.local.retention.bytes", 1)]),
    ("local.retention.ms", &[("log.local.retention.ms", 1)]),
    ("max.compaction.lag.ms", &[("log.cleaner.max.compaction.lag.ms", 1)]),
    ("max.message.bytes", &[("message.max.bytes", 1)]),
    ("message.timestamp.after.max.ms", &[("log.message.timestamp.after.max.ms", 1)]),
    ("message.timestamp.before.max.ms", &[("log.message.timestamp.before.max.ms", 1)]),
    ("message.timestamp.type", &[("log.message.timestamp.type", 1)]),
    ("min.cleanable.dirty.ratio", &[("log.cleaner.min.cleanable.ratio", 1)]),
    ("min.compaction.lag.ms", &[("log.cleaner.min.compaction.lag.ms", 1)]),
    ("min.insync.replicas", &[("min.insync.replicas", 1)]),
    ("penstock.validate.compressed", &[("penstock.validate.compressed", 1)]),
    ("preallocate", &[("log.preallocate", 1)]),
    ("retention.bytes", &[("log.retention.bytes", 1)]),
    (
        "retention.ms",
        &[
            ("log.retention.ms", 1),
            ("log.retention.minutes", MINUTES),
            ("log.retention.hours", HOURS),
        ],
    ),
    ("segment.bytes", &[("log.segment.bytes", 1)]),
    ("segment.index.bytes", &[("log.index.size.max.bytes", 1)]),
    ("segment.jitter.ms", &[("log.roll.jitter.ms", 1), ("log.roll.jitter.hours", HOURS)]),
    ("segment.ms", &[("log.roll.ms", 1), ("log.roll.hours", HOURS)]),
    ("unclean.leader.election.enable", &[("unclean.leader.election.enable", 1)]),
];

/// The setting of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

/// See [`SYNONYMS`].
pub(super) fn synonyms(name: &str) -> &'static [(&'static str, i64)] {
    SYNONYMS.iter().find(|(topic, _)| *topic == name).map_or(&[], |(_, keys)| keys)
}

/// The broker keys for the same thing as this one, itself among them, where topics know it.
pub(super) fn broker_synonyms(key: &str) -> Option<&'static [(&'static str, i64)]> {
    let of = |keys: &[(&str, i64)]| keys.iter().any(|(name, _)| *name == key);
    SYNONYMS.iter().find(|(_, keys)| of(keys)).map(|(_, keys)| *keys)
}

/// Judges the settings that a topic is to have, all of them: some only make sense together.
///
/// # Errors
/// The first that is wrong, in Kafka's words; the error code is `INVALID_CONFIG`.
pub fn check<'a>(
    settings: impl IntoIterator<Item = (&'a str, &'a str)> + Clone,
) -> Result<(), InvalidValue> {
    if let Some((name, _)) = settings.clone().into_iter().find(|(name, _)| find(name).is_none()) {
        return Err(InvalidValue { message: format!("Unknown topic config name: {name}") });
    }
    let mut lag = (0_i64, i64::MAX);
    for (name, value) in settings {
        let setting = find(name).expect("unknown names were refused above");
        let value = setting.check(value)?;
        match name {
            "min.compaction.lag.ms" => lag.0 = value.parse().expect("a checked number"),
            "max.compaction.lag.ms" => lag.1 = value.parse().expect("a checked number"),
            "remote.storage.enable" if value.eq_ignore_ascii_case("true") => {
                let message = "Tiered Storage functionality is disabled in the broker. Topic \
                               cannot be configured with remote log storage.";
                return Err(InvalidValue { message: message.to_owned() });
            }
            _ => {}
        }
    }
    if lag.0 > lag.1 {
        let message = format!(
            "conflict topic config setting min.compaction.lag.ms ({}) > max.compaction.lag.ms ({})",
            lag.0, lag.1
        );
        return Err(InvalidValue { message });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages as Apache Kafka 4.3.1 gives them (`LogConfig.validate`), value by value.
    #[test]
    fn values_are_judged_in_kafkas_words() {
        let cases: &[(&str, &str, Result<(), &str>)] = &[
            (
                "retention.ms",
                "x",
                Err("Invalid value x for configuration retention.ms: Not a number of type LONG"),
            ),
            (
                "retention.ms",
                "",
                Err("Invalid value  for configuration retention.ms: Not a number of type LONG"),
            ),
            (
                "retention.ms",
                "-2",
                Err("Invalid value -2 for configuration retention.ms: Value must be at least -1"),
            ),
            ("retention.ms", " 5 ", Ok(())),
            (
                "retention.ms",
                "1.5",
                Err("Invalid value 1.5 for configuration retention.ms: Not a number of type LONG"),
            ),
            (
                "retention.ms",
                "99999999999999999999",
                Err(
                    "Invalid value 99999999999999999999 for configuration retention.ms: Not a number of type LONG",
                ),
            ),
            (
                "segment.bytes",
                "5",
                Err(
                    "Invalid value 5 for configuration segment.bytes: Value must be at least 1048576",
                ),
            ),
            (
                "segment.bytes",
                "3000000000",
                Err(
                    "Invalid value 3000000000 for configuration segment.bytes: Not a number of type INT",
                ),
            ),
            (
                "segment.bytes",
                "x",
                Err("Invalid value x for configuration segment.bytes: Not a number of type INT"),
            ),
            (
                "cleanup.policy",
                "foo",
                Err(
                    "Invalid value foo for configuration cleanup.policy: String must be one of: compact, delete",
                ),
            ),
            ("cleanup.policy", "", Ok(())),
            ("cleanup.policy", "compact,compact", Ok(())),
            ("cleanup.policy", "compact, delete", Ok(())),
            (
                "cleanup.policy",
                "delete,",
                Err("Configuration 'cleanup.policy' values must not be empty."),
            ),
            (
                "cleanup.policy",
                "Delete",
                Err(
                    "Invalid value Delete for configuration cleanup.policy: String must be one of: compact, delete",
                ),
            ),
            (
                "compression.type",
                "foo",
                Err(
                    "Invalid value foo for configuration compression.type: String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer",
                ),
            ),
            (
                "compression.type",
                "ZSTD",
                Err(
                    "Invalid value ZSTD for configuration compression.type: String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer",
                ),
            ),
            (
                "compression.gzip.level",
                "0",
                Err(
                    "Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1",
                ),
            ),
            (
                "compression.gzip.level",
                "10",
                Err(
                    "Invalid value 10 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1",
                ),
            ),
            ("compression.gzip.level", "-1", Ok(())),
            (
                "compression.gzip.level",
                "-2",
                Err(
                    "Invalid value -2 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1",
                ),
            ),
            (
                "compression.lz4.level",
                "0",
                Err(
                    "Invalid value 0 for configuration compression.lz4.level: Value must be at least 1",
                ),
            ),
            (
                "compression.lz4.level",
                "18",
                Err(
                    "Invalid value 18 for configuration compression.lz4.level: Value must be no more than 17",
                ),
            ),
            (
                "compression.zstd.level",
                "23",
                Err(
                    "Invalid value 23 for configuration compression.zstd.level: Value must be no more than 22",
                ),
            ),
            (
                "compression.zstd.level",
                "-131073",
                Err(
                    "Invalid value -131073 for configuration compression.zstd.level: Value must be at least -131072",
                ),
            ),
            (
                "follower.replication.throttled.replicas",
                "x",
                Err(
                    "Invalid value [x] for configuration follower.replication.throttled.replicas: follower.replication.throttled.replicas must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...",
                ),
            ),
            ("follower.replication.throttled.replicas", "*", Ok(())),
            (
                "follower.replication.throttled.replicas",
                "none",
                Err(
                    "Invalid value [none] for configuration follower.replication.throttled.replicas: follower.replication.throttled.replicas must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...",
                ),
            ),
            ("follower.replication.throttled.replicas", "", Ok(())),
            ("follower.replication.throttled.replicas", "1:2,3:4", Ok(())),
            (
                "follower.replication.throttled.replicas",
                "1:2,*",
                Err(
                    "Invalid value [1:2, *] for configuration follower.replication.throttled.replicas: follower.replication.throttled.replicas must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...",
                ),
            ),
            (
                "local.retention.ms",
                "-3",
                Err(
                    "Invalid value -3 for configuration local.retention.ms: Value must be at least -2",
                ),
            ),
            ("local.retention.ms", "99999999999", Ok(())),
            (
                "local.retention.bytes",
                "-3",
                Err(
                    "Invalid value -3 for configuration local.retention.bytes: Value must be at least -2",
                ),
            ),
            ("local.retention.bytes", "5", Ok(())),
            ("local.retention.ms", "0", Ok(())),
            (
                "max.compaction.lag.ms",
                "0",
                Err(
                    "Invalid value 0 for configuration max.compaction.lag.ms: Value must be at least 1",
                ),
            ),
            (
                "min.compaction.lag.ms",
                "-1",
                Err(
                    "Invalid value -1 for configuration min.compaction.lag.ms: Value must be at least 0",
                ),
            ),
            ("min.compaction.lag.ms", "5", Ok(())),
            (
                "message.timestamp.type",
                "x",
                Err(
                    "Invalid value x for configuration message.timestamp.type: String must be one of: CreateTime, LogAppendTime",
                ),
            ),
            (
                "message.timestamp.after.max.ms",
                "-1",
                Err(
                    "Invalid value -1 for configuration message.timestamp.after.max.ms: Value must be at least 0",
                ),
            ),
            (
                "min.cleanable.dirty.ratio",
                "1.5",
                Err(
                    "Invalid value 1.5 for configuration min.cleanable.dirty.ratio: Value must be no more than 1",
                ),
            ),
            (
                "min.cleanable.dirty.ratio",
                "-0.1",
                Err(
                    "Invalid value -0.1 for configuration min.cleanable.dirty.ratio: Value must be at least 0",
                ),
            ),
            (
                "min.cleanable.dirty.ratio",
                "x",
                Err(
                    "Invalid value x for configuration min.cleanable.dirty.ratio: Not a number of type DOUBLE",
                ),
            ),
            ("min.cleanable.dirty.ratio", "NaN", Ok(())),
            ("min.cleanable.dirty.ratio", "0.5f", Ok(())),
            ("min.cleanable.dirty.ratio", "1e-1", Ok(())),
            (
                "min.insync.replicas",
                "0",
                Err(
                    "Invalid value 0 for configuration min.insync.replicas: Value must be at least 1",
                ),
            ),
            (
                "preallocate",
                "x",
                Err(
                    "Invalid value x for configuration preallocate: Expected value to be either true or false",
                ),
            ),
            ("preallocate", "TRUE", Ok(())),
            (
                "preallocate",
                "",
                Err(
                    "Invalid value  for configuration preallocate: Expected value to be either true or false",
                ),
            ),
            (
                "segment.ms",
                "0",
                Err("Invalid value 0 for configuration segment.ms: Value must be at least 1"),
            ),
            (
                "segment.jitter.ms",
                "-1",
                Err(
                    "Invalid value -1 for configuration segment.jitter.ms: Value must be at least 0",
                ),
            ),
            (
                "segment.index.bytes",
                "3",
                Err(
                    "Invalid value 3 for configuration segment.index.bytes: Value must be at least 4",
                ),
            ),
            (
                "unclean.leader.election.enable",
                "no",
                Err(
                    "Invalid value no for configuration unclean.leader.election.enable: Expected value to be either true or false",
                ),
            ),
            (
                "message.format.version",
                "3.0",
                Err("Unknown topic config name: message.format.version"),
            ),
            ("foo.bar", "1", Err("Unknown topic config name: foo.bar")),
            (
                "flush.messages",
                "0",
                Err("Invalid value 0 for configuration flush.messages: Value must be at least 1"),
            ),
            ("retention.bytes", "-5", Ok(())),
            (
                "max.message.bytes",
                "-1",
                Err(
                    "Invalid value -1 for configuration max.message.bytes: Value must be at least 0",
                ),
            ),
            (
                "delete.retention.ms",
                "-1",
                Err(
                    "Invalid value -1 for configuration delete.retention.ms: Value must be at least 0",
                ),
            ),
        ];
        for (name, value, expect) in cases {
            let found = check([(*name, *value)]).map_err(|error| error.message);
            assert_eq!(found, expect.map_err(str::to_owned), "{name}={value}");
        }
    }

    #[test]
    fn settings_that_contradict_each_other_are_refused() {
        let lags = [("min.compaction.lag.ms", "10"), ("max.compaction.lag.ms", "5")];
        let conflict = "conflict topic config setting min.compaction.lag.ms (10) > \
                        max.compaction.lag.ms (5)";
        assert_eq!(check(lags).unwrap_err().message, conflict);
        let tiered = check([("remote.storage.enable", "True")]).unwrap_err().message;
        assert!(tiered.starts_with("Tiered Storage functionality is disabled"), "{tiered}");
        assert_eq!(check([("remote.storage.enable", "false")]), Ok(()));
        let unknown = check([("retention.ms", "x"), ("no.such", "1")]).unwrap_err().message;
        assert_eq!(unknown, "Unknown topic config name: no.such");
    }

    #[test]
    fn the_table_is_kafkas_and_one_of_ours() {
        assert_eq!(SETTINGS.len(), 34);
        assert!(SETTINGS.is_sorted_by_key(|setting| setting.name));
        for setting in SETTINGS {
            let default = setting.default.unwrap();
            assert_eq!(setting.check(default).as_deref(), Ok(default), "{}", setting.name);
        }
        for (name, keys) in SYNONYMS {
            assert!(find(name).is_some(), "{name}");
            for (key, _) in *keys {
                assert!(crate::config::table::find(key).is_some(), "{key}");
            }
        }
    }
}
