//! A generation of a group that was synced has one assignment for ever, generations never go back
//! behind one, and who is of an older one is told so.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::Looked;

/// What each member is to do, by its id.
pub(crate) type Assignments = BTreeMap<String, Bytes>;

/// The generations of one group.
#[derive(Default)]
pub(crate) struct Generations {
    /// By generation. One that was never synced may come again, and is led anew.
    sent: BTreeMap<i32, Vec<Assignments>>,
    /// Those that count.
    synced: BTreeMap<i32, Assignments>,
}

impl Generations {
    /// The newest that is known to be synced.
    pub(crate) fn newest(&self) -> i32 {
        self.synced.last_key_value().map_or(0, |(generation, _)| *generation)
    }

    /// A leader hands these in.
    pub(crate) fn sent(&mut self, generation: i32, assignments: Assignments) {
        self.sent.entry(generation).or_default().push(assignments);
    }

    /// A member was given this.
    pub(crate) fn synced(&mut self, generation: i32, member: &str, given: &Bytes) -> Looked {
        let holds = |all: &&Assignments| all.get(member) == Some(given);
        if let Some(all) = self.synced.get(&generation) {
            return match holds(&all) {
                true => Ok(()),
                false => Err(format!("generation {generation} has two assignments")),
            };
        }
        let sent = self.sent.get(&generation);
        let Some(all) = sent.and_then(|sent| sent.iter().rev().find(holds)) else {
            return Err(format!("{member} is given what no leader of {generation} handed in"));
        };
        self.synced.insert(generation, all.clone());
        Ok(())
    }
}

/// A member of this generation was told that all is well; `newest` was synced before it asked.
pub(crate) fn look(generation: i32, newest: i32) -> Looked {
    if generation >= newest {
        return Ok(());
    }
    Err(format!("generation {generation} goes on, though {newest} was synced"))
}
