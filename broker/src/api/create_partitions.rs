//! `CreatePartitions` (37): topics grow, and never shrink.

use std::collections::HashMap;

use penstock_model::command::{Command, CreatePartitions};
use penstock_model::id::NodeId;
use penstock_model::image::MetadataImage;
use penstock_model::placement::place_leaders;
use penstock_wire::create_partitions_request::{CreatePartitionsRequest, CreatePartitionsTopic};
use penstock_wire::create_partitions_response::{
    CreatePartitionsResponse, CreatePartitionsTopicResult,
};

use super::error_code::ErrorCode;
use super::refusal::Refusal;
use super::replica_assignment;
use super::topic_creation::{PARTITIONS_MAX, too_many_partitions};
use super::topic_name;
use crate::broker::Broker;

pub(super) async fn handle(
    broker: &Broker,
    request: CreatePartitionsRequest,
) -> CreatePartitionsResponse {
    let mut times: HashMap<&str, usize> = HashMap::new();
    for topic in &request.topics {
        *times.entry(&topic.name).or_default() += 1;
    }
    let mut results = Vec::with_capacity(times.len());
    // What this request may still add.
    let mut room = PARTITIONS_MAX;
    for topic in &request.topics {
        let outcome = match times.remove(topic.name.as_str()) {
            // It was answered where it stood first.
            None => continue,
            Some(1) => grow(broker, topic, request.validate_only, &mut room).await,
            Some(_) => Err(Refusal::new(ErrorCode::INVALID_REQUEST, "Duplicate topic name.")),
        };
        let refusal = outcome.err();
        results.push(CreatePartitionsTopicResult {
            name: topic.name.clone(),
            error_code: refusal.as_ref().map_or(ErrorCode::NONE, |refusal| refusal.code).0,
            error_message: refusal.and_then(|refusal| refusal.wire_message()),
        });
    }
    CreatePartitionsResponse { throttle_time_ms: 0, results }
}

async fn grow(
    broker: &Broker,
    topic: &CreatePartitionsTopic,
    validate_only: bool,
    room: &mut usize,
) -> Result<(), Refusal> {
    // Each topic is planned on what the one before has left.
    let command = plan(&broker.metadata.image(), topic, *room)?;
    *room -= command.leaders.len();
    if validate_only {
        return Ok(());
    }
    let added = command.leaders.len();
    broker.metadata.submit(Command::CreatePartitions(command)).await?.result?;
    tracing::info!(topic = %topic.name, added, "partitions created");
    Ok(())
}

fn plan(
    image: &MetadataImage,
    asked: &CreatePartitionsTopic,
    room: usize,
) -> Result<CreatePartitions, Refusal> {
    let topic = image.topic_by_name(&asked.name).ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
    let present = topic.streams.len();
    let invalid = |message| Refusal::new(ErrorCode::INVALID_PARTITIONS, message);
    if topic_name::is_internal(&topic.name) {
        // A group lives in the partition that its name hashes to: with more of them it is lost.
        let name = &topic.name;
        return Err(invalid(format!("The number of partitions of {name} cannot be changed.")));
    }
    let count = usize::try_from(asked.count).unwrap_or(0);
    if count == present {
        return Err(invalid(format!("Topic already has {present} partition(s).")));
    }
    if count < present {
        return Err(invalid(format!(
            "The topic {} currently has {present} partition(s); {} would not be an increase.",
            asked.name, asked.count
        )));
    }
    let additional = count - present;
    if let Some(assignments) = &asked.assignments
        && assignments.len() != additional
    {
        let message = format!(
            "Attempted to add {additional} additional partition(s), but only {} assignment(s) \
             were specified.",
            assignments.len()
        );
        return Err(Refusal::new(ErrorCode::INVALID_REPLICA_ASSIGNMENT, message));
    }
    if additional > room {
        return Err(too_many_partitions());
    }
    let leaders = match &asked.assignments {
        Some(assignments) => {
            // As many as `Metadata` shows: who assigns goes by that.
            let shown = usize::try_from(topic.replication_factor).unwrap_or(1);
            let shown = shown.min(image.active_brokers().count()).max(1);
            let leader = |brokers| replica_assignment::leader(image, brokers, Some(shown));
            assignments
                .iter()
                .map(|assignment| leader(&assignment.broker_ids))
                .collect::<Result<Vec<NodeId>, Refusal>>()?
        }
        None => place_leaders(image, additional)
            .map_err(|error| Refusal::new(ErrorCode::REQUEST_TIMED_OUT, error.to_string()))?,
    };
    let existing = u32::try_from(present).expect("creation bounds it");
    Ok(CreatePartitions { id: topic.id, existing, leaders })
}

#[cfg(test)]
mod tests {
    use penstock_wire::WireString;
    use penstock_wire::create_partitions_request::CreatePartitionsAssignment;

    use super::*;
    use crate::testing::{add_topic, image_of};

    /// `t` has two partitions, led by node 1; node 2 is active too.
    fn check(
        name: &'static str,
        count: i32,
        assignments: Option<&[&[i32]]>,
        expect: Result<&[i32], (ErrorCode, Option<&str>)>,
    ) {
        let mut image = image_of(&[1, 2], &[]);
        add_topic(&mut image, "t", &[1, 1]);
        let assignment =
            |brokers: &&[i32]| CreatePartitionsAssignment { broker_ids: brokers.to_vec() };
        let asked = CreatePartitionsTopic {
            name: WireString::from(name),
            count,
            assignments: assignments.map(|all| all.iter().map(assignment).collect()),
        };
        let planned = plan(&image, &asked, 100);
        let leaders = planned.map(|command| command.leaders.iter().map(|node| node.0).collect());
        let expect = expect
            .map(<[i32]>::to_vec)
            .map_err(|(code, message)| Refusal { code, message: message.map(str::to_owned) });
        assert_eq!(leaders, expect, "{asked:?}");
    }

    #[test]
    fn topics_grow_by_plans_in_kafkas_words() {
        use ErrorCode as E;
        check("t", 5, None, Ok(&[2, 1, 2]));
        check("t", 3, Some(&[&[2]]), Ok(&[2]));
        check("u", 3, None, Err((E::UNKNOWN_TOPIC_OR_PARTITION, None)));
        check(
            "t",
            2,
            None,
            Err((E::INVALID_PARTITIONS, Some("Topic already has 2 partition(s)."))),
        );
        for (count, message) in [
            (1, "The topic t currently has 2 partition(s); 1 would not be an increase."),
            (-1, "The topic t currently has 2 partition(s); -1 would not be an increase."),
        ] {
            check("t", count, None, Err((E::INVALID_PARTITIONS, Some(message))));
        }
        for (count, assignments, message) in [
            (
                4,
                &[&[1][..]][..],
                "Attempted to add 2 additional partition(s), but only 1 assignment(s) were \
                 specified.",
            ),
            (3, &[&[]], "The manual partition assignment includes an empty replica list."),
            (
                3,
                &[&[1, 2]],
                "The manual partition assignment includes a partition with 2 replica(s), but this \
                 is not consistent with previous partitions, which have 1 replica(s).",
            ),
        ] {
            let refused = Err((E::INVALID_REPLICA_ASSIGNMENT, Some(message)));
            check("t", count, Some(assignments), refused);
        }
        let message = "Excessively large number of partitions per request.";
        check("t", i32::MAX, None, Err((E::POLICY_VIOLATION, Some(message))));
    }
}
