//! Many histories, each from a seed: what was acknowledged is there, every offset keeps its
//! meaning, nothing is out of range that is not, the metadata holds together, and in the end the
//! store holds what the metadata refers to and nothing else.

use penstock_s3stream::Settings;

use crate::history::{History, Seen};
use crate::world::tiny;

/// A seed that fails can be replayed alone: `PENSTOCK_SEED=7 cargo test -p penstock-s3stream`.
fn seeds(count: u64) -> std::ops::Range<u64> {
    match std::env::var("PENSTOCK_SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) => seed..seed + 1,
        None => 0..count,
    }
}

fn run(seed: u64, settings: Settings, streams: usize, steps: usize) -> Seen {
    println!("seed {seed}");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut history = History::new(seed, settings, streams).await;
        for _ in 0..steps {
            history.step().await;
        }
        history.heal().await
    })
}

#[test]
fn random_histories_with_tiny_budgets() {
    let (seeds, mut merges) = (seeds(60), 0);
    let mut idle = [0; 7];
    for seed in seeds.clone() {
        let mut settings = tiny();
        settings.compaction.large_max = 0;
        if seed % 2 == 1 {
            // Room for a page of small batches: then most reads of the tail are from memory.
            settings.memory.log_cache = 320 << 10;
        }
        let seen = run(seed, settings, 3, 120);
        let counts = [
            seen.uploads,
            seen.log_cache_hits,
            seen.wal_reads,
            seen.object_reads,
            seen.deleted_objects,
            seen.compactions,
            // Every other two histories compact their logs.
            if seed % 4 >= 2 { seen.cleanings } else { 1 },
        ];
        merges += seen.merges;
        idle.iter_mut().zip(counts).for_each(|(idle, count)| *idle += u64::from(count == 0));
    }
    assert!(
        idle.iter().all(|idle| *idle < 20),
        "too little happens in too many histories: {idle:?}"
    );
    assert!(merges > 0 || seeds.count() == 1, "no history has merged");
}

#[test]
fn random_histories_of_many_streams() {
    for seed in seeds(8) {
        run(seed, tiny(), 30, 150);
    }
}

#[test]
fn random_histories_with_everything_in_memory() {
    for seed in seeds(15) {
        run(seed, Settings::default(), 2, 120);
    }
}
