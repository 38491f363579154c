//! Room for answers that are much larger than their questions: the memory for answers holds what is
//! written slowly, and what is about to be made.
//!
//! A question names things, each of which adds a row to the answer; that much room is taken before.
//! What is known of a thing shows only when it is told: an answer that turns out larger than its
//! room is thrown away, and made again when there is room for it, or not given when there never is.
//! Waiting for room holds no answer. One that waits for something else while it is made, with a part
//! of it in hand, measures before what it is going to tell, and takes room for that too.

use penstock_wire::Message;

use super::{RequestContext, respond};
use crate::net::answer_budget::FREE_ANSWER_BYTES_MAX;
use crate::net::{AnswerBudget, BytePermit, Response};

/// What the texts of a row take, which are copies, and the row as written.
const ROW_TEXTS_BYTES: usize = 128;

/// So many rows of an answer, and what each takes while it is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rows {
    count: usize,
    row_bytes: usize,
    /// What is known of all of them, beside.
    known_bytes: usize,
}

impl Rows {
    /// Rows that are structures of this kind.
    pub(super) const fn of<Row>(count: usize) -> Self {
        Self::sized(count, size_of::<Row>() + ROW_TEXTS_BYTES)
    }

    /// Rows of another size.
    pub(super) const fn sized(count: usize, row_bytes: usize) -> Self {
        Self { count, row_bytes, known_bytes: 0 }
    }

    /// What they take, beside what is known of them.
    pub(super) const fn named_bytes(self) -> usize {
        self.count.saturating_mul(self.row_bytes)
    }

    /// With so many bytes, which were measured.
    pub(super) const fn knowing(self, known_bytes: usize) -> Self {
        Self { known_bytes, ..self }
    }
}

/// Takes room for so many rows of an answer; `None` when there is never so much.
pub(super) async fn room_for(answers: &AnswerBudget, rows: Rows) -> Option<Room> {
    let named = rows.named_bytes();
    if named > answers.total() {
        return None;
    }
    // What is known may take less when it is written.
    let bytes = named.saturating_add(rows.known_bytes).min(answers.total());
    Some(Room::take(answers, bytes).await)
}

/// Answers a question that `handle` may be asked more than once; `None` when it names more than
/// there is ever room for, or its answer is larger.
pub(super) async fn answer<M, F>(
    answers: &AnswerBudget,
    context: &RequestContext,
    rows: Rows,
    handle: impl Fn() -> F,
) -> Option<Response>
where
    M: Message,
    F: Future<Output = M>,
{
    let mut room = room_for(answers, rows).await?;
    loop {
        let answer = respond(context, &handle().await);
        let bytes = answer.len();
        if bytes <= room.bytes {
            return Some(room.hold(answer));
        }
        drop((answer, room));
        if bytes > answers.total() {
            return None;
        }
        // A little more: it may have grown when its turn comes.
        room = Room::take(answers, answers.total().min(bytes + bytes / 8)).await;
    }
}

/// Takes room for an answer that is made of what is there for this moment only, of so many bytes
/// beside what every answer has; `None` when there is none now.
pub(super) fn at_once(answers: &AnswerBudget, bytes: usize) -> Option<Room> {
    let bytes = bytes + ROW_TEXTS_BYTES;
    if bytes <= FREE_ANSWER_BYTES_MAX {
        return Some(Room { permit: None, bytes: FREE_ANSWER_BYTES_MAX });
    }
    Some(Room { permit: Some(answers.try_acquire(bytes)?), bytes })
}

/// Lets an answer that was made within the room of its question hold its own until it is written.
/// The question keeps its room until then.
pub(super) async fn charge(answers: &AnswerBudget, answer: Response) -> Response {
    if answer.is_charged() || answer.len() <= FREE_ANSWER_BYTES_MAX {
        return answer;
    }
    let permit = answers.acquire(answer.len()).await;
    answer.holding(permit)
}

/// Room for an answer.
pub(super) struct Room {
    permit: Option<BytePermit>,
    bytes: usize,
}

impl Room {
    async fn take(answers: &AnswerBudget, bytes: usize) -> Self {
        if bytes <= FREE_ANSWER_BYTES_MAX {
            return Self { permit: None, bytes: FREE_ANSWER_BYTES_MAX };
        }
        Self { permit: Some(answers.acquire(bytes).await), bytes }
    }

    /// Lets the answer hold its room, and gives the rest back.
    pub(super) fn hold(self, answer: Response) -> Response {
        match self.permit {
            Some(mut permit) => {
                permit.shrink_to(answer.len());
                answer.holding(permit)
            }
            None => answer,
        }
    }
}
