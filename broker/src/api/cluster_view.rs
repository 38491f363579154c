//! The cluster as answers show it: brokers by the listener that the client came on, replicas that
//! stand for a replication factor, a controller.

use penstock_model::id::NodeId;
use penstock_model::image::MetadataImage;
use penstock_wire::WireString;

use crate::broker::AdvertisedEndpoint;
use crate::cluster_id;

/// What everyone may do with a topic while nobody authorizes: one bit for each operation, by
/// Kafka's numbers (read, write, create, delete, alter, describe, describe and alter configs).
pub(super) const TOPIC_OPERATIONS: i32 = 3576;

/// What everyone may do with the cluster.
pub(super) const CLUSTER_OPERATIONS: i32 = 8096;

/// Kafka's "nobody".
pub(super) const NO_NODE: i32 = -1;

/// One broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BrokerView {
    pub(super) node: i32,
    pub(super) endpoint: AdvertisedEndpoint,
    pub(super) is_fenced: bool,
}

/// Every broker that has the listener, by number.
pub(super) fn brokers(image: &MetadataImage, listener: &str) -> Vec<BrokerView> {
    let view = |(node, broker): (NodeId, &penstock_model::image::Broker)| {
        let endpoint = broker.endpoints.iter().find(|endpoint| &*endpoint.listener == listener)?;
        Some(BrokerView {
            node: node.0,
            endpoint: AdvertisedEndpoint {
                host: WireString::copy_from(&endpoint.host),
                port: i32::from(endpoint.port),
                rack: broker.rack.as_deref().map(WireString::copy_from),
            },
            is_fenced: !broker.active,
        })
    };
    image.brokers().filter_map(view).collect()
}

/// Whom clients send changes to: any broker takes them, so the one that answers names itself.
pub(super) fn controller(image: &MetadataImage, this: NodeId) -> i32 {
    let mut active = image.active_brokers().map(|(node, _)| node);
    let first = active.next();
    if first == Some(this) || active.any(|node| node == this) {
        return this.0;
    }
    first.map_or(NO_NODE, |node| node.0)
}

/// The cluster's id as Kafka shows it.
pub(super) fn cluster_id(image: &MetadataImage) -> Option<WireString> {
    image.cluster().map(|id| WireString::from(cluster_id::format(id)))
}

/// The nodes to show for a replication factor: the leader, and from there on around the active
/// ones (ascending), as many as there are.
pub(super) fn replicas(active: &[i32], leader: i32, replication_factor: i16) -> Vec<i32> {
    let count = usize::try_from(replication_factor).unwrap_or(1).max(1);
    let behind = active.partition_point(|node| *node <= leader);
    let around = active[behind..].iter().chain(&active[..behind]).copied();
    let others = around.filter(|node| *node != leader);
    std::iter::once(leader).chain(others).take(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::image_of;

    #[test]
    fn replicas_begin_with_the_leader_and_are_distinct() {
        fn check(active: &[i32], leader: i32, factor: i16, expect: &[i32]) {
            assert_eq!(replicas(active, leader, factor), expect, "{active:?} {leader} {factor}");
        }
        check(&[1], 1, 1, &[1]);
        check(&[1], 1, 3, &[1]);
        check(&[1, 2, 3], 2, 2, &[2, 3]);
        check(&[1, 2, 3], 3, 2, &[3, 1]);
        check(&[1, 2, 3], 2, 9, &[2, 3, 1]);
        // The leader is away, and still holds its place.
        check(&[1, 3], 2, 2, &[2, 3]);
        check(&[], 2, 3, &[2]);
    }

    #[test]
    fn the_controller_is_an_active_broker() {
        assert_eq!(controller(&image_of(&[1, 2], &[3]), NodeId(2)), 2);
        assert_eq!(controller(&image_of(&[1, 2], &[3]), NodeId(3)), 1);
        assert_eq!(controller(&image_of(&[], &[3]), NodeId(3)), NO_NODE);
    }

    #[test]
    fn brokers_are_shown_as_the_listener_has_them() {
        let image = image_of(&[1], &[2]);
        let shown: Vec<_> = brokers(&image, "PLAINTEXT")
            .into_iter()
            .map(|broker| (broker.node, broker.endpoint.port, broker.is_fenced))
            .collect();
        assert_eq!(shown, [(1, 9001, false), (2, 9002, true)]);
        assert!(brokers(&image, "OTHER").is_empty());
    }
}
