//! `penstock inspect metadata`: what a node knows of its cluster.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use penstock_model::id::NodeId;
use penstock_model::image::MetadataImage;
use penstock_quorum::{Folder, Parts, Place, QuorumNode, QuorumSettings, RaftId};
use penstock_wal::files::{Files, OsFiles};
use tokio::time::timeout;

use super::overlay::Overlay;
use super::{InspectError, local_path};
use crate::cluster_id;

/// A lone voter knows all it knew after a few writes, which stay in memory here.
const RECOVERY_MAX: Duration = Duration::from_secs(30);

/// Shows the newest image, after the same checks as a start makes. `place` is a data folder.
///
/// # Errors
/// When there is none, or a damaged one.
pub async fn metadata(place: &str, out: &mut dyn Write) -> Result<(), InspectError> {
    let given = local_path(place);
    let inner = given.join("quorum");
    let dir = if inner.is_dir() { inner } else { given };
    let files: Arc<dyn Files> = Arc::new(Overlay::new(Arc::new(OsFiles)));
    let image = read(&files, &dir, place).await?;
    show(out, &image).map_err(InspectError::Output)
}

/// Starts the controller on a copy in memory, and takes its image.
async fn read(
    files: &Arc<dyn Files>,
    dir: &Path,
    place: &str,
) -> Result<Arc<MetadataImage>, InspectError> {
    if !dir.join("id").is_file() {
        let what = "holds no metadata; name a node's data.dir".to_owned();
        return Err(InspectError::NotThat { place: place.to_owned(), what });
    }
    let failed = |error: &dyn std::fmt::Display| InspectError::Metadata(error.to_string());
    let folder = Folder::open(Arc::clone(files), dir.to_owned(), RaftId::default())
        .map_err(|error| failed(&error))?;
    let parts = Parts::alone(folder.id(), NodeId::default(), QuorumSettings::default());
    let node =
        QuorumNode::start(Place::Folder(folder), parts).await.map_err(|error| failed(&error))?;
    let recovered = timeout(RECOVERY_MAX, node.recovered()).await;
    recovered
        .map_err(|_| failed(&"it does not become current on this node alone"))?
        .map_err(|error| failed(&error))?;
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
