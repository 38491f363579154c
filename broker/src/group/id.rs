//! What names a group's parts.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use penstock_wire::WireString;

/// Declares a newtype over shared text.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $name(pub(crate) Arc<str>);

        impl $name {
            /// A copy of `text`, which keeps no request in memory.
            pub(crate) fn new(text: &str) -> Self {
                Self(Arc::from(text))
            }

            /// As answers and records carry it.
            pub(crate) fn to_wire(&self) -> WireString {
                WireString::copy_from(&self.0)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text! {
    /// A group.
    GroupId
}
text! {
    /// A member of a group, as the coordinator named it.
    MemberId
}
text! {
    /// A static member, as its operator named it (`group.instance.id`, KIP-345).
    InstanceId
}

/// One rebalance of a group; each has one assignment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Generation(pub(crate) i32);

impl Generation {
    /// The one behind this.
    pub(crate) fn next(self) -> Self {
        Self(self.0.checked_add(1).unwrap_or(1))
    }
}
