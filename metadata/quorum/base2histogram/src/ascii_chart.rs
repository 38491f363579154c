//! Histograms as text, one under the other.

use std::fmt;

use crate::Histogram;

/// A full bar, in characters.
const BAR_WIDTH: u64 = 40;

/// Named histograms; shows each as one bar for each bucket that is not empty.
#[derive(Debug, Clone)]
pub struct AsciiChart<T = ()> {
    series: Vec<(String, Histogram<T>)>,
}

impl<T> Default for AsciiChart<T> {
    fn default() -> Self {
        Self { series: Vec::new() }
    }
}

impl<T> AsciiChart<T> {
    /// A chart of no histograms.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a histogram under those that are there.
    #[must_use]
    pub fn add(mut self, name: &str, histogram: Histogram<T>) -> Self {
        self.series.push((name.to_owned(), histogram));
        self
    }

    /// What to print; there is only this one form.
    pub fn detailed(&self) -> impl fmt::Display {
        fmt::from_fn(|f| self.series.iter().try_for_each(|(name, of)| write_bars(f, name, of)))
    }
}

fn write_bars<T>(f: &mut fmt::Formatter<'_>, name: &str, histogram: &Histogram<T>) -> fmt::Result {
    writeln!(f, "{name} ({} samples)", histogram.total())?;
    let highest = histogram.filled().map(|(_, count)| count).max().unwrap_or(0);
    // Rounded up, so that a full bar stays within its width.
    let each = highest.div_ceil(BAR_WIDTH).max(1);
    for (values, count) in histogram.filled() {
        let values = format!("{}..={}", values.start(), values.end());
        let bar: String = (0..count.div_ceil(each)).map(|_| '#').collect();
        writeln!(f, "{values:>20} {count:>10} {bar}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(counts: &[(u64, u64)], expect: &[&str]) {
        let mut histogram = Histogram::<()>::new();
        counts.iter().for_each(|(value, count)| histogram.record_n(*value, *count));
        let shown = AsciiChart::new().add("wait", histogram).detailed().to_string();
        assert_eq!(shown.lines().collect::<Vec<_>>(), expect);
    }

    #[test]
    fn one_bar_for_each_bucket_that_is_not_empty() {
        check(&[], &["wait (0 samples)"]);
        check(
            &[(3, 1), (100, 2)],
            &[
                "wait (3 samples)",
                "               3..=3          1 #",
                "            96..=103          2 ##",
            ],
        );
    }

    #[test]
    fn the_longest_bar_has_the_full_width_and_the_shortest_is_seen() {
        let full = format!("               2..=2       4000 {}", "#".repeat(40));
        check(
            &[(1, 1), (2, 4000)],
            &["wait (4001 samples)", "               1..=1          1 #", &full],
        );
    }

    #[test]
    fn histograms_stand_in_the_order_in_which_they_were_added() {
        let chart = AsciiChart::<()>::new().add("b", Histogram::new()).add("a", Histogram::new());
        assert_eq!(chart.detailed().to_string(), "b (0 samples)\na (0 samples)\n");
    }
}
