//! What the fuzz targets of `broker/wire/fuzz` run: any bytes as any message, and as frames.
//!
//! ```text
//!   messages   message 2 | version 1 | the message
//!   frames     0 | the frame of a request
//!              1 | API 1 | version 1 | the frame of a response
//! ```
//!
//! Messages are those of both directions, headers, and the records of internal topics.

use bytes::Bytes;
use penstock_fuzzing::{Target, take};

use crate::catalog::{self, Entry};
use crate::random::{Random, message};
use crate::{ApiKey, Reader, decode_request_header};

/// Any message in any version.
pub const MESSAGES: Target = Target { name: "messages", run: messages, seeds: message_seeds };

/// Frames as they come over a connection, without their length: a header, and what it announces.
pub const FRAMES: Target = Target { name: "frames", run: frames, seeds: frame_seeds };

fn messages(mut input: &[u8]) -> Option<()> {
    let number = u16::from_be_bytes(*take(&mut input)?);
    let [version] = *take(&mut input)?;
    let entry = &catalog::MESSAGES[usize::from(number) % catalog::MESSAGES.len()];
    let version = version_of(entry, version);
    entry.assert_stable(version, &Bytes::copy_from_slice(input)).then_some(())
}

fn version_of(entry: &Entry, drawn: u8) -> i16 {
    entry.version_min + i16::from(drawn) % (entry.version_max - entry.version_min + 1)
}

fn named(name: &str) -> &'static Entry {
    catalog::MESSAGES
        .iter()
        .find(|entry| entry.name == name)
        .expect("the catalog has every message")
}

fn frames(mut input: &[u8]) -> Option<()> {
    match *take(&mut input)? {
        [0] => request(&Bytes::copy_from_slice(input)),
        _ => response(input),
    }
}

fn request(frame: &Bytes) -> Option<()> {
    let mut reader = Reader::new(frame.clone());
    let header = decode_request_header(&mut reader).ok()?;
    let request = frame.slice(frame.len() - reader.remaining()..);
    let entry = named(&format!("{}Request", header.api_key.name()));
    let version = header.api_version;
    if !header.api_key.versions().contains(&version) {
        assert!((entry.recode)(request, version, version).is_err(), "there is no such version");
        return None;
    }
    entry.assert_stable(version, &request).then_some(())
}

fn response(mut input: &[u8]) -> Option<()> {
    let [api, version] = *take(&mut input)?;
    let (api, version) = api_of(api, version);
    let frame = Bytes::copy_from_slice(input);
    let header_version = api.response_header_version(version);
    let header = (named("ResponseHeader").recode)(frame.clone(), header_version, header_version);
    let body = frame.slice(frame.len() - header.ok()?.remaining..);
    named(&format!("{}Response", api.name())).assert_stable(version, &body).then_some(())
}

/// Some API that has messages, in one of its versions.
fn api_of(api: u8, version: u8) -> (ApiKey, i16) {
    let requests: Vec<_> =
        catalog::MESSAGES.iter().filter(|entry| entry.name.ends_with("Request")).collect();
    let entry = requests[usize::from(api) % requests.len()];
    let key = ApiKey::try_from(entry.key.expect("a request has an API")).expect("it is an API's");
    (key, version_of(entry, version))
}

fn message_seeds() -> Vec<Vec<u8>> {
    let mut random = Random::new(1);
    let mut seeds = Vec::new();
    for (number, entry) in (0_u16..).zip(catalog::MESSAGES) {
        for version in entry.version_min..=entry.version_max {
            let drawn = u8::try_from(version - entry.version_min).expect("few versions");
            let message = message(entry, version, &mut random);
            let [high, low] = number.to_be_bytes();
            seeds.push([&[high, low, drawn], &message[..]].concat());
        }
    }
    seeds
}

fn frame_seeds() -> Vec<Vec<u8>> {
    let mut random = Random::new(2);
    let requests = catalog::MESSAGES.iter().filter(|entry| entry.name.ends_with("Request")).count();
    let mut seeds = Vec::new();
    for api in (0_u8..).take(requests) {
        let (key, version) = api_of(api, u8::MAX);
        let header = [&(key as i16).to_be_bytes()[..], &version.to_be_bytes(), &[0, 0, 0, 7]];
        let mut frame = [&[0], &header.concat()[..], &[0, 1, b'c']].concat();
        frame.extend((key.request_header_version(version) >= 2).then_some(0));
        frame.extend(message(named(&format!("{}Request", key.name())), version, &mut random));
        seeds.push(frame);
        let mut frame = vec![1, api, u8::MAX, 0, 0, 0, 7];
        frame.extend((key.response_header_version(version) >= 1).then_some(0));
        frame.extend(message(named(&format!("{}Response", key.name())), version, &mut random));
        seeds.push(frame);
    }
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages() {
        MESSAGES.check();
    }

    #[test]
    fn frames() {
        FRAMES.check();
    }
}
