//! The table of live APIs.

use std::fmt::Write;

use anyhow::{Context, Result, bail};

use crate::definition::{Definition, Kind};

pub(crate) fn emit(definitions: &[Definition]) -> Result<String> {
    let mut requests: Vec<(i16, &Definition)> = Vec::new();
    for definition in definitions.iter().filter(|definition| definition.kind == Kind::Request) {
        let key = definition.api_key.with_context(|| definition.name.clone())?;
        requests.push((key, definition));
        let response = definitions
            .iter()
            .find(|other| other.kind == Kind::Response && other.api_key == Some(key))
            .with_context(|| format!("no response for {}", definition.name))?;
        if response.valid_versions != definition.valid_versions
            || response.flexible_versions != definition.flexible_versions
        {
            bail!("{} and its response differ in versions", definition.name);
        }
    }
    requests.sort_by_key(|(key, _)| *key);

    let mut variants = String::new();
    let mut all = String::new();
    let mut from = String::new();
    let mut facts = String::new();
    for (key, definition) in &requests {
        let name = definition.name.trim_end_matches("Request");
        let valid = definition.valid_versions;
        let flexible = match definition.flexible_versions {
            none if none.is_empty() => "i16::MAX".to_owned(),
            some => some.low.to_string(),
        };
        writeln!(variants, "/// Versions {valid}.\n{name} = {key},")?;
        writeln!(all, "Self::{name},")?;
        writeln!(from, "{key} => Self::{name},")?;
        writeln!(
            facts,
            "Self::{name} => &ApiFacts {{ name: \"{name}\", version_min: {}, version_max: {}, \
             flexible_from: {flexible}, latest_version_unstable: {} }},",
            valid.low, valid.high, definition.latest_version_unstable
        )?;
    }
    Ok(format!(
        "//! Every API of Kafka that is alive, with the versions of its schema.\n\n\
         use crate::api::{{ApiFacts, UnknownApiKey}};\n\n\
         /// The number that names an API in a request header.\n\
         #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]\n\
         #[repr(i16)]\n\
         pub enum ApiKey {{\n{variants}}}\n\n\
         impl ApiKey {{\n\
         /// All of them, ordered by number.\n\
         pub const ALL: [Self; {count}] = [\n{all}];\n\n\
         /// What the schema says of it.\n\
         pub const fn facts(self) -> &'static ApiFacts {{ match self {{\n{facts}}} }}\n\
         }}\n\n\
         impl TryFrom<i16> for ApiKey {{\n\
         type Error = UnknownApiKey;\n\n\
         fn try_from(key: i16) -> Result<Self, UnknownApiKey> {{\n\
         Ok(match key {{\n{from} _ => return Err(UnknownApiKey(key)),\n}})\n}}\n}}\n",
        count = requests.len()
    ))
}
