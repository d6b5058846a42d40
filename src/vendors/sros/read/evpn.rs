//! EVPN of services: `bgp-evpn`, `vxlan` and `bgp` of VPLS and VPRN, and what `service system` says of its prefixes.

use std::net::IpAddr;

use super::{Reader, entry, tables};
use crate::syntax::tree::Node;
use crate::vendors::sros::config::{BgpInstance, Config, Evpn, EvpnTunnels};

/// `bgp-evpn` of a service.
pub(super) fn evpn<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, evpn: &mut Option<Evpn>) {
    r.head(node);
    let origin = r.origin(node);
    let evpn = evpn.get_or_insert_with(|| Evpn { origin, ..Evpn::default() });
    for c in &node.children {
        match c.word(0) {
            "evi" => evpn.evi = r.number(c),
            "routes" => {
                r.head(c);
                for x in &c.children {
                    match x.word(0) {
                        "ip-prefix" => prefixes(r, x, evpn),
                        "mac-ip" => sent(r, x, "advertise", &mut evpn.mac_ip),
                        "incl-mcast" => sent(r, x, "advertise-ingress-replication", &mut evpn.floods),
                        _ => r.known(x, &tables::EVPN),
                    }
                }
            }
            "vxlan" | "mpls" => {
                r.head(c);
                c.children.iter().for_each(|x| tunnels(r, x, c.word(0) == "vxlan", evpn));
            }
            _ => r.known(c, &tables::EVPN),
        }
    }
}

fn prefixes<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, evpn: &mut Evpn) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "advertise" => evpn.prefixes = r.flag(c),
            "include-direct-interface-host" => evpn.hosts = r.flag(c) == Some(true),
            _ => r.known(c, &tables::EVPN),
        }
    }
}

/// Whether routes of a kind go out.
fn sent<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, word: &str, out: &mut Option<bool>) {
    r.head(node);
    for c in &node.children {
        if c.word(0) == word { *out = r.flag(c) } else { r.sink.no_effect(r.tree, c) }
    }
}

/// `vxlan N { … }`.
fn tunnels<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, vxlan: bool, evpn: &mut Evpn) {
    r.head(node);
    let Ok(id) = node.word(0).parse() else { return r.bad(node, node.word(0), "a BGP instance") };
    let origin = r.origin(node);
    let made = || EvpnTunnels { origin, vxlan, instance: BgpInstance { id, ..BgpInstance::default() }, ..EvpnTunnels::default() };
    let t = entry(&mut evpn.tunnels, |t| t.vxlan == vxlan && t.instance.id == id, made);
    for c in &node.children {
        match c.word(0) {
            "admin-state" => t.up = r.state(c).or(t.up),
            "vxlan-instance" => t.vxlan_instance = r.number(c),
            "evi" => evpn.evi = r.number(c),
            _ if instance(r, c, &mut t.instance) => {}
            _ => r.known(c, &tables::EVPN),
        }
    }
}

/// `bgp N { … }` of a VPLS.
pub(super) fn bgp<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, list: &mut Vec<BgpInstance>) {
    r.head(node);
    for n in &node.children {
        r.head(n);
        let Ok(id) = n.word(0).parse() else {
            r.bad(n, n.word(0), "a BGP instance");
            continue;
        };
        let i = entry(list, |i| i.id == id, || BgpInstance { id, ..BgpInstance::default() });
        for c in &n.children {
            if !instance(r, c, i) {
                r.known(c, &tables::BGP_INSTANCE);
            }
        }
    }
}

/// Distinguisher, targets and policies; whether it was one of them.
fn instance<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, i: &mut BgpInstance) -> bool {
    match c.word(0) {
        "route-distinguisher" => i.rd = r.arg(c).map(Into::into),
        "route-target" | "vrf-target" => targets(r, c, &mut i.import_targets, &mut i.export_targets),
        "vsi-import" | "vrf-import" => i.import = r.chain(c, "vsi-import"),
        "vsi-export" | "vrf-export" => i.export = r.chain(c, "vsi-export"),
        _ => return false,
    }
    true
}

/// `route-target { import … export … }`, `vrf-target { community … }`, and the classic CLI's target alone.
pub(super) fn targets<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, import: &mut Vec<Box<str>>, export: &mut Vec<Box<str>>) {
    r.all(c);
    // `target:65000:1`; the model has the value alone.
    let target = |w: &str| -> Box<str> { w.strip_prefix("target:").unwrap_or(w).into() };
    for x in &c.children {
        let value = x.children.first().map(|v| target(v.word(0)));
        match (x.word(0), value) {
            ("community", Some(v)) => {
                import.push(v.clone());
                export.push(v);
            }
            ("import-community" | "import", Some(v)) => import.push(v),
            ("export-community" | "export", Some(v)) => export.push(v),
            (word, _) if word.starts_with("target:") => {
                import.push(target(word));
                export.push(target(word));
            }
            _ => {}
        }
    }
}

/// `vxlan { instance N { vni V, egress-vtep A } }`.
pub(super) fn vxlan<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, vnis: &mut Vec<(u32, u32)>, vteps: &mut Vec<(u32, IpAddr)>) {
    r.head(node);
    for c in &node.children {
        if c.word(0) != "instance" {
            r.known(c, &tables::VXLAN);
            continue;
        }
        r.head(c);
        for n in &c.children {
            r.head(n);
            for x in &n.children {
                let id = n.word(0).parse();
                match (x.word(0), id) {
                    ("vni", Ok(id)) => {
                        if let Some(vni) = r.number(x) {
                            entry(vnis, |v| v.0 == id, || (id, vni)).1 = vni;
                        }
                    }
                    ("egress-vtep", Ok(id)) => {
                        r.head(x);
                        for end in &x.children {
                            r.all(end);
                            match end.word(0).parse() {
                                Ok(ip) => vteps.push((id, ip)),
                                Err(_) => r.bad(end, end.word(0), "an address"),
                            }
                        }
                    }
                    _ => r.known(x, &tables::VXLAN),
                }
            }
        }
    }
}

/// `service system`: what holds for the EVPN prefixes of all services.
pub(super) fn system<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            // `bgp { evpn { … } }`; classic: `bgp-evpn`.
            "bgp" | "evpn" | "bgp-evpn" | "ip-prefix-routes" => system(r, c, config),
            "iff-attribute-uniform-propagation" => config.iff_keeps_attributes = r.flag(c) == Some(true),
            "iff-bgp-path-selection" => config.iff_by_attributes = r.flag(c) == Some(true),
            _ => r.known(c, &tables::SERVICE_SYSTEM),
        }
    }
}
