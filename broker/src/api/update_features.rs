//! `UpdateFeatures` (57): finalizes levels of features, for all brokers and for good (KIP-584).

use std::sync::Arc;

use penstock_model::command::{Command, Refused, UpdateFeatures};
use penstock_model::image::Features;
use penstock_wire::WireString;
use penstock_wire::update_features_request::{FeatureUpdateKey, UpdateFeaturesRequest};
use penstock_wire::update_features_response::{UpdatableFeatureResult, UpdateFeaturesResponse};

use super::RequestContext;
use super::error_code::ErrorCode;
use super::refusal::Refusal;
use crate::broker::Broker;
use crate::features;

/// Each try that fails is a change that somebody else has made.
const TRIES_MAX: usize = 100;

/// From this version on a success names no feature.
const WITHOUT_RESULTS: i16 = 2;

/// The level of what voters of the metadata can do.
const KRAFT_VERSION: &str = "kraft.version";

/// Which way a level may go, by Kafka's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Up,
    SafelyDown,
    Down,
}

pub(super) async fn handle(
    broker: &Broker,
    context: &RequestContext,
    request: &UpdateFeaturesRequest,
) -> UpdateFeaturesResponse {
    if let Err(refusal) = update(broker, context, request).await {
        return UpdateFeaturesResponse {
            error_code: refusal.code.0,
            error_message: refusal.wire_message(),
            ..UpdateFeaturesResponse::default()
        };
    }
    let done = |update: &FeatureUpdateKey| UpdatableFeatureResult {
        feature: update.feature.clone(),
        error_code: ErrorCode::NONE.0,
        error_message: Some(WireString::from("NONE")),
    };
    let results = if context.api_version < WITHOUT_RESULTS {
        request.feature_updates.iter().map(done).collect()
    } else {
        Vec::new()
    };
    UpdateFeaturesResponse { error_message: None, results, ..UpdateFeaturesResponse::default() }
}

async fn update(
    broker: &Broker,
    context: &RequestContext,
    request: &UpdateFeaturesRequest,
) -> Result<(), Refusal> {
    for _ in 0..TRIES_MAX {
        let image = broker.metadata.image();
        let command = plan(image.features(), broker.node.0, context.api_version, request)?;
        if request.validate_only || command.levels.is_empty() {
            return Ok(());
        }
        match broker.metadata.submit(Command::UpdateFeatures(command)).await?.result {
            Ok(_) => {
                let epoch = broker.metadata.image().features().epoch();
                tracing::info!(epoch, "features finalized");
                return Ok(());
            }
            Err(Refused::FeaturesChanged(_)) => {}
            Err(refused) => return Err(refused.into()),
        }
    }
    let message = "The features change faster than they can be looked at. Ask again.";
    Err(Refusal::new(ErrorCode::REQUEST_TIMED_OUT, message))
}

/// All of it, or the first reason why not.
fn plan(
    present: &Features,
    node: i32,
    version: i16,
    request: &UpdateFeaturesRequest,
) -> Result<UpdateFeatures, Refusal> {
    let mut levels: Vec<(Arc<str>, u16)> = Vec::new();
    for update in &request.feature_updates {
        let name = update.feature.as_str();
        let level = judge(present.level(name), node, direction(version, update), update)?;
        levels.push((Arc::from(name), level));
    }
    Ok(UpdateFeatures { epoch: present.epoch(), levels })
}

/// Before version 1 there was a flag instead.
fn direction(version: i16, update: &FeatureUpdateKey) -> Option<Direction> {
    match (version, update.upgrade_type) {
        (0, _) if update.allow_downgrade => Some(Direction::SafelyDown),
        (0, _) | (_, 1) => Some(Direction::Up),
        (_, 2) => Some(Direction::SafelyDown),
        (_, 3) => Some(Direction::Down),
        _ => None,
    }
}

/// The level that a feature may have next.
fn judge(
    present: u16,
    node: i32,
    direction: Option<Direction>,
    update: &FeatureUpdateKey,
) -> Result<u16, Refusal> {
    let (name, level) = (update.feature.as_str(), update.max_version_level);
    let wrong = |reason: &str| {
        refused(&format!("Invalid update version {level} for feature {name}. {reason}"))
    };
    let direction = direction
        .ok_or_else(|| wrong("The controller does not support the given upgrade type."))?;
    let level =
        u16::try_from(level).map_err(|_| wrong("A feature version cannot be less than 0."))?;
    // Voters that change at run time are not there yet, which is level 0 of it.
    if (name, level) == (KRAFT_VERSION, 0) {
        return Ok(level);
    }
    let Some(feature) = features::find(name) else {
        return Err(wrong(&match level {
            // Level 0 of it is what every controller supports.
            0 => format!("Feature {name} not found."),
            _ => format!("Local controller {node} does not support this feature."),
        }));
    };
    if !feature.levels.contains(&level) {
        let (least, greatest) = (feature.levels.start(), feature.levels.end());
        let supported = format!("{least}-{greatest}");
        return Err(wrong(&format!("Local controller {node} only supports versions {supported}")));
    }
    if level >= present {
        return Ok(level);
    }
    let loss = match direction {
        Direction::Up => {
            return Err(wrong(
                "Can't downgrade the version of this feature without setting the upgrade type to \
                 either safe or unsafe downgrade.",
            ));
        }
        Direction::SafelyDown => {
            "Refusing to perform the requested downgrade because it might delete metadata \
             information."
        }
        Direction::Down => "Unsafe metadata downgrade is not supported in this version.",
    };
    Err(refused(&format!("Unsupported {name} downgrade from {present} to {level}. {loss}")))
}

fn refused(reason: &str) -> Refusal {
    let message = format!(
        "The update failed for all features since the following feature had an error: {reason}"
    );
    Refusal::new(ErrorCode::INVALID_UPDATE_VERSION, message)
}
