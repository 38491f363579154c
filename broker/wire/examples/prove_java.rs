//! Proves this crate against Kafka's own classes, byte for byte:
//!
//! ```text
//! cargo run -p penstock-wire --features catalog --example prove_java -- CLASSPATH
//!
//! random message ─► ours reads, writes as its own and as any other version ─┐
//!        └────────► Kafka's class does the same ────────────────────────────┴► equal, or both refuse
//! message of which nothing was set: ours and Kafka's ──► equal
//! Kafka's random message ─► ours reads, writes ─► equal
//! ```
//!
//! CLASSPATH holds kafka-clients and the group, transaction and share coordinators' jars of the
//! version that the messages were generated from; `.ci/install` leaves one in
//! `tests/clients/java/target/classpath.txt`. Needs `java` 17 or later. Exits with 1 and the first
//! differences if there is any.

use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use penstock_wire::catalog::{Entry, MESSAGES};
use penstock_wire::random::{self, Random};

/// Rounds for each message and version, in each direction.
const ROUNDS: usize = 30;
const DIFFERENCES_SHOWN: usize = 20;

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [classpath] = arguments.as_slice() else { bail!("usage: prove_java CLASSPATH") };
    let mut java = Java::start(classpath)?;
    let mut differences = Vec::new();
    let mut compared = 0;
    for entry in MESSAGES {
        for version in entry.version_min..=entry.version_max {
            let place = || format!("{} v{version}", entry.name);
            differences.extend(defaults(&mut java, entry, version).with_context(place)?);
            differences.extend(ours_to_java(&mut java, entry, version).with_context(place)?);
            differences.extend(java_to_ours(&mut java, entry, version).with_context(place)?);
            compared += 1;
        }
    }
    java.stop()?;
    for difference in differences.iter().take(DIFFERENCES_SHOWN) {
        eprintln!("{difference}");
    }
    let messages = MESSAGES.len();
    println!(
        "{messages} messages, {compared} message versions, {ROUNDS} rounds each way: {} differences",
        differences.len()
    );
    Ok(if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Both write what nothing was set of.
fn defaults(java: &mut Java, entry: &Entry, version: i16) -> Result<Option<String>> {
    let ours = (entry.encode_default)(version).map_err(|error| error.to_string());
    let theirs = java.default(entry.name, version)?;
    let name = entry.name;
    let difference = format!("{name} v{version} default:\n  ours  {ours:?}\n  Kafka {theirs:?}");
    Ok(if ours == theirs { None } else { Some(difference) })
}

/// Both read the same bytes, and write them in the same and in another version.
fn ours_to_java(java: &mut Java, entry: &Entry, version: i16) -> Result<Vec<String>> {
    let mut random = Random::new(u64::from(version.unsigned_abs()));
    let mut differences = Vec::new();
    for _ in 0..ROUNDS {
        let bytes = random::message(entry, version, &mut random);
        let target = random.version(entry.version_min, entry.version_max);
        let theirs = java.recode(entry.name, version, target, &bytes)?;
        for (to, theirs) in [version, target].into_iter().zip(theirs) {
            let recoded = (entry.recode)(bytes.clone(), version, to);
            let ours = recoded.map(|recoded| recoded.bytes.map_err(|error| error.to_string()));
            let same = match (&ours, &theirs) {
                (Ok(Ok(ours)), Ok(theirs)) => ours == theirs,
                (Ok(Err(_)), Err(_)) => to != version,
                _ => false,
            };
            if !same {
                let name = entry.name;
                differences.push(format!(
                    "{name} v{version} as v{to}:\n  read  {bytes:?}\n  ours  {ours:?}\n  Kafka {theirs:?}"
                ));
            }
        }
    }
    Ok(differences)
}

/// What Kafka's classes make of a random message is read, and written the same.
fn java_to_ours(java: &mut Java, entry: &Entry, version: i16) -> Result<Vec<String>> {
    let mut differences = Vec::new();
    for seed in 0..ROUNDS as u64 {
        let bytes = match java.make(entry.name, version, seed)? {
            Ok(bytes) => bytes,
            Err(why) => bail!("Kafka's schema made no message: {why}"),
        };
        let ours = (entry.recode)(bytes.clone(), version, version);
        let same =
            ours.as_ref().is_ok_and(|ours| ours.bytes == Ok(bytes.clone()) && ours.remaining == 0);
        if !same {
            let name = entry.name;
            differences.push(format!("{name} v{version}:\n  Kafka {bytes:?}\n  ours  {ours:?}"));
        }
    }
    Ok(differences)
}

/// java/Prove.java at the other end of a pipe.
struct Java {
    process: Child,
    orders: BufWriter<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Java {
    fn start(classpath: &str) -> Result<Self> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("java/Prove.java");
        let mut process = Command::new("java")
            .args(["-cp", classpath])
            .arg(source)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("java does not start")?;
        let orders = BufWriter::new(process.stdin.take().context("no stdin")?);
        let answers = BufReader::new(process.stdout.take().context("no stdout")?);
        Ok(Self { process, orders, answers })
    }

    fn recode(
        &mut self,
        name: &str,
        from: i16,
        to: i16,
        bytes: &[u8],
    ) -> Result<[Result<Bytes, String>; 2]> {
        self.order(b'R', name)?;
        self.orders.write_all(&from.to_be_bytes())?;
        self.orders.write_all(&to.to_be_bytes())?;
        self.orders.write_all(&u32::try_from(bytes.len())?.to_be_bytes())?;
        self.orders.write_all(bytes)?;
        self.orders.flush()?;
        Ok([self.answer()?, self.answer()?])
    }

    fn default(&mut self, name: &str, version: i16) -> Result<Result<Bytes, String>> {
        self.order(b'D', name)?;
        self.orders.write_all(&version.to_be_bytes())?;
        self.orders.flush()?;
        self.answer()
    }

    fn make(&mut self, name: &str, version: i16, seed: u64) -> Result<Result<Bytes, String>> {
        self.order(b'M', name)?;
        self.orders.write_all(&version.to_be_bytes())?;
        self.orders.write_all(&seed.to_be_bytes())?;
        self.orders.flush()?;
        self.answer()
    }

    fn order(&mut self, order: u8, name: &str) -> Result<()> {
        self.orders.write_all(&[order])?;
        self.orders.write_all(&u16::try_from(name.len())?.to_be_bytes())?;
        self.orders.write_all(name.as_bytes())?;
        Ok(())
    }

    fn answer(&mut self) -> Result<Result<Bytes, String>> {
        let mut head = [0; 5];
        self.answers
            .read_exact(&mut head)
            .context("java gave no answer; is CLASSPATH complete?")?;
        let [refused, length @ ..] = head;
        let mut bytes = vec![0; usize::try_from(u32::from_be_bytes(length))?];
        self.answers.read_exact(&mut bytes)?;
        Ok(match refused {
            0 => Ok(bytes.into()),
            _ => Err(String::from_utf8_lossy(&bytes).into_owned()),
        })
    }

    fn stop(self) -> Result<()> {
        let Self { mut process, orders, answers: _ } = self;
        drop(orders);
        let status = process.wait()?;
        if !status.success() {
            bail!("java ended with {status}");
        }
        Ok(())
    }
}
