//! Members of one group that keep its rules, or almost: they join, come back, take another's place,
//! stay away, sync and leave.

use penstock_wire::ApiKey;
use serde_json::{Value, json};

use super::groups::{REBALANCE_TIMEOUT_MS, SESSION_TIMEOUT_MS, protocols};
use super::world::{Member, World, answer};

const GROUP: &str = "~g";

/// One more than there is room for.
const MEMBERS_MAX: usize = 5;

fn join_body(member: &Member) -> Value {
    json!({ "group_id": member.group, "session_timeout_ms": SESSION_TIMEOUT_MS,
        "rebalance_timeout_ms": REBALANCE_TIMEOUT_MS, "member_id": member.id,
        "group_instance_id": member.instance, "protocol_type": "consumer",
        "protocols": member.protocols, "reason": "test" })
}

/// Somebody who has not joined yet, on a connection that waits.
fn stranger(world: &mut World, instance: Value) -> Member {
    let protocols = protocols(world);
    let (group, id, on) = (json!(GROUP), json!(""), world.new_connection());
    Member { group, id, instance, protocols, on, joined: 0 }
}

/// Asks for an id, which is given with the first refusal where the version has that.
fn ask_for_id(world: &mut World, version: i16) -> Member {
    let mut member = stranger(world, Value::Null);
    let (on, body) = (member.on, join_body(&member));
    member.joined = world.ask_on(on, ApiKey::JoinGroup, version, body, false);
    member.id = answer(member.joined, "member_id", "");
    member
}

/// Joins, and goes by what it is told then.
fn join_as(world: &mut World, version: i16, member: &mut Member) {
    let joined = world.ask_on(member.on, ApiKey::JoinGroup, version, join_body(member), true);
    member.joined = joined;
    // A join that is refused says no id.
    member.id = answer(joined, "member_id", "");
}

/// A new member.
pub(super) fn join(world: &mut World) {
    if world.members.len() >= MEMBERS_MAX {
        return round(world);
    }
    // Before that a stranger waits with its first request.
    let version = world.version(ApiKey::JoinGroup).max(4);
    let mut member = match world.one_in(4) && version >= 5 {
        true => {
            let instance = Value::from(format!("static-{}", world.below(3)));
            stranger(world, instance)
        }
        false => ask_for_id(world, version),
    };
    join_as(world, version, &mut member);
    world.members.push(member);
    if world.one_in(2) {
        round(world);
    }
}

/// Somebody asks for an id and does not come back, or not yet.
pub(super) fn pending(world: &mut World) {
    if world.members.len() >= MEMBERS_MAX {
        return leave(world);
    }
    let version = world.version(ApiKey::JoinGroup).max(4);
    let member = ask_for_id(world, version);
    world.members.push(member);
}

/// A static member that was started anew: it has its instance, and no id.
pub(super) fn replace(world: &mut World) {
    let version = world.version(ApiKey::JoinGroup).max(5);
    let is_static = |member: &Member| !member.instance.is_null();
    let Some(at) = world.members.iter().position(is_static) else { return join(world) };
    let on = world.new_connection();
    let mut anew = Member { id: json!(""), on, ..world.members[at].clone() };
    if world.one_in(3) {
        anew.protocols = protocols(world);
    }
    join_as(world, version, &mut anew);
    if world.one_in(2) && world.members.len() < MEMBERS_MAX {
        // The old one goes on, and is fenced.
        world.members.push(anew);
    } else {
        world.members[at] = anew;
    }
}

/// A member joins again, as it was or with other protocols.
pub(super) fn rejoin(world: &mut World) {
    if world.members.is_empty() {
        return join(world);
    }
    let version = world.version(ApiKey::JoinGroup).max(4);
    let at = world.below(world.members.len());
    let mut member = world.members[at].clone();
    if world.one_in(2) {
        member.protocols = protocols(world);
    }
    join_as(world, version, &mut member);
    world.members[at] = member;
}

/// All members join again, or stay, and then sync: what follows a rebalance.
pub(super) fn round(world: &mut World) {
    if world.members.is_empty() {
        return join(world);
    }
    if world.one_in(2) {
        let version = world.version(ApiKey::JoinGroup).max(5);
        for at in 0..world.members.len() {
            let mut member = world.members[at].clone();
            if world.one_in(3) {
                member.protocols = protocols(world);
            }
            join_as(world, version, &mut member);
            world.members[at] = member;
        }
    }
    sync(world);
}

/// All members ask for what is theirs.
pub(super) fn sync(world: &mut World) {
    let version = world.version(ApiKey::SyncGroup);
    // Whoever leads says what is whose; what others say of it is not heard.
    let all_say = world.one_in(2);
    for at in 0..world.members.len() {
        let member = world.members[at].clone();
        let shares = world.members.iter().enumerate();
        let shares = shares.map(
            |(at, member)| json!({ "member_id": member.id, "assignment": format!("for {at}") }),
        );
        let said: Vec<Value> = if all_say || at == 0 { shares.collect() } else { Vec::new() };
        let body = json!({ "group_id": member.group,
            "generation_id": answer(member.joined, "generation_id", 0), "member_id": member.id,
            "group_instance_id": member.instance,
            "protocol_type": answer(member.joined, "protocol_type", Value::Null),
            "protocol_name": answer(member.joined, "protocol_name", Value::Null),
            "assignments": said });
        world.ask_on(member.on, ApiKey::SyncGroup, version, body, true);
    }
}

/// All members tell that they are there.
pub(super) fn heartbeat(world: &mut World) {
    let version = world.version(ApiKey::Heartbeat);
    for member in world.members.clone() {
        let body = json!({ "group_id": member.group,
            "generation_id": answer(member.joined, "generation_id", 0), "member_id": member.id,
            "group_instance_id": member.instance });
        world.ask(ApiKey::Heartbeat, version, body);
    }
}

/// Members leave by their ids, or by their instances, which an operator knows.
pub(super) fn leave(world: &mut World) {
    if world.members.is_empty() {
        return join(world);
    }
    let version = world.version(ApiKey::LeaveGroup);
    let count = if version >= 3 && world.one_in(3) { 2 } else { 1 };
    let mut leaving = Vec::new();
    for _ in 0..count.min(world.members.len()) {
        let at = world.below(world.members.len());
        let member = world.members.remove(at);
        let by_operator = !member.instance.is_null() && world.one_in(2);
        let id = if by_operator { json!("") } else { member.id.clone() };
        leaving.push(json!({ "member_id": id, "group_instance_id": member.instance }));
        // It may not know, and go on.
        if world.one_in(4) {
            world.members.push(member);
        }
    }
    let body =
        json!({ "group_id": GROUP, "member_id": leaving[0]["member_id"], "members": leaving });
    world.ask(ApiKey::LeaveGroup, version, body);
}
