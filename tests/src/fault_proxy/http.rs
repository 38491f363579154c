//! HTTP/1.1 messages, whole and verbatim: as much of it as object stores and their clients speak.
//!
//! It knows nothing of S3 but that a path is a bucket and a key.

use std::io::{self, BufRead, Read};

/// The longest head that is taken.
const HEAD_BYTES_MAX: u64 = 64 << 10;

/// A request or an answer, as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Message {
    /// First line, headers and the empty line behind them.
    pub(super) head: Vec<u8>,
    /// With the framing of its chunks, if it has any.
    pub(super) body: Vec<u8>,
    /// Whether the connection ends behind it.
    pub(super) is_last: bool,
}

impl Message {
    /// The first line's words.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        let line = self.head.split(|byte| *byte == b'\r').next().unwrap_or_default();
        str::from_utf8(line).unwrap_or_default().split(' ')
    }

    /// A request's method.
    pub(super) fn method(&self) -> &str {
        self.words().next().unwrap_or_default()
    }

    /// What a request's path names in its bucket; empty for the bucket itself.
    pub(super) fn key(&self) -> &str {
        let target = self.words().nth(1).unwrap_or_default();
        let path = target.split('?').next().unwrap_or_default();
        path.trim_start_matches('/').split_once('/').map_or("", |(_bucket, key)| key)
    }

    /// An answer's status.
    fn status(&self) -> u16 {
        self.words().nth(1).and_then(|word| word.parse().ok()).unwrap_or(0)
    }

    /// The value of a header, in small letters.
    fn header(&self, name: &str) -> Option<String> {
        let head = str::from_utf8(&self.head).ok()?;
        head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim().to_ascii_lowercase())
        })
    }

    fn has(&self, name: &str, token: &str) -> bool {
        self.header(name).is_some_and(|value| value.contains(token))
    }

    /// Takes a header away.
    fn remove(&mut self, name: &str) {
        let lines = self.head.split_inclusive(|byte| *byte == b'\n');
        let others = lines.filter(|line| {
            let found = line.split(|byte| *byte == b':').next().unwrap_or_default();
            !found.eq_ignore_ascii_case(name.as_bytes())
        });
        self.head = others.flatten().copied().collect();
    }
}

/// Reads a request, telling who waits for leave to send its body that it may. None where the
/// connection ended before one began.
pub(super) fn read_request(
    from: &mut impl BufRead,
    say_go_on: impl FnOnce() -> io::Result<()>,
) -> io::Result<Option<Message>> {
    let Some(head) = read_head(from)? else {
        return Ok(None);
    };
    let mut request = Message { head, ..Message::default() };
    if request.has("expect", "100-continue") {
        say_go_on()?;
        request.remove("expect");
    }
    request.is_last = request.has("connection", "close");
    read_body(from, &mut request, Some(0))?;
    Ok(Some(request))
}

/// Reads the answer to a request with this method, passing over those that are not final.
pub(super) fn read_answer(from: &mut impl BufRead, method: &str) -> io::Result<Message> {
    loop {
        let head = read_head(from)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut answer = Message { head, ..Message::default() };
        answer.is_last = answer.has("connection", "close");
        match answer.status() {
            100..200 => {}
            204 | 304 => return Ok(answer),
            _ if method == "HEAD" => return Ok(answer),
            _ => {
                read_body(from, &mut answer, None)?;
                return Ok(answer);
            }
        }
    }
}

fn read_head(from: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut head = Vec::new();
    let mut from = from.take(HEAD_BYTES_MAX);
    while !head.ends_with(b"\r\n\r\n") {
        if from.read_until(b'\n', &mut head)? == 0 {
            return if head.is_empty() {
                Ok(None)
            } else {
                Err(io::ErrorKind::UnexpectedEof.into())
            };
        }
    }
    Ok(Some(head))
}

/// Reads the body behind a head. Where the head tells no length it is `unsaid`, or without that
/// all that comes.
fn read_body(
    from: &mut impl BufRead,
    message: &mut Message,
    unsaid: Option<u64>,
) -> io::Result<()> {
    if message.has("transfer-encoding", "chunked") {
        return read_chunks(from, &mut message.body);
    }
    let said = message.header("content-length").and_then(|length| length.parse().ok());
    let Some(length) = said.or(unsaid) else {
        from.read_to_end(&mut message.body)?;
        message.is_last = true;
        return Ok(());
    };
    read_exactly(from, length, &mut message.body)
}

fn read_chunks(from: &mut impl BufRead, body: &mut Vec<u8>) -> io::Result<()> {
    loop {
        let size = read_line(from, body)?;
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(size, 16).map_err(io::Error::other)?;
        if size == 0 {
            // Trailers, up to an empty line.
            while !read_line(from, body)?.trim().is_empty() {}
            return Ok(());
        }
        read_exactly(from, size + 2, body)?;
    }
}

fn read_line(from: &mut impl BufRead, body: &mut Vec<u8>) -> io::Result<String> {
    let begin = body.len();
    from.take(HEAD_BYTES_MAX).read_until(b'\n', body)?;
    if !body.ends_with(b"\n") || body.len() == begin {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    String::from_utf8(body[begin..].to_vec()).map_err(io::Error::other)
}

fn read_exactly(from: &mut impl BufRead, length: u64, body: &mut Vec<u8>) -> io::Result<()> {
    let read = from.take(length).read_to_end(body)?;
    if read as u64 == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(mut bytes: &[u8]) -> (Option<Message>, bool, usize) {
        let mut told = false;
        let go_on = || {
            told = true;
            Ok(())
        };
        let request = read_request(&mut bytes, go_on).unwrap();
        (request, told, bytes.len())
    }

    #[test]
    fn requests_are_read_whole_and_no_further() {
        let check = |bytes: &str, method: &str, key: &str, body: &str, told: bool| {
            let (request, was_told, left) = request(format!("{bytes}NEXT").as_bytes());
            let request = request.unwrap();
            assert_eq!((request.method(), request.key()), (method, key), "{bytes}");
            assert_eq!(request.body, body.as_bytes(), "{bytes}");
            assert_eq!((was_told, left), (told, 4), "{bytes}");
        };
        check("GET /bucket/wal/1?x=/y HTTP/1.1\r\n\r\n", "GET", "wal/1", "", false);
        check(
            "POST /bucket?delete HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc",
            "POST",
            "",
            "abc",
            false,
        );
        let chunks = "3\r\nabc\r\n0\r\n\r\n";
        let head = "PUT /b/k HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n";
        check(&format!("{head}{chunks}"), "PUT", "k", chunks, false);
        let expects = "PUT /b/k HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na";
        check(expects, "PUT", "k", "a", true);
    }

    #[test]
    fn a_request_that_waits_for_leave_is_passed_on_without_its_question() {
        let (asking, ..) = request(b"PUT /b/k HTTP/1.1\r\nHost: x\r\nexpect: 100-Continue\r\n\r\n");
        assert_eq!(asking.unwrap().head, b"PUT /b/k HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(request(b"").0, None);
    }

    #[test]
    fn answers_are_read_by_what_their_heads_say() {
        let check = |method, head: &str, body: &str, rest: &str, is_last| {
            let bytes = format!("{head}\r\n\r\n{body}{rest}");
            let mut bytes = bytes.as_bytes();
            let answer = read_answer(&mut bytes, method).unwrap();
            assert_eq!(
                (answer.body.as_slice(), bytes),
                (body.as_bytes(), rest.as_bytes()),
                "{head}"
            );
            assert_eq!(answer.is_last, is_last, "{head}");
        };
        check("GET", "HTTP/1.1 200 OK\r\nContent-Length: 2", "ab", "rest", false);
        check("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 2", "", "rest", false);
        check("DELETE", "HTTP/1.1 204 No Content", "", "rest", false);
        check(
            "GET",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked",
            "1\r\na\r\n0\r\nT: x\r\n\r\n",
            "rest",
            false,
        );
        check("GET", "HTTP/1.1 200 OK", "all of it", "", true);
        check("PUT", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0", "", "", true);
        let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1";
        check("PUT", interim, "x", "", false);
    }

    #[test]
    fn what_ends_too_early_is_no_message() {
        for cut in ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"] {
            let error = read_answer(&mut cut.as_bytes(), "GET").unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "{cut}");
        }
    }
}
