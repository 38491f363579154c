//! `/v1/storage`: what lies in the store and in the log, and what was asked of the store.

use axum::response::Response;
use penstock_s3stream::store::metered::{Operation, Outcome, StoreCounters};
use serde::Serialize;

use super::answer::{HttpError, json, room};
use crate::broker::Broker;
use crate::storage_figures::StorageFigures;

#[derive(Serialize)]
struct Storage {
    place: String,
    records_bytes: u64,
    objects: u64,
    objects_bytes: u64,
    destroyed_objects: u64,
    destroyed_objects_bytes: u64,
    wal_backlog_bytes: u64,
    read_bytes: u64,
    written_bytes: u64,
    requests: Vec<Requests>,
}

#[derive(Serialize)]
struct Requests {
    operation: &'static str,
    outcome: &'static str,
    count: u64,
}

pub(super) fn show(broker: &Broker, store: &StoreCounters) -> Result<Response, HttpError> {
    let room = room(&broker.answers, Operation::ALL.len() * Outcome::ALL.len())?;
    let figures = StorageFigures::of(&broker.metadata.image());
    let mut requests = Vec::new();
    for operation in Operation::ALL {
        for outcome in Outcome::ALL {
            let count = store.requests(operation, outcome);
            requests.push(Requests { operation: operation.name(), outcome: outcome.name(), count });
        }
    }
    let storage = Storage {
        place: broker.storage_place.clone(),
        records_bytes: figures.records_bytes,
        objects: figures.objects,
        objects_bytes: figures.objects_bytes,
        destroyed_objects: figures.destroyed_objects,
        destroyed_objects_bytes: figures.destroyed_objects_bytes,
        wal_backlog_bytes: broker.storage.backlog_bytes(),
        read_bytes: store.bytes_read(),
        written_bytes: store.bytes_written(),
        requests,
    };
    Ok(json(room, &storage))
}
