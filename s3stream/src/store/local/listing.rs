//! What a folder of a local store holds.

use std::io::ErrorKind;

use object_store::path::Path;
use object_store::{ListResult, Result};

use super::staging::STAGING;
use super::{Inner, meta, store_error};

impl Inner {
    /// The objects and the prefixes directly below a prefix, each in order of name. What cannot
    /// be a key, or is being staged, is passed over.
    pub(super) fn list(&self, prefix: &Path) -> Result<ListResult> {
        let mut found = ListResult {
            common_prefixes: Vec::new(),
            objects: Vec::new(),
            extensions: Default::default(),
        };
        let folder = if prefix.is_root() { self.root.clone() } else { self.path(prefix)? };
        let entries = match self.files().list(&folder) {
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                return Ok(found);
            }
            entries => entries.map_err(|error| store_error(prefix, error))?,
        };
        for entry in entries {
            if prefix.is_root() && entry.name == STAGING {
                continue;
            }
            let Ok(key) = Path::parse(format!("{prefix}/{}", entry.name)) else { continue };
            match entry.is_dir {
                true => found.common_prefixes.push(key),
                false => found.objects.push(meta(key, entry.length)),
            }
        }
        Ok(found)
    }
}
