//! Lists that policies use: prefix lists, AS-path access lists, community lists.

use super::{Done, Reader};
use crate::model::policy::{AsPathLine, CommunityLine, CommunityMatch, PrefixLine, PrefixRange};
use crate::model::route::Community;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::regex;

/// `permit` or `deny`.
pub(super) fn verdict(word: &str) -> Option<bool> {
    match word {
        "permit" => Some(true),
        "deny" => Some(false),
        _ => None,
    }
}

impl<'a, 't> Reader<'a, 't> {
    /// `ip prefix-list NAME [seq N] permit|deny P/L [ge N] [le N]`.
    pub(super) fn prefix_list(&mut self, node: &'a Node<'t>, w: &[&str], v6: bool) -> Done {
        let (name, rest) = match w {
            ["sequence-number", ..] => return self.quiet_line(node),
            [_, "description", ..] => return self.quiet_line(node),
            [name, rest @ ..] => (*name, rest),
            [] => return self.bad(node, "", "a prefix list"),
        };
        let origin = self.origin(node);
        self.sink.define(if v6 { "ipv6 prefix-list" } else { "prefix-list" }, name, origin);
        let lists = if v6 { &mut self.config.prefix_lists6 } else { &mut self.config.prefix_lists };
        let list = lists.named(name);
        if !list.origin.is_some() {
            list.origin = origin;
        }
        // Without a number a line goes five after the last (Cisco, "ip prefix-list").
        let (seq, rest) = match rest {
            ["seq", n, rest @ ..] => match n.parse() {
                Ok(n) => (n, rest),
                Err(_) => return self.bad(node, n, "a sequence number"),
            },
            [] => return self.known(node),
            rest => (list.lines.last().map_or(0, |l| l.0).saturating_add(5), rest),
        };
        let [what, prefix, options @ ..] = rest else {
            return self.bad(node, rest.first().copied().unwrap_or(""), "`permit` or `deny` with a prefix");
        };
        let Some(permit) = verdict(what) else { return self.bad(node, what, "`permit` or `deny`") };
        let Some(prefix) = values::prefix(prefix).filter(|p| p.addr().is_ipv6() == v6) else {
            return self.bad(node, prefix, "a prefix");
        };
        let longest = prefix.max_prefix_len();
        let mut range = PrefixRange::exact(prefix);
        let (mut ge, mut le) = (None, None);
        let mut options = options;
        while let [word, value, tail @ ..] = options {
            let Ok(length) = value.parse::<u8>() else { return self.bad(node, value, "a prefix length") };
            match *word {
                "ge" => ge = Some(length),
                "le" => le = Some(length),
                _ => return self.bad(node, word, "`ge` or `le`"),
            }
            options = tail;
        }
        if ge.is_some() || le.is_some() {
            range.min = ge.unwrap_or(range.min);
            range.max = le.unwrap_or(longest).min(longest);
        }
        let line = (seq, PrefixLine { permit, range, origin });
        match list.lines.binary_search_by_key(&seq, |l| l.0) {
            Ok(at) => list.lines[at] = line,
            Err(at) => list.lines.insert(at, line),
        }
        self.known(node)
    }

    /// `ip as-path access-list N permit|deny REGEX`.
    pub(super) fn as_path_list(&mut self, node: &'a Node<'t>, w: &[&str]) -> Done {
        let [name, what, ..] = w else { return self.bad(node, "", "an AS-path access list") };
        let origin = self.origin(node);
        self.sink.define("as-path access-list", name, origin);
        let Some(permit) = verdict(what) else { return self.bad(node, what, "`permit` or `deny`") };
        let text = self.tree.rest(node, node.words.len() - w.len() + 2);
        let list = self.config.as_paths.named(name);
        if !list.origin.is_some() {
            list.origin = origin;
        }
        match regex::cisco_as_path(text) {
            Ok(regex) => {
                list.lines.push(AsPathLine { permit, regex, text: text.into(), origin });
                self.known(node)
            }
            Err(why) => {
                let message = format!("a regular expression ({why})");
                self.bad(node, w.get(2).copied().unwrap_or(""), &message)
            }
        }
    }

    /// `ip community-list [standard|expanded] NAME permit|deny …`, and the same for extended communities.
    pub(super) fn community_list(&mut self, node: &'a Node<'t>, w: &[&str], extended: bool) -> Done {
        let (expanded, name, rest) = match w {
            ["standard", name, rest @ ..] => (false, *name, rest),
            ["expanded", name, rest @ ..] => (true, *name, rest),
            // Numbers from 100 on are expanded lists.
            [name, rest @ ..] => (name.parse::<u32>().is_ok_and(|n| n >= 100), *name, rest),
            [] => return self.bad(node, "", "a community list"),
        };
        let origin = self.origin(node);
        self.sink.define(if extended { "extcommunity-list" } else { "community-list" }, name, origin);
        let lists = if extended { &mut self.config.extcommunities } else { &mut self.config.communities };
        let list = lists.named(name);
        if !list.origin.is_some() {
            list.origin = origin;
        }
        let rest = match rest {
            ["seq", _, rest @ ..] => rest,
            [n, rest @ ..] if n.parse::<u32>().is_ok() => rest,
            rest => rest,
        };
        let (permit, rest) = match rest {
            [] => {
                // Lines of a named list may follow as a block; the header alone says nothing.
                return self.known(node);
            }
            ["remark" | "description", ..] => return self.quiet_line(node),
            [what, rest @ ..] => match verdict(what) {
                Some(p) => (p, rest),
                None => return self.bad(node, what, "`permit` or `deny`"),
            },
        };
        let matches = if expanded {
            let text = self.tree.rest(node, node.words.len() - rest.len());
            match regex::cisco_as_path(text) {
                Ok(regex) if extended => CommunityMatch::Regex(regex),
                Ok(regex) => CommunityMatch::RegexWhole(regex),
                Err(why) => {
                    let message = format!("a regular expression ({why})");
                    return self.bad(node, rest.first().copied().unwrap_or(""), &message);
                }
            }
        } else {
            match members(rest, extended) {
                Ok(list) => CommunityMatch::All(list),
                Err(word) => return self.bad(node, word, "a community"),
            }
        };
        let lists = if extended { &mut self.config.extcommunities } else { &mut self.config.communities };
        lists.named(name).lines.push(CommunityLine { permit, matches, origin });
        self.known(node)
    }
}

/// The communities of a standard line; none of them = any route (`permit internet`).
fn members<'w>(w: &[&'w str], extended: bool) -> Result<Vec<Community>, &'w str> {
    let mut out = Vec::new();
    let mut rest = w;
    while let [word, tail @ ..] = rest {
        rest = tail;
        if extended {
            let kind = match *word {
                "rt" => 2,
                "soo" => 3,
                _ => return Err(word),
            };
            let Some((value, tail)) = tail.split_first() else { return Err(word) };
            out.push(values::extended_community(kind, value).ok_or(*value)?);
            rest = tail;
        } else if *word != "internet" {
            out.push(values::standard_community(word).ok_or(*word)?);
        }
    }
    Ok(out)
}
