//! Committing offsets, and reading them back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use penstock_model::id::{Timestamp, TopicId};

use super::classic::Claim;
use super::coordinator::GroupCoordinator;
use super::error::GroupError;
use super::offsets::{Committed, Offsets};
use super::record;
use super::state::{Group, GroupState, Writes};

/// One offset of a commit; its partition exists.
#[derive(Clone, Debug)]
pub(crate) struct Commit {
    pub(crate) topic: Arc<str>,
    pub(crate) topic_id: TopicId,
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) leader_epoch: Option<i32>,
    pub(crate) metadata: Arc<str>,
}

/// Committed offsets as a group has them.
pub(crate) type CommittedOffsets = Vec<(Arc<str>, i32, Committed)>;

impl GroupCoordinator {
    /// Commits offsets; durable when this returns. Answers for each.
    ///
    /// # Errors
    /// When whoever commits may not, or the log does not take it now. Without members, a commit
    /// makes the group.
    pub(crate) async fn commit(
        self: &Arc<Self>,
        group: &str,
        claim: &Claim,
        retention: Option<Duration>,
        commits: Vec<Commit>,
    ) -> Result<Vec<Result<(), GroupError>>, GroupError> {
        let id = Self::group_id(group)?;
        let shard = self.shard_of(&id).await?;
        let judge = |commit: &Commit| self.check_note(&commit.metadata, retention.is_some());
        let outcomes: Vec<_> = commits.iter().map(judge).collect();
        // Of a partition that is named again, which no client does, the last commit counts: each
        // record states the group's id, which is much longer than what names the partition.
        let last: BTreeMap<(Arc<str>, i32), Commit> = commits
            .into_iter()
            .zip(&outcomes)
            .filter(|(_, outcome)| outcome.is_ok())
            .map(|(commit, _)| ((Arc::clone(&commit.topic), commit.partition), commit))
            .collect();
        let size = |commit: &Commit| {
            record::offset_bytes(group, &commit.topic, &commit.metadata, retention.is_some())
        };
        let bytes = record::batch_bytes_max(last.values().map(size));
        // Before anything is made of it, or room asked for that others need.
        if bytes > self.limits().record_bytes_max {
            return Err(GroupError::RecordTooLarge);
        }
        let is_simple = claim.generation.0 < 0;
        let makes = is_simple && !last.is_empty();
        let committing =
            self.act(&shard, &id, makes, Writes::Records(bytes), |state, now, change| {
                state.classic.check_commit(now, claim, &mut change.effects)?;
                let commits = last.iter();
                let commits = commits.map(|((topic, at), commit)| (topic, *at, &*commit.metadata));
                state.grow(state.offsets.growth(commits))?;
                let expires_at = retention.map(|retention| {
                    let retention = i64::try_from(retention.as_millis()).unwrap_or(i64::MAX);
                    Timestamp(now.wall.0.saturating_add(retention))
                });
                for ((topic, partition), commit) in last {
                    let committed = Committed {
                        offset: commit.offset,
                        leader_epoch: commit.leader_epoch,
                        metadata: commit.metadata,
                        committed_at: now.wall,
                        expires_at,
                        topic_id: Some(commit.topic_id),
                    };
                    change.records.push(record::offset(&id, &topic, partition, &committed));
                    state.offsets.set(topic, partition, committed);
                }
                Ok(())
            });
        let (outcome, written) = match committing.await {
            // Nothing that could be kept, for a group that need not be there.
            Err(GroupError::UnknownGroup) if is_simple => return Ok(outcomes),
            committed => committed?,
        };
        outcome?;
        self.durable(&shard, written).await?;
        Ok(outcomes)
    }

    /// Whether a note is short enough to be committed.
    fn check_note(&self, note: &str, expires: bool) -> Result<(), GroupError> {
        // The one format that knows when an offset expires counts in 15 bits.
        let fits = !expires || note.len() <= record::TEXT_BYTES_MAX;
        let fits = fits && note.encode_utf16().count() <= self.settings.metadata_max;
        fits.then_some(()).ok_or(GroupError::NoteTooLarge)
    }

    /// Measures what a group has committed, durable or not: not to be told. Nothing where nobody
    /// can be asked.
    pub(crate) async fn measure_commits(
        self: &Arc<Self>,
        group: &str,
        measure: impl FnOnce(&Offsets) -> usize,
    ) -> usize {
        let Ok(id) = Self::group_id(group) else { return 0 };
        let Ok(shard) = self.shard_of(&id).await else { return 0 };
        shard.find(group).map_or(0, |group| measure(&group.lock().offsets))
    }

    /// The offsets of these partitions, or of all; those never committed are not among them.
    ///
    /// # Errors
    /// When there is nobody to ask.
    pub(crate) async fn committed(
        self: &Arc<Self>,
        group: &str,
        partitions: Option<&[(Arc<str>, i32)]>,
    ) -> Result<CommittedOffsets, GroupError> {
        let id = Self::group_id(group)?;
        let shard = self.shard_of(&id).await?;
        let look = |_: &Group, state: &mut GroupState| {
            let offsets: CommittedOffsets = match partitions {
                None => {
                    let all = state.offsets.iter();
                    all.map(|(topic, partition, at)| (Arc::clone(topic), partition, at.clone()))
                        .collect()
                }
                Some(partitions) => {
                    let get = |(topic, partition): &(Arc<str>, i32)| {
                        let committed = state.offsets.get(topic, *partition)?;
                        Some((Arc::clone(topic), *partition, committed.clone()))
                    };
                    partitions.iter().filter_map(get).collect()
                }
            };
            (offsets, state.written)
        };
        let Some((offsets, written)) = self.look(&shard, group, look).await? else {
            return Ok(Vec::new());
        };
        self.durable(&shard, written).await?;
        let image = self.metadata.image();
        let is_there = |(topic, _, committed): &(Arc<str>, i32, Committed)| {
            image.topic_by_name(topic).is_some_and(|topic| committed.is_about(topic.id))
        };
        Ok(offsets.into_iter().filter(is_there).collect())
    }
}
