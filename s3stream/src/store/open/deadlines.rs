//! How long a request to a cloud may take: one that sends much gets more time than one that asks.
//!
//! The cloud's client knows one limit for all of its requests. Here are two of them: one with the
//! limit of the settings, and one for large bodies, whose limit is set for each by its size.

use std::time::Duration;

use async_trait::async_trait;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
    ReqwestConnector,
};
use tokio::time::timeout;

use super::StoreSettings;

/// The limit of the client for large bodies, longer than what is set for any of them: as long as
/// the ids of an upload stay promised to it.
const LARGE_BODY_TIMEOUT_MAX: Duration = Duration::from_secs(3_600);

/// Connects with deadlines by size.
#[derive(Debug)]
pub(super) struct DeadlineConnector(pub(super) StoreSettings);

impl HttpConnector for DeadlineConnector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let connect = |options: &ClientOptions| ReqwestConnector::default().connect(options);
        Ok(HttpClient::new(Deadlines {
            small: connect(options)?,
            large: connect(&options.clone().with_timeout(LARGE_BODY_TIMEOUT_MAX))?,
            settings: self.0,
        }))
    }
}

#[derive(Debug)]
struct Deadlines {
    small: HttpClient,
    large: HttpClient,
    settings: StoreSettings,
}

#[async_trait]
impl HttpService for Deadlines {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let bytes = request.body().content_length();
        if bytes < self.settings.upload_bytes_per_second_min.get() {
            return self.small.execute(request).await;
        }
        let most = self.settings.time_for(bytes).min(LARGE_BODY_TIMEOUT_MAX);
        // To the head of the answer: an answer to a large body has none itself.
        match timeout(most, self.large.execute(request)).await {
            Ok(answer) => answer,
            Err(elapsed) => Err(HttpError::new(HttpErrorKind::Timeout, elapsed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use object_store::PutPayload;
    use tokio::time::{Instant, sleep};

    use super::*;

    /// A line of so many bytes a second. Its small requests are answered at once.
    #[derive(Debug)]
    struct Line(usize);

    #[async_trait]
    impl HttpService for Line {
        async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
            let seconds = request.body().content_length() / self.0;
            sleep(Duration::from_secs(seconds as u64)).await;
            Ok(HttpResponse::new(Bytes::new().into()))
        }
    }

    /// The seconds that a request takes, and whether it got through.
    async fn check(body_bytes: usize, bytes_per_second: usize, expected: (u64, bool)) {
        let line = || HttpClient::new(Line(bytes_per_second));
        let settings = StoreSettings::default();
        let client = HttpClient::new(Deadlines { small: line(), large: line(), settings });
        let body = PutPayload::from(Bytes::from(vec![0; body_bytes]));
        let begun = Instant::now();
        let answer = client.execute(HttpRequest::new(body.into())).await;
        assert!(
            answer.is_ok() || answer.as_ref().is_err_and(|e| e.kind() == HttpErrorKind::Timeout)
        );
        assert_eq!((begun.elapsed().as_secs(), answer.is_ok()), expected, "{body_bytes} bytes");
    }

    #[tokio::test(start_paused = true)]
    async fn a_large_body_gets_the_time_that_it_needs_on_a_slow_line() {
        check(0, 1, (0, true)).await;
        check(100 << 10, 1 << 20, (0, true)).await;
        // One of two that share a line of 1 MiB/s: four times what a small request may take.
        check(64 << 20, 512 << 10, (128, true)).await;
        // Where nothing moves, it ends and is tried again.
        check(64 << 20, 1, (32 + 256, false)).await;
        check(8 << 20, 1, (32 + 32, false)).await;
    }
}
