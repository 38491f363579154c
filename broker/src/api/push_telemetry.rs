//! `PushTelemetry` (72): a client's metrics, which are looked at for errors and dropped.

use penstock_wire::push_telemetry_request::PushTelemetryRequest;
use penstock_wire::push_telemetry_response::PushTelemetryResponse;

use super::error_code::ErrorCode;
use super::telemetry::{COMPRESSION_TYPES, SUBSCRIPTION, is_reserved};
use crate::broker::Broker;

/// Not compressed, by Kafka's number.
const UNCOMPRESSED: i8 = 0;

pub(super) fn handle(broker: &Broker, request: &PushTelemetryRequest) -> PushTelemetryResponse {
    let codec = request.compression_type;
    let bytes_max: usize = broker.given.number("telemetry.max.bytes");
    let error = if is_reserved(request.client_instance_id) {
        ErrorCode::INVALID_REQUEST
    } else if request.subscription_id != SUBSCRIPTION {
        ErrorCode::UNKNOWN_SUBSCRIPTION_ID
    } else if codec != UNCOMPRESSED && !COMPRESSION_TYPES.contains(&codec) {
        ErrorCode::UNSUPPORTED_COMPRESSION_TYPE
    } else if request.metrics.len() > bytes_max {
        ErrorCode::TELEMETRY_TOO_LARGE
    } else {
        ErrorCode::NONE
    };
    PushTelemetryResponse { throttle_time_ms: 0, error_code: error.0 }
}
