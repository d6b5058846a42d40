//! Cisco NX-OS.
//!
//! In: running-configs. Out: a [`Device`]. Law: `config` is shaped as NX-OS thinks, `read` fills it, `lower` turns it into the
//! model, `defaults` cites each implicit value. Start reading at `README.md` beside this file, then `read/mod.rs`. Tests: beside each
//! file.

mod config;
mod defaults;
mod lower;
mod read;

use super::sink::Sink;
use super::{ConfigFile, Vendor};
use crate::model::Device;

/// The vendor's entry in [`VENDORS`](super::VENDORS).
#[derive(Debug)]
pub struct Nxos;

impl Vendor for Nxos {
    fn os(&self) -> &'static str {
        "cisco_nxos"
    }

    fn tells(&self, text: &str) -> u32 {
        tells(text)
    }

    fn read(&self, files: &[ConfigFile<'_>], sink: &mut Sink) -> Device {
        let config = read::read(files, sink);
        lower::lower(&config)
    }
}

/// Lines that only NX-OS has: they decide alone.
const CERTAIN: &[&str] = &[
    "!RANCID-CONTENT-TYPE: cisco-nx",
    "!!RANCID-CONTENT-TYPE: cisco-nx",
    "boot nxos ",
    "boot kickstart bootflash:",
    "boot system bootflash:/n",
    "vdc ",
    "nv overlay evpn",
    "feature nv overlay",
    "feature interface-vlan",
    "feature vn-segment-vlan-based",
    "feature-set ",
    "install feature-set ",
    "copp profile ",
    "fabric forwarding anycast-gateway-mac ",
    "system default switchport",
    "no system default switchport",
    "switchname ",
    "icam monitor",
];

/// Lines of relatives: then it is not NX-OS, whatever else is there.
const NEVER: &[&str] = &[
    "frr version",
    "frr defaults",
    "Building configuration",
    "Current configuration : ",
    "boot-start-marker",
    "!! IOS XR",
    "! device: ",
    "!RANCID-CONTENT-TYPE: arista",
    "!RANCID-CONTENT-TYPE: cisco-xr",
    "service integrated-vtysh-config",
    "service timestamps",
    "transceiver qsfp default-mode",
    "service routing protocols model",
    "ASA Version",
    "RP/0/",
    "end-policy",
];

/// Lines at the left margin that NX-OS writes this way, and few others do.
const LIKELY: &[(&str, u32)] = &[
    ("!Command: show running-config", 40),
    ("!Command: show startup-config", 40),
    ("!Running configuration last done at:", 40),
    ("feature ", 30),
    ("no feature ", 30),
    ("vrf context ", 40),
    ("interface mgmt0", 35),
    ("interface port-channel", 15),
    ("interface loopback", 10),
    ("interface nve", 20),
    ("interface breakout ", 30),
    ("no password strength-check", 30),
    ("interface Ethernet", 5),
    ("interface Vlan", 3),
    ("rmon event ", 15),
    ("role network-", 10),
    ("ip domain-lookup", 3),
    ("vpc domain ", 30),
    ("fex ", 10),
    ("cfs ", 10),
    ("router bgp ", 2),
    ("router ospf ", 2),
    ("vlan ", 2),
    ("ip access-list ", 2),
    ("route-map ", 2),
    ("ip prefix-list ", 2),
    ("ip route ", 2),
];

/// Lines inside blocks.
const LIKELY_INSIDE: &[(&str, u32)] = &[
    ("vrf member ", 35),
    ("ip router ospf ", 35),
    ("ip router isis ", 5),
    ("ip router eigrp ", 35),
    ("ipv6 router ospfv3 ", 35),
    ("limit-resource ", 35),
    ("address-family ipv4 unicast", 2),
    ("inherit peer ", 15),
    ("no switchport", 3),
    ("vn-segment ", 35),
    ("fabric forwarding mode ", 40),
    ("member vni ", 35),
    ("redistribute direct ", 25),
    ("vpc peer-link", 30),
];

/// How sure the text is NX-OS.
fn tells(text: &str) -> u32 {
    let text = text.trim_start_matches('\u{feff}');
    let (mut sure, mut certain, mut masks) = (0u32, false, false);
    let mut seen = [false; LIKELY.len() + LIKELY_INSIDE.len()];
    for line in text.lines().take(4000) {
        let body = line.trim_start();
        let outside = body.len() == line.len();
        if outside {
            if NEVER.iter().any(|t| body.starts_with(t)) {
                return 0;
            }
            certain |= CERTAIN.iter().any(|t| body.starts_with(t));
            // `version 9.3(3) Bios:version`: with a bracket, and a word after it.
            if let Some(v) = body.strip_prefix("version ") {
                certain |= v.contains("Bios:");
                sure += if v.contains('(') { 20 } else { 0 };
            }
            if body.ends_with('{') || body.starts_with("set ") {
                return 0;
            }
        }
        let (list, from) = if outside { (LIKELY, 0) } else { (LIKELY_INSIDE, LIKELY.len()) };
        for (n, (start, weight)) in list.iter().enumerate() {
            if body.starts_with(start)
                && let Some(slot) = seen.get_mut(from + n)
                && !*slot
            {
                *slot = true;
                sure += weight;
            }
        }
        if !outside {
            // IOS writes masks.
            masks |= body.strip_prefix("ip address ").is_some_and(|a| a.contains(" 255."));
        }
    }
    match (certain, masks && sure < 60) {
        (true, _) => 98,
        (false, true) => 0,
        (false, false) if sure >= 30 => sure.min(90),
        (false, false) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vendors::recognise;

    #[test]
    fn nxos_is_told_from_its_relatives() {
        let os = |text: &str| recognise(text).map(|(v, _)| v.os());
        for text in [
            "!Command: show running-config\nversion 9.2(3) Bios:version\nhostname a\nvdc a id 1\n",
            "hostname a\nfeature bgp\nfeature ospf\ninterface Ethernet1/1\n  no switchport\n  ip address 10.0.0.1/31\n",
            "!RANCID-CONTENT-TYPE: cisco-nx\n!\nhostname nxos\n",
            "vrf context A\ninterface Ethernet1/1\n  no switchport\n  vrf member A\n  ip address 10.0.0.1/24\n",
            "boot nxos bootflash:/nxos.9.2.3.bin\ninterface mgmt0\n",
        ] {
            assert_eq!(os(text), Some("cisco_nxos"), "{text}");
        }
        for (other, text) in [
            (
                "cisco_ios",
                "version 15.7\nservice timestamps debug\nhostname a\ninterface Ethernet0/1\n ip address 10.0.0.1 255.255.255.0\n",
            ),
            (
                "arista_eos",
                "! device: a (vEOS, EOS-4.23.0.1F)\ninterface Ethernet1\n   no switchport\n   ip address 10.0.0.1/31\n",
            ),
            ("frr", "frr version 8.4\nhostname a\ninterface eth0\n ip address 10.0.0.1/31\n"),
            ("juniper_junos", "system {\n host-name a;\n}\ninterfaces {\n lo0 { unit 0; }\n}\n"),
        ] {
            assert_eq!(os(text), Some(other), "{text}");
        }
        assert_eq!(tells(""), 0);
    }
}
