//! Every fault of the proxy under load, alone and all together: the server does not end, loses
//! nothing, keeps within its memory, and resumes by itself once the fault is gone.
//!
//! Each for 2 s, or as long as `STORE_FAULT_SECONDS` says.

use std::time::Duration;

use anyhow::{Context, ensure};
use penstock_tests::fault_proxy::{Fault, Plan};
use penstock_tests::figures::metric;
use penstock_tests::memory::{peak_resident_bytes, resident_bytes};
use penstock_tests::producer::fetch;
use penstock_tests::rounds::number_from_environment;
use tokio::time::Instant;

use crate::world::{PATIENCE, RESUMES_WITHIN, WalKind, World};

/// The smallest that is allowed.
const BUDGET_BYTES: u64 = 64 << 20;
/// What the budget does not count: see `heavy_load`, whose figure this is; and what the store's
/// client keeps for each of a hundred connections.
const OVERHEAD_BYTES: u64 = 16 << 20;

const MILLIS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

/// Faults, each with how many of a thousand requests it meets when it is alone.
const FAULTS: [(Fault, usize); 9] = [
    (Fault::Late { typical: MILLIS.saturating_mul(50), tail: SECOND }, 1_000),
    (Fault::Unavailable, 500),
    (Fault::SlowDown, 500),
    (Fault::AnswerWithheld, 200),
    (Fault::ResetBefore, 400),
    (Fault::ResetAfter, 400),
    (Fault::AnswerHangs, 200),
    (Fault::AnswerCut, 400),
    (Fault::Repeated { after: SECOND }, 500),
];

fn check(wal: WalKind) -> anyhow::Result<()> {
    let duration = Duration::from_secs(number_from_environment("STORE_FAULT_SECONDS", 2)?);
    let world = World::start(wal, &[&format!("memory.budget.bytes={BUDGET_BYTES}")])?;
    let mut load = world.load()?;
    let before = resident_bytes(world.server.id())?;
    // Repetitions of the last plan arrive long after it.
    let mixed = FAULTS.iter().fold(Plan::default(), |plan, (fault, _)| plan.with(*fault, 40));
    let alone = FAULTS.iter().map(|(fault, odds)| Plan::default().with(*fault, *odds));
    for plan in alone.chain([mixed]) {
        let met = world.proxy.faults_met();
        load.run(world.server.kafka(), |progress| {
            world.proxy.set(plan.clone());
            let begun = Instant::now();
            while begun.elapsed() < duration || world.proxy.faults_met() == met {
                ensure!(begun.elapsed() < duration + PATIENCE, "the store is not asked");
                read_what_is_old(&world);
            }
            world.proxy.set(Plan::default());
            progress.all_go_on(RESUMES_WITHIN)
        })
        .with_context(|| format!("{plan:?}"))?;
        let used = metric(world.server.admin(), "penstock_memory_bytes")?;
        ensure!(used <= BUDGET_BYTES as f64, "{used} bytes of memory used under {plan:?}");
    }
    let (peak, bound) =
        (peak_resident_bytes(world.server.id())?, before + BUDGET_BYTES + OVERHEAD_BYTES);
    println!(
        "{} faults met, {} MiB before, peak {} MiB",
        world.proxy.faults_met(),
        before >> 20,
        peak >> 20
    );
    ensure!(peak <= bound, "{} MiB resident, more than {}", peak >> 20, bound >> 20);
    world.finish(&load)
}

/// So that the store is read too. It may be refused: a reader that waits for long is.
fn read_what_is_old(world: &World) {
    let _ = fetch(&mut world.server.connect(), "load", 0, 0, 200);
}

#[test]
fn every_fault_is_outlived_with_a_file_wal() -> anyhow::Result<()> {
    check(WalKind::File)
}

#[test]
fn every_fault_is_outlived_with_an_object_wal() -> anyhow::Result<()> {
    check(WalKind::Object)
}
