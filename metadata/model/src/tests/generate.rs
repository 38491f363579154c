//! Commands that mostly make sense for an image, and some that do not at all.

use std::sync::Arc;

use super::draw::Draw;
use crate::command::{
    AdvanceFirstDirty, AlterConfigs, CheckpointRef, Command, CommitUpload, ConfigResource,
    CreatePartitions, CreateTopic, DeleteTopic, Endpoint, InheritWal, LeaseObjects,
    MovedCheckpoint, ObjectKind, RegisterBroker, ReplaceRanges, ReplacedRun, TrimStreams,
    UpdateFeatures, UploadedObject, UploadedRange, WalKind,
};
use crate::id::{
    BrokerEpoch, ClusterId, Incarnation, NodeId, ObjectId, Offset, RequestId, StreamEpoch,
    StreamId, Timestamp, TopicId, WalPosition,
};
use crate::image::MetadataImage;

const NODES: u64 = 3;

/// The next command of a history.
pub(super) fn command(image: &MetadataImage, seed: u64) -> Command {
    let draw = &mut Draw(seed);
    match draw.below(43) {
        0 => Command::Format(ClusterId([u8::try_from(draw.below(2)).unwrap(); 16])),
        1..=4 => Command::RegisterBroker(register(draw)),
        5 => Command::FenceBroker(epoch(image, draw)),
        6..=7 => Command::InheritWal(inherit(image, draw)),
        8..=9 => Command::CreateTopic(create_topic(image, draw)),
        10 => Command::DeleteTopic(DeleteTopic { id: topic(image, draw), now: now(draw) }),
        11 => Command::CreatePartitions(create_partitions(image, draw)),
        12 => Command::AlterConfigs(alter_configs(image, draw)),
        13..=17 => Command::LeaseObjects(lease(image, draw)),
        18..=25 => Command::CommitUpload(commit(image, draw)),
        26 => Command::ExpireLeases {
            leases: image.leases().map(|(first, _)| first).filter(|_| draw.one_in(3)).collect(),
            now: Timestamp(i64::try_from(draw.below(100)).unwrap()),
        },
        27 => Command::ForgetLeases(
            image.leases().map(|(first, _)| first).filter(|_| draw.one_in(2)).collect(),
        ),
        28..=29 => Command::TrimStreams(trim(image, draw)),
        30 => Command::ForgetObjects(
            image.objects().map(|(id, _)| id).filter(|_| draw.one_in(2)).collect(),
        ),
        33..=38 | 41..=42 => Command::ReplaceRanges(replace(image, draw)),
        39 => Command::CreatePartitions(create_partitions(image, draw)),
        40 => Command::AdvanceFirstDirty(advance_first_dirty(image, draw)),
        31 => Command::UpdateFeatures(update_features(image, draw)),
        _ => Command::AllocateProducerIds {
            broker: epoch(image, draw),
            request: request(draw),
            count: u32::try_from(draw.below(4)).unwrap(),
        },
    }
}

fn now(draw: &mut Draw) -> Timestamp {
    Timestamp(i64::try_from(draw.below(100)).unwrap())
}

fn request(draw: &mut Draw) -> RequestId {
    RequestId([u8::try_from(draw.below(200)).unwrap(); 16])
}

fn node(draw: &mut Draw) -> NodeId {
    NodeId(i32::try_from(draw.below(NODES)).unwrap())
}

/// Mostly an active one.
fn epoch(image: &MetadataImage, draw: &mut Draw) -> BrokerEpoch {
    match draw.below(16) {
        0 => BrokerEpoch(draw.wild()),
        1 => draw.one_of(image.wals().map(|(epoch, _)| epoch)).unwrap_or_default(),
        _ => draw.one_of(image.active_brokers().map(|(_, b)| b.epoch)).unwrap_or_default(),
    }
}

fn topic(image: &MetadataImage, draw: &mut Draw) -> TopicId {
    draw.one_of(image.topics().map(|topic| topic.id)).unwrap_or_default()
}

fn leaders(image: &MetadataImage, draw: &mut Draw) -> Vec<NodeId> {
    let count = draw.below(4);
    let one = |_| match draw.below(12) {
        0 => node(draw),
        _ => draw.one_of(image.active_brokers().map(|(node, _)| node)).unwrap_or_default(),
    };
    (0..count).map(one).collect()
}

fn settings(draw: &mut Draw) -> (Arc<str>, Arc<str>) {
    (format!("key.{}", draw.below(4)).into(), format!("{}", draw.below(9)).into())
}

fn register(draw: &mut Draw) -> RegisterBroker {
    let endpoint = Endpoint {
        listener: "EXTERNAL".into(),
        security: "SSL".into(),
        host: "host".into(),
        port: u16::try_from(draw.below(65_536)).unwrap(),
    };
    let endpoints = vec![endpoint; usize::try_from(draw.below(3)).unwrap()];
    RegisterBroker {
        node: if draw.one_in(20) { NodeId(-1) } else { node(draw) },
        incarnation: Incarnation([u8::try_from(draw.below(12)).unwrap(); 16]),
        endpoints,
        rack: draw.one_in(2).then(|| "zone".into()),
        wal: if draw.one_in(3) { WalKind::Object } else { WalKind::Local },
    }
}

fn inherit(image: &MetadataImage, draw: &mut Draw) -> InheritWal {
    let waiting = image.unrecovered.iter().copied();
    let (node, from) = draw.one_of(waiting).unwrap_or((node(draw), epoch(image, draw)));
    let own = image.broker(node).map(|broker| broker.epoch);
    let to = if draw.one_in(8) { None } else { own };
    let begun = image.wal(from).and_then(|wal| wal.begins);
    let end = begun.filter(|_| !draw.one_in(8)).map(|b| WalPosition(b.0 + draw.below(40)));
    InheritWal { from, to: to.unwrap_or_else(|| epoch(image, draw)), end }
}

fn create_topic(image: &MetadataImage, draw: &mut Draw) -> CreateTopic {
    let id = match draw.below(8) {
        0 => topic(image, draw),
        _ => TopicId(draw.bytes()),
    };
    CreateTopic {
        id,
        name: format!("topic-{}", draw.below(6)).into(),
        replication_factor: 3,
        leaders: leaders(image, draw),
        configs: (0..draw.below(3)).map(|_| settings(draw)).collect(),
    }
}

fn create_partitions(image: &MetadataImage, draw: &mut Draw) -> CreatePartitions {
    let id = topic(image, draw);
    let present = image.topic(id).map_or(0, |topic| topic.streams.len());
    let present = u32::try_from(present).unwrap();
    let existing = match draw.below(5) {
        0 => u32::try_from(draw.wild() & 0xffff_ffff).unwrap(),
        1 => present.saturating_sub(1),
        _ => present,
    };
    CreatePartitions { id, existing, leaders: leaders(image, draw) }
}

fn alter_configs(image: &MetadataImage, draw: &mut Draw) -> AlterConfigs {
    let resource = match draw.below(6) {
        0 => ConfigResource::Broker(None),
        1 => ConfigResource::Broker(Some(node(draw))),
        2 => ConfigResource::Group("group".into()),
        3 => ConfigResource::ClientMetrics("subscription".into()),
        _ => ConfigResource::Topic(topic(image, draw)),
    };
    let change = |_| {
        let (key, value) = settings(draw);
        (key, draw.one_in(2).then_some(value))
    };
    let changes = (0..3).map(change).collect();
    let relies_on = match draw.below(3) {
        0 => None,
        1 => Some(vec![settings(draw)]),
        _ => {
            let present = image.configs(&resource);
            Some(present.map(|(key, value)| (Arc::clone(key), Arc::clone(value))).collect())
        }
    };
    AlterConfigs { resource, changes, relies_on }
}

fn update_features(image: &MetadataImage, draw: &mut Draw) -> UpdateFeatures {
    let feature = |_| {
        let level = if draw.one_in(20) { u16::MAX } else { u16::try_from(draw.below(4)).unwrap() };
        (format!("feature.{}", draw.below(3)).into(), level)
    };
    let levels = (0..2).map(feature).collect();
    let epoch = if draw.one_in(6) { draw.wild() } else { image.features().epoch() };
    UpdateFeatures { epoch, levels }
}

fn lease(image: &MetadataImage, draw: &mut Draw) -> LeaseObjects {
    LeaseObjects {
        broker: epoch(image, draw),
        request: request(draw),
        count: u32::try_from(draw.below(4)).unwrap(),
        deadline: now(draw),
    }
}

fn trim(image: &MetadataImage, draw: &mut Draw) -> TrimStreams {
    let broker = epoch(image, draw);
    let owned: Vec<_> = image.streams_of(broker).filter(|_| draw.one_in(2)).collect();
    let start = |(id, stream): &(StreamId, &crate::image::Stream)| {
        let start = match draw.below(16) {
            0 => draw.wild(),
            1 => stream.end.0.saturating_add(draw.below(8)),
            _ => stream.start.0.saturating_add(draw.below(12)),
        };
        (*id, stream.epoch, Offset(start))
    };
    TrimStreams { broker, starts: owned.iter().map(start).collect(), now: now(draw) }
}

fn commit(image: &MetadataImage, draw: &mut Draw) -> CommitUpload {
    let broker = epoch(image, draw);
    let leases: Vec<_> = image.leases().filter(|(_, lease)| lease.broker == broker).collect();
    let ids: Vec<_> = match draw.one_of(leases) {
        Some((first, lease)) => (first.0..lease.end.0).filter(|_| !draw.one_in(4)).collect(),
        None => (0..draw.below(3)).map(|_| draw.wild()).collect(),
    };
    let object = |id: &u64| UploadedObject {
        id: ObjectId(*id),
        kind: if draw.one_in(2) { ObjectKind::Stream } else { ObjectKind::StreamSet },
        size: if draw.one_in(20) { u64::MAX } else { 1_000 },
        index_position: 900,
    };
    let objects: Vec<_> = ids.iter().map(object).collect();
    let mut ranges = Vec::new();
    let mut checkpoints = Vec::new();
    if let Some(some) = draw.one_of(&objects) {
        let streams = image.streams().filter(|(_, s)| s.owner == broker || draw.one_in(8));
        let streams: Vec<_> = streams.collect();
        for (id, stream) in streams {
            let mut end = stream.end.0;
            for _ in 0..draw.below(3) {
                let object = draw.one_of(&objects).map_or(some.id, |object| object.id);
                let range = range(draw, (id, stream.epoch), end, object);
                end = range.offsets.end.0;
                ranges.push(range);
            }
            if draw.one_in(3) {
                let offset = Offset(if draw.one_in(40) { draw.wild() } else { end });
                let object = draw.one_of(&objects).map_or(some.id, |object| object.id);
                let size = u32::try_from(draw.below(100)).unwrap();
                checkpoints.push((id, CheckpointRef { offset, object, position: 500, size }));
            }
        }
    }
    let trim = image.wal(broker).map_or(0, |wal| wal.trim.0);
    let start = if draw.one_in(10) { draw.wild() } else { trim.saturating_sub(draw.below(2)) };
    let end = if draw.one_in(100) { draw.wild() } else { start.saturating_add(draw.below(9)) };
    let wal = WalPosition(start)..WalPosition(end);
    CommitUpload { broker, wal, objects, ranges, checkpoints, now: now(draw) }
}

fn range(
    draw: &mut Draw,
    (stream, epoch): (StreamId, StreamEpoch),
    end: u64,
    object: ObjectId,
) -> UploadedRange {
    let start = match draw.below(100) {
        0 => end.saturating_add(1),
        1..=15 => end.saturating_sub(draw.below(6)),
        _ => end,
    };
    let length = if draw.one_in(60) { draw.wild() } else { 1 + draw.below(8) };
    UploadedRange {
        stream,
        epoch: if draw.one_in(20) { StreamEpoch(epoch.0 + 1) } else { epoch },
        offsets: Offset(start)..Offset(start.saturating_add(length)),
        object,
        size: if draw.one_in(80) { draw.wild() } else { draw.below(100) },
        max_timestamp: now(draw),
    }
}

/// Some ranges of some streams become one, and some checkpoints move along.
fn replace(image: &MetadataImage, draw: &mut Draw) -> ReplaceRanges {
    let leases = image.leases().filter(|(_, lease)| !lease.expired || draw.one_in(10));
    let leases: Vec<_> = leases.map(|(first, lease)| (first, lease.broker)).collect();
    let (id, leased) = draw.one_of(leases).unwrap_or((ObjectId(draw.wild()), BrokerEpoch(0)));
    let broker = if draw.one_in(10) { epoch(image, draw) } else { leased };
    let object =
        UploadedObject { id, kind: ObjectKind::StreamSet, size: 1_000, index_position: 900 };
    let (mut runs, mut checkpoints) = (Vec::new(), Vec::new());
    for (stream, state) in image.streams() {
        let ranges: Vec<_> = image.ranges_from(stream, Offset::ZERO).collect();
        let from = usize::try_from(draw.below(ranges.len() as u64 + 1)).unwrap();
        let count = 1 + usize::try_from(draw.below(4)).unwrap();
        let former = &ranges[from..ranges.len().min(from + count)];
        if let [first, .., last] | [first @ last] = former {
            let mut objects: Vec<_> = former.iter().map(|range| range.object).collect();
            if draw.one_in(10) {
                objects.push(ObjectId(draw.wild()));
            }
            let end = last.offsets.end.0 - u64::from(draw.one_in(20));
            runs.push(ReplacedRun {
                stream,
                offsets: first.offsets.start..Offset(end),
                objects,
                size: draw.below(100),
                max_timestamp: now(draw),
                cleaned: draw.one_in(3),
            });
        }
        if let Some(former) = state.checkpoint.filter(|_| draw.one_in(2)) {
            let offset = Offset(former.offset.0 + u64::from(draw.one_in(10)));
            let to = CheckpointRef { offset, object: id, position: 500, size: former.size };
            checkpoints.push(MovedCheckpoint { stream, from: former.object, to });
        }
    }
    ReplaceRanges { broker, object, runs, checkpoints, now: now(draw) }
}

/// Up to somewhere in some streams, and rarely past their ends.
fn advance_first_dirty(image: &MetadataImage, draw: &mut Draw) -> AdvanceFirstDirty {
    let streams = image.streams().filter(|_| draw.one_in(2));
    let streams: Vec<_> = streams.map(|(id, stream)| (id, stream.end)).collect();
    let streams = streams.into_iter().map(|(id, end)| {
        let offset = draw.below(end.0 + 1) + u64::from(draw.one_in(50));
        (id, Offset(offset))
    });
    let streams = streams.collect();
    AdvanceFirstDirty { broker: epoch(image, draw), streams }
}
