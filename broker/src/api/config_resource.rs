//! What settings belong to, as clients name it: a type by number, and a name.

use penstock_model::id::NodeId;

use super::error_code::ErrorCode;
use super::refusal::Refusal;

/// The types that exist (KIP-226, KIP-412, KIP-714, KIP-848), by Kafka's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ResourceType {
    Topic,
    Broker,
    BrokerLogger,
    ClientMetrics,
    Group,
}

impl ResourceType {
    /// By number.
    pub(super) const ALL: [Self; 5] =
        [Self::Topic, Self::Broker, Self::BrokerLogger, Self::ClientMetrics, Self::Group];

    pub(super) fn number(self) -> i8 {
        match self {
            Self::Topic => 2,
            Self::Broker => 4,
            Self::BrokerLogger => 8,
            Self::ClientMetrics => 16,
            Self::Group => 32,
        }
    }

    pub(super) fn of_wire(number: i8) -> Result<Self, Refusal> {
        let found = Self::ALL.into_iter().find(|resource_type| resource_type.number() == number);
        found.ok_or_else(|| Self::unknown(number))
    }

    pub(super) fn unknown(number: i8) -> Refusal {
        invalid(format!("Unknown resource type {number}"))
    }
}

/// A resource that is named wrongly.
pub(super) fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(ErrorCode::INVALID_REQUEST, message)
}

/// Whether a name is this broker's number; `Err` when it is no number at all.
pub(super) fn is_this_broker(name: &str, this: NodeId) -> Result<bool, std::num::ParseIntError> {
    name.parse::<i32>().map(|number| number == this.0)
}
