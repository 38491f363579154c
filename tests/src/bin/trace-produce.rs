//! `trace-produce SERVER`: runs a server under strace, and shows that no produce is answered
//! before the fdatasync that covers it, and what a record costs in system calls.
//!
//! Single records, one after the other on each connection: alone, and from several at once, where
//! one fdatasync covers many.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use bytes::Bytes;
use clap::Parser;
use penstock_records::Encoding;
use penstock_tests::producer::{batch, create_topic, produce};
use penstock_tests::server::{Server, Setup};
use penstock_tests::syscall_trace::{count, follow, parse};
use rustix::fs::{CWD, FileType, Mode, mknodat};

const TOPIC: &str = "traced";
const ALONE: usize = 200;
const TOGETHER: usize = 4;
const ROUNDS_TOGETHER: usize = 100;

/// See the module.
#[derive(Debug, Parser)]
struct Arguments {
    /// The program.
    server: PathBuf,
}

fn main() -> anyhow::Result<()> {
    let Arguments { server } = Arguments::parse();
    let folder = tempfile::tempdir()?;
    let pipe = folder.path().join("trace");
    mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?;
    let traced = traced(&server, &pipe, folder.path())?;
    // It ends when strace does, which is when the server has ended.
    let trace = std::thread::spawn(move || fs::read(pipe));
    let mut server = Setup::new(traced, &folder.path().join("data")).start()?;
    let alone: Vec<String> = (0..ALONE).map(|n| format!("alone-{n:05}")).collect();
    send_all(&server, &alone)?;
    let together: Vec<Vec<String>> = (0..TOGETHER)
        .map(|client| (0..ROUNDS_TOGETHER).map(|n| format!("client-{client}-{n:05}")).collect())
        .collect();
    std::thread::scope(|scope| {
        let sending = together.iter().map(|texts| scope.spawn(|| send_all(&server, texts)));
        let sending: Vec<_> = sending.collect();
        sending.into_iter().try_for_each(|thread| thread.join().expect("senders do not panic"))
    })?;
    ensure!(server.terminate().success(), "{}", server.errors());

    let trace = trace.join().expect("reading does not panic")?;
    let stops = parse(&String::from_utf8_lossy(&trace))?;
    for text in together.iter().flatten() {
        follow(&stops, text)?;
    }
    let mut ranges = Vec::new();
    for text in &alone {
        ranges.push(follow(&stops, text)?);
    }
    let followed = alone.len() + TOGETHER * ROUNDS_TOGETHER;
    println!("{followed} produces, none answered before its fdatasync had ended");

    // Calls from a request to the next, so that what is done behind the answer counts too.
    let whole = ranges[0].start..ranges[ALONE - 1].start;
    println!("system calls a record, one at a time:");
    for (call, times) in count(&stops[whole]) {
        let hundredths = times * 100 / (ALONE - 1);
        println!("  {call:<16} {}.{:02}", hundredths / 100, hundredths % 100);
    }
    Ok(())
}

/// A program that is the server, with strace beside it as its grandchild (`-D`), so that signals
/// and the exit status are the server's own.
fn traced(server: &Path, pipe: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    let server = server.canonicalize().with_context(|| format!("no {}", server.display()))?;
    let (pipe, server) = (pipe.display(), server.display());
    let script = format!("#!/bin/sh\nexec strace -D -f -qq -s 600 -o '{pipe}' '{server}' \"$@\"\n");
    let path = folder.join("server-under-strace");
    fs::write(&path, script)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700))?;
    Ok(path)
}

/// Each text as a record of its own, one after the other, on one connection.
fn send_all(server: &Server, texts: &[String]) -> anyhow::Result<()> {
    let mut client = server.connect();
    create_topic(&mut client, TOPIC)?;
    for text in texts {
        let value = Bytes::copy_from_slice(text.as_bytes());
        produce(&mut client, TOPIC, 0, batch(Encoding::None, None, &[value]))?;
    }
    Ok(())
}
