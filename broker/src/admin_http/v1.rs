//! `/v1`: what people and programs ask a node about itself, in JSON; `docs/openapi.json` describes
//! it. Answers are made of what is in memory, in pages, within the memory for answers.

use std::future::ready;

use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::sync::watch;

use super::answer::HttpError;
use super::{Insight, cluster, groups, storage, topics};
use crate::broker::Broker;

const OPENAPI: &str = include_str!("../../../docs/openapi.json");

/// Every path.
pub(super) const PATHS: [&str; 7] = [
    "/v1/cluster",
    "/v1/groups",
    "/v1/groups/{group}",
    "/v1/openapi.json",
    "/v1/storage",
    "/v1/topics",
    "/v1/topics/{topic}",
];

/// What a node shows once it serves.
#[derive(Clone)]
struct Shown(watch::Receiver<Option<Insight>>);

impl Shown {
    fn answer(&self, show: impl FnOnce(&Insight) -> Result<Response, HttpError>) -> Response {
        let insight = self.0.borrow().clone();
        let answer = match insight {
            Some(insight) => show(&insight),
            None => Err(HttpError::not_now("the node is starting")),
        };
        answer.unwrap_or_else(HttpError::into_response)
    }
}

/// The routes.
pub(super) fn router(insight: &watch::Receiver<Option<Insight>>) -> Router {
    let shown = || Shown(insight.clone());
    let [cluster_path, groups_path, group, openapi, storage_path, topics_path, topic] = PATHS;
    let cluster = {
        let shown = shown();
        get(move || ready(shown.answer(|at| cluster::show(&at.broker))))
    };
    let list = |list: fn(&Broker, Option<&str>) -> Result<Response, HttpError>| {
        let shown = shown();
        get(move |RawQuery(query): RawQuery| {
            ready(shown.answer(|at| list(&at.broker, query.as_deref())))
        })
    };
    let one = |one: fn(&Broker, &str, Option<&str>) -> Result<Response, HttpError>| {
        let shown = shown();
        get(move |Path(name): Path<String>, RawQuery(query): RawQuery| {
            ready(shown.answer(|at| one(&at.broker, &name, query.as_deref())))
        })
    };
    let storage = {
        let shown = shown();
        get(move || ready(shown.answer(|at| storage::show(&at.broker, &at.store))))
    };
    let description = get(|| ready(([(header::CONTENT_TYPE, "application/json")], OPENAPI)));
    Router::new()
        .route(cluster_path, cluster)
        .route(groups_path, list(groups::list))
        .route(group, one(groups::one))
        .route(openapi, description)
        .route(storage_path, storage)
        .route(topics_path, list(topics::list))
        .route(topic, one(topics::one))
}
