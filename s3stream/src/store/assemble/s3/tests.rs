use std::sync::{Arc, Mutex};

use object_store::StaticCredentialProvider;
use object_store::aws::AwsCredential;
use object_store::client::{HttpError, HttpErrorKind, HttpResponse, HttpResponseBody, HttpService};
use penstock_wal::retry::may_pass;

use super::*;
use crate::store::assemble::{Assemble, Assembler, Piece};

type Script = dyn Fn(&str) -> (u16, String) + Send + Sync;

/// A service that answers as it is told, and notes what it was asked.
#[derive(Clone)]
struct Service {
    script: Arc<Script>,
    asked: Arc<Mutex<Vec<HttpRequest>>>,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("scripted")
    }
}

/// The method and what follows the host.
fn line(request: &HttpRequest) -> String {
    let uri = request.uri().to_string();
    format!("{} {}", request.method(), uri.strip_prefix("http://h").unwrap())
}

#[async_trait]
impl HttpService for Service {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (status, body) = (self.script)(&line(&request));
        self.asked.lock().unwrap().push(request);
        if status == 0 {
            return Err(HttpError::new(HttpErrorKind::Interrupted, std::fmt::Error));
        }
        let mut answer = HttpResponse::new(HttpResponseBody::from(body));
        *answer.status_mut() = status.try_into().unwrap();
        answer.headers_mut().insert("etag", "\"sent\"".parse().unwrap());
        Ok(answer)
    }
}

impl Service {
    fn new(script: impl Fn(&str) -> (u16, String) + Send + Sync + 'static) -> Self {
        Self { script: Arc::new(script), asked: Arc::default() }
    }

    fn steps(&self) -> S3Steps {
        self.steps_at(Address { prefix: "p q".into(), ..address() }, None)
    }

    fn steps_at(&self, address: Address, credential: Option<AwsCredential>) -> S3Steps {
        let credentials =
            credential.map(|credential| Arc::new(StaticCredentialProvider::new(credential)) as _);
        S3Steps::new(HttpClient::new(self.clone()), credentials, address)
    }

    fn assembler(&self) -> Assembler {
        Assembler::new(Arc::new(self.steps()))
    }

    fn lines(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(line).collect()
    }

    /// Of the request whose line ends so.
    fn header(&self, end: &str, name: &str) -> Option<String> {
        let asked = self.asked.lock().unwrap();
        let request = asked.iter().find(|request| line(request).ends_with(end)).unwrap();
        Some(request.headers().get(name)?.to_str().unwrap().to_owned())
    }
}

fn address() -> Address {
    Address {
        bucket_url: "http://h/b".into(),
        bucket: "b".into(),
        prefix: Path::ROOT,
        region: "r".into(),
        sign_payload: true,
        requester_pays: false,
        encryption: Vec::new(),
        lists_by_prefix: true,
    }
}

const BEGUN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <InitiateMultipartUploadResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
    <Bucket>b</Bucket><Key>k</Key><UploadId>i/d+1</UploadId></InitiateMultipartUploadResult>";
const COPIED: &str = "<CopyPartResult><LastModified>x</LastModified>\
    <ETag>&quot;copied&#34;</ETag></CopyPartResult>";
const COMPLETED: &str =
    "\n  \n<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>";

/// All goes well.
fn well(asked: &str) -> (u16, String) {
    match asked {
        _ if asked.ends_with("?uploads=") => (200, BEGUN.into()),
        _ if asked.starts_with("POST") => (200, COMPLETED.into()),
        _ if asked.starts_with("DELETE") => (204, String::new()),
        _ if asked.contains("partNumber=1&") => (200, COPIED.into()),
        _ => (200, String::new()),
    }
}

fn error(code: &str) -> String {
    format!("<Error><Code>{code}</Code><Message>AKIA</Message></Error>")
}

fn copied(key: &str) -> Piece {
    Piece::Copied { key: Path::parse(key).unwrap(), bytes: 5..85 }
}

fn key() -> Path {
    Path::from("f/k=1")
}

#[tokio::test]
async fn requests_are_as_s3_wants_them() {
    let service = Service::new(well);
    let pieces = [copied("f/ä b+c"), Piece::Sent("tail".into())];
    service.assembler().assemble(&key(), &pieces).await.unwrap();
    let expected = [
        "POST /b/p%20q/f/k%3D1?uploads=",
        "PUT /b/p%20q/f/k%3D1?partNumber=1&uploadId=i%2Fd%2B1",
        "PUT /b/p%20q/f/k%3D1?partNumber=2&uploadId=i%2Fd%2B1",
        "POST /b/p%20q/f/k%3D1?uploadId=i%2Fd%2B1",
    ];
    assert_eq!(service.lines(), expected);
    let of_copy = |name| service.header("partNumber=1&uploadId=i%2Fd%2B1", name).unwrap();
    assert_eq!(of_copy("x-amz-copy-source"), "b/p%20q/f/%C3%A4%20b%2Bc");
    assert_eq!(of_copy("x-amz-copy-source-range"), "bytes=5-84");
    assert_eq!(of_copy("content-length"), "0");
    assert_eq!(service.header("1?uploadId=i%2Fd%2B1", "if-none-match").unwrap(), "*");
    assert_eq!(service.header("?uploads=", "authorization"), None);
    let asked = service.asked.lock().unwrap();
    assert_eq!(asked[2].body().as_bytes().unwrap(), "tail");
    let completion = std::str::from_utf8(asked[3].body().as_bytes().unwrap()).unwrap();
    let parts = "<Part><PartNumber>1</PartNumber><ETag>&quot;copied&quot;</ETag></Part>\
        <Part><PartNumber>2</PartNumber><ETag>&quot;sent&quot;</ETag></Part>";
    assert!(completion.contains(parts), "{completion}");
    let works: Vec<_> =
        asked.iter().map(|one| one.extensions().get::<Work>().map(|work| work.bytes)).collect();
    assert_eq!(works, [None, Some(80 / 8), None, Some(84 / 8)]);
}

#[tokio::test]
async fn requests_are_signed_with_what_the_credential_has() {
    let service = Service::new(well);
    let credential = AwsCredential {
        key_id: "id".into(),
        secret_key: "secret".into(),
        token: Some("session".into()),
    };
    let encryption = vec![("x-amz-server-side-encryption", "aws:kms".to_owned())];
    let address = Address { requester_pays: true, encryption, sign_payload: false, ..address() };
    let steps = Arc::new(service.steps_at(address, Some(credential)));
    Assembler::new(steps).assemble(&key(), &[copied("a")]).await.unwrap();
    let header = |name| service.header("?uploads=", name).unwrap();
    let signed = "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-request-payer;\
        x-amz-security-token;x-amz-server-side-encryption, ";
    assert!(header("authorization").starts_with("AWS4-HMAC-SHA256 Credential=id/"));
    assert!(header("authorization").contains(signed), "{}", header("authorization"));
    assert!(header("authorization").contains("/r/s3/aws4_request"));
    assert_eq!(header("x-amz-security-token"), "session");
    assert_eq!(header("x-amz-content-sha256"), "UNSIGNED-PAYLOAD");
    let copy = service.header("partNumber=1&uploadId=i%2Fd%2B1", "authorization").unwrap();
    assert!(copy.contains("x-amz-copy-source;x-amz-copy-source-range;x-amz-date"), "{copy}");
}

/// What an assembly comes to whose step that begins so is answered so; what was begun is abandoned.
async fn check(step: &'static str, status: u16, code: &'static str, expected: &str) {
    let service = Service::new(move |asked| match asked.starts_with(step) {
        true => (status, if code.is_empty() { String::new() } else { error(code) }),
        false if asked.starts_with("HEAD") => (404, String::new()),
        false => well(asked),
    });
    let answer =
        service.assembler().assemble(&key(), &[copied("a"), Piece::Sent("b".into())]).await;
    let failure = answer.unwrap_err();
    let kind = match &failure {
        Error::AlreadyExists { .. } => "taken",
        Error::NotFound { .. } => "not found",
        Error::NotImplemented { .. } => "never",
        error if may_pass(error) => "later",
        _ => "else",
    };
    assert_eq!(kind, expected, "{step} {status} {code}: {failure}");
    assert!(!format!("{failure:?}").contains("AKIA"), "{failure:?}");
    let abandoned = service.lines().iter().any(|line| line.starts_with("DELETE"));
    assert_eq!(abandoned, !step.ends_with("?uploads="), "{step} {status} {code}");
}

const BEGIN: &str = "POST /b/p%20q/f/k%3D1?uploads=";
const COPY: &str = "PUT /b/p%20q/f/k%3D1?partNumber=1";
const SEND: &str = "PUT /b/p%20q/f/k%3D1?partNumber=2";
const COMPLETE: &str = "POST /b/p%20q/f/k%3D1?uploadId";

#[tokio::test]
async fn a_failure_means_what_the_caller_is_told() {
    for step in [BEGIN, COPY, SEND, COMPLETE] {
        for (status, code, expected) in [
            (501, "NotImplemented", "never"),
            (400, "InvalidRequest", "never"),
            (403, "AccessDenied", "never"),
            (405, "MethodNotAllowed", "never"),
            (405, "", "never"),
            (400, "RequestTimeout", "later"),
            (400, "ExpiredToken", "later"),
            (403, "RequestTimeTooSkewed", "later"),
            (404, "NoSuchBucket", "later"),
            (429, "SlowDown", "later"),
            (500, "InternalError", "later"),
            (503, "", "later"),
            (0, "", "later"),
        ] {
            check(step, status, code, expected).await;
        }
    }
    for step in [BEGIN, COPY, SEND] {
        check(step, 409, "OperationAborted", "later").await;
    }
    check(COPY, 404, "NoSuchKey", "not found").await;
    check(COPY, 404, "", "not found").await;
    check(SEND, 404, "NoSuchUpload", "not found").await;
    check(COMPLETE, 404, "NoSuchUpload", "not found").await;
    check(COMPLETE, 412, "PreconditionFailed", "taken").await;
    check(COMPLETE, 409, "ConditionalRequestConflict", "taken").await;
}

#[tokio::test]
async fn a_failure_may_be_called_ok_first() {
    for (code, expected) in [
        ("InternalError", "later"),
        ("SlowDown", "later"),
        ("AccessDenied", "never"),
        ("NoSuchUpload", "not found"),
        ("NotImplemented", "never"),
    ] {
        check(COPY, 200, code, expected).await;
        check(COMPLETE, 200, code, expected).await;
    }
    check(COPY, 200, "NoSuchKey", "not found").await;
    check(COMPLETE, 200, "PreconditionFailed", "taken").await;
    check(COMPLETE, 200, "InvalidPart", "never").await;
    // Nothing, or half of it.
    check(COPY, 200, "", "later").await;
    check(COMPLETE, 200, "", "later").await;
}

#[tokio::test]
async fn who_finds_it_completed_by_a_request_that_was_repeated_is_told_so() {
    let service = Service::new(|asked| match asked {
        _ if asked.starts_with(COMPLETE) => (404, error("NoSuchUpload")),
        _ => well(asked),
    });
    let answer = service.assembler().assemble(&key(), &[copied("a")]).await;
    assert!(matches!(answer, Err(Error::AlreadyExists { .. })), "{answer:?}");
    assert!(service.lines().contains(&"HEAD /b/p%20q/f/k%3D1".to_owned()));
}

#[tokio::test]
async fn what_cannot_be_abandoned_does_not_hide_why_it_failed() {
    let service = Service::new(|asked| match asked {
        _ if asked.starts_with(COPY) => (404, error("NoSuchKey")),
        _ if asked.starts_with("DELETE") => (503, String::new()),
        _ => well(asked),
    });
    let answer = service.assembler().assemble(&key(), &[copied("a")]).await;
    assert!(matches!(answer, Err(Error::NotFound { .. })), "{answer:?}");
    let unfinished = Unfinished { key: key(), id: "1".into() };
    service.assembler().abandon(&unfinished).await.unwrap_err();
    let gone = Service::new(|_| (404, error("NoSuchUpload")));
    gone.assembler().abandon(&unfinished).await.unwrap();
}

fn listed(uploads: &[(&str, &str)], next: Option<(&str, &str)>) -> (u16, String) {
    let mut text =
        "<s3:ListMultipartUploadsResult xmlns:s3='x'><s3:Bucket>b</s3:Bucket>".to_owned();
    for (key, id) in uploads {
        text += &format!(
            "<s3:Upload><s3:Key>{key}</s3:Key><s3:UploadId><![CDATA[{id}]]></s3:UploadId></s3:Upload>"
        );
    }
    if let Some((key, id)) = next {
        text += &format!("<s3:NextKeyMarker>{key}</s3:NextKeyMarker>");
        text += &format!("<s3:NextUploadIdMarker>{id}</s3:NextUploadIdMarker>");
    }
    text += &format!("<s3:IsTruncated>{}</s3:IsTruncated>", next.is_some());
    (200, text + "<s3:EncodingType/></s3:ListMultipartUploadsResult>")
}

#[tokio::test]
async fn all_pages_of_what_is_unfinished_are_listed() {
    let service = Service::new(|asked| match asked {
        "GET /b?uploads=&prefix=p%20q%2Ff%2F" => {
            listed(&[("p q/f/k&amp;", "1"), ("p q/f//x", "2")], Some(("p q/f/k&amp;", "1")))
        }
        "GET /b?uploads=&prefix=p%20q%2Ff%2F&key-marker=p%20q%2Ff%2Fk%26&upload-id-marker=1" => {
            listed(&[("p q/f/k&amp;", "<3>"), ("p q/fg", "4"), ("f/k", "5")], None)
        }
        asked => panic!("{asked}"),
    });
    let found = service.steps().unfinished(&Path::from("f")).await.unwrap();
    let upload = |id: &str| Unfinished { key: Path::parse("f/k&").unwrap(), id: id.into() };
    assert_eq!(found, [upload("1"), upload("<3>")]);
}

#[tokio::test]
async fn a_service_that_knows_whole_keys_alone_lists_all_that_it_has() {
    let service = Service::new(|asked| match asked {
        "GET /b?uploads=" => listed(&[("f/k", "1"), ("g/k", "2")], None),
        asked => panic!("{asked}"),
    });
    let steps = service.steps_at(Address { lists_by_prefix: false, ..address() }, None);
    let found = steps.unfinished(&Path::from("f")).await.unwrap();
    assert_eq!(found, [Unfinished { key: "f/k".into(), id: "1".into() }]);
}

#[tokio::test]
async fn a_list_that_does_not_go_on_ends() {
    let service = Service::new(|_| listed(&[], Some(("f/k", "1"))));
    service.steps().unfinished(&Path::from("f")).await.unwrap_err();
    assert_eq!(service.lines().len(), 2);
}

#[test]
fn what_is_no_answer_is_refused() {
    let deep = "<a>".repeat(100);
    for text in ["", "  ", "text", "<a>", "<a></b>", "</a>", "<a>&nope;</a>", "<a", &deep] {
        assert!(xml::parse(text.as_bytes()).is_err(), "{text}");
    }
}
