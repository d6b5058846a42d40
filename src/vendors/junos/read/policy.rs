//! `policy-options`: prefix lists, communities, AS paths, conditions. Statements are in `terms`.

use ipnet::IpNet;

use super::{Reader, tables, terms};
use crate::base::span::Origin;
use crate::model::policy::{AsPathLine, CommunityMatch};
use crate::model::route::Community;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::junos::config::{CommunityDef, Condition, Config, PrefixList, Statement};
use crate::vendors::junos::groups::fits;
use crate::vendors::regex;

/// The most prefixes an `apply-path` may give.
const MAX_APPLIED: usize = 100_000;

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, roots: &[Node<'t>], config: &mut Config) {
    for c in &node.children {
        let p = &mut config.policy;
        match c.word(0) {
            "policy-statement" => {
                for n in items(r, c) {
                    r.sink.define("policy-statement", n.word(0), r.origin(n));
                    let mut s = Statement { name: n.word(0).into(), origin: r.origin(n), terms: Vec::new() };
                    terms::statement(r, n, &mut s);
                    p.statements.push(s);
                }
            }
            "prefix-list" => {
                for n in items(r, c) {
                    r.sink.define("prefix-list", n.word(0), r.origin(n));
                    let mut list = PrefixList { name: n.word(0).into(), origin: r.origin(n), prefixes: Vec::new() };
                    for x in &n.children {
                        match x.word(0) {
                            "apply-path" => {
                                if let Some(path) = r.arg(x) {
                                    let words: Vec<&str> = path.split_ascii_whitespace().collect();
                                    collect(roots, &words, r.origin(x), &mut list.prefixes);
                                }
                            }
                            word => match values::prefix_or_host(word) {
                                Some(prefix) => {
                                    r.all(x);
                                    list.prefixes.push((prefix.trunc(), r.origin(x)));
                                }
                                None => r.sink.invalid(r.tree, x, word, "a prefix"),
                            },
                        }
                    }
                    p.prefix_lists.push(list);
                }
            }
            "route-filter-list" => {
                for n in items(r, c) {
                    r.sink.define("route-filter-list", n.word(0), r.origin(n));
                    let mut filters = Vec::new();
                    for x in &n.children {
                        terms::route_filter(r, x, &mut filters);
                    }
                    p.route_filter_lists.push((n.word(0).into(), r.origin(n), filters));
                }
            }
            "community" => {
                for n in items(r, c) {
                    let def = community(r, n);
                    p.communities.push(def);
                }
            }
            "as-path" => {
                for n in items(r, c) {
                    r.sink.define("as-path", n.word(0), r.origin(n));
                    let lines = as_paths(r, n);
                    p.as_paths.push((n.word(0).into(), r.origin(n), lines));
                }
            }
            "as-path-group" => {
                for n in items(r, c) {
                    r.sink.define("as-path-group", n.word(0), r.origin(n));
                    let mut lines = Vec::new();
                    for x in n.children.iter().filter(|x| x.word(0) == "as-path").flat_map(|x| &x.children) {
                        r.head(x);
                        lines.extend(as_paths(r, x));
                    }
                    p.as_path_groups.push((n.word(0).into(), r.origin(n), lines));
                }
            }
            "condition" => {
                for n in items(r, c) {
                    r.sink.define("condition", n.word(0), r.origin(n));
                    let exists = condition(r, n);
                    p.conditions.push(Condition { name: n.word(0).into(), exists });
                }
            }
            _ => r.known(c, &tables::POLICY),
        }
    }
}

/// The named things below a keyword; the headers are marked.
fn items<'n, 't>(r: &mut Reader<'_, 't>, node: &'n Node<'t>) -> Vec<&'n Node<'t>> {
    r.head(node);
    for n in &node.children {
        r.head(n);
    }
    node.children.iter().collect()
}

/// Walks a path like `interfaces <*> unit <*> family inet address <*>` and takes the prefixes at its end.
fn collect(nodes: &[Node<'_>], path: &[&str], origin: Origin, out: &mut Vec<(IpNet, Origin)>) {
    let Some((word, rest)) = path.split_first() else { return };
    for n in nodes.iter().filter(|n| fits(word, n.word(0))) {
        if rest.is_empty() {
            if let Some(prefix) = values::prefix_or_host(n.word(0))
                && out.len() < MAX_APPLIED
            {
                out.push((prefix.trunc(), origin));
            }
        } else {
            collect(&n.children, rest, origin, out);
        }
    }
}

fn condition<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> Option<(IpNet, Box<str>)> {
    let mut found = None;
    for c in &node.children {
        if c.word(0) != "if-route-exists" {
            r.sink.not_modelled(r.tree, c, format!("condition `{}` is not modelled: it does not hold", c.word(0)));
            continue;
        }
        r.all(c);
        let mut prefix = None;
        let mut table: Box<str> = "inet.0".into();
        for x in &c.children {
            match x.word(0) {
                "table" => table = x.children.first().map_or("", |t| t.word(0)).into(),
                // The older form puts the prefix into a block of its family.
                "address-family" => {}
                word => {
                    prefix = values::prefix_or_host(word).or(prefix);
                    if let Some(t) = x.child("table").and_then(|t| t.children.first()) {
                        table = t.word(0).into();
                    }
                }
            }
        }
        match prefix {
            Some(p) => found = Some((p.trunc(), table)),
            None => r.sink.not_modelled(r.tree, c, "a condition without a prefix is not modelled: it does not hold"),
        }
    }
    found
}

fn as_paths<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> Vec<AsPathLine> {
    let mut out = Vec::new();
    for x in &node.children {
        let text = x.word(0);
        // `!` in front: the paths that do not match.
        if let Some(Ok(not)) = text.trim().strip_prefix('!').map(regex::junos_as_path) {
            r.all(x);
            let line = |permit, regex| AsPathLine { permit, regex, text: text.into(), origin: r.tree.origin(x) };
            out.extend([line(false, not), line(true, String::new())]);
            continue;
        }
        match regex::junos_as_path(text) {
            Ok(regex) => {
                r.all(x);
                out.push(AsPathLine { permit: true, regex, text: text.into(), origin: r.origin(x) });
            }
            Err(why) => r.sink.invalid(r.tree, x, text, &format!("an AS-path expression ({why})")),
        }
    }
    out
}

fn community<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> CommunityDef {
    r.sink.define("community", node.word(0), r.origin(node));
    let mut def = CommunityDef { name: node.word(0).into(), origin: r.origin(node), invert: false, members: Vec::new() };
    for c in &node.children {
        match c.word(0) {
            "invert-match" => {
                r.all(c);
                def.invert = true;
            }
            "members" => {
                r.head(c);
                for m in &c.children {
                    match member(m.word(0)) {
                        Ok(matches) => {
                            r.all(m);
                            def.members.push((matches, r.origin(m)));
                        }
                        Err(why) if why.is_empty() => {
                            r.sink.not_modelled(r.tree, m, format!("community kind of `{}` is not modelled", m.word(0)));
                            def.members.push((CommunityMatch::Regex("^$".to_owned()), r.origin(m)));
                        }
                        Err(why) => r.sink.invalid(r.tree, m, m.word(0), &format!("a community ({why})")),
                    }
                }
            }
            _ => r.sink.not_understood(r.tree, c),
        }
    }
    def
}

/// A community as a value, if it is one.
pub(super) fn literal(word: &str) -> Option<Community> {
    if let Some(rest) = word.strip_prefix("large:") {
        return values::large_community(rest);
    }
    if let Some(rest) = word.strip_prefix("target:") {
        return values::extended_community(2, rest);
    }
    if let Some(rest) = word.strip_prefix("origin:") {
        return values::extended_community(3, rest);
    }
    match word {
        "no-export" | "no-advertise" | "no-export-subconfed" | "no-peer" | "graceful-shutdown" => {
            values::standard_community(word)
        }
        "llgr-stale" => Some(Community::Standard(0xFFFF_0006)),
        "no-llgr" => Some(Community::Standard(0xFFFF_0007)),
        _ => word.split_once(':').and_then(|_| values::standard_community(word)),
    }
}

/// Extended communities the twin does not print, and so cannot match: an empty reason.
const OTHER_KINDS: &[&str] = &[
    "bandwidth:",
    "domain-id:",
    "color:",
    "encapsulation:",
    "rt-import:",
    "src-as:",
    "iana-",
    "traffic-rate:",
    "redirect:",
    "evpn-",
    "mac-mobility",
    "ospf-",
    "l2",
    "0x",
    "transport-target:",
    "mapping:",
    "rat-origin:",
];

fn member(word: &str) -> Result<CommunityMatch, String> {
    if let Some(value) = literal(word) {
        return Ok(CommunityMatch::All(vec![value]));
    }
    if OTHER_KINDS.iter().any(|k| word.starts_with(k)) {
        return Err(String::new());
    }
    regex::junos_community(word).map(CommunityMatch::Regex)
}
