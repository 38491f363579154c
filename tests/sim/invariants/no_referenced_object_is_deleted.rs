//! The new before the old: an object is deleted only once nothing refers to it.

use object_store::path::Path;
use penstock_model::image::MetadataImage;
use penstock_s3stream::object::key::parse_object_key;

use super::Looked;

/// An object is about to be deleted, by whoever knows this image or an older one.
pub(crate) fn look(key: &Path, image: &MetadataImage) -> Looked {
    let Some((_, object)) = parse_object_key(key) else { return Ok(()) };
    if image.is_live(object) { Err(format!("{key} is in use")) } else { Ok(()) }
}
