//! `ElectLeaders` (43): asks for another leader (KIP-460). A partition has one that could lead it:
//! whoever owns its log.

use penstock_wire::WireString;
use penstock_wire::elect_leaders_request::{ElectLeadersRequest, TopicPartitions};
use penstock_wire::elect_leaders_response::{
    ElectLeadersResponse, PartitionResult, ReplicaElectionResult,
};

use super::answer_room::Rows;
use super::error_code::ErrorCode;
use super::refusal::Refusal;
use super::topic_view::{PartitionView, TopicView};
use crate::broker::Broker;

/// Which replica shall lead, by Kafka's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Election {
    /// The first.
    Preferred,
    /// Any, if need be one that has not every record.
    Unclean,
}

/// The rows of an answer.
pub(super) fn rows(broker: &Broker, request: &ElectLeadersRequest) -> Rows {
    let count = match &request.topic_partitions {
        Some(topics) => topics.iter().map(|topic| 1 + topic.partitions.len()).sum(),
        None => broker.metadata.image().topic_count(),
    };
    Rows::of::<PartitionResult>(count)
}

pub(super) fn handle(broker: &Broker, request: &ElectLeadersRequest) -> ElectLeadersResponse {
    let named = request.topic_partitions.as_deref();
    if named.is_some_and(<[_]>::is_empty) {
        // As in Kafka it is done before anything about it is looked at.
        return ElectLeadersResponse::default();
    }
    let election = match request.election_type {
        0 => Election::Preferred,
        1 => Election::Unclean,
        other => {
            let message = format!("Unknown election type {other}");
            let refusal = Refusal::new(ErrorCode::INVALID_REQUEST, message);
            let refuse = |topic: &TopicPartitions| each(topic, |_| refusal.clone());
            return ElectLeadersResponse {
                error_code: refusal.code.0,
                replica_election_results: named.unwrap_or_default().iter().map(refuse).collect(),
                ..ElectLeadersResponse::default()
            };
        }
    };
    let image = broker.metadata.image();
    let view = TopicView::new(&image, broker.partitions.refused());
    let results = match named {
        Some(topics) => topics
            .iter()
            .map(|topic| each(topic, |index| elect(&view, election, &topic.topic, index)))
            .collect(),
        // Whoever asks for all is not told of those that need no election.
        None => image.topics().map(|topic| all(&view, election, topic)).collect(),
    };
    ElectLeadersResponse { replica_election_results: results, ..ElectLeadersResponse::default() }
}

fn each(topic: &TopicPartitions, outcome: impl Fn(i32) -> Refusal) -> ReplicaElectionResult {
    let partitions = topic.partitions.iter().map(|index| result(*index, &outcome(*index)));
    ReplicaElectionResult { topic: topic.topic.clone(), partition_result: partitions.collect() }
}

fn all(
    view: &TopicView<'_>,
    election: Election,
    topic: &penstock_model::image::Topic,
) -> ReplicaElectionResult {
    let partitions = view.partitions(topic, 0).filter(|partition| partition.leader.is_none());
    ReplicaElectionResult {
        topic: WireString::copy_from(&topic.name),
        partition_result: partitions
            .map(|partition| result(partition.index, &outcome(election, &partition)))
            .collect(),
    }
}

fn elect(view: &TopicView<'_>, election: Election, topic: &str, index: i32) -> Refusal {
    let unknown = |message| Refusal::new(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, message);
    let Some(found) = view.image.topic_by_name(topic) else {
        return unknown(format!("No such topic as {topic}"));
    };
    let place = u32::try_from(index).ok().and_then(|n| view.image.partition(found.id, n));
    match place {
        Some(place) => outcome(election, &view.partition(found.replication_factor, &place)),
        None => unknown(format!("No such partition as {topic}-{index}")),
    }
}

fn outcome(election: Election, partition: &PartitionView) -> Refusal {
    let (code, message) = match (partition.leader, election) {
        (Some(_), _) => {
            (ErrorCode::ELECTION_NOT_NEEDED, "Leader election not needed for topic partition.")
        }
        (None, Election::Preferred) => {
            (ErrorCode::PREFERRED_LEADER_NOT_AVAILABLE, "The preferred leader was not available.")
        }
        (None, Election::Unclean) => (
            ErrorCode::ELIGIBLE_LEADERS_NOT_AVAILABLE,
            "Eligible topic partition leaders are not available.",
        ),
    };
    Refusal::new(code, message)
}

fn result(partition_id: i32, outcome: &Refusal) -> PartitionResult {
    PartitionResult {
        partition_id,
        error_code: outcome.code.0,
        error_message: outcome.wire_message(),
    }
}
