//! Which batches of a block go into which objects, and which objects into which commit. Pure.
//!
//! A stream with enough bytes gets an object of its own, so that it never has to be taken out of
//! a shared one; the rest share one. One command commits all, unless it would be too large: then
//! the streams are spread over several commits, each with objects of its own, because a lease is
//! the prepare of exactly one commit.

use penstock_model::command::ObjectKind;
use penstock_model::id::StreamId;

use crate::settings::UploadSettings;

/// An upper bound of what one stream adds to an encoded command: a range of seven numbers and a
/// checkpoint of five, at most 11 bytes each with its tag, and their frames.
const STREAM_COMMAND_BYTES: usize = 12 * 11 + 12;
/// The same of one object, of four numbers.
const OBJECT_COMMAND_BYTES: usize = 4 * 11 + 4;
/// The same of the rest of the command.
const FIXED_COMMAND_BYTES: usize = 64;

/// What the plan needs to know of one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StreamBytes {
    pub(crate) stream: StreamId,
    /// Payload bytes; 0 where there is only a checkpoint to write.
    pub(crate) bytes: u64,
}

/// One commit: the objects under one lease. Never empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PlannedCommit {
    pub(crate) objects: Vec<PlannedObject>,
}

/// One object with its streams, in order of id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlannedObject {
    pub(crate) kind: ObjectKind,
    pub(crate) streams: Vec<StreamId>,
}

/// Plans the upload of one block. `streams` are in order of id. The answer is empty when they
/// are.
pub(crate) fn plan(streams: &[StreamBytes], settings: &UploadSettings) -> Vec<PlannedCommit> {
    let mut commits = Commits { bytes_max: settings.command_bytes_max, ..Commits::default() };
    let own =
        |part: &&StreamBytes| part.bytes >= settings.stream_object_bytes_min && part.bytes > 0;
    for part in streams.iter().filter(own) {
        commits.make_room(STREAM_COMMAND_BYTES + OBJECT_COMMAND_BYTES);
        commits
            .open
            .objects
            .push(PlannedObject { kind: ObjectKind::Stream, streams: vec![part.stream] });
    }
    let mut shared: Option<PlannedObject> = None;
    for part in streams.iter().filter(|part| !own(part)) {
        let object_bytes = if shared.is_none() { OBJECT_COMMAND_BYTES } else { 0 };
        if !commits.has_room(STREAM_COMMAND_BYTES + object_bytes) {
            commits.open.objects.extend(shared.take());
            commits.close();
        }
        if shared.is_none() {
            commits.bytes += OBJECT_COMMAND_BYTES;
        }
        commits.bytes += STREAM_COMMAND_BYTES;
        let new = || PlannedObject { kind: ObjectKind::StreamSet, streams: Vec::new() };
        shared.get_or_insert_with(new).streams.push(part.stream);
    }
    commits.open.objects.extend(shared);
    commits.close();
    commits.done
}

#[derive(Debug, Default)]
struct Commits {
    bytes_max: usize,
    done: Vec<PlannedCommit>,
    open: PlannedCommit,
    /// Of the command for `open`, without its fixed part.
    bytes: usize,
}

impl Commits {
    fn has_room(&self, bytes: usize) -> bool {
        self.bytes == 0 || FIXED_COMMAND_BYTES + self.bytes + bytes <= self.bytes_max
    }

    fn make_room(&mut self, bytes: usize) {
        if !self.has_room(bytes) {
            self.close();
        }
        self.bytes += bytes;
    }

    fn close(&mut self) {
        self.bytes = 0;
        let commit = std::mem::take(&mut self.open);
        if !commit.objects.is_empty() {
            self.done.push(commit);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn settings(command_bytes_max: usize) -> UploadSettings {
        UploadSettings { stream_object_bytes_min: 100, command_bytes_max, ..Default::default() }
    }

    /// Streams 0, 1, … with these bytes; commits as `own` or `[shared]` stream ids.
    #[track_caller]
    fn check(bytes: &[u64], command_streams_max: usize, expect: &str) {
        let command_bytes_max = FIXED_COMMAND_BYTES
            + command_streams_max * (STREAM_COMMAND_BYTES + OBJECT_COMMAND_BYTES);
        let streams: Vec<_> = (0..)
            .zip(bytes)
            .map(|(id, bytes)| StreamBytes { stream: StreamId(id), bytes: *bytes })
            .collect();
        let commits = plan(&streams, &settings(command_bytes_max));
        let print = |object: &PlannedObject| {
            let ids: Vec<_> = object.streams.iter().map(|id| id.0.to_string()).collect();
            let ids = ids.join(" ");
            if object.kind == ObjectKind::Stream { ids } else { format!("[{ids}]") }
        };
        let commits: Vec<_> = commits
            .iter()
            .map(|commit| commit.objects.iter().map(print).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(commits.join(" | "), expect);
    }

    #[test]
    fn large_streams_get_objects_of_their_own() {
        check(&[], 9, "");
        check(&[1], 9, "[0]");
        check(&[0], 9, "[0]");
        check(&[1, 99, 0], 9, "[0 1 2]");
        check(&[100], 9, "0");
        check(&[1, 100, 2, 200, 3], 9, "1 3 [0 2 4]");
    }

    #[test]
    fn a_command_that_would_be_too_large_is_split() {
        check(&[1, 1, 1, 1, 1], 3, "[0 1 2] | [3 4]");
        check(&[100, 100, 100, 1, 1, 1], 2, "0 1 | 2 [3] | [4 5]");
        check(&[1, 1], 0, "[0] | [1]");
    }

    proptest! {
        #[test]
        fn every_stream_is_in_one_object_and_no_command_is_too_large(
            bytes in prop::collection::vec(0_u64..200, 0..200), command_bytes_max in 300_usize..5_000,
        ) {
            let streams: Vec<_> = (0..)
                .zip(&bytes)
                .map(|(id, bytes)| StreamBytes { stream: StreamId(id), bytes: *bytes })
                .collect();
            let commits = plan(&streams, &settings(command_bytes_max));
            let mut planned = Vec::new();
            for commit in &commits {
                prop_assert!(!commit.objects.is_empty());
                let streams = commit.objects.iter().map(|o| o.streams.len()).sum::<usize>();
                let bytes = FIXED_COMMAND_BYTES
                    + commit.objects.len() * OBJECT_COMMAND_BYTES
                    + streams * STREAM_COMMAND_BYTES;
                prop_assert!(bytes <= command_bytes_max);
                for object in &commit.objects {
                    prop_assert!(object.streams.is_sorted() && !object.streams.is_empty());
                    prop_assert!(object.kind == ObjectKind::StreamSet || object.streams.len() == 1);
                    planned.extend(object.streams.iter().copied());
                }
            }
            planned.sort();
            prop_assert_eq!(planned, streams.iter().map(|s| s.stream).collect::<Vec<_>>());
        }
    }
}
