//! `AlterPartitionReassignments` (45): other replicas for partitions (KIP-455). Replicas hold
//! nothing here, so that one which keeps its leader is done when it is asked for.

use penstock_model::image::MetadataImage;
use penstock_wire::WireString;
use penstock_wire::alter_partition_reassignments_request::{
    AlterPartitionReassignmentsRequest, ReassignablePartition,
};
use penstock_wire::alter_partition_reassignments_response::{
    AlterPartitionReassignmentsResponse, ReassignablePartitionResponse, ReassignableTopicResponse,
};

use super::error_code::ErrorCode;
use super::refusal::Refusal;
use super::replica_assignment;
use crate::broker::Broker;

pub(super) fn handle(
    broker: &Broker,
    request: AlterPartitionReassignmentsRequest,
) -> AlterPartitionReassignmentsResponse {
    let image = broker.metadata.image();
    if request.topics.is_empty() {
        // Kafka answers it before it reads on, with an empty text and the defaults.
        return AlterPartitionReassignmentsResponse {
            error_message: Some(WireString::default()),
            ..AlterPartitionReassignmentsResponse::default()
        };
    }
    let may_resize = request.allow_replication_factor_change;
    let responses = request.topics.into_iter().map(|topic| {
        let partitions = topic.partitions.iter().map(|asked| {
            let refusal = reassign(&image, &topic.name, asked, may_resize).err();
            ReassignablePartitionResponse {
                partition_index: asked.partition_index,
                error_code: refusal.as_ref().map_or(ErrorCode::NONE, |refusal| refusal.code).0,
                error_message: refusal.and_then(|refusal| refusal.wire_message()),
            }
        });
        let partitions = partitions.collect();
        ReassignableTopicResponse { name: topic.name, partitions }
    });
    AlterPartitionReassignmentsResponse {
        allow_replication_factor_change: may_resize,
        error_message: None,
        responses: responses.collect(),
        ..AlterPartitionReassignmentsResponse::default()
    }
}

/// Nothing to do, or a reason why not.
fn reassign(
    image: &MetadataImage,
    name: &str,
    asked: &ReassignablePartition,
    may_resize: bool,
) -> Result<(), Refusal> {
    let index = asked.partition_index;
    let unknown = |message| Refusal::new(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, message);
    let topic = image
        .topic_by_name(name)
        .ok_or_else(|| unknown(format!("Unable to find a topic named {name}.")))?;
    let place = u32::try_from(index).ok().and_then(|number| image.partition(topic.id, number));
    let place =
        place.ok_or_else(|| unknown(format!("Unable to find partition {name}:{index}.")))?;
    let Some(replicas) = &asked.replicas else {
        return Err(ErrorCode::NO_REASSIGNMENT_IN_PROGRESS.into());
    };
    replica_assignment::leader(image, replicas, None)?;
    let (from, to) = (topic.replication_factor, replicas.len());
    if !may_resize && usize::try_from(from) != Ok(to) {
        let message = format!("The replication factor is changed from {from} to {to}");
        return Err(Refusal::new(ErrorCode::INVALID_REPLICATION_FACTOR, message));
    }
    if !replicas.contains(&place.leader.0) {
        let message = format!(
            "Partition {name}:{index} is led by broker {}, which has its log; this version hands \
             no partition over. Keep that broker among its replicas.",
            place.leader
        );
        return Err(Refusal::new(ErrorCode::INVALID_REPLICA_ASSIGNMENT, message));
    }
    Ok(())
}
