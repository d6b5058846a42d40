//! The classic CLI (`exit all; configure`, indented, blocks closed by `exit`) as the MD-CLI's hierarchy.
//!
//! In: text. Out: nodes below `configure`, one word a node, in the MD-CLI's words, so that there is one reader. Law: never fails; a word
//! that is not of the text (`admin-state` for `no shutdown`) is a static one; every node keeps the line it came from.
//! Start reading at [`parse`], then [`translate`]. Tests: below, and `tests.rs`.

use crate::base::span::{FileId, Origin};
use crate::syntax::tree::{Node, Tree, Words};
use crate::vendors::sink::{LineClass, Sink};

/// Deeper blocks than this are hung on the deepest allowed one.
const MAX_DEPTH: usize = 32;
/// Longer lines than this are not statements; they are reported, not read.
const MAX_LINE: usize = 64 * 1024;

/// Whether a text is written in the classic CLI: it opens `configure` without a brace and has none.
pub(super) fn is(text: &str) -> bool {
    let mut opened = false;
    for line in text.lines().filter(|l| !l.trim_start().starts_with('#')) {
        let body = line.trim();
        if body.ends_with('{') || body.starts_with("/configure ") {
            return false;
        }
        opened |= body == "configure" || body == "exit all";
    }
    opened
}

/// Reads a text as blocks by indentation; comments and `echo` lines close nothing.
pub(super) fn parse(file: FileId, text: &str) -> Tree<'_> {
    let mut tree = Tree { file, text, ..Tree::default() };
    let mut open: Vec<(usize, Node<'_>)> = Vec::new();
    let mut lines = text.split('\n').zip(1u32..).peekable();
    while let Some((raw, line)) = lines.next() {
        let body = raw.trim_start_matches([' ', '\t']);
        let indent = raw.len() - body.len();
        let body = body.trim_end();
        let last = raw.is_empty() && lines.peek().is_none();
        if body.is_empty() || body.starts_with('#') || body.starts_with("echo ") || body == "echo" {
            if !last {
                tree.silent.push((line, line));
            }
            continue;
        }
        if raw.len() > MAX_LINE {
            tree.broken.push((line, format!("the line has {} bytes; no statement is longer than {MAX_LINE}", raw.len())));
            continue;
        }
        if body == "exit" || body == "exit all" || body == "configure" {
            close(&mut tree.roots, &mut open, if body == "exit" { indent } else { 0 });
            tree.silent.push((line, line));
            continue;
        }
        close(&mut tree.roots, &mut open, indent);
        let node = Node { words: words(body), line, end_line: line, ..Node::default() };
        if node.words.is_empty() {
            tree.silent.push((line, line));
        } else if open.len() < MAX_DEPTH {
            open.push((indent, node));
        } else if let Some((_, parent)) = open.last_mut() {
            parent.children.push(node);
        }
    }
    close(&mut tree.roots, &mut open, 0);
    tree
}

fn close<'t>(roots: &mut Vec<Node<'t>>, open: &mut Vec<(usize, Node<'t>)>, indent: usize) {
    while open.last().is_some_and(|(i, _)| *i >= indent) {
        let Some((_, node)) = open.pop() else { return };
        match open.last_mut() {
            Some((_, parent)) => parent.children.push(node),
            None => roots.push(node),
        }
    }
}

/// The words of a line; quoted ones without their quotes, an empty one as nothing.
fn words(body: &str) -> Words<'_> {
    let mut out = Words::new();
    let mut rest = body;
    while !rest.is_empty() {
        let (word, length) = match rest.strip_prefix('"') {
            Some(inside) => match inside.find('"') {
                Some(end) => (&inside[..end], end + 2),
                None => (inside, rest.len()),
            },
            None => {
                let end = rest.find([' ', '\t', '\r']).unwrap_or(rest.len());
                (&rest[..end], end)
            }
        };
        if !word.is_empty() {
            out.push(word);
        }
        rest = rest[length.min(rest.len())..].trim_start();
    }
    out
}

/// Where a statement stands, as far as its meaning depends on it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    Router,
    Service,
    Bridge,
    Evpn,
    Interface,
    Ipv6,
    StaticEntry,
    Area,
    Other,
}

/// The statements in the MD-CLI's words.
pub(super) fn translate<'t>(nodes: Vec<Node<'t>>, tree: &Tree<'t>, sink: &mut Sink) -> Vec<Node<'t>> {
    below(nodes, Place::Top, tree, sink)
}

fn below<'t>(children: Vec<Node<'t>>, place: Place, tree: &Tree<'t>, sink: &mut Sink) -> Vec<Node<'t>> {
    let mut made = Vec::with_capacity(children.len());
    for c in children {
        made.extend(statement(c, place, tree, sink));
    }
    let mut again = Vec::new();
    let out = super::groups::join(made, &mut again);
    // A block that is opened again has its line; what is in it has its own.
    again.into_iter().for_each(|line| sink.mark(Origin { file: tree.file, line }, LineClass::Silent));
    out
}

/// `a b c` with children as nested nodes.
fn chain<'t>(words: &[&'t str], children: Vec<Node<'t>>, line: u32) -> Vec<Node<'t>> {
    let mut inner = children;
    for word in words.iter().rev() {
        let mut w = Words::new();
        w.push(word);
        inner = vec![Node { words: w, children: inner, line, end_line: line, ..Node::default() }];
    }
    inner
}

/// `head x y z` with `x`, `y`, `z` side by side.
fn list<'t>(head: &[&'t str], items: &[&'t str], line: u32) -> Vec<Node<'t>> {
    let items = items.iter().flat_map(|i| chain(&[i], Vec::new(), line)).collect();
    chain(head, items, line)
}

/// Words that take a list.
const LISTS: &[&str] = &[
    "import",
    "export",
    "family",
    "members",
    "prefix-list",
    "vrf-import",
    "vrf-export",
    "backup",
    "area-id",
    "ebgp-default-reject-policy",
    "export-policy",
    "import-policy",
    "send-default",
    "disable-communities",
];

fn statement<'t>(node: Node<'t>, place: Place, tree: &Tree<'t>, sink: &mut Sink) -> Vec<Node<'t>> {
    let line = node.line;
    let all: Vec<&'t str> = node.words.iter().copied().filter(|w| *w != "create").collect();
    let Some((&first, rest)) = all.split_first() else {
        sink.mark(tree.origin(&node), LineClass::Silent);
        return Vec::new();
    };
    if first == "no" {
        return match rest {
            ["shutdown"] => chain(&["admin-state", "enable"], Vec::new(), line),
            ["summaries"] => chain(&["summaries", "false"], Vec::new(), line),
            ["redistribute-external"] => chain(&["redistribute-external", "false"], Vec::new(), line),
            ["client-reflect"] => chain(&["client-reflect", "false"], Vec::new(), line),
            ["mac-advertisement"] if place == Place::Evpn => chain(&["routes", "mac-ip", "advertise", "false"], Vec::new(), line),
            ["ingress-repl-inc-mcast-advertisement"] if place == Place::Evpn => {
                chain(&["routes", "incl-mcast", "advertise-ingress-replication", "false"], Vec::new(), line)
            }
            // Anything else is at its default.
            _ => {
                sink.no_effect(tree, &node);
                Vec::new()
            }
        };
    }
    let children = node.children;
    match (place, first, rest) {
        (_, "shutdown", []) => chain(&["admin-state", "disable"], Vec::new(), line),
        (Place::Top, "router", _) => {
            let name = rest.first().copied().unwrap_or("Base");
            let (policies, inner): (Vec<_>, Vec<_>) =
                below(children, Place::Router, tree, sink).into_iter().partition(|n| n.word(0) == "policy-options");
            // Policies stand below `router` here and beside it in the MD-CLI.
            let mut out = if inner.is_empty() { Vec::new() } else { chain(&["router", name], inner, line) };
            out.extend(policies);
            out
        }
        (Place::Top, "service", _) => chain(&["service"], below(children, Place::Service, tree, sink), line),
        // Values that the MD-CLI has below names of their own.
        (Place::Bridge, "bgp", []) => chain(&["bgp", "1"], below(children, Place::Evpn, tree, sink), line),
        (Place::Bridge, "bgp", _) => chain(&all, below(children, Place::Evpn, tree, sink), line),
        (Place::Bridge | Place::Router, "bgp-evpn", []) => chain(&["bgp-evpn"], below(children, Place::Evpn, tree, sink), line),
        (Place::Bridge | Place::Router, "vxlan", ["instance", _, "vni", vni, options @ ..] | ["vni", vni, options @ ..]) => {
            let id = if rest[0] == "instance" { rest[1] } else { "1" };
            let mut inner = chain(&["vni", vni], Vec::new(), line);
            if !options.is_empty() {
                inner.extend(chain(options, Vec::new(), line));
            }
            inner.extend(below(children, Place::Other, tree, sink));
            chain(&["vxlan", "instance", id], inner, line)
        }
        (Place::Evpn, "vxlan" | "mpls", options) => {
            let of = |key: &str| options.iter().position(|w| *w == key).and_then(|at| options.get(at + 1)).copied();
            let mut inner = below(children, Place::Evpn, tree, sink);
            if let Some(n) = of("vxlan-instance").or((first == "vxlan").then_some("1")) {
                inner.extend(chain(&["vxlan-instance", n], Vec::new(), line));
            }
            chain(&[first, of("bgp").unwrap_or("1")], inner, line)
        }
        (Place::Evpn, "mac-advertisement", []) => chain(&["routes", "mac-ip", "advertise", "true"], Vec::new(), line),
        (Place::Evpn, "ingress-repl-inc-mcast-advertisement", []) => {
            chain(&["routes", "incl-mcast", "advertise-ingress-replication", "true"], Vec::new(), line)
        }
        (Place::Evpn, "ip-route-advertisement", options) => {
            let mut inner = chain(&["advertise", "true"], Vec::new(), line);
            if options.contains(&"incl-host") {
                inner.extend(chain(&["include-direct-interface-host", "true"], Vec::new(), line));
            }
            chain(&["routes", "ip-prefix"], inner, line)
        }
        (Place::Evpn, "route-target" | "vrf-target", _) => targets(first, rest, line),
        (Place::Evpn, "vsi-import" | "vsi-export", items) => list(&[first], items, line),
        (Place::Service, "vprn" | "ies" | "vpls", [id, options @ ..]) => {
            // The name, where one is given, is what other places use.
            let named = options.iter().position(|w| *w == "name").and_then(|at| options.get(at + 1));
            let inner = below(children, if first == "vpls" { Place::Bridge } else { Place::Router }, tree, sink);
            chain(&[first, named.copied().unwrap_or(id)], inner, line)
        }
        (Place::Router, "interface", [name, ..]) => {
            chain(&["interface", name], below(children, Place::Interface, tree, sink), line)
        }
        (Place::Interface, "address", [address, ..]) => {
            with_length(&["ipv4", "primary", "address"], &["ipv4", "primary"], address, line)
        }
        (Place::Interface, "secondary", [address, ..]) => match address.split_once('/') {
            Some((a, l)) => chain(&["ipv4", "secondary", a, "prefix-length", l], Vec::new(), line),
            None => chain(&["ipv4", "secondary", address], Vec::new(), line),
        },
        (Place::Interface, "unnumbered", _) => chain(&["ipv4"], chain(&all, Vec::new(), line), line),
        (Place::Interface, "vrrp", [group, ..]) => {
            chain(&["ipv4", "vrrp", group], below(children, Place::Other, tree, sink), line)
        }
        (Place::Interface, "ipv6", []) => chain(&["ipv6"], below(children, Place::Ipv6, tree, sink), line),
        (Place::Ipv6, "address", [address, ..]) => match address.split_once('/') {
            Some((a, l)) => chain(&["address", a, "prefix-length", l], Vec::new(), line),
            None => chain(&["address", address], Vec::new(), line),
        },
        (Place::Router, "static-route-entry", [prefix, ..]) => {
            let inner = below(children, Place::StaticEntry, tree, sink);
            chain(&["static-routes", "route", prefix], inner, line)
        }
        (Place::StaticEntry, "black-hole", _) => chain(&["blackhole"], below(children, Place::Other, tree, sink), line),
        (Place::Router, "static-route", [prefix, hop @ ..]) => old_static(prefix, hop, line),
        (Place::Router, "aggregate", [prefix, options @ ..]) => aggregate(prefix, options, line),
        (Place::Router, "confederation", [id, options @ ..]) => {
            let mut inner = chain(&["confed-as-num", id], Vec::new(), line);
            let members: Vec<&str> = options.iter().copied().filter(|w| *w != "members").collect();
            inner.extend(list(&["members"], &members, line));
            chain(&["confederation"], inner, line)
        }
        (Place::Router, "ospf" | "ospf3" | "isis", options) => {
            let instance = options.iter().find(|w| w.parse::<u32>().is_ok()).copied().unwrap_or("0");
            let mut inner = below(children, Place::Other, tree, sink);
            // `ospf 1 10.0.0.1`: the router id.
            if let Some(id) = options.iter().find(|w| w.parse::<std::net::Ipv4Addr>().is_ok()) {
                inner.extend(chain(&["router-id", id], Vec::new(), line));
            }
            chain(&[first, instance], inner, line)
        }
        (Place::Router, "vrf-target", _) => targets(first, rest, line),
        (_, "area", [id, ..]) => chain(&["area", id], below(children, Place::Area, tree, sink), line),
        (Place::Area, "area-range", [prefix, options @ ..]) => {
            let hidden = options.contains(&"not-advertise") || options.contains(&"no-advertise");
            let inner = if hidden { chain(&["advertise", "false"], Vec::new(), line) } else { Vec::new() };
            chain(&["area-range", prefix], inner, line)
        }
        (_, "lag", [id, ..]) if place == Place::Top => chain(&["lag", id], below(children, Place::Other, tree, sink), line),
        (_, "port", items @ [_, _, ..]) => list(&["port"], items, line),
        (_, "as-path", [name, text]) if !matches!(*text, "expression") && place == Place::Other => {
            // `as-path "x" "65001 .*"` in policy-options; `as-path replace "x"` in an action.
            if matches!(*name, "replace" | "add") {
                chain(&all, Vec::new(), line)
            } else {
                chain(&["as-path", name, "expression", text], Vec::new(), line)
            }
        }
        (_, "community", [what @ ("add" | "remove" | "replace"), names @ ..]) => list(&["community", what], names, line),
        (_, "community", [name, "members" | "member", items @ ..]) => list(&["community", name, "members"], items, line),
        (_, word, items) if LISTS.contains(&word) && children.is_empty() => list(&[word], items, line),
        _ => chain(&all, below(children, next(first), tree, sink), line),
    }
}

/// The place below a statement that needs no other treatment.
fn next(first: &str) -> Place {
    if first == "network-interface" { Place::Interface } else { Place::Other }
}

fn with_length<'t>(address: &[&'t str], holder: &[&'t str], word: &'t str, line: u32) -> Vec<Node<'t>> {
    let (ip, length) = word.split_once('/').unwrap_or((word, "32"));
    let leaf = address.last().copied().unwrap_or("");
    let mut inner = chain(&[leaf, ip], Vec::new(), line);
    inner.extend(chain(&["prefix-length", length], Vec::new(), line));
    chain(holder, inner, line)
}

/// `static-route P next-hop A preference N metric N tag N`, all on one line.
fn old_static<'t>(prefix: &'t str, words: &[&'t str], line: u32) -> Vec<Node<'t>> {
    let mut leaves = Vec::new();
    let mut hop: Vec<&'t str> = vec!["blackhole"];
    let mut up = "enable";
    let mut at = 0;
    while let Some(&word) = words.get(at) {
        let value = words.get(at + 1).copied().unwrap_or("");
        at += match word {
            "next-hop" | "indirect" => {
                hop = vec![word, value];
                2
            }
            "preference" | "metric" | "tag" if !value.is_empty() => {
                leaves.extend(chain(&[word, value], Vec::new(), line));
                2
            }
            "disable" => {
                up = "disable";
                1
            }
            _ => 1,
        };
    }
    leaves.extend(chain(&["admin-state", up], Vec::new(), line));
    chain(&["static-routes", "route", prefix], chain(&hop, leaves, line), line)
}

/// `aggregate P summary-only as-set black-hole community C`.
fn aggregate<'t>(prefix: &'t str, words: &[&'t str], line: u32) -> Vec<Node<'t>> {
    let mut inner = Vec::new();
    let mut at = 0;
    while let Some(&word) = words.get(at) {
        let value = words.get(at + 1).copied().unwrap_or("");
        at += match word {
            "summary-only" | "as-set" => {
                inner.extend(chain(&[word, "true"], Vec::new(), line));
                1
            }
            "black-hole" => {
                inner.extend(chain(&["blackhole"], Vec::new(), line));
                1
            }
            "community" | "indirect" | "policy" if !value.is_empty() => {
                inner.extend(chain(&[word, value], Vec::new(), line));
                2
            }
            _ => 1,
        };
    }
    chain(&["aggregates", "aggregate", prefix], inner, line)
}

/// `vrf-target target:1:1` or `vrf-target import target:1:1 export target:1:2`.
fn targets<'t>(head: &'t str, words: &[&'t str], line: u32) -> Vec<Node<'t>> {
    let mut inner = Vec::new();
    let mut at = 0;
    while let Some(&word) = words.get(at) {
        match (word, words.get(at + 1)) {
            ("import" | "export", Some(value)) => {
                inner.extend(chain(&[word, value], Vec::new(), line));
                at += 2;
            }
            _ => {
                inner.extend(chain(&[word], Vec::new(), line));
                at += 1;
            }
        }
    }
    chain(&[head], inner, line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(nodes: &[Node<'_>]) -> String {
        let one = |n: &Node<'_>| {
            if n.children.is_empty() { n.word(0).to_owned() } else { format!("{}({})", n.word(0), show(&n.children)) }
        };
        nodes.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    fn translated(text: &str) -> String {
        let mut tree = parse(FileId(0), text);
        let roots = std::mem::take(&mut tree.roots);
        show(&translate(roots, &tree, &mut Sink::new("r", &[])))
    }

    #[test]
    fn it_is_told_from_the_md_cli() {
        assert!(is("exit all\nconfigure\n    router Base\n    exit\nexit all\n"));
        assert!(!is("configure {\n}\n"));
        assert!(!is("/configure router \"Base\" ecmp 2\n"));
        assert!(!is("configure\n  card 1 {\n }\n"));
    }

    #[test]
    fn comments_and_echo_close_no_block() {
        let text = "configure\n    router Base\n        interface \"system\"\n            address 1.1.1.1/32\n            no shutdown\n        exit\n#----\necho \"OSPF\"\n#----\n        ospf\n            area 0.0.0.0\n            exit\n        exit\n    exit\nexit all\n";
        assert_eq!(
            translated(text),
            "router(Base(interface(system(ipv4(primary(address(1.1.1.1) prefix-length(32))) admin-state(enable))) ospf(0(area(0.0.0.0)))))"
        );
    }

    #[test]
    fn names_lists_and_old_lines() {
        for (text, want) in [
            (
                "    service\n        vprn 100 name \"red\" customer 1 create\n            vrf-target import target:1:1 export target:1:2\n",
                "service(vprn(red(vrf-target(import(target:1:1) export(target:1:2)))))",
            ),
            (
                "    router\n        static-route 10.0.0.0/8 next-hop 1.1.1.1 metric 5\n",
                "router(Base(static-routes(route(10.0.0.0/8(next-hop(1.1.1.1(metric(5) admin-state(enable))))))))",
            ),
            (
                "    router Base\n        aggregate 10.0.0.0/8 summary-only\n",
                "router(Base(aggregates(aggregate(10.0.0.0/8(summary-only(true))))))",
            ),
            ("    policy-options\n        as-path \"p\" \"65001 .*\"\n", "policy-options(as-path(p(expression(65001 .*))))"),
            ("    router Base\n        bgp\n            export \"a\" \"b\"\n", "router(Base(bgp(export(a b))))"),
        ] {
            assert_eq!(translated(text), want);
        }
    }

    #[test]
    fn hostile_shapes_end() {
        let deep: String = (0..5_000).map(|n| format!("{}x\n", " ".repeat(n % 900))).collect();
        assert!(!parse(FileId(0), &deep).roots.is_empty());
        for text in ["\"", "a \"b", "exit\nexit\n", "é \"", "no", "no no", "    router\n        aggregate\n"] {
            translated(text);
        }
    }
}
