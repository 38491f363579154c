//! Bytes that mean harm: Kafka's answer or a closed connection, and nobody else notices.
//!
//! Every attack runs beside an honest client. The process that was started must be the one that
//! stops in order in the end, without a panic in its log, and its memory has a bound all along.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, ensure};
use bytes::Bytes;
use penstock_records::{Encoding, HEADER_BYTES};
use penstock_tests::bomb::{bomb, sealed, with_payload};
use penstock_tests::bystander::Bystander;
use penstock_tests::memory::{peak_resident_bytes, resident_bytes};
use penstock_tests::producer::{
    PRODUCE_BY_NAME, batch, create_topic, fetch_request, only_partition, produce, produce_request,
};
use penstock_tests::random::Random;
use penstock_tests::server::{Server, Setup};
use penstock_tests::stranger::{Heard, Stranger, frame, half_frame};
use penstock_wire::api_versions_request::ApiVersionsRequest;
use penstock_wire::api_versions_response::ApiVersion;
use penstock_wire::catalog::{Entry, MESSAGES};
use penstock_wire::random::{self, Random as MessageRandom};
use penstock_wire::{ApiKey, Records, WireString, encode_request};

/// The smallest that is allowed.
const BUDGET_BYTES: u64 = 64 << 20;
/// The largest request; the budget's share for requests is 8 MiB.
const REQUEST_BYTES_MAX: u64 = 8 << 20;
/// What the budget does not count: the allocator's own, decoded requests, windows of codecs,
/// metadata of the topics that strangers made.
const SLACK_BYTES: u64 = 96 << 20;

const TOPIC: &str = "target";

/// Runs an attack on a server beside an honest client.
fn under_attack(
    attack: impl FnOnce(&Server, &Bystander) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut server = Setup::new(env!("CARGO_BIN_EXE_penstock-under-test"), folder.path())
        .with(&format!("memory.budget.bytes={BUDGET_BYTES}"))
        .with(&format!("socket.request.max.bytes={REQUEST_BYTES_MAX}"))
        .with("drain.timeout.ms=1000")
        .start()?;
    create_topic(&mut server.connect(), TOPIC)?;
    let idle = resident_bytes(server.id())?;
    let bystander = Bystander::start(server.kafka());
    bystander.goes_on(1)?;
    let attacked = attack(&server, &bystander)
        .and_then(|()| bystander.goes_on(5).context("after the attack"))
        .and_then(|()| bystander.finish());
    let peak = peak_resident_bytes(server.id());
    let stopped = server.terminate();
    let errors = server.errors();
    attacked.with_context(|| errors.clone())?;
    ensure!(stopped.success(), "{stopped}: {errors}");
    ensure!(!errors.contains("panicked"), "{errors}");
    let peak = peak?;
    let bound = idle + BUDGET_BYTES + REQUEST_BYTES_MAX + SLACK_BYTES;
    ensure!(peak <= bound, "{} MiB resident, from {}", peak >> 20, idle >> 20);
    Ok(())
}

/// What comes back for some bytes on a connection of their own.
fn answer(address: SocketAddr, bytes: &[u8]) -> anyhow::Result<Heard> {
    let mut stranger = Stranger::connect(address)?;
    stranger.send(bytes);
    Ok(stranger.hear())
}

/// The APIs that the server says it serves.
fn served(server: &Server) -> anyhow::Result<Vec<ApiVersion>> {
    let request = ApiVersionsRequest {
        client_software_name: "penstock-tests".into(),
        client_software_version: "1".into(),
    };
    Ok(server.connect().call(4, &request)?.api_keys)
}

fn request_schema(api_key: i16) -> &'static Entry {
    let of_key = |entry: &&Entry| entry.key == Some(api_key) && entry.name.ends_with("Request");
    MESSAGES.iter().find(of_key).expect("every API has a request")
}

#[test]
fn frames_that_kafka_closes_on_are_closed_on() -> anyhow::Result<()> {
    under_attack(|server, _| {
        let length = |length: i32| length.to_be_bytes().to_vec();
        let too_long = i32::try_from(REQUEST_BYTES_MAX)? + 1;
        for (what, bytes) in [
            ("no length at all", length(0)),
            ("a negative length", length(-1)),
            ("the most negative length", length(i32::MIN)),
            ("the longest length", length(i32::MAX)),
            ("one byte too long", length(too_long)),
            ("too short for a header", length(7)),
            ("HTTP", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec()),
            ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec()),
            ("an unknown API", frame(999, 0, b"")),
            ("a negative API", frame(-1, 0, b"")),
            ("an API that is gone", frame(ApiKey::Produce as i16, 2, b"")),
            ("a version from the future", frame(ApiKey::Metadata as i16, 99, b"")),
            ("a negative version", frame(ApiKey::Metadata as i16, -1, b"")),
            ("an API that is not served", frame(56, 0, b"")),
            ("a body that ends early", frame(ApiKey::Metadata as i16, 12, b"\x05")),
            ("a count beyond the frame", frame(ApiKey::Metadata as i16, 1, b"\x7f\xff\xff\xff")),
            ("a compact count beyond the frame", frame(3, 12, b"\xff\xff\xff\xff\x0f")),
            ("a client id beyond the frame", b"\0\0\0\x0a\0\x03\0\x01\0\0\0\x01\x7f\xff".to_vec()),
        ] {
            assert_eq!(answer(server.kafka(), &bytes)?, Heard::Closed, "{what}");
        }
        Ok(())
    })
}

#[test]
fn a_client_from_the_future_learns_what_is_spoken() -> anyhow::Result<()> {
    under_attack(|server, _| {
        let mut stranger = Stranger::connect(server.kafka())?;
        for version in [99, 5, i16::MAX, -1] {
            stranger.send(&frame(ApiKey::ApiVersions as i16, version, b"what nobody can read"));
            // Version 0: correlation id, UNSUPPORTED_VERSION, one row, ApiVersions 0 to 4.
            let expect = [0, 0, 0, 1, 0, 35, 0, 0, 0, 1, 0, 18, 0, 0, 0, 4];
            assert_eq!(stranger.hear(), Heard::Frame(expect.to_vec()), "version {version}");
        }
        Ok(())
    })
}

#[test]
fn records_that_kafka_refuses_are_refused_with_its_code() -> anyhow::Result<()> {
    under_attack(|server, _| {
        let good = batch(Encoding::None, None, &[Bytes::from_static(b"value")]);
        let with = |at: usize, byte: u8| {
            let mut bytes = good.to_vec();
            bytes[at] = byte;
            bytes
        };
        let mut client = server.connect();
        let mut check = |what: &str, topic: &str, acks: i16, records: Vec<u8>, expect: i16| {
            let request = produce_request(topic, 0, acks, records.into());
            let response = client.call(PRODUCE_BY_NAME, &request)?;
            assert_eq!(only_partition(&response)?.error_code, expect, "{what}");
            anyhow::Ok(())
        };
        check("a wrong checksum", TOPIC, -1, with(17, good[17] ^ 1), 2)?;
        check("a changed record", TOPIC, 1, with(HEADER_BYTES + 6, b'x'), 2)?;
        check("a batch that is cut", TOPIC, -1, good[..good.len() - 1].to_vec(), 87)?;
        check("not even a header", TOPIC, -1, good[..20].to_vec(), 87)?;
        check("an old format", TOPIC, -1, sealed(with(16, 1)), 87)?;
        check("one record too many", TOPIC, -1, sealed(with(60, 9)), 87)?;
        check("an unknown codec", TOPIC, -1, sealed(with(22, 7)), -1)?;
        check("acks of 7", TOPIC, 7, good.to_vec(), 21)?;
        check("an unknown topic", "nowhere", -1, good.to_vec(), 3)?;
        check("and the good one still goes in", TOPIC, -1, good.to_vec(), 0)
    })
}

#[test]
fn bombs_do_not_go_off() -> anyhow::Result<()> {
    let bombs = [
        ("gzip", bomb(Encoding::Gzip { level: 9 }, 300)),
        ("zstd", bomb(Encoding::Zstd { level: 3 }, 300)),
        ("lz4", bomb(Encoding::Lz4, 300)),
        ("snappy", bomb(Encoding::Snappy, 100)),
        ("a zstd window of 2 GiB", with_payload(4, b"\x28\xb5\x2f\xfd\x00\xa8\x09\0\0\0")),
        ("zstd of 2^62 bytes", with_payload(4, b"\x28\xb5\x2f\xfd\xe0\0\0\0\0\0\0\0\x40\x01\0\0")),
        ("snappy of 4 GiB", with_payload(2, b"\xff\xff\xff\xff\x0f\0")),
        (
            "a snappy block of 2 GiB",
            with_payload(2, b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01\x7f\xff\xff\xff"),
        ),
        ("an empty lz4 frame", with_payload(3, b"\x04\x22\x4d\x18\x60\x70\x73\0\0\0\0")),
        ("gzip of nothing", with_payload(1, b"")),
    ];
    under_attack(|server, bystander| {
        for (name, bomb) in &bombs {
            let request = produce_request(TOPIC, 0, -1, bomb.clone().into());
            let response = server.connect().call(PRODUCE_BY_NAME, &request)?;
            let code = only_partition(&response)?.error_code;
            ensure!([-1, 2, 10, 87].contains(&code), "{name}: answered with {code}");
        }
        // The same from many sides at once.
        std::thread::scope(|scope| {
            for _ in 0..2 {
                for (_, bomb) in &bombs {
                    let request = produce_request(TOPIC, 0, -1, bomb.clone().into());
                    let mut client = server.connect();
                    scope.spawn(move || client.call(PRODUCE_BY_NAME, &request));
                }
            }
            bystander.goes_on(5)
        })
    })
}

#[test]
fn random_frames() -> anyhow::Result<()> {
    under_attack(|server, _| {
        let mut random = Random::new(1);
        for _ in 0..300 {
            let mut stranger = Stranger::connect(server.kafka())?;
            for _ in 0..=random.below(4) {
                let length = random.below(300);
                let noise = random.bytes(length);
                let bytes = match random.below(4) {
                    0 => noise,
                    1 => [&u32::try_from(noise.len())?.to_be_bytes()[..], &noise].concat(),
                    2 => [&random.bytes(2)[..], &noise].concat(),
                    _ => {
                        let api_key = i16::try_from(random.below(70))?;
                        frame(api_key, i16::try_from(random.below(14))?, &noise)
                    }
                };
                stranger.send(&bytes);
            }
            stranger.finish();
            // Whatever it was, the connection does not stay for long: no more can come. But for
            // long polls, which noise may well be.
            while let Heard::Frame(_) = stranger.hear_within(Duration::from_millis(100)) {}
        }
        Ok(())
    })
}

/// One to three bytes changed to what decoders dislike, or the end cut off.
fn mutated(mut bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
    if bytes.is_empty() {
        return bytes;
    }
    if random.below(4) == 0 {
        bytes.truncate(random.below(bytes.len()));
        return bytes;
    }
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len());
        bytes[at] = [0, 0x7f, 0x80, 0xff, random.bytes(1)[0]][random.below(5)];
    }
    bytes
}

#[test]
fn every_api_in_every_version_with_random_and_mutated_bodies() -> anyhow::Result<()> {
    under_attack(|server, bystander| {
        let (mut messages, mut random) = (MessageRandom::new(2), Random::new(3));
        for api in served(server)? {
            let schema = request_schema(api.api_key);
            let lowest = api.min_version.max(schema.version_min);
            for version in lowest..=api.max_version {
                let mut stranger = Stranger::connect(server.kafka())?;
                for round in 0..6 {
                    let mut body = match round {
                        0 => random::default_message(schema, version),
                        _ => random::message(schema, version, &mut messages),
                    }
                    .to_vec();
                    if round > 2 {
                        body = mutated(body, &mut random);
                    }
                    stranger.send(&frame(api.api_key, version, &body));
                    let heard = stranger.hear_within(Duration::from_millis(200));
                    if !matches!(heard, Heard::Frame(_)) {
                        // Closed, or a long poll: no more can be asked here.
                        stranger = Stranger::connect(server.kafka())?;
                    }
                }
            }
            bystander.goes_on(1).with_context(|| schema.name)?;
        }
        Ok(())
    })
}

#[test]
fn mutated_batches() -> anyhow::Result<()> {
    under_attack(|server, _| {
        let mut random = Random::new(4);
        let values: Vec<Bytes> = (0..20).map(|i| Bytes::from(format!("value {i}"))).collect();
        let mut client = server.connect();
        let zstd = Encoding::Zstd { level: 3 };
        let gzip = Encoding::Gzip { level: -1 };
        for encoding in [Encoding::None, gzip, Encoding::Snappy, Encoding::Lz4, zstd] {
            let good = batch(encoding, None, &values).to_vec();
            for _ in 0..60 {
                let mut bad = mutated(good.clone(), &mut random);
                if bad.len() > HEADER_BYTES && random.below(4) > 0 {
                    bad = sealed(bad);
                }
                // Answered, whatever it is: the frame around it is sound.
                client.call(PRODUCE_BY_NAME, &produce_request(TOPIC, 0, 1, bad.into()))?;
            }
        }
        Ok(())
    })
}

#[test]
fn half_frames_hold_nobody_up() -> anyhow::Result<()> {
    under_attack(|server, bystander| {
        let strangers = |count: usize, half: Vec<u8>| {
            let connect = |_| {
                let mut stranger = Stranger::connect(server.kafka())?;
                stranger.send(&half);
                anyhow::Ok(stranger)
            };
            (0..count).map(connect).collect::<anyhow::Result<Vec<_>>>()
        };
        let idle = strangers(300, Vec::new())?;
        let without_length = strangers(100, vec![0, 0])?;
        bystander.goes_on(10).context("beside connections that say nothing")?;
        let small = strangers(150, half_frame(ApiKey::Metadata as i16, 12, 16 * 1024))?;
        bystander.goes_on(10).context("beside halves of small frames")?;
        let large = i32::try_from(REQUEST_BYTES_MAX)?;
        let produce = strangers(3, half_frame(ApiKey::Produce as i16, 12, large))?;
        bystander.goes_on(10).context("beside halves of large frames")?;
        drop((idle, without_length, small, produce));
        Ok(())
    })
}

#[test]
fn long_polls_hold_nobody_up() -> anyhow::Result<()> {
    under_attack(|server, bystander| {
        let poll = fetch_request(TOPIC, 0, 0, 60_000);
        // Small requests at their largest: more of them than have room at a time.
        let padding = WireString::from("x".repeat(15_000));
        let poll = Records::from(encode_request(12, 1, Some(padding), &poll)?).into_bytes();
        let mut strangers = Vec::new();
        for _ in 0..150 {
            let mut stranger = Stranger::connect(server.kafka())?;
            stranger.send(&poll);
            strangers.push(stranger);
        }
        bystander.goes_on(10)?;
        drop(strangers);
        Ok(())
    })
}

#[test]
fn clients_that_do_not_read_hold_nobody_up() -> anyhow::Result<()> {
    under_attack(|server, bystander| {
        let mut client = server.connect();
        let mut random = Random::new(5);
        let noise = Bytes::from(random.bytes(900 * 1024));
        for _ in 0..48 {
            let one = std::slice::from_ref(&noise);
            produce(&mut client, TOPIC, 0, batch(Encoding::None, None, one))?;
        }
        let mut strangers = Vec::new();
        for at in 0..40 {
            let mut stranger = Stranger::connect(server.kafka())?;
            let mut greedy = fetch_request(TOPIC, 0, at, 0);
            greedy.max_bytes = i32::MAX;
            greedy.topics[0].partitions[0].partition_max_bytes = i32::MAX;
            // Half of them wait for more than there will ever be.
            if at % 2 == 0 {
                (greedy.min_bytes, greedy.max_wait_ms) = (i32::MAX, i32::MAX);
            }
            for _ in 0..20 {
                stranger.send(&Records::from(encode_request(12, 1, None, &greedy)?).into_bytes());
            }
            strangers.push(stranger);
        }
        bystander.goes_on(50)?;
        drop(strangers);
        Ok(())
    })
}
