//! Folders of logs: what is in them, and moves between them.

use penstock_wire::ApiKey;
use serde_json::{Value, json};

use super::administration::topics;
use super::world::{World, answer};

pub(super) fn describe(world: &mut World) {
    ask_for_folders(world);
}

fn ask_for_folders(world: &mut World) -> u64 {
    let version = world.version(ApiKey::DescribeLogDirs);
    let topics = match world.one_in(6) {
        true => Value::Null,
        false => Value::from(topics(world, "topic", "partitions")),
    };
    world.ask(ApiKey::DescribeLogDirs, version, json!({ "topics": topics }))
}

/// To where they are, or to where nothing is: there is one folder.
pub(super) fn alter(world: &mut World) {
    let told = ask_for_folders(world);
    let version = world.version(ApiKey::AlterReplicaLogDirs);
    let own = answer(told, "results.0.log_dir", "/");
    let dirs: Vec<Value> = (0..world.mostly(&[1], &[0, 2]))
        .map(|_| {
            let path = world.mostly(
                std::slice::from_ref(&own),
                &[json!("/no/such/folder"), json!("relative"), json!("")],
            );
            json!({ "path": path, "topics": topics(world, "name", "partitions") })
        })
        .collect();
    world.ask(ApiKey::AlterReplicaLogDirs, version, json!({ "dirs": dirs }));
}
