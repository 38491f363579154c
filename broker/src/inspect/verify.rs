//! `penstock verify`: whether the store holds what the metadata says, all of it, and nothing else.

use std::io::{self, Write};
use std::sync::Arc;

use object_store::{Error, ObjectStore, ObjectStoreExt};
use penstock_model::id::{ClusterId, NodeId, WalPosition};
use penstock_model::image::{MetadataImage, WalState};
use penstock_s3stream::object::key::wal_root;
use penstock_s3stream::store::assemble::{Assemble, Unfinished};
use penstock_s3stream::store::local::LocalStore;
use penstock_s3stream::store::open::{StoreSettings, open};
use penstock_s3stream::store::url::StoreUrl;
use penstock_s3stream::verify::{Listed, Report, strays, unfinished, verify as verify_store};
use penstock_wal::files::OsFiles;
use penstock_wal::{ObjectContent, ObjectWal};

use super::InspectError;
use super::metadata::{image_in_folder, image_in_store};
use crate::config::{NodeConfig, WalPlace};

/// Reads all that the node's metadata says is stored, and checks it. True when all of it holds, and
/// nothing is there too many. With `delete_orphans`, what is too many is deleted, if all else holds.
///
/// Safe beside a running node: what an image neither refers to nor has leased, of ids that it has
/// granted, nobody will ever refer to.
///
/// # Errors
/// When metadata or store cannot be read: nothing is known then. When something cannot be deleted.
pub async fn verify(
    config: &NodeConfig,
    delete_orphans: bool,
    out: &mut dyn Write,
) -> Result<bool, InspectError> {
    let (store, assembler) = open_store(&config.store, delete_orphans)?;
    let before = image(config, &store).await?;
    let Some(cluster) = before.cluster() else { return Err(no_metadata(config)) };
    let listed = Listed::new(store.as_ref(), cluster).await;
    let listed = listed.map_err(|error| unanswered(&config.store, &error))?;
    let image_then = image(config, &store).await?;
    let mut report = verify_store(&store, &listed, &before, &image_then).await?;
    if !report.findings.is_empty() {
        report.forget_what_went(&*image(config, &store).await?);
    }
    let begun = match &assembler {
        Some(assembler) => unfinished(&**assembler, cluster).await,
        None => Ok(Vec::new()),
    };
    let begun = match begun {
        Err(error) => {
            let what = "what was begun and never completed is not known";
            writeln!(out, "{what}: {error}").map_err(InspectError::Output)?;
            Vec::new()
        }
        Ok(begun) => begun,
    };
    let begun: Vec<_> = strays(begun, &before).collect();
    show(out, &report, &begun).map_err(InspectError::Output)?;
    let mut is_sound = report.findings.is_empty();
    if let WalPlace::Object(place) = &config.wal {
        let wal_store = match place {
            Some(url) => open_store(url, false)?.0,
            None => Arc::clone(&store),
        };
        for node in nodes(&image_then) {
            is_sound &= verify_log(&*wal_store, &image_then, cluster, node, out).await?;
        }
    }
    let orphans = report.orphans.len() + begun.len();
    let is = match (is_sound, orphans) {
        (true, 0) => "all of it holds, and nothing else is there".to_owned(),
        (true, orphans) => format!("all of it holds; {orphans} orphans"),
        (false, _) => "not all of it holds".to_owned(),
    };
    writeln!(out, "{is}").map_err(InspectError::Output)?;
    if !delete_orphans || !is_sound {
        return Ok(is_sound && orphans == 0);
    }
    for (key, _) in &report.orphans {
        match store.delete(key).await {
            Ok(()) | Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(unanswered(&config.store, &error)),
        }
    }
    if let Some(assembler) = &assembler {
        for assembly in &begun {
            let abandoned = assembler.abandon(assembly).await;
            abandoned.map_err(|error| unanswered(&config.store, &error))?;
        }
    }
    writeln!(out, "{orphans} orphans deleted").map_err(InspectError::Output)?;
    Ok(true)
}

/// The newest image of the node's metadata.
async fn image(
    config: &NodeConfig,
    store: &Arc<dyn ObjectStore>,
) -> Result<Arc<MetadataImage>, InspectError> {
    match &config.wal {
        WalPlace::File(_) => {
            let dir = config.data_dir.join("quorum");
            if !dir.join("id").is_file() {
                return Err(no_metadata(config));
            }
            image_in_folder(&dir).await
        }
        WalPlace::Object(_) => {
            image_in_store(&config.store.to_string(), Arc::clone(store), config.cluster).await
        }
    }
}

fn no_metadata(config: &NodeConfig) -> InspectError {
    let place = config.data_dir.display().to_string();
    let what = "holds no metadata; give the settings that the node is started with";
    InspectError::NotThat { place, what: what.to_owned() }
}

fn unanswered(place: &StoreUrl, error: &Error) -> InspectError {
    let what = format!("does not answer: {error}");
    InspectError::NotThat { place: place.to_string(), what }
}

/// A store, and what assembles objects in it.
type Opened = (Arc<dyn ObjectStore>, Option<Arc<dyn Assemble>>);

/// Unless it is to be changed, nothing is made there, not even a folder.
fn open_store(url: &StoreUrl, to_change: bool) -> Result<Opened, InspectError> {
    Ok(match url {
        StoreUrl::File(root) if !to_change => {
            (Arc::new(LocalStore::open_read_only(Arc::new(OsFiles), root.clone())), None)
        }
        url => {
            let store = open(url, Arc::new(OsFiles), &StoreSettings::default())?;
            let assembler = store.assembler();
            (Arc::new(store), assembler)
        }
    })
}

fn show(out: &mut dyn Write, report: &Report, begun: &[Unfinished]) -> io::Result<()> {
    let Report { objects, bytes, ranges, passing, orphans, findings } = report;
    writeln!(out, "{objects} objects in use, {bytes} bytes, {ranges} ranges of streams in them")?;
    writeln!(out, "{passing} objects wait for their commit or their deletion")?;
    for (key, bytes) in orphans {
        writeln!(out, "orphan: {key}, {bytes} bytes that nothing refers to")?;
    }
    for Unfinished { key, .. } in begun {
        writeln!(out, "orphan: {key}, begun and never to be completed")?;
    }
    for finding in findings {
        writeln!(out, "wrong: {finding}")?;
    }
    Ok(())
}

/// The nodes whose logs are not closed, each once.
fn nodes(image: &MetadataImage) -> Vec<NodeId> {
    let mut nodes: Vec<_> =
        image.wals().filter(|(_, wal)| is_open(wal.state)).map(|(_, wal)| wal.node).collect();
    nodes.sort();
    nodes.dedup();
    nodes
}

/// Checks every object of a node's log. True if all are sound. Those before the trim position are
/// deleted by the node while it runs, or after its next start.
async fn verify_log(
    store: &dyn ObjectStore,
    image: &MetadataImage,
    cluster: ClusterId,
    node: NodeId,
    out: &mut dyn Write,
) -> Result<bool, InspectError> {
    let open = image.wals().filter(|(_, wal)| wal.node == node && is_open(wal.state));
    let trim = open.map(|(_, wal)| wal.trim).min().unwrap_or(WalPosition(0));
    let (mut needed, mut trimmed, mut is_sound) = (0_u64, 0_u64, true);
    let objects = ObjectWal::inspect(store, &wal_root(cluster, node)).await?;
    let kept = objects.iter().filter(|object| object.start.0 >= trim.0);
    let kept: Vec<_> = kept.filter_map(|object| place_in_log(&object.key)).collect();
    for pair in kept.windows(2) {
        let ((epoch, sequence), (next_epoch, next)) = (pair[0], pair[1]);
        if epoch == next_epoch && sequence + 1 != next {
            is_sound = false;
            let between = format!("{} to {}", sequence + 1, next - 1);
            writeln!(out, "wrong: objects {between} of epoch {epoch} of the log are missing")
                .map_err(InspectError::Output)?;
        }
    }
    for object in objects {
        match &object.content {
            ObjectContent::Entries { .. } if object.start.0 < trim.0 => trimmed += 1,
            ObjectContent::Entries { .. } => needed += 1,
            ObjectContent::Seal => {}
            ObjectContent::Damage(what) => {
                is_sound = false;
                writeln!(out, "wrong: {} is damaged: {what}", object.key)
                    .map_err(InspectError::Output)?;
            }
        }
    }
    writeln!(
        out,
        "log of node {node}: {needed} objects from {trim} on, {trimmed} wait for deletion"
    )
    .map_err(InspectError::Output)?;
    Ok(is_sound)
}

/// The epoch and the sequence that a key of the log ends with.
fn place_in_log(key: &str) -> Option<(u64, u64)> {
    let mut parts = key.rsplit('/');
    let sequence = parts.next()?.parse().ok()?;
    Some((parts.next()?.parse().ok()?, sequence))
}

fn is_open(state: WalState) -> bool {
    matches!(state, WalState::Active | WalState::Fenced)
}
