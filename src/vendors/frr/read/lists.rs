//! Prefix lists, access lists, AS-path lists and community lists.

use ipnet::IpNet;

use super::{Invalid, Modelled, NoEffect, Reader, Took, Unknown};
use crate::base::span::Origin;
use crate::model::policy::{AsPathLine, AsPathList, CommunityLine, CommunityList, CommunityMatch, PrefixLine, PrefixRange};
use crate::model::route::{Community, Family};
use crate::syntax::tree::{Node, Tree};
use crate::syntax::values;
use crate::vendors::frr::config::{CommunityKind, ListKind};
use crate::vendors::regex;

impl ListKind {
    /// The word for it in findings.
    pub fn word(self) -> &'static [&'static str] {
        match self {
            Self::PrefixList(Family::V6) => &["ipv6 prefix-list"],
            Self::PrefixList(_) => &["prefix-list"],
            Self::AccessList(Family::V6) => &["ipv6 access-list"],
            Self::AccessList(_) => &["access-list"],
        }
    }
}

impl CommunityKind {
    /// The word for it in findings.
    pub fn word(self) -> &'static [&'static str] {
        match self {
            Self::Standard => &["community-list"],
            Self::Large => &["large-community-list"],
            Self::Extended => &["extcommunity-list"],
        }
    }
}

impl Reader<'_> {
    pub(super) fn list<'t>(&mut self, no: bool, w: &[&'t str], tree: &Tree<'t>, node: &Node<'t>, o: Origin) -> Took<'t> {
        match w {
            ["ip", "prefix-list", rest @ ..] => self.prefix_list(no, Family::V4, rest, o),
            ["ipv6", "prefix-list", rest @ ..] => self.prefix_list(no, Family::V6, rest, o),
            ["access-list", rest @ ..] | ["ip", "access-list", rest @ ..] => self.access_list(no, Family::V4, rest, o),
            ["ipv6", "access-list", rest @ ..] => self.access_list(no, Family::V6, rest, o),
            ["bgp" | "ip", "as-path", "access-list", rest @ ..] => self.as_path_list(rest, tree, node, o),
            ["bgp" | "ip", "community-list", rest @ ..] => self.community_list(CommunityKind::Standard, rest, tree, node, o),
            ["bgp" | "ip", "large-community-list", rest @ ..] => self.community_list(CommunityKind::Large, rest, tree, node, o),
            ["bgp" | "ip", "extcommunity-list", rest @ ..] => self.community_list(CommunityKind::Extended, rest, tree, node, o),
            _ => Unknown,
        }
    }

    fn prefix_list<'t>(&mut self, no: bool, family: Family, w: &[&'t str], o: Origin) -> Took<'t> {
        let [name, rest @ ..] = w else { return Unknown };
        if no || *name == "sequence-number" {
            return NoEffect;
        }
        let (seq, rest) = match rest {
            ["description", ..] => return NoEffect,
            ["seq", n, rest @ ..] => match n.parse::<u32>() {
                Ok(seq) => (Some(seq), rest),
                Err(_) => return Invalid(n, "a sequence number"),
            },
            rest => (None, rest),
        };
        let [verb, word, bounds @ ..] = rest else { return Invalid(name, "followed by permit or deny and a prefix") };
        let permit = match *verb {
            "permit" => true,
            "deny" => false,
            other => return Invalid(other, "permit or deny"),
        };
        let max_len = if family.is_v6() { 128 } else { 32 };
        let Some(prefix) = prefix_of(word, family) else { return Invalid(word, "a prefix of the list's family") };
        let (mut ge, mut le) = (None, None);
        let mut bounds = bounds;
        while let [word, n, tail @ ..] = bounds {
            let Some(length) = n.parse::<u8>().ok().filter(|n| *n <= max_len) else { return Invalid(n, "a prefix length") };
            match *word {
                "ge" => ge = Some(length),
                "le" if length < prefix.prefix_len() => return Invalid(n, "a length not below the prefix's"),
                "le" => le = Some(length),
                other => return Invalid(other, "ge or le"),
            }
            bounds = tail;
        }
        let min = ge.unwrap_or(prefix.prefix_len());
        let max = le.unwrap_or(if ge.is_some() || *word == "any" { max_len } else { prefix.prefix_len() });
        if let [extra] = bounds {
            return Invalid(extra, "the end of a prefix-list line");
        }
        self.add_prefix_line(
            ListKind::PrefixList(family),
            name,
            seq,
            PrefixLine { permit, range: PrefixRange { prefix, min, max }, origin: o },
        );
        Modelled
    }

    /// zebra's access lists filter routes by prefix: without `exact-match` everything inside the prefix counts.
    fn access_list<'t>(&mut self, no: bool, family: Family, w: &[&'t str], o: Origin) -> Took<'t> {
        let [name, rest @ ..] = w else { return Unknown };
        if no {
            return NoEffect;
        }
        let (seq, rest) = match rest {
            ["remark", ..] => return NoEffect,
            ["seq", n, rest @ ..] => (n.parse::<u32>().ok(), rest),
            rest => (None, rest),
        };
        let [verb, rest @ ..] = rest else { return Unknown };
        let permit = match *verb {
            "permit" => true,
            "deny" => false,
            other => return Invalid(other, "permit or deny"),
        };
        let max = if family.is_v6() { 128 } else { 32 };
        let rest = match rest {
            // Extended lists with a protocol: the source is matched against the route.
            ["ip", rest @ ..] => rest,
            rest => rest,
        };
        let (prefix, exact) = match rest {
            ["any", ..] => (prefix_of("any", family), false),
            ["host", a, ..] => (prefix_of(a, family), false),
            [a, "exact-match"] => (prefix_of(a, family), true),
            [a, wildcard, ..] if values::address_wildcard(a, wildcard).is_some() => {
                (values::address_wildcard(a, wildcard), false)
            }
            [a, ..] => (prefix_of(a, family), false),
            [] => (None, false),
        };
        let Some(prefix) = prefix else { return Invalid(rest.first().copied().unwrap_or(verb), "a prefix") };
        let range = PrefixRange { prefix, min: prefix.prefix_len(), max: if exact { prefix.prefix_len() } else { max } };
        self.add_prefix_line(ListKind::AccessList(family), name, seq, PrefixLine { permit, range, origin: o });
        Modelled
    }

    fn add_prefix_line(&mut self, kind: ListKind, name: &str, seq: Option<u32>, line: PrefixLine) {
        let lists = &mut self.config.lists;
        let at = *lists.prefix_index.entry((kind, name.into())).or_insert(lists.prefix.len());
        if at == lists.prefix.len() {
            lists.prefix.push((kind, name.into(), line.origin, Vec::new()));
            self.sink.define(kind.word()[0], name, line.origin);
        }
        let lines = &mut lists.prefix[at].3;
        // A line without a number goes to the end: the greatest so far, up to the next multiple of five.
        let seq =
            seq.unwrap_or_else(|| lines.iter().map(|l| l.0).max().map_or(5, |m| (m / 5).saturating_add(1).saturating_mul(5)));
        match lines.binary_search_by_key(&seq, |l| l.0) {
            Ok(n) => lines[n].1 = line,
            Err(n) => lines.insert(n, (seq, line)),
        }
    }

    fn as_path_list<'t>(&mut self, w: &[&'t str], tree: &Tree<'t>, node: &Node<'t>, o: Origin) -> Took<'t> {
        let [name, rest @ ..] = w else { return Unknown };
        let rest = match rest {
            ["seq", _, rest @ ..] => rest,
            rest => rest,
        };
        let [verb @ ("permit" | "deny"), first, ..] = rest else {
            return Invalid(name, "followed by permit or deny and an expression");
        };
        let text = tree.rest(node, node.words.iter().position(|x| std::ptr::eq(*x, *first)).unwrap_or(usize::MAX));
        let regex = match regex::cisco_as_path(text) {
            Ok(r) => r,
            Err(_) => return Invalid(first, "a regular expression"),
        };
        let lists = &mut self.config.lists.as_path;
        let at = lists.iter().position(|l| &*l.name == *name).unwrap_or(lists.len());
        if at == lists.len() {
            lists.push(AsPathList { name: (*name).into(), origin: o, lines: Vec::new() });
            self.sink.define("as-path access-list", name, o);
        }
        lists[at].lines.push(AsPathLine { permit: *verb == "permit", regex, text: text.into(), origin: o });
        Modelled
    }

    fn community_list<'t>(
        &mut self,
        kind: CommunityKind,
        w: &[&'t str],
        tree: &Tree<'t>,
        node: &Node<'t>,
        o: Origin,
    ) -> Took<'t> {
        let (form, w) = match w {
            ["standard", rest @ ..] => (Some(false), rest),
            ["expanded", rest @ ..] => (Some(true), rest),
            rest => (None, rest),
        };
        let [name, rest @ ..] = w else { return Unknown };
        // Without a word, the number tells: 1–99 standard, 100–500 expanded.
        let expanded = form.unwrap_or_else(|| name.parse::<u32>().is_ok_and(|n| n >= 100));
        let rest = match rest {
            ["seq", _, rest @ ..] => rest,
            rest => rest,
        };
        let [verb @ ("permit" | "deny"), values @ ..] = rest else { return Invalid(name, "followed by permit or deny") };
        let matches = if expanded {
            let Some(first) = values.first() else { return Invalid(verb, "followed by an expression") };
            let text = tree.rest(node, node.words.iter().position(|x| std::ptr::eq(*x, *first)).unwrap_or(usize::MAX));
            match regex::cisco_as_path(text) {
                // bgpd searches the whole text of the attribute (`community_regexp_match`); the other kinds are compared one by one.
                Ok(r) if kind == CommunityKind::Standard => CommunityMatch::RegexWhole(r),
                Ok(r) => CommunityMatch::Regex(r),
                Err(_) => return Invalid(first, "a regular expression"),
            }
        } else {
            let mut all = Vec::new();
            let mut words = values;
            while let [word, tail @ ..] = words {
                words = tail;
                if *word == "internet" {
                    continue;
                }
                let one = match kind {
                    CommunityKind::Standard => values::standard_community(word),
                    CommunityKind::Large => values::large_community(word),
                    CommunityKind::Extended => {
                        let [value, tail @ ..] = words else { return Invalid(word, "followed by a value") };
                        words = tail;
                        extended(word, value)
                    }
                };
                match one {
                    Some(c) => all.push(c),
                    None => return Invalid(word, "a community of this kind"),
                }
            }
            CommunityMatch::All(all)
        };
        let lists = &mut self.config.lists.community;
        let at = lists.iter().position(|(k, l)| *k == kind && &*l.name == *name).unwrap_or(lists.len());
        if at == lists.len() {
            lists.push((kind, CommunityList { name: (*name).into(), origin: o, lines: Vec::new() }));
            self.sink.define(kind.word()[0], name, o);
        }
        lists[at].1.lines.push(CommunityLine { permit: *verb == "permit", matches, origin: o });
        Modelled
    }
}

fn prefix_of(word: &str, family: Family) -> Option<IpNet> {
    let word = match (word, family) {
        ("any", Family::V4) => "0.0.0.0/0",
        ("any", Family::V6) => "::/0",
        (w, _) => w,
    };
    values::prefix_or_host(word).filter(|p| Family::of_prefix(p) == family).map(|p| p.trunc())
}

/// `rt 1:2`, `soo 1:2`.
pub(super) fn extended(word: &str, value: &str) -> Option<Community> {
    values::extended_community(
        if word == "rt" {
            2
        } else if word == "soo" {
            3
        } else {
            return None;
        },
        value,
    )
}
