//! Settings of groups: the 17 of Kafka (KIP-848, KIP-932, KIP-1071), with the broker keys that they
//! fall back to and that bound them.
//!
//! What tools send is judged here, in Kafka's words.

use std::collections::BTreeMap;

use super::setting::{InvalidValue, Setting, Valid};
use super::table::{self, settings};

const NEW_GROUPS: &str = "Kept and shown. The group protocols of KIP-848, KIP-932 and KIP-1071, \
    whose members it is for, are not served yet.";

/// Every setting of a group, by name.
pub const SETTINGS: &[Setting] = settings! {
    "consumer.assignment.interval.ms": Int = "1000" (Valid::AtLeast(0)) [nothing] => NEW_GROUPS;
    "consumer.heartbeat.interval.ms": Int = "5000" (Valid::AtLeast(1)) [nothing] => NEW_GROUPS;
    "consumer.session.timeout.ms": Int = "45000" (Valid::AtLeast(1)) [nothing] => NEW_GROUPS;
    "share.assignment.interval.ms": Int = "1000" (Valid::AtLeast(0)) [nothing] => NEW_GROUPS;
    "share.auto.offset.reset": String = "latest" (Valid::OffsetReset) [nothing] => NEW_GROUPS;
    "share.delivery.count.limit": Int = "5" (Valid::AtLeast(2)) [nothing] => NEW_GROUPS;
    "share.heartbeat.interval.ms": Int = "5000" (Valid::AtLeast(1)) [nothing] => NEW_GROUPS;
    "share.isolation.level": String = "read_uncommitted"
        (Valid::OneOf(&["read_committed", "read_uncommitted"])) [nothing] => NEW_GROUPS;
    "share.partition.max.record.locks": Int = "2000" (Valid::AtLeast(100)) [nothing] => NEW_GROUPS;
    "share.record.lock.duration.ms": Int = "30000" (Valid::AtLeast(1000)) [nothing] => NEW_GROUPS;
    "share.renew.acknowledge.enable": Boolean = "true" [nothing] => NEW_GROUPS;
    "share.session.timeout.ms": Int = "45000" (Valid::AtLeast(1)) [nothing] => NEW_GROUPS;
    "streams.assignment.interval.ms": Int = "1000" (Valid::AtLeast(0)) [nothing] => NEW_GROUPS;
    "streams.heartbeat.interval.ms": Int = "5000" (Valid::AtLeast(1)) [nothing] => NEW_GROUPS;
    "streams.initial.rebalance.delay.ms": Int = "3000" (Valid::AtLeast(0)) [nothing] => NEW_GROUPS;
    "streams.num.standby.replicas": Int = "0" (Valid::AtLeast(0)) [nothing] => NEW_GROUPS;
    "streams.session.timeout.ms": Int = "45000" (Valid::AtLeast(1)) [nothing] => NEW_GROUPS;
};

/// The setting of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

/// The broker key that gives a group setting's value where the group does not.
#[must_use]
pub fn broker_key(name: &str) -> Option<&'static Setting> {
    table::find(&format!("group.{name}"))
}

/// Judges the settings that a group is to have, each for itself and against the bounds that
/// `broker` gives by key.
///
/// # Errors
/// The first that is wrong, in Kafka's words; the error code is `INVALID_CONFIG`.
pub fn check(
    settings: &BTreeMap<String, String>,
    broker: impl Fn(&'static Setting) -> Option<String>,
) -> Result<(), InvalidValue> {
    if let Some(name) = settings.keys().find(|name| find(name).is_none()) {
        return Err(InvalidValue { message: format!("Unknown group config name: {name}") });
    }
    for (name, value) in settings {
        let setting = find(name).expect("unknown names were refused above");
        let Ok(number) = setting.check(value)?.parse::<i64>() else { continue };
        for (bound, which) in [("min", "greater"), ("max", "less")] {
            let Some(key) = bound_key(name, bound) else { continue };
            let Some(limit) = broker(key).and_then(|limit| limit.parse::<i64>().ok()) else {
                continue;
            };
            let holds = if bound == "min" { number >= limit } else { number <= limit };
            if !holds {
                let key = key.name;
                let message = format!("{name} must be {which} than or equal to {key}");
                return Err(InvalidValue { message });
            }
        }
    }
    let number = |name: &str| {
        let given = settings.get(name).cloned();
        given.or_else(|| broker(broker_key(name)?))?.parse::<i64>().ok()
    };
    for protocol in ["consumer", "share", "streams"] {
        let session = format!("{protocol}.session.timeout.ms");
        let heartbeat = format!("{protocol}.heartbeat.interval.ms");
        if number(&session) <= number(&heartbeat) {
            let message = format!("{session} must be greater than {heartbeat}");
            return Err(InvalidValue { message });
        }
    }
    Ok(())
}

/// The broker key that bounds a group setting, where there is one.
fn bound_key(name: &str, bound: &str) -> Option<&'static Setting> {
    let (protocol, rest) = name.split_once('.')?;
    let rest = rest.strip_prefix("num.").unwrap_or(rest);
    table::find(&format!("group.{protocol}.{bound}.{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Apache Kafka 4.3.1 answers.
    #[test]
    fn values_are_judged_in_kafkas_words() {
        for (name, value, expect) in [
            ("consumer.session.timeout.ms", "50000", Ok(())),
            (
                "consumer.session.timeout.ms",
                "5",
                Err("consumer.session.timeout.ms must be greater than or equal to \
                     group.consumer.min.session.timeout.ms"),
            ),
            (
                "consumer.heartbeat.interval.ms",
                "60000",
                Err("consumer.heartbeat.interval.ms must be less than or equal to \
                     group.consumer.max.heartbeat.interval.ms"),
            ),
            (
                "consumer.session.timeout.ms",
                "x",
                Err("Invalid value x for configuration consumer.session.timeout.ms: Not a number \
                     of type INT"),
            ),
            (
                "share.auto.offset.reset",
                "foo",
                Err("Invalid value foo for configuration share.auto.offset.reset: Invalid value \
                     `foo` for configuration share.auto.offset.reset. The value must be either \
                     'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'."),
            ),
            ("share.auto.offset.reset", "by_duration:P1D", Ok(())),
            (
                "share.isolation.level",
                "foo",
                Err("Invalid value foo for configuration share.isolation.level: String must be \
                     one of: read_committed, read_uncommitted"),
            ),
            ("nonsense", "1", Err("Unknown group config name: nonsense")),
            (
                "streams.num.standby.replicas",
                "9",
                Err("streams.num.standby.replicas must be less than or equal to \
                     group.streams.max.standby.replicas"),
            ),
            (
                "share.delivery.count.limit",
                "99",
                Err("share.delivery.count.limit must be less than or equal to \
                     group.share.max.delivery.count.limit"),
            ),
            (
                "streams.initial.rebalance.delay.ms",
                "-1",
                Err(
                    "Invalid value -1 for configuration streams.initial.rebalance.delay.ms: Value \
                     must be at least 0",
                ),
            ),
        ] {
            let settings = BTreeMap::from([(name.to_owned(), value.to_owned())]);
            let judged = check(&settings, |setting| setting.default.map(str::to_owned));
            let judged = judged.map_err(|error| error.message);
            assert_eq!(judged, expect.map_err(str::to_owned), "{name}={value}");
        }
    }

    #[test]
    fn defaults_are_the_brokers() {
        for setting in SETTINGS {
            if let Some(key) = broker_key(setting.name) {
                assert_eq!(setting.default, key.default, "{}", setting.name);
            }
        }
    }
}
