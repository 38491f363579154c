//! Finalizing features.

use crate::command::{Refused, Reply, UpdateFeatures};
use crate::image::MetadataImage;

/// The greatest level that Kafka's protocol can state.
const LEVEL_MAX: u16 = i16::MAX.unsigned_abs();

pub(super) fn update(
    image: &mut MetadataImage,
    command: &UpdateFeatures,
) -> Result<Reply, Refused> {
    let mut levels = image.features.levels.clone();
    for (name, level) in &command.levels {
        match level {
            0 => drop(levels.remove(name)),
            1..=LEVEL_MAX => drop(levels.insert(name.clone(), *level)),
            _ => return Err(Refused::Malformed("a feature's level cannot be stated")),
        }
    }
    // A command that comes twice finds its own effect.
    if levels == image.features.levels {
        return Ok(Reply::Done);
    }
    let present = image.features.epoch;
    if present != command.epoch {
        return Err(Refused::FeaturesChanged(present));
    }
    image.features.epoch = present.checked_add(1).ok_or(Refused::Exhausted("feature epochs"))?;
    image.features.levels = levels;
    Ok(Reply::Done)
}
