//! Assignments of replicas that a client states: what they must look like, and whom they make
//! leader. Replicas hold nothing here; the first active one of a partition leads it.

use std::collections::HashSet;

use penstock_model::id::NodeId;
use penstock_model::image::MetadataImage;

use super::error_code::ErrorCode;
use super::refusal::Refusal;

/// What an assignment of a whole topic says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Assigned {
    /// By partition.
    pub(super) leaders: Vec<NodeId>,
    pub(super) replication_factor: usize,
}

/// Checks the assignment of a new topic: each partition's number with its brokers.
pub(super) fn of_topic(
    image: &MetadataImage,
    assignments: &[(i32, &[i32])],
) -> Result<Assigned, Refusal> {
    let mut by_number: Vec<(i32, NodeId)> = Vec::with_capacity(assignments.len());
    let mut seen = HashSet::new();
    let mut replication_factor = None;
    for (number, brokers) in assignments {
        if !seen.insert(*number) {
            return Err(invalid(format!(
                "Found multiple manual partition assignments for partition {number}"
            )));
        }
        by_number.push((*number, leader(image, brokers, replication_factor)?));
        replication_factor.get_or_insert(brokers.len());
    }
    by_number.sort_unstable_by_key(|(number, _)| *number);
    if !(0..).zip(&by_number).all(|(expected, (number, _))| expected == *number) {
        return Err(invalid("partitions should be a consecutive 0-based integer sequence"));
    }
    let leaders = by_number.into_iter().map(|(_, leader)| leader).collect();
    Ok(Assigned { leaders, replication_factor: replication_factor.unwrap_or(0) })
}

/// Checks the assignment of one partition, with the number of replicas that others have.
pub(super) fn leader(
    image: &MetadataImage,
    brokers: &[i32],
    others: Option<usize>,
) -> Result<NodeId, Refusal> {
    if brokers.is_empty() {
        return Err(invalid("The manual partition assignment includes an empty replica list."));
    }
    let mut sorted = brokers.to_vec();
    sorted.sort_unstable();
    for (at, broker) in sorted.iter().enumerate() {
        if image.broker(NodeId(*broker)).is_none() {
            return Err(invalid(format!(
                "The manual partition assignment includes broker {broker}, but no such broker is \
                 registered."
            )));
        }
        if at > 0 && sorted[at - 1] == *broker {
            return Err(invalid(format!(
                "The manual partition assignment includes the broker {broker} more than once."
            )));
        }
    }
    if let Some(others) = others.filter(|others| *others != brokers.len()) {
        return Err(invalid(format!(
            "The manual partition assignment includes a partition with {} replica(s), but this is \
             not consistent with previous partitions, which have {others} replica(s).",
            brokers.len()
        )));
    }
    let is_active = |node: &NodeId| image.broker(*node).is_some_and(|broker| broker.active);
    let leader = brokers.iter().map(|broker| NodeId(*broker)).find(is_active);
    leader.ok_or_else(|| {
        invalid("All brokers specified in the manual partition assignment are fenced.")
    })
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(ErrorCode::INVALID_REPLICA_ASSIGNMENT, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::image_of;

    /// Nodes 1 and 2 are active, 3 is fenced.
    fn check(assignments: &[(i32, &[i32])], expect: Result<(&[i32], usize), &str>) {
        let image = image_of(&[1, 2], &[3]);
        let assigned = of_topic(&image, assignments);
        let expect = match expect {
            Ok((leaders, replication_factor)) => {
                let leaders = leaders.iter().map(|node| NodeId(*node)).collect();
                Ok(Assigned { leaders, replication_factor })
            }
            Err(message) => Err(invalid(message)),
        };
        assert_eq!(assigned, expect, "{assignments:?}");
    }

    #[test]
    fn assignments_are_judged_in_kafkas_words() {
        check(&[(0, &[1])], Ok((&[1], 1)));
        check(&[(1, &[2, 1]), (0, &[1, 2])], Ok((&[1, 2], 2)));
        check(&[(0, &[3, 2])], Ok((&[2], 2)));
        check(
            &[(0, &[1]), (0, &[1])],
            Err("Found multiple manual partition assignments for partition 0"),
        );
        for assignments in [&[(1, &[1][..])], &[(-1, &[1][..])]] {
            check(assignments, Err("partitions should be a consecutive 0-based integer sequence"));
        }
        check(&[(0, &[])], Err("The manual partition assignment includes an empty replica list."));
        check(
            &[(0, &[9, 1])],
            Err("The manual partition assignment includes broker 9, but no such broker is \
                 registered."),
        );
        check(
            &[(0, &[2, 1, 2])],
            Err("The manual partition assignment includes the broker 2 more than once."),
        );
        check(
            &[(0, &[1]), (1, &[1, 2])],
            Err(
                "The manual partition assignment includes a partition with 2 replica(s), but this \
                 is not consistent with previous partitions, which have 1 replica(s).",
            ),
        );
        check(
            &[(0, &[3])],
            Err("All brokers specified in the manual partition assignment are fenced."),
        );
    }
}
