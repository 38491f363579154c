//! A log in an object store.

use std::io::{self, Write};

use object_store::path::Path;
use penstock_wal::{ObjectContent, ObjectReport, ObjectWal, Position};

use super::{Shown, Totals, describe, show_entries, whose};
use crate::inspect::InspectError;
use crate::inspect::place::{open_store, split_options};

/// Where a log lies: `{store}/wal/{hash}/{cluster}/{node}`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    store: String,
    options: String,
    root: Path,
}

impl Place {
    /// `None` for a place that is none of a store.
    pub(super) fn parse(place: &str) -> Option<Self> {
        let (path, options) = split_options(place);
        let mut parts = path.trim_end_matches('/').rsplitn(5, '/');
        let (node, cluster, hash, wal) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let store = parts.next().unwrap_or(".").to_owned();
        node.parse::<u32>().ok()?;
        u128::from_str_radix(cluster, 16).ok().filter(|_| wal == "wal" && cluster.len() == 32)?;
        let root = Path::from(format!("wal/{hash}/{cluster}/{node}"));
        Some(Self { store, options: options.to_owned(), root })
    }
}

pub(super) async fn show(
    place: &str,
    log: &Place,
    entries: bool,
    out: &mut dyn Write,
) -> Result<(), InspectError> {
    let store = open_store(place, &log.store, &log.options)?;
    let objects = ObjectWal::inspect(store.as_ref(), &log.root).await?;
    if objects.is_empty() {
        let what = "holds no objects of a log".to_owned();
        return Err(InspectError::NotThat { place: place.to_owned(), what });
    }
    let mut totals = Totals::default();
    let mut end = Position(0);
    for object in &objects {
        let described = match &object.content {
            ObjectContent::Entries { entries, durable } => {
                end = end.max(*durable).max(object.start);
                describe(object.owner, entries)?
            }
            ObjectContent::Seal => {
                end = end.max(object.start);
                Vec::new()
            }
            ObjectContent::Damage(_) => Vec::new(),
        };
        described.iter().for_each(|shown| totals.add(shown));
        show_object(out, object, if entries { &described } else { &[] })
            .map_err(InspectError::Output)?;
    }
    for ObjectReport { key, content, .. } in &objects {
        if let ObjectContent::Damage(what) = content {
            let what = format!("is damaged: {what}; bring back its bytes");
            return Err(InspectError::NotThat { place: key.clone(), what });
        }
    }
    totals.show(out, end).map_err(InspectError::Output)
}

fn show_object(
    out: &mut dyn Write,
    object: &ObjectReport,
    entries: &[Shown<'_>],
) -> io::Result<()> {
    let ObjectReport { key, start, length, owner, content } = object;
    let whose = owner.map_or_else(|| "nobody knows whose".to_owned(), whose);
    write!(out, "object {key}: {whose}, {length} bytes, at {}, ", start.0)?;
    match content {
        ObjectContent::Entries { entries, durable } => {
            writeln!(out, "{} entries, sent when all was durable to {}", entries.len(), durable.0)?;
        }
        ObjectContent::Seal => writeln!(out, "a seal")?,
        ObjectContent::Damage(what) => writeln!(out, "damaged: {what}")?,
    }
    show_entries(out, entries)
}
