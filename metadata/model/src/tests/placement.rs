//! Where new partitions go.

use super::world::World;
use crate::command::Command;
use crate::id::BrokerEpoch;
use crate::placement::{NoActiveBroker, place_leaders};

#[track_caller]
fn check(world: &World, count: usize, expected: &[i32]) {
    let leaders = place_leaders(&world.image, count).unwrap();
    assert_eq!(leaders.iter().map(|node| node.0).collect::<Vec<_>>(), expected);
}

#[test]
fn leaders_are_spread_from_the_least_loaded_on() {
    let mut world = World::default();
    assert_eq!(place_leaders(&world.image, 1), Err(NoActiveBroker));
    for node in [3, 1, 2] {
        world.register(node, 1);
    }
    check(&world, 4, &[1, 2, 3, 1]);
    world.create(1, "topic", 1).unwrap();
    check(&world, 4, &[2, 3, 1, 2]);
    world.run(&Command::FenceBroker(BrokerEpoch(1))).unwrap();
    check(&world, 3, &[2, 1, 2]);
    check(&world, 0, &[]);
}
