//! Whatever happens to groups: they hold what they take, and nothing when they are gone.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use proptest::prelude::*;
use tokio::time::{sleep, timeout};

use super::*;

const SHARE: usize = 20_000;
const GROUPS: [&str; 3] = ["g", "h", "i"];

/// Something that somebody asks a group, or that happens to all.
#[derive(Clone, Debug)]
enum Step {
    /// Of a partition, with a note of so many bytes.
    Commit(usize, i32, usize),
    /// Of who was told this id, or of somebody new; by a name that two have in turn; with so much
    /// to say in so many protocols.
    Join {
        group: usize,
        known: Option<usize>,
        is_static: bool,
        said: usize,
        protocols: usize,
    },
    /// Everybody gets so many bytes.
    Sync(usize, usize, usize),
    Beat(usize, usize),
    Leave(usize, usize),
    Delete(usize),
    Pass(u64),
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let group = || 0..GROUPS.len();
    let member = || 0_usize..4;
    let joining =
        (group(), proptest::option::of(member()), any::<bool>(), 0..2_000_usize, 1..3_usize);
    let step = prop_oneof![
        4 => (group(), 0..2, 0..3_000_usize).prop_map(|(g, p, note)| Step::Commit(g, p, note)),
        8 => joining.prop_map(|(group, known, is_static, said, protocols)| Step::Join {
            group, known, is_static, said, protocols,
        }),
        6 => (group(), member(), 0..4_000_usize).prop_map(|(g, m, bytes)| Step::Sync(g, m, bytes)),
        2 => (group(), member()).prop_map(|(g, m)| Step::Beat(g, m)),
        2 => (group(), member()).prop_map(|(g, m)| Step::Leave(g, m)),
        1 => group().prop_map(Step::Delete),
        2 => (1..8_000_u64).prop_map(Step::Pass),
        1 => Just(Step::Restart),
    ];
    proptest::collection::vec(step, 1..60)
}

/// What clients know.
struct Clients {
    fixture: Fixture,
    /// By group: the ids that were given out, and the generation of the last who joined.
    told: BTreeMap<usize, (Vec<MemberId>, Generation)>,
    was_loaded: bool,
}

impl Clients {
    fn claim(&self, group: usize, member: usize) -> Claim {
        let (members, generation) = self.told.get(&group).cloned().unwrap_or_default();
        let member = members.get(member).cloned().unwrap_or_else(|| MemberId::new("?"));
        Claim { member, instance: None, generation }
    }

    async fn take(&mut self, step: Step) {
        let groups = Arc::clone(self.fixture.groups());
        match step {
            Step::Commit(group, partition, note) => {
                let metadata = Arc::from("x".repeat(note));
                let commit = Commit { partition, metadata, ..self.fixture.offset(1) };
                let is_simple = partition == 0;
                let claim = if is_simple { nobody() } else { self.claim(group, 0) };
                patiently(groups.commit(GROUPS[group], &claim, None, vec![commit])).await;
            }
            Step::Join { group, known, is_static, said, protocols } => {
                let metadata = Bytes::from(vec![7; said]);
                let names = ["range", "a protocol with a longer name"].into_iter().take(protocols);
                let protocol =
                    |name| Protocol { name: Arc::from(name), metadata: metadata.clone() };
                let instance = is_static.then(|| InstanceId::new("instance"));
                let known = known.map(|known| self.claim(group, known).member);
                let join = JoinRequest {
                    instance,
                    protocols: names.map(protocol).collect(),
                    ..joining(known)
                };
                let joined = patiently(groups.join(GROUPS[group], join, ())).await;
                let (members, generation) = self.told.entry(group).or_default();
                match joined {
                    Some(Ok(joined)) => {
                        *generation = joined.generation;
                        members.push(joined.member);
                    }
                    Some(Err(refusal)) if refusal.error == GroupError::MemberIdRequired => {
                        members.extend(refusal.member);
                    }
                    _ => {}
                }
                let forgotten = members.len().saturating_sub(4);
                members.drain(..forgotten);
            }
            Step::Sync(group, member, bytes) => {
                let claim = self.claim(group, member);
                let members = self.told.get(&group).map(|(members, _)| members.clone());
                let assigned = |id| (id, Bytes::from(vec![7; bytes]));
                let assignments = members.into_iter().flatten().map(assigned).collect();
                let sync = Sync { claim, protocol_type: None, protocol: None, assignments };
                patiently(groups.sync(GROUPS[group], sync, ())).await;
            }
            Step::Beat(group, member) => {
                let claim = self.claim(group, member);
                patiently(groups.heartbeat(GROUPS[group], &claim)).await;
            }
            Step::Leave(group, member) => {
                let member = self.claim(group, member).member;
                let leaving = [Leaving { member, instance: None }];
                patiently(groups.leave(GROUPS[group], &leaving)).await;
            }
            Step::Delete(group) => {
                patiently(groups.delete(GROUPS[group])).await;
            }
            Step::Pass(milliseconds) => sleep(Duration::from_millis(milliseconds)).await,
            Step::Restart => {
                self.fixture.restart();
                self.load().await;
                self.was_loaded = true;
            }
        }
    }

    async fn load(&self) {
        for group in GROUPS {
            self.fixture.groups().committed(group, None).await.unwrap();
        }
    }

    fn check(&self) {
        let (groups, mut held_by_all) = (self.fixture.groups(), 0);
        for (_, shard) in groups.all_shards() {
            for group in shard.all() {
                let state = group.lock();
                let (held, taken) = state.held_and_taken();
                if state.classic.is_rebalancing() {
                    assert!(held >= taken, "{held} are held, and {taken} are taken");
                } else {
                    assert_eq!(held, taken);
                }
                held_by_all += held;
            }
        }
        assert_eq!(held_by_all, groups.memory_bytes());
        assert!(self.was_loaded || held_by_all <= SHARE, "{held_by_all} bytes");
    }

    async fn go_away(&self) {
        let groups = self.fixture.groups();
        sleep(Duration::from_secs(1_000)).await;
        for group in groups.list().await.unwrap() {
            groups.delete(&group.id).await.unwrap();
        }
        assert_eq!((groups.memory_bytes(), groups.timers.planned()), (0, 0));
    }
}

/// Who gets no answer in time goes away; what is asked stays asked.
async fn patiently<T>(asking: impl Future<Output = T>) -> Option<T> {
    timeout(Duration::from_millis(5), asking).await.ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn groups_hold_what_they_take(steps in steps()) {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let fixture = Fixture::start(&[&format!("memory.groups.bytes={SHARE}")]).await;
            let mut clients = Clients { fixture, told: BTreeMap::new(), was_loaded: false };
            clients.load().await;
            for step in steps {
                clients.take(step).await;
                clients.check();
            }
            clients.go_away().await;
        });
    }
}
