//! The program from the outside: exit codes, the one line of a failure, signals.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};

fn penstock(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_penstock"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    penstock(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn wrong_usage_ends_with_2() {
    for arguments in [&[][..], &["serve"], &["server", "--no"], &["inspect"], &["inspect", "wal"]] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn help_and_version_are_on_every_level() {
    for command in [&[][..], &["server"], &["doctor"], &["inspect"], &["inspect", "object"]] {
        for flag in ["--help", "--version"] {
            let output = run(&[command, &[flag]].concat());
            assert_eq!(output.status.code(), Some(0), "{command:?} {flag}");
            assert!(!output.stdout.is_empty());
        }
    }
    assert!(text(&run(&["server", "--help"]).stdout).contains("docs/configuration.md"));
}

#[test]
fn a_failure_is_one_line_with_what_to_do() {
    let check = |arguments: &[&str], expect: &str| {
        let output = run(arguments);
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{errors}");
        assert_eq!(errors.lines().count(), 1, "{errors}");
        assert!(errors.starts_with("penstock: ") && errors.contains(expect), "{errors}");
    };
    check(&["server", "--set", "listener=x"], "did you mean `listeners`?");
    check(&["server", "--config", "/no/such/file"], "cannot read /no/such/file");
    check(&["inspect", "metadata", "/no/such/folder"], "name a node's data.dir");
    check(&["inspect", "object", "/no/such/object"], "is not the place of an object");
}

fn serve(dir: &std::path::Path) -> (Child, String) {
    let mut child = penstock(&["server", "--set", "listeners=PLAINTEXT://127.0.0.1:0"])
        .args(["--set", "admin.listener=127.0.0.1:0"])
        .current_dir(dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut ready = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut ready).unwrap();
    (child, ready)
}

fn signal(child: &Child, signal: Signal) {
    let pid = i32::try_from(child.id()).unwrap();
    kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
}

#[test]
fn a_signal_drains_and_ends_with_0() {
    let dir = tempfile::tempdir().unwrap();
    for number in [Signal::TERM, Signal::INT] {
        let (mut child, ready) = serve(dir.path());
        assert!(ready.contains(" is ready: kafka PLAINTEXT://127.0.0.1:"), "{ready}");
        assert!(dir.path().join("penstock-data/wal").is_dir());
        signal(&child, number);
        let status = child.wait().unwrap();
        let mut errors = String::new();
        child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        assert_eq!(status.code(), Some(0), "{errors}");
    }
}
