//! `penstock inspect wal`: the segments and entries of a file WAL, and its durable end.

use std::io::{self, Write};
use std::sync::Arc;

use penstock_model::id::ClusterId;
use penstock_quorum::RaftId;
use penstock_wal::files::{Files, OsFiles};
use penstock_wal::{FileWal, FileWalSettings, Owner, Position, Recovering, SegmentReport, Tail};

use super::overlay::Overlay;
use super::{InspectError, local_path};
use crate::cluster_id;

/// Shows every entry whose checksums hold, then makes the checks of a start, which tell a torn
/// tail from damage.
///
/// # Errors
/// When it is no log, or a damaged one.
pub fn wal(place: &str, out: &mut dyn Write) -> Result<(), InspectError> {
    let dir = local_path(place);
    let segments = FileWal::inspect(&OsFiles, &dir)?;
    let Some(first) = segments.first() else {
        let what = "holds no segments; name the folder of a write-ahead log, as data.dir/wal";
        return Err(InspectError::NotThat { place: place.to_owned(), what: what.to_owned() });
    };
    let trim = first.start;
    // Another's segment among them is then refused; where all are damaged, so is the log.
    let owner = segments.iter().find_map(|segment| segment.owner).unwrap_or(NOBODY);
    show(out, &segments).map_err(InspectError::Output)?;
    // Recovery mends what it may: over this, in memory alone.
    let files: Arc<dyn Files> = Arc::new(Overlay::new(Arc::new(OsFiles)));
    let recovery = FileWal::recover(&files, &dir, owner, trim, &FileWalSettings::default())?;
    show_end(out, &segments, Recovering::<()>::end(&recovery)).map_err(InspectError::Output)
}

/// Nobody's log: no cluster has this id.
const NOBODY: Owner = Owner([0; Owner::BYTES]);

/// A controller's journal and a broker's log are both kept this way.
fn whose(owner: Owner) -> String {
    match RaftId::of_owner(owner) {
        Some(controller) => format!("controller {controller}"),
        None => format!("cluster {}", cluster_id::format(ClusterId(owner.0))),
    }
}

fn show(out: &mut dyn Write, segments: &[SegmentReport]) -> io::Result<()> {
    for segment in segments {
        let SegmentReport { name, start, owner, length, entries, end, tail } = segment;
        let whose = owner.map_or_else(|| "nobody knows whose".to_owned(), whose);
        let positions = format_args!("positions {}..{}", start.0, end.0);
        writeln!(out, "segment {name}: {whose}, {length} bytes, {positions}")?;
        for entry in entries {
            let location = entry.location;
            writeln!(
                out,
                "  entry at {}: header {} bytes, payload {} bytes",
                location.position.0, location.header_length, location.payload_length
            )?;
        }
        match tail {
            Tail::NextSegment | Tail::Zeros => {}
            Tail::Mark => writeln!(out, "  mark: the log came to rest here")?,
            Tail::Damage { at, what } => writeln!(out, "  at byte {at}: {what}")?,
        }
    }
    Ok(())
}

fn show_end(out: &mut dyn Write, segments: &[SegmentReport], end: Position) -> io::Result<()> {
    let entries = segments.iter().flat_map(|segment| &segment.entries);
    let bytes: u64 = entries.clone().map(|entry| u64::from(entry.location.payload_length)).sum();
    writeln!(
        out,
        "{} entries with {bytes} bytes of payload, all checksums hold, durable to position {}",
        entries.count(),
        end.0
    )
}
