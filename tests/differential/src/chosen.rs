//! What servers choose for themselves: ids, ports, times. Two answers agree on such a value when
//! every other answer of the sequence that has the one has the other in its place.

use std::collections::HashMap;

use serde_json::Value;

/// How a field's values are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Choice {
    /// 16 random bytes; zeroes are said, not chosen.
    TopicId,
    /// The client's name and 36 random letters.
    MemberId,
    /// A number; -1 is said.
    ProducerId,
    /// A number; 0 is said.
    SessionId,
    /// The path of a folder.
    Folder,
    /// A port.
    Port,
    /// A time by the server's clock, which tests never send.
    Time,
}

fn choice(field: &str) -> Option<Choice> {
    Some(match field {
        "topic_id" => Choice::TopicId,
        "member_id" | "leader" => Choice::MemberId,
        "producer_id" => Choice::ProducerId,
        "session_id" => Choice::SessionId,
        "log_dir" => Choice::Folder,
        "port" => Choice::Port,
        "log_append_time_ms"
        | "timestamp"
        | "base_timestamp"
        | "max_timestamp"
        | "last_fetch_timestamp"
        | "last_caught_up_timestamp" => Choice::Time,
        _ => return None,
    })
}

/// Since 2026, in milliseconds: sequences say only earlier times, or none that a clock can show.
const CLOCK: std::ops::Range<i64> = 1_767_225_600_000..4_102_444_800_000;

/// Pairs of values of one sequence.
#[derive(Debug, Default)]
pub(crate) struct Chosen {
    of_kafka: HashMap<(Choice, String), Value>,
    of_penstock: HashMap<(Choice, String), Value>,
}

impl Chosen {
    /// Whether two values of a field agree; remembers them as a pair where they are chosen.
    pub(crate) fn agree(&mut self, field: &str, kafka: &Value, penstock: &Value) -> bool {
        if kafka == penstock {
            return true;
        }
        let Some(choice) = choice(field) else { return false };
        let (Some(ours), Some(theirs)) = (text(choice, penstock), text(choice, kafka)) else {
            return false;
        };
        if choice == Choice::Time {
            return true;
        }
        if choice == Choice::MemberId && !same_form(&theirs, &ours) {
            return false;
        }
        let pair = self.of_kafka.entry((choice, theirs)).or_insert_with(|| penstock.clone());
        let back = self.of_penstock.entry((choice, ours)).or_insert_with(|| kafka.clone());
        pair == penstock && back == kafka
    }

    /// What Penstock says where Kafka says `kafka`, if it was seen.
    pub(crate) fn of_penstock(&self, field: &str, kafka: &Value) -> Option<Value> {
        let choice = choice(field)?;
        self.of_kafka.get(&(choice, text(choice, kafka)?)).cloned()
    }

    /// Whether that was said of some value.
    pub(crate) fn is_of_penstock(&self, field: &str, penstock: &Value) -> bool {
        choice(field).is_some_and(|choice| {
            text(choice, penstock)
                .is_some_and(|text| self.of_penstock.contains_key(&(choice, text)))
        })
    }
}

/// The value where it is one that a server may choose.
fn text(choice: Choice, value: &Value) -> Option<String> {
    match (choice, value) {
        (Choice::TopicId, Value::String(id)) => {
            id.contains(|digit| digit != '0').then(|| id.clone())
        }
        (Choice::MemberId, Value::String(id)) => (id.len() >= 36).then(|| id.clone()),
        (Choice::Folder, Value::String(path)) => (!path.is_empty()).then(|| path.clone()),
        (Choice::ProducerId | Choice::SessionId, Value::Number(number)) => {
            let least = i64::from(choice == Choice::SessionId);
            number.as_i64().filter(|number| *number >= least).map(|number| number.to_string())
        }
        (Choice::Port, Value::Number(number)) => Some(number.to_string()),
        (Choice::Time, Value::Number(number)) => {
            number.as_i64().filter(|time| CLOCK.contains(time)).map(|time| time.to_string())
        }
        _ => None,
    }
}

/// The same name before the random part, and dashes at the same places.
fn same_form(one: &str, other: &str) -> bool {
    let form = |id: &str| {
        let (name, random) = id.split_at_checked(id.len().saturating_sub(36))?;
        let dashes: Vec<bool> = random.bytes().map(|byte| byte == b'-').collect();
        Some((name.to_owned(), dashes))
    };
    form(one) == form(other)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_chosen_is_a_pair_for_ever_and_what_is_said_is_equal() {
        let mut chosen = Chosen::default();
        assert!(chosen.agree("producer_id", &json!(7), &json!(1000)));
        assert!(chosen.agree("producer_id", &json!(7), &json!(1000)));
        assert!(!chosen.agree("producer_id", &json!(7), &json!(1001)), "another one now");
        assert!(!chosen.agree("producer_id", &json!(8), &json!(1000)), "one for two");
        assert!(!chosen.agree("producer_id", &json!(-1), &json!(1002)), "none is said");
        assert!(!chosen.agree("error_code", &json!(1), &json!(2)), "nobody chooses it");
        let zero = "0".repeat(32);
        assert!(!chosen.agree("topic_id", &json!(zero), &json!("1".repeat(32))));
        assert!(!chosen.agree("timestamp", &json!(5), &json!(1_800_000_000_000_i64)));
    }
}
