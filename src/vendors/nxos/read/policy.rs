//! Prefix lists, AS-path lists, community lists.

use std::collections::BTreeMap;

use super::{Reader, kind};
use crate::model::policy::{CommunityMatch, PrefixLine, PrefixRange};
use crate::model::route::Community;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::nxos::config::{AsPathList, CommunityKind, CommunityList, Named, PrefixList};

pub(super) fn read_prefix_list<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, name: &str, rest: &[&str], v6: bool) {
    let origin = r.tree.origin(node);
    r.sink.define(if v6 { kind::PREFIX_LIST_V6 } else { kind::PREFIX_LIST }, name, origin);
    let lists = if v6 { &mut r.config.prefix_lists_v6 } else { &mut r.config.prefix_lists };
    lists.entry(name, || PrefixList { origin, ..PrefixList::default() });
    if rest.is_empty() {
        r.ok(node);
        for child in &node.children {
            prefix_line(r, child, name, &child.words, v6);
        }
    } else {
        prefix_line(r, node, name, rest, v6);
    }
}

/// `seq N` and the rest.
fn numbered<'w, 't>(words: &'w [&'t str]) -> (Option<u32>, &'w [&'t str]) {
    match words {
        ["seq", n, rest @ ..] => (n.parse().ok(), rest),
        rest => (None, rest),
    }
}

/// The next number of a list. Prefix lists and the like count in fives (NX-OS unicast routing guide, "Configuring IP prefix
/// lists").
fn next<T>(lines: &BTreeMap<u32, T>) -> u32 {
    lines.keys().next_back().map_or(5, |n| n.saturating_add(5))
}

fn prefix_line<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, name: &str, words: &[&str], v6: bool) {
    let (seq, words) = numbered(words);
    let (permit, word, limits) = match words {
        ["description" | "remark", ..] => return r.quiet(node),
        ["permit", word, limits @ ..] => (true, *word, limits),
        ["deny", word, limits @ ..] => (false, *word, limits),
        _ => return r.sink.not_understood(r.tree, node),
    };
    let parsed = values::prefix_or_host(word).filter(|p| p.addr().is_ipv6() == v6);
    let Some(prefix) = r.wanted(node, word, parsed, "a prefix of this family") else { return };
    let mut range = PrefixRange::exact(prefix);
    let mut limits = limits;
    while let [word, value, rest @ ..] = limits {
        limits = rest;
        if *word == "mask" {
            return r.unmodelled(node, "a prefix list line with `mask` is not modelled: it is left out");
        }
        let Some(length) = r.value::<u8>(node, value, "a prefix length") else { return };
        match *word {
            "ge" => {
                range.min = length;
                range.max = range.max.max(prefix.max_prefix_len());
            }
            "le" => range.max = length,
            "eq" => (range.min, range.max) = (length, length),
            _ => return r.bad(node, word, "`eq`, `ge` or `le`"),
        }
    }
    let origin = r.tree.origin(node);
    let lists = if v6 { &mut r.config.prefix_lists_v6 } else { &mut r.config.prefix_lists };
    let lines = &mut lists.entry(name, PrefixList::default).lines;
    lines.insert(seq.unwrap_or_else(|| next(lines)), PrefixLine { permit, range, origin });
    r.ok(node);
}

pub(super) fn read_as_path<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, name: &str, rest: &[&str]) {
    let (seq, rest) = numbered(rest);
    let [action @ ("permit" | "deny"), regex @ ..] = rest else { return r.sink.not_understood(r.tree, node) };
    let origin = r.tree.origin(node);
    let text = regex.join(" ");
    r.sink.define(kind::AS_PATH, name, origin);
    let list = r.config.as_path_lists.entry(name, || AsPathList { origin, ..AsPathList::default() });
    match crate::vendors::regex::cisco_as_path(&text) {
        Ok(read) if !regex.is_empty() => {
            let seq = seq.unwrap_or_else(|| next(&list.lines));
            list.lines.insert(seq, (*action == "permit", read, text.trim_matches('"').into(), origin));
            r.ok(node);
        }
        Ok(_) => r.bad(node, action, "followed by a regular expression"),
        Err(why) => r.bad(node, regex.first().copied().unwrap_or(""), &format!("a regular expression ({why})")),
    }
}

/// `standard` or `expanded` and the rest; whether the members are regular expressions.
fn form<'w, 't>(rest: &'w [&'t str]) -> (bool, &'w [&'t str]) {
    match rest {
        ["standard", rest @ ..] => (false, rest),
        ["expanded", rest @ ..] => (true, rest),
        rest => (false, rest),
    }
}

pub(super) fn read_community_list<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, rest: &[&str]) {
    let (regex, rest) = form(rest);
    line(r, node, rest, regex, CommunityKind::Standard, |words| words.iter().map(|w| values::standard_community(w)).collect());
}

pub(super) fn read_large_community_list<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, rest: &[&str]) {
    let (regex, rest) = form(rest);
    line(r, node, rest, regex, CommunityKind::Large, |words| words.iter().map(|w| values::large_community(w)).collect());
}

pub(super) fn read_ext_community_list<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, rest: &[&str]) {
    let (regex, rest) = form(rest);
    line(r, node, rest, regex, CommunityKind::Extended, extended);
}

/// `rt 65000:1 soo 65000:2`.
pub(super) fn extended(words: &[&str]) -> Option<Vec<Community>> {
    let mut out = Vec::new();
    let mut kind = None;
    for word in words {
        match (*word, kind) {
            ("rt", _) => kind = Some(2),
            ("soo", _) => kind = Some(3),
            (value, Some(k)) => out.push(values::extended_community(k, value)?),
            _ => return None,
        }
    }
    (!out.is_empty()).then_some(out)
}

fn line<'t>(
    r: &mut Reader<'_, 't>,
    node: &Node<'t>,
    words: &[&str],
    regex: bool,
    of: CommunityKind,
    values: impl Fn(&[&str]) -> Option<Vec<Community>>,
) {
    let [name, rest @ ..] = words else { return r.sink.not_understood(r.tree, node) };
    let (seq, rest) = numbered(rest);
    let (permit, members) = match rest {
        ["permit", members @ ..] => (true, members),
        ["deny", members @ ..] => (false, members),
        _ => return r.sink.not_understood(r.tree, node),
    };
    let origin = r.tree.origin(node);
    let (structure, lists): (_, &mut Named<CommunityList>) = match of {
        CommunityKind::Standard => (kind::COMMUNITY, &mut r.config.community_lists),
        CommunityKind::Extended => (kind::EXT_COMMUNITY, &mut r.config.ext_community_lists),
        CommunityKind::Large => (kind::LARGE_COMMUNITY, &mut r.config.large_community_lists),
    };
    r.sink.define(structure, name, origin);
    let list = lists.entry(name, || CommunityList { origin, ..CommunityList::default() });
    let first = members.first().copied().unwrap_or("");
    let matches = if regex {
        match crate::vendors::regex::check(community_regex(&members.join(" "))) {
            // An expression works on all communities as one text.
            Ok(regex) if of == CommunityKind::Standard => CommunityMatch::RegexWhole(regex),
            Ok(regex) => CommunityMatch::Regex(regex),
            Err(why) => return r.bad(node, first, &format!("a regular expression ({why})")),
        }
    } else if members.contains(&"internet") {
        CommunityMatch::All(Vec::new())
    } else {
        match values(members).filter(|m| !m.is_empty()) {
            Some(members) => CommunityMatch::All(members),
            None if of == CommunityKind::Extended => {
                return r.unmodelled(node, "extended communities other than route targets and origins are not modelled");
            }
            None => return r.bad(node, first, "a community"),
        }
    };
    let seq = seq.unwrap_or_else(|| next(&list.lines));
    list.lines.insert(seq, (permit, matches, origin));
    r.ok(node);
}

/// `_` is a delimiter, as in AS paths.
fn community_regex(regex: &str) -> String {
    regex.trim_matches('"').replace('_', "(?:^|$|[ ,:])").replace('$', "(?: ?$)").replace("(?:^|(?: ?$)|[ ,:])", "(?:^|$|[ ,])")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};
    use super::*;

    #[test]
    fn prefix_lists_in_both_forms() {
        let text = "ip prefix-list A seq 20 permit 10.0.0.0/8 ge 16 le 24\nip prefix-list A permit 10.1.0.0/16 eq 32\nip prefix-list A description x y\nipv6 prefix-list C seq 10 permit 2001:db8::/32 le 64\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let a = config.prefix_lists.get("A").unwrap();
        assert_eq!(a.lines.keys().copied().collect::<Vec<_>>(), [20, 25]);
        assert_eq!((a.lines[&20].range.min, a.lines[&20].range.max), (16, 24));
        assert_eq!((a.lines[&25].range.min, a.lines[&25].range.max), (32, 32));
        assert_eq!(config.prefix_lists_v6.get("C").unwrap().lines[&10].range.max, 64);
        assert_eq!(odd_lines("ip prefix-list A permit 2001:db8::/32\nip prefix-list A permit 10.0.0.0/8 xx 3\n").len(), 2);
    }

    #[test]
    fn lists_of_paths_and_communities() {
        let text = "ip as-path access-list P seq 5 permit \"^65001_65002$\"\nip community-list standard C seq 10 permit 65000:1 no-export\nip community-list standard C permit internet\nip community-list expanded D permit \"_65000:3[0-9]_\"\nip extcommunity-list standard E permit soo 192.0.2.1:0\nip large-community-list standard L permit 1:2:3\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        assert_eq!(&*config.as_path_lists.get("P").unwrap().lines[&5].2, "^65001_65002$");
        assert_eq!(config.community_lists.get("C").unwrap().lines.keys().copied().collect::<Vec<_>>(), [10, 15]);
        let CommunityMatch::RegexWhole(regex) = &config.community_lists.get("D").unwrap().lines[&5].1 else { panic!() };
        assert_eq!(regex, "(?:^|$|[ ,])65000:3[0-9](?:^|$|[ ,])");
        assert_eq!(config.ext_community_lists.get("E").unwrap().lines.len(), 1);
        assert_eq!(odd_lines("ip as-path access-list P permit (\nip community-list standard C permit x\n").len(), 2);
    }
}
