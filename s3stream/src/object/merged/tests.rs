//! Merged objects, read back batch by batch.

use std::sync::Arc;

use bytes::Bytes;
use object_store::ObjectStoreExt;
use object_store::memory::InMemory;
use penstock_model::command::ObjectKind;
use penstock_model::id::{ClusterId, Offset, StreamEpoch, StreamId, Timestamp};

use super::*;
use crate::object::index::ObjectExtent;
use crate::object::put::put_object;
use crate::object::reader::{ObjectError, ObjectReader};
use crate::object::writer::{BLOCK_BYTES_TARGET, ObjectWriter, StoredBatch};
use crate::store::retry::Backoff;

const CLUSTER: ClusterId = ClusterId([7; 16]);
const STREAM: StreamId = StreamId(5);

/// A batch of so many bytes, each of which is its first offset.
fn batch(offsets: Range<u64>, bytes: usize) -> StoredBatch {
    let content = Bytes::from(vec![u8::try_from(offsets.start % 251).unwrap(); bytes]);
    StoredBatch {
        records: 1,
        max_timestamp: Timestamp(i64::try_from(1_000 - offsets.start).unwrap()),
        crc32c: crc32c::crc32c(&content),
        bytes: content,
        offsets: Offset(offsets.start)..Offset(offsets.end),
    }
}

struct World {
    store: Arc<InMemory>,
    reader: ObjectReader,
    objects: Vec<(ObjectExtent, ObjectIndex)>,
}

impl World {
    fn new() -> Self {
        let store = Arc::new(InMemory::new());
        let reader = ObjectReader::new(Arc::clone(&store) as _, CLUSTER);
        Self { store, reader, objects: Vec::new() }
    }

    /// An object with these batches; a shared one has more before and behind them.
    async fn put(&mut self, kind: ObjectKind, batches: Vec<StoredBatch>) {
        let id = ObjectId(self.objects.len() as u64);
        let mut writer = ObjectWriter::new(id, kind);
        let is_shared = kind == ObjectKind::StreamSet;
        if is_shared {
            writer.stream(StreamId(STREAM.0 - 1), StreamEpoch(9), vec![batch(0..9, 77)]);
        }
        writer.stream(STREAM, StreamEpoch(u32::try_from(id.0).unwrap()), batches);
        if is_shared {
            writer.stream(StreamId(STREAM.0 + 1), StreamEpoch(9), vec![batch(0..9, 33)]);
            writer.checkpoint(STREAM, Offset(1), "state".into());
        }
        let object = writer.finish();
        put_object(&*self.store, CLUSTER, &object, Backoff::default()).await.unwrap();
        let index = self.reader.index(object.extent()).await.unwrap();
        self.objects.push((object.extent(), index));
    }

    /// Merges these offsets of all objects, in order, as the store would.
    async fn merge(&self, offsets: Range<u64>) -> MergedObject {
        let offsets = Offset(offsets.start)..Offset(offsets.end);
        let source = |(extent, index): &'_ (ObjectExtent, ObjectIndex)| {
            (extent.id, index.blocks_of(STREAM, &offsets).to_vec())
        };
        let sources: Vec<_> = self.objects.iter().map(source).collect();
        let sources: Vec<_> =
            sources.iter().map(|(object, blocks)| Source { object: *object, blocks }).collect();
        let merged = merge(ObjectId(100), &sources);
        let mut content = Vec::new();
        for piece in merged.pieces(CLUSTER) {
            match piece {
                Piece::Copied { key, bytes } => {
                    content.extend(self.store.get_range(&key, bytes).await.unwrap());
                }
                Piece::Sent(bytes) => content.extend(bytes),
            }
        }
        assert_eq!(content.len() as u64, merged.object.size);
        let key = object_key(CLUSTER, merged.object.id);
        self.store.put(&key, content.into()).await.unwrap();
        merged
    }

    /// Each batch of the stream in an object: its offsets and its bytes.
    async fn batches(
        &self,
        object: ObjectExtent,
    ) -> Result<Vec<(Range<Offset>, Bytes)>, ObjectError> {
        let index = self.reader.index(object).await?;
        let of_stream = index.blocks().iter().filter(|block| block.stream == STREAM).cloned();
        let blocks = self.reader.blocks(object.id, &of_stream.collect::<Vec<_>>()).await?;
        let batches = blocks.iter().flat_map(|block| {
            let batch = |place| (block.batch(place).offsets, block.slice(place..place + 1));
            (0..block.batches()).map(batch)
        });
        Ok(batches.collect())
    }

    async fn check(&self, merged: &MergedObject, from: usize) {
        let mut expected = Vec::new();
        for (extent, _) in &self.objects {
            expected.extend(self.batches(*extent).await.unwrap());
        }
        let UploadedObject { id, size, index_position, kind } = merged.object;
        assert_eq!(kind, ObjectKind::Stream);
        let found = self.batches(ObjectExtent { id, size, index_position }).await.unwrap();
        assert_eq!(found, expected[from..]);
        let bytes: usize = found.iter().map(|(_, bytes)| bytes.len()).sum();
        assert_eq!(merged.range.size, bytes as u64);
        let offsets = found[0].0.start..found.last().unwrap().0.end;
        assert_eq!((merged.range.stream, &merged.range.offsets), (STREAM, &offsets));
        assert_eq!(merged.range.max_timestamp.0, 1_000 - i64::try_from(offsets.start.0).unwrap());
        // Found by the store alone, too.
        assert_eq!(
            self.reader.extent(id).await.unwrap(),
            ObjectExtent { id, size, index_position }
        );
    }
}

/// Of both kinds of objects, in several blocks each.
async fn three() -> World {
    let mut world = World::new();
    let large = BLOCK_BYTES_TARGET / 2;
    world.put(ObjectKind::StreamSet, (0..7).map(|at| batch(at..at + 1, large)).collect()).await;
    world.put(ObjectKind::Stream, (7..9).map(|at| batch(at..at + 1, 10)).collect()).await;
    world.put(ObjectKind::StreamSet, (9..14).map(|at| batch(at..at + 1, large)).collect()).await;
    world
}

#[tokio::test]
async fn each_batch_is_as_it_was() {
    let world = three().await;
    let merged = world.merge(0..14).await;
    assert_eq!(merged.copied.len(), 3);
    assert_eq!(merged.range.epoch, StreamEpoch(2), "the newest");
    world.check(&merged, 0).await;
}

/// The blocks that a trim has left nothing of stay behind; one that it cut is whole.
#[tokio::test]
async fn a_trimmed_front_is_left_out_by_blocks() {
    let world = three().await;
    let blocks: Vec<_> = world.objects[0].1.blocks_of(STREAM, &(Offset(0)..Offset(7))).to_vec();
    assert!(blocks.len() > 2);
    let within = blocks[1].offsets.end.0 - 1;
    let merged = world.merge(within..14).await;
    let left_out = usize::try_from(blocks[1].offsets.start.0).unwrap();
    world.check(&merged, left_out).await;
}

/// Log compaction has left offsets out, within blocks and between them.
#[tokio::test]
async fn gaps_stay() {
    let mut world = World::new();
    world.put(ObjectKind::Stream, vec![batch(3..4, 10), batch(9..12, 10)]).await;
    world.put(ObjectKind::Stream, vec![batch(20..21, 10), batch(29..30, 10)]).await;
    let merged = world.merge(0..30).await;
    assert_eq!(merged.range.offsets, Offset(3)..Offset(30));
    world.check(&merged, 0).await;
}

#[tokio::test]
async fn what_was_damaged_is_found_damaged() {
    let world = three().await;
    let key = object_key(CLUSTER, ObjectId(1));
    let mut bytes = world.store.get(&key).await.unwrap().bytes().await.unwrap().to_vec();
    bytes[3] ^= 1;
    world.store.put(&key, bytes.into()).await.unwrap();
    let merged = world.merge(0..14).await;
    let UploadedObject { id, size, index_position, .. } = merged.object;
    let error = world.batches(ObjectExtent { id, size, index_position }).await.unwrap_err();
    assert!(matches!(error, ObjectError::Damaged { .. }), "{error}");
}
