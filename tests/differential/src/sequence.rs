//! A sequence of requests as data: what a generator makes, a case file holds and a shrinker cuts.
//!
//! ```text
//! { "id": 3, "on": 0, "api": "Fetch", "version": 13, "body": { … }, "parked": true }
//! { "id": 4, "on": 1, "bytes": "0000…" }
//! ```
//!
//! Where a body is to hold what a server chose, it says which answer told it
//! (`{"answer": [3, "topics.0.topic_id"], "else": …}`), and names begin with `~`, so that each
//! server is asked with its own ids and each run has its own names.

use std::collections::HashMap;

use anyhow::Context;
use penstock_wire::ApiKey;
use serde_json::{Map, Value, json};

use crate::codec::{hex, unhex};

/// One request, on one of the sequence's connections.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    /// What bodies of later steps call it; it stays when other steps are dropped.
    pub(crate) id: u64,
    /// The number of the connection.
    pub(crate) on: u64,
    /// What is sent.
    pub(crate) ask: Ask,
    /// The answer may wait for what other connections do: it is taken when it is needed.
    pub(crate) parked: bool,
}

/// What is sent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ask {
    /// A request that the schema can say.
    Request { api: ApiKey, version: i16, body: Value },
    /// Anything else, with its length prefix.
    Bytes(Vec<u8>),
}

impl Step {
    /// Which API it asks; none where it sends bytes.
    pub(crate) fn api(&self) -> Option<ApiKey> {
        match &self.ask {
            Ask::Request { api, .. } => Some(*api),
            Ask::Bytes(_) => None,
        }
    }

    /// As one line of JSON.
    pub(crate) fn to_json(&self) -> Value {
        let mut line = json!({ "id": self.id, "on": self.on });
        match &self.ask {
            Ask::Request { api, version, body } => {
                line["api"] = Value::from(api.name());
                line["version"] = Value::from(*version);
                line["body"] = body.clone();
            }
            Ask::Bytes(bytes) => line["bytes"] = Value::from(hex(bytes)),
        }
        if self.parked {
            line["parked"] = Value::from(true);
        }
        line
    }

    /// What [`Step::to_json`] has written.
    ///
    /// # Errors
    /// When it is something else.
    pub(crate) fn from_json(line: &Value) -> anyhow::Result<Self> {
        let number = |name: &str| {
            line.get(name).and_then(Value::as_u64).with_context(|| format!("no {name} in {line}"))
        };
        let ask = match line.get("bytes").and_then(Value::as_str) {
            Some(bytes) => Ask::Bytes(unhex(bytes)?),
            None => {
                let name = line.get("api").and_then(Value::as_str).context("a step has an API")?;
                Ask::Request {
                    api: api_named(name)?,
                    version: i16::try_from(number("version")?)?,
                    body: line.get("body").cloned().unwrap_or_else(|| Value::Object(Map::new())),
                }
            }
        };
        let parked = line.get("parked").and_then(Value::as_bool).unwrap_or(false);
        Ok(Self { id: number("id")?, on: number("on")?, ask, parked })
    }
}

fn api_named(name: &str) -> anyhow::Result<ApiKey> {
    let all = (0..128).filter_map(|key| ApiKey::try_from(key).ok());
    all.into_iter().find(|api| api.name() == name).with_context(|| format!("no API: {name}"))
}

/// A body as one server is asked it: with the names of this run and what the server has answered.
pub(crate) fn resolve(body: &Value, prefix: &str, answers: &HashMap<u64, Value>) -> Value {
    match body {
        Value::String(text) => match text.strip_prefix('~') {
            Some(name) => Value::from(format!("{prefix}{name}")),
            None => body.clone(),
        },
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| resolve(item, prefix, answers)).collect())
        }
        Value::Object(fields) => match fields.get("answer") {
            Some(place) => {
                let told = place[0].as_u64().and_then(|id| answers.get(&id));
                let told = told.and_then(|tree| at(tree, place[1].as_str().unwrap_or_default()));
                let otherwise = fields.get("else").unwrap_or(&Value::Null);
                told.cloned().unwrap_or_else(|| resolve(otherwise, prefix, answers))
            }
            None => {
                let resolved = fields.iter();
                let resolved =
                    resolved.map(|(name, value)| (name.clone(), resolve(value, prefix, answers)));
                Value::Object(resolved.collect())
            }
        },
        _ => body.clone(),
    }
}

/// What stands at a path such as `topics.0.topic_id`.
pub(crate) fn at<'a>(tree: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(tree, |tree, part| match part.parse::<usize>() {
        Ok(index) => tree.get(index),
        Err(_) => tree.get(part),
    })
}
