//! Version ranges of Kafka's definitions: `none`, `3`, `0-4`, `7+`.

use std::fmt;

use anyhow::{Context, Result};

/// A closed range; empty when `low > high`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Versions {
    pub(crate) low: i16,
    pub(crate) high: i16,
}

impl Versions {
    pub(crate) const NONE: Self = Self { low: 0, high: -1 };

    pub(crate) fn parse(text: &str) -> Result<Self> {
        let number = |digits: &str| {
            digits.trim().parse::<i16>().with_context(|| format!("versions \"{text}\""))
        };
        if text == "none" {
            return Ok(Self::NONE);
        }
        if let Some(low) = text.strip_suffix('+') {
            return Ok(Self { low: number(low)?, high: i16::MAX });
        }
        match text.split_once('-') {
            Some((low, high)) => Ok(Self { low: number(low)?, high: number(high)? }),
            None => Ok(Self { low: number(text)?, high: number(text)? }),
        }
    }

    pub(crate) fn is_empty(self) -> bool {
        self.low > self.high
    }

    pub(crate) fn contains(self, version: i16) -> bool {
        self.low <= version && version <= self.high
    }

    pub(crate) fn intersect(self, other: Self) -> Self {
        let both = Self { low: self.low.max(other.low), high: self.high.min(other.high) };
        if both.is_empty() { Self::NONE } else { both }
    }

    /// The smallest range that holds both.
    pub(crate) fn hull(self, other: Self) -> Self {
        match (self.is_empty(), other.is_empty()) {
            (true, _) => other,
            (_, true) => self,
            _ => Self { low: self.low.min(other.low), high: self.high.max(other.high) },
        }
    }

    /// The Rust condition that `version`, known to be within `context`, is within `self`.
    pub(crate) fn condition(self, context: Self) -> Condition {
        let inside = self.intersect(context);
        if inside.is_empty() {
            return Condition::Never;
        }
        let from = inside.low > context.low;
        let to = inside.high < context.high;
        match (from, to) {
            (false, false) => Condition::Always,
            (true, false) => Condition::If(format!("version >= {}", inside.low)),
            (false, true) => Condition::If(format!("version <= {}", inside.high)),
            (true, true) if inside.low == inside.high => {
                Condition::If(format!("version == {}", inside.low))
            }
            (true, true) => {
                Condition::If(format!("({}..={}).contains(&version)", inside.low, inside.high))
            }
        }
    }

    /// The Rust condition that `version`, known to be within `context`, is outside of `self`.
    pub(crate) fn inverse(self, context: Self) -> Condition {
        let inside = self.intersect(context);
        match self.condition(context) {
            Condition::Always => Condition::Never,
            Condition::Never => Condition::Always,
            Condition::If(_) if inside.high == context.high => {
                Condition::If(format!("version < {}", inside.low))
            }
            Condition::If(_) if inside.low == context.low => {
                Condition::If(format!("version > {}", inside.high))
            }
            Condition::If(_) => {
                Condition::If(format!("!({}..={}).contains(&version)", inside.low, inside.high))
            }
        }
    }
}

impl fmt::Display for Versions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.low, self.high) {
            (low, high) if low > high => write!(formatter, "none"),
            (low, i16::MAX) => write!(formatter, "{low}+"),
            (low, high) if low == high => write!(formatter, "{low}"),
            (low, high) => write!(formatter, "{low}-{high}"),
        }
    }
}

/// Whether something applies, as far as the generator can tell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Condition {
    Always,
    Never,
    If(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions() {
        let check = |versions: &str, context: &str, inside: &str, outside: &str| {
            let versions = Versions::parse(versions).unwrap();
            let context = Versions::parse(context).unwrap();
            let text = |condition| match condition {
                Condition::Always => "always".to_owned(),
                Condition::Never => "never".to_owned(),
                Condition::If(text) => text,
            };
            assert_eq!(text(versions.condition(context)), inside, "{versions} in {context}");
            assert_eq!(text(versions.inverse(context)), outside, "{versions} in {context}");
        };
        check("0+", "3-9", "always", "never");
        check("none", "3-9", "never", "always");
        check("0-2", "3-9", "never", "always");
        check("5+", "3-9", "version >= 5", "version < 5");
        check("0-5", "3-9", "version <= 5", "version > 5");
        check("5-7", "3-9", "(5..=7).contains(&version)", "!(5..=7).contains(&version)");
        check("5", "3-9", "version == 5", "!(5..=5).contains(&version)");
        check("0+", "0", "always", "never");
    }

    #[test]
    fn ranges_read_as_they_are_shown() {
        for text in ["none", "3", "0-4", "7+"] {
            assert_eq!(Versions::parse(text).unwrap().to_string(), text);
        }
        assert!(Versions::parse("x").is_err());
        assert!(Versions::parse("1-x").is_err());
    }
}
