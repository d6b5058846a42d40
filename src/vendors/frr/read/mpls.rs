//! ldpd, and `segment-routing` of isisd and ospfd.
//!
//! Law: FRR manual, "LDP" (`interface` below `address-family ipv4` turns LDP on), "ISIS: Segment Routing" and "OSPFv2: Segment Routing"
//! (`segment-routing prefix` gives the index of an own prefix; `no-php-flag`, `explicit-null`).

use super::{Block, Invalid, Modelled, NoEffect, Reader, Took, Unknown};
use crate::base::span::Origin;
use crate::model::mpls::Srgb;
use crate::syntax::values;
use crate::vendors::frr::config::Segments;
use crate::vendors::labels::SaidSid;

impl Reader<'_> {
    pub(super) fn open_ldp<'t>(&mut self, no: bool) -> Took<'t> {
        if no {
            return NoEffect;
        }
        self.block = Block::Ldp;
        Modelled
    }

    /// In `mpls ldp`; `family`: in its `address-family ipv4`.
    pub(super) fn ldp<'t>(&mut self, family: bool, no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
        match w {
            ["router-id", id] if !family => match id.parse() {
                Ok(id) => self.config.labels.ldp_router_id = (!no).then_some(id),
                Err(_) => return Invalid(id, "a router id"),
            },
            ["address-family", "ipv4"] => self.block = Block::LdpFamily,
            ["address-family", "ipv6"] => {
                self.block = Block::LdpOther;
                return NoEffect;
            }
            ["exit-address-family"] => {
                self.block = Block::Ldp;
                return NoEffect;
            }
            ["interface", name] if family => {
                let ldp = &mut self.config.labels.ldp;
                ldp.retain(|(n, _)| **n != **name);
                if !no {
                    ldp.push(((*name).into(), o));
                    self.block = Block::LdpInterface;
                }
            }
            [
                "discovery" | "neighbor" | "label" | "session" | "ttl-security" | "dual-stack" | "ordered-control"
                | "wait-for-sync",
                ..,
            ]
            | ["interface", ..] => {
                return NoEffect;
            }
            _ => return Unknown,
        }
        Modelled
    }
}

/// What stands after `segment-routing` of an IGP.
pub(super) fn segments<'t>(s: &mut Segments, no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
    match w {
        ["on"] => s.on = (!no).then_some(o),
        ["global-block", low, high, ..] => match (low.parse(), high.parse()) {
            (Ok(low), Ok(high)) if low <= high => s.block = (!no).then(|| Srgb::between(low, high)),
            _ => return Invalid(low, "a range of labels"),
        },
        ["prefix", prefix, sid @ ..] => {
            let Some(net) = values::prefix(prefix) else { return Invalid(prefix, "a prefix") };
            s.sids.retain(|(p, _)| *p != net.trunc());
            if !no {
                // Other algorithms are told by `prefix P algorithm N index …`.
                let Some(sid) = SaidSid::read(sid, o) else { return NoEffect };
                s.sids.push((net.trunc(), sid));
            }
        }
        _ => return NoEffect,
    }
    Modelled
}
