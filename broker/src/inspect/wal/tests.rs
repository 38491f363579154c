//! A log of two streams, as people see it.

use bytes::Bytes;
use expect_test::{Expect, expect};
use penstock_model::id::{ClusterId, NodeId};
use penstock_s3stream::object::key::wal_root;
use penstock_s3stream::store::local::LocalStore;
use penstock_wal::{
    DurableGroup, Entry, LogPart, ObjectWal, ObjectWalSettings, Sink, Wal, WalError,
};

use super::*;

struct Nobody;

impl Sink<()> for Nobody {
    fn durable(&mut self, _: DurableGroup<()>) {}

    fn stopped(&mut self, error: &WalError, _: Vec<()>) {
        panic!("{error}");
    }
}

/// The header of a batch of epoch 2, with two records for three offsets, up to time 9.
fn header(stream: u8, offset: u8) -> Bytes {
    let mut header = vec![1, 0];
    header.extend([0, 0, 0, 0, 0, 0, 0, stream]);
    header.extend([0, 0, 0, 2]);
    header.extend([0, 0, 0, 0, 0, 0, 0, offset]);
    header.extend([0, 0, 0, 3, 0, 0, 0, 2]);
    header.extend([0, 0, 0, 0, 0, 0, 0, 9]);
    header.extend([0; 4]);
    header.into()
}

const OWNER: LogOwner = LogOwner { cluster: ClusterId([7; 16]), node: NodeId(1) };

async fn write(dir: &std::path::Path, headers: Vec<Bytes>) {
    let files: Arc<dyn Files> = Arc::new(OsFiles);
    let settings = FileWalSettings { first_segment_bytes: 4_096, ..FileWalSettings::default() };
    let recovery = FileWal::recover(&files, dir, OWNER.to_owner(), None, &settings).unwrap();
    append(&*Box::new(recovery).start(Box::new(Nobody)), headers).await;
}

async fn append(wal: &dyn Wal<()>, headers: Vec<Bytes>) {
    for header in headers {
        let payload = Bytes::from_static(b"some records");
        let entry = Entry { header, payload_crc32c: crc32c::crc32c(&payload), payload };
        let permit = wal.reserve(entry.bytes()).await.unwrap();
        wal.append(entry, permit, ()).unwrap();
    }
    wal.close().await.unwrap();
}

async fn check(dir: &std::path::Path, entries: bool, expect: &Expect) {
    let mut shown = Vec::new();
    wal(&dir.display().to_string(), entries, &mut shown).await.unwrap();
    expect.assert_eq(&String::from_utf8(shown).unwrap());
}

#[tokio::test]
async fn streams_and_offsets_are_shown() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), vec![header(5, 0), header(6, 40), header(5, 3)]).await;
    check(
        dir.path(),
        false,
        &expect![[r#"
        segment 00000000000000000000.wal: node 1 of cluster BwcHBwcHBwcHBwcHBwcHBw, 4096 bytes, positions 0..246, 3 entries
          mark: the log came to rest here
        stream 5: offsets 0..6, 4 records in 2 batches, 24 bytes
        stream 6: offsets 40..43, 2 records in 1 batches, 12 bytes
        3 entries with 36 bytes of payload, all checksums hold, durable to position 246
    "#]],
    ).await;
    check(
        dir.path(),
        true,
        &expect![[r#"
        segment 00000000000000000000.wal: node 1 of cluster BwcHBwcHBwcHBwcHBwcHBw, 4096 bytes, positions 0..246, 3 entries
          entry at 0: stream 5 in epoch 2, offsets 0..3, 2 records up to 9, payload 12 bytes
          entry at 82: stream 6 in epoch 2, offsets 40..43, 2 records up to 9, payload 12 bytes
          entry at 164: stream 5 in epoch 2, offsets 3..6, 2 records up to 9, payload 12 bytes
          mark: the log came to rest here
        stream 5: offsets 0..6, 4 records in 2 batches, 24 bytes
        stream 6: offsets 40..43, 2 records in 1 batches, 12 bytes
        3 entries with 36 bytes of payload, all checksums hold, durable to position 246
    "#]],
    ).await;
}

#[tokio::test]
async fn an_entry_of_no_release_is_named() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), vec![header(5, 0), Bytes::from_static(b"\x07")]).await;
    let place = dir.path().display().to_string();
    let error = wal(&place, false, &mut Vec::new()).await.unwrap_err();
    let expect = "the entry at position 82 cannot be read: an entry has format version 7, which this release does not know";
    assert_eq!(error.to_string(), expect);
}

#[tokio::test]
async fn a_log_in_a_store_is_shown_with_its_seals() {
    let dir = tempfile::tempdir().unwrap();
    let store = LocalStore::open(Arc::new(OsFiles), dir.path()).unwrap();
    let root = wal_root(OWNER.cluster, OWNER.node);
    let settings = ObjectWalSettings::default();
    let log = ObjectWal::new(Arc::new(store), root.clone(), OWNER.to_owner(), settings);
    let recovery = log.recover(&[], Position(0), Position(0), 5).await.unwrap();
    append(&*Box::new(recovery).start(Box::new(Nobody)), vec![header(5, 0), header(6, 40)]).await;
    let part = LogPart { epoch: 5, begins: Position(0) };
    log.seal(part, Position(0)).await.unwrap();
    let place = dir.path().join(root.to_string());
    check(&place, false, &expect![[r#"
        object wal/c4/07070707070707070707070707070707/1/00000000000000000005/00000000000000000000: node 1 of cluster BwcHBwcHBwcHBwcHBwcHBw, 320 bytes, at 0, 2 entries, sent when all was durable to 0
        object wal/c4/07070707070707070707070707070707/1/00000000000000000005/00000000000000000001: node 1 of cluster BwcHBwcHBwcHBwcHBwcHBw, 96 bytes, at 134217728, a seal
        stream 5: offsets 0..3, 2 records in 1 batches, 12 bytes
        stream 6: offsets 40..43, 2 records in 1 batches, 12 bytes
        2 entries with 24 bytes of payload, all checksums hold, durable to position 134217728
    "#]]).await;
    let object = place.join("00000000000000000005/00000000000000000000");
    let mut bytes = std::fs::read(&object).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&object, bytes).unwrap();
    let place = place.display().to_string();
    let error = wal(&place, false, &mut Vec::new()).await.unwrap_err().to_string();
    assert!(
        error
            .ends_with("is damaged: the payload does not match its checksum; bring back its bytes"),
        "{error}"
    );
}
