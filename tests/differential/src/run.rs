//! Many sequences on a few workers, and the report.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::compare::Difference;
use crate::generate;
use crate::justified::Shown;
use crate::peer::Peer;
use crate::sequence::Step;
use crate::shrink::shrink;
use crate::trial::{Fault, Trial};

/// As often as it is played again, what differs must differ again.
const AGAIN: usize = 2;

/// Where a sequence comes from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// A generator.
    Seed(u64),
    /// A case by name.
    Case(String, Vec<Step>),
}

impl Source {
    fn name(&self) -> String {
        match self {
            Self::Seed(seed) => format!("seed {seed}"),
            Self::Case(name, _) => format!("case {name}"),
        }
    }

    fn steps(&self) -> Vec<Step> {
        match self {
            Self::Seed(seed) => generate::sequence(*seed),
            Self::Case(_, steps) => steps.clone(),
        }
    }
}

/// What came of a run.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Sequences played.
    pub(crate) sequences: u64,
    /// Requests of them.
    pub(crate) requests: u64,
    /// Sequences that differed once, and not when they were played again.
    pub(crate) flickered: Vec<String>,
    /// Why the run ended early, with the sequence at which it did.
    pub(crate) broken: Option<String>,
    /// By cause: where it was seen first, in its smallest form, and how often.
    pub(crate) faults: BTreeMap<String, Found>,
}

/// Faults of one cause.
#[derive(Debug)]
pub(crate) struct Found {
    source: String,
    steps: Vec<Step>,
    fault: Fault,
    times: u64,
}

/// Plays all sources, or as many as there are until a server no longer takes part.
pub(crate) fn run(
    (kafka, penstock): (&Peer, &Peer),
    sources: &[Source],
    workers: usize,
    shown: &Shown,
) -> Report {
    let (next, report) = (AtomicUsize::new(0), Mutex::new(Report::default()));
    let work = |worker: usize| -> Result<(), String> {
        let trial = Trial::new(kafka, penstock, worker);
        let mut trial = trial.map_err(|error| format!("before the first sequence: {error:#}"))?;
        while let Some(source) = sources.get(next.fetch_add(1, Ordering::Relaxed)) {
            let played = play(&mut trial, source, shown, &report);
            played.map_err(|error| format!("{}: {error:#}", source.name()))?;
        }
        Ok(())
    };
    let broken = std::thread::scope(|scope| {
        let worker = |worker| {
            let (work, next) = (&work, &next);
            scope.spawn(move || {
                // Nothing that comes after a server is gone says anything.
                work(worker).inspect_err(|_| next.store(sources.len(), Ordering::Relaxed))
            })
        };
        let threads: Vec<_> = (0..workers).map(worker).collect();
        let ends = threads.into_iter().map(|thread| thread.join().expect("workers do not panic"));
        ends.filter_map(Result::err).next()
    });
    Report { broken, ..report.into_inner().expect("workers do not panic") }
}

fn play(
    trial: &mut Trial<'_>,
    source: &Source,
    shown: &Shown,
    report: &Mutex<Report>,
) -> anyhow::Result<()> {
    let steps = source.steps();
    let fault = trial.run(&steps, shown)?;
    let locked = || report.lock().expect("workers do not panic");
    {
        let mut report = locked();
        report.sequences += 1;
        report.requests += steps.len() as u64;
        if report.sequences.is_multiple_of(500) {
            eprintln!("{} sequences, {} causes", report.sequences, report.faults.len());
        }
    }
    if fault.is_none() {
        return Ok(());
    }
    // What depends on the moment is the machine's doing.
    for _ in 1..AGAIN {
        if trial.run(&steps, shown)?.is_none() {
            locked().flickered.push(source.name());
            return Ok(());
        }
    }
    let Some(fault) = trial.run(&steps, shown)? else {
        locked().flickered.push(source.name());
        return Ok(());
    };
    let cause = cause_text(&fault);
    if let Some(found) = locked().faults.get_mut(&cause) {
        found.times += 1;
        return Ok(());
    }
    let (steps, fault) = shrink(trial, &steps, fault)?;
    let found = Found { source: source.name(), steps, fault, times: 1 };
    // A long run is worth looking at before it ends.
    eprint!("{}", found.text(&cause));
    locked().faults.entry(cause).or_insert(found);
    Ok(())
}

fn cause_text(fault: &Fault) -> String {
    let (api, path) = fault.cause();
    let first = &fault.differences[0];
    let api = api.map_or("bytes", |api| api.name());
    format!("{api} {path}: kafka {} penstock {}", short(&first.kafka), short(&first.penstock))
}

fn short(value: &Value) -> String {
    match value {
        Value::Object(_) => "{…}".to_owned(),
        Value::Array(items) => format!("[{}]", items.len()),
        other => other.to_string().chars().take(60).collect(),
    }
}

impl Found {
    fn text(&self, cause: &str) -> String {
        let mut text =
            format!("\n=== {cause}\n    {} times, first by {}\n", self.times, self.source);
        for step in &self.steps {
            let mark = if step.id == self.fault.step.id { "->" } else { "  " };
            let _ = writeln!(text, " {mark} {}", step.to_json());
        }
        let differences = &self.fault.differences;
        for Difference { path, kafka, penstock } in differences.iter().take(6) {
            let _ = writeln!(text, "    {path}\n      kafka    {kafka}\n      penstock {penstock}");
        }
        let paths: Vec<_> = differences.iter().skip(6).map(|other| other.path.as_str()).collect();
        if !paths.is_empty() {
            let _ = writeln!(text, "    and {}", paths.join(" "));
        }
        text
    }
}

impl Report {
    /// Everything that a person needs to go on.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for (cause, found) in &self.faults {
            text.push_str(&found.text(cause));
        }
        let _ = writeln!(
            text,
            "\n{} sequences of {} requests: {} differences that are not listed; {} flickered",
            self.sequences,
            self.requests,
            self.faults.len(),
            self.flickered.len()
        );
        text
    }
}
