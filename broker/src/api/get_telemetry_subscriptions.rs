//! `GetTelemetrySubscriptions` (71): which of a client's metrics are wanted: none.

use penstock_wire::Uuid;
use penstock_wire::get_telemetry_subscriptions_request::GetTelemetrySubscriptionsRequest;
use penstock_wire::get_telemetry_subscriptions_response::GetTelemetrySubscriptionsResponse;

use super::telemetry::{COMPRESSION_TYPES, PUSH_INTERVAL_MS, SUBSCRIPTION, is_reserved};
use crate::broker::Broker;

pub(super) fn handle(
    broker: &Broker,
    request: &GetTelemetrySubscriptionsRequest,
) -> GetTelemetrySubscriptionsResponse {
    let id = request.client_instance_id;
    GetTelemetrySubscriptionsResponse {
        // A client that has no id yet is given one.
        client_instance_id: if is_reserved(id) { Uuid(broker.entropy.draw()) } else { id },
        subscription_id: SUBSCRIPTION,
        accepted_compression_types: COMPRESSION_TYPES.to_vec(),
        push_interval_ms: PUSH_INTERVAL_MS,
        telemetry_max_bytes: broker.given.number("telemetry.max.bytes"),
        delta_temporality: true,
        ..GetTelemetrySubscriptionsResponse::default()
    }
}
