//! What goes, goes from the log too: by an operator's word, with its topic, and with time.

use std::time::Duration;

use penstock_records::Batches;
use penstock_s3stream::ReadLimits;

use super::*;
use crate::group::removal::Look;

const MINUTE: Duration = Duration::from_secs(60);

/// Consumers that read `topic`.
fn reading(topic: &str, member: Option<MemberId>) -> JoinRequest {
    let mut metadata = vec![0, 0, 0, 0, 0, 1, 0, u8::try_from(topic.len()).unwrap()];
    metadata.extend(topic.as_bytes());
    metadata.extend([0xff; 4]);
    let metadata = Bytes::from(metadata);
    let protocols = vec![Protocol { name: Arc::from("range"), metadata }];
    JoinRequest { protocols, id_required: false, ..joining(member) }
}

async fn leave(groups: &Arc<GroupCoordinator>, claim: &Claim) {
    let leaving = [Leaving { member: claim.member.clone(), instance: None }];
    assert_eq!(groups.leave("g", &leaving).await, Ok(vec![Ok(())]));
}

fn at(topic: &str, partition: i32) -> (Arc<str>, i32) {
    (Arc::from(topic), partition)
}

#[tokio::test]
async fn offsets_are_deleted_where_nobody_reads_them() {
    let fixture = Fixture::start(&[]).await;
    let groups = fixture.groups();
    let delete = async || groups.delete_offsets("g", &[at("orders", 1), at("orders", 0)]).await;
    assert_eq!(delete().await, Err(GroupError::UnknownGroup));
    assert_eq!(groups.delete_offsets("", &[]).await, Err(GroupError::InvalidGroup));

    // By nobody at all.
    fixture.commit(&nobody(), 7).await.unwrap();
    let other = Commit { partition: 3, ..fixture.offset(8) };
    commit_all(groups, "g", &nobody(), vec![other.clone()]).await.unwrap();
    assert_eq!(delete().await, Ok(vec![Ok(()); 2]), "there need not be any");
    assert_eq!(fixture.committed().await, [8]);
    let expect = ["g orders-1: true", "g orders-3: true", "g orders-1: false"];
    assert_eq!(fixture.log().await, expect);

    // By members: not what they read; and not before it is known what that is.
    let claim = stable(groups, reading("orders", None)).await;
    assert_eq!(delete().await, Ok(vec![Err(GroupError::SubscribedToTopic); 2]));
    let join = reading("others", Some(claim.member.clone()));
    let claim = stable(groups, join).await;
    fixture.commit(&claim, 9).await.unwrap();
    assert_eq!(delete().await, Ok(vec![Ok(()); 2]));
    assert_eq!(fixture.committed().await, [8]);
    let unclear = JoinRequest { id_required: false, ..joining(Some(claim.member.clone())) };
    let claim = stable(groups, unclear).await;
    assert_eq!(delete().await, Ok(vec![Err(GroupError::SubscribedToTopic); 2]));
    leave(groups, &claim).await;
    assert_eq!(delete().await, Ok(vec![Ok(()); 2]));

    // Members of another kind keep what they read to themselves.
    let connect = JoinRequest { protocol_type: Arc::from("connect"), ..reading("orders", None) };
    stable(groups, connect).await;
    assert_eq!(delete().await, Err(GroupError::NotEmpty));
    fixture.restart();
    assert_eq!(fixture.committed().await, [8]);
}

#[tokio::test]
async fn tombstones_are_no_larger_than_a_message_may_be() {
    const BYTES_MAX: usize = 70_000;
    let fixture = Fixture::start(&[&format!("message.max.bytes={BYTES_MAX}")]).await;
    let groups = fixture.groups();
    let group = "g".repeat(TEXT_BYTES_MAX);
    let commit = async |partition| {
        let commit = Commit { partition, ..fixture.offset(5) };
        commit_all(groups, &group, &nobody(), vec![commit]).await.unwrap();
    };
    for partition in 0..10 {
        commit(partition).await;
    }
    let partitions: Vec<_> = (0..6).map(|partition| at("orders", partition)).collect();
    assert_eq!(groups.delete_offsets(&group, &partitions).await, Ok(vec![Ok(()); 6]));
    assert_eq!(groups.committed(&group, None).await.unwrap().len(), 4);
    for partition in 0..6 {
        commit(partition).await;
    }
    groups.delete(&group).await.unwrap();
    assert_eq!(groups.describe(&group).await, Err(GroupError::UnknownGroup));
    fixture.restart();
    assert_eq!(groups.describe(&group).await, Err(GroupError::UnknownGroup));

    let shard = groups.shard_of(&GroupId::new(&group)).await.unwrap();
    let stream = shard.partition.stream();
    let limits =
        ReadLimits { max_bytes: 1 << 30, at_least_one: true, up_to: stream.offsets().durable };
    let read = stream.read(stream.offsets().start, limits).await.unwrap();
    let sizes: Vec<usize> = read
        .batches
        .into_iter()
        .flat_map(Batches::new)
        .map(|batch| batch.unwrap().bytes().len())
        .collect();
    assert!(sizes.iter().all(|bytes| *bytes <= BYTES_MAX), "{sizes:?}");
    assert_eq!(sizes.len(), 10 + 2 + 6 + 3);
}

#[tokio::test]
async fn a_deleted_topic_takes_its_offsets_along() {
    let fixture = Fixture::start(&[]).await;
    fixture.commit(&nobody(), 7).await.unwrap();
    let seen = fixture.broker().metadata.image();
    let delete = Command::DeleteTopic(DeleteTopic { id: fixture.topic, now: Timestamp(1) });
    fixture.started.metadata.apply(&delete).result.unwrap();
    assert!(fixture.committed().await.is_empty(), "nobody is told of them");
    assert!(fixture.broker().metadata.image().lacks_topics_of(&seen));
    fixture.groups().expire_offsets(Look::ForDeletedTopics).await;
    assert_eq!(fixture.log().await, ["g orders-1: true", "g orders-1: false"]);
    assert_eq!(fixture.groups().describe("g").await, Err(GroupError::UnknownGroup));
}

#[tokio::test]
async fn a_group_whose_members_have_left_goes_on_counting_until_the_next_look() {
    let fixture = Fixture::start(&[]).await;
    let groups = fixture.groups();
    let generations = async |look| {
        let claim = stable(groups, reading("others", None)).await;
        leave(groups, &claim).await;
        groups.expire_offsets(look).await;
        claim.generation.0
    };
    assert_eq!(generations(Look::ForDeletedTopics).await, 1);
    assert_eq!(generations(Look::ForDeletedTopics).await, 3);
    assert_eq!(generations(Look::ForExpired).await, 5);
    assert_eq!(generations(Look::ForExpired).await, 1);
}

/// An image that was taken before the topic was there would say that it has gone.
#[tokio::test]
async fn a_topic_that_was_created_while_the_log_was_full_keeps_its_offsets() {
    let fixture = Fixture::start(&[]).await;
    let retention = Some(Duration::ZERO);
    let groups = fixture.groups();
    groups.commit("g", &nobody(), retention, vec![fixture.offset(7)]).await.unwrap();
    let log_is_full = fixture.fill_the_log().await;
    let mut expiring = pin!(groups.expire_offsets(Look::ForExpired));
    assert!(poll!(&mut expiring).is_pending());
    let topic_id = create(&fixture.started, "later", 1);
    let later = Commit { topic: Arc::from("later"), topic_id, partition: 0, ..fixture.offset(3) };
    let claim = nobody();
    let mut committing = pin!(commit_all(groups, "g", &claim, vec![later]));
    assert!(poll!(&mut committing).is_pending());
    drop(log_is_full);
    tokio::join!(async { committing.await.unwrap() }, expiring);
    assert_eq!(fixture.committed().await, [3]);
}

#[tokio::test]
async fn offsets_expire_with_their_group() {
    let fixture = Fixture::start(&["offsets.retention.minutes=10"]).await;
    let groups = fixture.groups();
    let pass = async |minutes: u32| {
        fixture.started.clock.pass(minutes * MINUTE);
        groups.expire_offsets(Look::ForExpired).await;
        fixture.committed().await
    };
    // Nobody is in it: from the commit on.
    fixture.commit(&nobody(), 7).await.unwrap();
    assert_eq!(pass(9).await, [7]);
    assert!(pass(1).await.is_empty());
    assert_eq!(groups.describe("g").await, Err(GroupError::UnknownGroup), "nothing is left");

    // Members read it.
    let claim = stable(groups, reading("orders", None)).await;
    fixture.commit(&claim, 8).await.unwrap();
    assert_eq!(pass(100).await, [8]);
    // They read something else.
    let claim = stable(groups, reading("others", Some(claim.member))).await;
    assert!(pass(0).await.is_empty());
    fixture.commit(&claim, 9).await.unwrap();
    // They are about to say.
    let member = Some(claim.member.clone());
    let mut other = pin!(groups.join("g", reading("others", None), ()));
    assert!(poll!(&mut other).is_pending());
    assert_eq!(pass(100).await, [9]);
    let joins = tokio::join!(other, groups.join("g", reading("others", member), ()));
    for joined in [joins.0.unwrap(), joins.1.unwrap()] {
        leave(groups, &Claim { member: joined.member, ..claim.clone() }).await;
    }
    // They have gone: from then on, whenever it was committed.
    fixture.restart();
    assert_eq!(pass(9).await, [9]);
    assert!(pass(1).await.is_empty());
    assert_eq!(groups.describe("g").await, Err(GroupError::UnknownGroup));
    let told = fixture.log().await;
    assert_eq!(told.last().map(String::as_str), Some("g: false"), "{told:?}");
    fixture.restart();
    assert_eq!(groups.list().await.unwrap(), []);
}
