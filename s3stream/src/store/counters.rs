//! What was asked of a store, and how it ended.

use std::sync::atomic::{AtomicU64, Ordering};

use object_store::{Error, Result};

/// What is asked of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Write an object.
    Put,
    /// Read an object, or a range of it.
    Get,
    /// Look whether there is one.
    Head,
    /// Delete one.
    Delete,
    /// List some.
    List,
    /// Make a piece of an object of bytes of another, within the store.
    Copy,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Put, Self::Get, Self::Head, Self::Delete, Self::List, Self::Copy];

    /// The name in metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Put => "put",
            Self::Get => "get",
            Self::Head => "head",
            Self::Delete => "delete",
            Self::List => "list",
            Self::Copy => "copy",
        }
    }
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As asked.
    Ok,
    /// There is no such object.
    NotFound,
    /// A condition was not met, such as that there be no such object yet.
    Conflict,
    /// In any other way.
    Failed,
    /// Whoever asked went away before it ended.
    Cancelled,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Ok, Self::NotFound, Self::Conflict, Self::Failed, Self::Cancelled];

    /// The name in metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    pub(super) fn of<T>(answer: &Result<T>) -> Self {
        match answer {
            Ok(_) => Self::Ok,
            Err(Error::NotFound { .. }) => Self::NotFound,
            Err(
                Error::AlreadyExists { .. }
                | Error::Precondition { .. }
                | Error::NotModified { .. },
            ) => Self::Conflict,
            Err(_) => Self::Failed,
        }
    }
}

/// Counters that only grow.
#[derive(Debug, Default)]
pub struct StoreCounters {
    requests: [[AtomicU64; Outcome::ALL.len()]; Operation::ALL.len()],
    bytes_read: AtomicU64,
    bytes_written: AtomicU64,
    bytes_copied: AtomicU64,
}

impl StoreCounters {
    /// Requests that ended.
    #[must_use]
    pub fn requests(&self, operation: Operation, outcome: Outcome) -> u64 {
        self.requests[operation as usize][outcome as usize].load(Ordering::Relaxed)
    }

    /// Bytes of objects that were received.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read.load(Ordering::Relaxed)
    }

    /// Bytes of objects that were written with success.
    #[must_use]
    pub fn bytes_written(&self) -> u64 {
        self.bytes_written.load(Ordering::Relaxed)
    }

    /// Bytes of objects that were copied within the store.
    #[must_use]
    pub fn bytes_copied(&self) -> u64 {
        self.bytes_copied.load(Ordering::Relaxed)
    }

    pub(super) fn count(&self, operation: Operation, outcome: Outcome) {
        self.requests[operation as usize][outcome as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_read(&self, bytes: usize) {
        self.bytes_read.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn count_written(&self, bytes: usize) {
        self.bytes_written.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn count_copied(&self, bytes: u64) {
        self.bytes_copied.fetch_add(bytes, Ordering::Relaxed);
    }
}
