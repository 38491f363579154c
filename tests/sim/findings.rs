//! What is found to be wrong. The first finding ends the history.

use std::cell::RefCell;
use std::panic;
use std::sync::{Arc, Mutex, Once};

use crate::events::Events;

thread_local! {
    /// The first panic of the history that runs on this thread, be it in a task.
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// See the module. Clones are the same list.
#[derive(Clone)]
pub(crate) struct Findings {
    events: Events,
    first: Arc<Mutex<Option<String>>>,
}

impl Findings {
    /// Every panic on this thread is a finding from now on: the real process would end with it.
    pub(crate) fn new(events: Events) -> Self {
        remember_panics();
        PANIC.take();
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
        let panicked = PANIC.with_borrow(Clone::clone);
        self.first.lock().expect("nothing panics with it").clone().or(panicked)
    }
}

fn remember_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            PANIC.with_borrow_mut(|first| {
                first.get_or_insert_with(|| panic.to_string());
            });
            print(panic);
        }));
    });
}
