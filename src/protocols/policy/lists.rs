//! Lists that a policy asks: prefix, AS-path and community lists, and ACLs read as route filters.
//!
//! In: a list and a value. Out: permitted or not. Law: the first line that holds decides; none: refused.
//! Regular expressions are compiled once per text and AS-path answers kept per (device, list, path).

use std::hash::BuildHasher;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use foldhash::fast::FixedState;
use ipnet::IpNet;
use regex_automata::meta::Regex;

use crate::base::Map;
use crate::model::filter::{AddressMatch, Filter};
use crate::model::network::DeviceId;
use crate::model::policy::{AsPathList, AsPathListId, CommunityList, CommunityMatch};
use crate::model::route::Community;
use crate::rib::{Arena, AsPath, AsPathId};

const SHARDS: usize = 16;

type PathKey = (DeviceId, AsPathListId, AsPathId);

/// Compiled expressions and answers that were asked before.
#[derive(Default)]
pub(super) struct ListCache {
    regexes: RwLock<Map<Box<str>, Option<Arc<Regex>>>>,
    paths: [Mutex<Map<PathKey, bool>>; SHARDS],
}

impl ListCache {
    /// Whether an AS-path list permits a path.
    pub(super) fn path_permitted(
        &self,
        arena: &Arena,
        device: DeviceId,
        list: (AsPathListId, &AsPathList),
        path: &AsPath,
    ) -> bool {
        let key = (device, list.0, arena.as_paths.intern(path.clone()));
        let shard = &self.paths[FixedState::with_seed(1).hash_one(key) as usize % SHARDS];
        if let Some(&known) = shard.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known;
        }
        let text = path.regex_text();
        let permitted = list.1.lines.iter().find(|l| self.regex_holds(&l.regex, &text)).is_some_and(|l| l.permit);
        shard.lock().unwrap_or_else(PoisonError::into_inner).insert(key, permitted);
        permitted
    }

    /// Whether an expression is found in a text. An expression that does not compile holds for nothing; front ends report it.
    fn regex_holds(&self, regex: &str, text: &str) -> bool {
        let known = self.regexes.read().unwrap_or_else(PoisonError::into_inner).get(regex).cloned();
        let compiled = known.unwrap_or_else(|| {
            let made = Regex::new(regex).ok().map(Arc::new);
            self.regexes.write().unwrap_or_else(PoisonError::into_inner).insert(regex.into(), made.clone());
            made
        });
        compiled.is_some_and(|r| r.is_match(text))
    }

    /// Whether a community list permits a set of communities. `exact`: the set holds nothing that the line does not say.
    pub(super) fn communities_permitted(&self, list: &CommunityList, communities: &[Community], exact: bool) -> bool {
        let holds =
            |m: &CommunityMatch| if exact { self.exact_match(m, communities) } else { self.community_match(m, communities) };
        list.lines.iter().find(|l| holds(&l.matches)).is_some_and(|l| l.permit)
    }

    fn community_match(&self, m: &CommunityMatch, communities: &[Community]) -> bool {
        match m {
            CommunityMatch::All(all) => all.iter().all(|c| communities.contains(c)),
            CommunityMatch::AllOf(members) => members.iter().all(|m| self.community_match(m, communities)),
            CommunityMatch::Regex(r) => communities.iter().any(|c| self.regex_holds(r, &c.to_string())),
            CommunityMatch::RegexWhole(r) => self.regex_holds(r, &whole_text(communities)),
            CommunityMatch::Not(inner) => !self.community_match(inner, communities),
        }
    }

    fn exact_match(&self, m: &CommunityMatch, communities: &[Community]) -> bool {
        match m {
            CommunityMatch::All(all) => {
                let kinds = Kinds::of(all);
                all.iter().all(|c| communities.contains(c)) && communities.iter().all(|c| !kinds.has(c) || all.contains(c))
            }
            // Each member is met, and each community (of the route) meets a member.
            CommunityMatch::AllOf(members) => {
                members.iter().all(|m| self.community_match(m, communities))
                    && communities.iter().all(|c| members.iter().any(|m| self.community_match(m, std::slice::from_ref(c))))
            }
            CommunityMatch::Regex(_) => {
                !communities.is_empty() && communities.iter().all(|c| self.community_match(m, std::slice::from_ref(c)))
            }
            CommunityMatch::RegexWhole(_) => self.community_match(m, communities),
            CommunityMatch::Not(inner) => !self.exact_match(inner, communities),
        }
    }

    /// Whether a list permits a community taken by itself (`set comm-list delete`).
    pub(super) fn permits_one(&self, list: &CommunityList, community: Community) -> bool {
        self.communities_permitted(list, &[community], false)
    }
}

/// All standard communities in order of value, a space after each (IOS prints and matches them so).
fn whole_text(communities: &[Community]) -> String {
    let mut standard: Vec<_> = communities.iter().filter(|c| matches!(c, Community::Standard(_))).collect();
    standard.sort_unstable();
    standard.iter().map(|c| format!("{c} ")).collect()
}

/// Which kinds of community occur.
#[derive(Clone, Copy, Default)]
pub(super) struct Kinds {
    standard: bool,
    extended: bool,
    large: bool,
}

impl Kinds {
    pub(super) fn of(communities: &[Community]) -> Self {
        let mut kinds = Self::default();
        for c in communities {
            match c {
                Community::Standard(_) => kinds.standard = true,
                Community::Extended(_) => kinds.extended = true,
                Community::Large(..) => kinds.large = true,
            }
        }
        // `set community none` and an empty line speak of standard communities.
        kinds.standard |= communities.is_empty();
        kinds
    }
    pub(super) fn has(self, c: &Community) -> bool {
        match c {
            Community::Standard(_) => self.standard,
            Community::Extended(_) => self.extended,
            Community::Large(..) => self.large,
        }
    }
}

/// Whether an ACL permits a prefix as a route filter: `sources` against the network address, for extended ACLs
/// `destinations` against the netmask (Cisco, "distribute-list with extended ACLs").
pub fn acl_permits(filter: &Filter, prefix: &IpNet) -> bool {
    let network = prefix.network();
    let mask = prefix.netmask();
    for line in &filter.lines {
        if line.pass_on {
            continue;
        }
        let host = |m: &AddressMatch| address_holds(m, network);
        let holds = (line.sources.is_empty() || any_address(&line.sources, network, host))
            && (!filter.extended
                || line.destinations.is_empty()
                || any_address(&line.destinations, mask, |m| address_holds(m, mask)));
        if holds {
            return line.permit;
        }
    }
    filter.default_permit
}

/// With `Except` entries the most specific entry decides; without them one that holds is enough.
fn any_address(list: &[AddressMatch], addr: IpAddr, holds: impl Fn(&AddressMatch) -> bool) -> bool {
    if !list.iter().any(|m| matches!(m, AddressMatch::Except(_))) {
        return list.iter().any(holds);
    }
    let longest = |m: &&AddressMatch| match m {
        AddressMatch::Prefix(p) | AddressMatch::Except(p) => p.prefix_len(),
        AddressMatch::Wildcard(_, free) => free.count_zeros() as u8,
    };
    let covers = |m: &&AddressMatch| match m {
        AddressMatch::Prefix(p) | AddressMatch::Except(p) => p.contains(&addr),
        AddressMatch::Wildcard(..) => holds(m),
    };
    list.iter().filter(covers).max_by_key(longest).is_some_and(|m| !matches!(m, AddressMatch::Except(_)))
}

fn address_holds(m: &AddressMatch, addr: IpAddr) -> bool {
    match m {
        AddressMatch::Prefix(p) => p.contains(&addr),
        AddressMatch::Except(p) => !p.contains(&addr),
        AddressMatch::Wildcard(base, free) => matches!(addr, IpAddr::V4(a) if (a.to_bits() ^ base) & !free == 0),
    }
}
