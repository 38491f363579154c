//! Assembly where the store has none: what is copied is read, kept in memory, and written as one
//! object. For stores in memory, and for tests.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, PutPayload, Result};

use super::{Part, Steps, Unfinished};

/// See the module.
#[derive(Debug)]
pub struct ByHand {
    store: Arc<dyn ObjectStore>,
    piece_bytes_min: u64,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    begun: u64,
    unfinished: BTreeMap<Unfinished, BTreeMap<usize, Bytes>>,
}

impl ByHand {
    /// Reads from and writes to `store`. No piece but the last may have fewer bytes than that, as S3
    /// has it.
    #[must_use]
    pub fn new(store: Arc<dyn ObjectStore>, piece_bytes_min: u64) -> Self {
        Self { store, piece_bytes_min, inner: Mutex::default() }
    }

    /// Nothing here leaves it half done.
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more piece.
    fn keep(&self, assembly: &Unfinished, number: usize, bytes: Bytes) -> Result<Part> {
        let mut inner = self.inner();
        let pieces = inner.unfinished.get_mut(assembly).ok_or_else(|| abandoned(assembly))?;
        let part = Part { tag: number.to_string(), bytes: bytes.len() as u64 };
        pieces.insert(number, bytes);
        Ok(part)
    }

    /// What a completed object holds.
    fn content(&self, assembly: &Unfinished, parts: &[Part]) -> Result<PutPayload> {
        let inner = self.inner();
        let pieces = inner.unfinished.get(assembly).ok_or_else(|| abandoned(assembly))?;
        let pieces: Vec<_> = (1..=parts.len()).filter_map(|at| pieces.get(&at).cloned()).collect();
        let is_small = |piece: &Bytes| (piece.len() as u64) < self.piece_bytes_min;
        let but_the_last = &pieces[..pieces.len().saturating_sub(1)];
        if pieces.len() != parts.len() || but_the_last.iter().any(is_small) {
            let operation = "an assembly of missing or small pieces".into();
            return Err(Error::NotImplemented { operation, implementer: "by hand".into() });
        }
        Ok(pieces.into_iter().collect())
    }
}

fn abandoned(assembly: &Unfinished) -> Error {
    Error::NotFound { path: assembly.key.to_string(), source: "no such assembly".into() }
}

#[async_trait]
impl Steps for ByHand {
    fn piece_bytes_min(&self) -> u64 {
        self.piece_bytes_min
    }

    async fn begin(&self, key: &Path) -> Result<Unfinished> {
        let mut inner = self.inner();
        inner.begun += 1;
        let assembly = Unfinished { key: key.clone(), id: inner.begun.to_string() };
        inner.unfinished.insert(assembly.clone(), BTreeMap::new());
        Ok(assembly)
    }

    async fn copy(
        &self,
        assembly: &Unfinished,
        number: usize,
        source: &Path,
        bytes: Range<u64>,
    ) -> Result<Part> {
        let bytes = self.store.get_range(source, bytes).await?;
        self.keep(assembly, number, bytes)
    }

    async fn send(&self, assembly: &Unfinished, number: usize, bytes: Bytes) -> Result<Part> {
        self.keep(assembly, number, bytes)
    }

    async fn complete(&self, assembly: &Unfinished, parts: &[Part]) -> Result<()> {
        let content = self.content(assembly, parts)?;
        self.store.put_opts(&assembly.key, content, PutMode::Create.into()).await?;
        self.inner().unfinished.remove(assembly);
        Ok(())
    }

    async fn abandon(&self, assembly: &Unfinished) -> Result<()> {
        self.inner().unfinished.remove(assembly);
        Ok(())
    }

    async fn unfinished(&self, folder: &Path) -> Result<Vec<Unfinished>> {
        let inner = self.inner();
        let below = inner.unfinished.keys().filter(|assembly| assembly.is_below(folder));
        Ok(below.cloned().collect())
    }
}

#[cfg(test)]
mod tests;
