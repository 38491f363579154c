//! The end of objects: deleted once no read can be under way on them, by their life cycle alone.
//!
//! ```text
//!   destroyed ──(delay)──► deleted from the store ──► forgotten by the metadata
//!   leased ──(deadline)──► lease expired ──► abandoned what was begun, deleted ──► forgotten
//! ```
//!
//! A crash between two steps repeats the first: deleting twice is deleting once.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use futures::stream::{self, StreamExt};
use object_store::{Error, ObjectStoreExt, Result};
use penstock_model::command::Command;
use penstock_model::id::{ObjectId, Timestamp};
use penstock_model::image::Lease;

use crate::lifecycle::Failure;
use crate::object::key::object_key;
use crate::shared::Shared;
use crate::store::assemble::Unfinished;
use crate::store::local::NamesUnsafe;
use crate::verify;

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
        let leases: Vec<_> =
            image.expired_leases(now).map(|(first, lease)| (first, *lease)).collect();
        for leases in leases.chunks(FORGOTTEN_MAX) {
            self.end_leases(leases, now).await;
        }
    }

    /// Ends leases, deletes what was put under them, and only then forgets them.
    async fn end_leases(&self, leases: &[(ObjectId, Lease)], now: Timestamp) {
        let to_end: Vec<_> =
            leases.iter().filter(|(_, lease)| !lease.expired).map(|(first, _)| *first).collect();
        if !to_end.is_empty()
            && let Err(refused) = self.submit(Command::ExpireLeases { leases: to_end, now }).await
        {
            tracing::warn!(%refused, "leases did not expire, will try again");
            return;
        }
        // Where the commit was faster, there is nothing to delete.
        let image = self.metadata.image();
        let mut ended = BTreeMap::new();
        for (first, lease) in leases {
            if image.lease_of(*first).is_some_and(|(_, lease)| lease.expired) {
                ended.insert(*first, first.0..lease.end.0);
            }
        }
        if ended.is_empty() {
            return;
        }
        // Before the objects are deleted. What is begun or completed later still is refused at its
        // commit, and found by `reconcile`.
        if let Err(error) = self.abandon_under(&ended).await {
            tracing::warn!(%error, "what was begun under ended leases is not abandoned, will try again");
            return;
        }
        let ids: Vec<_> = ended.values().flat_map(Clone::clone).map(ObjectId).collect();
        let deleted: BTreeSet<_> = self.delete_objects(&ids).await.into_iter().collect();
        ended.retain(|_, ids| ids.clone().all(|id| deleted.contains(&ObjectId(id))));
        if !ended.is_empty()
            && let Err(refused) =
                self.submit(Command::ForgetLeases(ended.into_keys().collect())).await
        {
            tracing::warn!(%refused, "ended leases are not forgotten, will try again");
        }
    }

    /// Abandons the assemblies that were begun under ids of ended leases.
    async fn abandon_under(&self, ended: &BTreeMap<ObjectId, Range<u64>>) -> Result<()> {
        let is_ended = |id: ObjectId| {
            let lease = ended.range(..=id).next_back();
            lease.is_some_and(|(_, ids)| ids.contains(&id.0))
        };
        for (id, assembly) in self.unfinished().await? {
            if is_ended(id) {
                self.abandon(&assembly).await?;
            }
        }
        Ok(())
    }

    /// See [`verify::unfinished`]. None where the store does not permit to know.
    pub(crate) async fn unfinished(&self) -> Result<Vec<(ObjectId, Unfinished)>> {
        let Some(assembler) = &self.assembler else { return Ok(Vec::new()) };
        match verify::unfinished(&**assembler, self.cluster).await {
            Err(error @ Error::PermissionDenied { .. }) => {
                not_permitted(&error);
                Ok(Vec::new())
            }
            begun => begun,
        }
    }

    /// Abandons one. What the store does not permit stays there: leases end all the same.
    pub(crate) async fn abandon(&self, assembly: &Unfinished) -> Result<()> {
        let Some(assembler) = &self.assembler else { return Ok(()) };
        tracing::debug!(key = %assembly.key, "abandoning what was begun and not completed");
        match assembler.abandon(assembly).await {
            Err(error @ Error::PermissionDenied { .. }) => {
                not_permitted(&error);
                Ok(())
            }
            abandoned => abandoned,
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
                Ok(()) | Err(Error::NotFound { .. }) => gone.push(id),
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

fn not_permitted(error: &Error) {
    tracing::warn!(%error, "parts of objects that were never completed stay in the bucket: permit s3:ListBucketMultipartUploads and s3:AbortMultipartUpload, or have a lifecycle rule end them");
}
