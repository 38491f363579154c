//! Random histories of a controller whose power is cut: submit, die, start, and so on, several
//! lives long. After each death the image must hold every command that was answered, and at most
//! what was submitted behind that; the vote must have grown, and the identity stayed.

use std::io;
use std::time::Duration;

use openraft::async_runtime::watch::WatchReceiver;
use penstock_wal::files::{
    Blocking, Dice, DirEntry, File, LockGuard, OpenMode, PlantedBug, PlantedFiles, PowerCutFiles,
};
use penstock_wal::{FileWalSettings, WalSettings};

use super::*;
use crate::QuorumNode;

const DIR: &str = "/raft";

/// Small segments, so that trims remove some.
fn wal_settings() -> FileWalSettings {
    let wal = WalSettings { group_bytes_max: 2 << 10, ..WalSettings::default() };
    FileWalSettings { wal, segment_bytes: 2 << 10, first_segment_bytes: 1 << 10 }
}

/// A bug in one folder of the controller's, or in the folder itself.
struct BugIn {
    folder: &'static str,
    sound: Arc<dyn Files>,
    planted: PlantedFiles,
}

impl BugIn {
    fn files_of(&self, folder: Option<&Path>) -> &dyn Files {
        let hit = folder == Some(Path::new(self.folder));
        if hit { &self.planted } else { &*self.sound }
    }
}

impl Files for BugIn {
    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        self.sound.create_dir_all(dir)
    }

    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        self.sound.create_dir(dir)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<DirEntry>> {
        self.sound.list(dir)
    }

    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>> {
        self.files_of(path.parent()).open(path, mode)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.sound.rename(from, to)
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.sound.rename_new(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.sound.remove(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.files_of(Some(dir)).sync_dir(dir)
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn LockGuard>> {
        self.sound.lock(path)
    }

    fn blocking(&self) -> Blocking {
        self.sound.blocking()
    }
}

/// What a history found to be wrong.
type Finding = String;

macro_rules! ensure {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err(format!($($message)+));
        }
    };
}

/// What befalls a life.
#[derive(Clone, Copy)]
enum Fault {
    None,
    /// Everything stops in the middle of a change.
    Stop,
    /// One change fails.
    Error,
}

/// One history: what the quorum is known to hold, over all lives.
struct History {
    dice: Dice,
    disk: PowerCutFiles,
    bug: Option<(&'static str, PlantedBug)>,
    fault: Fault,
    id: Option<RaftId>,
    term: u64,
    /// The greatest number whose setting was answered.
    answered: u64,
    /// The greatest number that was submitted.
    submitted: u64,
    lives: u64,
    purges: u64,
}

impl History {
    fn new(seed: u64, bug: Option<(&'static str, PlantedBug)>) -> Self {
        Self {
            dice: Dice::new(seed),
            disk: PowerCutFiles::new(!seed),
            bug,
            fault: Fault::None,
            id: None,
            term: 0,
            answered: 0,
            submitted: 0,
            lives: 0,
            purges: 0,
        }
    }

    async fn run(mut self) -> Result<Self, Finding> {
        for _ in 0..5 {
            self.choose_fault();
            self.live().await?;
            // A disk that has failed may take no writes until the machine starts anew.
            let killed = self.dice.percent(30) && !matches!(self.fault, Fault::Error);
            self.disk = if killed { self.disk.kill() } else { self.disk.crash() };
        }
        // The faults are over, and the machine starts anew: the quorum works.
        (self.disk, self.fault) = (self.disk.crash(), Fault::None);
        self.live().await?;
        ensure!(self.answered == self.submitted, "without a fault every command is answered");
        Ok(self)
    }

    fn choose_fault(&mut self) {
        let change = 1 + self.dice.below(120);
        self.fault = match self.dice.below(10) {
            0..7 => Fault::Stop,
            7 => Fault::Error,
            _ => Fault::None,
        };
        match self.fault {
            Fault::Stop => self.disk.stop_at(change),
            Fault::Error => self.disk.fail_at(change, io::ErrorKind::Other),
            Fault::None => {}
        }
    }

    /// Whether an error of the controller's is the fault's doing.
    fn is_excused(&self) -> bool {
        match self.fault {
            Fault::Stop => self.disk.is_stopped(),
            Fault::Error => true,
            Fault::None => false,
        }
    }

    async fn live(&mut self) -> Result<(), Finding> {
        let node = match self.start().await {
            Ok(node) => node,
            // The fault hit the start; what it left is for the next one to find.
            Err(_) if self.is_excused() => return Ok(()),
            Err(error) => return Err(format!("the start is refused: {error}")),
        };
        if let Err(error) = node.recovered().await {
            ensure!(self.is_excused(), "{error}");
            return self.end(node).await;
        }
        self.lives += 1;
        self.check(&node)?;
        for _ in 0..self.dice.below(25) {
            if self.dice.percent(5) {
                tokio::time::sleep(Duration::from_millis(self.dice.below(20))).await;
            }
            self.submitted += 1;
            let padding = "x".repeat(self.length());
            let value = format!("{} {padding}", self.submitted);
            match node.client().submit(set("number", &value)).await {
                Ok(_) => self.answered = self.submitted,
                Err(error) => {
                    ensure!(self.is_excused(), "{error}");
                    break;
                }
            }
        }
        self.end(node).await
    }

    /// Few lengths, some of them longer than a segment.
    fn length(&mut self) -> usize {
        [0, 0, 10, 10, 500, 3000][usize::try_from(self.dice.below(6)).unwrap()]
    }

    async fn start(&mut self) -> Result<QuorumNode, String> {
        let dir = Path::new(DIR);
        let mut files: Arc<dyn Files> = Arc::new(self.disk.clone());
        let drawn = RaftId(1 + self.dice.throw() % 1000);
        let opened = Folder::open(files.clone(), dir.to_owned(), drawn);
        let id = opened.map_err(|error| error.to_string())?.id();
        if let Some((folder, bug)) = self.bug {
            let planted = PlantedFiles::new(files.clone(), bug);
            files = Arc::new(BugIn { folder, sound: files, planted });
        }
        if let Some(known) = self.id.replace(id) {
            assert_eq!(id, known, "the identity changed");
        }
        let folder = Folder::of(files, dir.to_owned(), id);
        let recovery = folder.recover(&wal_settings()).map_err(|error| error.to_string())?;
        let settings = QuorumSettings {
            snapshot_entries: 5,
            entry_cache_bytes: 1000,
            ..QuorumSettings::default()
        };
        let parts = Parts { id, voters: voters(&[id.0]), settings, ..alone() };
        let found = folder.with_journal(Box::new(recovery));
        let started = QuorumNode::start_on(found, parts).await;
        started.map_err(|error| error.to_string())
    }

    fn check(&mut self, node: &QuorumNode) -> Result<(), Finding> {
        let number = get(&node.client().image(), "number");
        let found = number.map_or(0, |value| value.split(' ').next().unwrap().parse().unwrap());
        ensure!(found >= self.answered, "{} was answered, {found} is there", self.answered);
        ensure!(found <= self.submitted, "{} was submitted, {found} is there", self.submitted);
        (self.answered, self.submitted) = (found, found);
        let metrics = node.raft().metrics().borrow_watched().clone();
        let term = metrics.vote.leader_id.term;
        ensure!(term > self.term, "term {term} after {}", self.term);
        self.term = term;
        Ok(())
    }

    async fn end(&mut self, node: QuorumNode) -> Result<(), Finding> {
        let purged = node.raft().metrics().borrow_watched().purged;
        self.purges += u64::from(purged.is_some());
        if self.dice.percent(30) {
            let _stopped_or_not = node.shutdown().await;
        } else {
            let _stopped_or_not = node.raft().shutdown().await;
        }
        Ok(())
    }
}

/// Runs the histories of the seeds, up to the first finding.
fn search(
    seeds: std::ops::Range<u64>,
    bug: Option<(&'static str, PlantedBug)>,
) -> Option<(u64, Finding)> {
    let (mut lives, mut purges) = (0, 0);
    for seed in seeds {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build().unwrap();
        match runtime.block_on(History::new(seed, bug).run()) {
            Ok(history) => {
                lives += history.lives;
                purges += history.purges;
            }
            Err(finding) => return Some((seed, finding)),
        }
    }
    println!("{lives} lives, in {purges} of them the log was purged");
    assert!(purges > 0, "histories without a purge prove little");
    None
}

/// More of them on demand: `PENSTOCK_SEEDS=1000 cargo test`.
#[test]
fn histories_lose_nothing() {
    let seeds = std::env::var("PENSTOCK_SEEDS").map_or(100, |seeds| seeds.parse().unwrap());
    assert_eq!(search(0..seeds, None), None);
}

/// The log is given up before the snapshot that takes its place is safe.
#[test]
fn an_unsafe_snapshot_is_found() {
    for bug in [PlantedBug::NoSyncData, PlantedBug::NoSyncDir] {
        let found = search(0..100, Some(("/raft/snapshot", bug)));
        assert!(found.is_some(), "{bug:?} was not found");
        println!("{bug:?}: {found:?}");
    }
}

/// The log is given up before it is safe where it begins.
#[test]
fn an_unsafe_head_is_found() {
    let found = search(0..100, Some(("/raft", PlantedBug::NoSyncDir)));
    assert!(found.is_some());
    println!("{found:?}");
}
