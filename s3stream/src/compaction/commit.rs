//! What a job has read becomes one object, in the place of its sources.

use penstock_model::command::{
    Command, MovedCheckpoint, Refused, ReplaceRanges, ReplacedRun, Reply, UploadedRange,
};
use penstock_model::id::{ObjectId, StreamId};
use penstock_planted::{self as planted, Bug};

use super::plan::{Job, Part, Run};
use super::source::{Content, RunContent};
use crate::object::put::{PutError, put_object};
use crate::object::writer::{EncodedObject, ObjectWriter};
use crate::shared::Shared;

/// Why an object was not committed. Nothing has changed; the plan is made anew.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommitError {
    #[error(transparent)]
    Put(#[from] PutError),
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// What was committed.
#[derive(Debug)]
pub(super) struct Committed {
    /// The object's size.
    pub(super) bytes: u64,
    /// Streams that have changed meanwhile, and stay as they are.
    pub(super) skipped: Vec<StreamId>,
}

/// Puts and commits what the job is to write.
pub(super) async fn commit(
    shared: &Shared,
    job: &Job,
    content: Content,
) -> Result<Committed, CommitError> {
    // Leased after all is read: a store that is away may take longer than a lease.
    let id = shared.lease(1).await?;
    let encoded = encode(id, job, content);
    put_object(&*shared.store, shared.cluster, &encoded, shared.settings.upload.backoff).await?;
    let (bytes, command) = (encoded.object.size, command(shared, job, &encoded));
    // The quorum may be away for long.
    drop(encoded);
    if planted::is(Bug::DeleteBeforeReplacement) {
        let replaced: Vec<_> = job.parts.iter().flat_map(Part::objects).collect();
        shared.delete_objects(&replaced).await;
    }
    let skipped = replace(shared, command).await?;
    Ok(Committed { bytes, skipped })
}

/// Commits an object that lies in the store in the place of its sources. Answers the streams that have
/// changed meanwhile.
pub(super) async fn replace(
    shared: &Shared,
    command: ReplaceRanges,
) -> Result<Vec<StreamId>, Refused> {
    let id = command.object.id;
    match shared.submit(Command::ReplaceRanges(command)).await {
        Ok(Reply::Committed { skipped }) => Ok(skipped),
        Ok(reply) => unreachable!("a commit is answered with {reply:?}"),
        Err(refused) => {
            // Its lease has expired, and whoever expired it may have been faster than the PUT.
            if matches!(refused, Refused::NotLeased(_)) {
                shared.delete_objects(&[id]).await;
            }
            Err(refused)
        }
    }
}

fn encode(id: ObjectId, job: &Job, content: Content) -> EncodedObject {
    let mut writer = ObjectWriter::new(id, job.kind);
    for RunContent { stream, epoch, batches } in content.runs {
        writer.stream(stream, epoch, batches);
    }
    for (stream, offset, state) in content.checkpoints {
        writer.checkpoint(stream, offset, state);
    }
    writer.finish()
}

fn command(shared: &Shared, job: &Job, encoded: &EncodedObject) -> ReplaceRanges {
    let runs = job.parts.iter().flat_map(|part| &part.runs);
    let replaced = runs.zip(&encoded.ranges);
    let replaced = replaced.map(|(run, written)| replaced_run(run, written, job.cleans));
    let moved = job.parts.iter().filter_map(|part| part.checkpoint).zip(&encoded.checkpoints);
    let moved = moved.map(|(former, (stream, to))| MovedCheckpoint {
        stream: *stream,
        from: former.object,
        to: *to,
    });
    ReplaceRanges {
        broker: shared.broker,
        object: encoded.object,
        runs: replaced.collect(),
        checkpoints: moved.collect(),
        now: shared.clock.now(),
    }
}

/// What was written takes the place of a run.
pub(super) fn replaced_run(run: &Run, written: &UploadedRange, cleaned: bool) -> ReplacedRun {
    let UploadedRange { stream, size, max_timestamp, .. } = *written;
    let (first, last) = run.first().zip(run.last()).expect("a run is never empty");
    ReplacedRun {
        stream,
        offsets: first.offsets.start..last.offsets.end,
        objects: run.iter().map(|range| range.object).collect(),
        size,
        max_timestamp,
        cleaned,
    }
}
