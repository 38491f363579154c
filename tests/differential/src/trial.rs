//! One sequence on both servers, and what differs.

use anyhow::Context;
use penstock_wire::ApiKey;
use serde_json::Value;

use crate::chosen::Chosen;
use crate::compare::{Difference, NAMES, compare};
use crate::connection::Outcome;
use crate::justified::{Justified, Seen, Shown, parts_ways};
use crate::peer::Peer;
use crate::player::Player;
use crate::sequence::Step;

/// A step whose answers differ where they must not.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// The step.
    pub(crate) step: Step,
    /// Everything about its answers that no line of the list justifies.
    pub(crate) differences: Vec<Difference>,
}

impl Fault {
    /// What faults of one cause share.
    pub(crate) fn cause(&self) -> (Option<ApiKey>, String) {
        (self.step.api(), self.differences[0].path.clone())
    }
}

/// Both players of one worker.
#[derive(Debug)]
pub(crate) struct Trial<'a> {
    kafka: Player<'a>,
    penstock: Player<'a>,
    worker: usize,
    tried: u64,
}

impl<'a> Trial<'a> {
    /// Players on both servers.
    ///
    /// # Errors
    /// When one does not do the simplest things.
    pub(crate) fn new(kafka: &'a Peer, penstock: &'a Peer, worker: usize) -> anyhow::Result<Self> {
        let (kafka, penstock) = (Player::new(kafka, worker)?, Player::new(penstock, worker)?);
        Ok(Self { kafka, penstock, worker, tried: 0 })
    }

    /// Plays a sequence on both, under names that nobody had before, and answers the first step at
    /// which they differ without reason.
    ///
    /// # Errors
    /// When a server does not take part.
    pub(crate) fn run(&mut self, steps: &[Step], shown: &Shown) -> anyhow::Result<Option<Fault>> {
        self.tried += 1;
        let prefix = format!("{NAMES}{}-{}-", self.worker, self.tried);
        let (kafka, penstock) = std::thread::scope(|scope| {
            let kafka = scope.spawn(|| self.kafka.play(steps, &prefix));
            let penstock = self.penstock.play(steps, &prefix);
            (kafka.join().expect("players do not panic"), penstock)
        });
        let (kafka, penstock) = (kafka.context("kafka")?, penstock.context("penstock")?);
        let mut chosen = Chosen::default();
        for (theirs, ours) in kafka.iter().zip(&penstock) {
            // A leader hears of members that hear of themselves only later.
            if let (Outcome::Answer(theirs), Outcome::Answer(ours)) =
                (&theirs.outcome, &ours.outcome)
            {
                chosen.agree("member_id", &theirs["member_id"], &ours["member_id"]);
            }
        }
        for (step, (theirs, ours)) in steps.iter().zip(kafka.iter().zip(&penstock)) {
            let (api, outcomes) = (step.api(), (&theirs.outcome, &ours.outcome));
            let found = compare(api, &prefix, outcomes.0, outcomes.1, &mut chosen);
            let (unlisted, listed) = judge(api, &theirs.asked, outcomes, found, shown);
            if !unlisted.is_empty() {
                return Ok(Some(Fault { step: step.clone(), differences: unlisted }));
            }
            if listed.iter().any(|line| line.ends) || parts_ways(api, &theirs.asked) {
                return Ok(None);
            }
        }
        Ok(None)
    }
}

fn judge(
    api: Option<ApiKey>,
    body: &Value,
    (kafka, penstock): (&Outcome, &Outcome),
    found: Vec<Difference>,
    shown: &Shown,
) -> (Vec<Difference>, Vec<&'static Justified>) {
    let answer = |outcome: &'_ Outcome| match outcome {
        Outcome::Answer(answer) => answer.clone(),
        _ => Value::Null,
    };
    let (kafka, penstock) = (answer(kafka), answer(penstock));
    let mut listed = Vec::new();
    let unlisted = found.into_iter().filter(|difference| {
        let line = shown.judge(api, &Seen { body, answers: (&kafka, &penstock), difference });
        listed.extend(line);
        line.is_none()
    });
    (unlisted.collect(), listed)
}
