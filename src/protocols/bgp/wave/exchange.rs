//! What goes from speaker to speaker: export of what one sends, import at the other.
//!
//! In: what the neighbours send. Out: what an end has heard. Law: export and import run once for each group of sessions and bundle of
//! attributes of a class; whatever is another on each session (own address, AS of the receiver) is kept out of the groups.

use smallvec::SmallVec;

use super::{Heard, Lean, NOTHING, Scratch, Sent, Task, Wave};
use crate::base::id::Id;
use crate::model::policy::NextHopEdit;
use crate::model::route::Family;
use crate::protocols::bgp::export;
use crate::protocols::bgp::groups::{Link, Next, Plan, Side, metric};
use crate::protocols::bgp::nexthop::{Answer, Reach};
use crate::protocols::bgp::path::{Class, Path};
use crate::protocols::bgp::speakers::{EndId, SpeakerId};
use crate::protocols::bgp::transfer::{Wire, count_as};
use crate::rib::{AsPathId, AttrsId, BgpAttrs};

/// What there is to know of an AS path without looking at it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Glance {
    pub first_as: Option<u32>,
    /// Which ASes it may hold: the bit `n % 64` for each AS `n`.
    held: u64,
    /// A reflector has passed it on.
    reflected: bool,
}

impl Glance {
    fn may_hold(self, asn: u32) -> bool {
        self.held >> (asn % 64) & 1 == 1
    }
}

/// What export makes of a speaker's path for a group, with the next hop that a policy gave.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exported {
    attrs: AttrsId,
    edit: Option<NextHopEdit>,
    reflected: bool,
    path: Glance,
}
/// What import makes of attributes in a group.
type Imported = Option<(AttrsId, Option<NextHopEdit>)>;

/// What is remembered of a group in a class.
#[derive(Debug)]
pub(super) struct Memo<K, V> {
    /// The class, by when it was begun.
    class: u64,
    made: SmallVec<[(K, V); 2]>,
    /// Where the last one asked for stands: routers of a group hear the same in the same order, mostly one after the other.
    last: usize,
}

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self { class: 0, made: SmallVec::new(), last: 0 }
    }
}

impl<K: PartialEq, V: Copy> Memo<K, V> {
    /// Forgets what was remembered of another class.
    fn of(&mut self, class: u64) -> &mut Self {
        if self.class != class {
            self.class = class;
            self.made.clear();
            self.last = 0;
        }
        self
    }

    fn find(&mut self, key: &K) -> Option<V> {
        let (before, after) = self.made.split_at(self.last.min(self.made.len()));
        self.last = match after.iter().position(|x| x.0 == *key) {
            Some(n) => self.last + n,
            None => before.iter().position(|x| x.0 == *key)?,
        };
        Some(self.made[self.last].1)
    }

    fn keep(&mut self, key: K, value: V) {
        self.made.push((key, value));
    }
}

/// By group: what came in, and (where policies see it) its next hop.
pub(super) type Imports = Memo<(AttrsId, Next), Imported>;
/// By group of all routers' sessions: the path, and how the speaker has it as far as export asks.
pub(super) type Exports = Memo<(AttrsId, Origin), Option<Exported>>;

/// How a speaker has a path, as far as export to another AS without policies asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Heard,
    Made,
    Active,
}

/// How a speaker reaches a next hop that is not its neighbour's address.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beyond {
    own: bool,
    pub reach: Option<Reach>,
    pub asks_bgp: bool,
}

impl Wave {
    /// The next hop of what comes to an end over an internal session without policies, if anything does.
    pub(in super::super) fn next_over(&self, plan: &Plan<'_, '_>, family: Family, to: EndId) -> Option<Next> {
        let link = plan.families[family as usize].links[to.index()].as_ref()?;
        let path = self.sent_by(link.sender).filter(|p| p.from != Some(link.far))?;
        let (reflected, passes) = match path.class {
            Class::Client => (true, link.passes[0]),
            Class::Internal => (true, link.passes[1]),
            _ => (false, true),
        };
        passes.then(|| plan.internal_hop((to, link), reflected, (path.next, path.from)))
    }
}

impl Task<'_, '_> {
    /// Takes in what changed at the neighbours; says whether that changed what is heard.
    pub(super) fn hear(&self, s: SpeakerId, scratch: &mut Scratch) -> bool {
        let mut changed = false;
        for to in self.plan.t.graph.ends_of(s) {
            if !std::mem::replace(&mut scratch.stale[to], false) {
                continue;
            }
            let Some(link) = &self.of.links[to.index()] else { continue };
            let sent = self.sent_by(link.sender, scratch);
            let heard = match sent.path {
                Some(_) if link.kept_back.is_some() && link.kept_back == sent.glance.first_as => NOTHING,
                Some(p) if p.from != Some(link.far) => self.offer(to, link, (sent, p), scratch),
                _ => NOTHING,
            };
            changed |= scratch.heard[to] != heard;
            scratch.heard[to] = heard;
        }
        changed
    }

    /// Whether two paths of a speaker, with the same attributes and of the same kind, are one to who hears `far` what is sent on `e`.
    pub(super) fn looks_the_same(&self, (e, far): (EndId, EndId), is: &Lean, was: &Lean) -> bool {
        let Some(link) = self.of.links[far.index()].as_ref().filter(|l| !l.sees_more) else { return false };
        // A path does not go back where it came from.
        if is.from != was.from && [is.from, was.from].contains(&Some(e)) {
            return false;
        }
        // A reflector names who it heard it from.
        (is.next, is.from) == (was.next, was.from) || link.always_own && link.to_self.is_none()
    }

    fn offer(&self, to: EndId, link: &Link, (sent, p): (Sent, Lean), scratch: &mut Scratch) -> Heard {
        if link.keeps_path
            && let Some(asn) = link.refused
            && self.holds(self.plan.t.input.arena.attrs.get(p.attrs).as_path, sent.glance, asn)
        {
            return NOTHING;
        }
        match p.class {
            Class::Client if !link.passes[0] => return NOTHING,
            Class::Internal if !link.passes[1] => return NOTHING,
            _ => {}
        }
        let slot = &mut scratch.exported[self.target.family as usize][link.export as usize];
        if slot.0 != sent.version {
            slot.0 = sent.version;
            slot.1 = match self.of.plain_exports[link.export as usize] {
                None => self.export(link.far, &p, self.of.export_sees_hop[link.export as usize]),
                Some(group) => {
                    let origin = match p.class {
                        Class::Active => Origin::Active,
                        c if c.is_local() => Origin::Made,
                        _ => Origin::Heard,
                    };
                    let key = (p.attrs, origin);
                    let memo = scratch.plain_exported[self.target.family as usize][group as usize].of(scratch.class_started);
                    memo.find(&key).unwrap_or_else(|| {
                        let made = self.export(link.far, &p, false);
                        memo.keep(key, made);
                        made
                    })
                }
            };
        }
        let Some(Exported { attrs, edit, reflected, path }) = slot.1 else { return NOTHING };
        let next = if edit.is_none() && link.always_own {
            link.own
        } else if edit.is_none() && link.to_self.is_some() && p.class != Class::Active {
            self.plan.internal_hop((to, link), reflected, (p.next, p.from))
        } else {
            let kept = self.plan.address(p.next, p.from);
            self.plan.sent_hop((to, link), (p.class, reflected), edit, kept, self.target)
        };
        self.import(to, (attrs, path), next, scratch)
    }

    pub(super) fn glance(&self, attrs: AttrsId) -> Glance {
        self.glance_at(self.plan.t.input.arena.attrs.get(attrs))
    }

    fn glance_at(&self, a: &BgpAttrs) -> Glance {
        let arena = self.plan.t.input.arena;
        let path = arena.as_paths.get(a.as_path);
        let reflected = a.originator.is_some() || !a.clusters.is_empty();
        Glance { first_as: path.first_as(), held: path.asns().fold(0, |all, a| all | 1 << (a % 64)), reflected }
    }

    /// Whether an AS stands in the path outside of confederation segments.
    fn holds(&self, path: AsPathId, glance: Glance, asn: u32) -> bool {
        glance.may_hold(asn) && count_as(self.plan.t.input.arena.as_paths.get(path), asn, Some(false)) > 0
    }

    fn export(&self, from: EndId, p: &Lean, sees_hop: bool) -> Option<Exported> {
        let t = self.plan.t;
        let mut wire = Wire::new(t.input.arena.attrs.get(p.attrs).clone());
        if sees_hop {
            wire.attrs.next_hop = self.plan.address(p.next, p.from);
        }
        let path = Path { attrs: p.attrs, metric: p.metric, from: p.from, class: p.class, path_id: 0, lent: None };
        let (mut wire, edit, reflected) = export::prepare(t, from, &path, wire, self.target)?;
        wire.attrs.next_hop = None;
        let attrs = t.intern(wire);
        Some(Exported { attrs, edit, reflected, path: self.glance(attrs) })
    }

    /// What an end makes of what a neighbour outside sends. Hardly two ends hear the same from there: nothing is remembered.
    pub(super) fn heard_from_outside(&self, to: EndId, attrs: AttrsId, scratch: &mut Scratch) -> Heard {
        let mut attrs = self.plan.t.input.arena.attrs.get(attrs).clone();
        let next = self.plan.code(attrs.next_hop.take(), to);
        let Some(side) = self.admits(to, (&attrs, self.glance_at(&attrs)), next, scratch) else { return NOTHING };
        let made = self.take_in(to, side, attrs, next);
        self.heard(to, side, made, next, scratch)
    }

    fn import(&self, to: EndId, (attrs, path): (AttrsId, Glance), next: Next, scratch: &mut Scratch) -> Heard {
        let t = self.plan.t;
        let Some(side) = self.admits(to, (t.input.arena.attrs.get(attrs), path), next, scratch) else { return NOTHING };
        let sees_hop = self.of.import_sees_hop[side.import as usize];
        let key = if sees_hop { Next(next.0) } else { Next::NONE };
        // The neighbour's address is another on each session: not to be remembered for the group.
        let keep = !(sees_hop && next == Next::PEER);
        let memo = scratch.imported[self.target.family as usize][side.import as usize].of(scratch.class_started);
        let known = if keep { memo.find(&(attrs, key)) } else { None };
        let made = known.unwrap_or_else(|| {
            let made = self.take_in(to, side, t.input.arena.attrs.get(attrs).clone(), next);
            if keep {
                memo.keep((attrs, key), made);
            }
            made
        });
        self.heard(to, side, made, next, scratch)
    }

    /// The end's side, unless what comes in is refused before any policy.
    fn admits(&self, to: EndId, (attrs, path): (&BgpAttrs, Glance), next: Next, scratch: &mut Scratch) -> Option<&Side> {
        let side = self.of.sides[to.index()].as_ref()?;
        if side.first_as.is_some() && side.first_as != path.first_as {
            return None;
        }
        if side.refused.is_some_and(|asn| self.holds(attrs.as_path, path, asn)) {
            return None;
        }
        if path.reflected && side.class != Class::External && self.plan.t.was_here(to, attrs) {
            return None;
        }
        let own = match next {
            Next::NONE => false,
            Next::PEER => side.peer_is_own,
            _ => self.beyond(to, next, scratch).own,
        };
        (!own).then_some(side)
    }

    fn take_in(&self, to: EndId, side: &Side, attrs: BgpAttrs, next: Next) -> Imported {
        let t = self.plan.t;
        let mut wire = Wire::new(attrs);
        if self.of.import_sees_hop[side.import as usize] {
            wire.attrs.next_hop = self.plan.address(next, Some(to));
        }
        let (mut wire, edit) = t.take_in(to, wire, self.target)?;
        wire.attrs.next_hop = None;
        Some((t.intern(wire), edit))
    }

    fn heard(&self, to: EndId, side: &Side, made: Imported, next: Next, scratch: &mut Scratch) -> Heard {
        let t = self.plan.t;
        let Some((attrs, edit)) = made else { return NOTHING };
        let next = match edit {
            None | Some(NextHopEdit::Unchanged) => next,
            Some(edit) => {
                let Some(address) = t.edited_next_hop(to, edit, self.target.family) else { return NOTHING };
                self.plan.code(address, to)
            }
        };
        self.at_distance(to, side, Heard { attrs, next, metric: 0 }, scratch)
    }

    /// What an end has heard from outside, with the next hop as far as it is now.
    pub(super) fn heard_still(&self, to: EndId, heard: Heard, scratch: &mut Scratch) -> Heard {
        self.of.sides[to.index()].as_ref().map_or(NOTHING, |side| self.at_distance(to, side, heard, scratch))
    }

    fn at_distance(&self, to: EndId, side: &Side, heard: Heard, scratch: &mut Scratch) -> Heard {
        let metric = match heard.next {
            Next::NONE => 0,
            Next::PEER => side.metric,
            next => metric(&self.plan.t.graph.ends[to], self.beyond(to, next, scratch).reach),
        };
        Heard { metric, ..heard }
    }

    pub(super) fn beyond(&self, to: EndId, next: Next, scratch: &mut Scratch) -> Beyond {
        let t = self.plan.t;
        let end = &t.graph.ends[to];
        let f = self.target.family;
        let link_local = next == self.plan.link_local;
        let ask = || {
            let address = self.plan.address(next, Some(to));
            let node = t.graph.speakers[end.speaker].node;
            let Answer { reach, asks_bgp } = self.plan.weigh(to, next);
            Beyond { own: !link_local && address.is_some_and(|a| t.hops.is_own(node, a)), reach, asks_bgp }
        };
        // A link-local address means another neighbour on each session.
        let found = if link_local { ask() } else { *scratch.beyond[f as usize].entry((end.speaker, next)).or_insert_with(ask) };
        if let Some(through) = found.reach.and_then(|r| r.through_bgp) {
            scratch.entangled |= self.class.holds(&through);
        }
        scratch.asks_bgp |= found.asks_bgp;
        found
    }

    /// Whether what these speakers hear now hangs on last round's BGP routes: not what they heard in between.
    pub(super) fn hangs_on_bgp(&self, speakers: &[SpeakerId], scratch: &mut Scratch) -> bool {
        let mut hangs = |e: EndId| {
            let next = scratch.heard[e].next;
            next != Next::NONE && next != Next::PEER && self.beyond(e, next, scratch).asks_bgp
        };
        speakers.iter().any(|&s| self.plan.t.graph.ends_of(s).any(&mut hangs))
    }
}
