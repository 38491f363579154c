//! The cluster's own topics: made when they are first needed, by whoever needs them.

use super::error_code::ErrorCode;
use super::refusal::Refusal;
use super::topic_creation::{Defaults, Wanted, create, plan};
use super::topic_name::CONSUMER_OFFSETS;
use crate::broker::Broker;

/// Makes sure that `__consumer_offsets` exists, as the settings of the offsets topic say.
///
/// # Errors
/// When the metadata does not decide now: try again.
pub(crate) async fn create_consumer_offsets(broker: &Broker) -> Result<(), Refusal> {
    let number = |key| broker.given.effective(key).and_then(|value| value.parse::<i32>().ok());
    let partitions = number("offsets.topic.num.partitions").unwrap_or(50);
    let factor = number("offsets.topic.replication.factor").unwrap_or(3);
    let segment = broker.given.effective("offsets.topic.segment.bytes").unwrap_or("104857600");
    let configs = [
        ("cleanup.policy", "compact"),
        ("compression.type", "producer"),
        ("segment.bytes", segment),
    ];
    let factor = i16::try_from(factor).unwrap_or(i16::MAX);
    create_internal_topic(broker, CONSUMER_OFFSETS, partitions, factor, &configs).await
}

/// Makes sure that a topic exists; if it does, it stays as it is.
///
/// # Errors
/// When it cannot be created, or the metadata does not decide now.
pub(crate) async fn create_internal_topic(
    broker: &Broker,
    name: &str,
    partitions: i32,
    replication_factor: i16,
    configs: &[(&str, &str)],
) -> Result<(), Refusal> {
    let image = broker.metadata.image();
    if image.topic_by_name(name).is_some() {
        return Ok(());
    }
    let configs = configs.iter().map(|(name, value)| (*name, Some(*value))).collect();
    let wanted = Wanted { partitions, replication_factor, configs, ..Wanted::by_name(name) };
    let planned = plan(&image, Defaults::of(&broker.given), &[wanted])?;
    let creation = planned.into_iter().next().expect("one topic has one plan")?;
    match create(broker, creation).await {
        // Somebody else was faster.
        Err(refusal) if refusal.code == ErrorCode::TOPIC_ALREADY_EXISTS => Ok(()),
        Err(refusal) => Err(refusal),
        Ok(_) => Ok(()),
    }
}
