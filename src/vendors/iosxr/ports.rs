//! Interface names of IOS-XR and what each kind of port implies.
//!
//! In: an interface as typed (`Gi0/0/0/1`, `GigabitEthernet 0/0/0/1`). Out: its full name and [`Port`]. Law: what `show
//! running-config` prints is the full name; XR takes any unambiguous beginning, in any case.

use crate::model::device::Name;
use crate::model::interface::InterfaceKind;

/// What a kind of port implies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Port {
    /// Its kind (subinterfaces are told by their number).
    pub kind: InterfaceKind,
    /// Bandwidth in kbit/s (`show interfaces`, "BW"); 0 = unknown.
    pub bandwidth: u64,
    /// Point-to-point by nature: it has no broadcast.
    pub point_to_point: bool,
    /// Bytes of layer-2 header that `mtu` counts.
    pub header: u32,
}

use InterfaceKind as K;

const fn ethernet(kind: InterfaceKind, bandwidth: u64) -> Port {
    Port { kind, bandwidth, point_to_point: false, header: 14 }
}

const fn other(kind: InterfaceKind, bandwidth: u64, point_to_point: bool) -> Port {
    Port { kind, bandwidth, point_to_point, header: 0 }
}

/// Full names. Where an abbreviation fits several, the first wins. Bandwidths and headers: labs iosxr_ebgp_basic and
/// cisco_xr_ios_vpnv4 (`show interfaces`: Ethernet MTU 1514, loopback 1500); "Interface and Hardware Component Command Reference".
const PORTS: &[(&str, Port)] = &[
    ("GigabitEthernet", ethernet(K::Physical, 1_000_000)),
    ("TenGigE", ethernet(K::Physical, 10_000_000)),
    ("TenGigabitEthernet", ethernet(K::Physical, 10_000_000)),
    ("TwentyFiveGigE", ethernet(K::Physical, 25_000_000)),
    ("FortyGigE", ethernet(K::Physical, 40_000_000)),
    ("FiftyGigE", ethernet(K::Physical, 50_000_000)),
    ("HundredGigE", ethernet(K::Physical, 100_000_000)),
    ("TwoHundredGigE", ethernet(K::Physical, 200_000_000)),
    ("FourHundredGigE", ethernet(K::Physical, 400_000_000)),
    ("EightHundredGigE", ethernet(K::Physical, 800_000_000)),
    ("FastEthernet", ethernet(K::Physical, 100_000)),
    ("MgmtEth", ethernet(K::Management, 1_000_000)),
    ("Bundle-Ether", ethernet(K::Aggregate, 0)),
    ("BE", ethernet(K::Aggregate, 0)),
    ("Bundle-POS", other(K::Aggregate, 0, true)),
    ("Loopback", other(K::Loopback, 0, false)),
    ("Null", other(K::Null, 0, false)),
    ("BVI", ethernet(K::Bridge, 10_000_000)),
    ("tunnel-ip", other(K::Tunnel, 100, true)),
    ("tunnel-ipsec", other(K::Tunnel, 100, true)),
    ("tunnel-te", other(K::Tunnel, 0, true)),
    ("tunnel-mte", other(K::Tunnel, 0, true)),
    ("tunnel-tp", other(K::Tunnel, 0, true)),
    ("Serial", other(K::Physical, 1_544, true)),
    ("POS", other(K::Physical, 155_520, true)),
    ("ATM", other(K::Physical, 155_000, true)),
    ("Multilink", other(K::Aggregate, 0, true)),
    ("PW-Ether", ethernet(K::Other, 0)),
    ("PW-IW", other(K::Other, 0, true)),
    ("CEM", other(K::Other, 0, true)),
    ("nve", other(K::Vxlan, 0, false)),
];

/// The full name and kind of an interface as typed. `None`: it does not look like an interface at all.
pub(super) fn read(typed: &[&str]) -> Option<(Name, Port)> {
    let one;
    let text = match typed {
        [] => return None,
        [word, number, ..]
            if number.starts_with(|c: char| c.is_ascii_digit()) && !word.contains(|c: char| c.is_ascii_digit()) =>
        {
            one = format!("{word}{number}");
            &one
        }
        [word, ..] => *word,
    };
    let digits = text.find(|c: char| c.is_ascii_digit())?;
    let (word, number) = text.split_at(digits);
    if word.is_empty() || !word.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-') {
        return None;
    }
    let begins = |full: &str| full.len() >= word.len() && full.as_bytes()[..word.len()].eq_ignore_ascii_case(word.as_bytes());
    let Some((full, port)) = PORTS.iter().find(|(full, _)| begins(full)) else {
        return Some((text.into(), Port { kind: K::Other, ..Port::default() }));
    };
    let full = if *full == "BE" { "Bundle-Ether" } else { full };
    let mut port = *port;
    if number.contains('.') && port.kind != K::Loopback {
        port.kind = K::Subinterface;
    }
    Some((format!("{full}{number}").into(), port))
}

/// Whether a word can only be an interface (used where an address may stand too).
pub(super) fn looks_like(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic())
        && !word.contains(':')
        && read(&[word]).is_some_and(|(_, p)| p != Port { kind: K::Other, ..Port::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_become_full_names() {
        for (typed, full) in [
            (&["Gi0/0/0/1"][..], "GigabitEthernet0/0/0/1"),
            (&["GigabitEthernet", "0/0/0/1.35"], "GigabitEthernet0/0/0/1.35"),
            (&["MgmtEth0/RP0/CPU0/0"], "MgmtEth0/RP0/CPU0/0"),
            (&["be10"], "Bundle-Ether10"),
            (&["Bundle-ether1"], "Bundle-Ether1"),
            (&["Te0/0/0/24/0"], "TenGigE0/0/0/24/0"),
            (&["lo0"], "Loopback0"),
            (&["tunnel-ip5"], "tunnel-ip5"),
            (&["Hu0/0/1/0", "l2transport"], "HundredGigE0/0/1/0"),
        ] {
            assert_eq!(&*read(typed).unwrap().0, full);
        }
        assert_eq!(read(&["BE1.100"]).unwrap().1.kind, InterfaceKind::Subinterface);
        assert!(read(&["10.0.0.1"]).is_none());
        assert!(looks_like("Null0") && !looks_like("10.0.0.1") && !looks_like("2001:db8::1") && !looks_like("vrf"));
    }
}
