//! One flipped byte in what was durable: named, refused, never served; and the bytes are kept.
//!
//! Every byte of a head, an index, a footer, and a sample of the others. A damaged log keeps the
//! server from starting; a damaged object costs the partitions that need it, and no others.

mod checkpoint;

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use bytes::Bytes;
use penstock_model::id::ObjectId;
use penstock_records::Encoding;
use penstock_s3stream::object::format::FOOTER_BYTES;
use penstock_s3stream::object::index::{CheckpointEntry, ObjectExtent, ObjectIndex};
use penstock_tests::client::Client;
use penstock_tests::producer::{Read, batch, create_topic, fetch, produce, read_all};
use penstock_tests::random::Random;
use penstock_tests::server::Setup;
use penstock_wal::files::OsFiles;
use penstock_wal::{FileWal, Tail};

const TOPICS: [&str; 2] = ["first", "second"];
/// The bytes of a segment before its first frame, and those of a frame before its header.
const SEGMENT_HEAD_BYTES: usize = 36;
const FRAME_HEAD_BYTES: usize = 28;

fn setup(data: &Path) -> Setup {
    Setup::new(env!("CARGO_BIN_EXE_penstock-under-test"), data)
}

/// Produces to both topics in turn, and answers what each of them then holds.
fn fill(client: &mut Client) -> anyhow::Result<Vec<Vec<Read>>> {
    for topic in TOPICS {
        create_topic(client, topic)?;
    }
    for round in 0..4 {
        for topic in TOPICS {
            let values: Vec<_> =
                (0..20).map(|i| Bytes::from(format!("{topic} {round} {i}"))).collect();
            produce(client, topic, 0, batch(Encoding::None, None, &values))?;
        }
    }
    TOPICS.iter().map(|topic| read_all(client, topic, 0)).collect()
}

/// Every file below a folder with its bytes.
fn content(dir: &Path) -> anyhow::Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(content(&path)?);
        } else {
            found.push((path.clone(), fs::read(&path)?));
        }
    }
    found.sort();
    Ok(found)
}

/// `path` with one bit of the byte at `at` changed for as long as this lives.
struct Flipped<'a> {
    path: &'a Path,
    good: &'a [u8],
    bad: Vec<u8>,
}

impl<'a> Flipped<'a> {
    fn new(path: &'a Path, good: &'a [u8], at: usize) -> anyhow::Result<Self> {
        let mut bad = good.to_vec();
        bad[at] ^= 1 << (at % 8);
        fs::write(path, &bad)?;
        Ok(Self { path, good, bad })
    }

    fn is_kept(&self) -> anyhow::Result<bool> {
        Ok(fs::read(self.path)? == self.bad)
    }
}

impl Drop for Flipped<'_> {
    fn drop(&mut self) {
        fs::write(self.path, self.good).expect("what could be written can be mended");
    }
}

fn sample(range: Range<usize>, count: usize, random: &mut Random) -> Vec<usize> {
    (0..count).map(|_| range.start + random.below(range.len())).collect()
}

/// The only segment of the log in `dir`, and the bytes of it that are proven durable. Only what
/// came to rest is proven as a whole.
fn segment_at_rest(
    dir: &Path,
    client: &mut Client,
) -> anyhow::Result<(PathBuf, Vec<Range<usize>>)> {
    for _ in 0..200 {
        let segments = FileWal::inspect(&OsFiles, dir)?;
        let last = segments.last().context("a log has segments")?;
        if segments.len() == 1 && last.tail == Tail::Mark {
            let place = |position: u64| -> anyhow::Result<usize> {
                Ok(usize::try_from(position - last.start.0)? + SEGMENT_HEAD_BYTES)
            };
            let mut starts = Vec::new();
            for entry in &last.entries {
                starts.push(place(entry.location.position.0)?);
            }
            starts.push(place(last.end.0)?);
            let frames = starts.windows(2).map(|pair| pair[0]..pair[1]).collect();
            return Ok((dir.join(&last.name), frames));
        }
        // Nothing comes: this waits, as long as it says.
        fetch(client, TOPICS[0], 0, 80, 20)?;
    }
    anyhow::bail!("{} does not come to rest", dir.display())
}

/// Flips bytes of one of the server's logs, of which nothing was trimmed.
fn check_log(folder: &str, flips_behind_heads: usize) -> anyhow::Result<()> {
    let data = tempfile::tempdir()?;
    let setup = setup(data.path());
    let mut server = setup.start()?;
    let mut client = server.connect();
    let expect = fill(&mut client)?;
    let dir = data.path().join(folder);
    let (path, frames) = segment_at_rest(&dir, &mut client)?;
    server.kill();

    let mut random = Random::new(1);
    let (first, last) = (frames[0].clone(), frames[frames.len() - 1].clone());
    let mut places: Vec<usize> = (0..first.start + FRAME_HEAD_BYTES).collect();
    places.extend(sample(last.start..last.start + FRAME_HEAD_BYTES, 4, &mut random));
    places.extend(sample(first.start..last.end, flips_behind_heads, &mut random));
    let good = fs::read(&path)?;
    for at in places {
        let flipped = Flipped::new(&path, &good, at)?;
        let before = content(&dir)?;
        let Err(refusal) = setup.start() else { anyhow::bail!("byte {at} of {folder}: started") };
        let refusal = refusal.to_string();
        let named = format!("{} is damaged at byte ", path.display());
        let (_, place) = refusal.split_once(&named).with_context(|| refusal.clone())?;
        let digits = place.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        let found: usize = digits.parse()?;
        let frame = frames.iter().find(|frame| frame.contains(&at));
        let earliest = frame.map_or(0, |frame| frame.start);
        ensure!((earliest..=at).contains(&found), "byte {at} of {folder}: found at {found}");
        ensure!(flipped.is_kept()? && content(&dir)? == before, "byte {at}: changed");
    }
    let server = setup.start()?;
    let mut client = server.connect();
    for (topic, expect) in TOPICS.iter().zip(&expect) {
        assert_eq!(&read_all(&mut client, topic, 0)?, expect, "mended, all is there");
    }
    Ok(())
}

#[test]
fn in_the_write_ahead_log() -> anyhow::Result<()> {
    check_log("wal", 40)
}

#[test]
fn in_the_log_of_the_metadata() -> anyhow::Result<()> {
    check_log("quorum/log", 20)
}

/// The only object in the store, and its bytes.
fn only_object(store: &Path) -> anyhow::Result<(PathBuf, Vec<u8>)> {
    let objects = content(&store.join("data"))?;
    let count = objects.len();
    let only = <[_; 1]>::try_from(objects);
    only.map(|[object]| object).map_err(|_| anyhow::anyhow!("{count} objects"))
}

/// An object's index, and where it begins.
fn index_of(object: &[u8]) -> anyhow::Result<(ObjectIndex, usize)> {
    let footer = object.len() - FOOTER_BYTES;
    // The footer begins with the object's id and the position of its index.
    let number = |at: usize| anyhow::Ok(u64::from_be_bytes(object[at..at + 8].try_into()?));
    let (id, index_position) = (ObjectId(number(footer)?), number(footer + 8)?);
    let extent = ObjectExtent { id, size: object.len() as u64, index_position };
    let index_at = usize::try_from(index_position)?;
    Ok((ObjectIndex::decode(&object[index_at..], extent)?, index_at))
}

fn bytes_of(checkpoint: &CheckpointEntry) -> anyhow::Result<Range<usize>> {
    let start = usize::try_from(checkpoint.position)?;
    Ok(start..start + usize::try_from(checkpoint.size)?)
}

/// Where an object may be damaged, and which topics that costs.
fn places_of(object: &[u8], random: &mut Random) -> anyhow::Result<Vec<(usize, [bool; 2])>> {
    let footer = object.len() - FOOTER_BYTES;
    let (index, index_at) = index_of(object)?;
    let streams: Vec<_> = index.blocks().iter().map(|block| block.stream).collect();
    ensure!(streams.len() == 2 && streams[0] < streams[1], "a block for each topic");
    let mut places = Vec::new();
    for block in index.blocks() {
        let costs = streams.iter().map(|stream| *stream == block.stream);
        let costs: Vec<bool> = costs.collect();
        let bytes = usize::try_from(block.position)?..usize::try_from(block.bytes().end)?;
        let table = bytes.start + usize::try_from(block.payload_size())?;
        let chosen = [sample(bytes.start..table, 5, random), sample(table..bytes.end, 5, random)];
        places.extend(chosen.concat().into_iter().map(|at| (at, [costs[0], costs[1]])));
    }
    for checkpoint in index.checkpoints() {
        let costs = [checkpoint.stream == streams[0], checkpoint.stream == streams[1]];
        let bytes = bytes_of(checkpoint)?;
        places.extend(sample(bytes, 5, random).into_iter().map(|at| (at, costs)));
    }
    let behind = sample(index_at..footer, 8, random).into_iter().chain(footer..object.len());
    places.extend(behind.map(|at| (at, [true, true])));
    Ok(places)
}

#[test]
fn in_an_object() -> anyhow::Result<()> {
    let data = tempfile::tempdir()?;
    let setup = setup(data.path());
    let mut server = setup.start()?;
    let expect = fill(&mut server.connect())?;
    // What is durable is uploaded before a stop in order.
    ensure!(server.terminate().success(), "{}", server.errors());
    let store = data.path().join("objects");
    let (path, good) = &only_object(&store)?;
    let key = path.strip_prefix(&store)?.display();

    for (at, costs) in places_of(good, &mut Random::new(2))? {
        let flipped = Flipped::new(path, good, at)?;
        let mut server = setup.start()?;
        let mut read = Vec::new();
        for topic in TOPICS {
            read.push(read_all(&mut server.connect(), topic, 0));
        }
        server.kill();
        let errors = server.errors();
        for (((topic, read), expect), costs) in TOPICS.iter().zip(read).zip(&expect).zip(costs) {
            match read {
                Ok(read) => {
                    ensure!(!costs, "byte {at}: {topic} was served");
                    ensure!(&read == expect, "byte {at}: {topic} has changed");
                }
                Err(refusal) => {
                    ensure!(costs, "byte {at}: {topic} was refused: {refusal:#}; {errors}");
                    let storage = refusal.to_string().ends_with("error 56");
                    ensure!(storage, "byte {at}: {topic}: {refusal:#}");
                    // The version's own bytes name another release's format.
                    let named = ["is damaged at byte ", "has format version "];
                    let named = named.map(|what| errors.contains(&format!("{key} {what}")));
                    ensure!(named.contains(&true), "byte {at} is not named: {errors}");
                }
            }
        }
        ensure!(flipped.is_kept()?, "byte {at}: changed");
    }
    Ok(())
}
