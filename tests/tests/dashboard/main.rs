//! Every query of the dashboards in `deploy` asks for what a server that has worked shows.

mod query;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, ensure};
use bytes::Bytes;
use penstock_records::Encoding;
use penstock_tests::client::Client;
use penstock_tests::figures::get;
use penstock_tests::producer::{batch, create_topic, produce, read_all};
use penstock_tests::server::Setup;
use penstock_wire::find_coordinator_request::FindCoordinatorRequest;
use penstock_wire::offset_commit_request::{
    OffsetCommitRequest, OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use query::Query;
use serde_json::Value;
use tokio::time::Instant;

const DASHBOARD: &str = include_str!("../../../deploy/grafana/dashboards/penstock.json");

/// How long a server may take to open what it is asked about, and how often it is asked.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_INTERVAL: Duration = Duration::from_millis(50);

/// Prometheus adds these to whatever it asks.
const OF_THE_SCRAPE: [&str; 2] = ["instance", "job"];

/// Metrics and the labels that they have.
type Shown = BTreeMap<String, BTreeSet<String>>;

#[test]
fn every_query_asks_for_what_the_server_shows() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let shown = shown_by_a_server_that_has_worked(folder.path())?;
    let dashboard: Value = serde_json::from_str(DASHBOARD)?;
    let panels = dashboard["panels"].as_array().context("panels")?;
    let mut asked = BTreeSet::new();
    for panel in panels {
        let title = panel["title"].as_str().context("a title")?;
        let targets = panel["targets"].as_array().context("targets")?;
        assert!(!targets.is_empty(), "{title} asks for nothing");
        for target in targets {
            let text = target["expr"].as_str().context("a query")?;
            let legend = target["legendFormat"].as_str().context("a legend")?;
            check(&shown, text, legend).with_context(|| format!("{title}: {text}"))?;
            asked.extend(Query::parse(text)?.metrics.into_iter().map(|(metric, _)| metric));
        }
    }
    // Of a histogram, one of its series is enough.
    let family = |name: &str| {
        let suffixes = ["_bucket", "_count", "_sum"];
        let suffix = suffixes.iter().find_map(|suffix| name.strip_suffix(suffix));
        suffix.unwrap_or(name).to_owned()
    };
    let asked: BTreeSet<_> = asked.iter().map(|name| family(name)).collect();
    let not_asked: Vec<_> = shown.keys().filter(|name| !asked.contains(&family(name))).collect();
    assert!(not_asked.is_empty(), "no panel shows {not_asked:?}");
    Ok(())
}

/// All that is asked for is shown, and so is what the legend names.
fn check(shown: &Shown, text: &str, legend: &str) -> anyhow::Result<()> {
    let query = Query::parse(text)?;
    ensure!(!query.metrics.is_empty(), "no metric");
    let in_legend: BTreeSet<String> = legend
        .split("{{")
        .skip(1)
        .filter_map(|rest| rest.split_once("}}"))
        .map(|(label, _)| label.trim().to_owned())
        .collect();
    for (metric, selected) in &query.metrics {
        let labels = shown.get(metric).with_context(|| format!("no metric {metric}"))?;
        for label in selected.iter().chain(&query.grouped).chain(&in_legend) {
            ensure!(
                labels.contains(label) || OF_THE_SCRAPE.contains(&label.as_str()),
                "{metric} has no label {label}"
            );
        }
    }
    if query.aggregates {
        let unknown: Vec<&String> = in_legend.difference(&query.grouped).collect();
        ensure!(unknown.is_empty(), "the legend names {unknown:?}, the query does not group by it");
    }
    Ok(())
}

#[test]
fn what_is_not_shown_is_noticed() {
    let labels = BTreeSet::from(["api".to_owned()]);
    let shown = Shown::from([("penstock_a".to_owned(), labels)]);
    let fine = [
        ("sum by (api) (rate(penstock_a[1m]))", "{{api}}"),
        ("penstock_a{instance=~\"$instance\"}", "{{instance}}"),
    ];
    for (text, legend) in fine {
        check(&shown, text, legend).expect(text);
    }
    let wrong = [
        ("penstock_b", ""),
        ("penstock_a{topic=\"t\"}", ""),
        ("sum by (topic) (penstock_a)", ""),
        ("max(penstock_a)", "{{api}}"),
        ("sum by (api) (penstock_a)", "{{instance}}"),
        ("1 + 1", ""),
    ];
    for (text, legend) in wrong {
        assert!(check(&shown, text, legend).is_err(), "{text}");
    }
}

/// Records that are produced, uploaded, and read from the store after a restart; a group that is
/// behind.
fn shown_by_a_server_that_has_worked(data: &std::path::Path) -> anyhow::Result<Shown> {
    let setup = Setup::new(env!("CARGO_BIN_EXE_penstock-under-test"), data);
    let mut server = setup.start()?;
    let mut client = server.connect();
    create_topic(&mut client, "t")?;
    let values: Vec<Bytes> = (0..10).map(|i| Bytes::from(format!("value {i}"))).collect();
    produce(&mut client, "t", 0, batch(Encoding::None, None, &values))?;
    commit(&mut client, "readers", "t", 3)?;
    ensure!(server.terminate().success(), "{}", server.errors());

    server = setup.start()?;
    client = server.connect();
    ensure!(read_all(&mut client, "t", 0)?.len() == 10, "the records are gone");
    produce(&mut client, "t", 0, batch(Encoding::None, None, &values))?;
    // The lag of a group is counted once its partition is loaded.
    let end = Instant::now() + PATIENCE;
    loop {
        let shown = shown(server.admin())?;
        if shown.contains_key("penstock_consumer_group_lag") {
            return Ok(shown);
        }
        ensure!(Instant::now() < end, "no lag within 30 s: {:?}", shown.keys());
        std::thread::park_timeout(LOOK_INTERVAL);
    }
}

/// Commits an offset as one does who is no member of a group.
fn commit(
    client: &mut Client,
    group: &'static str,
    topic: &'static str,
    offset: i64,
) -> anyhow::Result<()> {
    let partition = OffsetCommitRequestPartition { committed_offset: offset, ..Default::default() };
    let request = OffsetCommitRequest {
        group_id: group.into(),
        generation_id_or_member_epoch: -1,
        topics: vec![OffsetCommitRequestTopic {
            name: topic.into(),
            partitions: vec![partition],
            ..Default::default()
        }],
        ..Default::default()
    };
    let end = Instant::now() + PATIENCE;
    loop {
        // Whoever asks first makes the topic of the groups' records, which then has to be opened.
        let coordinator = FindCoordinatorRequest { key: group.into(), ..Default::default() };
        client.call(3, &coordinator)?;
        let response = client.call(8, &request)?;
        let code = response.topics[0].partitions[0].error_code;
        if code == 0 {
            return Ok(());
        }
        ensure!([14, 15, 16].contains(&code) && Instant::now() < end, "error {code}");
        std::thread::park_timeout(LOOK_INTERVAL);
    }
}

fn shown(admin: SocketAddr) -> anyhow::Result<Shown> {
    let mut shown = Shown::new();
    for sample in get(admin, "/metrics")?.lines().filter(|line| line.starts_with("penstock_")) {
        let (series, _) = sample.rsplit_once(' ').context("a value")?;
        let (name, labels) = series.split_once('{').unwrap_or((series, ""));
        // No value of ours holds a comma or an equals sign.
        let labels =
            labels.trim_end_matches('}').split(',').filter_map(|pair| pair.split_once('='));
        shown.entry(name.to_owned()).or_default().extend(labels.map(|(label, _)| label.to_owned()));
    }
    Ok(shown)
}
