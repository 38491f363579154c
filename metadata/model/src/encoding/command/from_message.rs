//! From messages to commands. What a command may ask for is for `apply` to judge; here a field
//! must only fit its type.

use std::sync::Arc;

use super::{
    AdvanceFirstDirty, AlterConfigs, Body, CommitUpload, CreatePartitions, CreateTopic,
    LeaseObjects, MovedCheckpoint, RegisterBroker, ReplaceRanges, ReplacedRun, Settings,
    StreamCheckpoint, TrimStreams, UpdateFeatures, UploadedObject, UploadedRange,
};
use crate::command::{self, Command};
use crate::encoding::message::{Feature, Setting, to_object_kind, to_wal_kind};
use crate::encoding::{DecodeError, narrow, random, required};
use crate::id::{
    BrokerEpoch, ClusterId, Incarnation, NodeId, ObjectId, Offset, RequestId, StreamEpoch,
    StreamId, Timestamp, TopicId, WalPosition,
};

impl TryFrom<Body> for Command {
    type Error = DecodeError;

    fn try_from(body: Body) -> Result<Self, DecodeError> {
        Ok(match body {
            Body::Format(cluster) => Self::Format(ClusterId(random(&cluster, "cluster")?)),
            Body::RegisterBroker(message) => Self::RegisterBroker(message.try_into()?),
            Body::FenceBroker(epoch) => Self::FenceBroker(BrokerEpoch(epoch)),
            Body::InheritWal(message) => Self::InheritWal(command::InheritWal {
                from: BrokerEpoch(message.from),
                to: BrokerEpoch(message.to),
                end: message.end.map(WalPosition),
            }),
            Body::CreateTopic(message) => Self::CreateTopic(message.try_into()?),
            Body::DeleteTopic(message) => Self::DeleteTopic(command::DeleteTopic {
                id: topic(&message.id)?,
                now: Timestamp(message.now),
            }),
            Body::CreatePartitions(message) => Self::CreatePartitions(message.try_into()?),
            Body::AlterConfigs(message) => Self::AlterConfigs(message.try_into()?),
            Body::UpdateFeatures(message) => Self::UpdateFeatures(message.try_into()?),
            Body::LeaseObjects(message) => Self::LeaseObjects(message.try_into()?),
            Body::CommitUpload(message) => Self::CommitUpload(message.try_into()?),
            Body::ReplaceRanges(message) => Self::ReplaceRanges(message.try_into()?),
            Body::AdvanceFirstDirty(message) => Self::AdvanceFirstDirty(message.into()),
            Body::ExpireLeases(message) => Self::ExpireLeases {
                leases: message.leases.into_iter().map(ObjectId).collect(),
                now: Timestamp(message.now),
            },
            Body::TrimStreams(message) => Self::TrimStreams(message.into()),
            Body::ForgetObjects(message) => {
                Self::ForgetObjects(message.objects.into_iter().map(ObjectId).collect())
            }
            Body::ForgetLeases(message) => {
                Self::ForgetLeases(message.leases.into_iter().map(ObjectId).collect())
            }
            Body::AllocateProducerIds(message) => Self::AllocateProducerIds {
                broker: BrokerEpoch(message.broker),
                request: request(&message.request)?,
                count: message.count,
            },
        })
    }
}

fn topic(bytes: &[u8]) -> Result<TopicId, DecodeError> {
    random(bytes, "topic").map(TopicId)
}

fn request(bytes: &[u8]) -> Result<RequestId, DecodeError> {
    random(bytes, "request").map(RequestId)
}

fn nodes(numbers: Vec<i32>) -> Vec<NodeId> {
    numbers.into_iter().map(NodeId).collect()
}

/// Turns every item, or says why one cannot be.
fn each<M, T: TryFrom<M>>(messages: Vec<M>) -> Result<Vec<T>, T::Error> {
    messages.into_iter().map(T::try_from).collect()
}

impl TryFrom<RegisterBroker> for command::RegisterBroker {
    type Error = DecodeError;

    fn try_from(message: RegisterBroker) -> Result<Self, DecodeError> {
        Ok(Self {
            node: NodeId(message.node),
            incarnation: Incarnation(random(&message.incarnation, "incarnation")?),
            endpoints: each(message.endpoints)?,
            rack: message.rack.map(Arc::from),
            wal: to_wal_kind(message.wal)?,
        })
    }
}

impl TryFrom<CreateTopic> for command::CreateTopic {
    type Error = DecodeError;

    fn try_from(message: CreateTopic) -> Result<Self, DecodeError> {
        let configs = message.configs.into_iter().map(Setting::pair);
        Ok(Self {
            id: topic(&message.id)?,
            name: message.name.into(),
            replication_factor: narrow(message.replication_factor, "replication factor")?,
            leaders: nodes(message.leaders),
            configs: configs.collect::<Result<_, _>>()?,
        })
    }
}

impl TryFrom<CreatePartitions> for command::CreatePartitions {
    type Error = DecodeError;

    fn try_from(message: CreatePartitions) -> Result<Self, DecodeError> {
        let (id, existing) = (topic(&message.id)?, message.existing);
        Ok(Self { id, existing, leaders: nodes(message.leaders) })
    }
}

impl TryFrom<AlterConfigs> for command::AlterConfigs {
    type Error = DecodeError;

    fn try_from(message: AlterConfigs) -> Result<Self, DecodeError> {
        let changes = message.changes.into_iter().map(Setting::change).collect();
        let pairs = |settings: Settings| settings.settings.into_iter().map(Setting::pair).collect();
        let relies_on = message.relies_on.map(pairs).transpose()?;
        Ok(Self { resource: message.resource.try_into()?, changes, relies_on })
    }
}

impl TryFrom<UpdateFeatures> for command::UpdateFeatures {
    type Error = DecodeError;

    fn try_from(message: UpdateFeatures) -> Result<Self, DecodeError> {
        let levels = message.levels.into_iter().map(Feature::level).collect::<Result<_, _>>()?;
        Ok(Self { epoch: message.epoch, levels })
    }
}

impl TryFrom<LeaseObjects> for command::LeaseObjects {
    type Error = DecodeError;

    fn try_from(message: LeaseObjects) -> Result<Self, DecodeError> {
        Ok(Self {
            broker: BrokerEpoch(message.broker),
            request: request(&message.request)?,
            count: message.count,
            deadline: Timestamp(message.deadline),
        })
    }
}

impl TryFrom<CommitUpload> for command::CommitUpload {
    type Error = DecodeError;

    fn try_from(message: CommitUpload) -> Result<Self, DecodeError> {
        let checkpoint = |message: StreamCheckpoint| {
            let checkpoint = required(message.checkpoint, "checkpoint")?;
            Ok((StreamId(message.stream), checkpoint.into()))
        };
        let checkpoints = message.checkpoints.into_iter().map(checkpoint);
        Ok(Self {
            broker: BrokerEpoch(message.broker),
            wal: WalPosition(message.wal_start)..WalPosition(message.wal_end),
            objects: each(message.objects)?,
            ranges: message.ranges.into_iter().map(Into::into).collect(),
            checkpoints: checkpoints.collect::<Result<_, DecodeError>>()?,
            now: Timestamp(message.now),
        })
    }
}

impl TryFrom<ReplaceRanges> for command::ReplaceRanges {
    type Error = DecodeError;

    fn try_from(message: ReplaceRanges) -> Result<Self, DecodeError> {
        let run = |run: ReplacedRun| command::ReplacedRun {
            stream: StreamId(run.stream),
            offsets: Offset(run.start)..Offset(run.end),
            objects: run.objects.into_iter().map(ObjectId).collect(),
            size: run.size,
            max_timestamp: Timestamp(run.max_timestamp),
            cleaned: run.cleaned,
        };
        let moved = |moved: MovedCheckpoint| {
            Ok::<_, DecodeError>(command::MovedCheckpoint {
                stream: StreamId(moved.stream),
                from: ObjectId(moved.from),
                to: required(moved.to, "checkpoint")?.into(),
            })
        };
        Ok(Self {
            broker: BrokerEpoch(message.broker),
            object: required(message.object, "object")?.try_into()?,
            runs: message.runs.into_iter().map(run).collect(),
            checkpoints: message.checkpoints.into_iter().map(moved).collect::<Result<_, _>>()?,
            now: Timestamp(message.now),
        })
    }
}

impl From<AdvanceFirstDirty> for command::AdvanceFirstDirty {
    fn from(message: AdvanceFirstDirty) -> Self {
        let streams = message.streams.into_iter();
        let streams = streams.map(|dirty| (StreamId(dirty.stream), Offset(dirty.offset)));
        Self { broker: BrokerEpoch(message.broker), streams: streams.collect() }
    }
}

impl TryFrom<UploadedObject> for command::UploadedObject {
    type Error = DecodeError;

    fn try_from(message: UploadedObject) -> Result<Self, DecodeError> {
        Ok(Self {
            id: ObjectId(message.id),
            kind: to_object_kind(message.kind)?,
            size: message.size,
            index_position: message.index_position,
        })
    }
}

impl From<UploadedRange> for command::UploadedRange {
    fn from(message: UploadedRange) -> Self {
        Self {
            stream: StreamId(message.stream),
            epoch: StreamEpoch(message.epoch),
            offsets: Offset(message.start)..Offset(message.end),
            object: ObjectId(message.object),
            size: message.size,
            max_timestamp: Timestamp(message.max_timestamp),
        }
    }
}

impl From<TrimStreams> for command::TrimStreams {
    fn from(message: TrimStreams) -> Self {
        let starts = message
            .starts
            .into_iter()
            .map(|start| (StreamId(start.stream), StreamEpoch(start.epoch), Offset(start.start)));
        Self {
            broker: BrokerEpoch(message.broker),
            starts: starts.collect(),
            now: Timestamp(message.now),
        }
    }
}
