//! VXLAN tunnel interfaces, and `bgp-evpn` and `bgp-vpn` of a network instance.

use super::{Named, Reader};
use crate::syntax::tree::Node;
use crate::vendors::srlinux::config::{Config, Evpn, Instance};

/// The address of `system0.0`, at which all tunnels of the model end.
const SYSTEM: &str = "use-system-ipv4-address";

/// `tunnel-interface vxlan1 vxlan-interface 10 ingress vni 100`.
pub(super) fn tunnels<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    for t in &node.children {
        r.head(t);
        for list in &t.children {
            if list.word(0) != "vxlan-interface" {
                r.sink.no_effect(r.tree, list);
                continue;
            }
            r.head(list);
            for x in &list.children {
                r.head(x);
                let name: Box<str> = format!("{}.{}", t.word(0), x.word(0)).into();
                let origin = r.origin(x);
                for c in &x.children {
                    match c.word(0) {
                        "ingress" => {
                            r.head(c);
                            for v in &c.children {
                                match v.word(0) {
                                    "vni" => config.vnis.extend(r.number(v).map(|n| ((name.clone(), origin), n))),
                                    _ => r.sink.no_effect(r.tree, v),
                                }
                            }
                        }
                        "egress" => egress(r, c),
                        "type" => r.all(c),
                        _ => r.sink.no_effect(r.tree, c),
                    }
                }
            }
        }
    }
}

fn egress<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "source-ip" => system_address(r, c, "another source of tunnels than the system address is not modelled"),
            "destination-groups" => r.sink.not_modelled(r.tree, c, "destinations of tunnels by hand are not modelled"),
            _ => r.sink.no_effect(r.tree, c),
        }
    }
}

/// A leaf that is the system's address, or `why` it is not modelled.
fn system_address<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, why: &str) {
    if r.arg(node).is_some_and(|w| w != SYSTEM) {
        r.sink.not_modelled(r.tree, node, why);
    }
}

/// `bgp-vpn bgp-instance`
pub(super) fn vpn<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, i: &mut Instance) {
    let plain = |list: Vec<Named>| -> Vec<Box<str>> {
        list.into_iter().map(|(n, _)| n.strip_prefix("target:").map_or_else(|| n.clone(), Into::into)).collect()
    };
    match c.word(0) {
        "route-distinguisher" => {
            r.head(c);
            for x in &c.children {
                // `rd 1:1`, or the value itself.
                if x.children.is_empty() {
                    r.all(x);
                    i.rd = Some(x.word(0).into());
                } else {
                    i.rd = r.arg(x).map(Into::into);
                }
            }
        }
        "route-target" => {
            r.head(c);
            for x in &c.children {
                match x.word(0) {
                    "import-rt" => i.import_targets.extend(plain(r.names(x))),
                    "export-rt" => i.export_targets.extend(plain(r.names(x))),
                    _ => r.sink.not_understood(r.tree, x),
                }
            }
        }
        "import-policy" => i.vpn_import = r.policies(c, "vpn import"),
        "export-policy" => i.vpn_export = r.policies(c, "vpn export"),
        _ => r.sink.not_understood(r.tree, c),
    }
}

/// `bgp-evpn bgp-instance`
pub(super) fn evpn<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, i: &mut Instance) {
    let origin = r.origin(c);
    let e = i.evpn.get_or_insert_with(|| Evpn { origin, ..Evpn::default() });
    match c.word(0) {
        "evi" => e.evi = r.number(c),
        "vxlan-interface" => {
            if let Some(named) = r.named(c)
                && !i.vxlan.iter().any(|v| v.0 == named.0)
            {
                i.vxlan.push(named);
            }
        }
        "admin-state" => e.disabled = r.disabled(c).unwrap_or(false),
        "encapsulation-type" => e.mpls = r.arg(c) == Some("mpls"),
        "ecmp" => e.ecmp = r.number(c),
        "routes" => {
            r.head(c);
            for t in &c.children {
                match t.word(0) {
                    "bridge-table" => bridge_table(r, t, e),
                    "route-table" => route_table(r, t),
                    _ => r.sink.no_effect(r.tree, t),
                }
            }
        }
        "default-admin-tag" | "oper-down-on" | "mpls" | "local-attachment-circuit" | "remote-attachment-circuit" => {
            r.sink.no_effect(r.tree, c);
        }
        _ => r.sink.not_understood(r.tree, c),
    }
}

/// How IP prefixes are told of.
fn route_table<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "next-hop" => system_address(r, c, "another next hop of IP prefixes than the system address is not modelled"),
            _ => r.sink.no_effect(r.tree, c),
        }
    }
}

/// How hosts of a VLAN, and where its frames are flooded to, are told of.
fn bridge_table<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, e: &mut Evpn) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "next-hop" => system_address(r, c, "another next hop of a VLAN's routes than the system address is not modelled"),
            "vlan-aware-bundle-eth-tag" => e.tag = r.number(c),
            "mac-ip" => {
                r.head(c);
                for x in &c.children {
                    match x.word(0) {
                        "advertise" => e.hosts = r.truth(x),
                        _ => r.sink.no_effect(r.tree, x),
                    }
                }
            }
            "inclusive-mcast" => {
                r.head(c);
                for x in &c.children {
                    match x.word(0) {
                        "advertise" if r.truth(x) == Some(false) => {
                            r.sink.not_modelled(
                                r.tree,
                                x,
                                "a VLAN that asks for no flooded frames is not modelled: it gets them",
                            );
                        }
                        "advertise" => {}
                        "originating-ip" => system_address(r, x, "another tunnel end than the system address is not modelled"),
                        _ => r.sink.no_effect(r.tree, x),
                    }
                }
            }
            _ => r.sink.no_effect(r.tree, c),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::base::span::FileId;
    use crate::vendors::sink::LineClass;
    use crate::vendors::{ConfigFile, Reading, read_device, recognise};

    fn reading(text: &str) -> Reading {
        let (vendor, _) = recognise(text).expect("recognised");
        assert_eq!(vendor.os(), "nokia_srlinux");
        read_device(vendor, "r1", &[ConfigFile { id: FileId(0), name: "r1.cfg", text }])
    }

    fn classes(text: &str) -> Vec<LineClass> {
        reading(text).report.classes.remove(0).1
    }

    const BASE: &str = "set / interface system0 subinterface 0 ipv4 address 192.0.2.1/32\nset / network-instance default interface system0.0\nset / network-instance default protocols bgp autonomous-system 65000\nset / network-instance bd type mac-vrf\nset / network-instance bd vxlan-interface vxlan1.10\nset / tunnel-interface vxlan1 vxlan-interface 10 type bridged\nset / tunnel-interface vxlan1 vxlan-interface 10 ingress vni 5010\nset / tunnel-interface vxlan1 vxlan-interface 10 egress source-ip use-system-ipv4-address\n";
    const EVPN: &str = "set / network-instance bd protocols bgp-evpn bgp-instance 1 ";
    const VPN: &str = "set / network-instance bd protocols bgp-vpn bgp-instance 1 ";

    #[test]
    fn a_mac_vrf_is_a_vlan_with_a_vni() {
        let routes = format!("{EVPN}routes bridge-table ");
        let text = format!(
            "{BASE}{EVPN}admin-state enable\n{EVPN}encapsulation-type vxlan\n{EVPN}vxlan-interface vxlan1.10\n{EVPN}evi 10\n{routes}mac-ip advertise false\n{routes}inclusive-mcast advertise true\n{routes}inclusive-mcast originating-ip use-system-ipv4-address\n{routes}next-hop use-system-ipv4-address\n{routes}vlan-aware-bundle-eth-tag 7\n"
        );
        assert!(classes(&text).iter().all(|c| *c == LineClass::Modelled), "{:?}", classes(&text));
        let vxlan = reading(&text).device.vxlan.unwrap();
        assert_eq!((vxlan.shared_address, vxlan.vlans.len()), (Some("192.0.2.1".parse().unwrap()), 1));
        let v = &vxlan.vlans[0];
        let e = v.evpn.as_ref().unwrap();
        assert_eq!((v.vni, e.tag, e.hosts, e.route_distinguisher.as_deref()), (5010, 7, false, Some("192.0.2.1:10")));
        assert_eq!(
            (e.import_targets.as_slice(), e.export_targets.as_slice()),
            (&["65000:10".into()][..], &["65000:10".into()][..])
        );
        let set = format!(
            "{text}{VPN}route-distinguisher rd 1:1\n{VPN}route-target import-rt target:1:2\n{VPN}route-target export-rt target:1:3\n"
        );
        let e = reading(&set).device.vxlan.unwrap().vlans.remove(0).evpn.unwrap();
        assert_eq!((e.route_distinguisher.as_deref(), e.import_targets), (Some("1:1"), vec!["1:2".into()]));
        assert_eq!(e.export_targets, ["1:3".into()]);
        // Without EVPN it has a VNI, and nobody hears of it.
        assert!(reading(BASE).device.vxlan.unwrap().vlans[0].evpn.is_none());
    }

    #[test]
    fn what_is_not_obeyed_is_said() {
        let odd = |line: &str| classes(&format!("{BASE}{EVPN}evi 10\n{line}\n")).pop();
        let routes = format!("{EVPN}routes bridge-table ");
        for line in [
            format!("{routes}inclusive-mcast advertise false"),
            format!("{routes}next-hop 192.0.2.9"),
            "set / tunnel-interface vxlan1 vxlan-interface 10 egress source-ip use-system-ipv6-address".to_owned(),
        ] {
            assert_eq!(odd(&line), Some(LineClass::NotModelled), "{line}");
        }
        assert_eq!(odd(&format!("{routes}mac-ip advertise-arp-nd-extended-community true")), Some(LineClass::NoEffect));
        let said = |text: &str, what: &str| reading(text).report.diagnostics.iter().any(|d| d.message.contains(what));
        assert!(said(&format!("{BASE}{EVPN}encapsulation-type mpls\n"), "VLANs over MPLS"));
        assert!(said(&format!("{BASE}{VPN}import-policy p\n{EVPN}evi 10\n"), "import-policy"));
        let silent = BASE.replace("ingress vni 5010", "ingress");
        assert!(said(&format!("{silent}{EVPN}evi 10\n"), "no VXLAN interface of it has a VNI"));
    }
}
