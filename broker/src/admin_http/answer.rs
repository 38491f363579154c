//! Answers in JSON, each within the memory for answers.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Serialize, Serializer};

use crate::net::{AnswerBudget, BytePermit};

/// What a row takes while an answer is made, names of usual length and the text included.
pub(super) const ROW_BYTES: usize = 1_024;

const JSON: &str = "application/json";

/// A text that is shared with whoever knows it.
pub(super) struct Text(Arc<str>);

impl From<&Arc<str>> for Text {
    fn from(text: &Arc<str>) -> Self {
        Self(Arc::clone(text))
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HttpError {
    status: StatusCode,
    message: String,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    error: &'a str,
}

impl HttpError {
    /// Ask for something else.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, message: message.into() }
    }

    /// It is not here.
    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, message: message.into() }
    }

    /// Ask again.
    pub(super) fn not_now(message: impl Into<String>) -> Self {
        Self { status: StatusCode::SERVICE_UNAVAILABLE, message: message.into() }
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&ErrorBody { error: &self.message });
        let body = body.expect("a text can be written");
        (self.status, [(header::CONTENT_TYPE, JSON)], body).into_response()
    }
}

/// Room for an answer of so many rows, taken before it is made.
pub(super) fn room(answers: &AnswerBudget, rows: usize) -> Result<BytePermit, HttpError> {
    answers.try_acquire(rows.saturating_mul(ROW_BYTES)).ok_or_else(|| {
        HttpError::not_now("there is no memory for this answer now; ask again, or for fewer rows")
    })
}

/// The answer, which keeps its room until it has been sent.
pub(super) fn json(room: BytePermit, answer: &impl Serialize) -> Response {
    let text = serde_json::to_vec(answer).expect("its keys are texts");
    let body = Bytes::from_owner(Kept { text, _room: room });
    ([(header::CONTENT_TYPE, JSON)], Body::from(body)).into_response()
}

struct Kept {
    text: Vec<u8>,
    _room: BytePermit,
}

impl AsRef<[u8]> for Kept {
    fn as_ref(&self) -> &[u8] {
        &self.text
    }
}
