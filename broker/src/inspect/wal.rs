//! `penstock inspect wal`: the entries of a file WAL, and its durable end.

use std::io::Write;
use std::sync::Arc;

use penstock_wal::files::{Files, OsFiles};
use penstock_wal::{FileWal, FileWalSettings};
use penstock_wal::{Position, Recovering};

use super::overlay::Overlay;
use super::{InspectError, local_path};

/// Shows every entry from the first segment on, after the same checks as a start makes.
///
/// # Errors
/// When it is no log, or a damaged one.
pub fn wal(place: &str, out: &mut dyn Write) -> Result<(), InspectError> {
    let dir = local_path(place);
    let files: Arc<dyn Files> = Arc::new(Overlay::new(Arc::new(OsFiles)));
    let listed = files
        .list(&dir)
        .map_err(|reason| InspectError::Unreadable { place: place.to_owned(), reason })?;
    let segments: Vec<(u64, &str, u64)> = listed
        .iter()
        .filter_map(|entry| {
            let position = entry.name.strip_suffix(".wal")?.parse().ok()?;
            Some((position, entry.name.as_str(), entry.length))
        })
        .collect();
    let Some((first, ..)) = segments.first() else {
        let what = "holds no segments; name the folder of a write-ahead log, as data.dir/wal";
        return Err(InspectError::NotThat { place: place.to_owned(), what: what.to_owned() });
    };
    let trim = Position(*first);
    let mut recovery = FileWal::recover(&files, &dir, trim, &FileWalSettings::default())?;
    let entries = Recovering::<()>::take_entries(&mut recovery);
    let end = Recovering::<()>::end(&recovery);
    show(out, &segments, &entries, end).map_err(InspectError::Output)
}

fn show(
    out: &mut dyn Write,
    segments: &[(u64, &str, u64)],
    entries: &[penstock_wal::Recovered],
    end: Position,
) -> std::io::Result<()> {
    for (position, name, length) in segments {
        writeln!(out, "segment {name}: from position {position}, {length} bytes")?;
    }
    let mut payload_bytes = 0;
    for entry in entries {
        let location = entry.location;
        payload_bytes += u64::from(location.payload_length);
        writeln!(
            out,
            "entry at {}: header {} bytes, payload {} bytes",
            location.position.0, location.header_length, location.payload_length
        )?;
    }
    let count = entries.len();
    writeln!(out, "{count} entries, {payload_bytes} bytes of payload, all checksums hold")?;
    writeln!(out, "durable to position {}", end.0)
}
