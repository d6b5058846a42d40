//! Prefix lists, AS-path lists, community lists, peer filters.

use super::quiet;
use super::{Reader, kind};
use crate::model::policy::{CommunityMatch, PrefixLine, PrefixRange};
use crate::model::route::Community;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::eos::config::{AsPathList, CommunityKind, CommunityList, Named, PeerFilter, PrefixList};

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

fn prefix_line<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, name: &str, words: &[&str], v6: bool) {
    let (seq, words) = match words {
        ["remark", ..] | ["seq", _, "remark", ..] => return r.quiet(node),
        ["seq", n, rest @ ..] => (n.parse::<u32>().ok(), rest),
        [n, rest @ ..] if n.parse::<u32>().is_ok() => (n.parse().ok(), rest),
        rest => (None, rest),
    };
    let (permit, word, limits) = match words {
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
    // Without a number: 10 after the last (EOS manual, "ip prefix-list").
    let seq = seq.unwrap_or_else(|| lines.keys().next_back().map_or(10, |n| n.saturating_add(10)));
    lines.insert(seq, PrefixLine { permit, range, origin });
    r.ok(node);
}

pub(super) fn read_as_path<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) {
    match &node.words[..] {
        ["ip", "as-path", "regex-mode", mode] => {
            r.config.as_path_string_mode = *mode == "string";
            r.ok(node);
        }
        ["ip", "as-path", "access-list", name, action @ ("permit" | "deny"), _, ..] => {
            let origin = r.tree.origin(node);
            // The last word may name the route's origin code.
            let (last, asks) = match node.words.last() {
                Some(&w @ ("any" | "igp" | "egp" | "incomplete")) if node.words.len() > 6 => (node.words.len() - 1, w),
                _ => (node.words.len(), "any"),
            };
            if asks != "any" {
                return r.unmodelled(node, "an AS-path list line that asks for an origin code is not modelled");
            }
            let regex = node.words.get(5..last).unwrap_or(&[]).join(" ");
            r.sink.define(kind::AS_PATH, name, origin);
            let list = r.config.as_path_lists.entry(name, || AsPathList { origin, ..AsPathList::default() });
            list.lines.push((*action == "permit", regex.trim_matches('"').into(), origin));
            r.ok(node);
        }
        _ => r.other(node, &quiet::TOP),
    }
}

pub(super) fn read_community_list<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, rest: &[&str]) {
    let (regex, rest) = match rest {
        ["standard", rest @ ..] => (false, rest),
        ["expanded" | "regexp", rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    line(r, node, rest, regex, CommunityKind::Standard, |words| words.iter().map(|w| values::standard_community(w)).collect());
}

pub(super) fn read_large_community_list<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, rest: &[&str]) {
    let (regex, rest) = match rest {
        ["standard", rest @ ..] => (false, rest),
        ["expanded" | "regexp", rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    line(r, node, rest, regex, CommunityKind::Large, |words| words.iter().map(|w| values::large_community(w)).collect());
}

pub(super) fn read_ext_community_list<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, rest: &[&str]) {
    let (regex, rest) = match rest {
        ["standard", rest @ ..] => (false, rest),
        ["expanded" | "regexp", rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    line(r, node, rest, regex, CommunityKind::Extended, extended);
}

/// `rt 65000:1 soo 65000:2`.
pub(super) fn extended(words: &[&str]) -> Option<Vec<Community>> {
    let mut out = Vec::new();
    let mut words = words;
    while let [word, rest @ ..] = words {
        words = rest;
        let kind = match *word {
            "rt" => 2,
            "soo" => 3,
            _ => return None,
        };
        let mut any = false;
        while let [value, rest @ ..] = words {
            let Some(c) = values::extended_community(kind, value) else { break };
            out.push(c);
            any = true;
            words = rest;
        }
        if !any {
            return None;
        }
    }
    Some(out)
}

fn line<'t>(
    r: &mut Reader<'_, 't>,
    node: &Node<'t>,
    words: &[&str],
    regex: bool,
    of: CommunityKind,
    values: impl Fn(&[&str]) -> Option<Vec<Community>>,
) {
    let (name, permit, members) = match words {
        [name, "permit", members @ ..] => (*name, true, members),
        [name, "deny", members @ ..] => (*name, false, members),
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
    list.lines.push((permit, matches, origin));
    r.ok(node);
}

/// EOS community expressions: `_` is a delimiter, as in AS paths.
fn community_regex(regex: &str) -> String {
    regex.trim_matches('"').replace('_', "(?:^|$|[ ,:])")
}

pub(super) fn read_peer_filter<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, name: &str) {
    let origin = r.tree.origin(node);
    r.sink.define(kind::PEER_FILTER, name, origin);
    r.config.peer_filters.entry(name, PeerFilter::default);
    r.ok(node);
    for child in &node.children {
        let (seq, words) = match &child.words[..] {
            [n, rest @ ..] if n.parse::<u32>().is_ok() => (n.parse::<u32>().ok(), rest),
            rest => (None, rest),
        };
        let ["match", "as-range", range, "result", result] = words else {
            r.sink.not_understood(r.tree, child);
            continue;
        };
        let ranges: Option<Vec<(u32, u32)>> = range
            .split(',')
            .map(|part| {
                let (a, b) = part.split_once('-').unwrap_or((part, part));
                Some((values::asn(a)?, values::asn(b)?))
            })
            .collect();
        let Some(ranges) = r.wanted(child, range, ranges, "a range of AS numbers") else { continue };
        let lines = &mut r.config.peer_filters.entry(name, PeerFilter::default).lines;
        let seq = seq.unwrap_or_else(|| lines.keys().next_back().map_or(10, |n| n.saturating_add(10)));
        lines.insert(seq, (ranges, *result == "accept"));
        r.ok(child);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};

    #[test]
    fn prefix_lists_in_both_forms() {
        let text = "ip prefix-list A seq 20 permit 10.0.0.0/8 ge 16 le 24\nip prefix-list A permit 10.1.0.0/16 eq 32\nip prefix-list B\n   seq 5 deny 0.0.0.0/0\n   remark x\n   seq 10 permit 0.0.0.0/0 le 32\nipv6 prefix-list C\n   seq 10 permit 2001:db8::/32 le 64\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let a = config.prefix_lists.get("A").unwrap();
        assert_eq!(a.lines.keys().copied().collect::<Vec<_>>(), [20, 30]);
        assert_eq!((a.lines[&20].range.min, a.lines[&20].range.max), (16, 24));
        assert_eq!((a.lines[&30].range.min, a.lines[&30].range.max), (32, 32));
        assert_eq!(config.prefix_lists.get("B").unwrap().lines.len(), 2);
        assert_eq!(config.prefix_lists_v6.get("C").unwrap().lines[&10].range.max, 64);
        assert_eq!(odd_lines("ip prefix-list A permit 2001:db8::/32\nip prefix-list A permit 10.0.0.0/8 xx 3\n").len(), 2);
    }

    #[test]
    fn lists_of_paths_and_communities() {
        let text = "ip as-path access-list P permit ^65001_65002$ any\nip community-list C permit 65000:1 no-export\nip community-list regexp D permit ^65.*:1$\nip extcommunity-list E permit soo 192.0.2.1:0\nip large-community-list L permit 1:2:3\npeer-filter F\n   10 match as-range 65000-65100 result accept\n   20 match as-range 1 result reject\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        assert_eq!(&*config.as_path_lists.get("P").unwrap().lines[0].1, "^65001_65002$");
        assert_eq!(config.peer_filters.get("F").unwrap().lines[&10], (vec![(65000, 65100)], true));
        assert_eq!(config.ext_community_lists.get("E").unwrap().lines.len(), 1);
    }
}
