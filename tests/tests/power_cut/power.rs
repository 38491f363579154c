//! What befalls a life, and what that excuses.

use std::fmt::Display;
use std::io;
use std::time::Duration;

use penstock_wal::files::{Dice, PowerCutFiles};
use tokio::time::{Instant, timeout};

/// Between two looks whether the power is gone.
const GLANCE: Duration = Duration::from_millis(100);
/// Longer than anything takes, pauses between attempts included.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    /// Everything stops in the middle of a change.
    Stop,
    /// The change with this number fails.
    Error(u64),
}

/// The disk of one life, and the fault in it. Clones see the same one.
#[derive(Clone)]
pub(crate) struct Power {
    pub(crate) disk: PowerCutFiles,
    fault: Fault,
}

impl Power {
    /// A life on this disk without a fault.
    pub(crate) fn steady(disk: PowerCutFiles) -> Self {
        Self { disk, fault: Fault::None }
    }

    /// A life with whatever fault the dice choose.
    pub(crate) fn unsteady(disk: PowerCutFiles, dice: &mut Dice) -> Self {
        // Half of them in the start, of some 40 changes, and in what follows it at once.
        let change = 1 + if dice.percent(50) { dice.below(60) } else { dice.below(300) };
        let fault = match dice.below(10) {
            0..8 => {
                disk.stop_at(change);
                Fault::Stop
            }
            8 => {
                let fault = Fault::Error(disk.changes() + change);
                disk.fail_at(change, io::ErrorKind::Other);
                fault
            }
            _ => Fault::None,
        };
        Self { disk, fault }
    }

    /// Whether the fault has happened, so that what goes wrong from now on is its doing.
    pub(crate) fn struck(&self) -> bool {
        match self.fault {
            Fault::None => false,
            Fault::Stop => self.disk.is_stopped(),
            Fault::Error(change) => self.disk.changes() >= change,
        }
    }

    /// The disk of the next life. A disk that has failed may take no writes until the machine
    /// starts anew; else the processes may die without it.
    pub(crate) fn next_disk(&self, dice: &mut Dice) -> PowerCutFiles {
        let killed = dice.percent(30) && !matches!(self.fault, Fault::Error(_));
        if killed { self.disk.kill() } else { self.disk.crash() }
    }

    /// Waits for `work`. `None` when the life ends meanwhile.
    pub(crate) async fn wait<T>(&self, what: &str, work: impl Future<Output = T>) -> Option<T> {
        let mut work = std::pin::pin!(work);
        let start = Instant::now();
        loop {
            if let Ok(done) = timeout(GLANCE, &mut work).await {
                return Some(done);
            }
            let patient = start.elapsed() < PATIENCE;
            if self.disk.is_stopped() || self.struck() && !patient {
                return None;
            }
            assert!(patient, "{what} takes for ever");
        }
    }

    /// The good answer of `work`. `None` when the life ends meanwhile, or because of its fault.
    pub(crate) async fn answer<T, E: Display>(
        &self,
        what: &str,
        work: impl Future<Output = Result<T, E>>,
    ) -> Option<T> {
        match self.wait(what, work).await? {
            Ok(answer) => Some(answer),
            Err(error) => {
                assert!(self.struck(), "{what}: {error}");
                None
            }
        }
    }
}
