//! Interface names of IOS: which words and abbreviations there are, and what each kind of port implies.
//!
//! In: an interface as typed (`Gi0/1`, `interface GigabitEthernet 0/1`). Out: its full name and [`Port`]. Law: what
//! `show running-config` prints is the full name; IOS takes any unambiguous beginning, in any case.

use crate::model::device::Name;
use crate::model::interface::InterfaceKind;

/// What a kind of port implies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Port {
    /// Its kind (subinterfaces are told by their number).
    pub kind: InterfaceKind,
    /// Default `bandwidth` in kbit/s (`show interfaces`, "BW"); 0 = unknown.
    pub bandwidth: u64,
    /// Point-to-point by nature (serial links, tunnels): it has no broadcast.
    pub point_to_point: bool,
    /// It is an Ethernet port: `speed` sets its bandwidth.
    pub ethernet: bool,
}

use InterfaceKind as K;

const fn port(kind: InterfaceKind, bandwidth: u64, point_to_point: bool, ethernet: bool) -> Port {
    Port { kind, bandwidth, point_to_point, ethernet }
}

/// Full names. Where an abbreviation fits several, the first wins (as `gi` must not mean a rarer port).
/// Bandwidths: "Cisco IOS Interface and Hardware Component Command Reference", `bandwidth`; labs ios_*, iosxe_* (show
/// interfaces: loopback 8000000, tunnel 100, VLAN 1000000 kbit/s).
const PORTS: &[(&str, Port)] = &[
    ("GigabitEthernet", port(K::Physical, 1_000_000, false, true)),
    ("FastEthernet", port(K::Physical, 100_000, false, true)),
    ("Ethernet", port(K::Physical, 10_000, false, true)),
    ("TenGigabitEthernet", port(K::Physical, 10_000_000, false, true)),
    ("TwentyFiveGigE", port(K::Physical, 25_000_000, false, true)),
    ("TwentyFiveGigabitEthernet", port(K::Physical, 25_000_000, false, true)),
    ("FortyGigabitEthernet", port(K::Physical, 40_000_000, false, true)),
    ("FiftyGigE", port(K::Physical, 50_000_000, false, true)),
    ("FiftyGigabitEthernet", port(K::Physical, 50_000_000, false, true)),
    ("HundredGigE", port(K::Physical, 100_000_000, false, true)),
    ("HundredGigabitEthernet", port(K::Physical, 100_000_000, false, true)),
    ("FourHundredGigE", port(K::Physical, 400_000_000, false, true)),
    ("TwoGigabitEthernet", port(K::Physical, 2_500_000, false, true)),
    ("TwoPiGigabitEthernet", port(K::Physical, 2_500_000, false, true)),
    ("FiveGigabitEthernet", port(K::Physical, 5_000_000, false, true)),
    ("AppGigabitEthernet", port(K::Physical, 1_000_000, false, true)),
    ("Loopback", port(K::Loopback, 8_000_000, false, false)),
    ("Port-channel", port(K::Aggregate, 0, false, true)),
    ("Vlan", port(K::Vlan, 1_000_000, false, false)),
    ("BDI", port(K::Vlan, 1_000_000, false, false)),
    ("Tunnel", port(K::Tunnel, 100, true, false)),
    ("Serial", port(K::Physical, 1_544, true, false)),
    ("Null", port(K::Null, 10_000_000, false, false)),
    ("BVI", port(K::Bridge, 10_000, false, false)),
    ("POS", port(K::Physical, 155_000, true, false)),
    ("ATM", port(K::Physical, 155_000, true, false)),
    ("Multilink", port(K::Aggregate, 100_000, true, false)),
    ("Dialer", port(K::Other, 56, true, false)),
    ("Virtual-Template", port(K::Other, 100_000, true, false)),
    ("VirtualPortGroup", port(K::Other, 1_000_000, false, false)),
    ("Async", port(K::Physical, 9, true, false)),
    ("Group-Async", port(K::Other, 9, true, false)),
    ("Cellular", port(K::Physical, 0, true, false)),
    ("nve", port(K::Vxlan, 0, false, false)),
    ("vasileft", port(K::Other, 10_000_000, true, false)),
    ("vasiright", port(K::Other, 10_000_000, true, false)),
    ("LISP", port(K::Other, 0, true, false)),
    ("Embedded-Service-Engine", port(K::Other, 10_000, false, true)),
    ("Service-Engine", port(K::Other, 10_000, false, true)),
    ("CEM", port(K::Other, 0, true, false)),
    ("pseudowire", port(K::Other, 0, true, false)),
    ("overlay", port(K::Other, 0, false, false)),
    ("mgmt", port(K::Management, 1_000_000, false, true)),
];

/// Delay in microseconds of a port that is `kbit` fast by nature (`show interfaces`, "DLY"): labs iosxe_* for loopbacks, gigabit ports, port
/// channels and tunnels; the rest as "Cisco IOS Interface and Hardware Component Command Reference", `delay`, has it.
pub(super) fn delay(name: &str, port: Port, kbit: u64) -> u64 {
    match port.kind {
        K::Loopback => 5000,
        K::Tunnel => 50_000,
        K::Bridge => 5000,
        K::Null => 0,
        _ if name.starts_with("Serial") || name.starts_with("Dialer") => 20_000,
        _ if name.starts_with("Async") || name.starts_with("Group-Async") => 100_000,
        _ if port.ethernet && (1..=10_000).contains(&kbit) => 1000,
        _ if port.ethernet && (1..1_000_000).contains(&kbit) => 100,
        _ if name.starts_with("POS") => 100,
        _ => 10,
    }
}

/// The full name and kind of an interface as typed. `None`: it does not look like an interface at all.
pub(super) fn read(typed: &[&str]) -> Option<(Name, Port)> {
    let one;
    let text = match typed {
        [] => return None,
        [word] => *word,
        [word, number, ..]
            if number.starts_with(|c: char| c.is_ascii_digit()) && !word.ends_with(|c: char| c.is_ascii_digit()) =>
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
    let mut port = *port;
    if number.contains('.') && !matches!(port.kind, K::Loopback) {
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
            (&["gi0/1"][..], "GigabitEthernet0/1"),
            (&["GigabitEthernet", "0/1"], "GigabitEthernet0/1"),
            (&["e0/0"], "Ethernet0/0"),
            (&["F0/0"], "FastEthernet0/0"),
            (&["te1/1.100"], "TenGigabitEthernet1/1.100"),
            (&["Port-Channel1"], "Port-channel1"),
            (&["lo0"], "Loopback0"),
            (&["vlan", "10"], "Vlan10"),
            (&["HundredGigE1/0/1"], "HundredGigE1/0/1"),
            (&["Serial0", "point-to-point"], "Serial0"),
        ] {
            assert_eq!(&*read(typed).unwrap().0, full);
        }
        assert_eq!(read(&["te1/1.100"]).unwrap().1.kind, InterfaceKind::Subinterface);
        assert!(read(&["10.0.0.1"]).is_none());
        assert!(
            looks_like("Null0")
                && looks_like("Gi1")
                && !looks_like("10.0.0.1")
                && !looks_like("2001:db8::1")
                && !looks_like("track")
        );
    }
}
