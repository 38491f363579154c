//! Breadth-first search over all states that can be reached, so that the first violation found is
//! one of the shortest. A state that was visited is kept as a 64-bit hash.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};

use crate::actions::Action;
use crate::rules::Rules;
use crate::state::State;

/// What a search found.
pub(crate) struct Found {
    pub(crate) violation: Option<Violation>,
    pub(crate) states: usize,
    /// Steps from the first state to the farthest one.
    pub(crate) depth: usize,
    /// Whether every state was visited.
    pub(crate) is_exhaustive: bool,
}

/// What is wrong, and how it came to that.
pub(crate) struct Violation {
    pub(crate) what: &'static str,
    pub(crate) steps: Vec<Action>,
}

/// The keys are hashes already.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("the keys are u64")
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

fn hash(state: &State) -> u64 {
    let mut hasher = DefaultHasher::new();
    state.hash(&mut hasher);
    hasher.finish()
}

/// Streams begin alike and follow the same rules: which is which makes no difference.
fn fingerprint(rules: &Rules, state: &State) -> u64 {
    match rules.bounds.streams {
        2 => hash(state).min(hash(&state.with_streams_swapped())),
        _ => hash(state),
    }
}

/// How each state was first reached, in order of discovery.
struct Origins(Vec<(usize, Option<Action>)>);

impl Origins {
    fn steps_to(&self, mut state: usize) -> Vec<Action> {
        let mut steps = Vec::new();
        while let (before, Some(action)) = self.0[state] {
            steps.push(action);
            state = before;
        }
        steps.reverse();
        steps
    }
}

/// Visits every state, or up to about `states_max`.
pub(crate) fn search(rules: &Rules, states_max: usize) -> Found {
    let mut seen: HashSet<u64, BuildHasherDefault<AsItIs>> = HashSet::default();
    let mut origins = Origins(vec![(0, None)]);
    let first = rules.first_state();
    seen.insert(fingerprint(rules, &first));
    let mut level = vec![(0, first)];
    let mut depth = 0;
    let mut actions = Vec::new();
    while !level.is_empty() && seen.len() < states_max {
        let mut next = Vec::new();
        for (number, state) in level {
            actions.clear();
            rules.actions(&state, &mut actions);
            for &action in &actions {
                let mut after = state.clone();
                let stepped = rules.step(&mut after, action);
                let is_new = seen.insert(fingerprint(rules, &after));
                let checked = if is_new { rules.check(&after) } else { Ok(()) };
                if let Err(what) = stepped.and(checked) {
                    let mut steps = origins.steps_to(number);
                    steps.push(action);
                    let (states, depth) = (seen.len(), steps.len());
                    let violation = Some(Violation { what, steps });
                    return Found { violation, states, depth, is_exhaustive: false };
                }
                if is_new {
                    origins.0.push((number, Some(action)));
                    next.push((origins.0.len() - 1, after));
                }
            }
            if seen.len() >= states_max {
                return Found { violation: None, states: seen.len(), depth, is_exhaustive: false };
            }
        }
        level = next;
        depth += usize::from(!level.is_empty());
    }
    Found { violation: None, states: seen.len(), depth, is_exhaustive: true }
}
