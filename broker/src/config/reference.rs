//! The reference of all settings, written from the table.

use std::fmt::Write;

use super::setting::{Effect, Setting};
use super::{table, topic};

/// The text of `docs/configuration.md`.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from(HEAD);
    for section in table::SECTIONS {
        write_section(&mut text, section.title, section.settings, "run time");
    }
    write_section(&mut text, "Settings of topics", topic::SETTINGS, "effect");
    text
}

const HEAD: &str = "\
# Settings

Written from the table in `broker/src/config/table/`; do not edit it here. To write it anew:
`UPDATE_EXPECT=1 cargo test -p penstock-broker reference`.

A node reads a properties file (`penstock server --config FILE`), over it the environment
(`PENSTOCK_` and the key in capitals, `_` for `.`), over that `--set KEY=VALUE`. Where Kafka has a
name for a thing, that name is used. A key that is not here is an error. \"Run time\" says whether
`kafka-configs --alter` may change it while the node runs.
";

fn write_section(text: &mut String, title: &str, settings: &[Setting], last: &str) {
    let of_topics = last == "effect";
    let _ = write!(
        text,
        "\n## {title}\n\n| key | type | default | valid | {last} | |\n|--|--|--|--|--|--|\n"
    );
    for setting in settings {
        let kind = setting.kind.name().to_lowercase();
        let kind = match setting.unit() {
            Some(unit) => format!("{kind}, {unit}"),
            None => kind,
        };
        let default = match setting.default {
            None => "null".to_owned(),
            Some("") => "empty".to_owned(),
            Some(value) => format!("`{value}`"),
        };
        let last = match (of_topics, setting.effect, setting.dynamic) {
            (true, Effect::Nothing, _) => "none",
            (false, _, true) => "yes",
            _ => "",
        };
        let _ = writeln!(
            text,
            "| `{}` | {kind} | {default} | {} | {last} | {} |",
            setting.name, setting.valid, setting.doc
        );
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn reference_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/configuration.md");
        expect_test::expect_file![path].assert_eq(&super::markdown());
    }
}
