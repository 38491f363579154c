//! `FindCoordinator` (10): which node to ask about a group.

use std::collections::HashMap;
use std::slice;

use penstock_model::id::NodeId;
use penstock_model::image::MetadataImage;
use penstock_wire::WireString;
use penstock_wire::find_coordinator_request::FindCoordinatorRequest;
use penstock_wire::find_coordinator_response::{Coordinator, FindCoordinatorResponse};

use super::RequestContext;
use super::cluster_view::NO_NODE;
use super::error_code::ErrorCode;
use super::internal_topic::create_consumer_offsets;
use super::topic_name::CONSUMER_OFFSETS;
use crate::broker::{AdvertisedEndpoint, Broker};
use crate::group::partition_of;

/// Keys that are groups.
const GROUP: i8 = 0;
/// Keys that are transactional ids.
const TRANSACTION: i8 = 1;

/// What `error_message` says in versions 1 to 3 when there is no error.
const NO_ERROR: &str = "NONE";

pub(super) async fn handle(
    broker: &Broker,
    context: &RequestContext,
    request: &FindCoordinatorRequest,
) -> FindCoordinatorResponse {
    if context.api_version < 4 {
        let found =
            find(broker, context, request.key_type, slice::from_ref(&request.key), NO_ERROR).await;
        let answer = found.into_iter().next().expect("a key has an answer");
        return FindCoordinatorResponse {
            error_code: answer.error_code,
            error_message: answer.error_message,
            node_id: answer.node_id,
            host: answer.host,
            port: answer.port,
            ..FindCoordinatorResponse::default()
        };
    }
    let (key_type, keys) = (request.key_type, &request.coordinator_keys);
    let coordinators = find(broker, context, key_type, keys, "").await;
    FindCoordinatorResponse { coordinators, ..FindCoordinatorResponse::default() }
}

fn coordinator(
    key: WireString,
    found: Result<(i32, AdvertisedEndpoint), ErrorCode>,
    no_error: &'static str,
) -> Coordinator {
    match found {
        Ok((node_id, endpoint)) => Coordinator {
            key,
            node_id,
            host: endpoint.host,
            port: endpoint.port,
            error_code: ErrorCode::NONE.0,
            error_message: Some(WireString::from(no_error)),
        },
        Err(error) => Coordinator {
            key,
            node_id: NO_NODE,
            host: WireString::default(),
            port: NO_NODE,
            error_code: error.0,
            error_message: Some(WireString::from(text(error))),
        },
    }
}

/// Kafka's words for the codes that are answered here.
fn text(error: ErrorCode) -> &'static str {
    match error {
        ErrorCode::COORDINATOR_NOT_AVAILABLE => "The coordinator is not available.",
        ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED => {
            "The transactional id authorization failed."
        }
        _ => {
            "This most likely occurs because of a request being malformed by the client library or \
             the message was sent to an incompatible broker. See the broker logs for more details."
        }
    }
}

/// Whether such keys have coordinators; makes what these need, once for all keys of a request.
async fn prepare(broker: &Broker, key_type: i8) -> Result<(), ErrorCode> {
    match key_type {
        GROUP => {}
        // There are no transactions here yet, and a producer must not wait for their coordinator.
        TRANSACTION => return Err(ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED),
        _ => return Err(ErrorCode::INVALID_REQUEST),
    }
    if broker.metadata.image().topic_by_name(CONSUMER_OFFSETS).is_some() {
        return Ok(());
    }
    if let Err(refusal) = create_consumer_offsets(broker).await {
        tracing::warn!(%refusal, "{CONSUMER_OFFSETS} cannot be created now");
    }
    // As Kafka: the client asks again, and finds the topic.
    Err(ErrorCode::COORDINATOR_NOT_AVAILABLE)
}

/// The coordinator of each key.
async fn find(
    broker: &Broker,
    context: &RequestContext,
    key_type: i8,
    keys: &[WireString],
    no_error: &'static str,
) -> Vec<Coordinator> {
    if keys.is_empty() {
        return Vec::new();
    }
    let ready = prepare(broker, key_type).await;
    let image = broker.metadata.image();
    // Thousands of keys have few coordinators.
    let mut endpoints = HashMap::new();
    let mut find = |key: &str| {
        ready?;
        let node = leader(&image, key)?;
        let endpoint = endpoints
            .entry(node)
            .or_insert_with(|| broker.endpoint(node, &context.listener))
            .clone();
        Ok((node.0, endpoint.ok_or(ErrorCode::COORDINATOR_NOT_AVAILABLE)?))
    };
    keys.iter().map(|key| coordinator(key.clone(), find(key), no_error)).collect()
}

/// The node that leads a group's partition.
fn leader(image: &MetadataImage, group: &str) -> Result<NodeId, ErrorCode> {
    let topic = image.topic_by_name(CONSUMER_OFFSETS);
    let topic = topic.ok_or(ErrorCode::COORDINATOR_NOT_AVAILABLE)?;
    let index = partition_of(group, topic.streams.len());
    let place = u32::try_from(index).ok().and_then(|number| image.partition(topic.id, number));
    let place = place.filter(|place| place.online).ok_or(ErrorCode::COORDINATOR_NOT_AVAILABLE)?;
    Ok(place.leader)
}
