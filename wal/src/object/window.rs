//! How many PUTs may be on their way at once: fewer where they fail or take long. Pure.
//!
//! PUTs that share a slow line take as many times longer, and one that is given up has sent its bytes for
//! nothing. So the window halves, down to one, and widens by one with each that is stored quickly:
//! additive increase, multiplicative decrease, by which all that share a line find their part of it
//! (Chiu and Jain, 1989; RFC 5681).

use tokio::time::Instant;

/// See the module.
#[derive(Debug)]
pub(crate) struct Window {
    size: usize,
    max: usize,
    narrowed: Option<Instant>,
}

impl Window {
    /// Open, until something fails.
    pub(crate) fn new(max: usize) -> Self {
        let max = max.max(1);
        Self { size: max, max, narrowed: None }
    }

    /// How many may be on their way.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// An object was stored quickly.
    pub(crate) fn widen(&mut self) {
        self.size = self.max.min(self.size + 1);
    }

    /// An attempt that began then has failed, or takes long. What befalls those that were on their way
    /// together counts once.
    pub(crate) fn narrow(&mut self, began: Instant, now: Instant) {
        if self.narrowed.is_none_or(|narrowed| narrowed <= began) {
            self.size = (self.size / 2).max(1);
            self.narrowed = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// What becomes of an attempt, and the seconds at which it began and that is known.
    enum Attempt {
        Stored,
        Failed { began: u64, at: u64 },
    }

    use Attempt::{Failed, Stored};

    #[test]
    fn the_window_halves_and_widens_by_one() {
        let start = Instant::now();
        let check = |max: usize, attempts: &[Attempt], expect: usize| {
            let mut window = Window::new(max);
            for attempt in attempts {
                match *attempt {
                    Stored => window.widen(),
                    Failed { began, at } => {
                        let [began, at] = [began, at].map(|at| start + Duration::from_secs(at));
                        window.narrow(began, at);
                    }
                }
            }
            assert_eq!(window.size(), expect);
        };
        check(4, &[], 4);
        check(0, &[], 1);
        check(4, &[Stored], 4);
        check(4, &[Failed { began: 0, at: 2 }], 2);
        let together = || [0, 1, 1].map(|began| Failed { began, at: began + 2 });
        check(4, &together(), 2);
        let one_by_one = || [0, 2, 4, 6].map(|began| Failed { began, at: began + 2 });
        check(16, &one_by_one()[..3], 2);
        check(4, &one_by_one(), 1);
        check(4, &[Failed { began: 0, at: 2 }, Stored], 3);
        check(4, &[Failed { began: 0, at: 2 }, Stored, Stored, Stored], 4);
    }
}
