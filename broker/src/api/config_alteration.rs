//! What a request makes of the settings of one resource: pure, and all or nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::config_resource::invalid;
use super::error_code::ErrorCode;
use super::refusal::Refusal;
use crate::config::setting::{Kind, Setting, split_list};
use crate::config::{client_metrics, group, table, topic};

/// Settings of one resource, by key.
pub(super) type Settings = BTreeMap<String, String>;

/// What happens to one key (KIP-339).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Set(String),
    Delete,
    /// Adds items to a list.
    Append(String),
    /// Takes items out of a list.
    Subtract(String),
}

/// One line of a request: the key, the operation's number, the value.
pub(super) type Line<'a> = (&'a str, i8, Option<&'a str>);

/// The number of [`Operation::Set`], which all lines of a request that replaces settings have.
pub(super) const SET: i8 = 0;
const DELETE: i8 = 1;
const APPEND: i8 = 2;
const SUBTRACT: i8 = 3;

/// Whose rules hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Topic,
    Broker,
    Group,
    ClientMetrics,
}

/// Reads the lines of a request.
pub(super) fn operations(lines: &[Line<'_>]) -> Result<Vec<(String, Operation)>, Refusal> {
    let mut seen = BTreeSet::new();
    if !lines.iter().all(|(key, ..)| seen.insert(*key)) {
        return Err(invalid("Error due to duplicate config keys"));
    }
    let nulls = lines.iter().filter(|(_, number, value)| *number != DELETE && value.is_none());
    let nulls: Vec<&str> = nulls.map(|(key, ..)| *key).collect();
    if !nulls.is_empty() {
        return Err(invalid(format!("Null value not supported for : {}", nulls.join(", "))));
    }
    lines
        .iter()
        .map(|(key, number, value)| {
            let value = value.unwrap_or_default().to_owned();
            let operation = match *number {
                SET => Operation::Set(value),
                DELETE => Operation::Delete,
                APPEND => Operation::Append(value),
                SUBTRACT => Operation::Subtract(value),
                other => return Err(invalid(format!("Unknown operations type {other}"))),
            };
            Ok(((*key).to_owned(), operation))
        })
        .collect()
}

impl Owner {
    fn find(self, key: &str) -> Option<&'static Setting> {
        match self {
            Self::Topic => topic::find(key),
            Self::Broker => table::find(key),
            Self::Group => group::find(key),
            Self::ClientMetrics => client_metrics::find(key),
        }
    }

    /// Whether all that lists are asked is asked of lists.
    pub(super) fn check_lists(self, operations: &[(String, Operation)]) -> Result<(), Refusal> {
        for (key, operation) in operations {
            match operation {
                Operation::Set(_) | Operation::Delete => continue,
                Operation::Append(_) => self.list(&Settings::new(), key, "APPEND")?,
                Operation::Subtract(_) => self.list(&Settings::new(), key, "SUBTRACT")?,
            };
        }
        Ok(())
    }

    /// What `settings` become.
    pub(super) fn alter(
        self,
        settings: &Settings,
        operations: &[(String, Operation)],
    ) -> Result<Settings, Refusal> {
        let mut next = settings.clone();
        for (key, operation) in operations {
            match operation {
                Operation::Set(value) => next.insert(key.clone(), value.clone()),
                Operation::Delete => next.remove(key),
                Operation::Append(items) => {
                    let mut list = self.list(&next, key, "APPEND")?;
                    let items = split_list(items);
                    // As in Java, where nothing, split, is one empty item: which most lists refuse.
                    for item in if items.is_empty() { vec![""] } else { items } {
                        if !list.iter().any(|present| present == item) {
                            list.push(item.to_owned());
                        }
                    }
                    next.insert(key.clone(), list.join(","))
                }
                Operation::Subtract(items) => {
                    let mut list = self.list(&next, key, "SUBTRACT")?;
                    let items = split_list(items);
                    list.retain(|present| !items.contains(&present.as_str()));
                    next.insert(key.clone(), list.join(","))
                }
            };
        }
        let written = operations.iter().filter(|(_, op)| *op != Operation::Delete);
        let written: Vec<&str> = written.map(|(key, _)| key.as_str()).collect();
        match self {
            Self::Topic => check_topic(&next)?,
            Self::Broker => check_broker(&next, &written)?,
            // Its bounds are the broker's, which its caller knows.
            Self::Group => {}
            Self::ClientMetrics => check_client_metrics(&next)?,
        }
        for key in written {
            if self.find(key).is_some()
                && let Some(value) = next.get_mut(key)
            {
                *value = value.trim().to_owned();
            }
        }
        Ok(next)
    }

    /// The items that a list has: given, or by default.
    fn list(self, settings: &Settings, key: &str, verb: &str) -> Result<Vec<String>, Refusal> {
        let setting = self.find(key);
        // As in Kafka, which knows the lists of topics and brokers alone.
        let is_list = |setting: &&Setting| {
            setting.kind == Kind::List && matches!(self, Self::Topic | Self::Broker)
        };
        let Some(setting) = setting.filter(is_list) else {
            let message = match (self, setting) {
                (Self::Topic | Self::Group | Self::ClientMetrics, _) => {
                    format!("Can't {verb} to key {key} because its type is not LIST.")
                }
                (Self::Broker, None) => format!("Unknown config name: {key}"),
                (Self::Broker, Some(_)) => {
                    let verb = verb.to_lowercase();
                    format!("Config value {verb} is not allowed for config key: {key}")
                }
            };
            return Err(Refusal::new(ErrorCode::INVALID_CONFIG, message));
        };
        let value = settings.get(key).map(String::as_str).or(setting.default);
        Ok(split_list(value.unwrap_or_default()).into_iter().map(str::to_owned).collect())
    }
}

fn check_client_metrics(settings: &Settings) -> Result<(), Refusal> {
    client_metrics::check(settings).map_err(|refused| match refused {
        client_metrics::Refused::Request(message) => invalid(message),
        client_metrics::Refused::Value(error) => {
            Refusal::new(ErrorCode::INVALID_CONFIG, error.message)
        }
    })
}

fn check_topic(settings: &Settings) -> Result<(), Refusal> {
    let all = settings.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    topic::check(all).map_err(|error| Refusal::new(ErrorCode::INVALID_CONFIG, error.message))
}

/// Unknown keys are accepted, as by Kafka: a plugin may know them.
fn check_broker(settings: &Settings, written: &[&str]) -> Result<(), Refusal> {
    let known = || written.iter().filter_map(|key| table::find(key));
    let fixed = known().filter(|setting| !setting.dynamic);
    let fixed: Vec<&str> = fixed.map(|setting| setting.name).collect();
    if !fixed.is_empty() {
        let message = format!("Cannot update these configs dynamically: [{}]", fixed.join(", "));
        return Err(invalid(message));
    }
    if let Some((key, reason)) = written.iter().find_map(|key| Some((key, table::refused(key)?))) {
        return Err(invalid(format!("{key} is not supported: {reason}")));
    }
    for setting in known() {
        if let Some(value) = settings.get(setting.name) {
            setting.check(value).map_err(|error| invalid(error.message))?;
        }
    }
    Ok(())
}

/// The changes that lead from one to the other.
pub(super) fn changes<'a>(
    from: &'a Settings,
    to: &'a Settings,
) -> impl Iterator<Item = (&'a str, Option<&'a str>)> {
    let removed = from.keys().filter(|key| !to.contains_key(*key));
    let written = to.iter().filter(|(key, value)| from.get(*key) != Some(*value));
    removed
        .map(|key| (key.as_str(), None))
        .chain(written.map(|(key, value)| (key.as_str(), Some(value.as_str()))))
}

#[cfg(test)]
mod tests;
