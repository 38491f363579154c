//! The steps of an assembly, counted and bounded as the requests that they are.

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use object_store::Result;
use object_store::path::Path;

use super::{MeteredStore, Operation};
use crate::store::assemble::{Part, Steps, Unfinished};

/// See the module.
#[derive(Debug)]
pub(super) struct MeteredSteps {
    pub(super) store: MeteredStore,
    pub(super) steps: Arc<dyn Steps>,
}

impl MeteredSteps {
    async fn ask<T>(
        &self,
        operation: Operation,
        step: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let mut request = self.store.begin(operation).await;
        request.ended(step.await)
    }
}

#[async_trait]
impl Steps for MeteredSteps {
    fn piece_bytes_min(&self) -> u64 {
        self.steps.piece_bytes_min()
    }

    async fn begin(&self, key: &Path) -> Result<Unfinished> {
        self.ask(Operation::Put, self.steps.begin(key)).await
    }

    async fn copy(
        &self,
        assembly: &Unfinished,
        number: usize,
        source: &Path,
        bytes: Range<u64>,
    ) -> Result<Part> {
        let copy = self.steps.copy(assembly, number, source, bytes);
        let part = self.ask(Operation::Copy, copy).await?;
        self.store.counters.count_copied(part.bytes);
        Ok(part)
    }

    async fn send(&self, assembly: &Unfinished, number: usize, bytes: Bytes) -> Result<Part> {
        let length = bytes.len();
        let part = self.ask(Operation::Put, self.steps.send(assembly, number, bytes)).await?;
        self.store.counters.count_written(length);
        Ok(part)
    }

    async fn complete(&self, assembly: &Unfinished, parts: &[Part]) -> Result<()> {
        self.ask(Operation::Put, self.steps.complete(assembly, parts)).await
    }

    async fn abandon(&self, assembly: &Unfinished) -> Result<()> {
        self.ask(Operation::Delete, self.steps.abandon(assembly)).await
    }

    async fn unfinished(&self, folder: &Path) -> Result<Vec<Unfinished>> {
        self.ask(Operation::List, self.steps.unfinished(folder)).await
    }
}
