//! BGP path attributes.

use std::net::{IpAddr, Ipv4Addr};

use super::arena::{AsPathId, CommunitiesId};
use super::route::Tunnel;
use crate::model::route::BgpOrigin;

/// A bundle of BGP attributes, interned as [`AttrsId`](super::AttrsId). Session-local facts (who sent it, weight given on
/// import) are part of it, so that two routes with the same id are alike in every decision step but the neighbour's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BgpAttrs {
    /// The path.
    pub as_path: AsPathId,
    /// The next hop; `None`: made on this router. A link-local next hop is kept as `fe80::` (RFC 8950, unnumbered).
    pub next_hop: Option<IpAddr>,
    /// Local preference.
    pub local_pref: u32,
    /// Multi-exit discriminator, if the route carries one.
    pub med: Option<u32>,
    /// Origin code.
    pub origin: BgpOrigin,
    /// Standard, extended and large communities.
    pub communities: CommunitiesId,
    /// Weight on this router.
    pub weight: u32,
    /// Router id of the one that brought it into the AS, on reflected routes.
    pub originator: Option<Ipv4Addr>,
    /// Cluster ids it passed, nearest first.
    pub clusters: Box<[u32]>,
    /// Distance a policy gave it.
    pub distance: Option<u32>,
    /// Tag a policy gave it (or it had before it was redistributed).
    pub tag: u32,
    /// Is an aggregate that lost AS-path information.
    pub atomic_aggregate: bool,
    /// Who made the aggregate.
    pub aggregator: Option<(u32, Ipv4Addr)>,
    /// VPN routes: the tunnel to the next hop.
    pub tunnel: Option<Tunnel>,
}

/// An AS path: segments, nearest AS first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct AsPath {
    /// The segments.
    pub segments: Vec<Segment>,
}

/// A segment of an AS path (RFC 4271 §4.3, RFC 5065 §3).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Segment {
    /// AS_SEQUENCE
    Sequence(Vec<u32>),
    /// AS_SET, sorted
    Set(Vec<u32>),
    /// AS_CONFED_SEQUENCE
    ConfedSequence(Vec<u32>),
    /// AS_CONFED_SET, sorted
    ConfedSet(Vec<u32>),
}

impl AsPath {
    /// A path of one sequence.
    pub fn sequence(asns: &[u32]) -> Self {
        if asns.is_empty() { Self::default() } else { Self { segments: vec![Segment::Sequence(asns.to_vec())] } }
    }

    /// Puts ASes in front, as a sequence.
    pub fn prepend(&mut self, asns: &[u32]) {
        if asns.is_empty() {
            return;
        }
        match self.segments.first_mut() {
            Some(Segment::Sequence(s)) => {
                s.splice(0..0, asns.iter().copied());
            }
            _ => self.segments.insert(0, Segment::Sequence(asns.to_vec())),
        }
    }

    /// Takes up to `n` ASes off the front of a path that starts with a sequence.
    pub fn take_front(&mut self, n: usize) -> Vec<u32> {
        let Some(Segment::Sequence(s)) = self.segments.first_mut() else { return Vec::new() };
        let taken: Vec<u32> = s.drain(..n.min(s.len())).collect();
        if s.is_empty() {
            self.segments.remove(0);
        }
        taken
    }

    /// Puts a member AS in front, as a confederation sequence (RFC 5065 §4.1).
    pub fn prepend_confed(&mut self, asn: u32) {
        match self.segments.first_mut() {
            Some(Segment::ConfedSequence(s)) => s.insert(0, asn),
            _ => self.segments.insert(0, Segment::ConfedSequence(vec![asn])),
        }
    }

    /// Removes all confederation segments, as on leaving the confederation.
    pub fn strip_confed(&mut self) {
        self.segments.retain(|s| !matches!(s, Segment::ConfedSequence(_) | Segment::ConfedSet(_)));
    }

    /// The length as the decision process counts it: a set counts one, confederation segments nothing (RFC 4271 §9.1.2.2 a,
    /// RFC 5065 §5.3) unless `count_confed`.
    pub fn hops(&self, count_confed: bool) -> u32 {
        let hops = |s: &Segment| match s {
            Segment::Sequence(v) => v.len() as u32,
            Segment::Set(_) => 1,
            Segment::ConfedSequence(v) if count_confed => v.len() as u32,
            Segment::ConfedSet(_) if count_confed => 1,
            Segment::ConfedSequence(_) | Segment::ConfedSet(_) => 0,
        };
        self.segments.iter().map(hops).sum()
    }

    /// All ASes, confederation segments included.
    pub fn asns(&self) -> impl Iterator<Item = u32> {
        self.segments.iter().flat_map(|s| match s {
            Segment::Sequence(v) | Segment::Set(v) | Segment::ConfedSequence(v) | Segment::ConfedSet(v) => v.iter().copied(),
        })
    }

    /// The neighbouring AS: the first of the path if it starts with a plain sequence (confederation segments are skipped).
    pub fn first_as(&self) -> Option<u32> {
        match self.segments.iter().find(|s| !matches!(s, Segment::ConfedSequence(_) | Segment::ConfedSet(_))) {
            Some(Segment::Sequence(s)) => s.first().copied(),
            _ => None,
        }
    }

    /// Whether there are no ASes in it.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// The form AS-path expressions search: each AS with a space after it (see `model::policy::AsPathLine::regex`).
    pub fn regex_text(&self) -> String {
        use std::fmt::Write;
        let mut out = String::new();
        let list = |v: &[u32], sep: &str| v.iter().map(u32::to_string).collect::<Vec<_>>().join(sep);
        for s in &self.segments {
            let _ = match s {
                Segment::Sequence(v) => write!(out, "{} ", list(v, " ")),
                Segment::Set(v) => write!(out, "{{{}}} ", list(v, ",")),
                Segment::ConfedSequence(v) => write!(out, "({}) ", list(v, " ")),
                Segment::ConfedSet(v) => write!(out, "[{}] ", list(v, ",")),
            };
        }
        out
    }
}

impl std::fmt::Display for AsPath {
    /// As devices print it: `65001 65002 {1,2}`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.regex_text().trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let mut p = AsPath::sequence(&[65002]);
        p.prepend(&[65001, 65001]);
        assert_eq!((p.to_string().as_str(), p.hops(false), p.first_as()), ("65001 65001 65002", 3, Some(65001)));
        p.prepend_confed(64512);
        p.prepend_confed(64513);
        assert_eq!((p.to_string().as_str(), p.hops(false), p.hops(true)), ("(64513 64512) 65001 65001 65002", 3, 5));
        assert_eq!(p.first_as(), Some(65001));
        p.strip_confed();
        assert_eq!(p.to_string(), "65001 65001 65002");
        assert_eq!(AsPath { segments: vec![Segment::Set(vec![1, 2])] }.to_string(), "{1,2}");
    }
}
