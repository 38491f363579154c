//! `listeners`, `advertised.listeners` and the protocols of their names.

use super::setting::split_list;

/// One Kafka listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenerConfig {
    /// Its name, in capitals.
    pub name: String,
    /// Where it listens; port 0 picks one.
    pub bind: HostPort,
    /// Where clients are told to connect; port 0 stands for the one that was picked.
    pub advertised: HostPort,
}

/// `host:port`; an IPv6 address stands in brackets when it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPort {
    /// A name or an address, without brackets; empty for all addresses.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl HostPort {
    /// Reads `host:port`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        let bare = match host.strip_prefix('[') {
            Some(rest) => rest.strip_suffix(']')?,
            None if host.contains(':') => return None,
            None => host,
        };
        Some(Self { host: bare.to_owned(), port: port.parse().ok()? })
    }

    /// Whether it means every address of the machine, which nobody can connect to.
    fn is_any(&self) -> bool {
        matches!(self.host.as_str(), "" | "0.0.0.0" | "::")
    }

    /// As a socket is bound to it.
    #[must_use]
    pub fn to_bind(&self) -> String {
        match self.host.as_str() {
            "" => format!("[::]:{}", self.port),
            _ => self.to_string(),
        }
    }
}

impl std::fmt::Display for HostPort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// Reads the settings together. Listeners of controllers are left out: the quorum has its own
/// (`internal.listener`), and a file written for Kafka names them all the same.
///
/// # Errors
/// The setting that is wrong, and what to write.
pub(super) fn parse(
    listeners: &str,
    advertised: Option<&str>,
    protocols: &str,
    controllers: &str,
) -> Result<Vec<ListenerConfig>, (&'static str, String)> {
    let controllers = split_list(controllers);
    let is_ours = |(name, _): &(String, HostPort)| {
        !controllers.iter().any(|controller| controller.eq_ignore_ascii_case(name))
    };
    let mut bound = parse_list(listeners).map_err(|message| ("listeners", message))?;
    bound.retain(is_ours);
    if bound.is_empty() {
        return Err(("listeners", "names no listener; write PLAINTEXT://host:port".to_owned()));
    }
    let told = match advertised {
        Some(text) => {
            let mut told = parse_list(text).map_err(|message| ("advertised.listeners", message))?;
            told.retain(is_ours);
            told
        }
        None => bound.clone(),
    };
    for (name, bind) in &bound {
        check_protocol(name, protocols)?;
        let of_port = |(_, other): &&(String, HostPort)| bind.port != 0 && other == bind;
        if bound.iter().filter(of_port).count() > 1 {
            return Err(("listeners", format!("two listeners on {bind}; give each its own port")));
        }
    }
    if let Some((name, _)) = told.iter().find(|(name, _)| bound.iter().all(|(b, _)| b != name)) {
        let message = format!("{name} is none of the names in `listeners`");
        return Err(("advertised.listeners", message));
    }
    bound
        .into_iter()
        .map(|(name, bind)| {
            let address = told.iter().find(|(told, _)| *told == name).map(|(_, address)| address);
            let advertised = address.ok_or_else(|| {
                ("advertised.listeners", format!("says nothing of listener {name}"))
            })?;
            if advertised.is_any() {
                let message = format!(
                    "{name} listens on all addresses; say which one clients use, as in \
                     {name}://kafka.example.org:{}",
                    advertised.port
                );
                return Err(("advertised.listeners", message));
            }
            Ok(ListenerConfig { name, bind, advertised: advertised.clone() })
        })
        .collect()
}

fn parse_list(text: &str) -> Result<Vec<(String, HostPort)>, String> {
    let mut listeners: Vec<(String, HostPort)> = Vec::new();
    for item in split_list(text) {
        let form = || format!("{item:?} is not of the form NAME://host:port");
        let (name, address) = item.split_once("://").ok_or_else(form)?;
        let name_is_valid = !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        let address = HostPort::parse(address).filter(|_| name_is_valid).ok_or_else(form)?;
        let name = name.to_ascii_uppercase();
        if listeners.iter().any(|(other, _)| *other == name) {
            return Err(format!("listener {name} is named twice"));
        }
        listeners.push((name, address));
    }
    Ok(listeners)
}

fn check_protocol(name: &str, protocols: &str) -> Result<(), (&'static str, String)> {
    let protocol = split_list(protocols).into_iter().find_map(|item| {
        let (listener, protocol) = item.split_once(':')?;
        listener.trim().eq_ignore_ascii_case(name).then(|| protocol.trim().to_ascii_uppercase())
    });
    match protocol.as_deref() {
        Some("PLAINTEXT") => Ok(()),
        Some(other) => Err((
            "listeners",
            format!("{name} speaks {other}, which this version does not; use PLAINTEXT"),
        )),
        None => Err((
            "listener.security.protocol.map",
            format!("does not say which protocol {name} speaks; add {name}:PLAINTEXT"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROTOCOLS: &str = "PLAINTEXT:PLAINTEXT,SSL:SSL, inside : plaintext";

    fn check(listeners: &str, advertised: Option<&str>, expect: Result<&[&str], &str>) {
        let found = parse(listeners, advertised, PROTOCOLS, "CONTROLLER, quorum");
        let found = found
            .map(|all| {
                let show = |l: &ListenerConfig| format!("{} {} {}", l.name, l.bind, l.advertised);
                all.iter().map(show).collect::<Vec<_>>()
            })
            .map_err(|(key, message)| format!("{key}: {message}"));
        let expect = expect
            .map(|lines| lines.iter().map(|line| (*line).to_owned()).collect())
            .map_err(str::to_owned);
        assert_eq!(found, expect, "{listeners} {advertised:?}");
    }

    #[test]
    fn listeners_are_read_and_advertised() {
        check("PLAINTEXT://127.0.0.1:9092", None, Ok(&["PLAINTEXT 127.0.0.1:9092 127.0.0.1:9092"]));
        check(
            "plaintext://:0, INSIDE://[::1]:9094",
            Some("INSIDE://b.internal:94,PLAINTEXT://b.example.org:92"),
            Ok(&["PLAINTEXT :0 b.example.org:92", "INSIDE [::1]:9094 b.internal:94"]),
        );
    }

    #[test]
    fn listeners_of_controllers_are_not_the_brokers() {
        check(
            "PLAINTEXT://a:1,CONTROLLER://a:2,QUORUM://0.0.0.0:1",
            Some("PLAINTEXT://b:1,CONTROLLER://b:2"),
            Ok(&["PLAINTEXT a:1 b:1"]),
        );
        let none = "listeners: names no listener; write PLAINTEXT://host:port";
        check("CONTROLLER://a:2", None, Err(none));
    }

    #[test]
    fn what_clients_could_not_use_is_refused() {
        let all = "advertised.listeners: PLAINTEXT listens on all addresses; say which one \
                   clients use, as in PLAINTEXT://kafka.example.org:9092";
        check("PLAINTEXT://0.0.0.0:9092", None, Err(all));
        check("PLAINTEXT://:9092", None, Err(all));
        check("", None, Err("listeners: names no listener; write PLAINTEXT://host:port"));
        check(
            "PLAINTEXT://a:1,PLAINTEXT://a:2",
            None,
            Err("listeners: listener PLAINTEXT is named twice"),
        );
        check(
            "PLAINTEXT://a:1,INSIDE://a:1",
            None,
            Err("listeners: two listeners on a:1; give each its own port"),
        );
        for wrong in ["a:1", "PLAINTEXT://a", "PLAINTEXT://a:99999", "://a:1", "P://::1:9092"] {
            let message = format!("listeners: {wrong:?} is not of the form NAME://host:port");
            check(wrong, None, Err(&message));
        }
        check(
            "SSL://a:1",
            None,
            Err("listeners: SSL speaks SSL, which this version does not; use PLAINTEXT"),
        );
        check(
            "NEW://a:1",
            None,
            Err("listener.security.protocol.map: does not say which protocol NEW speaks; \
                 add NEW:PLAINTEXT"),
        );
        check(
            "PLAINTEXT://a:1",
            Some("INSIDE://a:1"),
            Err("advertised.listeners: INSIDE is none of the names in `listeners`"),
        );
    }
}
