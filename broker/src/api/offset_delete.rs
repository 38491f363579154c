//! `OffsetDelete` (47): an operator has a group forget how far it has come.

use std::sync::Arc;

use penstock_wire::WireString;
use penstock_wire::offset_delete_request::OffsetDeleteRequest;
use penstock_wire::offset_delete_response::{
    OffsetDeleteResponse, OffsetDeleteResponsePartition, OffsetDeleteResponseTopic,
};

use super::error_code::ErrorCode;
use super::partition_verdicts::{TopicVerdicts, Verdicts};
use crate::broker::Broker;

pub(super) async fn handle(broker: &Broker, request: OffsetDeleteRequest) -> OffsetDeleteResponse {
    let image = broker.metadata.image();
    let mut verdicts = Verdicts::new();
    let mut admitted: Vec<(Arc<str>, i32)> = Vec::new();
    for topic in &request.topics {
        let known = image.topic_by_name(&topic.name);
        let mut judge = |index: i32| {
            let number = u32::try_from(index).ok();
            let there =
                known.zip(number).filter(|(known, n)| image.partition(known.id, *n).is_some());
            let (known, _) = there.ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
            admitted.push((Arc::clone(&known.name), index));
            Ok(())
        };
        let indexes = topic.partitions.iter().map(|partition| partition.partition_index);
        verdicts.add(&topic.name, indexes.map(|index| (index, judge(index))));
    }
    // Also where nothing is left to delete: whether there is the group is asked all the same.
    match broker.groups.delete_offsets(&request.group_id, &admitted).await {
        Ok(outcomes) => OffsetDeleteResponse {
            topics: verdicts
                .complete(outcomes.into_iter().map(ErrorCode::of))
                .into_iter()
                .map(answer)
                .collect(),
            ..OffsetDeleteResponse::default()
        },
        Err(error) => OffsetDeleteResponse {
            error_code: ErrorCode::from(error).0,
            ..OffsetDeleteResponse::default()
        },
    }
}

fn answer(verdicts: TopicVerdicts<WireString>) -> OffsetDeleteResponseTopic {
    let partition = |(partition_index, error): (i32, ErrorCode)| OffsetDeleteResponsePartition {
        partition_index,
        error_code: error.0,
    };
    let partitions = verdicts.partitions.into_iter().map(partition).collect();
    OffsetDeleteResponseTopic { name: verdicts.topic, partitions }
}
