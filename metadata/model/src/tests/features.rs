//! Finalized features and their epoch.

use std::sync::Arc;

use super::world::World;
use crate::command::{Command, Refused, Reply, UpdateFeatures};

fn update(epoch: u64, levels: &[(&str, u16)]) -> Command {
    let levels = levels.iter().map(|(name, level)| (Arc::from(*name), *level)).collect();
    Command::UpdateFeatures(UpdateFeatures { epoch, levels })
}

fn shown(world: &World) -> String {
    let features = world.image.features();
    let levels = features.levels().map(|(name, level)| format!(" {name}={level}"));
    format!("{}:{}", features.epoch(), levels.collect::<String>())
}

#[test]
fn the_epoch_grows_with_each_change_and_only_then() {
    let mut world = World::default();
    let mut check = |command: Command, outcome, expect: &str| {
        assert_eq!(world.run(&command), outcome, "{command:?}");
        assert_eq!(shown(&world), expect, "{command:?}");
    };
    check(update(0, &[]), Ok(Reply::Done), "0:");
    check(update(0, &[("a", 0)]), Ok(Reply::Done), "0:");
    check(update(0, &[("a", 2), ("b", 1)]), Ok(Reply::Done), "1: a=2 b=1");
    // Again, and a part of it, whatever epoch it was worked out from.
    check(update(0, &[("a", 2), ("b", 1)]), Ok(Reply::Done), "1: a=2 b=1");
    check(update(9, &[("b", 1)]), Ok(Reply::Done), "1: a=2 b=1");
    check(update(0, &[("b", 2)]), Err(Refused::FeaturesChanged(1)), "1: a=2 b=1");
    check(update(1, &[("a", 1), ("b", 0)]), Ok(Reply::Done), "2: a=1");
    let stated = Refused::Malformed("a feature's level cannot be stated");
    check(update(2, &[("c", 1), ("a", 0x8000)]), Err(stated), "2: a=1");
    check(update(2, &[("a", 0x7fff)]), Ok(Reply::Done), "3: a=32767");
}

#[test]
fn epochs_run_out_before_they_begin_again() {
    let mut world = World::default();
    world.image.features.epoch = u64::MAX;
    let exhausted = Err(Refused::Exhausted("feature epochs"));
    assert_eq!(world.run(&update(u64::MAX, &[("a", 1)])), exhausted);
}
