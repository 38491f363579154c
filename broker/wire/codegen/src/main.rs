//! Developer command of the Kafka codec.
//!
//! ```text
//! cargo run -p penstock-wire-codegen -- JAR...
//!     jars ──definitions──► Definition ──emit──► broker/wire/src/generated/*.rs (rustfmt)
//! ```
//!
//! `JAR...` are Apache Kafka's kafka-clients, kafka-group-coordinator, kafka-transaction-coordinator
//! and kafka-share-coordinator of one version. Facts are taken (names, types, versions, tags,
//! nullability, defaults); prose is left. The output is checked in, so that building Penstock needs
//! neither jars nor this command; writing it again from the same jars changes nothing. Whether it is
//! right is proven by penstock-wire's tests, and against Kafka's classes by its example prove_java.
//!
//! It knows nothing of what a message means; the wire primitives are penstock-wire's.

mod definition;
mod emit;
mod jar;
mod parse;
mod versions;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<String> {
    if arguments.is_empty() {
        bail!("usage: penstock-wire-codegen JAR...");
    }
    let mut definitions = Vec::new();
    for path in arguments {
        let found = jar::definitions(Path::new(path)).with_context(|| path.clone())?;
        definitions.extend(found);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/generated");
    let files = emit::write_all(&definitions, &folder)?;
    Ok(format!("{files} files in {}", folder.display()))
}
