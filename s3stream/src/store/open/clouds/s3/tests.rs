use std::time::Duration;

use object_store::path::Path;
use object_store::signer::Signer;

use super::*;
use crate::store::url::StoreUrl;

fn bucket(url: &str) -> Bucket {
    match url.parse() {
        Ok(StoreUrl::Bucket(bucket)) => bucket,
        other => panic!("{other:?}"),
    }
}

fn builder() -> AmazonS3Builder {
    AmazonS3Builder::new()
        .with_bucket_name("b")
        .with_access_key_id("id")
        .with_secret_access_key("secret")
        .with_allow_http(true)
}

/// Where a bucket is by this URL, and whether bodies are signed; the client has it there too.
async fn check(builder: AmazonS3Builder, url: &str, expected: &str, signs: bool) {
    let bucket = bucket(url);
    let (builder, address) = addressed(builder.with_bucket_name(&bucket.name), &bucket);
    assert_eq!((address.bucket_url.as_str(), address.sign_payload), (expected, signs), "{url}");
    assert_eq!(is_on(&builder, Key::UnsignedPayload), !signs, "{url}");
    assert_eq!(builder.get_config_value(&Key::Region), Some(address.region), "{url}");
    let store = builder.build().unwrap();
    let key = Path::from("f/k");
    let signed = store.signed_url("GET".parse().unwrap(), &key, Duration::from_secs(1)).await;
    let signed = signed.unwrap().to_string();
    assert!(signed.starts_with(&format!("{expected}/f/k?")), "{url}: {signed}");
}

#[tokio::test]
async fn both_clients_find_the_bucket_in_one_place() {
    for (url, expected, signs) in [
        ("s3://b", "https://b.s3.us-east-1.amazonaws.com", false),
        ("s3://b?region=eu", "https://b.s3.eu.amazonaws.com", false),
        ("s3://b.c?region=eu", "https://s3.eu.amazonaws.com/b.c", false),
        ("s3://b?path_style=true", "https://s3.us-east-1.amazonaws.com/b", false),
        ("s3://b?endpoint=http://h:9", "http://h:9/b", true),
        ("s3://b?endpoint=https://h/", "https://h/b", false),
        ("s3://b?endpoint=https://h&path_style=false", "https://b.h", false),
    ] {
        check(builder(), url, expected, signs).await;
    }
}

#[tokio::test]
async fn the_url_stands_before_the_environment() {
    let given = || {
        let builder = builder().with_config(Key::Endpoint, "https://general/");
        builder.with_config(Key::S3Endpoint, "https://of-s3").with_region("eu")
    };
    check(given(), "s3://b", "https://of-s3/b", false).await;
    check(given(), "s3://b?path_style=false", "https://b.of-s3", false).await;
    check(given(), "s3://b?endpoint=http://h", "http://h/b", true).await;
    check(builder().with_endpoint("https://general/"), "s3://b", "https://general/b", false).await;
}

#[test]
fn what_the_environment_says_of_objects_is_said_of_those_assembled() {
    let set = |builder: AmazonS3Builder, key: &str, value: &str| {
        builder.with_config(key.parse().unwrap(), value)
    };
    let plain = builder();
    assert!(assembles(&plain) && encryption(&plain).is_empty());
    let kms = set(builder(), "aws_server_side_encryption", "aws:kms");
    let kms = set(kms, "aws_sse_kms_key_id", "key");
    let kms = set(kms, "aws_sse_bucket_key_enabled", "1");
    let expected = [
        ("x-amz-server-side-encryption", "aws:kms".to_owned()),
        ("x-amz-server-side-encryption-aws-kms-key-id", "key".to_owned()),
        ("x-amz-server-side-encryption-bucket-key-enabled", "true".to_owned()),
    ];
    assert!(assembles(&kms));
    assert_eq!(encryption(&kms), expected);
    assert!(!assembles(&set(builder(), "aws_server_side_encryption", "sse-c")));
    assert!(!assembles(&builder().with_config(Key::S3Express, "true")));
}

#[test]
fn the_client_that_connects_last_is_remembered() {
    let connector = Remembering::default();
    let own = builder().with_config(Key::Client("timeout".parse().unwrap()), "7s");
    own.with_http_connector(connector.clone()).build().unwrap();
    let timeout = connector.last().unwrap().get_config_value(&"timeout".parse().unwrap());
    assert_eq!(timeout.as_deref(), Some("7s"));
}
