//! Settings of subscriptions to clients' metrics: the three of Kafka (KIP-714).

use std::collections::BTreeMap;

use super::setting::{InvalidValue, Setting, split_list};
use super::table::settings;

const TELEMETRY: &str = "Kept and shown. Nobody here takes clients' metrics.";

/// Every setting of a subscription, by name.
pub const SETTINGS: &[Setting] = settings! {
    "interval.ms": Int = "300000" [nothing] => TELEMETRY;
    "match": List = "" [nothing] => TELEMETRY;
    "metrics": List = "" [nothing] => TELEMETRY;
};

/// What a pattern of `match` may be about.
const MATCHED: [&str; 6] = [
    "client_instance_id",
    "client_id",
    "client_software_name",
    "client_software_version",
    "client_source_address",
    "client_source_port",
];

/// Why a subscription cannot have a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The error code is `INVALID_REQUEST`.
    Request(String),
    /// The error code is `INVALID_CONFIG`.
    Value(InvalidValue),
}

/// The setting of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

/// Judges the settings that a subscription is to have.
///
/// # Errors
/// The first that is wrong, in Kafka's words.
pub fn check(settings: &BTreeMap<String, String>) -> Result<(), Refused> {
    for (name, value) in settings {
        let setting = find(name).ok_or_else(|| {
            Refused::Request(format!("Unknown client metrics configuration: {name}"))
        })?;
        let value = setting.check(value).map_err(Refused::Value)?;
        match name.as_str() {
            "interval.ms" if !is_interval(value) => {
                return Err(Refused::Request(format!(
                    "Invalid value {value} for interval.ms, interval must be between 100 and \
                     3600000 (1 hour)"
                )));
            }
            "match" => {
                if let Some(wrong) = split_list(value).into_iter().find(|item| !is_pattern(item)) {
                    let message = format!("Illegal client matching pattern: {wrong}");
                    return Err(Refused::Value(InvalidValue { message }));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_interval(value: &str) -> bool {
    value.parse().is_ok_and(|value: i64| (100..=3_600_000).contains(&value))
}

fn is_pattern(item: &str) -> bool {
    item.split_once('=').is_some_and(|(key, _)| MATCHED.contains(&key.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Apache Kafka 4.3.1 answers.
    #[test]
    fn values_are_judged_in_kafkas_words() {
        let request = |message: &str| Err(Refused::Request(message.to_owned()));
        let value =
            |message: &str| Err(Refused::Value(InvalidValue { message: message.to_owned() }));
        let interval = "Invalid value 5 for interval.ms, interval must be between 100 and 3600000 \
                        (1 hour)";
        let number = "Invalid value x for configuration interval.ms: Not a number of type INT";
        for (name, given, expect) in [
            ("interval.ms", "1000", Ok(())),
            ("interval.ms", "5", request(interval)),
            ("interval.ms", "x", value(number)),
            ("metrics", "org.apache", Ok(())),
            ("match", "client_id=a.*", Ok(())),
            ("match", "foo=a", value("Illegal client matching pattern: foo=a")),
            ("match", "junk", value("Illegal client matching pattern: junk")),
            ("nonsense", "1", request("Unknown client metrics configuration: nonsense")),
        ] {
            let settings = BTreeMap::from([(name.to_owned(), given.to_owned())]);
            assert_eq!(check(&settings), expect, "{name}={given}");
        }
    }
}
