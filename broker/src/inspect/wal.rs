//! `penstock inspect wal`: the segments or objects of a log, their entries, what they hold of which
//! stream, and the durable end.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;

use penstock_model::id::{Offset, StreamId};
use penstock_quorum::RaftId;
use penstock_s3stream::EntryDescription;
use penstock_wal::files::{Files, OsFiles};
use penstock_wal::{
    FileWal, FileWalSettings, Owner, Position, Recovered, Recovering, SegmentReport, Tail,
};

use self::objects::Place;
use super::overlay::Overlay;
use super::{InspectError, local_path};
use crate::node::log_owner::LogOwner;

/// Shows the segments or objects, all entries if asked to, and what each stream has in them; then, of
/// segments, makes the checks of a start, which tell a torn tail from damage.
///
/// # Errors
/// When it is no log, or a damaged one.
pub async fn wal(place: &str, entries: bool, out: &mut dyn Write) -> Result<(), InspectError> {
    match Place::parse(place) {
        Some(log) => objects::show(place, &log, entries, out).await,
        None => in_folder(place, entries, out),
    }
}

fn in_folder(place: &str, entries: bool, out: &mut dyn Write) -> Result<(), InspectError> {
    let dir = local_path(place);
    let segments = FileWal::inspect(&OsFiles, &dir)?;
    let Some(first) = segments.first() else {
        let what = "holds no segments; name the folder of a write-ahead log, as data.dir/wal";
        return Err(InspectError::NotThat { place: place.to_owned(), what: what.to_owned() });
    };
    let begins = Some(first.start);
    // Another's segment among them is then refused; where all are damaged, so is the log.
    let owner = segments.iter().find_map(|segment| segment.owner).unwrap_or(NOBODY);
    let mut totals = Totals::default();
    for segment in &segments {
        let described = describe(segment.owner, &segment.entries)?;
        described.iter().for_each(|shown| totals.add(shown));
        let listed = if entries { &described[..] } else { &[] };
        show(out, segment, listed).map_err(InspectError::Output)?;
    }
    // Recovery mends what it may: over this, in memory alone.
    let files: Arc<dyn Files> = Arc::new(Overlay::new(Arc::new(OsFiles)));
    let recovery = FileWal::recover(&files, &dir, owner, begins, &FileWalSettings::default())?;
    totals.show(out, Recovering::<()>::end(&recovery)).map_err(InspectError::Output)
}

/// Nobody's log: no cluster has this id.
const NOBODY: Owner = Owner([0; Owner::BYTES]);

/// A controller's journal and a broker's log are both kept this way.
fn whose(owner: Owner) -> String {
    match RaftId::of_owner(owner) {
        Some(controller) => format!("controller {controller}"),
        None => LogOwner::of(owner).to_string(),
    }
}

/// An entry, and what it says of its batch; a controller's journal has no batches.
struct Shown<'a> {
    entry: &'a Recovered,
    batch: Option<EntryDescription>,
}

fn describe(owner: Option<Owner>, entries: &[Recovered]) -> Result<Vec<Shown<'_>>, InspectError> {
    let is_journal = owner.is_some_and(|owner| RaftId::of_owner(owner).is_some());
    let describe = |entry: &Recovered| {
        let position = entry.location.position.0;
        EntryDescription::read(&entry.header)
            .map_err(|reason| InspectError::Entry { position, reason })
    };
    entries
        .iter()
        .map(|entry| {
            let batch = if is_journal { None } else { Some(describe(entry)?) };
            Ok(Shown { entry, batch })
        })
        .collect()
}

fn show(out: &mut dyn Write, segment: &SegmentReport, entries: &[Shown<'_>]) -> io::Result<()> {
    let SegmentReport { name, start, owner, length, end, tail, .. } = segment;
    let whose = owner.map_or_else(|| "nobody knows whose".to_owned(), whose);
    let positions = format_args!("positions {}..{}", start.0, end.0);
    let count = segment.entries.len();
    writeln!(out, "segment {name}: {whose}, {length} bytes, {positions}, {count} entries")?;
    show_entries(out, entries)?;
    match tail {
        Tail::NextSegment | Tail::Zeros => Ok(()),
        Tail::Mark => writeln!(out, "  mark: the log came to rest here"),
        Tail::Damage { at, what } => writeln!(out, "  at byte {at}: {what}"),
    }
}

fn show_entries(out: &mut dyn Write, entries: &[Shown<'_>]) -> io::Result<()> {
    for Shown { entry, batch } in entries {
        let location = entry.location;
        write!(out, "  entry at {}: ", location.position.0)?;
        match batch {
            Some(EntryDescription { stream, epoch, offsets, records, max_timestamp }) => write!(
                out,
                "stream {stream} in epoch {epoch}, offsets {}..{}, {records} records up to {max_timestamp}, ",
                offsets.start, offsets.end
            )?,
            None => write!(out, "header {} bytes, ", location.header_length)?,
        }
        writeln!(out, "payload {} bytes", location.payload_length)?;
    }
    Ok(())
}

/// What a stream has in the log.
#[derive(Debug)]
struct StreamTotal {
    offsets: Range<Offset>,
    entries: u64,
    records: u64,
    bytes: u64,
}

/// What the log holds, stream by stream.
#[derive(Debug, Default)]
struct Totals {
    entries: u64,
    bytes: u64,
    streams: BTreeMap<StreamId, StreamTotal>,
}

impl Totals {
    fn add(&mut self, Shown { entry, batch }: &Shown<'_>) {
        let bytes = u64::from(entry.location.payload_length);
        self.entries += 1;
        self.bytes += bytes;
        let Some(batch) = batch else { return };
        let offsets = batch.offsets.clone();
        let total = self.streams.entry(batch.stream).or_insert(StreamTotal {
            offsets: offsets.clone(),
            entries: 0,
            records: 0,
            bytes: 0,
        });
        let start = total.offsets.start.min(offsets.start);
        total.offsets = start..total.offsets.end.max(offsets.end);
        total.entries += 1;
        total.records += u64::from(batch.records);
        total.bytes += bytes;
    }

    fn show(&self, out: &mut dyn Write, end: Position) -> io::Result<()> {
        for (stream, total) in &self.streams {
            let StreamTotal { offsets, entries, records, bytes } = total;
            let offsets = format_args!("offsets {}..{}", offsets.start, offsets.end);
            writeln!(
                out,
                "stream {stream}: {offsets}, {records} records in {entries} batches, {bytes} bytes"
            )?;
        }
        writeln!(
            out,
            "{} entries with {} bytes of payload, all checksums hold, durable to position {}",
            self.entries, self.bytes, end.0
        )
    }
}

mod objects;
#[cfg(test)]
mod tests;
