//! A reader of all partitions that does little with what it reads: the server is what is measured. It
//! looks only where batches end, so that nothing is missing, and nothing is there twice.

use anyhow::{Context, ensure};
use penstock_records::Batches;
use penstock_tests::client::Client;
use penstock_tests::producer::{FETCH_BY_NAME, fetch_request};
use penstock_tests::server::Server;
use penstock_wire::fetch_request::{FetchRequest, FetchTopic};

use crate::{PARTITIONS, TOPIC};

/// What Java's consumer asks for, unless it is told otherwise.
const MAX_BYTES: i32 = 50 << 20;
const PARTITION_MAX_BYTES: i32 = 1 << 20;
/// How many requests are under way at once: one is answered while another is read.
const CONNECTIONS: usize = 2;

/// See the module.
pub(crate) struct Reader {
    clients: Vec<Client>,
}

/// Where each partition is read from, and to.
pub(crate) type Offsets = [i64; PARTITIONS];

impl Reader {
    /// Connects.
    pub(crate) fn new(server: &Server) -> Self {
        Self { clients: (0..CONNECTIONS).map(|_| server.connect()).collect() }
    }

    /// Reads every partition to its end. Answers the bytes of all batches, and the ends.
    pub(crate) fn read(self, from: Offsets) -> anyhow::Result<(u64, Offsets)> {
        let threads = self.clients.into_iter().enumerate().map(|(first, client)| {
            let partitions = (first..PARTITIONS).step_by(CONNECTIONS);
            let positions = partitions.map(|partition| (partition, from[partition])).collect();
            std::thread::spawn(move || read(client, positions))
        });
        let threads: Vec<_> = threads.collect();
        let (mut all, mut ends) = (0, from);
        for thread in threads {
            let (bytes, reached) = thread.join().expect("readers do not panic")?;
            all += bytes;
            reached.into_iter().for_each(|(partition, end)| ends[partition] = end);
        }
        Ok((all, ends))
    }
}

type Positions = Vec<(usize, i64)>;

fn read(mut client: Client, mut positions: Positions) -> anyhow::Result<(u64, Positions)> {
    let (mut bytes, mut ended) = (0, Vec::new());
    while !positions.is_empty() {
        let response = client.call(FETCH_BY_NAME, &request(&positions)?)?;
        ensure!(response.error_code == 0, "fetch: error {}", response.error_code);
        let topic = response.responses.into_iter().next().context("fetch answers for the topic")?;
        for data in topic.partitions {
            ensure!(data.error_code == 0, "fetch: error {}", data.error_code);
            let partition = usize::try_from(data.partition_index)?;
            let place = positions.iter().position(|(asked, _)| *asked == partition);
            let place = place.context("fetch answers for what was asked")?;
            let next = &mut positions[place].1;
            for batch in Batches::new(data.records.unwrap_or_default().into_bytes()) {
                let batch = batch?;
                let header = batch.header();
                let start = header.base_offset;
                let offsets = start..start + i64::from(header.last_offset_delta) + 1;
                bytes += batch.bytes().len() as u64;
                ensure!(offsets.contains(next), "asked for {next}, got {offsets:?}");
                *next = offsets.end;
            }
            if *next >= data.high_watermark {
                ended.push(positions.remove(place));
            }
        }
        // Who was served first comes last.
        if !positions.is_empty() {
            positions.rotate_left(1);
        }
    }
    Ok((bytes, ended))
}

fn request(positions: &Positions) -> anyhow::Result<FetchRequest> {
    let mut request = fetch_request(TOPIC, 0, 0, 500);
    request.max_bytes = MAX_BYTES;
    let template = request.topics[0].partitions[0].clone();
    let mut partitions = Vec::new();
    for (partition, offset) in positions {
        let mut wanted = template.clone();
        (wanted.partition, wanted.fetch_offset) = (i32::try_from(*partition)?, *offset);
        wanted.partition_max_bytes = PARTITION_MAX_BYTES;
        partitions.push(wanted);
    }
    request.topics = vec![FetchTopic { partitions, ..request.topics[0].clone() }];
    Ok(request)
}
