//! Where an object lies in the store: `data/{hash}/{cluster}/{object id}`; and below which prefix
//! the objects of a node's log do: `wal/{hash}/{cluster}/{node}`.
//!
//! Stores limit requests by key prefix, so the hash comes first; ids are padded so that keys
//! sort as ids do.

use object_store::path::Path;
use penstock_model::id::{ClusterId, NodeId, ObjectId};

/// The key of an object, under the prefix that the store was opened with.
///
/// The hash is the low byte of the id's CRC32C, as two hexadecimal digits: consecutive ids fall
/// on 256 prefixes in turn.
#[must_use]
pub fn object_key(cluster: ClusterId, object: ObjectId) -> Path {
    let hash = crc32c::crc32c(&object.0.to_be_bytes()) & 0xff;
    Path::from(format!("data/{hash:02x}/{cluster}/{:020}", object.0))
}

/// Below what the objects of all clusters lie, under the prefix that the store was opened with.
#[must_use]
pub fn data_folder() -> Path {
    Path::from("data")
}

/// Whose object a key names, if it is one that [`object_key`] makes.
#[must_use]
pub fn parse_object_key(key: &Path) -> Option<(ClusterId, ObjectId)> {
    let mut parts = key.as_ref().rsplit('/');
    let object = ObjectId(parts.next()?.parse().ok()?);
    let cluster = parts.next().filter(|cluster| cluster.len() == 32)?;
    let cluster = ClusterId(u128::from_str_radix(cluster, 16).ok()?.to_be_bytes());
    (*key == object_key(cluster, object)).then_some((cluster, object))
}

/// Below what the objects of a node's log lie, under the prefix that the store was opened with.
///
/// The hash is the low byte of the node's CRC32C, as two hexadecimal digits.
#[must_use]
pub fn wal_root(cluster: ClusterId, node: NodeId) -> Path {
    let hash = crc32c::crc32c(&node.0.to_be_bytes()) & 0xff;
    Path::from(format!("wal/{hash:02x}/{cluster}/{node}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn key(object: u64) -> String {
        object_key(ClusterId([0xab; 16]), ObjectId(object)).to_string()
    }

    #[test]
    fn keys_are_fixed_for_ever() {
        let cluster = "ab".repeat(16);
        assert_eq!(key(0), format!("data/8a/{cluster}/00000000000000000000"));
        assert_eq!(key(1), format!("data/89/{cluster}/00000000000000000001"));
        assert_eq!(key(u64::MAX), format!("data/c7/{cluster}/{}", u64::MAX));
        for object in [0, 1, u64::MAX] {
            let parsed = parse_object_key(&Path::from(key(object)));
            assert_eq!(parsed, Some((ClusterId([0xab; 16]), ObjectId(object))));
        }
        let strange = ["data/00/x/1", "data/8a", "", "x", "data/00/abab/00000000000000000000"];
        assert!(strange.iter().all(|key| parse_object_key(&Path::from(*key)).is_none()));
        let root = wal_root(ClusterId([0xab; 16]), NodeId(1)).to_string();
        assert_eq!(root, format!("wal/c4/{cluster}/1"));
    }

    #[test]
    fn consecutive_objects_spread_evenly() {
        let mut prefixes = BTreeMap::new();
        for object in 77_000..77_000 + 2_560 {
            *prefixes.entry(key(object)[..8].to_owned()).or_insert(0) += 1;
        }
        assert_eq!(prefixes.len(), 256);
        assert!(prefixes.values().all(|count| (1..=20).contains(count)));
    }
}
