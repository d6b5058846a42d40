//! Finding devices and interfaces by the names that people and other files use.

use crate::model::Device;
use crate::model::interface::{InterfaceId, InterfaceKind};
use crate::model::network::{DeviceId, Network};

/// A device by its snapshot name or its hostname, in any case; hostnames with a domain match without it.
pub(super) fn device(network: &Network, name: &str) -> Option<DeviceId> {
    let short = |n: &str| n.split('.').next().unwrap_or(n).to_ascii_lowercase();
    network
        .find_device(name)
        .or_else(|| by(network, |d| d.hostname.as_deref().is_some_and(|h| h.eq_ignore_ascii_case(name))))
        .or_else(|| by(network, |d| short(&d.name) == short(name)))
        .or_else(|| by(network, |d| d.hostname.as_deref().is_some_and(|h| short(h) == short(name))))
}

/// The only device for which a test holds.
fn by(network: &Network, test: impl Fn(&Device) -> bool) -> Option<DeviceId> {
    let mut found = network.devices.iter_ids().filter(|(_, d)| !d.absent && test(d));
    let (id, _) = found.next()?;
    found.next().is_none().then_some(id)
}

/// An interface by its exact name, else in any case, else abbreviated (`Gi0/1`), else without or with unit 0
/// (Junos `ge-0/0/0` and `ge-0/0/0.0`). `None` where nothing or more than one thing matches.
pub(super) fn interface(device: &Device, name: &str) -> Option<InterfaceId> {
    let find = |test: &dyn Fn(&str) -> bool| {
        let mut found = device.interfaces.iter_ids().filter(|(_, i)| !i.absent && test(&i.name));
        let (id, _) = found.next()?;
        found.next().is_none().then_some(id)
    };
    let (kind, number) = split(name);
    let abbreviated = |other: &str| {
        let (k, n) = split(other);
        n == number && (k.starts_with(&kind) || kind.starts_with(&k)) && !k.is_empty() && !kind.is_empty()
    };
    let unit = name.strip_suffix(".0").map_or_else(|| format!("{name}.0"), str::to_owned);
    device
        .find_interface(name)
        .or_else(|| find(&|n| n.eq_ignore_ascii_case(name)))
        .or_else(|| find(&abbreviated))
        .or_else(|| find(&|n| n.eq_ignore_ascii_case(&unit)))
        .or_else(|| nic(device, name))
}

/// `NIC3`: the third port of a virtual router, the management port being the first (lab cisco_xr_ios_vpnv4: the ports' descriptions name
/// the neighbours that the file gives).
fn nic(device: &Device, name: &str) -> Option<InterfaceId> {
    let number: usize = name.strip_prefix("NIC")?.parse().ok()?;
    let of = |kind| device.interfaces.iter_ids().filter(move |(_, i)| i.kind == kind).map(|(id, _)| id);
    of(InterfaceKind::Management).chain(of(InterfaceKind::Physical)).nth(number.checked_sub(1)?)
}

/// `GigabitEthernet0/1` as `gigabitethernet` and `0/1`; spaces and `-` before the number are dropped.
fn split(name: &str) -> (String, String) {
    let lower: String = name.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    let at = lower.find(|c: char| c.is_ascii_digit()).unwrap_or(lower.len());
    let (kind, number) = lower.split_at(at);
    (kind.replace(['-', '_'], ""), number.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Interface;

    #[test]
    fn interfaces_by_other_spellings() {
        let names =
            ["GigabitEthernet0/1", "GigabitEthernet0/10", "Port-Channel5", "ge-0/0/0.0", "xe-0/0/1", "xe-0/0/1.0", "swp1"];
        let interfaces = names.iter().map(|n| Interface { name: (*n).into(), ..Interface::default() });
        let device = Device { interfaces: interfaces.collect(), ..Device::default() };
        let found = |n: &str| interface(&device, n).map(|i| device.interfaces[i].name.to_string());
        for (asked, want) in [
            ("Gi0/1", Some("GigabitEthernet0/1")),
            ("gigabitethernet0/10", Some("GigabitEthernet0/10")),
            ("GigabitEthernet 0/1", Some("GigabitEthernet0/1")),
            ("Po5", Some("Port-Channel5")),
            ("ge-0/0/0", Some("ge-0/0/0.0")),
            ("xe-0/0/1", Some("xe-0/0/1")),
            ("swp1", Some("swp1")),
            ("swp2", None),
            ("Te0/1", None),
            ("", None),
        ] {
            assert_eq!(found(asked).as_deref(), want, "{asked}");
        }
    }
}
