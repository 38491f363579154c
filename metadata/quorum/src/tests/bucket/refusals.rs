//! What cannot be used is refused by name.

use super::*;

#[tokio::test(start_paused = true)]
async fn what_is_anothers_is_refused_by_name() {
    let bucket = Arc::new(InMemory::new());
    start(&TestStore::new(&bucket)).await.unwrap().shutdown().await.unwrap();
    let before = keys(&bucket, "incarnation").await;
    let store = TestStore::new(&bucket);
    let parts = BucketParts { node: NodeId(2), ..bucket_parts(&store) };
    match start_with(parts, settings()).await.err().unwrap() {
        StartError::Bucket(BucketError::OtherNode { place, found, .. }) => {
            assert_eq!((place.as_str(), found), (before[0].as_ref(), NodeId(1)));
        }
        other => panic!("{other}"),
    }
    let other = ClusterId([8; 16]);
    let copied = before[0].as_ref().replace(&CLUSTER.to_string(), &other.to_string());
    bucket.copy(&before[0], &copied.into()).await.unwrap();
    let parts = BucketParts { cluster: other, ..bucket_parts(&store) };
    match start_with(parts, settings()).await.err().unwrap() {
        StartError::Bucket(BucketError::OtherCluster { found, .. }) => assert_eq!(found, CLUSTER),
        other => panic!("{other}"),
    }
    assert_eq!(keys(&bucket, "incarnation").await, before, "nothing was changed");

    // Several clusters share a bucket, if they like. One that has a start alone is none of them.
    let third = ClusterId([9; 16]);
    let parts = BucketParts { cluster: third, ..bucket_parts(&store) };
    start_with(parts, settings()).await.unwrap();
    let store: Arc<dyn ObjectStore> = Arc::new(store);
    assert_eq!(Bucket::clusters(&store).await.unwrap(), [CLUSTER, third]);

    // What one sent that was never begun may arrive at any time, and makes none: a proof, or its first
    // incarnation.
    let never = ClusterId([1; 16]);
    for what in ["log/proof-07", "incarnation/00000000000000000001"] {
        let key = format!("meta/{never}/{what}");
        store.put(&key.into(), "sent".into()).await.unwrap();
        assert_eq!(Bucket::clusters(&store).await.unwrap(), [CLUSTER, third], "{what}");
    }
    // Unless there is no other.
    let empty: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let key = format!("meta/{never}/incarnation/00000000000000000001");
    empty.put(&key.into(), "sent".into()).await.unwrap();
    assert_eq!(Bucket::clusters(&empty).await.unwrap(), [never]);
}

#[tokio::test(start_paused = true)]
async fn what_is_damaged_or_gone_is_named() {
    let (history, _) = with_history().await;
    let fork = || Arc::new(history.fork());

    let bucket = fork();
    let incarnations = keys(&bucket, "incarnation").await;
    damage(&bucket, &incarnations[1]).await;
    match refusal(&bucket).await {
        StartError::Bucket(BucketError::Damaged { place, .. }) => {
            assert_eq!(place, incarnations[1].as_ref());
        }
        other => panic!("{other}"),
    }

    // All of them: a journal is there that nobody wrote.
    let bucket = fork();
    for key in &incarnations {
        bucket.delete(key).await.unwrap();
    }
    let refused = refusal(&bucket).await;
    assert!(matches!(refused, StartError::Bucket(BucketError::Gone { .. })), "{refused}");

    // Where the journal begins. The last start knows where that was.
    let bucket = fork();
    let begins = keys(&bucket, "log/begins").await.pop().unwrap();
    bucket.delete(&begins).await.unwrap();
    match refusal(&bucket).await {
        StartError::Bucket(BucketError::Gone { place }) => {
            assert_eq!(place, format!("meta/{CLUSTER}/log/begins"));
        }
        other => panic!("{other}"),
    }

    // Each object of the journal, and each seal but the last, which does not stand yet.
    let journal = keys(&fork(), "log/00000000000000000001").await;
    for key in &journal[..journal.len() - 1] {
        let bucket = fork();
        bucket.delete(key).await.unwrap();
        match refusal(&bucket).await {
            StartError::Log(LogError::Wal(WalError::Missing { .. })) => {}
            other => panic!("{key}: {other}"),
        }
        let bucket = fork();
        damage(&bucket, key).await;
        // Of a payload, it is found when that is read.
        match refusal(&bucket).await {
            StartError::Log(LogError::Wal(WalError::Corrupt { place, .. })) => {
                assert_eq!(place, key.as_ref());
            }
            StartError::Raft(reason) => assert!(reason.contains(key.as_ref()), "{reason}"),
            other => panic!("{key}: {other}"),
        }
    }
}

/// Something else stands where a snapshot belongs: the next one has another name.
#[tokio::test(start_paused = true)]
async fn a_snapshot_whose_name_is_taken_is_left_out() {
    let (history, known) = with_history().await;
    let known = Mutex::new(known);
    let first = keys(&history, "snapshot").await;
    let number = |key: &Key| key.filename().unwrap()[..20].parse::<u64>().unwrap();
    let bucket = Arc::new(history);
    let store = TestStore::new(&bucket);
    let node = start(&store).await.unwrap();
    check_number(&node, &known);
    // Wherever the next ones may be built.
    let id = first[1].filename().unwrap()[21..].to_owned();
    let term: u64 = id[..20].parse::<u64>().unwrap();
    for index in number(&first[1]) + 1..number(&first[1]) + 9 {
        for term in term..term + 3 {
            let name = format!("{index:020}-{term:020}{}", &id[20..]);
            let key = Key::from(format!("meta/{CLUSTER}/snapshot/{name}"));
            bucket.put(&key, PutPayload::from_static(b"no snapshot")).await.unwrap();
        }
    }
    count_on(&node, &known, 40).await.unwrap();
    node.shutdown().await.unwrap();
    let node = start(&store).await.unwrap();
    check_number(&node, &known);
}
