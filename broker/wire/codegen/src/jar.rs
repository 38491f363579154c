//! Message definitions out of a jar: `common/message/*.json`, JSON with `//` comments.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail};
use zip::ZipArchive;

use crate::definition::Definition;

const FOLDER: &str = "common/message/";

/// Messages that only KRaft's own log and snapshots hold: Penstock's metadata has another form.
const RAFT_RECORDS: [&str; 5] = [
    "KRaftVersionRecord",
    "LeaderChangeMessage",
    "SnapshotFooterRecord",
    "SnapshotHeaderRecord",
    "VotersRecord",
];

/// All live definitions of one jar, ordered by name.
pub(crate) fn definitions(path: &Path) -> Result<Vec<Definition>> {
    let mut archive = ZipArchive::new(File::open(path)?)?;
    let mut names = Vec::new();
    for name in archive.file_names() {
        let name = name?.into_owned();
        if name.starts_with(FOLDER) && name.ends_with(".json") {
            names.push(name);
        }
    }
    if names.is_empty() {
        bail!("no message definitions in it: give kafka-clients or a coordinator's jar");
    }
    names.sort();
    let mut definitions = Vec::new();
    for name in names {
        let mut text = String::new();
        archive.by_name(&name)?.read_to_string(&mut text)?;
        let definition = Definition::parse(&without_comments(&text)).context(name)?;
        let dead = definition.valid_versions.is_empty();
        if !dead && !RAFT_RECORDS.contains(&definition.name.as_str()) {
            definitions.push(definition);
        }
    }
    Ok(definitions)
}

/// Kafka writes comments on lines of their own only.
fn without_comments(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}
