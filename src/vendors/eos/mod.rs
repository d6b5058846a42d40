//! Arista EOS.
//!
//! In: running-configs. Out: a [`Device`]. Law: `config` is shaped as EOS thinks, `read` fills it, `lower` turns it into the
//! model, `defaults` cites each implicit value. Start reading at `read/mod.rs`. Tests: beside each file.

mod config;
mod defaults;
mod lower;
mod read;

use super::sink::Sink;
use super::{ConfigFile, Vendor};
use crate::model::Device;

/// The vendor's entry in [`VENDORS`](super::VENDORS).
#[derive(Debug)]
pub struct Eos;

impl Vendor for Eos {
    fn os(&self) -> &'static str {
        "arista_eos"
    }

    fn tells(&self, text: &str) -> u32 {
        tells(text)
    }

    fn read(&self, files: &[ConfigFile<'_>], sink: &mut Sink) -> Device {
        let config = read::read(files, sink);
        lower::lower(&config, sink)
    }
}

/// Lines only EOS has: they decide alone.
const CERTAIN: &[&str] = &[
    "! device: ",
    "transceiver qsfp default-mode",
    "service routing protocols model",
    "management api http-commands",
    "management api gnmi",
    "daemon TerminAttr",
    "ip virtual-router mac-address",
    "mlag configuration",
    "!RANCID-CONTENT-TYPE: arista",
    "! boot system flash:/",
    "! boot system flash:",
    "agent KernelFib environment",
    "switchport default mode routed",
    "vlan internal order",
    "queue-monitor length",
    "no aaa root",
    "aaa root secret",
];

/// Lines that other OSes of the family have: then it is not EOS, whatever else is there.
const NOT_EOS: &[&str] = &[
    "feature ",
    "frr version",
    "frr defaults",
    "Building configuration",
    "boot-start-marker",
    "!! IOS XR",
    "!RANCID-CONTENT-TYPE: cisco",
    "!RANCID-CONTENT-TYPE: force10",
    "service integrated-vtysh-config",
    "service timestamps",
    "RP/0/",
    "vdc ",
    "log syslog",
];

/// Lines at the left margin that EOS writes this way, and few others do.
const LIKELY: &[(&str, u32)] = &[
    ("interface Ethernet", 10),
    ("interface Management", 25),
    ("interface Port-Channel", 30),
    ("interface Vxlan", 40),
    ("vrf instance ", 30),
    ("ip routing", 5),
    ("ip routing vrf ", 40),
    ("no ip routing vrf ", 40),
    ("spanning-tree mode mstp", 10),
    ("router bfd", 20),
    ("router general", 60),
    ("peer-filter ", 40),
    ("management ", 20),
    ("daemon ", 15),
    ("event-handler ", 15),
    ("router multicast", 15),
    ("ip access-list standard ", 0),
    ("hardware tcam", 30),
    ("hardware speed-group", 40),
];

/// Lines inside blocks.
const LIKELY_INSIDE: &[(&str, u32)] = &[
    ("no switchport", 5),
    ("neighbor interface ", 40),
    ("peer group", 25),
    ("bgp listen range", 2),
    ("encapsulation dot1q vlan ", 40),
    ("ip address virtual ", 40),
    ("vxlan source-interface ", 40),
    ("isis enable ", 25),
    ("channel-group ", 2),
    ("speed forced ", 30),
    ("maximum-routes ", 25),
    ("max-lsa ", 10),
    ("mlag ", 20),
    ("seq ", 3),
    ("vlan-aware-bundle ", 40),
];

fn tells(text: &str) -> u32 {
    if text.contains("EOS-4.") && text.contains("! device: ") {
        return 100;
    }
    let (mut sure, mut certain, mut three, mut cidr) = (0, false, 0, false);
    for line in text.lines().take(3000) {
        let body = line.trim_start();
        let indent = line.len() - body.len();
        if indent == 0 {
            if NOT_EOS.iter().any(|t| body.starts_with(t)) {
                return 0;
            }
            // Images of EOS end in `.swi`.
            certain |= CERTAIN.iter().any(|t| body.starts_with(t))
                || body.starts_with("boot system flash") && body.trim_end().ends_with(".swi");
            if body.ends_with('{') || body.starts_with("set ") || body.starts_with("version ") && body.contains('.') && !certain {
                return 0;
            }
            sure += LIKELY.iter().filter(|(t, _)| body.starts_with(t)).map(|(_, n)| *n).max().unwrap_or(0);
        } else {
            three += u32::from(indent == 3);
            sure += LIKELY_INSIDE.iter().filter(|(t, _)| body.starts_with(t)).map(|(_, n)| *n).max().unwrap_or(0);
            if body.starts_with("neighbor ") && (body.contains(" peer group") || body.contains(" maximum-routes ")) {
                sure += 40;
            }
            cidr |= body.strip_prefix("ip address ").is_some_and(|a| a.contains('/'));
        }
    }
    if certain {
        return 95;
    }
    // Three spaces and addresses with a length: the way EOS prints; NX-OS prints two, IOS one and masks.
    if three > 0 && cidr {
        sure += 30;
    } else if three == 0 && !cidr {
        sure /= 2;
    }
    if sure >= 30 { sure.min(85) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eos_is_recognised_and_others_are_not() {
        assert_eq!(tells("! Command: show running-config\n! device: a (vEOS, EOS-4.23.0.1F)\n"), 100);
        assert!(tells("hostname a\ninterface Ethernet1\n   no switchport\n   ip address 10.0.0.1/31\n!\nip routing\nend\n") > 30);
        assert!(tells("vrf instance MGMT\n!\ninterface Management1\n   vrf MGMT\n   ip address 10.0.0.1/24\n") > 50);
        for other in [
            "hostname a\nfeature bgp\ninterface Ethernet1/1\n  no switchport\n  ip address 10.0.0.1/31\n",
            "frr version 8.4\nhostname a\ninterface eth0\n ip address 10.0.0.1/31\n",
            "version 15.7\nhostname a\ninterface Ethernet0/1\n ip address 10.0.0.1 255.255.255.0\nrouter ospf 1\n",
            "system {\n host-name a;\n}\n",
            "hostname a\nrouter bgp 1\n neighbor 10.0.0.1 remote-as 2\n",
            "",
        ] {
            assert_eq!(tells(other), 0, "{other}");
        }
    }
}
