//! A whole node in this process: start, what it refuses, stop, and start again on what is left.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use penstock_broker::config::{Given, NodeConfig};
use penstock_broker::inspect::InspectError;
use penstock_broker::node::{Node, NodeFailure, Parts, StartError};
use penstock_broker::shutdown::{self, ShutdownTrigger};
use penstock_broker::{cluster_id, inspect};
use penstock_model::id::ClusterId;
use penstock_wal::files::OsFiles;
use penstock_wire::api_versions_request::ApiVersionsRequest;
use penstock_wire::api_versions_response::ApiVersionsResponse;
use penstock_wire::{Message, Reader, WireString, encode_request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

async fn start(dir: &Path, more: &[&str]) -> Result<Node, StartError> {
    let mut set = vec![
        format!("data.dir={}", dir.display()),
        "listeners=PLAINTEXT://127.0.0.1:0".to_owned(),
        "admin.listener=127.0.0.1:0".to_owned(),
    ];
    set.extend(more.iter().map(|pair| (*pair).to_owned()));
    let given = Given::load(None, [], &set).unwrap();
    let config = NodeConfig::new(&given).unwrap();
    Box::pin(Node::start(Parts::of_system(given, config, Arc::new(OsFiles)))).await
}

struct Running {
    address: String,
    ready: String,
    trigger: ShutdownTrigger,
    task: JoinHandle<Result<(), NodeFailure>>,
}

impl Running {
    async fn start(dir: &Path) -> Self {
        Self::start_with(dir, &[]).await
    }

    async fn start_with(dir: &Path, more: &[&str]) -> Self {
        let node = start(dir, more).await.unwrap();
        let (_, address) = &node.kafka_addresses()[0];
        let address = address.strip_prefix("PLAINTEXT://").unwrap().to_owned();
        let ready = node.ready_line();
        let (trigger, shutdown) = shutdown::channel();
        let task = tokio::spawn(Box::pin(node.run(shutdown)));
        Self { address, ready, trigger, task }
    }

    /// As `cluster.id` takes it.
    fn cluster(&self) -> String {
        self.ready.rsplit(' ').next().unwrap().to_owned()
    }

    async fn stop(self) {
        self.trigger.request();
        self.task.await.unwrap().unwrap();
    }
}

async fn api_versions(address: &str) -> ApiVersionsResponse {
    let request = ApiVersionsRequest {
        client_software_name: WireString::from("test"),
        client_software_version: WireString::from("1"),
    };
    let frame = encode_request(4, 5, None, &request).unwrap().concat();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&frame).await.unwrap();
    let length = usize::try_from(stream.read_i32().await.unwrap()).unwrap();
    let mut answer = vec![0; length];
    stream.read_exact(&mut answer).await.unwrap();
    let mut reader = Reader::new(Bytes::from(answer).slice(4..));
    ApiVersionsResponse::decode(&mut reader, 4).unwrap()
}

async fn metadata_of(place: &str) -> Result<String, InspectError> {
    let mut shown = Vec::new();
    inspect::metadata(place, &mut shown).await?;
    Ok(String::from_utf8(shown).unwrap())
}

async fn inspected(place: &Path) -> String {
    let mut shown = Vec::new();
    inspect::wal(&place.display().to_string(), false, &mut shown).await.unwrap();
    String::from_utf8(shown).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_of_another_cluster_is_refused_by_name_and_kept() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut cluster_of = Vec::new();
    for dir in [dir.path(), other.path()] {
        let running = Running::start(dir).await;
        cluster_of.push(running.cluster());
        running.stop().await;
    }
    let log = other.path().join("wal");
    let before = inspected(&log).await;
    assert!(before.contains(&format!("cluster {}", cluster_of[1])), "{before}");
    let given = format!("wal.url=file://{}", log.display());
    let refused = start(dir.path(), &[&given]).await.err().unwrap().to_string();
    let expect = format!(
        "belongs to node 1 of cluster {}, and this is node 1 of cluster {}",
        cluster_of[1], cluster_of[0]
    );
    assert!(refused.contains(&expect), "{refused}");
    assert_eq!(inspected(&log).await, before);
    Running::start(other.path()).await.stop().await;
}

/// Another node would take it for a log of its own, trimmed elsewhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_of_another_node_is_refused_by_name_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    Running::start(dir.path()).await.stop().await;
    let log = dir.path().join("wal");
    let before = inspected(&log).await;
    let refused = start(dir.path(), &["node.id=2"]).await.err().unwrap();
    let StartError::OthersLog { found, expected, .. } = &refused else { panic!("{refused}") };
    assert_eq!((found.node.0, expected.node.0), (1, 2));
    assert_eq!(found.cluster, expected.cluster);
    assert_eq!(inspected(&log).await, before);
    Running::start(dir.path()).await.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_without_its_metadata_is_no_new_cluster() {
    let dir = tempfile::tempdir().unwrap();
    Running::start(dir.path()).await.stop().await;
    let (log, quorum) = (dir.path().join("wal"), dir.path().join("quorum"));
    let (before, aside) = (inspected(&log).await, dir.path().join("aside"));
    std::fs::rename(&quorum, &aside).unwrap();
    for _ in 0..2 {
        let refused = start(dir.path(), &[]).await.err().unwrap();
        assert!(matches!(refused, StartError::MetadataGone { .. }), "{refused}");
    }
    assert_eq!(inspected(&log).await, before);
    std::fs::remove_dir_all(&quorum).unwrap();
    std::fs::rename(&aside, &quorum).unwrap();
    Running::start(dir.path()).await.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn starts_serves_stops_and_starts_again_as_the_same_cluster() {
    let dir = tempfile::tempdir().unwrap();
    let first = Running::start(dir.path()).await;
    assert_eq!(api_versions(&first.address).await.error_code, 0);
    let cluster = first.ready.rsplit(' ').next().unwrap().to_owned();

    let locked = start(dir.path(), &[]).await.err().unwrap();
    assert!(matches!(locked, StartError::Locked(_)), "{locked}");
    let taken = format!("listeners=PLAINTEXT://{}", first.address);
    let other = tempfile::tempdir().unwrap();
    let bind = start(other.path(), &[&taken]).await.err().unwrap();
    assert!(bind.to_string().contains("(listeners)"), "{bind}");
    first.stop().await;

    let id = cluster_id::format(ClusterId([7; 16]));
    let foreign = start(dir.path(), &[&format!("cluster.id={id}")]).await.err().unwrap();
    assert!(foreign.to_string().contains(&format!("belongs to cluster {cluster}")), "{foreign}");

    let second = Running::start(dir.path()).await;
    assert!(second.ready.ends_with(&cluster), "{}", second.ready);
    assert_eq!(api_versions(&second.address).await.error_code, 0);
    second.stop().await;

    let place = dir.path().display().to_string();
    let shown = metadata_of(&place).await.unwrap();
    assert!(shown.contains(&format!("cluster {cluster}")), "{shown}");
    assert!(shown.contains("broker 1: epoch 2, active, PLAINTEXT://127.0.0.1:"), "{shown}");
    let shown = inspected(&dir.path().join("quorum/log")).await;
    assert!(shown.contains(": controller "), "{shown}");
    assert!(shown.contains("all checksums hold, durable to position"), "{shown}");
    assert!(metadata_of("/nowhere").await.is_err());
    assert!(inspect::wal("/nowhere", false, &mut Vec::new()).await.is_err());
    assert!(inspect::object("/nowhere", &mut Vec::new()).await.is_err());
}

/// As when the disk of the log is not mounted: records that were acknowledged may be on it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_is_gone_is_not_begun_again() {
    let dir = tempfile::tempdir().unwrap();
    Running::start(dir.path()).await.stop().await;
    let (log, aside) = (dir.path().join("wal"), dir.path().join("aside"));
    std::fs::rename(&log, &aside).unwrap();
    let refused = start(dir.path(), &[]).await.err().unwrap().to_string();
    assert!(refused.contains("holds no log, and one was begun"), "{refused}");
    std::fs::remove_dir_all(&log).unwrap();
    std::fs::rename(&aside, &log).unwrap();
    Running::start(dir.path()).await.stop().await;
}

/// With the log in the object store, the node's own folder holds nothing that it needs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_data_folder_that_was_removed_is_not_missed() {
    let (dir, store) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let data = dir.path().join("data");
    let url = format!("storage.url=file://{}", store.path().display());
    let object = ["wal.url=object", &url];
    let running = Running::start_with(&data, &object).await;
    let cluster = running.cluster();
    running.stop().await;
    std::fs::remove_dir_all(&data).unwrap();
    let running = Running::start_with(&data, &object).await;
    assert_eq!(running.cluster(), cluster);
    running.stop().await;

    // Another cluster beside it: from now on it must be said which one is meant.
    let other = cluster_id::format(ClusterId([7; 16]));
    for id in [&other, &cluster] {
        std::fs::remove_dir_all(&data).unwrap();
        let given = format!("cluster.id={id}");
        let running = Running::start_with(&data, &[object[0], object[1], &given]).await;
        assert_eq!(running.cluster(), **id);
        running.stop().await;
    }
    let refused = start(&data, &object).await.err().unwrap().to_string();
    assert!(refused.contains(&other) && refused.contains(&cluster), "{refused}");
    assert!(refused.contains("set cluster.id"), "{refused}");
}

/// An empty disk does not tell whether the cluster in the store is this node's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metadata_in_the_store_is_not_left_behind() {
    let (dir, store) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let [data, disk] = ["data", "disk"].map(|name| dir.path().join(name));
    let url = format!("storage.url=file://{}", store.path().display());
    let object = ["wal.url=object", &url];
    let running = Running::start_with(&data, &object).await;
    let cluster = running.cluster();
    running.stop().await;

    let its = format!("cluster.id={cluster}");
    for given in [&[object[1]][..], &[object[1], &its]] {
        let refused = start(&disk, given).await.err().unwrap().to_string();
        assert!(refused.contains(&format!("cluster {cluster}")), "{refused}");
        assert!(refused.contains("set wal.url=object to go on"), "{refused}");
    }
    // One of its own goes beside it, and finds its disk from then on.
    let other = cluster_id::format(ClusterId([7; 16]));
    let given = format!("cluster.id={other}");
    for given in [&[object[1], &given][..], &[object[1]]] {
        let running = Running::start_with(&disk, given).await;
        assert_eq!(running.cluster(), other);
        running.stop().await;
    }
    let running = Running::start_with(&data, &object).await;
    assert_eq!(running.cluster(), cluster);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metadata_in_a_store_is_shown_and_left_alone() {
    let (dir, store) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let place = format!("file://{}", store.path().display());
    let nothing = metadata_of(&place).await.unwrap_err().to_string();
    assert!(nothing.contains("name a node's data.dir, or the store"), "{nothing}");

    let url = format!("storage.url={place}");
    let object = ["wal.url=object", &url, "node.id=3"];
    let running = Running::start_with(dir.path(), &object).await;
    let cluster = running.cluster();
    let check = async |place: &str, epoch: u32| {
        let shown = metadata_of(place).await.unwrap();
        assert!(shown.contains(&format!("cluster {cluster}")), "{shown}");
        let broker = format!("broker 3: epoch {epoch}, active, PLAINTEXT://127.0.0.1:");
        assert!(shown.contains(&broker), "{shown}");
    };
    // Beside the node that serves, as often as one likes.
    check(&place, 1).await;
    check(&place, 1).await;
    running.stop().await;
    let running = Running::start_with(dir.path(), &object).await;
    check(&place, 2).await;
    running.stop().await;

    let other = cluster_id::format(ClusterId([7; 16]));
    let given = format!("cluster.id={other}");
    Running::start_with(dir.path(), &[object[0], object[1], &given]).await.stop().await;
    let several = metadata_of(&place).await.unwrap_err().to_string();
    assert!(several.contains(&format!("{place}/meta/07070707")), "{several}");
    let named = format!("{place}/meta/{}", ClusterId([7; 16]));
    let shown = metadata_of(&named).await.unwrap();
    assert!(shown.contains(&format!("cluster {other}")), "{shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metadata_in_a_folder_is_not_left_behind() {
    let dir = tempfile::tempdir().unwrap();
    Running::start(dir.path()).await.stop().await;
    let refused = start(dir.path(), &["wal.url=object"]).await.err().unwrap().to_string();
    assert!(refused.contains("set wal.url back"), "{refused}");
    Running::start(dir.path()).await.stop().await;
}
