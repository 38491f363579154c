//! `IncrementalAlterConfigs` (44): changes the settings that are named (KIP-339).

use penstock_wire::incremental_alter_configs_request::IncrementalAlterConfigsRequest;
use penstock_wire::incremental_alter_configs_response::{
    AlterConfigsResourceResponse, IncrementalAlterConfigsResponse,
};

use super::config_change::{Change, Mode, make};
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
    let answers = make(broker, Mode::Incremental, request.validate_only, &changes).await;
    let responses = request.resources.iter().zip(answers).map(|(resource, answer)| {
        AlterConfigsResourceResponse {
            error_code: answer.error_code,
            error_message: answer.error_message,
            resource_type: resource.resource_type,
            resource_name: resource.resource_name.clone(),
        }
    });
    IncrementalAlterConfigsResponse { throttle_time_ms: 0, responses: responses.collect() }
}
