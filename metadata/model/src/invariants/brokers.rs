//! Rules about broker epochs.

use std::collections::BTreeSet;

use super::{Violation, require};
use crate::command::WalKind;
use crate::id::NodeId;
use crate::image::{MetadataImage, WalState};

pub(super) fn check_brokers(image: &MetadataImage) -> Result<(), Violation> {
    let mut incarnations = BTreeSet::new();
    let mut fenced = 0;
    for (epoch, wal) in image.wals() {
        let subject = || format!("broker epoch {epoch}");
        require(epoch < image.next.broker_epoch, "the counter is above every epoch", subject)?;
        require(wal.node >= NodeId(0), "a node id is never negative", subject)?;
        let first_time = incarnations.insert((wal.node, wal.incarnation));
        require(first_time, "one start of a process has one epoch", subject)?;
        require(
            wal.kind == WalKind::Object || wal.begins.is_none(),
            "a local log has no parts",
            subject,
        )?;
        let newest = image.broker(wal.node).map(|broker| broker.epoch);
        require(newest >= Some(epoch), "a node's entry names its newest epoch", subject)?;
        match wal.state {
            WalState::Active => {
                require(newest == Some(epoch), "only the newest epoch is active", subject)?;
            }
            WalState::Fenced => {
                fenced += 1;
                let indexed = image.unrecovered.contains(&(wal.node, epoch));
                require(indexed, "a fenced epoch is in the index", subject)?;
            }
            WalState::Closed { heir } => {
                let node = image.wal(heir).map(|wal| wal.node);
                require(node == Some(wal.node), "the heir is an epoch of the same node", subject)?;
                require(heir > epoch, "the heir is a later epoch", subject)?;
            }
        }
    }
    let exact = image.unrecovered.len() == fenced;
    require(exact, "the index holds fenced epochs only", || "unrecovered".into())?;

    for (node, broker) in image.brokers() {
        let subject = || format!("node {node}");
        let Some(wal) = image.wal(broker.epoch) else {
            return require(false, "its epoch exists", subject);
        };
        require(wal.node == node, "its epoch is its own", subject)?;
        require(wal.incarnation == broker.incarnation, "its epoch is this start's", subject)?;
        let active = wal.state == WalState::Active;
        require(broker.active == active, "it is active as its epoch is", subject)?;
    }
    Ok(())
}

pub(super) fn check_producer_ids(image: &MetadataImage) -> Result<(), Violation> {
    let next = image.next.producer_id;
    require(next.0 >= 0, "producer ids are never negative", || "counters".into())?;
    for (epoch, grant) in &image.producer_id_grants {
        let subject = || format!("producer ids of broker epoch {epoch}");
        require(image.is_active(*epoch), "only an active epoch keeps its grant", subject)?;
        let below = grant.first.0.checked_add(i64::from(grant.count)).is_some_and(|e| e <= next.0);
        require(grant.count > 0 && below, "the counter is above every grant", subject)?;
    }
    Ok(())
}
