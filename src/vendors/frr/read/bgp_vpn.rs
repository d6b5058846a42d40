//! Routes between BGP instances: `import vrf` and the `vpn` statements of an address family.

use super::{Block, Invalid, Modelled, NoEffect, NotModelled, Reader, Took, Unknown, reference};
use crate::base::span::Origin;
use crate::model::route::Community;

impl Reader<'_> {
    /// `bgpd/bgp_vty.c`: `bgp_imexport_vpn`, `bgp_imexport_vrf`, `af_rd_vpn_export`, `af_rt_vpn_imexport`, `af_label_vpn_export`,
    /// `af_nexthop_vpn_export`, `af_routemap_vpn_imexport`.
    pub(super) fn bgp_vpn<'t>(&mut self, n: usize, f: usize, no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
        let Some(vpn) = self.config.bgp.get_mut(n).and_then(|b| b.families.get_mut(f)).map(|f| &mut f.vpn) else {
            return Unknown;
        };
        match w {
            ["import", "vpn"] => vpn.import = !no,
            ["export", "vpn"] => vpn.export = !no,
            ["import", "vrf", "route-map", ..] if no => vpn.import_map = None,
            ["import", "vrf", "route-map", name] => {
                vpn.import_map = Some(reference(name, o));
                self.sink.refer(&["route-map"], name, o, "import vrf route-map");
            }
            ["import", "vrf", name] => {
                vpn.import_vrfs.retain(|r| &*r.name != *name);
                if !no {
                    vpn.import_vrfs.push(reference(name, o));
                }
            }
            ["rd", "vpn", "export", ..] if no => vpn.distinguisher = None,
            ["rd", "vpn", "export", rd] => {
                // It has the form of a route target.
                if Community::route_target(rd).is_none() {
                    return Invalid(rd, "a route distinguisher");
                }
                vpn.distinguisher = Some((*rd).into());
            }
            ["rt", "vpn", way @ ("import" | "export" | "both"), targets @ ..] => {
                if let Some(bad) = targets.iter().find(|t| Community::route_target(t).is_none()) {
                    return Invalid(bad, "a route target");
                }
                let list: Vec<_> = targets.iter().filter(|_| !no).map(|t| (*t).into()).collect();
                if *way != "export" {
                    vpn.import_targets.clone_from(&list);
                }
                if *way != "import" {
                    vpn.export_targets = list;
                }
            }
            // Which label it is decides nothing.
            ["label", "vpn", "export", ..] => vpn.label = !no,
            ["nexthop", "vpn", "export", ..] if no => vpn.next_hop = None,
            ["nexthop", "vpn", "export", a] => match a.parse() {
                Ok(a) => vpn.next_hop = Some(a),
                Err(_) => return Invalid(a, "an address"),
            },
            ["route-map", "vpn", way @ ("import" | "export"), name @ ..] => {
                let map = if *way == "import" { &mut vpn.import_map } else { &mut vpn.export_map };
                *map = name.first().filter(|_| !no).map(|name| reference(name, o));
                if let Some(name) = name.first().filter(|_| !no) {
                    self.sink.refer(&["route-map"], name, o, "route-map vpn");
                }
            }
            _ => return Unknown,
        }
        Modelled
    }

    /// `address-family ipv4 vpn` and `ipv6 vpn`: what sessions of the default instance carry.
    pub(super) fn vpn_table<'t>(&mut self, n: usize, f: usize, no: bool, w: &[&'t str], o: Origin) -> Took<'t> {
        match w {
            ["neighbor", rest @ ..] => self.neighbor(n, Some(f), no, rest, o),
            ["bgp", "retain", "route-target", "all"] if no => NotModelled("routes that no VRF takes in are kept all the same"),
            ["bgp", "retain", "route-target", "all"] => NoEffect,
            ["network", ..] => NotModelled("VPN routes that the config makes are not modelled"),
            ["exit-address-family"] => {
                self.block = Block::Bgp(n);
                NoEffect
            }
            _ => Unknown,
        }
    }
}
