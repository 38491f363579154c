//! Which fault meets which request: drawn from a seed, so that the n-th request of a method for a
//! key meets the same one in every run, however threads take turns.

use std::time::Duration;

use crate::random::Random;

/// What can happen to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is passed on late: most up to `typical`, one of twenty only after `tail`.
    Late {
        /// The most that most wait.
        typical: Duration,
        /// What the rest wait.
        tail: Duration,
    },
    /// It is not passed on, and answered with 503 `ServiceUnavailable`.
    Unavailable,
    /// It is not passed on, and answered with 503 `SlowDown`.
    SlowDown,
    /// It is passed on, and its answer never comes; the connection stays open.
    AnswerWithheld,
    /// It is not passed on, and the connection is reset.
    ResetBefore,
    /// It is passed on, and the connection is reset in place of its answer.
    ResetAfter,
    /// It is passed on, and half of the answer comes; the connection stays open.
    AnswerHangs,
    /// It is passed on, and half of the answer comes; the connection is closed.
    AnswerCut,
    /// Where it changes the store, it is sent once more, so much later.
    Repeated {
        /// How much.
        after: Duration,
    },
}

/// How the store is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// Connections are reset as soon as they are made, and those that are there are closed.
    Refused,
    /// Connections are accepted, and nothing on them is ever read or answered, even when the
    /// outage is over.
    Silent,
}

/// What happens to requests from now on.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub(super) outage: Option<Outage>,
    /// With how many of a thousand requests each meets.
    faults: Vec<(Fault, usize)>,
}

impl Plan {
    /// All requests meet this.
    #[must_use]
    pub fn away(outage: Outage) -> Self {
        Self { outage: Some(outage), ..Self::default() }
    }

    /// So many of a thousand requests meet this one too.
    ///
    /// # Panics
    /// When more than a thousand of a thousand meet one.
    #[must_use]
    pub fn with(mut self, fault: Fault, per_mille: usize) -> Self {
        self.faults.push((fault, per_mille));
        let all: usize = self.faults.iter().map(|(_, per_mille)| per_mille).sum();
        assert!(all <= 1_000, "a request meets one fault at most");
        self
    }

    /// The fault of one request, and chance for how it is met.
    pub(super) fn draw(
        &self,
        seed: u64,
        method: &str,
        key: &str,
        nth: u64,
    ) -> (Option<Fault>, Random) {
        let identity = format!("{method} {key} {nth}");
        let mut random = Random::new(seed ^ u64::from(crc32c::crc32c(identity.as_bytes())));
        let mut at = random.below(1_000);
        for (fault, per_mille) in &self.faults {
            if at < *per_mille {
                return (Some(*fault), random);
            }
            at -= per_mille;
        }
        (None, random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_met_as_often_as_planned() {
        let plan = Plan::default().with(Fault::SlowDown, 300).with(Fault::ResetAfter, 100);
        let drawn = |nth| plan.draw(7, "PUT", "wal/1", nth).0;
        let count = |fault| (0..10_000).filter(|nth| drawn(*nth) == fault).count();
        let near =
            |count: usize, expected: usize| assert!(count.abs_diff(expected) < 200, "{count}");
        near(count(Some(Fault::SlowDown)), 3_000);
        near(count(Some(Fault::ResetAfter)), 1_000);
        near(count(None), 6_000);
        assert_eq!(count(Some(Fault::Unavailable)), 0);
    }

    #[test]
    fn the_same_request_meets_the_same_fault() {
        let plan = Plan::default().with(Fault::AnswerCut, 500);
        let history = |seed, key| -> Vec<_> {
            (0..64).map(|nth| plan.draw(seed, "GET", key, nth).0).collect()
        };
        assert_eq!(history(1, "data/1"), history(1, "data/1"));
        assert_ne!(history(1, "data/1"), history(2, "data/1"));
        assert_ne!(history(1, "data/1"), history(1, "data/2"));
    }
}
