use super::*;

const FOLDER: &str = "/d";

fn path(name: &str) -> PathBuf {
    Path::new(FOLDER).join(name)
}

fn started(seed: u64) -> PowerCutFiles {
    let files = PowerCutFiles::new(seed);
    files.create_dir_all(Path::new(FOLDER)).unwrap();
    files
}

fn write(files: &PowerCutFiles, name: &str, mode: OpenMode, bytes: &[u8]) -> Arc<dyn File> {
    let file = files.open(&path(name), mode).unwrap();
    file.write_all_at(&[IoSlice::new(bytes)], 0).unwrap();
    file
}

/// A file of `bytes` that survives.
fn durable(files: &PowerCutFiles, name: &str, bytes: &[u8]) -> Arc<dyn File> {
    let file = write(files, name, OpenMode::CreateNew, bytes);
    file.sync_data().unwrap();
    files.sync_dir(Path::new(FOLDER)).unwrap();
    file
}

#[test]
fn what_is_synced_survives_and_handles_end() {
    for seed in 0..50 {
        let files = started(seed);
        let file = durable(&files, "a", b"synced");
        let lock = files.lock(&path("lock")).unwrap();
        assert_eq!(files.lock(&path("lock")).err().unwrap().kind(), io::ErrorKind::WouldBlock);
        let next = files.crash();
        assert_eq!(next.content(&path("a")).unwrap(), b"synced");
        file.sync_data().unwrap_err();
        files.list(Path::new(FOLDER)).unwrap_err();
        let _held = next.lock(&path("lock")).unwrap();
        drop(lock);
        assert!(next.lock(&path("lock")).is_err(), "the old guard does not end the new lock");
        assert!(files.is_stopped() && !next.is_stopped());
    }
}

/// What `outcome` of a crash can be, over many seeds.
#[track_caller]
fn check_outcomes<T: Ord + Clone + std::fmt::Debug>(
    outcome: impl Fn(u64) -> T,
    must_include: &[T],
    may_be: impl Fn(&T) -> bool,
) {
    let outcomes: std::collections::BTreeSet<T> = (0..300).map(outcome).collect();
    for expected in must_include {
        assert!(outcomes.contains(expected), "{expected:?} never happened: {outcomes:?}");
    }
    for found in outcomes {
        assert!(may_be(&found), "{found:?} cannot be");
    }
}

#[test]
fn unsynced_bytes_are_kept_lost_or_torn() {
    let outcome = |seed| {
        let files = started(seed);
        durable(&files, "a", &[0; 1100]);
        write(&files, "a", OpenMode::ReadWrite, &[1; 1100]);
        assert_eq!(files.content(&path("a")).unwrap(), [1; 1100]);
        files.crash().content(&path("a")).unwrap()
    };
    let with = |pieces: &[(u8, usize)]| -> Vec<u8> {
        pieces.iter().flat_map(|(byte, count)| vec![*byte; *count]).collect()
    };
    let (kept, lost) = (with(&[(1, 1100)]), with(&[(0, 1100)]));
    let reordered = with(&[(0, 512), (1, 588)]);
    check_outcomes(outcome, &[kept, lost, reordered], |bytes| {
        let torn = bytes.is_sorted_by(|a, b| a >= b);
        let sectors = bytes.chunks(512).all(|sector| sector.iter().all(|byte| *byte == sector[0]));
        bytes.len() == 1100 && (torn || sectors)
    });
}

#[test]
fn unsynced_names_and_lengths_are_kept_or_lost_each_by_itself() {
    let outcome = |seed| {
        let files = started(seed);
        durable(&files, "a", b"aaaa").set_len(2).unwrap();
        files.rename(&path("a"), &path("b")).unwrap();
        write(&files, "c", OpenMode::CreateNew, b"").sync_data().unwrap();
        let next = files.crash();
        let lengths = next.list(Path::new(FOLDER)).unwrap();
        lengths.into_iter().map(|entry| (entry.name, entry.length)).collect::<Vec<_>>()
    };
    let names = |names: &[(&str, u64)]| -> Vec<(String, u64)> {
        names.iter().map(|(name, length)| ((*name).to_owned(), *length)).collect()
    };
    let all = [
        names(&[("a", 4)]),
        names(&[("a", 4), ("c", 0)]),
        names(&[("a", 2)]),
        names(&[("a", 2), ("c", 0)]),
        names(&[("b", 4)]),
        names(&[("b", 4), ("c", 0)]),
        names(&[("b", 2)]),
        names(&[("b", 2), ("c", 0)]),
    ];
    check_outcomes(outcome, &all, |found| all.contains(found));
}

#[test]
fn removed_files_may_come_back() {
    let outcome = |seed| {
        let files = started(seed);
        durable(&files, "a", b"a");
        files.remove(&path("a")).unwrap();
        assert_eq!(files.content(&path("a")), None);
        files.crash().content(&path("a"))
    };
    check_outcomes(outcome, &[None, Some(b"a".to_vec())], |_| true);
}

#[test]
fn a_kill_loses_nothing_but_handles() {
    let files = started(1);
    let file = write(&files, "a", OpenMode::CreateNew, b"unsynced");
    let next = files.kill();
    assert_eq!(next.content(&path("a")).unwrap(), b"unsynced");
    file.length().unwrap_err();
}

#[test]
fn after_a_failed_sync_a_second_one_lies() {
    let outcome = |seed| {
        let files = started(seed);
        let file = durable(&files, "a", b"old");
        write(&files, "a", OpenMode::ReadWrite, b"new");
        files.fail_at(1, io::ErrorKind::Other);
        file.sync_data().unwrap_err();
        file.sync_data().unwrap();
        assert_eq!(files.content(&path("a")).unwrap(), b"new", "the cache has it");
        files.crash().content(&path("a")).unwrap()
    };
    check_outcomes(outcome, &[b"old".to_vec(), b"new".to_vec()], |_| true);
}

#[test]
fn everything_stops_at_the_change_that_was_named() {
    let files = started(3);
    files.stop_at(2);
    let file = files.open(&path("a"), OpenMode::CreateNew).unwrap();
    file.write_all_at(&[IoSlice::new(b"x")], 0).unwrap_err();
    assert!(files.is_stopped());
    file.read_exact_at(&mut [0], 0).unwrap_err();
    let next = files.kill();
    assert!(!next.is_stopped());
    assert_eq!(next.content(&path("a")).unwrap(), b"x");
}

#[test]
fn a_full_disk_takes_a_part() {
    let files = started(4);
    files.set_capacity(10);
    let file = write(&files, "a", OpenMode::CreateNew, &[1; 8]);
    let full = file.write_all_at(&[IoSlice::new(&[2; 8])], 8).unwrap_err();
    assert_eq!(full.kind(), io::ErrorKind::StorageFull);
    file.write_all_at(&[IoSlice::new(&[3; 8])], 0).unwrap();
    files.flip(&path("a"), 0, 0xFF);
    assert_eq!(files.content(&path("a")).unwrap()[..2], [0xFC, 3]);
}

#[test]
fn the_same_seed_gives_the_same_disk() {
    let run = |seed| {
        let mut files = started(seed);
        for round in 0..5_u8 {
            for name in ["a", "b", "c"] {
                let mode = match files.content(&path(name)) {
                    Some(_) => OpenMode::ReadWrite,
                    None => OpenMode::CreateNew,
                };
                write(&files, name, mode, &[round; 2000]);
            }
            files = files.crash();
        }
        files.paths().iter().map(|path| files.content(path)).collect::<Vec<_>>()
    };
    assert_eq!(run(7), run(7));
    assert!((0..20).any(|seed| run(seed) != run(7)));
}

#[test]
fn a_folder_lives_when_its_own_name_is_synced_and_else_takes_all_with_it() {
    let outcome = |syncs_name: bool| {
        move |seed| {
            let files = started(seed);
            let (outer, inner) = (path("outer"), path("outer/inner"));
            files.create_dir(&outer).unwrap();
            files.create_dir(&inner).unwrap();
            files.create_dir(&inner).unwrap();
            write(&files, "outer/inner/a", OpenMode::CreateNew, b"synced").sync_data().unwrap();
            files.sync_dir(&inner).unwrap();
            files.sync_dir(&outer).unwrap();
            if syncs_name {
                files.sync_dir(Path::new(FOLDER)).unwrap();
            }
            let next = files.crash();
            let lives = next.content(&path("outer/inner/a")).is_some();
            assert_eq!(next.list(&inner).is_ok(), lives);
            assert_eq!(next.list(&outer).is_ok(), lives);
            lives
        }
    };
    check_outcomes(outcome(true), &[true], |lives| *lives);
    check_outcomes(outcome(false), &[false, true], |_| true);
}
