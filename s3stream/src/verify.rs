//! Walks a store, and says what does not hold between it and the metadata: every object that is
//! referred to is there, whole, and holds what its ranges say; and nothing else is there.
//!
//! Only reads. It holds one object's index and a few blocks at a time.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use futures::stream::{self, StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{Error, ObjectStore};
use penstock_model::command::CheckpointRef;
use penstock_model::id::{ClusterId, ObjectId, Offset, StreamId};
use penstock_model::image::{MetadataImage, StreamRange};
use penstock_model::invariants::{self, Violation};

use crate::object::format::Block;
use crate::object::index::{BlockEntry, ObjectExtent, ObjectIndex};
use crate::object::key::{data_folder, object_key, parse_object_key};
use crate::object::reader::{ObjectError, ObjectReader};
use crate::read::object_reads::extent;
use crate::read::plan::group_into_gets;
use crate::store::assemble::{Assemble, Unfinished};
use crate::store::retry::{Backoff, with_retries};

/// How many objects are looked at side by side.
const OBJECTS_MAX: usize = 4;

/// How often a store that does not answer is asked.
const ATTEMPTS_MAX: u32 = 8;

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

    /// Forgets findings about objects that are no longer in use by a newer image: somebody has deleted
    /// them since, as is right.
    pub fn forget_what_went(&mut self, newer: &MetadataImage) {
        self.findings.retain(|finding| match finding {
            Finding::Object { object, .. } | Finding::Range { object, .. } => {
                newer.is_live(*object)
            }
            Finding::Metadata(_) | Finding::FromLater(_) => true,
        });
    }
}

/// Something that does not hold.
#[derive(Debug)]
pub enum Finding {
    /// The metadata contradicts itself.
    Metadata(Violation),
    /// An object that is referred to is not there, or is damaged.
    Object {
        /// Which.
        object: ObjectId,
        /// What is wrong with it.
        error: ObjectError,
    },
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
            Self::Object { error, .. } => error.fmt(f),
            Self::Range { stream, offsets, object, what } => {
                let Range { start, end } = offsets;
                write!(f, "offsets {start} to {end} of stream {stream}, in object {object}: {what}")
            }
            Self::FromLater(key) => write!(f, "{key} is newer than this metadata"),
        }
    }
}

/// What lies in a store under ids of one cluster.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Listed(BTreeMap<ObjectId, u64>);

impl Listed {
    /// Lists the objects of records.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn new(store: &dyn ObjectStore, cluster: ClusterId) -> Result<Self, Error> {
        let folder = data_folder();
        let listed = store.list(Some(&folder));
        let listed = listed.try_filter_map(async |meta| {
            let of_cluster = parse_object_key(&meta.location).filter(|(of, _)| *of == cluster);
            Ok(of_cluster.map(|(_, id)| (id, meta.size)))
        });
        Ok(Self(listed.try_collect().await?))
    }

    /// An object whose id an image of after the listing has not granted yet.
    pub(crate) fn not_granted_yet(&self, image: &MetadataImage) -> Option<ObjectId> {
        self.0.range(image.next_object()..).next().map(|(id, _)| *id)
    }

    /// The objects that nothing refers to any more, and nobody can commit: ids that `before`, an
    /// image of before the listing, has granted and ended, whatever came since. With their bytes.
    pub(crate) fn orphans(&self, before: &MetadataImage) -> BTreeMap<ObjectId, u64> {
        let granted = self.0.range(..before.next_object()).map(|(id, size)| (*id, *size));
        let ended = |id| before.object(id).is_none() && before.lease_of(id).is_none();
        granted.filter(|(id, _)| ended(*id)).collect()
    }
}

/// Objects of one cluster that the store was to assemble, begun and neither completed nor abandoned:
/// no list of objects shows them, and they cost. None where the store knows no such thing.
///
/// # Errors
/// When the store does not answer.
pub async fn unfinished(
    assembler: &dyn Assemble,
    cluster: ClusterId,
) -> Result<Vec<(ObjectId, Unfinished)>, Error> {
    let begun = match assembler.unfinished(&data_folder()).await {
        Err(Error::NotImplemented { .. } | Error::NotSupported { .. }) => return Ok(Vec::new()),
        begun => begun?,
    };
    let of_cluster = |assembly: Unfinished| match parse_object_key(&assembly.key) {
        Some((of, id)) if of == cluster => Some((id, assembly)),
        _ => None,
    };
    Ok(begun.into_iter().filter_map(of_cluster).collect())
}

/// Those of them that nobody can commit: ids that `before`, an image of before they were listed, has
/// granted, and whose leases it has ended.
pub fn strays(
    unfinished: Vec<(ObjectId, Unfinished)>,
    before: &MetadataImage,
) -> impl Iterator<Item = Unfinished> {
    let is_stray = |id| id < before.next_object() && before.lease_of(id).is_none();
    unfinished.into_iter().filter(move |(id, _)| is_stray(*id)).map(|(_, assembly)| assembly)
}

/// Verifies all that an image says of a store: `image` is of after the listing, `before` of before it.
/// While a broker works on it, what it has deleted meanwhile is found missing; see
/// [`Report::forget_what_went`].
///
/// # Errors
/// When the store does not answer: nothing is known then.
pub async fn verify(
    store: &Arc<dyn ObjectStore>,
    listed: &Listed,
    before: &MetadataImage,
    image: &MetadataImage,
) -> Result<Report, ObjectError> {
    let mut report = Report::default();
    let Some(cluster) = image.cluster() else { return Ok(report) };
    if let Err(violation) = invariants::check(image) {
        report.findings.push(Finding::Metadata(violation));
    }
    let orphans = listed.orphans(before);
    for (id, size) in &listed.0 {
        let key = object_key(cluster, *id);
        if orphans.contains_key(id) {
            report.orphans.push((key, *size));
        } else if *id >= image.next_object() {
            report.findings.push(Finding::FromLater(key));
        } else if !image.is_live(*id) {
            report.passing += 1;
        }
    }
    let walk = Walk { reader: ObjectReader::new(Arc::clone(store), cluster), image };
    let mut content = content(image);
    let live = image.objects().map(|(id, _)| id).filter(|id| image.is_live(*id));
    let work =
        live.map(|id| walk.object(extent(image, id), content.remove(&id).unwrap_or_default()));
    let mut found = std::pin::pin!(stream::iter(work).buffered(OBJECTS_MAX));
    while let Some(found) = found.try_next().await? {
        report.objects += 1;
        report.bytes += found.bytes;
        report.ranges += found.ranges;
        report.findings.extend(found.findings);
    }
    Ok(report)
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
    checkpoints: Vec<(StreamId, CheckpointRef)>,
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
    async fn object(&self, extent: ObjectExtent, content: Content) -> Result<Found, ObjectError> {
        let mut found = Found { bytes: extent.size, ..Found::default() };
        let damaged = |error| Finding::Object { object: extent.id, error };
        let index = match known(extent.id, || self.reader.index(extent)).await? {
            Ok(index) => index,
            Err(error) => {
                found.findings.push(damaged(error));
                return Ok(found);
            }
        };
        // Every block, also those that no range refers to any more: they were written whole.
        let blocks = index.blocks();
        let mut gaps = BTreeMap::new();
        for get in group_into_gets(|place| blocks[place].bytes(), 0..blocks.len()) {
            let entries = &blocks[get];
            match known(extent.id, || self.reader.blocks(extent.id, entries)).await? {
                Ok(read) => {
                    let last_gaps = read.iter().zip(entries);
                    gaps.extend(
                        last_gaps
                            .filter_map(|(block, entry)| Some((entry.position, last_gap(block)?))),
                    );
                }
                Err(error) => found.findings.push(damaged(error)),
            }
        }
        for (stream, checkpoint) in &content.checkpoints {
            let read = known(extent.id, || self.reader.checkpoint(*stream, checkpoint));
            if let Err(error) = read.await? {
                found.findings.push(damaged(error));
            }
        }
        for (stream, range) in content.ranges {
            found.ranges += 1;
            if let Err(what) = self.check_range(&index, &gaps, stream, &range) {
                let StreamRange { offsets, object, .. } = range;
                found.findings.push(Finding::Range { stream, offsets, object, what });
            }
        }
        Ok(found)
    }

    /// Batches cover the range from its start, or what may be read of it, to its end; where its log
    /// was compacted, they reach to its end.
    fn check_range(
        &self,
        index: &ObjectIndex,
        gaps: &BTreeMap<u64, Offset>,
        stream: StreamId,
        range: &StreamRange,
    ) -> Result<(), &'static str> {
        let blocks = index.blocks_of(stream, &range.offsets);
        let (first, last) =
            blocks.first().zip(blocks.last()).ok_or("no block holds any of them")?;
        let of = self.image.stream(stream);
        let readable = of.map_or(Offset::ZERO, |stream| stream.start);
        // Before it, log compaction left out what is superseded.
        let gaps_to = of.map_or(Offset::ZERO, |stream| stream.gaps_to);
        let is_gap = |end, next| next > end && next > gaps_to;
        if is_gap(range.offsets.start.max(readable), first.offsets.start) {
            return Err("the first of them are in no block");
        }
        if last.offsets.end != range.offsets.end {
            return Err("the blocks do not end where they do");
        }
        let mut between =
            blocks.windows(2).map(|pair| (pair[0].offsets.end, pair[1].offsets.start));
        let within =
            |block: &BlockEntry| gaps.get(&block.position).is_some_and(|gap| *gap > gaps_to);
        if between.any(|(end, next)| is_gap(end, next)) || blocks.iter().any(within) {
            return Err("there is a gap between two batches");
        }
        Ok(())
    }
}

/// Where the last offsets end that are missing between two batches.
fn last_gap(block: &Block) -> Option<Offset> {
    let batches = (0..block.batches()).map(|place| block.batch(place).offsets);
    let ends = batches.clone().map(|offsets| offsets.end);
    let gaps = batches.skip(1).zip(ends).filter(|(next, end)| next.start != *end);
    gaps.last().map(|(next, _)| next.start)
}

/// What is known of a part of an object: its content, or what is wrong with it. A store that does
/// not answer is asked again for a while; then nothing is known at all.
async fn known<T, A>(
    object: ObjectId,
    attempt: impl FnMut() -> A,
) -> Result<Result<T, ObjectError>, ObjectError>
where
    A: Future<Output = Result<T, ObjectError>>,
{
    let left = std::cell::Cell::new(ATTEMPTS_MAX);
    let again = |error: &ObjectError| {
        left.set(left.get() - 1);
        error.is_transient() && left.get() > 0
    };
    let what = format!("object {object}");
    match with_retries(Backoff::default(), &what, again, attempt).await {
        Err(error @ ObjectError::Store { .. }) => Err(error),
        known => Ok(known),
    }
}
