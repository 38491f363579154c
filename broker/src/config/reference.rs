//! The reference of all settings, written from the table.

use std::fmt::Write;

use super::setting::Setting;
use super::table::{self, Class};
use super::{client_metrics, group, topic};

/// The text of `docs/configuration.md`.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from(HEAD);
    for section in table::SECTIONS {
        write_section(&mut text, section.title, section.settings, true);
    }
    for (title, settings) in [
        ("Settings of topics", topic::SETTINGS),
        ("Settings of groups", group::SETTINGS),
        ("Settings of subscriptions to client metrics", client_metrics::SETTINGS),
    ] {
        write_section(&mut text, title, settings, false);
    }
    text.push_str("\n## Refused\n\n| keys that begin with | |\n|--|--|\n");
    for (prefix, reason) in table::refusals() {
        let _ = writeln!(text, "| `{prefix}` | {reason}. |");
    }
    text
}

const HEAD: &str = "\
# Settings

Written from the table in `broker/src/config/table/`; do not edit it here. To write it anew:
`UPDATE_EXPECT=1 cargo test -p penstock-broker reference`.

A node reads a properties file (`penstock server --config FILE`), over it the environment
(`PENSTOCK_` and the key in capitals, `_` for `.`), over that `--set KEY=VALUE`. Where Kafka has a
name for a thing, that name is used. A key that is not here is an error. \"Run time\" says whether
`kafka-configs --alter` may change it while the node runs; settings of topics, groups and
subscriptions always may be. Each key of Kafka's is of one class: honoured, without effect (accepted,
stored and shown, with the reason why there is nothing to do), or refused with a reason.
";

fn write_section(text: &mut String, title: &str, settings: &[Setting], with_run_time: bool) {
    let (head, rule) = if with_run_time { (" run time |", "--|") } else { ("", "") };
    let _ = write!(
        text,
        "\n## {title}\n\n| key | type | default | valid |{head} class | |\n|--|--|--|--|{rule}--|--|\n"
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
        let run_time = match (with_run_time, setting.dynamic) {
            (false, _) => "",
            (true, true) => " yes |",
            (true, false) => "  |",
        };
        let _ = writeln!(
            text,
            "| `{}` | {kind} | {default} | {} |{run_time} {} | {} |",
            setting.name,
            setting.valid,
            Class::from(setting.effect).name(),
            setting.doc
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
