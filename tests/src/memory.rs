//! The memory of a process, as Linux counts it.

use anyhow::Context;

/// The most bytes that were resident since its start.
///
/// # Errors
/// When the process is gone.
pub fn peak_resident_bytes(process: u32) -> anyhow::Result<u64> {
    status(process, "VmHWM:")
}

/// The bytes that are resident.
///
/// # Errors
/// When the process is gone.
pub fn resident_bytes(process: u32) -> anyhow::Result<u64> {
    status(process, "VmRSS:")
}

fn status(process: u32, field: &str) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))
        .with_context(|| format!("process {process} is gone"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kibibytes: u64 = kibibytes.with_context(|| format!("no {field} in kB"))?.parse()?;
    Ok(kibibytes * 1024)
}
