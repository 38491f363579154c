//! What alterations must hold.

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
    topic(&[], &policy(SET, " compact , delete "), &["cleanup.policy=compact , delete"]);
    topic(&[], &policy(SET, "delete,delete"), &["cleanup.policy=delete,delete"]);
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
    topic(
        &[("cleanup.policy", APPEND, Some(""))],
        E::INVALID_CONFIG,
        "Configuration 'cleanup.policy' values must not be empty.",
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
