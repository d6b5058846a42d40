//! `policy-options`: lists, communities, AS paths, policy statements.

use super::{Reader, entry, tables, terms};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::sros::config::{CommunityDef, Config, Entry, PolicyOptions, PrefixEntry, PrefixKind, PrefixList, Statement};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    r.head(node);
    let p = &mut config.policy;
    for c in &node.children {
        match c.word(0) {
            "prefix-list" => named(r, c, |r, n| prefix_list(r, n, p)),
            "community" => named(r, c, |r, n| community(r, n, p)),
            "as-path" => named(r, c, |r, n| as_path(r, n, p)),
            "as-path-group" => named(r, c, |r, n| as_path_group(r, n, p)),
            "policy-statement" => named(r, c, |r, n| statement(r, n, p)),
            "global-variables" => {
                r.head(c);
                for x in c
                    .children
                    .iter()
                    .flat_map(|n| if n.word(0) == "name" { n.children.as_slice() } else { std::slice::from_ref(n) })
                {
                    r.all(x);
                    let value = x.children.first().and_then(|k| k.children.first()).map(|v| v.word(0));
                    p.variables.extend(value.map(|v| (x.word(0).into(), v.into())));
                }
                c.children.iter().for_each(|n| r.head(n));
            }
            _ => r.known(c, &tables::POLICY),
        }
    }
}

fn named<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, mut each: impl FnMut(&mut Reader<'_, 't>, &Node<'t>)) {
    r.head(node);
    for n in &node.children {
        r.head(n);
        each(r, n);
    }
}

fn prefix_list<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, p: &mut PolicyOptions) {
    let (name, origin) = (node.word(0), r.origin(node));
    r.sink.define("prefix-list", name, origin);
    let list =
        entry(&mut p.prefix_lists, |l| &*l.name == name, || PrefixList { name: name.into(), origin, ..PrefixList::default() });
    for c in &node.children {
        if c.word(0) != "prefix" {
            r.known(c, &tables::POLICY);
            continue;
        }
        r.head(c);
        for x in &c.children {
            match values::prefix(x.word(0)) {
                Some(prefix) => prefix_entries(r, x, prefix, list),
                None => r.refuse(x, "a prefix"),
            }
        }
    }
}

/// `P type exact { }`, `P type range { start-length … }`; classic: `P exact`, `P prefix-length-range 8-24`, or nothing (exact).
fn prefix_entries<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, prefix: ipnet::IpNet, list: &mut PrefixList) {
    r.all(node);
    let kinds: Vec<&Node<'t>> = node
        .children
        .iter()
        .flat_map(|c| if c.word(0) == "type" { c.children.as_slice() } else { std::slice::from_ref(c) })
        .collect();
    let before = list.prefixes.len();
    for k in kinds {
        let number = |w: &str| k.child(w).and_then(|c| c.children.first()).and_then(|c| c.word(0).parse::<u8>().ok());
        let first = || k.children.first().map(|c| c.word(0));
        let kind = match k.word(0) {
            "exact" => PrefixKind::Exact,
            "longer" => PrefixKind::Longer,
            "through" => PrefixKind::Through(number("through-length").or_else(|| first().and_then(|w| w.parse().ok()))),
            "range" => PrefixKind::Range(number("start-length"), number("end-length")),
            "prefix-length-range" => {
                let (a, b) = first().and_then(|w| w.split_once('-')).unwrap_or(("", ""));
                PrefixKind::Range(a.parse().ok(), b.parse().ok())
            }
            "to" => {
                let to = k
                    .children
                    .iter()
                    .flat_map(|c| if c.word(0) == "to-prefix" { c.children.as_slice() } else { std::slice::from_ref(c) });
                PrefixKind::To(to.filter_map(|c| values::prefix(c.word(0))).collect())
            }
            "address-mask" => {
                let of = k.children.iter().filter(|c| c.word(0) == "mask-pattern").flat_map(|c| &c.children);
                PrefixKind::Mask(of.filter_map(|c| c.word(0).parse().ok()).collect())
            }
            word => {
                r.sink.invalid(r.tree, k, word, "a match type");
                continue;
            }
        };
        // A length that does not fit the type: the device refuses it.
        let (own, most) = (prefix.prefix_len(), prefix.max_prefix_len());
        let fits = match &kind {
            PrefixKind::Through(to) => to.is_some_and(|t| own <= t && t <= most),
            PrefixKind::Range(a, b) => a.zip(*b).is_some_and(|(a, b)| own <= a && a <= b && b <= most),
            _ => true,
        };
        if fits {
            list.prefixes.push(PrefixEntry { prefix, kind, origin: r.origin(node) });
        } else {
            r.sink.invalid(r.tree, k, k.word(0), "complete: the prefix lengths do not fit");
        }
    }
    if node.children.is_empty() && list.prefixes.len() == before {
        list.prefixes.push(PrefixEntry { prefix, kind: PrefixKind::Exact, origin: r.origin(node) });
    }
}

fn community<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, p: &mut PolicyOptions) {
    let (name, origin) = (node.word(0), r.origin(node));
    r.sink.define("community", name, origin);
    let list =
        entry(&mut p.communities, |l| &*l.name == name, || CommunityDef { name: name.into(), origin, ..CommunityDef::default() });
    for c in &node.children {
        match c.word(0) {
            "member" | "members" => list.members.extend(r.args(c)),
            "expression" => list.expression = r.arg(c).map(Into::into),
            _ => r.known(c, &tables::POLICY),
        }
    }
}

fn as_path<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, p: &mut PolicyOptions) {
    r.sink.define("as-path", node.word(0), r.tree.origin(node));
    for c in &node.children {
        match c.word(0) {
            "expression" => {
                let text = r.arg(c);
                p.as_paths.extend(text.map(|t| (node.word(0).into(), t.into(), r.origin(c))));
            }
            _ => r.known(c, &tables::POLICY),
        }
    }
}

fn as_path_group<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, p: &mut PolicyOptions) {
    r.sink.define("as-path-group", node.word(0), r.tree.origin(node));
    let mut lines = Vec::new();
    for c in &node.children {
        if c.word(0) != "entry" {
            r.known(c, &tables::POLICY);
            continue;
        }
        r.all(c);
        for e in &c.children {
            let text = e.child("expression").and_then(|x| x.children.first());
            lines.extend(text.map(|t| (t.word(0).into(), r.origin(t))));
        }
    }
    p.as_path_groups.push((node.word(0).into(), lines, r.origin(node)));
}

fn statement<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, p: &mut PolicyOptions) {
    let (name, origin) = (node.word(0), r.origin(node));
    r.sink.define("policy-statement", name, origin);
    let s = entry(&mut p.statements, |l| &*l.name == name, || Statement { name: name.into(), origin, ..Statement::default() });
    for c in &node.children {
        match c.word(0) {
            "entry" | "named-entry" => {
                r.head(c);
                for e in &c.children {
                    r.head(e);
                    let (name, origin) = (e.word(0), r.origin(e));
                    let made =
                        entry(&mut s.entries, |x| &*x.name == name, || Entry { name: name.into(), origin, ..Entry::default() });
                    entry_body(r, e, made);
                }
            }
            "default-action" => {
                s.default_origin = r.origin(c);
                let then = s.default.get_or_insert_default();
                terms::action(r, c, then);
            }
            "entry-type" => r.all(c),
            _ => r.known(c, &tables::POLICY),
        }
    }
    // Numbered entries run in order of their numbers, named ones as they stand.
    if s.entries.iter().all(|e| e.name.parse::<u32>().is_ok()) {
        s.entries.sort_by_key(|e| e.name.parse::<u32>().unwrap_or(0));
    }
}

fn entry_body<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, e: &mut Entry) {
    for c in &node.children {
        match c.word(0) {
            "from" => {
                r.head(c);
                terms::conditions(r, c, &mut e.from);
            }
            "to" => {
                r.head(c);
                terms::conditions(r, c, &mut e.to);
            }
            "action" => terms::action(r, c, e.then.get_or_insert_default()),
            _ => r.known(c, &tables::POLICY),
        }
    }
}
