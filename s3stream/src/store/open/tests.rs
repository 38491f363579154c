use penstock_wal::files::OsFiles;

use super::*;
use crate::store::assemble::Assemble;

fn assembler(url: &str) -> Option<Arc<dyn Assemble>> {
    let opened = open(&url.parse().unwrap(), Arc::new(OsFiles), &StoreSettings::default());
    opened.unwrap().assembler()
}

#[test]
fn memory_assembles_and_a_folder_does_not() {
    let folder = tempfile::tempdir().unwrap();
    assert!(assembler(&format!("file://{}", folder.path().display())).is_none());
    assert_eq!(assembler("memory://").unwrap().piece_bytes_min(), 1);
}

#[cfg(feature = "aws")]
#[test]
fn s3_assembles() {
    let assembler = assembler("s3://bucket/prefix?endpoint=http://127.0.0.1:1").unwrap();
    assert_eq!(assembler.piece_bytes_min(), 5 << 20);
}

#[cfg(feature = "gcp")]
#[test]
fn other_clouds_do_not_assemble() {
    assert!(assembler("gs://bucket/prefix?endpoint=http://127.0.0.1:1").is_none());
}
