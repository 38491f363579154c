//! Settings of topics: how they are made, and what they are set to when they say nothing.

use super::settings;
use crate::config::setting::{Setting, Valid};
use crate::config::topic::words;

pub(super) const TOPICS: &[Setting] = settings! {
    "auto.create.topics.enable": Boolean = "true" => "Makes a topic when a client asks for its metadata.";
    "delete.topic.enable": Boolean = "true" => "Whether topics can be deleted.";
    "num.partitions": Int = "1" (Valid::AtLeast(1)) => "Partitions of a topic that is created without a number.";
    "default.replication.factor": Int = "1" (Valid::AtLeast(1)) =>
        "The number shown for a topic that is created without one. Durability is the store's.";
    "fetch.max.bytes": Int = "57671680" (Valid::AtLeast(1024)) => "The most that one fetch answers.";
    "max.incremental.fetch.session.cache.slots": Int = "1000" (Valid::AtLeast(0)) =>
        "Fetch sessions that are kept; a client without one names its partitions in each fetch.";
    "log.retention.check.interval.ms": Long = "300000" (Valid::AtLeast(1)) =>
        "How often records past their retention are looked for.";
};

pub(super) const DEFAULTS: &[Setting] = settings! {
    "log.retention.ms": Long [dynamic] =>
        "How long records are kept, -1 for ever. Goes before `log.retention.minutes`, which goes \
         before `log.retention.hours`.";
    "log.retention.minutes": Int => "See `log.retention.ms`.";
    "log.retention.hours": Int = "168" => "See `log.retention.ms`.";
    "log.retention.bytes": Long = "-1" [dynamic] => "How many bytes of a partition are kept, -1 for all.";
    "log.cleanup.policy": List = "delete" (Valid::ListOf(words::CLEANUP)) [dynamic] =>
        "Whether old records are deleted, or superseded ones compacted away.";
    "message.max.bytes": Int = "1048588" (Valid::AtLeast(0)) [dynamic] => "The largest batch that is accepted.";
    "compression.type": String = "producer" (Valid::OneOf(words::COMPRESSION)) [dynamic] =>
        "The codec that batches are stored in; `producer` keeps theirs.";
    "compression.gzip.level": Int = "-1" (Valid::GzipLevel) [dynamic] => "Used where batches are re-encoded as gzip.";
    "compression.lz4.level": Int = "9" (Valid::Between(1, 17)) [dynamic] [nothing] =>
        "Shown. Batches are re-encoded with the fast compressor, whatever stands here.";
    "compression.zstd.level": Int = "3" (Valid::Between(-131_072, 22)) [dynamic] =>
        "Used where batches are re-encoded as zstd.";
    "log.message.timestamp.type": String = "CreateTime" (Valid::OneOf(words::TIMESTAMP_TYPE)) [dynamic] =>
        "Whether a record's time is its producer's or the broker's.";
    "log.message.timestamp.before.max.ms": Long = "9223372036854775807" (Valid::AtLeast(0)) [dynamic] =>
        "How far a producer's time may lie in the past.";
    "log.message.timestamp.after.max.ms": Long = "3600000" (Valid::AtLeast(0)) [dynamic] =>
        "How far a producer's time may lie in the future.";
    "penstock.validate.compressed": String = "full" (Valid::OneOf(words::VALIDATE)) [dynamic] =>
        "Whether compressed batches are inflated and checked (`full`), or believed (`header`).";
    "log.cleaner.delete.retention.ms": Long = "86400000" (Valid::AtLeast(0)) [dynamic] =>
        "How long a compacted topic keeps tombstones, and markers of transactions without records, \
         from the compaction that first met them.";
    "log.cleaner.min.compaction.lag.ms": Long = "0" (Valid::AtLeast(0)) [dynamic] =>
        "How long a record stays before it may be compacted away.";
    "log.cleaner.max.compaction.lag.ms": Long = "9223372036854775807" (Valid::AtLeast(1)) [dynamic] =>
        "Records that are so old are compacted, however few they are.";
    "log.cleaner.min.cleanable.ratio": Double = "0.5" (Valid::Ratio) [dynamic] =>
        "A log is compacted once more than this share of it was written since the last time.";
    "log.segment.bytes": Int = "1073741824" (Valid::AtLeast(1_048_576)) [dynamic] =>
        "A larger batch is refused. There are no segment files: retention proceeds in steps of \
         what an upload took, and compaction waits until so many bytes, or 8 MiB, were written \
         since the last time.";
    "log.roll.ms": Long (Valid::AtLeast(1)) [dynamic] =>
        "There are no segment files: however few bytes there are, compaction waits no longer than \
         this.";
    "log.roll.hours": Int = "168" (Valid::AtLeast(1)) => "See `log.roll.ms`.";
    "min.insync.replicas": Int = "1" (Valid::AtLeast(1)) [dynamic] [nothing] =>
        "Shown. What is acknowledged is on stable storage, whatever stands here.";
    "unclean.leader.election.enable": Boolean = "false" [dynamic] [nothing] =>
        "Shown. No election loses what was acknowledged.";
    "log.preallocate": Boolean = "false" [dynamic] [nothing] => "There are no segment files.";
    "log.index.interval.bytes": Int = "4096" (Valid::AtLeast(0)) [dynamic] [nothing] =>
        "Indexes are the object format's own.";
    "log.index.size.max.bytes": Int = "10485760" (Valid::AtLeast(4)) [dynamic] [nothing] =>
        "Indexes are the object format's own.";
    "log.flush.interval.messages": Long = "9223372036854775807" (Valid::AtLeast(1)) [dynamic] [nothing] =>
        "Every acknowledged record is flushed.";
    "log.flush.interval.ms": Long [dynamic] [nothing] => "Every acknowledged record is flushed.";
    "log.flush.scheduler.interval.ms": Long = "9223372036854775807" [nothing] =>
        "Every acknowledged record is flushed.";
    "log.roll.jitter.ms": Long [dynamic] [nothing] => "There are no segment files.";
    "log.roll.jitter.hours": Int = "0" (Valid::AtLeast(0)) [nothing] => "There are no segment files.";
    "log.segment.delete.delay.ms": Long = "60000" (Valid::AtLeast(0)) [dynamic] [nothing] =>
        "Objects outlive every read of them by a delay of their own.";
    "log.local.retention.bytes": Long = "-2" (Valid::AtLeast(-2)) [dynamic] [nothing] =>
        "There is no local copy to keep.";
    "log.local.retention.ms": Long = "-2" (Valid::AtLeast(-2)) [dynamic] [nothing] =>
        "There is no local copy to keep.";
};
