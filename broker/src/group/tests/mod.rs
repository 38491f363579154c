//! The coordinator on a whole broker in memory.

mod loading;
mod memory;
mod memory_model;
mod removal;

use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use futures::poll;
use penstock_model::command::{Command, CreateTopic, DeleteTopic};
use penstock_model::id::{NodeId, Timestamp, TopicId};
use penstock_s3stream::AppendPermit;
use penstock_wal::WalSettings;

use super::id::GroupId;
use super::record::{Read, TEXT_BYTES_MAX};
use super::*;
use crate::api::CONSUMER_OFFSETS;
use crate::broker::Broker;
use crate::testing::TestBroker;

/// A coordinator with its topic, and a topic to read; the second half of a broker's life is
/// another coordinator on the same log.
struct Fixture {
    started: TestBroker,
    topic: TopicId,
}

impl Fixture {
    async fn start(settings: &[&str]) -> Self {
        let settings = [&["group.initial.rebalance.delay.ms=0"], settings].concat();
        let started = TestBroker::start(&settings);
        create(&started, CONSUMER_OFFSETS, 3);
        let topic = create(&started, "orders", 2);
        Self { started, topic }
    }

    fn broker(&self) -> &Arc<Broker> {
        &self.started.broker
    }

    fn groups(&self) -> &Arc<GroupCoordinator> {
        &self.broker().groups
    }

    async fn commit(&self, claim: &Claim, offset: i64) -> Result<(), GroupError> {
        commit_all(self.groups(), "g", claim, vec![self.offset(offset)]).await
    }

    /// What the log has, from its start: whose record, and whether it says more than that it is gone.
    async fn log(&self) -> Vec<String> {
        let mut told = Vec::new();
        let take = |read| {
            told.push(match read {
                Read::Group(id, value) => format!("{id}: {}", value.is_some()),
                Read::Offset(id, topic, partition, value) => {
                    format!("{id} {topic}-{partition}: {}", value.is_some())
                }
                Read::Other(kind) => format!("other {kind}"),
            });
        };
        let shard = self.groups().shard_of(&GroupId::new("g")).await.unwrap();
        load::read_all(&shard.partition, &self.broker().inspector, take).await.unwrap();
        told
    }

    fn offset(&self, offset: i64) -> Commit {
        Commit {
            topic: Arc::from("orders"),
            topic_id: self.topic,
            partition: 1,
            offset,
            leader_epoch: Some(4),
            metadata: Arc::from("note"),
        }
    }

    async fn committed(&self) -> Vec<i64> {
        let found = self.groups().committed("g", None).await.unwrap();
        found.iter().map(|(_, _, committed)| committed.offset).collect()
    }

    /// Nobody else has room in the log while this is held.
    async fn fill_the_log(&self) -> AppendPermit {
        let everything = WalSettings::default().in_flight_bytes_max;
        self.broker().storage.reserve(everything).await.unwrap()
    }

    /// The groups are given up, and read from the log again.
    fn restart(&self) {
        for index in 0..3 {
            self.groups().close_shard(index);
        }
    }
}

fn create(started: &TestBroker, name: &str, partitions: usize) -> TopicId {
    let id = TopicId([u8::try_from(name.len()).unwrap(); 16]);
    let command = CreateTopic {
        id,
        name: Arc::from(name),
        replication_factor: 1,
        leaders: vec![NodeId(1); partitions],
        configs: Vec::new(),
    };
    started.metadata.apply(&Command::CreateTopic(command)).result.expect("a new topic");
    id
}

/// Commits, or says why one or all of these are refused.
async fn commit_all(
    groups: &Arc<GroupCoordinator>,
    group: &str,
    claim: &Claim,
    commits: Vec<Commit>,
) -> Result<(), GroupError> {
    groups.commit(group, claim, None, commits).await?.into_iter().collect()
}

fn nobody() -> Claim {
    Claim { member: MemberId::new(""), instance: None, generation: Generation(-1) }
}

fn joining(member: Option<MemberId>) -> JoinRequest {
    JoinRequest {
        member,
        instance: None,
        client: Client { id: Arc::from("c"), host: Arc::from("/h") },
        session_timeout_ms: 6_000,
        rebalance_timeout_ms: 6_000,
        protocol_type: Arc::from("consumer"),
        protocols: vec![Protocol { name: Arc::from("range"), metadata: Bytes::from_static(b"m") }],
        id_required: true,
        may_skip_assignment: true,
    }
}

/// Joins as a client does, and assigns to itself.
async fn join_and_sync(groups: &Arc<GroupCoordinator>) -> Claim {
    let told = groups.join("g", joining(None), ()).await.unwrap_err();
    assert_eq!(told.error, GroupError::MemberIdRequired);
    stable(groups, joining(told.member)).await
}

/// A stable group of one member that joins so; as the member, with what it may claim.
async fn stable(groups: &Arc<GroupCoordinator>, join: JoinRequest) -> Claim {
    let joined = groups.join("g", join, ()).await.unwrap();
    let claim =
        Claim { member: joined.member.clone(), instance: None, generation: joined.generation };
    let sync = Sync {
        claim: claim.clone(),
        protocol_type: None,
        protocol: None,
        assignments: [(joined.member, Bytes::from_static(b"A"))].into(),
    };
    let synced = groups.sync("g", sync, ()).await.unwrap();
    assert_eq!(synced.assignment, &b"A"[..]);
    claim
}

#[tokio::test]
async fn commits_outlive_the_coordinator() {
    let fixture = Fixture::start(&[]).await;
    fixture.commit(&nobody(), 7).await.unwrap();
    fixture.commit(&nobody(), 5).await.unwrap();
    for _ in 0..2 {
        let found = fixture.groups().committed("g", None).await.unwrap();
        let [(topic, 1, committed)] = &found[..] else { panic!("{found:?}") };
        assert_eq!((&**topic, committed.offset, committed.leader_epoch), ("orders", 5, Some(4)));
        assert_eq!(&*committed.metadata, "note");
        let asked = [(Arc::from("orders"), 0), (Arc::from("orders"), 1)];
        let found = fixture.groups().committed("g", Some(&asked)).await.unwrap();
        assert_eq!(found.len(), 1);
        fixture.restart();
    }
}

#[tokio::test(start_paused = true)]
async fn members_outlive_the_coordinator_and_end_with_their_session() {
    let fixture = Fixture::start(&[]).await;
    let claim = join_and_sync(fixture.groups()).await;
    fixture.commit(&claim, 3).await.unwrap();
    fixture.restart();
    assert_eq!(fixture.groups().heartbeat("g", &claim).await, Ok(()));
    let described = fixture.groups().describe("g").await.unwrap();
    assert_eq!((described.state.name(), described.members.len()), ("Stable", 1));
    assert_eq!(described.members[0].metadata, &b"m"[..]);
    assert_eq!(fixture.commit(&nobody(), 9).await, Err(GroupError::UnknownMember));
    assert_eq!(fixture.groups().delete("g").await, Err(GroupError::NotEmpty));

    tokio::time::sleep(std::time::Duration::from_secs(7)).await;
    let described = fixture.groups().describe("g").await.unwrap();
    assert_eq!((described.state.name(), described.members.len()), ("Empty", 0));
    fixture.restart();
    let described = fixture.groups().describe("g").await.unwrap();
    assert_eq!(described.protocol_type.as_deref(), Some("consumer"));
    let heartbeat = fixture.groups().heartbeat("g", &claim).await;
    assert_eq!(heartbeat, Err(GroupError::UnknownMember));
    assert_eq!(fixture.committed().await, [3]);
}

#[tokio::test]
async fn a_deleted_group_stays_deleted() {
    let fixture = Fixture::start(&[]).await;
    let claim = join_and_sync(fixture.groups()).await;
    fixture.commit(&claim, 3).await.unwrap();
    let leaving = [Leaving { member: claim.member.clone(), instance: None }];
    assert_eq!(fixture.groups().leave("g", &leaving).await, Ok(vec![Ok(())]));
    assert_eq!(fixture.groups().list().await.unwrap().len(), 1);
    fixture.groups().delete("g").await.unwrap();
    for _ in 0..2 {
        assert_eq!(fixture.groups().describe("g").await, Err(GroupError::UnknownGroup));
        assert!(fixture.committed().await.is_empty());
        fixture.restart();
    }
    assert_eq!(fixture.groups().delete("g").await, Err(GroupError::UnknownGroup));
    assert_eq!(
        fixture.groups().leave("g", &leaving).await,
        Ok(vec![Err(GroupError::UnknownMember)])
    );
}

/// The next owner of the partition may find the group alive.
#[tokio::test]
async fn that_there_is_no_such_group_is_told_when_it_is_durable() {
    let fixture = Fixture::start(&[]).await;
    fixture.commit(&nobody(), 7).await.unwrap();
    let groups = fixture.groups();
    let (mut deleting, mut describing) = (pin!(groups.delete("g")), pin!(groups.describe("g")));
    assert!(poll!(&mut deleting).is_pending(), "its tombstone is on its way");
    assert!(poll!(&mut describing).is_pending(), "it is told too early");
    assert!(poll!(pin!(groups.committed("g", None))).is_pending(), "it is told too early");
    assert!(poll!(pin!(groups.heartbeat("g", &nobody()))).is_pending(), "it is told too early");
    assert!(poll!(pin!(groups.list())).is_pending(), "it is told too early");
    deleting.await.unwrap();
    assert_eq!(describing.await, Err(GroupError::UnknownGroup));
}

/// Nor is that the group is another one, which has nothing of the one before.
#[tokio::test]
async fn a_group_that_is_made_anew_is_told_of_when_its_predecessor_is_gone() {
    let fixture = Fixture::start(&[]).await;
    fixture.commit(&nobody(), 7).await.unwrap();
    let groups = fixture.groups();
    let mut deleting = pin!(groups.delete("g"));
    assert!(poll!(&mut deleting).is_pending(), "its tombstone is on its way");
    let mut joining = pin!(groups.join("g", joining(None), ()));
    assert!(poll!(&mut joining).is_pending(), "it is told too early");
    assert!(poll!(pin!(groups.committed("g", None))).is_pending(), "it is told too early");
    deleting.await.unwrap();
    assert_eq!(joining.await.unwrap_err().error, GroupError::MemberIdRequired);
    assert!(fixture.committed().await.is_empty());
}

#[tokio::test]
async fn a_shard_that_was_given_up_knows_of_no_absence() {
    let fixture = Fixture::start(&[]).await;
    fixture.commit(&nobody(), 7).await.unwrap();
    let groups = fixture.groups();
    let shard = groups.shard_of(&GroupId::new("g")).await.unwrap();
    assert_eq!(groups.look(&shard, "g", |_, _| ()).await, Ok(Some(())));
    assert_eq!(groups.look(&shard, "h", |_, _| ()).await, Ok(None));
    shard.close();
    for group in ["g", "h"] {
        assert_eq!(groups.look(&shard, group, |_, _| ()).await, Err(GroupError::NotCoordinator));
    }
}

#[tokio::test]
async fn a_commit_is_as_large_as_a_message_may_be() {
    let fixture = Fixture::start(&["message.max.bytes=2000"]).await;
    let commit = async |notes: usize| {
        let metadata: Arc<str> = Arc::from("x".repeat(1_000));
        let commit =
            |partition| Commit { partition, metadata: metadata.clone(), ..fixture.offset(5) };
        let commits = (0..2).take(notes).map(commit).collect();
        commit_all(fixture.groups(), "g", &nobody(), commits).await
    };
    assert_eq!(commit(2).await, Err(GroupError::RecordTooLarge));
    assert!(fixture.committed().await.is_empty());
    assert_eq!(commit(1).await, Ok(()));
    assert_eq!(fixture.committed().await, [5]);
}

#[tokio::test]
async fn of_the_commits_of_a_partition_the_last_counts() {
    let fixture = Fixture::start(&[]).await;
    // The id is in each record's key: together they would be larger than a message may be.
    let group = "g".repeat(TEXT_BYTES_MAX);
    let commits = (0..1_000).map(|offset| fixture.offset(offset)).collect();
    assert_eq!(commit_all(fixture.groups(), &group, &nobody(), commits).await, Ok(()));
    let found = fixture.groups().committed(&group, None).await.unwrap();
    assert_eq!(found.iter().map(|(_, _, at)| at.offset).collect::<Vec<_>>(), [999]);
}

#[tokio::test(start_paused = true)]
async fn a_commit_that_is_too_large_asks_for_no_room_in_the_log() {
    let fixture = Fixture::start(&[]).await;
    let _log_is_full = fixture.fill_the_log().await;
    let commit = |partition| Commit { partition, ..fixture.offset(5) };
    let commits = (0..100).map(commit).collect();
    let group = "g".repeat(TEXT_BYTES_MAX);
    let refused = commit_all(fixture.groups(), &group, &nobody(), commits).await;
    assert_eq!(refused, Err(GroupError::RecordTooLarge));
}

#[tokio::test]
async fn whoever_leaves_while_the_log_is_full_leaves_no_group_behind() {
    let fixture = Fixture::start(&[]).await;
    assert!(fixture.committed().await.is_empty());
    let log_is_full = fixture.fill_the_log().await;
    {
        let mut joining = pin!(fixture.groups().join("g", joining(None), ()));
        assert!(poll!(&mut joining).is_pending());
    }
    drop(log_is_full);
    assert_eq!(fixture.groups().describe("g").await, Err(GroupError::UnknownGroup));
}

#[tokio::test]
async fn a_shard_that_was_given_up_takes_no_new_group() {
    let fixture = Fixture::start(&[]).await;
    assert!(fixture.committed().await.is_empty());
    let log_is_full = fixture.fill_the_log().await;
    let claim = nobody();
    let mut committing = pin!(fixture.commit(&claim, 7));
    assert!(poll!(&mut committing).is_pending());
    fixture.restart();
    drop(log_is_full);
    assert_eq!(committing.await, Err(GroupError::NotCoordinator));
    assert!(fixture.committed().await.is_empty());
}

#[tokio::test]
async fn requests_that_no_group_can_serve_leave_none_behind() {
    let fixture = Fixture::start(&[]).await;
    let groups = fixture.groups();
    let refuse = async |group: &str, request: JoinRequest| {
        groups.join(group, request, ()).await.unwrap_err().error
    };
    let with_timeout = |ms| JoinRequest { session_timeout_ms: ms, ..joining(None) };
    assert_eq!(refuse("", joining(None)).await, GroupError::InvalidGroup);
    assert_eq!(refuse("g", with_timeout(5_999)).await, GroupError::InvalidSessionTimeout);
    assert_eq!(refuse("g", with_timeout(1_800_001)).await, GroupError::InvalidSessionTimeout);
    let nothing = JoinRequest { protocols: Vec::new(), ..joining(None) };
    assert_eq!(refuse("g", nothing).await, GroupError::InconsistentProtocol);
    let unknown = joining(Some(MemberId::new("x")));
    assert_eq!(refuse("g", unknown).await, GroupError::UnknownMember);
    let long = JoinRequest { protocol_type: Arc::from("x".repeat(20_000)), ..joining(None) };
    assert_eq!(refuse("g", long).await, GroupError::TooLong);
    let claim = Claim { generation: Generation(1), ..nobody() };
    assert_eq!(fixture.commit(&claim, 1).await, Err(GroupError::UnknownGroup));
    assert_eq!(groups.list().await.unwrap(), []);
}

#[tokio::test]
async fn lag_is_measured_against_what_is_durable() {
    let fixture = Fixture::start(&[]).await;
    fixture.broker().partitions.open_all().await;
    let (long, longer) = ("x".repeat(249), "x".repeat(250));
    for group in ["g", &long, &longer] {
        let commits = vec![fixture.offset(-3)];
        commit_all(fixture.groups(), group, &nobody(), commits).await.unwrap();
    }
    let metrics = &fixture.broker().metrics;
    fixture.groups().sample_lag(metrics, usize::MAX);
    let text = metrics.encode().unwrap();
    let of = |group: &str| {
        let topic = "topic=\"orders\",partition=\"1\"";
        let line = format!("penstock_consumer_group_lag{{group=\"{group}\",{topic}}} 3");
        text.lines().any(|found| found == line)
    };
    assert_eq!([of("g"), of(&long), of(&longer)], [true, true, false], "{text}");
    // By time there is nothing to wait for yet: the first record is there since the clock's moment.
    assert!(text.contains("penstock_consumer_group_lag_seconds{group=\"g\""), "{text}");
    assert!(text.contains("\npenstock_consumer_group_lag_omitted 1\n"), "{text}");
}

#[tokio::test]
async fn so_many_series_of_lag_are_shown_and_no_more() {
    let fixture = Fixture::start(&[]).await;
    fixture.broker().partitions.open_all().await;
    for group in ["a", "b", "c"] {
        let commits = vec![fixture.offset(0)];
        fixture.groups().commit(group, &nobody(), None, commits).await.unwrap();
    }
    let metrics = &fixture.broker().metrics;
    for (series_max, shown) in [(0, ""), (2, "ab"), (3, "abc"), (1, "a")] {
        fixture.groups().sample_lag(metrics, series_max);
        let text = metrics.encode().unwrap();
        for name in ["penstock_consumer_group_lag{", "penstock_consumer_group_lag_seconds{"] {
            let lines = text.lines().filter(|line| line.starts_with(name));
            let groups = lines.filter_map(|line| line.split('"').nth(1));
            let mut groups: Vec<&str> = groups.collect();
            groups.sort_unstable();
            assert_eq!(groups.concat(), shown, "{text}");
        }
        let omitted = format!("\npenstock_consumer_group_lag_omitted {}\n", 3 - shown.len());
        assert!(text.contains(&omitted), "{text}");
    }
}
