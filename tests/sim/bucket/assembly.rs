//! Objects that the bucket makes of parts of others. Each step is a request, in the same weather as any;
//! a completion is a put, which may come late. What is unfinished stays, whoever dies.

use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use object_store::path::Path;
use object_store::{PutMode, Result};
use penstock_s3stream::store::assemble::{Part, Steps, Unfinished};

use super::requests::Remote;
use super::shelves::{Content, Put, is_data};

#[async_trait]
impl Steps for Remote {
    /// So that what is small is assembled too.
    fn piece_bytes_min(&self) -> u64 {
        1
    }

    async fn begin(&self, key: &Path) -> Result<Unfinished> {
        let number = self.0.note_request(&format!("begin {key}"));
        let assembly = Unfinished { key: key.clone(), id: number.to_string() };
        let begun = assembly.clone();
        let begin = self.0.ask(number, (key, false), 0, |inner| {
            inner.shelves.begin(begun);
            Ok(())
        });
        begin.await.map(|()| assembly)
    }

    async fn copy(
        &self,
        assembly: &Unfinished,
        number: usize,
        source: &Path,
        bytes: Range<u64>,
    ) -> Result<Part> {
        let Unfinished { key, id } = assembly;
        let Range { start, end } = bytes;
        let what = format!("copy {key} of {id} part {number}: {start}..{end} of {source}");
        let request = self.0.note_request(&what);
        let copy = self.0.ask(request, (key, false), 0, |inner| {
            let piece = inner.shelves.sound(source, bytes)?;
            inner.shelves.keep(assembly, number, piece)
        });
        copy.await
    }

    async fn send(&self, assembly: &Unfinished, number: usize, bytes: Bytes) -> Result<Part> {
        let Unfinished { key, id } = assembly;
        let (length, checksum) = (bytes.len(), crc32c::crc32c(&bytes));
        let what = format!("send {key} of {id} part {number}: {length} bytes {checksum:08x}");
        let request = self.0.note_request(&what);
        let keep = self.0.ask(request, (key, false), length, |inner| {
            inner.shelves.keep(assembly, number, bytes)
        });
        keep.await
    }

    async fn complete(&self, assembly: &Unfinished, parts: &[Part]) -> Result<()> {
        let Unfinished { key, id } = assembly;
        let number = self.0.note_request(&format!("complete {key} of {id}: {} parts", parts.len()));
        let content = Content::Assembly { id: id.clone(), parts: parts.len() };
        let put = Put { key: key.clone(), content, mode: PutMode::Create };
        let sent = self.0.send(number, put);
        let answer = self.0.ask(number, (key, true), 0, |inner| {
            inner.counts.put += u64::from(is_data(key));
            inner.arrive(number)
        });
        let answer = answer.await;
        // One that was refused never arrives.
        self.0.inner().shelves.forget(number);
        drop(sent);
        answer.map(drop)
    }

    async fn abandon(&self, assembly: &Unfinished) -> Result<()> {
        let Unfinished { key, id } = assembly;
        let number = self.0.note_request(&format!("abandon {key} of {id}"));
        let abandon = self.0.ask(number, (key, false), 0, |inner| {
            inner.shelves.abandon(assembly);
            Ok(())
        });
        abandon.await
    }

    async fn unfinished(&self, folder: &Path) -> Result<Vec<Unfinished>> {
        let number = self.0.note_request(&format!("unfinished {folder}"));
        let more = self.0.inner().weather.slowness_of_lists - 1;
        let way = self.0.inner().way(0);
        tokio::time::sleep(way * more).await;
        let list = self.0.ask(number, (folder, false), 0, |inner| {
            let below = inner.shelves.unfinished();
            Ok(below.filter(|assembly| assembly.is_below(folder)).cloned().collect())
        });
        list.await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use object_store::ObjectStoreExt;
    use penstock_s3stream::store::assemble::{Assemble, Piece};
    use penstock_s3stream::store::metered::MeteredStore;
    use penstock_s3stream::store::open::Stores;
    use penstock_s3stream::store::url::StoreUrl;

    use super::super::{Bucket, Weather};
    use crate::events::Events;
    use crate::findings::Findings;

    use super::*;

    async fn attempt(store: &MeteredStore, assembler: &Arc<dyn Assemble>, at: u64) {
        let key = |name: &str| Path::from(format!("data/{name}{at}"));
        for source in ["a", "b"] {
            while store.put(&key(source), source.repeat(10).into()).await.is_err() {}
        }
        let copied = |name: &str| Piece::Copied { key: key(name), bytes: 2..7 };
        let pieces = [copied("a"), copied("b"), Piece::Sent("tail".into())];
        // Taken: an answer was lost.
        while let Err(error) = assembler.assemble(&key("made"), &pieces).await {
            if matches!(error, object_store::Error::AlreadyExists { .. }) {
                break;
            }
        }
    }

    /// Assembles in bad weather, and says what came of it.
    async fn run(seed: u64) -> String {
        let events = Events::new(false);
        events.begin_life();
        let bucket = Bucket::new(seed, events.clone(), Findings::new(events.clone()));
        let store = bucket.open(&StoreUrl::Memory).unwrap();
        let assembler = store.assembler().unwrap();
        assert_eq!(assembler.piece_bytes_min(), 1);
        let bad = Weather { refused: 10, lost_answers: 10, slowness: 2, ..Weather::default() };
        bucket.set_weather(bad);
        for at in 0..20 {
            attempt(&store, &assembler, at).await;
        }
        bucket.lose_senders();
        bucket.set_weather(Weather::default());
        let at_hand = bucket.at_hand();
        for at in 0..20 {
            let made = at_hand.get(&Path::from(format!("data/made{at}"))).await.unwrap();
            assert_eq!(made.bytes().await.unwrap(), "aaaaabbbbbtail");
        }
        let left = bucket.unfinished();
        assert!(!left.is_empty(), "an answer to a begin was lost");
        assert_eq!(assembler.unfinished(&Path::from("data")).await.unwrap(), left);
        for assembly in &left {
            assembler.abandon(assembly).await.unwrap();
        }
        assert_eq!(bucket.unfinished(), []);
        events.text()
    }

    #[tokio::test(start_paused = true)]
    async fn assemblies_outlive_bad_weather_and_a_seed_gives_the_same_lines() {
        let lines = run(7).await;
        assert_eq!(lines, run(7).await);
        assert_ne!(lines, run(8).await);
    }
}
