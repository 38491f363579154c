//! What the service has stored, and what is still on its way to it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{Error, ObjectMeta, ObjectStore, PutMode, PutOptions, PutResult, Result};
use penstock_s3stream::store::assemble::{Part, Unfinished};
use penstock_wal::files::Dice;

/// See the module.
#[derive(Default)]
pub(super) struct Shelves {
    objects: BTreeMap<Path, Bytes>,
    /// Objects that are being made of parts of others, with the parts that they have.
    unfinished: BTreeMap<Unfinished, BTreeMap<usize, Bytes>>,
    /// Puts whose sender waits, by the number of the request.
    on_their_way: BTreeMap<u64, Put>,
    /// Puts that nobody waits for any more, by when they arrive and their number.
    late: BTreeMap<(Duration, u64), Put>,
    /// Bytes that changed on their own: where, and which bits.
    rotten: BTreeMap<Path, (usize, u8)>,
    /// Keys that exist because of those.
    came_late: BTreeSet<Path>,
}

/// A put.
#[derive(Clone)]
pub(super) struct Put {
    pub(super) key: Path,
    pub(super) content: Content,
    pub(super) mode: PutMode,
}

/// What is put.
#[derive(Clone)]
pub(super) enum Content {
    Bytes(Bytes),
    /// The parts of an assembly, from the first on.
    Assembly {
        id: String,
        parts: usize,
    },
}

impl Shelves {
    pub(super) fn send(&mut self, number: u64, put: Put) {
        self.on_their_way.insert(number, put);
    }

    pub(super) fn is_on_its_way(&self, number: u64) -> bool {
        self.on_their_way.contains_key(&number)
    }

    pub(super) fn on_their_way(&self) -> Vec<u64> {
        self.on_their_way.keys().copied().collect()
    }

    /// It never arrives.
    pub(super) fn forget(&mut self, number: u64) {
        self.on_their_way.remove(&number);
    }

    /// Nobody waits for it any more: it is lost, or arrives at once or minutes later.
    pub(super) fn orphan(&mut self, number: u64, now: Duration, dice: &mut Dice) {
        let Some(put) = self.on_their_way.remove(&number) else { return };
        let delay = match dice.below(4) {
            0 | 1 => return,
            2 => Duration::ZERO,
            _ => Duration::from_millis(dice.below(120_000)),
        };
        self.late.insert((now + delay, number), put);
    }

    /// What has arrived by now.
    pub(super) fn settle(&mut self, now: Duration) {
        let later = self.late.split_off(&(now + Duration::from_nanos(1), 0));
        for put in std::mem::replace(&mut self.late, later).into_values() {
            let key = put.key.clone();
            // Nobody hears whether the key was taken.
            if self.store(put).is_ok() {
                self.came_late.insert(key);
            }
        }
    }

    /// Keys whose put arrived when nobody waited for it any more.
    pub(super) fn came_late(&self) -> BTreeSet<Path> {
        self.came_late.clone()
    }

    /// One byte of an object of records changes, as far as there is one.
    pub(super) fn rot(&mut self, dice: &mut Dice) -> Option<Path> {
        let data: Vec<_> = self.objects.keys().filter(|key| is_data(key)).collect();
        let place = usize::try_from(dice.below(data.len().max(1) as u64)).expect("a place");
        let key = data.get(place).filter(|key| !self.rotten.contains_key(**key))?;
        let (key, length) = ((*key).clone(), self.objects[*key].len());
        let at = usize::try_from(dice.below(length as u64)).expect("a place in an object");
        let bits = 1 << dice.below(8);
        self.flip(&key, at, bits);
        self.rotten.insert(key.clone(), (at, bits));
        Some(key)
    }

    /// Somebody restores what has rotted, where it is still there.
    pub(super) fn mend(&mut self) {
        for (key, (at, bits)) in std::mem::take(&mut self.rotten) {
            self.flip(&key, at, bits);
        }
    }

    fn flip(&mut self, key: &Path, at: usize, bits: u8) {
        let Some(object) = self.objects.get_mut(key) else { return };
        let mut bytes = object.to_vec();
        bytes[at] ^= bits;
        *object = bytes.into();
    }

    /// A request has arrived.
    pub(super) fn arrive(&mut self, number: u64) -> Result<PutResult> {
        let put = self.on_their_way.remove(&number).expect("its sender waits for it");
        self.store(put)
    }

    fn store(&mut self, put: Put) -> Result<PutResult> {
        let Put { key, content, mode } = put;
        if mode == PutMode::Create && self.objects.contains_key(&key) {
            return Err(Error::AlreadyExists { path: key.to_string(), source: "taken".into() });
        }
        let bytes = match content {
            Content::Bytes(bytes) => bytes,
            Content::Assembly { id, parts } => {
                self.assembled(&Unfinished { key: key.clone(), id }, parts)?
            }
        };
        self.objects.insert(key, bytes);
        Ok(done())
    }

    /// What an assembly has come to. It is finished.
    fn assembled(&mut self, assembly: &Unfinished, parts: usize) -> Result<Bytes> {
        let found = self.unfinished.remove(assembly).ok_or_else(|| gone(&assembly.key))?;
        let wanted = (1..=parts).map(|number| found.get(&number));
        let wanted: Vec<&[u8]> = wanted.map(|part| &**part.expect("it was answered")).collect();
        Ok(wanted.concat().into())
    }

    pub(super) fn begin(&mut self, assembly: Unfinished) {
        self.unfinished.insert(assembly, BTreeMap::new());
    }

    pub(super) fn keep(&mut self, assembly: &Unfinished, at: usize, part: Bytes) -> Result<Part> {
        let parts = self.unfinished.get_mut(assembly).ok_or_else(|| gone(&assembly.key))?;
        let kept = Part { tag: at.to_string(), bytes: part.len() as u64 };
        parts.insert(at, part);
        Ok(kept)
    }

    pub(super) fn abandon(&mut self, assembly: &Unfinished) {
        self.unfinished.remove(assembly);
    }

    pub(super) fn unfinished(&self) -> impl Iterator<Item = &Unfinished> {
        self.unfinished.keys()
    }

    /// Bytes as they were stored: what the store itself reads it checks.
    pub(super) fn sound(&self, key: &Path, range: Range<u64>) -> Result<Bytes> {
        let mut bytes = self.get(key)?;
        if let Some((at, bits)) = self.rotten.get(key) {
            let mut mended = bytes.to_vec();
            mended[*at] ^= bits;
            bytes = mended.into();
        }
        let place = |at: u64| usize::try_from(at).expect("an object fits in memory");
        let range = place(range.start)..place(range.end);
        match range.start <= range.end && range.end <= bytes.len() {
            true => Ok(bytes.slice(range)),
            false => Err(Error::Generic { store: "sim", source: "416".into() }),
        }
    }

    pub(super) fn get(&self, key: &Path) -> Result<Bytes> {
        let found = self.objects.get(key).cloned();
        found.ok_or_else(|| gone(key))
    }

    pub(super) fn delete(&mut self, key: &Path) {
        self.came_late.remove(key);
        self.rotten.remove(key);
        self.objects.remove(key);
    }

    /// Some object of records is gone.
    pub(super) fn delete_any(&mut self, dice: &mut Dice) {
        let data: Vec<_> = self.objects.keys().filter(|key| is_data(key)).cloned().collect();
        let place = usize::try_from(dice.below(data.len().max(1) as u64)).expect("a place");
        data.get(place).inspect(|key| self.delete(key));
    }

    /// So many objects at most whose keys are below a prefix and after another.
    pub(super) fn page(&self, prefix: &Path, after: Option<&Path>, most: usize) -> Vec<ObjectMeta> {
        let from = after.unwrap_or(prefix).clone();
        let below = self.objects.range(from..).filter(|(key, _)| {
            after.is_none_or(|after| *key > after) && *key != prefix && key.prefix_matches(prefix)
        });
        below.take(most).map(|(key, bytes)| meta(key.clone(), bytes)).collect()
    }

    /// A copy of what is there, as it was stored, as a store that answers at once.
    pub(super) fn at_hand(&self) -> Arc<dyn ObjectStore> {
        let copy = InMemory::new();
        let (objects, rotten) = (self.objects.clone(), self.rotten.clone());
        let mut sound = Self { objects, rotten, ..Self::default() };
        sound.mend();
        for (key, bytes) in &sound.objects {
            let put = copy.put_opts(key, bytes.clone().into(), PutOptions::default());
            put.now_or_never().expect("memory answers at once").expect("and takes all");
        }
        Arc::new(copy)
    }
}

fn gone(key: &Path) -> Error {
    Error::NotFound { path: key.to_string(), source: "gone".into() }
}

/// The answer to a put.
pub(super) fn done() -> PutResult {
    PutResult { e_tag: None, version: None, extensions: Default::default() }
}

/// Whether it holds records that are out of the log.
pub(super) fn is_data(key: &Path) -> bool {
    key.as_ref().starts_with("data/")
}

pub(super) fn meta(location: Path, bytes: &Bytes) -> ObjectMeta {
    let size = bytes.len() as u64;
    let last_modified = Default::default();
    ObjectMeta { location, last_modified, size, e_tag: None, version: None }
}
