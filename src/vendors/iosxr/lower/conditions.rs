//! Comparisons of route policies.

use super::Lowering;
use super::policy::text;
use crate::base::span::Origin;
use crate::model::policy::{AsPathLine, AsPathList, Compare, Cond, RouteSource, RouteType};
use crate::model::route::{BgpOrigin, Family};
use crate::model::vrf::VrfId;
use crate::syntax::values;
use crate::vendors::iosxr::rpl::ast::Word;
use crate::vendors::iosxr::rpl::parse;
use crate::vendors::sink::LineClass;

const POLICY: &[&str] = &["route-policy"];

impl Lowering<'_> {
    /// One comparison.
    pub(super) fn test(&mut self, words: &[Word], origin: Origin) -> Cond {
        let texts: Vec<&str> = words.iter().map(|w| &*w.text).collect();
        let cond = match &texts[..] {
            ["destination", "in", ..] => self.prefixes(&words[2..], origin, Cond::PrefixList),
            ["next-hop", "in", ..] => self.prefixes(&words[2..], origin, Cond::NextHopList),
            ["source", "in", ..] => self.prefixes(&words[2..], origin, Cond::SourceList),
            ["as-path", rest @ ..] => {
                let key = text(words);
                match self.as_path_tests.get(&key) {
                    Some(cond) => Some(cond.clone()),
                    None => {
                        let cond = self.as_path(words, rest, origin);
                        self.as_path_tests.extend(cond.clone().map(|c| (key, c)));
                        cond
                    }
                }
            }
            ["community", rest @ ..] => self.community("community-set", "", words, 1, rest, origin),
            ["large-community", rest @ ..] => self.community("large-community-set", "", words, 1, rest, origin),
            ["extcommunity", sub @ ("rt" | "soo"), rest @ ..] => self.community("extcommunity-set", sub, words, 2, rest, origin),
            ["med" | "metric", op, v] => compare(op).zip(v.parse().ok()).map(|(c, n)| Cond::Metric(c, n)),
            ["local-preference", op, v] => compare(op).zip(v.parse().ok()).map(|(c, n)| Cond::LocalPref(c, n)),
            ["weight", op, v] => compare(op).zip(v.parse().ok()).map(|(c, n)| Cond::Weight(c, n)),
            ["tag", "eq" | "is", v] => v.parse().ok().map(|t| Cond::Tag(vec![t])),
            ["tag", "in", ..] => self.numbers("tag-set", &words[2..], origin).map(Cond::Tag),
            ["ospf-area", "is" | "eq", v] => values::area(v).map(|a| Cond::Area(vec![a])),
            ["ospf-area", "in", ..] => self.numbers("ospf-area-set", &words[2..], origin).map(Cond::Area),
            ["origin", "is" | "eq", v] => match *v {
                "igp" => Some(Cond::Origin(BgpOrigin::Igp)),
                "egp" => Some(Cond::Origin(BgpOrigin::Egp)),
                "incomplete" => Some(Cond::Origin(BgpOrigin::Incomplete)),
                _ => None,
            },
            ["protocol", "is" | "eq", rest @ ..] => self.protocol(rest).map(Cond::Source),
            ["protocol", "in", ..] => {
                let parts = inline(&words[2..]);
                let all: Option<Vec<_>> =
                    parts.iter().map(|p| self.protocol(&p.iter().map(|w| &*w.text).collect::<Vec<_>>())).collect();
                all.map(|a| Cond::Source(a.concat()))
            }
            ["route-type", "is" | "eq", v] => route_types(v).map(Cond::RouteType),
            ["route-type", "in", ..] => {
                let all: Option<Vec<_>> =
                    inline(&words[2..]).iter().map(|p| p.first().and_then(|w| route_types(&w.text))).collect();
                all.map(|a| Cond::RouteType(a.concat()))
            }
            ["path-type", "is" | "eq", "ebgp"] => Some(Cond::RouteType(vec![RouteType::BgpExternal])),
            ["path-type", "is" | "eq", "ibgp"] => Some(Cond::RouteType(vec![RouteType::BgpInternal])),
            ["afi", "is" | "eq", "ipv4"] => Some(Cond::Family(Family::V4)),
            ["afi", "is" | "eq", "ipv6"] => Some(Cond::Family(Family::V6)),
            // No validator is modelled: no route is valid or invalid.
            ["validation-state", "is" | "eq", "not-found"] => Some(Cond::RpkiNotFound),
            ["validation-state", "is" | "eq", "valid" | "invalid"] => Some(Cond::Not(Box::new(Cond::RpkiNotFound))),
            ["rib-has-route", "in", ..] => return self.rib_has_route(words, origin),
            ["apply", ..] => self.applied_condition(&words[1..], origin),
            [
                "rd" | "route-has-label" | "track" | "destination" | "extcommunity" | "vpn-distinguisher" | "evpn-route-type"
                | "esi" | "etag" | "evpn-gateway" | "mac" | "source" | "next-hop" | "as-path-length" | "timeofday" | "orf"
                | "nexthop" | "mvpn-route-type" | "evpn-originator" | "ospf-type" | "bgp-community" | "tag" | "rib-metric"
                | "metric-type",
                ..,
            ] => {
                if let ["rd", "in", ..] = &texts[..] {
                    self.set_ref("rd-set", &words[2..], origin);
                }
                return self.unmodelled(words, origin);
            }
            _ => None,
        };
        cond.unwrap_or_else(|| {
            self.unclear(words, origin);
            Cond::Unmodelled(text(words).into())
        })
    }

    pub(super) fn unmodelled(&mut self, words: &[Word], origin: Origin) -> Cond {
        if !words.iter().any(|w| w.text.contains('$')) {
            let message = format!("the condition `{}` is not modelled: it is taken not to hold", text(words));
            self.notes.say(origin, LineClass::NotModelled, message);
        }
        Cond::Unmodelled(text(words).into())
    }

    fn applied_condition(&mut self, words: &[Word], origin: Origin) -> Option<Cond> {
        let (name, arguments, _) = parse::call(words)?;
        self.used(POLICY, &name, origin);
        if name.contains('$') {
            return None;
        }
        // A policy that is not defined is refused where it is applied; it takes nothing.
        Some(self.policy(&name, &arguments).map_or(Cond::False, Cond::Policy))
    }

    fn prefixes(&mut self, words: &[Word], origin: Origin, make: fn(crate::model::policy::PrefixListId) -> Cond) -> Option<Cond> {
        let (set, _) = self.set_ref("prefix-set", words, origin)?;
        match self.prefix_set(&set, origin)? {
            // A set that is not defined or empty holds nothing.
            None => Some(Cond::False),
            Some(id) => Some(make(id)),
        }
    }

    /// `rib-has-route in SET`: of the default table; sets of whole ranges cannot be asked for.
    fn rib_has_route(&mut self, words: &[Word], origin: Origin) -> Cond {
        let ranges = self.set_ref("prefix-set", &words[2..], origin).and_then(|(set, _)| self.ranges(&set, origin));
        match ranges {
            Some(ranges) if ranges.iter().all(|r| r.min == r.max && r.min == r.prefix.prefix_len()) => {
                Cond::Any(ranges.iter().map(|r| Cond::RouteExists { vrf: VrfId::DEFAULT, prefix: r.prefix }).collect())
            }
            _ => self.unmodelled(words, origin),
        }
    }

    fn numbers(&mut self, kind: &'static str, words: &[Word], origin: Origin) -> Option<Vec<u32>> {
        let (set, _) = self.set_ref(kind, words, origin)?;
        let entries = self.entries(&set);
        entries.iter().map(|(e, _)| if let [one] = &e[..] { values::area(&one.text) } else { None }).collect()
    }

    fn protocol(&self, words: &[&str]) -> Option<Vec<RouteSource>> {
        let processes = |v3: bool, id: &str| {
            let all = self.config.ospf.items.iter().enumerate().filter(|(_, (_, o))| o.v3 == v3 && *o.id == *id);
            all.map(|(n, _)| RouteSource::Ospf(Some(n as u32))).collect::<Vec<_>>()
        };
        Some(match words {
            ["connected"] => vec![RouteSource::Connected],
            ["local"] => vec![RouteSource::Local],
            ["static"] => vec![RouteSource::Static],
            ["rip"] => vec![RouteSource::Rip],
            ["bgp", _] => vec![RouteSource::Bgp],
            ["eigrp", n] => vec![RouteSource::Eigrp(n.parse().ok())],
            ["isis", id] => self.isis.get(*id).map(|&n| RouteSource::Isis(Some(n))).into_iter().collect(),
            ["ospf", id] => processes(false, id),
            ["ospfv3", id] => processes(true, id),
            ["subscriber" | "lspv" | "vpn" | "dhcp" | "mobile", ..] => Vec::new(),
            _ => return None,
        })
    }

    // ----- AS paths ---------------------------------------------------------------------------

    fn as_path(&mut self, words: &[Word], texts: &[&str], origin: Origin) -> Option<Cond> {
        if let ["in", ..] = texts {
            let (set, _) = self.set_ref("as-path-set", &words[2..], origin)?;
            let key = set.key("as-path-set");
            let mut lines = Vec::new();
            let mut others = Vec::new();
            for (entry, line) in self.entries(&set) {
                let line = if line.is_some() { line } else { origin };
                match self.as_path_entry(&entry, line)? {
                    Entry::Line(l) => lines.push(l),
                    Entry::Cond(c) => others.push(c),
                }
            }
            if !lines.is_empty() {
                others.insert(0, Cond::AsPathList(self.as_path_list(key, lines, origin)));
            }
            return Some(if others.len() == 1 { others.swap_remove(0) } else { Cond::Any(others) });
        }
        match self.as_path_entry(&words[1..], origin)? {
            Entry::Cond(c) => Some(c),
            Entry::Line(l) => {
                let key = format!("as-path {}", l.regex);
                Some(Cond::AsPathList(self.as_path_list(key, vec![l], origin)))
            }
        }
    }

    fn as_path_list(&mut self, key: String, lines: Vec<AsPathLine>, origin: Origin) -> crate::model::policy::AsPathListId {
        if let Some(&id) = self.as_paths.get(&key) {
            return id;
        }
        let name = key.trim_start_matches("as-path-set ").into();
        let id = self.device.as_path_lists.push(AsPathList { name, origin, lines });
        self.as_paths.insert(key, id);
        id
    }

    /// A member of an AS-path set, or what stands after `as-path`.
    fn as_path_entry(&mut self, words: &[Word], origin: Origin) -> Option<Entry> {
        let texts: Vec<&str> = words.iter().map(|w| &*w.text).collect();
        let line = |regex: String| Entry::Line(AsPathLine { permit: true, regex, text: text(words).into(), origin });
        match &texts[..] {
            ["is-local"] => Some(line("^$".to_owned())),
            ["ios-regex" | "dfa-regex", regex] => match crate::vendors::regex::cisco_as_path(regex) {
                Ok(regex) => Some(line(regex)),
                Err(_) if regex.contains('$') => Some(Entry::Cond(Cond::False)),
                Err(why) => {
                    self.notes.say(origin, LineClass::Invalid, format!("`{regex}` is not a regular expression: {why}"));
                    Some(Entry::Cond(Cond::False))
                }
            },
            ["length", op, n, ..] => Some(Entry::Cond(Cond::AsPathLength(compare(op)?, n.parse().ok()?))),
            ["unique-length", ..] => Some(Entry::Cond(self.unmodelled(words, origin))),
            [what @ ("neighbor-is" | "originates-from" | "passes-through"), ases, exact @ ..] => {
                let regex = path_regex(what, ases, exact.first() == Some(&"exact"))?;
                Some(line(crate::vendors::regex::check(regex).ok()?))
            }
            _ => None,
        }
    }

    // ----- communities ------------------------------------------------------------------------

    fn community(
        &mut self,
        kind: &'static str,
        sub: &str,
        words: &[Word],
        at: usize,
        texts: &[&str],
        origin: Origin,
    ) -> Option<Cond> {
        match texts {
            ["is-empty"] => Some(match self.everything(kind, sub, origin) {
                Some(list) => Cond::Not(Box::new(Cond::CommunityList { list, exact: false })),
                None => Cond::CommunityCount(Compare::Eq, 0),
            }),
            [how @ ("matches-any" | "matches-every" | "in"), ..] => {
                let (set, _) = self.set_ref(kind, &words[at + 1..], origin)?;
                match self.community_list(kind, sub, &set, *how == "matches-every", origin) {
                    Some(list) => Some(Cond::CommunityList { list, exact: false }),
                    None => Some(self.unmodelled(words, origin)),
                }
            }
            ["matches-within", ..] => {
                self.set_ref(kind, &words[at + 1..], origin);
                Some(self.unmodelled(words, origin))
            }
            _ => None,
        }
    }
}

enum Entry {
    Line(AsPathLine),
    Cond(Cond),
}

fn compare(word: &str) -> Option<Compare> {
    Some(match word {
        "eq" | "is" => Compare::Eq,
        "ge" => Compare::Ge,
        "le" => Compare::Le,
        "ne" => Compare::Ne,
        _ => return None,
    })
}

fn route_types(word: &str) -> Option<Vec<RouteType>> {
    use RouteType as T;
    Some(match word {
        "local" => vec![T::Local],
        "internal" => vec![T::Internal],
        "external" => vec![T::External],
        "level-1" => vec![T::IsisL1],
        "level-2" => vec![T::IsisL2],
        "interarea" => vec![T::IsisInterArea],
        "ospf-intra-area" => vec![T::OspfIntra],
        "ospf-inter-area" => vec![T::OspfInter],
        "ospf-external-type-1" | "type-1" => vec![T::OspfE1],
        "ospf-external-type-2" | "type-2" => vec![T::OspfE2],
        "ospf-nssa-type-1" => vec![T::OspfN1],
        "ospf-nssa-type-2" => vec![T::OspfN2],
        _ => return None,
    })
}

/// The members of an inline set: `( a , b )`.
pub(super) fn inline(words: &[Word]) -> Vec<Vec<Word>> {
    let mut out = vec![Vec::new()];
    for word in words {
        match &*word.text {
            "(" | ")" if !word.quoted => {}
            "," if !word.quoted => out.push(Vec::new()),
            _ => {
                if let Some(last) = out.last_mut() {
                    last.push(word.clone());
                }
            }
        }
    }
    out.retain(|e| !e.is_empty());
    out
}

/// `neighbor-is '1 [2..3]'` and its relatives: whole AS numbers at the start, at the end or anywhere; without `exact` each may be there
/// several times in a row (RCR, "as-path neighbor-is").
fn path_regex(what: &str, ases: &str, exact: bool) -> Option<String> {
    let mut out = String::from(if what == "neighbor-is" { "^" } else { "(?:^| )" });
    for word in ases.split_ascii_whitespace() {
        let range = word.strip_prefix('[').and_then(|w| w.strip_suffix(']'));
        let alternatives = match range {
            Some(range) => {
                let (a, b) = range.split_once("..").unwrap_or((range, range));
                let (a, b) = (values::asn(a)?, values::asn(b)?);
                if a > b {
                    return None;
                }
                crate::vendors::regex::number_range(a, b).join("|")
            }
            None if word == "*" => "[0-9]+".to_owned(),
            None => values::asn(word)?.to_string(),
        };
        out.push_str(&format!("(?:(?:{alternatives}) ){}", if exact { "" } else { "+" }));
    }
    if what == "originates-from" {
        out.push('$');
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_as_numbers_match() {
        let is = |what, ases, exact, path: &str| {
            let regex = path_regex(what, ases, exact).unwrap();
            regex_automata::meta::Regex::new(&regex).unwrap().is_match(path)
        };
        assert!(is("neighbor-is", "1 [2..3]", false, "1 1 3 9 "));
        assert!(!is("neighbor-is", "1 [2..3]", true, "1 1 3 9 "));
        assert!(is("neighbor-is", "1 [2..3]", true, "1 3 9 "));
        assert!(!is("neighbor-is", "1", false, "11 1 "));
        assert!(is("originates-from", "1.1 7", false, "5 65537 7 "));
        assert!(!is("originates-from", "7", false, "5 7 8 "));
        assert!(is("passes-through", "[100..200]", false, "5 150 8 "));
        assert!(!is("passes-through", "[100..200]", false, "5 1500 8 "));
        assert!(path_regex("neighbor-is", "x", false).is_none());
        assert!(path_regex("neighbor-is", "[5..1]", false).is_none());
    }
}
