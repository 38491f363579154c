//! Tests of the parts together.

mod bucket;
mod cluster;
mod log_suite;
mod lone_voter;
mod places;
mod power_cut;
mod snapshots;
mod store;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use penstock_model::command::{AlterConfigs, Command, ConfigResource};
use penstock_model::id::{ClusterId, NodeId};
use penstock_model::image::MetadataImage;
use penstock_wal::files::{Files, OsFiles};

use crate::{Folder, Parts, Place, QuorumSettings, RaftId, Voter};

/// A command whose effect can be seen: sets one setting of the cluster.
fn set(key: &str, value: &str) -> Command {
    Command::AlterConfigs(AlterConfigs {
        resource: ConfigResource::Broker(None),
        changes: vec![(key.into(), Some(value.into()))],
        relies_on: None,
    })
}

/// What [`set`] set.
fn get(image: &MetadataImage, key: &str) -> Option<String> {
    image.config(&ConfigResource::Broker(None), key).map(ToString::to_string)
}

fn format() -> Command {
    Command::Format(ClusterId([7; 16]))
}

fn voters(ids: &[u64]) -> BTreeMap<RaftId, Voter> {
    let voter = |id: &u64| Voter { node: NodeId(i32::try_from(*id).unwrap()), ..Voter::default() };
    ids.iter().map(|id| (RaftId(*id), voter(id))).collect()
}

/// Controller 1 of 1.
fn alone() -> Parts {
    Parts::alone(RaftId(1), NodeId(1), QuorumSettings::default())
}

/// The folder of controller 1.
fn folder(dir: &Path) -> Folder {
    folder_on(Arc::new(OsFiles), dir)
}

fn folder_on(files: Arc<dyn Files>, dir: &Path) -> Folder {
    Folder::of(files, dir.to_owned(), RaftId(1))
}
