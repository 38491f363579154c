//! What a running node is asked to do.

use std::time::Duration;

use penstock_model::command::{Command, CreateTopic, DeleteTopic};
use penstock_model::id::{Offset, TopicId};
use penstock_s3stream::Clock;
use penstock_wal::files::Dice;

use crate::history::History;
use crate::node::{NODE, Node};
use crate::oracle::PAYLOAD_BYTES_MAX;
use crate::topic::{Partition, Topic};

const TOPICS_MAX: usize = 3;

impl History {
    /// One of them. `None` when the fault ended the life.
    pub(crate) async fn step(&mut self, node: &Node) -> Option<()> {
        if self.topics.is_empty() {
            return self.create_topic(node).await;
        }
        match self.dice.below(100) {
            0..45 => self.append(node).await,
            45..58 => self.read().await,
            58..66 => self.trim(node).await,
            66..74 => self.power.answer("a flush", node.storage.flush()).await,
            74..84 => {
                // A rest of the log, or long enough for an upload by age.
                let milliseconds = if self.dice.percent(20) { 35_000 } else { 20 };
                self.pass(Duration::from_millis(milliseconds)).await
            }
            84..90 => self.collect_garbage(node).await,
            90..97 if self.topics.len() < TOPICS_MAX => self.create_topic(node).await,
            97.. => self.delete_topic(node).await,
            _ => Some(()),
        }
    }

    fn pick(&mut self) -> (usize, usize) {
        let below = |dice: &mut Dice, end: usize| {
            usize::try_from(dice.below(end as u64)).expect("it is below a usize")
        };
        let topic = below(&mut self.dice, self.topics.len());
        (topic, below(&mut self.dice, self.topics[topic].partitions.len()))
    }

    /// Some batches, of which some are waited for.
    pub(crate) async fn append(&mut self, node: &Node) -> Option<()> {
        let mut waiting = Vec::new();
        for _ in 0..=self.dice.below(6) {
            let (topic, index) = self.pick();
            let room = node.storage.reserve(PAYLOAD_BYTES_MAX);
            let permit = self.power.answer("room for a batch", room).await?;
            let Partition { oracle, stream } = &mut self.topics[topic].partitions[index];
            let stream = stream.as_ref().expect("a running node has opened all");
            let batch = oracle.next(&mut self.dice);
            let end = batch.offsets.end;
            if let Err(error) = stream.append(batch, permit) {
                assert!(self.power.struck(), "an append: {error}");
                return None;
            }
            self.seen.appended += 1;
            waiting.push((topic, index, end, stream.durable(end)));
        }
        for (topic, index, end, durable) in waiting {
            if self.dice.percent(70) {
                self.power.answer("durability", durable).await?;
                self.topics[topic].partitions[index].oracle.shown(end);
            }
        }
        Some(())
    }

    async fn read(&mut self) -> Option<()> {
        let (topic, index) = self.pick();
        let partition = &mut self.topics[topic].partitions[index];
        let at = partition.stream().offsets();
        if at.start > Offset(0) && self.dice.percent(20) {
            let from = Offset(self.dice.below(at.start.0));
            return partition.read_trimmed(&self.power, from).await;
        }
        let from = Offset(at.start.0 + self.dice.below(at.durable.0 - at.start.0 + 1));
        partition.read(&self.power, from).await.map(drop)
    }

    async fn trim(&mut self, node: &Node) -> Option<()> {
        let (topic, index) = self.pick();
        let Partition { oracle, stream } = &mut self.topics[topic].partitions[index];
        let durable = stream.as_ref().expect("a running node has opened all").offsets().durable;
        let start = Offset(self.dice.below(durable.0 + 1));
        oracle.shown(durable);
        oracle.trimming(start);
        let starts = [(oracle.id, start)];
        let trim = async { node.storage.trim(&starts).await.remove(0) };
        self.power.answer("a trim", trim).await?;
        oracle.trimmed();
        self.seen.trims += 1;
        Some(())
    }

    pub(crate) async fn pass(&self, time: Duration) -> Option<()> {
        self.clock.pass(time);
        self.power.wait("time", tokio::time::sleep(time)).await
    }

    pub(crate) async fn collect_garbage(&mut self, node: &Node) -> Option<()> {
        self.clock.pass(Duration::from_secs(self.dice.below(120)));
        let collected = node.storage.collect_garbage(self.clock.now());
        self.power.wait("collecting garbage", collected).await
    }

    pub(crate) async fn create_topic(&mut self, node: &Node) -> Option<()> {
        let number = self.dice.throw();
        let id = TopicId(u128::from(number).to_be_bytes());
        self.topics.push(Topic { id, surely: false, partitions: Vec::new() });
        let partitions = 1 + usize::try_from(self.dice.below(3)).expect("a small number");
        let create = Command::CreateTopic(CreateTopic {
            id,
            name: format!("topic-{number}").into(),
            replication_factor: 1,
            leaders: vec![NODE; partitions],
            configs: Vec::new(),
        });
        let outcome = self.power.answer("a creation", node.metadata.submit(create)).await?;
        outcome.result.expect("nothing speaks against a new topic");
        let topic = self.topics.last_mut().expect("it was pushed");
        topic.surely = true;
        let image = node.metadata.image();
        let streams = &image.topic(id).expect("the image includes what was answered").streams;
        topic.partitions = streams.iter().copied().map(Partition::new).collect();
        for partition in &mut topic.partitions {
            partition.open(&self.power, node).await?;
        }
        Some(())
    }

    async fn delete_topic(&mut self, node: &Node) -> Option<()> {
        let (index, _) = self.pick();
        let topic = &mut self.topics[index];
        topic.surely = false;
        let delete = Command::DeleteTopic(DeleteTopic { id: topic.id, now: self.clock.now() });
        let outcome = self.power.answer("a deletion", node.metadata.submit(delete)).await?;
        outcome.result.expect("the topic is there");
        let topic = self.topics.remove(index);
        topic.partitions.iter().for_each(|partition| node.storage.close(partition.oracle.id));
        self.gone.insert(topic.id);
        self.seen.deleted_topics += 1;
        Some(())
    }
}
