//! `OffsetCommit` (8): a group notes how far it has come.

use std::sync::Arc;
use std::time::Duration;

use penstock_model::id::TopicId;
use penstock_model::image::{MetadataImage, Topic};
use penstock_wire::offset_commit_request::{
    OffsetCommitRequest, OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use penstock_wire::offset_commit_response::{
    OffsetCommitResponse, OffsetCommitResponsePartition, OffsetCommitResponseTopic,
};
use penstock_wire::{Uuid, WireString};

use super::RequestContext;
use super::error_code::ErrorCode;
use super::partition_verdicts::{TopicVerdicts, Verdicts};
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
    let mut commits = Vec::new();
    let mut verdicts = Verdicts::new();
    for topic in &request.topics {
        let judged = topic.partitions.iter().map(|partition| {
            let found = find(context, &image, topic, partition.partition_index);
            let admitted = found.map(|known| commits.push(commit(known, partition)));
            (partition.partition_index, admitted)
        });
        verdicts.add(&(topic.name.clone(), topic.topic_id), judged);
    }
    let count = commits.len();
    let outcomes = if verdicts.is_all_refused() {
        Ok(Vec::new())
    } else {
        let claim = Claim {
            member: MemberId::new(&request.member_id),
            instance: request.group_instance_id.as_deref().map(InstanceId::new),
            generation: Generation(request.generation_id_or_member_epoch),
        };
        let milliseconds = u64::try_from(request.retention_time_ms).unwrap_or(0);
        let expires = request.retention_time_ms != -1;
        let retention = expires.then(|| Duration::from_millis(milliseconds));
        broker.groups.commit(&request.group_id, &claim, retention, commits).await
    };
    let outcomes: Vec<ErrorCode> = match outcomes {
        Ok(outcomes) => outcomes.into_iter().map(ErrorCode::of).collect(),
        Err(GroupError::UnknownGroup) if context.api_version < GROUP_ID_NOT_FOUND => {
            vec![ErrorCode::ILLEGAL_GENERATION; count]
        }
        Err(error) => vec![error.into(); count],
    };
    let topics = verdicts.complete(outcomes.into_iter()).into_iter().map(answer).collect();
    OffsetCommitResponse { throttle_time_ms: 0, topics }
}

/// The topic, if the partition is there.
fn find<'a>(
    context: &RequestContext,
    image: &'a MetadataImage,
    topic: &OffsetCommitRequestTopic,
    index: i32,
) -> Result<&'a Topic, ErrorCode> {
    let known = if context.api_version >= BY_ID {
        image.topic(TopicId(topic.topic_id.0)).ok_or(ErrorCode::UNKNOWN_TOPIC_ID)?
    } else {
        image.topic_by_name(&topic.name).ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?
    };
    let number = u32::try_from(index).ok();
    let is_there = number.is_some_and(|number| image.partition(known.id, number).is_some());
    is_there.then_some(&**known).ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)
}

fn commit(known: &Topic, partition: &OffsetCommitRequestPartition) -> Commit {
    Commit {
        topic: Arc::clone(&known.name),
        topic_id: known.id,
        partition: partition.partition_index,
        offset: partition.committed_offset,
        // What else a client says comes back to it.
        leader_epoch: Some(partition.committed_leader_epoch).filter(|epoch| *epoch != -1),
        metadata: Arc::from(partition.committed_metadata.as_deref().unwrap_or_default()),
    }
}

fn answer(verdicts: TopicVerdicts<(WireString, Uuid)>) -> OffsetCommitResponseTopic {
    let partition = |(partition_index, error): (i32, ErrorCode)| OffsetCommitResponsePartition {
        partition_index,
        error_code: error.0,
    };
    let (name, topic_id) = verdicts.topic;
    let partitions = verdicts.partitions.into_iter().map(partition).collect();
    OffsetCommitResponseTopic { name, topic_id, partitions }
}
