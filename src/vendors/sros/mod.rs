//! Nokia SR OS: MD-CLI in braces or flat lines, and the classic CLI.
//!
//! In: one file or more a device. Out: a device. Law: `classic` and `groups` make the one hierarchy that counts, `read` turns it into
//! `config`, `lower` into the model; each implicit default stands in `defaults`. Start reading at [`Sros`], then `README.md`.
//! Tests: in each file, and below.

mod classic;
mod config;
mod defaults;
mod groups;
mod lower;
mod read;
#[cfg(test)]
mod tests;

use super::sink::{self, Sink};
use super::{ConfigFile, Vendor};
use crate::model::Device;
use crate::syntax::braces::{self, Shape};
use crate::syntax::tree::Node;

/// The vendor's entry in [`VENDORS`](super::VENDORS).
#[derive(Debug)]
pub struct Sros;

/// A line end closes a statement; flat lines are read as statements below a root of their own.
const SHAPE: Shape = Shape { newline_ends: true, verbs: &[] };

/// Words below `configure` that SR Linux and others do not have.
const ROOTS: &[&str] =
    &["card", "chassis", "filter", "lag", "log", "policy-options", "port", "qos", "router", "service", "sfm", "system", "groups"];

impl Vendor for Sros {
    fn os(&self) -> &'static str {
        "nokia_sros"
    }

    fn tells(&self, text: &str) -> u32 {
        let mut said = false;
        let mut opened = false;
        let (mut flat, mut inside, mut other) = (0u32, 0u32, 0u32);
        for line in text.lines().take(4000) {
            let mut words = line.split_ascii_whitespace();
            let (first, second) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            said |= line.starts_with("# TiMOS-") || line.starts_with("# Configuration format version");
            match first {
                "/configure" if !second.is_empty() => flat += 1,
                "configure" if matches!(second, "{" | "") && !line.starts_with([' ', '\t']) => opened = true,
                "exit" if second == "all" => flat += 1,
                _ if opened && ROOTS.contains(&first) => inside += 1,
                "" => {}
                _ if !line.starts_with([' ', '\t', '#', '}']) => other += 1,
                _ => {}
            }
        }
        match (said, opened, flat, inside) {
            (true, ..) => 97,
            (_, true, _, 1..) => 90,
            (_, _, 1.., _) if flat * 2 > other => 85,
            (_, true, ..) => 40,
            (_, _, 1.., _) => 30,
            _ => 0,
        }
    }

    fn read(&self, files: &[ConfigFile<'_>], sink: &mut Sink) -> Device {
        let mut config = config::Config::default();
        config.routers.push(config::Router { name: "default".into(), ..config::Router::default() });
        for file in files {
            if classic::is(file.text) {
                config.classic = true;
                let mut tree = classic::parse(file.id, file.text);
                sink.begin(&tree);
                let nodes = classic::translate(std::mem::take(&mut tree.roots), &tree, sink);
                read::read(&mut read::Reader { tree: &tree, sink }, &nodes, &mut config);
                continue;
            }
            let mut tree = braces::parse(file.id, file.text, &SHAPE);
            sink.begin(&tree);
            let mut roots = Vec::new();
            for node in std::mem::take(&mut tree.roots) {
                // `/ configure …`, with a space.
                let node = match node.children.as_slice() {
                    [one] if node.word(0) == "/" => one.clone(),
                    _ => node,
                };
                if groups::is_configure(node.word(0)) {
                    if !node.children.iter().any(|c| c.line == node.line) {
                        sink.mark(tree.origin(&node), sink::LineClass::Silent);
                    }
                    roots.push(node);
                } else if ROOTS.contains(&node.word(0)) {
                    // A piece that was cut out, or a `configure` without its brace.
                    roots.push(Node { children: vec![node], ..Node::default() });
                } else {
                    read::outside(&mut read::Reader { tree: &tree, sink }, &node);
                }
            }
            let mut gone = groups::Gone::default();
            let mut nodes = groups::expand(roots, &mut gone);
            groups::mark(sink, &tree, &nodes, &gone);
            groups::strip(&mut nodes);
            read::read(&mut read::Reader { tree: &tree, sink }, &nodes, &mut config);
        }
        lower::lower(&config, sink)
    }
}
