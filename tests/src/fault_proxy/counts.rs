//! What was asked of a store, by method and by the first part of the key.

use std::collections::BTreeMap;

/// Counts since the proxy's start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(BTreeMap<(String, String), u64>);

impl Counts {
    pub(super) fn add(&mut self, method: &str, key: &str) {
        let folder = key.split('/').next().unwrap_or_default();
        *self.0.entry((method.to_owned(), folder.to_owned())).or_default() += 1;
    }

    /// Requests of a method for keys in a folder: `wal`, `data` or `meta`, empty for the bucket.
    #[must_use]
    pub fn of(&self, method: &str, folder: &str) -> u64 {
        self.0.get(&(method.to_owned(), folder.to_owned())).copied().unwrap_or(0)
    }

    /// Requests of a method.
    #[must_use]
    pub fn method(&self, method: &str) -> u64 {
        self.0.iter().filter(|((found, _), _)| found == method).map(|(_, count)| count).sum()
    }

    /// All requests.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.0.values().sum()
    }

    /// What was added to `before`.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let added = self
            .0
            .iter()
            .map(|(what, count)| (what.clone(), count - before.0.get(what).copied().unwrap_or(0)));
        Self(added.filter(|(_, count)| *count > 0).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_told_apart_by_method_and_folder() {
        let mut before = Counts::default();
        before.add("PUT", "wal/00/1");
        let mut counts = before.clone();
        for (method, key) in [("PUT", "wal/00/2"), ("PUT", "data/1"), ("POST", "")] {
            counts.add(method, key);
        }
        assert_eq!((counts.of("PUT", "wal"), counts.of("POST", "")), (2, 1));
        let since = counts.since(&before);
        assert_eq!((since.of("PUT", "wal"), since.method("PUT"), since.all()), (1, 2, 3));
        assert_eq!(counts.since(&counts), Counts::default());
    }
}
