//! `kill -9` under load: nothing acknowledged is lost, nothing comes twice, order and offsets stay.
//!
//! Rounds: 4, or as many as `KILL_NINE_ROUNDS` says.

use std::time::Duration;

use penstock_tests::load::Load;
use penstock_tests::random::Random;
use penstock_tests::rounds::number_from_environment;
use penstock_tests::server::Setup;

/// Acknowledged batches after which a round may end.
const BATCHES_PER_ROUND: usize = 150;
/// The longest that they may take.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn nothing_acknowledged_is_lost_and_nothing_comes_twice() -> anyhow::Result<()> {
    let rounds = number_from_environment("KILL_NINE_ROUNDS", 4)?;
    let folder = tempfile::tempdir()?;
    // Small uploads, so that a kill meets every step of them too.
    let setup = Setup::new(env!("CARGO_BIN_EXE_penstock-under-test"), folder.path())
        .with("num.partitions=3")
        .with("upload.bytes.max=500000");
    let mut server = setup.start()?;
    let mut load = Load::new(&mut server.connect(), "load", 2_000)?;
    let mut random = Random::new(7);
    for _ in 0..rounds {
        let enough = BATCHES_PER_ROUND + random.below(BATCHES_PER_ROUND);
        load.run(server.kafka(), |progress| {
            let goes_on = progress.goes_on(enough, PATIENCE);
            server.kill();
            goes_on
        })?;
        server = setup.start()?;
        load.check(&mut server.connect())?;
    }
    Ok(())
}
