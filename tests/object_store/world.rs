//! A server on MinIO behind the fault proxy.

use std::time::Duration;

use anyhow::ensure;
use penstock_tests::fault_proxy::FaultProxy;
use penstock_tests::load::Load;
use penstock_tests::minio::{Minio, with_bucket};
use penstock_tests::server::{Server, Setup};
use tempfile::TempDir;

/// Nothing that is to happen takes longer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// How soon service resumes once the store is well again.
pub(crate) const RESUMES_WITHIN: Duration = Duration::from_secs(5);

/// Where the write-ahead log lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WalKind {
    /// On the server's own disk.
    File,
    /// In the bucket.
    Object,
}

/// Everything that one test needs. What stands first ends first.
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) proxy: FaultProxy,
    pub(crate) minio: Minio,
    pub(crate) setup: Setup,
    _folder: TempDir,
}

impl World {
    /// Starts all of it. Uploads are small, and so is the memory of the log's tail, so that the
    /// store is asked for something all the time.
    pub(crate) fn start(wal: WalKind, settings: &[&str]) -> anyhow::Result<Self> {
        let minio = Minio::start()?;
        let proxy = FaultProxy::start(minio.address(), 7)?;
        let folder = tempfile::tempdir()?;
        let setup = Setup::new(env!("CARGO_BIN_EXE_penstock-under-test"), folder.path());
        let mut setup = with_bucket(setup, proxy.address())
            .with("num.partitions=3")
            .with("upload.bytes.max=1000000")
            .with("upload.interval.ms=1000")
            .with("memory.log.cache.bytes=1000000");
        if wal == WalKind::Object {
            setup = setup.with("wal.url=object");
        }
        for setting in settings {
            setup = setup.with(setting);
        }
        let server = setup.start()?;
        Ok(Self { server, proxy, minio, setup, _folder: folder })
    }

    /// A load of its own topic.
    pub(crate) fn load(&self) -> anyhow::Result<Load> {
        Load::new(&mut self.server.connect(), "load", 2_000)
    }

    /// Everything that was acknowledged is there, the server has not ended by itself, ends as it
    /// should, and leaves a bucket that holds what it should, and nothing else.
    pub(crate) fn finish(mut self, load: &Load) -> anyhow::Result<()> {
        load.check(&mut self.server.connect())?;
        let stopped = self.server.terminate();
        let errors = self.server.errors();
        ensure!(stopped.success() && !errors.contains("panicked"), "{stopped}: {errors}");
        self.setup.verify()
    }
}
