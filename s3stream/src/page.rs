//! Shared pages: small payloads are copied into them, so that a record of a few bytes does not
//! keep the whole request frame that it came in.

use bytes::{BufMut, Bytes, BytesMut};

use crate::batch::Backing;

/// The size of a page.
pub(crate) const PAGE_BYTES: usize = 256 << 10;

/// Payloads below this size are copied.
pub(crate) const COPIED_BYTES_MAX: usize = 4 << 10;

/// The page that is being filled.
#[derive(Debug)]
pub(crate) struct Page {
    free: BytesMut,
    backing: Backing,
}

impl Default for Page {
    /// Takes no memory until the first payload.
    fn default() -> Self {
        Self { free: BytesMut::new(), backing: Backing::new(0) }
    }
}

impl Page {
    /// A copy of `payload`, and the page that keeps it.
    pub(crate) fn copy(&mut self, payload: &[u8]) -> (Bytes, Backing) {
        assert!(payload.len() <= PAGE_BYTES, "only small payloads are copied");
        if self.free.capacity() < payload.len() {
            self.free = BytesMut::with_capacity(PAGE_BYTES);
            self.backing = Backing::new(PAGE_BYTES);
        }
        self.free.put_slice(payload);
        (self.free.split().freeze(), self.backing.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_payloads_share_a_page() {
        let mut page = Page::default();
        let mut charged = 0;
        for i in 0_u32..1_000 {
            let payload = i.to_be_bytes().repeat(250);
            let (copy, backing) = page.copy(&payload);
            assert_eq!(copy, payload);
            charged += backing.hold();
        }
        // 1,000 copies of 1,000 bytes; 262 fit a page.
        assert_eq!(charged, 4 * PAGE_BYTES);
    }
}
