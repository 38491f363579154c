//! Controllers of one process, connected without a network: for tests, and for a node that is
//! alone.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;

use crate::identity::{RaftId, Voter};
use crate::network::{Network, Request, Response, Unreachable};
use crate::peer::Answerer;

/// Connects those who are attached; the others neither reach nor are reached.
#[derive(Clone, Default)]
pub struct Loopback {
    attached: Arc<Mutex<BTreeMap<RaftId, Answerer>>>,
}

impl Loopback {
    /// Lets a controller reach the others, and be reached.
    pub fn attach(&self, controller: Answerer) {
        self.attached.lock().expect("no holder panics").insert(controller.id, controller);
    }

    /// Cuts a controller off, from one moment to the next: answers under way are lost too.
    pub fn detach(&self, id: RaftId) {
        self.attached.lock().expect("no holder panics").remove(&id);
    }

    /// The network as one controller sees it.
    #[must_use]
    pub fn seen_by(&self, id: RaftId) -> Arc<dyn Network> {
        Arc::new(Seat { loopback: self.clone(), id })
    }

    fn find(&self, id: RaftId) -> Option<Answerer> {
        self.attached.lock().expect("no holder panics").get(&id).cloned()
    }
}

struct Seat {
    loopback: Loopback,
    id: RaftId,
}

#[async_trait]
impl Network for Seat {
    async fn ask(
        &self,
        target: RaftId,
        _: &Voter,
        request: Request,
    ) -> Result<Response, Unreachable> {
        let detached = || Unreachable { target, reason: "it is not attached".to_owned() };
        let connected = || self.loopback.find(self.id).and_then(|_| self.loopback.find(target));
        let response = connected().ok_or_else(detached)?.answer(request).await?;
        connected().ok_or_else(detached)?;
        Ok(response)
    }
}
