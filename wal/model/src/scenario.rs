//! The worlds that are searched.

use crate::small::Row;
use crate::state::PerEpoch;

/// How large a world is. Rows are by broker epoch: A, B, A restarted, A restarted again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) streams: u8,
    /// Objects of the log.
    pub(crate) appends: PerEpoch<u8>,
    pub(crate) uploads: PerEpoch<u8>,
    pub(crate) recoverers: u8,
    /// How often A is restarted.
    pub(crate) restarts: u8,
    /// Whether the log of a fenced epoch may pass to its node when that is restarted.
    pub(crate) inherit: bool,
    /// Whether it may be adopted, and there is a broker B.
    pub(crate) adopt: bool,
    /// Adoption object by object.
    pub(crate) chunked: bool,
    /// Streams are handed over as long as their epoch is lower; 0 for never.
    pub(crate) stream_epochs: u8,
    pub(crate) expire: bool,
    pub(crate) compact: bool,
}

/// A world with its name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// Searched by every run of the tests.
    pub(crate) is_small: bool,
    pub(crate) bounds: Bounds,
}

const ADOPTION: Bounds = Bounds {
    streams: 1,
    appends: Row([2, 1, 0, 0]),
    uploads: Row([1, 0, 0, 0]),
    recoverers: 1,
    restarts: 0,
    inherit: false,
    adopt: true,
    chunked: false,
    stream_epochs: 0,
    expire: false,
    compact: false,
};

const INHERITANCE: Bounds = Bounds {
    appends: Row([2, 0, 1, 0]),
    uploads: Row([1, 0, 1, 0]),
    restarts: 1,
    inherit: true,
    adopt: false,
    ..ADOPTION
};

const fn small(name: &'static str, bounds: Bounds) -> Scenario {
    Scenario { name, is_small: true, bounds }
}

const fn large(name: &'static str, bounds: Bounds) -> Scenario {
    Scenario { name, is_small: false, bounds }
}

pub(crate) const SCENARIOS: &[Scenario] = &[
    small("failover", Bounds { recoverers: 2, ..ADOPTION }),
    small("chunked", Bounds { chunked: true, compact: true, ..ADOPTION }),
    small("pipelined", Bounds { uploads: Row([2, 0, 0, 0]), expire: true, ..ADOPTION }),
    small(
        "two streams",
        Bounds {
            streams: 2,
            appends: Row([3, 0, 0, 0]),
            uploads: Row([2, 0, 0, 0]),
            recoverers: 0,
            adopt: false,
            expire: true,
            ..ADOPTION
        },
    ),
    small(
        "handover",
        Bounds { appends: Row([1, 1, 0, 0]), stream_epochs: 3, compact: true, ..ADOPTION },
    ),
    small("restart", Bounds { inherit: false, adopt: true, ..INHERITANCE }),
    small("inherit", INHERITANCE),
    small(
        "inherit, expiring",
        Bounds {
            appends: Row([1, 0, 1, 0]),
            uploads: Row([1, 0, 2, 0]),
            expire: true,
            ..INHERITANCE
        },
    ),
    small(
        "inherit twice",
        Bounds {
            appends: Row([1, 0, 1, 1]),
            uploads: Row([0, 0, 1, 1]),
            restarts: 2,
            ..INHERITANCE
        },
    ),
    small(
        "inherit or adopt",
        Bounds {
            appends: Row([1, 0, 1, 0]),
            adopt: true,
            chunked: true,
            compact: true,
            ..INHERITANCE
        },
    ),
    small(
        "inherit after adoption",
        Bounds {
            appends: Row([1, 0, 1, 0]),
            uploads: Row([0, 0, 0, 0]),
            restarts: 2,
            adopt: true,
            ..INHERITANCE
        },
    ),
    small(
        "inherit after hand-over",
        Bounds {
            appends: Row([1, 1, 1, 0]),
            uploads: Row([0, 0, 1, 0]),
            stream_epochs: 2,
            compact: true,
            ..INHERITANCE
        },
    ),
    large(
        "large failover",
        Bounds { appends: Row([3, 1, 0, 0]), recoverers: 2, compact: true, ..ADOPTION },
    ),
    large("large chunked", Bounds { recoverers: 2, chunked: true, compact: true, ..ADOPTION }),
    large(
        "large pipelined",
        Bounds { streams: 2, uploads: Row([2, 0, 0, 0]), expire: true, ..ADOPTION },
    ),
    large(
        "large handover",
        Bounds {
            streams: 2,
            appends: Row([2, 1, 0, 0]),
            uploads: Row([0, 0, 0, 0]),
            stream_epochs: 2,
            ..ADOPTION
        },
    ),
    large(
        "large trim",
        Bounds { streams: 2, appends: Row([2, 0, 0, 0]), stream_epochs: 2, ..ADOPTION },
    ),
    large("large inherit", Bounds { streams: 2, ..INHERITANCE }),
    large(
        "large inherit, expiring",
        Bounds { uploads: Row([1, 0, 2, 0]), expire: true, ..INHERITANCE },
    ),
    large(
        "large inherit twice",
        Bounds {
            appends: Row([2, 0, 1, 1]),
            uploads: Row([1, 0, 1, 1]),
            restarts: 2,
            ..INHERITANCE
        },
    ),
    large(
        "large inherit or adopt",
        Bounds { adopt: true, chunked: true, compact: true, ..INHERITANCE },
    ),
];
