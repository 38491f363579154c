//! What befalls the world while a node lives: the store's weather, the wall clock, pauses. And how
//! the life ends.

use std::io;
use std::time::Duration;

use penstock_wal::files::{Dice, PowerCutFiles};
use tokio::time::{advance, sleep, timeout};

use crate::bucket::{Silence, Weather};
use crate::world::World;

/// How a life ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The process is killed.
    Kill,
    /// The machine loses its power.
    PowerCut,
    /// It is told to stop.
    Stop,
}

/// What becomes of its disk before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DiskFault {
    None,
    /// Everything ends in the change of this number.
    StopsAt(u64),
    /// This change fails.
    FailsAt(u64),
}

/// A life of a node.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Life {
    pub(crate) length: Duration,
    pub(crate) end: End,
    pub(crate) disk: DiskFault,
    /// Part of the store falls silent before, and for how long at most.
    pub(crate) silence: Option<(Silence, Duration)>,
}

impl Life {
    /// One in which nothing goes wrong.
    pub(crate) const CALM: Self = Self {
        length: Duration::from_secs(86_400),
        end: End::Stop,
        disk: DiskFault::None,
        silence: None,
    };

    /// Whatever the dice say.
    pub(crate) fn draw(dice: &mut Dice) -> Self {
        // A start takes a second with a log in the store, and less with one in files.
        let length =
            if dice.percent(30) { 10 + dice.below(3_000) } else { 3_000 + dice.below(18_000) };
        let length = Duration::from_millis(length);
        let end = match dice.below(5) {
            0 | 1 => End::Kill,
            2 | 3 => End::PowerCut,
            _ => End::Stop,
        };
        let changes = if dice.percent(50) { 80 } else { 2_000 };
        let change = 1 + dice.below(changes);
        let disk = match (end, dice.below(10)) {
            (End::Kill | End::PowerCut, 0..4) => DiskFault::StopsAt(change),
            // Nobody trusts a disk that has failed until its machine has started anew.
            (End::PowerCut, 4) => DiskFault::FailsAt(change),
            _ => DiskFault::None,
        };
        let is_silenced = end != End::Stop && dice.percent(70);
        let silence = is_silenced.then(|| draw_silence(dice));
        Self { length, end, disk, silence }
    }

    /// One of hours, or of days.
    pub(crate) fn draw_long(dice: &mut Dice) -> Self {
        let length = Duration::from_secs(3_600 + dice.below(86_400));
        let short = Self::draw(dice);
        // It comes in the first burst of work, and few are to end there.
        let silence = short.silence.filter(|_| dice.percent(50));
        Self { length, disk: DiskFault::None, silence, ..short }
    }

    /// The same, but that the power goes at some time: what is not synced by then shows.
    pub(crate) fn with_power_cut(self) -> Self {
        let length = self.length.max(Duration::from_secs(5));
        Self { length, end: End::PowerCut, disk: DiskFault::None, silence: None }
    }

    /// The same, but that the process is killed while part of the store is silent: what is begun by
    /// then and not ended shows.
    pub(crate) fn with_silence(self, dice: &mut Dice) -> Self {
        let length = self.length.max(Duration::from_secs(8));
        let silence = Some(draw_silence(dice));
        Self { length, end: End::Kill, disk: DiskFault::None, silence }
    }

    /// Lets happen to the disk what is to happen. Answers the number of the change that fails.
    pub(crate) fn plan(self, disk: &PowerCutFiles) -> Option<u64> {
        match self.disk {
            DiskFault::None => None,
            DiskFault::StopsAt(change) => {
                disk.stop_at(change);
                None
            }
            DiskFault::FailsAt(change) => {
                disk.fail_at(change, io::ErrorKind::Other);
                Some(disk.changes() + change)
            }
        }
    }

    /// The disk of the next one.
    pub(crate) fn next_disk(self, disk: &PowerCutFiles) -> PowerCutFiles {
        match self.end {
            End::PowerCut => disk.crash(),
            End::Kill | End::Stop => disk.kill(),
        }
    }
}

fn draw_silence(dice: &mut Dice) -> (Silence, Duration) {
    (Silence::draw(dice), Duration::from_millis(dice.below(4_000)))
}

/// One thing after the other, for so long. Half of the lives end while the store is not well: what
/// was begun and not ended is worth a crash.
pub(crate) async fn befall(world: &World, dice: &mut Dice, length: Duration) {
    let last = Duration::from_millis(if dice.percent(50) { dice.below(5_000) } else { 0 });
    let _ = timeout(length.saturating_sub(last), befall_for_ever(world, dice)).await;
    storm(world, dice).await;
}

async fn befall_for_ever(world: &World, dice: &mut Dice) {
    loop {
        sleep(Duration::from_millis(500 + dice.below(10_000))).await;
        match dice.below(10) {
            0 => jump(world, dice),
            1 => pause(world, dice).await,
            2 | 3 => world.bucket.rot(),
            4 => world.bucket.mend(),
            _ => storm(world, dice).await,
        }
    }
}

/// The wall clock is set, by up to an hour.
fn jump(world: &World, dice: &mut Dice) {
    let most: u64 = if dice.percent(30) { 3_600_000 } else { 30_000 };
    let by = i64::try_from(dice.below(2 * most)).expect("a short time");
    let by = by - i64::try_from(most).expect("a short time");
    world.note("world", format_args!("the wall clock jumps by {by} ms"));
    world.wall.jump(by);
}

/// Everything stands still, but for the clocks.
async fn pause(world: &World, dice: &mut Dice) {
    let time = Duration::from_millis(dice.below(15_000));
    world.note("world", format_args!("all stands still for {} ms", time.as_millis()));
    advance(time).await;
}

/// The store is not well for a while.
async fn storm(world: &World, dice: &mut Dice) {
    let fair = Weather::default();
    let weather = match dice.below(12) {
        0 => Weather { refused: 100, ..fair },
        1 => Weather { refused: 5 + dice.below(60), ..fair },
        2 => Weather { lost_answers: 5 + dice.below(60), ..fair },
        3 => Weather { stuck: 1 + dice.below(20), ..fair },
        4 => Weather { slowness: 2 + small(dice, 60), ..fair },
        // Stores have a limit for each prefix of keys.
        5 | 6 => Weather { throttled: Some("data/"), ..fair },
        7 | 8 => Weather { throttled: Some("meta/"), ..fair },
        9 => Weather { throttled: Some("wal/"), ..fair },
        _ => Weather { slowness_of_lists: 2 + small(dice, 100), lost_answers: 2, ..fair },
    };
    let time = Duration::from_millis(200 + dice.below(15_000));
    world.note("world", format_args!("for {} ms: {weather:?}", time.as_millis()));
    world.bucket.set_weather(weather);
    sleep(time).await;
    world.bucket.set_weather(fair);
    world.note("world", "the store is well");
}

fn small(dice: &mut Dice, bound: u64) -> u32 {
    u32::try_from(dice.below(bound)).expect("a small number")
}
