//! The log's part of a store: its keys, and single requests about them. It knows no order.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    Error, GetOptions, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload,
};

use super::ObjectWalSettings;
use super::format::{self, Kind, LABEL_BYTES, Label, LabelError};
use super::sequence::{Sequence, epoch_prefix, key, sequence_of};
use crate::retry::with_retries;
use crate::{Owner, Position, WalError};

/// See the module.
pub(super) struct Bucket {
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) root: Path,
    pub(super) owner: Owner,
    pub(super) settings: ObjectWalSettings,
}

/// What a store says to a creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Created {
    /// The object is there, durably.
    Now,
    /// The key is taken: by this very object, sent before, or by another.
    Taken,
}

/// Whether the same request may succeed later, although nothing about it changes. Missing rights
/// count as such: somebody grants them.
fn may_pass(error: &Error) -> bool {
    !matches!(
        error,
        Error::NotFound { .. }
            | Error::InvalidPath { .. }
            | Error::NotSupported { .. }
            | Error::NotImplemented { .. }
            | Error::AlreadyExists { .. }
            | Error::Precondition { .. }
            | Error::NotModified { .. }
            | Error::UnknownConfigurationKey { .. }
    )
}

impl Bucket {
    pub(super) fn key(&self, epoch: u64, sequence: Sequence) -> Path {
        key(&self.root, epoch, sequence)
    }

    /// One attempt to create an object.
    pub(super) async fn create(&self, key: &Path, payload: PutPayload) -> Result<Created, Error> {
        let create = PutOptions::from(PutMode::Create);
        match self.store.put_opts(key, payload, create).await {
            Ok(_) => Ok(Created::Now),
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => Ok(Created::Taken),
            Err(error) => Err(error),
        }
    }

    /// Puts a seal. Whether it stands there in the end is for the caller to look at.
    pub(super) async fn put_seal(&self, seal: &Label) -> Result<Created, WalError> {
        let key = self.key(seal.origin.epoch, seal.origin.sequence);
        let payload = PutPayload::from(seal.encode());
        let attempt = || self.create(&key, payload.clone());
        self.outlived("seal", &key, attempt)
            .await?
            .ok_or_else(|| self.failed("seal", &key, "the bucket is gone"))
    }

    /// What lies under the key of an object.
    pub(super) async fn look(
        &self,
        epoch: u64,
        sequence: Sequence,
    ) -> Result<Option<Label>, WalError> {
        let key = self.key(epoch, sequence);
        let front = || async {
            let range = GetOptions::new().with_range(Some(0..LABEL_BYTES as u64));
            let answer = self.store.get_opts(&key, range).await?;
            let size = answer.meta.size;
            Ok((answer.bytes().await?, size))
        };
        match self.outlived("look at", &key, front).await? {
            Some((front, size)) => self.check(&front, epoch, sequence, size).map(Some),
            None => Ok(None),
        }
    }

    /// Bytes of an object; `None` if it is not there.
    pub(super) async fn read(
        &self,
        key: &Path,
        range: std::ops::Range<u64>,
    ) -> Result<Option<Bytes>, WalError> {
        let read = || self.store.get_range(key, range.clone());
        let Some(bytes) = self.outlived("read", key, read).await? else { return Ok(None) };
        if bytes.len() as u64 == range.end - range.start {
            Ok(Some(bytes))
        } else {
            Err(self.corrupt(key, range.start, "it ends early"))
        }
    }

    /// Reads a label, and checks that it belongs where it was found, in an object of `size` bytes.
    pub(super) fn check(
        &self,
        bytes: &[u8],
        epoch: u64,
        sequence: Sequence,
        size: u64,
    ) -> Result<Label, WalError> {
        let key = self.key(epoch, sequence);
        let label = bytes.try_into().map_err(|_| LabelError::NotALog).and_then(Label::decode);
        let label = label.map_err(|error| self.corrupt(&key, 0, error.text()))?;
        let origin = label.origin;
        if origin.owner != self.owner {
            let (place, found, expected) = (key.to_string(), origin.owner, self.owner);
            return Err(WalError::Foreign { place, found, expected });
        }
        if (origin.epoch, origin.sequence, label.length) != (epoch, sequence, size) {
            return Err(self.corrupt(&key, 0, "it is another object, or not all of it"));
        }
        Ok(label)
    }

    /// The objects of an epoch, with their sizes in bytes. Other keys are left alone.
    pub(super) async fn list(&self, epoch: u64) -> Result<BTreeMap<Sequence, u64>, WalError> {
        let prefix = epoch_prefix(&self.root, epoch);
        let list = || async {
            let objects = self
                .store
                .list(Some(&prefix))
                .map_ok(|meta| sequence_of(&meta.location).map(|sequence| (sequence, meta.size)));
            objects.try_filter_map(|object| async move { Ok(object) }).try_collect().await
        };
        Ok(self.outlived("list", &prefix, list).await?.unwrap_or_default())
    }

    /// Deletes objects; those that are gone count as deleted. One attempt, which says what is left.
    pub(super) async fn delete(&self, keys: Vec<Path>) -> Result<(), Error> {
        let locations = stream::iter(keys.into_iter().map(Ok)).boxed();
        let mut deleted = self.store.delete_stream(locations);
        while let Some(answer) = deleted.next().await {
            match answer {
                Ok(_) | Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// See [`ObjectWal::prove_fence`](super::ObjectWal::prove_fence).
    pub(super) async fn prove_fence(&self, name: &str) -> Result<(), WalError> {
        let key = self.root.clone().join(name);
        let payload = PutPayload::from_static(b"may be deleted");
        let create = || self.create(&key, payload.clone());
        let mut answers = Vec::new();
        for _ in 0..2 {
            answers.push(self.outlived("create", &key, create).await);
        }
        let delete = || self.delete(vec![key.clone()]);
        self.outlived("delete", &key, delete).await?;
        match answers.as_slice() {
            [Ok(Some(_)), Ok(Some(Created::Taken))] => Ok(()),
            [Ok(Some(_)), Ok(Some(Created::Now))] => {
                Err(WalError::NotFenced { reason: "it created one key twice".into() })
            }
            [Err(error), _] | [_, Err(error)] => {
                Err(WalError::NotFenced { reason: error.to_string() })
            }
            _ => Err(WalError::NotFenced { reason: "there is no such bucket".into() }),
        }
    }

    /// Asks until the answer is no failure that may pass; `None` for "there is no such thing".
    async fn outlived<T, A>(
        &self,
        action: &'static str,
        key: &Path,
        attempt: impl FnMut() -> A,
    ) -> Result<Option<T>, WalError>
    where
        A: Future<Output = Result<T, Error>>,
    {
        let what = format!("{action} {key}");
        match with_retries(self.settings.backoff, &what, may_pass, attempt).await {
            Ok(answer) => Ok(Some(answer)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed(action, key, &error.to_string())),
        }
    }

    pub(super) fn corrupt(&self, key: &Path, at: u64, what: &'static str) -> WalError {
        WalError::Corrupt { place: key.to_string(), at, what }
    }

    pub(super) fn missing(&self, missing: std::ops::Range<Position>) -> WalError {
        WalError::Missing { place: self.root.to_string(), missing }
    }

    pub(super) fn failed(&self, action: &'static str, key: &Path, reason: &str) -> WalError {
        WalError::Io { action, place: key.to_string(), reason: reason.to_owned() }
    }

    /// Whether a failed attempt to create an object may succeed later.
    pub(super) fn may_pass(error: &Error) -> bool {
        may_pass(error)
    }
}

/// The entries of a data object, read from its end.
pub(super) async fn read_table(
    bucket: &Bucket,
    epoch: u64,
    sequence: Sequence,
    size: u64,
) -> Result<Vec<crate::Recovered>, WalError> {
    /// What is read at first: the tables of most objects, with their label.
    const TAIL_BYTES: u64 = 64 << 10;

    let key = bucket.key(epoch, sequence);
    let gone = || bucket.missing(sequence.begins()..sequence.next().begins());
    if size < LABEL_BYTES as u64 {
        return Err(bucket.corrupt(&key, 0, "it is too short"));
    }
    let tail_begins = size.saturating_sub(TAIL_BYTES);
    let tail = bucket.read(&key, tail_begins..size).await?.ok_or_else(gone)?;
    let label = &tail[tail.len() - LABEL_BYTES..];
    let label = bucket.check(label, epoch, sequence, size)?;
    let table = match label.kind {
        Kind::Seal => return Err(bucket.corrupt(&key, 0, "a seal lies where entries were")),
        Kind::Data { table_position, .. } if table_position < tail_begins => {
            let range = table_position..size - LABEL_BYTES as u64;
            bucket.read(&key, range).await?.ok_or_else(gone)?
        }
        Kind::Data { table_position, .. } => {
            let start = usize::try_from(table_position - tail_begins).expect("within the tail");
            tail.slice(start..tail.len() - LABEL_BYTES)
        }
    };
    format::decode_table(&label, &table).map_err(|what| bucket.corrupt(&key, 0, what))
}
