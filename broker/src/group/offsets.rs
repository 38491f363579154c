//! The offsets that a group has committed.

use std::collections::BTreeMap;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use penstock_model::id::{Timestamp, TopicId};

use crate::footprint::{first_node, in_tree, text};

/// How far a group has come in a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Committed {
    /// The next offset to read, as the client stated it: any number.
    pub(crate) offset: i64,
    /// The leader epoch of the record before it, where the client knew it.
    pub(crate) leader_epoch: Option<i32>,
    /// The client's own note.
    pub(crate) metadata: Arc<str>,
    /// When it was committed.
    pub(crate) committed_at: Timestamp,
    /// When it expires, where the client said so.
    pub(crate) expires_at: Option<Timestamp>,
    /// Which topic had the name then; unknown for what Kafka before 4.1 wrote.
    pub(crate) topic_id: Option<TopicId>,
}

impl Committed {
    /// Whether it is about the topic that has this id now: a topic that was deleted took its
    /// offsets with it, whoever has its name since.
    pub(crate) fn is_about(&self, topic: TopicId) -> bool {
        self.topic_id.is_none_or(|id| id == topic)
    }
}

/// What makes offsets expire.
#[derive(Clone, Debug)]
pub(crate) struct Expiry {
    /// The time.
    pub(crate) now: Timestamp,
    /// `offsets.retention.minutes`.
    pub(crate) retention: Duration,
    /// From when on all are kept so long; each from its own commit on where there is none.
    pub(crate) since: Option<Timestamp>,
    /// Topics that members read: their offsets do not expire.
    pub(crate) in_use: HashSet<Arc<str>>,
}

impl Expiry {
    fn has_come_for(&self, topic: &Arc<str>, committed: &Committed) -> bool {
        if self.in_use.contains(topic) {
            return false;
        }
        if let Some(expires_at) = committed.expires_at {
            return self.now >= expires_at;
        }
        let since = self.since.unwrap_or(committed.committed_at);
        let kept = u128::try_from(self.now.0.saturating_sub(since.0)).unwrap_or(0);
        kept >= self.retention.as_millis()
    }
}

/// See the module. By topic and partition.
#[derive(Clone, Debug, Default)]
pub(crate) struct Offsets {
    topics: BTreeMap<Arc<str>, Partitions>,
    /// What they take in memory.
    bytes: usize,
}

/// The commits of a topic.
type Partitions = BTreeMap<i32, Committed>;

/// What a topic takes beside its commits.
fn topic_bytes(topic: &str) -> usize {
    in_tree::<(Arc<str>, Partitions)>() + text(topic) + first_node::<(i32, Committed)>()
}

/// What the lag behind a commit takes, which is shown with the metrics: three labels and a number of
/// its own in a table that is up to half empty, by records and by time.
const LAG_BYTES: usize = 320;

/// What a commit takes.
fn commit_bytes(metadata: &str) -> usize {
    in_tree::<(i32, Committed)>() + text(metadata) + LAG_BYTES
}

impl Offsets {
    /// What the first commit takes beside itself and its topic.
    pub(super) const FIRST_BYTES: usize = first_node::<(Arc<str>, Partitions)>();

    /// What they take in memory, beside the first node of the tree.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The same, counted anew.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(super) fn counted_anew(&self) -> usize {
        let mut same = Self::default();
        for (topic, partition, committed) in self.iter() {
            same.set(Arc::clone(topic), partition, committed.clone());
        }
        same.bytes
    }

    /// How many bytes more they will take with these commits, which are in order of topic.
    pub(super) fn growth<'a>(
        &self,
        commits: impl IntoIterator<Item = (&'a Arc<str>, i32, &'a str)>,
    ) -> usize {
        let (mut added, mut replaced, mut new_topic) = (0, 0, None);
        for (topic, partition, metadata) in commits {
            if new_topic != Some(topic) && !self.topics.contains_key(topic) {
                added += topic_bytes(topic);
                new_topic = Some(topic);
            }
            added += commit_bytes(metadata);
            let former = self.get(topic, partition);
            replaced += former.map_or(0, |former| commit_bytes(&former.metadata));
        }
        added.saturating_sub(replaced)
    }

    /// None at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.topics.is_empty()
    }

    /// Takes a commit.
    pub(crate) fn set(&mut self, topic: Arc<str>, partition: i32, committed: Committed) {
        let added = commit_bytes(&committed.metadata);
        let partitions = self.topics.entry(topic).or_insert_with_key(|topic| {
            self.bytes += topic_bytes(topic);
            Partitions::new()
        });
        let former = partitions.insert(partition, committed);
        self.bytes += added;
        self.bytes -= former.map_or(0, |former| commit_bytes(&former.metadata));
    }

    /// Forgets a commit.
    pub(crate) fn remove(&mut self, topic: &str, partition: i32) {
        if let Some(partitions) = self.topics.get_mut(topic) {
            let former = partitions.remove(&partition);
            self.bytes -= former.map_or(0, |former| commit_bytes(&former.metadata));
            if partitions.is_empty() {
                self.topics.remove(topic);
                self.bytes -= topic_bytes(topic);
            }
        }
    }

    /// The commit of one partition.
    pub(crate) fn get(&self, topic: &str, partition: i32) -> Option<&Committed> {
        self.topics.get(topic)?.get(&partition)
    }

    /// Every commit.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Arc<str>, i32, &Committed)> {
        self.topics.iter().flat_map(|(topic, partitions)| {
            partitions.iter().map(move |(partition, committed)| (topic, *partition, committed))
        })
    }

    /// What is to be forgotten: for age, or because its topic is not the one that `topic_id` says.
    pub(crate) fn expired(
        &self,
        expiry: Option<&Expiry>,
        topic_id: impl Fn(&str) -> Option<TopicId>,
    ) -> Vec<(Arc<str>, i32)> {
        let mut expired = Vec::new();
        for (topic, partitions) in &self.topics {
            let id = topic_id(topic);
            for (partition, committed) in partitions {
                let is_there = id.is_some_and(|id| committed.is_about(id));
                let is_old = expiry.is_some_and(|expiry| expiry.has_come_for(topic, committed));
                if !is_there || is_old {
                    expired.push((Arc::clone(topic), *partition));
                }
            }
        }
        expired
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOPIC: TopicId = TopicId([1; 16]);

    fn committed(at: i64, expires_at: Option<i64>, topic_id: Option<TopicId>) -> Committed {
        Committed {
            offset: 1,
            leader_epoch: None,
            metadata: Arc::from(""),
            committed_at: Timestamp(at),
            expires_at: expires_at.map(Timestamp),
            topic_id,
        }
    }

    #[test]
    fn offsets_expire_by_age_and_with_their_topic() {
        fn check(committed: &Committed, expiry: Option<(i64, Option<i64>, &str)>, expect: bool) {
            let mut offsets = Offsets::default();
            offsets.set(Arc::from("t"), 3, committed.clone());
            let expiry = expiry.map(|(now, since, in_use)| Expiry {
                now: Timestamp(now),
                retention: Duration::from_millis(100),
                since: since.map(Timestamp),
                in_use: [Arc::from(in_use)].into(),
            });
            let ids = |name: &str| (name == "t").then_some(TOPIC);
            let expired = !offsets.expired(expiry.as_ref(), ids).is_empty();
            assert_eq!(expired, expect, "{committed:?} {expiry:?}");
        }
        // From the commit on.
        check(&committed(50, None, None), Some((149, None, "")), false);
        check(&committed(50, None, None), Some((150, None, "")), true);
        // From when the group became empty.
        check(&committed(50, None, None), Some((150, Some(60), "")), false);
        check(&committed(50, None, None), Some((160, Some(60), "")), true);
        // As the client said.
        check(&committed(50, Some(70), None), Some((69, None, "")), false);
        check(&committed(50, Some(70), None), Some((70, None, "")), true);
        // Not while a member reads the topic, nor while the group has members.
        check(&committed(50, None, None), Some((500, None, "t")), false);
        check(&committed(50, Some(70), None), None, false);
        // With the topic.
        check(&committed(50, None, Some(TOPIC)), None, false);
        check(&committed(50, None, Some(TopicId([2; 16]))), None, true);
    }

    #[test]
    fn the_last_partition_takes_the_topic_with_it() {
        let mut offsets = Offsets::default();
        offsets.set(Arc::from("t"), 0, committed(0, None, None));
        offsets.set(Arc::from("t"), 1, committed(0, None, None));
        offsets.remove("t", 0);
        assert_eq!(offsets.iter().count(), 1);
        offsets.remove("t", 1);
        offsets.remove("t", 1);
        assert!(offsets.is_empty() && offsets.get("t", 1).is_none());
    }

    #[test]
    fn they_know_what_they_take_and_what_a_commit_adds() {
        #[track_caller]
        fn check(offsets: &mut Offsets, commits: &[(&str, i32, &str)], grows: bool) {
            let topics: Vec<Arc<str>> =
                commits.iter().map(|(topic, ..)| Arc::from(*topic)).collect();
            let named = commits.iter().zip(&topics);
            let growth = offsets
                .growth(named.map(|((_, partition, note), topic)| (topic, *partition, *note)));
            let before = offsets.bytes();
            for (topic, partition, note) in commits {
                let metadata = Arc::from(*note);
                offsets.set(
                    Arc::from(*topic),
                    *partition,
                    Committed { metadata, ..committed(0, None, None) },
                );
            }
            assert_eq!(growth, offsets.bytes().saturating_sub(before));
            assert_eq!(growth > 0, grows);
        }
        let mut offsets = Offsets::default();
        let note = "x".repeat(1_000);
        check(&mut offsets, &[("a", 0, ""), ("a", 1, &note), ("b", 0, "")], true);
        check(&mut offsets, &[("a", 0, ""), ("a", 1, &note), ("b", 0, "")], false);
        check(&mut offsets, &[("a", 0, &note), ("a", 1, "")], false);
        check(&mut offsets, &[("a", 1, &note)], true);
        check(&mut offsets, &[("a", 2, "")], true);
        for (topic, partition) in [("a", 0), ("a", 1), ("a", 2), ("a", 3), ("b", 0), ("c", 0)] {
            offsets.remove(topic, partition);
        }
        assert_eq!(offsets.bytes(), 0);
    }
}
