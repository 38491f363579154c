//! The settings that a node was started with: a file, over it the environment, over that `--set`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::properties::{self, SyntaxError};
use super::setting::{Effect, InvalidValue, Setting};
use super::table;

/// Variables with this prefix are settings: the key in capitals, `_` for `.`.
const PREFIX: &str = "PENSTOCK_";

/// The level of logs; read before there are settings.
pub const LOG_VARIABLE: &str = "PENSTOCK_LOG";

/// Where a setting was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// On a line of a file.
    File(PathBuf, usize),
    /// In the environment, by this variable.
    Environment(String),
    /// On the command line.
    CommandLine,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Environment(variable) => write!(f, "environment variable {variable}"),
            Self::CommandLine => write!(f, "--set"),
        }
    }
}

/// Why a node does not start with what it was given.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Check the path.
    #[error("cannot read {path}: {reason}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// Mend the line.
    #[error("{path}: {error}", path = path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and what.
        error: SyntaxError,
    },
    /// Write `--set key=value`.
    #[error("--set {0}: there is no `=`; write --set key=value")]
    NoValue(String),
    /// Correct the key.
    #[error("{place}: there is no setting `{key}`; did you mean `{nearest}`?")]
    Unknown {
        /// As written.
        key: String,
        /// Where.
        place: Place,
        /// The known key that is spelled most like it.
        nearest: &'static str,
    },
    /// Take it out: it would be a lie.
    #[error("{place}: `{key}` is not supported: {reason}")]
    Refused {
        /// As written.
        key: String,
        /// Where.
        place: Place,
        /// Why.
        reason: &'static str,
    },
    /// Correct the value.
    #[error("{place}: {error}")]
    Invalid {
        /// Where.
        place: Place,
        /// What is wrong with it.
        error: InvalidValue,
    },
}

/// What was given, checked key by key.
#[derive(Clone, Debug, Default)]
pub struct Given {
    values: BTreeMap<&'static str, (String, Place)>,
}

impl Given {
    /// Reads all three places.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        command_line: &[String],
    ) -> Result<Self, SettingsError> {
        let mut given = Self::default();
        if let Some(path) = file {
            let text = std::fs::read_to_string(path)
                .map_err(|reason| SettingsError::Unreadable { path: path.to_owned(), reason })?;
            given.add_file(path, &text)?;
        }
        for (variable, value) in environment {
            given.add_variable(variable, &value)?;
        }
        for pair in command_line {
            let (key, value) =
                pair.split_once('=').ok_or_else(|| SettingsError::NoValue(pair.clone()))?;
            given.add(key.trim(), value, Place::CommandLine)?;
        }
        Ok(given)
    }

    fn add_file(&mut self, path: &Path, text: &str) -> Result<(), SettingsError> {
        let syntax = |error| SettingsError::Syntax { path: path.to_owned(), error };
        for property in properties::parse(text).map_err(syntax)? {
            let place = Place::File(path.to_owned(), property.line);
            self.add(&property.key, &property.value, place)?;
        }
        Ok(())
    }

    fn add_variable(&mut self, variable: String, value: &str) -> Result<(), SettingsError> {
        let Some(name) = variable.strip_prefix(PREFIX) else { return Ok(()) };
        if variable == LOG_VARIABLE || is_service_link(name) {
            return Ok(());
        }
        let key = name.to_ascii_lowercase().replace('_', ".");
        self.add(&key, value, Place::Environment(variable))
    }

    fn add(&mut self, key: &str, value: &str, place: Place) -> Result<(), SettingsError> {
        let Some(setting) = table::find(key) else {
            let key = key.to_owned();
            return Err(match table::refused(&key) {
                Some(reason) => SettingsError::Refused { key, place, reason },
                None => {
                    let nearest = table::nearest(&key);
                    SettingsError::Unknown { key, place, nearest }
                }
            });
        };
        match setting.check(value) {
            Ok(value) => {
                self.values.insert(setting.name, (value.to_owned(), place));
                Ok(())
            }
            Err(error) => Err(SettingsError::Invalid { place, error }),
        }
    }

    /// The value given for a key, if one was.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|(value, _)| value.as_str())
    }

    /// The value given for a key, or its default; `None` for null.
    ///
    /// # Panics
    /// When the table has no such key.
    #[must_use]
    pub fn effective(&self, key: &'static str) -> Option<&str> {
        let setting = table::find(key).unwrap_or_else(|| panic!("{key} is not in the table"));
        self.get(key).or(setting.default)
    }

    /// The number given for a key, or its default.
    ///
    /// # Panics
    /// When the table has no such key, or its numbers do not fit.
    #[must_use]
    pub fn number<T: std::str::FromStr>(&self, key: &'static str) -> T {
        let parsed = self.effective(key).and_then(|value| value.parse().ok());
        parsed.unwrap_or_else(|| panic!("{key} is no number of this kind"))
    }

    /// Where a key was given; its default if nowhere.
    #[must_use]
    pub fn place(&self, key: &str) -> Option<&Place> {
        self.values.get(key).map(|(_, place)| place)
    }

    /// What was given and does nothing, for a line in the log.
    pub fn without_effect(&self) -> impl Iterator<Item = &'static Setting> {
        self.values
            .keys()
            .filter_map(|key| table::find(key))
            .filter(|setting| setting.effect == Effect::Nothing)
    }
}

/// Whether Kubernetes may have set the variable: a service called `penstock…` puts its addresses
/// into the environment of every pod beside it (`…_SERVICE_HOST`, `…_PORT_9092_TCP_ADDR`).
fn is_service_link(name: &str) -> bool {
    let port = name.split("_PORT_").nth(1).or_else(|| name.strip_prefix("PORT_"));
    name.ends_with("SERVICE_HOST")
        || name.contains("SERVICE_PORT")
        || name == "PORT"
        || name.ends_with("_PORT")
        || port.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn load(file: &str, environment: &[(&str, &str)], set: &[&str]) -> Result<Given, String> {
        let mut path = tempfile::NamedTempFile::new().unwrap();
        path.write_all(file.as_bytes()).unwrap();
        let environment = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        let set: Vec<String> = set.iter().map(|pair| (*pair).to_owned()).collect();
        let name = path.path().display().to_string();
        Given::load(Some(path.path()), environment, &set)
            .map_err(|error| error.to_string().replace(&name, "FILE"))
    }

    #[test]
    fn later_places_go_before_earlier_ones() {
        let file = "num.partitions = 2\nlog.retention.ms=5\nnode.id=7";
        let environment = [("PENSTOCK_NUM_PARTITIONS", "3"), ("PENSTOCK_NODE_ID", " 8 ")];
        let given = load(file, &environment, &["num.partitions=4"]).unwrap();
        assert_eq!(given.get("num.partitions"), Some("4"));
        assert_eq!(given.get("node.id"), Some("8"));
        assert_eq!(given.get("log.retention.ms"), Some("5"));
        assert_eq!(given.get("log.retention.hours"), None);
        assert_eq!(given.effective("log.retention.hours"), Some("168"));
        assert_eq!(given.effective("log.retention.minutes"), None);
        assert_eq!(given.place("num.partitions"), Some(&Place::CommandLine));
    }

    #[test]
    fn an_error_says_where_and_what_to_do() {
        fn check(file: &str, environment: &[(&str, &str)], set: &[&str], expect: &str) {
            assert_eq!(load(file, environment, set).unwrap_err(), expect);
        }
        check(
            "\nnum.partition=1",
            &[],
            &[],
            "FILE:2: there is no setting `num.partition`; did you mean `num.partitions`?",
        );
        check(
            "",
            &[("PENSTOCK_NODE_IDS", "1")],
            &[],
            "environment variable PENSTOCK_NODE_IDS: there is no setting `node.ids`; \
             did you mean `node.id`?",
        );
        check(
            "",
            &[],
            &["num.partitions=0"],
            "--set: Invalid value 0 for configuration num.partitions: Value must be at least 1",
        );
        check(
            "",
            &[],
            &["num.partitions"],
            "--set num.partitions: there is no `=`; write --set key=value",
        );
        check("a=\\u00", &[], &[], "FILE: line 1: \\u needs four hexadecimal digits");
        check("broker.id=3", &[], &[], "FILE:1: `broker.id` is not supported: write `node.id`");
        let security = load("sasl.enabled.mechanisms=PLAIN", &[], &[]).unwrap_err();
        assert!(security.contains("has no authentication"), "{security}");
    }

    #[test]
    fn variables_of_others_are_left_alone() {
        let environment = [
            ("HOME", "/root"),
            (LOG_VARIABLE, "debug"),
            ("PENSTOCK_SERVICE_HOST", "10.0.0.1"),
            ("PENSTOCK_SERVICE_PORT_KAFKA", "9092"),
            ("PENSTOCK_PORT", "tcp://10.0.0.1:9092"),
            ("PENSTOCK_PORT_9092_TCP_ADDR", "10.0.0.1"),
            ("PENSTOCK_KAFKA_PORT_9092_TCP", "tcp://10.0.0.1:9092"),
        ];
        assert!(load("", &environment, &[]).is_ok());
    }

    #[test]
    fn names_what_has_no_effect() {
        let given = load("num.io.threads=8\nnum.partitions=1", &[], &[]).unwrap();
        let names: Vec<_> = given.without_effect().map(|setting| setting.name).collect();
        assert_eq!(names, ["num.io.threads"]);
    }
}
