//! What holds over every history of commands.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::generate;
use crate::apply::apply;
use crate::command::{Command, Outcome};
use crate::encoding::image_hash;
use crate::id::LogIndex;
use crate::image::{MetadataImage, StreamRange, WalState};
use crate::invariants::check;

pub(super) fn step(image: &mut MetadataImage, command: &Command) -> Outcome {
    let index = LogIndex(image.index().0 + 1);
    apply(image, index, command)
}

/// The image as it would be at another index.
fn at(image: &MetadataImage, index: LogIndex) -> MetadataImage {
    MetadataImage { index, ..image.clone() }
}

/// Each seed gives a command that suits the image which those before it led to.
pub(super) fn generated(seeds: &[u64]) -> Vec<Command> {
    let mut image = MetadataImage::default();
    let mut commands = Vec::new();
    for seed in seeds {
        let command = match commands.len() {
            // One in eight is a command of before, come late and once more.
            len @ 1.. if seed % 8 == 0 => {
                let index = usize::try_from(seed / 8).unwrap() % len;
                Command::clone(&commands[index])
            }
            _ => generate::command(&image, *seed),
        };
        step(&mut image, &command);
        commands.push(command);
    }
    commands
}

fn histories() -> impl Strategy<Value = Vec<Command>> {
    proptest::collection::vec(any::<u64>(), 1..150).prop_map(|seeds| generated(&seeds))
}

/// Commands that take effect once, however late they come again.
fn once_for_ever(command: &Command) -> bool {
    matches!(
        command,
        Command::Format(_)
            | Command::RegisterBroker(_)
            | Command::FenceBroker(_)
            | Command::InheritWal(_)
            | Command::CommitUpload(_)
            | Command::ReplaceRanges(_)
            | Command::AdvanceFirstDirty(_)
            | Command::TrimStreams(_)
            | Command::ExpireLeases { .. }
    )
}

fn stage(state: WalState) -> u8 {
    match state {
        WalState::Active => 0,
        WalState::Fenced => 1,
        WalState::Closed { .. } => 2,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn every_image_obeys_the_invariants(commands in histories()) {
        let mut image = MetadataImage::default();
        for command in &commands {
            step(&mut image, command);
            prop_assert_eq!(check(&image), Ok(()), "after {:?}", command);
        }
    }

    #[test]
    fn a_refused_command_changes_nothing(commands in histories()) {
        let mut image = MetadataImage::default();
        for command in &commands {
            let before = image.clone();
            if step(&mut image, command).result.is_err() {
                prop_assert_eq!(&image, &at(&before, image.index()), "by {:?}", command);
            }
        }
    }

    #[test]
    fn a_command_at_once_again_changes_nothing(commands in histories()) {
        let mut image = MetadataImage::default();
        for command in &commands {
            let first = step(&mut image, command);
            let before = image.clone();
            let second = step(&mut image, command);
            let unchanged = at(&before, image.index());
            prop_assert_eq!(&image, &unchanged, "by {:?}", command);
            // Equality skips what two maps share; bytes are a second opinion.
            prop_assert_eq!(image_hash(&image), image_hash(&unchanged));
            if first.result.is_ok() && !matches!(command, Command::DeleteTopic(_)) {
                prop_assert_eq!(first.result, second.result, "of {:?}", command);
            }
        }
    }

    #[test]
    fn a_command_late_again_changes_nothing(commands in histories()) {
        let mut image = MetadataImage::default();
        let mut taken = Vec::new();
        for command in &commands {
            if step(&mut image, command).result.is_ok() && once_for_ever(command) {
                taken.push(command);
            }
        }
        for command in taken {
            let before = image.clone();
            step(&mut image, command);
            prop_assert_eq!(&image, &at(&before, image.index()), "by {:?}", command);
        }
    }

    /// An offset that was committed keeps its object until it is trimmed or replaced (design 2,
    /// invariant 3), and whatever says how far something got says so for good.
    #[test]
    fn nothing_goes_backwards(commands in histories()) {
        let mut image = MetadataImage::default();
        for command in &commands {
            let before = image.clone();
            step(&mut image, command);
            prop_assert!(image.next.broker_epoch >= before.next.broker_epoch);
            prop_assert!(image.next.stream >= before.next.stream);
            prop_assert!(image.next.object >= before.next.object);
            prop_assert!(image.next.producer_id >= before.next.producer_id);
            for (epoch, wal) in before.wals() {
                let now = image.wal(epoch).expect("an epoch is kept for good");
                prop_assert!(now.trim >= wal.trim, "{:?}", command);
                prop_assert!(now.begins >= wal.begins, "{:?}", command);
                prop_assert!(stage(now.state) >= stage(wal.state), "{:?}", command);
            }
            for (id, stream) in before.streams() {
                let Some(now) = image.stream(id) else { continue };
                prop_assert!(now.start >= stream.start && now.end >= stream.end);
                prop_assert!(now.epoch >= stream.epoch && now.owner >= stream.owner);
                prop_assert!(now.gaps_to >= stream.gaps_to);
                prop_assert!(now.first_dirty >= stream.first_dirty);
                let kept: Vec<_> = before.ranges_from(id, now.start).collect();
                let still: Vec<_> = image.ranges_from(id, now.start).collect();
                if matches!(command, Command::ReplaceRanges(_)) {
                    // Ranges are joined; none is cut, and none begins elsewhere.
                    let borders = |ranges: &[StreamRange]| -> BTreeSet<_> {
                        ranges.iter().flat_map(|r| [r.offsets.start, r.offsets.end]).collect()
                    };
                    prop_assert!(borders(&still).is_subset(&borders(&kept)), "{:?}", command);
                    prop_assert_eq!((now.start, now.end), (stream.start, stream.end));
                } else {
                    prop_assert!(still.starts_with(&kept), "{:?}", command);
                }
            }
        }
    }

    #[test]
    fn a_clone_keeps_its_content(commands in histories()) {
        let mut image = MetadataImage::default();
        let mut kept = Vec::new();
        for command in &commands {
            kept.push((image.clone(), image_hash(&image)));
            kept.drain(..kept.len().saturating_sub(20));
            step(&mut image, command);
        }
        for (clone, content) in kept {
            prop_assert_eq!(image_hash(&clone), content);
        }
    }
}

/// The generator is of use only as long as commands of every kind take effect.
#[test]
fn histories_reach_every_kind_of_command() {
    let mut draw = super::draw::Draw(7);
    let (mut accepted, mut total) = (std::collections::BTreeMap::<String, u32>::new(), 0);
    for _ in 0..100 {
        let seeds: Vec<u64> = (0..100).map(|_| draw.next()).collect();
        let mut image = MetadataImage::default();
        for command in generated(&seeds) {
            total += 1;
            if step(&mut image, &command).result.is_ok() {
                let kind = format!("{command:?}");
                let kind = kind.split(['(', ' ']).next().unwrap().to_owned();
                *accepted.entry(kind).or_default() += 1;
            }
        }
    }
    assert_eq!(accepted.len(), 18, "{accepted:?}");
    assert!(accepted.values().all(|count| *count > total / 200), "{accepted:?}");
}
