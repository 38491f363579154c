//! The journal: what is written to the write-ahead log so that a restart finds Raft's state.
//!
//! Each record is one entry of the log. All but a command's or a membership's own bytes are in
//! the entry's header, so that recovery reads headers alone:
//!
//! ```text
//!   version 1 u8 | kind u8 | body                                    (shapes: codec.rs)
//!
//!   1 vote        vote
//!   2 entry       log id | payload kind u8      payload: 0 none, 1 a command in the model's
//!                                               encoding, 2 a membership (membership.rs)
//!   3 truncated   optional log id               entries after it are gone; after none: all are
//!   4 committed   log id                        entries up to it are committed
//!   5 purged      log id | optional vote | optional log id committed
//! ```
//!
//! Later records win. A purge repeats vote and committed position, so that everything before the
//! first entry it leaves, or before itself, can be trimmed: the journal reads the same from there.

use bytes::{BufMut, Bytes};

use crate::codec::{
    Malformed, put_log_id, put_optional, put_vote, take_end, take_log_id, take_optional, take_u8,
    take_vote,
};
use crate::membership;
use crate::type_config::{LogId, Payload, Proposal, Vote};

const VERSION: u8 = 1;

/// What an entry carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PayloadKind {
    /// Nothing: a new leader's first entry.
    Blank,
    /// A command.
    Command,
    /// A membership.
    Membership,
}

/// One step of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    /// The vote is this from now on.
    Vote(Vote),
    /// An entry was appended; its payload follows.
    Entry(LogId, PayloadKind),
    /// Entries after this one were removed; all of them if there is none.
    Truncated(Option<LogId>),
    /// Entries up to this one are committed.
    Committed(LogId),
    /// Entries up to this one were given up; a snapshot has what they did.
    Purged {
        /// The last one given up.
        upto: LogId,
        /// The vote, as it was.
        vote: Option<Vote>,
        /// The committed position, as it was.
        committed: Option<LogId>,
    },
}

impl PayloadKind {
    /// The kind of a payload.
    pub(crate) fn of(payload: &Payload) -> Self {
        match payload {
            Payload::Blank => Self::Blank,
            Payload::Normal(_) => Self::Command,
            Payload::Membership(_) => Self::Membership,
        }
    }

    fn code(self) -> u8 {
        match self {
            Self::Blank => 0,
            Self::Command => 1,
            Self::Membership => 2,
        }
    }

    fn from_code(code: u8) -> Result<Self, Malformed> {
        match code {
            0 => Ok(Self::Blank),
            1 => Ok(Self::Command),
            2 => Ok(Self::Membership),
            value => Err(Malformed::Unknown { what: "payload kind", value }),
        }
    }
}

/// A payload's bytes, as they follow the record.
pub(crate) fn encode_payload(payload: &Payload) -> Bytes {
    match payload {
        Payload::Blank => Bytes::new(),
        Payload::Normal(proposal) => proposal.encoded().clone(),
        Payload::Membership(members) => membership::encode(members).into(),
    }
}

/// Reads what [`encode_payload`] wrote.
pub(crate) fn decode_payload(kind: PayloadKind, bytes: Bytes) -> Result<Payload, Malformed> {
    match kind {
        PayloadKind::Blank => take_end(&bytes, "blank entry").map(|()| Payload::Blank),
        PayloadKind::Command => Ok(Payload::Normal(Proposal::decode(bytes)?)),
        PayloadKind::Membership => membership::decode(&bytes).map(Payload::Membership),
    }
}

impl Record {
    /// The record's header bytes.
    pub(crate) fn encode(&self) -> Bytes {
        let mut out = Vec::with_capacity(80);
        out.put_u8(VERSION);
        match *self {
            Self::Vote(vote) => {
                out.put_u8(1);
                put_vote(&mut out, vote);
            }
            Self::Entry(id, kind) => {
                out.put_u8(2);
                put_log_id(&mut out, id);
                out.put_u8(kind.code());
            }
            Self::Truncated(after) => {
                out.put_u8(3);
                put_optional(&mut out, after, put_log_id);
            }
            Self::Committed(id) => {
                out.put_u8(4);
                put_log_id(&mut out, id);
            }
            Self::Purged { upto, vote, committed } => {
                out.put_u8(5);
                put_log_id(&mut out, upto);
                put_optional(&mut out, vote, put_vote);
                put_optional(&mut out, committed, put_log_id);
            }
        }
        out.into()
    }

    /// Reads what [`encode`](Self::encode) wrote.
    pub(crate) fn decode(mut bytes: &[u8]) -> Result<Self, Malformed> {
        let bytes = &mut bytes;
        match take_u8(bytes, "journal record")? {
            VERSION => {}
            value => return Err(Malformed::Unknown { what: "journal version", value }),
        }
        let record = match take_u8(bytes, "journal record")? {
            1 => Self::Vote(take_vote(bytes)?),
            2 => {
                let id = take_log_id(bytes)?;
                Self::Entry(id, PayloadKind::from_code(take_u8(bytes, "payload kind")?)?)
            }
            3 => Self::Truncated(take_optional(bytes, take_log_id)?),
            4 => Self::Committed(take_log_id(bytes)?),
            5 => Self::Purged {
                upto: take_log_id(bytes)?,
                vote: take_optional(bytes, take_vote)?,
                committed: take_optional(bytes, take_log_id)?,
            },
            value => return Err(Malformed::Unknown { what: "journal record kind", value }),
        };
        take_end(bytes, "journal record")?;
        Ok(record)
    }
}

#[cfg(test)]
mod tests {
    use penstock_wal::Entry;
    use proptest::prelude::*;

    use super::*;
    use crate::identity::RaftId;
    use crate::type_config::LeaderId;

    fn log_id(term: u64, leader: u64, index: u64) -> LogId {
        LogId { leader_id: LeaderId { term, node_id: RaftId(leader) }, index }
    }

    fn vote(term: u64, leader: u64, committed: bool) -> Vote {
        Vote { leader_id: LeaderId { term, node_id: RaftId(leader) }, committed }
    }

    fn hexadecimal(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn golden_bytes() {
        fn check(record: Record, expect: &str) {
            assert_eq!(hexadecimal(&record.encode()), expect.replace(' ', ""));
        }
        let (one, two, three) = ("0000000000000001", "0000000000000002", "0000000000000003");
        let id = log_id(1, 2, 3);
        let id_bytes = format!("{one}{two}{three}");
        check(Record::Vote(vote(1, 2, true)), &format!("01 01 {one} {two} 01"));
        check(Record::Entry(id, PayloadKind::Blank), &format!("01 02 {id_bytes} 00"));
        check(Record::Entry(id, PayloadKind::Command), &format!("01 02 {id_bytes} 01"));
        check(Record::Entry(id, PayloadKind::Membership), &format!("01 02 {id_bytes} 02"));
        check(Record::Truncated(None), "01 03 00");
        check(Record::Truncated(Some(id)), &format!("01 03 01 {id_bytes}"));
        check(Record::Committed(id), &format!("01 04 {id_bytes}"));
        check(
            Record::Purged { upto: id, vote: None, committed: None },
            &format!("01 05 {id_bytes} 00 00"),
        );
        check(
            Record::Purged { upto: id, vote: Some(vote(3, 1, false)), committed: Some(id) },
            &format!("01 05 {id_bytes} 01 {three} {one} 00 01 {id_bytes}"),
        );
    }

    #[test]
    fn what_is_no_record_is_refused() {
        fn check(bytes: &[u8], expect: Malformed) {
            assert_eq!(Record::decode(bytes), Err(expect));
        }
        check(&[], Malformed::Short("journal record"));
        check(&[2, 1], Malformed::Unknown { what: "journal version", value: 2 });
        check(&[1, 6], Malformed::Unknown { what: "journal record kind", value: 6 });
        check(&[1, 3, 2], Malformed::Unknown { what: "optional value", value: 2 });
        check(&[1, 3, 0, 0], Malformed::Trailing("journal record"));
        // No entry could be appended behind it.
        let last = Record::Committed(log_id(1, 2, u64::MAX));
        check(&last.encode(), Malformed::Greatest("log index"));
    }

    fn any_log_id() -> impl Strategy<Value = LogId> {
        (any::<u64>(), any::<u64>(), 0..u64::MAX)
            .prop_map(|(term, leader, index)| log_id(term, leader, index))
    }

    fn any_vote() -> impl Strategy<Value = Vote> {
        any::<(u64, u64, bool)>().prop_map(|(term, leader, won)| vote(term, leader, won))
    }

    fn any_record() -> impl Strategy<Value = Record> {
        let kind = prop_oneof![
            Just(PayloadKind::Blank),
            Just(PayloadKind::Command),
            Just(PayloadKind::Membership)
        ];
        prop_oneof![
            any_vote().prop_map(Record::Vote),
            (any_log_id(), kind).prop_map(|(id, kind)| Record::Entry(id, kind)),
            prop::option::of(any_log_id()).prop_map(Record::Truncated),
            any_log_id().prop_map(Record::Committed),
            (any_log_id(), prop::option::of(any_vote()), prop::option::of(any_log_id()))
                .prop_map(|(upto, vote, committed)| Record::Purged { upto, vote, committed }),
        ]
    }

    proptest! {
        #[test]
        fn round_trip(record in any_record()) {
            let bytes = record.encode();
            prop_assert!(bytes.len() <= Entry::HEADER_BYTES_MAX);
            prop_assert_eq!(Record::decode(&bytes), Ok(record));
            for end in 0..bytes.len() {
                prop_assert!(Record::decode(&bytes[..end]).is_err());
            }
        }

        #[test]
        fn hostile_bytes_are_refused_or_read(bytes in prop::collection::vec(any::<u8>(), 0..90)) {
            let _ = Record::decode(&bytes);
        }
    }
}
