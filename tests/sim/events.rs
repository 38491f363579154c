//! What happened, a line each. The same seed gives the same lines, byte for byte.

use std::fmt::{Display, Write};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::Instant;

/// How to read the lines.
pub(crate) const LEGEND: &str = "\
# <simulated seconds> <who> <what>
#   world     what befalls the node: starts, ends, weather of the store, jumps of the wall clock
#   store     a request's number and the request as it is sent; `=` and what became of it
#   p<n>, r<n>, t, d<n>, g<n>, m<n>: producers, readers, topics, deleters of records, groups, members;
#             `->` is asked, `<-` answered: an offset, Kafka's number of an error, or why there is none
#   oracle    what is found to be wrong
";

/// See the module. Clones write to the same lines.
#[derive(Clone)]
pub(crate) struct Events(Arc<Mutex<Lines>>);

struct Lines {
    text: String,
    /// Whether each is printed as it comes.
    shown: bool,
    /// The time of the lives that have ended.
    before: Duration,
    /// When this life began; `None` between two.
    life: Option<Instant>,
}

impl Events {
    pub(crate) fn new(shown: bool) -> Self {
        let (text, before) = (String::new(), Duration::ZERO);
        Self(Arc::new(Mutex::new(Lines { text, shown, before, life: None })))
    }

    /// Time goes on, on a new runtime.
    pub(crate) fn begin_life(&self) {
        self.lines().life = Some(Instant::now());
    }

    /// Time stands still, and what is torn down writes no lines.
    pub(crate) fn end_life(&self) {
        let mut lines = self.lines();
        lines.before = lines.now();
        lines.life = None;
    }

    /// The time since the beginning of all.
    pub(crate) fn now(&self) -> Duration {
        self.lines().now()
    }

    /// Adds a line.
    pub(crate) fn note(&self, who: &str, what: impl Display) {
        let mut lines = self.lines();
        if lines.life.is_none() {
            return;
        }
        let now = lines.now();
        let (seconds, milliseconds) = (now.as_secs(), now.subsec_millis());
        let from = lines.text.len();
        writeln!(lines.text, "{seconds:>5}.{milliseconds:03} {who:<6} {what}")
            .expect("a string takes all");
        if lines.shown {
            print!("{}", &lines.text[from..]);
        }
    }

    /// All lines.
    pub(crate) fn text(&self) -> String {
        self.lines().text.clone()
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().expect("nothing panics while it writes a line")
    }
}

impl Lines {
    fn now(&self) -> Duration {
        self.before + self.life.map_or(Duration::ZERO, |begun| begun.elapsed())
    }
}
