//! Groups: members that keep the rules, and requests that do not.

use penstock_wire::ApiKey;
use serde_json::{Value, json};

use super::world::{Member, World, answer};

/// Long enough for the rest of a sequence; whoever waits for it waits no longer than the player.
const REBALANCE_TIMEOUT_MS: i64 = 1500;

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
            on: 0,
            joined: 0,
        };
    }
    let at = world.below(world.members.len());
    world.members[at].clone()
}

fn protocols(world: &mut World) -> Value {
    let one = |name: &str, metadata: &str| json!({ "name": name, "metadata": metadata });
    let usual = [
        json!([one("range", "r"), one("roundrobin", "rr")]),
        json!([one("range", "r")]),
        json!([one("roundrobin", "rr"), one("range", "r2")]),
    ];
    world.mostly(&usual, &[json!([]), json!([one("", "")]), json!([one("own", "")])])
}

/// A new member, by the rules: asked for its id first where the version has that.
pub(super) fn member(world: &mut World) {
    if world.members.len() >= 5 {
        return round(world);
    }
    let version = world.version(ApiKey::JoinGroup).max(4);
    let on = 100 + world.members.len() as u64;
    let instance = match world.one_in(4) && version >= 5 {
        true => Value::from(format!("static-{}", world.below(3))),
        false => Value::Null,
    };
    let mut body = json!({ "group_id": "~g", "session_timeout_ms": 10_000,
        "rebalance_timeout_ms": REBALANCE_TIMEOUT_MS, "member_id": "",
        "group_instance_id": instance, "protocol_type": "consumer", "protocols": protocols(world),
        "reason": "test" });
    let mut joined = world.next_step();
    if instance.is_null() {
        world.ask_on(on, ApiKey::JoinGroup, version, body.clone(), false);
        body["member_id"] = answer(joined, "member_id", "");
        joined = world.next_step();
    }
    world.ask_on(on, ApiKey::JoinGroup, version, body, true);
    let id = answer(joined, "member_id", "");
    world.members.push(Member { group: json!("~g"), id, instance, on, joined });
    if world.one_in(2) {
        round(world);
    }
}

/// All members join again, and then sync: what follows a rebalance.
pub(super) fn round(world: &mut World) {
    if world.members.is_empty() {
        return member(world);
    }
    if world.one_in(2) {
        let version = world.version(ApiKey::JoinGroup).max(5);
        for at in 0..world.members.len() {
            let member = world.members[at].clone();
            let body = json!({ "group_id": member.group, "session_timeout_ms": 10_000,
                "rebalance_timeout_ms": REBALANCE_TIMEOUT_MS, "member_id": member.id,
                "group_instance_id": member.instance, "protocol_type": "consumer",
                "protocols": protocols(world) });
            let joined = world.ask_on(member.on, ApiKey::JoinGroup, version, body, true);
            world.members[at].joined = joined;
            // A join that is refused says no id.
            world.members[at].id = answer(joined, "member_id", "");
        }
    }
    let version = world.version(ApiKey::SyncGroup);
    for at in 0..world.members.len() {
        let member = world.members[at].clone();
        let all: Vec<Value> = world
            .members
            .iter()
            .enumerate()
            .map(
                |(at, member)| json!({ "member_id": member.id, "assignment": format!("for {at}") }),
            )
            .collect();
        let body = json!({ "group_id": member.group,
            "generation_id": answer(member.joined, "generation_id", 0), "member_id": member.id,
            "group_instance_id": member.instance,
            "protocol_type": answer(member.joined, "protocol_type", Value::Null),
            "protocol_name": answer(member.joined, "protocol_name", Value::Null),
            // Followers send none.
            "assignments": if at == 0 { all } else { Vec::new() } });
        world.ask_on(member.on, ApiKey::SyncGroup, version, body, true);
    }
}

pub(super) fn join(world: &mut World) {
    let version = world.version(ApiKey::JoinGroup);
    let member = known(world);
    let instance = world.mostly(&[Value::Null, member.instance], &[json!("static-0"), json!("")]);
    let body = json!({ "group_id": member.group,
        "session_timeout_ms": world.mostly(&[6000, 10_000], &[5999, 0, -1, 1_800_001]),
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
