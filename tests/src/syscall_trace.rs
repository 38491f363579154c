//! What `strace -f` writes, and the proof in it that no produce was answered too early.
//!
//! For a record with a text of its own, on a connection with one request under way:
//!
//! ```text
//!   recvfrom(S) with the text ─► pwritev(W) with the text ─► fdatasync(W) ─► any write to S
//!                                          ends ──► begins      ends ──► begins
//! ```
//!
//! strace stops a thread before a system call begins and after it ends, and writes down these
//! stops in the order in which it lets the threads go on. Whatever waited for the end of a call
//! comes behind that end. An answer that does not wait may by luck be late enough: many records
//! make the proof.

use std::collections::BTreeMap;

use anyhow::{Context, bail, ensure};

/// One end of a system call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The thread.
    pub thread: u32,
    /// The system call's name.
    pub call: String,
    /// What was printed of its arguments; of an interrupted line its first part, at both ends.
    pub arguments: String,
    /// What it returned, at its end.
    pub returned: Option<i64>,
}

/// Reads a trace. Signals and exits are left out.
///
/// # Errors
/// For lines that strace does not write.
pub fn parse(trace: &str) -> anyhow::Result<Vec<Stop>> {
    let mut stops = Vec::new();
    let mut unfinished: BTreeMap<u32, (String, String)> = BTreeMap::new();
    for line in trace.lines() {
        let (thread, event) = line.split_once(' ').with_context(|| line.to_owned())?;
        let (thread, event) = (thread.parse().with_context(|| line.to_owned())?, event.trim());
        if event.starts_with("+++") || event.starts_with("---") {
            continue;
        }
        let stop = |call: &str, arguments: &str, returned| Stop {
            thread,
            call: call.to_owned(),
            arguments: arguments.to_owned(),
            returned,
        };
        if let Some(resumed) = event.strip_prefix("<... ") {
            let (call, mut arguments) =
                unfinished.remove(&thread).context("resumed from nothing")?;
            // What is read is known at the end only.
            let (_, rest) = resumed.split_once(" resumed>").with_context(|| line.to_owned())?;
            arguments.push_str(rest);
            stops.push(stop(&call, &arguments, returned(rest)));
            continue;
        }
        let (call, arguments) = event.split_once('(').with_context(|| line.to_owned())?;
        if let Some(arguments) = arguments.strip_suffix("<unfinished ...>") {
            unfinished.insert(thread, (call.to_owned(), arguments.to_owned()));
            stops.push(stop(call, arguments, None));
        } else {
            stops.push(stop(call, arguments, None));
            stops.push(stop(call, arguments, returned(arguments)));
        }
    }
    Ok(stops)
}

/// The number behind the last ` = `; `?` of a call that never returns counts as an error.
fn returned(line: &str) -> Option<i64> {
    let (_, value) = line.rsplit_once(" = ")?;
    let digits = value.split(' ').next().unwrap_or_default();
    Some(digits.parse().unwrap_or(-1))
}

impl Stop {
    fn file(&self) -> &str {
        self.arguments.split([',', ')']).next().unwrap_or_default().trim()
    }

    fn is_one_of(&self, calls: &[&str]) -> bool {
        calls.contains(&self.call.as_str())
    }

    fn begins(&self) -> bool {
        self.returned.is_none()
    }

    fn succeeds(&self) -> bool {
        self.returned.is_some_and(|returned| returned >= 0)
    }
}

const RECEIVES: &[&str] = &["recvfrom", "read", "readv", "recvmsg"];
const SENDS: &[&str] = &["sendto", "write", "writev", "sendmsg", "sendfile", "splice"];
const WRITES: &[&str] = &["pwritev", "pwrite64", "pwritev2"];

/// Follows the record that carries `text`, and answers which stops lie between its request and
/// its answer.
///
/// # Errors
/// When it was answered before it was durable, or cannot be followed.
pub fn follow(stops: &[Stop], text: &str) -> anyhow::Result<std::ops::Range<usize>> {
    let find = |from: usize, what: &str, wanted: &dyn Fn(&Stop) -> bool| {
        let found = stops[from..].iter().position(wanted);
        found.map(|at| from + at).with_context(|| format!("{text}: {what} is not in the trace"))
    };
    let request = find(0, "its request", &|stop| {
        stop.is_one_of(RECEIVES) && stop.succeeds() && stop.arguments.contains(text)
    })?;
    let socket = stops[request].file();
    let answer = find(request, "its answer", &|stop| {
        stop.is_one_of(SENDS) && stop.begins() && stop.file() == socket
    })?;
    let written = find(request, "its write to the log", &|stop| {
        stop.is_one_of(WRITES) && stop.succeeds() && stop.arguments.contains(text)
    })?;
    let log = stops[written].file();
    let sync = find(written, "an fdatasync after its write", &|stop| {
        stop.call == "fdatasync" && stop.begins() && stop.file() == log
    })?;
    let thread = stops[sync].thread;
    let synced = find(sync, "the end of its fdatasync", &|stop| {
        stop.thread == thread && stop.call == "fdatasync" && !stop.begins()
    })?;
    ensure!(stops[synced].succeeds(), "{text}: its fdatasync failed");
    if answer < synced {
        bail!("{text}: answered before its fdatasync had ended: {:?}", stops[answer]);
    }
    Ok(request..answer)
}

/// How often each system call was begun.
#[must_use]
pub fn count(stops: &[Stop]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for stop in stops.iter().filter(|stop| stop.begins()) {
        *counts.entry(stop.call.as_str()).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &str = r#"7 recvfrom(9, "\0\0\0\200record-1\0", 512, 0, NULL, NULL) = 132"#;
    const OTHER: &str = r#"7 sendto(10, "another connection", 18, MSG_NOSIGNAL, NULL, 0) = 18"#;
    const WRITE: &str = r#"8 pwritev(11, [{iov_base="\1\2record-1", iov_len=10}], 1, 4096) = 10"#;
    const SYNC_BEGINS: &str = "8 fdatasync(11 <unfinished ...>";
    const SYNC_ENDS: &str = "8 <... fdatasync resumed>)          = 0";
    const SYNC: &str = "8 fdatasync(11)                         = 0";
    const ANSWER: &str = r#"7 writev(9, [{iov_base="\0\0\0\60", iov_len=52}], 1) = 52"#;
    const NOISE: &str = "7 futex(0x7f, FUTEX_WAKE_PRIVATE, 1)     = 1";

    fn check(lines: &[&str], expect: Result<usize, &str>) {
        let stops = parse(&lines.join("\n")).unwrap();
        match (follow(&stops, "record-1"), expect) {
            (Ok(found), Ok(expect)) => assert_eq!(found.len(), expect, "{lines:?}"),
            (Err(error), Err(expect)) => {
                assert!(error.to_string().contains(expect), "{error} for {lines:?}");
            }
            (found, expect) => panic!("{found:?} instead of {expect:?} for {lines:?}"),
        }
    }

    #[test]
    fn an_answer_behind_its_fdatasync_passes() {
        check(&[REQUEST, WRITE, SYNC, ANSWER], Ok(5));
        check(&[REQUEST, OTHER, NOISE, WRITE, SYNC_BEGINS, NOISE, SYNC_ENDS, ANSWER], Ok(11));
        let exits = ["8 --- SIGTERM {si_signo=SIGTERM} ---", "7 +++ exited with 0 +++"];
        check(&[REQUEST, WRITE, SYNC, exits[0], ANSWER, exits[1]], Ok(5));
    }

    #[test]
    fn planted_orders_are_found() {
        let early = "before its fdatasync";
        check(&[REQUEST, WRITE, ANSWER, SYNC], Err(early));
        check(&[REQUEST, ANSWER, WRITE, SYNC], Err(early));
        check(&[REQUEST, WRITE, SYNC_BEGINS, ANSWER, SYNC_ENDS], Err(early));
        // This one did not cover the write.
        check(&[REQUEST, SYNC, WRITE, ANSWER], Err("an fdatasync after its write"));
        check(
            &[REQUEST, WRITE, "8 fdatasync(12) = 0", ANSWER],
            Err("an fdatasync after its write"),
        );
        check(&[REQUEST, WRITE, "8 fdatasync(11) = -1 EIO (error)", ANSWER], Err("failed"));
        check(&[REQUEST, SYNC, ANSWER], Err("its write to the log"));
        check(&[WRITE, SYNC, ANSWER], Err("its request"));
        check(&[REQUEST, WRITE, SYNC], Err("its answer"));
    }

    #[test]
    fn what_is_read_is_known_when_the_call_ends() {
        let begins = "7 recvfrom(9,  <unfinished ...>";
        let ends = r#"7 <... recvfrom resumed>"record-1", 512, 0, NULL, NULL) = 8"#;
        check(&[begins, NOISE, ends, WRITE, SYNC, ANSWER], Ok(5));
        let interrupted = "7 <... recvfrom resumed>0x1, 512, 0, NULL, NULL) = -1 EAGAIN (again)";
        check(&[begins, interrupted, REQUEST, WRITE, SYNC, ANSWER], Ok(5));
    }

    #[test]
    fn calls_are_counted_once() {
        let trace = [REQUEST, WRITE, SYNC_BEGINS, NOISE, SYNC_ENDS].join("\n");
        let stops = parse(&trace).unwrap();
        let counts: Vec<_> = count(&stops).into_iter().collect();
        assert_eq!(counts, [("fdatasync", 1), ("futex", 1), ("pwritev", 1), ("recvfrom", 1)]);
    }
}
