//! What plans of topics must hold.

use super::*;
use crate::testing::{add_topic, image_of};

const DEFAULTS: Defaults = Defaults { partitions: 2, replication_factor: 3 };

/// Nodes 1 and 2 are active; there is a topic `ok.a`.
fn image() -> MetadataImage {
    let mut image = image_of(&[1, 2], &[]);
    add_topic(&mut image, "ok.a", &[1]);
    image
}

fn plan_alone(wanted: &Wanted<'_>) -> Result<Creation, Refusal> {
    plan(&image(), DEFAULTS, std::slice::from_ref(wanted))?.remove(0)
}

fn wanted(name: &str) -> Wanted<'_> {
    Wanted::by_name(name)
}

#[track_caller]
fn refused(wanted: &Wanted<'_>, code: ErrorCode, message: &str) {
    assert_eq!(plan_alone(wanted), Err(Refusal::new(code, message)), "{wanted:?}");
}

#[test]
fn numbers_that_nobody_says_are_the_settings() {
    let creation = plan_alone(&wanted("t")).unwrap();
    // Node 1 leads one partition already.
    assert_eq!(creation.leaders, [NodeId(2), NodeId(1)]);
    assert_eq!(creation.replication_factor, 3);
    assert!(creation.configs.is_empty());
}

#[test]
fn more_replicas_than_brokers_are_as_good_as_any() {
    let wanted = Wanted { partitions: 1, replication_factor: 9, ..wanted("t") };
    assert_eq!(plan_alone(&wanted).unwrap().replication_factor, 9);
}

#[test]
fn assignments_say_leaders_and_numbers() {
    let assigned = Wanted { assignments: vec![(0, &[1, 2]), (1, &[2, 1])], ..wanted("t") };
    let creation = plan_alone(&assigned).unwrap();
    assert_eq!(creation.leaders, [NodeId(1), NodeId(2)]);
    assert_eq!(creation.replication_factor, 2);
}

#[test]
fn what_cannot_be_is_refused_in_kafkas_words() {
    use ErrorCode as E;
    refused(
        &wanted(""),
        E::INVALID_TOPIC_EXCEPTION,
        "Topic name is invalid: the empty string is not allowed",
    );
    refused(&wanted("ok.a"), E::TOPIC_ALREADY_EXISTS, "Topic 'ok.a' already exists.");
    refused(
        &wanted("ok_a"),
        E::INVALID_TOPIC_EXCEPTION,
        "Topic 'ok_a' collides with existing topic: ok.a",
    );
    refused(
        &wanted("__cluster_metadata"),
        E::INVALID_REQUEST,
        "Creation of internal topic __cluster_metadata is prohibited.",
    );
    for partitions in [0, -2] {
        refused(
            &Wanted { partitions, ..wanted("t") },
            E::INVALID_PARTITIONS,
            "Number of partitions was set to an invalid non-positive value.",
        );
    }
    for replication_factor in [0, -2] {
        // Looked at before the number of partitions.
        refused(
            &Wanted { replication_factor, partitions: 0, ..wanted("t") },
            E::INVALID_REPLICATION_FACTOR,
            "Replication factor must be larger than 0, or -1 to use the default value.",
        );
    }
    let assignments = vec![(0, &[1][..])];
    refused(
        &Wanted { assignments: assignments.clone(), partitions: 1, ..wanted("t") },
        E::INVALID_REQUEST,
        "A manual partition assignment was specified, but numPartitions was not set to -1.",
    );
    refused(
        &Wanted { assignments, replication_factor: 1, ..wanted("t") },
        E::INVALID_REQUEST,
        "A manual partition assignment was specified, but replication factor was not set to \
         -1.",
    );
}

#[test]
fn settings_are_judged_before_numbers() {
    for (configs, message) in [
        (vec![("nope", Some("1"))], "Unknown topic config name: nope"),
        (
            vec![("nope", None), ("retention.ms", None)],
            "Null value not supported for topic configs: nope,retention.ms",
        ),
        (
            vec![("retention.ms", Some("x"))],
            "Invalid value x for configuration retention.ms: Not a number of type LONG",
        ),
    ] {
        let wanted = Wanted { configs, partitions: 0, replication_factor: 0, ..wanted("t") };
        refused(&wanted, ErrorCode::INVALID_CONFIG, message);
    }
}

#[test]
fn of_a_setting_that_is_given_twice_the_last_counts() {
    let configs = vec![
        ("retention.ms", Some("1")),
        ("cleanup.policy", Some(" compact , delete ")),
        ("retention.ms", Some(" 2 ")),
    ];
    let creation = plan_alone(&Wanted { configs, ..wanted("t") }).unwrap();
    let configs: Vec<(&str, &str)> =
        creation.configs.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(configs, [("cleanup.policy", "compact , delete"), ("retention.ms", "2")]);
}

#[test]
fn too_many_partitions_refuse_the_whole_request() {
    let many = |name, partitions| Wanted { partitions, ..wanted(name) };
    let plan = |wanted: &[Wanted<'_>]| plan(&image(), DEFAULTS, wanted);
    let too_many = Err(too_many_partitions());
    assert_eq!(plan(&[many("a", 6000), many("b", 4001), many("!", -1)]), too_many);
    assert_eq!(plan(&[many("a", i32::MAX), many("b", i32::MAX)]), too_many);
    // What nobody may create is not counted.
    let plans = plan(&[many("a", 1), many("__cluster_metadata", 10_000)]).unwrap();
    assert!(plans[0].is_ok());
    assert_eq!(plans[1].as_ref().map_err(|refusal| refusal.code), Err(ErrorCode::INVALID_REQUEST));
    assert_eq!(plan(&[many("a", 10_001), many("__cluster_metadata", 1)]), too_many);
    let plans = plan(&[many("a", 6000), many("b", 4000)]).unwrap();
    assert!(plans.iter().all(Result::is_ok));
}

#[test]
fn topics_of_one_request_are_spread_together() {
    let one = |name| Wanted { partitions: 1, ..wanted(name) };
    let plans = plan(&image(), DEFAULTS, &[one("a"), one("ok_a"), one("b"), one("c")]).unwrap();
    let leaders: Vec<_> = plans.into_iter().flatten().flat_map(|plan| plan.leaders).collect();
    assert_eq!(leaders, [NodeId(2), NodeId(1), NodeId(2)]);
}

#[test]
fn without_a_broker_the_client_tries_again() {
    let plans = plan(&image_of(&[], &[1]), DEFAULTS, &[wanted("t")]).unwrap();
    assert_eq!(plans[0].as_ref().unwrap_err().code, ErrorCode::REQUEST_TIMED_OUT);
}
