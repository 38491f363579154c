//! The differences that are meant, each with its reason. Whatever differs and is not here is a
//! fault; what stands here and never shows is reported too.

mod cluster;
mod configs;
mod groups;
mod records;
mod topics;
mod tree;
mod twice;

use std::collections::BTreeMap;
use std::sync::Mutex;

use penstock_wire::ApiKey;
use serde_json::Value;

pub(crate) use self::twice::parts_ways;
use crate::compare::Difference;

/// What a judgement may look at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen<'a> {
    /// What was asked.
    pub(crate) body: &'a Value,
    /// What Kafka and Penstock answered, where they did.
    pub(crate) answers: (&'a Value, &'a Value),
    /// One field.
    pub(crate) difference: &'a Difference,
}

impl Seen<'_> {
    /// Whether the difference is in this field, said by both.
    fn is_of(&self, field: &str) -> bool {
        self.difference.path.rsplit('.').next() == Some(field)
    }

    /// Whether the difference is in this field, where the one code is said for the other.
    fn is_code(&self, field: &str, kafka: i64, penstock: i64) -> bool {
        self.difference.path == field
            && self.difference.kafka == kafka
            && self.difference.penstock == penstock
    }
}

/// One line of the list.
pub(crate) struct Justified {
    /// What reports call it.
    pub(crate) name: &'static str,
    /// Why it is right that the two differ.
    pub(crate) why: &'static str,
    /// Whose answers it is about.
    pub(crate) apis: &'static [ApiKey],
    /// Whether this is it.
    pub(crate) is: fn(&Seen<'_>) -> bool,
    /// Whether the servers' states differ from here on, so that later steps say nothing.
    pub(crate) ends: bool,
}

/// The list.
pub(crate) fn lines() -> impl Iterator<Item = &'static Justified> {
    [twice::LINES, records::LINES, topics::LINES, configs::LINES, groups::LINES, cluster::LINES]
        .into_iter()
        .flatten()
}

/// Which lines of the list have shown.
#[derive(Debug, Default)]
pub(crate) struct Shown(Mutex<BTreeMap<&'static str, u64>>);

impl Shown {
    /// The line that justifies a difference of the answers of `api`; bytes have none.
    pub(crate) fn judge(&self, api: Option<ApiKey>, seen: &Seen<'_>) -> Option<&'static Justified> {
        let api = api?;
        let line = lines().find(|line| line.apis.contains(&api) && (line.is)(seen))?;
        *self.0.lock().expect("nobody panics with it").entry(line.name).or_default() += 1;
        Some(line)
    }

    /// How often a line has shown.
    pub(crate) fn times(&self, line: &Justified) -> u64 {
        self.0.lock().expect("nobody panics with it").get(line.name).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_lines_have_one_name() {
        let names: HashSet<_> = lines().map(|line| line.name).collect();
        assert_eq!(names.len(), lines().count());
    }
}
