//! The guarantees of a metadata client, by the one that needs no log.

use std::sync::Arc;

use crate::client::{LocalClient, MetadataClient};
use crate::command::{Command, Refused, Reply};
use crate::id::{BrokerEpoch, ClusterId, LogIndex};

#[tokio::test]
async fn an_answered_command_is_in_the_image() {
    let client: Arc<dyn MetadataClient> = Arc::new(LocalClient::default());
    let mut seen = client.watch();
    assert_eq!(client.image().index(), LogIndex(0));

    let cluster = ClusterId([7; 16]);
    let outcome = client.submit(Command::Format(cluster)).await.unwrap();
    assert_eq!((outcome.index, outcome.result), (LogIndex(1), Ok(Reply::Done)));
    assert_eq!(client.image().cluster(), Some(cluster));
    seen.changed().await.unwrap();
    assert_eq!(seen.borrow_and_update().index(), LogIndex(1));

    let refused = client.submit(Command::FenceBroker(BrokerEpoch(1))).await.unwrap();
    assert_eq!(refused.result, Err(Refused::BrokerNotActive(BrokerEpoch(1))));
    assert_eq!(client.image().index(), LogIndex(2));
}
