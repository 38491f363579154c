//! Makes a failing sequence as small as it gets: steps are dropped, then parts of their bodies, as
//! long as the same thing differs.

use serde_json::Value;

use crate::justified::Shown;
use crate::sequence::{Ask, Step};
use crate::trial::{Fault, Trial};

/// Trials that one fault is worth.
const TRIALS_MAX: usize = 60;

/// The smallest sequence found, and how it differs.
pub(crate) fn shrink(
    trial: &mut Trial<'_>,
    steps: &[Step],
    fault: Fault,
) -> anyhow::Result<(Vec<Step>, Fault)> {
    let last = steps.iter().position(|step| step.id == fault.step.id).unwrap_or(steps.len() - 1);
    let mut small = (steps[..=last].to_vec(), fault);
    let mut left = TRIALS_MAX;
    let mut attempt =
        |smaller: Vec<Step>, small: &mut (Vec<Step>, Fault)| -> anyhow::Result<bool> {
            if left == 0 {
                return Ok(false);
            }
            left -= 1;
            match trial.run(&smaller, &Shown::default())? {
                Some(fault) if fault.cause() == small.1.cause() => {
                    *small = (smaller, fault);
                    Ok(true)
                }
                _ => Ok(false),
            }
        };
    let mut at = small.0.len() - 1;
    while at > 0 {
        at -= 1;
        let mut smaller = small.0.clone();
        smaller.remove(at);
        attempt(smaller, &mut small)?;
    }
    for at in 0..small.0.len() {
        let mut cut = 0;
        loop {
            let mut smaller = small.0.clone();
            let Some(step) = smaller.get_mut(at) else { break };
            let Ask::Request { body, .. } = &mut step.ask else { break };
            if !cut_one(body, &mut cut.clone()) {
                break;
            }
            if !attempt(smaller, &mut small)? {
                cut += 1;
            }
        }
    }
    Ok(small)
}

/// Removes the array element with this number, counted through the whole tree; whether there is one.
fn cut_one(tree: &mut Value, number: &mut usize) -> bool {
    match tree {
        // Where an answer is quoted, nothing can be left out.
        Value::Object(fields) if fields.contains_key("answer") => false,
        Value::Object(fields) => fields.values_mut().any(|value| cut_one(value, number)),
        Value::Array(items) => {
            if *number < items.len() {
                items.remove(*number);
                return true;
            }
            *number -= items.len();
            items.iter_mut().any(|item| cut_one(item, number))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_element_can_be_cut() {
        let tree = json!({ "a": [1, [2, 3]], "b": { "answer": [1, "x"] } });
        let cut = |mut number: usize| {
            let mut tree = tree.clone();
            cut_one(&mut tree, &mut number).then_some(tree["a"].clone())
        };
        let cuts: Vec<_> = (0..5).map(cut).collect();
        let expected =
            [json!([[2, 3]]), json!([1]), json!([1, [3]]), json!([1, [2]])].map(Some).to_vec();
        assert_eq!(cuts, [expected, vec![None]].concat());
    }
}
