//! What groups have committed outlives the compaction of `__consumer_offsets`, and that the process
//! is killed behind it.

use std::time::Duration;

use anyhow::ensure;
use penstock_tests::client::Client;
use penstock_tests::figures::metric;
use penstock_tests::producer::create_topic;
use penstock_tests::server::Setup;
use penstock_wire::WireString;
use penstock_wire::find_coordinator_request::FindCoordinatorRequest;
use penstock_wire::offset_commit_request::{
    OffsetCommitRequest, OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use penstock_wire::offset_fetch_request::{OffsetFetchRequest, OffsetFetchRequestTopic};
use tokio::time::Instant;

const FIND_COORDINATOR: i16 = 3;
const OFFSET_COMMIT: i16 = 6;
const OFFSET_FETCH: i16 = 5;

/// A compaction comes at most some ten seconds behind an upload.
const SOON: Duration = Duration::from_secs(60);

const GROUPS: [&str; 3] = ["a", "b", "c"];

/// Makes the topic that holds what groups commit.
fn find_coordinator(client: &mut Client) -> anyhow::Result<()> {
    let request = FindCoordinatorRequest {
        key: WireString::copy_from(GROUPS[0]),
        ..FindCoordinatorRequest::default()
    };
    let deadline = Instant::now() + SOON;
    loop {
        match client.call(FIND_COORDINATOR, &request)?.error_code {
            0 => return Ok(()),
            code => ensure!(Instant::now() < deadline, "no coordinator: error {code}"),
        }
    }
}

fn commit(client: &mut Client, group: &str, offset: i64) -> anyhow::Result<()> {
    let partition = OffsetCommitRequestPartition {
        partition_index: 0,
        committed_offset: offset,
        committed_leader_epoch: -1,
        // So that a mebibyte is soon there.
        committed_metadata: Some(WireString::copy_from(&"x".repeat(4_000))),
    };
    let request = OffsetCommitRequest {
        group_id: WireString::copy_from(group),
        generation_id_or_member_epoch: -1,
        topics: vec![OffsetCommitRequestTopic {
            name: WireString::copy_from("t"),
            partitions: vec![partition],
            ..OffsetCommitRequestTopic::default()
        }],
        ..OffsetCommitRequest::default()
    };
    let response = client.call(OFFSET_COMMIT, &request)?;
    let code = response.topics[0].partitions[0].error_code;
    ensure!(code == 0, "commit: error {code}");
    Ok(())
}

fn committed(client: &mut Client, group: &str) -> anyhow::Result<i64> {
    let topic =
        OffsetFetchRequestTopic { name: WireString::copy_from("t"), partition_indexes: vec![0] };
    let request = OffsetFetchRequest {
        group_id: WireString::copy_from(group),
        topics: Some(vec![topic]),
        ..OffsetFetchRequest::default()
    };
    let deadline = Instant::now() + SOON;
    loop {
        let response = client.call(OFFSET_FETCH, &request)?;
        match response.error_code {
            0 => return Ok(response.topics[0].partitions[0].committed_offset),
            // Its coordinator is reading.
            code => ensure!(Instant::now() < deadline, "fetch: error {code}"),
        }
    }
}

#[test]
fn what_is_committed_outlives_compaction_and_a_kill() -> anyhow::Result<()> {
    let data = tempfile::tempdir()?;
    let setup = Setup::new(env!("CARGO_BIN_EXE_penstock-under-test"), data.path())
        .with("offsets.topic.num.partitions=1")
        .with("offsets.topic.segment.bytes=1048576")
        .with("upload.interval.ms=100");
    let mut server = setup.start()?;
    let mut client = server.connect();
    create_topic(&mut client, "t")?;
    find_coordinator(&mut client)?;
    let superseded = "penstock_log_compaction_superseded_bytes_total";
    let (mut offset, begun) = (0, Instant::now());
    while metric(server.admin(), superseded)? < f64::from(1 << 20) {
        ensure!(begun.elapsed() < SOON, "it is not compacted");
        offset += 1;
        for (number, group) in (0..).zip(GROUPS) {
            commit(&mut client, group, 10 * offset + number)?;
        }
    }
    // One group that is not heard of again.
    commit(&mut client, "silent", 7)?;
    server.kill();

    let mut server = setup.start()?;
    let mut client = server.connect();
    ensure!(committed(&mut client, "silent")? == 7);
    for (number, group) in (0..).zip(GROUPS) {
        let found = committed(&mut client, group)?;
        ensure!(found == 10 * offset + number, "{group}: {found} behind {offset} rounds");
    }
    ensure!(server.terminate().success(), "{}", server.errors());
    setup.verify()
}
