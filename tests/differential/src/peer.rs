//! The two servers, each a process of its own with the same settings.

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, ensure};
use tempfile::TempDir;

use crate::connection::Connection;

/// What both are set to: small, so that edges are near and nothing takes long, and without anything
/// that happens by itself while a sequence runs.
const SETTINGS: [&str; 15] = [
    "auto.create.topics.enable=true",
    "num.partitions=2",
    "default.replication.factor=1",
    "min.insync.replicas=1",
    "offsets.topic.num.partitions=2",
    "offsets.topic.replication.factor=1",
    "group.initial.rebalance.delay.ms=0",
    "group.max.size=4",
    "offset.metadata.max.bytes=64",
    "message.max.bytes=100000",
    "log.retention.ms=-1",
    "log.retention.check.interval.ms=86400000",
    // What it is anyway: a key that has another of a larger unit beside it.
    "log.roll.ms=604800000",
    "log.segment.delete.delay.ms=1000",
    "socket.request.max.bytes=1000000",
];

/// Nothing happens to Kafka's logs by itself.
pub(crate) const NO_CLEANER: &[&str] = &["log.cleaner.enable=false"];

/// What answers say of the cluster is the same in both.
const CLUSTER_ID: &str = "MkU3OEVBNTcwNTJENDM2Qg";

/// A server that answers; ended when dropped, and its folder removed.
#[derive(Debug)]
pub(crate) struct Peer {
    /// What reports call it.
    pub(crate) name: &'static str,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Whether it answers before its own broker has seen what was changed.
    pub(crate) lags: bool,
    process: Child,
    folder: TempDir,
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Peer {
    /// Waits until it answers.
    fn ready(self) -> anyhow::Result<Self> {
        let said = || format!("{} is not ready: {}", self.name, self.said());
        Connection::within_a_minute(self.address).with_context(said)?;
        Ok(self)
    }

    /// The last lines that it said.
    pub(crate) fn said(&self) -> String {
        last_lines(&log_in(&self.folder))
    }
}

/// Starts Penstock, with some settings more.
///
/// # Errors
/// When it does not become ready; with what it said.
pub(crate) fn penstock(program: &Path, settings: &[&str]) -> anyhow::Result<Peer> {
    let folder = tempfile::tempdir()?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
    let mut command = Command::new(program);
    command.arg("server").env("PENSTOCK_LOG", "warn");
    let own = [
        format!("data.dir={}", folder.path().join("data").display()),
        format!("cluster.id={CLUSTER_ID}"),
        format!("listeners=PLAINTEXT://{address}"),
        "admin.listener=127.0.0.1:0".to_owned(),
        "internal.listener=127.0.0.1:0".to_owned(),
    ];
    let settings = SETTINGS.iter().chain(settings).map(|setting| (*setting).to_owned());
    for setting in own.into_iter().chain(settings) {
        command.args(["--set", &setting]);
    }
    let started = into_log(&mut command, &folder)?.spawn();
    let process = started.with_context(|| format!("cannot start {}", program.display()))?;
    Peer { name: "penstock", address, lags: false, process, folder }.ready()
}

/// Starts Apache Kafka from the jars that the file `classpath` names, with some settings more.
///
/// # Errors
/// When it does not become ready; with what it said.
pub(crate) fn kafka(classpath: &Path, settings: &[&str]) -> anyhow::Result<Peer> {
    let missing = || format!("missing: {} (.ci/install makes it)", classpath.display());
    let classpath = fs::read_to_string(classpath).with_context(missing)?;
    let folder = tempfile::tempdir()?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
    let controller = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
    let own = [
        "process.roles=broker,controller".to_owned(),
        "node.id=1".to_owned(),
        format!("controller.quorum.voters=1@{controller}"),
        format!("listeners=PLAINTEXT://{address},CONTROLLER://{controller}"),
        "controller.listener.names=CONTROLLER".to_owned(),
        format!("log.dirs={}", folder.path().join("data").display()),
        "transaction.state.log.num.partitions=2".to_owned(),
        "transaction.state.log.replication.factor=1".to_owned(),
        "transaction.state.log.min.isr=1".to_owned(),
        // Every change would wait as long for others to come with it.
        "controller.quorum.append.linger.ms=0".to_owned(),
        "group.coordinator.append.linger.ms=0".to_owned(),
        // On a busy machine its controller would take its broker for lost.
        "broker.session.timeout.ms=3600000".to_owned(),
    ];
    let properties = folder.path().join("server.properties");
    let settings = SETTINGS.iter().chain(settings).map(|setting| (*setting).to_owned());
    let lines: Vec<_> = own.into_iter().chain(settings).collect();
    fs::write(&properties, lines.join("\n"))?;
    let java = |class: &str, arguments: &[&str]| -> io::Result<Command> {
        let mut command = Command::new("java");
        command.args([
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classpath.trim(),
            class,
        ]);
        command.args(arguments).arg(&properties);
        into_log(&mut command, &folder)?;
        Ok(command)
    };
    let cluster = ["format", "--cluster-id", CLUSTER_ID, "--config"];
    let formatted = java("kafka.tools.StorageTool", &cluster)?.status();
    let formatted = formatted.context("missing: java (.ci/install installs it)")?;
    ensure!(formatted.success(), "no folder for Kafka: {}", last_lines(&log_in(&folder)));
    let process = java("kafka.Kafka", &[])?.spawn()?;
    Peer { name: "kafka", address, lags: true, process, folder }.ready()
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn log_in(folder: &TempDir) -> PathBuf {
    folder.path().join("log")
}

fn into_log<'a>(command: &'a mut Command, folder: &TempDir) -> io::Result<&'a mut Command> {
    let said = File::options().create(true).append(true).open(log_in(folder))?;
    Ok(command.stdin(Stdio::null()).stdout(said.try_clone()?).stderr(said))
}

fn last_lines(log: &Path) -> String {
    let said = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = said.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}
