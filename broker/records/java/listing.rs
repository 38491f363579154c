//! The text of batches that `RecordsPeer.list` writes, from what we read.

use std::fmt::Write;

use anyhow::{Result, anyhow};
use bytes::Bytes;
use penstock_records::{Batches, InflationLimits, Records, TimestampType};

/// A line for each batch, and one for each of its records.
pub(crate) fn list(bytes: &[u8]) -> Result<String> {
    let mut lines = String::new();
    for batch in Batches::new(Bytes::copy_from_slice(bytes)) {
        let batch = batch?;
        batch.check()?;
        let header = batch.header();
        let codec = header.attributes.codec().map_err(|number| anyhow!("codec {number}"))?;
        let timestamp_type = match header.attributes.timestamp_type() {
            TimestampType::CreateTime => "CreateTime",
            TimestampType::LogAppendTime => "LogAppendTime",
        };
        writeln!(
            lines,
            "batch {}..{} epoch {} codec {} {timestamp_type} {}{} max {} producer {} {} {} count {}",
            header.base_offset,
            header.last_offset(),
            header.partition_leader_epoch,
            codec as u8,
            if header.attributes.is_transactional() { "t" } else { "-" },
            if header.attributes.is_control() { "c" } else { "-" },
            header.max_timestamp,
            header.producer_id,
            header.producer_epoch,
            header.base_sequence,
            header.record_count,
        )?;
        let inflated = batch.inflate(&InflationLimits::default())?;
        for record in Records::new(header, &inflated) {
            let record = record?;
            let (key, value) = (quoted(record.key), quoted(record.value));
            write!(lines, "{} @{} {key} {value}", record.offset, record.timestamp)?;
            for header in record.headers {
                let value = header.value.map_or("null".to_owned(), hex);
                write!(lines, " {}={value}", String::from_utf8_lossy(header.key))?;
            }
            lines.push('\n');
        }
    }
    Ok(lines)
}

fn quoted(bytes: Option<&[u8]>) -> String {
    bytes.map_or("null".to_owned(), |bytes| format!("\"{}\"", hex(bytes)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
