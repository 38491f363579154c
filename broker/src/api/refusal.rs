//! Why a request, or one item of it, is refused: a code for the client, a text for people.

use std::fmt;

use penstock_model::client::SubmitError;
use penstock_model::command::Refused;
use penstock_wire::WireString;

use super::error_code::ErrorCode;

/// See the module. Where Kafka has a text, it is that text, because tools and tests compare it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(super) code: ErrorCode,
    pub(super) message: Option<String>,
}

impl Refusal {
    pub(super) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: Some(message.into()) }
    }

    /// The text as answers carry it.
    pub(super) fn wire_message(&self) -> Option<WireString> {
        self.message.clone().map(WireString::from)
    }
}

/// A code that says it all.
impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self { code, message: None }
    }
}

impl From<SubmitError> for Refusal {
    fn from(error: SubmitError) -> Self {
        Self::new(ErrorCode::from(&error), error.to_string())
    }
}

/// What an API expects to be refused it handles itself; the rest is a matter of time.
impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        let code = match &refused {
            Refused::TopicExists(name) => {
                let message = format!("Topic '{name}' already exists.");
                return Self::new(ErrorCode::TOPIC_ALREADY_EXISTS, message);
            }
            Refused::UnknownTopic(_) => ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
            Refused::PartitionCount(_) => ErrorCode::INVALID_PARTITIONS,
            // A broker went away between the plan and its command: asked again, it is planned anew.
            Refused::UnknownLeader(_) => ErrorCode::REQUEST_TIMED_OUT,
            _ => ErrorCode::UNKNOWN_SERVER_ERROR,
        };
        Self::new(code, refused.to_string())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.message {
            Some(message) => write!(f, "{message} (error {})", self.code.0),
            None => write!(f, "error {}", self.code.0),
        }
    }
}
