//! The shapes that the journal, the membership and the snapshot have in common.
//!
//! ```text
//!   integer      big-endian
//!   log id       term u64 | leader u64 | index u64
//!   vote         term u64 | leader u64 | committed u8 (0 or 1)
//!   optional X   0 u8  or  1 u8 | X
//!   text         length u32 | UTF-8
//! ```

use bytes::{Buf, BufMut};
use penstock_model::encoding::DecodeError;

use crate::identity::RaftId;
use crate::type_config::{LeaderId, LogId, Vote};

/// Bytes that no release of this software wrote, or only a later one.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Malformed {
    /// The bytes end too early.
    #[error("{0} is cut short")]
    Short(&'static str),
    /// A value that the format does not know.
    #[error("{what} has the unknown value {value}")]
    Unknown {
        /// Of which field.
        what: &'static str,
        /// The value.
        value: u8,
    },
    /// A number that nothing can follow.
    #[error("{0} is the greatest that there is, and another must follow")]
    Greatest(&'static str),
    /// Bytes follow where the format ends.
    #[error("{0} is followed by more bytes")]
    Trailing(&'static str),
    /// Text that is not UTF-8.
    #[error("{0} is not UTF-8")]
    Text(&'static str),
    /// A membership that names a voter without saying where it is.
    #[error("the membership names a voter that it does not describe")]
    UnknownVoter,
    /// A command that the model cannot read.
    #[error("the command cannot be read: {0}")]
    Command(#[from] DecodeError),
}

pub(crate) fn take_u8(bytes: &mut impl Buf, what: &'static str) -> Result<u8, Malformed> {
    bytes.try_get_u8().map_err(|_| Malformed::Short(what))
}

pub(crate) fn take_u32(bytes: &mut impl Buf, what: &'static str) -> Result<u32, Malformed> {
    bytes.try_get_u32().map_err(|_| Malformed::Short(what))
}

pub(crate) fn take_u64(bytes: &mut impl Buf, what: &'static str) -> Result<u64, Malformed> {
    bytes.try_get_u64().map_err(|_| Malformed::Short(what))
}

pub(crate) fn take_flag(bytes: &mut impl Buf, what: &'static str) -> Result<bool, Malformed> {
    match take_u8(bytes, what)? {
        0 => Ok(false),
        1 => Ok(true),
        value => Err(Malformed::Unknown { what, value }),
    }
}

pub(crate) fn take_text(bytes: &mut impl Buf, what: &'static str) -> Result<String, Malformed> {
    let length = take_u32(bytes, what)? as usize;
    if bytes.remaining() < length {
        return Err(Malformed::Short(what));
    }
    String::from_utf8(bytes.copy_to_bytes(length).into()).map_err(|_| Malformed::Text(what))
}

/// # Panics
/// When the text is longer than 4 GiB.
pub(crate) fn put_text(out: &mut impl BufMut, text: &str) {
    out.put_u32(u32::try_from(text.len()).expect("names and addresses are short"));
    out.put_slice(text.as_bytes());
}

pub(crate) fn take_end(bytes: &impl Buf, what: &'static str) -> Result<(), Malformed> {
    if bytes.has_remaining() { Err(Malformed::Trailing(what)) } else { Ok(()) }
}

fn take_leader(bytes: &mut impl Buf) -> Result<LeaderId, Malformed> {
    let term = take_u64(bytes, "term")?;
    let node_id = RaftId(take_u64(bytes, "leader")?);
    Ok(LeaderId { term, node_id })
}

fn put_leader(out: &mut impl BufMut, leader: LeaderId) {
    out.put_u64(leader.term);
    out.put_u64(leader.node_id.0);
}

pub(crate) fn take_log_id(bytes: &mut impl Buf) -> Result<LogId, Malformed> {
    let leader_id = take_leader(bytes)?;
    let index = take_u64(bytes, "log index")?;
    if index == u64::MAX {
        return Err(Malformed::Greatest("log index"));
    }
    Ok(LogId { leader_id, index })
}

pub(crate) fn put_log_id(out: &mut impl BufMut, id: LogId) {
    put_leader(out, id.leader_id);
    out.put_u64(id.index);
}

pub(crate) fn take_vote(bytes: &mut impl Buf) -> Result<Vote, Malformed> {
    let leader_id = take_leader(bytes)?;
    let committed = take_flag(bytes, "vote")?;
    Ok(Vote { leader_id, committed })
}

pub(crate) fn put_vote(out: &mut impl BufMut, vote: Vote) {
    put_leader(out, vote.leader_id);
    out.put_u8(vote.committed.into());
}

pub(crate) fn take_optional<B: Buf, T>(
    bytes: &mut B,
    take: impl FnOnce(&mut B) -> Result<T, Malformed>,
) -> Result<Option<T>, Malformed> {
    if take_flag(bytes, "optional value")? { take(bytes).map(Some) } else { Ok(None) }
}

pub(crate) fn put_optional<B: BufMut, T>(
    out: &mut B,
    value: Option<T>,
    put: impl FnOnce(&mut B, T),
) {
    out.put_u8(value.is_some().into());
    if let Some(value) = value {
        put(out, value);
    }
}
