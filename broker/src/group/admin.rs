//! What operators ask about groups: list, describe, delete.

use std::sync::Arc;

use bytes::Bytes;

use super::classic::{Client, State};
use super::coordinator::GroupCoordinator;
use super::error::GroupError;
use super::id::{InstanceId, MemberId};
use super::record;
use super::shard::Readiness;
use super::state::{Group, GroupState, Writes};

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

impl GroupCoordinator {
    /// The groups that are coordinated here.
    ///
    /// # Errors
    /// When some are still being loaded.
    pub(crate) fn list(&self) -> Result<Vec<ListedGroup>, GroupError> {
        let shards = self.all_shards();
        if shards.iter().any(|(_, shard)| *shard.readiness.borrow() == Readiness::Loading) {
            return Err(GroupError::Loading);
        }
        let mut listed = Vec::new();
        for (_, shard) in shards {
            for group in shard.all() {
                let state = group.lock();
                listed.push(ListedGroup {
                    id: Arc::clone(&group.id.0),
                    protocol_type: state.classic.protocol_type().cloned(),
                    state: state.classic.state(),
                });
            }
        }
        listed.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        Ok(listed)
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
        let look = |_: &Group, state: &mut GroupState| {
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
            let described = DescribedGroup {
                state: classic.state(),
                protocol_type: classic.protocol_type().cloned(),
                members: members.collect(),
                protocol,
            };
            (described, state.written)
        };
        let looked = self.look(&shard, group, look).await?;
        let (described, written) = looked.ok_or(GroupError::UnknownGroup)?;
        self.durable(&shard, written).await?;
        Ok(described)
    }

    /// Deletes a group and its offsets; durable when this returns.
    ///
    /// # Errors
    /// When it has members, is not there, or there is nobody to ask.
    pub(crate) async fn delete(self: &Arc<Self>, group: &str) -> Result<(), GroupError> {
        let id = Self::group_id(group)?;
        let shard = self.shard_of(&id).await?;
        loop {
            let bytes = self.look(&shard, group, |_, state| state.tombstone_bytes(group)).await?;
            let bytes = bytes.ok_or(GroupError::UnknownGroup)?;
            let deleting =
                self.act(&shard, &id, false, Writes::Records(bytes), |state, _, change| {
                    if state.classic.state() != State::Empty {
                        return Err(GroupError::NotEmpty);
                    }
                    if state.tombstone_bytes(group) > bytes {
                        // An offset was committed meanwhile.
                        return Ok(false);
                    }
                    for (topic, partition, _) in state.offsets.iter() {
                        change.records.push(record::no_offset(&id, topic, partition));
                    }
                    if state.has_record {
                        change.records.push(record::no_group(&id));
                    }
                    change.remove = true;
                    Ok(true)
                });
            let (outcome, written) = deleting.await?;
            if outcome? {
                return self.durable(&shard, written).await;
            }
        }
    }
}
