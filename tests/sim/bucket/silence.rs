//! From one step of something on, part of the store is silent: nothing is done there any more, and
//! nobody hears why. So what has several steps is caught between two of them.

use std::time::Duration;

use object_store::path::Path;
use penstock_wal::files::Dice;

/// See the module.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Silence {
    /// It begins with the last of so many puts below this folder.
    folder: &'static str,
    puts: u64,
    part: Part,
}

/// What is silent.
#[derive(Clone, Copy, Debug)]
enum Part {
    /// The key of the put, which is not done.
    Key,
    /// All below a folder, once the put is done.
    Folder(&'static str),
}

impl Silence {
    pub(crate) fn draw(dice: &mut Dice) -> Self {
        let (folder, puts, keys) = match dice.below(10) {
            0..6 => ("data/", 3, 20),
            6..9 => ("wal/", 30, 80),
            _ => ("meta/", 40, 50),
        };
        let part = match (dice.percent(keys), dice.below(5)) {
            (true, _) => Part::Key,
            (false, 0) => Part::Folder("data/"),
            (false, 1) => Part::Folder("wal/"),
            (false, _) => Part::Folder("meta/"),
        };
        Self { folder, puts: 1 + dice.below(puts), part }
    }
}

/// Whether a part of the store is silent by now.
#[derive(Debug, Default)]
pub(super) struct Ear {
    coming: Option<Silence>,
    silent: Option<(String, Duration)>,
}

impl Ear {
    pub(super) fn new(coming: Option<Silence>) -> Self {
        Self { coming, silent: None }
    }

    /// Since when a part is silent.
    pub(super) fn silent_since(&self) -> Option<Duration> {
        self.silent.as_ref().map(|(_, since)| *since)
    }

    /// A request has arrived. Whether it is heard.
    pub(super) fn hears(&mut self, key: &Path, is_put: bool, now: Duration) -> bool {
        let is_silent = |(part, _): &(String, Duration)| key.as_ref().starts_with(part);
        if self.silent.as_ref().is_some_and(is_silent) {
            return false;
        }
        let Some(coming) = &mut self.coming else { return true };
        if is_put && key.as_ref().starts_with(coming.folder) {
            coming.puts -= 1;
        }
        if coming.puts > 0 {
            return true;
        }
        let part = coming.part;
        self.coming = None;
        let (part, is_heard) = match part {
            Part::Key => (key.to_string(), false),
            Part::Folder(folder) => (folder.to_owned(), true),
        };
        self.silent = Some((part, now));
        is_heard
    }
}
