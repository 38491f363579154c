//! Definitions → Rust files: one module per message, plus the table of APIs.

mod api_key;
mod catalog;
mod message;
mod read;
mod size;
mod write;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::definition::{Definition, snake_case};

/// First lines of every file.
const HEAD: &str = "// Written by penstock-wire-codegen from Apache Kafka's message definitions; \
                    change the generator, not this file.\n\n";

/// Replaces the generated folder; answers how many files it holds.
pub(crate) fn write_all(definitions: &[Definition], folder: &Path) -> Result<usize> {
    let mut modules = vec![("api_key".to_owned(), api_key::emit(definitions)?)];
    for definition in definitions {
        modules.push((snake_case(&definition.name), message::emit(definition)?));
    }
    modules.sort();
    if modules.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        bail!("two definitions have one name: give each jar once");
    }
    let catalog = "#[cfg(any(test, feature = \"catalog\"))]\npub(crate) mod catalog;\n";
    let root = modules.iter().map(|(name, _)| format!("pub mod {name};\n")).collect::<String>();
    let doc = "//! Kafka's messages, one module each; field documentation gives the versions\n\
               //! that carry it, what may be null, tags and defaults.\n\n";
    modules.push(("catalog".to_owned(), catalog::emit(definitions)?));
    modules.push(("mod".to_owned(), format!("{doc}{catalog}{root}")));

    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let mut files: Vec<PathBuf> = Vec::new();
    for (name, text) in &modules {
        let path = folder.join(format!("{name}.rs"));
        fs::write(&path, format!("{HEAD}{text}")).with_context(|| path.display().to_string())?;
        files.push(path);
    }
    let status = Command::new("rustfmt").args(["--edition", "2024"]).args(&files).status()?;
    if !status.success() {
        bail!("rustfmt refused the generated code");
    }
    Ok(files.len())
}
