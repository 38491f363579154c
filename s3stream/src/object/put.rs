//! Puts a finished object into the store, whole and once.
//!
//! A key is only ever created, never overwritten: ids are not reused, and should metadata that
//! was restored from an old snapshot ever grant one twice, the older object wins. Finding the key
//! taken is also what a retry sees whose first answer was lost, and what S3 answers to two
//! creations at a time. The index and the footer tell: they hold the checksum of every block, so
//! an object that agrees in them is the same.

use std::sync::Arc;

use object_store::path::Path;
use object_store::{
    Error, GetOptions, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload,
};
use penstock_model::id::ClusterId;

use super::key::object_key;
use super::writer::EncodedObject;
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
    let retry = |failure: &Failure| match failure {
        // There is no key that must be there: the bucket is gone, and may be made again.
        Failure::Store(Error::NotFound { .. }) => true,
        Failure::Store(error) => is_transient(error),
        Failure::Vanished => true,
        Failure::Taken => false,
    };
    with_retries(backoff, &key, retry, || attempt(store, &key, &payload, object)).await.map_err(
        |failure| match failure {
            Failure::Store(error) => PutError::Refused { key: key.clone(), error: error.into() },
            Failure::Vanished => unreachable!("a vanished object is put again"),
            Failure::Taken => PutError::Taken { key: key.clone() },
        },
    )
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

async fn attempt(
    store: &dyn ObjectStore,
    key: &Path,
    payload: &PutPayload,
    object: &EncodedObject,
) -> Result<(), Failure> {
    let create = PutOptions::from(PutMode::Create);
    match store.put_opts(key, payload.clone(), create).await {
        Ok(_) => Ok(()),
        Err(Error::AlreadyExists { .. }) => compare(store, key, object).await,
        Err(error) => Err(Failure::Store(error)),
    }
}

/// Finds out whether the object under the key is this one.
async fn compare(
    store: &dyn ObjectStore,
    key: &Path,
    object: &EncodedObject,
) -> Result<(), Failure> {
    let failed = |error| match error {
        Error::NotFound { .. } => Failure::Vanished,
        error => Failure::Store(error),
    };
    let there = store.head(key).await.map_err(failed)?;
    if there.size != object.object.size {
        return Err(Failure::Taken);
    }
    let range = object.object.index_position..object.object.size;
    let options = GetOptions::new().with_range(Some(range));
    let answer = store.get_opts(key, options).await.map_err(failed)?;
    let tail = answer.bytes().await.map_err(failed)?;
    if tail == *object.tail() { Ok(()) } else { Err(Failure::Taken) }
}
