//! Rules that can be taken away, to see that the checks notice.

macro_rules! mutations {
    ($($(#[doc = $doc:literal])* $name:ident),* $(,)?) => {
        /// One safeguard removed.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum Mutation { $($(#[doc = $doc])* $name),* }

        impl Mutation {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

mutations! {
    /// PUT overwrites.
    PlainPut,
    /// Each object of the log is acknowledged as soon as it is stored.
    AckOutOfOrder,
    /// Records are shown when appended.
    ShowBeforeAck,
    /// The content of a log is listed first, the seal put later.
    ListBeforeSeal,
    /// No seal at all.
    NoSeal,
    /// The controller accepts commits of a fenced epoch, and adoption does not ask that it starts
    /// at the trim position: each check alone covers for the other.
    NoFenceOnCommit,
    /// Only the epoch check on commit is gone.
    OnlyEpochCheckGone,
    /// Objects of the log are deleted once the upload is stored, before its commit.
    DeleteBeforeCommit,
    /// The recoverer starts from a trim position older than the fence.
    StaleTrimAtRecovery,
    /// A broker deletes whatever lies below the trim position in its image.
    DeleteBelowImageTrim,
    /// The deletes of a trim, and of an heir, do not spare objects that ranges refer to.
    DeleteReferenced,
    /// Garbage collection removes seals of adopted logs.
    SealCollected,
    /// A commit may move the trim position past objects of an earlier upload.
    CommitOutOfOrder,
    /// A commit is accepted though its object has expired.
    CommitExpired,
    /// Adoption asks neither for owner and stream epoch nor for what is committed already.
    AdoptBlindly,
    /// Leaders are elected when the epoch is fenced, not when it is adopted.
    ElectBeforeAdoption,
    /// A restarted node keeps the streams of its former epoch without its log.
    OwnerIsNode,
    /// A hand-over that timed out is taken for failed.
    ResumeHandover,
    /// A hand-over does not wait for PUTs in flight.
    HandoverBeforeFlush,
    /// The controller moves a stream off a live broker without fencing it.
    ForcedMove,

    /// An heir writes as soon as it has sealed and read, before the metadata knows.
    WriteBeforeInheriting,
    /// An heir uploads what it has read before it inherits, and the commit is accepted.
    CommitBeforeInheriting,
    /// The part of an heir begins at sequence 0.
    BeginAtZero,
    /// The trim position of the earlier part is not carried over.
    ForgetTrim,
    /// An heir's heir goes on with the last part alone.
    InheritLastPartOnly,
    /// An epoch that was inherited is adopted, too, as if it had not been.
    AdoptInherited,
    /// Adoption of an heir leaves out the parts that it inherited.
    AdoptLastPartOnly,
    /// Adoption of an heir looks for its stream epochs in blocks of earlier parts, too.
    AdoptByWrittenEpoch,
    /// A node whose log was adopted begins the next part at 0.
    RestartPositions,

    /// Experiment: only adoption's check of its start is gone.
    OnlyStartCheckGone,
    /// Experiment: adoption ignores owner and stream epoch, but clips.
    OnlyOwnerCheckGone,
    /// Experiment: adoption of an epoch already adopted is applied again.
    AdoptTwice,
    /// Experiment: uploads may hold records that are not acknowledged yet.
    UploadUnacked,
    /// Experiment: an heir uploads before it inherits, and the metadata refuses the commit.
    OnlyUploadEarly,
    /// Experiment: streams pass to an heir without a new stream epoch.
    KeepStreamEpoch,
}

impl Mutation {
    /// True of the experiments: removing this alone breaks nothing.
    pub(crate) fn is_harmless(self) -> bool {
        matches!(
            self,
            Self::OnlyStartCheckGone
                | Self::OnlyOwnerCheckGone
                | Self::AdoptTwice
                | Self::UploadUnacked
                | Self::OnlyUploadEarly
                | Self::KeepStreamEpoch
        )
    }
}
