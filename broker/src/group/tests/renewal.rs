//! A log is kept short, and says the same.

use std::collections::BTreeMap;
use std::time::Duration;

use penstock_records::{BatchBuilder, Encoding, NewRecord};
use penstock_s3stream::Backing;
use proptest::prelude::*;
use tokio::time::sleep;

use super::super::shard::Shard;
use super::*;

/// The shard of "g", and of every other group that is named here.
async fn shard(fixture: &Fixture) -> Arc<Shard> {
    fixture.groups().shard_of(&GroupId::new("g")).await.unwrap()
}

/// All that anybody is told of groups.
async fn told(fixture: &Fixture) -> Vec<String> {
    let groups = fixture.groups();
    shard(fixture).await;
    let mut told = Vec::new();
    for group in groups.list().await.unwrap() {
        told.push(format!("{:?}", groups.describe(&group.id).await.unwrap()));
        for (topic, partition, at) in groups.committed(&group.id, None).await.unwrap() {
            let (note, expires) = (at.metadata.len(), at.expires_at);
            told.push(format!("{topic}-{partition}: {} {note} {expires:?}", at.offset));
        }
    }
    told
}

fn start_and_end(shard: &Shard) -> (Offset, Offset) {
    let at = shard.partition.stream().offsets();
    (at.start, at.appended)
}

#[tokio::test(start_paused = true)]
async fn a_log_begins_with_all_that_is_live() {
    // A record with the note, and no second one.
    let fixture = Fixture::start(&["message.max.bytes=1500"]).await;
    let groups = fixture.groups();
    let mut claim = join_and_sync(groups).await;
    for offset in 0..50 {
        fixture.commit(&claim, offset).await.unwrap();
    }
    for partition in 0..7 {
        let metadata = Arc::from("x".repeat(1_000));
        let commit = Commit { partition, metadata, ..fixture.offset(7) };
        let retention = (partition == 3).then_some(Duration::from_secs(3_600));
        groups.commit("a", &nobody(), retention, vec![commit]).await.unwrap();
    }
    commit_all(groups, "j", &nobody(), vec![fixture.offset(1)]).await.unwrap();
    groups.delete("j").await.unwrap();
    let before = told(&fixture).await;
    let shard = shard(&fixture).await;
    let (start, end) = start_and_end(&shard);
    let bytes = shard.log_bytes();
    groups.renew(&shard).await.unwrap();
    assert_eq!((start, start_and_end(&shard).0), (Offset::ZERO, end));
    let snapshot = |name: &str| format!("a orders-{name}: true");
    let mut expect: Vec<String> =
        (0..7).map(|partition| snapshot(&partition.to_string())).collect();
    expect.extend(["g orders-1: true".into(), "g: true".into()]);
    assert_eq!(fixture.log().await, expect);
    assert!(shard.log_bytes() < bytes && shard.log_bytes() > 7 * 1_000);
    for _ in 0..2 {
        assert_eq!(told(&fixture).await, before);
        fixture.restart();
    }
    // It goes on from there.
    groups.heartbeat("g", &claim).await.unwrap();
    fixture.commit(&claim, 50).await.unwrap();
    claim.generation = Generation(7);
    assert_eq!(fixture.commit(&claim, 51).await, Err(GroupError::IllegalGeneration));
    let read = self::shard(&fixture).await;
    groups.renew(&read).await.unwrap();
    assert_eq!(fixture.log().await, expect);
    assert_eq!(fixture.committed().await, [50]);
}

/// As it is then it never was for its members: who goes on from there finds nobody assigned.
#[tokio::test(start_paused = true)]
async fn a_group_that_comes_together_is_waited_for() {
    let fixture = Fixture::start(&[]).await;
    let groups = fixture.groups();
    let claim = join_and_sync(groups).await;
    let shard = shard(&fixture).await;
    let newcomer = JoinRequest { id_required: false, ..joining(None) };
    let mut other = pin!(groups.join("g", newcomer, ()));
    assert!(poll!(&mut other).is_pending());
    let mut renewing = pin!(groups.renew(&shard));
    for _ in 0..5 {
        assert!(poll!(&mut renewing).is_pending());
        sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(start_and_end(&shard).0, Offset::ZERO);
    assert_eq!(fixture.log().await, ["g: true"]);
    let again = joining(Some(claim.member.clone()));
    let (other, again) = tokio::join!(other, groups.join("g", again, ()));
    let (other, again) = (other.unwrap(), again.unwrap());
    assert!(poll!(&mut renewing).is_pending());
    let assignments = [&other, &again].map(|joined| (joined.member.clone(), Bytes::from("B")));
    let sync = Sync {
        claim: Claim { generation: again.generation, ..claim },
        protocol_type: None,
        protocol: None,
        assignments: assignments.into(),
    };
    groups.sync("g", sync, ()).await.unwrap();
    renewing.await.unwrap();
    assert_eq!(fixture.log().await, ["g: true"]);
    let before = told(&fixture).await;
    fixture.restart();
    assert_eq!(told(&fixture).await, before);
}

#[tokio::test(start_paused = true)]
async fn logs_are_renewed_by_themselves_when_they_are_long() {
    let fixture = Fixture::start(&[]).await;
    let groups = fixture.groups();
    let shard = shard(&fixture).await;
    let metadata: Arc<str> = Arc::from("x".repeat(4_000));
    let commit = async || {
        let commit =
            |partition| Commit { partition, metadata: Arc::clone(&metadata), ..fixture.offset(7) };
        let commits = (0..200).map(commit).collect();
        commit_all(groups, "g", &nobody(), commits).await.unwrap();
    };
    commit().await;
    sleep(Duration::from_secs(60)).await;
    assert_eq!(start_and_end(&shard).0, Offset::ZERO, "it is short");
    // 800 KiB each.
    for _ in 0..6 {
        commit().await;
    }
    sleep(Duration::from_secs(60)).await;
    assert_eq!(start_and_end(&shard).0, Offset(7 * 200));
    let renewed = start_and_end(&shard);
    sleep(Duration::from_secs(600)).await;
    assert_eq!(start_and_end(&shard), renewed, "and that is all");
}

/// What a later release has written is not ours to trim.
#[tokio::test(start_paused = true)]
async fn a_log_with_records_of_others_stays_whole() {
    let fixture = Fixture::start(&[]).await;
    fixture.commit(&nobody(), 7).await.unwrap();
    let shard = shard(&fixture).await;
    let mut builder = BatchBuilder::new(Encoding::None);
    builder.push(&NewRecord {
        timestamp: penstock_records::Timestamp(0),
        key: Some(b"\0\x03\0\x01g"),
        value: Some(b""),
        headers: &[],
    });
    let batch = builder.build().unwrap();
    let permit = fixture.broker().storage.reserve(batch.size()).await.unwrap();
    let backing = Backing::new(batch.size());
    shard.partition.append(batch, backing, permit, Timestamp(0)).unwrap();
    fixture.restart();
    let shard = self::shard(&fixture).await;
    let before = start_and_end(&shard);
    fixture.groups().renew(&shard).await.unwrap();
    assert_eq!(start_and_end(&shard), before);
}

/// Something that happens to groups while their log is renewed, or not.
#[derive(Clone, Debug)]
enum Step {
    Commit(usize, i32, i64),
    DeleteOffset(usize, i32),
    Delete(usize),
    /// Begins; it goes on beside the steps that follow.
    Renew,
    Restart,
}

/// In one partition of `__consumer_offsets`.
const GROUPS: [&str; 3] = ["a", "g", "m"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let (group, partition) = (|| 0..GROUPS.len(), || 0..4);
    let step = prop_oneof![
        8 => (group(), partition(), any::<i64>()).prop_map(|(g, at, n)| Step::Commit(g, at, n)),
        2 => (group(), partition()).prop_map(|(g, at)| Step::DeleteOffset(g, at)),
        1 => group().prop_map(Step::Delete),
        3 => Just(Step::Renew),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_committed_is_there_whenever_a_log_is_renewed(steps in steps()) {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            // Each offset takes a batch of its own, so that much happens between two.
            let fixture = Fixture::start(&["message.max.bytes=150"]).await;
            let groups = fixture.groups();
            let mut expect = BTreeMap::new();
            for step in steps {
                match step {
                    Step::Commit(group, partition, offset) => {
                        let metadata = Arc::from("");
                        let commit = Commit { partition, metadata, ..fixture.offset(offset) };
                        let commits = vec![commit];
                        commit_all(groups, GROUPS[group], &nobody(), commits).await.unwrap();
                        expect.insert((GROUPS[group], partition), offset);
                    }
                    Step::DeleteOffset(group, partition) => {
                        let offset = [(Arc::from("orders"), partition)];
                        let _ = groups.delete_offsets(GROUPS[group], &offset).await;
                        expect.remove(&(GROUPS[group], partition));
                    }
                    Step::Delete(group) => {
                        let _ = groups.delete(GROUPS[group]).await;
                        expect.retain(|(name, _), _| *name != GROUPS[group]);
                    }
                    Step::Renew => {
                        let (groups, shard) = (Arc::clone(groups), shard(&fixture).await);
                        tokio::spawn(async move { groups.renew(&shard).await });
                    }
                    Step::Restart => fixture.restart(),
                }
            }
            for _ in 0..2 {
                let mut found = BTreeMap::new();
                for group in GROUPS {
                    for (_, partition, at) in groups.committed(group, None).await.unwrap() {
                        found.insert((group, partition), at.offset);
                    }
                }
                assert_eq!(found, expect);
                fixture.restart();
            }
        });
    }
}
