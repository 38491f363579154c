use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const MIB: u64 = 1 << 20;
const STREAM: StreamId = StreamId(1);

fn settings() -> ReadAheadSettings {
    ReadAheadSettings { window_min: MIB, window_max: 8 * MIB, budget: 20 * MIB, readers_max: 10 }
}

/// A read of one mebibyte, where offsets are mebibytes.
fn read(from: u64, missed: bool) -> Observed {
    Observed { stream: STREAM, from: Offset(from), next: Offset(from + 1), bytes: MIB, missed }
}

/// Reads on from `from`, every fetch coming at once, and tells what was fetched, in mebibytes.
fn read_on(policy: &mut ReadAhead, from: u64, missed: &[bool]) -> Vec<Option<(u64, u64)>> {
    let step = |(at, missed): (u64, &bool)| {
        let ahead = policy.observe(read(from + at, *missed))?;
        policy.fetched(ahead, Offset(ahead.from.0 + ahead.bytes / MIB), ahead.bytes);
        Some((ahead.from.0, ahead.bytes / MIB))
    };
    (0..).zip(missed).map(step).collect()
}

#[test]
fn a_sequential_reader_gets_ever_more() {
    let mut policy = ReadAhead::new(settings());
    let fetched = read_on(&mut policy, 0, &[false; 9]);
    // The first read tells nothing; then windows of 1, 2, 4 and 8, refilled when half empty.
    let expected = [
        None,
        Some((2, 1)),
        Some((3, 2)),
        Some((5, 3)),
        Some((8, 5)),
        None,
        None,
        None,
        Some((13, 4)),
    ];
    assert_eq!(fetched, expected);
}

#[test]
fn a_reader_that_jumps_starts_anew() {
    let mut policy = ReadAhead::new(settings());
    read_on(&mut policy, 0, &[false; 5]);
    assert_eq!(read_on(&mut policy, 100, &[false; 2]), [None, Some((102, 1))]);
}

#[test]
fn a_window_shrinks_when_its_blocks_were_gone() {
    let mut policy = ReadAhead::new(settings());
    read_on(&mut policy, 0, &[false; 5]);
    // Eight; of that four, of that two, each from where the reader is.
    assert_eq!(read_on(&mut policy, 5, &[true, true]), [Some((6, 4)), Some((7, 2))]);
    assert_eq!(policy.unread(), 2 * MIB);
}

#[test]
fn nothing_is_fetched_twice_while_a_fetch_is_under_way() {
    let mut policy = ReadAhead::new(settings());
    policy.observe(read(0, true));
    let ahead = policy.observe(read(1, true)).unwrap();
    assert_eq!(policy.observe(read(2, true)), None);
    policy.fetched(ahead, Offset(3), MIB);
    assert!(policy.observe(read(3, true)).is_some());
}

#[test]
fn at_the_end_of_a_stream_there_is_nothing_to_fetch() {
    let mut policy = ReadAhead::new(settings());
    policy.observe(read(0, false));
    let ahead = policy.observe(read(1, false)).unwrap();
    policy.fetched(ahead, ahead.from, 0);
    assert_eq!(policy.unread(), 0);
}

#[test]
fn idle_readers_make_room() {
    let mut policy = ReadAhead::new(settings());
    for reader in 0..3 {
        read_on(&mut policy, reader * 1_000, &[false; 6]);
    }
    let held = policy.unread();
    assert!(held > 15 * MIB, "{held}");
    // One reader alone goes on: those that stopped give back what it needs.
    let fetched = read_on(&mut policy, 9_000, &[false; 40]);
    let largest = fetched.into_iter().flatten().map(|(_, mebibytes)| mebibytes).max();
    assert!(largest >= Some(4), "half of the largest window: {largest:?}");
}

/// However little those that stopped have left unread.
#[test]
fn idle_readers_take_no_part_of_the_budget() {
    let mut policy = ReadAhead::new(settings());
    for reader in 0..9 {
        read_on(&mut policy, reader * 1_000, &[false; 2]);
    }
    assert_eq!(policy.unread(), 9 * MIB);
    let fetched = read_on(&mut policy, 9_000, &[false; 80]);
    let last = fetched.into_iter().flatten().last().map(|(_, mebibytes)| mebibytes);
    assert_eq!(last, Some(4), "half of the largest window");
}

/// Six readers in turn, whose blocks come after each has read once more: what is asked for is never
/// a crumb of the budget.
#[test]
fn readers_share_the_budget_evenly() {
    let mut policy = ReadAhead::new(settings());
    let mut under_way = Vec::new();
    let mut asked = Vec::new();
    for round in 0..60 {
        for reader in 0..6 {
            let observed = Observed { stream: StreamId(reader), ..read(round, false) };
            under_way.extend(policy.observe(observed));
        }
        let fetched: Vec<Ahead> = std::mem::take(&mut under_way);
        for ahead in fetched {
            policy.fetched(ahead, Offset(ahead.from.0 + ahead.bytes / MIB), ahead.bytes);
            asked.push(ahead.bytes);
        }
    }
    // A sixth is 3.3 MiB, half of it 1.7.
    let late = &asked[30..];
    assert!(late.iter().all(|bytes| *bytes > MIB * 3 / 2), "{late:?}");
}

proptest! {
    /// Whatever readers do, what is fetched ahead stays within the budget, and is accounted for.
    #[test]
    fn windows_stay_within_the_budget(
        steps in vec((0..12_u64, any::<bool>(), 0..3_u8, 0..10_u64), 1..300),
    ) {
        let mut policy = ReadAhead::new(settings());
        let mut next = [0_u64; 12];
        let mut pending = Vec::new();
        for (reader, missed, fate, share) in steps {
            let at = usize::try_from(reader).unwrap();
            let observed = Observed { stream: StreamId(reader / 4), ..read(reader * 100_000 + next[at], missed) };
            next[at] += 1;
            if let Some(ahead) = policy.observe(observed) {
                prop_assert!(ahead.bytes <= settings().window_max);
                prop_assert!(ahead.from >= observed.next);
                pending.push(ahead);
            }
            if fate > 0 && let Some(ahead) = pending.pop() {
                // Blocks may bring a little more than was asked for, or nothing.
                let bytes = if fate == 1 { ahead.bytes } else { ahead.bytes * share / 10 };
                policy.fetched(ahead, Offset(ahead.from.0 + bytes / MIB), bytes);
            }
            prop_assert!(policy.unread() <= settings().budget);
            prop_assert!(policy.readers.len() <= settings().readers_max);
            prop_assert_eq!(policy.by_position.len(), policy.readers.len());
            prop_assert_eq!(policy.by_age.len(), policy.readers.len());
            let unread: u64 = policy.readers.values().map(|reader| reader.unread).sum();
            prop_assert_eq!(unread, policy.unread());
            let holders = policy.readers.values().filter(|reader| reader.unread > 0).count();
            prop_assert_eq!(holders as u64, policy.holders);
        }
    }
}
