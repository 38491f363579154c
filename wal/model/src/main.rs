//! A model of the write-ahead log in the object store: who writes it, who takes it over, what may
//! be deleted. Every state that can be reached within small bounds is visited and checked.
//!
//! The README of this crate says what is modelled, what was found, and how to run it.

use std::process::ExitCode;

mod actions;
mod check;
mod metadata;
mod mutation;
mod rules;
mod scenario;
mod search;
mod small;
mod state;
mod step;
mod takeover;
#[cfg(test)]
mod tests;

use mutation::Mutation;
use rules::Rules;
use scenario::{SCENARIOS, Scenario};
use search::{Found, search};

const USAGE: &str = "usage: [--small] [--states-max N] [--mutation NAME | --mutations] [SCENARIO]";

/// What the command line asks for.
struct Asked {
    states_max: usize,
    scenario: Option<String>,
    mutations: Vec<Mutation>,
    only_small: bool,
}

fn main() -> ExitCode {
    let Some(asked) = parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let wanted = |scenario: &&Scenario| {
        let named = asked.scenario.as_deref().is_none_or(|name| name == scenario.name);
        named && (scenario.is_small || !asked.only_small)
    };
    let scenarios: Vec<_> = SCENARIOS.iter().filter(wanted).collect();
    let as_expected = if asked.mutations.is_empty() {
        let holds = |scenario: &&Scenario| {
            let found = run(scenario, None, asked.states_max);
            report(scenario.name, "all rules", &found);
            found.violation.is_none() && found.is_exhaustive
        };
        scenarios.iter().filter(|scenario| holds(scenario)).count() == scenarios.len()
    } else {
        let expected = |mutation: &&Mutation| try_mutation(&scenarios, **mutation, &asked);
        asked.mutations.iter().filter(expected).count() == asked.mutations.len()
    };
    if as_expected && !scenarios.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn parse(mut words: impl Iterator<Item = String>) -> Option<Asked> {
    let mut asked =
        Asked { states_max: 40_000_000, scenario: None, mutations: vec![], only_small: false };
    while let Some(word) = words.next() {
        match word.as_str() {
            "--states-max" => asked.states_max = words.next()?.parse().ok()?,
            "--mutation" => {
                let name = words.next()?;
                let mut all = Mutation::ALL.iter();
                asked.mutations = vec![*all.find(|mutation| format!("{mutation:?}") == name)?];
            }
            "--mutations" => asked.mutations = Mutation::ALL.to_vec(),
            "--small" => asked.only_small = true,
            _ if word.starts_with('-') => return None,
            _ => asked.scenario = Some(word),
        }
    }
    Some(asked)
}

fn run(scenario: &Scenario, mutation: Option<Mutation>, states_max: usize) -> Found {
    search(&Rules { bounds: scenario.bounds, mutation }, states_max)
}

/// True if the mutation is noticed in one of the scenarios, or in none where that is expected.
fn try_mutation(scenarios: &[&Scenario], mutation: Mutation, asked: &Asked) -> bool {
    for scenario in scenarios {
        let found = run(scenario, Some(mutation), asked.states_max);
        if found.violation.is_some() || asked.scenario.is_some() {
            report(scenario.name, &format!("{mutation:?}"), &found);
        }
        if found.violation.is_some() {
            return !mutation.is_harmless();
        }
    }
    println!("{mutation:?}: nothing found");
    mutation.is_harmless()
}

fn report(scenario: &str, rules: &str, found: &Found) {
    let Found { violation, states, depth, is_exhaustive } = found;
    let verdict = violation.as_ref().map_or("holds", |violation| violation.what);
    let extent = if *is_exhaustive { "exhaustive" } else { "stopped" };
    println!("{scenario}, {rules}: {verdict}; {states} states, depth {depth}, {extent}");
    for (number, step) in violation.iter().flat_map(|violation| &violation.steps).enumerate() {
        println!("    {:2}. {step:?}", number + 1);
    }
}
