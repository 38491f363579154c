use std::collections::VecDeque;

use futures::stream::{self, Stream};
use http_body::Frame;
use object_store::PutPayload;

use super::*;

/// What becomes of a request, and after how many seconds.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Answer(u64),
    Failure(u64),
    Nothing,
}

use Fate::{Answer, Failure, Nothing};

/// A store whose requests meet one fate after the other.
#[derive(Clone, Debug)]
struct Scripted(Arc<Mutex<VecDeque<Fate>>>);

#[async_trait]
impl HttpService for Scripted {
    async fn call(&self, _: HttpRequest) -> Result<HttpResponse, HttpError> {
        let fate = self.0.lock().unwrap().pop_front().expect("no more requests than fates");
        match fate {
            Answer(seconds) => {
                sleep(Duration::from_secs(seconds)).await;
                Ok(HttpResponse::new(Bytes::from_static(b"answer").into()))
            }
            Failure(seconds) => {
                sleep(Duration::from_secs(seconds)).await;
                Err(hangs())
            }
            Nothing => std::future::pending().await,
        }
    }
}

struct World {
    client: HttpClient,
    store: Scripted,
}

impl World {
    fn new(fates: &[Fate]) -> Self {
        let store = Scripted(Arc::new(Mutex::new(fates.iter().copied().collect())));
        let client = || HttpClient::new(store.clone());
        Self { client: HttpClient::new(Doubting::new(client(), client())), store }
    }

    /// The seconds that a request takes, and whether it is answered.
    async fn ask(&self, body_bytes: usize) -> (u64, bool) {
        let body = PutPayload::from(Bytes::from(vec![0; body_bytes]));
        let begun = Instant::now();
        let answer = self.client.execute(HttpRequest::new(body.into())).await;
        (begun.elapsed().as_secs(), answer.is_ok())
    }
}

/// All fates are met by one request.
async fn check(body_bytes: usize, fates: &[Fate], expected: (u64, bool)) {
    let world = World::new(fates);
    assert_eq!(world.ask(body_bytes).await, expected, "{fates:?}");
    assert!(world.store.0.lock().unwrap().is_empty(), "{fates:?}");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_hangs_is_sent_again_until_one_is_answered() {
    check(0, &[Answer(1)], (1, true)).await;
    check(0, &[Nothing, Answer(0)], (2, true)).await;
    check(0, &[Nothing, Nothing, Nothing, Answer(1)], (7, true)).await;
    check(0, &[Nothing; 12], (24, false)).await;
}

#[tokio::test(start_paused = true)]
async fn the_first_answer_counts_whichever_request_it_is_for() {
    check(0, &[Answer(5), Nothing, Answer(3)], (5, true)).await;
    check(0, &[Answer(9), Answer(1)], (3, true)).await;
}

#[tokio::test(start_paused = true)]
async fn a_failure_counts_once_none_may_still_be_answered() {
    check(0, &[Failure(1)], (1, false)).await;
    check(0, &[Failure(3), Answer(2)], (4, true)).await;
    check(0, &[Failure(3), Failure(2)], (4, false)).await;
}

#[tokio::test(start_paused = true)]
async fn a_large_body_is_given_time() {
    check(64 << 20, &[Answer(9)], (9, true)).await;
    check(64 << 20, &[Nothing, Answer(1)], (11, true)).await;
    check(64 << 20, &[Nothing, Nothing, Nothing, Answer(1)], (31, true)).await;
}

#[tokio::test(start_paused = true)]
async fn what_the_store_does_of_its_own_is_given_the_time_of_a_body() {
    let world = World::new(&[Answer(9), Nothing, Answer(1)]);
    // The first has shown how slow it is.
    for expected in [9, 2 + 2 * 9 + 1] {
        let mut request = HttpRequest::new(PutPayload::new().into());
        request.extensions_mut().insert(Work { bytes: 64 << 20 });
        let begun = Instant::now();
        world.client.execute(request).await.unwrap();
        assert_eq!(begun.elapsed().as_secs(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_large_body_is_given_ever_more_time_while_others_are_answered() {
    let fates = [Nothing, Answer(1), Answer(1), Nothing, Answer(1), Nothing, Answer(9)];
    let world = World::new(&fates);
    let large = world.ask(64 << 20);
    let others = async {
        for _ in 0..3 {
            world.ask(0).await;
            sleep(Duration::from_secs(8)).await;
        }
    };
    // Doubted after 10, 18 and 34 seconds.
    assert_eq!(futures::join!(large, others).0, (10 + 18 + 34 + 9, true));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_slow_and_well_is_soon_believed() {
    let world = World::new(&[Answer(5), Nothing, Nothing, Answer(8), Answer(6)]);
    assert_eq!(world.ask(0).await, (5, true));
    assert_eq!(world.ask(0).await, (8, true));
    assert_eq!(world.ask(0).await, (6, true));
}

/// A body that comes in pieces, each so many seconds after the one before.
struct Pieces(Pin<Box<dyn Stream<Item = Bytes> + Send + Sync>>);

impl Pieces {
    fn new(pauses: &[u64]) -> Self {
        let pieces = stream::iter(pauses.to_vec()).then(|pause| async move {
            sleep(Duration::from_secs(pause)).await;
            Bytes::from_static(b"piece")
        });
        Self(Box::pin(pieces))
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        self.0.poll_next_unpin(context).map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_may_be_slow_and_must_not_hang() {
    let check = async |pauses: &[u64], expected: (u64, bool)| {
        let known = Known { begun: Instant::now(), slowness: Mutex::default() };
        let answer = HttpResponse::new(HttpResponseBody::new(Pieces::new(pauses)));
        let mut body = doubt_body(answer, 0, &Arc::new(known)).into_body();
        let begun = Instant::now();
        let mut whole = true;
        while let Some(frame) =
            std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await
        {
            whole = frame.is_ok();
            if !whole {
                break;
            }
        }
        assert_eq!((begun.elapsed().as_secs(), whole), expected, "{pauses:?}");
    };
    check(&[], (0, true)).await;
    check(&[1; 10], (10, true)).await;
    check(&[1, 3_600], (3, false)).await;
}
