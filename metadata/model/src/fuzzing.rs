//! What the fuzz targets of `metadata/model/fuzz` run: any bytes as commands, and as an image that
//! commands are then applied to.
//!
//! ```text
//!   commands   command as a part …
//!   image      number of chunks 1 | chunk as a part … | command as a part …
//! ```

use penstock_fuzzing::{Target, put_part, take, take_part};

use crate::apply::apply;
use crate::command::{
    AlterConfigs, CheckpointRef, Command, CommitUpload, ConfigResource, CreatePartitions,
    CreateTopic, DeleteTopic, Endpoint, InheritWal, LeaseObjects, ObjectKind, RegisterBroker,
    TrimStreams, UpdateFeatures, UploadedObject, UploadedRange, WalKind,
};
use crate::encoding::{decode_command, decode_image, encode_command, encode_image, image_hash};
use crate::id::{
    BrokerEpoch, ClusterId, Incarnation, LogIndex, NodeId, ObjectId, Offset, RequestId,
    StreamEpoch, StreamId, Timestamp, TopicId, WalPosition,
};
use crate::image::MetadataImage;
use crate::invariants;

/// A history of commands, from an empty image on.
pub const COMMANDS: Target =
    Target { name: "commands", run: commands, seeds: || vec![parts(&history())] };

/// An image, and a history behind it.
pub const IMAGE: Target = Target { name: "image", run: image, seeds: images };

fn commands(input: &[u8]) -> Option<()> {
    go_on(MetadataImage::default(), input)
}

fn image(mut input: &[u8]) -> Option<()> {
    let [chunks] = *take(&mut input)?;
    let chunks: Vec<&[u8]> = (0..chunks).map_while(|_| take_part(&mut input)).collect();
    let image = decode_image(chunks).ok()?;
    check(&image);
    go_on(image, input)
}

/// Each command is written as it was read; whatever it is, the image holds together and survives
/// being written.
fn go_on(mut image: MetadataImage, mut input: &[u8]) -> Option<()> {
    let mut index = image.index().0;
    while let Some(bytes) = take_part(&mut input) {
        let command = decode_command(bytes).ok()?;
        assert_eq!(decode_command(&encode_command(&command)), Ok(command.clone()));
        index = index.checked_add(1)?;
        let before = image.clone();
        let refused = apply(&mut image, LogIndex(index), &command).result.is_err();
        if refused {
            assert_eq!(image, MetadataImage { index: image.index, ..before }, "by {command:?}");
        }
        assert_eq!(invariants::check(&image), Ok(()), "by {command:?}");
    }
    check(&image);
    Some(())
}

fn check(image: &MetadataImage) {
    let read = decode_image(encode_image(image)).expect("an image can be read");
    assert_eq!(&read, image);
    assert_eq!(image_hash(&read), image_hash(image));
    assert!(encode_image(&read).eq(encode_image(image)), "equal images have equal bytes");
}

fn parts(commands: &[Command]) -> Vec<u8> {
    let mut input = Vec::new();
    commands.iter().for_each(|command| put_part(&mut input, &encode_command(command)));
    input
}

/// The images of prefixes of the history, each with the rest of it behind.
fn images() -> Vec<Vec<u8>> {
    let history = history();
    let mut image = MetadataImage::default();
    let mut inputs = Vec::new();
    for (index, command) in (1..).zip(&history) {
        let outcome = apply(&mut image, LogIndex(index), command);
        outcome.result.unwrap_or_else(|refused| panic!("{command:?}: {refused}"));
        let mut input = vec![1];
        let chunks: Vec<_> = encode_image(&image).collect();
        assert_eq!(chunks.len(), 1, "a small image");
        put_part(&mut input, &chunks[0]);
        let done = usize::try_from(index).expect("a short history");
        input.extend(parts(&history[done..]));
        inputs.push(input);
    }
    inputs
}

/// Commands of every kind, each of which takes effect.
fn history() -> Vec<Command> {
    let (node, first, second) = (NodeId(1), BrokerEpoch(1), BrokerEpoch(2));
    let (topic, now) = (TopicId([7; 16]), Timestamp(5));
    let request = |number: u8| RequestId([number; 16]);
    let register = |number: u8| {
        Command::RegisterBroker(RegisterBroker {
            node,
            incarnation: Incarnation([number; 16]),
            endpoints: vec![Endpoint {
                listener: "PLAINTEXT".into(),
                security: "PLAINTEXT".into(),
                host: "localhost".into(),
                port: 9092,
            }],
            rack: Some("zone".into()),
            wal: WalKind::Local,
        })
    };
    let lease = |broker, number| {
        let count = 2;
        let request = request(number);
        Command::LeaseObjects(LeaseObjects { broker, request, count, deadline: Timestamp(9) })
    };
    let stream = StreamId(1);
    let object = |id| UploadedObject {
        id: ObjectId(id),
        kind: ObjectKind::StreamSet,
        size: 1000,
        index_position: 900,
    };
    let commit = |id: u64, offsets: std::ops::Range<u64>| {
        let offsets = Offset(offsets.start)..Offset(offsets.end);
        let range = UploadedRange {
            stream,
            epoch: StreamEpoch(0),
            offsets: offsets.clone(),
            object: ObjectId(id),
            size: 50,
            max_timestamp: now,
        };
        let checkpoint =
            CheckpointRef { offset: offsets.end, object: ObjectId(id), position: 500, size: 9 };
        Command::CommitUpload(CommitUpload {
            broker: first,
            wal: WalPosition(offsets.start.0)..WalPosition(offsets.end.0),
            objects: vec![object(id)],
            ranges: vec![range],
            checkpoints: vec![(stream, checkpoint)],
            now,
        })
    };
    let starts = |start| vec![(stream, StreamEpoch(0), Offset(start))];
    let trim =
        |start| Command::TrimStreams(TrimStreams { broker: first, starts: starts(start), now });
    vec![
        Command::Format(ClusterId([3; 16])),
        register(1),
        Command::CreateTopic(CreateTopic {
            id: topic,
            name: "topic".into(),
            replication_factor: 1,
            leaders: vec![node, node],
            configs: vec![("retention.ms".into(), "1".into())],
        }),
        Command::CreatePartitions(CreatePartitions { id: topic, existing: 2, leaders: vec![node] }),
        Command::AlterConfigs(AlterConfigs {
            resource: ConfigResource::Topic(topic),
            changes: vec![("key".into(), Some("value".into())), ("retention.ms".into(), None)],
            relies_on: Some(vec![("retention.ms".into(), "1".into())]),
        }),
        Command::UpdateFeatures(UpdateFeatures { epoch: 0, levels: vec![("feature".into(), 1)] }),
        lease(first, 1),
        commit(1, 0..10),
        lease(first, 2),
        commit(3, 10..20),
        trim(10),
        Command::ForgetObjects(vec![ObjectId(1)]),
        Command::AllocateProducerIds { broker: first, request: request(3), count: 1000 },
        lease(first, 4),
        Command::ExpireLeases { leases: vec![ObjectId(5)], now: Timestamp(10) },
        Command::ForgetLeases(vec![ObjectId(5)]),
        register(2),
        Command::InheritWal(InheritWal { from: first, to: second, end: None }),
        Command::DeleteTopic(DeleteTopic { id: topic, now }),
        Command::FenceBroker(second),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands() {
        COMMANDS.check();
    }

    #[test]
    fn image() {
        IMAGE.check();
    }
}
