//! BGP after a change of the policies of some sessions: only prefixes for which a changed policy says something else are solved again.
//!
//! In: what the run of the network as it was left ([`Memory`]), both networks. Out: as [`compute`](super::compute). Law: the same result as
//! from scratch. A prefix for which every changed session passes on what it passed on before is at a fixed point still, and where
//! nothing can be preferred there is only one; others, and those that a policy newly names as a next hop, are solved anew. Starts from
//! scratch where the tables below BGP are other ones, or where policies read more than attributes. Start reading at [`amend`]. Tests:
//! `tests/change.rs`.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use ipnet::IpNet;
use rayon::prelude::*;
use smallvec::SmallVec;

use super::alike::{self, Group, Rank};
use super::classes::{Class, Tests};
use super::compute::Left;
use super::groups::Plan;
use super::nexthop::NextHops;
use super::path::UNREACHABLE;
use super::preference::{either, prefers};
use super::regroup::{Affected, Known, Nets, Piece, Regrouped, regroup};
use super::rematch::{self, Policies};
use super::resume::{Memory, worth_keeping};
use super::routes::installed;
use super::said;
use super::seeds::Seed;
use super::solve::{Scratch, Solved, solve};
use super::speakers::{EndId, Graph};
use super::touched::Moved;
use super::transfer::{Target, Transfer};
use super::wave::{Heard, Pool, heard_at};
use super::{Before, BgpOutcome, Input};
use crate::base::{Map, Set};
use crate::model::Network;
use crate::model::device::Device;
use crate::model::network::DeviceId;
use crate::model::policy::{Action, NextHopEdit};
use crate::model::route::Family;
use crate::protocols::policy::PolicyEngine;
use crate::protocols::session::Sessions;
use crate::protocols::{Changed, Outcome};
use crate::rib::{Arena, AttrsId, Rib};

/// The outcome after a change. `None`: to be computed from scratch.
pub(super) fn amend(input: Input<'_>, under: &Rib, before: Before<'_, BgpOutcome>, changed: Changed<'_>) -> Option<BgpOutcome> {
    let (was, memory) = (&before.value.outcome, before.value.memory.as_ref()?);
    let arena = input.arena;
    let moved = Moved::new(arena, &memory.under, under);
    if !moved.is_empty() || changed.change.interfaces {
        return None;
    }
    let again = rematch::again(
        input,
        under,
        (&memory.sessions, before.topology),
        &was.sessions,
        (&moved, Some((changed, Policies::Pass))),
    )?;
    let rematch::Again { graph, down, records, stands_on_under } = again;
    if !down.is_empty() || graph.ends.len() != memory.ends().len() {
        return None;
    }
    let hops = NextHops::again(input, under, Arc::clone(&memory.own), (Arc::clone(&memory.known), &moved));
    let withheld = Set::default();
    let graph_was = memory.sessions.graph(changed.was, before.topology)?;
    let (engine_was, engine) =
        (PolicyEngine::new(changed.was, arena, input.rib), PolicyEngine::new(input.network, arena, input.rib));
    let input_was = Input { network: changed.was, ..input };
    let t_was = Transfer::new(input_was, under, &graph_was, &engine_was, &hops, &withheld);
    let t = Transfer::new(input, under, &graph, &engine, &hops, &withheld);
    let mut plan = Plan::anew(&t, &memory.plan)?;
    plan.remembers = true;
    let plain = !plan.sees_place && plan.families.iter().all(|f| !f.counts);
    if !plain || alike::all_fit(&plan) != memory.fits {
        return None;
    }
    let sessions = changed_sessions(changed, (&graph_was, &graph))?;
    let prefers = either(memory.prefers, prefers(&graph));
    let (pools, plan_was) = ([Pool::new(), Pool::new()], OnceLock::new());
    let sides = Sides { was: &t_was, is: &t, sessions, prefers, plan_was, pools };
    let affected = sides.affected(&plan, memory, changed)?;
    let imports = sides.sessions.iter().filter(|s| s.import).map(|s| s.end);
    let renewed: Set<EndId> = memory.renewed.iter().copied().chain(imports).collect();
    let Regrouped { groups, parts, columns, apart } = regroup(&plan, memory, affected, &renewed)?;
    let work: Vec<(IpNet, Seed)> = memory.single.iter().cloned().chain(apart).collect();
    let one = |scratch: &mut Scratch, (prefix, seed): &(IpNet, Seed)| {
        let target = target(arena, *prefix);
        (*prefix, solve(&t, target, seed, &Set::default(), scratch))
    };
    let single: BTreeMap<IpNet, Solved> = work.par_iter().map_init(|| Scratch::new(&t), one).collect();
    if !stands_on_under || !hops.stands_on_under() || engine.asked_tables() || !engine.findings().is_empty() {
        return None;
    }
    let remarks: Vec<_> = groups.iter().map(|g| (g.class.target.prefix, g.class.members.len(), &g.wave.remarks)).collect();
    let findings = said::about(&t, &single, &remarks);
    let columns = columns.into_iter().chain(single.values().map(|s| (s.target.id, installed(&t, s))));
    let table = was.tables.first()?.with_parts(parts.iter().map(|(m, c)| (m, c.clone())), columns);
    let sessions: Sessions = records.iter().cloned().collect::<Vec<_>>().into();
    // Prefixes that stayed together may be told apart by what a changed policy asks.
    let whole = sides.ask_nothing() && worth_keeping(&graph, groups.len(), work.len());
    let tables = (under.clone(), Arc::clone(&memory.own), Arc::clone(&memory.known));
    let left = Left { plan: Arc::new(plan.kept()), fits: memory.fits, prefers, single: work, renewed };
    let memory = whole.then(|| Memory::of(Arc::clone(&memory.sessions), tables, groups, left));
    Some(BgpOutcome { outcome: Outcome { tables: vec![table], sessions, findings }, stands_on_under, memory })
}

fn target(arena: &Arena, prefix: IpNet) -> Target {
    Target { prefix, id: arena.prefix(prefix), family: Family::of_prefix(&prefix) }
}

/// An end of a session with changed policies, in a family.
#[derive(Debug, Clone, Copy)]
struct Session {
    end: EndId,
    family: Family,
    import: bool,
    export: bool,
}

/// The sessions with changed policies. `None`: some change is more than that of a policy's word.
fn changed_sessions(changed: Changed<'_>, (was, is): (&Graph<'_>, &Graph<'_>)) -> Option<Vec<Session>> {
    let mut out = Vec::new();
    for (s, speaker) in is.speakers.iter_ids() {
        for st in changed.change.statements.iter().filter(|x| x.device == speaker.device) {
            if !speaker.of.bgp.get(st.bgp).is_some_and(|b| std::ptr::eq(b, speaker.bgp)) {
                continue;
            }
            for end in is.ends_of(s).filter(|e| is.ends[*e].neighbor == st.neighbor) {
                let (Some(a), Some(b)) = (was.family(end, st.family), is.family(end, st.family)) else { continue };
                // Routes that are not BGP's own are offered to policies, not to a session without one.
                let offers = b.export_any && a.export.is_empty() != b.export.is_empty();
                if offers || !matches!(st.family, Family::V4 | Family::V6) {
                    return None;
                }
                out.push(Session { end, family: st.family, import: st.import, export: st.export });
            }
        }
    }
    Some(out)
}

/// Both networks' transfers, and where they may differ.
struct Sides<'t, 'a> {
    was: &'t Transfer<'a>,
    is: &'t Transfer<'a>,
    sessions: Vec<Session>,
    /// By family: some session inside the network can make a router prefer a longer path.
    prefers: [bool; 2],
    /// Made when first asked for; `None`: it cannot be.
    plan_was: OnceLock<Option<Plan<'t, 'a>>>,
    /// Before, and now.
    pools: [Pool; 2],
}

/// What a session with changed policies makes of a path.
#[derive(Debug, Clone, Copy)]
enum Judged {
    /// What it made before.
    Same,
    /// Another path of this rank, or none; whether that is a better one than before.
    Ranked(Option<Rank>, bool),
    Other,
}

/// What the policies of a session ask of destinations, before and now.
struct Asked<'a>([Tests<'a>; 2]);

impl Asked<'_> {
    fn is_empty(&self) -> bool {
        self.0.iter().all(Tests::is_empty)
    }

    fn of(&self, prefix: &IpNet) -> [Vec<u64>; 2] {
        [self.0[0].of(prefix), self.0[1].of(prefix)]
    }
}

impl<'a> Sides<'_, 'a> {
    /// What the policies ask that a path meets on its way to an end.
    fn asked(&self, to: EndId, family: Family) -> Asked<'a> {
        let of = |t: &Transfer<'a>| {
            let speaker = |e: EndId| &t.graph.speakers[t.graph.ends[e].speaker];
            let chains = |e: EndId, import: bool| {
                let nf = t.graph.family(e, family).into_iter();
                nf.flat_map(move |nf| if import { &nf.import } else { &nf.export })
            };
            let mut tests = Tests::of_chains((speaker(to).device, speaker(to).of), chains(to, true));
            if let Some(far) = t.graph.ends[to].far {
                tests.add_chains((speaker(far).device, speaker(far).of), chains(far, false));
            }
            tests
        };
        Asked([of(self.was), of(self.is)])
    }

    /// Whether the changed policies, as they are now, look at no destination.
    fn ask_nothing(&self) -> bool {
        let of = |s: &Session| {
            let far = self.is.graph.ends[s.end].far;
            let import = !s.import || self.asked(s.end, s.family).0[1].is_empty();
            import && (!s.export || far.is_none_or(|f| self.asked(f, s.family).0[1].is_empty()))
        };
        self.sessions.iter().all(of)
    }

    /// What is to be solved again. `None`: all may be.
    fn affected(&self, plan: &Plan<'_, '_>, memory: &Memory, changed: Changed<'_>) -> Option<Affected> {
        let mut out: Set<IpNet> = Set::default();
        let outside: Vec<EndId> =
            self.sessions.iter().filter(|s| s.import && self.is.graph.ends[s.end].far.is_none()).map(|s| s.end).collect();
        let hops = new_next_hops(changed.was, self.is.input.network, &changed.change.devices);
        let mut pieces = self.heard_outside(plan, memory, &outside);
        let mut links: Vec<(EndId, Family)> = Vec::new();
        for s in &self.sessions {
            if let Some(far) = self.is.graph.ends[s.end].far {
                links.extend(s.import.then_some((s.end, s.family)));
                links.extend(s.export.then_some((far, s.family)));
            }
        }
        links.sort_unstable();
        links.dedup();
        let links: Vec<(EndId, Family, Asked<'_>)> = links.into_iter().map(|(e, f)| (e, f, self.asked(e, f))).collect();
        let of_groups: Vec<Vec<IpNet>> =
            memory.groups.par_iter().map(|g| self.of_group(plan, g, &links)).collect::<Option<_>>()?;
        out.extend(of_groups.into_iter().flatten());
        if !hops.is_empty() || !links.is_empty() && !self.ask_nothing() {
            // More may tell prefixes apart than those policies.
            out.extend(pieces.drain(..).flat_map(|p| p.members).map(|m| m.0));
        }
        out.extend(hops);
        let arena = self.is.input.arena;
        out.retain(|p| arena.prefixes.find(p).is_some_and(|id| memory.place(id).is_some()));
        Some(Affected::new(memory, pieces, out))
    }

    /// What neighbours outside send that an end makes something else of now, where that counts: classes, in parts by what the changed policies
    /// ask of destinations. What is no better than before counts only where it could win.
    fn heard_outside(&self, plan: &Plan<'_, '_>, memory: &Memory, ends: &[EndId]) -> Vec<Piece> {
        let asked: Map<(EndId, Family), Asked<'_>> =
            self.sessions.iter().map(|s| ((s.end, s.family), self.asked(s.end, s.family))).collect();
        let of_class = |(n, g, c): (usize, &Group, usize)| {
            let class = &g.were()[c];
            let changed = class.seed.outside.iter().filter(|o| ends.contains(&o.0));
            let heard = changed.filter_map(|&(e, attrs)| Some((e, attrs, asked.get(&(e, class.target.family))?)));
            let heard: SmallVec<[(EndId, AttrsId, &Asked<'_>); 2]> = heard.collect();
            let wins = |e: EndId| !g.is_joined() || g.class.heard.iter().any(|h| h.0 == e);
            // As far as the first that counts, what the ends make of it now.
            let counts = |target: Target| {
                let mut known = Known::new();
                let any = heard.iter().any(|&(e, attrs, _)| {
                    let (was, is) = self.heard(plan, memory, class, target, (e, attrs));
                    known.push((e, is));
                    match self.judge(was, is) {
                        Judged::Same => false,
                        Judged::Ranked(_, false) => wins(e),
                        Judged::Ranked(rank, true) => !g.passes_over(plan, e, rank),
                        Judged::Other => true,
                    }
                });
                any.then_some(known)
            };
            let piece = |known, members| Piece { group: n, class: c, members, known };
            if heard.iter().all(|h| h.2.is_empty()) {
                return counts(class.target).map(|known| piece(known, class.members.clone())).into_iter().collect();
            }
            // With what the ends make of their paths, where that counts.
            type Part = (Option<Known>, Nets);
            let mut parts: Map<Vec<[Vec<u64>; 2]>, Part> = Map::default();
            for &(prefix, id) in &class.members {
                let asked = heard.iter().map(|h| h.2.of(&prefix)).collect();
                let fresh = || (counts(Target { prefix, id, ..class.target }), Vec::new());
                let (counts, members) = parts.entry(asked).or_insert_with(fresh);
                if counts.is_some() {
                    members.push((prefix, id));
                }
            }
            parts.into_values().filter_map(|(known, members)| Some(piece(known?, members))).collect::<Vec<_>>()
        };
        let classes = |(n, g): (usize, &'_ Arc<Group>)| (0..g.were().len()).map(move |c| (n, c)).collect::<Vec<_>>();
        let all: Vec<(usize, usize)> = memory.groups.iter().enumerate().flat_map(classes).collect();
        all.into_par_iter().flat_map_iter(|(n, c)| of_class((n, &memory.groups[n], c))).collect()
    }

    /// What an end makes of a neighbour's path to some prefixes of a class: before, where that can be told, and now.
    fn heard(
        &self,
        plan: &Plan<'_, '_>,
        memory: &Memory,
        class: &Class,
        target: Target,
        (e, attrs): (EndId, AttrsId),
    ) -> (Option<Heard>, Heard) {
        let [pool_was, pool] = &self.pools;
        let plan_was = || self.plan_was.get_or_init(|| Plan::anew(self.was, &memory.plan)).as_ref();
        let known = class.known.iter().find(|k| k.0 == e).map(|k| k.1);
        let was = known.or_else(|| Some(heard_at(plan_was()?, class, target, (e, attrs), pool_was)));
        (was, heard_at(plan, class, target, (e, attrs), pool))
    }

    /// What that comes to.
    fn judge(&self, was: Option<Heard>, is: Heard) -> Judged {
        if was == Some(is) {
            return Judged::Same;
        }
        let arena = self.is.input.arena;
        // A path that is not reached, or where more than its rank may count, has none.
        let rank = |h: Heard| -> Option<Option<Rank>> {
            if h.is_nothing() {
                return Some(None);
            }
            Some(Some(alike::of_attrs(arena, h.attrs).filter(|_| h.metric != UNREACHABLE)?))
        };
        let Some(now) = rank(is) else { return Judged::Other };
        let was = was.and_then(rank);
        let better = now.is_some_and(|now| !matches!(was, Some(Some(was)) if was <= now));
        Judged::Ranked(now, better)
    }

    /// The prefixes of a group for which changed sessions inside the network pass on something else now.
    fn of_group(&self, plan: &Plan<'_, '_>, group: &Group, links: &[(EndId, Family, Asked<'_>)]) -> Option<Vec<IpNet>> {
        let family = group.class.target.family;
        let mut links = links.iter().filter(|l| l.1 == family).peekable();
        if links.peek().is_none() {
            return Some(Vec::new());
        }
        if group.is_joined() {
            return None;
        }
        let (arena, members) = (self.is.input.arena, &group.class.members);
        // Where something is preferred there may be more than one fixed point, and this one not the one that is reached now.
        let plain = group.is_plain() && group.wave.remarks.undecided.is_empty();
        if !plain || self.prefers[family as usize] {
            return Some(members.iter().map(|m| m.0).collect());
        }
        let mut out = Vec::new();
        for (to, _, asked) in links {
            let sender = self.is.graph.ends[*to].far.map(|f| self.is.graph.ends[f].speaker)?;
            let Some(path) = group.wave.path_of(plan, sender) else { continue };
            let mut known: Map<[Vec<u64>; 2], bool> = Map::default();
            for (prefix, _) in members {
                let target = target(arena, *prefix);
                let differs = || self.was.offer(*to, &path, target) != self.is.offer(*to, &path, target);
                if *known.entry(asked.of(prefix)).or_insert_with(differs) {
                    out.push(*prefix);
                }
            }
        }
        Some(out)
    }
}

/// Host routes that a policy newly names as a next hop: they are solved by themselves.
fn new_next_hops(was: &Network, is: &Network, devices: &[DeviceId]) -> Vec<IpNet> {
    let named = |device: &Device| -> Set<IpNet> {
        let actions = device.policies.iter().flat_map(|p| &p.terms).flat_map(|t| &t.actions);
        let address = |a: &Action| match a {
            Action::NextHop(NextHopEdit::Address(ip)) => Some(IpNet::from(*ip)),
            _ => None,
        };
        actions.filter_map(address).collect()
    };
    let of_device = |d: &DeviceId| {
        let (was, is) = (named(&was.devices[*d]), named(&is.devices[*d]));
        is.difference(&was).copied().collect::<Vec<_>>()
    };
    devices.iter().flat_map(of_device).collect()
}
