//! Kafka's APIs: one file each, and the way from a frame to the right one.
//!
//! ```text
//!   RequestFrame ─► header ─► RequestContext ─► dispatch ─► <api>::handle ─► Outcome
//! ```
//!
//! To add an API: a file with `handle`, a line in `served::SERVED`, an arm in `dispatch`. It
//! knows no sockets; a body that cannot be read closes the connection, as Kafka does.

mod alter_configs;
mod api_versions;
mod cluster_view;
mod config_alteration;
mod config_change;
mod config_resource;
mod config_value;
mod context;
mod create_partitions;
mod create_topics;
mod delete_groups;
mod delete_records;
mod delete_topics;
mod describe_cluster;
mod describe_configs;
mod describe_groups;
mod error_code;
mod fetch;
mod find_coordinator;
mod heartbeat;
mod incremental_alter_configs;
mod init_producer_id;
mod internal_topic;
mod join_group;
mod leave_group;
mod list_groups;
mod list_offsets;
mod metadata;
mod offset_commit;
mod offset_fetch;
mod offset_for_leader_epoch;
mod produce;
mod refusal;
mod replica_assignment;
mod served;
mod sync_group;
#[cfg(test)]
mod tests;
mod topic_creation;
mod topic_name;

use std::sync::Arc;

use bytes::Bytes;
use penstock_wire::{ApiKey, DecodeError, Message, Reader, Request, decode_request_header};
use tokio::time::Instant;

pub use context::RequestContext;
pub use fetch::Sessions as FetchSessions;
pub(crate) use topic_name::CONSUMER_OFFSETS;

use crate::broker::Broker;
use crate::net::limits::SMALL_REQUEST_BYTES_MAX;
use crate::net::{Admission, Handler, Outcome, RequestFrame, Response, Session};

/// All APIs of a broker.
pub struct Api {
    broker: Arc<Broker>,
}

impl Api {
    /// The APIs of `broker`.
    #[must_use]
    pub fn new(broker: Arc<Broker>) -> Self {
        Self { broker }
    }

    /// `frame` is what `body` is read from; Produce takes the records out of it.
    async fn dispatch(
        &self,
        session: &mut Session,
        context: RequestContext,
        mut body: Reader,
        frame: Bytes,
    ) -> Result<Outcome, DecodeError> {
        let (broker, body, at) = (&self.broker, &mut body, &context);
        let response = match context.api_key {
            ApiKey::ApiVersions => return api_versions::answer(session, at, body),
            ApiKey::Produce => {
                let body = std::mem::replace(body, Reader::new(Bytes::new()));
                return produce::begin(broker, context, body, frame).await;
            }
            ApiKey::Fetch => fetch::answer(broker, at, decode(at, body)?).await,
            ApiKey::ListOffsets => {
                respond(at, &list_offsets::handle(broker, at, decode(at, body)?).await)
            }
            ApiKey::OffsetForLeaderEpoch => {
                respond(at, &offset_for_leader_epoch::handle(broker, decode(at, body)?).await)
            }
            ApiKey::DeleteRecords => {
                respond(at, &delete_records::handle(broker, decode(at, body)?).await)
            }
            ApiKey::InitProducerId => {
                respond(at, &init_producer_id::handle(broker, decode(at, body)?).await)
            }
            ApiKey::Metadata => respond(at, &metadata::handle(broker, at, decode(at, body)?).await),
            ApiKey::CreateTopics => {
                respond(at, &create_topics::handle(broker, decode(at, body)?).await)
            }
            ApiKey::DeleteTopics => {
                respond(at, &delete_topics::handle(broker, at, decode(at, body)?).await)
            }
            ApiKey::CreatePartitions => {
                respond(at, &create_partitions::handle(broker, decode(at, body)?).await)
            }
            ApiKey::DescribeCluster => {
                respond(at, &describe_cluster::handle(broker, at, &decode(at, body)?))
            }
            ApiKey::DescribeConfigs => {
                respond(at, &describe_configs::handle(broker, decode(at, body)?))
            }
            ApiKey::AlterConfigs => {
                respond(at, &alter_configs::handle(broker, decode(at, body)?).await)
            }
            ApiKey::IncrementalAlterConfigs => {
                respond(at, &incremental_alter_configs::handle(broker, decode(at, body)?).await)
            }
            ApiKey::FindCoordinator => {
                respond(at, &find_coordinator::handle(broker, at, decode(at, body)?).await)
            }
            ApiKey::JoinGroup => {
                respond(at, &join_group::handle(broker, at, decode(at, body)?).await)
            }
            ApiKey::SyncGroup => respond(at, &sync_group::handle(broker, decode(at, body)?).await),
            ApiKey::Heartbeat => respond(at, &heartbeat::handle(broker, decode(at, body)?).await),
            ApiKey::LeaveGroup => {
                respond(at, &leave_group::handle(broker, at, decode(at, body)?).await)
            }
            ApiKey::OffsetCommit => {
                respond(at, &offset_commit::handle(broker, at, decode(at, body)?).await)
            }
            ApiKey::OffsetFetch => {
                respond(at, &offset_fetch::handle(broker, at, decode(at, body)?).await)
            }
            ApiKey::DescribeGroups => {
                respond(at, &describe_groups::handle(broker, at, decode(at, body)?).await)
            }
            ApiKey::ListGroups => respond(at, &list_groups::handle(broker, &decode(at, body)?)),
            ApiKey::DeleteGroups => {
                respond(at, &delete_groups::handle(broker, decode(at, body)?).await)
            }
            // `admit` lets only those through that `SERVED` names.
            other => unreachable!("{} is served without an arm here", other.name()),
        };
        Ok(Outcome::Respond(response))
    }
}

impl Handler for Api {
    fn admit(&self, api_key: i16, api_version: i16) -> Admission {
        match ApiKey::try_from(api_key) {
            Ok(ApiKey::ApiVersions) => Admission::Serve,
            Ok(api_key) if !served::is_served(api_key, api_version) => Admission::Close,
            Ok(ApiKey::Produce) => Admission::ServeBulk,
            Ok(_) => Admission::Serve,
            Err(_) => Admission::Close,
        }
    }

    async fn begin(&self, session: &mut Session, request: RequestFrame) -> Outcome {
        let started = Instant::now();
        let RequestFrame { api_key, bytes, permit, .. } = request;
        // However many wait for records or for their group, the room for small requests is there
        // for the others: a connection that waits costs one such request.
        let waits = matches!(
            ApiKey::try_from(api_key),
            Ok(ApiKey::Fetch | ApiKey::JoinGroup | ApiKey::SyncGroup)
        );
        let permit = (!waits || bytes.len() > SMALL_REQUEST_BYTES_MAX).then_some(permit);
        let mut reader = Reader::new(bytes.clone());
        let Ok(header) = decode_request_header(&mut reader) else {
            return Outcome::Close("malformed request header");
        };
        let context = RequestContext::new(session, header);
        let (api, peer) = (context.api_key.name(), context.peer);
        let outcome = match self.dispatch(session, context, reader, bytes).await {
            Ok(outcome) => outcome,
            Err(error) => {
                tracing::debug!(%peer, api, %error, "malformed request");
                return Outcome::Close("malformed request");
            }
        };
        drop(permit);
        match outcome {
            Outcome::Later(answer) => {
                let broker = Arc::clone(&self.broker);
                Outcome::Later(Box::pin(async move {
                    let response = answer.await;
                    broker.metrics.request(api, started.elapsed());
                    response
                }))
            }
            outcome => {
                self.broker.metrics.request(api, started.elapsed());
                outcome
            }
        }
    }
}

/// The frame that answers the request of `context`. When the response cannot be expressed in the
/// request's version the handler has a bug; the client then loses its connection, and nobody else.
fn respond<M: Message>(context: &RequestContext, response: &M) -> Response {
    let frame = penstock_wire::encode_response(
        context.api_key,
        context.api_version,
        context.correlation_id,
        response,
    );
    match frame {
        Ok(chunks) => Response::new(chunks),
        Err(error) => {
            let version = context.api_version;
            tracing::error!(message = M::NAME, version, %error, "an answer cannot be expressed");
            debug_assert!(false, "{} v{version}: {error}", M::NAME);
            Response::default()
        }
    }
}

/// Reads the request's body.
fn decode<R: Request>(context: &RequestContext, body: &mut Reader) -> Result<R, DecodeError> {
    R::decode(body, context.api_version)
}
