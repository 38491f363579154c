//! Why a group's coordinator refuses.

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum GroupError {
    /// The group's state is being read from its log: ask again.
    #[error("the group's state is being loaded, ask again")]
    Loading,
    /// Correct the group's id: it is empty, or longer than a record takes.
    #[error("the group's id is not valid")]
    InvalidGroup,
    /// Correct the request: a text in it is longer than a record takes.
    #[error("a text of the request is too long")]
    TooLong,
    /// Correct the session timeout, or the limits that the operator set for it.
    #[error("the session timeout is outside of what is allowed")]
    InvalidSessionTimeout,
    /// Another node coordinates the group: find out which.
    #[error("this node does not coordinate the group, find the coordinator")]
    NotCoordinator,
    /// Nobody coordinates it now, or the log does not take the change in time: ask again.
    #[error("the group has no coordinator now, ask again")]
    NotAvailable,
    /// Ask again when other groups are gone, or raise `memory.groups.bytes`.
    #[error("the groups of this node take all the memory they may, ask again")]
    NoRoom,
    /// Join again, as a new member.
    #[error("the group has no such member")]
    UnknownMember,
    /// Join again, as the member that it is.
    #[error("the group is in another generation")]
    IllegalGeneration,
    /// Join again.
    #[error("the group rebalances")]
    RebalanceInProgress,
    /// Correct the protocols of the members: they have none in common.
    #[error("the member's protocols do not go with the group's")]
    InconsistentProtocol,
    /// Join again, with the id that came with this.
    #[error("the member must join with the id it was given")]
    MemberIdRequired,
    /// Stop: another process uses the same `group.instance.id`.
    #[error("another member has taken this instance id")]
    FencedInstance,
    /// Join without an instance id: the member id was given to a dynamic member.
    #[error("the member's id was given to a dynamic member")]
    GivenToDynamicMember,
    /// The group has as many members as it may have.
    #[error("the group is full")]
    Full,
    /// Let the members say less, or raise `max.message.bytes` of `__consumer_offsets`.
    #[error("the record would be larger than max.message.bytes of __consumer_offsets allows")]
    RecordTooLarge,
    /// Shorten the note that comes with the offset.
    #[error("the note is longer than offset.metadata.max.bytes allows")]
    NoteTooLarge,
    /// There is no such group.
    #[error("there is no such group")]
    UnknownGroup,
    /// A member of the group reads the topic: stop the members first.
    #[error("the group reads the topic")]
    SubscribedToTopic,
    /// The group has members: stop them first.
    #[error("the group is not empty")]
    NotEmpty,
}
