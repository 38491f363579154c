//! Incremental fetch sessions (KIP-227): a consumer states its partitions once, then only what
//! changes; the broker answers only what has news.
//!
//! Pure bookkeeping: which partitions a request means, and which of the answers are sent.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use penstock_model::id::TopicId;

/// How a request names a topic: by name up to version 12, by id from 13 on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TopicKey {
    /// By name.
    Name(Arc<str>),
    /// By id.
    Id(TopicId),
}

/// One partition of a topic as a request names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PartitionKey {
    /// The topic.
    pub topic: TopicKey,
    /// The partition's index, unchecked.
    pub partition: i32,
}

/// What a consumer wants of a partition; as in the request, unchecked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartitionFetch {
    /// The first offset it does not have.
    pub fetch_offset: i64,
    /// The leader epoch it knows, or -1.
    pub current_leader_epoch: i32,
    /// The leader epoch of the last record it has, or -1.
    pub last_fetched_epoch: i32,
    /// The most bytes it wants of this partition.
    pub partition_max_bytes: i32,
}

/// What an answer says of a partition, as far as it decides whether the answer is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct News {
    /// The answer carries an error.
    pub error: bool,
    /// The answer carries records, or tells of a diverging epoch or another replica to read from.
    pub content: bool,
    /// The high watermark it states.
    pub high_watermark: i64,
    /// The log start offset it states.
    pub log_start: i64,
}

/// The session part of a request.
#[derive(Clone, Debug)]
pub struct SessionRequest {
    /// 0 for none.
    pub id: i32,
    /// 0 opens a session, -1 wants none and closes the one named.
    pub epoch: i32,
    /// Partitions to fetch; for a running session, those that are new or changed.
    pub fetches: Vec<(PartitionKey, PartitionFetch)>,
    /// Partitions that leave a running session.
    pub forgotten: Vec<PartitionKey>,
    /// Whether topics are named by id.
    pub by_id: bool,
}

/// Why a request's session cannot go on. The client opens a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// It was evicted, or the broker restarted.
    #[error("no fetch session has this id")]
    UnknownId,
    /// A request was lost, or two were sent at once.
    #[error("the fetch session is at another epoch")]
    WrongEpoch,
    /// The client changed from names to ids or back.
    #[error("the fetch session names topics the other way")]
    OtherNaming,
}

/// What a request means.
#[derive(Debug)]
pub struct Plan {
    /// Every partition to fetch, in the order in which the byte budget is spent.
    pub fetches: Vec<(PartitionKey, PartitionFetch)>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Sessionless,
    Open { by_id: bool },
    Incremental { id: i32 },
}

/// Every session of a broker.
#[derive(Debug)]
pub struct Sessions {
    slots_max: usize,
    idle_ms_min: i64,
    sessions: HashMap<i32, Session>,
}

#[derive(Debug)]
struct Session {
    epoch: i32,
    by_id: bool,
    used_at: i64,
    next_turn: u64,
    turns: HashMap<PartitionKey, u64>,
    partitions: BTreeMap<u64, Cached>,
}

#[derive(Debug)]
struct Cached {
    key: PartitionKey,
    fetch: PartitionFetch,
    sent: Option<(i64, i64)>,
}

impl Sessions {
    /// At most `slots_max` sessions; one that was used within the last `idle_ms_min`
    /// milliseconds does not give way to a new one.
    #[must_use]
    pub fn new(slots_max: usize, idle_ms_min: i64) -> Self {
        Self { slots_max, idle_ms_min, sessions: HashMap::new() }
    }

    /// Reads the session part of a request.
    ///
    /// # Errors
    /// When the session it names cannot go on.
    pub fn plan(&mut self, request: SessionRequest, now_ms: i64) -> Result<Plan, SessionError> {
        if request.epoch <= 0 {
            self.sessions.remove(&request.id);
            let kind = if request.epoch == 0 {
                Kind::Open { by_id: request.by_id }
            } else {
                Kind::Sessionless
            };
            return Ok(Plan { fetches: request.fetches, kind });
        }
        let session = self.sessions.get_mut(&request.id).ok_or(SessionError::UnknownId)?;
        if session.epoch != request.epoch {
            return Err(SessionError::WrongEpoch);
        }
        if session.by_id != request.by_id {
            return Err(SessionError::OtherNaming);
        }
        session.epoch = if request.epoch == i32::MAX { 1 } else { request.epoch + 1 };
        session.used_at = now_ms;
        for (key, fetch) in request.fetches {
            session.want(key, fetch);
        }
        for key in &request.forgotten {
            session.forget(key);
        }
        if session.partitions.is_empty() {
            self.sessions.remove(&request.id);
            return Ok(Plan { fetches: Vec::new(), kind: Kind::Sessionless });
        }
        let fetches = session.partitions.values().map(|c| (c.key.clone(), c.fetch)).collect();
        Ok(Plan { fetches, kind: Kind::Incremental { id: request.id } })
    }

    /// Decides which of the answers to `plan` are sent: a flag for each, in order; and the
    /// session id to answer with, 0 for none. `draw` draws ids for a new session.
    pub fn settle(
        &mut self,
        plan: &Plan,
        news: &[News],
        now_ms: i64,
        mut draw: impl FnMut() -> i32,
    ) -> (i32, Vec<bool>) {
        assert_eq!(plan.fetches.len(), news.len(), "one answer for each partition");
        match plan.kind {
            Kind::Sessionless => (0, vec![true; news.len()]),
            Kind::Open { by_id } => {
                let mut id = 0;
                if !plan.fetches.is_empty() && self.make_room(now_ms) {
                    while id <= 0 || self.sessions.contains_key(&id) {
                        id = draw();
                    }
                    let mut session = Session::new(by_id, now_ms);
                    for ((key, fetch), news) in plan.fetches.iter().zip(news) {
                        session.want(key.clone(), *fetch);
                        session.tell(key, *news);
                    }
                    self.sessions.insert(id, session);
                }
                (id, vec![true; news.len()])
            }
            Kind::Incremental { id } => match self.sessions.get_mut(&id) {
                Some(session) => {
                    let sent =
                        plan.fetches.iter().zip(news).map(|((key, _), n)| session.tell(key, *n));
                    (id, sent.collect())
                }
                // Evicted while the fetch was waiting: the next request finds out.
                None => (id, vec![true; news.len()]),
            },
        }
    }

    /// How many sessions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sessions.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty()
    }

    fn make_room(&mut self, now_ms: i64) -> bool {
        if self.sessions.len() < self.slots_max {
            return true;
        }
        let oldest = self.sessions.iter().min_by_key(|(id, s)| (s.used_at, **id));
        match oldest.map(|(id, session)| (*id, session.used_at)) {
            Some((id, used_at)) if now_ms - used_at >= self.idle_ms_min => {
                self.sessions.remove(&id);
                true
            }
            _ => false,
        }
    }
}

impl Session {
    fn new(by_id: bool, now_ms: i64) -> Self {
        Self {
            epoch: 1,
            by_id,
            used_at: now_ms,
            next_turn: 0,
            turns: HashMap::new(),
            partitions: BTreeMap::new(),
        }
    }

    fn want(&mut self, key: PartitionKey, fetch: PartitionFetch) {
        if let Some(turn) = self.turns.get(&key) {
            self.partitions.get_mut(turn).expect("every turn has its partition").fetch = fetch;
            return;
        }
        self.enqueue(Cached { key, fetch, sent: None });
    }

    fn enqueue(&mut self, cached: Cached) {
        self.turns.insert(cached.key.clone(), self.next_turn);
        self.partitions.insert(self.next_turn, cached);
        self.next_turn += 1;
    }

    fn forget(&mut self, key: &PartitionKey) {
        if let Some(turn) = self.turns.remove(key) {
            self.partitions.remove(&turn);
        }
    }

    /// Whether the answer is sent. A partition that is told of goes to the end of the queue, so
    /// that a busy one does not spend the whole byte budget every time.
    fn tell(&mut self, key: &PartitionKey, news: News) -> bool {
        let Some(turn) = self.turns.get(key).copied() else { return true };
        let marks = (news.high_watermark, news.log_start);
        let cached = self.partitions.get_mut(&turn).expect("every turn has its partition");
        let send = news.error || news.content || cached.sent != Some(marks);
        cached.sent = (!news.error).then_some(marks);
        if news.content {
            let cached = self.partitions.remove(&turn).expect("it was just there");
            self.enqueue(cached);
        }
        send
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(partition: i32) -> PartitionKey {
        PartitionKey { topic: TopicKey::Name("t".into()), partition }
    }

    fn fetch(fetch_offset: i64) -> PartitionFetch {
        PartitionFetch {
            fetch_offset,
            current_leader_epoch: -1,
            last_fetched_epoch: -1,
            partition_max_bytes: 1 << 20,
        }
    }

    fn request(
        id: i32,
        epoch: i32,
        partitions: &[(i32, i64)],
        forgotten: &[i32],
    ) -> SessionRequest {
        SessionRequest {
            id,
            epoch,
            fetches: partitions.iter().map(|&(p, o)| (key(p), fetch(o))).collect(),
            forgotten: forgotten.iter().map(|&p| key(p)).collect(),
            by_id: false,
        }
    }

    const QUIET: News = News { error: false, content: false, high_watermark: 5, log_start: 0 };

    fn order(plan: &Plan) -> Vec<i32> {
        plan.fetches.iter().map(|(k, _)| k.partition).collect()
    }

    /// Sessions with one of three partitions, id 7, all told of `QUIET`.
    fn opened() -> Sessions {
        let mut sessions = Sessions::new(2, 100);
        let plan = sessions.plan(request(0, 0, &[(0, 5), (1, 5), (2, 5)], &[]), 0).unwrap();
        assert_eq!(sessions.settle(&plan, &[QUIET; 3], 0, || 7), (7, vec![true; 3]));
        sessions
    }

    #[test]
    fn only_news_are_sent() {
        let mut sessions = opened();
        let plan = sessions.plan(request(7, 1, &[], &[]), 1).unwrap();
        assert_eq!(order(&plan), [0, 1, 2]);
        let records = News { content: true, ..QUIET };
        let moved = News { high_watermark: 9, ..QUIET };
        assert_eq!(
            sessions.settle(&plan, &[records, QUIET, moved], 1, || 0).1,
            [true, false, true]
        );
        // The one with records waits for its turn now.
        let plan = sessions.plan(request(7, 2, &[], &[]), 2).unwrap();
        assert_eq!(order(&plan), [1, 2, 0]);
        // An error is sent each time, and what follows it too.
        let error = News { error: true, high_watermark: -1, ..QUIET };
        assert_eq!(sessions.settle(&plan, &[error, moved, QUIET], 2, || 0).1, [true, false, false]);
        let plan = sessions.plan(request(7, 3, &[], &[]), 3).unwrap();
        assert_eq!(sessions.settle(&plan, &[QUIET, moved, QUIET], 3, || 0).1, [true, false, false]);
    }

    #[test]
    fn partitions_come_and_go() {
        let mut sessions = opened();
        let plan = sessions.plan(request(7, 1, &[(3, 1), (1, 9)], &[0]), 1).unwrap();
        assert_eq!(order(&plan), [1, 2, 3]);
        assert_eq!(plan.fetches[0].1, fetch(9));
        let plan = sessions.plan(request(7, 2, &[], &[1, 2, 3]), 1).unwrap();
        assert_eq!(sessions.settle(&plan, &[], 1, || 0), (0, vec![]));
        assert!(sessions.is_empty());
    }

    #[test]
    fn sessions_that_cannot_go_on() {
        #[track_caller]
        fn check(request: SessionRequest, expect: SessionError) {
            assert_eq!(opened().plan(request, 1).unwrap_err(), expect);
        }
        check(request(8, 1, &[], &[]), SessionError::UnknownId);
        check(request(7, 2, &[], &[]), SessionError::WrongEpoch);
        check(SessionRequest { by_id: true, ..request(7, 1, &[], &[]) }, SessionError::OtherNaming);
    }

    #[test]
    fn closing_and_opening_anew() {
        let mut sessions = opened();
        let plan = sessions.plan(request(7, -1, &[], &[]), 1).unwrap();
        assert_eq!(sessions.settle(&plan, &[], 1, || 9), (0, vec![]));
        assert!(sessions.is_empty());
        let mut sessions = opened();
        let plan = sessions.plan(request(7, 0, &[(1, 1)], &[]), 1).unwrap();
        assert_eq!(sessions.settle(&plan, &[QUIET], 1, || 9), (9, vec![true]));
        assert_eq!(sessions.len(), 1);
    }

    #[test]
    fn a_full_cache_gives_room_only_from_the_idle() {
        let mut sessions = opened();
        let open = |sessions: &mut Sessions, now, id| {
            let plan = sessions.plan(request(0, 0, &[(0, 0)], &[]), now).unwrap();
            sessions.settle(&plan, &[QUIET], now, || id).0
        };
        assert_eq!(open(&mut sessions, 50, 8), 8);
        assert_eq!(open(&mut sessions, 99, 9), 0);
        assert_eq!(open(&mut sessions, 100, 9), 9);
        assert_eq!(
            sessions.plan(request(7, 1, &[], &[]), 100).unwrap_err(),
            SessionError::UnknownId
        );
    }
}
