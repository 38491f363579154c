//! What is known of one setting: its name, type, default, valid values, and what it does.
//!
//! Values are judged, and refused, in Kafka's words, because tools and tests compare them.

use std::fmt;

use super::offset_reset;

/// The type of a value, as Kafka's protocol names them (KIP-226, `config_type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`, in any case.
    Boolean,
    /// Any text.
    String,
    /// A 32-bit number.
    Int,
    /// A 16-bit number.
    Short,
    /// A 64-bit number.
    Long,
    /// A floating-point number.
    Double,
    /// Texts separated by commas.
    List,
    /// The name of a Java class.
    Class,
    /// A text that is never shown.
    Password,
}

impl Kind {
    /// Its number in `DescribeConfigs`.
    #[must_use]
    pub fn config_type(self) -> i8 {
        match self {
            Self::Boolean => 1,
            Self::String => 2,
            Self::Int => 3,
            Self::Short => 4,
            Self::Long => 5,
            Self::Double => 6,
            Self::List => 7,
            Self::Class => 8,
            Self::Password => 9,
        }
    }

    /// As Kafka's messages and the reference call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Boolean => "BOOLEAN",
            Self::String => "STRING",
            Self::Int => "INT",
            Self::Short => "SHORT",
            Self::Long => "LONG",
            Self::Double => "DOUBLE",
            Self::List => "LIST",
            Self::Class => "CLASS",
            Self::Password => "PASSWORD",
        }
    }
}

/// Which values are accepted, beyond the type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Valid {
    /// All of the type.
    Any,
    /// Numbers from here on.
    AtLeast(i64),
    /// Numbers between these two, both included.
    Between(i64, i64),
    /// Floating-point numbers from 0 to 1.
    Ratio,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A list of these words.
    ListOf(&'static [&'static str]),
    /// 1 to 9, or -1 for the codec's own default.
    GzipLevel,
    /// `*`, or `partition:broker` pairs.
    ThrottledReplicas,
    /// `earliest`, `latest`, or `by_duration:` and a duration.
    OffsetReset,
}

/// Whether a setting changes what the node does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It does what its description says.
    Applies,
    /// Accepted, stored and shown; the description says why there is nothing to do.
    Nothing,
}

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// The key, as in `server.properties`.
    pub name: &'static str,
    /// The type.
    pub kind: Kind,
    /// The value when none is given; `None` for null.
    pub default: Option<&'static str>,
    /// Which values are accepted.
    pub valid: Valid,
    /// What it does, in one or two sentences.
    pub doc: &'static str,
    /// Whether `AlterConfigs` may change it at run time.
    pub dynamic: bool,
    /// Whether it does anything.
    pub effect: Effect,
}

impl Setting {
    /// A setting; without a default it is null, without valid values all of its type are.
    pub(super) const fn new(
        name: &'static str,
        kind: Kind,
        default: &[&'static str],
        valid: &[Valid],
        doc: &'static str,
    ) -> Self {
        let default = if default.is_empty() { None } else { Some(default[0]) };
        let valid = if valid.is_empty() { Valid::Any } else { valid[0] };
        Self { name, kind, default, valid, doc, dynamic: false, effect: Effect::Applies }
    }

    /// The same, changeable at run time.
    pub(super) const fn dynamic(self) -> Self {
        Self { dynamic: true, ..self }
    }

    /// The same, accepted, stored and shown without effect.
    pub(super) const fn nothing(self) -> Self {
        Self { effect: Effect::Nothing, ..self }
    }

    /// The unit that its name states, if it states one.
    #[must_use]
    pub fn unit(&self) -> Option<&'static str> {
        self.name.split('.').rev().find_map(|part| match part {
            "ms" => Some("milliseconds"),
            "seconds" | "secs" => Some("seconds"),
            "minutes" => Some("minutes"),
            "hours" => Some("hours"),
            "bytes" => Some("bytes"),
            _ => None,
        })
    }

    /// A value that was checked, in the one form in which Kafka shows those of its type.
    #[must_use]
    pub fn canonical(&self, value: &str) -> String {
        let value = value.trim();
        let parsed = match self.kind {
            Kind::Boolean => parse_boolean(value).map(|parsed| parsed.to_string()),
            Kind::Short | Kind::Int | Kind::Long => {
                value.parse::<i64>().ok().map(|parsed| parsed.to_string())
            }
            Kind::Double => parse_double(value).map(java_double),
            Kind::List => {
                let mut items: Vec<&str> = Vec::new();
                for item in split_list(value) {
                    if !items.contains(&item) {
                        items.push(item);
                    }
                }
                Some(items.join(","))
            }
            Kind::String | Kind::Class | Kind::Password => None,
        };
        parsed.unwrap_or_else(|| value.to_owned())
    }

    /// Checks a value, and gives it back without the blanks around it.
    ///
    /// # Errors
    /// In Kafka's words.
    pub fn check<'a>(&self, value: &'a str) -> Result<&'a str, InvalidValue> {
        let trimmed = value.trim();
        let wrong = |shown: &str, reason: String| InvalidValue {
            message: format!("Invalid value {shown} for configuration {}: {reason}", self.name),
        };
        let number = |parsed: Option<i64>| {
            let not_a_number =
                || wrong(value, format!("Not a number of type {}", self.kind.name()));
            let number = parsed.ok_or_else(not_a_number)?;
            self.check_number(number).map_err(|reason| wrong(trimmed, reason))
        };
        match self.kind {
            Kind::Boolean => parse_boolean(trimmed).map(drop).ok_or_else(|| {
                wrong(value, "Expected value to be either true or false".to_owned())
            })?,
            Kind::Short => number(trimmed.parse::<i16>().ok().map(i64::from))?,
            Kind::Int => number(trimmed.parse::<i32>().ok().map(i64::from))?,
            Kind::Long => number(trimmed.parse::<i64>().ok())?,
            Kind::Double => {
                let parsed = parse_double(trimmed);
                let ratio = parsed.ok_or_else(|| {
                    wrong(value, format!("Not a number of type {}", self.kind.name()))
                })?;
                if self.valid == Valid::Ratio && ratio < 0.0 {
                    return Err(wrong(trimmed, "Value must be at least 0".to_owned()));
                }
                if self.valid == Valid::Ratio && ratio > 1.0 {
                    return Err(wrong(trimmed, "Value must be no more than 1".to_owned()));
                }
            }
            Kind::List => self.check_list(trimmed, wrong)?,
            Kind::String | Kind::Class | Kind::Password => {
                if let Valid::OneOf(words) = self.valid
                    && !words.contains(&trimmed)
                {
                    let words = words.join(", ");
                    return Err(wrong(trimmed, format!("String must be one of: {words}")));
                }
                if self.valid == Valid::OffsetReset && !offset_reset::is_valid(trimmed) {
                    let reason = format!(
                        "Invalid value `{trimmed}` for configuration {}. The value must be either \
                         'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'.",
                        self.name
                    );
                    return Err(wrong(trimmed, reason));
                }
            }
        }
        Ok(trimmed)
    }

    fn check_number(&self, number: i64) -> Result<(), String> {
        match self.valid {
            Valid::AtLeast(min) | Valid::Between(min, _) if number < min => {
                Err(format!("Value must be at least {min}"))
            }
            Valid::Between(_, max) if number > max => {
                Err(format!("Value must be no more than {max}"))
            }
            Valid::GzipLevel if number != -1 && !(1..=9).contains(&number) => {
                Err("Value must be between 1 and 9 or equal to -1".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn check_list(
        &self,
        value: &str,
        wrong: impl Fn(&str, String) -> InvalidValue,
    ) -> Result<(), InvalidValue> {
        let items = split_list(value);
        match self.valid {
            Valid::ListOf(words) => {
                if items.contains(&"") {
                    let message =
                        format!("Configuration '{}' values must not be empty.", self.name);
                    return Err(InvalidValue { message });
                }
                match items.iter().find(|item| !words.contains(*item)) {
                    Some(item) => {
                        Err(wrong(item, format!("String must be one of: {}", words.join(", "))))
                    }
                    None => Ok(()),
                }
            }
            Valid::ThrottledReplicas if !is_throttled_replicas(&items) => Err(wrong(
                &format!("[{}]", items.join(", ")),
                format!(
                    "{} must be the literal '*' or a list of replicas in the following format: \
                     [partitionId]:[brokerId],[partitionId]:[brokerId],...",
                    self.name
                ),
            )),
            _ => Ok(()),
        }
    }
}

fn is_throttled_replicas(items: &[&str]) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_pair = |item: &&str| {
        item.split_once(':')
            .is_some_and(|(partition, broker)| is_number(partition) && is_number(broker))
    };
    items == ["*"] || items.iter().all(is_pair)
}

/// The items of a list without the blanks around them; none of an empty text.
#[must_use]
pub fn split_list(value: &str) -> Vec<&str> {
    let value = value.trim();
    if value.is_empty() { Vec::new() } else { value.split(',').map(str::trim).collect() }
}

/// `true` or `false`, in any case.
#[must_use]
pub fn parse_boolean(value: &str) -> Option<bool> {
    if value.eq_ignore_ascii_case("true") {
        Some(true)
    } else if value.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// A number as Java's `Double.parseDouble` reads it, which takes a type suffix too.
#[must_use]
pub fn parse_double(value: &str) -> Option<f64> {
    value.strip_suffix(['f', 'F', 'd', 'D']).unwrap_or(value).parse().ok()
}

/// A number as Java's `Double.toString` writes it: with a fraction always, and with an exponent
/// below 10⁻³ and from 10⁷ on.
fn java_double(value: f64) -> String {
    if value == 0.0 || (1e-3..1e7).contains(&value.abs()) || !value.is_finite() {
        return format!("{value:?}");
    }
    let text = format!("{value:E}");
    let (mantissa, exponent) = text.split_once('E').expect("it is written with an exponent");
    let fraction = if mantissa.contains('.') { "" } else { ".0" };
    format!("{mantissa}{fraction}E{exponent}")
}

/// Why a value is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct InvalidValue {
    /// Kafka's message.
    pub message: String,
}

impl fmt::Display for Valid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => Ok(()),
            Self::AtLeast(min) => write!(f, "≥ {min}"),
            Self::Between(min, max) => write!(f, "{min} to {max}"),
            Self::Ratio => write!(f, "0 to 1"),
            Self::OneOf(words) | Self::ListOf(words) => write!(f, "{}", words.join(", ")),
            Self::GzipLevel => write!(f, "1 to 9, or -1"),
            Self::OffsetReset => write!(f, "earliest, latest, `by_duration:PnDTnHnMn.nS`"),
            Self::ThrottledReplicas => write!(f, "`*` or `partition:broker,…`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_shown_in_the_form_of_its_type() {
        fn check(kind: Kind, cases: &[(&str, &str)]) {
            let setting = Setting::new("any", kind, &[], &[], "");
            for (value, expect) in cases {
                assert_eq!(setting.canonical(value), *expect, "{value:?}");
            }
        }
        check(Kind::Boolean, &[("TRUE", "true"), (" fALSE ", "false")]);
        check(Kind::Int, &[("+01048576", "1048576"), (" 9 ", "9"), ("-0", "0")]);
        check(Kind::List, &[(" compact , delete ", "compact,delete"), ("a,b,a", "a,b"), (" ", "")]);
        check(Kind::String, &[(" LZ4 ", "LZ4")]);
        // As Java 17's `Double.toString`.
        check(Kind::Double, &[("1", "1.0"), ("1e-3f", "0.001"), ("0.0001", "1.0E-4")]);
        check(Kind::Double, &[("-0", "-0.0"), ("0.25e-4", "2.5E-5"), ("12345678", "1.2345678E7")]);
    }
}
