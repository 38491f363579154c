//! Verdicts on the partitions that a request names: some are refused at the door, because they are
//! not there; the coordinator judges the rest.

use std::collections::HashMap;
use std::hash::Hash;

use super::error_code::ErrorCode;

/// The partitions of one topic, and what is said of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TopicVerdicts<T> {
    pub(super) topic: T,
    pub(super) partitions: Vec<(i32, ErrorCode)>,
}

/// See the module. In the order of Kafka's answers: what was refused at the door comes first.
#[derive(Debug)]
pub(super) struct Verdicts<T> {
    refused: Vec<TopicVerdicts<T>>,
    /// Partitions that wait for their verdict.
    admitted: Vec<(T, Vec<i32>)>,
}

impl<T: Clone + Eq + Hash> Verdicts<T> {
    pub(super) fn new() -> Self {
        Self { refused: Vec::new(), admitted: Vec::new() }
    }

    /// Whether the coordinator has nothing to judge.
    pub(super) fn is_all_refused(&self) -> bool {
        self.admitted.is_empty()
    }

    /// Takes a topic of the request, and what the door says of its partitions.
    pub(super) fn add(
        &mut self,
        topic: &T,
        partitions: impl Iterator<Item = (i32, Result<(), ErrorCode>)>,
    ) {
        let (mut refused, mut admitted) = (Vec::new(), Vec::new());
        for (partition, verdict) in partitions {
            match verdict {
                Ok(()) => admitted.push(partition),
                Err(error) => refused.push((partition, error)),
            }
        }
        if !refused.is_empty() {
            self.refused.push(TopicVerdicts { topic: topic.clone(), partitions: refused });
        }
        if !admitted.is_empty() {
            self.admitted.push((topic.clone(), admitted));
        }
    }

    /// All verdicts, with the coordinator's on what was admitted, in order.
    pub(super) fn complete(
        self,
        mut verdicts: impl Iterator<Item = ErrorCode>,
    ) -> Vec<TopicVerdicts<T>> {
        let mut places = HashMap::new();
        let mut all: Vec<TopicVerdicts<T>> = Vec::new();
        for topic in self.refused {
            let place = *places.entry(topic.topic.clone()).or_insert(all.len());
            match all.get_mut(place) {
                Some(earlier) => earlier.partitions.extend(topic.partitions),
                None => all.push(topic),
            }
        }
        for (topic, partitions) in self.admitted {
            let judged = partitions.into_iter().map(|partition| {
                (partition, verdicts.next().expect("the coordinator judges what was admitted"))
            });
            match places.get(&topic).and_then(|place| all.get_mut(*place)) {
                Some(refused) => refused.partitions.extend(judged),
                None => {
                    let partitions = judged.collect();
                    all.push(TopicVerdicts { topic, partitions });
                }
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_at_the_door_comes_first() {
        let mut verdicts = Verdicts::new();
        let (yes, no) = (Ok(()), Err(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
        verdicts.add(&"a", [(0, yes)].into_iter());
        verdicts.add(&"b", [(0, yes), (9, no), (1, yes)].into_iter());
        verdicts.add(&"none", [(0, no)].into_iter());
        verdicts.add(&"a", [(1, yes)].into_iter());
        verdicts.add(&"none", [(1, no)].into_iter());
        assert!(!verdicts.is_all_refused());
        let judged = [1, 2, 0, 4].map(ErrorCode);
        let all: Vec<_> = verdicts
            .complete(judged.into_iter())
            .into_iter()
            .map(|topic| {
                let codes = topic.partitions.iter().map(|(at, code)| (*at, code.0));
                (topic.topic, codes.collect::<Vec<_>>())
            })
            .collect();
        let expect = [
            ("b", vec![(9, 3), (0, 2), (1, 0)]),
            ("none", vec![(0, 3), (1, 3)]),
            ("a", vec![(0, 1)]),
            ("a", vec![(1, 4)]),
        ];
        assert_eq!(all, expect);
    }
}
