//! How long a test takes: a short form by default, a long one from the environment.

use anyhow::Context;

/// The number in a variable of the environment, or the default.
///
/// # Errors
/// When there is something else in it.
pub fn number_from_environment(name: &str, default: u64) -> anyhow::Result<u64> {
    match std::env::var(name) {
        Ok(number) => number.parse().with_context(|| format!("{name} is a number")),
        Err(_) => Ok(default),
    }
}
