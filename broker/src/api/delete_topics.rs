//! `DeleteTopics` (20): by name, and by id from version 6 on.

use std::collections::{HashMap, HashSet};

use penstock_model::command::{Command, DeleteTopic, Refused};
use penstock_model::id::TopicId;
use penstock_model::image::{MetadataImage, Topic};
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
        asked
            .into_iter()
            .map(|(name, id)| Doomed { name, id, outcome: Err(refusal.clone()) })
            .collect()
    } else {
        plan(&broker.metadata.image(), &asked)
    };
    let mut responses = Vec::with_capacity(doomed.len());
    for Doomed { name, id, outcome } in doomed {
        let outcome = match outcome {
            Ok(topic) => delete(broker, topic).await,
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
    let code =
        if version < 3 { ErrorCode::INVALID_REQUEST } else { ErrorCode::TOPIC_DELETION_DISABLED };
    Refusal::new(code, "Topic deletion is disabled.")
}

/// One line of the answer, and what is to be done for it.
#[derive(Debug, PartialEq, Eq)]
struct Doomed {
    name: Option<WireString>,
    id: Uuid,
    outcome: Result<TopicId, Refusal>,
}

impl Doomed {
    fn refused(name: Option<&WireString>, id: Uuid, message: &str) -> Self {
        let refusal = Refusal::new(ErrorCode::INVALID_REQUEST, message);
        Self { name: name.cloned(), id, outcome: Err(refusal) }
    }

    fn found(topic: &Topic) -> Self {
        let name = WireString::copy_from(&topic.name);
        Self { name: Some(name), id: Uuid(topic.id.0), outcome: Ok(topic.id) }
    }
}

/// Finds what is asked for. What stands there twice is refused, and answered once.
fn plan(image: &MetadataImage, asked: &[(Option<WireString>, Uuid)]) -> Vec<Doomed> {
    let mut times: HashMap<&(Option<WireString>, Uuid), usize> = HashMap::new();
    for key in asked {
        *times.entry(key).or_default() += 1;
    }
    let nameless = asked.iter().filter(|(name, _)| name.is_none());
    let ids: HashSet<Uuid> = nameless.map(|(_, id)| *id).collect();
    let names = asked.iter().filter_map(|(name, _)| name.as_deref());
    let named: HashSet<Uuid> =
        names.filter_map(|name| image.topic_by_name(name)).map(|topic| Uuid(topic.id.0)).collect();
    let mut doomed = Vec::with_capacity(times.len());
    for key in asked {
        let Some(times) = times.remove(key) else { continue };
        doomed.push(match (&key.0, key.1) {
            (None, Uuid::ZERO) => {
                Doomed::refused(None, Uuid::ZERO, "Neither topic name nor id were specified.")
            }
            (Some(name), Uuid::ZERO) if times > 1 => {
                Doomed::refused(Some(name), Uuid::ZERO, "Duplicate topic name.")
            }
            (Some(name), Uuid::ZERO) => match image.topic_by_name(name) {
                Some(topic) if ids.contains(&Uuid(topic.id.0)) => Doomed::refused(
                    Some(name),
                    Uuid(topic.id.0),
                    "The provided topic name maps to an ID that was already supplied.",
                ),
                Some(topic) => Doomed::found(topic),
                None => Doomed {
                    name: Some(name.clone()),
                    id: Uuid::ZERO,
                    outcome: Err(unknown_name()),
                },
            },
            (Some(name), id) => {
                Doomed::refused(Some(name), id, "You may not specify both topic name and topic id.")
            }
            (None, id) if times > 1 => Doomed::refused(None, id, "Duplicate topic id."),
            // Answered with the name.
            (None, id) if named.contains(&id) => continue,
            (None, id) => match image.topic(TopicId(id.0)) {
                Some(topic) => Doomed::found(topic),
                None => Doomed { name: None, id, outcome: Err(unknown_id()) },
            },
        });
    }
    doomed
}

fn unknown_name() -> Refusal {
    let message = "This server does not host this topic-partition.";
    Refusal::new(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, message)
}

fn unknown_id() -> Refusal {
    Refusal::new(ErrorCode::UNKNOWN_TOPIC_ID, "This server does not host this topic ID.")
}

/// Deletes one topic. Another may have been faster; then there is no such topic any more.
async fn delete(broker: &Broker, id: TopicId) -> Result<(), Refusal> {
    let command = Command::DeleteTopic(DeleteTopic { id, now: broker.clock.now() });
    match broker.metadata.submit(command).await?.result {
        Ok(_) => {
            tracing::info!(%id, "topic deleted");
            Ok(())
        }
        Err(Refused::UnknownTopic(_)) => Err(unknown_name()),
        Err(refused) => Err(refused.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{add_topic, image_of};

    /// Topics `a` and `b` exist.
    fn check(asked: impl Fn(Uuid) -> Vec<(Option<&'static str>, Uuid)>, expect: &[&str]) {
        let mut image = image_of(&[1], &[]);
        let a = Uuid(add_topic(&mut image, "a", &[1]).0);
        add_topic(&mut image, "b", &[1]);
        let asked: Vec<_> =
            asked(a).into_iter().map(|(name, id)| (name.map(WireString::from), id)).collect();
        let lines: Vec<String> = plan(&image, &asked)
            .into_iter()
            .map(|line| {
                let name = line.name.map_or("null".to_owned(), |name| name.to_string());
                let id = if line.id == Uuid::ZERO { "none" } else { "id" };
                match line.outcome {
                    Ok(_) => format!("{name} {id}: deleted"),
                    Err(Refusal { code, message }) => {
                        format!("{name} {id}: {} {}", code.0, message.unwrap())
                    }
                }
            })
            .collect();
        assert_eq!(lines, expect);
    }

    #[test]
    fn each_topic_is_found_once_by_its_name_or_its_id() {
        const ZERO: Uuid = Uuid::ZERO;
        const OTHER: Uuid = Uuid([9; 16]);
        check(|a| vec![(Some("b"), ZERO), (None, a)], &["b id: deleted", "a id: deleted"]);
        check(
            |_| vec![(Some("c"), ZERO), (None, OTHER), (None, ZERO), (None, ZERO)],
            &[
                "c none: 3 This server does not host this topic-partition.",
                "null id: 100 This server does not host this topic ID.",
                "null none: 42 Neither topic name nor id were specified.",
            ],
        );
        check(
            |a| vec![(Some("a"), ZERO), (Some("b"), ZERO), (Some("a"), ZERO), (Some("b"), a)],
            &[
                "a none: 42 Duplicate topic name.",
                "b id: deleted",
                "b id: 42 You may not specify both topic name and topic id.",
            ],
        );
        check(|a| vec![(None, a), (None, a)], &["null id: 42 Duplicate topic id."]);
        check(
            |a| vec![(None, a), (Some("a"), ZERO)],
            &["a id: 42 The provided topic name maps to an ID that was already supplied."],
        );
    }
}
