//! Those who use the server. Each has its own dice and its own connection, lives on over all lives
//! of the node, and remembers what it has sent and never heard of.

mod deleter;
mod group;
mod member;
mod producer;
pub(crate) mod reader;
mod topics;

use std::time::Duration;

use futures::future::LocalBoxFuture;
use penstock_wal::files::Dice;
use penstock_wire::WireString;
use penstock_wire::find_coordinator_request::FindCoordinatorRequest;
use tokio::time::sleep;

use crate::client::{Client, Failure, check};
use crate::oracle::Place;
use crate::world::World;
use deleter::Deleter;
use group::Group;
use member::Member;
use producer::Producer;
use reader::Reader;
use topics::Topics;

const FIND_COORDINATOR: i16 = 3;

/// One of them.
pub(crate) trait Actor {
    /// Its name in the event log.
    fn name(&self) -> &str;

    /// Does the next thing, or tries it once.
    fn step<'a>(&'a mut self, world: &'a World) -> LocalBoxFuture<'a, ()>;

    /// Whether nothing is left of which it waits for an answer.
    fn is_settled(&self) -> bool;

    /// Its dice.
    fn dice(&mut self) -> &mut Dice;
}

/// All of them.
pub(crate) fn cast(world: &World) -> Vec<Box<dyn Actor>> {
    let actor = |name: String| Base {
        dice: world.dice(&name),
        client: Client::new(world.network.clone(), world.dice(&format!("{name}'s network"))),
        name,
    };
    let named = |letter: char, number: u64| actor(format!("{letter}{number}"));
    vec![
        Box::new(Topics::new(actor("t".to_owned()))),
        Box::new(Producer::idempotent(named('p', 0))),
        Box::new(Producer::idempotent(named('p', 1))),
        Box::new(Producer::plain(named('p', 2))),
        Box::new(Reader::new(named('r', 0))),
        Box::new(Reader::new(named('r', 1))),
        Box::new(Deleter::new(named('d', 0))),
        Box::new(Deleter::new(named('d', 1))),
        Box::new(Group::new(named('g', 0))),
        Box::new(Group::new(named('g', 1))),
        Box::new(Member::new(named('m', 0))),
        Box::new(Member::new(named('m', 1))),
        Box::new(Member::new(named('m', 2))),
    ]
}

/// What all have.
struct Base {
    name: String,
    dice: Dice,
    client: Client,
}

impl Base {
    /// Any partition that is known to be there.
    fn pick(&mut self, world: &World) -> Option<Place> {
        let places = world.oracle.partitions();
        let place = self.dice.below(places.len().max(1) as u64);
        places.get(usize::try_from(place).expect("a place in a list")).copied()
    }
}

/// Goes on for ever.
pub(crate) async fn live(actor: &mut dyn Actor, world: &World) {
    loop {
        let pause = Duration::from_millis(20 + actor.dice().below(500));
        sleep(pause).await;
        actor.step(world).await;
    }
}

/// Ends whatever is open, and does so many things more.
pub(crate) async fn settle(actor: &mut dyn Actor, world: &World, more: u32) {
    let mut left = more;
    while left > 0 || !actor.is_settled() {
        let pause = Duration::from_millis(20 + actor.dice().below(200));
        sleep(pause).await;
        actor.step(world).await;
        left = left.saturating_sub(1);
    }
}

/// A group's coordinator comes to be by this.
async fn find_coordinator(client: &mut Client, group: &str) -> Result<(), Failure> {
    let key = WireString::copy_from(group);
    let request = FindCoordinatorRequest { key, ..FindCoordinatorRequest::default() };
    check(client.call(FIND_COORDINATOR, &request).await?.error_code)
}

/// A topic's name: none is used twice.
fn topic_name(number: u64) -> String {
    format!("topic-{number}")
}
