//! Rules about finalized features.

use super::{Violation, require};
use crate::image::MetadataImage;

pub(super) fn check_features(image: &MetadataImage) -> Result<(), Violation> {
    let features = image.features();
    for (name, level) in features.levels() {
        let stated = i16::try_from(level).is_ok_and(|level| level > 0);
        require(stated, "a level is from 1 on, and clients can be told", || {
            format!("feature {name}")
        })?;
    }
    let changed = features.epoch() > 0 || features.levels().next().is_none();
    require(changed, "finalized features have an epoch", || "features".into())
}
