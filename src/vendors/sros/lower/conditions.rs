//! `from` to conditions: prefix lists, communities, AS paths, protocols.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Lower;
use crate::base::span::Origin;
use crate::model::filter::{AddressMatch, Filter, FilterLine};
use crate::model::policy::{
    AsPathLine, AsPathList, AsPathListId, CommunityLine, CommunityList, CommunityListId, CommunityMatch, Cond, Flow, PrefixLine,
    PrefixList, PrefixRange, RouteSource, RouteType, Term,
};
use crate::model::route::{Community, Family};
use crate::syntax::values;
use crate::vendors::regex;
use crate::vendors::sros::config::{Expression, From, Named, PrefixEntry, PrefixKind};

impl Lower<'_, '_> {
    pub(super) fn condition(&mut self, from: &From) -> Cond {
        match from {
            From::PrefixLists(names) => any(names.iter().map(|n| self.prefix_list(n)).collect()),
            From::Protocol(names) => {
                let mut out = Vec::new();
                names.iter().for_each(|n| out.extend(source(n)));
                of_sources(out)
            }
            From::Community(e) => self.communities(e),
            From::CommunityCount(how, n) => Cond::CommunityCount(*how, *n),
            From::AsPath(named) => self.as_path(named).map_or(Cond::False, Cond::AsPathList),
            From::AsPathGroup(named) => self.as_path_group(named).map_or(Cond::False, Cond::AsPathList),
            From::AsPathLength(how, n) => Cond::AsPathLength(*how, *n),
            From::NextHop(ip) => Cond::NextHop(vec![IpNet::from(*ip)]),
            From::Neighbor(ip) => Cond::Neighbor(vec![IpNet::from(*ip)]),
            From::NextHopList(named) => self.list_of(named).map_or(Cond::False, Cond::NextHopList),
            From::NeighborList(named) => self.list_of(named).map_or(Cond::False, Cond::SourceList),
            From::Interface(names) => {
                let is = |n: &str| names.iter().any(|(x, _)| **x == *n);
                Cond::Interface(self.device.interfaces.iter_ids().filter(|(_, i)| is(&i.name)).map(|(id, _)| id).collect())
            }
            From::Metric(n) => Cond::Metric(crate::model::policy::Compare::Eq, *n),
            From::Tag(n) => Cond::Tag(vec![*n]),
            From::LocalPref(n) => Cond::LocalPref(crate::model::policy::Compare::Eq, *n),
            From::Origin(o) => Cond::Origin(*o),
            From::PathType(external) => {
                Cond::RouteType(vec![if *external { RouteType::BgpExternal } else { RouteType::BgpInternal }])
            }
            From::OspfType(1) => Cond::RouteType(vec![RouteType::OspfE1, RouteType::OspfN1]),
            From::OspfType(_) => Cond::RouteType(vec![RouteType::OspfE2, RouteType::OspfN2]),
            From::Area(a) => Cond::Area(vec![*a]),
            From::Level(l) => Cond::Level(*l),
            From::Family(names) => any(names
                .iter()
                .filter_map(|n| match &**n {
                    "ipv4" | "vpn-ipv4" | "label-ipv4" => Some(Cond::Family(Family::V4)),
                    "ipv6" | "vpn-ipv6" | "label-ipv6" => Some(Cond::Family(Family::V6)),
                    "evpn" => Some(Cond::Family(Family::Evpn)),
                    _ => None,
                })
                .collect()),
            From::Policy(e) => self.expression(e),
            From::RouterInstance(name) => self.vrf(name).map_or(Cond::False, Cond::Vrf),
            From::Unmodelled(what) => Cond::Unmodelled(what.clone()),
            From::True => Cond::True,
        }
    }

    // ----- prefix lists ---------------------------------------------------------------------

    /// The name that a variable (`@x@`) stands for.
    fn resolved(&self, name: &str) -> Box<str> {
        let found = self.config.policy.variables.iter().find(|(n, _)| &**n == name).map(|(_, v)| v.clone());
        found.unwrap_or_else(|| name.into())
    }

    fn prefix_list(&mut self, (name, _): &Named) -> Cond {
        let name = self.resolved(name);
        if let Some(known) = self.lists.get(&name) {
            return known.clone();
        }
        let config = self.config;
        let Some(list) = config.policy.prefix_lists.iter().find(|l| l.name == name) else { return Cond::False };
        let mut lines = Vec::new();
        let mut masks = Vec::new();
        for p in &list.prefixes {
            entry_lines(p, &mut lines, &mut masks);
        }
        let made = PrefixList { name: name.clone(), origin: list.origin, lines };
        let mut out = vec![Cond::PrefixList(self.device.prefix_lists.push(made))];
        // Patterns over the address need a filter: address against the first, mask against the second.
        if !masks.is_empty() {
            out.push(Cond::Acl(self.device.filters.push(Filter {
                name: name.clone(),
                origin: list.origin,
                family: Some(Family::V4),
                extended: true,
                lines: masks,
                default_permit: false,
            })));
        }
        let cond = any(out);
        self.lists.insert(name, cond.clone());
        cond
    }

    /// A prefix list for addresses.
    fn list_of(&mut self, named: &Named) -> Option<crate::model::policy::PrefixListId> {
        match self.prefix_list(named) {
            Cond::PrefixList(id) => Some(id),
            _ => None,
        }
    }

    // ----- communities ----------------------------------------------------------------------

    fn communities(&mut self, e: &Expression) -> Cond {
        match e {
            Expression::Name(name) => {
                self.community_list(name, false).map_or(Cond::False, |list| Cond::CommunityList { list, exact: false })
            }
            Expression::And(list) => Cond::All(list.iter().map(|e| self.communities(e)).collect()),
            Expression::Or(list) => Cond::Any(list.iter().map(|e| self.communities(e)).collect()),
            Expression::Not(inner) => Cond::Not(Box::new(self.communities(inner))),
        }
    }

    /// A community as a list: to match, all its members must be on the route; to remove (`each`), any of them is.
    pub(super) fn community_list(&mut self, name: &str, each: bool) -> Option<CommunityListId> {
        let config = self.config;
        let def = config.policy.communities.iter().find(|c| &*c.name == name)?;
        let mut members = Vec::new();
        for (m, origin) in &def.members {
            match member(m) {
                Ok(x) => members.push(x),
                Err(why) => self.error("V-invalid-value", *origin, format!("community `{m}` cannot be read: {why}")),
            }
        }
        let line = |matches| CommunityLine { permit: true, matches, origin: def.origin };
        let mut lines: Vec<CommunityLine> = if each {
            members.into_iter().map(line).collect()
        } else if members.is_empty() {
            Vec::new()
        } else {
            vec![line(CommunityMatch::AllOf(members))]
        };
        if let Some(text) = &def.expression {
            match alternatives(text) {
                Some(list) => lines.extend(list.into_iter().map(line)),
                None => self.not_modelled(def.origin, "this community expression is not modelled: it does not match"),
            }
        }
        Some(self.device.community_lists.push(CommunityList { name: name.into(), origin: def.origin, lines }))
    }

    /// The values of a community that is set or added.
    pub(super) fn community_values(&mut self, (name, _): &Named) -> Option<Vec<Community>> {
        let config = self.config;
        let def = config.policy.communities.iter().find(|c| c.name == *name)?;
        let values: Vec<Community> = def.members.iter().filter_map(|(m, _)| community_value(m)).collect();
        if values.len() < def.members.len() {
            let message = format!("community `{name}` holds a pattern and cannot be set or added");
            self.error("V-invalid-value", def.origin, message);
        }
        Some(values)
    }

    // ----- AS paths -------------------------------------------------------------------------

    fn as_path(&mut self, (name, _): &Named) -> Option<AsPathListId> {
        if let Some(known) = self.as_paths.get(name) {
            return *known;
        }
        let config = self.config;
        let line = config.policy.as_paths.iter().rfind(|(n, ..)| n == name);
        let made = line.and_then(|(_, text, origin)| {
            let line = self.path_line(text, *origin)?;
            Some(self.device.as_path_lists.push(AsPathList { name: name.clone(), origin: *origin, lines: vec![line] }))
        });
        self.as_paths.insert(name.clone(), made);
        made
    }

    fn as_path_group(&mut self, (name, _): &Named) -> Option<AsPathListId> {
        let config = self.config;
        let (_, entries, origin) = config.policy.as_path_groups.iter().rfind(|(n, ..)| n == name)?;
        let lines = entries.iter().filter_map(|(text, at)| self.path_line(text, *at)).collect();
        Some(self.device.as_path_lists.push(AsPathList { name: name.clone(), origin: *origin, lines }))
    }

    fn path_line(&mut self, text: &str, origin: Origin) -> Option<AsPathLine> {
        match regex::sros_as_path(text) {
            Ok(regex) => Some(AsPathLine { permit: true, regex, text: text.into(), origin }),
            Err(why) => {
                self.error("V-invalid-value", origin, format!("AS path `{text}` cannot be read: {why}"));
                None
            }
        }
    }

    /// An AS path that is a plain list of numbers.
    pub(super) fn path_values(&self, (name, _): &Named) -> Option<Vec<u32>> {
        let (_, text, _) = self.config.policy.as_paths.iter().rfind(|(n, ..)| n == name)?;
        text.split_ascii_whitespace().map(values::asn).collect()
    }
}

fn any(mut list: Vec<Cond>) -> Cond {
    if list.len() == 1 { list.pop().unwrap_or(Cond::False) } else { Cond::Any(list) }
}

/// Routes of these sources; `bgp` alone leaves out what came from other tables.
pub(super) fn of_sources(sources: Vec<RouteSource>) -> Cond {
    let narrow = sources.contains(&RouteSource::Bgp) && !sources.contains(&RouteSource::BgpVpn);
    let all = Cond::Source(sources);
    if narrow { Cond::All(vec![all, Cond::Not(Box::new(Cond::Source(vec![RouteSource::BgpVpn])))]) } else { all }
}

/// A term that is not written anywhere.
pub(super) fn made(name: &str, origin: Origin, when: Cond, then: Flow) -> Term {
    Term { name: name.into(), origin, when, actions: Vec::new(), then, otherwise: Flow::Next }
}

/// The routes of the twin that a protocol name stands for.
fn source(name: &str) -> Vec<RouteSource> {
    match name {
        "direct" => vec![RouteSource::Connected],
        "static" => vec![RouteSource::Static],
        "aggregate" => vec![RouteSource::Aggregate],
        "bgp-vpn" | "vpn-leak" | "evpn" | "evpn-ifl" | "evpn-iff" => vec![RouteSource::BgpVpn],
        "bgp" | "bgp-label" => vec![RouteSource::Bgp],
        "ospf" | "ospf3" => vec![RouteSource::Ospf(None)],
        "isis" => vec![RouteSource::Isis(None)],
        "rip" | "ripng" => vec![RouteSource::Rip],
        "direct-interface" => vec![RouteSource::Local],
        _ => Vec::new(),
    }
}

fn entry_lines(p: &PrefixEntry, lines: &mut Vec<PrefixLine>, masks: &mut Vec<FilterLine>) {
    let prefix = p.prefix.trunc();
    let (own, most) = (prefix.prefix_len(), prefix.max_prefix_len());
    let mut push = |range: PrefixRange| lines.push(PrefixLine { permit: true, range, origin: p.origin });
    let lengths = |min: u8, max: u8| PrefixRange { prefix, min, max };
    match &p.kind {
        PrefixKind::Exact => push(lengths(own, own)),
        PrefixKind::Longer => push(lengths(own, most)),
        PrefixKind::Through(to) => push(lengths(own, to.unwrap_or(own))),
        PrefixKind::Range(a, b) => push(lengths(a.unwrap_or(own), b.unwrap_or(most))),
        PrefixKind::To(list) => {
            // The prefixes that cover a target, from the entry's own length down to the target's (lab sros_prefix_bounds).
            for to in list.iter().filter(|t| prefix.contains(*t)) {
                for len in own..=to.prefix_len() {
                    if let Ok(net) = IpNet::new(to.addr(), len) {
                        push(PrefixRange::exact(net));
                    }
                }
            }
        }
        PrefixKind::Mask(patterns) => {
            for mask in patterns {
                match (prefix.addr(), mask) {
                    (IpAddr::V4(a), IpAddr::V4(m)) => {
                        let m = u32::from(*m);
                        let netmask = u32::MAX.checked_shl(u32::from(32 - own)).unwrap_or(0);
                        masks.push(FilterLine {
                            permit: true,
                            sources: vec![AddressMatch::Wildcard(u32::from(a) & m, !m)],
                            // The length is that of the entry (lab sros_prefix_bounds).
                            destinations: vec![AddressMatch::Wildcard(netmask, 0)],
                            origin: p.origin,
                            ..FilterLine::default()
                        });
                    }
                    _ => push(lengths(own, own)),
                }
            }
        }
    }
}

/// One community as a value.
pub(super) fn community_value(word: &str) -> Option<Community> {
    let word = word.trim();
    match word.split_once(':') {
        Some(("target", v)) => values::extended_community(2, v),
        Some(("origin", v)) => values::extended_community(3, v),
        Some(("ext", v)) => {
            let hex = v.replace(':', "");
            let bits = u64::from_str_radix(&hex, 16).ok().filter(|_| hex.len() == 16)?;
            Some(Community::Extended(bits.to_be_bytes()))
        }
        _ if word.matches(':').count() == 2 => values::large_community(word),
        _ => match word {
            "no-export" | "no-advertise" | "no-export-subconfed" | "llgr-stale" | "no-llgr" | "blackhole" => match word {
                "llgr-stale" => Some(Community::Standard(0xFFFF_0006)),
                "no-llgr" => Some(Community::Standard(0xFFFF_0007)),
                "blackhole" => Some(Community::Standard(0xFFFF_029A)),
                _ => values::standard_community(word),
            },
            _ => word.contains(':').then(|| values::standard_community(word)).flatten(),
        },
    }
}

fn member(word: &str) -> Result<CommunityMatch, String> {
    match community_value(word) {
        Some(c) => Ok(CommunityMatch::All(vec![c])),
        None => regex::junos_community(word).map(CommunityMatch::Regex),
    }
}

/// `65001:1 AND (65001:2 OR NOT 65001:3)` as alternatives: only expressions that are one list of AND or of OR are read.
fn alternatives(text: &str) -> Option<Vec<CommunityMatch>> {
    let one = |part: &str| {
        let part = part.trim().trim_matches(['(', ')']).trim();
        match part.strip_prefix("NOT ").or_else(|| part.strip_prefix("not ")) {
            Some(inner) => member(inner.trim().trim_matches(['(', ')', '[', ']'])).ok().map(|m| CommunityMatch::Not(Box::new(m))),
            None => member(part.trim_matches(['[', ']'])).ok(),
        }
    };
    let upper = text.replace(" and ", " AND ").replace(" or ", " OR ");
    match (upper.contains(" AND "), upper.contains(" OR ")) {
        (true, true) => None,
        (true, false) => Some(vec![CommunityMatch::AllOf(upper.split(" AND ").map(one).collect::<Option<_>>()?)]),
        _ => upper.split(" OR ").map(one).collect(),
    }
}
