//! Prefix lists, AS-path lists, community lists and access lists.

use ipnet::IpNet;

use super::Lowering;
use crate::base::id::Id;
use crate::base::span::Origin;
use crate::model::filter::{AddressMatch, Filter, FilterLine};
use crate::model::policy::{
    AsPathList, CommunityList, Cond, PolicyChain, PrefixLine, PrefixList, PrefixListId, PrefixRange, Verdict,
};
use crate::model::route::Family;
use crate::vendors::ios::config::ListName;

impl Lowering<'_> {
    pub(super) fn lists(&mut self) {
        let config = self.config;
        for (slot, lists) in [&config.prefix_lists, &config.prefix_lists6].into_iter().enumerate() {
            for (name, list) in &lists.items {
                let lines = list.lines.iter().map(|(_, l)| *l).collect();
                let id = self.device.prefix_lists.push(PrefixList { name: name.clone(), origin: list.origin, lines });
                self.prefix_lists[slot].insert(name.clone(), id);
            }
        }
        for (name, list) in &config.as_paths.items {
            let id =
                self.device.as_path_lists.push(AsPathList { name: name.clone(), origin: list.origin, lines: list.lines.clone() });
            self.as_paths.insert(name.clone(), id);
        }
        for (name, list) in &config.communities.items {
            let id = self.device.community_lists.push(CommunityList {
                name: name.clone(),
                origin: list.origin,
                lines: list.lines.clone(),
            });
            self.communities.insert(name.clone(), id);
        }
        for (name, list) in &config.extcommunities.items {
            let id = self.device.community_lists.push(CommunityList {
                name: name.clone(),
                origin: list.origin,
                lines: list.lines.clone(),
            });
            self.extcommunities.insert(name.clone(), id);
        }
        for (slot, (lists, family)) in [(&config.acls, Family::V4), (&config.acls6, Family::V6)].into_iter().enumerate() {
            for (name, acl) in &lists.items {
                let lines: Vec<FilterLine> = acl.lines.iter().map(|(_, l)| l.clone()).collect();
                let filter = Filter {
                    name: name.clone(),
                    origin: acl.origin,
                    family: Some(family),
                    extended: acl.extended,
                    // An access list without any line lets everything through, as an undefined one (Cisco, "ip access-group").
                    default_permit: lines.is_empty(),
                    lines,
                };
                let id = self.device.filters.push(filter);
                self.acls[slot].insert(name.clone(), id);
            }
        }
    }

    /// A condition on the destination by ACLs or prefix lists. Undefined ones are passed over; if none is defined, every
    /// route matches (Cisco, "match ip address"; the same for prefix lists).
    pub(super) fn any_list(&self, family: Family, names: &[Box<str>], prefix_lists: bool) -> Cond {
        let slot = usize::from(family.is_v6());
        let mut conds: Vec<Cond> = names
            .iter()
            .filter_map(|n| {
                if prefix_lists {
                    self.prefix_lists[slot].get(n).map(|&id| Cond::PrefixList(id))
                } else {
                    self.acls[slot].get(n).map(|&id| Cond::Acl(id))
                }
            })
            .collect();
        match conds.len() {
            0 => Cond::True,
            1 => conds.swap_remove(0),
            _ => Cond::Any(conds),
        }
    }

    /// A list by which a distribute-list, filter-list or the like selects, as a chain of one policy.
    pub(super) fn list_chain(&mut self, list: &ListName, family: Family, origin: Origin) -> PolicyChain {
        let (key, when) = match list {
            ListName::Map(name) => return self.map_chain(name, origin),
            ListName::Acl(name) => (format!("acl {family:?} {name}"), self.any_list(family, std::slice::from_ref(name), false)),
            ListName::Prefix(name) => {
                (format!("prefix-list {family:?} {name}"), self.any_list(family, std::slice::from_ref(name), true))
            }
            ListName::AsPath(name) => {
                let when = self.as_paths.get(name).map_or(Cond::True, |&id| Cond::AsPathList(id));
                (format!("as-path {name}"), when)
            }
        };
        if matches!(when, Cond::True) {
            return PolicyChain { policies: Vec::new(), at_end: Verdict::Accept, origin };
        }
        let name = match list {
            ListName::Acl(n) | ListName::Prefix(n) | ListName::AsPath(n) | ListName::Map(n) => n.clone(),
        };
        self.cond_chain(key, &name, origin, when)
    }

    /// A standard ACL as a list of the addresses it permits, for conditions on next hops and sources.
    /// `None`: it cannot be said with prefixes (wildcards with gaps).
    pub(super) fn acl_as_prefix_list(&mut self, family: Family, name: &str) -> Option<PrefixListId> {
        let key = format!("addresses of {family:?} {name}");
        if let Some(&n) = self.made.get(&key) {
            return Some(PrefixListId(n));
        }
        let filter = &self.device.filters[*self.acls[usize::from(family.is_v6())].get(name)?];
        let everything: IpNet = if family.is_v6() { "::/0".parse().ok()? } else { "0.0.0.0/0".parse().ok()? };
        let mut lines = Vec::new();
        for line in &filter.lines {
            let prefixes: Option<Vec<IpNet>> = match &line.sources[..] {
                [] => Some(vec![everything]),
                some => some.iter().map(|a| if let AddressMatch::Prefix(p) = a { Some(*p) } else { None }).collect(),
            };
            for prefix in prefixes? {
                let range = PrefixRange { prefix, min: prefix.max_prefix_len(), max: prefix.max_prefix_len() };
                lines.push(PrefixLine { permit: line.permit, range, origin: line.origin });
            }
        }
        let (name, origin) = (filter.name.clone(), filter.origin);
        let id = self.device.prefix_lists.push(PrefixList { name, origin, lines });
        self.made.insert(key, id.index() as u32);
        Some(id)
    }
}
