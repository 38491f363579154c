//! The encoding of images, in chunks: neither writing nor reading holds more than one of them.
//!
//! ```text
//!   Head | Wal… | Broker… | Grant… | Topic… | Setting… | Stream… | Range… | Object… | Lease… | End
//! ```
//!
//! Only what cannot be derived is written: indexes, reference counts and sizes of streams are
//! made anew by the reader, which then checks the image as a whole. Maps are written in order of
//! their keys, so that equal images have equal bytes.

mod entry;
mod read;
mod write;

pub use read::{ImageDecoder, decode_image};
pub use write::encode_image;
