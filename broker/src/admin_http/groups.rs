//! `/v1/groups` and `/v1/groups/{group}`: how far groups are behind, by records and by time.

use axum::response::Response;
use serde::Serialize;

use super::answer::{HttpError, Text, json, room};
use super::page::Page;
use crate::broker::Broker;
use crate::group::{GroupFigures, Position};

#[derive(Serialize)]
struct Groups {
    groups: Vec<ShownGroup>,
    next: Option<Text>,
}

#[derive(Serialize)]
struct ShownGroup {
    group: Text,
    state: &'static str,
    protocol_type: Option<Text>,
    members: usize,
    partitions: usize,
    lag: i64,
    lag_seconds: f64,
}

#[derive(Serialize)]
struct GroupPositions {
    group: ShownGroup,
    positions: Vec<ShownPosition>,
    next: Option<String>,
}

#[derive(Serialize)]
struct ShownPosition {
    topic: Text,
    partition: i32,
    committed_offset: i64,
    end_offset: Option<i64>,
    lag: Option<i64>,
    lag_seconds: Option<f64>,
}

impl From<GroupFigures> for ShownGroup {
    fn from(figures: GroupFigures) -> Self {
        Self {
            group: Text::from(&figures.id),
            state: figures.state.name(),
            protocol_type: figures.protocol_type.as_ref().map(Text::from),
            members: figures.members,
            partitions: figures.positions,
            lag: figures.records,
            lag_seconds: figures.seconds,
        }
    }
}

impl From<Position> for ShownPosition {
    fn from(position: Position) -> Self {
        Self {
            topic: Text::from(&position.topic),
            partition: position.partition,
            committed_offset: position.committed,
            end_offset: position.behind.map(|behind| behind.end),
            lag: position.behind.map(|behind| behind.records),
            lag_seconds: position.behind.map(|behind| behind.seconds),
        }
    }
}

pub(super) fn list(broker: &Broker, query: Option<&str>) -> Result<Response, HttpError> {
    let page = Page::of(query)?;
    let room = room(&broker.answers, page.limit)?;
    let (figures, more) = broker.groups.figures(page.after.as_deref(), page.limit);
    let next = figures.last().filter(|_| more).map(|last| Text::from(&last.id));
    let groups = figures.into_iter().map(ShownGroup::from).collect();
    Ok(json(room, &Groups { groups, next }))
}

pub(super) fn one(
    broker: &Broker,
    group: &str,
    query: Option<&str>,
) -> Result<Response, HttpError> {
    let page = Page::of(query)?;
    let after = match &page.after {
        None => None,
        Some(last) => Some(partition(last).ok_or_else(|| {
            HttpError::bad_request("after is not of the form topic-partition, as in orders-3")
        })?),
    };
    let room = room(&broker.answers, 1 + page.limit)?;
    let found = broker.groups.positions(group, after, page.limit);
    let (figures, positions, more) =
        found.ok_or_else(|| HttpError::not_found("no such group is coordinated here"))?;
    let last = positions.last().filter(|_| more);
    let next = last.map(|last| format!("{}-{}", last.topic, last.partition));
    let positions = positions.into_iter().map(ShownPosition::from).collect();
    Ok(json(room, &GroupPositions { group: figures.into(), positions, next }))
}

/// A partition as Kafka's tools write it.
fn partition(text: &str) -> Option<(&str, i32)> {
    let (topic, partition) = text.rsplit_once('-')?;
    Some((topic, partition.parse().ok()?))
}
