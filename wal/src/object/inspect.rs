//! Looks at a log in a store without changing it: for people who want to know what is there.

use futures::stream::TryStreamExt;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt};

use super::ObjectWal;
use super::format::{self, FRAME_HEAD_BYTES, Kind, LABEL_BYTES, Label};
use super::sequence::{offset_of, place_of};
use crate::{Owner, Position, Recovered, WalError};

/// What one object holds.
#[derive(Debug)]
pub struct ObjectReport {
    /// Its key.
    pub key: String,
    /// Where it begins in the log.
    pub start: Position,
    /// Its length in bytes.
    pub length: u64,
    /// Whose log it says it is part of; `None` if its label is damaged.
    pub owner: Option<Owner>,
    /// What is in it.
    pub content: ObjectContent,
}

/// See [`ObjectReport::content`].
#[derive(Debug)]
pub enum ObjectContent {
    /// Entries whose every byte was checked.
    Entries {
        /// In order.
        entries: Vec<Recovered>,
        /// As far as the log was durable when the object was sent.
        durable: Position,
    },
    /// The end of an epoch: what lies behind it was never acknowledged.
    Seal,
    /// Something else, or part of it.
    Damage(&'static str),
}

impl ObjectWal {
    /// Reads and checks all objects below the root of a log, by epoch and sequence.
    ///
    /// # Errors
    /// [`WalError::Io`] for what the store says; damage is part of the report.
    pub async fn inspect(
        store: &dyn ObjectStore,
        root: &Path,
    ) -> Result<Vec<ObjectReport>, WalError> {
        let failed = |error: Error| WalError::Io {
            action: "read",
            place: root.to_string(),
            reason: error.to_string(),
        };
        let mut keys: Vec<_> = store
            .list(Some(root))
            .map_ok(|meta| meta.location)
            .try_collect()
            .await
            .map_err(failed)?;
        keys.sort();
        let mut reports = Vec::new();
        for key in keys {
            let Some((_, sequence)) = place_of(&key) else { continue };
            let bytes = store.get(&key).await.map_err(failed)?.bytes().await.map_err(failed)?;
            let (owner, content) = match read(&bytes) {
                Ok((label, content)) => (Some(label.origin.owner), content),
                Err(what) => (None, ObjectContent::Damage(what)),
            };
            let (key, start) = (key.to_string(), sequence.begins());
            reports.push(ObjectReport { key, start, length: bytes.len() as u64, owner, content });
        }
        Ok(reports)
    }
}

fn read(bytes: &bytes::Bytes) -> Result<(Label, ObjectContent), &'static str> {
    let label = bytes.last_chunk::<LABEL_BYTES>().ok_or("it is too short")?;
    let label = Label::decode(label).map_err(format::LabelError::text)?;
    if label.length != bytes.len() as u64 || bytes[..LABEL_BYTES] != label.encode() {
        return Err("it is another object, or not all of it");
    }
    let content = match label.kind {
        Kind::Seal => ObjectContent::Seal,
        Kind::Data { table_position, .. } => {
            let table = usize::try_from(table_position).map_err(|_| "it is too long")?;
            let table = bytes.slice(table..bytes.len() - LABEL_BYTES);
            let entries = format::decode_table(&label, &table)?;
            for Recovered { location, .. } in &entries {
                let start = usize::try_from(offset_of(location.position)).expect("27 bits");
                let end = start + FRAME_HEAD_BYTES + location.payload_length as usize;
                format::decode_frame(&bytes.slice(start..end))?;
            }
            ObjectContent::Entries { entries, durable: label.origin.durable }
        }
    };
    Ok((label, content))
}
