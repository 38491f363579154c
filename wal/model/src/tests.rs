//! The small scenarios, all of them, and a scenario for each mutation in which it is noticed.

use std::thread;

use super::*;

fn scenario(name: &str) -> Scenario {
    *SCENARIOS.iter().find(|scenario| scenario.name == name).unwrap()
}

#[test]
fn the_protocol_holds() {
    thread::scope(|scope| {
        for scenario in SCENARIOS.iter().filter(|scenario| scenario.is_small) {
            scope.spawn(|| {
                let found = run(scenario, None, usize::MAX);
                report(scenario.name, "all rules", &found);
                assert!(found.violation.is_none() && found.is_exhaustive, "{}", scenario.name);
                assert!(found.states > 5_000, "{} is too small", scenario.name);
            });
        }
    });
}

const LOST: &str = "a shown or acknowledged record is lost";
const NOT_BACKED: &str = "a committed range is not backed by its object";

/// Which scenario notices, and what it says.
const NOTICED: &[(Mutation, &str, &str)] = &[
    (Mutation::PlainPut, "failover", LOST),
    (Mutation::AckOutOfOrder, "failover", LOST),
    (Mutation::ShowBeforeAck, "failover", LOST),
    (Mutation::ListBeforeSeal, "failover", LOST),
    (Mutation::ListBeforeSeal, "inherit", "two values for one offset"),
    (Mutation::NoSeal, "failover", LOST),
    (Mutation::NoSeal, "inherit", LOST),
    (Mutation::NoFenceOnCommit, "failover", LOST),
    (Mutation::OnlyEpochCheckGone, "inherit", LOST),
    (Mutation::DeleteBeforeCommit, "failover", LOST),
    (Mutation::DeleteBeforeCommit, "inherit twice", LOST),
    (Mutation::StaleTrimAtRecovery, "failover", LOST),
    (Mutation::DeleteBelowImageTrim, "failover", NOT_BACKED),
    (Mutation::DeleteReferenced, "handover", NOT_BACKED),
    (Mutation::DeleteReferenced, "inherit after hand-over", NOT_BACKED),
    (Mutation::SealCollected, "chunked", LOST),
    (Mutation::CommitOutOfOrder, "two streams", LOST),
    (Mutation::CommitExpired, "pipelined", NOT_BACKED),
    (Mutation::CommitExpired, "inherit, expiring", NOT_BACKED),
    (Mutation::AdoptBlindly, "handover", "committed ranges overlap"),
    (Mutation::ElectBeforeAdoption, "failover", LOST),
    (Mutation::OwnerIsNode, "restart", LOST),
    (Mutation::ResumeHandover, "handover", LOST),
    (Mutation::HandoverBeforeFlush, "handover", LOST),
    (Mutation::ForcedMove, "failover", LOST),
    (Mutation::WriteBeforeInheriting, "inherit", LOST),
    (Mutation::CommitBeforeInheriting, "inherit", LOST),
    (Mutation::BeginAtZero, "inherit", LOST),
    (Mutation::ForgetTrim, "inherit", "an inherited object is gone"),
    (Mutation::InheritLastPartOnly, "inherit twice", LOST),
    (Mutation::AdoptInherited, "inherit or adopt", LOST),
    (Mutation::AdoptLastPartOnly, "inherit or adopt", LOST),
    (Mutation::AdoptByWrittenEpoch, "inherit or adopt", LOST),
    (Mutation::RestartPositions, "inherit after adoption", LOST),
];

#[test]
fn a_missing_rule_is_noticed() {
    for mutation in Mutation::ALL.iter().filter(|mutation| !mutation.is_harmless()) {
        assert!(NOTICED.iter().any(|(noticed, ..)| noticed == mutation), "{mutation:?}");
    }
    for (mutation, name, expected) in NOTICED {
        let found = run(&scenario(name), Some(*mutation), usize::MAX);
        let what = found.violation.map(|violation| violation.what);
        assert_eq!(what, Some(*expected), "{mutation:?} in {name}");
    }
}

/// Where another rule covers for the one that is gone.
const NOT_NOTICED: &[(Mutation, &str)] = &[
    (Mutation::OnlyStartCheckGone, "failover"),
    (Mutation::OnlyOwnerCheckGone, "handover"),
    (Mutation::AdoptTwice, "failover"),
    (Mutation::UploadUnacked, "failover"),
    (Mutation::OnlyUploadEarly, "inherit"),
    (Mutation::KeepStreamEpoch, "inherit"),
];

#[test]
fn a_rule_that_another_one_covers_is_not_missed() {
    for mutation in Mutation::ALL.iter().filter(|mutation| mutation.is_harmless()) {
        assert!(NOT_NOTICED.iter().any(|(harmless, _)| harmless == mutation), "{mutation:?}");
    }
    for (mutation, name) in NOT_NOTICED {
        let found = run(&scenario(name), Some(*mutation), usize::MAX);
        assert!(found.violation.is_none() && found.is_exhaustive, "{mutation:?} in {name}");
    }
}

#[test]
fn which_stream_is_which_makes_no_difference() {
    let rules = Rules { bounds: scenario("two streams").bounds, mutation: None };
    let mut states = [rules.first_state(), rules.first_state()];
    for (state, streams) in states.iter_mut().zip([0b01, 0b10]) {
        rules.step(state, actions::Action::Append { epoch: 0, streams }).unwrap();
    }
    let [one, other] = states;
    assert_ne!(one, other);
    assert_eq!(one.with_streams_swapped(), other);
}
