//! `image + command → image' + outcome`: the one place where metadata changes.
//!
//! Total: every command gets an outcome on every image, a malformed one is refused. Pure: the
//! outcome depends on the image and the command alone. A refused command changes nothing but the
//! image's index.

mod broker;
mod commit;
mod features;
mod replace;
mod storage;
mod topic;

use std::sync::Arc;

use crate::command::{AlterConfigs, Command, ConfigResource, Outcome, Refused, Reply};
use crate::id::{ClusterId, LogIndex, Offset};
use crate::image::{MetadataImage, Settings};

/// The level of behaviour that a new cluster starts with. What a command means is fixed for each
/// level; new behaviour takes the next one, so that old logs replay to the images they gave.
pub const FEATURE_LEVEL: u32 = 1;

/// The greatest offset that Kafka's protocol can state.
const OFFSET_MAX: Offset = Offset(i64::MAX.unsigned_abs());

/// Applies the command that the log holds at `index`.
///
/// # Panics
/// When the image includes `index` already: a log is applied in order, each entry once.
pub fn apply(image: &mut MetadataImage, index: LogIndex, command: &Command) -> Outcome {
    assert!(index > image.index, "index {index} applied to an image at {}", image.index);
    // A copy is cheap, and dropping it undoes whatever a command did before it was refused.
    let mut next = image.clone();
    let result = decide(&mut next, command);
    if result.is_ok() {
        *image = next;
    }
    image.index = index;
    Outcome { index, result }
}

fn decide(image: &mut MetadataImage, command: &Command) -> Result<Reply, Refused> {
    match command {
        Command::Format(cluster) => format(image, *cluster),
        Command::RegisterBroker(command) => broker::register(image, command),
        Command::FenceBroker(epoch) => broker::fence_epoch(image, *epoch),
        Command::InheritWal(command) => broker::inherit(image, command),
        Command::CreateTopic(command) => topic::create(image, command),
        Command::DeleteTopic(command) => topic::delete(image, command),
        Command::CreatePartitions(command) => topic::create_partitions(image, command),
        Command::AlterConfigs(command) => alter_configs(image, command),
        Command::UpdateFeatures(command) => features::update(image, command),
        Command::LeaseObjects(command) => storage::lease(image, command),
        Command::CommitUpload(command) => commit::upload(image, command),
        Command::ReplaceRanges(command) => replace::ranges(image, command),
        Command::AdvanceFirstDirty(command) => replace::advance_first_dirty(image, command),
        Command::ExpireLeases { leases, now } => storage::expire_leases(image, leases, *now),
        Command::ForgetLeases(leases) => storage::forget_leases(image, leases),
        Command::TrimStreams(command) => storage::trim(image, command),
        Command::ForgetObjects(objects) => storage::forget(image, objects),
        Command::AllocateProducerIds { broker, request, count } => {
            broker::allocate_producer_ids(image, *broker, *request, *count)
        }
    }
}

fn format(image: &mut MetadataImage, cluster: ClusterId) -> Result<Reply, Refused> {
    match image.cluster {
        Some(present) if present != cluster => Err(Refused::OtherCluster(present)),
        Some(_) => Ok(Reply::Done),
        None => {
            image.cluster = Some(cluster);
            image.feature_level = FEATURE_LEVEL;
            Ok(Reply::Done)
        }
    }
}

fn alter_configs(image: &mut MetadataImage, command: &AlterConfigs) -> Result<Reply, Refused> {
    if let ConfigResource::Topic(id) = command.resource
        && image.topic(id).is_none()
    {
        return Err(Refused::UnknownTopic(id));
    }
    let present = image.configs.get(&command.resource).cloned().unwrap_or_default();
    let mut settings = present.clone();
    for (key, value) in &command.changes {
        match value {
            Some(value) => settings.insert(Arc::clone(key), Arc::clone(value)),
            None => settings.remove(key),
        };
    }
    // A command that comes twice finds its own effect.
    if settings == present {
        return Ok(Reply::Done);
    }
    if let Some(expected) = &command.relies_on {
        let holds = |(key, value): &(Arc<str>, Arc<str>)| present.get(key) == Some(value);
        if present.len() != expected.len() || !expected.iter().all(holds) {
            return Err(Refused::SettingsChanged);
        }
    }
    set_configs(image, command.resource.clone(), settings);
    Ok(Reply::Done)
}

/// A resource without settings has no entry.
fn set_configs(image: &mut MetadataImage, resource: ConfigResource, settings: Settings) {
    if settings.is_empty() {
        image.configs.remove(&resource);
    } else {
        image.configs.insert(resource, settings);
    }
}
