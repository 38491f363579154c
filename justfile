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

# Client suites: each installs or names what it needs, and fails when that is missing.
clients:
    tests/clients/run
