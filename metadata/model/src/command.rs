//! Commands: every way in which the cluster's metadata can change.
//!
//! A command says what shall be true and what it relies on; [`apply`](crate::apply) decides from
//! the image alone whether it still holds. Wall-clock values travel inside commands, because
//! `apply` reads no clock. Every command may be applied twice with the effect of once.

use std::ops::Range;
use std::sync::Arc;

use crate::id::{
    BrokerEpoch, ClusterId, Incarnation, LogIndex, NodeId, ObjectId, Offset, ProducerId, RequestId,
    StreamEpoch, StreamId, Timestamp, TopicId, WalPosition,
};

/// One change of the metadata, asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Gives an empty image its cluster id; on a formatted one only the same id is accepted.
    Format(ClusterId),
    /// A broker process enters the cluster and is granted an epoch.
    RegisterBroker(RegisterBroker),
    /// Ends one broker epoch for good; a later epoch of the node is untouched.
    FenceBroker(BrokerEpoch),
    /// The log of a fenced epoch lives on, unchanged, as the first part of a later epoch's log.
    InheritWal(InheritWal),
    /// Creates one topic with its partitions and their streams.
    CreateTopic(CreateTopic),
    /// Deletes one topic, its streams and, by and by, their objects.
    DeleteTopic(DeleteTopic),
    /// Adds partitions to a topic.
    CreatePartitions(CreatePartitions),
    /// Sets and removes dynamic settings of one resource, all or nothing.
    AlterConfigs(AlterConfigs),
    /// Finalizes features of the protocol, all or nothing.
    UpdateFeatures(UpdateFeatures),
    /// Promises object ids to one upload until a deadline: the prepare of its commit.
    LeaseObjects(LeaseObjects),
    /// Makes uploaded objects part of their streams and moves the WAL's trim position.
    CommitUpload(CommitUpload),
    /// Puts one new object in the place of ranges over the same offsets.
    ReplaceRanges(ReplaceRanges),
    /// Log compaction has looked at all before these offsets.
    AdvanceFirstDirty(AdvanceFirstDirty),
    /// Ends leases whose deadline has passed: their ids can no longer be committed. They are
    /// remembered until what was put under them is gone from the store.
    ExpireLeases {
        /// The first id of each lease.
        leases: Vec<ObjectId>,
        /// The clock of whoever decided so; a lease with a later deadline stays.
        now: Timestamp,
    },
    /// Leases that had expired, and whose objects were deleted from the store since, by their first
    /// ids, are forgotten; others stay.
    ForgetLeases(Vec<ObjectId>),
    /// Moves start offsets forward.
    TrimStreams(TrimStreams),
    /// Objects that were destroyed, and deleted from the store since, are forgotten; live ones
    /// stay.
    ForgetObjects(Vec<ObjectId>),
    /// Hands a block of producer ids to a broker, for ever. The broker's latest request again
    /// answers the same block.
    AllocateProducerIds {
        /// Who asks.
        broker: BrokerEpoch,
        /// Names the request.
        request: RequestId,
        /// How many.
        count: u32,
    },
}

/// How the log of a broker survives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WalKind {
    /// In files that only a later epoch of the same node can read (or in a test's memory).
    Local,
    /// In the object store, where any broker can seal and adopt it.
    Object,
}

/// Where clients reach a broker under one listener name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The listener's name, as `listeners` states it.
    pub listener: Arc<str>,
    /// `PLAINTEXT`, `SSL`, `SASL_PLAINTEXT` or `SASL_SSL`.
    pub security: Arc<str>,
    /// The advertised host.
    pub host: Arc<str>,
    /// The advertised port.
    pub port: u16,
}

/// See [`Command::RegisterBroker`]. Registering again with the same incarnation answers the same
/// epoch and changes nothing; with a new one it fences the node's earlier epochs.
#[derive(Clone, Debug, PartialEq)]
pub struct RegisterBroker {
    /// The node.
    pub node: NodeId,
    /// This start of it.
    pub incarnation: Incarnation,
    /// Its advertised listeners.
    pub endpoints: Vec<Endpoint>,
    /// Its zone.
    pub rack: Option<Arc<str>>,
    /// How its log survives it.
    pub wal: WalKind,
}

/// See [`Command::InheritWal`]. The sealed log of `from` becomes the first part of the log of `to`,
/// positions and trim unchanged, and the streams that `from` owned pass to `to` with their epochs
/// raised by one. Refused unless `from` is fenced, `to` is active, and both are of one node and one
/// kind of log. `from` is closed by it. Until all earlier logs of its node are inherited, a broker
/// cannot commit uploads.
#[derive(Clone, Debug, PartialEq)]
pub struct InheritWal {
    /// The fenced epoch whose log was sealed and recovered.
    pub from: BrokerEpoch,
    /// The active epoch that goes on with it.
    pub to: BrokerEpoch,
    /// [`WalKind::Object`]: where the seal of `from` stands, which is where the part of `to` begins.
    /// `None` where `from` has no part of the log, because it ended before it inherited, and for
    /// [`WalKind::Local`], whose epochs share one log in place.
    pub end: Option<WalPosition>,
}

/// See [`Command::CreateTopic`]. The name was checked against Kafka's rules before.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateTopic {
    /// Drawn at random by the requester; while the topic exists, the same id again answers as the
    /// first time.
    pub id: TopicId,
    /// The name, unique in the cluster.
    pub name: Arc<str>,
    /// The replication factor to show; durability is the store's.
    pub replication_factor: i16,
    /// The leader of each partition, in order of partition; at least one.
    pub leaders: Vec<NodeId>,
    /// Topic settings as given, by Kafka's names.
    pub configs: Vec<(Arc<str>, Arc<str>)>,
}

/// See [`Command::DeleteTopic`]. Again, it is refused: there is no such topic any more.
#[derive(Clone, Debug, PartialEq)]
pub struct DeleteTopic {
    /// The topic.
    pub id: TopicId,
    /// From when on the deletion of its objects counts.
    pub now: Timestamp,
}

/// See [`Command::CreatePartitions`].
#[derive(Clone, Debug, PartialEq)]
pub struct CreatePartitions {
    /// The topic.
    pub id: TopicId,
    /// How many partitions the requester saw; refused when there are others by now, unless they
    /// are exactly those this command would make.
    pub existing: u32,
    /// The leaders of the new ones.
    pub leaders: Vec<NodeId>,
}

/// What dynamic settings belong to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConfigResource {
    /// One topic.
    Topic(TopicId),
    /// One broker, or `None` for the cluster's default.
    Broker(Option<NodeId>),
    /// One consumer group.
    Group(Arc<str>),
    /// One subscription to client metrics (KIP-714).
    ClientMetrics(Arc<str>),
}

/// See [`Command::AlterConfigs`]. Values were checked before.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterConfigs {
    /// Whose settings.
    pub resource: ConfigResource,
    /// Each key with its new value, or `None` to remove it.
    pub changes: Vec<(Arc<str>, Option<Arc<str>>)>,
    /// All settings of the resource that the changes were worked out from, where it matters: while
    /// it has others, they are refused. `None` where they hold whatever was there.
    pub relies_on: Option<Vec<(Arc<str>, Arc<str>)>>,
}

/// See [`Command::UpdateFeatures`]. What a release supports is for its sender to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateFeatures {
    /// The epoch of the features that the levels were worked out from; while they have another,
    /// the update is refused. The next one is theirs.
    pub epoch: u64,
    /// Each feature with its new level; 0 for none any more.
    pub levels: Vec<(Arc<str>, u16)>,
}

/// See [`Command::LeaseObjects`]. While the lease lives, the same request answers the same ids.
#[derive(Clone, Debug, PartialEq)]
pub struct LeaseObjects {
    /// Who asks.
    pub broker: BrokerEpoch,
    /// Names the request.
    pub request: RequestId,
    /// How many consecutive ids; at least one.
    pub count: u32,
    /// When the lease may be expired.
    pub deadline: Timestamp,
}

/// What an object holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectKind {
    /// Blocks of many streams from one upload.
    StreamSet,
    /// Blocks of one stream.
    Stream,
}

/// An object that lies in the store, complete and synced, under a leased id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadedObject {
    /// Its id, from a lease of the same broker.
    pub id: ObjectId,
    /// What it holds.
    pub kind: ObjectKind,
    /// Its size in bytes.
    pub size: u64,
    /// Where its index begins, in bytes; the index ends at the fixed footer.
    pub index_position: u64,
}

/// One stream's part of an upload: contiguous, in one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadedRange {
    /// The stream.
    pub stream: StreamId,
    /// The epoch under which the broker owns it.
    pub epoch: StreamEpoch,
    /// The offsets; never empty.
    pub offsets: Range<Offset>,
    /// The object, one of the same command.
    pub object: ObjectId,
    /// Stored bytes of the range.
    pub size: u64,
    /// The greatest record timestamp in it.
    pub max_timestamp: Timestamp,
}

/// A stream's state up to an offset, folded by the layer above and stored as one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckpointRef {
    /// The state includes every batch before this offset.
    pub offset: Offset,
    /// The object that holds the block.
    pub object: ObjectId,
    /// Where the block begins in it, in bytes.
    pub position: u64,
    /// The block's length in bytes, checksum included.
    pub size: u32,
}

/// See [`Command::CommitUpload`] and design 4.1.1, rule 5.
///
/// Refused as a whole when the broker is not active, when `wal.start` is past the current trim
/// position, when an object was neither leased to the broker nor committed by this very upload
/// before, or when a range would leave a gap in a stream that the broker owns. One lease serves
/// one commit, which ends it, whatever ids it left unused. A retry changes nothing, and is known
/// as one while any of its objects is in the image (deletion waits longer than any retry).
///
/// Per range: skipped (and reported) when the stream is gone or owned by another epoch; clipped
/// where the stream's end is already past its start. A checkpoint takes the place of the stream's
/// former one, unless that one is further on; it is skipped with its stream. Objects that nothing
/// refers to in the end are destroyed at once.
#[derive(Clone, Debug, PartialEq)]
pub struct CommitUpload {
    /// Who uploaded.
    pub broker: BrokerEpoch,
    /// The WAL positions that the upload makes superfluous; the trim position becomes the end.
    pub wal: Range<WalPosition>,
    /// The objects, all under ids of one lease.
    pub objects: Vec<UploadedObject>,
    /// What they hold.
    pub ranges: Vec<UploadedRange>,
    /// The checkpoints written along.
    pub checkpoints: Vec<(StreamId, CheckpointRef)>,
    /// From when on the deletion of objects it replaces (old checkpoints) counts.
    pub now: Timestamp,
}

/// One stream's part of an object that takes the place of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplacedRun {
    /// The stream.
    pub stream: StreamId,
    /// From the start of the first range that is replaced to the end of the last.
    pub offsets: Range<Offset>,
    /// The object of each of these ranges, in order; at least one.
    pub objects: Vec<ObjectId>,
    /// Stored bytes of the new range.
    pub size: u64,
    /// The greatest record timestamp in it.
    pub max_timestamp: Timestamp,
    /// Log compaction left out what is superseded: offsets may be missing between its batches.
    pub cleaned: bool,
}

/// A stream's checkpoint, copied as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MovedCheckpoint {
    /// The stream.
    pub stream: StreamId,
    /// The object that it was copied from.
    pub from: ObjectId,
    /// Where it lies now; its offset and size are as before.
    pub to: CheckpointRef,
}

/// See [`Command::ReplaceRanges`]: the commit of a compaction.
///
/// Compare and set: a run takes effect only while the stream has exactly the ranges that it names,
/// and a checkpoint only while it is where it was copied from; else it is skipped (and its stream
/// reported), because somebody trimmed, deleted or replaced meanwhile. Offsets never move, whoever
/// owns the stream. Refused as a whole when the broker is not active, or when the object was neither
/// leased to it nor committed by this very command before; the lease ends with it. An object that
/// nothing refers to in the end is destroyed at once. A retry changes nothing, and is known as one
/// while the object is in the image.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplaceRanges {
    /// Who wrote the object.
    pub broker: BrokerEpoch,
    /// The object, under an id of a lease of its own.
    pub object: UploadedObject,
    /// What it takes the place of.
    pub runs: Vec<ReplacedRun>,
    /// The checkpoints that were copied along.
    pub checkpoints: Vec<MovedCheckpoint>,
    /// From when on the deletion of the objects that it replaces counts.
    pub now: Timestamp,
}

/// See [`Command::AdvanceFirstDirty`]: the end of a cleaning, of which each [`ReplaceRanges`] took
/// effect before.
#[derive(Clone, Debug, PartialEq)]
pub struct AdvanceFirstDirty {
    /// Who cleaned.
    pub broker: BrokerEpoch,
    /// The first offset of each stream that log compaction has not looked at, up to the stream's
    /// end. A smaller one than the present changes nothing, nor does any for a stream that is gone.
    pub streams: Vec<(StreamId, Offset)>,
}

/// See [`Command::TrimStreams`].
#[derive(Clone, Debug, PartialEq)]
pub struct TrimStreams {
    /// Who owns them.
    pub broker: BrokerEpoch,
    /// The new start offset of each stream; a smaller one than the present changes nothing, nor
    /// does any for a stream that is gone or owned by another epoch. Past
    /// the committed end, the end moves along: what the WAL still holds below it is dropped when
    /// it is committed.
    pub starts: Vec<(StreamId, StreamEpoch, Offset)>,
    /// From when on the deletion of unreferenced objects counts.
    pub now: Timestamp,
}

/// What a command answers when it took effect, or had taken effect before.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// Done; there is nothing to add.
    Done,
    /// The epoch granted, and the node's earlier epochs whose logs wait for recovery.
    Registered {
        /// The epoch of this incarnation.
        epoch: BrokerEpoch,
        /// Fenced epochs of the node that are not closed yet, oldest first.
        unrecovered: Vec<BrokerEpoch>,
    },
    /// The leased ids.
    Leased(Range<ObjectId>),
    /// The granted ids, first and count.
    ProducerIds {
        /// The first.
        first: ProducerId,
        /// How many.
        count: u32,
    },
    /// The commit stands, but for these streams, which had no use for their part of it.
    Committed {
        /// Of an upload: streams that are gone or of another owner; of a compaction: those that
        /// have changed meanwhile. Ascending. After a retry: as the image tells it then.
        skipped: Vec<StreamId>,
    },
}

/// Why a command took no effect. Each says what its sender should do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Start over with the cluster's own id, or with an empty directory.
    #[error("the cluster was formatted before, as {0}")]
    OtherCluster(ClusterId),
    /// Stop: another process replaced this one.
    #[error("broker epoch {0} is not active")]
    BrokerNotActive(BrokerEpoch),
    /// Ask again with a leader that is registered.
    #[error("node {0} is not an active broker")]
    UnknownLeader(NodeId),
    /// Recovery is out of order: read the image again.
    #[error("the log of broker epoch {from} cannot pass to {to}: {reason}")]
    NoInheritance {
        /// The epoch that would be closed.
        from: BrokerEpoch,
        /// The epoch that would go on.
        to: BrokerEpoch,
        /// What does not hold.
        reason: &'static str,
    },
    /// The name is taken.
    #[error("topic {0} exists")]
    TopicExists(Arc<str>),
    /// There is no such topic, or no longer.
    #[error("no topic has the id {0}")]
    UnknownTopic(TopicId),
    /// Somebody else was first: look at them, and work the changes out again.
    #[error("the settings are others by now")]
    SettingsChanged,
    /// Somebody else was first: look at them, and work the levels out again.
    #[error("the features are of epoch {0} by now")]
    FeaturesChanged(u64),
    /// Look at the topic again.
    #[error("the topic has {0} partitions")]
    PartitionCount(u32),
    /// A topic needs a partition, a lease an id, and a block of producer ids a count.
    #[error("the command asks for nothing: {0}")]
    Empty(&'static str),
    /// The upload comes too late; its objects are garbage. Upload again under a new lease.
    #[error("object {0} is not leased to this upload")]
    NotLeased(ObjectId),
    /// An earlier upload must be committed first.
    #[error("the upload starts at {from}, past the trim position {trim}")]
    UploadOutOfOrder {
        /// Where it starts.
        from: WalPosition,
        /// Where the log is trimmed to.
        trim: WalPosition,
    },
    /// Records are missing between what is committed and what was uploaded. Stop, and keep the
    /// log: they may be in it.
    #[error("stream {stream} ends at {end}, the upload goes on at {start}")]
    Gap {
        /// The stream.
        stream: StreamId,
        /// Where it ends.
        end: Offset,
        /// Where the upload's range begins.
        start: Offset,
    },
    /// The sender has a bug: this is not what an upload looks like.
    #[error("malformed command: {0}")]
    Malformed(&'static str),
    /// A counter is used up.
    #[error("no {0} are left")]
    Exhausted(&'static str),
}

/// What became of a command, and the position in the log where it was decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// An image at or past this index includes the effect.
    pub index: LogIndex,
    /// The answer.
    pub result: Result<Reply, Refused>,
}
