//! What is found to be wrong. The first finding ends the history.

use std::sync::{Arc, Mutex};

use penstock_tests::panics;

use crate::events::Events;

/// See the module. Clones are the same list.
#[derive(Clone)]
pub(crate) struct Findings {
    events: Events,
    first: Arc<Mutex<Option<String>>>,
}

impl Findings {
    /// Every panic on this thread is a finding from now on: the real process would end with it.
    pub(crate) fn new(events: Events) -> Self {
        panics::remember();
        panics::take();
        Self { events, first: Arc::default() }
    }

    /// Something is wrong.
    pub(crate) fn add(&self, what: impl Into<String>) {
        let what = what.into();
        self.events.note("oracle", &what);
        self.first.lock().expect("nothing panics with it").get_or_insert(what);
    }

    /// An invariant was looked at.
    pub(crate) fn look(&self, invariant: &str, looked: Result<(), String>) {
        if let Err(what) = looked {
            self.add(format!("{invariant}: {what}"));
        }
    }

    /// The first, if there is any.
    pub(crate) fn first(&self) -> Option<String> {
        self.first.lock().expect("nothing panics with it").clone().or_else(panics::first)
    }
}
