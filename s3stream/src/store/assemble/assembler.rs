//! From pieces to an object, a step after the other.

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::{FuturesUnordered, StreamExt};
use object_store::Result;
use object_store::path::Path;

use super::{Assemble, PIECES_MAX, Part, Piece, Steps, Unfinished};

/// How many pieces of an assembly are under way.
const PIECES_AT_ONCE: usize = 4;

/// Assembles where a store knows the steps.
#[derive(Clone, Debug)]
pub struct Assembler(Arc<dyn Steps>);

impl Assembler {
    /// With these steps.
    #[must_use]
    pub fn new(steps: Arc<dyn Steps>) -> Self {
        Self(steps)
    }

    async fn complete(&self, assembly: &Unfinished, pieces: &[Piece]) -> Result<()> {
        let parts = self.parts(assembly, pieces).await?;
        self.0.complete(assembly, &parts).await
    }

    /// Once one has failed no other is begun. Those under way are waited for: what a store still does
    /// for an assembly when that is abandoned may stay there unseen.
    async fn parts(&self, assembly: &Unfinished, pieces: &[Piece]) -> Result<Vec<Part>> {
        let mut waiting = (1..).zip(pieces);
        let mut under_way = FuturesUnordered::new();
        let (mut parts, mut failure) = (Vec::with_capacity(pieces.len()), None);
        loop {
            while failure.is_none() && under_way.len() < PIECES_AT_ONCE {
                let Some((number, piece)) = waiting.next() else { break };
                under_way.push(self.part(assembly, number, piece));
            }
            match under_way.next().await {
                Some((number, Ok(part))) => parts.push((number, part)),
                Some((_, Err(error))) => drop(failure.get_or_insert(error)),
                None => break,
            }
        }
        match failure {
            Some(error) => Err(error),
            None => {
                parts.sort_by_key(|(number, _)| *number);
                Ok(parts.into_iter().map(|(_, part)| part).collect())
            }
        }
    }

    async fn part(
        &self,
        assembly: &Unfinished,
        number: usize,
        piece: &Piece,
    ) -> (usize, Result<Part>) {
        let part = match piece {
            Piece::Copied { key, bytes } => self.0.copy(assembly, number, key, bytes.clone()).await,
            Piece::Sent(bytes) => self.0.send(assembly, number, bytes.clone()).await,
        };
        (number, part)
    }
}

#[async_trait]
impl Assemble for Assembler {
    fn piece_bytes_min(&self) -> u64 {
        self.0.piece_bytes_min()
    }

    async fn assemble(&self, key: &Path, pieces: &[Piece]) -> Result<()> {
        assert!((1..=PIECES_MAX).contains(&pieces.len()), "{key} of {} pieces", pieces.len());
        let assembly = self.0.begin(key).await?;
        let answer = self.complete(&assembly, pieces).await;
        if answer.is_err()
            && let Err(error) = self.0.abandon(&assembly).await
        {
            tracing::debug!(%error, "an assembly that failed is left unfinished");
        }
        answer
    }

    async fn unfinished(&self, folder: &Path) -> Result<Vec<Unfinished>> {
        self.0.unfinished(folder).await
    }

    async fn abandon(&self, assembly: &Unfinished) -> Result<()> {
        self.0.abandon(assembly).await
    }
}
