//! `OffsetCommit` (8): a group notes how far it has come.

use std::sync::Arc;
use std::time::Duration;

use penstock_model::id::TopicId;
use penstock_model::image::MetadataImage;
use penstock_wire::offset_commit_request::{
    OffsetCommitRequest, OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use penstock_wire::offset_commit_response::{
    OffsetCommitResponse, OffsetCommitResponsePartition, OffsetCommitResponseTopic,
};

use super::RequestContext;
use super::error_code::ErrorCode;
use crate::broker::Broker;
use crate::group::{Claim, Commit, Generation, GroupError, InstanceId, MemberId};

/// The first version that names topics by id.
const BY_ID: i16 = 10;
/// The first version that knows of groups that do not exist.
const GROUP_ID_NOT_FOUND: i16 = 9;

pub(super) async fn handle(
    broker: &Broker,
    context: &RequestContext,
    request: OffsetCommitRequest,
) -> OffsetCommitResponse {
    let image = broker.metadata.image();
    let expires = request.retention_time_ms != -1;
    let mut commits = Vec::new();
    let mut topics = Vec::with_capacity(request.topics.len());
    for topic in &request.topics {
        let mut partitions = Vec::with_capacity(topic.partitions.len());
        for partition in &topic.partitions {
            let judged = judge(broker, context, &image, topic, partition, expires);
            let error = match judged {
                Ok(commit) => {
                    commits.push(commit);
                    None
                }
                Err(error) => Some(error),
            };
            partitions.push((partition.partition_index, error));
        }
        topics.push((topic, partitions));
    }
    let outcome = if commits.is_empty() {
        ErrorCode::NONE
    } else {
        let claim = Claim {
            member: MemberId::new(&request.member_id),
            instance: request.group_instance_id.as_deref().map(InstanceId::new),
            generation: Generation(request.generation_id_or_member_epoch),
        };
        let milliseconds = u64::try_from(request.retention_time_ms).unwrap_or(0);
        let retention = expires.then(|| Duration::from_millis(milliseconds));
        match broker.groups.commit(&request.group_id, &claim, retention, commits).await {
            Err(GroupError::UnknownGroup) if context.api_version < GROUP_ID_NOT_FOUND => {
                ErrorCode::ILLEGAL_GENERATION
            }
            outcome => ErrorCode::of(outcome),
        }
    };
    let answer = |(index, refused): (i32, Option<ErrorCode>)| OffsetCommitResponsePartition {
        partition_index: index,
        error_code: refused.unwrap_or(outcome).0,
    };
    let topics = topics.into_iter().map(|(topic, partitions)| OffsetCommitResponseTopic {
        name: topic.name.clone(),
        topic_id: topic.topic_id,
        partitions: partitions.into_iter().map(answer).collect(),
    });
    OffsetCommitResponse { throttle_time_ms: 0, topics: topics.collect() }
}

fn judge(
    broker: &Broker,
    context: &RequestContext,
    image: &MetadataImage,
    topic: &OffsetCommitRequestTopic,
    partition: &OffsetCommitRequestPartition,
    expires: bool,
) -> Result<Commit, ErrorCode> {
    let known = if context.api_version >= BY_ID {
        image.topic(TopicId(topic.topic_id.0)).ok_or(ErrorCode::UNKNOWN_TOPIC_ID)?
    } else {
        image.topic_by_name(&topic.name).ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?
    };
    let number = u32::try_from(partition.partition_index).ok();
    if number.and_then(|number| image.partition(known.id, number)).is_none() {
        return Err(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    }
    let metadata = partition.committed_metadata.as_deref().unwrap_or_default();
    if !broker.groups.may_commit_metadata(metadata, expires) {
        return Err(ErrorCode::OFFSET_METADATA_TOO_LARGE);
    }
    Ok(Commit {
        topic: Arc::clone(&known.name),
        topic_id: known.id,
        partition: partition.partition_index,
        offset: partition.committed_offset,
        leader_epoch: Some(partition.committed_leader_epoch).filter(|epoch| *epoch >= 0),
        metadata: Arc::from(metadata),
    })
}
