//! One commit's objects: leased, built, put into the store.

use std::sync::Arc;

use futures::future::try_join_all;
use penstock_model::command::{CheckpointRef, UploadedObject, UploadedRange};
use penstock_model::id::{ObjectId, StreamId};
use penstock_planted::{self as planted, Bug};

use super::plan::{PlannedCommit, PlannedObject};
use super::prepare::{Part, Prepared};
use crate::lifecycle::Failure;
use crate::object::put::{PutError, put_object};
use crate::object::writer::{EncodedObject, ObjectWriter};
use crate::shared::Shared;

/// What the metadata has to know of objects that lie in the store.
#[derive(Clone, Debug, Default)]
pub(crate) struct UploadedCommit {
    pub(crate) planned: PlannedCommit,
    pub(crate) objects: Vec<PutObject>,
}

/// One object that lies in the store, without its bytes.
#[derive(Clone, Debug)]
pub(crate) struct PutObject {
    pub(crate) object: UploadedObject,
    pub(crate) ranges: Vec<UploadedRange>,
    pub(crate) checkpoints: Vec<(StreamId, CheckpointRef)>,
}

impl Prepared {
    /// Leases ids for the objects of one commit, and puts them.
    pub(crate) async fn put(
        &self,
        shared: &Shared,
        planned: PlannedCommit,
    ) -> Result<UploadedCommit, Failure> {
        loop {
            let leased = shared.lease(planned.objects.len()).await;
            let first = leased.map_err(|refused| shared.refused(refused))?;
            let ids = (first.0..).map(ObjectId);
            let objects: Vec<_> =
                ids.zip(&planned.objects).map(|(id, object)| self.encode(id, object)).collect();
            let backoff = shared.settings.upload.backoff;
            let put = |object| put_object(&*shared.store, shared.cluster, object, backoff);
            let puts = if planted::is(Bug::CommitBeforeUpload) {
                put_behind(shared, objects.clone());
                Ok(Vec::new())
            } else {
                try_join_all(objects.iter().map(put)).await
            };
            match puts {
                Ok(_) => {
                    let objects = objects.into_iter().map(PutObject::from).collect();
                    return Ok(UploadedCommit { planned, objects });
                }
                Err(PutError::Taken { key }) => {
                    tracing::error!(%key, "an object was there already, will use another id");
                }
                Err(error @ PutError::Refused { .. }) => {
                    return Err(Failure::Store(error.to_string()));
                }
            }
        }
    }

    fn encode(&self, id: ObjectId, planned: &PlannedObject) -> EncodedObject {
        let mut writer = ObjectWriter::new(id, planned.kind);
        for stream in &planned.streams {
            let index = self.parts.binary_search_by_key(stream, |part| part.stream.id);
            let Part { stream, stored, checkpoint, .. } =
                &self.parts[index.expect("the plan is made of the parts")];
            if !stored.is_empty() {
                writer.stream(stream.id, stream.epoch, stored.clone());
            }
            if let Some(checkpoint) = checkpoint {
                writer.checkpoint(stream.id, checkpoint.offset, checkpoint.bytes.clone());
            }
        }
        writer.finish()
    }
}

/// Puts objects while nobody waits for them.
fn put_behind(shared: &Shared, objects: Vec<EncodedObject>) {
    let (store, cluster) = (Arc::clone(&shared.store), shared.cluster);
    let backoff = shared.settings.upload.backoff;
    drop(tokio::spawn(async move {
        let puts = objects.iter().map(|object| put_object(&*store, cluster, object, backoff));
        try_join_all(puts).await
    }));
}

impl From<EncodedObject> for PutObject {
    fn from(encoded: EncodedObject) -> Self {
        let EncodedObject { object, ranges, checkpoints, .. } = encoded;
        Self { object, ranges, checkpoints }
    }
}

impl UploadedCommit {
    /// Deletes objects that can never be committed: one attempt, since the lease that covered
    /// them has expired, and whoever expired it deletes them too.
    pub(crate) async fn delete(&self, shared: &Shared) {
        let image = shared.metadata.image();
        let ids = self.objects.iter().map(|object| object.object.id);
        let orphans: Vec<_> = ids.filter(|id| image.object(*id).is_none()).collect();
        shared.delete_objects(&orphans).await;
    }
}
