//! What both telemetry APIs agree on (KIP-714). Nobody here takes clients' metrics, so that clients
//! are not told of these APIs; those that ask anyway are asked for nothing.

use penstock_wire::Uuid;

/// Names the set of metrics that is asked for: the empty one. Never 0, which stands for none yet.
pub(super) const SUBSCRIPTION: i32 = 1;

/// How long a client waits before it asks again, in milliseconds; Kafka's default.
pub(super) const PUSH_INTERVAL_MS: i32 = 300_000;

/// Codecs that a client may use, by Kafka's numbers, the best first: zstd, lz4, gzip, snappy.
pub(super) const COMPRESSION_TYPES: [i8; 4] = [4, 3, 1, 2];

/// Ids that no client has.
pub(super) fn is_reserved(id: Uuid) -> bool {
    id == Uuid::ZERO
}
