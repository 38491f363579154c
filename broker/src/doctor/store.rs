//! The object store: reachable, writable, and does create-only hold?

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use penstock_s3stream::Clock;
use penstock_s3stream::store::open::{StoreSettings, open};
use penstock_s3stream::store::url::StoreUrl;
use penstock_wal::files::Files;
use tokio::time::Instant;

use super::{Finding, milliseconds, percentiles};
use crate::config::{NodeConfig, WalPlace};
use crate::env::Entropy;

const PUTS: u32 = 10;

/// Past this, retention by time pauses.
const SKEW_MS_MAX: i64 = 60_000;

/// Which store a setting names.
struct Place<'a> {
    setting: &'static str,
    url: &'a StoreUrl,
}

/// Checks the store of the objects, and that of the log where it is another.
pub(super) async fn check(
    config: &NodeConfig,
    files: Arc<dyn Files>,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Vec<Finding> {
    let objects = Place { setting: "storage.url", url: &config.store };
    let mut findings = check_one(&objects, Arc::clone(&files), clock, entropy).await;
    if let WalPlace::Object(Some(url)) = &config.wal {
        let log = Place { setting: "wal.url", url };
        findings.extend(check_one(&log, files, clock, entropy).await);
    }
    findings
}

async fn check_one(
    place: &Place<'_>,
    files: Arc<dyn Files>,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Vec<Finding> {
    let setting = place.setting;
    let store = match open(place.url, files, &StoreSettings::default()) {
        Ok(store) => store,
        Err(error) => return vec![Finding::failure(setting, error.to_string())],
    };
    // Under the prefix that is ours, with a name that nobody else draws.
    let nonce = u128::from_be_bytes(entropy.draw());
    let key = |number: u32| Path::from(format!("meta/doctor/{nonce:032x}/{number}"));
    let mut findings = Vec::new();
    let probe = probe(&store, &key, place, clock, &mut findings).await;
    for number in 0..=PUTS {
        match store.delete(&key(number)).await {
            Ok(()) | Err(Error::NotFound { .. }) => {}
            Err(error) if probe.is_ok() => {
                let advice = "grant the deletion of objects, or storage grows for ever";
                findings.push(Finding::failure(setting, format!("{error}; {advice}")));
                break;
            }
            Err(_) => break,
        }
    }
    if let Err(error) = probe {
        let advice = "check the URL, the credentials in the environment, and their permissions";
        findings.push(Finding::failure(setting, format!("{error}; {advice}")));
    }
    findings
}

async fn probe(
    store: &dyn ObjectStore,
    key: &impl Fn(u32) -> Path,
    place: &Place<'_>,
    clock: &dyn Clock,
    findings: &mut Vec<Finding>,
) -> Result<(), Error> {
    let mut times = Vec::new();
    for number in 0..PUTS {
        times.push(create(store, &key(number), b"first").await?);
    }
    let (median, tail) = percentiles(times);
    findings.push(Finding::good(
        place.setting,
        format!(
            "a small PUT takes {} at the median, {} at worst",
            milliseconds(median),
            milliseconds(tail)
        ),
    ));

    let again = create(store, &key(0), b"second").await;
    let kept = store.get(&key(0)).await?.bytes().await?;
    findings.push(match again {
        Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) if kept == b"first"[..] => {
            Finding::good(place.setting, "create-only writes hold")
        }
        _ => Finding::failure(
            place.setting,
            "a second create of one key was not refused: two brokers could overwrite each \
             other; use a store with conditional PUT",
        ),
    });

    if let StoreUrl::Bucket(_) = place.url {
        create(store, &key(PUTS), b"now").await?;
        let modified = store.head(&key(PUTS)).await?.last_modified.timestamp_millis();
        let skew = clock.now().0 - modified;
        findings.push(if skew.abs() > SKEW_MS_MAX {
            let advice = "set the clock; retention by time pauses until then";
            Finding::failure("clock", format!("{skew} ms away from the store's: {advice}"))
        } else {
            Finding::good("clock", format!("within {} ms of the store's", skew.abs().max(1000)))
        });
    }
    Ok(())
}

async fn create(
    store: &dyn ObjectStore,
    key: &Path,
    body: &'static [u8],
) -> Result<Duration, Error> {
    let payload = PutPayload::from_bytes(Bytes::from_static(body));
    let started = Instant::now();
    store.put_opts(key, payload, PutOptions::from(PutMode::Create)).await?;
    Ok(started.elapsed())
}
