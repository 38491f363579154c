//! What members ask of their coordinator: join, sync, heartbeat, leave.

use std::sync::Arc;
use std::time::Duration;

use super::classic::{
    Answer, Claim, Client, Effects, Join, JoinRefusal, Joined, Leaving, Protocol, Sync, Synced,
};
use super::coordinator::GroupCoordinator;
use super::error::GroupError;
use super::id::{InstanceId, MemberId};
use super::record::TEXT_BYTES_MAX;
use super::state::{Group, GroupState, Writes};

/// A request to join as a client states it.
#[derive(Clone, Debug)]
pub(crate) struct JoinRequest {
    pub(crate) member: Option<MemberId>,
    pub(crate) instance: Option<InstanceId>,
    pub(crate) client: Client,
    pub(crate) session_timeout_ms: i32,
    pub(crate) rebalance_timeout_ms: i32,
    pub(crate) protocol_type: Arc<str>,
    pub(crate) protocols: Vec<Protocol>,
    pub(crate) id_required: bool,
    pub(crate) may_skip_assignment: bool,
}

impl JoinRequest {
    /// Whether a record can hold all of its texts.
    fn is_recordable(&self) -> bool {
        let fits = |text: &str| text.len() <= TEXT_BYTES_MAX;
        fits(&self.client.id)
            && fits(&self.protocol_type)
            && self.member.as_ref().is_none_or(|member| fits(&member.0))
            && self.instance.as_ref().is_none_or(|instance| fits(&instance.0))
            && self.protocols.iter().all(|protocol| fits(&protocol.name))
    }

    /// Bytes that it may add to the group's record.
    fn bytes(&self, new_id: &MemberId) -> usize {
        let metadata = self.protocols.iter().map(|protocol| protocol.metadata.len()).max();
        let names = self.protocols.iter().map(|protocol| protocol.name.len()).max();
        let member = self.member.as_ref().map_or(0, |member| member.0.len());
        256 + metadata.unwrap_or(0)
            + names.unwrap_or(0)
            + self.protocol_type.len()
            + self.client.id.len()
            + self.client.host.len()
            + self.instance.as_ref().map_or(0, |instance| instance.0.len())
            // As a member, and as the leader.
            + 2 * (new_id.0.len() + member)
    }
}

impl GroupCoordinator {
    /// Joins a group; answers when its members are together. `room` is what the request takes; it
    /// is given back when the group has taken it in.
    pub(crate) async fn join<R>(
        self: &Arc<Self>,
        group: &str,
        request: JoinRequest,
        room: R,
    ) -> Result<Joined, JoinRefusal> {
        let echo = request.member.clone();
        let answer = self.try_join(group, request, room).await;
        answer.unwrap_or_else(|error| Err(JoinRefusal { error, member: echo }))
    }

    async fn try_join<R>(
        self: &Arc<Self>,
        group: &str,
        request: JoinRequest,
        room: R,
    ) -> Result<Result<Joined, JoinRefusal>, GroupError> {
        if group.is_empty() {
            return Err(GroupError::InvalidGroup);
        }
        let allowed = self.settings.session_timeout_min..=self.settings.session_timeout_max;
        if !allowed.contains(&request.session_timeout_ms) {
            return Err(GroupError::InvalidSessionTimeout);
        }
        if !request.is_recordable() {
            return Err(GroupError::TooLong);
        }
        let id = Self::group_id(group)?;
        let shard = self.shard_of(&id).await?;
        let is_known = request.member.is_some();
        let new_id = self.new_member_id(&request);
        let bytes = request.bytes(&new_id);
        let duration = |ms: i32| Duration::from_millis(u64::try_from(ms).unwrap_or(0));
        let join = Join {
            member: request.member,
            new_id,
            instance: request.instance,
            client: request.client,
            session_timeout: duration(request.session_timeout_ms),
            rebalance_timeout: duration(request.rebalance_timeout_ms),
            protocol_type: request.protocol_type,
            protocols: request.protocols,
            id_required: request.id_required,
            may_skip_assignment: request.may_skip_assignment,
        };
        let limits = self.limits();
        let joining =
            self.act(&shard, &id, !is_known, Writes::Group(bytes), |state, now, change| {
                state.grow(state.classic.growth_by_join(&join))?;
                let (token, answer) = state.park();
                state.classic.join(now, &limits, token, join, &mut change.effects);
                Ok(answer)
            });
        let (answer, _) = joining.await.map_err(member_of_no_group)?;
        drop(room);
        match self.parked(&shard, answer?).await? {
            Answer::Join(answer) => Ok(answer),
            Answer::Sync(_) => unreachable!("a join is answered as a join"),
        }
    }

    /// An id that nobody ever had.
    fn new_member_id(&self, request: &JoinRequest) -> MemberId {
        let mut bytes: [u8; 16] = self.entropy.draw();
        // A random UUID (RFC 9562, version 4).
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let name = request.instance.as_ref().map_or(&request.client.id, |instance| &instance.0);
        MemberId::new(&format!(
            "{name}-{}-{}-{}-{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..]
        ))
    }

    /// Gets a member's assignment; answers when the leader has assigned. `room` is what the request
    /// takes; it is given back when the group has taken it in.
    ///
    /// # Errors
    /// When it is not a member of this generation, or the generation ends before.
    pub(crate) async fn sync<R>(
        self: &Arc<Self>,
        group: &str,
        sync: Sync,
        room: R,
    ) -> Result<Synced, GroupError> {
        if group.is_empty() {
            return Err(GroupError::InvalidGroup);
        }
        let id = Self::group_id(group)?;
        let shard = self.shard_of(&id).await?;
        let bytes = sync.assignments.values().map(bytes::Bytes::len).sum();
        let limits = self.limits();
        let syncing = self.act(&shard, &id, false, Writes::Group(bytes), |state, now, change| {
            state.grow(state.classic.growth_by_sync(&sync))?;
            let (token, answer) = state.park();
            state.classic.sync(now, &limits, token, sync, &mut change.effects);
            Ok(answer)
        });
        let (answer, _) = syncing.await.map_err(member_of_no_group)?;
        drop(room);
        match self.parked(&shard, answer?).await? {
            Answer::Sync(answer) => answer,
            Answer::Join(_) => unreachable!("a sync is answered as a sync"),
        }
    }

    /// A member lives.
    ///
    /// # Errors
    /// When it has to join again.
    pub(crate) async fn heartbeat(
        self: &Arc<Self>,
        group: &str,
        claim: &Claim,
    ) -> Result<(), GroupError> {
        if group.is_empty() {
            return Err(GroupError::InvalidGroup);
        }
        let id = Self::group_id(group)?;
        let shard = self.shard_of(&id).await?;
        // Nothing is written: no room in the log is needed.
        let beat = |group: &Group, state: &mut GroupState| {
            let mut effects = Effects::default();
            let outcome = state.classic.heartbeat(self.now(), claim, &mut effects);
            if let Some(at) = effects.wake_at {
                self.timers.schedule(&shard, group, state, at);
            }
            outcome
        };
        self.look(&shard, group, beat).await?.ok_or(GroupError::UnknownMember)?
    }

    /// Members leave; answers for each.
    ///
    /// # Errors
    /// When there is nobody to ask.
    pub(crate) async fn leave(
        self: &Arc<Self>,
        group: &str,
        leaving: &[Leaving],
    ) -> Result<Vec<Result<(), GroupError>>, GroupError> {
        if group.is_empty() {
            return Err(GroupError::InvalidGroup);
        }
        let id = Self::group_id(group)?;
        let shard = self.shard_of(&id).await?;
        let limits = self.limits();
        let left = self.act(&shard, &id, false, Writes::Group(0), |state, now, change| {
            let group = &mut state.classic;
            let mut leave = |one| group.leave(one, &mut change.effects);
            let outcomes: Vec<_> = leaving.iter().map(&mut leave).collect();
            if outcomes.iter().any(Result::is_ok) {
                state.classic.left(now, &limits, &mut change.effects);
            }
            outcomes
        });
        match left.await {
            Ok((outcomes, written)) => {
                self.durable(&shard, written).await?;
                Ok(outcomes)
            }
            Err(GroupError::UnknownGroup) => {
                Ok(vec![Err(GroupError::UnknownMember); leaving.len()])
            }
            Err(error) => Err(error),
        }
    }
}

/// Members know nothing of groups that come and go: who is in none is no member.
fn member_of_no_group(error: GroupError) -> GroupError {
    match error {
        GroupError::UnknownGroup => GroupError::UnknownMember,
        other => other,
    }
}
