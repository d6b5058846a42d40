//! `vrf context …`.

use super::quiet;
use super::{Reader, kind, static_route};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::nxos::config::{Target, Vrf};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, name: &str) {
    let origin = r.tree.origin(node);
    define(r, name, origin);
    r.ok(node);
    let vrf = r.config.vrfs.entry(name, Vrf::default);
    vrf.origin = origin;
    for child in &node.children {
        match &child.words[..] {
            ["ip" | "ipv6", "route", "static", ..] => r.quiet(child),
            ["ip" | "ipv6", "route", rest @ ..] => static_route::read(r, child, name, rest),
            ["no", "ip" | "ipv6", "route", rest @ ..] => static_route::remove(r, child, name, rest),
            ["rd", rd] => {
                r.config.vrfs.entry(name, Vrf::default).rd = Some((*rd).into());
                r.ok(child);
            }
            ["vni", vni] | ["vni", vni, "l3"] => {
                if let Some(vni) = r.value(child, vni, "a VNI") {
                    r.config.vrfs.entry(name, Vrf::default).vni = Some(vni);
                    r.ok(child);
                }
            }
            ["shutdown"] => {
                r.config.vrfs.entry(name, Vrf::default).shutdown = true;
                r.ok(child);
            }
            ["address-family", family @ ("ipv4" | "ipv6"), "unicast"] => {
                r.ok(child);
                for inner in &child.children {
                    family_line(r, inner, name, usize::from(*family == "ipv6"));
                }
            }
            _ => r.other(child, &quiet::VRF),
        }
    }
}

/// VRF names differ in more than case, but references need not agree in it.
fn define(r: &mut Reader<'_, '_>, name: &str, origin: crate::base::span::Origin) {
    r.sink.define(kind::VRF, name, origin);
    if name == "management" {
        r.sink.used(kind::VRF, name);
    }
}

fn family_line<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, name: &str, at: usize) {
    let family = &mut r.config.vrfs.entry(name, Vrf::default).families[at];
    let origin = r.tree.origin(node);
    match &node.words[..] {
        ["route-target", direction @ ("both" | "import" | "export"), text, rest @ ..] => {
            if *text != "auto" && values::extended_community(2, text).is_none() {
                return r.bad(node, text, "a route target");
            }
            if rest.first() == Some(&"mvpn") {
                return r.quiet(node);
            }
            let target = Target { text: (*text).into(), evpn: rest.contains(&"evpn") };
            if *direction != "export" {
                family.imports.push(target.clone());
            }
            if *direction != "import" {
                family.exports.push(target);
            }
            r.ok(node);
        }
        ["import", "map", map] => {
            family.import_map = Some(((*map).into(), origin));
            r.refer(&[kind::ROUTE_MAP], node, map, "vrf import map");
            r.ok(node);
        }
        ["export", "map", map] => {
            family.export_map = Some(((*map).into(), origin));
            r.refer(&[kind::ROUTE_MAP], node, map, "vrf export map");
            r.ok(node);
        }
        [way @ ("import" | "export"), "vrf", "default", rest @ ..] if rest.contains(&"map") => {
            let map = rest.iter().skip_while(|w| **w != "map").nth(1).copied();
            let Some(map) = map else { return r.bad(node, "map", "followed by a route-map") };
            let slot = if *way == "import" { &mut family.from_global } else { &mut family.to_global };
            *slot = Some((map.into(), origin));
            r.refer(&[kind::ROUTE_MAP], node, map, "vrf import or export");
            r.ok(node);
        }
        ["import" | "export", "vrf", ..] => {
            for map in node.words.iter().skip_while(|w| **w != "map").skip(1).take(1) {
                r.refer(&[kind::ROUTE_MAP], node, map, "vrf import");
            }
            r.unmodelled(node, "leaking routes between VRFs is not modelled");
        }
        _ => r.other(node, &quiet::VRF),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};

    #[test]
    fn targets_and_static_routes() {
        let text = "route-map M permit 10\nvrf context A\n  description x\n  vni 5000\n  rd auto\n  ip route 0.0.0.0/0 Null0\n  address-family ipv4 unicast\n    route-target both auto\n    route-target both auto evpn\n    route-target import 1:2\n    import map M\n  address-family ipv6 unicast\n    route-target export 1:3 evpn\nvrf context management\n  ip name-server 1.1.1.1\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let a = config.vrfs.get("A").unwrap();
        assert_eq!((a.vni, a.rd.as_deref(), a.statics.len()), (Some(5000), Some("auto"), 1));
        let shown: Vec<_> = a.families[0].imports.iter().map(|t| (&*t.text, t.evpn)).collect();
        assert_eq!(shown, [("auto", false), ("auto", true), ("1:2", false)]);
        assert_eq!((a.families[0].exports.len(), a.families[1].exports.len()), (2, 1));
        assert_eq!(odd_lines("vrf context A\n  address-family ipv4 unicast\n    route-target import x\n").len(), 1);
    }
}
