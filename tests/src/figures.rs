//! What a server tells operators of itself over HTTP.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, ensure};

/// No answer takes longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The body of the answer to a GET.
///
/// # Errors
/// When it is not answered with 200.
pub fn get(admin: SocketAddr, path: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect_timeout(&admin, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {admin}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("an answer has a head")?;
    ensure!(head.split(' ').nth(1) == Some("200"), "{path}: {head}");
    Ok(body.to_owned())
}

/// The sum of all series of a metric.
///
/// # Errors
/// When there is none.
pub fn metric(admin: SocketAddr, name: &str) -> anyhow::Result<f64> {
    sum(&get(admin, "/metrics")?, name).with_context(|| format!("no metric {name}"))
}

fn sum(text: &str, name: &str) -> Option<f64> {
    let values = text.lines().filter_map(|line| {
        let rest = line.strip_prefix(name)?;
        let value = rest.strip_prefix(' ').or_else(|| rest.rsplit_once("} ").map(|(_, v)| v))?;
        value.parse::<f64>().ok()
    });
    values.reduce(|a, b| a + b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_series_of_a_metric_and_no_others_are_added() {
        let text = "# HELP a A\na{pool=\"x\"} 1\na{pool=\"y z\"} 2\na_total 4\nb 8\n";
        assert_eq!(sum(text, "a"), Some(3.0));
        assert_eq!(sum(text, "a_total"), Some(4.0));
        assert_eq!(sum(text, "b"), Some(8.0));
        assert_eq!(sum(text, "c"), None);
    }
}
