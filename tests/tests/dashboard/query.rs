//! What a PromQL query of a dashboard asks for: metrics and labels. It knows the few functions that
//! our dashboards use, and refuses what it does not know.

use std::collections::BTreeSet;

use anyhow::{Context, bail, ensure};

/// Functions and words that are neither metrics nor labels.
const WORDS: [&str; 4] = ["by", "histogram_quantile", "increase", "rate"];
/// Of many series they make one, without labels but those that it is grouped by.
const AGGREGATIONS: [&str; 2] = ["max", "sum"];

/// What a query asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Query {
    /// Every metric, with the labels that it is selected by.
    pub(crate) metrics: BTreeSet<(String, BTreeSet<String>)>,
    /// What it is grouped by.
    pub(crate) grouped: BTreeSet<String>,
    /// Whether the labels that it is not grouped by are gone.
    pub(crate) aggregates: bool,
}

impl Query {
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let mut query = Self::default();
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            if first == '[' {
                rest = behind(rest, ']')?;
            } else if first.is_ascii_alphabetic() {
                rest = query.take_word(rest)?;
            } else {
                ensure!(first.is_ascii_digit() || "()+-*/,.".contains(first), "unknown: {rest}");
                rest = &rest[1..];
            }
            rest = rest.trim_start();
        }
        Ok(query)
    }

    fn take_word<'a>(&mut self, text: &'a str) -> anyhow::Result<&'a str> {
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        if word == "by" {
            let (labels, rest) = rest
                .trim_start()
                .strip_prefix('(')
                .and_then(|rest| rest.split_once(')'))
                .context("a list behind by")?;
            self.grouped.extend(labels.split(',').map(|label| label.trim().to_owned()));
            return Ok(rest);
        }
        if AGGREGATIONS.contains(&word) {
            self.aggregates = true;
            return Ok(rest);
        }
        if WORDS.contains(&word) {
            return Ok(rest);
        }
        ensure!(word.starts_with("penstock_"), "unknown: {word}");
        let mut labels = BTreeSet::new();
        let mut rest = rest;
        if let Some(selectors) = rest.strip_prefix('{') {
            let (selectors, behind) = selectors.split_once('}').context("an end of {")?;
            for selector in selectors.split(',') {
                let Some((label, _)) = selector.split_once('=') else {
                    bail!("no selector: {selector}")
                };
                labels.insert(label.trim().to_owned());
            }
            rest = behind;
        }
        self.metrics.insert((word.to_owned(), labels));
        Ok(rest)
    }
}

fn behind(text: &str, end: char) -> anyhow::Result<&str> {
    text.split_once(end).map(|(_, rest)| rest).with_context(|| format!("an end of {text}"))
}

#[test]
fn queries_are_taken_apart() {
    let query = Query::parse(
        "histogram_quantile(0.99, sum by (le, api) (rate(penstock_a_bucket{api=~\"x\"}[$__rate])))",
    )
    .expect("a query");
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(
        query,
        Query {
            metrics: BTreeSet::from([("penstock_a_bucket".to_owned(), set(&["api"]))]),
            grouped: set(&["le", "api"]),
            aggregates: true,
        }
    );
    for wrong in ["up", "avg(penstock_a)", "penstock_a{api", "sum by api", "penstock_a[5m"] {
        assert!(Query::parse(wrong).is_err(), "{wrong}");
    }
}
