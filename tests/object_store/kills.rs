//! `kill -9` of the server, of the store, and of both, under load: nothing acknowledged is lost,
//! nothing comes twice, nothing moves.
//!
//! Rounds of each: 3, or as many as `KILL_ROUNDS` says.

use penstock_tests::random::Random;
use penstock_tests::rounds::number_from_environment;

use crate::world::{PATIENCE, RESUMES_WITHIN, WalKind, World};

/// Acknowledged batches after which a round may end.
const BATCHES_PER_ROUND: usize = 60;

/// Who is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Killed {
    Server,
    Store,
    Both,
}

fn check(wal: WalKind, killed: Killed) -> anyhow::Result<()> {
    let rounds = number_from_environment("KILL_ROUNDS", 3)?;
    let mut world = World::start(wal, &[])?;
    let mut load = world.load()?;
    let mut random = Random::new(7);
    for _ in 0..rounds {
        let enough = BATCHES_PER_ROUND + random.below(BATCHES_PER_ROUND);
        load.run(world.server.kafka(), |progress| {
            progress.goes_on(enough, PATIENCE)?;
            if killed != Killed::Server {
                world.minio.kill();
            }
            if killed == Killed::Store {
                world.minio.start_again()?;
                return progress.all_go_on(RESUMES_WITHIN);
            }
            world.server.kill();
            Ok(())
        })?;
        if killed == Killed::Both {
            world.minio.start_again()?;
        }
        if killed != Killed::Store {
            world.server = world.setup.start()?;
        }
        load.check(&mut world.server.connect())?;
    }
    world.finish(&load)
}

mod with_a_file_wal {
    use super::*;

    #[test]
    fn the_server_is_killed() -> anyhow::Result<()> {
        check(WalKind::File, Killed::Server)
    }

    #[test]
    fn the_store_is_killed() -> anyhow::Result<()> {
        check(WalKind::File, Killed::Store)
    }

    #[test]
    fn both_are_killed() -> anyhow::Result<()> {
        check(WalKind::File, Killed::Both)
    }
}

mod with_an_object_wal {
    use super::*;

    #[test]
    fn the_server_is_killed() -> anyhow::Result<()> {
        check(WalKind::Object, Killed::Server)
    }

    #[test]
    fn the_store_is_killed() -> anyhow::Result<()> {
        check(WalKind::Object, Killed::Store)
    }

    #[test]
    fn both_are_killed() -> anyhow::Result<()> {
        check(WalKind::Object, Killed::Both)
    }
}
