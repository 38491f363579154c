//! Pages of lists: how many rows, and behind which.

use url::form_urlencoded;

use super::answer::HttpError;

/// Rows of a page that nobody asks to be longer or shorter.
const ROWS: usize = 100;

/// The most rows of a page.
pub(super) const ROWS_MAX: usize = 1_000;

/// A page as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// Rows at most.
    pub(super) limit: usize,
    /// The last row of the page before.
    pub(super) after: Option<String>,
}

impl Page {
    /// What a query asks for: `limit=100&after=name`.
    pub(super) fn of(query: Option<&str>) -> Result<Self, HttpError> {
        let mut page = Self { limit: ROWS, after: None };
        for (key, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match &*key {
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=ROWS_MAX).contains(limit));
                    page.limit = limit.ok_or_else(|| {
                        HttpError::bad_request(format!(
                            "limit is not a number from 1 to {ROWS_MAX}"
                        ))
                    })?;
                }
                "after" => page.after = Some(value.into_owned()),
                other => {
                    let message = format!("there is no parameter {other}; write limit or after");
                    return Err(HttpError::bad_request(message));
                }
            }
        }
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_as_it_is_asked_for_within_bounds() {
        fn check(query: Option<&str>, expect: Option<(usize, Option<&str>)>) {
            let page = Page::of(query).ok().map(|page| (page.limit, page.after));
            let expect = expect.map(|(limit, after)| (limit, after.map(str::to_owned)));
            assert_eq!(page, expect, "{query:?}");
        }
        check(None, Some((100, None)));
        check(Some("limit=1000&after=a%2Fb+c"), Some((1_000, Some("a/b c"))));
        check(Some("limit=0"), None);
        check(Some("limit=1001"), None);
        check(Some("limit=x"), None);
        check(Some("page=2"), None);
    }
}
