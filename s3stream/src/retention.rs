//! Which part of a stream is past its time, or too much: a pure function over its ranges.

/// How much of a stream is kept. Kafka's `retention.ms` and `retention.bytes`, whose -1 is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Milliseconds since the greatest record timestamp of a range.
    pub milliseconds: Option<u64>,
    /// Stored bytes.
    pub bytes: Option<u64>,
}
