# `just verify` only looks; `just fix` rewrites. CI calls the same recipes.

# Everything that CI checks and that needs nothing but Rust and a C compiler.
verify: fmt-check clippy docs test

test:
    cargo test --workspace

fmt-check:
    cargo fmt --all --check

clippy:
    cargo clippy --workspace --all-targets -- -D warnings

docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items

fix:
    cargo fmt --all
    cargo clippy --workspace --all-targets --fix --allow-dirty

# The model of the write-ahead log: all its scenarios, or what is asked for; wal/model/README.md says more.
model *args:
    cargo run --release -p penstock-wal-model -- {{args}}

# The suites with outside clients, or those that are named; tests/clients/README.md says more.
clients *suites:
    tests/clients/install {{suites}}
    tests/clients/run {{suites}}

# The server on MinIO, which misbehaves; tests/object_store/run says what makes it long.
object-store *tests:
    tests/object_store/install
    tests/object_store/run {{tests}}

# Seeds of the simulation, or one of them with all its events (--seed 7); tests/sim/README.md says more.
sim *args:
    SIM_ARGS="{{args}}" cargo test -q -p penstock-tests --test sim -- --exact seeds_lose_nothing --nocapture

# Every target of every fuzz crate in turn, each for so many seconds. Needs nightly and cargo-fuzz.
fuzz seconds="600":
    #!/usr/bin/env bash
    set -euo pipefail
    for manifest in */fuzz/Cargo.toml */*/fuzz/Cargo.toml; do
        crate=${manifest%/Cargo.toml}
        targets=$(cargo fuzz list --fuzz-dir "$crate")
        for target in $targets; do
            echo "=== $crate: $target"
            cargo +nightly fuzz run --fuzz-dir "$crate" --target-dir target/fuzz "$target" -- \
                -max_total_time={{seconds}} -max_len=65536 -timeout=20 -print_final_stats=1 \
                -malloc_limit_mb=16 -rss_limit_mb=2048 ||
                { echo "$crate: $target found something; the path of the input stands above"; exit 1; }
        done
    done
