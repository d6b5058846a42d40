//! Sessions as classes of prefixes are solved over: what stays the same whatever the prefix, in flat arrays.
//!
//! In: the [`Transfer`] of a pass. Out: [`Plan`]. Law: two ends share a group only if export (import) makes the same of every path on both, but
//! for the next hop, which is kept beside the attributes as a [`Next`] code; ends of several routers share import groups where no policy runs. What the plan cannot hold (add-path, table
//! maps, policies on interfaces) makes it unfit, and all prefixes go one by one.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use ipnet::IpNet;

use super::export;
use super::nexthop::{Answer, Reach};
use super::path::{Class, UNREACHABLE};
use super::speakers::{End, EndId, Kind, LINK_LOCAL, SpeakerId};
use super::transfer::{Target, Transfer};
use crate::base::id::{Id, IdVec};
use crate::base::intern::Interner;
use crate::base::span::Origin;
use crate::base::{Map, Set};
use crate::model::bgp::{LocalAs, MetricOut, NeighborFamily, NextHopSelf, RemovePrivateAs};
use crate::model::platform::BestPathStep as Step;
use crate::model::policy::PolicyChain;
use crate::model::route::Family;
use crate::protocols::policy::Looks;
use crate::rib::AttrsId;

crate::define_id! {
    /// An address that is some path's next hop.
    AddressId;
}

/// A next hop beside its attributes: [`Next::NONE`], [`Next::PEER`], or an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Next(pub u32);

/// What [`Next`] codes stand for.
pub(super) type Addresses = Interner<AddressId, IpAddr>;

impl Next {
    /// None: made here, or a discard.
    pub(super) const NONE: Self = Self(0);
    /// The neighbour's address on the session the path came in on.
    pub(super) const PEER: Self = Self(1);
    const FIRST: u32 = 2;
}

/// The receiving end of a session inside the network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Link {
    pub far: EndId,
    pub sender: SpeakerId,
    /// The sending end's group.
    pub export: u32,
    /// The sender's own address as the receiver codes it.
    pub own: Next,
    /// Without a policy's word the next hop is the sender's own address.
    pub always_own: bool,
    /// The sender keeps back paths that begin with this AS.
    pub kept_back: Option<u32>,
    /// The receiver's [`Side::refused`].
    pub refused: Option<u32>,
    /// What is sent holds every AS of the sender's path.
    pub keeps_path: bool,
    /// What is sent may depend on more of the path than its attributes, its kind and its next hop.
    pub sees_more: bool,
    /// Whether paths heard from clients, and from other internal neighbours, go out at all.
    pub passes: [bool; 2],
    /// Without a policy's word, the sender's own address is the next hop of: nothing but what has none, what is not reflected,
    /// everything. `None`: not an internal session.
    pub to_self: Option<NextHopSelf>,
}

/// What holds for an end whoever is behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Side {
    /// Import group.
    pub import: u32,
    pub class: Class,
    /// Metric to the neighbour's own address.
    pub metric: u32,
    /// The neighbour's address is the router's own too: nothing from there is usable.
    pub peer_is_own: bool,
    pub router_id: u32,
    /// Paths must begin with this AS.
    pub first_as: Option<u32>,
    /// Paths must not hold this AS. `None`: import itself looks for loops.
    pub refused: Option<u32>,
    /// The limit on prefixes may be passed: they are to be counted.
    pub counted: bool,
}

/// One address family of a [`Plan`].
#[derive(Debug, Default, Clone)]
pub(super) struct FamilyPlan {
    /// `None`: the family is not active there.
    pub sides: Vec<Option<Side>>,
    /// `None`: nobody inside the network is behind it.
    pub links: Vec<Option<Link>>,
    /// The end that hears what is sent on an end.
    pub hearers: Vec<Option<EndId>>,
    pub exports: usize,
    /// By export group of a router where no policy runs: the group of all routers' sessions that export the same.
    pub plain_exports: Vec<Option<u32>>,
    pub all_exports: usize,
    pub imports: usize,
    /// Whether the groups' policies look at next hops.
    pub export_sees_hop: Vec<bool>,
    pub import_sees_hop: Vec<bool>,
    /// Whether any end has a limit on prefixes.
    pub counts: bool,
    /// How many prefixes each end has heard, where that counts.
    pub heard: Arc<[AtomicU32]>,
}

/// All that is known before the first prefix.
pub(super) struct Plan<'t, 'a> {
    /// No other plan has it.
    pub serial: u64,
    pub t: &'t Transfer<'a>,
    pub families: [FamilyPlan; 2],
    /// No two neighbours of the speaker have the same address.
    pub distinct_peers: IdVec<SpeakerId, bool>,
    /// Whose each end is: looked up far more often than all else of an end.
    pub speaker_of: IdVec<EndId, SpeakerId>,
    /// The code of each end's neighbour's address where it is not [`Next::PEER`]: for paths that came in elsewhere.
    peer_codes: IdVec<EndId, Next>,
    /// The code of link-local next hops.
    pub link_local: Next,
    /// Some policy looks at where a route made here stands in the tables.
    pub sees_place: bool,
    /// MEDs of different neighbours' paths are compared.
    pub compares_meds: bool,
    /// Solved classes keep what what-ifs start from.
    pub remembers: bool,
    addresses: Arc<Addresses>,
    /// Prefixes that neighbours' addresses are resolved through by BGP routes.
    pub entangled: Set<IpNet>,
}

fn serial() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

/// What of a [`Plan`] outlives its pass: for what-ifs.
#[derive(Debug)]
pub(super) struct Kept {
    families: [FamilyPlan; 2],
    distinct_peers: IdVec<SpeakerId, bool>,
    speaker_of: IdVec<EndId, SpeakerId>,
    peer_codes: IdVec<EndId, Next>,
    link_local: Next,
    compares_meds: bool,
    addresses: Arc<Addresses>,
}

impl Kept {
    /// What the code of a next hop stands for, whoever it came from.
    pub(super) fn address(&self, next: Next) -> Option<IpAddr> {
        let n = next.0.checked_sub(Next::FIRST)?;
        Some(*self.addresses.get(AddressId(n)))
    }
}

/// What tells an end's export (or import, where policies run) from another's of the same router.
#[derive(PartialEq)]
struct Traits {
    kind: Kind,
    shown_as: u32,
    /// Where export looks at the neighbour's AS.
    peer_as: Option<u32>,
    local_as: Option<LocalAs>,
    cluster: Option<Ipv4Addr>,
    withheld: bool,
    family: NeighborFamily,
    /// A policy looks at the neighbour's address: shared with nobody.
    alone: Option<EndId>,
}

/// Own AS, confederation, AS shown, `local-as`, how often it may occur.
type Loops<'a> = (u32, Option<u32>, u32, Option<&'a LocalAs>, u32);

/// All that tells the import of two ends apart where no policy runs, whichever routers they belong to (see `Transfer::take_in`).
#[derive(PartialEq, Eq, Hash)]
struct PlainImport<'a> {
    external: bool,
    /// Where import itself looks for loops.
    loops: Option<Loops<'a>>,
    refuses: bool,
    as_path_limit: Option<u32>,
    local_preference: u32,
    weight: u32,
}

impl<'a> PlainImport<'a> {
    fn new(t: &Transfer<'a>, e: EndId, nf: &NeighborFamily) -> Self {
        let (end, neighbor) = (&t.graph.ends[e], t.graph.neighbor(e));
        let speaker = t.speaker(end);
        let (bgp, platform) = (speaker.bgp, &speaker.of.platform);
        let external = end.kind == Kind::External;
        let confederation = bgp.confederation.as_ref().map(|c| c.identifier);
        let allowed = nf.allow_as_in.max(platform.bgp_default_allow_as_in);
        Self {
            external,
            loops: refused(t, e, nf).is_none().then_some((
                bgp.asn,
                confederation,
                end.shown_as,
                neighbor.local_as.as_ref(),
                allowed,
            )),
            refuses: external && bgp.ebgp_requires_policy,
            as_path_limit: bgp.as_path_limit,
            local_preference: nf.local_preference.unwrap_or(platform.bgp_default_local_preference),
            weight: nf.weight.unwrap_or(0),
        }
    }
}

/// The AS that an end takes no path with, where that is all there is to loops.
fn refused(t: &Transfer<'_>, e: EndId, nf: &NeighborFamily) -> Option<u32> {
    let speaker = t.speaker(&t.graph.ends[e]);
    let simple = nf.allow_as_in.max(speaker.of.platform.bgp_default_allow_as_in) == 0
        && speaker.bgp.confederation.is_none()
        && t.graph.neighbor(e).local_as.is_none()
        && t.graph.ends[e].kind == Kind::External;
    simple.then_some(speaker.bgp.asn)
}

/// All that tells the export of two ends to other ASes apart where no policy runs, whichever routers they belong to (see `export::prepare`).
#[derive(PartialEq, Eq, Hash)]
struct PlainExport {
    shown_as: u32,
    /// Where export looks at the neighbour's AS: it, and how.
    peer_as: Option<(u32, bool, RemovePrivateAs, bool)>,
    /// The own AS behind another that is shown.
    behind: Option<u32>,
    metric_out: Option<u32>,
    refuses: bool,
    keeps: (bool, bool),
    communities: [bool; 3],
    graceful_shutdown: bool,
}

impl PlainExport {
    /// `None`: policies run, or what is sent depends on more than attributes.
    fn new(t: &Transfer<'_>, e: EndId, nf: &NeighborFamily) -> Option<Self> {
        let (end, neighbor) = (&t.graph.ends[e], t.graph.neighbor(e));
        let speaker = t.speaker(end);
        let metric_out = match nf.metric_out {
            Some(MetricOut::Igp(_)) => return None,
            Some(MetricOut::Value(v)) => Some(v),
            None => None,
        };
        if end.kind != Kind::External || !nf.export.is_empty() || nf.advertise_map.is_some() {
            return None;
        }
        let whole = speaker.of.platform.bgp_sender_checks_whole_path && !nf.advertise_peer_as && !nf.as_override;
        let asks = whole || nf.as_override || nf.remove_private_as != RemovePrivateAs::No;
        let shown = neighbor.local_as.filter(|l| l.asn == end.shown_as);
        Some(Self {
            shown_as: end.shown_as,
            peer_as: asks.then_some((end.peer_as, nf.as_override, nf.remove_private_as, whole)),
            behind: shown.filter(|l| !l.replace_as).map(|_| speaker.public_as()),
            metric_out,
            refuses: speaker.bgp.ebgp_requires_policy,
            keeps: (nf.attributes_unchanged.0, nf.attributes_unchanged.2),
            communities: [nf.send_standard, nf.send_extended, nf.send_large],
            graceful_shutdown: speaker.bgp.graceful_shutdown,
        })
    }
}

/// Whether export leaves every AS of a path in it.
fn keeps_path(nf: &NeighborFamily) -> bool {
    nf.export.is_empty() && !nf.as_override && nf.remove_private_as == RemovePrivateAs::No
}

impl<'t, 'a> Plan<'t, 'a> {
    /// The plan of a pass, if all of its sessions fit.
    pub(super) fn new(t: &'t Transfer<'a>) -> Option<Self> {
        Self::coded(t, Arc::default())
    }

    /// The same with the codes for next hops that another plan of the same ends gave.
    pub(super) fn anew(t: &'t Transfer<'a>, kept: &Kept) -> Option<Self> {
        Self::coded(t, Arc::clone(&kept.addresses))
    }

    fn coded(t: &'t Transfer<'a>, addresses: Arc<Addresses>) -> Option<Self> {
        let graph = t.graph;
        if graph.speakers.iter().any(|s| !steps_fit(s.of.platform.best_path_steps)) {
            return None;
        }
        if graph.speakers.iter().any(|s| s.bgp.families.iter().any(|f| f.table_map.is_some())) {
            return None;
        }
        let mut plan = Self {
            serial: serial(),
            t,
            families: Default::default(),
            distinct_peers: graph.speakers.ids().map(|s| distinct_peers(t, s)).collect(),
            speaker_of: graph.ends.iter().map(|e| e.speaker).collect(),
            peer_codes: graph.ends.iter().map(|e| Next(addresses.intern(e.peer).0 + Next::FIRST)).collect(),
            link_local: Next(addresses.intern(LINK_LOCAL).0 + Next::FIRST),
            sees_place: false,
            compares_meds: super::alike::compares_meds(graph),
            remembers: false,
            addresses,
            entangled: Set::default(),
        };
        for f in [Family::V4, Family::V6] {
            plan.families[f as usize] = plan.family(f)?;
        }
        Some(plan)
    }

    fn family(&mut self, f: Family) -> Option<FamilyPlan> {
        let (t, graph) = (self.t, self.t.graph);
        let mut out = FamilyPlan {
            sides: vec![None; graph.ends.len()],
            links: vec![None; graph.ends.len()],
            hearers: vec![None; graph.ends.len()],
            heard: graph.ends.iter().map(|_| AtomicU32::new(0)).collect(),
            ..FamilyPlan::default()
        };
        let mut export_of = vec![0; graph.ends.len()];
        let mut plain_imports: Map<PlainImport<'_>, u32> = Map::default();
        let mut plain_exports: Map<PlainExport, u32> = Map::default();
        for s in graph.speakers.ids() {
            let first_export = out.exports;
            let (mut exports, mut imports): (Vec<Traits>, Vec<(Traits, u32)>) = (Vec::new(), Vec::new());
            for e in graph.ends_of(s) {
                let Some(nf) = graph.family(e, f) else { continue };
                if nf.add_path_send.is_some() {
                    return None;
                }
                let device = graph.speakers[s].of;
                let held = nf.advertise_map.iter().map(|m| &m.routes);
                let looks = [Looks::of_chains(device, nf.export.iter().chain(held)), Looks::of_chains(device, &nf.import)];
                if looks.iter().any(|l| l.interface) {
                    return None;
                }
                self.sees_place |= looks.iter().any(|l| l.place);
                let traits = self.traits(e, f, nf, looks[0].neighbor);
                let export = exports.iter().position(|x| *x == traits).unwrap_or_else(|| {
                    exports.push(traits);
                    out.export_sees_hop.push(looks[0].next_hop);
                    let fresh = plain_exports.len() as u32;
                    let plain = PlainExport::new(t, e, nf).map(|x| *plain_exports.entry(x).or_insert(fresh));
                    out.plain_exports.push(plain);
                    exports.len() - 1
                });
                export_of[e.index()] = (first_export + export) as u32;
                let (fresh, sees_hop) = (out.import_sees_hop.len() as u32, looks[1].next_hop);
                let import = if nf.import.is_empty() {
                    *plain_imports.entry(PlainImport::new(t, e, nf)).or_insert(fresh)
                } else {
                    let traits = self.traits(e, f, nf, looks[1].neighbor);
                    let known = imports.iter().find(|x| x.0 == traits).map(|x| x.1);
                    known.unwrap_or_else(|| {
                        imports.push((traits, fresh));
                        fresh
                    })
                };
                if import == fresh {
                    out.import_sees_hop.push(sees_hop);
                }
                out.counts |= nf.max_prefixes.is_some();
                let end = &graph.ends[e];
                let peer = t.reach_address(e, Some(end.peer));
                self.entangled.extend(peer.and_then(|r| r.through_bgp));
                out.sides[e.index()] = Some(Side {
                    import,
                    class: match end.kind {
                        Kind::External => Class::External,
                        Kind::Confed => Class::Confed,
                        Kind::Internal if nf.reflector_client => Class::Client,
                        Kind::Internal => Class::Internal,
                    },
                    metric: metric(end, peer),
                    peer_is_own: end.peer != LINK_LOCAL && t.hops.is_own(graph.speakers[s].node, end.peer),
                    router_id: end.peer_router_id.to_bits(),
                    first_as: t.enforced_first_as(e),
                    refused: refused(t, e, nf),
                    counted: nf.max_prefixes.is_some(),
                });
            }
            out.exports += exports.len();
        }
        out.all_exports = plain_exports.len();
        out.imports = out.import_sees_hop.len();
        for e in graph.ends.ids().filter(|e| out.sides[e.index()].is_some()) {
            let Some(far) = graph.ends[e].far.filter(|x| out.sides[x.index()].is_some()) else { continue };
            let Some(nf) = graph.family(far, f) else { continue };
            out.hearers[far.index()] = Some(e);
            out.links[e.index()] = Some(Link {
                far,
                sender: graph.ends[far].speaker,
                export: export_of[far.index()],
                own: self.code(t.self_address(&graph.ends[far], f), e),
                always_own: always_own(t, &graph.ends[far], nf),
                kept_back: export::kept_back(t, &graph.ends[far], nf),
                refused: out.sides[e.index()].and_then(|s| s.refused),
                keeps_path: keeps_path(nf),
                sees_more: !nf.export.is_empty()
                    || nf.advertise_map.is_some()
                    || matches!(nf.metric_out, Some(MetricOut::Igp(_))),
                passes: [Class::Client, Class::Internal]
                    .map(|c| graph.ends[far].kind != Kind::Internal || export::reflects(t.speaker(&graph.ends[far]), nf, c)),
                to_self: (graph.ends[far].kind == Kind::Internal && f.is_unicast()).then_some(nf.next_hop_self),
            });
        }
        Some(out)
    }

    fn traits(&self, e: EndId, f: Family, nf: &NeighborFamily, alone: bool) -> Traits {
        let (end, neighbor) = (&self.t.graph.ends[e], self.t.graph.neighbor(e));
        Traits {
            kind: end.kind,
            shown_as: end.shown_as,
            peer_as: (nf.as_override
                || nf.remove_private_as != RemovePrivateAs::No
                || self.t.speaker(end).of.platform.bgp_sender_checks_whole_path)
                .then_some(end.peer_as),
            local_as: neighbor.local_as,
            cluster: neighbor.cluster_id,
            withheld: self.t.withheld.contains(&(e, f)),
            family: without_places(nf),
            alone: alone.then_some(e),
        }
    }

    /// Attributes of a path made here without their next hop, and the next hop.
    pub(super) fn bare(&self, attrs: AttrsId) -> (AttrsId, Next) {
        let arena = self.t.input.arena;
        let mut bare = arena.attrs.get(attrs).clone();
        match bare.next_hop.take() {
            None => (attrs, Next::NONE),
            Some(a) => (arena.attrs.intern(bare), Next(self.addresses.intern(a).0 + Next::FIRST)),
        }
    }

    /// The code of an address for what comes in on an end.
    pub(super) fn code(&self, address: Option<IpAddr>, to: EndId) -> Next {
        match address {
            None => Next::NONE,
            Some(a) if a == self.t.graph.ends[to].peer => Next::PEER,
            Some(a) => Next(self.addresses.intern(a).0 + Next::FIRST),
        }
    }

    /// What an internal session without a policy's word sends as next hop, as [`sent_hop`](Self::sent_hop) would say. `(next, from)`: the
    /// path's own at the sender.
    pub(super) fn internal_hop(&self, (to, link): (EndId, &Link), reflected: bool, (next, from): (Next, Option<EndId>)) -> Next {
        let own = match link.to_self {
            Some(NextHopSelf::Force) => true,
            Some(NextHopSelf::Yes) => !reflected,
            _ => false,
        };
        let kept = match (next, from) {
            (Next::PEER, Some(e)) => self.peer_codes[e],
            _ => next,
        };
        if own || kept == Next::NONE || kept == self.link_local {
            return link.own;
        }
        if kept == self.peer_codes[to] { Next::PEER } else { kept }
    }

    /// The address behind a code of a path that came in on an end (or was made here).
    pub(super) fn address(&self, hop: Next, from: Option<EndId>) -> Option<IpAddr> {
        match hop {
            Next::NONE => None,
            Next::PEER => from.map(|e| self.t.graph.ends[e].peer),
            Next(n) => Some(*self.addresses.get(AddressId(n - Next::FIRST))),
        }
    }

    /// The ends of an earlier plan to which, or at which, things go in another way now: whatever their groups are.
    pub(super) fn other_ends(&self, kept: &Kept) -> Vec<EndId> {
        let side = |s: &Option<Side>| s.map(|s| Side { import: 0, ..s });
        let link = |l: &Option<Link>| l.map(|l| Link { export: 0, ..l });
        let differs = |e: usize| {
            let both = kept.families.iter().zip(&self.families);
            let mut both = both.filter(|(was, is)| is.sides[e].is_some() && was.sides[e].is_some());
            both.any(|(was, is)| side(&was.sides[e]) != side(&is.sides[e]) || link(&was.links[e]) != link(&is.links[e]))
        };
        (0..kept.speaker_of.len()).filter(|e| differs(*e)).map(EndId::new).collect()
    }

    /// What of it outlives the pass.
    pub(super) fn kept(self) -> Kept {
        let Self { families, distinct_peers, speaker_of, peer_codes, link_local, compares_meds, addresses, .. } = self;
        Kept { families, distinct_peers, speaker_of, peer_codes, link_local, compares_meds, addresses }
    }

    /// The plan of a pass after sessions went `down` and the way to the neighbours of some ends `changed`. `None`: it is not that simple.
    pub(super) fn resumed(t: &'t Transfer<'a>, kept: &Kept, down: &[EndId], changed: &[EndId]) -> Option<Self> {
        let mut families = kept.families.clone();
        for family in &mut families {
            for e in down {
                (family.sides[e.index()], family.links[e.index()], family.hearers[e.index()]) = (None, None, None);
            }
            for &e in changed {
                let Some(side) = &mut family.sides[e.index()] else { continue };
                let end = &t.graph.ends[e];
                let peer = t.reach_address(e, Some(end.peer));
                if peer.is_some_and(|r| r.through_bgp.is_some()) {
                    return None;
                }
                side.metric = metric(end, peer);
            }
        }
        Some(Self {
            serial: serial(),
            t,
            families,
            distinct_peers: kept.distinct_peers.clone(),
            speaker_of: kept.speaker_of.clone(),
            peer_codes: kept.peer_codes.clone(),
            link_local: kept.link_local,
            sees_place: false,
            compares_meds: kept.compares_meds,
            remembers: false,
            addresses: Arc::clone(&kept.addresses),
            entangled: Set::default(),
        })
    }

    /// How many external paths may share the load at a speaker. `None`: external and internal ones together.
    pub(super) fn most_paths(&self, s: SpeakerId, f: Family) -> Option<usize> {
        let speaker = &self.t.graph.speakers[s];
        let family = speaker.bgp.families.iter().find(|x| x.family == f)?;
        let most = family.max_paths_ebgp.min(speaker.of.platform.max_ecmp) as usize;
        family.max_paths_eibgp.is_none().then_some(most)
    }

    /// Whether a speaker never shares the load among paths from inside its AS, or outside.
    pub(super) fn shares_nothing(&self, s: SpeakerId, f: Family) -> bool {
        let families = &self.t.graph.speakers[s].bgp.families;
        families
            .iter()
            .filter(|x| x.family == f)
            .all(|x| x.max_paths_ibgp < 2 && x.max_paths_ebgp < 2 && x.max_paths_eibgp.is_none())
    }

    /// How the receiver reaches the next hop of a path that came in on an end, where it is not known yet whether the answer counts.
    pub(super) fn weigh(&self, to: EndId, hop: Next) -> Answer {
        self.t.weigh_address(to, self.address(hop, Some(to)))
    }

    /// How many prefixes ends with a limit have heard.
    pub(super) fn heard(&self) -> Vec<(EndId, Family, u32)> {
        let of = |f: Family| {
            let plan = &self.families[f as usize];
            let all = if plan.counts { &*plan.heard } else { &[] };
            let counted = all.iter().enumerate().map(move |(e, n)| (EndId::new(e), f, n.load(Ordering::Relaxed)));
            counted.filter(|x| x.2 > 0)
        };
        [Family::V4, Family::V6].into_iter().flat_map(of).collect()
    }

    /// What the sender puts as next hop, as the receiving end codes it. `kept`: the path's own next hop at the sender.
    pub(super) fn sent_hop(
        &self,
        (to, link): (EndId, &Link),
        (class, reflected): (Class, bool),
        edit: Option<crate::model::policy::NextHopEdit>,
        kept: Option<IpAddr>,
        target: Target,
    ) -> Next {
        let t = self.t;
        let Some(nf) = t.graph.family(link.far, target.family) else { return Next::NONE };
        self.code(export::next_hop(t, &t.graph.ends[link.far], nf, class, kept, edit, reflected, target.family), to)
    }
}

/// The IGP metric of a next hop as an end counts it.
pub(super) fn metric(end: &End, reach: Option<Reach>) -> u32 {
    match reach {
        Some(r) if r.connected || !end.single_hop => r.metric,
        _ => UNREACHABLE,
    }
}

/// The same settings wherever they are written.
fn without_places(nf: &NeighborFamily) -> NeighborFamily {
    let chain = |c: &PolicyChain| PolicyChain { origin: Origin::NONE, ..c.clone() };
    let mut out = nf.clone();
    out.origin = Origin::NONE;
    out.import = nf.import.iter().map(chain).collect();
    out.export = nf.export.iter().map(chain).collect();
    out.unsuppress = nf.unsuppress.as_ref().map(chain);
    out.max_prefixes = None;
    if let Some(m) = &mut out.advertise_map {
        m.routes.origin = Origin::NONE;
        m.condition.origin = Origin::NONE;
    }
    if let Some(d) = &mut out.default_originate {
        d.origin = Origin::NONE;
        d.policy = d.policy.as_ref().map(chain);
    }
    out
}

/// Once single ends are told apart, nothing but ties is left.
fn steps_fit(steps: &[Step]) -> bool {
    let single = |s: &Step| matches!(s, Step::RouterId | Step::NeighborAddress | Step::PathId);
    let tie = |s: &Step| single(s) || matches!(s, Step::Oldest | Step::ClusterListLength | Step::Aigp);
    steps.iter().skip_while(|s| !single(s)).all(tie)
}

fn distinct_peers(t: &Transfer<'_>, s: SpeakerId) -> bool {
    let mut peers: Vec<IpAddr> = t.graph.ends_of(s).map(|e| t.graph.ends[e].peer).filter(|a| *a != LINK_LOCAL).collect();
    let all = peers.len();
    peers.sort_unstable();
    peers.dedup();
    peers.len() == all
}

/// Whether the rules of [`export::next_hop`] end in the own address for every path that no policy gave another.
fn always_own(t: &Transfer<'_>, end: &End, nf: &NeighborFamily) -> bool {
    let unchanged = nf.next_hop_unchanged || nf.attributes_unchanged.1;
    match end.kind {
        Kind::External => {
            let platform = &t.speaker(end).of.platform;
            let third = platform.bgp_third_party_next_hop && end.single_hop && nf.next_hop_self == NextHopSelf::No;
            !unchanged && (!third || on_point_to_point(t, end))
        }
        Kind::Confed | Kind::Internal => nf.next_hop_self == NextHopSelf::Force,
    }
}

/// The subnet shared with the neighbour has room for nobody else.
fn on_point_to_point(t: &Transfer<'_>, end: &End) -> bool {
    let Some(interface) = end.interface.and_then(|i| t.speaker(end).of.interfaces.get(i)) else { return true };
    let shared = interface.addresses.iter().filter(|a| a.address.contains(&end.peer));
    shared.into_iter().all(|a| a.address.prefix_len() >= if a.address.addr().is_ipv4() { 30 } else { 127 })
}
