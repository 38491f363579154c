//! The data folder: can it be written, and how long does a sync take?

use std::io::{self, IoSlice};
use std::path::Path;
use std::time::Duration;

use penstock_wal::files::{Files, OpenMode};
use tokio::time::Instant;

use super::{Finding, milliseconds, percentiles};
use crate::config::{NodeConfig, WalPlace};

const PROBE: &str = "doctor.tmp";
const SYNCS: u64 = 100;
const BLOCK: [u8; 4096] = [0x5a; 4096];

/// A produce request waits for one sync; past this, people notice.
const SLOW: Duration = Duration::from_millis(20);

pub(super) fn check(files: &dyn Files, config: &NodeConfig) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut dirs = vec![("data.dir", config.data_dir.as_path())];
    if let WalPlace::File(dir) = &config.wal
        && !dir.starts_with(&config.data_dir)
    {
        dirs.push(("wal.url", dir.as_path()));
    }
    for (setting, dir) in dirs {
        findings.extend(match examine(files, setting, dir) {
            Ok(findings) => findings,
            Err(error) => vec![Finding::failure(
                setting,
                format!("{}: {error}; give the process a folder that it may write", dir.display()),
            )],
        });
    }
    findings
}

fn examine(files: &dyn Files, setting: &'static str, dir: &Path) -> io::Result<Vec<Finding>> {
    files.create_dir_all(dir)?;
    let mut findings = Vec::new();
    match files.lock(&dir.join("lock")) {
        Ok(_) => findings.push(Finding::good(setting, format!("{} is free", dir.display()))),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => findings.push(Finding::warning(
            setting,
            format!("{} is in use: a node runs on it already", dir.display()),
        )),
        Err(error) => return Err(error),
    }
    let probe = dir.join(PROBE);
    match files.remove(&probe) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let times = measure(files, &probe);
    files.remove(&probe)?;
    let (median, tail) = percentiles(times?);
    let text = format!(
        "a sync of 4 KiB takes {} at the median, {} at the 99th percentile",
        milliseconds(median),
        milliseconds(tail)
    );
    findings.push(if median > SLOW {
        let advice = "every acknowledgement waits for one; use a faster disk for the WAL";
        Finding::warning(setting, format!("{text}: {advice}"))
    } else {
        Finding::good(setting, text)
    });
    Ok(findings)
}

/// As the WAL writes: over blocks that the file has already.
fn measure(files: &dyn Files, probe: &Path) -> io::Result<Vec<Duration>> {
    let file = files.open(probe, OpenMode::CreateNew)?;
    for block in 0..SYNCS {
        file.write_all_at(&[IoSlice::new(&BLOCK)], block * BLOCK.len() as u64)?;
    }
    file.sync_data()?;
    (0..SYNCS)
        .map(|block| {
            let started = Instant::now();
            file.write_all_at(&[IoSlice::new(&BLOCK)], block * BLOCK.len() as u64)?;
            file.sync_data()?;
            Ok(started.elapsed())
        })
        .collect()
}
