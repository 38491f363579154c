//! The least that reading what is stored can cost: ranged GETs of whole objects, whose bytes are
//! dropped as they come.

use std::ops::Range;

use futures::{StreamExt, TryStreamExt, stream};
use object_store::aws::AmazonS3;
use object_store::path::Path;
use object_store::{GetOptions, ObjectStore};
use penstock_bench::bare_client;
use penstock_tests::minio::Minio;
use tokio::runtime::Runtime;

/// What one GET asks for: the largest that the server asks for.
const GET_BYTES: u64 = 8 << 20;
/// How many are under way at once.
const IN_FLIGHT: usize = 8;
/// Where the server keeps its objects.
const FOLDER: &str = "data";

/// See the module.
pub(crate) struct Bare {
    runtime: Runtime,
    store: AmazonS3,
    objects: Vec<(Path, u64)>,
}

impl Bare {
    /// Looks at what is stored now.
    pub(crate) fn new(minio: &Minio) -> anyhow::Result<Self> {
        let (runtime, store) = bare_client(minio)?;
        let list = store.list(Some(&Path::from(FOLDER)));
        let objects = list.map_ok(|object| (object.location, object.size)).try_collect();
        let objects = runtime.block_on(objects)?;
        Ok(Self { runtime, store, objects })
    }

    /// Reads them all, and answers their bytes.
    pub(crate) fn read_all(&self) -> anyhow::Result<u64> {
        let ranges = self.objects.iter().flat_map(|(path, size)| {
            let starts = (0..*size).step_by(usize::try_from(GET_BYTES).expect("64 bits"));
            starts.map(move |start| (path, start..(start + GET_BYTES).min(*size)))
        });
        let read = stream::iter(ranges)
            .map(|(path, range)| self.read(path, range))
            .buffer_unordered(IN_FLIGHT)
            .try_fold(0, async |all, bytes| Ok(all + bytes));
        self.runtime.block_on(read)
    }

    async fn read(&self, path: &Path, range: Range<u64>) -> anyhow::Result<u64> {
        let options = GetOptions::new().with_range(Some(range));
        let chunks = self.store.get_opts(path, options).await?.into_stream();
        Ok(chunks.try_fold(0, async |all, chunk| Ok(all + chunk.len() as u64)).await?)
    }
}
