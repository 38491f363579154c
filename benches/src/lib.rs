//! What measurements share: two things take turns, one operation of each, so that a noisy machine is
//! noisy for both, and both find caches and idle processes as the other has left them.

use anyhow::ensure;
use bytes::Bytes;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use penstock_records::Encoding;
use penstock_tests::client::Client;
use penstock_tests::minio::{ACCESS_KEY, BUCKET, Minio, SECRET_KEY};
use penstock_tests::producer::{PRODUCE_BY_NAME, batch, only_partition, produce_request};
use penstock_tests::random::Random;
use penstock_wire::produce_request::ProduceRequest;
use tokio::runtime::{Builder, Runtime};
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

/// So many of a hundred times are shorter, in microseconds.
///
/// # Panics
/// When there are none.
pub fn percentile(times: &mut [Duration], percent: usize) -> i128 {
    times.sort_unstable();
    let at = (times.len() * percent / 100).min(times.len() - 1);
    i128::try_from(times[at].as_micros()).expect("durations are short")
}

/// The one in the middle.
pub fn median(values: &mut [i128]) -> i128 {
    values.sort_unstable();
    values[values.len() / 2]
}

/// A client of the store itself, and what runs its requests.
///
/// # Errors
/// When there is none to be had.
pub fn bare_client(minio: &Minio) -> anyhow::Result<(Runtime, AmazonS3)> {
    let store = AmazonS3Builder::new()
        .with_endpoint(format!("http://{}", minio.address()))
        .with_allow_http(true)
        .with_bucket_name(BUCKET)
        .with_access_key_id(ACCESS_KEY)
        .with_secret_access_key(SECRET_KEY)
        .build()?;
    Ok((Builder::new_current_thread().enable_all().build()?, store))
}

/// A batch of records that nothing makes smaller, drawn by a seed.
#[must_use]
pub fn random_batch(seed: u64, records: usize, record_bytes: usize) -> Bytes {
    let mut random = Random::new(seed);
    let values: Vec<Bytes> = (0..records).map(|_| random.bytes(record_bytes).into()).collect();
    batch(Encoding::None, None, &values)
}

/// Produces a batch again and again, to each partition in turn, until it makes about so many bytes;
/// so many requests are under way at once. Answers how many are when the last one is sent.
///
/// # Errors
/// When one is refused.
pub fn fill(
    client: &mut Client,
    (topic, partitions): (&str, i32),
    batch: &Bytes,
    bytes: u64,
    in_flight: u64,
) -> anyhow::Result<u64> {
    let batches = bytes / batch.len() as u64;
    for i in 0..batches {
        let partition = i32::try_from(i % u64::from(partitions.unsigned_abs()))?;
        client.send(PRODUCE_BY_NAME, &produce_request(topic, partition, -1, batch.clone()))?;
        if i >= in_flight {
            acknowledged(client)?;
        }
    }
    Ok(in_flight.min(batches))
}

/// Waits until the oldest batch that is under way is acknowledged.
///
/// # Errors
/// When it is refused.
pub fn acknowledged(client: &mut Client) -> anyhow::Result<()> {
    let response = client.receive::<ProduceRequest>(PRODUCE_BY_NAME)?;
    let code = only_partition(&response)?.error_code;
    ensure!(code == 0, "produce: error {code}");
    Ok(())
}
