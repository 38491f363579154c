//! What a request makes of the settings of one resource: pure, and all or nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::config_resource::invalid;
use super::config_value::canonical;
use super::error_code::ErrorCode;
use super::refusal::Refusal;
use crate::config::setting::{Kind, Setting, split_list};
use crate::config::{table, topic};

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
        }
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
                    for item in split_list(items) {
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
        }
        for key in written {
            if let (Some(setting), Some(value)) = (self.find(key), next.get_mut(key)) {
                *value = canonical(setting, value);
            }
        }
        Ok(next)
    }

    /// The items that a list has: given, or by default.
    fn list(self, settings: &Settings, key: &str, verb: &str) -> Result<Vec<String>, Refusal> {
        let setting = self.find(key);
        let Some(setting) = setting.filter(|setting| setting.kind == Kind::List) else {
            let message = match (self, setting) {
                (Self::Topic, _) => {
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
mod tests {
    use super::*;

    /// `present` and `expect` are `key=value` pairs.
    fn check(
        owner: Owner,
        present: &[&str],
        lines: &[Line<'_>],
        expect: Result<&[&str], (ErrorCode, &str)>,
    ) {
        let pair = |text: &&str| {
            let (key, value) = text.split_once('=').unwrap();
            (key.to_owned(), value.to_owned())
        };
        let present: Settings = present.iter().map(pair).collect();
        let altered = operations(lines).and_then(|operations| owner.alter(&present, &operations));
        let expect = expect
            .map(|pairs| pairs.iter().map(pair).collect::<Settings>())
            .map_err(|(code, message)| Refusal::new(code, message));
        assert_eq!(altered, expect, "{present:?} {lines:?}");
    }

    #[test]
    fn topics_are_altered_as_by_kafka() {
        let topic = |present: &[&str], lines: &[Line<'_>], expect: &[&str]| {
            check(Owner::Topic, present, lines, Ok(expect));
        };
        topic(&[], &[("retention.ms", SET, Some(" 9 "))], &["retention.ms=9"]);
        topic(&["retention.ms=9"], &[("retention.ms", DELETE, None)], &[]);
        topic(&[], &[("retention.ms", DELETE, Some("9")), ("nope", DELETE, None)], &[]);
        let policy = |number, value| [("cleanup.policy", number, Some(value))];
        let (delete, compact) = ("cleanup.policy=delete", "cleanup.policy=compact");
        topic(&[], &policy(SET, " compact , delete "), &["cleanup.policy=compact,delete"]);
        topic(&[], &policy(SET, "delete,delete"), &[delete]);
        // What is not given is the default.
        topic(&[], &policy(APPEND, "compact"), &["cleanup.policy=delete,compact"]);
        topic(&[], &policy(SUBTRACT, "delete"), &["cleanup.policy="]);
        topic(&[], &policy(SUBTRACT, "zz"), &[delete]);
        topic(&[compact], &policy(APPEND, "compact"), &[compact]);
        topic(&["cleanup.policy="], &policy(APPEND, "delete"), &[delete]);
        topic(&["cleanup.policy=delete,compact"], &policy(SUBTRACT, "delete"), &[compact]);
    }

    #[test]
    fn alterations_of_topics_are_refused_in_kafkas_words() {
        use ErrorCode as E;
        let topic = |lines: &[Line<'_>], code, message: &str| {
            check(Owner::Topic, &[], lines, Err((code, message)));
        };
        topic(
            &[("retention.ms", SET, Some("1")), ("retention.bytes", SET, Some("x"))],
            E::INVALID_CONFIG,
            "Invalid value x for configuration retention.bytes: Not a number of type LONG",
        );
        topic(
            &[("retention.ms", SET, None), ("segment.ms", APPEND, None), ("a", DELETE, None)],
            E::INVALID_REQUEST,
            "Null value not supported for : retention.ms, segment.ms",
        );
        topic(&[("zz", SET, Some("1"))], E::INVALID_CONFIG, "Unknown topic config name: zz");
        for (number, verb) in [(APPEND, "APPEND"), (SUBTRACT, "SUBTRACT")] {
            for key in ["retention.ms", "zz"] {
                let message = format!("Can't {verb} to key {key} because its type is not LIST.");
                topic(&[(key, number, Some("5"))], E::INVALID_CONFIG, &message);
            }
        }
        topic(
            &[("cleanup.policy", APPEND, Some("zz"))],
            E::INVALID_CONFIG,
            "Invalid value zz for configuration cleanup.policy: String must be one of: compact, \
             delete",
        );
        topic(
            &[("segment.ms", SET, Some("1")), ("segment.ms", DELETE, None)],
            E::INVALID_REQUEST,
            "Error due to duplicate config keys",
        );
        topic(&[("a", 4, Some("1"))], E::INVALID_REQUEST, "Unknown operations type 4");
    }

    #[test]
    fn brokers_are_altered_as_by_kafka() {
        use ErrorCode as E;
        let broker = |present: &[&str], lines: &[Line<'_>], expect: &[&str]| {
            check(Owner::Broker, present, lines, Ok(expect));
        };
        broker(&[], &[("log.retention.ms", SET, Some(" 5 "))], &["log.retention.ms=5"]);
        broker(&[], &[("unknown.key", SET, Some("x"))], &["unknown.key=x"]);
        broker(&[], &[("node.id", DELETE, None)], &[]);
        broker(
            &[],
            &[("log.cleanup.policy", APPEND, Some("compact"))],
            &["log.cleanup.policy=delete,compact"],
        );
        let refused = |lines: &[Line<'_>], code, message: &str| {
            check(Owner::Broker, &[], lines, Err((code, message)));
        };
        refused(
            &[
                ("node.id", SET, Some("3")),
                ("log.retention.ms", SET, Some("x")),
                ("num.partitions", SET, Some("3")),
            ],
            E::INVALID_REQUEST,
            "Cannot update these configs dynamically: [node.id, num.partitions]",
        );
        refused(
            &[("log.retention.ms", SET, Some("x"))],
            E::INVALID_REQUEST,
            "Invalid value x for configuration log.retention.ms: Not a number of type LONG",
        );
        refused(
            &[("log.retention.ms", APPEND, Some("5"))],
            E::INVALID_CONFIG,
            "Config value append is not allowed for config key: log.retention.ms",
        );
        refused(
            &[("unknown.key", SUBTRACT, Some("5"))],
            E::INVALID_CONFIG,
            "Unknown config name: unknown.key",
        );
        let ssl = operations(&[("ssl.keystore.location", SET, Some("/x"))]).unwrap();
        let refusal = Owner::Broker.alter(&Settings::new(), &ssl).unwrap_err();
        assert_eq!(refusal.code, E::INVALID_REQUEST);
    }

    #[test]
    fn changes_lead_from_one_to_the_other() {
        let settings = |pairs: &[(&str, &str)]| -> Settings {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        let from = settings(&[("a", "1"), ("b", "2"), ("c", "3")]);
        let to = settings(&[("b", "2"), ("c", "4"), ("d", "5")]);
        let found: Vec<_> = changes(&from, &to).collect();
        assert_eq!(found, [("a", None), ("c", Some("4")), ("d", Some("5"))]);
        assert_eq!(changes(&from, &from).count(), 0);
    }
}
