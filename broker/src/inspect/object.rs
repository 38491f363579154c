//! `penstock inspect object`: footer, index and blocks of one object.

use std::io::{self, Write};

use penstock_model::command::CheckpointRef;
use penstock_model::id::{ClusterId, ObjectId};
use penstock_s3stream::object::index::{BlockEntry, CheckpointEntry, ObjectExtent, ObjectIndex};
use penstock_s3stream::object::reader::ObjectReader;

use super::InspectError;
use super::place::{open_store, split_options};

/// What an object's place says: `{store}/data/{hash}/{cluster}/{object id}`.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    store: String,
    cluster: ClusterId,
    object: ObjectId,
}

impl Place {
    fn parse(path: &str) -> Option<Self> {
        let mut parts = path.rsplitn(5, '/');
        let (object, cluster, _hash, data) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let store = parts.next().unwrap_or(".").to_owned();
        let cluster = ClusterId(u128::from_str_radix(cluster, 16).ok()?.to_be_bytes());
        (data == "data").then_some(())?;
        Some(Self { store, cluster, object: ObjectId(object.parse().ok()?) })
    }
}

/// Shows every block and checkpoint, and verifies the checksums of all of them.
///
/// # Errors
/// When it is no object, or a damaged one.
pub async fn object(place: &str, out: &mut dyn Write) -> Result<(), InspectError> {
    let not_that =
        |what: &str| InspectError::NotThat { place: place.to_owned(), what: what.to_owned() };
    let (path, options) = split_options(place);
    let parsed = Place::parse(path).ok_or_else(|| {
        not_that("is not the place of an object: …/data/{hash}/{cluster}/{object id}")
    })?;
    let store = open_store(place, &parsed.store, options)?;
    let reader = ObjectReader::new(store, parsed.cluster);
    let extent = reader.extent(parsed.object).await?;
    let index = reader.index(extent).await?;
    show_head(out, extent, &index).map_err(InspectError::Output)?;
    for entry in index.blocks() {
        let blocks = reader.blocks(extent.id, std::slice::from_ref(entry)).await?;
        for block in blocks {
            show_block(out, entry, block.batches()).map_err(InspectError::Output)?;
        }
    }
    for entry in index.checkpoints() {
        let CheckpointEntry { stream, offset, position, size, .. } = *entry;
        let at = CheckpointRef { offset, object: extent.id, position, size };
        let state = reader.checkpoint(stream, &at).await?;
        writeln!(
            out,
            "checkpoint at {position}: stream {stream}, up to offset {offset}, {} bytes",
            state.len()
        )
        .map_err(InspectError::Output)?;
    }
    writeln!(out, "all checksums hold").map_err(InspectError::Output)
}

fn show_head(out: &mut dyn Write, extent: ObjectExtent, index: &ObjectIndex) -> io::Result<()> {
    writeln!(
        out,
        "object {}: {} bytes, index at {}, {} blocks, {} checkpoints",
        extent.id,
        extent.size,
        extent.index_position,
        index.blocks().len(),
        index.checkpoints().len()
    )
}

fn show_block(out: &mut dyn Write, entry: &BlockEntry, batches: usize) -> io::Result<()> {
    writeln!(
        out,
        "block at {}: stream {} epoch {}, offsets {}..{}, {batches} batches, {} records, {} bytes, max \
         timestamp {}",
        entry.position,
        entry.stream,
        entry.epoch,
        entry.offsets.start,
        entry.offsets.end,
        entry.records,
        entry.size,
        entry.max_timestamp
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_objects_place_says_where_and_which() {
        let cluster = "ab".repeat(16);
        let check = |place: &str, store: Option<&str>| {
            let expect = store.map(|store| Place {
                store: store.to_owned(),
                cluster: ClusterId([0xab; 16]),
                object: ObjectId(7),
            });
            assert_eq!(Place::parse(place), expect, "{place}");
        };
        check(&format!("/x/objects/data/8a/{cluster}/00000000000000000007"), Some("/x/objects"));
        check(&format!("data/8a/{cluster}/7"), Some("."));
        check(&format!("s3://bucket/prefix/data/8a/{cluster}/7"), Some("s3://bucket/prefix"));
        check(&format!("/x/other/8a/{cluster}/7"), None);
        check("/x/data/8a/cluster/7", None);
        check("7", None);
    }
}
