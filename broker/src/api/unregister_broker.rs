//! `UnregisterBroker` (64): forgets a broker that is gone for good (KIP-631).

use penstock_model::id::NodeId;
use penstock_wire::WireString;
use penstock_wire::unregister_broker_request::UnregisterBrokerRequest;
use penstock_wire::unregister_broker_response::UnregisterBrokerResponse;

use super::error_code::ErrorCode;
use crate::broker::Broker;

pub(super) fn handle(
    broker: &Broker,
    request: &UnregisterBrokerRequest,
) -> UnregisterBrokerResponse {
    let id = request.broker_id;
    let (code, message) = if broker.metadata.image().broker(NodeId(id)).is_some() {
        // Its log may hold records that are nowhere else.
        let message = format!(
            "Broker ID {id} keeps its registration as long as its log: nothing has to be \
             unregistered here"
        );
        (ErrorCode::INVALID_REQUEST, message)
    } else {
        let message = format!("Broker ID {id} is not currently registered");
        (ErrorCode::BROKER_ID_NOT_REGISTERED, message)
    };
    UnregisterBrokerResponse {
        error_code: code.0,
        error_message: Some(WireString::from(message)),
        ..UnregisterBrokerResponse::default()
    }
}
