//! After quiet time the store holds exactly what the metadata and the live log refer to: all of it,
//! whole, and nothing else. Nothing is begun there that nobody goes on with.
//!
//! Two things of a log in the store may be left until the next start, which deletes them: what came
//! late (a put whose sender had an answer from another try, or was dead, can arrive after its object
//! was trimmed), and what lies behind the seal of its epoch, which nobody was told is there.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::TryStreamExt;
use object_store::ObjectStore;
use object_store::path::Path;
use penstock_model::id::{NodeId, WalPosition};
use penstock_model::image::{MetadataImage, WalState};
use penstock_s3stream::object::key::wal_root;
use penstock_s3stream::store::assemble::Unfinished;
use penstock_s3stream::verify::{Listed, verify};
use penstock_wal::{ObjectContent, ObjectReport, ObjectWal};

use super::Looked;

/// What may be there of a log beside what is needed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LeftOver<'a> {
    /// Nothing: a node has started since.
    Nothing,
    /// What nobody waited for, these keys by their lateness.
    UntilAStart(&'a BTreeSet<Path>),
}

impl LeftOver<'_> {
    fn may_be(self, key: &str, seals: &BTreeSet<&str>) -> bool {
        let Self::UntilAStart(came_late) = self else { return false };
        // Keys sort as sequences do; the folder is the epoch.
        let folder = key.rsplit_once('/').map_or("", |(folder, _)| folder);
        let before = seals.range(folder..key);
        came_late.contains(&Path::from(key)) || before.count() > 0
    }
}

/// Whether all that is referred to is there, and whole, whenever it is looked at: what `penstock
/// verify` says.
pub(crate) async fn verifies(store: &Arc<dyn ObjectStore>, image: &MetadataImage) -> Looked {
    let cluster = image.cluster().ok_or("the metadata is empty")?;
    let listed = Listed::new(store.as_ref(), cluster).await.map_err(|error| error.to_string())?;
    let report = verify(store, &listed, image, image).await.map_err(|error| error.to_string())?;
    match report.findings.first() {
        Some(finding) => Err(finding.to_string()),
        None => Ok(()),
    }
}

/// Looks at everything; nobody works on the store meanwhile.
pub(crate) async fn look(
    store: &Arc<dyn ObjectStore>,
    unfinished: &[Unfinished],
    image: &MetadataImage,
    left_over: LeftOver<'_>,
) -> Looked {
    if let Some(Unfinished { key, id }) = unfinished.first() {
        return Err(format!("assembly {id} of {key} is unfinished"));
    }
    let cluster = image.cluster().ok_or("the metadata is empty")?;
    let listed = Listed::new(store.as_ref(), cluster).await.map_err(|error| error.to_string())?;
    let report = verify(store, &listed, image, image).await.map_err(|error| error.to_string())?;
    if let Some(finding) = report.findings.first() {
        return Err(finding.to_string());
    }
    if let Some((key, _)) = report.orphans.first() {
        return Err(format!("nothing refers to {key}"));
    }
    if report.passing > 0 {
        return Err(format!("{} objects still wait for their deletion", report.passing));
    }
    look_at_keys(store.as_ref(), report.objects).await?;
    for (node, _) in image.brokers() {
        look_at_log(store.as_ref(), image, node, left_over).await?;
    }
    Ok(())
}

/// Keys of data are objects that are referred to, and nothing has a key of no kind.
async fn look_at_keys(store: &dyn ObjectStore, objects: u64) -> Looked {
    let keys: Vec<_> = store.list(None).try_collect().await.map_err(|error| error.to_string())?;
    let mut data = 0;
    for key in keys.iter().map(|meta| meta.location.as_ref()) {
        match key.split('/').next() {
            Some("data") => data += 1,
            Some("wal" | "meta") => {}
            _ => return Err(format!("nobody writes {key}")),
        }
    }
    if data == objects { Ok(()) } else { Err(format!("{data} objects, {objects} referred to")) }
}

/// Everything was uploaded, so a log in the store has nothing but seals.
async fn look_at_log(
    store: &dyn ObjectStore,
    image: &MetadataImage,
    node: NodeId,
    left_over: LeftOver<'_>,
) -> Looked {
    let cluster = image.cluster().ok_or("the metadata is empty")?;
    let open = image.wals().filter(|(_, wal)| {
        wal.node == node && matches!(wal.state, WalState::Active | WalState::Fenced)
    });
    let trim = open.map(|(_, wal)| wal.trim).min().unwrap_or(WalPosition(0));
    let objects = ObjectWal::inspect(store, &wal_root(cluster, node)).await;
    let objects = objects.map_err(|error| error.to_string())?;
    let is_seal = |object: &&ObjectReport| matches!(object.content, ObjectContent::Seal);
    let seals: BTreeSet<_> = objects.iter().filter(is_seal).map(|seal| &*seal.key).collect();
    for object in &objects {
        match object.content {
            ObjectContent::Seal => {}
            _ if left_over.may_be(&object.key, &seals) => {}
            ObjectContent::Damage(what) => return Err(format!("{}: {what}", object.key)),
            ObjectContent::Entries { .. } if object.start.0 < trim.0 => {
                return Err(format!("{} is trimmed, and still there", object.key));
            }
            ObjectContent::Entries { .. } => {
                return Err(format!("{} is not uploaded yet", object.key));
            }
        }
    }
    Ok(())
}
