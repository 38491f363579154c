//! The end of objects: deleted once no read can be under way on them, by their life cycle alone.
//!
//! ```text
//!   destroyed ──(delay)──► deleted from the store ──► forgotten by the metadata
//!   leased ──(deadline)──► lease expired; what was put under it is deleted
//! ```
//!
//! A crash between two steps repeats the first: deleting twice is deleting once.

use std::collections::{BTreeMap, BTreeSet};

use futures::stream::{self, StreamExt};
use object_store::ObjectStoreExt;
use penstock_model::command::Command;
use penstock_model::id::{ObjectId, Timestamp};
use penstock_model::image::{Lease, MetadataImage};

use crate::lifecycle::Failure;
use crate::object::key::object_key;
use crate::shared::Shared;
use crate::store::local::NamesUnsafe;

/// How many objects one command forgets: 11 bytes each at most, far below 1 MiB.
const FORGOTTEN_MAX: usize = 1_000;

impl Shared {
    /// See [`Storage::collect_garbage`](crate::Storage::collect_garbage).
    pub(crate) async fn collect_garbage(&self, now: Timestamp) {
        let delay = i64::try_from(self.settings.delete_delay.as_millis()).unwrap_or(i64::MAX);
        let before = Timestamp(now.0.saturating_sub(delay));
        let image = self.metadata.image();
        let destroyed: Vec<_> = image.destroyed_before(before).map(|(_, id)| id).collect();
        for ids in destroyed.chunks(FORGOTTEN_MAX) {
            let deleted = self.delete_objects(ids).await;
            let store_answers = deleted.len() == ids.len();
            self.counters.deleted_objects.add(deleted.len() as u64);
            if !deleted.is_empty()
                && let Err(refused) = self.submit(Command::ForgetObjects(deleted)).await
            {
                tracing::warn!(%refused, "deleted objects are not forgotten, will try again");
            }
            if !store_answers {
                return;
            }
        }
        for (first, lease) in image.expired_leases(now) {
            self.expire_lease(&image, first, *lease, now).await;
        }
    }

    async fn expire_lease(
        &self,
        image: &MetadataImage,
        first: ObjectId,
        lease: Lease,
        now: Timestamp,
    ) {
        let ids: Vec<_> = (first.0..lease.end.0).map(ObjectId).collect();
        let dead = !image.is_active(lease.broker);
        // A fenced broker commits nothing any more. Deleting first then leaves nothing behind,
        // even if this node ends in between; a living one must lose the lease before.
        if dead && self.delete_objects(&ids).await.len() < ids.len() {
            return;
        }
        let expire = Command::ExpireLeases { leases: vec![first], now };
        if let Err(refused) = self.submit(expire).await {
            tracing::warn!(%refused, "a lease did not expire, will try again");
            return;
        }
        if !dead {
            // Where the commit was faster, there is nothing to delete.
            let image = self.metadata.image();
            let orphans: Vec<_> =
                ids.into_iter().filter(|id| image.object(*id).is_none()).collect();
            self.delete_objects(&orphans).await;
        }
    }

    /// Deletes objects from the store, whether they are there or not. Answers those that are gone.
    pub(crate) async fn delete_objects(&self, ids: &[ObjectId]) -> Vec<ObjectId> {
        let keys: BTreeMap<_, _> =
            ids.iter().map(|id| (object_key(self.cluster, *id), *id)).collect();
        // In bulk where the store can; answers come in any order, and may be fewer.
        let locations = stream::iter(keys.keys().cloned().map(Ok).collect::<Vec<_>>());
        let deleted: BTreeSet<_> = self
            .store
            .delete_stream(locations.boxed())
            .filter_map(async |result| result.ok())
            .collect()
            .await;
        let mut gone = Vec::with_capacity(ids.len());
        for (key, id) in keys {
            if deleted.contains(&key) {
                gone.push(id);
                continue;
            }
            match self.store.delete(&key).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => gone.push(id),
                Err(error) if NamesUnsafe::caused(&error) => {
                    self.streams.lifecycle.fail(Failure::Store(error.to_string()));
                    break;
                }
                Err(error) => {
                    // The next would most likely fail as well; the caller comes again.
                    tracing::warn!(%key, %error, "an object was not deleted, will try again");
                    break;
                }
            }
        }
        gone
    }
}
