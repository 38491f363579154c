//! What an answer of S3 means for an assembly.
//!
//! A copy and a completion may take long: S3 says 200 before it is done, and its failure stands in the
//! body. So a failure is known by its code as well as by its status.

use bytes::Bytes;
use object_store::path::Path;
use object_store::{Error, Result};

use super::xml::{self, Element};

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Begin,
    Copy,
    Send,
    Complete,
    Abandon,
    List,
}

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) tag: Option<String>,
    pub(super) body: Bytes,
}

/// A failure as S3 calls it. Its message may repeat what was signed, and is left out.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("HTTP {status} {code}")]
struct Refusal {
    status: u16,
    code: String,
}

/// Codes of 400 and 403 that pass: with a new credential, a clock that is set, or a line that is better.
const PASSING: [&str; 7] = [
    "ExpiredToken",
    "IncompleteBody",
    "RequestTimeTooSkewed",
    "RequestTimeout",
    "TokenRefreshRequired",
    "XAmzContentSHA256Mismatch",
    "BadDigest",
];

impl Answer {
    /// An answer whose body says nothing.
    pub(super) fn check(&self, step: Step, key: &Path) -> Result<()> {
        match self.status {
            200..=299 => Ok(()),
            status => {
                let error = xml::parse(&self.body).ok();
                let code = error.as_ref().and_then(|error| error.text("Code")).unwrap_or_default();
                Err(meaning(Refusal { status, code: code.to_owned() }, step, key))
            }
        }
    }

    /// An answer whose body says more.
    pub(super) fn xml(&self, step: Step, key: &Path) -> Result<Element> {
        self.check(step, key)?;
        let answer = xml::parse(&self.body).map_err(failed)?;
        if answer.name != "Error" {
            return Ok(answer);
        }
        let code = answer.text("Code").unwrap_or_default().to_owned();
        Err(meaning(Refusal { status: status_of(&code), code }, step, key))
    }
}

/// The status that a code would have had, as far as it matters.
fn status_of(code: &str) -> u16 {
    match code {
        "EntityTooSmall" | "InvalidArgument" | "InvalidPart" | "InvalidPartOrder"
        | "InvalidRequest" => 400,
        "AccessDenied" => 403,
        "NoSuchBucket" | "NoSuchKey" | "NoSuchUpload" => 404,
        "MethodNotAllowed" => 405,
        "ConditionalRequestConflict" => 409,
        "PreconditionFailed" => 412,
        "NotImplemented" => 501,
        _ => 500,
    }
}

fn meaning(refusal: Refusal, step: Step, key: &Path) -> Error {
    let path = key.to_string();
    let is_passing = PASSING.contains(&refusal.code.as_str());
    match refusal.status {
        409 | 412 if step == Step::Complete => {
            Error::AlreadyExists { path, source: refusal.into() }
        }
        // No such request: what is begun, and what is listed, need not be there.
        404 if refusal.code != "NoSuchBucket" && matches!(step, Step::Begin | Step::List) => {
            refuses_for_good(&refusal)
        }
        // A bucket may still be created.
        404 if refusal.code != "NoSuchBucket" => Error::NotFound { path, source: refusal.into() },
        501 => refuses_for_good(&refusal),
        403 if !is_passing && matches!(step, Step::Abandon | Step::List) => {
            Error::PermissionDenied { path, source: refusal.into() }
        }
        400 | 403 | 405 if !is_passing && step != Step::Abandon => refuses_for_good(&refusal),
        _ => failed(refusal),
    }
}

fn refuses_for_good(refusal: &Refusal) -> Error {
    Error::NotImplemented {
        operation: format!("an assembly ({refusal})"),
        implementer: "S3".into(),
    }
}

/// Something that may pass.
pub(super) fn failed(
    source: impl Into<Box<dyn std::error::Error + Send + Sync + 'static>>,
) -> Error {
    Error::Generic { store: "S3", source: source.into() }
}
