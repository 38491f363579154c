//! A group, step by step.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use penstock_model::id::Timestamp;

use super::*;

const LIMITS: Limits = Limits { members_max: 3, initial_delay: Duration::from_millis(3_000) };
const SESSION: Duration = Duration::from_millis(10_000);
const REBALANCE: Duration = Duration::from_millis(20_000);

/// A group, the time, and what waits.
struct Steps {
    group: ClassicGroup,
    now: u64,
    tokens: u64,
    /// Answers that were given and not looked at.
    answers: HashMap<Token, Answer>,
    writes: usize,
}

impl Steps {
    fn new() -> Self {
        let group = ClassicGroup::new(Timestamp(0));
        Self { group, now: 0, tokens: 0, answers: HashMap::new(), writes: 0 }
    }

    fn step<T>(&mut self, step: impl FnOnce(&mut ClassicGroup, Now, &mut Effects) -> T) -> T {
        let now = i64::try_from(self.now).unwrap();
        let now = Now { tick: Tick(self.now), wall: Timestamp(now) };
        let mut effects = Effects::default();
        let result = step(&mut self.group, now, &mut effects);
        self.writes += usize::from(effects.write);
        for (token, answer) in effects.answers {
            assert!(self.answers.insert(token, answer).is_none(), "{token:?} is answered twice");
        }
        let deadline = self.group.deadline();
        assert!(
            deadline.is_none_or(|at| at > now.tick) || effects.wake_at.is_some(),
            "{deadline:?}"
        );
        result
    }

    fn token(&mut self) -> Token {
        self.tokens += 1;
        Token(self.tokens)
    }

    fn join(&mut self, join: Join) -> Token {
        let token = self.token();
        self.step(|group, now, effects| group.join(now, &LIMITS, token, join, effects));
        token
    }

    fn sync(&mut self, id: &str, assignments: &[(&str, &'static str)]) -> Token {
        let token = self.token();
        let sync = Sync {
            claim: self.claim(id),
            protocol_type: None,
            protocol: None,
            assignments: assignments
                .iter()
                .map(|(id, bytes)| (MemberId::new(id), Bytes::from_static(bytes.as_bytes())))
                .collect(),
        };
        self.step(|group, now, effects| group.sync(now, token, sync, effects));
        token
    }

    /// `id` in the present generation.
    fn claim(&self, id: &str) -> Claim {
        Claim { member: MemberId::new(id), instance: None, generation: self.group.generation }
    }

    fn heartbeat(&mut self, claim: &Claim) -> Result<(), GroupError> {
        self.step(|group, now, effects| group.heartbeat(now, claim, effects))
    }

    fn commit(&mut self, claim: &Claim) -> Result<(), GroupError> {
        self.step(|group, now, effects| group.check_commit(now, claim, effects))
    }

    fn leave(&mut self, id: &str, instance: Option<&str>) -> Result<(), GroupError> {
        let leaving =
            Leaving { member: MemberId::new(id), instance: instance.map(InstanceId::new) };
        self.step(|group, now, effects| {
            group.leave(&leaving, effects)?;
            group.left(now, &LIMITS, effects);
            Ok(())
        })
    }

    /// Time passes, and the timer does its work whenever it is due.
    fn pass(&mut self, milliseconds: u64) {
        let end = self.now + milliseconds;
        while let Some(at) = self.group.deadline().filter(|at| at.0 <= end) {
            self.now = at.0.max(self.now);
            self.step(|group, now, effects| group.expire(now, &LIMITS, effects));
        }
        self.now = end;
    }

    fn joined(&mut self, token: Token) -> Joined {
        match self.answers.remove(&token) {
            Some(Answer::Join(Ok(joined))) => joined,
            other => panic!("{token:?}: {other:?}"),
        }
    }

    fn join_error(&mut self, token: Token) -> (GroupError, Option<MemberId>) {
        match self.answers.remove(&token) {
            Some(Answer::Join(Err(refusal))) => (refusal.error, refusal.member),
            other => panic!("{token:?}: {other:?}"),
        }
    }

    fn synced(&mut self, token: Token) -> Result<Bytes, GroupError> {
        match self.answers.remove(&token) {
            Some(Answer::Sync(answer)) => answer.map(|synced| synced.assignment),
            other => panic!("{token:?}: {other:?}"),
        }
    }

    /// A stable group of these members, the first of them its leader.
    fn stable(ids: &[&str]) -> Self {
        let mut steps = Self::new();
        let tokens: Vec<Token> = ids.iter().map(|id| steps.join(new(id))).collect();
        steps.pass(30_000);
        for token in tokens {
            steps.joined(token);
        }
        for id in ids.iter().rev() {
            let token = steps.sync(id, &[(ids[0], "A")]);
            if *id == ids[0] {
                assert_eq!(steps.synced(token), Ok(Bytes::from_static(b"A")));
            }
        }
        assert_eq!(steps.group.state(), State::Stable);
        steps.answers.clear();
        steps.writes = 0;
        steps
    }
}

fn protocols(spoken: &[(&str, &'static str)]) -> Vec<Protocol> {
    let protocol = |(name, metadata): &(&str, &'static str)| Protocol {
        name: Arc::from(*name),
        metadata: Bytes::from_static(metadata.as_bytes()),
    };
    spoken.iter().map(protocol).collect()
}

/// The first join of a member that will be called so, in the old way: at once.
fn new(id: &str) -> Join {
    Join {
        member: None,
        new_id: MemberId::new(id),
        instance: None,
        client: Client { id: Arc::from("c"), host: Arc::from("/h") },
        session_timeout: SESSION,
        rebalance_timeout: REBALANCE,
        protocol_type: Arc::from("consumer"),
        protocols: protocols(&[("range", "m")]),
        id_required: false,
        may_skip_assignment: false,
    }
}

/// Another join of a member.
fn again(id: &str) -> Join {
    Join { member: Some(MemberId::new(id)), ..new("unused") }
}

/// A join of a static member that will be called so.
fn fixed(id: &str, instance: &str) -> Join {
    Join { instance: Some(InstanceId::new(instance)), ..new(id) }
}

fn ids(members: &[JoinedMember]) -> Vec<&str> {
    members.iter().map(|member| &*member.id.0).collect()
}

#[test]
fn members_join_and_the_leader_assigns() {
    let mut steps = Steps::new();
    let a = steps.join(new("a"));
    let b = steps.join(Join { protocols: protocols(&[("range", "mb")]), ..new("b") });
    steps.pass(2_999);
    assert!(steps.answers.is_empty() && steps.group.state() == State::PreparingRebalance);
    // The second member extended the delay once.
    steps.pass(3_001);
    let (a, b) = (steps.joined(a), steps.joined(b));
    assert_eq!((a.generation, b.generation), (Generation(1), Generation(1)));
    assert_eq!(a.leader, Some(MemberId::new("a")));
    assert_eq!(ids(&a.members), ["a", "b"]);
    assert_eq!(a.members[1].metadata, &b"mb"[..]);
    assert!(b.members.is_empty() && b.protocol.as_deref() == Some("range"));
    assert_eq!(steps.writes, 0);

    let follower = steps.sync("b", &[]);
    assert!(steps.answers.is_empty(), "nobody knows its assignment yet");
    let leader = steps.sync("a", &[("b", "B")]);
    assert_eq!(steps.synced(follower), Ok(Bytes::from_static(b"B")));
    assert_eq!(steps.synced(leader), Ok(Bytes::new()), "the leader gave itself nothing");
    assert_eq!((steps.writes, steps.group.state()), (1, State::Stable));
    let once_more = steps.sync("b", &[]);
    assert_eq!(steps.synced(once_more), Ok(Bytes::from_static(b"B")));
}

#[test]
fn an_id_must_be_known_before_it_is_used() {
    let mut steps = Steps::new();
    let token = steps.join(Join { id_required: true, ..new("a") });
    let told = (GroupError::MemberIdRequired, Some(MemberId::new("a")));
    assert_eq!(steps.join_error(token), told);
    assert!(!steps.group.is_abandoned());
    let token = steps.join(Join { id_required: true, ..again("a") });
    steps.pass(3_000);
    assert_eq!(steps.joined(token).member, MemberId::new("a"));
    // Who does not come back is forgotten.
    let token = steps.join(Join { id_required: true, ..new("b") });
    steps.join_error(token);
    steps.pass(10_000);
    let token = steps.join(again("b"));
    assert_eq!(steps.join_error(token).0, GroupError::UnknownMember);
}
