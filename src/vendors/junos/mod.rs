//! Juniper Junos, in braces or `set` lines.
//!
//! In: one file or more a device. Out: a device. Law: `groups` makes the hierarchy that counts, `read` turns it into `config`, `lower`
//! into the model; each implicit default stands in `defaults`. Start reading at [`Junos`], then `README.md`. Tests: in each file, and
//! below.

mod config;
mod defaults;
mod groups;
mod lower;
mod read;
#[cfg(test)]
mod tests;

use super::sink::Sink;
use super::{ConfigFile, Vendor};
use crate::model::Device;
use crate::syntax::braces;

/// The vendor's entry in [`VENDORS`](super::VENDORS).
#[derive(Debug)]
pub struct Junos;

/// Statements at the outermost level that only Junos has, with a word that follows in flat form.
const ROOTS: &[&str] = &[
    "interfaces",
    "protocols",
    "routing-options",
    "policy-options",
    "routing-instances",
    "system",
    "firewall",
    "groups",
    "apply-groups",
    "version",
    "security",
    "chassis",
    "class-of-service",
    "forwarding-options",
    "vlans",
    "snmp",
    "applications",
    "services",
    "logical-systems",
    "switch-options",
    "bridge-domains",
    "access",
];

impl Vendor for Junos {
    fn os(&self) -> &'static str {
        "juniper_junos"
    }

    fn tells(&self, text: &str) -> u32 {
        let mut flat = 0u32;
        let mut blocks = 0u32;
        let mut other = 0u32;
        let mut said = false;
        let mut ends = 0u32;
        for line in text.lines().take(4000) {
            let mut words = line.split_ascii_whitespace();
            let (first, second) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            let outermost = !line.starts_with([' ', '\t']);
            said |= line.contains("RANCID-CONTENT-TYPE: juniper");
            ends += u32::from(line.trim_end().ends_with(';'));
            match first {
                // SR Linux writes `set / …`, NCLU `net add …`.
                "set" | "delete" | "deactivate" | "activate" if ROOTS.contains(&second) => flat += 1,
                _ if outermost && ROOTS.contains(&first.trim_end_matches(':')) && line.trim_end().ends_with('{') => blocks += 1,
                "replace:" | "inactive:" | "delete:" if outermost && ROOTS.contains(&second) => blocks += 1,
                "version" if outermost && line.trim_end().ends_with(';') => blocks += 1,
                "" => {}
                _ if outermost && !first.starts_with(['#', '}', '/', '{']) => other += 1,
                _ => {}
            }
        }
        // SR Linux and SR OS write braces too, but no semicolons.
        let tells = if ends == 0 { flat } else { flat + blocks * 3 };
        match (said, tells) {
            (true, _) => 95,
            (false, 0) => 0,
            (false, n) if n * 2 > other => 90,
            (false, n) if n > other / 4 => 60,
            _ => 10,
        }
    }

    fn read(&self, files: &[ConfigFile<'_>], sink: &mut Sink) -> Device {
        let mut config = config::Config::default();
        for file in files {
            let made = boxcar::Vec::new();
            let mut tree = braces::parse(file.id, file.text, &braces::JUNOS);
            sink.begin(&tree);
            let roots = std::mem::take(&mut tree.roots);
            let roots = groups::expand(&tree, roots, &made, sink);
            read::read(&mut read::Reader { tree: &tree, sink }, &roots, &mut config);
        }
        if config.instances.is_empty() {
            config.instances.push(config::Instance { name: "default".into(), ..config::Instance::default() });
        }
        lower::lower(&config, sink)
    }
}
