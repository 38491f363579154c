//! Kafka's error codes, and the only map from our facts to them.
//!
//! What a client does with a code is part of the choice: a retriable fault never gets a code that
//! ends a producer or resets a consumer (protocol.md of Kafka's clients, section "who retries what").

use penstock_model::client::SubmitError;
use penstock_records::{Rejection, RejectionClass};
use penstock_s3stream::{OpenError, ReadError, TrimError};

use crate::group::GroupError;
use crate::log::{AppendError, PartitionError, SequenceError, TooManyProducers};

/// An error code as the protocol carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ErrorCode(pub i16);

/// Declares the codes in use, by Kafka's names.
macro_rules! codes {
    ($($name:ident = $code:literal),* $(,)?) => {
        impl ErrorCode {
            $(#[doc = concat!("Kafka's `", stringify!($name), "`.")]
            pub(super) const $name: Self = Self($code);)*
        }
    };
}

codes! {
    UNKNOWN_SERVER_ERROR = -1,
    NONE = 0,
    OFFSET_OUT_OF_RANGE = 1,
    CORRUPT_MESSAGE = 2,
    UNKNOWN_TOPIC_OR_PARTITION = 3,
    LEADER_NOT_AVAILABLE = 5,
    NOT_LEADER_OR_FOLLOWER = 6,
    REQUEST_TIMED_OUT = 7,
    MESSAGE_TOO_LARGE = 10,
    OFFSET_METADATA_TOO_LARGE = 12,
    COORDINATOR_LOAD_IN_PROGRESS = 14,
    COORDINATOR_NOT_AVAILABLE = 15,
    NOT_COORDINATOR = 16,
    INVALID_TOPIC_EXCEPTION = 17,
    RECORD_LIST_TOO_LARGE = 18,
    NOT_ENOUGH_REPLICAS = 19,
    INVALID_REQUIRED_ACKS = 21,
    ILLEGAL_GENERATION = 22,
    INCONSISTENT_GROUP_PROTOCOL = 23,
    INVALID_GROUP_ID = 24,
    UNKNOWN_MEMBER_ID = 25,
    INVALID_SESSION_TIMEOUT = 26,
    REBALANCE_IN_PROGRESS = 27,
    TOPIC_AUTHORIZATION_FAILED = 29,
    INVALID_TIMESTAMP = 32,
    UNSUPPORTED_VERSION = 35,
    TOPIC_ALREADY_EXISTS = 36,
    INVALID_PARTITIONS = 37,
    INVALID_REPLICATION_FACTOR = 38,
    INVALID_REPLICA_ASSIGNMENT = 39,
    INVALID_CONFIG = 40,
    INVALID_REQUEST = 42,
    POLICY_VIOLATION = 44,
    OUT_OF_ORDER_SEQUENCE_NUMBER = 45,
    INVALID_PRODUCER_EPOCH = 47,
    TRANSACTIONAL_ID_AUTHORIZATION_FAILED = 53,
    KAFKA_STORAGE_ERROR = 56,
    LOG_DIR_NOT_FOUND = 57,
    NON_EMPTY_GROUP = 68,
    GROUP_ID_NOT_FOUND = 69,
    FETCH_SESSION_ID_NOT_FOUND = 70,
    INVALID_FETCH_SESSION_EPOCH = 71,
    TOPIC_DELETION_DISABLED = 73,
    FENCED_LEADER_EPOCH = 74,
    UNKNOWN_LEADER_EPOCH = 75,
    UNSUPPORTED_COMPRESSION_TYPE = 76,
    MEMBER_ID_REQUIRED = 79,
    PREFERRED_LEADER_NOT_AVAILABLE = 80,
    GROUP_MAX_SIZE_REACHED = 81,
    FENCED_INSTANCE_ID = 82,
    ELIGIBLE_LEADERS_NOT_AVAILABLE = 83,
    ELECTION_NOT_NEEDED = 84,
    NO_REASSIGNMENT_IN_PROGRESS = 85,
    GROUP_SUBSCRIBED_TO_TOPIC = 86,
    INVALID_RECORD = 87,
    INVALID_UPDATE_VERSION = 95,
    UNKNOWN_TOPIC_ID = 100,
    BROKER_ID_NOT_REGISTERED = 102,
    INCONSISTENT_CLUSTER_ID = 104,
    FETCH_SESSION_TOPIC_ID_ERROR = 106,
    MISMATCHED_ENDPOINT_TYPE = 114,
    UNSUPPORTED_ENDPOINT_TYPE = 115,
    UNKNOWN_SUBSCRIPTION_ID = 117,
    TELEMETRY_TOO_LARGE = 118,
}

impl From<&PartitionError> for ErrorCode {
    fn from(error: &PartitionError) -> Self {
        match error {
            PartitionError::Unknown => Self::UNKNOWN_TOPIC_OR_PARTITION,
            // All of them make clients look for the leader again, and try again.
            PartitionError::NotLeader { .. }
            | PartitionError::Offline(_)
            | PartitionError::Opening
            | PartitionError::Unavailable(_) => Self::NOT_LEADER_OR_FOLLOWER,
            PartitionError::Corrupt(_) => Self::KAFKA_STORAGE_ERROR,
        }
    }
}

impl From<&Rejection> for ErrorCode {
    fn from(rejection: &Rejection) -> Self {
        match rejection.class() {
            RejectionClass::InvalidRecord => Self::INVALID_RECORD,
            RejectionClass::Corrupt => Self::CORRUPT_MESSAGE,
            RejectionClass::UnsupportedCompression => Self::UNSUPPORTED_COMPRESSION_TYPE,
            RejectionClass::TooLarge => Self::MESSAGE_TOO_LARGE,
            RejectionClass::InvalidTimestamp => Self::INVALID_TIMESTAMP,
            RejectionClass::CodecFailed => Self::UNKNOWN_SERVER_ERROR,
        }
    }
}

impl From<&AppendError> for ErrorCode {
    fn from(error: &AppendError) -> Self {
        match error {
            AppendError::Sequence(SequenceError::Fenced { .. }) => Self::INVALID_PRODUCER_EPOCH,
            AppendError::Sequence(SequenceError::OutOfOrder { .. }) => {
                Self::OUT_OF_ORDER_SEQUENCE_NUMBER
            }
            // Not appended, and worth trying again: Java's client and librdkafka do so after their
            // backoff, with the same sequence, and ask nobody for the leader meanwhile.
            AppendError::Producers(TooManyProducers) => Self::NOT_ENOUGH_REPLICAS,
            AppendError::Closed => Self::NOT_LEADER_OR_FOLLOWER,
            AppendError::Stopped => Self::KAFKA_STORAGE_ERROR,
        }
    }
}

impl From<&ReadError> for ErrorCode {
    fn from(error: &ReadError) -> Self {
        match error {
            ReadError::OutOfRange { .. } => Self::OFFSET_OUT_OF_RANGE,
            // Clients look for the leader again and come back; no other code is safe in a fetch.
            ReadError::Closed | ReadError::Unavailable(_) => Self::NOT_LEADER_OR_FOLLOWER,
            ReadError::Corrupt(_) => Self::KAFKA_STORAGE_ERROR,
        }
    }
}

impl From<&TrimError> for ErrorCode {
    fn from(error: &TrimError) -> Self {
        match error {
            TrimError::PastEnd { .. } => Self::OFFSET_OUT_OF_RANGE,
            TrimError::Unknown(error) => Self::from(error),
            TrimError::Refused(_) | TrimError::NotOpen(_) => Self::NOT_LEADER_OR_FOLLOWER,
        }
    }
}

impl From<GroupError> for ErrorCode {
    fn from(error: GroupError) -> Self {
        match error {
            GroupError::Loading => Self::COORDINATOR_LOAD_IN_PROGRESS,
            GroupError::InvalidGroup => Self::INVALID_GROUP_ID,
            GroupError::TooLong => Self::INVALID_REQUEST,
            GroupError::InvalidSessionTimeout => Self::INVALID_SESSION_TIMEOUT,
            GroupError::NotCoordinator => Self::NOT_COORDINATOR,
            GroupError::NotAvailable | GroupError::NoRoom => Self::COORDINATOR_NOT_AVAILABLE,
            GroupError::UnknownMember => Self::UNKNOWN_MEMBER_ID,
            GroupError::IllegalGeneration => Self::ILLEGAL_GENERATION,
            GroupError::RebalanceInProgress => Self::REBALANCE_IN_PROGRESS,
            GroupError::InconsistentProtocol => Self::INCONSISTENT_GROUP_PROTOCOL,
            GroupError::MemberIdRequired => Self::MEMBER_ID_REQUIRED,
            GroupError::FencedInstance => Self::FENCED_INSTANCE_ID,
            GroupError::Full => Self::GROUP_MAX_SIZE_REACHED,
            // As Kafka does with every MESSAGE_TOO_LARGE of its coordinators, and where a pending
            // member claims to be a static one.
            GroupError::RecordTooLarge | GroupError::GivenToDynamicMember => {
                Self::UNKNOWN_SERVER_ERROR
            }
            GroupError::NoteTooLarge => Self::OFFSET_METADATA_TOO_LARGE,
            GroupError::UnknownGroup => Self::GROUP_ID_NOT_FOUND,
            GroupError::SubscribedToTopic => Self::GROUP_SUBSCRIBED_TO_TOPIC,
            GroupError::NotEmpty => Self::NON_EMPTY_GROUP,
        }
    }
}

impl ErrorCode {
    /// The code of an outcome that is nothing but good or bad.
    pub(super) fn of(outcome: Result<(), GroupError>) -> Self {
        outcome.map_or_else(Self::from, |()| Self::NONE)
    }
}

impl From<&SubmitError> for ErrorCode {
    fn from(_: &SubmitError) -> Self {
        Self::REQUEST_TIMED_OUT
    }
}

impl From<&OpenError> for ErrorCode {
    fn from(error: &OpenError) -> Self {
        match error {
            OpenError::Checkpoint { .. } => Self::KAFKA_STORAGE_ERROR,
            _ => Self::NOT_LEADER_OR_FOLLOWER,
        }
    }
}
