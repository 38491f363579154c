//! What measurements share: two things take turns, one operation of each, so that a noisy machine is
//! noisy for both, and both find caches and idle processes as the other has left them.

use tokio::time::{Duration, Instant};

const ROUNDS: usize = 7;

/// Times a bare operation and a produce in turn, so many of each in a round, prints each round, and
/// answers the medians of both rounds' medians in microseconds.
///
/// # Errors
/// The first of either.
pub fn compare(
    per_round: usize,
    mut bare: impl FnMut(usize) -> anyhow::Result<()>,
    mut produce: impl FnMut() -> anyhow::Result<()>,
) -> anyhow::Result<(i128, i128)> {
    println!("round  bare p50  bare p99  produce p50  produce p99   (microseconds)");
    let (mut bare_medians, mut produce_medians) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let (mut alone, mut produced) = (Vec::new(), Vec::new());
        for i in 0..per_round {
            alone.push(time(|| bare(round * per_round + i))?);
            produced.push(time(&mut produce)?);
        }
        let (b50, b99) = (percentile(&mut alone, 50), percentile(&mut alone, 99));
        let (p50, p99) = (percentile(&mut produced, 50), percentile(&mut produced, 99));
        println!("{:5}  {b50:8}  {b99:8}  {p50:11}  {p99:11}", round + 1);
        bare_medians.push(b50);
        produce_medians.push(p50);
    }
    Ok((median(&mut bare_medians), median(&mut produce_medians)))
}

fn time(operation: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<Duration> {
    let begin = Instant::now();
    operation()?;
    Ok(begin.elapsed())
}

fn percentile(times: &mut [Duration], percent: usize) -> i128 {
    times.sort_unstable();
    let at = (times.len() * percent / 100).min(times.len() - 1);
    i128::try_from(times[at].as_micros()).expect("durations are short")
}

/// The one in the middle.
pub fn median(values: &mut [i128]) -> i128 {
    values.sort_unstable();
    values[values.len() / 2]
}
