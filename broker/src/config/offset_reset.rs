//! Where readers begin that have no position: `earliest`, `latest`, or so long ago (KIP-1106).

/// Whether a text is one of the three.
pub(super) fn is_valid(text: &str) -> bool {
    match text.strip_prefix("by_duration:") {
        Some(duration) => is_duration(duration),
        None => matches!(text, "earliest" | "latest"),
    }
}

/// Whether a text is a duration as ISO 8601 writes it, of days at most: `PnDTnHnMn.nS`.
fn is_duration(text: &str) -> bool {
    let Some(text) = text.strip_prefix(['P', 'p']) else { return false };
    let (days, time) = match text.split_once(['T', 't']) {
        Some((days, time)) => (days, Some(time)),
        None => (text, None),
    };
    let has_days = match parts(days, &['D'], false) {
        Some(count) => count > 0,
        None => return false,
    };
    match time {
        Some(time) => parts(time, &['H', 'M', 'S'], true).is_some_and(|count| count > 0),
        None => has_days,
    }
}

/// How many numbers with these units a text is made of, in their order and each once; `None` where
/// it is made of something else.
fn parts(mut text: &str, units: &[char], with_fraction: bool) -> Option<usize> {
    let mut count = 0;
    for unit in units {
        let digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let number = &text[..text.len() - digits.len()];
        let fraction = match digits.strip_prefix('.') {
            Some(rest) if with_fraction && *unit == 'S' => {
                rest.trim_start_matches(|c: char| c.is_ascii_digit())
            }
            _ => digits,
        };
        if let Some(rest) = fraction.strip_prefix([*unit, unit.to_ascii_lowercase()])
            && !number.is_empty()
        {
            text = rest;
            count += 1;
        }
    }
    text.is_empty().then_some(count)
}

#[cfg(test)]
mod tests {
    #[test]
    fn durations_are_those_of_iso_8601() {
        for (text, expect) in [
            ("earliest", true),
            ("latest", true),
            ("Latest", false),
            ("by_duration:P1D", true),
            ("by_duration:PT1H30M", true),
            ("by_duration:p2dt3.5s", true),
            ("by_duration:PT", false),
            ("by_duration:P", false),
            ("by_duration:", false),
            ("by_duration:P1DT", false),
            ("by_duration:-P1D", false),
            ("by_duration:PT1M1H", false),
            ("by_duration:PT1.5H", false),
            ("by_duration:P1Y", false),
        ] {
            assert_eq!(super::is_valid(text), expect, "{text}");
        }
    }
}
