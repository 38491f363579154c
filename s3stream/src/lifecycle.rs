//! Whether the storage works, and if not, why: told once, heard by everybody.

use penstock_model::command::Refused;
use penstock_model::id::BrokerEpoch;
use penstock_model::watch;
use penstock_wal::WalError;

/// Why the storage works no more. Final: stop the node. What was acknowledged is safe.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure {
    /// See the error.
    #[error("the write-ahead log stopped: {0}")]
    Wal(WalError),
    /// Another process took over.
    #[error("broker epoch {0} is fenced: another process has taken over")]
    Fenced(BrokerEpoch),
    /// The metadata refuses what must be possible. Nothing was trimmed.
    #[error("an upload cannot be committed: {0}; the log keeps its batches, report this")]
    Refused(Refused),
    /// The store refuses for good. Nothing was trimmed.
    #[error("the object store cannot be used any more: {0}; the log keeps what is not uploaded")]
    Store(String),
    /// Stored bytes are damaged, or contradict each other. They are kept.
    #[error("{0}")]
    Corrupt(String),
}

/// The storage works no more, or was shut down; [`Storage::failed`](crate::Storage::failed) tells
/// why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the storage has stopped")]
pub struct Stopped;

#[derive(Clone, Debug)]
enum State {
    Running,
    Failed(Failure),
    ShutDown,
}

/// Told by the log's sink and the uploader.
#[derive(Debug)]
pub(crate) struct Lifecycle(watch::Sender<State>);

impl Lifecycle {
    pub(crate) fn running() -> Self {
        Self(watch::Sender::new(State::Running))
    }

    /// The first reason stays.
    pub(crate) fn fail(&self, failure: Failure) {
        self.0.send_if_modified(|state| {
            let first = matches!(state, State::Running);
            if first {
                tracing::error!(%failure, "the storage failed");
                *state = State::Failed(failure);
            }
            first
        });
    }

    pub(crate) fn shut_down(&self) {
        self.0.send_if_modified(|state| {
            let first = matches!(state, State::Running);
            if first {
                *state = State::ShutDown;
            }
            first
        });
    }

    pub(crate) fn is_running(&self) -> bool {
        matches!(*self.0.borrow(), State::Running)
    }

    /// Resolves when the storage works no more, for whatever reason.
    pub(crate) fn ended(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut state = self.0.subscribe();
        async move {
            // The sender outlives whoever waits on it; were it dropped, the storage would be gone.
            let _ = state.wait_for(|state| !matches!(state, State::Running)).await;
        }
    }

    /// Resolves when the storage failed; never after it was shut down.
    pub(crate) fn failed(&self) -> impl Future<Output = Failure> + Send + use<> {
        let mut state = self.0.subscribe();
        async move {
            let failed = state.wait_for(|state| matches!(state, State::Failed(_))).await;
            let failure = failed.ok().and_then(|state| match state {
                State::Failed(failure) => Some(failure),
                State::Running | State::ShutDown => None,
            });
            match failure {
                Some(failure) => failure,
                None => std::future::pending().await,
            }
        }
    }
}
