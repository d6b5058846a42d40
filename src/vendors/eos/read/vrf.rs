//! `vrf instance …`, `ip routing …`, `ipv6 unicast-routing …`, `router general`.

use super::quiet;
use super::{Reader, kind};
use crate::syntax::tree::Node;
use crate::vendors::eos::config::Vrf;

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, name: &str) {
    let origin = r.tree.origin(node);
    r.sink.define(kind::VRF, name, origin);
    let vrf = r.config.vrfs.entry(name, || Vrf { origin, ..Vrf::default() });
    vrf.origin = origin;
    r.ok(node);
    for child in &node.children {
        match &child.words[..] {
            ["rd", rd] => {
                r.config.vrfs.entry(name, Vrf::default).rd = Some((*rd).into());
                r.ok(child);
            }
            _ => r.other(child, &quiet::VRF),
        }
    }
}

/// `ip routing [vrf V]`, `ip routing ipv6 interfaces`, `ipv6 unicast-routing [vrf V]`.
pub(super) fn read_routing<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) {
    match &node.words[..] {
        ["ip", "routing"] => set(r, node, "default", Some(true), None),
        // RFC 5549: also forwards IPv4 out of interfaces that only have IPv6.
        ["ip", "routing", "ipv6", "interfaces"] => {
            r.config.v4_over_v6_interfaces = true;
            set(r, node, "default", Some(true), None);
        }
        ["ip", "routing", "ipv6", "interfaces", "vrf", vrf] | ["ip", "routing", "vrf", vrf, "ipv6", "interfaces"] => {
            r.config.v4_over_v6_interfaces = true;
            set(r, node, vrf, Some(true), None);
        }
        ["ip", "routing", "vrf", vrf] => set(r, node, vrf, Some(true), None),
        ["ipv6", "unicast-routing"] => set(r, node, "default", None, Some(true)),
        ["ipv6", "unicast-routing", "vrf", vrf] => set(r, node, vrf, None, Some(true)),
        _ => r.other(node, &quiet::TOP),
    }
}

fn set<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, name: &str, v4: Option<bool>, v6: Option<bool>) {
    let origin = r.tree.origin(node);
    if name != "default" {
        r.refer(&[kind::VRF], node, name, "ip routing vrf");
    }
    let vrf = r.config.vrfs.entry(name, || Vrf { origin, ..Vrf::default() });
    vrf.routing_v4 = v4.unwrap_or(vrf.routing_v4);
    vrf.routing_v6 = v6.unwrap_or(vrf.routing_v6);
    r.ok(node);
}

/// `no ip routing …`; whether the line was one of these.
pub(super) fn read_no<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> bool {
    match &node.words[1..] {
        ["ip", "routing"] => set(r, node, "default", Some(false), None),
        ["ip", "routing", "vrf", vrf] => set(r, node, vrf, Some(false), None),
        ["ipv6", "unicast-routing"] => set(r, node, "default", None, Some(false)),
        ["ipv6", "unicast-routing", "vrf", vrf] => set(r, node, vrf, None, Some(false)),
        _ => return false,
    }
    true
}

/// `router general`: router ids and route leaking between VRFs.
pub(super) fn read_general<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) {
    r.ok(node);
    for child in &node.children {
        match &child.words[..] {
            ["router-id", "ipv4", id] => {
                if let Some(id) = r.value(child, id, "a router id") {
                    r.config.vrfs.entry("default", Vrf::default).router_id = Some(id);
                    r.ok(child);
                }
            }
            ["router-id", "ipv6", _] => r.quiet(child),
            ["vrf", name] => {
                r.ok(child);
                for inner in &child.children {
                    match &inner.words[..] {
                        ["leak", "routes", "source-vrf", vrf, "subscribe-policy", policy, ..] => {
                            r.refer(&[kind::VRF], inner, vrf, "leak routes");
                            r.refer(&[kind::ROUTE_MAP], inner, policy, "leak routes subscribe-policy");
                            let leak = ((*vrf).into(), (*policy).into(), r.tree.origin(inner));
                            r.config.vrfs.entry(name, Vrf::default).leaks.push(leak);
                            r.ok(inner);
                        }
                        ["router-id", "ipv4", id] => {
                            if let Some(id) = r.value(inner, id, "a router id") {
                                r.config.vrfs.entry(name, Vrf::default).router_id = Some(id);
                                r.ok(inner);
                            }
                        }
                        ["exit"] => r.quiet(inner),
                        _ => r.other(inner, &quiet::GENERAL),
                    }
                }
            }
            _ => r.other(child, &quiet::GENERAL),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};

    #[test]
    fn routing_is_off_until_said() {
        let text = "vrf instance A\nvrf definition B\n   rd 1:1\nip routing\nno ip routing vrf A\nip routing vrf B\nipv6 unicast-routing vrf B\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let on = |v: &str| config.vrfs.get(v).map(|v| (v.routing_v4, v.routing_v6));
        assert_eq!((on("default"), on("A"), on("B")), (Some((true, false)), Some((false, false)), Some((true, true))));
        assert_eq!(config.vrfs.get("B").unwrap().rd.as_deref(), Some("1:1"));
    }

    #[test]
    fn an_undefined_vrf_is_reported() {
        let (_, report) = read_text("ip routing vrf X\n");
        assert!(report.diagnostics.iter().any(|d| d.message.contains("`X`")));
    }
}
