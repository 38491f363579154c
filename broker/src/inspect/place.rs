//! Where something lies in a store, as people name it.

use std::path::Path;
use std::sync::Arc;

use object_store::ObjectStore;
use penstock_s3stream::store::local::LocalStore;
use penstock_s3stream::store::open::{StoreSettings, open};
use penstock_s3stream::store::url::StoreUrl;
use penstock_wal::files::OsFiles;

use super::{InspectError, local_path};

/// The path of a place, and the options of its store.
pub(super) fn split_options(place: &str) -> (&str, &str) {
    place.split_at(place.find('?').unwrap_or(place.len()))
}

/// Opens a store to read from: a folder, or a URL, whose options begin with a question mark.
pub(super) fn open_store(
    place: &str,
    store: &str,
    options: &str,
) -> Result<Arc<dyn ObjectStore>, InspectError> {
    if store.contains("://") && !store.starts_with("file://") {
        let url: StoreUrl = format!("{store}{options}").parse().map_err(|error| {
            InspectError::NotThat { place: place.to_owned(), what: format!("{error}") }
        })?;
        return Ok(Arc::new(open(&url, Arc::new(OsFiles), &StoreSettings::default())?));
    }
    let root = local_path(store);
    let root = if root.as_os_str().is_empty() { Path::new("/").to_owned() } else { root };
    Ok(Arc::new(LocalStore::open_read_only(Arc::new(OsFiles), root)))
}
