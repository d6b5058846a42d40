//! `service`: VPRN, IES and VPLS.

use super::{Reader, entry, evpn, interfaces, router_at, routing, tables};
use crate::base::span::Origin;
use crate::syntax::tree::Node;
use crate::vendors::sros::config::{Bridge, Config, Interface, Router, RouterKind};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    r.head(node);
    for kind in &node.children {
        match kind.word(0) {
            "vprn" => {
                r.head(kind);
                kind.children.iter().for_each(|s| vprn(r, s, config));
            }
            "ies" => {
                r.head(kind);
                kind.children.iter().for_each(|s| ies(r, s, config));
            }
            "vpls" => {
                r.head(kind);
                kind.children.iter().for_each(|s| vpls(r, s, config));
            }
            "system" => evpn::system(r, kind, config),
            _ => r.known(kind, &tables::SERVICE),
        }
    }
}

fn vprn<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    r.head(node);
    let at = router_at(config, node.word(0), RouterKind::Vprn, r.origin(node));
    let router = &mut config.routers[at];
    for c in &node.children {
        match c.word(0) {
            "admin-state" => router.up = r.state(c).or(router.up),
            "bgp-evpn" => evpn::evpn(r, c, &mut router.evpn),
            "vxlan" => evpn::vxlan(r, c, &mut router.vnis, &mut Vec::new()),
            "bgp-ipvpn" => {
                r.head(c);
                for x in &c.children {
                    match x.word(0) {
                        "mpls" => vpn(r, x, router),
                        // Its targets are the same kind; the tunnels are not modelled.
                        "segment-routing-v6" | "srv6" => {
                            r.head(x);
                            x.children.iter().for_each(|y| {
                                if y.word(0).parse::<u32>().is_ok() { vpn(r, y, router) } else { vpn_leaf(r, y, router) }
                            });
                        }
                        _ => r.known(x, &tables::VPN),
                    }
                }
            }
            // Classic: directly below the service.
            "route-distinguisher" | "vrf-target" | "vrf-import" | "vrf-export" => vpn_leaf(r, c, router),
            _ => routing::statement(r, c, router),
        }
    }
}

fn vpn<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, router: &mut Router) {
    r.head(node);
    node.children.iter().for_each(|c| vpn_leaf(r, c, router));
}

fn vpn_leaf<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, router: &mut Router) {
    router.ipvpn |= c.word(0) == "route-distinguisher";
    match c.word(0) {
        "route-distinguisher" => router.rd = r.arg(c).map(Into::into),
        "vrf-target" => evpn::targets(r, c, &mut router.import_targets, &mut router.export_targets),
        "vrf-import" => router.vrf_import = r.chain(c, "vrf-import"),
        "vrf-export" => router.vrf_export = r.chain(c, "vrf-export"),
        // The service has routes as soon as it is up; how its tunnels are found is not asked here.
        "admin-state" | "auto-bind-tunnel" => r.all(c),
        _ => r.known(c, &tables::VPN),
    }
}

/// IES interfaces are interfaces of the Base router.
fn ies<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    r.head(node);
    let mut up = None;
    let mut names: Vec<&str> = Vec::new();
    let base = router_at(config, "default", RouterKind::Base, Origin::NONE);
    for c in &node.children {
        match c.word(0) {
            "admin-state" => up = r.state(c),
            "interface" => {
                r.head(c);
                for name in &c.children {
                    r.head(name);
                    let origin = r.origin(name);
                    let word = name.word(0);
                    names.push(word);
                    let i = entry(
                        &mut config.routers[base].interfaces,
                        |i| &*i.name == word,
                        || Interface { name: word.into(), origin, ..Interface::default() },
                    );
                    interfaces::interface(r, name, i);
                }
            }
            _ => r.known(c, &tables::IES),
        }
    }
    // The service is down until it is enabled.
    if up != Some(true) {
        for i in config.routers[base].interfaces.iter_mut().filter(|i| names.contains(&&*i.name)) {
            i.up = Some(false);
        }
    }
}

fn vpls<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    r.head(node);
    let word = node.word(0);
    let origin = r.origin(node);
    r.sink.define("vpls", word, origin);
    r.sink.used("vpls", word);
    let bridge = entry(&mut config.bridges, |b| &*b.name == word, || Bridge { name: word.into(), origin, ..Bridge::default() });
    for c in &node.children {
        match c.word(0) {
            "admin-state" => bridge.up = r.state(c).or(bridge.up),
            "sap" => {
                r.head(c);
                for sap in &c.children {
                    r.head(sap);
                    bridge.saps.push((sap.word(0).into(), r.tree.origin(sap)));
                    sap.children.iter().for_each(|x| r.known(x, &tables::VPLS_SAP));
                }
            }
            "bgp" => evpn::bgp(r, c, &mut bridge.instances),
            "bgp-evpn" => evpn::evpn(r, c, &mut bridge.evpn),
            "vxlan" => evpn::vxlan(r, c, &mut bridge.vnis, &mut bridge.vteps),
            _ => r.known(c, &tables::VPLS),
        }
    }
}
