use object_store::memory::InMemory;

use super::*;
use crate::store::assemble::{Assemble, Assembler, Piece};

/// Two sources of ten bytes each, and who makes objects of them.
async fn start() -> (Arc<dyn ObjectStore>, Arc<ByHand>, Assembler) {
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    store.put(&Path::from("f/a"), "aaaaaAAAAA".into()).await.unwrap();
    store.put(&Path::from("f/b"), "bbbbbBBBBB".into()).await.unwrap();
    let steps = Arc::new(ByHand::new(Arc::clone(&store), 3));
    (store, Arc::clone(&steps), Assembler::new(steps))
}

fn copied(key: &str, bytes: Range<u64>) -> Piece {
    Piece::Copied { key: key.into(), bytes }
}

async fn check_left(assembler: &Assembler, expected: &[&str]) {
    let left = assembler.unfinished(&Path::from("f")).await.unwrap();
    let keys: Vec<_> = left.iter().map(|left| left.key.as_ref()).collect();
    assert_eq!(keys, expected);
}

#[tokio::test]
async fn an_object_is_made_of_pieces_in_their_order() {
    let (store, _, assembler) = start().await;
    let made = Path::from("f/made");
    let pieces = [
        copied("f/b", 3..7),
        Piece::Sent("sent".into()),
        copied("f/a", 0..10),
        copied("f/b", 9..10),
    ];
    assembler.assemble(&made, &pieces).await.unwrap();
    let found = store.get(&made).await.unwrap().bytes().await.unwrap();
    assert_eq!(found, "bbBBsentaaaaaAAAAAB");
    let again = assembler.assemble(&made, &pieces[..1]).await;
    assert!(matches!(again, Err(Error::AlreadyExists { .. })), "{again:?}");
    assert_eq!(store.head(&made).await.unwrap().size, 19);
    check_left(&assembler, &[]).await;
}

#[tokio::test]
async fn what_fails_leaves_nothing() {
    let (store, _, assembler) = start().await;
    let made = Path::from("f/made");
    let answer = assembler.assemble(&made, &[copied("f/a", 0..5), copied("f/x", 0..5)]).await;
    assert!(matches!(answer, Err(Error::NotFound { .. })), "{answer:?}");
    let answer = assembler.assemble(&made, &[copied("f/a", 0..2), copied("f/b", 0..5)]).await;
    assert!(matches!(answer, Err(Error::NotImplemented { .. })), "{answer:?}");
    assert!(store.head(&made).await.is_err());
    check_left(&assembler, &[]).await;
}

#[tokio::test]
async fn an_unfinished_one_is_listed_and_can_be_abandoned() {
    let (_, steps, assembler) = start().await;
    for key in ["f/made", "f", "fg/made"] {
        steps.begin(&Path::from(key)).await.unwrap();
    }
    check_left(&assembler, &["f/made"]).await;
    let left = assembler.unfinished(&Path::from("f")).await.unwrap().remove(0);
    let part = steps.send(&left, 1, "tail".into()).await.unwrap();
    for _ in 0..2 {
        assembler.abandon(&left).await.unwrap();
    }
    check_left(&assembler, &[]).await;
    let late = steps.complete(&left, std::slice::from_ref(&part)).await;
    assert!(matches!(late, Err(Error::NotFound { .. })), "{late:?}");
}
