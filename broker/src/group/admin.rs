//! What operators ask about groups: list, describe.

use std::sync::Arc;

use bytes::Bytes;
use futures::future::try_join_all;
use penstock_model::id::Offset;

use super::classic::{Client, State};
use super::coordinator::GroupCoordinator;
use super::error::GroupError;
use super::id::{InstanceId, MemberId};
use super::shard::{Readiness, Shard};
use super::state::{Group, GroupState};

/// A group in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListedGroup {
    pub(crate) id: Arc<str>,
    pub(crate) protocol_type: Option<Arc<str>>,
    pub(crate) state: State,
}

/// A group as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DescribedGroup {
    pub(crate) state: State,
    pub(crate) protocol_type: Option<Arc<str>>,
    /// What its members agreed on, once they have.
    pub(crate) protocol: Option<Arc<str>>,
    pub(crate) members: Vec<DescribedMember>,
}

/// A member as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DescribedMember {
    pub(crate) id: MemberId,
    pub(crate) instance: Option<InstanceId>,
    pub(crate) client: Client,
    /// What it says in the protocol that was agreed on.
    pub(crate) metadata: Bytes,
    pub(crate) assignment: Bytes,
}

impl DescribedGroup {
    fn of(state: &GroupState) -> Self {
        let classic = &state.classic;
        // Before the group is stable, nobody knows what will be agreed on.
        let protocol = classic.protocol().filter(|_| classic.state() == State::Stable).cloned();
        let members = classic.members().map(|(id, member)| DescribedMember {
            id: id.clone(),
            instance: member.instance.clone(),
            client: member.client.clone(),
            metadata: protocol.as_deref().map_or(Bytes::new(), |name| member.metadata(name)),
            assignment: member.assignment.clone(),
        });
        Self {
            state: classic.state(),
            protocol_type: classic.protocol_type().cloned(),
            members: members.collect(),
            protocol,
        }
    }

    /// What it takes, with what it shares with the group.
    fn bytes(&self) -> usize {
        let member = |member: &DescribedMember| {
            let texts = [&*member.id.0, &*member.client.id, &*member.client.host];
            let instance = member.instance.as_ref().map_or(0, |instance| instance.0.len());
            let texts = texts.iter().map(|text| text.len()).sum::<usize>() + instance;
            size_of::<DescribedMember>() + texts + member.metadata.len() + member.assignment.len()
        };
        self.members.iter().map(member).sum()
    }
}

impl GroupCoordinator {
    /// The groups that are coordinated here, as the log has them.
    ///
    /// # Errors
    /// When some are still being loaded, or the log does not take them in time.
    pub(crate) async fn list(&self) -> Result<Vec<ListedGroup>, GroupError> {
        let shards = self.all_shards();
        if shards.iter().any(|(_, shard)| *shard.readiness.borrow() == Readiness::Loading) {
            return Err(GroupError::Loading);
        }
        // All wait for the log at the same time.
        let lists = shards.iter().map(|(_, shard)| self.list_shard(shard));
        let mut listed = try_join_all(lists).await?.concat();
        listed.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        Ok(listed)
    }

    async fn list_shard(&self, shard: &Shard) -> Result<Vec<ListedGroup>, GroupError> {
        let mut listed = Vec::new();
        let mut written = Offset::ZERO;
        for group in shard.all() {
            let state = group.lock();
            written = written.max(state.written);
            listed.push(ListedGroup {
                id: Arc::clone(&group.id.0),
                protocol_type: state.classic.protocol_type().cloned(),
                state: state.classic.state(),
            });
        }
        // After the look: what has gone meanwhile counts.
        match self.durable(shard, written.max(shard.removed())).await {
            Ok(()) => Ok(listed),
            // Its groups are another's to list.
            Err(GroupError::NotCoordinator) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// How many groups a list has, durable or not, and the bytes of what it knows of them.
    pub(crate) fn listed_bytes(&self) -> (usize, usize) {
        let shards = self.all_shards();
        let groups = shards.iter().flat_map(|(_, shard)| shard.all());
        groups.fold((0, 0), |(count, bytes), group| {
            (count + 1, bytes + size_of::<ListedGroup>() + group.id.0.len())
        })
    }

    /// One group.
    ///
    /// # Errors
    /// When it is not there, or there is nobody to ask.
    pub(crate) async fn describe(
        self: &Arc<Self>,
        group: &str,
    ) -> Result<DescribedGroup, GroupError> {
        let shard = self.shard_of(&Self::group_id(group)?).await?;
        let look = |_: &Group, state: &mut GroupState| (DescribedGroup::of(state), state.written);
        let looked = self.look(&shard, group, look).await?;
        let (described, written) = looked.ok_or(GroupError::UnknownGroup)?;
        self.durable(&shard, written).await?;
        Ok(described)
    }

    /// The bytes of what is known of a group and its members, durable or not. None where nobody can
    /// be asked.
    pub(crate) async fn described_bytes(self: &Arc<Self>, group: &str) -> usize {
        let Ok(id) = Self::group_id(group) else { return 0 };
        let Ok(shard) = self.shard_of(&id).await else { return 0 };
        shard.find(group).map_or(0, |group| DescribedGroup::of(&group.lock()).bytes())
    }
}
