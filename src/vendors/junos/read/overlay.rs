//! VXLAN and EVPN: `switch-options`, `protocols evpn`, `vxlan` of a VLAN, and what tells the routes of an instance from others'.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use super::{Reader, tables};
use crate::model::route::Community;
use crate::syntax::tree::Node;
use crate::vendors::junos::config::{Evpn, Targets, Vlan, Vpn};

/// `switch-options` of the default switch or of an instance.
pub(super) fn switch<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, out: &mut Vpn) {
    for c in &node.children {
        if !vpn(r, c, out, true) {
            r.known(c, &tables::SWITCH);
        }
    }
}

/// A statement that instances and `switch-options` share; `false`: it is none. `bridges`: it speaks of VLANs.
pub(super) fn vpn<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, out: &mut Vpn, bridges: bool) -> bool {
    match c.word(0) {
        "route-distinguisher" => out.rd = r.arg(c).map(Into::into),
        "vrf-target" => targets(r, c, &mut out.targets, bridges),
        "vrf-import" => out.import = r.chain(c, "vrf-import"),
        "vrf-export" => out.export = r.chain(c, "vrf-export"),
        "vtep-source-interface" => {
            out.source = r.named(c).map(|named| {
                let v6 = r.only(c).is_some_and(|x| x.child("inet6").is_some());
                (named, v6)
            });
        }
        "remote-vtep-list" | "remote-vtep-v6-list" => out.remote_vteps.extend(addresses(r, c)),
        "service-type" if bridges => match r.arg(c) {
            Some(word @ ("vlan-aware" | "vlan-based" | "vlan-bundle")) => out.service = Some(word.into()),
            Some(word) => r.bad(c, word, "a type of service"),
            None => {}
        },
        "service-type" => r.sink.no_effect(r.tree, c),
        _ => return false,
    }
    true
}

fn targets<'t>(r: &mut Reader<'_, 't>, c: &Node<'t>, out: &mut Targets, bridges: bool) {
    r.head(c);
    for t in &c.children {
        match t.word(0) {
            "import" => out.import.extend(t.children.iter().filter_map(|x| target(r, x))),
            "export" => out.export.extend(t.children.iter().filter_map(|x| target(r, x))),
            "auto" if bridges => {
                r.head(t);
                out.auto = Some(r.origin(t));
                for a in &t.children {
                    match a.word(0) {
                        "import-as" => import_as(r, a, out),
                        word => r.sink.not_modelled(r.tree, a, format!("`vrf-target auto {word}` is not modelled")),
                    }
                }
            }
            "auto" => r.sink.not_modelled(r.tree, t, "automatic route targets of IP prefixes are not modelled"),
            _ => out.both.extend(target(r, t)),
        }
    }
}

/// `import-as N { vni-list … }`.
fn import_as<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, out: &mut Targets) {
    for n in &node.children {
        r.all(n);
        let Ok(asn) = n.word(0).parse() else {
            r.bad(node, n.word(0), "an AS number");
            continue;
        };
        let list = n.child("vni-list").map(|l| l.children.iter().filter_map(|x| vnis(x.word(0))).collect());
        out.import_as.push((asn, list));
    }
}

fn target<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> Option<Box<str>> {
    let word = node.word(0);
    r.head(node);
    if Community::route_target(word).is_none() {
        r.sink.invalid(r.tree, node, word, "a route target");
        return None;
    }
    Some(word.strip_prefix("target:").unwrap_or(word).into())
}

fn addresses<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> Vec<IpAddr> {
    let words = r.args(node);
    let mut out = Vec::new();
    for (word, _) in words {
        match word.parse() {
            Ok(ip) => out.push(ip),
            Err(_) => r.bad(node, &word, "an address"),
        }
    }
    out
}

/// `all`, `5010` or `5010-5020`.
fn vnis(word: &str) -> Option<RangeInclusive<u32>> {
    if word == "all" {
        return Some(0..=u32::MAX);
    }
    let (a, b) = word.split_once('-').unwrap_or((word, word));
    Some(a.parse().ok()?..=b.parse().ok()?)
}

/// `vxlan` of a VLAN.
pub(super) fn vlan<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, v: &mut Vlan) {
    for c in &node.children {
        match c.word(0) {
            "vni" => {
                let at = r.origin(c);
                v.vni = r.number(c).map(|n| (n, at));
            }
            "multicast-group" => v.group = r.parse(c, "a multicast group"),
            "static-remote-vtep-list" => v.remote_vteps = addresses(r, c),
            _ => r.known(c, &tables::VXLAN),
        }
    }
}

/// `protocols evpn`.
pub(super) fn evpn<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, e: &mut Evpn) {
    for c in &node.children {
        match c.word(0) {
            "encapsulation" => match r.arg(c) {
                Some("vxlan") => e.vxlan = true,
                Some(_) => r.sink.not_modelled(r.tree, c, "VLANs over MPLS by EVPN are not modelled"),
                None => {}
            },
            "extended-vni-list" => {
                for (word, _) in r.args(c) {
                    match vnis(&word) {
                        Some(range) => e.vnis.get_or_insert_default().push(range),
                        None => r.bad(c, &word, "a VNI, a range of them, or `all`"),
                    }
                }
            }
            "extended-vni-all" => {
                r.all(c);
                e.vnis.get_or_insert_default().push(0..=u32::MAX);
            }
            // Each tunnel end gets a copy by default ("ingress-node-replication (EVPN)").
            "multicast-mode" => match r.arg(c) {
                Some("ingress-replication") | None => {}
                Some(_) => {
                    r.sink.not_modelled(r.tree, c, "another way of flooding than a copy to each tunnel end is not modelled")
                }
            },
            "vni-options" => vni_options(r, c, e),
            "ip-prefix-routes" => prefixes(r, c, e),
            _ => r.known(c, &tables::EVPN),
        }
    }
}

fn vni_options<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, e: &mut Evpn) {
    r.head(node);
    for n in node.children.iter().flat_map(|c| &c.children) {
        r.head(n);
        let Ok(vni) = n.word(0).parse() else {
            r.sink.invalid(r.tree, n, n.word(0), "a VNI");
            continue;
        };
        let mut said = Targets::default();
        for c in &n.children {
            match c.word(0) {
                "vrf-target" => targets(r, c, &mut said, true),
                "designated-forwarder-election-hold-time" | "route-distinguisher" => r.sink.no_effect(r.tree, c),
                _ => r.known(c, &tables::EVPN),
            }
        }
        e.vni_targets.push((vni, said));
    }
}

fn prefixes<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, e: &mut Evpn) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "advertise" => {
                e.prefixes = true;
                if r.arg(c) == Some("gateway-address") {
                    r.sink.not_modelled(r.tree, c, "IP prefixes with a gateway address are not modelled");
                }
            }
            "vni" => e.prefix_vni = r.number(c),
            "encapsulation" => {
                if r.arg(c) == Some("mpls") {
                    r.sink.not_modelled(r.tree, c, "IP prefixes over MPLS by EVPN are not modelled");
                }
            }
            word @ ("export" | "import") => {
                r.chain(c, "ip-prefix-routes");
                r.sink.not_modelled(r.tree, c, format!("`ip-prefix-routes {word}` is not modelled: all prefixes pass"));
            }
            _ => r.known(c, &tables::EVPN_PREFIXES),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::base::span::FileId;
    use crate::vendors::junos::Junos;
    use crate::vendors::sink::LineClass;
    use crate::vendors::{ConfigFile, Reading, read_device};

    fn reading(text: &str) -> Reading {
        read_device(&Junos, "r1", &[ConfigFile { id: FileId(0), name: "r1.cfg", text }])
    }

    /// The lines that are not in the model, each with its class.
    fn odd(text: &str) -> Vec<(String, LineClass)> {
        let r = reading(text);
        let classes = r.report.classes[0].1.iter().zip(text.lines());
        let odd = classes.filter(|(c, _)| !matches!(c, LineClass::Modelled | LineClass::Silent));
        odd.map(|(c, l)| (l.trim().to_owned(), *c)).collect()
    }

    #[test]
    fn both_forms_are_obeyed() {
        let braces = "switch-options {\n  vtep-source-interface lo0.0;\n  route-distinguisher 192.0.2.1:1;\n  vrf-target {\n    target:1:1;\n    import target:1:2;\n    auto {\n      import-as 65009 {\n        vni-list [ 1-10 ];\n      }\n    }\n  }\n}\nprotocols {\n  evpn {\n    encapsulation vxlan;\n    multicast-mode ingress-replication;\n    extended-vni-list [ 10 20-30 ];\n    vni-options {\n      vni 10 {\n        vrf-target target:1:10;\n      }\n    }\n  }\n}\nvlans {\n  a {\n    vlan-id 5;\n    vxlan {\n      vni 10;\n      multicast-group 239.1.1.1;\n      static-remote-vtep-list [ 192.0.2.2 192.0.2.3 ];\n    }\n  }\n}\ninterfaces {\n  lo0 {\n    unit 0 {\n      family inet {\n        address 192.0.2.1/32;\n      }\n    }\n  }\n}\nrouting-options {\n  autonomous-system 65000;\n}\n";
        let flat = "set switch-options vtep-source-interface lo0.0\nset switch-options route-distinguisher 192.0.2.1:1\nset switch-options vrf-target target:1:1\nset switch-options vrf-target import target:1:2\nset switch-options vrf-target auto import-as 65009 vni-list 1-10\nset protocols evpn encapsulation vxlan\nset protocols evpn multicast-mode ingress-replication\nset protocols evpn extended-vni-list 10\nset protocols evpn extended-vni-list 20-30\nset protocols evpn vni-options vni 10 vrf-target target:1:10\nset vlans a vlan-id 5\nset vlans a vxlan vni 10\nset vlans a vxlan multicast-group 239.1.1.1\nset vlans a vxlan static-remote-vtep-list 192.0.2.2\nset vlans a vxlan static-remote-vtep-list 192.0.2.3\nset interfaces lo0 unit 0 family inet address 192.0.2.1/32\nset routing-options autonomous-system 65000\n";
        for text in [braces, flat] {
            assert_eq!(odd(text), []);
            let vxlan = reading(text).device.vxlan.unwrap();
            assert_eq!((vxlan.shared_address, vxlan.source.is_some()), (Some("192.0.2.1".parse().unwrap()), true));
            let v = &vxlan.vlans[0];
            assert_eq!((v.vlan, v.vni, v.peers.len(), v.group), (5, 10, 2, Some("239.1.1.1".parse().unwrap())));
            let e = v.evpn.as_ref().unwrap();
            assert_eq!((e.route_distinguisher.as_deref(), e.tag), (Some("192.0.2.1:1"), 10));
            assert_eq!(e.import_targets, ["1:10".into(), "1:2".into()]);
            assert_eq!(e.export_targets, ["1:10".into()]);
        }
    }

    #[test]
    fn what_is_not_obeyed_is_said() {
        let text = "set switch-options vrf-target target:x\nset switch-options service-id 1\nset protocols evpn encapsulation mpls\nset protocols evpn multicast-mode client\nset protocols evpn extended-vni-list some\nset protocols evpn interconnect vrf-target target:1:1\nset protocols evpn default-gateway do-not-advertise\nset protocols evpn frobnicate\nset routing-instances R instance-type vrf\nset routing-instances R vrf-target auto\nset routing-instances R protocols evpn ip-prefix-routes advertise direct-nexthop\nset routing-instances R protocols evpn ip-prefix-routes vni 7\nset routing-instances R protocols evpn ip-prefix-routes export P\nset policy-options policy-statement P then accept\nset vlans a vxlan translation-vni 9\n";
        use LineClass::{Invalid, NoEffect, NotModelled, NotUnderstood};
        let classes: Vec<LineClass> = odd(text).into_iter().map(|x| x.1).collect();
        let wanted = [
            Invalid,
            NoEffect,
            NotModelled,
            NotModelled,
            Invalid,
            NotModelled,
            NoEffect,
            NotUnderstood,
            NotModelled,
            NotModelled,
            NotModelled,
        ];
        assert_eq!(classes, wanted, "{:?}", odd(text));
    }
}
