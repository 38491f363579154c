//! Tests of the parts together.

mod cluster;
mod log_suite;
mod lone_voter;
mod power_cut;
mod snapshots;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use penstock_model::command::{AlterConfigs, Command, ConfigResource};
use penstock_model::id::{ClusterId, NodeId};
use penstock_model::image::MetadataImage;
use penstock_wal::files::{Files, OsFiles};

use crate::{Loopback, Parts, QuorumSettings, RaftId, Voter};

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

/// Controller 1 of 1 in a folder.
fn alone(dir: &Path) -> Parts {
    alone_on(Arc::new(OsFiles), dir)
}

fn alone_on(files: Arc<dyn Files>, dir: &Path) -> Parts {
    Parts {
        files,
        dir: dir.to_owned(),
        id: RaftId(1),
        voters: voters(&[1]),
        network: Loopback::default().seen_by(RaftId(1)),
        settings: QuorumSettings::default(),
    }
}
