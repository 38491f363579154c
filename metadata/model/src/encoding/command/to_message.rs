//! From commands to their messages.

use super::{
    AdvanceFirstDirty, AllocateProducerIds, AlterConfigs, Body, CommitUpload, CreatePartitions,
    CreateTopic, DeleteTopic, ExpireLeases, FirstDirty, ForgetLeases, ForgetObjects, InheritWal,
    LeaseObjects, MovedCheckpoint, RegisterBroker, ReplaceRanges, ReplacedRun, Settings,
    StreamCheckpoint, StreamStart, TrimStreams, UpdateFeatures, UploadedObject, UploadedRange,
};
use crate::command::{self, Command};
use crate::encoding::message::{Feature, Setting, object_kind, wal_kind};
use crate::id::NodeId;

impl From<&Command> for Body {
    fn from(command: &Command) -> Self {
        match command {
            Command::Format(cluster) => Self::Format(cluster.0.to_vec()),
            Command::RegisterBroker(command) => Self::RegisterBroker(command.into()),
            Command::FenceBroker(epoch) => Self::FenceBroker(epoch.0),
            Command::InheritWal(command) => Self::InheritWal(InheritWal {
                from: command.from.0,
                to: command.to.0,
                end: command.end.map(|end| end.0),
            }),
            Command::CreateTopic(command) => Self::CreateTopic(command.into()),
            Command::DeleteTopic(command) => {
                let (id, now) = (command.id.0.to_vec(), command.now.0);
                Self::DeleteTopic(DeleteTopic { id, now })
            }
            Command::CreatePartitions(command) => Self::CreatePartitions(CreatePartitions {
                id: command.id.0.to_vec(),
                existing: command.existing,
                leaders: numbers(&command.leaders),
            }),
            Command::AlterConfigs(command) => {
                let change = |(key, value): &(_, Option<_>)| Setting::new(key, value.as_ref());
                let changes = command.changes.iter().map(change).collect();
                let resource = Some((&command.resource).into());
                let setting = |(key, value): &(_, _)| Setting::new(key, Some(value));
                let relies_on = command
                    .relies_on
                    .as_ref()
                    .map(|settings| Settings { settings: settings.iter().map(setting).collect() });
                Self::AlterConfigs(AlterConfigs { resource, changes, relies_on })
            }
            Command::UpdateFeatures(command) => {
                let levels = command.levels.iter().map(|(name, level)| Feature::new(name, *level));
                let (epoch, levels) = (command.epoch, levels.collect());
                Self::UpdateFeatures(UpdateFeatures { epoch, levels })
            }
            Command::LeaseObjects(command) => Self::LeaseObjects(LeaseObjects {
                broker: command.broker.0,
                request: command.request.0.to_vec(),
                count: command.count,
                deadline: command.deadline.0,
            }),
            Command::CommitUpload(command) => Self::CommitUpload(command.into()),
            Command::ReplaceRanges(command) => Self::ReplaceRanges(command.into()),
            Command::AdvanceFirstDirty(command) => Self::AdvanceFirstDirty(command.into()),
            Command::ExpireLeases { leases, now } => {
                let leases = leases.iter().map(|lease| lease.0).collect();
                Self::ExpireLeases(ExpireLeases { leases, now: now.0 })
            }
            Command::TrimStreams(command) => Self::TrimStreams(command.into()),
            Command::ForgetObjects(objects) => {
                let objects = objects.iter().map(|object| object.0).collect();
                Self::ForgetObjects(ForgetObjects { objects })
            }
            Command::ForgetLeases(leases) => {
                let leases = leases.iter().map(|lease| lease.0).collect();
                Self::ForgetLeases(ForgetLeases { leases })
            }
            Command::AllocateProducerIds { broker, request, count } => {
                let (broker, request) = (broker.0, request.0.to_vec());
                Self::AllocateProducerIds(AllocateProducerIds { broker, request, count: *count })
            }
        }
    }
}

fn numbers(nodes: &[NodeId]) -> Vec<i32> {
    nodes.iter().map(|node| node.0).collect()
}

impl From<&command::RegisterBroker> for RegisterBroker {
    fn from(command: &command::RegisterBroker) -> Self {
        Self {
            node: command.node.0,
            incarnation: command.incarnation.0.to_vec(),
            endpoints: command.endpoints.iter().map(Into::into).collect(),
            rack: command.rack.as_ref().map(|rack| rack.as_ref().into()),
            wal: wal_kind(command.wal),
        }
    }
}

impl From<&command::CreateTopic> for CreateTopic {
    fn from(command: &command::CreateTopic) -> Self {
        let setting = |(key, value): &_| Setting::new(key, Some(value));
        Self {
            id: command.id.0.to_vec(),
            name: command.name.as_ref().into(),
            replication_factor: command.replication_factor.into(),
            leaders: numbers(&command.leaders),
            configs: command.configs.iter().map(setting).collect(),
        }
    }
}

impl From<&command::CommitUpload> for CommitUpload {
    fn from(command: &command::CommitUpload) -> Self {
        let checkpoint = |(stream, checkpoint): &(crate::id::StreamId, _)| {
            let checkpoint: command::CheckpointRef = *checkpoint;
            StreamCheckpoint { stream: stream.0, checkpoint: Some(checkpoint.into()) }
        };
        Self {
            broker: command.broker.0,
            wal_start: command.wal.start.0,
            wal_end: command.wal.end.0,
            objects: command.objects.iter().map(Into::into).collect(),
            ranges: command.ranges.iter().map(Into::into).collect(),
            checkpoints: command.checkpoints.iter().map(checkpoint).collect(),
            now: command.now.0,
        }
    }
}

impl From<&command::ReplaceRanges> for ReplaceRanges {
    fn from(command: &command::ReplaceRanges) -> Self {
        let run = |run: &command::ReplacedRun| ReplacedRun {
            stream: run.stream.0,
            start: run.offsets.start.0,
            end: run.offsets.end.0,
            objects: run.objects.iter().map(|object| object.0).collect(),
            size: run.size,
            max_timestamp: run.max_timestamp.0,
            cleaned: run.cleaned,
        };
        let moved = |moved: &command::MovedCheckpoint| MovedCheckpoint {
            stream: moved.stream.0,
            from: moved.from.0,
            to: Some(moved.to.into()),
        };
        Self {
            broker: command.broker.0,
            object: Some((&command.object).into()),
            runs: command.runs.iter().map(run).collect(),
            checkpoints: command.checkpoints.iter().map(moved).collect(),
            now: command.now.0,
        }
    }
}

impl From<&command::AdvanceFirstDirty> for AdvanceFirstDirty {
    fn from(command: &command::AdvanceFirstDirty) -> Self {
        let streams = command.streams.iter();
        let streams =
            streams.map(|(stream, offset)| FirstDirty { stream: stream.0, offset: offset.0 });
        Self { broker: command.broker.0, streams: streams.collect() }
    }
}

impl From<&command::UploadedObject> for UploadedObject {
    fn from(object: &command::UploadedObject) -> Self {
        Self {
            id: object.id.0,
            kind: object_kind(object.kind),
            size: object.size,
            index_position: object.index_position,
        }
    }
}

impl From<&command::UploadedRange> for UploadedRange {
    fn from(range: &command::UploadedRange) -> Self {
        Self {
            stream: range.stream.0,
            epoch: range.epoch.0,
            start: range.offsets.start.0,
            end: range.offsets.end.0,
            object: range.object.0,
            size: range.size,
            max_timestamp: range.max_timestamp.0,
        }
    }
}

impl From<&command::TrimStreams> for TrimStreams {
    fn from(command: &command::TrimStreams) -> Self {
        let starts = command.starts.iter().map(|(stream, epoch, start)| StreamStart {
            stream: stream.0,
            epoch: epoch.0,
            start: start.0,
        });
        Self { broker: command.broker.0, starts: starts.collect(), now: command.now.0 }
    }
}
