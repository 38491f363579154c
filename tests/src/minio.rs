//! MinIO as a process of its own: an object store that speaks S3, started, killed, started again.
//!
//! Built from source by Go: `tests/object_store/install` does that, and names the version.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use tempfile::TempDir;
use tokio::time::Instant;

use crate::figures;
use crate::server::Setup;

/// The bucket that is there from the start.
pub const BUCKET: &str = "penstock";
/// The user.
pub const ACCESS_KEY: &str = "penstock";
/// The user's password.
pub const SECRET_KEY: &str = "penstock-secret";

/// Where in its folder it keeps buckets.
const DATA: &str = "data";
/// How long a start may take: a second alone, more beside other tests.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks whether it is ready.
const LOOK_INTERVAL: Duration = Duration::from_millis(50);

/// A store that is up, or was. Killed when dropped, with all it holds.
#[derive(Debug)]
pub struct Minio {
    program: PathBuf,
    core: Option<usize>,
    folder: TempDir,
    address: SocketAddr,
    child: Option<Child>,
}

impl Minio {
    /// Starts one with an empty bucket.
    ///
    /// # Errors
    /// When there is no program, or it does not come up.
    pub fn start() -> anyhow::Result<Self> {
        Self::start_on(None)
    }

    /// The same with all its threads on one core of the machine, so that it is as quick with
    /// neighbours as without.
    ///
    /// # Errors
    /// When there is no program, or it does not come up.
    pub fn start_on(core: Option<usize>) -> anyhow::Result<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let folder = tempfile::tempdir()?;
        // On one disk a bucket is a folder.
        std::fs::create_dir_all(folder.path().join(DATA).join(BUCKET))?;
        let mut minio = Self { program: find_program()?, core, folder, address, child: None };
        minio.start_again()?;
        Ok(minio)
    }

    /// Where it speaks S3.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process id, while it is up.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Ends it as `kill -9` does.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Starts it where it was, with what it held, and waits until it is ready.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn start_again(&mut self) -> anyhow::Result<()> {
        self.kill();
        let log = self.folder.path().join("log");
        let mut command = match self.core {
            None => Command::new(&self.program),
            Some(core) => {
                // It becomes what it starts.
                let mut command = Command::new("taskset");
                command.args(["--cpu-list", &core.to_string()]).arg(&self.program);
                command
            }
        };
        command
            .args(["server", "--quiet", "--address", &self.address.to_string()])
            .arg(self.folder.path().join(DATA))
            .env("MINIO_ROOT_USER", ACCESS_KEY)
            .env("MINIO_ROOT_PASSWORD", SECRET_KEY)
            .env("MINIO_BROWSER", "off")
            .env("MINIO_UPDATE", "off")
            .stdin(Stdio::null())
            .stdout(std::fs::File::create(&log)?)
            .stderr(Stdio::null());
        self.child = Some(command.spawn().context("cannot start MinIO")?);
        let begun = Instant::now();
        while !self.is_ready() {
            let ended =
                self.child.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None)));
            let late = begun.elapsed() > PATIENCE;
            if ended || late {
                bail!("MinIO does not come up: {}", std::fs::read_to_string(&log)?);
            }
            std::thread::park_timeout(LOOK_INTERVAL);
        }
        Ok(())
    }

    fn is_ready(&self) -> bool {
        figures::get(self.address, "/minio/health/ready").is_ok()
    }
}

impl Drop for Minio {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A server's setup with its objects in the bucket, which it reaches at `address`: MinIO itself,
/// or a proxy before it.
#[must_use]
pub fn with_bucket(setup: Setup, address: SocketAddr) -> Setup {
    setup
        .with(&format!("storage.url=s3://{BUCKET}?endpoint=http://{address}&region=us-east-1"))
        .with_variable("AWS_ACCESS_KEY_ID", ACCESS_KEY)
        .with_variable("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
}

/// On the path, or where `go install` puts it.
fn find_program() -> anyhow::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let home = std::env::home_dir().context("there is no home folder")?;
    let mut folders: Vec<_> = std::env::split_paths(&path).collect();
    folders.push(home.join("go/bin"));
    let found = folders.into_iter().map(|folder| folder.join("minio")).find(|path| path.is_file());
    found.context("missing: minio, on the PATH or in ~/go/bin (see tests/object_store/install)")
}
