//! Memberships as bytes: who votes, who only listens, and where each is reached.
//!
//! ```text
//!   version 1 u8
//!   count u8 of voter sets (two while the membership changes), each: count u32 | raft id u64 …
//!   count u32 of members, each: raft id u64 | node i32 | address text
//! ```

use std::collections::{BTreeMap, BTreeSet};

use bytes::{Buf, BufMut};
use penstock_model::id::NodeId;

use crate::codec::{Malformed, put_text, take_end, take_text, take_u8, take_u32, take_u64};
use crate::identity::{RaftId, Voter};
use crate::type_config::Membership;

const VERSION: u8 = 1;

/// # Panics
/// When a set has more than 255 parts or 2^32 members: nobody runs such a quorum.
pub(crate) fn encode(membership: &Membership) -> Vec<u8> {
    let mut out = vec![VERSION];
    let sets = membership.get_joint_config();
    out.put_u8(u8::try_from(sets.len()).expect("a change of membership joins two sets"));
    for set in sets {
        out.put_u32(count(set.len()));
        set.iter().for_each(|id| out.put_u64(id.0));
    }
    let members: Vec<_> = membership.nodes().collect();
    out.put_u32(count(members.len()));
    for (id, voter) in members {
        out.put_u64(id.0);
        out.put_i32(voter.node.0);
        put_text(&mut out, &voter.address);
    }
    out
}

fn count(length: usize) -> u32 {
    u32::try_from(length).expect("a quorum has a handful of members")
}

pub(crate) fn decode(mut bytes: &[u8]) -> Result<Membership, Malformed> {
    let bytes = &mut bytes;
    match take_u8(bytes, "membership")? {
        VERSION => {}
        value => return Err(Malformed::Unknown { what: "membership version", value }),
    }
    let mut sets = Vec::new();
    for _ in 0..take_u8(bytes, "voter sets")? {
        let mut set = BTreeSet::new();
        for _ in 0..take_u32(bytes, "voters")? {
            set.insert(RaftId(take_u64(bytes, "voter")?));
        }
        sets.push(set);
    }
    let mut members = BTreeMap::new();
    for _ in 0..take_u32(bytes, "members")? {
        let id = RaftId(take_u64(bytes, "member")?);
        let node = bytes.try_get_i32().map_err(|_| Malformed::Short("node"))?;
        let address = take_text(bytes, "address")?;
        members.insert(id, Voter { node: NodeId(node), address });
    }
    take_end(bytes, "membership")?;
    // An empty one stands in a snapshot that was taken before any membership was known.
    if sets.is_empty() && members.is_empty() {
        return Ok(Membership::default());
    }
    Membership::new(sets, members).map_err(|_| Malformed::UnknownVoter)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn voter(node: i32, address: &str) -> Voter {
        Voter { node: NodeId(node), address: address.to_owned() }
    }

    #[test]
    fn golden_bytes() {
        let nodes = BTreeMap::from([(RaftId(7), voter(1, "a:9")), (RaftId(8), voter(2, ""))]);
        let membership = Membership::new(vec![BTreeSet::from([RaftId(7)])], nodes).unwrap();
        let bytes = [
            &[1, 1][..],                           // version, one set
            &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7], // of one voter
            &[0, 0, 0, 2],                         // two members
            &[0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 1], // id and node of the first
            &[0, 0, 0, 3, b'a', b':', b'9'],       // its address
            &[0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 2], // the second, which only listens
            &[0, 0, 0, 0],                         // and has no address
        ]
        .concat();
        assert_eq!(encode(&membership), bytes);
        assert_eq!(decode(&bytes), Ok(membership));
    }

    #[test]
    fn nothing_is_taken_for_a_membership() {
        let empty = encode(&Membership::default());
        assert_eq!(decode(&empty), Ok(Membership::default()));
        for end in 0..empty.len() {
            assert!(decode(&empty[..end]).is_err());
        }
        assert_eq!(decode(&[9]), Err(Malformed::Unknown { what: "membership version", value: 9 }));
        // One set with voter 1, no members.
        let orphan = [1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
        assert_eq!(decode(&orphan), Err(Malformed::UnknownVoter));
    }

    proptest! {
        #[test]
        fn round_trip(
            members in prop::collection::btree_map(any::<u64>(), (any::<i32>(), ".{0,20}"), 1..6),
            joint: bool,
        ) {
            let nodes: BTreeMap<_, _> = members
                .iter()
                .map(|(id, (node, address))| (RaftId(*id), voter(*node, address)))
                .collect();
            let all: BTreeSet<_> = nodes.keys().copied().collect();
            let first = BTreeSet::from([*nodes.keys().next().unwrap()]);
            let sets = if joint { vec![first, all] } else { vec![first] };
            let membership = Membership::new(sets, nodes).unwrap();
            prop_assert_eq!(decode(&encode(&membership)), Ok(membership));
        }

        #[test]
        fn hostile_bytes_are_refused_or_read(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = decode(&bytes);
        }
    }
}
