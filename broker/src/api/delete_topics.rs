//! `DeleteTopics` (20): by name, and by id from version 6 on.

use std::collections::{HashMap, HashSet};

use penstock_model::command::{Command, DeleteTopic};
use penstock_model::id::TopicId;
use penstock_model::image::MetadataImage;
use penstock_wire::delete_topics_request::DeleteTopicsRequest;
use penstock_wire::delete_topics_response::{DeletableTopicResult, DeleteTopicsResponse};
use penstock_wire::{Uuid, WireString};

use super::RequestContext;
use super::error_code::ErrorCode;
use super::refusal::Refusal;
use crate::broker::Broker;
use crate::config::setting::parse_boolean;

pub(super) async fn handle(
    broker: &Broker,
    context: &RequestContext,
    request: DeleteTopicsRequest,
) -> DeleteTopicsResponse {
    let by_name = request.topic_names.into_iter().map(|name| (Some(name), Uuid::ZERO));
    let asked = request.topics.into_iter().map(|topic| (topic.name, topic.topic_id));
    let asked: Vec<_> = by_name.chain(asked).collect();
    let enabled = broker.given.effective("delete.topic.enable").and_then(parse_boolean);
    let doomed = if enabled == Some(false) {
        let refusal = disabled(context.api_version);
        asked.into_iter().map(|(name, id)| Doomed { name, id, outcome: Err(refusal.clone()) }).collect()
    } else {
        plan(&broker.metadata.image(), &asked)
    };
    let mut responses = Vec::with_capacity(doomed.len());
    for Doomed { name, id, outcome } in doomed {
        let outcome = match outcome {
            Ok(topic) => delete(broker, topic, name.as_deref()).await,
            Err(refusal) => Err(refusal),
        };
        let refusal = outcome.err();
        responses.push(DeletableTopicResult {
            name,
            topic_id: id,
            error_code: refusal.as_ref().map_or(ErrorCode::NONE, |refusal| refusal.code).0,
            error_message: refusal.and_then(|refusal| refusal.wire_message()),
        });
    }
    DeleteTopicsResponse { throttle_time_ms: 0, responses }
}

fn disabled(version: i16) -> Refusal {
    // The code came with version 3.
    let code = if version < 3 {
        ErrorCode::INVALID_REQUEST
    } else {
        ErrorCode::TOPIC_DELETION_DISABLED
    };
    Refusal::new(code, "Topic deletion is disabled.")
}

/// One line of the answer, and what is to be done for it.
#[derive(Debug, PartialEq, Eq)]
struct Doomed {
    name: Option<WireString>,
    id: Uuid,
    outcome: Result<TopicId, Refusal>,
}

/// Finds what is asked for; what stands there twice is refused, and answered once.
fn plan(image: &MetadataImage, asked: &[(Option<WireString>, Uuid)]) -> Vec<Doomed> {
    let mut times: HashMap<&(Option<WireString>, Uuid), usize> = HashMap::new();
    for key in asked {
        *times.entry(key).or_default() += 1;
    }
    let ids = asked.iter().filter(|(name, _)| name.is_none()).map(|(_, id)| *id);
    let ids: HashSet<Uuid> = ids.filter(|id| *id != Uuid::ZERO).collect();
    let invalid = |message: &str| Refusal::new(ErrorCode::INVALID_REQUEST, message);
    // An id that a name of the same request stands for is answered with the name.
    let mut answered = HashSet::new();
    let mut doomed = Vec::with_capacity(asked.len());
    for key in asked {
        let (name, id) = key;
        let twice = match times.remove(key) {
            None => continue,
            Some(times) => times > 1,
        };
        let (mut shown, outcome) = (*id, match (name, *id) {
            (Some(_), id) if id != Uuid::ZERO => {
                Err(invalid("You may not specify both topic name and topic id."))
            }
            (None, Uuid::ZERO) => Err(invalid("Neither topic name nor id were specified.")),
            (Some(_), _) if twice => Err(invalid("Duplicate topic name.")),
            (None, _) if twice => Err(invalid("Duplicate topic id.")),
            (Some(name), _) => match image.topic_by_name(name) {
                Some(topic) if ids.contains(&Uuid(topic.id.0)) => {
                    answered.insert(topic.id);
                    let message =
                        "The provided topic name maps to an ID that was already supplied.";
                    Err(invalid(message))
                }
                Some(topic) => Ok(topic.id),
                None => Err(unknown(Some(name))),
            },
            (None, id) => match image.topic(TopicId(id.0)) {
                Some(topic) => Ok(topic.id),
                None => Err(unknown(None)),
            },
        });
        let topic = name.as_ref().and_then(|name| image.topic_by_name(name));
        if let (Some(topic), true) = (topic, shown == Uuid::ZERO) {
            shown = Uuid(topic.id.0);
        }
        let name = match (&outcome, name) {
            (Ok(id), None) => image.topic(*id).map(|topic| WireString::copy_from(&topic.name)),
            (_, name) => name.clone(),
        };
        doomed.push(Doomed { name, id: shown, outcome });
    }
    doomed.retain(|line| line.outcome.as_ref().map_or(true, |id| !answered.contains(id)));
    doomed
}

/// By name or by id: each has its own code.
fn unknown(name: Option<&str>) -> Refusal {
    match name {
        Some(_) => Refusal::new(
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
            "This server does not host this topic-partition.",
        ),
        None => {
            Refusal::new(ErrorCode::UNKNOWN_TOPIC_ID, "This server does not host this topic ID.")
        }
    }
}
