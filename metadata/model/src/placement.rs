//! Which brokers lead the partitions to be created.

use crate::id::NodeId;
use crate::image::MetadataImage;

/// There is nobody to lead a partition. Wait until a broker registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no broker is active")]
pub struct NoActiveBroker;

/// Leaders for `count` new partitions: round robin over the active brokers, beginning with those
/// that lead the fewest. So one topic is spread as evenly as can be, whatever was there before,
/// and what is left over evens out the rest.
///
/// # Errors
/// When no broker is active.
pub fn place_leaders(image: &MetadataImage, count: usize) -> Result<Vec<NodeId>, NoActiveBroker> {
    let mut brokers: Vec<_> = image
        .active_brokers()
        .map(|(node, broker)| (image.owned_count(broker.epoch), node))
        .collect();
    if brokers.is_empty() {
        return Err(NoActiveBroker);
    }
    brokers.sort_unstable();
    Ok(brokers.iter().map(|(_, node)| *node).cycle().take(count).collect())
}
