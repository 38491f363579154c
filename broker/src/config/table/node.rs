//! Settings of the node itself: identity, listeners, storage, memory.

use super::settings;
use crate::config::setting::{Setting, Valid};

pub(super) const IDENTITY: &[Setting] = settings! {
    "cluster.id": String => "22 characters of URL-safe base 64. Made at the first start; later only the same id starts.";
    "node.id": Int = "1" (Valid::AtLeast(0)) => "This node, unique in the cluster.";
    "process.roles": List = "broker,controller" (Valid::ListOf(&["broker", "controller"])) =>
        "What the node does. This version runs as a single node with both roles.";
    "controller.quorum.voters": List => "`id@host:port` of each controller. Null for this node alone, which is all this version runs.";
    "broker.rack": String => "The zone that the node stands in; clients are told.";
};

pub(super) const NETWORK: &[Setting] = settings! {
    "listeners": List = "PLAINTEXT://127.0.0.1:9092" =>
        "`NAME://host:port` for each Kafka listener. Port 0 picks one; no host means all addresses.";
    "advertised.listeners": List =>
        "What clients are told to connect to, by the names of `listeners`; null for the listeners \
         themselves.";
    "listener.security.protocol.map": String
        = "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT" =>
        "The security protocol of each listener name. This version serves PLAINTEXT.";
    "controller.listener.names": List =>
        "Listeners of controllers: they are left out of `listeners` and `advertised.listeners`, \
         because the quorum has its own.";
    "internal.listener": String = "127.0.0.1:9093" =>
        "gRPC of the quorum and between brokers. Not opened while the node is alone.";
    "admin.listener": String = "127.0.0.1:9644" =>
        "HTTP: `/metrics`, `/livez`, `/readyz`, and figures in JSON below `/v1`, which \
         `docs/openapi.json` describes. Empty for none.";
    "socket.request.max.bytes": Int = "104857600" (Valid::AtLeast(1)) =>
        "A longer request closes its connection.";
    "max.request.partition.size.limit": Int = "2000" (Valid::AtLeast(1)) =>
        "The most partitions that one answer to DescribeTopicPartitions tells of; the next page \
         goes on.";
    "telemetry.max.bytes": Int = "1048576" (Valid::AtLeast(1)) =>
        "The most that a client may push of its own metrics at once. Nothing here takes them: \
         clients are not told of telemetry, and those that ask are asked for none.";
    "connections.max.idle.ms": Long = "600000" =>
        "A connection without a request for so long is closed; below 0, none is.";
    "max.connections": Int = "2147483647" (Valid::AtLeast(0)) =>
        "Connections of all listeners; further ones wait.";
    "max.connections.per.ip": Int = "2147483647" (Valid::AtLeast(0)) =>
        "Connections from one address; further ones are closed.";
    "max.connections.per.ip.overrides": String = "" => "`address:count,…` for addresses with another limit.";
    "drain.timeout.ms": Long = "30000" (Valid::AtLeast(0)) =>
        "How long a stopping node waits for requests that have begun.";
    "metrics.group.lag.series.max": Int = "10000" (Valid::AtLeast(0)) =>
        "Committed offsets whose lag `/metrics` shows, each by records and by time; of how many it \
         does not is a metric of its own. `/v1/groups` tells of all.";
    "metrics.by.topic.enable": Boolean = "false" =>
        "Counts produced and fetched bytes for each topic: two more series a topic.";
};

pub(super) const STORAGE: &[Setting] = settings! {
    "data.dir": String = "./penstock-data" => "Raft log, file WAL and, by default, objects.";
    "storage.url": String =>
        "Where objects lie: `file:///path`, `memory://`, or \
         `s3://bucket/prefix?endpoint=…&region=…&path_style=true`. Null for \
         `file://{data.dir}/objects`.";
    "wal.url": String =>
        "Where the write-ahead log lies: `file:///path`, `object` for the store that the objects \
         are in, or `object+` and the URL of another, which must refuse to create a key twice; the \
         metadata is then under `storage.url`, too, and nothing on the disk is missed. \
         Null for `file://{data.dir}/wal`.";
    "wal.max.put.per.second": Int = "20" (Valid::AtLeast(0)) =>
        "The request budget of a WAL in an object store: with more traffic records gather longer, \
         up to a full object. 0 for none.";
    "wal.backlog.bytes.max": Long = "10737418240" (Valid::AtLeast(1)) =>
        "Durable in the WAL and not yet committed as objects; past it producers wait.";
    "storage.reconcile.interval.ms": Long = "86400000" (Valid::AtLeast(60_000)) =>
        "How often all objects are listed, to find those that nothing refers to. They are logged and \
         shown in `penstock_storage_objects`, and deleted when the next look finds them again; \
         `penstock verify --delete-orphans` does not wait.";
    "upload.bytes.max": Long = "134217728" (Valid::AtLeast(1)) =>
        "An upload starts when so much has gathered; sooner where `memory.upload.bytes` has no room \
         for two of them.";
    "upload.interval.ms": Long = "30000" (Valid::AtLeast(1)) =>
        "An upload starts when the oldest record that it would take is of this age.";
};

pub(super) const MEMORY: &[Setting] = settings! {
    "memory.budget.bytes": Long = "536870912" (Valid::AtLeast(67_108_864)) =>
        "What the pools below share, each by its part of it unless it is set.";
    "memory.log.cache.bytes": Long (Valid::AtLeast(1)) =>
        "Records that are newer than their upload, for readers at the tail. Three sixteenths.";
    "memory.index.bytes": Long (Valid::AtLeast(1)) =>
        "What is remembered of each batch that waits for its upload. A sixteenth.";
    "memory.upload.bytes": Long (Valid::AtLeast(1)) =>
        "Blocks being built and uploaded, and a compaction in the place of one of them; a quarter of \
         it is for checkpoints. The more of it, the larger are objects, and the fewer requests a \
         GiB takes. Three sixteenths.";
    "memory.block.cache.bytes": Long (Valid::AtLeast(1)) =>
        "Blocks read from objects, for the next reader. A sixteenth.";
    "memory.requests.bytes": Long (Valid::AtLeast(1_048_576)) =>
        "Requests that are being read and served, with what they become when they are decoded: an \
         eighth of it for what fetches remember of their partitions (one that takes more than three \
         quarters of that is refused), an eighth for fetch sessions, and the rest in lanes for \
         those that ask, wait (for records, for their group) and produce, the small ones of each \
         apart. A longer produce request than its lane is served beside it, one \
         at a time; another one is refused. An eighth.";
    "memory.inflation.bytes": Long (Valid::AtLeast(1)) =>
        "Inflating compressed batches to check them, and re-encoding; an eighth of it is for small \
         batches alone, a sixteenth for batches that are read back to find a record by its time. A \
         batch that takes more (a zstd window that its records fill, say) is refused as too large, \
         and clients split it. Three thirty-seconds.";
    "memory.log.compaction.bytes": Long (Valid::AtLeast(1)) =>
        "The keys of a log while it is compacted, some thirty bytes each. One that has more of them \
         in what is to be compacted is read as often as it takes. A thirty-second.";
    "memory.responses.bytes": Long (Valid::AtLeast(1)) =>
        "Fetched records and other large answers, until clients have taken them; an eighth of it \
         is for small ones alone. One fetch is answered with no more than an eighth of the rest, \
         or with one batch. A sixteenth.";
    "memory.producers.bytes": Long (Valid::AtLeast(1)) =>
        "Epochs and last batches of idempotent producers, over all partitions; one partition takes \
         an eighth of it at most. Past it, partitions with more than their part forget those that \
         were silent for longest; while all of them wrote in the last six minutes, new ones are \
         told to try again. A sixteenth.";
    "memory.groups.bytes": Long (Valid::AtLeast(1)) =>
        "Groups, their members and committed offsets. Past it, what would make a group larger is \
         answered COORDINATOR_NOT_AVAILABLE, and clients ask again; what is there goes on. A \
         sixteenth.";
    "memory.wal.bytes": Long (Valid::AtLeast(1)) =>
        "Records on their way to the WAL. A sixteenth.";
};
