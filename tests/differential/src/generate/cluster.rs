//! Questions about the cluster as a whole.

use penstock_wire::ApiKey;
use serde_json::json;

use super::world::World;

pub(super) fn api_versions(world: &mut World) {
    let version = world.version(ApiKey::ApiVersions);
    let names = ["differential", "a.b-c", "", "-a", "a-", "a b", "ä"];
    let body = json!({ "client_software_name": world.mostly(&names[..2], &names[2..]),
        "client_software_version": world.mostly(&["1.0"], &["", ".1", "1."]) });
    world.ask(ApiKey::ApiVersions, version, body);
}

pub(super) fn describe_cluster(world: &mut World) {
    let version = world.version(ApiKey::DescribeCluster);
    let body = json!({ "include_cluster_authorized_operations": world.one_in(2),
        "endpoint_type": world.mostly(&[1], &[0, 2, 3, -1]),
        "include_fenced_brokers": world.one_in(2) });
    world.ask(ApiKey::DescribeCluster, version, body);
}
