//! `router rip`: the global table, VRFs and interfaces ("RIP Commands", Routing Command Reference).

use super::{Done, Mode, Reader, VRF, negation};
use crate::syntax::tree::Node;
use crate::vendors::iosxr::config::Attach;

/// Settings that change no route once updates have settled.
const QUIET: &[&str] = &["broadcast-for-v2", "nsf", "output-delay", "timers", "validate-update-source"];

impl<'a, 't> Reader<'a, 't> {
    pub(super) fn rip_header(&mut self, node: &'a Node<'t>) -> Done {
        let n = self.rip_open(node, "");
        self.open(node, Mode::Rip(n))
    }

    /// The entry of a VRF; the global table's is the first.
    fn rip_open(&mut self, node: &Node<'_>, vrf: &str) -> usize {
        let origin = self.origin(node);
        self.config.rip.open("");
        let n = self.config.rip.open(vrf);
        let p = self.config.rip.at(n);
        if !p.origin.is_some() {
            p.origin = origin;
        }
        n
    }

    pub(super) fn rip_line(&mut self, n: usize, node: &'a Node<'t>) -> Done {
        let origin = self.origin(node);
        let (no, w) = negation(node);
        match w {
            ["vrf", name] if !no && n == 0 => {
                self.refer(node, VRF, name, "router rip");
                let inner = self.rip_open(node, name);
                return self.open(node, Mode::Rip(inner));
            }
            ["interface", typed @ ..] if !no => {
                let Some(name) = self.refer_interface(node, typed, "rip") else {
                    return self.bad(node, typed.first().copied().unwrap_or(""), "an interface");
                };
                let interfaces = &mut self.config.rip.at(n).interfaces;
                let i = interfaces.open(&name);
                let on = interfaces.at(i);
                if !on.origin.is_some() {
                    on.origin = origin;
                }
                return self.open(node, Mode::RipInterface(n, i));
            }
            ["neighbor", ip] if !no => return self.set(node, ip, "an address", |c, ip| c.rip.at(n).neighbors.push(ip)),
            ["redistribute", rest @ ..] if !no => match self.redistribution(node, rest) {
                Some(r) => {
                    let list = &mut self.config.rip.at(n).redistribute;
                    list.retain(|o| o.source != r.source);
                    list.push(r);
                }
                None => return self.gap(node, "this redistribution is not modelled"),
            },
            ["default-information", "originate", rest @ ..] => {
                let default = (!no).then(|| self.default_route(node, rest));
                self.config.rip.at(n).default = default;
            }
            ["default-metric", value] if !no => {
                return self.set(node, value, "a metric", |c, v| c.rip.at(n).default_metric = Some(v));
            }
            ["distance", value] if !no => {
                return self.set(node, value, "a distance", |c, v| c.rip.at(n).distance = Some(v));
            }
            ["distance", ..] if !no => return self.gap(node, "distances by source are not modelled"),
            ["maximum-paths", value] if !no => {
                return self.set(node, value, "a number of paths", |c, v| c.rip.at(n).max_paths = Some(v));
            }
            ["auto-summary"] => self.config.rip.at(n).auto_summary = !no,
            ["route-policy", ..] if !no => {
                let Some((inbound, policy)) = self.rip_policy(node) else { return Done::Unknown };
                let p = self.config.rip.at(n);
                *(if inbound { &mut p.policy_in } else { &mut p.policy_out }) = Some(policy);
            }
            [first, ..] if no || QUIET.contains(first) => return self.quiet(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    pub(super) fn rip_interface_line(&mut self, n: usize, i: usize, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        let policy = if matches!(w, ["route-policy", ..]) && !no { self.rip_policy(node) } else { None };
        let on = self.config.rip.at(n).interfaces.at(i);
        match w {
            ["passive-interface"] => on.passive = !no,
            ["split-horizon", "disable"] => on.no_split_horizon = !no,
            ["authentication", "keychain", ..] => on.key_chain = !no,
            ["route-policy", ..] if !no => {
                let Some((inbound, policy)) = policy else { return Done::Unknown };
                *(if inbound { &mut on.policy_in } else { &mut on.policy_out }) = Some(policy);
            }
            // What is said by default ("Only RIP Version 2 … is supported", "RIP Functional Overview").
            ["send" | "receive", "version", "2"] => return self.quiet(node),
            ["send" | "receive", "version", ..] if !no => {
                return self.gap(node, "RIP version 1 is modelled as version 2: masks are not lost");
            }
            // Nobody in the twin sends routes with metric 0; with poison reverse a neighbour has as little of a route as with split
            // horizon; a site of origin keeps routes from coming back to a site with two ways into a VPN.
            ["metric-zero-accept" | "poison-reverse" | "broadcast-for-v2"] => return self.quiet(node),
            ["site-of-origin", ..] if !no => return self.gap(node, "sites of origin are not modelled"),
            _ if no => return self.quiet(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    /// `route-policy NAME(ARGUMENTS) in|out`: whether it is for what is heard, and the policy.
    fn rip_policy(&mut self, node: &Node<'_>) -> Option<(bool, Attach)> {
        let (policy, rest) = self.attach(node, 1, "rip route-policy")?;
        match rest.first().map(|w| &**w) {
            Some("in") => Some((true, policy)),
            Some("out") => Some((false, policy)),
            _ => None,
        }
    }
}
