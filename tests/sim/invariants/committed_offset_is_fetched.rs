//! What a group has committed is what it fetches: the last acknowledged commit, or one that was
//! sent after it and never answered.

use super::Looked;

/// The commits of one group for one partition.
#[derive(Default)]
pub(crate) struct Commits {
    acked: Option<i64>,
    /// Sent since, in order, and not answered.
    perhaps: Vec<i64>,
}

impl Commits {
    /// A commit is sent.
    pub(crate) fn sent(&mut self, offset: i64) {
        self.perhaps.push(offset);
    }

    /// The last one that was sent is acknowledged.
    pub(crate) fn acked(&mut self) {
        self.acked = self.perhaps.pop();
        self.perhaps.clear();
    }

    /// The group fetches; `None` when nothing is committed. From now on this is known.
    pub(crate) fn look(&mut self, fetched: Option<i64>) -> Looked {
        let may_be =
            fetched == self.acked || fetched.is_some_and(|fetched| self.perhaps.contains(&fetched));
        if !may_be {
            let Self { acked, perhaps } = self;
            return Err(format!("{fetched:?} is fetched, {acked:?} was acked, {perhaps:?} sent"));
        }
        // One that was lost behind that was told before it was kept.
        self.acked = fetched;
        Ok(())
    }
}
