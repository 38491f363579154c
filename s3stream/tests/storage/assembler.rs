//! Makes objects of parts of others in the checked store, stops and fails as told, and refuses what must
//! never be asked of it: to abandon what may still be committed.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::BytesMut;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions, Result};
use penstock_model::client::{LocalClient, MetadataClient};
use penstock_s3stream::store::assemble::{Assemble, Piece, Unfinished};
use tokio::sync::oneshot;

use crate::checked_store::{CheckedStore, object_id};

/// Of which size pieces are.
pub(crate) const PIECE_BYTES_MIN: u64 = 1 << 10;

/// What happens to an assembly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is not begun.
    Begin,
    /// It is begun, fails, and is abandoned.
    Copy,
    /// It is begun, fails, and stays begun.
    Left,
    /// It is completed, and the answer is lost.
    AnswerLost,
    /// The store knows no such request.
    Unsupported,
}

/// How lists of what is unfinished are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Lists {
    #[default]
    Well,
    Broken,
    Denied,
}

/// Where an assembly stops until it is told to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Begun,
    Completed,
}

/// An assembly that will stop: resolves when it does; dropped or used, it goes on.
pub(crate) struct Stop {
    pub(crate) reached: oneshot::Receiver<()>,
    pub(crate) go_on: oneshot::Sender<()>,
}

pub(crate) struct CheckedAssembler {
    store: Arc<CheckedStore>,
    metadata: Arc<LocalClient>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    begun: BTreeMap<String, Path>,
    next: u64,
    faults: VecDeque<Fault>,
    stop: Option<(Place, oneshot::Sender<()>, oneshot::Receiver<()>)>,
    lists: Lists,
}

impl CheckedAssembler {
    pub(crate) fn new(metadata: Arc<LocalClient>, store: Arc<CheckedStore>) -> Arc<Self> {
        Arc::new(Self { store, metadata, state: Mutex::default() })
    }

    /// The next assemblies meet these.
    pub(crate) fn meet(&self, faults: impl IntoIterator<Item = Fault>) {
        self.state.lock().unwrap().faults.extend(faults);
    }

    /// The next assembly stops there.
    pub(crate) fn stop(&self, place: Place) -> Stop {
        let ((at, reached), (go_on, told)) = (oneshot::channel(), oneshot::channel());
        self.state.lock().unwrap().stop = Some((place, at, told));
        Stop { reached, go_on }
    }

    /// How lists of what is unfinished are answered from now on.
    pub(crate) fn answer_lists(&self, lists: Lists) {
        self.state.lock().unwrap().lists = lists;
    }

    /// How many are begun.
    pub(crate) fn begun(&self) -> usize {
        self.state.lock().unwrap().begun.len()
    }

    async fn stop_at(&self, place: Place) {
        let stop = self.state.lock().unwrap().stop.take_if(|(at, ..)| *at == place);
        if let Some((_, reached, go_on)) = stop {
            let _ = reached.send(());
            let _ = go_on.await;
        }
    }

    fn begin(&self, key: &Path) -> String {
        let mut state = self.state.lock().unwrap();
        state.next += 1;
        let id = state.next.to_string();
        state.begun.insert(id.clone(), key.clone());
        id
    }

    fn end(&self, id: &str) -> Option<Path> {
        self.state.lock().unwrap().begun.remove(id)
    }

    async fn content(&self, pieces: &[Piece]) -> Result<BytesMut> {
        let mut content = BytesMut::new();
        for (place, piece) in pieces.iter().enumerate() {
            assert!(piece.size() >= PIECE_BYTES_MIN || place + 1 == pieces.len(), "{piece:?}");
            match piece {
                Piece::Copied { key, bytes } => {
                    content.extend(self.store.inner().get_range(key, bytes.clone()).await?);
                }
                Piece::Sent(bytes) => content.extend_from_slice(bytes),
            }
        }
        Ok(content)
    }
}

#[async_trait]
impl Assemble for CheckedAssembler {
    fn piece_bytes_min(&self) -> u64 {
        PIECE_BYTES_MIN
    }

    async fn assemble(&self, key: &Path, pieces: &[Piece]) -> Result<()> {
        tokio::task::yield_now().await;
        let fault = self.state.lock().unwrap().faults.pop_front();
        match fault {
            Some(Fault::Unsupported) => {
                return Err(Error::NotImplemented {
                    operation: "assemble".into(),
                    implementer: "checked".into(),
                });
            }
            Some(Fault::Begin) => return Err(CheckedStore::broken()),
            _ if self.store.strike() => return Err(CheckedStore::broken()),
            _ => {}
        }
        let id = self.begin(key);
        self.stop_at(Place::Begun).await;
        let content = match self.content(pieces).await {
            Ok(content) => content,
            Err(error) => {
                self.end(&id);
                return Err(error);
            }
        };
        if fault == Some(Fault::Left) || self.store.strike() {
            return Err(CheckedStore::broken());
        }
        if fault == Some(Fault::Copy) || self.store.strike() {
            self.end(&id);
            return Err(CheckedStore::broken());
        }
        if self.end(&id).is_none() {
            return Err(Error::NotFound { path: key.to_string(), source: "abandoned".into() });
        }
        let create = PutOptions::from(PutMode::Create);
        self.store.inner().put_opts(key, content.freeze().into(), create).await?;
        self.stop_at(Place::Completed).await;
        if fault == Some(Fault::AnswerLost) || self.store.strike() {
            return Err(CheckedStore::broken());
        }
        Ok(())
    }

    async fn unfinished(&self, folder: &Path) -> Result<Vec<Unfinished>> {
        let state = self.state.lock().unwrap();
        match state.lists {
            Lists::Well if self.store.strike() => return Err(CheckedStore::broken()),
            Lists::Well => {}
            Lists::Broken => return Err(CheckedStore::broken()),
            Lists::Denied => {
                let path = folder.to_string();
                return Err(Error::PermissionDenied { path, source: "denied".into() });
            }
        }
        let begun = state.begun.iter().filter(|(_, key)| key.prefix_matches(folder));
        Ok(begun.map(|(id, key)| Unfinished { key: key.clone(), id: id.clone() }).collect())
    }

    async fn abandon(&self, assembly: &Unfinished) -> Result<()> {
        let image = self.metadata.image();
        if let Some((_, lease)) = image.lease_of(object_id(&assembly.key)) {
            let may_come = !lease.expired && image.is_active(lease.broker);
            assert!(!may_come, "{assembly:?} is abandoned while it may be committed");
        }
        if self.store.strike() {
            return Err(CheckedStore::broken());
        }
        self.end(&assembly.id);
        Ok(())
    }
}

impl fmt::Debug for CheckedAssembler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CheckedAssembler")
    }
}
