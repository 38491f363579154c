//! One history: several lives of a node on one disk and one store, with faults, and then some without
//! in which all must heal.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{join, join_all};
use penstock_broker::shutdown;
use penstock_model::invariants;
use penstock_s3stream::Clock;
use penstock_wal::files::{Dice, PowerCutFiles};
use tokio::time::{sleep, timeout};

use crate::bucket::Weather;
use crate::client::Client;
use crate::faults::{End, Life, befall};
use crate::invariants::generations_are_kept_apart::Generations;
use crate::invariants::store_holds_what_is_referenced::{self, LeftOver};
use crate::server::{Bug, Log, Seen, serve};
use crate::tally::Tally;
use crate::workload::{self, Actor, reader};
use crate::world::World;

/// Lives with faults; two more follow without.
const LIVES_MAX: u64 = 8;

/// Between two looks whether something was found, or the disk has stopped.
const GLANCE: Duration = Duration::from_millis(500);

/// The same in a life that is longer than this.
const GLANCE_OF_DAYS: Duration = Duration::from_secs(10);
const LONG: Duration = Duration::from_secs(600);

/// Once the faults have ended, so long at most until everything is answered again: a
/// partition whose checkpoint was damaged is opened again within a minute.
const HEALED_WITHIN: Duration = Duration::from_secs(90);

/// Longer than a stop in order takes.
const STOPPED_WITHIN: Duration = Duration::from_secs(60);

/// Longer than anything stays that nothing refers to: a lease, and then the delay of a deletion; by a
/// wall clock that has caught up with what it once showed.
const QUIET: Duration = Duration::from_secs(2 * 3_600);

/// What became of a history.
pub(crate) struct Outcome {
    /// The event log.
    pub(crate) text: String,
    /// What is wrong, if anything is.
    pub(crate) finding: Option<String>,
    pub(crate) tally: Tally,
}

/// Plays the history of a seed.
pub(crate) fn play(seed: u64, shown: bool) -> Outcome {
    play_with(seed, shown, None)
}

/// Plays the history of a seed in a world with a bug.
pub(crate) fn play_with(seed: u64, shown: bool, bug: Option<Bug>) -> Outcome {
    History::new(seed, shown, bug).play(History::storms)
}

/// Plays a history of so much time, in which little happens at once.
pub(crate) fn play_long(seed: u64, log: Log, time: Duration) -> Outcome {
    let mut history = History::new(seed, false, None);
    history.log = log;
    history.play(|history| history.days(time))
}

struct History {
    world: World,
    dice: Dice,
    disk: PowerCutFiles,
    log: Log,
    bug: Option<Bug>,
    cast: Vec<Box<dyn Actor>>,
    lives: u64,
    tally: Tally,
}

/// What a life is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chapter {
    /// Work and faults.
    Storm,
    /// The same for some seconds from time to time, and otherwise nothing.
    Days,
    /// Without faults everything is answered again, and after a while only what is wanted is kept.
    Heal,
    /// After another start it is still there.
    LookAgain,
}

/// How a life came to its end.
enum Ended {
    /// What was to be done in it is done.
    Done,
    /// The node ended by itself.
    Died(String),
    /// The disk has stopped.
    Stopped,
    /// The store was silent for long enough.
    Silent,
    /// Something is wrong.
    Found,
}

impl History {
    fn new(seed: u64, shown: bool, bug: Option<Bug>) -> Self {
        let world = World::new(seed, shown);
        world.bucket.plant(bug);
        penstock_planted::plant(match bug {
            Some(Bug::OfProduct(bug)) => Some(bug),
            _ => None,
        });
        let mut dice = world.dice("history");
        let log = if dice.percent(50) { Log::Files } else { Log::Objects };
        let log = bug.and_then(Bug::log).unwrap_or(log);
        let disk = PowerCutFiles::new(world.dice("disk").throw());
        let cast = workload::cast(&world);
        let tally = Tally { histories: 1, ..Tally::default() };
        Self { world, dice, disk, log, bug, cast, lives: 0, tally }
    }

    fn play(mut self, lives: impl FnOnce(&mut Self)) -> Outcome {
        let run = || {
            lives(&mut self);
            self.heal();
        };
        // One that nothing catches is a finding already.
        let _ = catch_unwind(AssertUnwindSafe(run));
        let Self { world, mut tally, .. } = self;
        tally.take(&world);
        Outcome { text: world.events.text(), finding: world.findings.first(), tally }
    }

    /// A few short lives, each full of work and faults.
    fn storms(&mut self) {
        for _ in 0..1 + self.dice.below(LIVES_MAX) {
            let mut life = Life::draw(&mut self.dice);
            match self.bug {
                Some(Bug::OfFiles(..)) => life = life.with_power_cut(),
                Some(Bug::OfProduct(_)) => life = life.with_silence(&mut self.dice),
                _ => {}
            }
            if self.dice.percent(70) {
                self.world.bucket.set_weather(Weather::default());
            }
            self.live(life, Chapter::Storm);
        }
    }

    /// Lives of hours and days.
    fn days(&mut self, time: Duration) {
        while self.world.events.now() < time && self.world.findings.first().is_none() {
            let life = Life::draw_long(&mut self.dice);
            self.live(life, Chapter::Days);
        }
    }

    /// What the faults have left heals.
    fn heal(&mut self) {
        self.world.bucket.set_weather(Weather::default());
        self.world.bucket.mend();
        self.live(Life::CALM, Chapter::Heal);
        self.live(Life::CALM, Chapter::LookAgain);
    }

    /// One life on a runtime of its own, unless something was found before.
    fn live(&mut self, life: Life, chapter: Chapter) {
        if self.world.findings.first().is_some() {
            return;
        }
        self.lives += 1;
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build().expect("no system calls");
        runtime.block_on(Box::pin(self.live_on_runtime(life, chapter)));
    }

    async fn live_on_runtime(&mut self, life: Life, chapter: Chapter) {
        let Self { world, dice, disk, log, bug, cast, lives, tally } = self;
        let failing = life.plan(disk);
        world.bucket.set_silence(life.silence.map(|(silence, _)| silence));
        world.events.begin_life();
        world.note("world", format_args!("life {lives}, log in {log:?}: {chapter:?} {life:?}"));
        let seen = RefCell::new(None);
        let ready = |now: Seen| {
            world.note("world", "the node is ready");
            seen.replace(Some(now));
        };
        let (trigger, stopping) = shutdown::channel();
        let files = Arc::new(disk.clone());
        let mut server = std::pin::pin!(serve(world, *log, *bug, files, *lives, stopping, ready));
        let ended = {
            let work = work(world, cast, dice, &seen, life, chapter);
            until_end(world, life, disk, server.as_mut(), Box::pin(work)).await
        };
        let how = match ended {
            // Nothing was promised to anybody, and the process ends as it stands.
            Ended::Done if life.end == End::Stop && seen.borrow().is_none() => {
                "it has not even started".to_owned()
            }
            Ended::Done if life.end == End::Stop => {
                trigger.request();
                match timeout(STOPPED_WITHIN, server.as_mut()).await {
                    Ok(Ok(())) => "it has stopped".to_owned(),
                    Ok(Err(why)) => unasked(world, &why),
                    Err(_) => unasked(world, "it does not stop"),
                }
            }
            Ended::Done => format!("{:?}", life.end),
            Ended::Silent => format!("{:?} while part of the store is silent", life.end),
            Ended::Stopped => format!("{:?} in a change of the disk", life.end),
            Ended::Died(why)
                if disk.is_stopped() || failing.is_some_and(|change| disk.changes() >= change) =>
            {
                format!("{:?}: {why}", life.end)
            }
            Ended::Died(why) => unasked(world, &why),
            Ended::Found => "the history ends here".to_owned(),
        };
        let changes = disk.changes();
        world
            .note("world", format_args!("life {lives} ends: {how}; {changes} changes of the disk"));
        tally.life(life.end, seen.borrow().as_ref());
        verify_what_is_left(world, &seen).await;
        // From here on nothing of this life changes anything: it is torn down in whatever order.
        world.events.end_life();
        world.bucket.lose_senders();
        world.network.forget_listener();
        let next = life.next_disk(disk);
        *disk = next;
    }
}

/// A node that had no reason to ended by itself.
fn unasked(world: &World, why: &str) -> String {
    world.findings.add(format!("nothing but faults ends a node: {why}"));
    why.to_owned()
}

async fn until_end(
    world: &World,
    life: Life,
    disk: &PowerCutFiles,
    mut server: Pin<&mut impl Future<Output = Result<(), String>>>,
    mut work: Pin<Box<impl Future<Output = ()>>>,
) -> Ended {
    loop {
        let glance = if life.length > LONG { GLANCE_OF_DAYS } else { GLANCE };
        tokio::select! {
            biased;
            ended = &mut server => {
                return Ended::Died(ended.err().unwrap_or_else(|| "it returned".to_owned()));
            }
            () = &mut work => return Ended::Done,
            () = sleep(glance) => {}
        }
        if world.findings.first().is_some() {
            return Ended::Found;
        }
        if disk.is_stopped() {
            return Ended::Stopped;
        }
        let patience = life.silence.map(|(_, patience)| patience);
        if world.bucket.silent_for().zip(patience).is_some_and(|(time, most)| time > most) {
            return Ended::Silent;
        }
    }
}

async fn work(
    world: &World,
    cast: &mut [Box<dyn Actor>],
    dice: &mut Dice,
    seen: &RefCell<Option<Seen>>,
    life: Life,
    chapter: Chapter,
) {
    match chapter {
        Chapter::Storm => {
            let lives = cast.iter_mut().map(|actor| workload::live(actor.as_mut(), world));
            let storm = join(join_all(lives), befall(world, dice, life.length));
            // It goes on until the time is over.
            let _ = timeout(life.length, storm).await;
        }
        Chapter::Days => {
            let _ = timeout(life.length, days(world, cast, dice)).await;
        }
        Chapter::Heal => {
            heal(world, cast).await;
            read_all(world).await;
            rest(world).await;
            let came_late = world.bucket.came_late();
            look_at_what_is_left(world, seen, LeftOver::UntilAStart(&came_late)).await;
            read_all(world).await;
        }
        Chapter::LookAgain => {
            read_all(world).await;
            rest(world).await;
            look_at_what_is_left(world, seen, LeftOver::Nothing).await;
        }
    }
}

/// A burst of work every few hours, for ever.
async fn days(world: &World, cast: &mut [Box<dyn Actor>], dice: &mut Dice) {
    loop {
        // A group that nobody is left in, and whose offsets went with their topics, is forgotten.
        world.oracle.generations(|generations| *generations = Generations::default());
        let burst = Duration::from_millis(1_000 + dice.below(6_000));
        let lives = cast.iter_mut().map(|actor| workload::live(actor.as_mut(), world));
        let work = join(join_all(lives), befall(world, dice, burst));
        let _ = timeout(burst, work).await;
        world.bucket.set_weather(Weather::default());
        world.bucket.mend();
        sleep(Duration::from_secs(600 + dice.below(6 * 3_600))).await;
    }
}

async fn rest(world: &World) {
    let behind = world.wall.latest().0 - world.wall.now().0;
    sleep(QUIET + Duration::from_millis(behind.unsigned_abs())).await;
}

/// Everybody has an answer within the bound, and more of them after that.
async fn heal(world: &World, cast: &mut [Box<dyn Actor>]) {
    let settling = cast.iter_mut().map(|actor| workload::settle(actor.as_mut(), world, 30));
    let settled = timeout(HEALED_WITHIN, join_all(settling)).await;
    if settled.is_err() {
        let waiting = cast.iter().filter(|actor| !actor.is_settled());
        let waiting: Vec<_> = waiting.map(|actor| actor.name()).collect();
        let within = HEALED_WITHIN.as_secs();
        world.findings.add(format!("it heals within {within} s: {waiting:?} still wait"));
    }
}

/// All of every topic can be read.
async fn read_all(world: &World) {
    let mut client = Client::new(world.network.clone(), world.dice("last reader"));
    for place in world.oracle.partitions() {
        let read = async {
            while let Err(failure) = reader::read_all(&mut client, world, "last", place).await {
                world.failed("last", &failure);
                sleep(Duration::from_millis(200)).await;
            }
        };
        if timeout(HEALED_WITHIN, read).await.is_err() {
            world.findings.add(format!("all can be read: t{}/{} cannot", place.0, place.1));
        }
    }
}

/// However a life ends, what it leaves in the store can be verified.
async fn verify_what_is_left(world: &World, seen: &RefCell<Option<Seen>>) {
    let Some(image) = seen.borrow().as_ref().map(|seen| seen.metadata.image()) else { return };
    let looked = store_holds_what_is_referenced::verifies(&world.bucket.at_hand(), &image).await;
    world.findings.look("each life leaves a store that verifies", looked);
}

async fn look_at_what_is_left(
    world: &World,
    seen: &RefCell<Option<Seen>>,
    left_over: LeftOver<'_>,
) {
    let Some(image) = seen.borrow().as_ref().map(|seen| seen.metadata.image()) else {
        world.findings.add("a node that served its clients has started");
        return;
    };
    let looked = invariants::check(&image).map_err(|violation| violation.to_string());
    world.findings.look("metadata holds together", looked);
    let (store, unfinished) = (world.bucket.at_hand(), world.bucket.unfinished());
    let looked = store_holds_what_is_referenced::look(&store, &unfinished, &image, left_over).await;
    world.findings.look("the store holds what is referenced", looked);
}
