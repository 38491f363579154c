//! The bytes of every command and entry, as the first release wrote them. A test that fails here
//! means that logs and snapshots in the field can no longer be read: mend the code, not the bytes.

use super::world::{Upload, World};
use crate::command::{
    AdvanceFirstDirty, AlterConfigs, Command, ConfigResource, CreatePartitions, CreateTopic,
    DeleteTopic, Endpoint, InheritWal, LeaseObjects, MovedCheckpoint, RegisterBroker,
    ReplaceRanges, ReplacedRun, TrimStreams, UpdateFeatures, WalKind,
};
use crate::encoding::{decode_command, decode_image, encode_command, encode_image, image_hash};
use crate::id::{
    BrokerEpoch, ClusterId, Incarnation, NodeId, ObjectId, Offset, RequestId, StreamEpoch,
    StreamId, Timestamp, TopicId, WalPosition,
};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[track_caller]
fn check(command: Command, expected: &str) {
    let bytes = encode_command(&command);
    assert_eq!(hex(&bytes), expected);
    assert_eq!(decode_command(&bytes), Ok(command));
}

fn id() -> [u8; 16] {
    *b"0123456789abcdef"
}

#[test]
fn commands_of_the_cluster() {
    check(Command::Format(ClusterId(id())), "010a1030313233343536373839616263646566");
    let levels = vec![("f".into(), 2), ("g".into(), 0)];
    check(
        Command::UpdateFeatures(UpdateFeatures { epoch: 3, levels }),
        "0182010e080312050a0166100212030a0167",
    );
}

#[test]
fn commands_of_brokers() {
    let endpoint =
        Endpoint { listener: "A".into(), security: "SSL".into(), host: "h".into(), port: 9092 };
    let register = RegisterBroker {
        node: NodeId(1),
        incarnation: Incarnation(id()),
        endpoints: vec![endpoint],
        rack: Some("r".into()),
        wal: WalKind::Local,
    };
    check(
        Command::RegisterBroker(register),
        "01122908021210303132333435363738396162636465661a0e0a0141120353534c1a01682084\
         472201722801",
    );
    check(Command::FenceBroker(BrokerEpoch(300)), "0118ac02");
    let (from, to) = (BrokerEpoch(1), BrokerEpoch(2));
    check(Command::InheritWal(InheritWal { from, to, end: None }), "01220408011002");
    let end = Some(WalPosition(7));
    check(Command::InheritWal(InheritWal { from, to, end }), "012206080110021807");
    let (broker, request) = (BrokerEpoch(1), RequestId(id()));
    check(
        Command::AllocateProducerIds { broker, request, count: 1000 },
        "017217080112103031323334353637383961626364656618e807",
    );
}

#[test]
fn commands_of_topics() {
    let create = CreateTopic {
        id: TopicId(id()),
        name: "t".into(),
        replication_factor: 3,
        leaders: vec![NodeId(1), NodeId(2)],
        configs: vec![("k".into(), "v".into())],
    };
    check(
        Command::CreateTopic(create),
        "012a230a10303132333435363738396162636465661201741806220202042a060a016b120176",
    );
    let (id, now) = (TopicId(id()), Timestamp(-1));
    check(
        Command::DeleteTopic(DeleteTopic { id, now }),
        "0132140a10303132333435363738396162636465661001",
    );
    let leaders = vec![NodeId(1)];
    check(
        Command::CreatePartitions(CreatePartitions { id, existing: 2, leaders }),
        "013a170a103031323334353637383961626364656610021a0102",
    );
    let alter = |resource| {
        let changes = vec![("k".into(), Some("v".into())), ("l".into(), None)];
        Command::AlterConfigs(AlterConfigs { resource, changes, relies_on: None })
    };
    let relying = |relies_on| AlterConfigs {
        resource: ConfigResource::Broker(None),
        changes: vec![("l".into(), None)],
        relies_on: Some(relies_on),
    };
    check(Command::AlterConfigs(relying(Vec::new())), "01420b0a021a0012030a016c1a00");
    let pair = ("k".into(), "v".into());
    check(
        Command::AlterConfigs(relying(vec![pair])),
        "0142130a021a0012030a016c1a080a060a016b120176",
    );
    check(
        alter(ConfigResource::Topic(id)),
        "0142210a120a103031323334353637383961626364656612060a016b12017612030a016c",
    );
    check(
        alter(ConfigResource::Broker(Some(NodeId(1)))),
        "0142110a02100212060a016b12017612030a016c",
    );
    check(alter(ConfigResource::Broker(None)), "0142110a021a0012060a016b12017612030a016c");
    check(alter(ConfigResource::Group("g".into())), "0142120a0322016712060a016b12017612030a016c");
    check(
        alter(ConfigResource::ClientMetrics("m".into())),
        "0142120a032a016d12060a016b12017612030a016c",
    );
}

#[test]
fn commands_of_storage() {
    let (broker, request) = (BrokerEpoch(1), RequestId(id()));
    let (count, deadline, now) = (2, Timestamp(100), Timestamp(50));
    check(
        Command::LeaseObjects(LeaseObjects { broker, request, count, deadline }),
        "014a190801121030313233343536373839616263646566180220c801",
    );
    check(
        Command::CommitUpload(upload().command(5)),
        "01522a0801100a1814220a0805100118e8072084072a080801200a2805300a320a0801120608\
         0a1005200a3864",
    );
    check(
        Command::ExpireLeases { leases: vec![ObjectId(1), ObjectId(300)], now },
        "015a070a0301ac021064",
    );
    let starts = vec![(StreamId(1), StreamEpoch(2), Offset(3))];
    check(
        Command::TrimStreams(TrimStreams { broker, starts, now }),
        "01620c080112060801100218031864",
    );
    check(Command::ForgetLeases(vec![ObjectId(1), ObjectId(300)]), "017a050a0301ac02");
    let replace = ReplaceRanges {
        broker,
        object: upload().command(5).objects[0],
        runs: vec![ReplacedRun {
            stream: StreamId(1),
            offsets: Offset(0)..Offset(300),
            objects: vec![ObjectId(2), ObjectId(300)],
            size: 20,
            max_timestamp: Timestamp(-1),
            cleaned: false,
        }],
        checkpoints: vec![MovedCheckpoint {
            stream: StreamId(1),
            from: ObjectId(2),
            to: upload().command(5).checkpoints[0].1,
        }],
        now,
    };
    check(
        Command::ReplaceRanges(replace.clone()),
        "018a012e0801120a0805100118e8072084071a0e080118ac02220302ac0228143001220c080110021a06080a\
         1005200a2864",
    );
    check(Command::ForgetObjects(vec![ObjectId(1), ObjectId(300)]), "016a050a0301ac02");
    let mut cleaning = replace;
    cleaning.runs[0].cleaned = true;
    let bytes = encode_command(&Command::ReplaceRanges(cleaning.clone()));
    assert_eq!(decode_command(&bytes), Ok(Command::ReplaceRanges(cleaning)));
    assert!(hex(&bytes).contains("28143001380122"), "{}", hex(&bytes));
    let streams = vec![(StreamId(1), Offset(300))];
    check(
        Command::AdvanceFirstDirty(AdvanceFirstDirty { broker, streams }),
        "0192010908011205080110ac02",
    );
}

fn upload() -> Upload {
    Upload {
        wal: 10..20,
        objects: 1,
        ranges: vec![(1, 0..10, 0)],
        checkpoints: vec![(1, 10, 0)],
        now: 50,
    }
}

/// As the first release wrote it: without the content of objects.
const FIRST_IMAGE: &str = "\
    01200a1e080e1210303132333435363738396162636465661801200428033006380a1e121c080110021a\
    10010101010101010101010101010101012001281e40021e121c080210021a1002020202020202020202\
    0202020202022001281e32001c121a080310041a100101010101010101010101010101010120013a0006\
    1a0408021002061a04080410031822160802121030313233343536373839616263646566200a192a170a\
    100101010101010101010101010101010112017418022932270a120a1001010101010101010101010101\
    01010112110a0c726574656e74696f6e2e6d73120131243a220801121001010101010101010101010101\
    01010120012802380a4206080a1002200a203a1e08021210010101010101010101010101010101011801\
    20012802300938090a42080801180a2001280a0c4a0a0801100118e8072084070c4a0a0802100118e807\
    2084071d521b08031006180222100303030303030303030303030303030328c80102580f";

const IMAGE: &str = "\
    01200a1e080e1210303132333435363738396162636465661801200428033006380a1e121c080110021\
    a10010101010101010101010101010101012001281e40021e121c080210021a10020202020202020202\
    020202020202022001281e32001c121a080310041a100101010101010101010101010101010120013a0\
    0061a0408021002061a04080410031822160802121030313233343536373839616263646566200a192a\
    170a100101010101010101010101010101010112017418022932270a120a10010101010101010101010\
    1010101010112110a0c726574656e74696f6e2e6d73120131243a220801121001010101010101010101\
    01010101010120012802380a4206080a1002200a203a1e0802121001010101010101010101010101010\
    101180120012802300938090a42080801180a2001280a0e4a0c0801100118e80720840730140e4a0c08\
    02100118e80720840730141d521b08031006180222100303030303030303030303030303030328c8010\
    2580f";

/// An image with every kind of entry.
#[test]
fn an_image() {
    let mut world = World::default();
    world.run(&Command::Format(ClusterId(id()))).unwrap();
    world.register(1, 1);
    world.create(1, "t", 2).unwrap();
    world.commit(&Upload { wal: 0..20, ..upload() }).unwrap();
    world.commit(&Upload { wal: 20..30, ranges: vec![(2, 0..9, 0)], ..upload() }).unwrap();
    world.trim(&[(2, 9)], 70).unwrap();
    world.register(1, 2);
    let (from, to) = (BrokerEpoch(1), BrokerEpoch(2));
    world.run(&Command::InheritWal(InheritWal { from, to, end: None })).unwrap();
    world.register(2, 1);
    world.run(&Command::FenceBroker(BrokerEpoch(3))).unwrap();
    let (broker, request) = (BrokerEpoch(2), RequestId(id()));
    world.run(&Command::AllocateProducerIds { broker, request, count: 10 }).unwrap();
    world.lease(2, 3);

    let chunks: Vec<_> = encode_image(&world.image).collect();
    assert_eq!(chunks.iter().map(|chunk| hex(chunk)).collect::<Vec<_>>(), [IMAGE]);
    assert_eq!(image_hash(&world.image), 0xea8cee807b7e7643a7a9c5ddb9086958);
    assert_eq!(decode_image(&chunks), Ok(world.image.clone()));

    let first: Vec<u8> = (0..FIRST_IMAGE.len() / 2)
        .map(|at| u8::from_str_radix(&FIRST_IMAGE[2 * at..2 * at + 2], 16).unwrap())
        .collect();
    for id in [1, 2] {
        world.image.objects.get_mut(&ObjectId(id)).unwrap().content = 0;
    }
    assert_eq!(decode_image(&[first]), Ok(world.image));
}

/// What came later than the first release: an image that has none of it is written as before.
#[test]
fn an_image_with_features() {
    let mut world = World::default();
    world.run(&Command::Format(ClusterId(id()))).unwrap();
    let levels = vec![("f".into(), 2)];
    world.run(&Command::UpdateFeatures(UpdateFeatures { epoch: 0, levels })).unwrap();
    let chunks: Vec<_> = encode_image(&world.image).collect();
    assert_eq!(
        chunks.iter().map(|chunk| hex(chunk)).collect::<Vec<_>>(),
        ["01200a1e0802121030313233343536373839616263646566180120012801300140010762050a\
         01661002025802"]
    );
    assert_eq!(decode_image(&chunks), Ok(world.image));
}
