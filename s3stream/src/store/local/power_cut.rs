//! Random histories over a disk whose power is cut: put, delete, die, restart, several lives long.
//! After each death every object must be as it was acknowledged; one that was being changed is as
//! before or as after, whole.

use std::collections::BTreeMap;

use object_store::ObjectStoreExt;
use penstock_wal::files::{Dice, PlantedBug, PlantedFiles, PowerCutFiles};

use super::*;

const ROOT: &str = "/objects";
const KEYS: [&str; 6] =
    ["data/0a/c/1", "data/0a/c/2", "data/0b/c/1", "data/0b/c/2", "data/0c/c/1", "wal/1"];

/// What may be found under a key.
type Possible = Vec<Option<Vec<u8>>>;

struct History {
    dice: Dice,
    files: PowerCutFiles,
    bug: Option<PlantedBug>,
    objects: BTreeMap<&'static str, Possible>,
    next_fill: u8,
}

impl History {
    fn new(seed: u64, bug: Option<PlantedBug>) -> Self {
        Self {
            dice: Dice::new(seed),
            files: PowerCutFiles::new(seed),
            bug,
            objects: KEYS.into_iter().map(|key| (key, vec![None])).collect(),
            next_fill: 0,
        }
    }

    fn open(&self) -> io::Result<LocalStore> {
        let files: Arc<dyn Files> = Arc::new(self.files.clone());
        let files = match self.bug {
            Some(bug) => Arc::new(PlantedFiles::new(files, bug)),
            None => files,
        };
        LocalStore::open(files, ROOT)
    }

    /// Several lives; an error says what a crash took back.
    async fn run(mut self) -> std::result::Result<(), String> {
        for _ in 0..4 {
            match self.dice.below(4) {
                0 => {}
                1 => self.files.fail_at(1 + self.dice.below(30), ErrorKind::Other),
                _ => self.files.stop_at(1 + self.dice.below(40)),
            }
            if let Ok(store) = self.open() {
                for _ in 0..self.dice.below(12) {
                    self.step(&store).await;
                }
            }
            let power_cut = self.dice.percent(70);
            self.files = if power_cut { self.files.crash() } else { self.files.kill() };
            let store = self.open().map_err(|error| format!("cannot open: {error}"))?;
            self.check(&store, power_cut).await?;
        }
        Ok(())
    }

    async fn step(&mut self, store: &LocalStore) {
        let key = KEYS[usize::try_from(self.dice.below(KEYS.len() as u64)).unwrap()];
        let path = Path::from(key);
        if self.dice.percent(20) {
            let deleted = store.delete(&path).await;
            let gone = matches!(deleted, Ok(()) | Err(Error::NotFound { .. }));
            self.changed(key, None, gone);
            return;
        }
        self.next_fill = self.next_fill.wrapping_add(1);
        let length = usize::try_from(1 + self.dice.below(9_000)).unwrap();
        let bytes = vec![self.next_fill; length];
        let mode = if self.dice.percent(70) { PutMode::Create } else { PutMode::Overwrite };
        let pieces = bytes.chunks(1_000).map(Bytes::copy_from_slice).collect();
        match store.put_opts(&path, pieces, mode.into()).await {
            Err(Error::AlreadyExists { .. }) => {
                // What is there now was not there by accident: it stays.
                if let Ok(there) = read(store, key).await {
                    assert!(there.is_some(), "{key} exists and does not");
                    self.objects.insert(key, vec![there]);
                }
            }
            answer => self.changed(key, Some(bytes), answer.is_ok()),
        }
    }

    fn changed(&mut self, key: &'static str, to: Option<Vec<u8>>, acknowledged: bool) {
        let possible = self.objects.get_mut(key).unwrap();
        if acknowledged {
            possible.clear();
        }
        possible.push(to);
    }

    async fn check(
        &mut self,
        store: &LocalStore,
        power_cut: bool,
    ) -> std::result::Result<(), String> {
        for (key, possible) in &mut self.objects {
            let found = read(store, key).await.map_err(|error| format!("{key}: {error}"))?;
            if !possible.contains(&found) {
                let length = found.map(|bytes| bytes.len());
                return Err(format!("{key}: {length:?} bytes that nobody put"));
            }
            if power_cut {
                *possible = vec![found];
            }
        }
        let staged = self.files.list(FilePath::new("/objects/.staging/0")).unwrap();
        if !staged.is_empty() {
            return Err(format!("left over: {staged:?}"));
        }
        Ok(())
    }
}

async fn read(store: &LocalStore, key: &str) -> Result<Option<Vec<u8>>> {
    match store.get(&Path::from(key)).await {
        Ok(answer) => Ok(Some(answer.bytes().await?.to_vec())),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn histories(seeds: Range<u64>, bug: Option<PlantedBug>) -> Option<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let run = |seed| runtime.block_on(History::new(seed, bug).run()).map_err(|e| (seed, e));
    seeds.map(run).find_map(|outcome| outcome.err().map(|(seed, e)| format!("seed {seed}: {e}")))
}

#[test]
fn what_was_acknowledged_survives_and_nothing_is_torn() {
    assert_eq!(histories(0..1_000, None), None);
}

/// A process that dies behind the removal and before the sync leaves it to the next one, which finds
/// nothing.
#[tokio::test]
async fn what_there_was_not_to_delete_does_not_come_back() {
    let key = Path::from(KEYS[0]);
    let open = |disk: &PowerCutFiles| LocalStore::open(Arc::new(disk.clone()), ROOT).unwrap();
    let mut left_to_the_next = 0;
    for seed in 0..20 {
        let disk = PowerCutFiles::new(seed);
        let store = open(&disk);
        store.put(&key, PutPayload::from_static(b"object")).await.unwrap();
        disk.stop_at(2);
        assert!(store.delete(&key).await.is_err());
        let disk = disk.kill();
        match open(&disk).delete(&key).await {
            Ok(()) => {}
            Err(Error::NotFound { .. }) => left_to_the_next += 1,
            Err(error) => panic!("{error}"),
        }
        assert_eq!(read(&open(&disk.crash()), KEYS[0]).await.unwrap(), None, "seed {seed}");
    }
    assert!(left_to_the_next > 0);
}

#[test]
fn planted_bugs_are_found() {
    for bug in [PlantedBug::NoSyncData, PlantedBug::LateSyncData, PlantedBug::NoSyncDir] {
        assert!(histories(0..50, Some(bug)).is_some(), "{bug:?} was not found");
    }
}
