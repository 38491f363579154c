//! An object store as a service far away: requests take time, fail, and do their work without an
//! answer, as the weather is. What it has stored it never loses.
//!
//! ```text
//!   request ──(way)──► refused? ──► done ──(way)──► answer lost? ──► answer
//!                └ given up, or its sender died: done later, or never
//! ```

mod assembly;
mod requests;
mod shelves;
mod silence;
mod weather;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use object_store::path::Path;
use object_store::{Error, ObjectStore, PutResult, Result};
use penstock_model::client::MetadataClient;
use penstock_s3stream::store::assemble::Unfinished;
use penstock_s3stream::store::metered::{MeteredStore, StoreLimits};
use penstock_s3stream::store::open::{OpenError, Stores};
use penstock_s3stream::store::url::StoreUrl;
use penstock_wal::files::Dice;
use tokio::time::sleep;

use crate::events::Events;
use crate::findings::Findings;
use crate::invariants::no_referenced_object_is_deleted;
use crate::server::Bug;
use requests::Remote;
use shelves::{Put, Shelves};
use silence::Ear;
pub(crate) use silence::Silence;
pub(crate) use weather::Weather;

/// See the module. Clones are the same bucket.
#[derive(Clone)]
pub(crate) struct Bucket {
    events: Events,
    findings: Findings,
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    dice: Dice,
    weather: Weather,
    ear: Ear,
    shelves: Shelves,
    bug: Option<Bug>,
    requests: u64,
    /// What the node that runs knows, once it does.
    metadata: Option<Arc<dyn MetadataClient>>,
    counts: Counts,
}

/// How much was done.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    /// Objects of data that were put.
    pub(crate) put: u64,
    /// Objects of data that were deleted.
    pub(crate) deleted: u64,
    /// Objects of the log that were deleted.
    pub(crate) trimmed: u64,
    /// Objects of data in which a bit flipped.
    pub(crate) rotten: u64,
    /// Requests that were refused, or whose answer was lost.
    pub(crate) failed: u64,
    /// How often part of it fell silent.
    pub(crate) silences: u64,
}

impl Bucket {
    pub(crate) fn new(seed: u64, events: Events, findings: Findings) -> Self {
        let inner = Inner {
            dice: Dice::new(seed),
            weather: Weather::default(),
            ear: Ear::default(),
            shelves: Shelves::default(),
            bug: None,
            requests: 0,
            metadata: None,
            counts: Counts::default(),
        };
        Self { events, findings, inner: Arc::new(Mutex::new(inner)) }
    }

    /// As a tool sees it that waits for nothing.
    pub(crate) fn at_hand(&self) -> Arc<dyn ObjectStore> {
        self.inner().shelves.at_hand()
    }

    /// Keys whose put arrived when nobody waited for it any more.
    pub(crate) fn came_late(&self) -> BTreeSet<Path> {
        self.inner().shelves.came_late()
    }

    /// Assemblies that were begun, and neither completed nor abandoned.
    pub(crate) fn unfinished(&self) -> Vec<Unfinished> {
        self.inner().shelves.unfinished().cloned().collect()
    }

    pub(crate) fn counts(&self) -> Counts {
        self.inner().counts
    }

    /// It breaks a promise from now on.
    pub(crate) fn plant(&self, bug: Option<Bug>) {
        self.inner().bug = bug;
    }

    pub(crate) fn set_weather(&self, weather: Weather) {
        self.inner().weather = weather;
    }

    /// Part of it falls silent at some time; without, all is heard again.
    pub(crate) fn set_silence(&self, silence: Option<Silence>) {
        let mut inner = self.inner();
        inner.counts.silences += u64::from(inner.ear.silent_since().is_some());
        inner.ear = Ear::new(silence);
    }

    /// For how long part of it has been silent.
    pub(crate) fn silent_for(&self) -> Option<Duration> {
        let since = self.inner().ear.silent_since()?;
        Some(self.events.now() - since)
    }

    /// One byte of some object of records changes on its own.
    pub(crate) fn rot(&self) {
        let mut inner = self.inner();
        let Inner { dice, shelves, counts, .. } = &mut *inner;
        if let Some(key) = shelves.rot(dice) {
            counts.rotten += 1;
            self.events.note("store", format_args!("a bit of {key} has flipped"));
        }
    }

    /// Somebody restores what has rotted.
    pub(crate) fn mend(&self) {
        self.events.note("store", "all bits are as they were");
        self.inner().shelves.mend();
    }

    /// What is deleted from now on must not be referred to there.
    pub(crate) fn serves(&self, metadata: Arc<dyn MetadataClient>) {
        self.inner().metadata = Some(metadata);
    }

    /// Whoever has sent something is dead: what is on its way arrives soon, late or never.
    pub(crate) fn lose_senders(&self) {
        let mut inner = self.inner();
        inner.metadata = None;
        let now = self.events.now();
        let Inner { dice, shelves, .. } = &mut *inner;
        for number in shelves.on_their_way() {
            shelves.orphan(number, now, dice);
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("nothing panics with it")
    }

    /// Notes a request, and gives it a number.
    fn note_request(&self, what: &str) -> u64 {
        let mut inner = self.inner();
        inner.requests += 1;
        self.events.note("store", format_args!("{} {what}", inner.requests));
        inner.requests
    }

    /// One request to the end; `work` is what the service does.
    async fn ask<T>(
        &self,
        number: u64,
        (key, is_put): (&Path, bool),
        bytes: usize,
        work: impl FnOnce(&mut Inner) -> Result<T>,
    ) -> Result<T> {
        let there = self.inner().way(bytes);
        sleep(there).await;
        if !self.inner().ear.hears(key, is_put, self.events.now()) {
            self.events.note("store", format_args!("{number} is not heard"));
            return std::future::pending().await;
        }
        let answer = {
            let mut inner = self.inner();
            inner.shelves.settle(self.events.now());
            match inner.refuses(key) {
                true => Err(failed("503 slow down")),
                false => work(&mut inner),
            }
        };
        let back = self.inner().way(0);
        sleep(back).await;
        let answer = match self.inner().loses_answer() {
            true => Err(failed("the connection was reset")),
            false => answer,
        };
        let said = match &answer {
            Ok(_) => "ok".to_owned(),
            Err(Error::Generic { source, .. }) => source.to_string(),
            Err(Error::NotFound { .. }) => "404".to_owned(),
            Err(Error::AlreadyExists { .. }) => "412".to_owned(),
            Err(error) => error.to_string(),
        };
        self.events.note("store", format_args!("{number} = {said}"));
        answer
    }

    /// A put is on its way until this is dropped, or it was done.
    fn send(&self, number: u64, put: Put) -> Sent {
        self.inner().shelves.send(number, put);
        Sent { bucket: self.clone(), number }
    }

    /// An object goes: nobody may want it any more.
    fn look_at_deletion(&self, key: &Path) {
        let image = self.inner().metadata.as_ref().map(|metadata| metadata.image());
        if let Some(image) = image {
            let looked = no_referenced_object_is_deleted::look(key, &image);
            self.findings.look("no referenced object is deleted", looked);
        }
    }
}

impl Inner {
    fn way(&mut self, bytes: usize) -> Duration {
        self.weather.way(bytes, &mut self.dice)
    }

    /// A put has arrived, and is done as far as no bug is planted.
    fn arrive(&mut self, number: u64) -> Result<PutResult> {
        let Self { shelves, dice, bug, .. } = self;
        match bug {
            Some(Bug::LostPuts) if dice.percent(2) => {
                shelves.forget(number);
                Ok(shelves::done())
            }
            Some(Bug::BlindCreations) => match shelves.arrive(number) {
                Err(Error::AlreadyExists { .. }) => Ok(shelves::done()),
                answer => answer,
            },
            _ => shelves.arrive(number),
        }
    }

    /// An object is deleted, and no other as far as no bug is planted.
    fn delete(&mut self, key: &Path) {
        self.shelves.delete(key);
        if self.bug == Some(Bug::LostObjects) && self.dice.percent(20) {
            self.shelves.delete_any(&mut self.dice);
        }
    }

    fn refuses(&mut self, key: &Path) -> bool {
        let refuses = self.weather.refuses(key, &mut self.dice);
        self.counts.failed += u64::from(refuses);
        refuses
    }

    fn loses_answer(&mut self) -> bool {
        let loses = self.weather.loses_answer(&mut self.dice);
        self.counts.failed += u64::from(loses);
        loses
    }
}

/// A put whose sender waits for it.
struct Sent {
    bucket: Bucket,
    number: u64,
}

impl Drop for Sent {
    fn drop(&mut self) {
        let mut inner = self.bucket.inner();
        let Inner { dice, shelves, .. } = &mut *inner;
        if shelves.is_on_its_way(self.number) {
            self.bucket.events.note("store", format_args!("{} = given up", self.number));
            shelves.orphan(self.number, self.bucket.events.now(), dice);
        }
    }
}

impl Stores for Bucket {
    /// Whatever the URL: there is one bucket.
    fn open(&self, _url: &StoreUrl) -> std::result::Result<MeteredStore, OpenError> {
        let remote = Arc::new(Remote(self.clone()));
        let store = MeteredStore::new(Arc::clone(&remote) as _, StoreLimits::default());
        Ok(store.with_assembler(remote))
    }
}

fn failed(what: &'static str) -> Error {
    Error::Generic { store: "sim", source: what.into() }
}
