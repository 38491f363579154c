//! Producers that go on at their pace whatever becomes of their requests: what one waits counts from
//! when it was to send, so that a stall counts for all that it delays.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use penstock_bench::random_batch;
use penstock_tests::client::Client;
use penstock_tests::producer::{create_topic, produce};
use penstock_tests::server::Server;
use tokio::time::Instant;

use crate::PARTITIONS;

/// Together 5 MB/s, in 100 requests a second.
const PRODUCERS: u32 = 20;
const INTERVAL: Duration = Duration::from_millis(200);
const RECORDS: usize = 50;
const RECORD_BYTES: usize = 1_000;

const TOPIC: &str = "paced";

type Latencies = anyhow::Result<Vec<Duration>>;

/// See the module.
pub(crate) struct Paced {
    stop: Arc<AtomicBool>,
    producers: Vec<JoinHandle<Latencies>>,
}

impl Paced {
    /// Starts them.
    pub(crate) fn start(server: &Server) -> anyhow::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        create_topic(&mut server.connect(), TOPIC)?;
        let begin = Instant::now();
        let producers = (0..PRODUCERS).map(|producer| {
            let (stop, client) = (stop.clone(), server.connect());
            let first = begin + INTERVAL * producer / PRODUCERS;
            std::thread::spawn(move || run(client, producer, first, &stop))
        });
        Ok(Self { producers: producers.collect(), stop })
    }

    /// Ends them, and answers how long each request took.
    pub(crate) fn stop(self) -> Latencies {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Vec::new();
        for producer in self.producers {
            all.extend(producer.join().expect("producers do not panic")?);
        }
        Ok(all)
    }
}

fn run(mut client: Client, producer: u32, first: Instant, stop: &AtomicBool) -> Latencies {
    let batch = random_batch(producer.into(), RECORDS, RECORD_BYTES);
    let partition = i32::try_from(producer as usize % PARTITIONS)?;
    let (mut due, mut latencies) = (first, Vec::new());
    while !stop.load(Ordering::Relaxed) {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        produce(&mut client, TOPIC, partition, batch.clone())?;
        latencies.push(due.elapsed());
        due += INTERVAL;
    }
    Ok(latencies)
}
