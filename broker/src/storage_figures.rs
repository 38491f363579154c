//! What the metadata knows of what lies in the store. A walk over all objects: for people and
//! scrapers, not for requests.

use penstock_model::image::{MetadataImage, ObjectLife};

/// See the module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StorageFigures {
    /// Stored bytes of the ranges of all streams.
    pub records_bytes: u64,
    /// Objects in use.
    pub objects: u64,
    /// Their bytes, with what ranges no longer refer to.
    pub objects_bytes: u64,
    /// Objects that wait for their deletion.
    pub destroyed_objects: u64,
    /// Their bytes.
    pub destroyed_objects_bytes: u64,
}

impl StorageFigures {
    /// As an image has it.
    #[must_use]
    pub fn of(image: &MetadataImage) -> Self {
        let mut figures = Self::default();
        for (_, stream) in image.streams() {
            figures.records_bytes = figures.records_bytes.saturating_add(stream.bytes);
        }
        for (_, object) in image.objects() {
            let (count, bytes) = match object.life {
                ObjectLife::Live { .. } => (&mut figures.objects, &mut figures.objects_bytes),
                ObjectLife::Destroyed { .. } => {
                    (&mut figures.destroyed_objects, &mut figures.destroyed_objects_bytes)
                }
            };
            *count += 1;
            *bytes = bytes.saturating_add(object.size);
        }
        figures
    }
}
