//! Objects that nothing refers to, and nobody can commit: what lies in the store beside what the
//! metadata knows. There should be none. One comes about when a PUT arrives after the lease that
//! covered it has ended, or when somebody restores what was deleted.
//!
//! One look reports them, and the next deletes those that it finds again: whoever has put them there has
//! until then to say so. Nothing is deleted while the store is newer than the metadata.
//!
//! The same goes for what somebody began to assemble, and neither completed nor abandoned before its
//! lease ended: one comes about when an attempt failed that could not be abandoned, and the next one was
//! committed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use penstock_model::id::ObjectId;
use penstock_model::image::MetadataImage;

use crate::object::key::object_key;
use crate::shared::Shared;
use crate::store::assemble::Unfinished;
use crate::verify::{Listed, strays};

/// What the last look has found and left.
#[derive(Debug, Default)]
pub(crate) struct Orphans(Mutex<Found>);

#[derive(Debug, Default)]
struct Found {
    /// With their bytes.
    objects: BTreeMap<ObjectId, u64>,
    unfinished: BTreeSet<Unfinished>,
}

impl Orphans {
    /// How many, and their bytes.
    pub(crate) fn figures(&self) -> (u64, u64) {
        let objects = &self.lock().objects;
        (objects.len() as u64, objects.values().sum())
    }

    /// Both are consistent between any two statements that touch them.
    fn lock(&self) -> MutexGuard<'_, Found> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    /// See [`Storage::reconcile`](crate::Storage::reconcile).
    pub(crate) async fn reconcile(&self) {
        // Before the listing: what is granted meanwhile is not looked at.
        let before = self.metadata.image();
        let listed = match Listed::new(&*self.store, self.cluster).await {
            Ok(listed) => listed,
            Err(error) => {
                tracing::warn!(%error, "the store cannot be compared with the metadata, will try again");
                return;
            }
        };
        if let Some(later) = listed.not_granted_yet(&self.metadata.image()) {
            let key = object_key(self.cluster, later);
            tracing::error!(%key, "the store is newer than the metadata: nothing of it is deleted");
            return;
        }
        let mut found = listed.orphans(&before);
        let known = self.orphans.lock().objects.clone();
        let again: Vec<_> = found.keys().filter(|id| known.contains_key(id)).copied().collect();
        if let Some(first) = found.keys().find(|id| !known.contains_key(id)) {
            let (objects, key) = (found.len() - again.len(), object_key(self.cluster, *first));
            tracing::warn!(objects, %key, "nothing refers to objects in the store: the next look deletes them");
        }
        for id in self.delete_objects(&again).await {
            found.remove(&id);
            self.counters.deleted_objects.add(1);
        }
        self.orphans.lock().objects = found;
        if let Err(error) = self.reconcile_unfinished(&before).await {
            tracing::warn!(%error, "what was begun and not completed is not known, will try again");
        }
    }

    async fn reconcile_unfinished(&self, before: &MetadataImage) -> object_store::Result<()> {
        let found = strays(self.unfinished().await?, before);
        let (again, new): (BTreeSet<_>, BTreeSet<_>) = {
            let known = &self.orphans.lock().unfinished;
            found.partition(|assembly| known.contains(assembly))
        };
        if let Some(Unfinished { key, .. }) = new.first() {
            let count = new.len();
            tracing::warn!(count, %key, "objects were begun and never completed: the next look abandons them");
        }
        self.orphans.lock().unfinished = again.union(&new).cloned().collect();
        for assembly in again {
            self.abandon(&assembly).await?;
            self.orphans.lock().unfinished.remove(&assembly);
        }
        Ok(())
    }
}
