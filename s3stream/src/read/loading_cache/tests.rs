use futures::future::join;
use futures::{FutureExt, poll};
use tokio::sync::oneshot;

use super::*;

type TestCache = LoadingCache<u32, u32, &'static str>;

fn of_capacity(capacity: usize) -> TestCache {
    LoadingCache::new(capacity, |_| 1, Arc::new(LoadBudget::new(capacity, 16, None)))
}

/// One for each place.
fn load(
    places: &[usize],
    values: impl Future<Output = Result<Vec<u32>, &'static str>> + Send + 'static,
) -> Vec<(Vec<usize>, Load<u32, &'static str>)> {
    let answer = async {
        let values = values.await?;
        Ok(Box::new(|| Ok(values)) as Check<_, _>)
    };
    vec![(places.to_vec(), Load { bytes: places.len() as u64, answer: answer.boxed() })]
}

fn cache() -> TestCache {
    of_capacity(1_000)
}

/// Gets keys, each loaded as itself, and tells which were loaded.
async fn get(cache: &TestCache, keys: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut loaded = Vec::new();
    let got = cache.get(Purpose::Serve, keys, |missing| {
        loaded = missing.iter().map(|place| keys[*place]).collect();
        let values = loaded.clone();
        load(missing, async { Ok(values) })
    });
    (got.await.unwrap().values, loaded)
}

#[tokio::test]
async fn only_what_is_missing_is_loaded() {
    let cache = cache();
    assert_eq!(get(&cache, &[1, 2]).await, (vec![1, 2], vec![1, 2]));
    assert_eq!(get(&cache, &[3, 2, 1, 4]).await, (vec![3, 2, 1, 4], vec![3, 4]));
    assert_eq!(get(&cache, &[4, 1]).await, (vec![4, 1], vec![]));
    assert_eq!(get(&cache, &[]).await, (vec![], vec![]));
    assert_eq!(cache.counts(), CacheCounts { hits: 4, misses: 4 });
}

#[tokio::test]
async fn a_load_that_brings_several_is_joined_for_any_of_them() {
    let cache = cache();
    let (answer, answered) = oneshot::channel();
    let first = cache.get(Purpose::Serve, &[1, 2, 3], |missing| {
        load(missing, async { Ok(answered.await.unwrap()) })
    });
    let mut first = Box::pin(first);
    assert!(poll!(&mut first).is_pending());
    let mut second = Box::pin(get(&cache, &[3, 9, 1]));
    assert!(poll!(&mut second).is_pending());
    answer.send(vec![10, 20, 30]).unwrap();
    let (first, second) = join(first, second).await;
    assert_eq!(first.unwrap().values, [10, 20, 30]);
    assert_eq!(second, (vec![30, 9, 10], vec![9]));
}

#[tokio::test]
async fn whoever_is_left_waiting_carries_the_load_on() {
    let cache = cache();
    let (answer, answered) = oneshot::channel();
    let first =
        cache.get(Purpose::Serve, &[1], |_| load(&[0], async { Ok(answered.await.unwrap()) }));
    let mut first = Box::pin(first);
    assert!(poll!(&mut first).is_pending());
    let mut second = Box::pin(get(&cache, &[1]));
    assert!(poll!(&mut second).is_pending());
    drop(first);
    answer.send(vec![10]).unwrap();
    assert_eq!(second.await, (vec![10], vec![]));
}

#[tokio::test]
async fn a_load_that_nobody_waits_for_is_forgotten() {
    let cache = cache();
    let (answer, answered) = oneshot::channel::<Vec<u32>>();
    let left =
        cache.get(Purpose::Serve, &[1], |_| load(&[0], async { Ok(answered.await.unwrap()) }));
    let mut left = Box::pin(left);
    assert!(poll!(&mut left).is_pending());
    drop(left);
    assert!(answer.is_closed(), "the request was dropped");
    assert_eq!(get(&cache, &[1]).await, (vec![1], vec![1]));
    assert!(lock(&cache.state).flights.is_empty());
    assert_eq!(cache.bytes(), 1, "what was kept free for it is free again");
}

#[tokio::test]
async fn an_error_reaches_all_who_wait_and_is_not_kept() {
    let cache = cache();
    let (answer, answered) = oneshot::channel();
    let first = cache.get(Purpose::Serve, &[1], |_| load(&[0], async { answered.await.unwrap() }));
    let mut first = Box::pin(first);
    assert!(poll!(&mut first).is_pending());
    let second = cache.get(Purpose::Serve, &[1], |_| panic!("it is on its way"));
    let mut second = Box::pin(second);
    assert!(poll!(&mut second).is_pending());
    answer.send(Err("down")).unwrap();
    let (first, second) = join(first, second).await;
    assert_eq!((first.err(), second.err()), (Some("down"), Some("down")));
    assert_eq!(get(&cache, &[1]).await, (vec![1], vec![1]));
}

#[tokio::test]
async fn the_least_recently_used_leave_first() {
    let cache = of_capacity(3);
    for key in 1..=3 {
        get(&cache, &[key]).await;
    }
    get(&cache, &[1]).await;
    get(&cache, &[4]).await;
    assert_eq!(cache.bytes(), 3);
    assert_eq!(get(&cache, &[1, 3, 4]).await.1, Vec::<u32>::new());
    assert_eq!(get(&cache, &[2]).await.1, vec![2]);
}
