//! When and how often a store is asked again.
//!
//! A store's outage is unavailability, not death: attempts go on without end, ever more slowly,
//! until the answer comes or whoever asked drops the future. Nothing here knows a clock but for
//! the pauses, or draws at random: requests spread by a hash of what they are about.

use std::fmt::Display;
use std::time::Duration;

use object_store::Error;

/// A request that has no answer by then hangs, as far as anybody can tell: stores answer in hundredths
/// of a second, and nearly always within one. It is the border between two who send what is not
/// answered again: before it the object log hedges PUTs that take longer than most, and from it on the
/// store's client repeats what hangs. Neither does so on the other's side.
pub const HANGS_AFTER: Duration = Duration::from_secs(2);

/// Pauses that double from `first` up to `cap`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The pause after the first failure.
    pub first: Duration,
    /// The longest pause.
    pub cap: Duration,
}

impl Default for Backoff {
    /// A tenth of a second, so that a hiccup costs little; two seconds, so that a store that comes
    /// back is used within them, and one that is down gets half a request a second from each task.
    fn default() -> Self {
        Self { first: Duration::from_millis(100), cap: Duration::from_secs(2) }
    }
}

impl Backoff {
    /// The pause after the `failures`-th failure in a row, counted from one. Its last quarter
    /// depends on `seed`, so that many who failed together do not come back together.
    #[must_use]
    pub fn pause(&self, failures: u32, seed: u32) -> Duration {
        let doubled = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
        let full = self.first.saturating_mul(doubled).min(self.cap);
        let mut key = [0; 8];
        key[..4].copy_from_slice(&seed.to_be_bytes());
        key[4..].copy_from_slice(&failures.to_be_bytes());
        let spread = f64::from(crc32c::crc32c(&key)) / f64::from(u32::MAX);
        full.mul_f64(1.0 - spread / 4.0)
    }
}

/// Whether the same request may succeed later, although nothing about it changes.
///
/// Missing rights count as such: an operator grants them, or a credential is renewed, and service
/// resumes by itself.
#[must_use]
pub fn may_pass(error: &Error) -> bool {
    !matches!(
        error,
        Error::NotFound { .. }
            | Error::InvalidPath { .. }
            | Error::NotSupported { .. }
            | Error::NotImplemented { .. }
            | Error::AlreadyExists { .. }
            | Error::Precondition { .. }
            | Error::NotModified { .. }
            | Error::UnknownConfigurationKey { .. }
    )
}

/// Asks until the answer is anything but a transient failure. Dropping the future ends it, which
/// is how a shutdown stops it.
///
/// `what` names the request in the log, and spreads the pauses.
///
/// # Errors
/// The first failure that `transient` does not recognize as one that may pass.
pub async fn with_retries<T, E, A>(
    backoff: Backoff,
    what: &impl Display,
    transient: impl Fn(&E) -> bool,
    mut attempt: impl FnMut() -> A,
) -> Result<T, E>
where
    A: Future<Output = Result<T, E>>,
    E: Display,
{
    let mut failures = 0_u32;
    loop {
        match attempt().await {
            Err(error) if transient(&error) => {
                failures = failures.saturating_add(1);
                let seed = crc32c::crc32c(what.to_string().as_bytes());
                let pause = backoff.pause(failures, seed);
                tracing::warn!(%what, failures, ?pause, %error, "object store failed, will try again");
                tokio::time::sleep(pause).await;
            }
            answer => {
                if failures > 0 {
                    tracing::info!(%what, failures, "object store answers again");
                }
                return answer;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff =
        Backoff { first: Duration::from_millis(100), cap: Duration::from_secs(10) };

    #[test]
    fn pauses_double_up_to_the_cap() {
        let check = |failures, full_millis: u64| {
            for seed in 0..100 {
                let pause = BACKOFF.pause(failures, seed);
                let full = Duration::from_millis(full_millis);
                assert!(pause <= full && pause >= full * 3 / 4, "{failures} {seed} {pause:?}");
            }
        };
        check(1, 100);
        check(2, 200);
        check(7, 6_400);
        check(8, 10_000);
        check(33, 10_000);
        check(u32::MAX, 10_000);
    }

    #[test]
    fn pauses_of_different_requests_differ() {
        assert_ne!(BACKOFF.pause(3, 1), BACKOFF.pause(3, 2));
    }

    #[tokio::test(start_paused = true)]
    async fn transient_failures_are_outlived() {
        let mut left = 200;
        let answer = with_retries(
            BACKOFF,
            &"test",
            |error| *error == "down",
            || {
                left -= 1;
                let answer = if left > 0 { Err("down") } else { Ok(left) };
                async move { answer }
            },
        );
        assert_eq!(answer.await, Ok(0));
    }

    #[tokio::test(start_paused = true)]
    async fn other_failures_are_answers() {
        let answer: Result<(), _> =
            with_retries(BACKOFF, &"test", |error| *error == "down", || async { Err("forbidden") })
                .await;
        assert_eq!(answer, Err("forbidden"));
    }
}
