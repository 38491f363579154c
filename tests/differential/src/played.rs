//! A sequence while it is played: its connections, what they owe, and what came of the steps so far.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use penstock_wire::ApiKey;
use serde_json::Value;

use crate::connection::{Asked, Connection, Outcome};
use crate::sequence::Step;

/// What waits for others comes within this once nothing else happens: longer than any rebalance
/// timeout that a generator gives.
const PARKED_PATIENCE: Duration = Duration::from_secs(8);
/// What a step came to.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    /// The body as it was sent, with what the server itself had answered; null for bytes.
    pub(crate) asked: Value,
    /// What came of it.
    pub(crate) outcome: Outcome,
}

/// What the connections of a sequence are while it is played.
#[derive(Debug, Default)]
pub(crate) struct Played {
    pub(crate) connections: HashMap<u64, Line>,
    pub(crate) asked: Vec<Value>,
    outcomes: Vec<Option<Outcome>>,
    pub(crate) answers: HashMap<u64, Value>,
}

/// A connection, and the answers that it owes.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) connection: Connection,
    pub(crate) parked: VecDeque<(usize, Asked)>,
}

impl Played {
    /// Of a sequence of so many steps, before the first.
    pub(crate) fn of(steps: usize) -> Self {
        Self { outcomes: vec![None; steps], ..Self::default() }
    }

    /// What each step came to.
    ///
    /// # Panics
    /// When one has not been played.
    pub(crate) fn into_exchanges(self) -> Vec<Exchange> {
        let outcomes = self.outcomes.into_iter();
        let outcomes = outcomes.map(|outcome| outcome.expect("every step is played"));
        let exchanges = self.asked.into_iter().zip(outcomes);
        exchanges.map(|(asked, outcome)| Exchange { asked, outcome }).collect()
    }

    /// Takes the answers that a connection still owes: they come before any other.
    pub(crate) fn take_parked(&mut self, steps: &[Step], on: u64) {
        while let Some(line) = self.connections.get_mut(&on) {
            let Some((index, asked)) = line.parked.pop_front() else { return };
            let outcome = line.connection.hear(&asked, PARKED_PATIENCE);
            self.note(steps, index, outcome);
        }
    }

    pub(crate) fn note(&mut self, steps: &[Step], index: usize, outcome: Outcome) {
        let step = &steps[index];
        match &outcome {
            Outcome::Answer(answer) => {
                let answer = in_order(step, &self.asked[index], answer.clone());
                self.answers.insert(step.id, answer);
            }
            Outcome::Unanswered => {}
            Outcome::Closed | Outcome::Silence | Outcome::Garbled(_) => self.drop_line(step.on),
        }
        self.outcomes[index] = Some(outcome);
    }

    /// Later steps begin a new connection; what was parked on this one is lost with it.
    fn drop_line(&mut self, on: u64) {
        let Some(line) = self.connections.remove(&on) else { return };
        for (index, _) in line.parked {
            self.outcomes[index] = Some(Outcome::Closed);
        }
    }
}

/// An answer whose topics are in the order in which they were named, whatever the server's is: what
/// later steps ask goes by their places.
fn in_order(step: &Step, asked: &Value, mut answer: Value) -> Value {
    if step.api() == Some(ApiKey::CreateTopics)
        && let (Some(named), Some(told)) =
            (asked["topics"].as_array(), answer["topics"].as_array_mut())
    {
        told.sort_by_key(|told| named.iter().position(|named| named["name"] == told["name"]));
    }
    answer
}
