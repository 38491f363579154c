//! Groups asked for anything, whatever their state.

use penstock_wire::ApiKey;
use serde_json::{Value, json};

use super::world::{Member, World, answer};

/// Long enough for the rest of a sequence; whoever waits for it waits no longer than the player.
pub(super) const REBALANCE_TIMEOUT_MS: i64 = 3000;

/// No session ends while a sequence is played.
pub(super) const SESSION_TIMEOUT_MS: i64 = 300_000;

/// A group: mostly the one of the sequence.
pub(super) fn group(world: &mut World) -> Value {
    let usual = [json!("~g"), json!("~g"), json!("~g"), json!("~h")];
    world.mostly(&usual, &[json!(""), json!("~missing"), json!("~Grüße")])
}

/// A group that may be made: not the one without a name, which all sequences share.
pub(super) fn own_group(world: &mut World) -> Value {
    world.mostly(&[json!("~g"), json!("~h")], &[json!("~missing"), json!("~Grüße")])
}

/// A member that there may be.
pub(super) fn known(world: &mut World) -> Member {
    if world.members.is_empty() || world.one_in(12) {
        return Member {
            group: group(world),
            id: world.mostly(&[json!("nobody")], &[json!("")]),
            instance: Value::Null,
            protocols: json!([]),
            on: 0,
            joined: 0,
        };
    }
    let at = world.below(world.members.len());
    world.members[at].clone()
}

pub(super) fn protocols(world: &mut World) -> Value {
    let one = |name: &str, metadata: &str| json!({ "name": name, "metadata": metadata });
    let usual = [
        json!([one("range", "r"), one("roundrobin", "rr")]),
        json!([one("range", "r")]),
        json!([one("roundrobin", "rr"), one("range", "r2")]),
    ];
    world.mostly(&usual, &[json!([]), json!([one("", "")]), json!([one("own", "")])])
}

pub(super) fn join(world: &mut World) {
    let version = world.version(ApiKey::JoinGroup);
    let member = known(world);
    let instance = world.mostly(&[Value::Null, member.instance], &[json!("static-0"), json!("")]);
    let body = json!({ "group_id": member.group,
        "session_timeout_ms": world.mostly(&[SESSION_TIMEOUT_MS], &[5999, 0, -1, 1_800_001]),
        "rebalance_timeout_ms": world.mostly(&[REBALANCE_TIMEOUT_MS], &[0, -1]),
        "member_id": world.mostly(&[json!(""), member.id], &[json!("nobody")]),
        "group_instance_id": instance,
        "protocol_type": world.mostly(&["consumer"], &["connect", ""]),
        "protocols": protocols(world) });
    let on = 200 + world.next_step();
    let joined = world.ask_on(on, ApiKey::JoinGroup, version, body.clone(), true);
    world.members.push(Member {
        group: body["group_id"].clone(),
        id: answer(joined, "member_id", ""),
        instance: body["group_instance_id"].clone(),
        protocols: body["protocols"].clone(),
        on,
        joined,
    });
    if world.members.len() > 5 {
        world.members.remove(0);
    }
}

pub(super) fn sync(world: &mut World) {
    let version = world.version(ApiKey::SyncGroup);
    let member = known(world);
    let generation = answer(member.joined, "generation_id", 1);
    let kind = answer(member.joined, "protocol_type", Value::Null);
    let name = answer(member.joined, "protocol_name", Value::Null);
    let body = json!({ "group_id": member.group,
        "generation_id": world.mostly(&[generation], &[json!(0), json!(-1), json!(7)]),
        "member_id": member.id,
        "group_instance_id": world.mostly(&[member.instance], &[json!("static-0")]),
        "protocol_type": world.mostly(&[kind], &[Value::Null, json!("other")]),
        "protocol_name": world.mostly(&[name], &[Value::Null, json!("other")]),
        "assignments": [{ "member_id": member.id, "assignment": "all" }] });
    world.ask_on(member.on, ApiKey::SyncGroup, version, body, true);
}

pub(super) fn heartbeat(world: &mut World) {
    let version = world.version(ApiKey::Heartbeat);
    let member = known(world);
    let generation = answer(member.joined, "generation_id", 1);
    let body = json!({ "group_id": member.group,
        "generation_id": world.mostly(&[generation], &[json!(0), json!(-1), json!(7)]),
        "member_id": member.id,
        "group_instance_id": world.mostly(&[member.instance], &[json!("static-0")]) });
    world.ask(ApiKey::Heartbeat, version, body);
}

pub(super) fn leave(world: &mut World) {
    let version = world.version(ApiKey::LeaveGroup);
    let member = known(world);
    let leaving = world.some(|world| {
        let member = known(world);
        let id = world.mostly(&[member.id], &[json!("")]);
        json!({ "member_id": id, "group_instance_id": member.instance, "reason": "test" })
    });
    let body = json!({ "group_id": member.group, "member_id": member.id, "members": leaving });
    world.ask(ApiKey::LeaveGroup, version, body);
}

pub(super) fn describe(world: &mut World) {
    let version = world.version(ApiKey::DescribeGroups);
    let body = json!({ "groups": world.some(group),
        "include_authorized_operations": world.one_in(3) });
    world.ask(ApiKey::DescribeGroups, version, body);
}

pub(super) fn list(world: &mut World) {
    let version = world.version(ApiKey::ListGroups);
    let states = [json!([]), json!(["Stable"]), json!(["Empty", "PreparingRebalance"])];
    let types = [json!([]), json!(["classic"])];
    let body = json!({ "states_filter": world.mostly(&states, &[json!(["stable"]), json!(["x"])]),
        "types_filter": world.mostly(&types, &[json!(["Consumer"]), json!(["x"])]) });
    world.ask(ApiKey::ListGroups, version, body);
}

pub(super) fn delete(world: &mut World) {
    let version = world.version(ApiKey::DeleteGroups);
    let body = json!({ "groups_names": world.some(group) });
    world.ask(ApiKey::DeleteGroups, version, body);
}

pub(super) fn find_coordinator(world: &mut World) {
    let version = world.version(ApiKey::FindCoordinator);
    // Coordinators of transactions come with them.
    let body = json!({ "key": group(world), "key_type": world.mostly(&[0], &[3, -1, 127]),
        "coordinator_keys": world.some(group) });
    world.ask(ApiKey::FindCoordinator, version, body);
}
