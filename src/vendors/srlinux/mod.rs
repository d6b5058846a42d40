//! Nokia SR Linux: JSON, the braces that `info` prints, or flat `set /` lines.
//!
//! In: one file or more a device. Out: a device. Law: all three forms give one tree (one word a node), `read` turns it into `config`, `lower`
//! into the model; each implicit default stands in `defaults`. Start reading at [`SrLinux`], then `README.md`. Tests: `tests.rs`.

mod config;
mod defaults;
mod lower;
mod read;
#[cfg(test)]
mod tests;

use super::sink::Sink;
use super::{ConfigFile, Vendor};
use crate::model::Device;
use crate::syntax::braces::{self, Verb};
use crate::syntax::json;

/// The vendor's entry in [`VENDORS`](super::VENDORS).
#[derive(Debug)]
pub struct SrLinux;

/// Braces and flat lines; the CLI's own commands around them say nothing.
const BRACES: braces::Shape = braces::Shape {
    newline_ends: true,
    verbs: &[
        ("set", Verb::Set),
        ("delete", Verb::Delete),
        ("enter", Verb::Nothing),
        ("commit", Verb::Nothing),
        ("discard", Verb::Nothing),
        ("save", Verb::Nothing),
        ("quit", Verb::Nothing),
        ("exit", Verb::Nothing),
        ("info", Verb::Nothing),
        ("annotate", Verb::Nothing),
        ("--{", Verb::Nothing),
    ],
};

/// The keys of SR Linux's lists.
const JSON: json::Shape = json::Shape {
    keys: &[
        "name",
        "index",
        "id",
        "ip-prefix",
        "prefix",
        "group-name",
        "peer-address",
        "afi-safi-name",
        "area-id",
        "interface-name",
        "level-number",
        "sequence-id",
        "virtual-router-id",
        "interface-id",
        "set-name",
    ],
    module: "srl_nokia",
};

/// Interface names that only SR Linux has.
fn own_interface(name: &str) -> bool {
    let numbered = |kind: &str| name.strip_prefix(kind).is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit() || c == '{'));
    name.starts_with("ethernet-") || ["irb", "lag", "system", "mgmt", "lo", "vxlan"].iter().any(|k| numbered(k))
}

impl Vendor for SrLinux {
    fn os(&self) -> &'static str {
        "nokia_srlinux"
    }

    fn tells(&self, text: &str) -> u32 {
        let body = text.trim_start();
        if body.starts_with('{') && body.trim_start_matches(['{', ' ', '\n', '\r', '\t']).starts_with('"') {
            return if body.contains("\"srl_nokia-") || (body.contains("\"network-instance\"") && body.contains("\"interface\"")) {
                95
            } else {
                0
            };
        }
        let mut tells = 0;
        for line in text.lines().take(4000) {
            let mut words = line.split_ascii_whitespace();
            let (first, second) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            let outermost = !line.starts_with([' ', '\t']);
            let opens = line.trim_end().ends_with('{');
            match first {
                "set" | "delete" if second == "/" || second.starts_with("/interface") || second.starts_with("/network-inst") => {
                    return 95;
                }
                "interface" if outermost && opens && own_interface(second) => tells += 1,
                "network-instance" | "tunnel-interface" if outermost && opens => tells += 1,
                "routing-policy" if outermost && second == "{" => tells += 1,
                _ if line.trim_end().ends_with(';') => return 0,
                _ => {}
            }
        }
        if tells > 0 { 92 } else { 0 }
    }

    fn read(&self, files: &[ConfigFile<'_>], sink: &mut Sink) -> Device {
        let mut config = config::Config::default();
        for file in files {
            let mut tree = match file.text.trim_start().starts_with('{') && !file.text.trim_start().starts_with("{{") {
                true => json::parse(file.id, file.text, JSON),
                false => braces::parse(file.id, file.text, &BRACES),
            };
            sink.begin(&tree);
            let mut roots = std::mem::take(&mut tree.roots);
            read::one_leaf_a_statement(&mut roots);
            tree.roots = roots;
            read::read(&mut read::Reader { tree: &tree, sink }, &mut config);
        }
        lower::lower(&config, sink)
    }
}
