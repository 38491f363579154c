//! `DescribeCluster` (60): the brokers, and who takes changes (KIP-700).

use penstock_wire::WireString;
use penstock_wire::describe_cluster_request::DescribeClusterRequest;
use penstock_wire::describe_cluster_response::{DescribeClusterBroker, DescribeClusterResponse};

use super::error_code::ErrorCode;
use super::{RequestContext, cluster_view};
use crate::broker::Broker;

/// Endpoints of brokers; what every listener here is.
const BROKERS: i8 = 1;
/// Endpoints of controllers, which clients of a broker listener must not be given (KIP-919).
const CONTROLLERS: i8 = 2;

pub(super) fn handle(
    broker: &Broker,
    context: &RequestContext,
    request: &DescribeClusterRequest,
) -> DescribeClusterResponse {
    let refused = |code: ErrorCode, message: String| DescribeClusterResponse {
        error_code: code.0,
        error_message: Some(WireString::from(message)),
        ..DescribeClusterResponse::default()
    };
    match request.endpoint_type {
        BROKERS => {}
        CONTROLLERS => {
            let message = "The request was sent to an endpoint of type BROKER, but we wanted an \
                           endpoint of type CONTROLLER";
            return refused(ErrorCode::MISMATCHED_ENDPOINT_TYPE, message.to_owned());
        }
        other => {
            let message = format!("Unsupported endpoint type {other}");
            return refused(ErrorCode::UNSUPPORTED_ENDPOINT_TYPE, message);
        }
    }
    let image = broker.metadata.image();
    let brokers = cluster_view::brokers(&image, &context.listener);
    let shown = brokers.into_iter().filter(|b| request.include_fenced_brokers || !b.is_fenced);
    DescribeClusterResponse {
        cluster_id: cluster_view::cluster_id(&image).unwrap_or_default(),
        controller_id: cluster_view::controller(&image, broker.node),
        brokers: shown
            .map(|broker| DescribeClusterBroker {
                broker_id: broker.node,
                host: broker.endpoint.host,
                port: broker.endpoint.port,
                rack: broker.endpoint.rack,
                is_fenced: broker.is_fenced,
            })
            .collect(),
        cluster_authorized_operations: if request.include_cluster_authorized_operations {
            cluster_view::CLUSTER_OPERATIONS
        } else {
            i32::MIN
        },
        ..DescribeClusterResponse::default()
    }
}
