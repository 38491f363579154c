//! The folders of a local store, and whether their names can be relied on.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use penstock_wal::files::Files;

/// Makes and syncs folders below a root.
pub(super) struct Folders {
    files: Arc<dyn Files>,
    root: PathBuf,
    state: Mutex<State>,
}

/// Guards the syncing of folders: one that failed is reported to one caller only, so nobody may
/// sync, and believe it, meanwhile or afterwards.
#[derive(Default)]
struct State {
    /// Folders whose own names this process has synced.
    durable: BTreeSet<PathBuf>,
    /// The first sync that failed.
    failed: Option<NamesUnsafe>,
}

/// The names in a folder did not reach the disk, and a second attempt would be told that they did:
/// what was acknowledged before may be lost already. Nothing mends that but a restart, which looks
/// at what is there.
#[derive(Clone, Debug, thiserror::Error)]
#[error("names in the store are not safe since a sync failed ({0}); see to the disk, then restart")]
pub(crate) struct NamesUnsafe(String);

impl NamesUnsafe {
    /// Whether that is why a request failed.
    pub(crate) fn caused(error: &object_store::Error) -> bool {
        let object_store::Error::Generic { source, .. } = error else { return false };
        let error = source.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        error.is_some_and(|error| error.is::<Self>())
    }
}

impl Folders {
    pub(super) fn new(files: Arc<dyn Files>, root: PathBuf) -> Self {
        Self { files, root, state: Mutex::default() }
    }

    pub(super) fn files(&self) -> &Arc<dyn Files> {
        &self.files
    }

    /// Makes a folder and its parents up to the root. A folder that is there already is not
    /// trusted: whoever made it may have crashed, or be about to, before its name was safe.
    pub(super) fn make(&self, folder: &Path) -> io::Result<()> {
        let mut state = self.lock();
        if state.durable.contains(folder) {
            return Ok(());
        }
        let mut below_root: Vec<&Path> =
            folder.ancestors().take_while(|folder| *folder != self.root).collect();
        below_root.reverse();
        for folder in below_root {
            if state.durable.contains(folder) {
                continue;
            }
            self.files.create_dir(folder)?;
            self.sync_locked(&mut state, folder.parent().expect("it lies below the root"))?;
            state.durable.insert(folder.to_owned());
        }
        Ok(())
    }

    /// Makes the names in a folder durable.
    pub(super) fn sync(&self, folder: &Path) -> io::Result<()> {
        self.sync_locked(&mut self.lock(), folder)
    }

    /// Likewise, of a folder that may never have been made.
    pub(super) fn sync_if_there(&self, folder: &Path) -> io::Result<()> {
        let mut state = self.lock();
        match self.files.list(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            _ => self.sync_locked(&mut state, folder),
        }
    }

    fn sync_locked(&self, state: &mut State, folder: &Path) -> io::Result<()> {
        if let Some(failed) = &state.failed {
            return Err(io::Error::other(failed.clone()));
        }
        self.files.sync_dir(folder).map_err(|error| {
            let failed = NamesUnsafe(format!("{}: {error}", folder.display()));
            state.failed = Some(failed.clone());
            io::Error::other(failed)
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
