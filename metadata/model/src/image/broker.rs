//! Broker processes and their write-ahead logs.

use std::sync::Arc;

use super::MetadataImage;
use crate::command::{Endpoint, WalKind};
use crate::id::{BrokerEpoch, Incarnation, NodeId, ProducerId, RequestId, WalPosition};

/// The newest registration of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Broker {
    /// Its epoch; the key of its [`Wal`].
    pub epoch: BrokerEpoch,
    /// Which start of the process registered.
    pub incarnation: Incarnation,
    /// Its advertised listeners.
    pub endpoints: Arc<[Endpoint]>,
    /// Its zone.
    pub rack: Option<Arc<str>>,
    /// False once its epoch is fenced.
    pub active: bool,
}

/// One broker epoch and the log that it writes. Kept for good, as its seal is: a registration
/// that comes late again must find the epoch that it was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wal {
    /// The node that writes it.
    pub node: NodeId,
    /// The start of the process that the epoch was granted to.
    pub incarnation: Incarnation,
    /// How it survives the process.
    pub kind: WalKind,
    /// Where the epoch's part of the node's log begins, which ends where the next one's begins.
    /// `None` while earlier epochs were not inherited, so that nobody knows yet, and for a local
    /// log, which has no parts.
    pub begins: Option<WalPosition>,
    /// All before it is in objects, or of no use any more.
    pub trim: WalPosition,
    /// Who may do what with it.
    pub state: WalState,
}

/// The life of a broker epoch; it only moves forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WalState {
    /// Its broker appends and commits.
    Active,
    /// Nobody appends or commits; it waits to be sealed and recovered.
    Fenced,
    /// It owns nothing any more.
    Closed {
        /// The epoch that inherited its log.
        heir: BrokerEpoch,
    },
}

/// See [`MetadataImage::object_log`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectLog {
    /// The epochs whose parts may hold something, oldest first, and where each begins. All but the
    /// last are known to be sealed.
    pub parts: Vec<(BrokerEpoch, WalPosition)>,
    /// All before it is in objects, or of no use any more.
    pub trim: WalPosition,
}

/// The last block of producer ids that a broker epoch was granted, so that a retry finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProducerIdGrant {
    /// The request.
    pub request: RequestId,
    /// The first id.
    pub first: ProducerId,
    /// How many.
    pub count: u32,
}

impl MetadataImage {
    /// The newest registration of a node.
    #[must_use]
    pub fn broker(&self, node: NodeId) -> Option<&Broker> {
        self.brokers.get(&node)
    }

    /// Every node that ever registered, by number.
    pub fn brokers(&self) -> impl Iterator<Item = (NodeId, &Broker)> {
        self.brokers.iter().map(|(node, broker)| (*node, broker))
    }

    /// The nodes whose newest epoch is active, by number.
    pub fn active_brokers(&self) -> impl Iterator<Item = (NodeId, &Broker)> {
        self.brokers().filter(|(_, broker)| broker.active)
    }

    /// One broker epoch and its log.
    #[must_use]
    pub fn wal(&self, epoch: BrokerEpoch) -> Option<&Wal> {
        self.wals.get(&epoch)
    }

    /// Every broker epoch that was ever granted, oldest first.
    pub fn wals(&self) -> impl Iterator<Item = (BrokerEpoch, &Wal)> {
        self.wals.iter().map(|(epoch, wal)| (*epoch, wal))
    }

    /// Whether the epoch was granted and not fenced since.
    #[must_use]
    pub fn is_active(&self, epoch: BrokerEpoch) -> bool {
        self.wal(epoch).is_some_and(|wal| wal.state == WalState::Active)
    }

    /// Where the log on a node's own disk begins: all before it was uploaded. `None` if the node
    /// never had one. Its epochs share the log, and one that ended before it inherited the log
    /// states 0 of it, so that the greatest position is the one that was committed.
    #[must_use]
    pub fn local_log_begins(&self, node: NodeId) -> Option<WalPosition> {
        let newest = self.brokers.get(&node).map(|broker| broker.epoch);
        let wals = self.unrecovered(node).chain(newest).filter_map(|epoch| self.wal(epoch));
        wals.filter(|wal| wal.kind == WalKind::Local).map(|wal| wal.trim).max()
    }

    /// The log that a node keeps in the object store, as far as epochs before `heir` wrote it.
    #[must_use]
    pub fn object_log(&self, node: NodeId, heir: BrokerEpoch) -> ObjectLog {
        let of_node = |wal: &&Wal| wal.node == node && wal.kind == WalKind::Object;
        let mut log = ObjectLog { parts: Vec::new(), trim: WalPosition(0) };
        for (epoch, wal) in self.wals.range(..heir).filter(|(_, wal)| of_node(wal)) {
            log.trim = log.trim.max(wal.trim);
            log.parts.extend(wal.begins.map(|begins| (*epoch, begins)));
        }
        // A part that ends where all is trimmed holds nothing any more.
        let ends = log.parts.iter().skip(1).map(|(_, begins)| *begins);
        let empty = ends.take_while(|end| *end <= log.trim).count();
        log.parts.drain(..empty);
        log
    }

    /// The fenced epochs of a node whose logs wait for recovery, oldest first.
    pub fn unrecovered(&self, node: NodeId) -> impl Iterator<Item = BrokerEpoch> {
        let all = (node, BrokerEpoch(0))..=(node, BrokerEpoch(u64::MAX));
        self.unrecovered.range(all).map(|(_, epoch)| *epoch)
    }
}
