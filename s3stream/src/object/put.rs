//! Puts a finished object into the store, whole and once.
//!
//! A key is only ever created, never overwritten: ids are not reused, and should metadata that
//! was restored from an old snapshot ever grant one twice, the older object wins. Finding the key
//! taken is also what a retry sees whose first answer was lost, and what S3 answers to two
//! creations at a time. The index and the footer tell: they hold the checksum of every block, so
//! an object that agrees in them is the same.
//!
//! The same holds of an object that the store makes of parts of others: only its index and footer are
//! sent.

use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{
    Error, GetOptions, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload,
};
use penstock_model::command::UploadedObject;
use penstock_model::id::ClusterId;

use super::key::object_key;
use super::merged::MergedObject;
use super::writer::EncodedObject;
use crate::store::assemble::Assemble;
use crate::store::retry::{Backoff, is_transient, with_retries};

/// Why an object cannot be put under its id, now or later. Upload it again under a new lease.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PutError {
    /// The key holds other bytes.
    #[error("{key} holds another object; its id was granted twice")]
    Taken {
        /// The key.
        key: Path,
    },
    /// The store will not take it, however often it is asked.
    #[error("the store refuses {key}: {error}")]
    Refused {
        /// The key.
        key: Path,
        /// Why.
        error: Arc<Error>,
    },
}

/// Puts an object. Returns when it lies in the store, complete and synced; tries without end while
/// the store fails. Dropping the future ends the attempts; the object may then be there or not.
///
/// # Errors
/// See [`PutError`].
pub async fn put_object(
    store: &dyn ObjectStore,
    cluster: ClusterId,
    object: &EncodedObject,
    backoff: Backoff,
) -> Result<(), PutError> {
    let key = object_key(cluster, object.object.id);
    let payload = PutPayload::from_iter(object.payload.iter().cloned());
    let wanted = Wanted { key: &key, object: &object.object, tail: object.tail() };
    let attempt = async || {
        let create = PutOptions::from(PutMode::Create);
        store.put_opts(&key, payload.clone(), create).await.map(drop)
    };
    // There is no key that must be there: the bucket is gone, and may be made again.
    let retry = |error: &Error| is_transient(error) || matches!(error, Error::NotFound { .. });
    create(store, &wanted, backoff, retry, attempt).await
}

/// Has the store make an object of parts of others. Returns when it lies in the store, complete. Tries
/// once: of an attempt that fails something may be left, which only the end of its lease finds.
///
/// # Errors
/// See [`PutError`]; the object may be there then. It is refused as `NotFound` when a source is gone, or
/// when somebody abandoned the assembly; as `NotImplemented` when the store makes no objects of others.
pub async fn assemble_object(
    assembler: &dyn Assemble,
    store: &dyn ObjectStore,
    cluster: ClusterId,
    merged: &MergedObject,
) -> Result<(), PutError> {
    let key = object_key(cluster, merged.object.id);
    let pieces = merged.pieces(cluster);
    let wanted = Wanted { key: &key, object: &merged.object, tail: &merged.tail };
    let created = assembler.assemble(&key, &pieces).await;
    let failed = |failure| match failure {
        Failure::Store(error) => PutError::Refused { key: key.clone(), error: error.into() },
        Failure::Vanished | Failure::Taken => PutError::Taken { key: key.clone() },
    };
    created_or_there(created, store, &wanted).await.map_err(failed)
}

/// What is to lie under a key.
struct Wanted<'a> {
    key: &'a Path,
    object: &'a UploadedObject,
    /// Index and footer.
    tail: &'a Bytes,
}

/// Attempts to create an object until it is there.
async fn create<A>(
    store: &dyn ObjectStore,
    wanted: &Wanted<'_>,
    backoff: Backoff,
    retry: impl Fn(&Error) -> bool,
    mut attempt: impl FnMut() -> A,
) -> Result<(), PutError>
where
    A: Future<Output = Result<(), Error>>,
{
    let retry = |failure: &Failure| match failure {
        Failure::Store(error) => retry(error),
        Failure::Vanished => true,
        Failure::Taken => false,
    };
    let attempt = || {
        let created = attempt();
        async move { created_or_there(created.await, store, wanted).await }
    };
    let key = wanted.key;
    with_retries(backoff, key, retry, attempt).await.map_err(|failure| match failure {
        Failure::Store(error) => PutError::Refused { key: key.clone(), error: error.into() },
        Failure::Vanished => unreachable!("a vanished object is put again"),
        Failure::Taken => PutError::Taken { key: key.clone() },
    })
}

/// A key that is taken may hold this very object.
async fn created_or_there(
    created: Result<(), Error>,
    store: &dyn ObjectStore,
    wanted: &Wanted<'_>,
) -> Result<(), Failure> {
    match created {
        Err(Error::AlreadyExists { .. }) => compare(store, wanted).await,
        created => created.map_err(Failure::Store),
    }
}

/// How one attempt failed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Store(Error),
    /// The store said that the key is taken, and then that it is not.
    #[error("the store refused the key as taken, and holds nothing under it")]
    Vanished,
    #[error("the key holds another object")]
    Taken,
}

/// Finds out whether the object under the key is this one.
async fn compare(store: &dyn ObjectStore, wanted: &Wanted<'_>) -> Result<(), Failure> {
    let Wanted { key, object, tail } = wanted;
    let failed = |error| match error {
        Error::NotFound { .. } => Failure::Vanished,
        error => Failure::Store(error),
    };
    let there = store.head(key).await.map_err(failed)?;
    if there.size != object.size {
        return Err(Failure::Taken);
    }
    let options = GetOptions::new().with_range(Some(object.index_position..object.size));
    let answer = store.get_opts(key, options).await.map_err(failed)?;
    let there = answer.bytes().await.map_err(failed)?;
    if there == **tail { Ok(()) } else { Err(Failure::Taken) }
}
