//! Panics as findings: where a history runs on one thread, the real process would end with each of
//! them, also with that of a task.

use std::cell::RefCell;
use std::panic;
use std::sync::Once;

thread_local! {
    /// The first panic of the history that runs on this thread.
    static FIRST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// From now on the first panic of each thread is remembered, besides being printed.
pub fn remember() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            FIRST.with_borrow_mut(|first| {
                first.get_or_insert_with(|| panic.to_string());
            });
            print(panic);
        }));
    });
}

/// The first panic of this thread since the last time it was taken.
#[must_use]
pub fn first() -> Option<String> {
    FIRST.with_borrow(Clone::clone)
}

/// The same; it is forgotten.
pub fn take() -> Option<String> {
    FIRST.take()
}
