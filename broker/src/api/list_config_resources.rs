//! `ListConfigResources` (74): what has settings (KIP-1142); before version 1 the subscriptions to
//! client metrics alone (KIP-714).

use std::collections::BTreeSet;

use penstock_model::command::ConfigResource;
use penstock_wire::WireString;
use penstock_wire::list_config_resources_request::ListConfigResourcesRequest;
use penstock_wire::list_config_resources_response::{
    ConfigResource as Listed, ListConfigResourcesResponse,
};

use super::RequestContext;
use super::answer_room::Rows;
use super::config_resource::ResourceType;
use super::error_code::ErrorCode;
use crate::broker::Broker;

/// The rows of an answer.
pub(super) fn rows(broker: &Broker) -> Rows {
    Rows::of::<Listed>(broker.metadata.image().topic_count())
}

pub(super) fn handle(
    broker: &Broker,
    context: &RequestContext,
    request: &ListConfigResourcesRequest,
) -> ListConfigResourcesResponse {
    let mut wanted = BTreeSet::new();
    for number in &request.resource_types {
        let Ok(resource_type) = ResourceType::of_wire(*number) else {
            return ListConfigResourcesResponse {
                error_code: ErrorCode::UNSUPPORTED_VERSION.0,
                ..ListConfigResourcesResponse::default()
            };
        };
        wanted.insert(resource_type);
    }
    if context.api_version == 0 {
        wanted.insert(ResourceType::ClientMetrics);
    } else if wanted.is_empty() {
        wanted.extend(ResourceType::ALL);
    }
    let image = broker.metadata.image();
    let mut listed = Vec::new();
    // In Kafka's order, the greatest number first.
    for resource_type in wanted.into_iter().rev() {
        let mut add = |name: WireString| {
            let resource_type = resource_type.number();
            listed.push(Listed { resource_name: name, resource_type });
        };
        match resource_type {
            ResourceType::Topic => {
                image.topics().for_each(|topic| add(WireString::copy_from(&topic.name)));
            }
            ResourceType::Broker | ResourceType::BrokerLogger => {
                image.active_brokers().for_each(|(node, _)| add(node.to_string().into()));
            }
            ResourceType::ClientMetrics => {
                for resource in image.configured_resources() {
                    if let ConfigResource::ClientMetrics(name) = resource {
                        add(WireString::copy_from(name));
                    }
                }
            }
            ResourceType::Group => {
                for resource in image.configured_resources() {
                    if let ConfigResource::Group(name) = resource {
                        add(WireString::copy_from(name));
                    }
                }
            }
        }
    }
    ListConfigResourcesResponse { config_resources: listed, ..Default::default() }
}
