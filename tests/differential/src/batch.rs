//! Record batches as trees: written with any fault a producer could have, read field by field.
//!
//! ```text
//! { "records": [{ "key": "k", "value": "v", "timestamp": 5, "headers": [["h", "x"]] }],
//!   "codec": "gzip", "producer_id": 7, "producer_epoch": 0, "base_sequence": 0,
//!   "transactional": true, "control": true,
//!   "head": { "magic": 1, "record_count": 9 },     written over, under a checksum that holds
//!   "wrong_crc": true, "cut": 5 }                  and what is done to it last
//! ```

use anyhow::{Context, bail};
use bytes::Bytes;
use penstock_records::{
    BatchBuilder, Batches, Codec, Encoding, HEADER_BYTES, InflationLimits, NewRecord,
    ProducerEpoch, ProducerId, RecordHeader, Records, Sequence, StoredBatch, Timestamp,
};
use serde_json::{Value, json};

use crate::codec::{bytes_tree, unhex};

/// Where each field of a head is, and its size.
const HEAD: [(&str, usize, usize); 12] = [
    ("base_offset", 0, 8),
    ("batch_length", 8, 4),
    ("leader_epoch", 12, 4),
    ("magic", 16, 1),
    ("attributes", 21, 2),
    ("last_offset_delta", 23, 4),
    ("base_timestamp", 27, 8),
    ("max_timestamp", 35, 8),
    ("producer_id", 43, 8),
    ("producer_epoch", 51, 2),
    ("base_sequence", 53, 4),
    ("record_count", 57, 4),
];

/// Where the checksum is; it covers everything behind it.
const CRC: std::ops::Range<usize> = 17..21;

/// The bytes of a batch.
///
/// # Errors
/// When the tree has a value of another type.
pub(crate) fn encode(tree: &Value) -> anyhow::Result<Vec<u8>> {
    let number = |name: &str| tree.get(name).and_then(Value::as_i64).unwrap_or(-1);
    let truth = |name: &str| tree.get(name).and_then(Value::as_bool).unwrap_or(false);
    let codec = match tree.get("codec").and_then(Value::as_str) {
        None => Codec::None,
        Some(name) => {
            let named = Codec::ALL.into_iter().find(|codec| codec.name() == name);
            named.with_context(|| format!("no codec: {name}"))?
        }
    };
    let producer = ProducerId(number("producer_id"));
    let epoch = ProducerEpoch(i16::try_from(number("producer_epoch"))?);
    let sequence = Sequence(i32::try_from(number("base_sequence"))?);
    let mut builder = BatchBuilder::new(Encoding::of(codec)).producer(producer, epoch, sequence);
    if truth("transactional") {
        builder = builder.transactional();
    }
    if truth("control") {
        builder = builder.control();
    }
    let records = tree.get("records").and_then(Value::as_array).context("a batch has records")?;
    for record in records {
        push(&mut builder, record)?;
    }
    let mut bytes = match records.is_empty() {
        false => builder.build()?.sequence(0, 0, Timestamp(0)).bytes.to_vec(),
        true => empty(),
    };
    let mut write = |name: &str, value: i64| -> anyhow::Result<()> {
        let field = HEAD.iter().find(|(field, ..)| *field == name);
        let (_, at, size) = field.with_context(|| format!("no field of a head: {name}"))?;
        bytes[*at..at + size].copy_from_slice(&value.to_be_bytes()[8 - size..]);
        Ok(())
    };
    write("leader_epoch", -1)?;
    for (name, value) in tree.get("head").and_then(Value::as_object).into_iter().flatten() {
        write(name, value.as_i64().with_context(|| format!("no number: {value}"))?)?;
    }
    let crc = crc32c::crc32c(&bytes[CRC.end..]) ^ u32::from(truth("wrong_crc"));
    bytes[CRC].copy_from_slice(&crc.to_be_bytes());
    let cut = usize::try_from(number("cut").max(0))?;
    bytes.truncate(bytes.len().saturating_sub(cut));
    Ok(bytes)
}

fn push(builder: &mut BatchBuilder, record: &Value) -> anyhow::Result<()> {
    let text = |name: &str| record.get(name).and_then(Value::as_str).map(str::as_bytes);
    let pairs = record.get("headers").and_then(Value::as_array);
    let headers: Vec<_> = pairs
        .into_iter()
        .flatten()
        .map(|pair| RecordHeader {
            key: pair[0].as_str().unwrap_or_default().as_bytes(),
            value: pair[1].as_str().map(str::as_bytes),
        })
        .collect();
    builder.push(&NewRecord {
        timestamp: Timestamp(record.get("timestamp").and_then(Value::as_i64).unwrap_or(-1)),
        key: text("key"),
        value: text("value"),
        headers: &headers,
    });
    Ok(())
}

/// A head without records.
fn empty() -> Vec<u8> {
    let mut bytes = vec![0; HEADER_BYTES];
    bytes[8..12].copy_from_slice(&(49_i32).to_be_bytes());
    bytes[16] = 2;
    bytes[23..27].copy_from_slice(&(-1_i32).to_be_bytes());
    bytes[27..57].fill(0xff);
    bytes
}

/// The batches of a fetched field. One that is cut off at the end is left out, as consumers do.
pub(crate) fn decode(records: &Value) -> Value {
    let bytes = match records {
        Value::String(text) => Ok(text.as_bytes().to_vec()),
        Value::Null => return Value::Null,
        other => unhex(other.get("hex").and_then(Value::as_str).unwrap_or_default()),
    };
    let mut trees = Vec::new();
    for batch in Batches::new(Bytes::from(bytes.unwrap_or_default())) {
        // Kafka cuts at the byte limit; what is wrong in other ways shows in the fields.
        let Ok(batch) = batch else { break };
        trees.push(batch_tree(&batch));
    }
    json!({ "batches": trees })
}

fn batch_tree(batch: &StoredBatch) -> Value {
    let head = batch.header();
    let mut tree = json!({
        "base_offset": head.base_offset,
        "leader_epoch": head.partition_leader_epoch,
        "magic": head.magic,
        "crc_holds": batch.check().is_ok(),
        "attributes": head.attributes.0,
        "last_offset_delta": head.last_offset_delta,
        "base_timestamp": head.base_timestamp.0,
        "max_timestamp": head.max_timestamp.0,
        "producer_id": head.producer_id.0,
        "producer_epoch": head.producer_epoch.0,
        "base_sequence": head.base_sequence.0,
        "record_count": head.record_count,
    });
    tree["records"] = match records_tree(batch) {
        Ok(records) => Value::Array(records),
        Err(error) => Value::from(format!("unreadable: {error}")),
    };
    tree
}

fn records_tree(batch: &StoredBatch) -> anyhow::Result<Vec<Value>> {
    let inflated = batch.inflate(&InflationLimits::default())?;
    let text = |bytes: Option<&[u8]>| bytes.map_or(Value::Null, bytes_tree);
    let mut trees = Vec::new();
    for record in Records::new(batch.header(), &inflated) {
        let record = record?;
        let headers: Vec<_> = record
            .headers
            .map(|header| json!([bytes_tree(header.key), text(header.value)]))
            .collect();
        trees.push(json!({
            "offset": record.offset,
            "timestamp": record.timestamp.0,
            "key": text(record.key),
            "value": text(record.value),
            "headers": headers,
        }));
        if trees.len() > 100_000 {
            bail!("too many records");
        }
    }
    Ok(trees)
}
