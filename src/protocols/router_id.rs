//! The router id an OS chooses when none is configured.
//!
//! In: a device, a VRF, what is up. Out: an address. Law: the rule is [`Platform::router_id`](crate::model::Platform). Tests: below.

use std::net::{IpAddr, Ipv4Addr};

use crate::model::Device;
use crate::model::interface::InterfaceKind;
use crate::model::network::{DeviceId, Network};
use crate::model::platform::RouterIdRule;
use crate::model::vrf::VrfId;
use crate::topology::Topology;

/// The router id of a VRF: as configured for the VRF, else chosen by the platform's rule among its IPv4 addresses that are
/// up and not in `taken`.
pub fn choose(network: &Network, topology: &Topology, device: DeviceId, vrf: VrfId, taken: &[Ipv4Addr]) -> Option<Ipv4Addr> {
    let d = network.devices.get(device)?;
    if let Some(id) = d.vrfs.get(vrf).and_then(|v| v.router_id) {
        return Some(id);
    }
    choose_in(d, device, topology, vrf, taken)
}

/// By the platform's rule alone.
pub(crate) fn choose_in(d: &Device, device: DeviceId, topology: &Topology, vrf: VrfId, taken: &[Ipv4Addr]) -> Option<Ipv4Addr> {
    let mut loopbacks = Vec::new();
    let mut others = Vec::new();
    let mut zero = None;
    for (i, interface) in d.interfaces.iter_ids() {
        if interface.vrf != vrf || !topology.is_up((device, i)) {
            continue;
        }
        let list = if interface.kind == InterfaceKind::Loopback { &mut loopbacks } else { &mut others };
        let is_zero = interface.name.eq_ignore_ascii_case("loopback0");
        for a in &interface.addresses {
            match a.address.addr() {
                IpAddr::V4(ip) if !ip.is_loopback() && !ip.is_unspecified() && !a.virtual_address && !taken.contains(&ip) => {
                    list.push((a.secondary, ip));
                    if is_zero && !a.secondary {
                        zero.get_or_insert(ip);
                    }
                }
                _ => {}
            }
        }
    }
    let pick = |list: &[(bool, Ipv4Addr)], lowest: bool| {
        let primary = list.iter().filter(|(secondary, _)| !secondary).map(|(_, ip)| *ip);
        if lowest { primary.min() } else { primary.max() }
    };
    match d.platform.router_id {
        RouterIdRule::HighestLoopback | RouterIdRule::HighestAny => pick(&loopbacks, false).or_else(|| pick(&others, false)),
        RouterIdRule::LowestFirst => {
            let first = loopbacks.iter().find(|(secondary, _)| !secondary).map(|(_, ip)| *ip);
            first.or_else(|| pick(&others, true))
        }
        RouterIdRule::FirstLoopback => {
            let first = |list: &[(bool, Ipv4Addr)]| list.iter().find(|(secondary, _)| !secondary).map(|(_, ip)| *ip);
            zero.or_else(|| first(&loopbacks)).or_else(|| first(&others))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::IdVec;
    use crate::base::span::SourceMap;
    use crate::model::Vrf;
    use crate::model::interface::{Interface, InterfaceAddress};

    fn network(rule: RouterIdRule) -> (Network, Topology) {
        let interface = |kind, addresses: &[&str]| Interface {
            kind,
            addresses: addresses
                .iter()
                .enumerate()
                .map(|(n, a)| InterfaceAddress {
                    address: a.parse().unwrap(),
                    secondary: n > 0,
                    peer: None,
                    virtual_address: false,
                    origin: Default::default(),
                })
                .collect(),
            ..Interface::default()
        };
        let mut device = Device { name: "r".into(), ..Device::default() };
        device.vrfs.push(Vrf::default());
        device.platform.router_id = rule;
        device.interfaces.push(interface(InterfaceKind::Physical, &["10.9.9.9/24", "10.200.0.1/24"]));
        device.interfaces.push(interface(InterfaceKind::Physical, &["10.1.1.1/24"]));
        device.interfaces.push(interface(InterfaceKind::Loopback, &["127.0.0.1/8"]));
        device.interfaces.push(interface(InterfaceKind::Loopback, &["1.1.1.1/32"]));
        device.interfaces.push(interface(InterfaceKind::Loopback, &["2.2.2.2/32"]));
        let network = Network::new(vec![device], SourceMap::default());
        let up = IdVec::from_vec(vec![IdVec::filled(true, 5).into()]);
        let mut topology = Topology::default();
        topology.up = up;
        (network, topology)
    }

    #[test]
    fn rules() {
        let pick = |rule, without_loopbacks: bool| {
            let (network, mut topology) = network(rule);
            if without_loopbacks {
                topology.up = IdVec::from_vec(vec![IdVec::from_vec(vec![true, true, true, false, false]).into()]);
            }
            choose(&network, &topology, DeviceId(0), VrfId::DEFAULT, &[]).unwrap().to_string()
        };
        assert_eq!(pick(RouterIdRule::HighestLoopback, false), "2.2.2.2");
        assert_eq!(pick(RouterIdRule::HighestLoopback, true), "10.9.9.9");
        assert_eq!(pick(RouterIdRule::LowestFirst, false), "1.1.1.1");
        assert_eq!(pick(RouterIdRule::LowestFirst, true), "10.1.1.1");
        assert_eq!(pick(RouterIdRule::FirstLoopback, false), "1.1.1.1");
        assert_eq!(pick(RouterIdRule::FirstLoopback, true), "10.9.9.9");
        let (network, topology) = network(RouterIdRule::HighestLoopback);
        let second = choose(&network, &topology, DeviceId(0), VrfId::DEFAULT, &["2.2.2.2".parse().unwrap()]);
        assert_eq!(second.unwrap().to_string(), "1.1.1.1");
        assert_eq!(choose(&network, &Topology::default(), DeviceId(0), VrfId::DEFAULT, &[]), None);
    }
}
