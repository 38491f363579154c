//! The log's part of a store: its keys, and single requests about them. It knows no order.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::future::join_all;
use futures::stream::{self, StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use tokio::time::sleep;

use super::ObjectWalSettings;
use super::format::{LABEL_BYTES, Label, LabelError};
use super::sequence::{Sequence, key, place_of};
use crate::retry::{may_pass, with_retries};
use crate::{Owner, WalError};

/// See the module.
pub(super) struct Bucket {
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) root: Path,
    pub(super) owner: Owner,
    pub(super) settings: ObjectWalSettings,
}

/// Objects by epoch and sequence, with their sizes in bytes.
pub(super) type Listed = BTreeMap<(u64, Sequence), u64>;

/// Of a key that the store refused.
pub(super) const NOTHING_THERE: &str =
    "the store refused the key as taken, and holds nothing there";

/// What a store says to a creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Created {
    /// The object is there, durably.
    Now,
    /// The key is taken: by this very object, sent before, or by another.
    Taken,
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
    pub(super) async fn put_seal(&self, seal: &Label) -> Result<(), WalError> {
        let key = self.key(seal.origin.epoch, seal.origin.sequence);
        let payload = PutPayload::from(seal.encode());
        let attempt = || self.create(&key, payload.clone());
        match self.outlived("seal", &key, attempt).await? {
            Some(_) => Ok(()),
            None => Err(self.failed("seal", &key, "there is no such bucket")),
        }
    }

    /// What lies under the key of an object.
    pub(super) async fn look(
        &self,
        epoch: u64,
        sequence: Sequence,
    ) -> Result<Option<Label>, WalError> {
        let key = self.key(epoch, sequence);
        match self.outlived("look at", &key, || self.front(&key)).await? {
            Some((front, size)) => self.check(&front, epoch, sequence, size).map(Some),
            None => Ok(None),
        }
    }

    /// The first bytes of an object, as many as a label has, and its size. No range is asked for:
    /// stores refuse one of an object that is shorter, and say so in many ways.
    async fn front(&self, key: &Path) -> Result<(Bytes, u64), Error> {
        let answer = self.store.get(key).await?;
        let size = answer.meta.size;
        let mut parts = answer.into_stream();
        let mut front = BytesMut::new();
        while front.len() < LABEL_BYTES
            && let Some(part) = parts.next().await
        {
            front.extend_from_slice(&part?);
        }
        front.truncate(LABEL_BYTES);
        Ok((front.freeze(), size))
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

    /// The objects below a prefix, with their sizes in bytes. Other keys are left alone. What is put
    /// meanwhile may be missing, and something later be there.
    pub(super) async fn list(&self, prefix: &Path) -> Result<Listed, WalError> {
        let list = || async {
            let objects = self
                .store
                .list(Some(prefix))
                .map_ok(|meta| place_of(&meta.location).map(|place| (place, meta.size)));
            objects.try_filter_map(|object| async move { Ok(object) }).try_collect().await
        };
        Ok(self.outlived("list", prefix, list).await?.unwrap_or_default())
    }

    /// Creates a small object that stays for good, or finds it there. Answers whether it is this one.
    pub(super) async fn settle(&self, key: &Path, content: &[u8]) -> Result<bool, WalError> {
        let payload = PutPayload::from(content.to_vec());
        loop {
            let create = || self.create(key, payload.clone());
            if self.outlived("create", key, create).await? == Some(Created::Now) {
                return Ok(true);
            }
            if let Some(there) = self.content(key).await? {
                return Ok(there == content);
            }
            self.pause_for_nothing_there(key).await;
        }
    }

    /// What lies under a key, if anything does.
    pub(super) async fn content(&self, key: &Path) -> Result<Option<Bytes>, WalError> {
        let get = || async { self.store.get(key).await?.bytes().await };
        self.outlived("read", key, get).await
    }

    /// The store refused a key as taken and holds nothing there, as some say while somebody else
    /// tries to: what nobody can help but time.
    pub(super) async fn pause_for_nothing_there(&self, key: &Path) {
        let pause = self.settings.backoff.cap;
        tracing::warn!(%key, ?pause, "{NOTHING_THERE}, will try again");
        sleep(pause).await;
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
        // At once, and one behind the others.
        let at_once = (0..3).map(|_| self.outlived("create", &key, create));
        let mut answers = join_all(at_once).await;
        answers.push(self.outlived("create", &key, create).await);
        let delete = || self.delete(vec![key.clone()]);
        self.outlived("delete", &key, delete).await?;
        let not_fenced = |reason: String| Err(WalError::NotFenced { reason });
        let mut created = 0;
        for answer in &answers {
            match answer {
                Ok(Some(Created::Now)) => created += 1,
                Ok(Some(Created::Taken)) => {}
                Ok(None) => return not_fenced("there is no such bucket".into()),
                Err(error) => return not_fenced(error.to_string()),
            }
        }
        // None where every answer that said so was lost.
        match (created, &answers[3]) {
            (0 | 1, Ok(Some(Created::Taken))) => Ok(()),
            _ => not_fenced("it created one key twice".into()),
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

    /// From `first` to before `next` nothing is there, and something was.
    pub(super) fn missing(&self, epoch: u64, first: Sequence, next: Sequence) -> WalError {
        let place = format!("{} (and what follows it)", self.key(epoch, first));
        WalError::Missing { place, missing: first.begins()..next.begins() }
    }

    pub(super) fn failed(&self, action: &'static str, key: &Path, reason: &str) -> WalError {
        WalError::Io { action, place: key.to_string(), reason: reason.to_owned() }
    }
}
