//! What one request asks of many groups is asked of some of them at a time: they wait for the same
//! loads, and for the same syncs of the log.

use std::future::Future;

use futures::{StreamExt, stream};

/// So many share one wait.
const AT_ONCE: usize = 100;

/// What is answered of each, by their index and in that order.
pub(super) async fn side_by_side<F: Future>(
    count: usize,
    ask: impl FnMut(usize) -> F,
) -> Vec<F::Output> {
    stream::iter(0..count).map(ask).buffered(AT_ONCE).collect().await
}
