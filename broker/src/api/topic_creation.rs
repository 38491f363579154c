//! Creating topics: what is wanted is judged and completed, given leaders, and submitted.
//!
//! ```text
//!   Wanted ─► plan (names, numbers, assignments, settings, leaders) ─► Creation ─► create
//! ```
//!
//! Planning knows an image and nothing else; two plans may want one name, and the metadata
//! decides which is first.

use std::collections::BTreeMap;
use std::sync::Arc;

use penstock_model::command::{Command, CreateTopic};
use penstock_model::id::{NodeId, TopicId};
use penstock_model::image::MetadataImage;
use penstock_model::placement::place_leaders;

use super::config_value::canonical;
use super::error_code::ErrorCode;
use super::refusal::Refusal;
use super::{replica_assignment, topic_name};
use crate::broker::Broker;
use crate::config::{Given, topic};

/// Partitions that one request may create (Kafka's limit).
pub(super) const PARTITIONS_MAX: usize = 10_000;

/// "As the broker's settings say", in place of a number.
const DEFAULT: i32 = -1;

/// A topic as a client wants it.
#[derive(Clone, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) name: &'a str,
    /// -1 for the default, or for what the assignments say.
    pub(super) partitions: i32,
    /// -1 for the default, or for what the assignments say.
    pub(super) replication_factor: i16,
    /// Partitions with their brokers; none leaves the choice to us.
    pub(super) assignments: Vec<(i32, &'a [i32])>,
    pub(super) configs: Vec<(&'a str, Option<&'a str>)>,
}

impl<'a> Wanted<'a> {
    /// A topic of which nothing is known but its name.
    pub(super) fn by_name(name: &'a str) -> Self {
        Self {
            name,
            partitions: DEFAULT,
            replication_factor: -1,
            assignments: Vec::new(),
            configs: Vec::new(),
        }
    }

    fn partition_count(&self, defaults: Defaults) -> usize {
        if !self.assignments.is_empty() {
            return self.assignments.len();
        }
        match self.partitions {
            DEFAULT => defaults.partitions,
            partitions => usize::try_from(partitions).unwrap_or(0),
        }
    }
}

/// What a topic gets of which nobody says a number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Defaults {
    pub(super) partitions: usize,
    pub(super) replication_factor: i16,
}

impl Defaults {
    /// By `num.partitions` and `default.replication.factor`.
    pub(super) fn of(given: &Given) -> Self {
        let number = |key| given.effective(key).and_then(|value| value.parse::<i32>().ok());
        let partitions = number("num.partitions").and_then(|number| usize::try_from(number).ok());
        let factor = number("default.replication.factor");
        Self {
            partitions: partitions.unwrap_or(1),
            replication_factor: factor.map_or(1, |f| i16::try_from(f).unwrap_or(i16::MAX)),
        }
    }
}

/// A topic as it can be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Creation {
    pub(super) name: Arc<str>,
    pub(super) replication_factor: i16,
    /// By partition.
    pub(super) leaders: Vec<NodeId>,
    pub(super) configs: BTreeMap<Arc<str>, Arc<str>>,
}

/// Plans all topics of one request, whose names differ.
pub(super) fn plan(
    image: &MetadataImage,
    defaults: Defaults,
    wanted: &[Wanted<'_>],
) -> Vec<Result<Creation, Refusal>> {
    let partitions = wanted.iter().map(|wanted| wanted.partition_count(defaults));
    if partitions.fold(0, usize::saturating_add) > PARTITIONS_MAX {
        return wanted.iter().map(|_| Err(too_many_partitions())).collect();
    }
    let mut plans: Vec<_> = wanted
        .iter()
        .map(|wanted| Ok((plan_one(image, defaults, wanted)?, wanted.partition_count(defaults))))
        .collect();
    place(image, &mut plans);
    plans.into_iter().map(|plan| plan.map(|(creation, _)| creation)).collect()
}

/// The answer to requests for more than [`PARTITIONS_MAX`].
pub(super) fn too_many_partitions() -> Refusal {
    let message = "Excessively large number of partitions per request.";
    Refusal::new(ErrorCode::POLICY_VIOLATION, message)
}

/// Plans one topic; it has leaders only if they were assigned.
fn plan_one(
    image: &MetadataImage,
    defaults: Defaults,
    wanted: &Wanted<'_>,
) -> Result<Creation, Refusal> {
    check_name(image, wanted.name)?;
    if !wanted.assignments.is_empty() {
        let both = |what: &str| {
            let message = format!(
                "A manual partition assignment was specified, but {what} was not set to -1."
            );
            Refusal::new(ErrorCode::INVALID_REQUEST, message)
        };
        if wanted.replication_factor != -1 {
            return Err(both("replication factor"));
        }
        if wanted.partitions != DEFAULT {
            return Err(both("numPartitions"));
        }
    }
    let configs = check_configs(&wanted.configs)?;
    let mut creation = Creation {
        name: Arc::from(wanted.name),
        replication_factor: wanted.replication_factor,
        leaders: Vec::new(),
        configs,
    };
    if !wanted.assignments.is_empty() {
        let assigned = replica_assignment::of_topic(image, &wanted.assignments)?;
        creation.leaders = assigned.leaders;
        creation.replication_factor =
            i16::try_from(assigned.replication_factor).unwrap_or(i16::MAX);
        return Ok(creation);
    }
    match wanted.replication_factor {
        -1 => creation.replication_factor = defaults.replication_factor,
        // More than there are brokers is fine, other than in Kafka: the number is shown, and
        // durability is the store's.
        1.. => {}
        _ => {
            let message =
                "Replication factor must be larger than 0, or -1 to use the default value.";
            return Err(Refusal::new(ErrorCode::INVALID_REPLICATION_FACTOR, message));
        }
    }
    if wanted.partition_count(defaults) == 0 {
        let message = "Number of partitions was set to an invalid non-positive value.";
        return Err(Refusal::new(ErrorCode::INVALID_PARTITIONS, message));
    }
    Ok(creation)
}

fn check_name(image: &MetadataImage, name: &str) -> Result<(), Refusal> {
    let invalid = |message| Refusal::new(ErrorCode::INVALID_TOPIC_EXCEPTION, message);
    if topic_name::is_prohibited(name) {
        let message = format!("Creation of internal topic {name} is prohibited.");
        return Err(Refusal::new(ErrorCode::INVALID_REQUEST, message));
    }
    topic_name::check(name).map_err(|error| invalid(error.to_string()))?;
    if image.topic_by_name(name).is_some() {
        let message = format!("Topic '{name}' already exists.");
        return Err(Refusal::new(ErrorCode::TOPIC_ALREADY_EXISTS, message));
    }
    match topic_name::colliding(image, name) {
        Some(present) => {
            Err(invalid(format!("Topic '{name}' collides with existing topic: {present}")))
        }
        None => Ok(()),
    }
}

fn check_configs(
    configs: &[(&str, Option<&str>)],
) -> Result<BTreeMap<Arc<str>, Arc<str>>, Refusal> {
    let invalid = |message| Refusal::new(ErrorCode::INVALID_CONFIG, message);
    let nulls = configs.iter().filter(|(_, value)| value.is_none()).map(|(name, _)| *name);
    let nulls: Vec<&str> = nulls.collect();
    if !nulls.is_empty() {
        let message = format!("Null value not supported for topic configs: {}", nulls.join(","));
        return Err(invalid(message));
    }
    // Of a key that is given twice the last one counts, as in Kafka.
    let given: BTreeMap<&str, &str> =
        configs.iter().filter_map(|(name, value)| Some((*name, (*value)?))).collect();
    topic::check(given.iter().map(|(name, value)| (*name, *value)))
        .map_err(|error| invalid(error.message))?;
    let known = given.iter().filter_map(|(name, value)| Some((topic::find(name)?, *value)));
    Ok(known
        .map(|(setting, value)| (Arc::from(setting.name), Arc::from(canonical(setting, value))))
        .collect())
}

/// Spreads the partitions of all topics that have no leaders yet, as if they were one topic: one
/// request does not put everything where least was before.
fn place(image: &MetadataImage, plans: &mut [Result<(Creation, usize), Refusal>]) {
    let missing = |creation: &Creation, count: usize| count - creation.leaders.len();
    let total = plans.iter().flatten().map(|(creation, count)| missing(creation, *count)).sum();
    if total == 0 {
        return;
    }
    let placed = place_leaders(image, total);
    let mut leaders = placed.iter().flatten().copied();
    for plan in plans {
        let Ok((creation, count)) = plan else { continue };
        let missing = missing(creation, *count);
        if let (Err(error), 1..) = (&placed, missing) {
            *plan = Err(Refusal::new(ErrorCode::REQUEST_TIMED_OUT, error.to_string()));
        } else {
            creation.leaders.extend(leaders.by_ref().take(missing));
        }
    }
}

/// Creates one topic. When it returns, the image of this node has it.
pub(super) async fn create(broker: &Broker, creation: Creation) -> Result<TopicId, Refusal> {
    let Creation { name, replication_factor, leaders, configs } = creation;
    let (id, partitions) = (TopicId(broker.entropy.draw()), leaders.len());
    let command = CreateTopic {
        id,
        name: Arc::clone(&name),
        replication_factor,
        leaders,
        configs: configs.into_iter().collect(),
    };
    broker.metadata.submit(Command::CreateTopic(command)).await?.result?;
    tracing::info!(topic = %name, %id, partitions, "topic created");
    Ok(id)
}

#[cfg(test)]
mod tests {
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
        plan(&image(), DEFAULTS, std::slice::from_ref(wanted)).remove(0)
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
        assert_eq!(configs, [("cleanup.policy", "compact,delete"), ("retention.ms", "2")]);
    }

    #[test]
    fn too_many_partitions_refuse_the_whole_request() {
        let many = |name, partitions| Wanted { partitions, ..wanted(name) };
        let plans = plan(&image(), DEFAULTS, &[many("a", 6000), many("b", 4001), many("!", -1)]);
        assert_eq!(plans, vec![Err(too_many_partitions()); 3]);
        let plans = plan(&image(), DEFAULTS, &[many("a", i32::MAX), many("b", i32::MAX)]);
        assert_eq!(plans, vec![Err(too_many_partitions()); 2]);
        let plans = plan(&image(), DEFAULTS, &[many("a", 6000), many("b", 4000)]);
        assert!(plans.iter().all(Result::is_ok));
    }

    #[test]
    fn topics_of_one_request_are_spread_together() {
        let one = |name| Wanted { partitions: 1, ..wanted(name) };
        let plans = plan(&image(), DEFAULTS, &[one("a"), one("ok_a"), one("b"), one("c")]);
        let leaders: Vec<_> = plans.into_iter().flatten().flat_map(|plan| plan.leaders).collect();
        assert_eq!(leaders, [NodeId(2), NodeId(1), NodeId(2)]);
    }

    #[test]
    fn without_a_broker_the_client_tries_again() {
        let plans = plan(&image_of(&[], &[1]), DEFAULTS, &[wanted("t")]);
        assert_eq!(plans[0].as_ref().unwrap_err().code, ErrorCode::REQUEST_TIMED_OUT);
    }
}
