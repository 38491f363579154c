//! What is kept, and what is asked of the store, is bounded.

use super::*;

#[tokio::test(start_paused = true)]
async fn the_number_of_objects_is_bounded() {
    let bucket = Arc::new(InMemory::new());
    let known = Mutex::default();
    for _ in 0..6 {
        let node = start(&TestStore::new(&bucket)).await.unwrap();
        check_number(&node, &known);
        count_on(&node, &known, 50).await.unwrap();
        sleep(Duration::from_secs(60)).await;
        check_tidy(&bucket).await;
        node.shutdown().await.unwrap();
    }
    // Each start leaves its own two for ever: the number that it took, and its seal.
    assert_eq!(keys(&bucket, "incarnation").await.len(), 6);
}

/// Starts without a command in between.
#[tokio::test(start_paused = true)]
async fn the_number_of_parts_is_bounded() {
    let bucket = Arc::new(InMemory::new());
    for _ in 0..60 {
        start(&TestStore::new(&bucket)).await.unwrap().shutdown().await.unwrap();
    }
    let newest = keys(&bucket, "incarnation").await.pop().unwrap();
    let size = bucket.head(&newest).await.unwrap().size;
    assert!(size < 68 + 30 * 16, "{newest} has {size} bytes");
    let log = keys(&bucket, "log").await;
    assert!(log.len() < 60 + 70, "{}", log.len());
}

#[tokio::test(start_paused = true)]
async fn an_idle_controller_asks_nothing() {
    let bucket = Arc::new(InMemory::new());
    let store = TestStore::new(&bucket);
    // No snapshot is due: what one asks would be counted with the command that made it due.
    let node = start_with(bucket_parts(&store), QuorumSettings::default()).await.unwrap();
    node.client().submit(format()).await.unwrap();
    sleep(Duration::from_secs(60)).await;
    let requests = store.requests();
    sleep(Duration::from_secs(24 * 3600)).await;
    assert_eq!(store.requests(), requests);
    // A command costs one.
    node.client().submit(set("key", "value")).await.unwrap();
    assert_eq!(store.requests(), requests + 1);
}
