//! `penstock doctor`: whether a configuration can work where it stands.
//!
//! Each check says what it found, and when it failed, what to do. Checks write little, under names
//! of their own, and take back what they wrote.

mod disk;
mod network;
mod store;

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use penstock_wal::files::OsFiles;

use crate::config::NodeConfig;
use crate::env::{SystemClock, SystemEntropy};

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    /// What was looked at, by the setting's name.
    subject: &'static str,
    /// What was found; of a failure, with what to do.
    text: String,
    verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// As it should be.
    Good,
    /// It will work, not well.
    Warning,
    /// It cannot work.
    Failure,
}

impl Finding {
    fn good(subject: &'static str, text: impl Into<String>) -> Self {
        Self { subject, text: text.into(), verdict: Verdict::Good }
    }

    fn warning(subject: &'static str, text: impl Into<String>) -> Self {
        Self { subject, text: text.into(), verdict: Verdict::Warning }
    }

    fn failure(subject: &'static str, text: impl Into<String>) -> Self {
        Self { subject, text: text.into(), verdict: Verdict::Failure }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Good => "ok  ",
            Verdict::Warning => "warn",
            Verdict::Failure => "FAIL",
        };
        write!(f, "{verdict} {}: {}", self.subject, self.text)
    }
}

/// Makes every check and shows each finding at once. True when nothing failed.
///
/// # Errors
/// When nobody reads what is shown.
pub async fn run(config: &NodeConfig, out: &mut dyn Write) -> io::Result<bool> {
    let mut healthy = true;
    let mut show = |findings: Vec<Finding>| {
        for finding in findings {
            healthy &= finding.verdict != Verdict::Failure;
            writeln!(out, "{finding}")?;
        }
        io::Result::Ok(())
    };
    show(disk::check(&OsFiles, config))?;
    show(network::check(config).await)?;
    show(store::check(config, Arc::new(OsFiles), &SystemClock, &SystemEntropy).await)?;
    Ok(healthy)
}

/// The median and the 99th percentile.
fn percentiles(mut durations: Vec<Duration>) -> (Duration, Duration) {
    durations.sort();
    let at = |percent: usize| durations[(durations.len() - 1) * percent / 100];
    (at(50), at(99))
}

/// In milliseconds, as latencies are read.
fn milliseconds(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Given;

    async fn examine(set: &[String]) -> (bool, String) {
        let config = NodeConfig::new(&Given::load(None, [], set).unwrap()).unwrap();
        let mut out = Vec::new();
        let healthy = run(&config, &mut out).await.unwrap();
        (healthy, String::from_utf8(out).unwrap())
    }

    #[tokio::test]
    async fn a_fresh_folder_is_healthy_and_left_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        let set = [
            format!("data.dir={}", data.display()),
            "listeners=PLAINTEXT://127.0.0.1:0".to_owned(),
            "admin.listener=127.0.0.1:0".to_owned(),
        ];
        let (healthy, text) = examine(&set).await;
        assert!(healthy, "{text}");
        assert!(text.contains("ok   storage.url: create-only writes hold"), "{text}");
        let left: Vec<_> = walk(&data).into_iter().filter(|path| path.is_file()).collect();
        let is_lock = |path: &std::path::Path| path.to_string_lossy().ends_with("lock");
        let strays: Vec<_> = left.iter().filter(|path| !is_lock(path)).collect();
        assert!(strays.is_empty(), "{strays:?}");
    }

    #[tokio::test]
    async fn failures_are_named_with_what_to_do() {
        let dir = tempfile::tempdir().unwrap();
        let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, b"").unwrap();
        let set = [
            format!("data.dir={}", file.join("data").display()),
            format!("listeners=PLAINTEXT://{}", taken.local_addr().unwrap()),
            "admin.listener=".to_owned(),
            "storage.url=memory://".to_owned(),
        ];
        let (healthy, text) = examine(&set).await;
        assert!(!healthy);
        assert!(text.contains("FAIL data.dir: "), "{text}");
        assert!(text.contains("FAIL listeners: "), "{text}");
    }

    fn walk(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(walk(&path));
            }
            found.push(path);
        }
        found
    }
}
