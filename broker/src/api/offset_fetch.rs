//! `OffsetFetch` (9): how far groups have come.
//!
//! Three shapes of one question: version 1 knows errors by partition only, 2 to 7 ask for one
//! group, later ones for many.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use penstock_model::id::TopicId;
use penstock_model::image::MetadataImage;
use penstock_wire::offset_fetch_request::{
    OffsetFetchRequest, OffsetFetchRequestGroup, OffsetFetchRequestTopic, OffsetFetchRequestTopics,
};
use penstock_wire::offset_fetch_response::{
    OffsetFetchResponse, OffsetFetchResponseGroup, OffsetFetchResponsePartition,
    OffsetFetchResponsePartitions, OffsetFetchResponseTopic, OffsetFetchResponseTopics,
};
use penstock_wire::{Uuid, WireString};

use super::RequestContext;
use super::answer_room::Rows;
use super::error_code::ErrorCode;
use super::side_by_side::side_by_side;
use crate::broker::Broker;
use crate::group::{CommittedOffsets, GroupError, Offsets};

/// The first version that asks for many groups.
const MANY_GROUPS: i16 = 8;
/// The first version that names topics by id.
const BY_ID: i16 = 10;

/// A topic as it is asked for, with the partitions.
struct AskedTopic {
    /// None for an id that nobody has.
    name: Option<WireString>,
    id: Uuid,
    partitions: Vec<i32>,
}

/// Each partition where it is first named: to name it again takes 4 bytes, its note up to 4,096.
fn once(mut asked: Vec<AskedTopic>) -> Vec<AskedTopic> {
    let mut seen: HashMap<(Option<WireString>, Uuid), HashSet<i32>> = HashMap::new();
    asked.retain_mut(|topic| match seen.entry((topic.name.clone(), topic.id)) {
        Entry::Vacant(first) => {
            let seen = first.insert(HashSet::new());
            topic.partitions.retain(|index| seen.insert(*index));
            true
        }
        Entry::Occupied(mut again) => {
            topic.partitions.retain(|index| again.get_mut().insert(*index));
            !topic.partitions.is_empty()
        }
    });
    asked
}

/// One that is named again, which no client does, is answered once.
fn groups_once(request: &OffsetFetchRequest) -> Vec<&OffsetFetchRequestGroup> {
    let mut seen = HashSet::new();
    request.groups.iter().filter(|group| seen.insert(&group.group_id)).collect()
}

/// How many things a request names, each of which its answer tells of.
pub(super) fn rows(request: &OffsetFetchRequest) -> usize {
    let one = request.topics.iter().flatten().map(|topic| 1 + topic.partition_indexes.len());
    let of_group = |group: &OffsetFetchRequestGroup| {
        let topics = group.topics.iter().flatten();
        1 + topics.map(|topic| 1 + topic.partition_indexes.len()).sum::<usize>()
    };
    one.sum::<usize>() + request.groups.iter().map(of_group).sum::<usize>()
}

/// The bytes of what is known of the partitions that are asked for, once their groups are loaded.
pub(super) async fn known_bytes(broker: &Broker, request: &OffsetFetchRequest) -> usize {
    let note = |offsets: &Offsets, name: &str, partitions: &[i32]| -> usize {
        let committed = partitions.iter().filter_map(|at| offsets.get(name, *at));
        committed.map(|committed| committed.metadata.len()).sum()
    };
    let asked = |offsets: &Offsets, topics: &[OffsetFetchRequestTopic]| -> usize {
        topics.iter().map(|topic| note(offsets, &topic.name, &topic.partition_indexes)).sum()
    };
    let known = |offsets: &Offsets| match &request.topics {
        Some(topics) => asked(offsets, topics),
        None => bytes_of_all(offsets),
    };
    let mut bytes = 0_usize;
    if request.groups.is_empty() {
        bytes = broker.groups.measure_commits(&request.group_id, known).await;
    }
    let groups = &groups_once(request);
    let measured = side_by_side(groups.len(), |at| async move {
        let (group, image) = (groups[at], broker.metadata.image());
        let known = |offsets: &Offsets| {
            let Some(topics) = &group.topics else { return bytes_of_all(offsets) };
            let of = |topic: &OffsetFetchRequestTopics| match image.topic(TopicId(topic.topic_id.0))
            {
                Some(known) => note(offsets, &known.name, &topic.partition_indexes),
                None => note(offsets, &topic.name, &topic.partition_indexes),
            };
            topics.iter().map(of).sum()
        };
        broker.groups.measure_commits(&group.group_id, known).await
    });
    measured.await.into_iter().fold(bytes, usize::saturating_add)
}

fn bytes_of_all(offsets: &Offsets) -> usize {
    let row = Rows::of::<OffsetFetchResponsePartitions>(1).named_bytes();
    offsets.iter().map(|(_, _, committed)| row + committed.metadata.len()).sum()
}

pub(super) async fn handle(
    broker: &Broker,
    context: &RequestContext,
    request: &OffsetFetchRequest,
) -> OffsetFetchResponse {
    if context.api_version < MANY_GROUPS {
        return one_group(broker, context, request).await;
    }
    let asked = &groups_once(request);
    let groups = side_by_side(asked.len(), |at| group(broker, context, asked[at])).await;
    OffsetFetchResponse { groups, ..OffsetFetchResponse::default() }
}

async fn one_group(
    broker: &Broker,
    context: &RequestContext,
    request: &OffsetFetchRequest,
) -> OffsetFetchResponse {
    let asked = request.topics.as_ref().map(|topics| {
        let topic = |topic: &OffsetFetchRequestTopic| AskedTopic {
            name: Some(topic.name.clone()),
            id: Uuid::ZERO,
            partitions: topic.partition_indexes.clone(),
        };
        once(topics.iter().map(topic).collect())
    });
    let image = broker.metadata.image();
    let found = committed(broker, &image, &request.group_id, asked.as_deref()).await;
    let (topics, error) = match found {
        Ok(topics) => (topics, ErrorCode::NONE),
        Err(error) if context.api_version >= 2 => (Vec::new(), error),
        Err(error) => (with_error(asked.as_deref().unwrap_or_default(), error), error),
    };
    let partition = |partition: OffsetFetchResponsePartitions| OffsetFetchResponsePartition {
        partition_index: partition.partition_index,
        committed_offset: partition.committed_offset,
        committed_leader_epoch: partition.committed_leader_epoch,
        metadata: partition.metadata,
        error_code: partition.error_code,
    };
    let topic = |topic: OffsetFetchResponseTopics| OffsetFetchResponseTopic {
        name: topic.name,
        partitions: topic.partitions.into_iter().map(partition).collect(),
    };
    OffsetFetchResponse {
        topics: topics.into_iter().map(topic).collect(),
        error_code: error.0,
        ..OffsetFetchResponse::default()
    }
}

/// Member id and epoch mean nothing to classic groups, and are not looked at.
async fn group(
    broker: &Broker,
    context: &RequestContext,
    asked: &OffsetFetchRequestGroup,
) -> OffsetFetchResponseGroup {
    let image = broker.metadata.image();
    let topics = asked.topics.as_ref().map(|topics| {
        let by_id = context.api_version >= BY_ID;
        let name =
            |id: Uuid| image.topic(TopicId(id.0)).map(|topic| WireString::copy_from(&topic.name));
        let topic = |topic: &OffsetFetchRequestTopics| AskedTopic {
            name: if by_id { name(topic.topic_id) } else { Some(topic.name.clone()) },
            id: topic.topic_id,
            partitions: topic.partition_indexes.clone(),
        };
        once(topics.iter().map(topic).collect())
    });
    let found = committed(broker, &image, &asked.group_id, topics.as_deref()).await;
    let (topics, error) = match found {
        Ok(topics) => (topics, ErrorCode::NONE),
        Err(error) => (Vec::new(), error),
    };
    OffsetFetchResponseGroup { group_id: asked.group_id.clone(), topics, error_code: error.0 }
}

/// What was committed, in the shape of what was asked.
async fn committed(
    broker: &Broker,
    image: &MetadataImage,
    group: &str,
    asked: Option<&[AskedTopic]>,
) -> Result<Vec<OffsetFetchResponseTopics>, ErrorCode> {
    let Some(asked) = asked else {
        let found = found_or_none(broker.groups.committed(group, None).await)?;
        return Ok(all(image, &found));
    };
    let keys: Vec<(Arc<str>, i32)> = asked
        .iter()
        .filter_map(|topic| Some((topic.name.as_deref()?, &topic.partitions)))
        .flat_map(|(name, partitions)| {
            let name: Arc<str> = Arc::from(name);
            partitions.iter().map(move |partition| (Arc::clone(&name), *partition))
        })
        .collect();
    let found = found_or_none(broker.groups.committed(group, Some(&keys)).await)?;
    let found: HashMap<(&str, i32), _> = found
        .iter()
        .map(|(topic, partition, committed)| ((&**topic, *partition), committed))
        .collect();
    let topic = |topic: &AskedTopic| {
        let Some(name) = topic.name.clone() else {
            return of_error(topic, ErrorCode::UNKNOWN_TOPIC_ID);
        };
        let partition = |index: &i32| match found.get(&(&*name, *index)) {
            Some(committed) => OffsetFetchResponsePartitions {
                partition_index: *index,
                committed_offset: committed.offset,
                committed_leader_epoch: committed.leader_epoch.unwrap_or(-1),
                metadata: Some(WireString::copy_from(&committed.metadata)),
                error_code: ErrorCode::NONE.0,
            },
            None => of_nothing(*index, ErrorCode::NONE),
        };
        let partitions = topic.partitions.iter().map(partition).collect();
        OffsetFetchResponseTopics { name: name.clone(), topic_id: topic.id, partitions }
    };
    Ok(asked.iter().map(topic).collect())
}

/// A group that nobody knows has committed nothing.
fn found_or_none(
    found: Result<CommittedOffsets, GroupError>,
) -> Result<CommittedOffsets, ErrorCode> {
    match found {
        Ok(found) => Ok(found),
        Err(GroupError::InvalidGroup) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

fn all(image: &MetadataImage, found: &CommittedOffsets) -> Vec<OffsetFetchResponseTopics> {
    let mut topics: BTreeMap<&str, Vec<OffsetFetchResponsePartitions>> = BTreeMap::new();
    for (topic, partition, committed) in found {
        topics.entry(topic).or_default().push(OffsetFetchResponsePartitions {
            partition_index: *partition,
            committed_offset: committed.offset,
            committed_leader_epoch: committed.leader_epoch.unwrap_or(-1),
            metadata: Some(WireString::copy_from(&committed.metadata)),
            error_code: ErrorCode::NONE.0,
        });
    }
    let topic = |(name, partitions): (&str, Vec<OffsetFetchResponsePartitions>)| {
        let topic_id = Uuid(image.topic_by_name(name)?.id.0);
        Some(OffsetFetchResponseTopics { name: WireString::copy_from(name), topic_id, partitions })
    };
    topics.into_iter().filter_map(topic).collect()
}

fn with_error(asked: &[AskedTopic], error: ErrorCode) -> Vec<OffsetFetchResponseTopics> {
    asked.iter().map(|topic| of_error(topic, error)).collect()
}

fn of_error(topic: &AskedTopic, error: ErrorCode) -> OffsetFetchResponseTopics {
    OffsetFetchResponseTopics {
        name: topic.name.clone().unwrap_or_default(),
        topic_id: topic.id,
        partitions: topic.partitions.iter().map(|index| of_nothing(*index, error)).collect(),
    }
}

fn of_nothing(partition_index: i32, error: ErrorCode) -> OffsetFetchResponsePartitions {
    OffsetFetchResponsePartitions {
        partition_index,
        committed_offset: -1,
        committed_leader_epoch: -1,
        metadata: Some(WireString::default()),
        error_code: error.0,
    }
}
