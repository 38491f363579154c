//! The server as a process of its own: started, killed, stopped.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};

use crate::client::Client;

/// How long a start or a stop may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(60);

/// How to start it.
#[derive(Clone, Debug)]
pub struct Setup {
    program: PathBuf,
    data: PathBuf,
    settings: Vec<String>,
    environment: Vec<(&'static str, &'static str)>,
}

impl Setup {
    /// The program at `program` with everything it keeps in `data`; ports are the system's choice.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>, data: &Path) -> Self {
        let settings = [
            "listeners=PLAINTEXT://127.0.0.1:0".to_owned(),
            "admin.listener=127.0.0.1:0".to_owned(),
            "internal.listener=127.0.0.1:0".to_owned(),
            "group.initial.rebalance.delay.ms=0".to_owned(),
            format!("data.dir={}", data.display()),
        ];
        Self {
            program: program.into(),
            data: data.to_owned(),
            settings: settings.into(),
            environment: Vec::new(),
        }
    }

    /// The same with one more setting, `KEY=VALUE`.
    #[must_use]
    pub fn with(mut self, setting: &str) -> Self {
        self.settings.push(setting.to_owned());
        self
    }

    /// The same with a variable of its environment.
    #[must_use]
    pub fn with_variable(mut self, name: &'static str, value: &'static str) -> Self {
        self.environment.push((name, value));
        self
    }

    /// Where it keeps everything.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Verifies what it has stored, byte for byte, while it is stopped.
    ///
    /// # Errors
    /// When something does not hold, or is there too many; with what was found.
    pub fn verify(&self) -> anyhow::Result<()> {
        self.verify_with(&[])
    }

    /// The same, and deletes what is there too many.
    ///
    /// # Errors
    /// When something else does not hold, or cannot be deleted.
    pub fn verify_and_delete_orphans(&self) -> anyhow::Result<()> {
        self.verify_with(&["--delete-orphans"])
    }

    fn verify_with(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let verified = self.command("verify").args(arguments).stdin(Stdio::null()).output()?;
        let said = String::from_utf8_lossy(&verified.stdout);
        let errors = String::from_utf8_lossy(&verified.stderr);
        ensure!(verified.status.success(), "what is stored does not hold: {said}{errors}");
        Ok(())
    }

    fn command(&self, what: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(what);
        for setting in &self.settings {
            command.args(["--set", setting]);
        }
        command.env("PENSTOCK_LOG", "warn").envs(self.environment.iter().copied());
        command
    }

    /// Starts it, and waits until it is ready.
    ///
    /// # Errors
    /// When it ends before, with what it said; or takes too long.
    pub fn start(&self) -> anyhow::Result<Server> {
        let mut child = self
            .command("server")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", self.program.display()))?;
        let stdout = child.stdout.take().context("stdout is piped")?;
        let mut stderr = child.stderr.take().context("stderr is piped")?;
        let errors = std::thread::spawn(move || {
            let mut said = String::new();
            // Bytes that are no text are no message either.
            let _ = stderr.read_to_string(&mut said);
            said
        });
        let (sender, ready) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut server = Server { child, kafka: unset(), admin: unset(), errors: Some(errors) };
        let Ok(line) = ready.recv_timeout(PATIENCE) else {
            let status = server.kill();
            bail!("the server is not ready ({status:?}): {}", server.errors());
        };
        server.kafka = address_behind(&line, "PLAINTEXT://")?;
        server.admin = address_behind(&line, "http://")?;
        Ok(server)
    }
}

fn unset() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

fn address_behind(line: &str, prefix: &str) -> anyhow::Result<SocketAddr> {
    let (_, rest) = line.split_once(prefix).with_context(|| format!("no {prefix} in: {line}"))?;
    let address = rest.split([',', ' ']).next().unwrap_or_default();
    address.parse().with_context(|| format!("no address: {address}"))
}

/// A server that is ready, or was. Killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    kafka: SocketAddr,
    admin: SocketAddr,
    errors: Option<std::thread::JoinHandle<String>>,
}

impl Server {
    /// Where it speaks Kafka.
    #[must_use]
    pub fn kafka(&self) -> SocketAddr {
        self.kafka
    }

    /// Where it answers operators.
    #[must_use]
    pub fn admin(&self) -> SocketAddr {
        self.admin
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// A new connection.
    ///
    /// # Panics
    /// When there is none to be had.
    #[must_use]
    pub fn connect(&self) -> Client {
        Client::connect(self.kafka).expect("the server accepts connections")
    }

    /// Ends it as `kill -9` does.
    pub fn kill(&mut self) -> Option<ExitStatus> {
        // It may have ended by itself.
        let _ = self.child.kill();
        self.child.wait().ok()
    }

    /// Ends it as `kill -TERM` does, and waits.
    ///
    /// # Panics
    /// When it does not end.
    pub fn terminate(&mut self) -> ExitStatus {
        let id = i32::try_from(self.child.id()).expect("process ids are positive");
        let pid = Pid::from_raw(id).expect("a child has a process id");
        kill_process(pid, Signal::TERM).expect("the child is ours");
        self.child.wait().expect("the child is ours")
    }

    /// What it said on standard error, once it has ended.
    pub fn errors(&mut self) -> String {
        self.errors.take().and_then(|errors| errors.join().ok()).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
