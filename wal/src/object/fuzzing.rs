//! What the fuzz target of `wal/fuzz` runs: any bytes as an object of a log.
//!
//! ```text
//!   draw 1 | position of the table 4 | entries 4 | frames and table, or a whole object
//! ```

use std::sync::Arc;

use bytes::Bytes;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};
use penstock_fuzzing::{Target, take};

use super::format::{self, Kind, LABEL_BYTES, Label, Origin};
use super::sequence::{Sequence, key};
use super::{LogPart, ObjectContent, ObjectWal, ObjectWalSettings};
use crate::conformance::{OWNER, entry};
use crate::fuzzing::RUNTIME;
use crate::{Position, Recovered, Recovering, WalError};

/// Recovery of a part of one object.
pub const OBJECT: Target = Target { name: "object", run: object, seeds };

/// The input is the whole object; otherwise it gets labels that hold.
const RAW: u8 = 1;

const ROOT: &str = "wal";

/// What recovery takes is what inspection finds; what it refuses is named.
fn object(mut input: &[u8]) -> Option<()> {
    let [draw] = *take(&mut input)?;
    let table_position = u32::from_le_bytes(*take(&mut input)?);
    let entries = u32::from_le_bytes(*take(&mut input)?);
    let bytes = match draw & RAW {
        0 => labelled(table_position, entries, input),
        _ => input.to_vec(),
    };
    RUNTIME.with_borrow(|runtime| runtime.block_on(check(bytes)))
}

async fn check(bytes: Vec<u8>) -> Option<()> {
    let (store, root) = (Arc::new(InMemory::new()), Path::from(ROOT));
    let place = key(&root, 1, Sequence(0));
    store.put(&place, PutPayload::from(bytes)).await.expect("memory takes it");
    let reports = ObjectWal::inspect(store.as_ref(), &root).await.expect("damage is reported");
    let [report] = reports.as_slice() else { panic!("there is one object") };

    let wal = ObjectWal::new(store, root, OWNER, ObjectWalSettings::default());
    let part = LogPart { epoch: 1, begins: Position(0) };
    let end = Sequence(1).begins();
    match wal.recover(&[part], end, Position(0), 2).await {
        Ok(mut recovery) => {
            let found = Recovering::<()>::take_entries(&mut recovery);
            assert!(found.iter().all(|entry| entry.location.position < end));
            if let ObjectContent::Entries { entries, .. } = &report.content {
                let facts = |entry: &Recovered| (entry.header.clone(), entry.location);
                assert!(found.iter().map(facts).eq(entries.iter().map(facts)));
            }
            Some(())
        }
        Err(WalError::Corrupt { .. } | WalError::Foreign { .. }) => None,
        Err(error) => panic!("the bytes of an object cannot make {error}"),
    }
}

/// An object with this body.
fn labelled(table_position: u32, entries: u32, body: &[u8]) -> Vec<u8> {
    let start = (table_position as usize).saturating_sub(LABEL_BYTES).min(body.len());
    let origin = Origin {
        owner: OWNER,
        epoch: 1,
        sequence: Sequence(0),
        trimmed: Position(0),
        durable: Position(0),
    };
    let table_crc32c = crc32c::crc32c(&body[start..]);
    let kind = Kind::Data { table_position: table_position.into(), entries, table_crc32c };
    let label = Label { origin, length: (body.len() + 2 * LABEL_BYTES) as u64, kind }.encode();
    [&label[..], body, &label[..]].concat()
}

fn seeds() -> Vec<Vec<u8>> {
    let seed = |draw: u8, table_position: u32, entries: u32, body: &[u8]| {
        [&[draw][..], &table_position.to_le_bytes(), &entries.to_le_bytes(), body].concat()
    };
    let origin = Origin {
        owner: OWNER,
        epoch: 1,
        sequence: Sequence(0),
        trimmed: Position(0),
        durable: Position(0),
    };
    let whole = |count: u64| {
        let entries: Vec<_> = (0..count).map(entry).collect();
        Bytes::from(format::encode(origin, &entries).parts.concat())
    };
    let body = |whole: &Bytes| whole.slice(LABEL_BYTES..whole.len() - LABEL_BYTES);
    let table = |count: u64| {
        let entries: Vec<_> = (0..count).map(entry).collect();
        match format::encode(origin, &entries).label.kind {
            Kind::Data { table_position, .. } => u32::try_from(table_position).expect("short"),
            Kind::Seal => unreachable!("it has entries"),
        }
    };
    vec![
        seed(0, table(1), 1, &body(&whole(1))),
        seed(0, table(3), 3, &body(&whole(3))),
        seed(RAW, 0, 0, &whole(2)),
        seed(0, 96, 0, &[]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn object() {
        OBJECT.check();
    }
}
