//! VXLAN devices of `/etc/network/interfaces`, by the attributes of ifupdown2 (its `vxlan` addon; Cumulus Linux, "VXLAN Devices", "Static VXLAN
//! Tunnels", "VXLAN Active-active Mode").

use std::net::IpAddr;

use super::evpn::vni;
use super::{Invalid, Modelled, Took};
use crate::base::span::Origin;
use crate::vendors::frr::config::{Config, Flood, VlanVni};

/// Attributes that say where frames are flooded.
pub(super) const FLOODS: &[&str] =
    &["vxlan-remoteip", "vxlan-remoteip-map", "vxlan-svcnodeip", "vxlan-mcastgrp", "vxlan-mcastgrp-map"];

/// At most so many tunnel ends are read from one range.
const MOST: u32 = 4096;

/// What a device carries, and where its tunnels end.
pub(super) fn device<'t>(config: &mut Config, name: &str, key: &str, words: &[&'t str], o: Origin) -> Took<'t> {
    let word = words.first().copied().unwrap_or("");
    let n = config.interface(name, o);
    let port = &mut config.interfaces[n];
    match key {
        "vxlan-id" => {
            let Some(id) = vni(word) else { return Invalid(word, "a VNI") };
            port.vxlan = true;
            port.vxlan_id = Some((id, o));
        }
        "bridge-vlan-vni-map" => {
            port.vxlan = true;
            for pair in words {
                let Some(map) = vlan_vnis(pair) else { return Invalid(pair, "a VLAN and its VNI") };
                let device = Some(name.into());
                config.vtep.vlans.extend(map.into_iter().map(|(vlan, vni)| VlanVni {
                    vlan,
                    vni,
                    device: device.clone(),
                    origin: o,
                }));
            }
        }
        _ => {
            let Ok(ip) = word.parse() else { return Invalid(word, "an address") };
            if key == "clagd-vxlan-anycast-ip" {
                config.vtep.anycast = Some(ip);
            } else if name.starts_with("lo") {
                // Said of the loopback it holds for all devices.
                config.vtep.address = Some(ip);
            } else {
                port.vxlan = true;
                port.vxlan_local = Some(ip);
            }
        }
    }
    Modelled
}

/// `vxlan-remoteip A B`, `vxlan-svcnodeip A`, `vxlan-mcastgrp G`; `vxlan-remoteip-map VNIs=A-B,C …`, `vxlan-mcastgrp-map VNI=G …`.
pub(super) fn floods<'t>(config: &mut Config, name: &str, key: &str, words: &[&'t str]) -> Took<'t> {
    if let Some(&n) = config.interface_index.get(name) {
        config.interfaces[n].vxlan = true;
    }
    for word in words {
        let (vnis, ends) = match word.split_once('=').filter(|_| key.ends_with("-map")) {
            Some((vnis, ends)) => (numbers(vnis).map(|r| r.map(Some).collect()), ends),
            None => (Some(vec![None]), *word),
        };
        let ends: Option<Vec<IpAddr>> = ends.split(',').map(addresses).collect::<Option<Vec<_>>>().map(|all| all.concat());
        let (Some(vnis), Some(ends)) = (vnis, ends) else { return Invalid(word, "tunnel ends") };
        for vni in vnis {
            config.vtep.floods.extend(ends.iter().map(|to| Flood { device: Some(name.into()), vni, to: *to }));
        }
    }
    Modelled
}

/// `10=10010`, `10-12=10010-10012`.
fn vlan_vnis(pair: &str) -> Option<Vec<(u16, u32)>> {
    let (vlans, vnis) = pair.split_once('=')?;
    let ends = |text: &str| -> Option<(u32, u32)> {
        let (a, b) = text.split_once('-').unwrap_or((text, text));
        Some((a.parse().ok()?, b.parse().ok()?))
    };
    let ((first, last), (from, to)) = (ends(vlans)?, ends(vnis)?);
    let fits = (1..4095).contains(&first) && first <= last && last < 4095 && to.checked_sub(from)? == last - first;
    let vlan = |v: u32| u16::try_from(v).ok();
    fits.then(|| (first..=last).zip(from..).filter_map(|(v, n)| Some((vlan(v)?, n))).collect())
}

/// `10`, `10-12`.
fn numbers(text: &str) -> Option<std::ops::RangeInclusive<u32>> {
    let (a, b) = text.split_once('-').unwrap_or((text, text));
    let (a, b) = (vni(a)?, vni(b)?);
    (a <= b && b - a < MOST).then_some(a..=b)
}

/// `10.0.0.1`, `10.0.0.1-10.0.0.3`.
fn addresses(text: &str) -> Option<Vec<IpAddr>> {
    let Some((first, last)) = text.split_once('-') else { return Some(vec![text.parse().ok()?]) };
    let number = |text: &str| text.parse::<std::net::Ipv4Addr>().ok().map(u32::from);
    let (a, b) = (number(first)?, number(last)?);
    (a <= b && b - a < MOST).then(|| (a..=b).map(|n| IpAddr::V4(n.into())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps() {
        assert_eq!(vlan_vnis("10-11=110-111"), Some(vec![(10, 110), (11, 111)]));
        assert_eq!((vlan_vnis("10-11=110"), vlan_vnis("10")), (None, None));
        let mut config = Config::default();
        config.interface("vxlan48", Origin::NONE);
        let words = ["10-11=10.0.0.2-10.0.0.3,10.0.0.9", "12=10.0.0.4"];
        assert_eq!(floods(&mut config, "vxlan48", "vxlan-remoteip-map", &words), Modelled);
        let found: Vec<_> = config.vtep.floods.iter().map(|f| (f.vni, f.to.to_string())).collect();
        let three = |vni| ["10.0.0.2", "10.0.0.3", "10.0.0.9"].map(|to| (Some(vni), to.to_owned()));
        assert_eq!(found, [&three(10)[..], &three(11), &[(Some(12), "10.0.0.4".to_owned())]].concat());
        assert_eq!(floods(&mut config, "vxlan48", "vxlan-remoteip", &["x"]), Invalid("x", "tunnel ends"));
        assert!(config.interfaces[0].vxlan);
    }
}
