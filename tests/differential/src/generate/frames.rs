//! Bytes that are no request, or one of a version that nobody speaks.

use penstock_wire::ApiKey;

use super::world::World;

pub(super) fn bytes(world: &mut World) {
    let frame = match world.below(9) {
        // A length that nobody takes.
        0 => world.pick(&[-1_i32, 0, i32::MIN, i32::MAX, 1_000_001]).to_be_bytes().to_vec(),
        // An API that there is not.
        1 => framed(&header(*world.pick(&[-1_i16, 4, 5, 1000, i16::MAX]), 0, 7)),
        // A version that there is not.
        2 | 3 => {
            let (api, _) = *world.pick(super::GENERATORS);
            let versions = api.stable_versions();
            let version = *world.pick(&[-1, *versions.start() - 1, *versions.end() + 1, i16::MAX]);
            framed(&header(api as i16, version, 7))
        }
        // ApiVersions is answered in any.
        4 => framed(&header(ApiKey::ApiVersions as i16, *world.pick(&[-1, 5, 127, i16::MAX]), 7)),
        // A header that ends too early.
        5 => {
            let whole = header(ApiKey::Metadata as i16, 1, 7);
            framed(&whole[..world.below(whole.len())])
        }
        // A body that does.
        6 => {
            let mut frame = header(ApiKey::Metadata as i16, 1, 7);
            frame.extend([0, 0]);
            framed(&frame)
        }
        // A body that goes on.
        7 => {
            let mut frame = header(ApiKey::Heartbeat as i16, 0, 7);
            frame.extend([0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]);
            framed(&frame)
        }
        _ => b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
    };
    world.send(frame);
}

fn header(api: i16, version: i16, correlation_id: i32) -> Vec<u8> {
    let mut header = Vec::new();
    header.extend(api.to_be_bytes());
    header.extend(version.to_be_bytes());
    header.extend(correlation_id.to_be_bytes());
    header.extend((-1_i16).to_be_bytes());
    if ApiKey::try_from(api).is_ok_and(|api| api.request_header_version(version) == 2) {
        header.push(0);
    }
    header
}

fn framed(body: &[u8]) -> Vec<u8> {
    let length = i32::try_from(body.len()).expect("frames are short");
    [&length.to_be_bytes(), body].concat()
}
