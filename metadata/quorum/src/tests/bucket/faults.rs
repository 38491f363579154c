//! A store that fails, processes that die, and zombies.

use super::*;

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
