//! A member of a classic group.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::Token;
use crate::group::id::InstanceId;
use crate::group::time::Tick;

/// An assignment protocol that a member speaks, and what it says in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Protocol {
    /// Its name.
    pub(crate) name: Arc<str>,
    /// Opaque to the coordinator; passed on byte for byte.
    pub(crate) metadata: Bytes,
}

/// What is known of a member as its client states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// As the client calls itself.
    pub(crate) id: Arc<str>,
    /// Its address, with a slash before it.
    pub(crate) host: Arc<str>,
}

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) instance: Option<InstanceId>,
    pub(crate) client: Client,
    pub(crate) rebalance_timeout: Duration,
    pub(crate) session_timeout: Duration,
    /// In order of preference; never empty.
    pub(crate) protocols: Vec<Protocol>,
    /// What the leader assigned to it last.
    pub(crate) assignment: Bytes,
    /// A request to join that waits.
    pub(super) joining: Option<Token>,
    /// A request for its assignment that waits.
    pub(super) syncing: Option<Token>,
    /// It does not know its id yet, and cannot send heartbeats.
    pub(super) is_new: bool,
    /// When its session ends unless it is heard of; none while a request of it waits that it
    /// cannot send heartbeats beside.
    pub(super) session_ends: Option<Tick>,
}

impl Member {
    /// What it says in the protocol; nothing where it does not speak it.
    pub(crate) fn metadata(&self, protocol: &str) -> Bytes {
        let spoken = self.protocols.iter().find(|spoken| &*spoken.name == protocol);
        spoken.map_or(Bytes::new(), |spoken| spoken.metadata.clone())
    }

    /// The protocol that it prefers among these.
    pub(super) fn vote(&self, candidates: &BTreeSet<&Arc<str>>) -> Option<&Arc<str>> {
        self.protocols.iter().map(|spoken| &spoken.name).find(|name| candidates.contains(name))
    }

    /// Whether it waits for something, by which it shows that it lives.
    pub(super) fn is_waiting(&self) -> bool {
        !self.is_new && (self.joining.is_some() || self.syncing.is_some())
    }

    /// It was heard of.
    pub(super) fn refresh(&mut self, now: Tick) -> Tick {
        let ends = now.after(self.session_timeout);
        self.session_ends = Some(ends);
        ends
    }
}
