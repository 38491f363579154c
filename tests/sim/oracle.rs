//! What is known of topics, partitions and groups from requests and answers alone, as any client
//! could know it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use penstock_model::id::Timestamp;
use tokio::time::Instant;

use crate::findings::Findings;
use crate::invariants::acked_offset_is_read_offset::AckedOffsets;
use crate::invariants::generations_are_kept_apart::Generations;
use crate::invariants::log_start_spares_what_is_wanted::Deletable;
use crate::invariants::no_false_out_of_range;
use crate::invariants::one_value_per_offset::ReadValues;
use crate::invariants::only_what_is_superseded_goes::Superseded;
use crate::invariants::polls_are_contiguous;
use crate::invariants::watermarks_are_monotone::Watermarks;

/// The value of a record; each is sent for one append.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Value(pub(crate) u64);

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

/// What compaction goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(pub(crate) u8);

/// So few that most records are superseded soon.
const KEYS: u64 = 5;

impl Value {
    /// Its key, where its topic is compacted.
    pub(crate) fn key(self) -> Key {
        Key(u8::try_from(self.0 % KEYS).expect("a few keys"))
    }

    /// Whether it says, where its topic is compacted, that its key is no more.
    pub(crate) fn is_tombstone(self) -> bool {
        self.0 % 7 == 3
    }
}

/// A partition by its topic's number and its own.
pub(crate) type Place = (u64, i32);

/// See the module.
pub(crate) struct Oracle {
    findings: Findings,
    inner: RefCell<Inner>,
}

#[derive(Default)]
struct Inner {
    topics: BTreeMap<u64, Topic>,
    partitions: BTreeMap<Place, Partition>,
    next_value: u64,
    /// Of the one group with members.
    generations: Generations,
    counts: Counts,
}

/// How much was seen.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) acked: u64,
    pub(crate) read: u64,
    pub(crate) deleted_topics: u64,
    /// Log starts that were seen to move.
    pub(crate) moved_starts: u64,
    pub(crate) duplicates: u64,
    pub(crate) commits: u64,
    /// Members that were given their part.
    pub(crate) syncs: u64,
}

/// How far a topic is known to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// It was asked for.
    Perhaps,
    /// Its creation was answered, and nobody asked for its deletion.
    Surely,
    /// Its deletion was asked for.
    Going,
    /// Its deletion was answered.
    Gone,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Topic {
    pub(crate) presence: Presence,
    pub(crate) partitions: i32,
    pub(crate) retention: Option<i64>,
    /// How many bytes of each partition are kept, if not all.
    pub(crate) retention_bytes: Option<u64>,
    /// How long tombstones stay, where it is compacted.
    pub(crate) compacted: Option<i64>,
    /// For how long all records stay there.
    pub(crate) lag: i64,
}

#[derive(Default)]
struct Partition {
    acked: AckedOffsets,
    read: ReadValues,
    shown: Watermarks,
    deletable: Deletable,
    /// Where it is compacted.
    superseded: Option<Superseded>,
    /// When and of what each value was written.
    sent: BTreeMap<Value, i64>,
}

/// A record that was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadRecord {
    pub(crate) offset: i64,
    pub(crate) value: Value,
    /// What it has besides: its key, and whether it has a value, of nothing but padding.
    pub(crate) key: Option<Key>,
    pub(crate) body: Body,
}

/// The value of a record, as far as the wire goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    None,
    Padding,
    Other,
}

/// An answer to a poll.
#[derive(Debug)]
pub(crate) struct Poll {
    pub(crate) asked: i64,
    pub(crate) asked_at: Instant,
    pub(crate) shown: Watermarks,
    pub(crate) batches: Vec<Range<i64>>,
    pub(crate) records: Vec<ReadRecord>,
}

impl Oracle {
    pub(crate) fn new(findings: Findings) -> Self {
        Self { findings, inner: RefCell::default() }
    }

    pub(crate) fn counts(&self) -> Counts {
        self.inner.borrow().counts
    }

    pub(crate) fn count(&self, add: impl FnOnce(&mut Counts)) {
        add(&mut self.inner.borrow_mut().counts);
    }

    /// What is known of the group with members.
    pub(crate) fn generations<T>(&self, look: impl FnOnce(&mut Generations) -> T) -> T {
        look(&mut self.inner.borrow_mut().generations)
    }

    /// A topic is asked for.
    pub(crate) fn create(&self, number: u64, topic: Topic) {
        let Topic { partitions, retention, retention_bytes, compacted, lag, .. } = topic;
        let mut inner = self.inner.borrow_mut();
        inner.topics.insert(number, topic);
        for index in 0..partitions {
            let mut partition = Partition::default();
            partition.deletable.retention = retention;
            partition.deletable.retention_bytes = retention_bytes;
            partition.superseded = compacted.map(|keep| Superseded::new(keep < i64::MAX, lag));
            inner.partitions.insert((number, index), partition);
        }
    }

    /// More is known of a topic.
    pub(crate) fn is(&self, number: u64, presence: Presence) {
        let mut inner = self.inner.borrow_mut();
        let deleted = presence == Presence::Gone;
        inner.counts.deleted_topics += u64::from(deleted);
        inner.topics.get_mut(&number).expect("it was asked for").presence = presence;
    }

    pub(crate) fn topic(&self, number: u64) -> Topic {
        self.inner.borrow().topics[&number]
    }

    /// Topics that are so far known to be there.
    pub(crate) fn topics(&self, presence: Presence) -> Vec<u64> {
        let inner = self.inner.borrow();
        let found = inner.topics.iter().filter(|(_, topic)| topic.presence == presence);
        found.map(|(number, _)| *number).collect()
    }

    /// Their partitions.
    pub(crate) fn partitions(&self) -> Vec<Place> {
        let sure = self.topics(Presence::Surely).into_iter();
        sure.flat_map(|topic| (0..self.topic(topic).partitions).map(move |at| (topic, at)))
            .collect()
    }

    /// The server does not know a topic.
    pub(crate) fn unknown(&self, number: u64) {
        if self.topic(number).presence == Presence::Surely {
            self.findings.add(format!("a topic stays until it is deleted: t{number} is unknown"));
        }
    }

    /// Values that nobody has used, to be sent to a partition.
    pub(crate) fn new_values(&self, place: Place, count: u64, now: Timestamp) -> Vec<Value> {
        let mut inner = self.inner.borrow_mut();
        let first = inner.next_value;
        inner.next_value += count;
        let values: Vec<_> = (first..first + count).map(Value).collect();
        let partition = inner.partitions.get_mut(&place).expect("it was created");
        partition.sent.extend(values.iter().map(|value| (*value, now.0)));
        if let Some(superseded) = &mut partition.superseded {
            values.iter().for_each(|value| superseded.sent(*value, now));
        }
        values
    }

    /// A batch is about to be sent for the first time.
    pub(crate) fn sends(&self, place: Place, bytes: usize) {
        let mut inner = self.inner.borrow_mut();
        inner.partitions.get_mut(&place).expect("it was created").deletable.sends(bytes);
    }

    /// A batch is acknowledged.
    pub(crate) fn acked(&self, place: Place, base: i64, values: &[Value], bytes: usize) {
        let mut inner = self.inner.borrow_mut();
        inner.counts.acked += values.len() as u64;
        let partition = inner.partitions.get_mut(&place).expect("it was created");
        self.look("acked offset is read offset", place, partition.acked.acked(base, values));
        partition.deletable.batch(base, bytes);
        for (offset, value) in (base..).zip(values) {
            let (sent, deletable) = (&partition.sent, &mut partition.deletable);
            deletable.written(offset, sent[value]);
            if let Some(superseded) = &mut partition.superseded {
                superseded.placed(*value, offset);
            }
        }
        let high = partition.acked.end();
        partition.shown.show(Watermarks { high, start: 0 });
    }

    /// What is known of a partition before a request is sent.
    pub(crate) fn known(&self, place: Place) -> Watermarks {
        self.inner.borrow().partitions[&place].shown
    }

    /// Whether somebody or something deletes a record, now or later.
    pub(crate) fn may_be_deleted(&self, place: Place, offset: i64) -> bool {
        let deletable = &self.inner.borrow().partitions[&place].deletable;
        let Deletable { retention, retention_bytes, .. } = deletable;
        retention.is_some() || retention_bytes.is_some() || deletable.is_asked(offset)
    }

    /// Somebody asks for records to be deleted.
    pub(crate) fn deletes(&self, place: Place, below: i64) {
        let mut inner = self.inner.borrow_mut();
        inner.partitions.get_mut(&place).expect("it was created").deletable.ask(below);
    }

    /// The log start alone was shown.
    pub(crate) fn started(&self, place: Place, known: Watermarks, start: i64, latest: Timestamp) {
        let mut inner = self.inner.borrow_mut();
        let partition = inner.partitions.get_mut(&place).expect("it was created");
        let shown = Watermarks { high: known.high.max(start), start };
        self.look_at_shown(place, partition, known, shown, latest);
        inner.counts.moved_starts += u64::from(start > known.start);
    }

    /// A poll was answered.
    pub(crate) fn polled(&self, place: Place, known: Watermarks, poll: &Poll, latest: Timestamp) {
        let mut inner = self.inner.borrow_mut();
        inner.counts.read += poll.records.len() as u64;
        inner.counts.moved_starts += u64::from(poll.shown.start > known.start);
        let partition = inner.partitions.get_mut(&place).expect("it was created");
        let compacted = partition.superseded.is_some();
        let contiguous =
            polls_are_contiguous::look(poll.asked, &poll.batches, poll.shown.high, compacted);
        self.look("polls are contiguous", place, contiguous);
        for ReadRecord { offset, value, key, body } in &poll.records {
            let as_sent = match compacted {
                true if value.is_tombstone() => (Some(value.key()), Body::None),
                true => (Some(value.key()), Body::Padding),
                false => (None, Body::Padding),
            };
            if (*key, *body) != as_sent {
                let what = format!("{value} at {offset} is {key:?} {body:?}, not {as_sent:?}");
                self.look("nothing is made up", place, Err(what));
            }
            let read = partition.read.read(*offset, *value);
            self.look("one value per offset", place, read);
            if let Some(superseded) = &mut partition.superseded {
                superseded.placed(*value, *offset);
                let shown = superseded.shown(*offset, poll.asked_at);
                self.look("only what is superseded goes", place, shown);
            }
            match partition.sent.get(value) {
                Some(written) => partition.deletable.written(*offset, *written),
                None => self.look("nothing is made up", place, Err(format!("{value} at {offset}"))),
            }
        }
        let end = poll.batches.last().map_or(poll.asked, |batch| batch.end);
        let read = poll.records.iter().map(|read| (read.offset, read.value)).collect();
        let missing = partition.acked.read(poll.asked..end, &read);
        let looked = missing.and_then(|missing| match (missing, compacted) {
            (Some((offset, value)), false) => {
                Err(format!("{value} was acked at {offset}, nothing is there"))
            }
            _ => Ok(()),
        });
        self.look("acked offset is read offset", place, looked);
        if let Some(superseded) = &mut partition.superseded {
            let looked = superseded.answered(poll.asked..end, &read, latest);
            self.look("only what is superseded goes", place, looked);
        }
        self.look_at_shown(place, partition, known, poll.shown, latest);
    }

    /// All of a partition was read, from its beginning to its end.
    pub(crate) fn all_read(&self, place: Place) {
        let inner = self.inner.borrow();
        if let Some(superseded) = &inner.partitions[&place].superseded {
            self.look("only what is superseded goes", place, superseded.all_read());
        }
    }

    /// A poll was refused as out of range.
    pub(crate) fn out_of_range(&self, place: Place, known: Watermarks, at: i64, latest: Timestamp) {
        let inner = self.inner.borrow();
        let partition = &inner.partitions[&place];
        let deletable = partition.deletable.up_to(latest, partition.shown.high);
        let looked = no_false_out_of_range::look(at, known, deletable);
        self.look("no false OFFSET_OUT_OF_RANGE", place, looked);
    }

    fn look_at_shown(
        &self,
        place: Place,
        partition: &mut Partition,
        known: Watermarks,
        shown: Watermarks,
        latest: Timestamp,
    ) {
        self.look("watermarks are monotone", place, known.look(shown));
        partition.shown.show(shown);
        let looked = partition.deletable.look(shown.start, latest, partition.shown.high);
        self.look("log start spares what is wanted", place, looked);
    }

    fn look(&self, invariant: &str, (topic, index): Place, looked: Result<(), String>) {
        let looked = looked.map_err(|what| format!("t{topic}/{index}: {what}"));
        self.findings.look(invariant, looked);
    }
}
