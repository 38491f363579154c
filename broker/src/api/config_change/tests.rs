//! Alterations that meet each other.

use std::sync::Mutex;

use async_trait::async_trait;
use penstock_model::client::{LocalClient, SubmitError};
use penstock_model::command::Outcome;
use penstock_model::id::ClusterId;
use penstock_model::watch;

use super::*;

/// Somebody else's commands come first, one before each of ours.
struct Crowded {
    local: LocalClient,
    others: Mutex<Vec<Command>>,
}

#[async_trait]
impl MetadataClient for Crowded {
    async fn submit(&self, command: Command) -> Result<Outcome, SubmitError> {
        let other = self.others.lock().unwrap().pop();
        if let Some(other) = other {
            self.local.apply(&other).result.unwrap();
        }
        self.local.submit(command).await
    }

    fn image(&self) -> Arc<MetadataImage> {
        self.local.image()
    }

    fn watch(&self) -> watch::Receiver<Arc<MetadataImage>> {
        self.local.watch()
    }
}

const KEY: &str = "log.cleanup.policy";

fn broker() -> ConfigResource {
    ConfigResource::Broker(None)
}

fn setting(value: &str) -> Command {
    let changes = vec![(Arc::from(KEY), Some(Arc::from(value)))];
    Command::AlterConfigs(AlterConfigs { resource: broker(), changes, relies_on: None })
}

#[tokio::test]
async fn no_append_is_lost_to_another() {
    let local = LocalClient::default();
    local.apply(&Command::Format(ClusterId([1; 16]))).result.unwrap();
    local.apply(&setting("compact")).result.unwrap();
    let others = Mutex::new(vec![setting("delete"), setting("")]);
    let crowded = Crowded { local, others };
    let operations = [(KEY.to_owned(), Operation::Append("compact".to_owned()))];
    let planned = |image: &MetadataImage| {
        plan(image, Mode::Incremental, Owner::Broker, broker(), &operations)
    };
    // There already when it first looks, and taken away while it does nothing about it.
    alter(&crowded, false, ResourceType::Broker, "", planned).await.unwrap();
    assert_eq!(crowded.others.lock().unwrap().len(), 2);

    crowded.local.apply(&setting("delete")).result.unwrap();
    alter(&crowded, false, ResourceType::Broker, "", planned).await.unwrap();
    assert_eq!(
        crowded.image().config(&broker(), KEY).map(|value| &**value),
        Some("delete,compact")
    );
}
