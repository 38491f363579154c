//! Whether a log's PUTs take longer than they do by themselves: for others who ask the same store, and
//! are to give way to it.
//!
//! What is usual for a PUT of some size is what nine of ten take at most, in the best of ten minutes: so
//! what slows them down for long is not taken for usual too soon, and a store whose answers vary is not
//! taken for a slow one. What a store or a line has become in the end is. And it is no more than what is
//! usual for a smaller one, as many times as it is larger.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Nine bounds of so many are looked at together.
const SAMPLES: usize = 32;
/// For how long that tells what is usual.
const REMEMBERED: Duration = Duration::from_secs(600);
/// What a PUT may always take more than half as much again as is usual.
const TOLERANCE_MIN: Duration = Duration::from_millis(5);
/// A log that has sent nothing for so long is at rest.
const AT_REST_AFTER: Duration = Duration::from_secs(1);
/// Sizes are told apart by powers of [`LARGER`], from 4 KiB to 16 MiB.
const SIZES: usize = 8;
/// How many times each is larger than the one below.
const LARGER: u32 = 4;

/// See the module.
#[derive(Debug)]
pub struct PutTimes {
    tolerance: Duration,
    state: Mutex<State>,
}

/// How many PUTs were answered so far, and it was known what is usual for their size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// As quickly as usual.
    pub quick: u64,
    /// Later.
    pub slow: u64,
}

#[derive(Debug, Default)]
struct State {
    under_way: usize,
    ended: Option<Instant>,
    judged: Judged,
    usual: [Usual; SIZES],
}

/// What PUTs of one size usually take.
#[derive(Debug, Default)]
struct Usual {
    samples: Vec<Duration>,
    /// What nine of ten took at most, and when; in order of time, and of length.
    bounds: VecDeque<(Instant, Duration)>,
}

impl PutTimes {
    /// Of a log that sends at most one in `interval`, on the whole. Whoever waits for one has waited for
    /// its turn, too: a tenth of that is no harm.
    #[must_use]
    pub fn new(interval: Duration) -> Self {
        Self { tolerance: (interval / 10).max(TOLERANCE_MIN), state: Mutex::default() }
    }

    /// A PUT of so many bytes begins.
    #[must_use]
    pub fn begin(self: &Arc<Self>, bytes: usize) -> UnderWay {
        self.lock().under_way += 1;
        UnderWay { times: Arc::clone(self), begun: Instant::now(), bytes }
    }

    /// How they fared so far.
    #[must_use]
    pub fn judged(&self) -> Judged {
        self.lock().judged
    }

    /// Whether nothing is sent, so that nobody has to give way.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        let state = self.lock();
        let lately = state.ended.is_some_and(|ended| ended.elapsed() < AT_REST_AFTER);
        state.under_way == 0 && !lately
    }

    /// The figures are consistent between any two statements that touch them.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What a PUT of this size usually takes, if that is known.
    fn usual(&self, size: usize) -> Option<Duration> {
        self.usual[..=size].iter().fold(None, |below: Option<Duration>, usual| {
            let bound = below.map(|below| below * LARGER);
            usual.least().into_iter().chain(bound).min()
        })
    }
}

/// A PUT that is under way, as long as this is.
#[derive(Debug)]
pub struct UnderWay {
    times: Arc<PutTimes>,
    begun: Instant,
    bytes: usize,
}

impl UnderWay {
    /// It was answered as it should be.
    pub fn answered(self) {
        let (now, took) = (Instant::now(), self.begun.elapsed());
        let mut state = self.times.lock();
        let size = size(self.bytes);
        match state.usual(size) {
            Some(usual) if took > usual + usual / 2 + self.times.tolerance => {
                state.judged.slow += 1;
            }
            Some(_) => state.judged.quick += 1,
            None => {}
        }
        state.usual[size].add(took, now);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut state = self.times.lock();
        state.under_way -= 1;
        state.ended = Some(Instant::now());
    }
}

fn size(bytes: usize) -> usize {
    let power_of_four = bytes.max(1).ilog2().saturating_sub(12) / 2;
    (power_of_four as usize).min(SIZES - 1)
}

impl Usual {
    fn least(&self) -> Option<Duration> {
        self.bounds.front().map(|(_, bound)| *bound)
    }

    fn add(&mut self, took: Duration, now: Instant) {
        self.samples.push(took);
        if self.samples.len() < SAMPLES {
            return;
        }
        let (_, bound, _) = self.samples.select_nth_unstable(SAMPLES * 9 / 10);
        let bound = *bound;
        self.samples.clear();
        // What is longer, and goes sooner, is the least at no time.
        while self.bounds.back().is_some_and(|(_, longer)| *longer >= bound) {
            self.bounds.pop_back();
        }
        self.bounds.push_back((now, bound));
        while self.bounds.front().is_some_and(|(at, _)| now - *at > REMEMBERED) {
            self.bounds.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    async fn put(times: &Arc<PutTimes>, bytes: usize, millis: u64) {
        let put = times.begin(bytes);
        advance(Duration::from_millis(millis)).await;
        put.answered();
    }

    #[tokio::test(start_paused = true)]
    async fn slow_is_what_takes_longer_than_those_of_its_size_did() {
        let times = Arc::new(PutTimes::new(Duration::from_millis(100)));
        for (bytes, millis) in [(20_000, 30), (10_000, 10)] {
            for _ in 0..SAMPLES {
                put(&times, bytes, millis).await;
            }
        }
        // It was not known yet.
        assert_eq!(times.judged(), Judged::default());
        put(&times, 10_000, 25).await;
        put(&times, 20_000, 55).await;
        assert_eq!(times.judged(), Judged { quick: 2, slow: 0 });
        put(&times, 10_000, 26).await;
        put(&times, 20_000, 56).await;
        assert_eq!(times.judged(), Judged { quick: 2, slow: 2 });
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_usual_leaves_one_in_ten_out_and_goes_by_smaller_ones_too() {
        let times = Arc::new(PutTimes::new(Duration::ZERO));
        for place in 0..SAMPLES {
            put(&times, 10_000, if place % 11 == 0 { 900 } else { 10 }).await;
        }
        let judged = |quick, slow| assert_eq!(times.judged(), Judged { quick, slow });
        put(&times, 10_000, 20).await;
        judged(1, 0);
        put(&times, 10_000, 21).await;
        judged(1, 1);
        // Four times as large, four times as long.
        put(&times, 20_000, 65).await;
        judged(2, 1);
        put(&times, 100_000, 246).await;
        judged(2, 2);
        // What is larger says nothing of what is smaller.
        put(&times, 1, 20).await;
        judged(3, 2);
    }

    /// Answers that vary, as a cloud's do, are no sign of harm: fewer than one in eight counts as slow.
    #[tokio::test(start_paused = true)]
    async fn what_varies_by_nature_is_not_slow() {
        let times = Arc::new(PutTimes::new(Duration::from_millis(50)));
        let mut dice = crate::files::Dice::new(7);
        for _ in 0..20_000 {
            // A floor, and a tail that falls evenly: 12 to some 150 ms, 28 on average.
            let mut millis = 12;
            while dice.percent(94) {
                millis += 1;
            }
            put(&times, 10_000, millis).await;
        }
        let Judged { quick, slow } = times.judged();
        assert!(slow * 8 < quick, "{quick} quick, {slow} slow");
    }

    #[tokio::test(start_paused = true)]
    async fn what_goes_on_for_long_is_usual_in_the_end() {
        let times = Arc::new(PutTimes::new(Duration::ZERO));
        let begun = Instant::now();
        for _ in 0..SAMPLES {
            put(&times, 1, 1).await;
        }
        while times.judged().quick == 0 {
            put(&times, 1, 100).await;
        }
        let took = begun.elapsed();
        assert!(took > REMEMBERED && took < REMEMBERED * 11 / 10, "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_log_is_at_rest_when_nothing_is_under_way_and_nothing_was_lately() {
        let times = Arc::new(PutTimes::new(Duration::ZERO));
        assert!(times.is_at_rest());
        let hangs = times.begin(1);
        advance(Duration::from_secs(60)).await;
        assert!(!times.is_at_rest());
        // Given up, and sent again elsewhere perhaps.
        drop(hangs);
        advance(AT_REST_AFTER - Duration::from_millis(1)).await;
        assert!(!times.is_at_rest());
        advance(Duration::from_millis(1)).await;
        assert!(times.is_at_rest());
    }

    #[test]
    fn sizes_are_told_apart() {
        assert_eq!([0, 4_095, 16_383].map(size), [0; 3]);
        assert_eq!([16_384, 65_535, 65_536].map(size), [1, 1, 2]);
        assert_eq!([16 << 20, 1 << 40].map(size), [6, 7]);
    }
}
