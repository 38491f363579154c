//! Incremental fetch sessions (KIP-227): a consumer states its partitions once, then only what
//! changes; the broker answers only what has news.
//!
//! Pure bookkeeping: which partitions a request means, and which of the answers are sent; within a
//! number of sessions and of bytes. Where there is no room, a client goes on without a session.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use penstock_model::id::TopicId;

use crate::footprint::{first_node, in_tree, text};
use crate::net::fetch_budget::FETCHED_PARTITION_BYTES;

/// How a request names a topic: by name up to version 12, by id from 13 on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TopicKey {
    /// By name.
    Name(Arc<str>),
    /// By id.
    Id(TopicId),
}

/// One partition of a topic as a request names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    pub forgotten: Vec<(TopicKey, Vec<i32>)>,
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

/// What a session takes beside its partitions: its place in a table that is up to half empty, and
/// the first node of its tree.
const SESSION_BYTES: usize =
    2 * size_of::<(i32, Session)>() + first_node::<(PartitionKey, Cached)>();

/// What a session remembers of a partition takes, its topic's name apart.
const PARTITION_BYTES: usize = in_tree::<(PartitionKey, Cached)>();

/// Every session of a broker.
#[derive(Debug)]
pub struct Sessions {
    slots_max: usize,
    bytes_max: usize,
    idle_ms_min: i64,
    sessions: HashMap<i32, Session>,
    /// Of all sessions.
    bytes: usize,
}

#[derive(Debug)]
struct Session {
    epoch: i32,
    by_id: bool,
    opened_at: i64,
    used_at: i64,
    bytes: usize,
    next_turn: u64,
    /// A tree: what is forgotten takes no memory.
    partitions: BTreeMap<PartitionKey, Cached>,
}

#[derive(Debug)]
struct Cached {
    /// Its place in the order in which the byte budget is spent.
    turn: u64,
    fetch: PartitionFetch,
    sent: Option<(i64, i64)>,
}

impl Sessions {
    /// At most `slots_max` sessions, and `bytes_max` bytes of what they remember. One that was used
    /// within the last `idle_ms_min` milliseconds gives way only when it has been open for longer,
    /// and only to one with more partitions.
    #[must_use]
    pub fn new(slots_max: usize, bytes_max: usize, idle_ms_min: i64) -> Self {
        Self { slots_max, bytes_max, idle_ms_min, sessions: HashMap::new(), bytes: 0 }
    }

    /// The most bytes that a request takes until it is answered, beside records: for its own
    /// partitions, and those of its session.
    #[must_use]
    pub fn fetched_bytes_max(&self, request: &SessionRequest) -> usize {
        let running = !matches!(request.epoch, 0 | -1);
        let session = self.sessions.get(&request.id).filter(|_| running);
        let remembered = session.into_iter().flat_map(|session| session.partitions.keys());
        let named = request.fetches.iter().map(|(key, _)| key);
        named.chain(remembered).map(PartitionKey::fetched_bytes).sum()
    }

    /// Reads the session part of a request.
    ///
    /// # Errors
    /// When the session it names cannot go on.
    pub fn plan(&mut self, request: SessionRequest, now_ms: i64) -> Result<Plan, SessionError> {
        let full = match request.epoch {
            0 => Some(Kind::Open { by_id: request.by_id }),
            -1 => Some(Kind::Sessionless),
            _ => None,
        };
        if let Some(kind) = full {
            self.close(request.id);
            return Ok(Plan { fetches: request.fetches, kind });
        }
        let id = request.id;
        let session = self.sessions.get_mut(&id).ok_or(SessionError::UnknownId)?;
        let before = session.bytes;
        session.advance(request, now_ms)?;
        self.bytes = self.bytes - before + session.bytes;
        let fetches = session.in_turn();
        if fetches.is_empty() {
            self.close(id);
            return Ok(Plan { fetches, kind: Kind::Sessionless });
        }
        if self.bytes > self.bytes_max {
            let grown = self.close(id).expect("it was just there");
            if !self.make_room(&grown, now_ms) {
                return Err(SessionError::UnknownId);
            }
            self.keep(id, grown);
        }
        Ok(Plan { fetches, kind: Kind::Incremental { id } })
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
                let partitions: usize =
                    plan.fetches.iter().map(|(key, _)| key.cached_bytes()).sum();
                let fits = SESSION_BYTES + partitions <= self.bytes_max;
                if !plan.fetches.is_empty() && fits {
                    let mut session = Session::new(by_id, now_ms);
                    for ((key, fetch), news) in plan.fetches.iter().zip(news) {
                        session.want(key.clone(), *fetch);
                        session.tell(key, *news);
                    }
                    if self.make_room(&session, now_ms) {
                        while id <= 0 || self.sessions.contains_key(&id) {
                            id = draw();
                        }
                        self.keep(id, session);
                    }
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

    /// What all sessions remember, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    fn keep(&mut self, id: i32, session: Session) {
        self.bytes += session.bytes;
        self.sessions.insert(id, session);
    }

    fn close(&mut self, id: i32) -> Option<Session> {
        let session = self.sessions.remove(&id)?;
        self.bytes -= session.bytes;
        Some(session)
    }

    /// Lets sessions go until there is room for this one as well, if that can be (KIP-227): those
    /// that nobody uses, longest unused first; then smaller ones that have had their time, the
    /// smallest first. When there is no room in the end, none was let go.
    fn make_room(&mut self, session: &Session, now_ms: i64) -> bool {
        let is_idle = |other: &Session| now_ms - other.used_at >= self.idle_ms_min;
        let gives_way = |other: &Session| {
            let had_its_time = now_ms - other.opened_at >= self.idle_ms_min;
            is_idle(other) || had_its_time && other.partitions.len() < session.partitions.len()
        };
        let mut slots = self.sessions.len() + 1;
        let mut bytes = self.bytes + session.bytes;
        let fits = |slots, bytes| slots <= self.slots_max && bytes <= self.bytes_max;
        if fits(slots, bytes) {
            return true;
        }
        let mut candidates: Vec<_> =
            self.sessions.iter().filter(|(_, other)| gives_way(other)).collect();
        candidates.sort_by_key(|(id, other)| {
            let idle = is_idle(other).then_some(Reverse(now_ms - other.used_at));
            (idle.is_none(), idle, other.partitions.len(), **id)
        });
        let mut leaving = Vec::new();
        for (id, other) in candidates {
            if fits(slots, bytes) {
                break;
            }
            (slots, bytes) = (slots - 1, bytes - other.bytes);
            leaving.push(*id);
        }
        let has_room = fits(slots, bytes);
        if has_room {
            for id in leaving {
                self.close(id);
            }
        }
        has_room
    }
}

impl PartitionKey {
    /// What it takes while it is fetched. Topics' names are kept in the plan and written in the
    /// answer, there for each partition where topics alternate.
    pub fn fetched_bytes(&self) -> usize {
        let name = match &self.topic {
            TopicKey::Name(name) => name.len(),
            TopicKey::Id(_) => 0,
        };
        FETCHED_PARTITION_BYTES + 2 * name
    }

    /// What it takes in a session. Topics' names are counted for each partition, though those of a
    /// request share one.
    fn cached_bytes(&self) -> usize {
        let name = match &self.topic {
            TopicKey::Name(name) => text(name),
            TopicKey::Id(_) => 0,
        };
        PARTITION_BYTES + name
    }
}

impl Session {
    fn new(by_id: bool, now_ms: i64) -> Self {
        Self {
            epoch: 1,
            by_id,
            opened_at: now_ms,
            used_at: now_ms,
            bytes: SESSION_BYTES,
            next_turn: 0,
            partitions: BTreeMap::new(),
        }
    }

    /// Takes in what a request changes.
    fn advance(&mut self, request: SessionRequest, now_ms: i64) -> Result<(), SessionError> {
        if self.epoch != request.epoch {
            return Err(SessionError::WrongEpoch);
        }
        if self.by_id != request.by_id {
            return Err(SessionError::OtherNaming);
        }
        self.epoch = if request.epoch == i32::MAX { 1 } else { request.epoch + 1 };
        self.used_at = now_ms;
        for (key, fetch) in request.fetches {
            self.want(key, fetch);
        }
        for (topic, partitions) in request.forgotten {
            let mut key = PartitionKey { topic, partition: 0 };
            for partition in partitions {
                key.partition = partition;
                self.forget(&key);
            }
        }
        Ok(())
    }

    /// What to fetch, in the order in which the byte budget is spent.
    fn in_turn(&self) -> Vec<(PartitionKey, PartitionFetch)> {
        let mut turns: Vec<_> = self.partitions.iter().collect();
        turns.sort_unstable_by_key(|(_, cached)| cached.turn);
        turns.into_iter().map(|(key, cached)| (key.clone(), cached.fetch)).collect()
    }

    fn want(&mut self, key: PartitionKey, fetch: PartitionFetch) {
        if let Some(cached) = self.partitions.get_mut(&key) {
            cached.fetch = fetch;
            return;
        }
        self.bytes += key.cached_bytes();
        let turn = self.take_turn();
        self.partitions.insert(key, Cached { turn, fetch, sent: None });
    }

    fn take_turn(&mut self) -> u64 {
        self.next_turn += 1;
        self.next_turn
    }

    fn forget(&mut self, key: &PartitionKey) {
        if self.partitions.remove(key).is_some() {
            self.bytes -= key.cached_bytes();
        }
    }

    /// Whether the answer is sent. A partition that is told of goes to the end of the queue, so
    /// that a busy one does not spend the whole byte budget every time.
    fn tell(&mut self, key: &PartitionKey, news: News) -> bool {
        let turn = self.take_turn();
        let Some(cached) = self.partitions.get_mut(key) else { return true };
        let marks = (news.high_watermark, news.log_start);
        let send = news.error || news.content || cached.sent != Some(marks);
        cached.sent = (!news.error).then_some(marks);
        if news.content {
            cached.turn = turn;
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
            forgotten: vec![(key(0).topic, forgotten.to_vec())],
            by_id: false,
        }
    }

    const QUIET: News = News { error: false, content: false, high_watermark: 5, log_start: 0 };

    fn order(plan: &Plan) -> Vec<i32> {
        plan.fetches.iter().map(|(k, _)| k.partition).collect()
    }

    /// Sessions with one of three partitions, id 7, all told of `QUIET`.
    fn opened() -> Sessions {
        let mut sessions = Sessions::new(2, usize::MAX, 100);
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
        let asked = request(7, 1, &[(3, 1), (1, 9)], &[0]);
        let each = FETCHED_PARTITION_BYTES + 2;
        assert_eq!(sessions.fetched_bytes_max(&asked), 5 * each);
        let anew = request(7, 0, &[(3, 1), (1, 9)], &[]);
        assert_eq!(sessions.fetched_bytes_max(&anew), 2 * each);
        let plan = sessions.plan(asked, 1).unwrap();
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
        // Only 0 and -1 stand for more than a place in the order.
        for epoch in [-2, i32::MIN] {
            check(request(0, epoch, &[(0, 5)], &[]), SessionError::UnknownId);
            check(request(8, epoch, &[(0, 5)], &[]), SessionError::UnknownId);
            check(request(7, epoch, &[(0, 5)], &[]), SessionError::WrongEpoch);
        }
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

    /// Opens a session with so many partitions; its id, or 0.
    fn open(sessions: &mut Sessions, now: i64, id: i32, partitions: i32) -> i32 {
        let wanted: Vec<_> = (0..partitions).map(|partition| (partition, 0)).collect();
        let plan = sessions.plan(request(0, 0, &wanted, &[]), now).unwrap();
        let news = vec![QUIET; wanted.len()];
        sessions.settle(&plan, &news, now, || id).0
    }

    #[test]
    fn what_sessions_remember_is_bounded() {
        let each = key(0).cached_bytes();
        let mut sessions = Sessions::new(10, 2 * SESSION_BYTES + 10 * each, 100);
        let too_many = 11 + i32::try_from(SESSION_BYTES / each).unwrap();
        assert_eq!(open(&mut sessions, 0, 1, too_many), 0, "it never fits");
        assert_eq!(open(&mut sessions, 0, 1, 6), 1);
        assert_eq!(open(&mut sessions, 1, 2, 4), 2);
        assert_eq!(
            (sessions.bytes(), open(&mut sessions, 2, 3, 1)),
            (2 * SESSION_BYTES + 10 * each, 0)
        );
        // A session that grows out of the room is given up, and its client opens another.
        let grow = request(2, 1, &[(9, 0)], &[]);
        assert_eq!(sessions.plan(grow, 3).unwrap_err(), SessionError::UnknownId);
        assert_eq!(sessions.bytes(), SESSION_BYTES + 6 * each);
        // One that exchanges its partitions stays.
        let exchange = request(1, 1, &[(6, 0), (7, 0)], &[0, 1]);
        assert_eq!(sessions.plan(exchange, 4).unwrap().fetches.len(), 6);
        assert_eq!(sessions.bytes(), SESSION_BYTES + 6 * each);
    }

    /// What is forgotten is given back: it is counted no more, and nothing of it is kept.
    #[test]
    fn a_session_that_shrinks_takes_what_a_small_one_takes() {
        let mut sessions = Sessions::new(10, usize::MAX, 100);
        assert_eq!(open(&mut sessions, 0, 1, 30_000), 1);
        let others: Vec<i32> = (1..30_000).collect();
        assert_eq!(order(&sessions.plan(request(1, 1, &[], &others), 1).unwrap()), [0]);
        let shrunk = sessions.bytes();
        assert_eq!(open(&mut sessions, 2, 2, 1), 2);
        assert_eq!(sessions.bytes(), 2 * shrunk);
        assert_eq!(shrunk, SESSION_BYTES + key(0).cached_bytes());
        assert_eq!(sessions.sessions[&1].partitions.len(), 1);
    }

    #[test]
    fn smaller_sessions_that_had_their_time_give_way_to_larger_ones() {
        let mut sessions = Sessions::new(2, usize::MAX, 100);
        assert_eq!(open(&mut sessions, 0, 1, 2), 1);
        assert_eq!(open(&mut sessions, 0, 2, 3), 2);
        for (now, epoch) in [(60, 1), (120, 2)] {
            for id in [1, 2] {
                sessions.plan(request(id, epoch, &[], &[]), now).unwrap();
            }
        }
        assert_eq!(open(&mut sessions, 130, 3, 2), 0, "not larger than any");
        assert_eq!(open(&mut sessions, 130, 3, 5), 3);
        assert!(sessions.sessions.contains_key(&2) && !sessions.sessions.contains_key(&1));
        // The new one has not had its time, the larger of the old has.
        assert_eq!(open(&mut sessions, 131, 4, 9), 4);
        assert_eq!(open(&mut sessions, 132, 5, 10), 0);
    }
}
