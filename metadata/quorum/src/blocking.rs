//! Where blocking calls are made: on a thread of their own, or in place in a simulation.

use std::future;
use std::panic;

use penstock_wal::files::Blocking;

/// Does `work` where it disturbs nobody.
pub(crate) async fn run<T: Send + 'static>(
    blocking: Blocking,
    work: impl FnOnce() -> T + Send + 'static,
) -> T {
    match blocking {
        Blocking::Inline => work(),
        Blocking::Thread => match tokio::task::spawn_blocking(work).await {
            Ok(done) => done,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => panic::resume_unwind(panic),
                // The runtime is being torn down, and this task with it.
                Err(_) => future::pending().await,
            },
        },
    }
}
