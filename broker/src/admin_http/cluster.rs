//! `/v1/cluster`: who is in it, and what it has settled on.

use axum::response::Response;
use serde::Serialize;

use super::answer::{HttpError, Text, json, room};
use crate::broker::Broker;
use crate::cluster_id;

#[derive(Serialize)]
struct Cluster {
    cluster_id: Option<String>,
    version: &'static str,
    node_id: i32,
    metadata_index: u64,
    topics: usize,
    partitions: usize,
    features_epoch: u64,
    features: Vec<Feature>,
    brokers: Vec<ShownBroker>,
}

#[derive(Serialize)]
struct Feature {
    name: Text,
    level: u16,
}

#[derive(Serialize)]
struct ShownBroker {
    node_id: i32,
    epoch: u64,
    active: bool,
    rack: Option<Text>,
    partitions_led: usize,
    endpoints: Vec<ShownEndpoint>,
}

#[derive(Serialize)]
struct ShownEndpoint {
    listener: Text,
    security: Text,
    host: Text,
    port: u16,
}

pub(super) fn show(broker: &Broker) -> Result<Response, HttpError> {
    let image = broker.metadata.image();
    let room = room(&broker.answers, 1 + image.brokers().count())?;
    let brokers = image.brokers().map(|(node, shown)| ShownBroker {
        node_id: node.0,
        epoch: shown.epoch.0,
        active: shown.active,
        rack: shown.rack.as_ref().map(Text::from),
        partitions_led: image.owned_count(shown.epoch),
        endpoints: shown
            .endpoints
            .iter()
            .map(|endpoint| ShownEndpoint {
                listener: Text::from(&endpoint.listener),
                security: Text::from(&endpoint.security),
                host: Text::from(&endpoint.host),
                port: endpoint.port,
            })
            .collect(),
    });
    let features = image.features().levels();
    let features = features.map(|(name, level)| Feature { name: Text::from(name), level });
    let cluster = Cluster {
        cluster_id: image.cluster().map(cluster_id::format),
        version: env!("CARGO_PKG_VERSION"),
        node_id: broker.node.0,
        metadata_index: image.index().0,
        topics: image.topic_count(),
        partitions: image.partition_count(),
        features_epoch: image.features().epoch(),
        features: features.collect(),
        brokers: brokers.collect(),
    };
    Ok(json(room, &cluster))
}
