//! Groups without end, and the share of memory that all have together.

use super::*;
use crate::group::admin::ListedGroup;

/// Commits for a group of its own, with a note.
async fn simple(
    groups: &Arc<GroupCoordinator>,
    group: &str,
    commit: Commit,
) -> Result<(), GroupError> {
    commit_all(groups, group, &nobody(), vec![commit]).await
}

#[tokio::test(start_paused = true)]
async fn groups_without_end_stay_within_the_share_and_those_that_are_there_go_on() {
    const SHARE: usize = 200_000;
    let fixture = Fixture::start(&[&format!("memory.groups.bytes={SHARE}")]).await;
    let groups = fixture.groups();
    let mut claim = join_and_sync(groups).await;
    fixture.commit(&claim, 3).await.unwrap();
    let flood = async || {
        for number in 0..SHARE {
            let made = simple(groups, &format!("flood-{number}"), fixture.offset(1)).await;
            assert!(groups.memory_bytes() <= SHARE);
            if let Err(error) = made {
                assert_eq!(error, GroupError::NoRoom);
                return;
            }
        }
        panic!("there is always room");
    };
    flood().await;
    let made = groups.list().await.unwrap();
    assert!(made.len() > 30);
    // Nobody comes in by another door.
    for join in [joining(None), JoinRequest { id_required: false, ..joining(None) }] {
        assert_eq!(groups.join("other", join, ()).await.unwrap_err().error, GroupError::NoRoom);
    }
    let more = Commit { metadata: Arc::from("x".repeat(4_000)), ..fixture.offset(1) };
    assert_eq!(simple(groups, "flood-0", more.clone()).await, Err(GroupError::NoRoom));
    let another = Commit { partition: 0, ..more };
    let refused = commit_all(groups, "g", &claim, vec![another]).await;
    assert_eq!(refused, Err(GroupError::NoRoom));
    assert_eq!(groups.list().await.unwrap(), made);
    assert_eq!(fixture.committed().await, [3]);

    // The group that was there commits, beats, and comes together anew, with other metadata too.
    fixture.commit(&claim, 4).await.unwrap();
    groups.heartbeat("g", &claim).await.unwrap();
    for metadata in [b"m", b"n", b"o"] {
        let metadata = Bytes::from_static(metadata);
        let protocols = vec![Protocol { name: Arc::from("range"), metadata }];
        let join = JoinRequest { protocols, ..joining(Some(claim.member.clone())) };
        claim.generation = groups.join("g", join, ()).await.unwrap().generation;
        // What nobody is assigned for now is not for others to take.
        flood().await;
    }
    let assignments = |bytes: &[u8]| [(claim.member.clone(), Bytes::copy_from_slice(bytes))].into();
    let sync = Sync {
        claim: claim.clone(),
        protocol_type: None,
        protocol: None,
        assignments: assignments(&[7; 8_000]),
    };
    assert_eq!(groups.sync("g", sync.clone(), ()).await, Err(GroupError::NoRoom));
    let synced = groups.sync("g", Sync { assignments: assignments(b"B"), ..sync }, ()).await;
    assert_eq!(synced.unwrap().assignment, &b"B"[..]);
    assert_eq!(fixture.committed().await, [4]);

    // What was written is what is loaded.
    let taken = groups.memory_bytes();
    fixture.restart();
    assert_eq!(groups.memory_bytes(), 0);
    for ListedGroup { id, .. } in &made {
        assert_eq!(groups.committed(id, None).await.unwrap().len(), 1);
    }
    assert_eq!((groups.memory_bytes(), groups.list().await.unwrap().len()), (taken, made.len()));

    // Room that is given back is for anybody.
    groups.delete("flood-0").await.unwrap();
    simple(groups, "other", fixture.offset(1)).await.unwrap();
    let leaving = [Leaving { member: claim.member, instance: None }];
    assert_eq!(groups.leave("g", &leaving).await, Ok(vec![Ok(())]));
    for ListedGroup { id, .. } in groups.list().await.unwrap() {
        groups.delete(&id).await.unwrap();
    }
    assert_eq!((groups.memory_bytes(), groups.timers.planned()), (0, 0));
}

#[tokio::test]
async fn what_the_log_holds_is_loaded_whatever_it_takes() {
    let fixture = Fixture::start(&[]).await;
    fixture.commit(&nobody(), 7).await.unwrap();
    let broker = fixture.broker();
    // The next owner has less memory.
    let groups = Arc::new(GroupCoordinator::new(GroupParts {
        given: Arc::clone(&broker.given),
        epoch: broker.epoch,
        partitions: Arc::clone(&broker.partitions),
        topic_settings: Arc::clone(&broker.topic_settings),
        storage: broker.storage.clone(),
        inspector: broker.inspector.clone(),
        metadata: Arc::clone(&broker.metadata),
        clock: Arc::clone(&broker.clock),
        entropy: Arc::clone(&broker.entropy),
        memory_bytes: 1,
        draining: broker.draining.clone(),
    }));
    let offset = async || groups.committed("g", None).await.unwrap()[0].2.offset;
    assert_eq!(offset().await, 7);
    assert!(groups.memory_bytes() > 1);
    assert_eq!(simple(&groups, "h", fixture.offset(1)).await, Err(GroupError::NoRoom));
    simple(&groups, "g", fixture.offset(8)).await.unwrap();
    assert_eq!(offset().await, 8);
    groups.delete("g").await.unwrap();
    assert_eq!(groups.memory_bytes(), 0);
}

/// They were kept until their time came, with the group's id.
#[tokio::test(start_paused = true)]
async fn looks_at_groups_go_with_the_groups() {
    let fixture = Fixture::start(&[]).await;
    let groups = fixture.groups();
    for earlier in 0..10 {
        let join = JoinRequest { session_timeout_ms: 60_000 - earlier, ..joining(None) };
        let told = groups.join("g", join, ()).await.unwrap_err();
        assert_eq!(groups.timers.planned(), 1);
        if earlier % 2 == 0 {
            let leaving = [Leaving { member: told.member.unwrap(), instance: None }];
            assert_eq!(groups.leave("g", &leaving).await, Ok(vec![Ok(())]));
        }
    }
    fixture.restart();
    assert_eq!((groups.timers.planned(), groups.memory_bytes()), (0, 0));
}
