//! What a local store promises, on the operating system's files.

use std::collections::BTreeMap;
use std::path::Path as FilePath;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::join_all;
use futures::{StreamExt, TryStreamExt};
use object_store::{GetRange, ObjectStoreExt, UpdateVersion};
use penstock_wal::files::{DirEntry, File, LockGuard, OsFiles};
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::store::retry::is_transient;

fn os() -> Arc<dyn Files> {
    Arc::new(OsFiles)
}

fn opened() -> (tempfile::TempDir, LocalStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = LocalStore::open(os(), folder.path().join("objects")).unwrap();
    (folder, store)
}

fn create(bytes: &str) -> (PutPayload, PutOptions) {
    (bytes.to_owned().into(), PutMode::Create.into())
}

async fn contents(store: &LocalStore) -> BTreeMap<String, Bytes> {
    let mut found = BTreeMap::new();
    for meta in store.list(None).try_collect::<Vec<_>>().await.unwrap() {
        let bytes = store.get(&meta.location).await.unwrap().bytes().await.unwrap();
        assert_eq!(bytes.len() as u64, meta.size);
        found.insert(meta.location.to_string(), bytes);
    }
    found
}

fn staged(root: &FilePath) -> usize {
    OsFiles.list(&root.join(STAGING).join("0")).unwrap().len()
}

#[tokio::test]
async fn one_of_many_creations_of_a_key_succeeds() {
    let (folder, store) = opened();
    let key = Path::from("data/aa/c/1");
    let puts = (0..20).map(|put| {
        let (payload, options) = create(&put.to_string());
        store.put_opts(&key, payload, options)
    });
    let answers = join_all(puts).await;
    let winner = answers.iter().position(Result::is_ok).unwrap();
    for (at, answer) in answers.iter().enumerate() {
        let taken = matches!(answer, Err(Error::AlreadyExists { .. }));
        assert!(taken || at == winner, "{at}: {answer:?}");
    }
    let kept = store.get(&key).await.unwrap().bytes().await.unwrap();
    assert_eq!(kept, winner.to_string());
    assert_eq!(staged(&folder.path().join("objects")), 0);
}

#[tokio::test]
async fn ranges_are_exact() {
    let (_folder, store) = opened();
    let key = Path::from("k");
    store.put(&key, "0123456789".into()).await.unwrap();
    let check = async |range: GetRange, expected: &str| {
        let options = GetOptions::new().with_range(Some(range.clone()));
        let answer = store.get_opts(&key, options).await.unwrap();
        assert_eq!(answer.meta.size, 10);
        assert_eq!(answer.range.end - answer.range.start, expected.len() as u64);
        assert_eq!(answer.bytes().await.unwrap(), expected, "{range:?}");
    };
    check(GetRange::Bounded(0..10), "0123456789").await;
    check(GetRange::Bounded(3..5), "34").await;
    check(GetRange::Bounded(8..99), "89").await;
    check(GetRange::Offset(7), "789").await;
    check(GetRange::Suffix(2), "89").await;
    let past = GetOptions::new().with_range(Some(10..11));
    assert!(store.get_opts(&key, past).await.is_err());
    assert_eq!(store.head(&key).await.unwrap().size, 10);
}

#[tokio::test]
async fn an_object_made_of_many_pieces_is_their_concatenation() {
    let (_folder, store) = opened();
    let pieces: Vec<Bytes> = (0..3_000).map(|at| Bytes::from(vec![7; at % 5])).collect();
    let expected = pieces.concat();
    let key = Path::from("k");
    store.put(&key, PutPayload::from_iter(pieces)).await.unwrap();
    assert_eq!(store.get(&key).await.unwrap().bytes().await.unwrap(), expected);
}

#[tokio::test]
async fn what_cannot_be_honoured_is_refused() {
    let (_folder, store) = opened();
    let key = Path::from("k");
    store.put(&key, "x".into()).await.unwrap();
    let update = PutMode::Update(UpdateVersion { e_tag: Some("1".into()), version: None });
    let refused =
        |error: Error| matches!(error, Error::NotSupported { .. } | Error::NotImplemented { .. });
    assert!(refused(store.put_opts(&key, "y".into(), update.into()).await.unwrap_err()));
    for options in [
        GetOptions::new().with_if_match(Some("*")),
        GetOptions::new().with_if_none_match(Some("*")),
        GetOptions::new().with_version(Some("1")),
    ] {
        assert!(refused(store.get_opts(&key, options).await.unwrap_err()));
    }
    assert!(refused(store.copy(&key, &Path::from("l")).await.unwrap_err()));
    assert!(refused(store.put_multipart(&key).await.err().unwrap()));
    // The folder of files that are being written is nobody's.
    assert!(refused(store.put(&Path::from(".staging/0/1"), "x".into()).await.unwrap_err()));
    assert!(refused(store.put(&Path::default(), "x".into()).await.unwrap_err()));
    assert_eq!(contents(&store).await.len(), 1);
}

#[tokio::test]
async fn no_key_leads_out_of_the_folder() {
    let (folder, store) = opened();
    for name in ["..", ".", "../..", "/etc/passwd", "a/../../b", "..\\b", "%2e%2e/b"] {
        let parsed = Path::parse(name).ok();
        for key in [Some(Path::from(name)), parsed].into_iter().flatten() {
            // Whether it can be put or not: nothing appears beside the root.
            let _ = store.put(&key, "x".into()).await;
            assert_eq!(OsFiles.list(folder.path()).unwrap().len(), 1, "{name}");
        }
    }
}

#[tokio::test]
async fn what_crashed_puts_left_is_swept_and_what_others_stage_is_not() {
    let (folder, store) = opened();
    let root = folder.path().join("objects");
    // A second process takes another place, and leaves the first one's alone.
    std::fs::write(root.join(".staging/0/77"), "being written").unwrap();
    let second = LocalStore::open(os(), &root).unwrap();
    second.put(&Path::from("k"), "x".into()).await.unwrap();
    assert_eq!(staged(&root), 1);
    drop((store, second));
    LocalStore::open(os(), &root).unwrap();
    assert_eq!(staged(&root), 0);
}

#[tokio::test]
async fn a_store_opened_to_read_writes_nothing() {
    let (folder, store) = opened();
    store.put(&Path::from("k"), "x".into()).await.unwrap();
    let reader = LocalStore::open_read_only(os(), folder.path().join("objects"));
    assert_eq!(contents(&reader).await.len(), 1);
    assert!(reader.put(&Path::from("l"), "x".into()).await.is_err());
    assert!(reader.delete(&Path::from("k")).await.is_err());
    let nowhere = LocalStore::open_read_only(os(), folder.path().join("missing"));
    assert_eq!(contents(&nowhere).await.len(), 0);
    assert!(!folder.path().join("missing").exists());
}

#[tokio::test]
async fn a_deleted_object_is_gone_and_a_missing_one_not_found() {
    let (_folder, store) = opened();
    let keys = ["a/1", "a/2", "b"].map(Path::from);
    for key in &keys {
        store.put(key, "x".into()).await.unwrap();
    }
    let wanted = vec![keys[0].clone(), Path::from("a/9"), keys[2].clone()];
    let answers: Vec<_> = store.delete_stream(stream::iter(wanted).map(Ok).boxed()).collect().await;
    assert!(answers[0].is_ok() && answers[2].is_ok());
    assert!(matches!(answers[1], Err(Error::NotFound { .. })));
    assert_eq!(contents(&store).await.into_keys().collect::<Vec<_>>(), ["a/2"]);
    assert!(matches!(store.get(&keys[0]).await, Err(Error::NotFound { .. })));
    // A folder is not an object.
    assert!(matches!(store.get(&Path::from("a")).await, Err(Error::NotFound { .. })));
}

/// Files whose folders can no longer be synced once told so.
struct BrokenFolders(AtomicBool);

impl Files for BrokenFolders {
    fn create_dir_all(&self, dir: &FilePath) -> io::Result<()> {
        OsFiles.create_dir_all(dir)?;
        self.sync_dir(dir.parent().expect("below the root"))
    }
    fn create_dir(&self, dir: &FilePath) -> io::Result<()> {
        OsFiles.create_dir(dir)
    }

    fn list(&self, dir: &FilePath) -> io::Result<Vec<DirEntry>> {
        OsFiles.list(dir)
    }
    fn open(&self, path: &FilePath, mode: OpenMode) -> io::Result<Arc<dyn File>> {
        OsFiles.open(path, mode)
    }
    fn rename(&self, from: &FilePath, to: &FilePath) -> io::Result<()> {
        OsFiles.rename(from, to)
    }
    fn rename_new(&self, from: &FilePath, to: &FilePath) -> io::Result<()> {
        OsFiles.rename_new(from, to)
    }
    fn remove(&self, path: &FilePath) -> io::Result<()> {
        OsFiles.remove(path)
    }
    fn sync_dir(&self, dir: &FilePath) -> io::Result<()> {
        // The kernel reports a failure once; a second attempt seems fine.
        match self.0.swap(false, Ordering::Relaxed) {
            true => Err(io::Error::other("the disk is gone")),
            false => OsFiles.sync_dir(dir),
        }
    }
    fn lock(&self, path: &FilePath) -> io::Result<Box<dyn LockGuard>> {
        OsFiles.lock(path)
    }
    fn blocking(&self) -> Blocking {
        Blocking::Inline
    }
}

#[tokio::test]
async fn nothing_is_acknowledged_after_a_folder_failed_to_sync() {
    /// The put is the first whose folder fails to sync: that of the object, or one above it.
    async fn check(failing: &str) {
        let folder = tempfile::tempdir().unwrap();
        let files = Arc::new(BrokenFolders(AtomicBool::new(false)));
        let store = LocalStore::open(files.clone(), folder.path()).unwrap();
        store.put(&Path::from("a/1"), "x".into()).await.unwrap();
        files.0.store(true, Ordering::Relaxed);
        let first = store.put(&Path::from(failing), "x".into()).await.unwrap_err();
        assert!(first.to_string().contains("the disk is gone"), "{first}");
        assert!(!is_transient(&first), "the next attempt would be told a lie");
        for key in [failing, "a/3", "b/1"] {
            let later = store.put(&Path::from(key), "x".into()).await.unwrap_err();
            assert!(later.to_string().contains("then restart"), "{later}");
            assert!(!is_transient(&later), "nobody goes on as if it might pass");
        }
        assert_eq!(store.get(&Path::from("a/1")).await.unwrap().bytes().await.unwrap(), "x");
    }
    check("a/2").await;
    check("b/1").await;
    check("a/b/c/1").await;
}

/// What is done to a store.
#[derive(Clone, Debug)]
enum Step {
    Create(String, u8),
    Overwrite(String, u8),
    Delete(String),
    List(String),
}

fn any_step() -> impl Strategy<Value = Step> {
    let key = || prop::sample::select(vec!["a/1", "a/2", "a/b/1", "ab/1", "c", "d/e/f/g"]);
    let prefix = prop::sample::select(vec!["", "a", "a/b", "ab", "c", "d/e", "x"]);
    prop_oneof![
        (key(), any::<u8>()).prop_map(|(key, fill)| Step::Create(key.into(), fill)),
        (key(), any::<u8>()).prop_map(|(key, fill)| Step::Overwrite(key.into(), fill)),
        key().prop_map(|key| Step::Delete(key.into())),
        prefix.prop_map(|prefix| Step::List(prefix.into())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// It behaves as the store in memory does.
    #[test]
    fn it_is_a_map_of_keys_to_bytes(steps in vec(any_step(), 1..25)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let files = Arc::new(BrokenFolders(AtomicBool::new(false)));
            let store = LocalStore::open(files, folder.path()).unwrap();
            let mut model = BTreeMap::new();
            for step in steps {
                match step {
                    Step::Create(key, fill) => {
                        let put = PutMode::Create.into();
                        let answer = store.put_opts(&key.clone().into(), vec![fill].into(), put).await;
                        assert_eq!(answer.is_ok(), !model.contains_key(&key));
                        model.entry(key).or_insert(vec![fill]);
                    }
                    Step::Overwrite(key, fill) => {
                        store.put(&key.clone().into(), vec![fill].into()).await.unwrap();
                        model.insert(key, vec![fill]);
                    }
                    Step::Delete(key) => {
                        let answer = store.delete(&key.clone().into()).await;
                        assert_eq!(answer.is_ok(), model.remove(&key).is_some());
                    }
                    Step::List(prefix) => {
                        let below = format!("{prefix}/");
                        let listed: Vec<_> =
                            store.list(Some(&prefix.clone().into())).try_collect().await.unwrap();
                        let mut listed: Vec<String> =
                            listed.into_iter().map(|meta| meta.location.to_string()).collect();
                        listed.sort();
                        let matches = |key: &&String| prefix.is_empty() || key.starts_with(&below);
                        let expected: Vec<String> = model.keys().filter(matches).cloned().collect();
                        assert_eq!(listed, expected, "{prefix}");
                    }
                }
            }
            let found: BTreeMap<String, Vec<u8>> =
                contents(&store).await.into_iter().map(|(k, v)| (k, v.to_vec())).collect();
            assert_eq!(found, model);
        });
    }
}
