//! Three controllers in one process, on logs in memory and under a clock that the test advances.

use std::time::Duration;

use penstock_model::command::Outcome;
use penstock_wal::{MemoryMedium, WalSettings};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use super::*;
use crate::{Loopback, QuorumNode};

/// No step takes longer, on the clock that the tests run by.
const PATIENCE: Duration = Duration::from_secs(60);

struct Cluster {
    loopback: Loopback,
    disks: BTreeMap<u64, (TempDir, MemoryMedium)>,
    nodes: BTreeMap<u64, QuorumNode>,
    settings: QuorumSettings,
}

impl Cluster {
    fn new(settings: QuorumSettings) -> Self {
        let disk = |id| (id, (tempfile::tempdir().unwrap(), MemoryMedium::default()));
        let disks = (1..=3).map(disk).collect();
        Self { loopback: Loopback::default(), disks, nodes: BTreeMap::new(), settings }
    }

    async fn start(&mut self, id: u64) {
        let (dir, medium) = &self.disks[&id];
        let folder = Folder::of(Arc::new(OsFiles), dir.path().to_owned(), RaftId(id));
        let head = folder.head().load().unwrap().unwrap_or_default();
        let recovery = medium.recover(head, &WalSettings::default()).unwrap();
        let parts = Parts {
            id: RaftId(id),
            voters: voters(&[1, 2, 3]),
            network: self.loopback.seen_by(RaftId(id)),
            settings: self.settings.clone(),
        };
        let found = folder.with_journal(Box::new(recovery));
        let node = QuorumNode::start_on(found, parts).await.unwrap();
        self.loopback.attach(node.answerer());
        self.nodes.insert(id, node);
    }

    async fn start_all(&mut self) {
        for id in 1..=3 {
            self.start(id).await;
        }
    }

    /// Without any of what an orderly stop does.
    async fn kill(&mut self, id: u64) {
        self.loopback.detach(RaftId(id));
        let node = self.nodes.remove(&id).unwrap();
        node.raft().shutdown().await.unwrap();
    }

    async fn leader(&self, among: &[u64]) -> u64 {
        let led = |id: &u64| {
            let raft = self.nodes[id].raft();
            raft.is_leader()
        };
        let wait = async {
            loop {
                if let Some(id) = among.iter().find(|id| led(id)) {
                    return *id;
                }
                sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(PATIENCE, wait).await.expect("a leader is elected")
    }

    /// As every user of the client does: again, with back-off, until it is decided.
    async fn submit(&self, at: u64, command: Command) -> Outcome {
        let client = self.nodes[&at].client();
        let decided = async {
            loop {
                match client.submit(command.clone()).await {
                    Ok(outcome) => return outcome,
                    Err(_) => sleep(Duration::from_millis(100)).await,
                }
            }
        };
        let outcome = timeout(PATIENCE, decided).await.expect("a quorum decides");
        assert!(client.image().index() >= outcome.index, "guarantee 2");
        outcome
    }

    /// Every running controller shows the setting.
    async fn all_show(&self, key: &str, value: &str) {
        for (id, node) in &self.nodes {
            let mut images = node.client().watch();
            let shown = images.wait_for(|image| get(image, key).as_deref() == Some(value));
            let shown = timeout(PATIENCE, shown).await;
            assert!(shown.is_ok(), "controller {id} does not show {key}={value}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_quorum_outlives_its_leader_and_a_restart() {
    let mut cluster = Cluster::new(QuorumSettings::default());
    cluster.start_all().await;
    cluster.submit(1, format()).await;
    for id in 1..=3 {
        // Two of the three are forwarded.
        cluster.submit(id, set(&format!("from{id}"), "yes")).await;
        cluster.all_show(&format!("from{id}"), "yes").await;
    }

    let first = cluster.leader(&[1, 2, 3]).await;
    cluster.kill(first).await;
    let rest: Vec<_> = cluster.nodes.keys().copied().collect();
    cluster.submit(rest[0], set("after", "failover")).await;
    assert_ne!(cluster.leader(&rest).await, first);
    cluster.all_show("after", "failover").await;

    cluster.start(first).await;
    cluster.submit(first, set("back", first.to_string().as_str())).await;
    cluster.all_show("back", &first.to_string()).await;

    for id in 1..=3 {
        cluster.kill(id).await;
    }
    cluster.start_all().await;
    for node in cluster.nodes.values() {
        timeout(PATIENCE, node.recovered()).await.unwrap().unwrap();
        let image = node.client().image();
        assert_eq!(get(&image, "after").as_deref(), Some("failover"));
        assert_eq!(get(&image, "back"), Some(first.to_string()));
    }
    cluster.submit(2, set("again", "yes")).await;
    cluster.all_show("again", "yes").await;
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_is_cut_off_gives_way() {
    let settings =
        QuorumSettings { submit_timeout: Duration::from_secs(3), ..QuorumSettings::default() };
    let mut cluster = Cluster::new(settings);
    cluster.start_all().await;
    cluster.submit(1, set("key", "before")).await;
    let old = cluster.leader(&[1, 2, 3]).await;
    cluster.loopback.detach(RaftId(old));
    let lost = cluster.nodes[&old].client().submit(set("key", "lost")).await;
    assert!(lost.is_err(), "{lost:?}");
    assert_eq!(get(&cluster.nodes[&old].client().image(), "key").as_deref(), Some("before"));

    let rest: Vec<_> = (1..=3).filter(|id| *id != old).collect();
    cluster.submit(rest[0], set("key", "after")).await;
    cluster.loopback.attach(cluster.nodes[&old].answerer());
    cluster.all_show("key", "after").await;
    cluster.submit(old, set("key", "reunited")).await;
    cluster.all_show("key", "reunited").await;
}

#[tokio::test(start_paused = true)]
async fn a_voter_that_comes_late_gets_a_snapshot() {
    let settings = QuorumSettings { snapshot_entries: 20, ..QuorumSettings::default() };
    let mut cluster = Cluster::new(settings);
    cluster.start(1).await;
    cluster.start(2).await;
    for number in 0..100 {
        cluster.submit(1, set("number", &number.to_string())).await;
    }
    for id in [1, 2] {
        let purged = cluster.nodes[&id].raft().wait(Some(PATIENCE));
        purged.metrics(|now| now.purged.is_some_and(|id| id.index > 20), "purge").await.unwrap();
    }
    cluster.start(3).await;
    cluster.all_show("number", "99").await;
    let installed = cluster.nodes[&3].raft().wait(Some(PATIENCE));
    installed
        .metrics(|now| now.snapshot.is_some_and(|id| id.index > 20), "snapshot")
        .await
        .unwrap();
    // It counts: with one of the others gone, there is still a quorum.
    cluster.kill(1).await;
    cluster.submit(3, set("number", "100")).await;
    cluster.kill(3).await;
    cluster.start(3).await;
    cluster.all_show("number", "100").await;
}
