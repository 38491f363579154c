//! How many bytes may be on their way at once: fewer where they take long. Pure.
//!
//! What a line cannot carry within [`HANGS_AFTER`](crate::retry::HANGS_AFTER) is taken for hanging, and is
//! sent again beside itself, which takes yet longer. So little is sent at first, and more by what was
//! stored quickly; what fails or takes as long halves it: additive increase and multiplicative decrease, by
//! which all that share a line find their part of it (Chiu and Jain, 1989; RFC 5681). What small objects
//! show of a line is little, and widens the window by as little; what did not come near to filling it
//! shows nothing of more (RFC 7661), or a quiet year would end in a burst that no line carries.

use tokio::time::Instant;

/// At first: a second of a line of 1 MiB/s.
const FIRST: usize = 1 << 20;
/// How much one object widens the window at most.
const STEP: usize = 1 << 20;
/// The least that is worth an object, however slow the line is.
const LEAST: usize = 256 << 10;

/// See the module.
#[derive(Debug)]
pub(crate) struct Window {
    bytes: usize,
    least: usize,
    max: usize,
    narrowed: Option<Instant>,
}

impl Window {
    /// For so many objects of at most `full` bytes.
    pub(crate) fn new(full: usize, objects: usize) -> Self {
        let (least, max) = (LEAST.min(full), full.saturating_mul(objects.max(1)));
        Self { bytes: FIRST, least, max: max.max(FIRST), narrowed: None }
    }

    /// How large the next object may be, with so many bytes on their way; `None` while none may go.
    pub(crate) fn room(&self, under_way: usize) -> Option<usize> {
        let room = self.bytes.saturating_sub(under_way);
        (room >= self.least || under_way == 0).then_some(room.max(self.least))
    }

    /// So many bytes were stored quickly; when they were sent, so many were on their way with them.
    pub(crate) fn widen(&mut self, stored: usize, under_way: usize) {
        if self.bytes < FIRST || under_way >= self.bytes / 2 {
            self.bytes = self.max.min(self.bytes.saturating_add(stored.min(STEP)));
        }
    }

    /// An attempt that began then has failed, or takes long. What befalls those that were on their way
    /// together counts once.
    pub(crate) fn narrow(&mut self, began: Instant, now: Instant) {
        if self.narrowed.is_none_or(|narrowed| narrowed <= began) {
            self.bytes = (self.bytes / 2).max(self.least);
            self.narrowed = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// What becomes of an attempt: its bytes, among those on their way if not the window was full, or
    /// the seconds at which it began and that is known.
    enum Attempt {
        Stored(usize),
        StoredAmong(usize, usize),
        Failed { began: u64, at: u64 },
    }

    use Attempt::{Failed, Stored, StoredAmong};

    const MIB: usize = 1 << 20;

    fn after(full: usize, objects: usize, attempts: &[Attempt]) -> Window {
        let start = Instant::now();
        let mut window = Window::new(full, objects);
        for attempt in attempts {
            match *attempt {
                Stored(bytes) => window.widen(bytes, window.bytes),
                StoredAmong(bytes, under_way) => window.widen(bytes, under_way),
                Failed { began, at } => {
                    let [began, at] = [began, at].map(|at| start + Duration::from_secs(at));
                    window.narrow(began, at);
                }
            }
        }
        window
    }

    #[test]
    fn the_window_widens_by_what_was_stored_and_halves() {
        let check = |attempts: &[Attempt], expect: usize| {
            assert_eq!(after(16 * MIB, 4, attempts).bytes, expect);
        };
        check(&[], MIB);
        check(&[Stored(100)], MIB + 100);
        check(&[Stored(MIB), Stored(2 * MIB)], 3 * MIB);
        let many = || (0..100).map(|_| Stored(MIB)).collect::<Vec<_>>();
        check(&many(), 64 * MIB);
        let mut together = many();
        together.extend([0, 1, 1].map(|began| Failed { began, at: began + 2 }));
        check(&together, 32 * MIB);
        let mut one_by_one = many();
        one_by_one.extend([0, 2, 4].map(|began| Failed { began, at: began + 2 }));
        check(&one_by_one, 8 * MIB);
        one_by_one.extend((3..20).map(|began| Failed { began: 2 * began, at: 2 * began + 2 }));
        check(&one_by_one, LEAST);
        check(&[Failed { began: 0, at: 2 }, Stored(MIB)], 3 * MIB / 2);
        // What did not need the window leaves it as it is, unless it is below what it began with.
        let quiet = || (0..1_000).map(|_| StoredAmong(50_000, 50_000)).collect::<Vec<_>>();
        check(&quiet(), MIB);
        check(&[StoredAmong(50_000, MIB / 2 - 1)], MIB);
        check(&[StoredAmong(50_000, MIB / 2)], MIB + 50_000);
        let mut recovers = vec![Failed { began: 0, at: 2 }];
        recovers.extend(quiet());
        assert!((MIB..MIB + 50_000).contains(&after(16 * MIB, 4, &recovers).bytes));
    }

    #[test]
    fn an_object_goes_where_there_is_room_for_it() {
        let window = after(16 * MIB, 4, &[]);
        assert_eq!(window.room(0), Some(MIB));
        assert_eq!(window.room(MIB / 2), Some(MIB / 2));
        assert_eq!(window.room(MIB - LEAST), Some(LEAST));
        assert_eq!(window.room(MIB - LEAST + 1), None);
        assert_eq!(window.room(9 * MIB), None);
        // Objects that are smaller than what is worth one.
        let small = after(1_000, 4, &[]);
        let rooms = [0, MIB - 1_000, MIB - 999].map(|under_way| small.room(under_way));
        assert_eq!(rooms, [Some(MIB), Some(1_000), None]);
    }
}
