//! `ApiVersions` (18): what this broker speaks; the first request of every client.

use penstock_wire::api_versions_request::ApiVersionsRequest;
use penstock_wire::api_versions_response::{
    ApiVersion, ApiVersionsResponse, FinalizedFeatureKey, SupportedFeatureKey,
};
use penstock_wire::{ApiKey, DecodeError, Message, Reader, WireString};

use super::served::{SERVED, advertised_min, is_advertised, is_served};
use super::{RequestContext, respond};
use crate::broker::Broker;
use crate::features;
use crate::net::{Outcome, Session};

/// `UNSUPPORTED_VERSION`.
const UNSUPPORTED_VERSION: i16 = 35;
/// `INVALID_REQUEST`.
const INVALID_REQUEST: i16 = 42;

/// What is remembered of a name or version that a client states.
const SOFTWARE_NAME_BYTES_MAX: usize = 64;

/// Answers whatever version is asked for: a client that speaks a newer one learns here what it
/// may speak, in the oldest form, which every client reads.
pub(super) fn answer(
    broker: &Broker,
    session: &mut Session,
    context: &RequestContext,
    body: &mut Reader,
) -> Result<Outcome, DecodeError> {
    if !is_served(ApiKey::ApiVersions, context.api_version) {
        let response = ApiVersionsResponse {
            error_code: UNSUPPORTED_VERSION,
            api_keys: api_keys().filter(|key| key.api_key == ApiKey::ApiVersions as i16).collect(),
            ..ApiVersionsResponse::default()
        };
        let oldest = RequestContext { api_version: 0, ..context.clone() };
        return Ok(Outcome::Respond(respond(&oldest, &response)));
    }
    let request = ApiVersionsRequest::decode(body, context.api_version)?;
    Ok(Outcome::Respond(respond(context, &handle(broker, session, context, &request))))
}

fn handle(
    broker: &Broker,
    session: &mut Session,
    context: &RequestContext,
    request: &ApiVersionsRequest,
) -> ApiVersionsResponse {
    if context.api_version >= 3 {
        let (name, version) = (&request.client_software_name, &request.client_software_version);
        if !is_software_name(name) || !is_software_name(version) {
            return ApiVersionsResponse {
                error_code: INVALID_REQUEST,
                ..ApiVersionsResponse::default()
            };
        }
        // Every connection keeps them. They are ASCII.
        let kept = |text: &str| text[..text.len().min(SOFTWARE_NAME_BYTES_MAX)].to_owned();
        session.software_name = kept(name);
        session.software_version = kept(version);
    }
    let image = broker.metadata.image();
    let finalized = image.features().levels().map(|(name, level)| FinalizedFeatureKey {
        name: WireString::copy_from(name),
        max_version_level: stated(level),
        min_version_level: stated(level),
    });
    ApiVersionsResponse {
        api_keys: api_keys().collect(),
        supported_features: features::SUPPORTED
            .iter()
            .map(|feature| SupportedFeatureKey {
                name: WireString::from(feature.name),
                min_version: stated(*feature.levels.start()),
                max_version: stated(*feature.levels.end()),
            })
            .collect(),
        finalized_features_epoch: i64::try_from(image.features().epoch()).unwrap_or(i64::MAX),
        finalized_features: finalized.collect(),
        ..ApiVersionsResponse::default()
    }
}

/// A level as the protocol carries it; the metadata takes none that it cannot.
fn stated(level: u16) -> i16 {
    i16::try_from(level).unwrap_or(i16::MAX)
}

fn api_keys() -> impl Iterator<Item = ApiVersion> {
    SERVED.iter().filter(|served| is_advertised(served)).map(|served| ApiVersion {
        api_key: served.api_key as i16,
        min_version: advertised_min(served),
        max_version: served.version_max,
    })
}

/// Letters and digits, with `-` and `.` inside (KIP-511).
fn is_software_name(text: &str) -> bool {
    let inside = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    let edge = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    edge(bytes.first()) && edge(bytes.last()) && bytes.iter().copied().all(inside)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;
    use penstock_model::command::{Command, UpdateFeatures};
    use penstock_wire::{decode_request_header, encode_request};

    use super::*;
    use crate::testing::TestBroker;

    fn exchange(broker: &Broker, frame: Vec<u8>) -> (Session, Vec<u8>) {
        let mut session = Session::new(Arc::from("PLAINTEXT"), ([127, 0, 0, 1], 1).into());
        let mut reader = Reader::new(Bytes::from(frame));
        let header = decode_request_header(&mut reader).unwrap();
        let context = RequestContext::new(&session, header);
        match answer(broker, &mut session, &context, &mut reader) {
            Ok(Outcome::Respond(response)) => (session, response.into_bytes()),
            _ => panic!("ApiVersions is always answered"),
        }
    }

    fn ask(broker: &Broker, version: i16, name: &str) -> (Session, ApiVersionsResponse) {
        let request = ApiVersionsRequest {
            client_software_name: WireString::copy_from(name),
            client_software_version: WireString::from("4.3.1"),
        };
        let frame = encode_request(version, 7, None, &request).unwrap().concat();
        let (session, answer) = exchange(broker, frame[4..].to_vec());
        let mut reader = Reader::new(Bytes::copy_from_slice(&answer[8..]));
        (session, ApiVersionsResponse::decode(&mut reader, version).unwrap())
    }

    #[tokio::test]
    async fn a_newer_version_is_answered_in_the_oldest_form() {
        let test = TestBroker::start(&[]);
        // As franz-go sends it: header v2, then a body that nobody here can read.
        let frame = [0, 18, 0, 5, 0, 0, 0, 9, 0xff, 0xff, 0, 0x55, 0x55].to_vec();
        let (_, answer) = exchange(&test.broker, frame);
        let expect = [0, 0, 0, 16, 0, 0, 0, 9, 0, 35, 0, 0, 0, 1, 0, 18, 0, 0, 0, 4];
        assert_eq!(answer, expect);
    }

    #[tokio::test]
    async fn every_version_lists_what_is_served() {
        let test = TestBroker::start(&[]);
        for version in 0..=4 {
            let (session, response) = ask(&test.broker, version, "apache-kafka-java");
            assert_eq!(response.error_code, 0);
            assert_eq!(response.api_keys, api_keys().collect::<Vec<_>>());
            assert!(response.api_keys.iter().all(|key| key.api_key != 71 && key.api_key != 72));
            let named = if version >= 3 { "apache-kafka-java" } else { "" };
            assert_eq!(session.software_name, named);
        }
    }

    #[tokio::test]
    async fn finalized_features_come_with_their_epoch() {
        let test = TestBroker::start(&[]);
        let shown = |version| {
            let (_, response) = ask(&test.broker, version, "a");
            let finalized = response.finalized_features.iter();
            let finalized = finalized.map(|f| format!(" {}={}", f.name, f.max_version_level));
            (response.finalized_features_epoch, finalized.collect::<String>())
        };
        assert_eq!(shown(2), (-1, String::new()));
        assert_eq!(shown(3), (1, " metadata.version=30".to_owned()));
        let levels = vec![("later".into(), 1)];
        let update = Command::UpdateFeatures(UpdateFeatures { epoch: 1, levels });
        test.metadata.apply(&update).result.unwrap();
        assert_eq!(shown(4), (2, " later=1 metadata.version=30".to_owned()));
    }

    #[tokio::test]
    async fn software_names_are_letters_digits_dots_and_dashes() {
        let test = TestBroker::start(&[]);
        for (name, expect) in [
            ("a", 0),
            ("librdkafka-2.11.0", 0),
            ("", INVALID_REQUEST),
            ("-a", INVALID_REQUEST),
            ("a.", INVALID_REQUEST),
            ("a b", INVALID_REQUEST),
            ("é", INVALID_REQUEST),
        ] {
            let (session, response) = ask(&test.broker, 3, name);
            assert_eq!(response.error_code, expect, "{name:?}");
            assert_eq!(response.api_keys.is_empty(), expect != 0);
            assert_eq!(session.software_name.is_empty(), expect != 0);
        }
    }
}
