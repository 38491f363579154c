//! The listeners: can they be bound, and can clients find what is advertised?

use rustix::process::{Resource, getrlimit};
use tokio::net::{TcpListener, lookup_host};

use super::Finding;
use crate::config::NodeConfig;

/// A thousand clients and the node's own files.
const OPEN_FILES_MIN: u64 = 4096;

pub(super) async fn check(config: &NodeConfig) -> Vec<Finding> {
    let mut findings = Vec::new();
    for listener in &config.listeners {
        findings.push(bind("listeners", &listener.bind.to_bind()).await);
        let advertised = &listener.advertised;
        let found = lookup_host((advertised.host.as_str(), advertised.port)).await;
        findings.push(match found {
            Ok(_) => Finding::good("advertised.listeners", format!("{advertised} resolves here")),
            Err(error) => Finding::failure(
                "advertised.listeners",
                format!("{advertised}: {error}; advertise a name that every client can resolve"),
            ),
        });
    }
    if let Some(admin) = &config.admin {
        findings.push(bind("admin.listener", &admin.to_bind()).await);
    }
    findings.push(match getrlimit(Resource::Nofile).current {
        Some(limit) if limit < OPEN_FILES_MIN => Finding::warning(
            "open files",
            format!("the limit is {limit}, a few for each client; raise it (ulimit -n)"),
        ),
        Some(limit) => Finding::good("open files", format!("the limit is {limit}")),
        None => Finding::good("open files", "there is no limit"),
    });
    findings
}

async fn bind(setting: &'static str, address: &str) -> Finding {
    match TcpListener::bind(address).await {
        Ok(_) => Finding::good(setting, format!("{address} is free")),
        Err(error) => Finding::failure(
            setting,
            format!("{address}: {error}; free it, or set another address"),
        ),
    }
}
