//! How many connections there may be, in all and from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// See the module.
#[derive(Clone, Debug)]
pub struct ConnectionLimits {
    total: Arc<Semaphore>,
    per_address: Arc<PerAddress>,
}

#[derive(Debug)]
struct PerAddress {
    max: usize,
    overrides: HashMap<IpAddr, usize>,
    /// Guards the counts; an address without connections has no entry.
    counts: Mutex<HashMap<IpAddr, usize>>,
}

/// The right to have a connection, given back when dropped.
#[derive(Debug)]
pub struct ConnectionPermit {
    _total: OwnedSemaphorePermit,
    per_address: Arc<PerAddress>,
    address: IpAddr,
}

impl ConnectionLimits {
    /// At most `total`, and `per_address` from each address but those of `overrides`.
    #[must_use]
    pub fn new(total: usize, per_address: usize, overrides: HashMap<IpAddr, usize>) -> Self {
        Self {
            total: Arc::new(Semaphore::new(total.min(Semaphore::MAX_PERMITS))),
            per_address: Arc::new(PerAddress {
                max: per_address,
                overrides,
                counts: Mutex::default(),
            }),
        }
    }

    /// Waits until there is room for one more connection of whichever address.
    ///
    /// # Panics
    /// Never: the limit is not closed while someone holds it.
    pub async fn room(&self) -> OwnedSemaphorePermit {
        let permit = Arc::clone(&self.total).acquire_owned().await;
        permit.expect("the connection limit is never closed")
    }

    /// Uses `room` for a connection from `address`, or `None` when that has its share.
    #[must_use]
    pub fn admit(&self, room: OwnedSemaphorePermit, address: IpAddr) -> Option<ConnectionPermit> {
        let address = address.to_canonical();
        let per_address = &self.per_address;
        let max = per_address.overrides.get(&address).copied().unwrap_or(per_address.max);
        let mut counts = per_address.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.get(&address).copied().unwrap_or(0);
        if count >= max {
            return None;
        }
        counts.insert(address, count + 1);
        drop(counts);
        Some(ConnectionPermit { _total: room, per_address: Arc::clone(per_address), address })
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let counts = &self.per_address.counts;
        let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.get(&self.address).copied().unwrap_or(0);
        assert!(count > 0, "a connection is counted as long as it lives");
        if count == 1 {
            counts.remove(&self.address);
        } else {
            counts.insert(self.address, count - 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn connections_are_counted_in_all_and_by_address() {
        let one: IpAddr = "10.0.0.1".parse().unwrap();
        let mapped: IpAddr = "::ffff:10.0.0.1".parse().unwrap();
        let other: IpAddr = "10.0.0.2".parse().unwrap();
        let limits = ConnectionLimits::new(3, 1, HashMap::from([(other, 2)]));
        let first = limits.admit(limits.room().await, one);
        assert!(first.is_some());
        assert!(limits.admit(limits.room().await, mapped).is_none(), "the same client by IPv6");
        let second = limits.admit(limits.room().await, other);
        let third = limits.admit(limits.room().await, other);
        assert!(second.is_some() && third.is_some());
        assert!(limits.room().now_or_never().is_none(), "three is the limit");
        drop(first);
        let again = limits.admit(limits.room().await, one);
        assert!(again.is_some(), "room was given back");
        drop((second, third, again));
        assert!(limits.per_address.counts.lock().unwrap().is_empty());
    }
}
