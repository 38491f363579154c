//! `AlterConfigs` (33): replaces all settings of a resource by those that are named. Clients that
//! know better send `IncrementalAlterConfigs`.

use penstock_wire::alter_configs_request::AlterConfigsRequest;
use penstock_wire::alter_configs_response::{AlterConfigsResourceResponse, AlterConfigsResponse};

use super::config_alteration::SET;
use super::config_change::{Change, Mode, make};
use crate::broker::Broker;

pub(super) async fn handle(broker: &Broker, request: AlterConfigsRequest) -> AlterConfigsResponse {
    let changes: Vec<Change<'_>> = request
        .resources
        .iter()
        .map(|resource| Change {
            resource_type: resource.resource_type,
            name: &resource.resource_name,
            lines: resource
                .configs
                .iter()
                .map(|line| (&*line.name, SET, line.value.as_deref()))
                .collect(),
        })
        .collect();
    let answers = make(broker, Mode::Replace, request.validate_only, &changes).await;
    let responses = request.resources.iter().zip(answers).map(|(resource, answer)| {
        AlterConfigsResourceResponse {
            error_code: answer.error_code,
            error_message: answer.error_message,
            resource_type: resource.resource_type,
            resource_name: resource.resource_name.clone(),
        }
    });
    AlterConfigsResponse { throttle_time_ms: 0, responses: responses.collect() }
}
