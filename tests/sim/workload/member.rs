//! A member of a group with others: joins, leads if it is to, beats, commits, leaves or falls
//! silent.

use bytes::Bytes;
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use penstock_wal::files::Dice;
use penstock_wire::WireString;
use penstock_wire::heartbeat_request::HeartbeatRequest;
use penstock_wire::join_group_request::{JoinGroupRequest, JoinGroupRequestProtocol};
use penstock_wire::join_group_response::JoinGroupResponse;
use penstock_wire::leave_group_request::LeaveGroupRequest;
use penstock_wire::sync_group_request::{SyncGroupRequest, SyncGroupRequestAssignment};

use super::group::commit_request;
use super::{Actor, Base, find_coordinator};
use crate::client::{Failure, check};
use crate::invariants::generations_are_kept_apart::{self, Assignments};
use crate::world::World;

const JOIN_GROUP: i16 = 5;
const SYNC_GROUP: i16 = 3;
const HEARTBEAT: i16 = 3;
const LEAVE_GROUP: i16 = 2;
const OFFSET_COMMIT: i16 = 8;
const ILLEGAL_GENERATION: i16 = 22;
const UNKNOWN_MEMBER_ID: i16 = 25;
const REBALANCE_IN_PROGRESS: i16 = 27;
const MEMBER_ID_REQUIRED: i16 = 79;

const GROUP: &str = "team";

pub(super) struct Member {
    base: Base,
    is_found: bool,
    /// Empty where it has none.
    id: WireString,
    generation: Option<i32>,
}

impl Member {
    pub(super) fn new(base: Base) -> Self {
        Self { base, is_found: false, id: WireString::default(), generation: None }
    }

    async fn act(&mut self, world: &World) -> Result<(), Failure> {
        if !self.is_found {
            find_coordinator(&mut self.base.client, GROUP).await?;
            self.is_found = true;
        }
        let Some(generation) = self.generation else { return self.join(world).await };
        let newest = world.oracle.generations(|generations| generations.newest());
        match self.base.dice.below(20) {
            0 => return self.leave(world).await,
            1 => {
                // It is silent from now on, and comes as somebody else.
                world.note(&self.base.name, "falls silent");
                self.forget();
                return Ok(());
            }
            2..4 => return self.haunt(world, generation - 1, newest).await,
            4..9 => self.commit(world, generation).await?,
            // It may be answered blindly, as in Kafka, while the group is loaded.
            _ => return self.beat(generation).await,
        }
        let looked = generations_are_kept_apart::look(generation, newest);
        world.findings.look("generations are kept apart", looked);
        Ok(())
    }

    fn forget(&mut self) {
        (self.id, self.generation) = (WireString::default(), None);
    }

    async fn join(&mut self, world: &World) -> Result<(), Failure> {
        let newest = world.oracle.generations(|generations| generations.newest());
        world.note(&self.base.name, "-> join");
        let request = JoinGroupRequest {
            group_id: WireString::from(GROUP),
            session_timeout_ms: 6_000,
            rebalance_timeout_ms: 8_000,
            member_id: self.id.clone(),
            protocol_type: WireString::from("consumer"),
            protocols: vec![JoinGroupRequestProtocol {
                name: WireString::from("range"),
                metadata: Bytes::from_static(b"all"),
            }],
            ..JoinGroupRequest::default()
        };
        let joined = self.base.client.call(JOIN_GROUP, &request).await?;
        if joined.error_code == MEMBER_ID_REQUIRED {
            self.id = joined.member_id;
            return Ok(());
        }
        check(joined.error_code)?;
        self.id = joined.member_id.clone();
        let generation = joined.generation_id;
        world.note(&self.base.name, format_args!("<- in generation {generation}"));
        let looked = generations_are_kept_apart::look(generation, newest);
        world.findings.look("generations are kept apart", looked);
        self.sync(world, joined).await
    }

    async fn sync(&mut self, world: &World, joined: JoinGroupResponse) -> Result<(), Failure> {
        let generation = joined.generation_id;
        let mut assignments = Vec::new();
        if joined.leader == joined.member_id {
            let mut all = Assignments::new();
            for member in joined.members {
                let work = Bytes::from(self.base.dice.throw().to_be_bytes().to_vec());
                all.insert(member.member_id.to_string(), work.clone());
                assignments.push(SyncGroupRequestAssignment {
                    member_id: member.member_id,
                    assignment: work,
                });
            }
            world.note(&self.base.name, format_args!("-> leads {} members", all.len()));
            world.oracle.generations(|generations| generations.sent(generation, all));
        }
        let request = SyncGroupRequest {
            group_id: WireString::from(GROUP),
            generation_id: generation,
            member_id: self.id.clone(),
            assignments,
            ..SyncGroupRequest::default()
        };
        let synced = self.base.client.call(SYNC_GROUP, &request).await?;
        check(synced.error_code)?;
        world.note(&self.base.name, format_args!("<- is of generation {generation}"));
        let looked = world.oracle.generations(|generations| {
            generations.synced(generation, &self.id, &synced.assignment)
        });
        world.findings.look("generations are kept apart", looked);
        world.oracle.count(|counts| counts.syncs += 1);
        self.generation = Some(generation);
        Ok(())
    }

    async fn beat(&mut self, generation_id: i32) -> Result<(), Failure> {
        let request = HeartbeatRequest {
            group_id: WireString::from(GROUP),
            generation_id,
            member_id: self.id.clone(),
            ..HeartbeatRequest::default()
        };
        check(self.base.client.call(HEARTBEAT, &request).await?.error_code)
    }

    /// Speaks for a generation that is over.
    async fn haunt(&mut self, world: &World, generation: i32, newest: i32) -> Result<(), Failure> {
        if let Err(failure) = self.commit(world, generation).await {
            // As it should be.
            world.failed(&self.base.name, &failure);
            return Ok(());
        }
        let looked = generations_are_kept_apart::look(generation, newest);
        world.findings.look("generations are kept apart", looked);
        Ok(())
    }

    async fn commit(&mut self, world: &World, generation: i32) -> Result<(), Failure> {
        let place = self.base.pick(world).ok_or(Failure::Lost("there is no topic"))?;
        let offset = i64::try_from(self.base.dice.below(1_000_000)).expect("a small number");
        let mut request = commit_request(WireString::from(GROUP), place, offset);
        request.generation_id_or_member_epoch = generation;
        request.member_id = self.id.clone();
        let response = self.base.client.call(OFFSET_COMMIT, &request).await?;
        let answer = response.topics.first().and_then(|topic| topic.partitions.first());
        check(answer.map_or(-1, |answer| answer.error_code))
    }

    async fn leave(&mut self, world: &World) -> Result<(), Failure> {
        world.note(&self.base.name, "-> leave");
        let request = LeaveGroupRequest {
            group_id: WireString::from(GROUP),
            member_id: self.id.clone(),
            ..LeaveGroupRequest::default()
        };
        self.forget();
        check(self.base.client.call(LEAVE_GROUP, &request).await?.error_code)
    }
}

impl Actor for Member {
    fn name(&self) -> &str {
        &self.base.name
    }

    fn step<'a>(&'a mut self, world: &'a World) -> LocalBoxFuture<'a, ()> {
        async move {
            let Err(failure) = self.act(world).await else { return };
            world.failed(&self.base.name, &failure);
            match failure {
                Failure::Code(UNKNOWN_MEMBER_ID) => self.forget(),
                Failure::Code(ILLEGAL_GENERATION | REBALANCE_IN_PROGRESS) => self.generation = None,
                _ => {}
            }
        }
        .boxed_local()
    }

    fn is_settled(&self) -> bool {
        self.generation.is_some()
    }

    fn dice(&mut self) -> &mut Dice {
        &mut self.base.dice
    }
}
