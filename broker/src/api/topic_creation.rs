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

/// Plans all topics of one request, whose names differ; or says why the request fails as a whole.
pub(super) fn plan(
    image: &MetadataImage,
    defaults: Defaults,
    wanted: &[Wanted<'_>],
) -> Result<Vec<Result<Creation, Refusal>>, Refusal> {
    // What nobody may create is not counted.
    let possible = wanted.iter().filter(|wanted| check_permission(wanted.name).is_ok());
    let partitions = possible.map(|wanted| wanted.partition_count(defaults));
    if partitions.fold(0, usize::saturating_add) > PARTITIONS_MAX {
        return Err(too_many_partitions());
    }
    let mut plans: Vec<_> = wanted
        .iter()
        .map(|wanted| Ok((plan_one(image, defaults, wanted)?, wanted.partition_count(defaults))))
        .collect();
    place(image, &mut plans);
    Ok(plans.into_iter().map(|plan| plan.map(|(creation, _)| creation)).collect())
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
    check_permission(wanted.name)?;
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

fn check_permission(name: &str) -> Result<(), Refusal> {
    if topic_name::is_prohibited(name) {
        let message = format!("Creation of internal topic {name} is prohibited.");
        return Err(Refusal::new(ErrorCode::INVALID_REQUEST, message));
    }
    Ok(())
}

fn check_name(image: &MetadataImage, name: &str) -> Result<(), Refusal> {
    let invalid = |message| Refusal::new(ErrorCode::INVALID_TOPIC_EXCEPTION, message);
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
    Ok(known.map(|(setting, value)| (Arc::from(setting.name), Arc::from(value.trim()))).collect())
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

/// Draws an id that, in base64, does not begin with a dash, which tools would take for an option.
fn draw_id(broker: &Broker) -> TopicId {
    loop {
        let id = TopicId(broker.entropy.draw());
        if id.0[0] >> 2 != 62 {
            return id;
        }
    }
}

/// Creates one topic. When it returns, the image of this node has it.
pub(super) async fn create(broker: &Broker, creation: Creation) -> Result<TopicId, Refusal> {
    let Creation { name, replication_factor, leaders, configs } = creation;
    let (id, partitions) = (draw_id(broker), leaders.len());
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
mod tests;
