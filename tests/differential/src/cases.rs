//! Sequences that once differed, kept by name: `cases/NAME.jsonl`, a step a line.

use std::fs;
use std::path::Path;

use anyhow::Context;

use crate::sequence::Step;

/// Every case, by name.
///
/// # Errors
/// When one cannot be read.
pub(crate) fn all() -> anyhow::Result<Vec<(String, Vec<Step>)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut cases = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        let name = path.file_stem().context("a case has a name")?.to_string_lossy().into_owned();
        let text = fs::read_to_string(&path)?;
        cases.push((name, parse(&text).with_context(|| path.display().to_string())?));
    }
    cases.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(cases)
}

fn parse(text: &str) -> anyhow::Result<Vec<Step>> {
    let lines = text.lines().filter(|line| !line.is_empty());
    lines.map(|line| Step::from_json(&serde_json::from_str(line)?)).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_case_can_be_read() {
        super::all().expect("cases are steps");
    }
}
