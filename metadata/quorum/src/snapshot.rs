//! A snapshot's file: the image after one log entry, and the membership as of then.
//!
//! ```text
//!   magic `PNSTSNP1`
//!   log id                        the last entry included             (shapes: codec.rs)
//!   optional log id               the entry that the membership came with
//!   length u32 | membership       (membership.rs)
//!   length u32 | chunk …          the image in the model's own encoding, about 64 KiB each
//!   0 u32
//!   CRC32C u32                    of all bytes before it
//! ```
//!
//! Written and read a chunk at a time: memory holds the image once.

use std::io::{self, Read};
use std::iter;
use std::sync::Arc;

use bytes::BufMut;
use penstock_model::encoding::{DecodeError, ImageDecoder, encode_image};

use crate::codec::{Malformed, put_log_id, put_optional, take_end, take_log_id, take_optional};
use crate::membership;
use crate::type_config::{LogId, Snapshot, SnapshotMeta, StoredMembership};

const MAGIC: &[u8; 8] = b"PNSTSNP1";
const LOG_ID_BYTES: usize = 24;

/// The file's bytes in pieces, each made when it is asked for.
pub(crate) fn encode(last: LogId, snapshot: &Snapshot) -> impl Iterator<Item = Vec<u8>> {
    let mut head = MAGIC.to_vec();
    put_log_id(&mut head, last);
    put_optional(&mut head, *snapshot.meta.last_membership.log_id(), put_log_id);
    put_block(&mut head, &membership::encode(snapshot.meta.last_membership.membership()));
    let chunks = encode_image(&snapshot.snapshot).map(|chunk| {
        let mut block = Vec::with_capacity(4 + chunk.len());
        put_block(&mut block, &chunk);
        block
    });
    let mut pieces = iter::once(head).chain(chunks).chain(iter::once(vec![0; 4]));
    let mut checksum = Some(0);
    iter::from_fn(move || match pieces.next() {
        Some(piece) => {
            checksum = checksum.map(|checksum| crc32c::crc32c_append(checksum, &piece));
            Some(piece)
        }
        None => checksum.take().map(|checksum| checksum.to_be_bytes().to_vec()),
    })
}

fn put_block(out: &mut Vec<u8>, block: &[u8]) {
    out.put_u32(u32::try_from(block.len()).expect("chunks and memberships are far below 4 GiB"));
    out.extend(block);
}

/// Why a file is no snapshot.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Damage {
    /// Not a snapshot, or one of another format.
    #[error("it does not begin as a snapshot of this release does")]
    Magic,
    /// It ends too early.
    #[error("it is cut short")]
    Cut,
    /// It goes on behind its end.
    #[error("it is followed by more bytes")]
    Trailing,
    /// Some bytes changed.
    #[error("its checksum does not match")]
    Checksum,
    /// It was listed, and is not there.
    #[error("it is gone")]
    Gone,
    /// The name says another entry.
    #[error("it is another snapshot than its name says")]
    Name,
    /// A part before the image cannot be read.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The image cannot be read.
    #[error(transparent)]
    Image(#[from] DecodeError),
}

/// Why there is no snapshot to be had from a reader.
#[derive(Debug)]
pub(crate) enum ReadFailure {
    Io(io::Error),
    Damaged(Damage),
}

impl<D: Into<Damage>> From<D> for ReadFailure {
    fn from(damage: D) -> Self {
        Self::Damaged(damage.into())
    }
}

/// Reads all of `reader`, which must hold one snapshot and nothing else.
pub(crate) fn decode(reader: impl Read) -> Result<Snapshot, ReadFailure> {
    let mut reader = Checked { reader, checksum: 0 };
    if reader.take(MAGIC.len())? != MAGIC {
        return Err(Damage::Magic.into());
    }
    let last = take_log_id(&mut &reader.take(LOG_ID_BYTES)?[..])?;
    let mut membership_at = reader.take(1)?;
    if membership_at == [1] {
        membership_at.extend(reader.take(LOG_ID_BYTES)?);
    }
    let mut membership_at = &membership_at[..];
    let log_id = take_optional(&mut membership_at, take_log_id)?;
    take_end(&membership_at, "membership's log id")?;
    let members = membership::decode(&reader.take_block()?)?;
    let mut image = ImageDecoder::default();
    loop {
        let chunk = reader.take_block()?;
        if chunk.is_empty() {
            break;
        }
        image.push(&chunk)?;
    }
    let checksum = reader.checksum;
    if reader.take(4)? != checksum.to_be_bytes() {
        return Err(Damage::Checksum.into());
    }
    if !reader.take_up_to(1)?.is_empty() {
        return Err(Damage::Trailing.into());
    }
    let last_membership = StoredMembership::new(log_id, members);
    let meta = SnapshotMeta { last_log_id: Some(last), last_membership };
    Ok(Snapshot { meta, snapshot: Arc::new(image.finish()?) })
}

/// Sums up what it hands out.
struct Checked<R> {
    reader: R,
    checksum: u32,
}

impl<R: Read> Checked<R> {
    /// Takes no more memory than there are bytes, whatever a damaged length says.
    fn take_up_to(&mut self, length: u64) -> Result<Vec<u8>, ReadFailure> {
        let mut bytes = Vec::new();
        self.reader.by_ref().take(length).read_to_end(&mut bytes).map_err(ReadFailure::Io)?;
        self.checksum = crc32c::crc32c_append(self.checksum, &bytes);
        Ok(bytes)
    }

    fn take(&mut self, length: usize) -> Result<Vec<u8>, ReadFailure> {
        let bytes = self.take_up_to(length as u64)?;
        if bytes.len() == length { Ok(bytes) } else { Err(Damage::Cut.into()) }
    }

    fn take_block(&mut self) -> Result<Vec<u8>, ReadFailure> {
        let length = self.take(4)?;
        let length = u32::from_be_bytes(length.try_into().expect("four bytes were taken"));
        self.take(length as usize)
    }
}
