//! Which leader epoch wrote which offsets (KIP-101, KIP-320): consumers ask it to find out
//! whether a log was cut behind their back.

use penstock_model::id::{Offset, StreamEpoch};

/// Leader epochs with the first offset of each, both growing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LeaderEpochs(Vec<(StreamEpoch, Offset)>);

impl LeaderEpochs {
    /// Whether an append of `epoch` at `offset` agrees with those on record.
    #[must_use]
    pub(super) fn may_begin(&self, epoch: StreamEpoch, offset: Offset) -> bool {
        self.0.last().is_none_or(|&(newest, start)| epoch <= newest || offset >= start)
    }

    /// Notes that `epoch` appended at `offset`. An epoch that is known, or a smaller one, changes
    /// nothing: the first append of each counts.
    ///
    /// # Panics
    /// When offsets go backwards, which the log's order rules out.
    pub(super) fn record(&mut self, epoch: StreamEpoch, offset: Offset) {
        if let Some(&(newest, start)) = self.0.last() {
            if epoch <= newest {
                return;
            }
            assert!(
                self.may_begin(epoch, offset),
                "epoch {epoch} begins at {offset}, before {newest} at {start}"
            );
        }
        self.0.push((epoch, offset));
    }

    /// The greatest epoch that is not above `asked`, and where it ended: at the start of the one
    /// that followed, or at `log_end`. `None` when `asked` is above `current`, the epoch of the
    /// leader itself.
    #[must_use]
    pub(super) fn end_of(
        &self,
        asked: StreamEpoch,
        current: StreamEpoch,
        log_end: Offset,
    ) -> Option<(StreamEpoch, Offset)> {
        if asked == current {
            return Some((current, log_end));
        }
        if asked > current {
            return None;
        }
        let after = self.0.partition_point(|&(epoch, _)| epoch <= asked);
        let end = self.0.get(after).map_or(log_end, |&(_, start)| start);
        match after.checked_sub(1) {
            Some(found) => Some((self.0[found].0, end)),
            // Trimmed away, or never written under: the oldest known start bounds it.
            None => Some((asked, end)),
        }
    }

    /// The epoch that wrote `offset`, or the one that would be the first to.
    #[must_use]
    pub(super) fn of(&self, offset: Offset) -> Option<StreamEpoch> {
        let after = self.0.partition_point(|&(_, start)| start <= offset);
        self.0.get(after.saturating_sub(1)).map(|&(epoch, _)| epoch)
    }

    /// Forgets epochs that ended at or before `log_start`.
    pub(super) fn trim(&mut self, log_start: Offset) {
        let ended = self.0.partition_point(|&(_, start)| start <= log_start).saturating_sub(1);
        self.0.drain(..ended);
        if let Some(first) = self.0.first_mut() {
            first.1 = first.1.max(log_start);
        }
    }

    /// Epoch and first offset, oldest first.
    #[must_use]
    pub(super) fn entries(&self) -> &[(StreamEpoch, Offset)] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epochs() -> LeaderEpochs {
        let mut epochs = LeaderEpochs::default();
        for (epoch, offset) in [(2, 0), (2, 5), (3, 10), (6, 30)] {
            epochs.record(StreamEpoch(epoch), Offset(offset));
        }
        epochs
    }

    #[test]
    fn ends() {
        #[track_caller]
        fn check(asked: u32, expect: Option<(u32, u64)>) {
            let found = epochs().end_of(StreamEpoch(asked), StreamEpoch(7), Offset(40));
            assert_eq!(found, expect.map(|(epoch, end)| (StreamEpoch(epoch), Offset(end))));
        }
        check(0, Some((0, 0)));
        check(2, Some((2, 10)));
        check(3, Some((3, 30)));
        check(5, Some((3, 30)));
        check(6, Some((6, 40)));
        check(7, Some((7, 40)));
        check(8, None);
    }

    #[test]
    fn who_wrote() {
        #[track_caller]
        fn check(offset: u64, expect: u32) {
            assert_eq!(epochs().of(Offset(offset)), Some(StreamEpoch(expect)));
        }
        check(0, 2);
        check(9, 2);
        check(10, 3);
        check(99, 6);
        assert_eq!(LeaderEpochs::default().of(Offset(0)), None);
    }

    #[test]
    fn trim_keeps_the_epoch_at_the_start() {
        let mut trimmed = epochs();
        trimmed.trim(Offset(12));
        assert_eq!(trimmed.entries(), [(StreamEpoch(3), Offset(12)), (StreamEpoch(6), Offset(30))]);
        trimmed.trim(Offset(100));
        assert_eq!(trimmed.entries(), [(StreamEpoch(6), Offset(100))]);
    }
}
