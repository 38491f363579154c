//! Strings that are slices of the frame they came in.

use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use bytes::Bytes;

/// UTF-8 text over shared bytes. One that was decoded keeps its whole frame in memory:
/// [`detach`](Self::detach) it before it is stored.
#[derive(Clone, Default)]
pub struct WireString(Bytes);

impl WireString {
    /// Keeps `bytes` if they are UTF-8. Otherwise, as Java does, puts U+FFFD in place of what is
    /// not: clients in other languages send names in whatever encoding their users have.
    pub fn from_bytes(bytes: Bytes) -> Self {
        match String::from_utf8_lossy(&bytes) {
            Cow::Borrowed(_) => Self(bytes),
            Cow::Owned(text) => Self(Bytes::from(text)),
        }
    }

    /// A copy of `text`; for text that lives for ever, `From` does without.
    pub fn copy_from(text: &str) -> Self {
        Self(Bytes::copy_from_slice(text.as_bytes()))
    }

    /// A copy that holds only its own bytes, for storing beyond the life of its frame.
    pub fn detach(&self) -> Self {
        Self::copy_from(self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self
    }

    /// The bytes of the text, shared.
    pub fn as_bytes(&self) -> &Bytes {
        &self.0
    }
}

impl Deref for WireString {
    type Target = str;

    fn deref(&self) -> &str {
        // Checked when it was made; checked again, since unchecked reads need unsafe code.
        std::str::from_utf8(&self.0).expect("a WireString holds UTF-8")
    }
}

impl From<&'static str> for WireString {
    fn from(text: &'static str) -> Self {
        Self(Bytes::from_static(text.as_bytes()))
    }
}

impl From<String> for WireString {
    fn from(text: String) -> Self {
        Self(Bytes::from(text))
    }
}

impl AsRef<str> for WireString {
    fn as_ref(&self) -> &str {
        self
    }
}

impl Borrow<str> for WireString {
    fn borrow(&self) -> &str {
        self
    }
}

impl PartialEq for WireString {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for WireString {}

impl PartialEq<str> for WireString {
    fn eq(&self, other: &str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl PartialEq<&str> for WireString {
    fn eq(&self, other: &&str) -> bool {
        self.0 == other.as_bytes()
    }
}

// As `str` has it, which `Borrow<str>` promises.
impl Hash for WireString {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

// The order of UTF-8 bytes is that of `str`.
impl Ord for WireString {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for WireString {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for WireString {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), formatter)
    }
}

impl fmt::Display for WireString {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), formatter)
    }
}
