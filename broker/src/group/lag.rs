//! How far groups are behind what they read: by records, and by time.
//!
//! Ends and times come from what the node has in memory. Nothing is read for it: the time of a
//! record that is in an object alone is that of the upload's newest of its partition, so that a
//! group may be further behind by as long as one upload gathers (`upload.interval.ms`).

use std::collections::HashMap;
use std::sync::Arc;

use penstock_model::id::{Offset, Timestamp, TopicId};
use penstock_model::image::MetadataImage;

use super::classic::State;
use super::coordinator::GroupCoordinator;
use super::offsets::Committed;
use super::state::{Group, GroupState};
use crate::log::Partition;
use crate::metrics::{LagLabel, Metrics};

/// The longest name of a group whose lag is shown with the metrics, as long as a topic's may be.
const LAG_GROUP_BYTES_MAX: usize = 249;

/// A group's position in one partition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Position {
    pub(crate) topic: Arc<str>,
    pub(crate) partition: i32,
    pub(crate) committed: i64,
    /// `None` where the partition is not led here, or not open.
    pub(crate) behind: Option<Behind>,
}

/// How far that is from the end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Behind {
    /// The end.
    pub(crate) end: i64,
    /// Offsets to it.
    pub(crate) records: i64,
    /// Since the record that is next was written.
    pub(crate) seconds: f64,
}

/// A group with all its positions.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GroupFigures {
    pub(crate) id: Arc<str>,
    pub(crate) state: State,
    pub(crate) protocol_type: Option<Arc<str>>,
    pub(crate) members: usize,
    /// Partitions with a committed offset.
    pub(crate) positions: usize,
    /// Of all of them that are led here.
    pub(crate) records: i64,
    /// The greatest of them.
    pub(crate) seconds: f64,
}

/// The partitions that are led here, by what groups call them.
struct Led<'a> {
    image: &'a MetadataImage,
    partitions: HashMap<(TopicId, u32), Arc<Partition>>,
    now: Timestamp,
}

impl Led<'_> {
    /// A position that is about the topic that has its name now.
    fn position(
        &self,
        topic: &Arc<str>,
        partition: i32,
        committed: &Committed,
    ) -> Option<Position> {
        let id = self.image.topic_by_name(topic)?.id;
        if !committed.is_about(id) {
            return None;
        }
        let number = u32::try_from(partition).ok()?;
        let behind =
            self.partitions.get(&(id, number)).map(|led| self.behind(led, committed.offset));
        Some(Position { topic: Arc::clone(topic), partition, committed: committed.offset, behind })
    }

    fn behind(&self, led: &Partition, committed: i64) -> Behind {
        let end = led.stream().offsets().durable;
        let records = end.to_wire().saturating_sub(committed).max(0);
        let next = u64::try_from(committed).map_or(Offset::ZERO, Offset);
        let written = if records > 0 { led.stream().written_by(next) } else { None };
        let milliseconds = written.map_or(0, |at| self.now.0.saturating_sub(at.0).max(0));
        #[expect(clippy::cast_precision_loss, reason = "a span of seconds, not a moment")]
        let seconds = milliseconds as f64 / 1_000.0;
        Behind { end: end.to_wire(), records, seconds }
    }

    fn positions<'a>(&'a self, state: &'a GroupState) -> impl Iterator<Item = Position> + 'a {
        let all = state.offsets.iter();
        all.filter_map(|(topic, partition, committed)| self.position(topic, partition, committed))
    }

    fn figures(&self, group: &Group) -> GroupFigures {
        let state = group.lock();
        let mut figures = GroupFigures {
            id: Arc::clone(&group.id.0),
            state: state.classic.state(),
            protocol_type: state.classic.protocol_type().cloned(),
            members: state.classic.members().count(),
            positions: 0,
            records: 0,
            seconds: 0.0,
        };
        for position in self.positions(&state) {
            figures.positions += 1;
            let Some(behind) = position.behind else { continue };
            figures.records = figures.records.saturating_add(behind.records);
            figures.seconds = figures.seconds.max(behind.seconds);
        }
        figures
    }
}

impl GroupCoordinator {
    /// The groups behind `after` by name, so many at most, and whether there are more. Those that
    /// are still being loaded are not among them.
    pub(crate) fn figures(&self, after: Option<&str>, limit: usize) -> (Vec<GroupFigures>, bool) {
        let image = self.metadata.image();
        let led = self.led(&image);
        let mut groups = self.loaded();
        groups.retain(|group| after.is_none_or(|after| &*group.id.0 > after));
        let figures = groups.iter().take(limit).map(|group| led.figures(group)).collect();
        (figures, groups.len() > limit)
    }

    /// One group, and its positions behind `after`, so many at most, and whether there are more.
    /// `None` where no such group is loaded here.
    pub(crate) fn positions(
        &self,
        group: &str,
        after: Option<(&str, i32)>,
        limit: usize,
    ) -> Option<(GroupFigures, Vec<Position>, bool)> {
        let image = self.metadata.image();
        let led = self.led(&image);
        let group = self.loaded().into_iter().find(|loaded| &*loaded.id.0 == group)?;
        let figures = led.figures(&group);
        let state = group.lock();
        let mut behind = led
            .positions(&state)
            .filter(|at| after.is_none_or(|after| (&*at.topic, at.partition) > after));
        let positions: Vec<_> = behind.by_ref().take(limit).collect();
        let more = behind.next().is_some();
        drop(behind);
        drop(state);
        Some((figures, positions, more))
    }

    /// Sets the lag of every committed offset whose partition is led here, of so many at most.
    /// Groups with a name that is much longer than what it would tell of are left out: each line
    /// has it.
    pub(crate) fn sample_lag(&self, metrics: &Metrics, series_max: usize) {
        let image = self.metadata.image();
        let led = self.led(&image);
        metrics.consumer_group_lag.clear();
        metrics.consumer_group_lag_seconds.clear();
        let (mut shown, mut omitted) = (0, 0);
        for group in self.loaded() {
            let named = group.id.0.len() <= LAG_GROUP_BYTES_MAX;
            for position in led.positions(&group.lock()) {
                let Some(behind) = position.behind else { continue };
                if !named || shown == series_max {
                    omitted += 1;
                    continue;
                }
                shown += 1;
                let label = LagLabel {
                    group: Arc::clone(&group.id.0),
                    topic: position.topic,
                    partition: position.partition,
                };
                metrics.consumer_group_lag.get_or_create(&label).set(behind.records);
                metrics.consumer_group_lag_seconds.get_or_create(&label).set(behind.seconds);
            }
        }
        metrics.consumer_group_lag_omitted.set(omitted);
    }

    fn led<'a>(&self, image: &'a MetadataImage) -> Led<'a> {
        let opened = self.partitions.opened().into_iter();
        let partitions = opened.map(|led| ((led.topic(), led.number()), led)).collect();
        Led { image, partitions, now: self.clock.now() }
    }

    /// The groups that are loaded, by name.
    fn loaded(&self) -> Vec<Arc<Group>> {
        let shards = self.ready_shards().into_iter();
        let mut groups: Vec<_> = shards.flat_map(|(_, shard)| shard.all()).collect();
        groups.sort_unstable_by(|a, b| a.id.0.cmp(&b.id.0));
        groups
    }
}
