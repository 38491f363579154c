//! The table of settings: each stands here once, with type, default, unit and meaning.
//!
//! The reference (`docs/configuration.md`) is written from it, `DescribeConfigs` shows it, and
//! what is not in it is an error at the start.

mod groups;
mod node;
mod topics;
mod without_effect;

use super::setting::{Effect, Setting};

/// Declares rows: `"name": Kind = "default" (valid values) [flags] => "description";`.
/// Without a default the setting is null when it is not given.
macro_rules! settings {
    ($($name:literal: $kind:ident $(= $default:literal)? $(($valid:expr))? $([$flag:ident])*
        => $doc:expr;)*) => {
        &[$(
            crate::config::setting::Setting::new(
                $name,
                crate::config::setting::Kind::$kind,
                &[$($default)?],
                &[$($valid)?],
                $doc,
            )
            $(.$flag())*
        ),*]
    };
}
pub(super) use settings;

/// A part of the table, with its heading in the reference.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// The heading.
    pub title: &'static str,
    /// Its settings, in the order in which they are best read.
    pub settings: &'static [Setting],
}

/// All settings of a node.
pub const SECTIONS: &[Section] = &[
    Section { title: "The node and its place in the cluster", settings: node::IDENTITY },
    Section { title: "Listeners and connections", settings: node::NETWORK },
    Section { title: "Storage", settings: node::STORAGE },
    Section { title: "Memory", settings: node::MEMORY },
    Section { title: "Topics", settings: topics::TOPICS },
    Section { title: "Defaults of topic settings", settings: topics::DEFAULTS },
    Section { title: "Groups, offsets and producers", settings: groups::GROUPS },
    Section { title: "Accepted without effect", settings: without_effect::WITHOUT_EFFECT },
];

/// Keys that mean something in Kafka, and that would be a lie here: by prefix, with the reason.
const REFUSED: &[(&str, &str)] = &[
    ("authorizer.", SECURITY),
    ("broker.id", "write `node.id`"),
    ("connections.max.reauth", SECURITY),
    ("delegation.token.", SECURITY),
    ("listener.name.", SECURITY),
    ("principal.builder.", SECURITY),
    ("sasl.", SECURITY),
    ("ssl.", SECURITY),
    ("super.users", SECURITY),
    ("remote.", "there is no tiering: every record lies in object storage anyway"),
];

const SECURITY: &str = "this version has no authentication, encryption or authorization, and does \
    not pretend to; keep its listeners on a network that you trust";

/// What becomes of a key of Kafka's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// It does what its description says.
    Honoured,
    /// Accepted, stored and shown.
    WithoutEffect,
    /// It would be a lie.
    Refused,
}

impl Class {
    /// As the reference calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Honoured => "honoured",
            Self::WithoutEffect => "no effect",
            Self::Refused => "refused",
        }
    }
}

impl From<Effect> for Class {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::Applies => Self::Honoured,
            Effect::Nothing => Self::WithoutEffect,
        }
    }
}

/// The keys that are refused, by prefix, each with the reason.
pub fn refusals() -> impl Iterator<Item = (&'static str, &'static str)> {
    REFUSED.iter().copied()
}

/// Every setting.
pub fn all() -> impl Iterator<Item = &'static Setting> {
    SECTIONS.iter().flat_map(|section| section.settings)
}

/// The setting of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Setting> {
    all().find(|setting| setting.name == name)
}

/// Why a key of Kafka's is refused, if it is one of those.
#[must_use]
pub fn refused(name: &str) -> Option<&'static str> {
    REFUSED.iter().find(|(prefix, _)| name.starts_with(prefix)).map(|(_, reason)| *reason)
}

/// The known key that is spelled most like `name`.
///
/// # Panics
/// Never: the table has rows.
#[must_use]
pub fn nearest(name: &str) -> &'static str {
    let names = all().map(|setting| setting.name);
    names.min_by_key(|known| distance(name, known)).expect("the table has rows")
}

/// How many letters to insert, drop or replace (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_setting_stands_once_with_a_valid_default_and_a_description() {
        let mut names = HashSet::new();
        for setting in all() {
            assert!(names.insert(setting.name), "{} stands twice", setting.name);
            assert!(refused(setting.name).is_none(), "{} is refused", setting.name);
            assert!(setting.doc.ends_with('.'), "{}", setting.name);
            if let Some(default) = setting.default {
                assert_eq!(setting.check(default).as_deref(), Ok(default), "{}", setting.name);
            }
        }
    }

    /// Every key that Kafka 4.3.1 has for brokers, topics, groups and client metrics, by kind, with
    /// what becomes of it here. A key that Kafka adds, or that changes its class, changes the list.
    #[test]
    fn every_key_of_kafka_has_its_class() {
        let mut seen = HashSet::new();
        for line in include_str!("kafka_keys.tsv").lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            let [kind, key, class] = fields[..] else { panic!("{line:?}") };
            assert!(seen.insert((kind, key)), "{line} stands twice");
            let setting = match kind {
                "broker" => find(key),
                "topic" => crate::config::topic::find(key),
                "group" => crate::config::group::find(key),
                "client-metrics" => crate::config::client_metrics::find(key),
                other => panic!("{other}"),
            };
            let found = match setting {
                Some(setting) => Class::from(setting.effect),
                None => {
                    assert!(kind == "broker" && refused(key).is_some(), "{line} has no class");
                    Class::Refused
                }
            };
            assert_eq!(found.name(), class, "{line}");
        }
        let of = |kind| seen.iter().filter(|(of, _)| *of == kind).count();
        assert_eq!(
            [of("broker"), of("topic"), of("group"), of("client-metrics")],
            [340, 33, 17, 3]
        );
    }

    #[test]
    fn the_nearest_key_is_what_was_meant() {
        for (given, expect) in [
            ("log.retention.mss", "log.retention.ms"),
            ("listener", "listeners"),
            ("data.dirs", "data.dir"),
            ("storage_url", "storage.url"),
            ("auto.create.topic.enable", "auto.create.topics.enable"),
        ] {
            assert_eq!(nearest(given), expect, "{given}");
        }
    }
}
