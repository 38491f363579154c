//! Kafka's own classes, in a process of their own.

use std::env;
use std::fs;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, ensure};

/// What the class path needs of a local Maven repository, with the version where it matters.
const JARS: [(&str, Option<&str>); 8] = [
    ("org/apache/kafka/kafka-clients", Some("4.3.1")),
    ("org/apache/kafka/kafka-storage", Some("4.3.1")),
    ("org/apache/kafka/kafka-storage-api", Some("4.3.1")),
    ("org/apache/kafka/kafka-server-common", Some("4.3.1")),
    ("org/xerial/snappy/snappy-java", None),
    ("at/yawk/lz4/lz4-java", None),
    ("com/github/luben/zstd-jni", None),
    ("org/slf4j/slf4j-api", Some("1.7.36")),
];

/// A running `RecordsPeer`.
pub(crate) struct Peer {
    child: Child,
    requests: BufWriter<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// What Kafka's broker makes of a batch.
pub(crate) struct Verdict {
    /// Kafka's code, 0 for none.
    pub(crate) code: i16,
    /// The text for the whole batch, empty where there is none.
    pub(crate) message: String,
    /// Index and text of each refused record.
    pub(crate) records: Vec<(i32, String)>,
    /// The batch as it would be stored.
    pub(crate) stored: Vec<u8>,
}

impl Peer {
    /// Compiles and starts it.
    pub(crate) fn start() -> Result<Self> {
        let repository = Path::new(&env::var_os("HOME").context("no HOME")?).join(".m2/repository");
        let mut class_path = Vec::new();
        for (artifact, version) in JARS {
            class_path.push(find_jar(&repository.join(artifact), version)?);
        }
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("java/RecordsPeer.java");
        let mut child = Command::new("java")
            .arg("-cp")
            .arg(env::join_paths(class_path)?)
            .arg(source)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("java 17 or later is needed")?;
        let requests = BufWriter::new(child.stdin.take().context("piped")?);
        let answers = BufReader::new(child.stdout.take().context("piped")?);
        Ok(Self { child, requests, answers })
    }

    /// What Java reads in these batches, a line each for batches and records.
    pub(crate) fn list(&mut self, batches: &[u8]) -> Result<String> {
        Ok(String::from_utf8(self.ask(b'R', &[batches])?)?)
    }

    /// A batch that Java writes, drawn from the seed.
    pub(crate) fn write(
        &mut self,
        codec: u8,
        level: Option<i32>,
        seed: u64,
        count: u32,
    ) -> Result<Vec<u8>> {
        let level = level.unwrap_or(i32::MIN).to_be_bytes();
        self.ask(b'W', &[&[codec], &level, &seed.to_be_bytes(), &count.to_be_bytes()])
    }

    /// What the broker makes of a produced batch.
    pub(crate) fn validate(&mut self, rules: &[u8], batch: &[u8]) -> Result<Verdict> {
        let answer = self.ask(b'V', &[rules, batch])?;
        let mut rest = answer.as_slice();
        let code = i16::from_be_bytes(take(&mut rest)?);
        let message = text(&mut rest)?;
        let count = u32::from_be_bytes(take(&mut rest)?);
        let records = (0..count)
            .map(|_| Ok((i32::from_be_bytes(take(&mut rest)?), text(&mut rest)?)))
            .collect::<Result<_>>()?;
        Ok(Verdict { code, message, records, stored: rest.to_vec() })
    }

    fn ask(&mut self, request: u8, parts: &[&[u8]]) -> Result<Vec<u8>> {
        let length: usize = 1 + parts.iter().map(|part| part.len()).sum::<usize>();
        self.requests.write_all(&u32::try_from(length)?.to_be_bytes())?;
        self.requests.write_all(&[request])?;
        for part in parts {
            self.requests.write_all(part)?;
        }
        self.requests.flush()?;
        let mut length = [0; 4];
        self.answers.read_exact(&mut length).context("the Java side has ended")?;
        let mut answer = vec![0; usize::try_from(u32::from_be_bytes(length))?];
        self.answers.read_exact(&mut answer)?;
        Ok(answer)
    }

    /// Ends it.
    pub(crate) fn stop(self) -> Result<()> {
        let Self { mut child, requests, answers } = self;
        drop((requests, answers));
        ensure!(child.wait()?.success(), "the Java side failed");
        Ok(())
    }
}

/// The jar in the folder of that version, or of any.
fn find_jar(artifact: &Path, version: Option<&str>) -> Result<PathBuf> {
    let folders = match version {
        Some(version) => vec![artifact.join(version)],
        None => files(artifact)?,
    };
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        if let Some(jar) = files(folder)?
            .into_iter()
            .find(|file| file.extension().is_some_and(|extension| extension == "jar"))
        {
            return Ok(jar);
        }
    }
    anyhow::bail!("no jar in {}; get Kafka's with Maven", artifact.display())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let listing = fs::read_dir(folder).with_context(|| format!("no {}", folder.display()))?;
    listing.map(|entry| Ok(entry?.path())).collect()
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N]> {
    let (taken, behind) = rest.split_first_chunk().context("the answer is cut off")?;
    *rest = behind;
    Ok(*taken)
}

fn text(rest: &mut &[u8]) -> Result<String> {
    let length = usize::try_from(u32::from_be_bytes(take(rest)?))?;
    let (text, behind) = rest.split_at_checked(length).context("the answer is cut off")?;
    *rest = behind;
    Ok(String::from_utf8(text.to_vec())?)
}
