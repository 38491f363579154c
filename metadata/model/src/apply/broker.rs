//! Broker epochs: granted, fenced, inherited; and the producer ids that brokers hand out.

use crate::command::{InheritWal, Refused, RegisterBroker, Reply, WalKind};
use crate::id::{BrokerEpoch, NodeId, ProducerId, RequestId, WalPosition};
use crate::image::{Broker, MetadataImage, ProducerIdGrant, Wal, WalState};

/// The broker must be active to change anything: fencing is final (design 4.1.1, rule 1).
pub(super) fn require_active(image: &MetadataImage, epoch: BrokerEpoch) -> Result<(), Refused> {
    if image.is_active(epoch) { Ok(()) } else { Err(Refused::BrokerNotActive(epoch)) }
}

pub(super) fn register(
    image: &mut MetadataImage,
    command: &RegisterBroker,
) -> Result<Reply, Refused> {
    let node = command.node;
    if node < NodeId(0) {
        return Err(Refused::Malformed("a node id is never negative"));
    }
    // A scan of every epoch there ever was: a node starts seldom.
    let granted = image
        .wals()
        .find(|(_, wal)| wal.node == node && wal.incarnation == command.incarnation)
        .map(|(epoch, _)| epoch);
    if let Some(epoch) = granted {
        return Ok(registered(image, node, epoch));
    }

    // Neither kind can inherit the other: what the log holds would be left behind.
    let newest = image.brokers.get(&node).and_then(|broker| image.wals.get(&broker.epoch));
    if newest.is_some_and(|newest| newest.kind != command.wal) {
        return Err(Refused::Malformed("a log of another kind than the node's"));
    }

    let epoch = image.next.broker_epoch;
    let next = epoch.0.checked_add(1).ok_or(Refused::Exhausted("broker epochs"))?;
    image.next.broker_epoch = BrokerEpoch(next);
    if let Some(former) = image.brokers.get(&node).map(|broker| broker.epoch) {
        fence(image, former);
    }
    let wal = Wal {
        node,
        incarnation: command.incarnation,
        kind: command.wal,
        begins: begins_at_once(image, command).then_some(WalPosition(0)),
        trim: WalPosition(0),
        state: WalState::Active,
    };
    image.wals.insert(epoch, wal);
    let broker = Broker {
        epoch,
        incarnation: command.incarnation,
        endpoints: command.endpoints.as_slice().into(),
        rack: command.rack.clone(),
        active: true,
    };
    image.brokers.insert(node, broker);
    Ok(registered(image, node, epoch))
}

/// A node's first part of a log in the store has nothing before it.
fn begins_at_once(image: &MetadataImage, command: &RegisterBroker) -> bool {
    command.wal == WalKind::Object && image.unrecovered(command.node).next().is_none()
}

fn registered(image: &MetadataImage, node: NodeId, epoch: BrokerEpoch) -> Reply {
    let unrecovered = image.unrecovered(node).filter(|earlier| *earlier < epoch).collect();
    Reply::Registered { epoch, unrecovered }
}

pub(super) fn fence_epoch(image: &mut MetadataImage, epoch: BrokerEpoch) -> Result<Reply, Refused> {
    if image.wal(epoch).is_none() {
        return Err(Refused::BrokerNotActive(epoch));
    }
    fence(image, epoch);
    Ok(Reply::Done)
}

/// An epoch that is not active stays as it is.
fn fence(image: &mut MetadataImage, epoch: BrokerEpoch) {
    let Some(wal) = image.wals.get_mut(&epoch).filter(|wal| wal.state == WalState::Active) else {
        return;
    };
    wal.state = WalState::Fenced;
    let node = wal.node;
    image.unrecovered.insert((node, epoch));
    image.producer_id_grants.remove(&epoch);
    if let Some(broker) = image.brokers.get_mut(&node)
        && broker.epoch == epoch
    {
        broker.active = false;
    }
}

pub(super) fn inherit(image: &mut MetadataImage, command: &InheritWal) -> Result<Reply, Refused> {
    let InheritWal { from, to, end } = *command;
    let refuse = |reason| Err(Refused::NoInheritance { from, to, reason });
    let (Some(former), Some(heir)) = (image.wal(from).copied(), image.wal(to).copied()) else {
        return refuse("one of them was never granted");
    };
    match former.state {
        WalState::Closed { heir } if heir == to => return Ok(Reply::Done),
        WalState::Closed { .. } => return refuse("it passed to another epoch"),
        WalState::Active => return refuse("it is not fenced"),
        WalState::Fenced => {}
    }
    if heir.state != WalState::Active {
        return refuse("the heir is not active");
    }
    if former.node != heir.node {
        return refuse("they are of different nodes");
    }
    if former.kind != heir.kind {
        return refuse("their logs are of different kinds");
    }
    let begins = match (former.begins, end) {
        (Some(begins), Some(end)) if begins.max(former.trim) <= end => heir.begins.max(Some(end)),
        (None, None) => heir.begins,
        _ => return refuse("its log cannot end there"),
    };

    let streams = image.owned.remove(&from).unwrap_or_default();
    for id in &streams {
        let stream = image.streams.get_mut(id).expect("the index names streams that exist");
        stream.epoch = stream.epoch.next().ok_or(Refused::Exhausted("stream epochs"))?;
        stream.owner = to;
    }
    if !streams.is_empty() {
        let owned = image.owned.entry(to).or_default();
        *owned = std::mem::take(owned).union(streams);
    }
    image.wals.insert(to, Wal { begins, trim: heir.trim.max(former.trim), ..heir });
    image.wals.insert(from, Wal { state: WalState::Closed { heir: to }, ..former });
    image.unrecovered.remove(&(former.node, from));
    Ok(Reply::Done)
}

pub(super) fn allocate_producer_ids(
    image: &mut MetadataImage,
    broker: BrokerEpoch,
    request: RequestId,
    count: u32,
) -> Result<Reply, Refused> {
    require_active(image, broker)?;
    if count == 0 {
        return Err(Refused::Empty("a block of producer ids"));
    }
    if let Some(grant) = image.producer_id_grants.get(&broker)
        && grant.request == request
    {
        return Ok(Reply::ProducerIds { first: grant.first, count: grant.count });
    }
    let first = image.next.producer_id;
    let next = first.0.checked_add(i64::from(count)).ok_or(Refused::Exhausted("producer ids"))?;
    image.next.producer_id = ProducerId(next);
    image.producer_id_grants.insert(broker, ProducerIdGrant { request, first, count });
    Ok(Reply::ProducerIds { first, count })
}
