//! Memory within the budget under any load: everything that takes memory, at once, and an honest
//! client beside it, which is served in time.
//!
//! `HEAVY_LOAD_SECONDS` makes it long, and `--nocapture` tells the figures.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use anyhow::{Context, ensure};
use bytes::Bytes;
use penstock_records::Encoding;
use penstock_tests::bomb::{bomb, zstd_window};
use penstock_tests::bystander::Bystander;
use penstock_tests::client::Client;
use penstock_tests::memory::{peak_resident_bytes, resident_bytes};
use penstock_tests::producer::{
    PRODUCE_BY_NAME, batch, create_topic, fetch_request, only_partition, produce_request,
};
use penstock_tests::random::Random;
use penstock_tests::server::{Server, Setup};
use penstock_tests::stranger::{Stranger, half_frame};
use penstock_wire::describe_configs_request::{DescribeConfigsRequest, DescribeConfigsResource};
use penstock_wire::find_coordinator_request::FindCoordinatorRequest;
use penstock_wire::metadata_request::MetadataRequest;
use penstock_wire::{ApiKey, Records, Request, WireString, encode_request};
use tokio::time::Instant;

/// The smallest that is allowed.
const BUDGET_BYTES: u64 = 64 << 20;
/// The largest request. One that is larger than its share of the budget is served alone.
const REQUEST_BYTES_MAX: u64 = 8 << 20;
/// What the budget does not count, however heavy the load, beside what an idle server with its
/// connections takes: what the allocator wastes, metadata, a few KiB for each busy connection.
const OVERHEAD_BYTES: u64 = 8 << 20;

const IDLE_CONNECTIONS: usize = 2_000;
const PARTITIONS: usize = 200;
const TOPIC: &str = "target";

/// One round of an attack. It may fail: the server closes on attackers, and is right to.
type Attack = fn(&Server, &mut Random) -> anyhow::Result<()>;

fn bytes_of<R: Request>(version: i16, request: &R) -> anyhow::Result<Bytes> {
    // A client id as long as a small request allows.
    let padding = WireString::from("x".repeat(15_000));
    Ok(Records::from(encode_request(version, 1, Some(padding), request)?).into_bytes())
}

/// Sends to a connection, and leaves it unread for a while.
fn unread(server: &Server, requests: &[Bytes], random: &mut Random) -> anyhow::Result<()> {
    let mut stranger = Stranger::connect(server.kafka())?;
    for request in requests {
        stranger.send(request);
    }
    let (_never, said) = channel::<()>();
    let _ = said.recv_timeout(Duration::from_millis(200 + random.below(3_000) as u64));
    Ok(())
}

fn inflates(server: &Server, random: &mut Random) -> anyhow::Result<()> {
    let bombs = [
        zstd_window(27, 200),
        zstd_window(27, 120),
        zstd_window(22, 120),
        bomb(Encoding::Gzip { level: 9 }, 100),
        bomb(Encoding::Lz4, 100),
        bomb(Encoding::Snappy, 15),
    ];
    let mut client = server.connect();
    for _ in 0..6 {
        let bomb = bombs[random.below(bombs.len())].clone();
        client.call(PRODUCE_BY_NAME, &produce_request(TOPIC, 0, -1, bomb.into()))?;
    }
    Ok(())
}

fn produces_much(server: &Server, random: &mut Random) -> anyhow::Result<()> {
    let mut client = server.connect();
    for _ in 0..8 {
        let values = [Bytes::from(random.bytes(1_000_000))];
        let partition = i32::try_from(random.below(PARTITIONS))?;
        let request = produce_request(TOPIC, partition, -1, batch(Encoding::None, None, &values));
        client.call(PRODUCE_BY_NAME, &request)?;
    }
    Ok(())
}

fn sends_huge_frames(server: &Server, random: &mut Random) -> anyhow::Result<()> {
    let mut client = server.connect();
    let garbage = random.bytes(usize::try_from(REQUEST_BYTES_MAX)? - 1_000);
    client.call(PRODUCE_BY_NAME, &produce_request(TOPIC, 0, -1, garbage.into()))?;
    let half = half_frame(ApiKey::Produce as i16, 12, i32::try_from(REQUEST_BYTES_MAX)?);
    unread(server, &[half.into()], random)
}

fn fetches_slowly(server: &Server, random: &mut Random) -> anyhow::Result<()> {
    let mut fetch = fetch_request(TOPIC, 0, 0, 0);
    fetch.max_bytes = i32::MAX;
    let mut partition = fetch.topics[0].partitions.remove(0);
    partition.partition_max_bytes = i32::MAX;
    let first = random.below(PARTITIONS);
    fetch.topics[0].partitions = (0..20)
        .map(|at| {
            let mut partition = partition.clone();
            partition.partition = i32::try_from((first + at) % PARTITIONS)?;
            anyhow::Ok(partition)
        })
        .collect::<anyhow::Result<_>>()?;
    unread(server, &vec![bytes_of(12, &fetch)?; 10], random)
}

fn polls_for_long(server: &Server, random: &mut Random) -> anyhow::Result<()> {
    let mut poll = fetch_request(TOPIC, 0, i64::MAX, 600_000);
    poll.min_bytes = i32::MAX;
    poll.max_bytes = i32::MAX;
    poll.session_epoch = 0;
    let partition = poll.topics[0].partitions.remove(0);
    poll.topics[0].partitions = (0..PARTITIONS)
        .map(|at| {
            let mut partition = partition.clone();
            partition.partition = i32::try_from(at)?;
            partition.fetch_offset = 0;
            anyhow::Ok(partition)
        })
        .collect::<anyhow::Result<_>>()?;
    unread(server, &[bytes_of(12, &poll)?], random)
}

fn asks_for_much(server: &Server, random: &mut Random) -> anyhow::Result<()> {
    let keys = (0..2_000).map(|key| WireString::from(key.to_string())).collect();
    let coordinators =
        FindCoordinatorRequest { coordinator_keys: keys, ..FindCoordinatorRequest::default() };
    let resource = DescribeConfigsResource {
        resource_type: 2,
        resource_name: TOPIC.into(),
        ..DescribeConfigsResource::default()
    };
    let configs = DescribeConfigsRequest {
        resources: vec![resource; 2_000],
        include_synonyms: true,
        include_documentation: true,
    };
    let metadata = MetadataRequest { topics: None, ..MetadataRequest::default() };
    let requests = [bytes_of(4, &coordinators)?, bytes_of(4, &configs)?, bytes_of(12, &metadata)?];
    unread(server, &vec![requests; 5].concat(), random)
}

const ATTACKS: &[(Attack, usize)] = &[
    (inflates, 6),
    (produces_much, 2),
    (sends_huge_frames, 2),
    (fetches_slowly, 24),
    (polls_for_long, 30),
    (asks_for_much, 8),
];

#[test]
fn memory_stays_within_its_budget() -> anyhow::Result<()> {
    let seconds = std::env::var("HEAVY_LOAD_SECONDS").ok().map(|text| text.parse());
    let duration = Duration::from_secs(seconds.transpose()?.unwrap_or(8));
    let folder = tempfile::tempdir()?;
    let mut server = Setup::new(env!("CARGO_BIN_EXE_penstock-under-test"), folder.path())
        .with(&format!("memory.budget.bytes={BUDGET_BYTES}"))
        .with(&format!("socket.request.max.bytes={REQUEST_BYTES_MAX}"))
        .with(&format!("num.partitions={PARTITIONS}"))
        .with("drain.timeout.ms=1000")
        // Of what is freed, glibc keeps some for each arena, eight a core: 40 MiB here. What is
        // measured is what the broker holds.
        .with_variable("MALLOC_ARENA_MAX", "1")
        .start()?;
    create_topic(&mut server.connect(), TOPIC)?;
    the_bombs_are_what_they_say(&mut server.connect())?;
    let idle = (0..IDLE_CONNECTIONS).map(|_| Stranger::connect(server.kafka()));
    let idle = idle.collect::<anyhow::Result<Vec<_>>>()?;
    let before = resident_bytes(server.id())?;

    let bystander = Bystander::start(server.kafka());
    let stop = AtomicBool::new(false);
    let begun = Instant::now();
    let rounds = std::thread::scope(|scope| {
        for (seed, (attack, _)) in
            (1..).zip(ATTACKS.iter().flat_map(|each| std::iter::repeat_n(each, each.1)))
        {
            let (server, stop) = (&server, &stop);
            scope.spawn(move || {
                let mut random = Random::new(seed);
                while !stop.load(Ordering::Relaxed) {
                    let _ = attack(server, &mut random);
                }
            });
        }
        let mut rounds = 0;
        let mut served = Ok(());
        while begun.elapsed() < duration && served.is_ok() {
            served = bystander.goes_on(1);
            rounds += 1;
        }
        stop.store(true, Ordering::Relaxed);
        served.map(|()| rounds)
    });
    let rounds = rounds.and_then(|rounds| bystander.finish().map(|()| rounds));
    let peak = peak_resident_bytes(server.id());
    drop(idle);
    let stopped = server.terminate();
    let errors = server.errors();
    ensure!(stopped.success() && !errors.contains("panicked"), "{stopped}: {errors}");
    let (peak, bound) = (peak?, before + BUDGET_BYTES + REQUEST_BYTES_MAX + OVERHEAD_BYTES);
    println!(
        "{} s, budget {} MiB: {} MiB before, peak {} MiB, bystander: {rounds:?} rounds",
        begun.elapsed().as_secs(),
        BUDGET_BYTES >> 20,
        before >> 20,
        peak >> 20,
    );
    rounds.with_context(|| errors.clone())?;
    ensure!(peak <= bound, "{} MiB resident, more than {}", peak >> 20, bound >> 20);
    Ok(())
}

/// The windows that are filled past the budget's share are refused as too large; what fits goes in.
fn the_bombs_are_what_they_say(client: &mut Client) -> anyhow::Result<()> {
    for (window_log, mebibytes, expect) in [(27, 100, 10), (27, 4, 0), (22, 100, 0)] {
        let batch = zstd_window(window_log, mebibytes).into();
        let response = client.call(PRODUCE_BY_NAME, &produce_request(TOPIC, 0, -1, batch))?;
        let code = only_partition(&response)?.error_code;
        ensure!(code == expect, "a window of 2^{window_log}, {mebibytes} MiB: {code}");
    }
    Ok(())
}
