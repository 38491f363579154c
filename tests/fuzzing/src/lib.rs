//! What the fuzz targets of all crates have in common.
//!
//! ```text
//!   {crate}/src/fuzzing.rs   Target { run, seeds } ──► {crate}/fuzz   libFuzzer: nightly, for minutes
//!                                                └──► Target::check  `cargo test`: some hundred inputs
//! ```
//!
//! What a target does is a plain function of the crate whose decoder it runs, so that it compiles,
//! and is run a little, wherever the tests are. It knows no format.

use std::path::Path;
use std::{fs, io};

mod spoil;

use spoil::Spoiler;

/// Spoiled inputs that a [`check`](Target::check) runs.
const INPUTS: usize = 500;

/// One decoder, or several that belong together.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// As the fuzz crate and the corpus name it.
    pub name: &'static str,
    /// Takes any bytes, and panics where something does not hold. `None` of what is refused.
    pub run: fn(&[u8]) -> Option<()>,
    /// Inputs that the real encoders made. None of them is refused.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

impl Target {
    /// Runs the seeds, and some hundred that were spoiled; always the same ones.
    ///
    /// # Panics
    /// When the target does, having printed the input.
    pub fn check(&self) {
        let seeds = (self.seeds)();
        for seed in &seeds {
            self.run_shown(seed).expect("a seed is what the decoder takes");
        }
        let mut spoiler = Spoiler::new(0x5eed);
        for _ in 0..INPUTS {
            let _taken_or_not = self.run_shown(&spoiler.spoil(&seeds));
        }
    }

    fn run_shown(&self, input: &[u8]) -> Option<()> {
        let _shown = Shown { target: self.name, input };
        (self.run)(input)
    }

    /// Puts the seeds into the folder of a corpus: the one that libFuzzer is given as the first of
    /// `arguments` that is a folder. Without one there is nothing to do.
    ///
    /// # Errors
    /// Whatever the operating system reports.
    pub fn plant(&self, arguments: impl IntoIterator<Item = String>) -> io::Result<()> {
        let folder = |argument: &String| Path::new(argument).is_dir();
        let Some(corpus) = arguments.into_iter().skip(1).find(folder) else { return Ok(()) };
        for (index, seed) in (self.seeds)().into_iter().enumerate() {
            fs::write(Path::new(&corpus).join(format!("seed-{index}")), seed)?;
        }
        Ok(())
    }
}

/// Prints the input that a target panics on.
struct Shown<'a> {
    target: &'static str,
    input: &'a [u8],
}

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{} was given {}", self.target, self.input.escape_ascii());
        }
    }
}

/// Cuts a field of a fixed length off the front of an input.
#[must_use]
pub fn take<'a, const N: usize>(input: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (field, rest) = input.split_first_chunk()?;
    *input = rest;
    Some(field)
}

/// Cuts the next part off an input: two bytes of length, little-endian, then as many bytes, or as
/// there are.
#[must_use]
pub fn take_part<'a>(input: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::from(u16::from_le_bytes(*take(input)?));
    let (part, rest) = input.split_at(length.min(input.len()));
    *input = rest;
    Some(part)
}

/// Appends a part as [`take_part`] reads it.
///
/// # Panics
/// When it is longer than two bytes can say.
pub fn put_part(input: &mut Vec<u8>, part: &[u8]) {
    let length = u16::try_from(part.len()).expect("a part is at most 65,535 bytes");
    input.extend_from_slice(&length.to_le_bytes());
    input.extend_from_slice(part);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_back() {
        let mut input = Vec::new();
        put_part(&mut input, b"one");
        put_part(&mut input, b"");
        input.extend(b"\xff\xffcut");
        let rest = &mut &input[..];
        assert_eq!(take_part(rest), Some(&b"one"[..]));
        assert_eq!(take_part(rest), Some(&b""[..]));
        assert_eq!(take_part(rest), Some(&b"cut"[..]));
        assert_eq!(take_part(rest), None);
        assert_eq!(take::<1>(rest), None);
    }

    #[test]
    fn a_check_runs_every_seed_and_finds_what_is_planted() {
        fn run(input: &[u8]) -> Option<()> {
            assert!(!input.starts_with(b"bad"), "planted");
            input.starts_with(b"fine").then_some(())
        }
        let good = Target { name: "good", run, seeds: || vec![b"fine".to_vec()] };
        good.check();
        let bad: [fn() -> Vec<Vec<u8>>; 2] = [|| vec![b"bad".to_vec()], || vec![b"no".to_vec()]];
        for seeds in bad {
            let bad = Target { name: "bad", run, seeds };
            std::panic::catch_unwind(|| bad.check()).unwrap_err();
        }
    }
}
