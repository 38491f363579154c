//! Producer ids, handed out from blocks that the metadata grants for ever.

use std::ops::Range;
use std::sync::Arc;

use penstock_model::client::{MetadataClient, SubmitError};
use penstock_model::command::{Command, Refused, Reply};
use penstock_model::id::{BrokerEpoch, ProducerId, RequestId};
use tokio::sync::Mutex;

use crate::env::Entropy;

/// Ids asked for at once. A restart loses what is left of a block; there are 2^63.
const BLOCK: u32 = 1000;

/// Why there is no id now.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ProducerIdError {
    /// Nobody decides now: try again.
    #[error(transparent)]
    Unknown(#[from] SubmitError),
    /// See the error.
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// See the module.
pub struct ProducerIds {
    metadata: Arc<dyn MetadataClient>,
    broker: BrokerEpoch,
    entropy: Arc<dyn Entropy>,
    /// What is left of the last block. Held while the next one is asked for, so that those who
    /// wait ask once.
    left: Mutex<Range<i64>>,
}

impl ProducerIds {
    /// Ids for the clients of one broker process.
    #[must_use]
    pub fn new(
        metadata: Arc<dyn MetadataClient>,
        broker: BrokerEpoch,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self { metadata, broker, entropy, left: Mutex::new(0..0) }
    }

    /// An id that nobody ever had.
    ///
    /// # Errors
    /// When the metadata grants no further block.
    pub async fn next(&self) -> Result<ProducerId, ProducerIdError> {
        let mut left = self.left.lock().await;
        if left.is_empty() {
            let command = Command::AllocateProducerIds {
                broker: self.broker,
                request: RequestId(self.entropy.draw()),
                count: BLOCK,
            };
            match self.metadata.submit(command).await?.result? {
                Reply::ProducerIds { first, count } => *left = first.0..first.0 + i64::from(count),
                other => unreachable!("producer ids are answered by ids, not {other:?}"),
            }
        }
        let id = left.next().expect("a block holds at least one id");
        Ok(ProducerId(id))
    }
}
