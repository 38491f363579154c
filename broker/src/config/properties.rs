//! The syntax of `server.properties`: Java's properties, as `java.util.Properties` reads them.
//!
//! A logical line is `key=value`, `key:value` or `key value`; `#` or `!` begins a comment; a
//! backslash at the end of a line continues it; `\t \n \r \f \uXXXX` and `\` before any other
//! character are escapes. It knows no keys.

use std::iter::Peekable;
use std::str::Chars;

/// One setting as it stands in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// The line that it begins on, from 1.
    pub line: usize,
    /// The key, escapes resolved.
    pub key: String,
    /// The value, escapes resolved; blanks at its end belong to it.
    pub value: String,
}

/// What cannot be read. Mend the line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct SyntaxError {
    /// The line that the setting begins on, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: &'static str,
}

/// Reads a whole file, in its order; a key may stand there more than once.
///
/// # Errors
/// At a `\u` without four hexadecimal digits, or with half of a surrogate pair.
pub fn parse(text: &str) -> Result<Vec<Property>, SyntaxError> {
    logical_lines(text).into_iter().map(|(line, text)| property(line, &text)).collect()
}

/// Joins continued lines; leaves out blank ones and comments.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut continued = false;
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    for (index, natural) in text.split('\n').enumerate() {
        let natural = natural.trim_start_matches(is_blank);
        if !continued && (natural.is_empty() || natural.starts_with(['#', '!'])) {
            continue;
        }
        let backslashes = natural.len() - natural.trim_end_matches('\\').len();
        let continues = backslashes % 2 == 1;
        let content = if continues { &natural[..natural.len() - 1] } else { natural };
        match lines.last_mut() {
            Some((_, line)) if continued => line.push_str(content),
            _ => lines.push((index + 1, content.to_owned())),
        }
        continued = continues;
    }
    lines
}

fn property(line: usize, text: &str) -> Result<Property, SyntaxError> {
    let mut chars = text.chars().peekable();
    let key = unescape(&mut chars, |c| is_blank(c) || c == '=' || c == ':');
    skip_blanks(&mut chars);
    if chars.next_if(|c| matches!(c, '=' | ':')).is_some() {
        skip_blanks(&mut chars);
    }
    let value = key.and_then(|key| Ok((key, unescape(&mut chars, |_| false)?)));
    let (key, value) = value.map_err(|what| SyntaxError { line, what })?;
    Ok(Property { line, key, value })
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\x0c')
}

fn skip_blanks(chars: &mut Peekable<Chars<'_>>) {
    while chars.next_if(|c| is_blank(*c)).is_some() {}
}

/// Reads up to an unescaped character that `ends` names.
fn unescape(
    chars: &mut Peekable<Chars<'_>>,
    ends: impl Fn(char) -> bool,
) -> Result<String, &'static str> {
    // Java's `\u` escapes are UTF-16, so that a pair of them can make one character.
    let mut units: Vec<u16> = Vec::new();
    let push = |units: &mut Vec<u16>, c: char| units.extend_from_slice(c.encode_utf16(&mut [0; 2]));
    while let Some(c) = chars.next_if(|c| !ends(*c)) {
        if c != '\\' {
            push(&mut units, c);
            continue;
        }
        match chars.next() {
            Some('t') => push(&mut units, '\t'),
            Some('n') => push(&mut units, '\n'),
            Some('r') => push(&mut units, '\r'),
            Some('f') => push(&mut units, '\x0c'),
            Some('u') => {
                let digits: String = chars.by_ref().take(4).collect();
                let whole = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_hexdigit());
                let unit = u16::from_str_radix(&digits, 16).ok().filter(|_| whole);
                units.push(unit.ok_or("\\u needs four hexadecimal digits")?);
            }
            Some(other) => push(&mut units, other),
            None => {}
        }
    }
    String::from_utf16(&units).map_err(|_| "\\u escapes leave half of a surrogate pair")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[(usize, &str, &str)]) {
        let found = parse(text).unwrap();
        let found: Vec<_> =
            found.iter().map(|p| (p.line, p.key.as_str(), p.value.as_str())).collect();
        assert_eq!(found, expect, "{text:?}");
    }

    #[test]
    fn reads_what_java_reads() {
        check("", &[]);
        check("# one\n ! two\n\n \t\n", &[]);
        check("a=b", &[(1, "a", "b")]);
        check("  a  =  b  \n", &[(1, "a", "b  ")]);
        check("a:b\na b\na\tb", &[(1, "a", "b"), (2, "a", "b"), (3, "a", "b")]);
        check("a = : b", &[(1, "a", ": b")]);
        check("a==b", &[(1, "a", "=b")]);
        check("a", &[(1, "a", "")]);
        check("a=", &[(1, "a", "")]);
        check("=b", &[(1, "", "b")]);
        check("a\\ b\\=c=d\\:e", &[(1, "a b=c", "d:e")]);
        check("a=b\\\n   c\\\n\\\n d\ne=f", &[(1, "a", "bcd"), (5, "e", "f")]);
        check("a=b\\\\\nc=d", &[(1, "a", "b\\"), (2, "c", "d")]);
        check("a=b\\\n# not a comment", &[(1, "a", "b# not a comment")]);
        check("a=b # not a comment", &[(1, "a", "b # not a comment")]);
        check("a=1\\t2\\n3\\q4", &[(1, "a", "1\t2\n3q4")]);
        check("a=\\u00e9\\ud83d\\ude00é", &[(1, "a", "é😀é")]);
        check("a=b\r\nc=d\re=f", &[(1, "a", "b"), (2, "c", "d"), (3, "e", "f")]);
        check("a=b\\", &[(1, "a", "b")]);
        check("a=1\na=2", &[(1, "a", "1"), (2, "a", "2")]);
    }

    #[test]
    fn names_the_line_that_cannot_be_read() {
        for text in ["x=1\na=\\u12", "\na=\\u+123", "\na=\\ud83d", "\n\\uzzzz=1"] {
            assert_eq!(parse(text).unwrap_err().line, 2, "{text:?}");
        }
    }
}
