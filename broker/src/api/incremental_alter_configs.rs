//! `IncrementalAlterConfigs` (44): changes the settings that are named (KIP-339).

use penstock_wire::incremental_alter_configs_request::IncrementalAlterConfigsRequest;
use penstock_wire::incremental_alter_configs_response::{
    AlterConfigsResourceResponse, IncrementalAlterConfigsResponse,
};

use super::config_change::{Change, Mode, make};
use super::error_code::ErrorCode;
use crate::broker::Broker;

pub(super) async fn handle(
    broker: &Broker,
    request: IncrementalAlterConfigsRequest,
) -> IncrementalAlterConfigsResponse {
    let changes: Vec<Change<'_>> = request
        .resources
        .iter()
        .map(|resource| Change {
            resource_type: resource.resource_type,
            name: &resource.resource_name,
            lines: resource
                .configs
                .iter()
                .map(|line| (&*line.name, line.config_operation, line.value.as_deref()))
                .collect(),
        })
        .collect();
    let outcomes = make(broker, Mode::Incremental, request.validate_only, &changes).await;
    let responses = request.resources.iter().zip(outcomes).map(|(resource, outcome)| {
        let refusal = outcome.err();
        AlterConfigsResourceResponse {
            error_code: refusal.as_ref().map_or(ErrorCode::NONE, |refusal| refusal.code).0,
            error_message: refusal.and_then(|refusal| refusal.wire_message()),
            resource_type: resource.resource_type,
            resource_name: resource.resource_name.clone(),
        }
    });
    IncrementalAlterConfigsResponse { throttle_time_ms: 0, responses: responses.collect() }
}
