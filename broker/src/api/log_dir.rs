//! The one log folder that there is for clients: the place where objects lie.

use penstock_model::id::StreamId;
use penstock_model::image::MetadataImage;

use crate::broker::Broker;

/// As answers name it.
pub(super) fn name(broker: &Broker) -> &str {
    &broker.storage_place
}

/// Stored bytes of a partition that is led here: in objects, and in the log alone so far.
pub(super) fn partition_bytes(broker: &Broker, image: &MetadataImage, stream: StreamId) -> i64 {
    let in_objects = image.stream(stream).map_or(0, |stream| stream.bytes);
    let in_log = broker.storage.log_bytes(stream);
    i64::try_from(in_objects.saturating_add(in_log)).unwrap_or(i64::MAX)
}
