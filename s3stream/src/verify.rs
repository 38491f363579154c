//! Walks a store, and says what does not hold between it and the metadata: every object that is
//! referred to is there, whole, and holds what its ranges say; and nothing else is there.
//!
//! Only reads. It holds one object's index and a few blocks at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use futures::stream::{self, StreamExt, TryStreamExt};
use object_store::ObjectStore;
use object_store::path::Path;
use penstock_model::id::{ClusterId, ObjectId, Offset, StreamId};
use penstock_model::image::{MetadataImage, ObjectLife, StreamRange};
use penstock_model::invariants::{self, Violation};

use crate::object::index::{BlockEntry, ObjectExtent, ObjectIndex};
use crate::object::key::{object_key, parse_object_key};
use crate::object::reader::{ObjectError, ObjectReader};
use crate::read::plan::group_into_gets;

/// How many objects are looked at side by side.
const OBJECTS_MAX: usize = 4;

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    /// Objects that are referred to.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Ranges of streams in them.
    pub ranges: u64,
    /// Objects that are there and may go by themselves: destroyed ones, and what uploads under way
    /// have put.
    pub passing: u64,
    /// Objects that nothing refers to, and nobody can commit: bytes that cost without use.
    pub orphans: Vec<(Path, u64)>,
    /// What does not hold.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Nothing is wrong, and nothing too many.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.orphans.is_empty()
    }
}

/// Something that does not hold.
#[derive(Debug)]
pub enum Finding {
    /// The metadata contradicts itself.
    Metadata(Violation),
    /// An object that is referred to is not there, cannot be read, or is damaged.
    Object(ObjectError),
    /// A range does not find in its object what it says.
    Range {
        /// Whose.
        stream: StreamId,
        /// Its offsets.
        offsets: Range<Offset>,
        /// Its object.
        object: ObjectId,
        /// What is missing.
        what: &'static str,
    },
    /// The metadata is older than the store: an object with an id that it has not granted yet.
    FromLater(Path),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Metadata(violation) => write!(f, "the metadata contradicts itself: {violation}"),
            Self::Object(error) => error.fmt(f),
            Self::Range { stream, offsets, object, what } => {
                let Range { start, end } = offsets;
                write!(f, "offsets {start} to {end} of stream {stream}, in object {object}: {what}")
            }
            Self::FromLater(key) => write!(f, "{key} is newer than this metadata"),
        }
    }
}

/// What lies in a store under ids of one cluster.
#[derive(Debug, Default)]
pub(crate) struct Listed(pub(crate) BTreeMap<ObjectId, u64>);

impl Listed {
    /// Lists the objects of records.
    pub(crate) async fn new(
        store: &dyn ObjectStore,
        cluster: ClusterId,
    ) -> Result<Self, object_store::Error> {
        let prefix = Path::from("data");
        let listed = store.list(Some(&prefix));
        let listed = listed.try_filter_map(async |meta| {
            let of_cluster = parse_object_key(&meta.location).filter(|(of, _)| *of == cluster);
            Ok(of_cluster.map(|(_, id)| (id, meta.size)))
        });
        Ok(Self(listed.try_collect().await?))
    }

    /// The objects that nothing refers to any more, and nobody can commit. `before` is an image from
    /// before the listing, `after` one from after it: what was granted in between is left out.
    pub(crate) fn orphans(&self, before: &MetadataImage, after: &MetadataImage) -> Vec<ObjectId> {
        let floor = before.leases().map(|(first, _)| first).next();
        let floor = floor.unwrap_or(ObjectId(u64::MAX)).min(before.next_object());
        let below = self.0.range(..floor).map(|(id, _)| *id);
        below.filter(|id| after.object(*id).is_none() && after.lease_of(*id).is_none()).collect()
    }
}

/// Verifies all that an image says of a store. The image is one of before the walk began; while a
/// broker works on it, what changes meanwhile may be found missing.
///
/// # Errors
/// When the store does not answer: nothing is known then.
pub async fn verify(
    store: &Arc<dyn ObjectStore>,
    image: &MetadataImage,
) -> Result<Report, object_store::Error> {
    let mut report = Report::default();
    let Some(cluster) = image.cluster() else { return Ok(report) };
    if let Err(violation) = invariants::check(image) {
        report.findings.push(Finding::Metadata(violation));
    }
    let listed = Listed::new(store.as_ref(), cluster).await?;
    let orphans: BTreeSet<_> = listed.orphans(image, image).into_iter().collect();
    for (id, size) in &listed.0 {
        let key = object_key(cluster, *id);
        if orphans.contains(id) {
            report.orphans.push((key, *size));
        } else if *id >= image.next_object() {
            report.findings.push(Finding::FromLater(key));
        } else if !is_live(image, *id) {
            report.passing += 1;
        }
    }
    let walk = Walk { reader: ObjectReader::new(Arc::clone(store), cluster), image };
    let mut content = content(image);
    let live = image.objects().filter(|(id, _)| is_live(image, *id));
    let work = live.map(|(id, object)| {
        let (size, index_position) = (object.size, object.index_position);
        let content = content.remove(&id).unwrap_or_default();
        walk.object(ObjectExtent { id, size, index_position }, content)
    });
    let work: Vec<_> = work.collect();
    let mut found = stream::iter(work).buffered(OBJECTS_MAX);
    while let Some(found) = found.next().await {
        report.objects += 1;
        report.bytes += found.bytes;
        report.ranges += found.ranges;
        report.findings.extend(found.findings);
    }
    Ok(report)
}

fn is_live(image: &MetadataImage, id: ObjectId) -> bool {
    image.object(id).is_some_and(|object| matches!(object.life, ObjectLife::Live { .. }))
}

/// What refers to each object: ranges, in order of stream and offset, and checkpoints.
fn content(image: &MetadataImage) -> BTreeMap<ObjectId, Content> {
    let mut content = BTreeMap::<ObjectId, Content>::new();
    for (id, stream) in image.streams() {
        for range in image.ranges_from(id, Offset::ZERO) {
            content.entry(range.object).or_default().ranges.push((id, range));
        }
        if let Some(checkpoint) = stream.checkpoint {
            content.entry(checkpoint.object).or_default().checkpoints.push((id, checkpoint));
        }
    }
    content
}

#[derive(Default)]
struct Content {
    ranges: Vec<(StreamId, StreamRange)>,
    checkpoints: Vec<(StreamId, penstock_model::command::CheckpointRef)>,
}

struct Walk<'a> {
    reader: ObjectReader,
    image: &'a MetadataImage,
}

/// What was found of one object.
#[derive(Default)]
struct Found {
    bytes: u64,
    ranges: u64,
    findings: Vec<Finding>,
}

impl Walk<'_> {
    async fn object(&self, extent: ObjectExtent, content: Content) -> Found {
        let mut found = Found { bytes: extent.size, ..Found::default() };
        let index = match self.reader.index(extent).await {
            Ok(index) => index,
            Err(error) => {
                found.findings.push(Finding::Object(error));
                return found;
            }
        };
        // Every block, also those that no range refers to any more: they were written whole.
        let blocks = index.blocks();
        for get in group_into_gets(|place| blocks[place].bytes(), 0..blocks.len()) {
            if let Err(error) = self.reader.blocks(extent.id, &blocks[get]).await {
                found.findings.push(Finding::Object(error));
            }
        }
        for checkpoint in &content.checkpoints {
            if let Err(error) = self.reader.checkpoints(std::slice::from_ref(checkpoint)).await {
                found.findings.push(Finding::Object(error));
            }
        }
        for (stream, range) in content.ranges {
            found.ranges += 1;
            if let Err(what) = self.check_range(&index, stream, &range) {
                let StreamRange { offsets, object, .. } = range;
                found.findings.push(Finding::Range { stream, offsets, object, what });
            }
        }
        found
    }

    /// Blocks cover the range from its start, or what may be read of it, to its end.
    fn check_range(
        &self,
        index: &ObjectIndex,
        stream: StreamId,
        range: &StreamRange,
    ) -> Result<(), &'static str> {
        let blocks = index.blocks_of(stream, &range.offsets);
        let (first, last) =
            blocks.first().zip(blocks.last()).ok_or("no block holds any of them")?;
        let readable = self.image.stream(stream).map_or(Offset::ZERO, |stream| stream.start);
        if first.offsets.start > range.offsets.start.max(readable) {
            return Err("the first of them are in no block");
        }
        if last.offsets.end != range.offsets.end {
            return Err("the blocks do not end where they do");
        }
        let follows = |pair: &[BlockEntry]| pair[0].offsets.end == pair[1].offsets.start;
        if !blocks.windows(2).all(follows) {
            return Err("there is a gap between two blocks");
        }
        Ok(())
    }
}
