//! A group, step by step.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use penstock_model::id::Timestamp;

use super::*;

const LIMITS: Limits = Limits {
    members_max: 3,
    initial_delay: Duration::from_millis(3_000),
    record_bytes_max: 1 << 20,
};
const SESSION: Duration = Duration::from_millis(10_000);
const REBALANCE: Duration = Duration::from_millis(20_000);

/// A group, the time, and what waits.
struct Steps {
    group: ClassicGroup,
    limits: Limits,
    now: u64,
    tokens: u64,
    /// Answers that were given and not looked at.
    answers: HashMap<Token, Answer>,
    writes: usize,
}

impl Steps {
    fn new() -> Self {
        let group = ClassicGroup::new(Timestamp(0));
        Self { group, limits: LIMITS, now: 0, tokens: 0, answers: HashMap::new(), writes: 0 }
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
        let (token, limits) = (self.token(), self.limits);
        self.step(|group, now, effects| group.join(now, &limits, token, join, effects));
        token
    }

    fn sync(&mut self, id: &str, assignments: &[(&str, &'static str)]) -> Token {
        let (token, limits) = (self.token(), self.limits);
        let sync = Sync {
            claim: self.claim(id),
            protocol_type: None,
            protocol: None,
            assignments: assignments
                .iter()
                .map(|(id, bytes)| (MemberId::new(id), Bytes::from_static(bytes.as_bytes())))
                .collect(),
        };
        self.step(|group, now, effects| group.sync(now, &limits, token, sync, effects));
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

    /// Time passes until a group that was empty has its first members together.
    fn gather(&mut self) {
        for _ in 0..10 {
            if self.group.state() == State::PreparingRebalance {
                self.pass(3_000);
            }
        }
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
        steps.gather();
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

/// Who is removed by time does not hold up the first members of a group, which wait for others.
#[test]
fn an_id_that_expires_ends_the_wait_for_first_members() {
    let mut steps = Steps::new();
    let token = steps.join(Join { id_required: true, ..new("a") });
    steps.join_error(token);
    steps.pass(8_000);
    let token = steps.join(new("b"));
    steps.pass(1_999);
    assert!(steps.answers.is_empty());
    steps.pass(1);
    assert_eq!(steps.joined(token).generation, Generation(1));
    // Who leaves by itself does not.
    let mut steps = Steps::new();
    let (a, b) = (steps.join(new("a")), steps.join(new("b")));
    steps.leave("a", None).unwrap();
    steps.join_error(a);
    assert!(steps.answers.is_empty());
    steps.gather();
    assert_eq!(ids(&steps.joined(b).members), ["b"]);
}

#[test]
fn an_id_that_was_given_to_a_dynamic_member_is_no_static_ones() {
    let mut steps = Steps::new();
    let token = steps.join(Join { id_required: true, ..new("a") });
    steps.join_error(token);
    let token = steps.join(Join { instance: Some(InstanceId::new("i")), ..again("a") });
    assert_eq!(steps.join_error(token), (GroupError::GivenToDynamicMember, None));
    let token = steps.join(again("a"));
    steps.gather();
    assert_eq!(steps.joined(token).member, MemberId::new("a"));
}

#[test]
fn a_group_that_was_loaded_too_large_comes_together_anew() {
    let steps = Steps::stable(&["a", "b", "c"]);
    let mut small = Steps::new();
    small.limits.members_max = 2;
    let mut effects = Effects::default();
    small.group = ClassicGroup::restore(steps.group.snapshot(), Tick(0), &mut effects);
    let limits = small.limits;
    small.step(|group, now, effects| group.settle_size(now, &limits, effects));
    assert_eq!(small.group.state(), State::PreparingRebalance);
    assert_eq!(small.commit(&small.claim("c")), Ok(()));
    let tokens = [small.join(again("a")), small.join(again("b"))];
    let late = small.join(again("c"));
    assert_eq!(small.join_error(late), (GroupError::Full, None));
    small.pass(20_000);
    for token in tokens {
        assert_eq!(small.joined(token).generation, Generation(2));
    }
    let mut large = Steps::stable(&["a", "b", "c"]);
    let limits = large.limits;
    large.step(|group, now, effects| group.settle_size(now, &limits, effects));
    assert_eq!(large.group.state(), State::Stable);
}

#[test]
fn who_may_not_join_is_told_why() {
    fn check(steps: &mut Steps, join: Join, expect: (GroupError, Option<&str>)) {
        let told = format!("{join:?}");
        let token = steps.join(join);
        let expect = (expect.0, expect.1.map(MemberId::new));
        assert_eq!(steps.join_error(token), expect, "{told}");
    }
    let empty = &mut Steps::new();
    let inconsistent = GroupError::InconsistentProtocol;
    check(empty, Join { protocols: Vec::new(), ..new("a") }, (inconsistent, None));
    check(empty, Join { protocol_type: Arc::from(""), ..new("a") }, (inconsistent, None));
    check(empty, again("a"), (GroupError::UnknownMember, Some("a")));
    assert!(empty.group.is_abandoned() && empty.writes == 0);

    let steps = &mut Steps::stable(&["a", "b"]);
    check(steps, Join { protocol_type: Arc::from("connect"), ..new("c") }, (inconsistent, None));
    let other = Join { protocols: protocols(&[("sticky", "m")]), ..new("c") };
    check(steps, other, (inconsistent, None));
    check(steps, again("x"), (GroupError::UnknownMember, Some("x")));
    let unknown = Join { instance: Some(InstanceId::new("i")), ..again("a") };
    check(steps, unknown, (GroupError::UnknownMember, Some("a")));
    assert_eq!(steps.group.state(), State::Stable);
}

#[test]
fn a_full_group_takes_nobody() {
    let mut steps = Steps::stable(&["a", "b", "c"]);
    let token = steps.join(new("d"));
    assert_eq!(steps.join_error(token), (GroupError::Full, None));
    assert_eq!(steps.group.state(), State::Stable);
    // Its own members come back.
    let token = steps.join(again("b"));
    assert_eq!(steps.joined(token).generation, Generation(1));
}

#[test]
fn the_protocol_is_the_one_most_prefer_of_those_all_speak() {
    fn check(members: &[&[&'static str]], expect: &str) {
        let mut steps = Steps::new();
        let mut tokens = Vec::new();
        for (number, spoken) in members.iter().enumerate() {
            let spoken: Vec<_> = spoken.iter().map(|name| (*name, *name)).collect();
            let join = Join { protocols: protocols(&spoken), ..new(&number.to_string()) };
            tokens.push(steps.join(join));
        }
        steps.gather();
        for (number, token) in tokens.into_iter().enumerate() {
            let joined = steps.joined(token);
            assert_eq!(joined.protocol.as_deref(), Some(expect), "{members:?}");
            let seen: Vec<_> =
                joined.members.iter().map(|member| member.metadata.clone()).collect();
            let expect = vec![Bytes::copy_from_slice(expect.as_bytes()); members.len()];
            assert_eq!(seen, if number == 0 { expect } else { Vec::new() }, "{members:?}");
        }
    }
    check(&[&["range"]], "range");
    check(&[&["sticky", "range"], &["range"]], "range");
    check(&[&["sticky", "range"], &["range", "sticky"], &["range", "sticky"]], "range");
    check(&[&["sticky", "range"], &["sticky", "range"], &["range", "sticky"]], "sticky");
    // As many for the one as for the other.
    check(&[&["roundrobin", "range"], &["range", "roundrobin"]], "range");
    check(&[&["range", "roundrobin"], &["roundrobin", "range"]], "range");
    check(&[&["cooperative-sticky", "range"], &["range", "cooperative-sticky"]], "range");
    check(&[&["sticky", "range"], &["range", "sticky"]], "sticky");
}

#[test]
fn who_joins_again_gets_the_generation_or_starts_another() {
    let mut steps = Steps::stable(&["a", "b"]);
    let token = steps.join(again("b"));
    let joined = steps.joined(token);
    assert!(joined.generation == Generation(1) && joined.members.is_empty());
    assert_eq!(steps.group.state(), State::Stable);

    // A leader that joins asks for a rebalance; who is in it must come.
    let leader = steps.join(again("a"));
    assert_eq!(steps.group.state(), State::PreparingRebalance);
    assert_eq!(steps.heartbeat(&steps.claim("b")), Err(GroupError::RebalanceInProgress));
    assert_eq!(steps.commit(&steps.claim("b")), Ok(()), "what was read is committed first");
    let token = steps.sync("b", &[]);
    assert_eq!(steps.synced(token), Err(GroupError::RebalanceInProgress));
    let follower = steps.join(again("b"));
    assert_eq!(steps.joined(leader).generation, Generation(2));
    assert_eq!(steps.joined(follower).generation, Generation(2));
    assert_eq!(steps.commit(&steps.claim("b")), Err(GroupError::RebalanceInProgress));
    assert_eq!(steps.heartbeat(&steps.claim("b")), Ok(()));

    // An answer that got lost is given again; other metadata starts over.
    let token = steps.join(again("a"));
    assert_eq!(ids(&steps.joined(token).members), ["a", "b"]);
    let waiting = steps.sync("b", &[]);
    let changed = steps.join(Join { protocols: protocols(&[("range", "new")]), ..again("a") });
    assert_eq!(steps.synced(waiting), Err(GroupError::RebalanceInProgress));
    let follower = steps.join(again("b"));
    assert_eq!(steps.joined(changed).members[0].metadata, &b"new"[..]);
    assert_eq!(steps.joined(follower).generation, Generation(3));
}

#[test]
fn a_retried_join_takes_the_place_of_the_first() {
    let mut steps = Steps::new();
    let first = steps.join(new("a"));
    let second = steps.join(again("a"));
    assert_eq!(steps.join_error(first).0, GroupError::RebalanceInProgress);
    steps.gather();
    assert_eq!(steps.joined(second).generation, Generation(1));
}

#[test]
fn a_silent_member_is_left_behind() {
    let mut steps = Steps::stable(&["a", "b"]);
    steps.pass(9_000);
    assert_eq!(steps.heartbeat(&steps.claim("a")), Ok(()));
    steps.pass(2_000);
    assert_eq!(steps.group.state(), State::PreparingRebalance);
    assert_eq!(steps.heartbeat(&steps.claim("b")), Err(GroupError::UnknownMember));
    let token = steps.join(again("a"));
    assert_eq!(ids(&steps.joined(token).members), ["a"]);
    let token = steps.sync("a", &[]);
    steps.synced(token).unwrap();
    // The last one takes the group with it, and that is written.
    steps.writes = 0;
    steps.pass(10_000);
    assert_eq!((steps.group.state(), steps.writes), (State::Empty, 1));
    assert!(steps.group.is_abandoned() && steps.group.protocol().is_none());
    assert_eq!(steps.group.protocol_type().map(|kind| &**kind), Some("consumer"));
}

#[test]
fn a_rebalance_goes_on_without_those_who_do_not_come() {
    let mut steps = Steps::stable(&["a", "b"]);
    let token = steps.join(new("c"));
    for _ in 0..3 {
        steps.pass(6_000);
        assert_eq!(steps.heartbeat(&steps.claim("a")), Err(GroupError::RebalanceInProgress));
        assert_eq!(steps.heartbeat(&steps.claim("b")), Err(GroupError::RebalanceInProgress));
    }
    assert!(steps.answers.is_empty());
    steps.pass(2_000);
    let joined = steps.joined(token);
    // The leader did not come either.
    assert_eq!(
        (joined.leader.clone(), ids(&joined.members)),
        (Some(joined.member.clone()), vec!["c"])
    );
}

#[test]
fn who_joins_and_never_syncs_is_removed() {
    let mut steps = Steps::stable(&["a", "b"]);
    let (a, b) = (steps.join(again("a")), steps.join(again("b")));
    steps.joined(a);
    steps.joined(b);
    let a = steps.sync("a", &[("a", "all")]);
    assert_eq!(steps.synced(a), Ok(Bytes::from_static(b"all")));
    for _ in 0..4 {
        steps.pass(4_999);
        steps.heartbeat(&steps.claim("a")).unwrap();
        steps.heartbeat(&steps.claim("b")).unwrap();
    }
    steps.pass(100);
    assert_eq!(steps.group.state(), State::PreparingRebalance);
    assert_eq!(steps.heartbeat(&steps.claim("b")), Err(GroupError::UnknownMember));
}

#[test]
fn leaving_needs_no_time_out() {
    let mut steps = Steps::stable(&["a", "b"]);
    assert_eq!(steps.leave("x", None), Err(GroupError::UnknownMember));
    assert_eq!(steps.leave("", Some("i")), Err(GroupError::UnknownMember));
    assert_eq!(steps.group.state(), State::Stable);
    assert_eq!(steps.leave("a", None), Ok(()));
    let token = steps.join(again("b"));
    assert_eq!(steps.joined(token).leader, Some(MemberId::new("b")));
    assert_eq!(steps.leave("b", None), Ok(()));
    assert_eq!((steps.group.state(), steps.writes), (State::Empty, 1));
}

#[test]
fn a_member_that_waits_is_told_when_it_is_removed() {
    let mut steps = Steps::new();
    let token = steps.join(new("a"));
    assert_eq!(steps.leave("a", None), Ok(()));
    assert_eq!(steps.join_error(token), (GroupError::UnknownMember, None));
    let mut steps = Steps::stable(&["a", "b"]);
    let (a, b) = (steps.join(again("a")), steps.join(again("b")));
    steps.joined(a);
    steps.joined(b);
    let token = steps.sync("b", &[]);
    assert_eq!(steps.leave("b", None), Ok(()));
    assert_eq!(steps.synced(token), Err(GroupError::UnknownMember));
}

#[test]
fn a_new_member_that_waits_too_long_is_forgotten() {
    let mut steps = Steps::stable(&["a"]);
    let lost = steps.join(Join { rebalance_timeout: Duration::from_secs(1_000), ..new("b") });
    for _ in 0..31 {
        steps.pass(9_900);
        // The old member lives, and does not come.
        let _ = steps.heartbeat(&steps.claim("a"));
    }
    assert_eq!(steps.join_error(lost), (GroupError::UnknownMember, None));
}

#[test]
fn a_static_member_that_restarts_disturbs_nobody() {
    for may_skip in [false, true] {
        let mut steps = Steps::new();
        let (a, b) = (steps.join(fixed("a1", "a")), steps.join(fixed("b1", "b")));
        steps.gather();
        steps.joined(a);
        steps.joined(b);
        let b = steps.sync("b1", &[]);
        let a = steps.sync("a1", &[("a1", "A"), ("b1", "B")]);
        steps.synced(a).unwrap();
        steps.synced(b).unwrap();

        // The leader comes back, and is told of nobody, or that there is nothing to assign.
        let elsewhere = Client { id: Arc::from("other"), host: Arc::from("/other") };
        let former = steps.group.members[&MemberId::new("a1")].client.clone();
        let restarted = Join { may_skip_assignment: may_skip, ..fixed("a2", "a") };
        let token = steps.join(Join { client: elsewhere, ..restarted });
        assert_eq!(steps.group.members[&MemberId::new("a2")].client, former);
        let joined = steps.joined(token);
        assert_eq!((joined.generation, joined.member), (Generation(1), MemberId::new("a2")));
        assert_eq!(joined.skip_assignment, may_skip);
        if may_skip {
            assert_eq!(joined.leader, Some(MemberId::new("a2")));
            assert_eq!(ids(&joined.members), ["a2", "b1"]);
        } else {
            assert_eq!(joined.leader, Some(MemberId::new("a1")));
            assert!(joined.members.is_empty());
        }
        assert_eq!((steps.group.state(), steps.writes), (State::Stable, 2));
        let token = steps.sync("a2", &[]);
        assert_eq!(steps.synced(token), Ok(Bytes::from_static(b"A")));

        // What it was is fenced, as long as it says which instance it is.
        let instance = Some(InstanceId::new("a"));
        let old = Claim { instance: instance.clone(), ..steps.claim("a1") };
        assert_eq!(steps.heartbeat(&old), Err(GroupError::FencedInstance));
        assert_eq!(steps.commit(&old), Err(GroupError::FencedInstance));
        let token = steps.join(Join { instance, ..again("a1") });
        assert_eq!(steps.join_error(token).0, GroupError::FencedInstance);
        assert_eq!(steps.heartbeat(&steps.claim("a1")), Err(GroupError::UnknownMember));

        // With another protocol there is a rebalance.
        let token = steps.join(fixed("b2", "b"));
        steps.joined(token);
        let changed = protocols(&[("range", "m"), ("sticky", "m")]);
        let token = steps.join(Join { protocols: changed, ..fixed("b3", "b") });
        steps.joined(token);
        assert_eq!(steps.leave("", Some("b")), Ok(()));
        assert_eq!(steps.group.state(), State::PreparingRebalance);
    }
}

/// It is as patient as it was before, whatever its session.
#[test]
fn a_static_member_that_restarts_while_it_first_joins_is_waited_for() {
    let mut steps = Steps::stable(&["a"]);
    let patient = |id| Join { rebalance_timeout: Duration::from_secs(1_000), ..fixed(id, "i") };
    let first = steps.join(patient("s1"));
    steps.pass(1_000);
    let _ = steps.heartbeat(&steps.claim("a"));
    let second = steps.join(patient("s2"));
    assert_eq!(steps.join_error(first).0, GroupError::FencedInstance);
    for _ in 0..10 {
        steps.pass(9_900);
        let _ = steps.heartbeat(&steps.claim("a"));
    }
    let a = steps.join(again("a"));
    assert_eq!(steps.joined(second).member, MemberId::new("s2"));
    steps.joined(a);
}

#[test]
fn claims_are_judged_before_anything_else() {
    let mut steps = Steps::stable(&["a"]);
    let claim = |member: &str, generation| Claim {
        member: MemberId::new(member),
        instance: None,
        generation: Generation(generation),
    };
    for (claim, expect) in [
        (claim("a", 1), Ok(())),
        (claim("a", 0), Err(GroupError::IllegalGeneration)),
        (claim("a", 2), Err(GroupError::IllegalGeneration)),
        (claim("x", 1), Err(GroupError::UnknownMember)),
    ] {
        assert_eq!(steps.heartbeat(&claim), expect, "{claim:?}");
        assert_eq!(steps.commit(&claim), expect, "{claim:?}");
    }
    // Somebody who is no member may commit only where nobody is.
    assert_eq!(steps.commit(&claim("", -1)), Err(GroupError::UnknownMember));
    steps.leave("a", None).unwrap();
    assert_eq!(steps.commit(&claim("", -1)), Ok(()));
    assert_eq!(steps.commit(&claim("a", 1)), Err(GroupError::UnknownMember));
    assert_eq!(steps.heartbeat(&claim("a", 2)), Err(GroupError::UnknownMember));
}

#[test]
fn a_sync_that_means_another_group_is_refused() {
    let mut steps = Steps::stable(&["a"]);
    for (protocol_type, protocol) in [(Some("connect"), None), (None, Some("sticky"))] {
        let token = steps.token();
        let sync = Sync {
            claim: steps.claim("a"),
            protocol_type: protocol_type.map(Arc::from),
            protocol: protocol.map(Arc::from),
            assignments: HashMap::new(),
        };
        steps.step(|group, now, effects| group.sync(now, &LIMITS, token, sync, effects));
        assert_eq!(steps.synced(token), Err(GroupError::InconsistentProtocol));
    }
}

#[test]
fn a_group_goes_on_from_what_was_written() {
    let mut steps = Steps::stable(&["a", "b"]);
    let snapshot = steps.group.snapshot();
    let mut effects = Effects::default();
    let now = Tick(steps.now);
    steps.group = ClassicGroup::restore(snapshot.clone(), now, &mut effects);
    assert_eq!(steps.group.snapshot(), snapshot);
    assert_eq!(effects.wake_at, Some(now.after(SESSION)));
    assert_eq!(steps.heartbeat(&steps.claim("b")), Ok(()));
    let token = steps.sync("a", &[]);
    assert_eq!(steps.synced(token), Ok(Bytes::from_static(b"A")));
    // Whoever has died with the coordinator is missed.
    steps.pass(10_000);
    assert_eq!((steps.group.state(), steps.writes), (State::Empty, 1));
}

/// Nobody has come, and nobody has gone: with a rebalance timeout of 0 this was a busy loop.
#[test]
fn absent_static_members_are_waited_for_with_breaks() {
    let mut steps = Steps::new();
    let hasty = |join| Join { rebalance_timeout: Duration::ZERO, ..join };
    let joins = [hasty(fixed("a", "i")), hasty(fixed("b", "j")), new("c")];
    for join in joins {
        steps.join(join);
    }
    steps.gather();
    steps.sync("a", &[]);
    assert_eq!(steps.group.state(), State::Stable);
    steps.leave("c", None).unwrap();
    for _ in 0..5 {
        steps.step(|group, now, effects| group.expire(now, &LIMITS, effects));
        assert_eq!(steps.group.state(), State::PreparingRebalance);
        assert_eq!(steps.group.deadline(), Some(Tick(steps.now + 1_000)));
        steps.now += 1_000;
    }
}

#[test]
fn members_say_no_more_than_a_record_holds() {
    #[track_caller]
    fn check(steps: &mut Steps, join: Join, fits: bool) {
        let (token, members) = (steps.join(join), steps.group.members.len());
        if !fits {
            assert_eq!(steps.join_error(token).0, GroupError::RecordTooLarge);
            assert_eq!(steps.group.members.len(), members);
        }
    }
    let text: &'static str = "x".repeat(2_000).leak();
    let saying =
        |bytes: usize, join| Join { protocols: protocols(&[("range", &text[..bytes])]), ..join };
    let mut steps = Steps::stable(&["a"]);
    steps.limits.record_bytes_max = 1_000;
    check(&mut steps, saying(900, new("b")), false);
    check(&mut steps, saying(300, new("b")), true);
    check(&mut steps, saying(450, new("c")), false);
    // What it said before is not said twice.
    check(&mut steps, saying(350, again("b")), true);
    check(&mut steps, saying(900, again("b")), false);
    // Less is always taken, whatever was there before the operator lowered the bound.
    steps.limits.record_bytes_max = 10;
    check(&mut steps, saying(340, again("b")), true);
    check(&mut steps, saying(345, again("b")), false);

    // A record holds what is said in one protocol, memory what is said in all.
    let many = |count: usize, join| {
        let name = |number: usize| if number == 0 { "range" } else { &text[..number] };
        let spoken: Vec<_> = (0..count).map(|number| (name(number), &text[..500])).collect();
        Join { protocols: protocols(&spoken), ..join }
    };
    let mut steps = Steps::stable(&["a"]);
    steps.limits.record_bytes_max = 1_000;
    check(&mut steps, many(40, new("b")), false);
    check(&mut steps, many(6, new("b")), true);
}

#[test]
fn assignments_that_no_record_holds_are_refused_to_all() {
    let text: &'static str = "x".repeat(2_000).leak();
    let mut steps = Steps::new();
    let tokens = [steps.join(new("a")), steps.join(new("b"))];
    steps.gather();
    for token in tokens {
        steps.joined(token);
    }
    steps.limits.record_bytes_max = 1_000;
    let follower = steps.sync("b", &[]);
    let leader = steps.sync("a", &[("a", &text[..400]), ("b", &text[..500])]);
    for token in [follower, leader] {
        assert_eq!(steps.synced(token), Err(GroupError::RecordTooLarge));
    }
    assert_eq!((steps.group.state(), steps.writes), (State::PreparingRebalance, 0));
    let tokens = [steps.join(again("a")), steps.join(again("b"))];
    for token in tokens {
        steps.joined(token);
    }
    steps.sync("b", &[]);
    let leader = steps.sync("a", &[("a", &text[..300]), ("b", &text[..300])]);
    assert_eq!(steps.synced(leader).map(|assignment| assignment.len()), Ok(300));
    assert_eq!((steps.group.state(), steps.writes), (State::Stable, 1));
}
