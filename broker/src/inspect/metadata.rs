//! `penstock inspect metadata`: what a node knows of its cluster.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use object_store::ObjectStore;
use penstock_model::id::{ClusterId, NodeId};
use penstock_model::image::MetadataImage;
use penstock_quorum::{
    Bucket, BucketParts, Folder, Parts, Place, QuorumNode, QuorumSettings, RaftId,
};
use penstock_wal::ObjectWalSettings;
use penstock_wal::files::{Files, OsFiles};
use tokio::time::timeout;

use super::overlay::Overlay;
use super::place::{open_store, split_options};
use super::store_overlay::StoreOverlay;
use super::{InspectError, local_path};
use crate::cluster_id;

/// A lone voter knows all it knew after a few writes, which stay in memory here; a store may be away.
const RECOVERY_MAX: Duration = Duration::from_secs(30);

/// Shows the newest image, after the same checks as a start makes. `place` is a data folder, or a
/// store in which a node keeps its metadata, and may go on with `/meta/{cluster}`.
///
/// # Errors
/// When there is none, or a damaged one.
pub async fn metadata(place: &str, out: &mut dyn Write) -> Result<(), InspectError> {
    let given = local_path(place);
    let inner = given.join("quorum");
    let dir = if inner.is_dir() { inner } else { given };
    let image = match dir.join("id").is_file() {
        true => image_in_folder(&dir).await?,
        false => {
            let (path, options) = split_options(place);
            let (root, named) = split_cluster(path);
            let store = open_store(place, root, options)?;
            image_in_store(&format!("{root}{options}"), store, named).await?
        }
    };
    show(out, &image).map_err(InspectError::Output)
}

/// The newest image of the metadata in a folder.
pub(super) async fn image_in_folder(dir: &Path) -> Result<Arc<MetadataImage>, InspectError> {
    let found = in_folder(dir)?;
    in_time(read(found, NodeId::default())).await
}

/// The newest image of the metadata in a store: of the cluster, or of the only one that there is.
pub(super) async fn image_in_store(
    place: &str,
    store: Arc<dyn ObjectStore>,
    cluster: Option<ClusterId>,
) -> Result<Arc<MetadataImage>, InspectError> {
    in_time(async {
        let (found, node) = in_store(place, store, cluster).await?;
        read(found, node).await
    })
    .await
}

async fn in_time<T>(
    found: impl Future<Output = Result<T, InspectError>>,
) -> Result<T, InspectError> {
    let in_time = timeout(RECOVERY_MAX, found).await;
    in_time.map_err(|_| failed(&"it does not become current here alone"))?
}

fn failed(error: &dyn std::fmt::Display) -> InspectError {
    InspectError::Metadata(error.to_string())
}

/// The metadata in a folder, over which all writes stay in memory.
fn in_folder(dir: &Path) -> Result<Place, InspectError> {
    let files: Arc<dyn Files> = Arc::new(Overlay::new(Arc::new(OsFiles)));
    let folder = Folder::open(files, dir.to_owned(), RaftId::default());
    Ok(Place::Folder(folder.map_err(|error| failed(&error))?))
}

/// The metadata in a store, over which all writes stay in memory, and the node that keeps it.
async fn in_store(
    place: &str,
    store: Arc<dyn ObjectStore>,
    named: Option<ClusterId>,
) -> Result<(Place, NodeId), InspectError> {
    let not_that = |what| InspectError::NotThat { place: place.to_owned(), what };
    let found = match named {
        Some(cluster) => vec![cluster],
        None => Bucket::clusters(&store).await.map_err(|error| failed(&error))?,
    };
    let (cluster, node) = match found.as_slice() {
        [cluster] => (*cluster, Bucket::keeper(&store, *cluster).await),
        [] => (ClusterId([0; 16]), Ok(None)),
        several => {
            let (root, options) = split_options(place);
            let name = |cluster| format!("{root}/meta/{cluster}{options}");
            let several: Vec<_> = several.iter().map(name).collect();
            let several = several.join(", ");
            return Err(not_that(format!(
                "holds the metadata of several clusters; name one: {several}"
            )));
        }
    };
    let Some(node) = node.map_err(|error| failed(&error))? else {
        let what =
            "holds no metadata; name a node's data.dir, or the store of one with wal.url=object";
        return Err(not_that(what.to_owned()));
    };
    let parts = BucketParts {
        store: Arc::new(StoreOverlay::new(store)) as Arc<dyn ObjectStore>,
        cluster,
        node,
        journal: ObjectWalSettings::default(),
        drawn: RaftId::default(),
        stamp: *b"penstock inspect",
    };
    let bucket = Bucket::open(parts).await.map_err(|error| failed(&error))?;
    Ok((Place::Bucket(bucket), node))
}

/// A store, and the cluster whose folder in it is named.
fn split_cluster(path: &str) -> (&str, Option<ClusterId>) {
    let path = path.trim_end_matches('/');
    let named = path.rsplit_once("/meta/").and_then(|(root, name)| {
        let cluster = u128::from_str_radix(name, 16).ok().filter(|_| name.len() == 32)?;
        Some((root, Some(ClusterId(cluster.to_be_bytes()))))
    });
    named.unwrap_or((path, None))
}

/// Starts the controller on what was found, and takes its image.
async fn read(found: Place, node: NodeId) -> Result<Arc<MetadataImage>, InspectError> {
    let parts = Parts::alone(found.id(), node, QuorumSettings::default());
    let node = QuorumNode::start(found, parts).await.map_err(|error| failed(&error))?;
    node.recovered().await.map_err(|error| failed(&error))?;
    let image = node.client().image();
    node.shutdown().await?;
    Ok(image)
}

fn show(out: &mut dyn Write, image: &MetadataImage) -> io::Result<()> {
    let cluster = image.cluster().map_or("none".to_owned(), cluster_id::format);
    writeln!(out, "cluster {cluster}, log index {}", image.index())?;
    for (node, broker) in image.brokers() {
        let state = if broker.active { "active" } else { "fenced" };
        write!(out, "broker {node}: epoch {}, {state}", broker.epoch)?;
        for endpoint in broker.endpoints.iter() {
            write!(out, ", {}://{}:{}", endpoint.listener, endpoint.host, endpoint.port)?;
        }
        writeln!(out)?;
    }
    for (epoch, wal) in image.wals() {
        writeln!(
            out,
            "log of epoch {epoch}: node {}, trimmed to {}, {:?}",
            wal.node, wal.trim, wal.state
        )?;
    }
    for topic in image.topics() {
        writeln!(out, "topic {}: id {}", topic.name, topic.id)?;
        for partition in image.partitions(topic) {
            let Some(stream) = image.stream(partition.stream) else { continue };
            writeln!(
                out,
                "  partition {}: stream {}, leader {} in epoch {}, offsets {}..{}",
                partition.number,
                partition.stream,
                partition.leader,
                partition.epoch,
                stream.start,
                stream.end
            )?;
        }
    }
    for (id, object) in image.objects() {
        writeln!(out, "object {id}: {object:?}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_may_name_a_cluster() {
        let id = "07070707070707070707070707070707";
        let check = |place: &str, root: &str, is_named: bool| {
            let cluster = is_named.then_some(ClusterId([7; 16]));
            assert_eq!(split_cluster(place), (root, cluster), "{place}");
        };
        check("s3://bucket/some/prefix", "s3://bucket/some/prefix", false);
        check("s3://bucket/", "s3://bucket", false);
        check(&format!("s3://bucket/meta/{id}"), "s3://bucket", true);
        check(&format!("/data/objects/meta/{id}/"), "/data/objects", true);
        check("/data/meta/07", "/data/meta/07", false);
    }
}
