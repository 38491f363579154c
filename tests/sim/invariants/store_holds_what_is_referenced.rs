//! After quiet time the store holds exactly what the metadata and the live log refer to: all of it,
//! whole, and nothing else. Of the log there may be what came late: a put whose sender had an answer
//! from another try, or was dead, can arrive after its object was trimmed. A start deletes that.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::TryStreamExt;
use object_store::ObjectStore;
use object_store::path::Path;
use penstock_model::id::{NodeId, WalPosition};
use penstock_model::image::{MetadataImage, WalState};
use penstock_s3stream::object::key::wal_root;
use penstock_s3stream::verify::{Listed, verify};
use penstock_wal::{ObjectContent, ObjectWal};

use super::Looked;

/// Looks at everything; nobody works on the store meanwhile.
pub(crate) async fn look(
    store: &Arc<dyn ObjectStore>,
    image: &MetadataImage,
    came_late: &BTreeSet<Path>,
) -> Looked {
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
        look_at_log(store.as_ref(), image, node, came_late).await?;
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
    came_late: &BTreeSet<Path>,
) -> Looked {
    let cluster = image.cluster().ok_or("the metadata is empty")?;
    let open = image.wals().filter(|(_, wal)| {
        wal.node == node && matches!(wal.state, WalState::Active | WalState::Fenced)
    });
    let trim = open.map(|(_, wal)| wal.trim).min().unwrap_or(WalPosition(0));
    let objects = ObjectWal::inspect(store, &wal_root(cluster, node)).await;
    for object in objects.map_err(|error| error.to_string())? {
        match object.content {
            ObjectContent::Seal => {}
            _ if came_late.contains(&Path::from(object.key.as_str())) => {}
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
