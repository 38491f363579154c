//! A damaged checkpoint costs its partition, by name, at the start and while the server runs; all
//! others take records on, for as long as it takes. Mended, nothing is missing.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use bytes::Bytes;
use penstock_records::Encoding;
use penstock_tests::client::Client;
use penstock_tests::producer::{Read, batch, create_topic, produce, read_all};
use penstock_tests::server::{Server, Setup};
use penstock_wire::WireString;
use penstock_wire::metadata_request::{MetadataRequest, MetadataRequestTopic};

use crate::{Flipped, TOPICS, bytes_of, index_of, only_object, setup};

/// So many producers that the checkpoint does not stay in memory.
const PRODUCERS: i64 = 32;

/// A partition whose checkpoint is to be damaged, and one beside it.
struct World {
    _data: tempfile::TempDir,
    setup: Setup,
    /// The only object, its bytes, and one of the checkpoint's.
    object: (PathBuf, Vec<u8>, usize),
    /// What the partitions hold.
    expect: [Vec<Read>; 2],
}

impl World {
    fn new() -> anyhow::Result<Self> {
        let data = tempfile::tempdir()?;
        // One upload takes everything: it begins when the server is told to stop.
        let mut server = setup(data.path()).with("upload.interval.ms=3600000").start()?;
        let mut client = server.connect();
        let mut expect = [Vec::new(), Vec::new()];
        for (topic, expect) in TOPICS.iter().zip(&mut expect) {
            create_topic(&mut client, topic)?;
            for producer in 0..PRODUCERS {
                let sequence = Some((1_000 + producer, 0, 0));
                add(&mut client, topic, sequence, expect)?;
            }
        }
        ensure!(server.terminate().success(), "{}", server.errors());
        let (path, good) = only_object(&data.path().join("objects"))?;
        let (index, _) = index_of(&good)?;
        let first = index.checkpoints().iter().min_by_key(|checkpoint| checkpoint.stream);
        let at = bytes_of(first.context("a checkpoint for each topic")?)?;
        ensure!(at.len() > 1_024, "it is read again when it is folded");
        let setup = setup(data.path()).with("upload.interval.ms=20");
        Ok(Self { _data: data, setup, object: (path, good, at.start + 20), expect })
    }

    /// The topic beside it is served as if nothing were.
    fn check_other(&mut self, client: &mut Client) -> anyhow::Result<()> {
        add(client, TOPICS[1], None, &mut self.expect[1])?;
        ensure!(read_all(client, TOPICS[1], 0)? == self.expect[1], "{} has changed", TOPICS[1]);
        Ok(())
    }

    /// After the object is mended: everything that was acknowledged, and more can come.
    fn check_mended(mut self) -> anyhow::Result<()> {
        let mut server = self.setup.start()?;
        let mut client = server.connect();
        ensure!(read_all(&mut client, TOPICS[0], 0)? == self.expect[0], "all is there");
        // The state too, of batches behind the checkpoint as well: a repetition is recognized.
        let repeated = batch(Encoding::None, Some((1_000, 0, 0)), &[value(TOPICS[0], 0)]);
        ensure!(produce(&mut client, TOPICS[0], 0, repeated)? == 0, "it is known");
        add(&mut client, TOPICS[0], None, &mut self.expect[0])?;
        self.check_other(&mut client)?;
        ensure!(server.terminate().success(), "{}", server.errors());
        // What is uploaded now goes on from what was rebuilt.
        let server = self.setup.start()?;
        let mut client = server.connect();
        ensure!(read_all(&mut client, TOPICS[0], 0)? == self.expect[0], "all is there again");
        Ok(())
    }
}

fn value(topic: &str, offset: usize) -> Bytes {
    Bytes::from(format!("{topic} {offset}"))
}

/// Produces one more record.
fn add(
    client: &mut Client,
    topic: &str,
    sequence: Option<(i64, i16, i32)>,
    expect: &mut Vec<Read>,
) -> anyhow::Result<()> {
    let value = value(topic, expect.len());
    let offset =
        produce(client, topic, 0, batch(Encoding::None, sequence, std::slice::from_ref(&value)))?;
    expect.push((offset, value));
    Ok(())
}

/// Error and leader of the damaged partition, as clients see them.
fn described(client: &mut Client) -> anyhow::Result<(i16, i32)> {
    let name = Some(WireString::copy_from(TOPICS[0]));
    let wanted = MetadataRequestTopic { name, ..MetadataRequestTopic::default() };
    let request = MetadataRequest { topics: Some(vec![wanted]), ..MetadataRequest::default() };
    let response = client.call(13, &request)?;
    let topic = response.topics.first().context("metadata answers for the topic")?;
    let partition = topic.partitions.first().context("it has a partition")?;
    Ok((partition.error_code, partition.leader_id))
}

/// The damaged partition is refused: produce, fetch and metadata say so.
fn check_refused(client: &mut Client) -> anyhow::Result<()> {
    let refused = produce(client, TOPICS[0], 0, batch(Encoding::None, None, &[value("", 0)]));
    let refused = [refused.err(), read_all(client, TOPICS[0], 0).err()];
    for refusal in refused {
        let refusal = refusal.context("it was served")?.to_string();
        ensure!(refusal.ends_with("error 56"), "{refusal}");
    }
    ensure!(described(client)? == (5, -1), "nobody leads it");
    Ok(())
}

/// It was named, with the place.
fn check_named(server: &mut Server, path: &std::path::Path) -> anyhow::Result<()> {
    let errors = server.errors();
    let object = path.file_name().and_then(|name| name.to_str()).context("a name")?;
    let named = errors.lines().any(|line| {
        line.contains(object)
            && line.contains("is damaged at byte ")
            && line.contains(&format!("topic=\"{}\" partition=0", TOPICS[0]))
    });
    ensure!(named, "{errors}");
    Ok(())
}

#[test]
fn at_the_start() -> anyhow::Result<()> {
    let mut world = World::new()?;
    let (path, good, at) = world.object.clone();
    let flipped = Flipped::new(&path, &good, at)?;
    for _ in 0..2 {
        let mut server = world.setup.start()?;
        let mut client = server.connect();
        check_refused(&mut client)?;
        world.check_other(&mut client)?;
        ensure!(server.terminate().success(), "{}", server.errors());
        check_named(&mut server, &path)?;
    }
    ensure!(flipped.is_kept()?, "the bytes are kept");
    drop(flipped);
    world.check_mended()
}

#[test]
fn while_the_server_runs() -> anyhow::Result<()> {
    let mut world = World::new()?;
    let (path, good, at) = world.object.clone();
    let mut server = world.setup.start()?;
    let mut client = server.connect();
    let flipped = Flipped::new(&path, &good, at)?;
    // The next upload goes on from the checkpoint, and finds out.
    let mut sequence = 0;
    let refusal = loop {
        ensure!(sequence < 10_000, "nobody finds out");
        let more = Some((2_000, 0, sequence));
        match add(&mut client, TOPICS[0], more, &mut world.expect[0]) {
            Ok(()) => sequence += 1,
            Err(refusal) => break refusal.to_string(),
        }
    };
    // A batch that was under way when the stream was closed sends its client to look again.
    ensure!(["error 6", "error 56"].iter().any(|end| refusal.ends_with(end)), "{refusal}");
    check_refused(&mut client)?;
    world.check_other(&mut client)?;
    ensure!(server.terminate().success(), "{}", server.errors());
    check_named(&mut server, &path)?;
    ensure!(flipped.is_kept()?, "the bytes are kept");
    drop(flipped);
    world.check_mended()
}
