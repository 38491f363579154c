//! Ids for objects that are to be uploaded, under leases.
//!
//! A lease is the prepare of one commit. While uploads of one object follow one another, several leases
//! are asked for at once: what comes together is one write of the metadata, which may be a request to
//! the store. Those to spare are kept for the next; one that nobody needs expires as any other.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::future::join_all;
use penstock_model::command::{Command, LeaseObjects, Refused, Reply};
use penstock_model::id::{ObjectId, RequestId, Timestamp};
use tokio::time::Instant;

use crate::shared::Shared;

/// How many more leases are asked for while uploads follow one another.
const SPARE: usize = 7;

/// They do when they are this part of a lease apart: so spare ones are used long before they expire.
const APART: u32 = 32;

/// Leases of one object each that are to spare. See the module.
#[derive(Debug, Default)]
pub(crate) struct Leases(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    spare: VecDeque<ObjectId>,
    /// When the last one was taken.
    taken: Option<Instant>,
    requests: u64,
}

impl Leases {
    /// The queue is consistent between any two statements that touch it.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    /// The prepare of a commit: its objects get ids, from the one that is answered on, that nobody
    /// else gets.
    pub(crate) async fn lease(&self, objects: usize) -> Result<ObjectId, Refused> {
        if objects > 1 {
            return self.new_lease(objects).await;
        }
        let now = Instant::now();
        let last = self.leases.lock().taken.replace(now);
        if let Some(spare) = self.spare_lease() {
            return Ok(spare);
        }
        let apart = self.settings.upload.lease / APART;
        let is_busy = last.is_some_and(|last| now.saturating_duration_since(last) < apart);
        let count = if is_busy { 1 + SPARE } else { 1 };
        let answers = join_all((0..count).map(|_| self.new_lease(1))).await;
        let mut granted = Err(Refused::Empty("a lease without ids"));
        for answer in answers {
            match answer {
                Ok(id) if granted.is_ok() => self.leases.lock().spare.push_back(id),
                answer => granted = granted.or(answer),
            }
        }
        granted
    }

    /// One to spare whose time is not half over yet.
    fn spare_lease(&self) -> Option<ObjectId> {
        let image = self.metadata.image();
        let half = i64::try_from(self.settings.upload.lease.as_millis() / 2).unwrap_or(i64::MAX);
        let needed = Timestamp(self.clock.now().0.saturating_add(half));
        let mut leases = self.leases.lock();
        loop {
            let id = leases.spare.pop_front()?;
            let lease = image.lease_of(id).map(|(_, lease)| lease);
            if lease.is_some_and(|lease| !lease.expired && lease.deadline >= needed) {
                return Some(id);
            }
        }
    }

    async fn new_lease(&self, objects: usize) -> Result<ObjectId, Refused> {
        let lease = i64::try_from(self.settings.upload.lease.as_millis()).unwrap_or(i64::MAX);
        let command = Command::LeaseObjects(LeaseObjects {
            broker: self.broker,
            request: self.next_request(),
            count: u32::try_from(objects).expect("a command's size bounds the count"),
            deadline: Timestamp(self.clock.now().0.saturating_add(lease)),
        });
        match self.submit(command).await? {
            Reply::Leased(ids) => Ok(ids.start),
            reply => unreachable!("a lease is answered with {reply:?}"),
        }
    }

    /// A name for one request for ids: unique, because the broker epoch is.
    fn next_request(&self) -> RequestId {
        let number = {
            let mut leases = self.leases.lock();
            leases.requests += 1;
            leases.requests
        };
        let mut id = [0; 16];
        id[..8].copy_from_slice(&self.broker.0.to_be_bytes());
        id[8..].copy_from_slice(&number.to_be_bytes());
        RequestId(id)
    }
}
