//! Route-maps and lists to the policy machine.

use crate::base::Map;
use crate::base::id::{Id, IdVec};
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::interface::InterfaceId;
use crate::model::policy::{
    Action, AsPathListId, AtEnd, CommunityEdit, CommunityList, CommunityListId, Compare, Cond, Flow, Policy, PolicyChain,
    PolicyId, PrefixList, PrefixListId, PrefixRange, Term, TermId, Verdict,
};
use crate::model::route::{BgpOrigin, Family};
use crate::model::{Device, VrfId};
use crate::vendors::frr::config::{CommunityKind, Config, Entry, Exit, ListKind, Match, Ref, RouteMap, Set};

/// Where each named thing is.
#[derive(Debug, Default)]
pub(super) struct Policies {
    maps: Map<Name, PolicyId>,
    prefix: Map<(ListKind, Name), PrefixListId>,
    as_path: Map<Name, AsPathListId>,
    community: Map<(CommunityKind, Name), CommunityListId>,
    made: Map<Made, PolicyId>,
}

/// Policies made from something that is no route-map.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Made {
    /// A list, and whether the next policy of the chain goes on after a permit.
    Prefix(PrefixListId, bool),
    AsPath(AsPathListId),
    Origin(u8),
}

/// Lowers all lists and route-maps into the device.
pub(super) fn lower(
    config: &Config,
    device: &mut Device,
    interfaces: &Map<Name, InterfaceId>,
    vrfs: &Map<Name, VrfId>,
) -> Policies {
    let mut p = Policies::default();
    for (kind, name, origin, lines) in &config.lists.prefix {
        let id = device.prefix_lists.push(PrefixList {
            name: name.clone(),
            origin: *origin,
            lines: lines.iter().map(|l| l.1).collect(),
        });
        p.prefix.insert((*kind, name.clone()), id);
    }
    for list in &config.lists.as_path {
        p.as_path.insert(list.name.clone(), device.as_path_lists.push(list.clone()));
    }
    for (kind, list) in &config.lists.community {
        p.community.insert((*kind, list.name.clone()), device.community_lists.push(CommunityList::clone(list)));
    }
    // Numbers first, so that `call` finds maps that stand later.
    for (n, map) in config.route_maps.iter().enumerate() {
        p.maps.insert(map.name.clone(), PolicyId::new(n));
    }
    for map in &config.route_maps {
        let policy = route_map(&p, map, interfaces, vrfs);
        device.policies.push(policy);
    }
    p
}

impl Policies {
    /// The chain of a route-map. A name without a map denies (`UndefinedReference::Deny`).
    pub(super) fn chain(&self, r: &Ref) -> PolicyChain {
        PolicyChain { policies: self.maps.get(&r.name).copied().into_iter().collect(), at_end: Verdict::Reject, origin: r.origin }
    }

    /// The chain of an optional route-map.
    pub(super) fn optional(&self, r: Option<&Ref>) -> Option<PolicyChain> {
        r.map(|r| self.chain(r))
    }

    /// A prefix or access list as a policy.
    pub(super) fn prefix_chain(&mut self, device: &mut Device, kind: ListKind, r: &Ref) -> PolicyChain {
        let id = self.prefix.get(&(kind, r.name.clone())).copied().map(|id| self.prefix_policy(device, id, false));
        PolicyChain { policies: id.into_iter().collect(), at_end: Verdict::Reject, origin: r.origin }
    }

    /// A list, then perhaps a route-map.
    pub(super) fn list_then_map(&mut self, device: &mut Device, kind: ListKind, list: &Ref, map: Option<&Ref>) -> PolicyChain {
        let Some(map) = map else { return self.prefix_chain(device, kind, list) };
        match (self.prefix.get(&(kind, list.name.clone())).copied(), self.maps.get(&map.name).copied()) {
            (Some(id), Some(second)) => {
                let first = self.prefix_policy(device, id, true);
                PolicyChain { policies: vec![first, second], at_end: Verdict::Reject, origin: map.origin }
            }
            _ => PolicyChain { policies: Vec::new(), at_end: Verdict::Reject, origin: map.origin },
        }
    }

    fn prefix_policy(&mut self, device: &mut Device, id: PrefixListId, go_on: bool) -> PolicyId {
        let list = &device.prefix_lists[id];
        let (name, origin) = (list.name.clone(), list.origin);
        let then = if go_on { Flow::NextPolicy } else { Flow::Accept };
        make(&mut self.made, device, Made::Prefix(id, go_on), &name, origin, Cond::PrefixList(id), Vec::new(), then)
    }

    /// An AS-path list as a policy.
    pub(super) fn as_path_chain(&mut self, device: &mut Device, r: &Ref) -> PolicyChain {
        let id = self.as_path.get(&r.name).copied().map(|id| {
            make(&mut self.made, device, Made::AsPath(id), &r.name, r.origin, Cond::AsPathList(id), Vec::new(), Flow::Accept)
        });
        PolicyChain { policies: id.into_iter().collect(), at_end: Verdict::Reject, origin: r.origin }
    }

    /// Sets an origin code, then perhaps runs a route-map (aggregates).
    pub(super) fn origin_chain(
        &mut self,
        device: &mut Device,
        code: BgpOrigin,
        map: Option<&Ref>,
        origin: Origin,
    ) -> PolicyChain {
        let actions = vec![Action::Origin(code)];
        let first =
            make(&mut self.made, device, Made::Origin(code as u8), "origin", Origin::NONE, Cond::True, actions, Flow::NextPolicy);
        let second = map.and_then(|m| self.maps.get(&m.name).copied());
        let at_end = if map.is_some() { Verdict::Reject } else { Verdict::Accept };
        PolicyChain { policies: std::iter::once(first).chain(second).collect(), at_end, origin }
    }
}

#[expect(clippy::too_many_arguments, reason = "one term's parts")]
fn make(
    made: &mut Map<Made, PolicyId>,
    device: &mut Device,
    key: Made,
    name: &str,
    origin: Origin,
    when: Cond,
    actions: Vec<Action>,
    then: Flow,
) -> PolicyId {
    *made.entry(key).or_insert_with(|| {
        let term = Term { name: "10".into(), origin, when, actions, then, otherwise: Flow::Next };
        device.policies.push(Policy { name: name.into(), origin, terms: IdVec::from_vec(vec![term]), at_end: AtEnd::Reject })
    })
}

fn route_map(p: &Policies, map: &RouteMap, interfaces: &Map<Name, InterfaceId>, vrfs: &Map<Name, VrfId>) -> Policy {
    let mut entries: Vec<&Entry> = map.entries.iter().collect();
    entries.sort_by_key(|e| e.seq);
    let call = |e: &Entry| e.call.as_ref().filter(|_| e.permit).and_then(|c| p.maps.get(&c.name).copied());
    // The first term of each entry: one with a call takes two.
    let mut starts = Vec::with_capacity(entries.len());
    let mut next = 0usize;
    for e in &entries {
        starts.push(next);
        next += 1 + usize::from(call(e).is_some());
    }
    let end = next;
    let mut terms = IdVec::new();
    for (n, e) in entries.iter().enumerate() {
        let exit = match e.exit {
            _ if !e.permit => Flow::Reject,
            Exit::End => Flow::Accept,
            // Nothing later that holds: denied (live daemon), so no verdict is pending.
            Exit::Next => Flow::Next,
            Exit::Goto(seq) => match entries.iter().zip(&starts).find(|(x, _)| x.seq >= seq) {
                Some((_, &at)) => Flow::Goto { term: TermId::new(at), pending: None },
                // `route_map_apply`: no clause to jump to ends with the permit at hand.
                None => Flow::Accept,
            },
        };
        let conditions: Vec<Cond> = e.matches.iter().map(|m| condition(p, m, interfaces, vrfs)).collect();
        let when = match conditions.len() {
            0 => Cond::True,
            1 => conditions.into_iter().next().unwrap_or(Cond::True),
            _ => Cond::All(conditions),
        };
        let actions = e.sets.iter().map(|s| action(p, s)).collect();
        let name: Name = e.seq.to_string().into();
        let Some(sub) = call(e) else {
            terms.push(Term { name, origin: e.origin, when, actions, then: exit, otherwise: Flow::Next });
            continue;
        };
        let after = starts.get(n + 1).copied().unwrap_or(end);
        let over = Flow::Goto { term: TermId::new(after), pending: None };
        terms.push(Term { name: name.clone(), origin: e.origin, when, actions, then: Flow::Next, otherwise: over });
        let origin = e.call.as_ref().map_or(e.origin, |c| c.origin);
        terms.push(Term { name, origin, when: Cond::Apply(sub), actions: Vec::new(), then: exit, otherwise: Flow::Reject });
    }
    Policy { name: map.name.clone(), origin: map.origin, terms, at_end: AtEnd::Reject }
}

fn condition(p: &Policies, m: &Match, interfaces: &Map<Name, InterfaceId>, vrfs: &Map<Name, VrfId>) -> Cond {
    // A list that is not defined never matches.
    let list = |kind: &ListKind, r: &Ref| p.prefix.get(&(*kind, r.name.clone())).copied();
    match m {
        Match::Address(kind, r) => list(kind, r).map_or(Cond::False, Cond::PrefixList),
        Match::NextHop(kind, r) => list(kind, r).map_or(Cond::False, Cond::NextHopList),
        Match::Source(kind, r) => list(kind, r).map_or(Cond::False, Cond::SourceList),
        Match::PrefixLength(n, v6) => {
            let prefix = if *v6 { ipnet::Ipv6Net::default().into() } else { ipnet::Ipv4Net::default().into() };
            let family = if *v6 { Family::V6 } else { Family::V4 };
            Cond::All(vec![Cond::Family(family), Cond::Prefix(vec![PrefixRange { prefix, min: *n, max: *n }])])
        }
        Match::NextHopIs(a) => Cond::NextHop(vec![(*a).into()]),
        Match::Peer(a) => Cond::Neighbor(vec![(*a).into()]),
        Match::AsPath(r) => p.as_path.get(&r.name).map_or(Cond::False, |id| Cond::AsPathList(*id)),
        Match::Community { list, kind, exact } => p
            .community
            .get(&(*kind, list.name.clone()))
            .map_or(Cond::False, |id| Cond::CommunityList { list: *id, exact: *exact }),
        Match::Metric(n) => Cond::Metric(Compare::Eq, *n),
        Match::LocalPref(n) => Cond::LocalPref(Compare::Eq, *n),
        Match::Tag(n) => Cond::Tag(vec![*n]),
        Match::Origin(o) => Cond::Origin(*o),
        Match::Interface(name) => Cond::Interface(interfaces.get(name).copied().into_iter().collect()),
        Match::Protocol(s) => Cond::Source(vec![*s]),
        Match::EvpnPrefixes(true) => Cond::Family(Family::Evpn),
        // Routes of other types are not there.
        Match::EvpnPrefixes(false) => Cond::False,
        Match::SourceVrf(name) if &**name == "default" => Cond::Vrf(VrfId::DEFAULT),
        Match::SourceVrf(name) => vrfs.get(name).map_or(Cond::False, |v| Cond::Vrf(*v)),
        Match::Unmodelled(text) => Cond::Unmodelled(text.clone()),
    }
}

fn action(p: &Policies, s: &Set) -> Action {
    match s {
        Set::Action(a) => a.clone(),
        Set::Metric(n) => Action::Metric(*n),
        Set::DeleteCommunities(kind, r) => match p.community.get(&(*kind, r.name.clone())) {
            Some(id) => Action::Community(CommunityEdit::DeleteList(*id)),
            None => Action::Community(CommunityEdit::Delete(Vec::new())),
        },
    }
}
