//! A lone controller whose state is in a bucket: restarts, faults of the store, zombies.

use std::sync::Mutex;
use std::time::Duration;

use futures::TryStreamExt;
use object_store::memory::InMemory;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use penstock_model::client::SubmitError;
use penstock_wal::{ObjectWalSettings, WalError};
use tokio::time::{sleep, timeout};

use super::store::{Fault, TestStore};
use super::*;
use crate::{Bucket, BucketError, BucketParts, LogError, QuorumNode, StartError};

const CLUSTER: ClusterId = ClusterId([7; 16]);

pub(super) fn bucket_parts(store: &TestStore) -> BucketParts {
    BucketParts {
        store: Arc::new(store.clone()),
        cluster: CLUSTER,
        node: NodeId(1),
        journal: ObjectWalSettings { puts_per_second_max: 0, ..ObjectWalSettings::default() },
        drawn: RaftId(1),
        stamp: store.stamp(),
    }
}

fn settings() -> QuorumSettings {
    QuorumSettings { snapshot_entries: 4, entry_cache_bytes: 100, ..QuorumSettings::default() }
}

async fn start_with(
    parts: BucketParts,
    settings: QuorumSettings,
) -> Result<QuorumNode, StartError> {
    let bucket = Bucket::open(parts).await?;
    let parts = Parts::alone(bucket.id(), NodeId(1), settings);
    let node = QuorumNode::start(Place::Bucket(bucket), parts).await?;
    match node.recovered().await {
        Ok(()) => Ok(node),
        Err(failure) => Err(StartError::Raft(failure.to_string())),
    }
}

async fn start(store: &TestStore) -> Result<QuorumNode, StartError> {
    start_with(bucket_parts(store), settings()).await
}

/// As a process of its own, whose tasks all end with it.
fn live<T>(life: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().unwrap().block_on(life)
}

/// The keys below a folder of the cluster's.
pub(super) async fn keys(bucket: &InMemory, folder: &str) -> Vec<Key> {
    let prefix = Key::from("meta").join(CLUSTER.to_string());
    let prefix = folder.split('/').fold(prefix, |prefix, part| prefix.join(part));
    let listed = bucket.list(Some(&prefix)).map_ok(|meta| meta.location);
    let mut keys: Vec<Key> = listed.try_collect().await.unwrap();
    keys.sort();
    keys
}

pub(super) async fn damage(bucket: &InMemory, key: &Key) {
    let mut bytes = bucket.get(key).await.unwrap().bytes().await.unwrap().to_vec();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bucket.put(key, bytes.into()).await.unwrap();
}

/// Starts on the bucket as it is, and says why it does not.
async fn refusal(bucket: &Arc<InMemory>) -> StartError {
    start(&TestStore::new(bucket)).await.err().expect("it does not start")
}

/// What is known of the one setting that lives set, to ever greater numbers.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    answered: u64,
    submitted: u64,
}

/// Sets the number so many times, each to the next one. Stops where it is not answered.
async fn count_on(node: &QuorumNode, known: &Mutex<Known>, times: u64) -> Result<(), SubmitError> {
    for _ in 0..times {
        let number = {
            let mut known = known.lock().unwrap();
            known.submitted += 1;
            known.submitted
        };
        node.client().submit(set("number", &number.to_string())).await?;
        known.lock().unwrap().answered = number;
    }
    Ok(())
}

fn check_number(node: &QuorumNode, known: &Mutex<Known>) {
    let found = get(&node.client().image(), "number").map_or(0, |number| number.parse().unwrap());
    let mut known = known.lock().unwrap();
    assert!(known.answered <= found && found <= known.submitted, "{known:?}, {found} is there");
    *known = Known { answered: found, submitted: found };
}

/// A bucket with some history: two snapshots, a trimmed journal, two incarnations.
async fn with_history() -> (InMemory, Known) {
    let bucket = Arc::new(InMemory::new());
    let known = Mutex::default();
    for commands in [9, 2] {
        let node = start(&TestStore::new(&bucket)).await.unwrap();
        check_number(&node, &known);
        count_on(&node, &known, commands).await.unwrap();
        node.shutdown().await.unwrap();
    }
    assert_eq!(keys(&bucket, "snapshot").await.len(), 2);
    assert_eq!(keys(&bucket, "log/begins").await.len(), 1);
    let known = *known.lock().unwrap();
    (bucket.fork(), known)
}

/// Lives in which every `step`-th request meets the fault, one for each that can be the first of
/// them. Returns how many requests a life has, roughly.
fn at_each_request(fault: Fault, step: u64) -> u64 {
    let (history, known_before) = live(with_history());
    for request in 1..=step {
        let bucket = Arc::new(history.fork());
        let known = Mutex::new(known_before);
        let store = TestStore::with_faults(&bucket, request, step, fault);
        let died = live(async {
            let life = async {
                let node = start(&store).await.unwrap();
                check_number(&node, &known);
                count_on(&node, &known, 9).await.unwrap();
                sleep(Duration::from_secs(60)).await;
            };
            let dies = matches!(fault, Fault::DeathBefore | Fault::DeathAfter);
            tokio::select! {
                () = life => false,
                () = store.struck(), if dies => true,
            }
        });
        if !died {
            let known = known.lock().unwrap();
            assert_eq!(known.answered, known_before.answered + 9);
        }
        // The next life finds all of it, and works.
        live(async {
            let node = start(&TestStore::new(&bucket)).await.unwrap();
            check_number(&node, &known);
            count_on(&node, &known, 6).await.unwrap();
            sleep(Duration::from_secs(60)).await;
            node.shutdown().await.unwrap();
            check_tidy(&bucket).await;
        });
        if request == step || !store.is_struck() {
            return store.requests().max(request - 1);
        }
    }
    unreachable!("it returned")
}

/// Nothing is left that newer objects have made superfluous.
async fn check_tidy(bucket: &InMemory) {
    let snapshots = keys(bucket, "snapshot").await;
    assert_eq!(snapshots.len(), 2, "{snapshots:?}");
    let begins = keys(bucket, "log/begins").await;
    assert_eq!(begins.len(), 1, "{begins:?}");
    // Some thirty entries are kept, a few other records, and a seal for each incarnation.
    let log = keys(bucket, "log").await;
    assert!(log.len() < 60, "{log:?}");
}

#[test]
fn a_death_at_any_request_loses_nothing() {
    for fault in [Fault::DeathBefore, Fault::DeathAfter] {
        let requests = at_each_request(fault, u64::MAX);
        assert!(requests > 40, "{requests} requests prove little");
    }
}

#[test]
fn a_request_that_fails_is_sent_again() {
    for fault in [Fault::Refused, Fault::AnswerLost] {
        let requests = at_each_request(fault, 7);
        assert!(requests > 40, "{requests} requests prove little");
    }
}

/// Starts, and sets keys of its own, which it notes when they are answered. Returns what ended it.
async fn live_and_note(
    store: TestStore,
    name: &'static str,
    answered: Arc<Mutex<Vec<String>>>,
) -> Result<(), String> {
    let node = start(&store).await.map_err(|error| error.to_string())?;
    for number in 0..9 {
        let key = format!("{name}{number}");
        if node.client().submit(set(&key, "yes")).await.is_err() {
            return Err(node.failed().await.to_string());
        }
        answered.lock().unwrap().push(key);
    }
    Ok(())
}

/// A process stands still at any of its requests, while another one starts the node; then it goes
/// on, and whatever it answers is there for good: mostly, nothing.
#[test]
fn a_zombie_commits_nothing_wherever_it_was_held_up() {
    let (history, known_before) = live(with_history());
    let (mut fenced, mut done) = (0, false);
    for request in 1.. {
        let bucket = Arc::new(history.fork());
        let held = TestStore::with_fault(&bucket, request, Fault::Held);
        live(async {
            let answered = Arc::default();
            let zombie = tokio::spawn(live_and_note(held.clone(), "zombie", Arc::clone(&answered)));
            done = timeout(Duration::from_secs(1), held.struck()).await.is_err();
            let heir = live_and_note(TestStore::new(&bucket), "heir", Arc::clone(&answered));
            heir.await.unwrap();
            held.release();
            // If it had not taken its number yet, it is the heir now.
            if let Err(reason) = zombie.await.unwrap() {
                // What it was about to read may be superfluous by now, and gone.
                let told = ["sealed", "is gone", "lacks"];
                assert!(told.iter().any(|what| reason.contains(what)), "{reason}");
                fenced += u64::from(reason.contains("sealed"));
            }
            let node = start(&TestStore::new(&bucket)).await.unwrap();
            let image = node.client().image();
            for key in answered.lock().unwrap().iter() {
                assert_eq!(get(&image, key).as_deref(), Some("yes"), "{key}, held at {request}");
            }
            assert_eq!(get(&image, "number"), Some(known_before.answered.to_string()));
        });
        if done {
            break;
        }
    }
    assert!(fenced > 10, "{fenced} zombies that were fenced prove little");
}

/// The process that was replaced finds out as soon as it writes, and ends.
#[tokio::test(start_paused = true)]
async fn a_zombie_fails_at_its_next_command() {
    let bucket = Arc::new(InMemory::new());
    let zombie = start(&TestStore::new(&bucket)).await.unwrap();
    zombie.client().submit(set("key", "before")).await.unwrap();
    let heir = start(&TestStore::new(&bucket)).await.unwrap();
    heir.client().submit(set("key", "after")).await.unwrap();
    let refused = zombie.client().submit(set("key", "zombie")).await;
    assert!(matches!(refused, Err(SubmitError::Unavailable(_))), "{refused:?}");
    let failure = zombie.failed().await.to_string();
    assert!(failure.contains("another process has taken over"), "{failure}");
    assert_eq!(get(&zombie.client().image(), "key").as_deref(), Some("before"));
    heir.client().submit(set("more", "yes")).await.unwrap();
    heir.shutdown().await.unwrap();
    let node = start(&TestStore::new(&bucket)).await.unwrap();
    assert_eq!(get(&node.client().image(), "key").as_deref(), Some("after"));
    assert_eq!(get(&node.client().image(), "more").as_deref(), Some("yes"));
}

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
    let node = start(&store).await.unwrap();
    node.client().submit(format()).await.unwrap();
    sleep(Duration::from_secs(60)).await;
    let requests = store.requests();
    sleep(Duration::from_secs(24 * 3600)).await;
    assert_eq!(store.requests(), requests);
    // A command costs one.
    node.client().submit(set("key", "value")).await.unwrap();
    assert_eq!(store.requests(), requests + 1);
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_outlived_at_the_start_and_later() {
    let bucket = Arc::new(InMemory::new());
    let store = TestStore::new(&bucket);
    store.set_away(true);
    let starting = start(&store);
    tokio::pin!(starting);
    assert!(timeout(Duration::from_secs(600), &mut starting).await.is_err());
    store.set_away(false);
    let node = timeout(Duration::from_secs(15), starting).await.unwrap().unwrap();
    let known = Mutex::default();
    count_on(&node, &known, 5).await.unwrap();

    store.set_away(true);
    let waits = count_on(&node, &known, 1).await;
    assert!(matches!(waits, Err(SubmitError::Unavailable(_))), "{waits:?}");
    assert!(timeout(Duration::from_secs(600), node.failed()).await.is_err());
    store.set_away(false);
    timeout(Duration::from_secs(5), count_on(&node, &known, 40)).await.unwrap().unwrap();
    node.shutdown().await.unwrap();
    let node = start(&store).await.unwrap();
    check_number(&node, &known);
}

/// Whoever asked goes away after a while; the commands do not.
#[tokio::test(start_paused = true)]
async fn commands_that_wait_for_the_store_are_bounded() {
    let bucket = Arc::new(InMemory::new());
    let store = TestStore::new(&bucket);
    let settings = QuorumSettings { submit_bytes: 20 << 10, ..settings() };
    let node = start_with(bucket_parts(&store), settings).await.unwrap();
    store.set_away(true);
    let value = "x".repeat(1000);
    for number in 0..60 {
        let lost = node.client().submit(set(&format!("key{number}"), &value)).await;
        assert!(matches!(lost, Err(SubmitError::Unavailable(_))), "{lost:?}");
    }
    store.set_away(false);
    node.client().submit(set("key", "value")).await.unwrap();
    let image = node.client().image();
    let taken = (0..60).filter(|number| get(&image, &format!("key{number}")).is_some()).count();
    assert!((5..=10).contains(&taken), "{taken} commands had waited");
}

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

    // Several clusters share a bucket, if they like.
    let third = ClusterId([9; 16]);
    let parts = BucketParts { cluster: third, ..bucket_parts(&store) };
    start_with(parts, settings()).await.unwrap();
    let store: Arc<dyn ObjectStore> = Arc::new(store);
    assert_eq!(Bucket::clusters(&store).await.unwrap(), [CLUSTER, other, third]);
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
