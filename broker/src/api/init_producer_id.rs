//! `InitProducerId` (22): an identity for an idempotent producer (KIP-98).

use penstock_wire::init_producer_id_request::InitProducerIdRequest;
use penstock_wire::init_producer_id_response::InitProducerIdResponse;

use super::error_code::ErrorCode;
use crate::broker::Broker;

pub(super) async fn handle(
    broker: &Broker,
    request: InitProducerIdRequest,
) -> InitProducerIdResponse {
    let refused = |error: ErrorCode| InitProducerIdResponse {
        error_code: error.0,
        producer_id: -1,
        producer_epoch: -1,
        ..InitProducerIdResponse::default()
    };
    match request.transactional_id.as_deref() {
        Some("") => return refused(ErrorCode::INVALID_REQUEST),
        Some(_) => return refused(ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED),
        None => {}
    }
    // Half an identity is none (KIP-360).
    if (request.producer_id == -1) != (request.producer_epoch == -1) {
        return refused(ErrorCode::INVALID_REQUEST);
    }
    match broker.producer_ids.next().await {
        Ok(id) => InitProducerIdResponse {
            producer_id: id.0,
            producer_epoch: 0,
            ..InitProducerIdResponse::default()
        },
        Err(error) => {
            tracing::warn!(%error, "no producer id");
            refused(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS)
        }
    }
}
