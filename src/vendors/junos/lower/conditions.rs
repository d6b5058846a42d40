//! `from` to conditions.
//!
//! Law: values of one kind are alternatives, kinds must all hold; prefix lists and route filters are one kind together.

use super::Lower;
use crate::base::span::Origin;
use crate::model::policy::{
    AsPathList, CommunityLine, CommunityList, CommunityListId, CommunityMatch, Compare, Cond, PrefixLine, PrefixList,
    PrefixListId, RouteSource, RouteType,
};
use crate::model::route::Family;
use crate::vendors::junos::config::{Config, From, RouteFilter};
use crate::vendors::junos::read::range;

/// The route filters of a term. The longest prefix that covers a route decides alone: if its match type fails, the term does
/// not match, whatever shorter filters say ("Understanding Route Filters … longest-match lookup").
pub(super) struct Filters<'c> {
    filters: Vec<RouteFilter>,
    /// Conditions that are alternatives to the filters: prefix lists.
    lists: Vec<(&'c str, &'static str)>,
    any: bool,
}

impl<'c> Filters<'c> {
    pub(super) fn of(config: &'c Config, from: &'c [From]) -> Self {
        let mut out = Self { filters: Vec::new(), lists: Vec::new(), any: false };
        for f in from {
            match f {
                From::RouteFilter(filter) => out.filters.push(filter.clone()),
                From::RouteFilterList((name, _), kind) => {
                    let list = config.policy.route_filter_lists.iter().find(|l| l.0 == *name);
                    for filter in list.into_iter().flat_map(|l| &l.2) {
                        let mut filter = filter.clone();
                        if let Some(kind) = kind.as_deref().filter(|k| matches!(*k, "exact" | "longer" | "orlonger")) {
                            filter.ranges = vec![range(filter.prefix, kind)];
                        }
                        out.filters.push(filter);
                    }
                }
                From::PrefixList((name, _)) => out.lists.push((name, "exact")),
                From::PrefixListFilter((name, _), kind) => out.lists.push((
                    name,
                    match &**kind {
                        "longer" => "longer",
                        "orlonger" => "orlonger",
                        _ => "exact",
                    },
                )),
                _ => continue,
            }
            out.any = true;
        }
        out
    }

    /// Filters that have actions of their own.
    pub(super) fn with_actions(&self) -> impl Iterator<Item = &RouteFilter> {
        self.filters.iter().filter(|f| !f.then.is_empty())
    }

    /// Holds where one filter is the one that decides, and matches.
    pub(super) fn only(&self, l: &mut Lower<'_, '_>, own: &RouteFilter, origin: Origin) -> Cond {
        let list = self.longest(&|f| std::ptr::eq(f, own), origin);
        Cond::PrefixList(l.device.prefix_lists.push(list))
    }

    /// The whole condition, for routes that no filter with its own actions took.
    pub(super) fn condition(&self, l: &mut Lower<'_, '_>, name: &str, origin: Origin) -> Option<Cond> {
        if !self.any {
            return None;
        }
        let mut all = Vec::new();
        let nested =
            self.filters.iter().any(|a| self.filters.iter().any(|b| a.prefix != b.prefix && a.prefix.contains(&b.prefix)));
        let plain = |f: &RouteFilter| f.then.is_empty();
        if nested || self.filters.iter().any(|f| !plain(f)) {
            let mut list = self.longest(&plain, origin);
            list.name = format!("(route filters of term {name})").into();
            all.push(Cond::PrefixList(l.device.prefix_lists.push(list)));
        } else if !self.filters.is_empty() {
            all.push(Cond::Prefix(self.filters.iter().flat_map(|f| f.ranges.iter().copied()).collect()));
        }
        for (name, kind) in &self.lists {
            all.push(l.prefix_list(name, kind).map_or(Cond::False, Cond::PrefixList));
        }
        Some(if all.len() == 1 { all.pop().unwrap_or(Cond::False) } else { Cond::Any(all) })
    }

    /// Longest first; after the lines of a prefix, one that refuses all it covers.
    fn longest(&self, permit: &dyn Fn(&RouteFilter) -> bool, origin: Origin) -> PrefixList {
        let mut order: Vec<&RouteFilter> = self.filters.iter().collect();
        order.sort_by_key(|f| (std::cmp::Reverse(f.prefix.prefix_len()), f.prefix));
        let mut lines = Vec::new();
        for (n, f) in order.iter().enumerate() {
            lines.extend(f.ranges.iter().map(|r| PrefixLine { permit: permit(f), range: *r, origin: f.origin }));
            if order.get(n + 1).is_none_or(|next| next.prefix != f.prefix) {
                lines.push(PrefixLine { permit: false, range: range(f.prefix, "orlonger"), origin: f.origin });
            }
        }
        PrefixList { name: "(route filters)".into(), origin, lines }
    }
}

impl Lower<'_, '_> {
    fn prefix_list(&mut self, name: &str, kind: &str) -> Option<PrefixListId> {
        let key = (name.into(), kind.into());
        if let Some(id) = self.prefix_lists.get(&key) {
            return Some(*id);
        }
        let list = self.config.policy.prefix_lists.get(*self.list_at.get(name)?)?;
        let lines = list.prefixes.iter().map(|(p, origin)| PrefixLine { permit: true, range: range(*p, kind), origin: *origin });
        let shown = if kind == "exact" { name.into() } else { format!("{name} {kind}").into() };
        let id = self.device.prefix_lists.push(PrefixList { name: shown, origin: list.origin, lines: lines.collect() });
        self.prefix_lists.insert(key, id);
        Some(id)
    }

    /// The list of a named community: all members must match; to delete, each member counts by itself.
    pub(super) fn community_list(&mut self, name: &str, each: bool) -> Option<CommunityListId> {
        let key = (name.into(), each);
        if let Some(id) = self.communities.get(&key) {
            return *id;
        }
        let def = self.config.policy.communities.get(*self.community_at.get(name)?)?;
        let line = |matches, origin| CommunityLine { permit: true, matches, origin };
        let lines = if each {
            def.members.iter().map(|(m, origin)| line(m.clone(), *origin)).collect()
        } else {
            let literals: Option<Vec<_>> = def
                .members
                .iter()
                .map(|(m, _)| match m {
                    CommunityMatch::All(list) => Some(list.clone()),
                    _ => None,
                })
                .collect();
            let all = match literals {
                Some(lists) => CommunityMatch::All(lists.into_iter().flatten().collect()),
                None => CommunityMatch::AllOf(def.members.iter().map(|m| m.0.clone()).collect()),
            };
            vec![line(if def.invert { CommunityMatch::Not(Box::new(all)) } else { all }, def.origin)]
        };
        // A community without members matches nothing.
        let lines = if def.members.is_empty() { Vec::new() } else { lines };
        let id = self.device.community_lists.push(CommunityList { name: name.into(), origin: def.origin, lines });
        self.communities.insert(key, Some(id));
        Some(id)
    }

    fn as_path(&mut self, name: &str, group: bool) -> Cond {
        let key = (name.into(), group);
        if let Some(id) = self.as_paths.get(&key) {
            return Cond::AsPathList(*id);
        }
        let p = &self.config.policy;
        let from = if group { &p.as_path_groups } else { &p.as_paths };
        let Some((name, origin, lines)) = from.iter().find(|(n, _, _)| &**n == name) else { return Cond::False };
        let id = self.device.as_path_lists.push(AsPathList { name: name.clone(), origin: *origin, lines: lines.clone() });
        self.as_paths.insert(key, id);
        Cond::AsPathList(id)
    }

    fn from(&mut self, f: &From) -> Option<(u8, Cond)> {
        Some(match f {
            From::RouteFilter(_) | From::RouteFilterList(..) | From::PrefixList(_) | From::PrefixListFilter(..) => return None,
            From::SourceFilter => (0, Cond::Unmodelled("source-address-filter".into())),
            From::Community((name, _)) => {
                let list = self.community_list(name, false);
                (1, list.map_or(Cond::False, |list| Cond::CommunityList { list, exact: false }))
            }
            From::AsPath((name, _)) => (2, self.as_path(name, false)),
            From::AsPathGroup((name, _)) => (2, self.as_path(name, true)),
            From::Protocol(word) => (3, source(word).map_or(Cond::False, |s| Cond::Source(vec![s]))),
            From::Neighbor(net) => (4, Cond::Neighbor(vec![*net])),
            From::NextHop(net) => (5, Cond::NextHop(vec![*net])),
            From::Interface((name, _)) => (6, self.interface(name).map_or(Cond::False, |i| Cond::Interface(vec![i]))),
            From::Metric(n) => (7, Cond::Metric(Compare::Eq, *n)),
            From::Tag(n) => (8, Cond::Tag(vec![*n])),
            From::LocalPreference(n) => (9, Cond::LocalPref(Compare::Eq, *n)),
            From::Preference(n) => (10, Cond::Distance(Compare::Eq, *n)),
            From::Origin(o) => (11, Cond::Origin(*o)),
            From::Area(a) => (12, Cond::Area(vec![*a])),
            From::Level(n) => (13, Cond::Level(*n)),
            From::Instance(name) => (14, self.vrf(name).map_or(Cond::False, Cond::Vrf)),
            From::Rib(name) => {
                let both = |(vrf, v6)| Cond::All(vec![Cond::Vrf(vrf), Cond::Family(if v6 { Family::V6 } else { Family::V4 })]);
                (15, self.table(name).map_or(Cond::False, both))
            }
            From::Family(v6) => (16, Cond::Family(if *v6 { Family::V6 } else { Family::V4 })),
            From::Policy(e) => (17, self.expression(e)),
            From::Condition(_) if self.importing => (18, Cond::True),
            From::Condition((name, _)) => {
                let exists = self.config.policy.conditions.iter().find(|c| c.name == *name).and_then(|c| c.exists.as_ref());
                let table = exists.and_then(|(prefix, table)| Some((*prefix, self.table(table)?.0)));
                (18, table.map_or(Cond::False, |(prefix, vrf)| Cond::RouteExists { vrf, prefix }))
            }
            From::RouteType(word) => {
                let kind = match &**word {
                    "internal" => Some(RouteType::Internal),
                    "external" => Some(RouteType::External),
                    _ => None,
                };
                (19, kind.map_or(Cond::Unmodelled(word.clone()), |k| Cond::RouteType(vec![k])))
            }
            From::External(kind) => {
                let kinds = match kind {
                    Some(1) => vec![RouteType::OspfE1, RouteType::OspfN1],
                    Some(2) => vec![RouteType::OspfE2, RouteType::OspfN2],
                    _ => vec![RouteType::External],
                };
                (20, Cond::RouteType(kinds))
            }
            From::AsPathLength(how, n) => (21, Cond::AsPathLength(*how, *n)),
            From::CommunityCount(how, n) => (22, Cond::CommunityCount(*how, *n)),
            From::ValidationUnknown => (23, Cond::RpkiNotFound),
            From::Unmodelled(what) => (24, Cond::Unmodelled(what.clone())),
        })
    }
}

/// All conditions of a term but prefixes.
pub(super) fn rest(l: &mut Lower<'_, '_>, from: &[From]) -> Vec<Cond> {
    let mut kinds: std::collections::BTreeMap<u8, Vec<Cond>> = std::collections::BTreeMap::new();
    for f in from {
        if let Some((kind, cond)) = l.from(f) {
            kinds.entry(kind).or_default().push(cond);
        }
    }
    // A subroutine that changes the route runs after the other conditions have held.
    let mut kinds: Vec<(u8, Vec<Cond>)> = kinds.into_iter().collect();
    kinds.sort_by_key(|(kind, _)| (*kind == 17, *kind));
    kinds.into_iter().map(|(_, mut list)| if list.len() == 1 { list.pop().unwrap_or(Cond::True) } else { merge(list) }).collect()
}

/// Alternatives, joined where they can be.
fn merge(list: Vec<Cond>) -> Cond {
    let mut sources = Vec::new();
    let mut others = Vec::new();
    for c in list {
        match c {
            Cond::Source(s) => sources.extend(s),
            c => others.push(c),
        }
    }
    if !sources.is_empty() {
        others.insert(0, Cond::Source(sources));
    }
    if others.len() == 1 { others.pop().unwrap_or(Cond::False) } else { Cond::Any(others) }
}

/// Where routes come from, in Junos's words; `None`: from something that is not computed here, so no route does.
fn source(word: &str) -> Option<RouteSource> {
    Some(match word {
        "direct" => RouteSource::Connected,
        "local" => RouteSource::Local,
        "static" => RouteSource::Static,
        "aggregate" => RouteSource::Aggregate,
        "bgp" => RouteSource::Bgp,
        "ospf" | "ospf2" | "ospf3" => RouteSource::Ospf(None),
        "isis" => RouteSource::Isis(None),
        "rip" | "ripng" => RouteSource::Rip,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::policy::PrefixRange;

    fn filter(prefix: &str, kind: &str) -> RouteFilter {
        let prefix = prefix.parse().unwrap();
        RouteFilter { prefix, ranges: vec![range(prefix, kind)], then: Vec::new(), origin: Origin::NONE }
    }

    #[test]
    fn the_longest_filter_decides_alone() {
        let filters = Filters {
            filters: vec![filter("10.0.0.0/8", "orlonger"), filter("10.1.0.0/16", "exact")],
            lists: Vec::new(),
            any: true,
        };
        let list = filters.longest(&|_| true, Origin::NONE);
        for (p, is) in
            [("10.0.0.0/8", true), ("10.2.0.0/24", true), ("10.1.0.0/16", true), ("10.1.1.0/24", false), ("11.0.0.0/8", false)]
        {
            assert_eq!(list.permits(&p.parse().unwrap()), is, "{p}");
        }
    }

    #[test]
    fn lengths() {
        let all: Vec<PrefixRange> =
            ["exact", "longer", "orlonger"].iter().map(|k| range("10.0.0.0/8".parse().unwrap(), k)).collect();
        assert_eq!(all.iter().map(|r| (r.min, r.max)).collect::<Vec<_>>(), [(8, 8), (9, 32), (8, 32)]);
    }
}
