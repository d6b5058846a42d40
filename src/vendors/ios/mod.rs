//! Cisco IOS and IOS-XE.
//!
//! In: one config (`show running-config` or startup config). Out: a [`Device`]. Law: `read` fills [`config::Config`] with what
//! is said, `lower` turns it into the model, `defaults` holds what is not said. Start reading at `README.md` beside this
//! file, then [`read`]. Tests: `tests.rs`.

mod config;
mod defaults;
mod lower;
mod ports;
mod read;
#[cfg(test)]
mod tests;

use super::sink::Sink;
use super::{ConfigFile, Vendor};
use crate::model::Device;
use crate::syntax::lines::{self, RawEnd, Shape};

/// The vendor's entry in [`VENDORS`](super::VENDORS).
#[derive(Debug)]
pub struct Ios;

impl Vendor for Ios {
    fn os(&self) -> &'static str {
        "cisco_ios"
    }

    fn tells(&self, text: &str) -> u32 {
        tells(text)
    }

    fn read(&self, files: &[ConfigFile<'_>], sink: &mut Sink) -> Device {
        let mut config = config::Config::default();
        for file in files {
            let text = file.text.trim_start_matches('\u{feff}');
            let tree = lines::parse(file.id, text, &SHAPE);
            read::read(&tree, sink, &mut config);
        }
        lower::lower(&config)
    }
}

/// Comments start with `!`; banners, certificates and keys are raw.
const SHAPE: Shape = Shape { comments: &['!'], raw };

fn raw(line: &str) -> Option<RawEnd<'_>> {
    match line.as_bytes().first()? {
        b'b' => {
            let rest = line.strip_prefix("banner ")?;
            // `banner login ^C…^C`: the mark is any character; `^C` is how the control character is printed.
            let (_, text) = rest.trim_start().split_once(' ')?;
            let text = text.trim_start();
            let mark = if text.starts_with("^C") { "^C" } else { text.get(..text.chars().next()?.len_utf8())? };
            let from = line.len() - text.len() + mark.len();
            Some(RawEnd::Text(mark, from))
        }
        b'c' if line.starts_with("certificate ") && !line.contains(" nvram:") => Some(RawEnd::Line("quit")),
        b'k' if line.starts_with("key-string ") || line.trim_end() == "key-string" => {
            // A key of one line has its value here; a public key's lines end in `quit`.
            (line.split_ascii_whitespace().count() == 1).then_some(RawEnd::Line("quit"))
        }
        _ => None,
    }
}

/// Lines that only other OSes with this kind of config have, and that settle the matter.
const NEVER: &[&str] = &[
    "feature ",
    "boot nxos",
    "boot system flash:EOS",
    "boot system flash:/EOS",
    "!! IOS XR",
    "!Command: show running-config",
    "! Command: show running-config",
    "! device: ",
    "frr version",
    "frr defaults",
    "!RANCID-CONTENT-TYPE: arista",
    "!RANCID-CONTENT-TYPE: cisco-",
    "ASA Version",
    "PIX Version",
    "daemon TerminAttr",
    "service routing protocols model",
    "transceiver qsfp default-mode",
    "vdc ",
    "service integrated-vtysh-config",
    "end-policy",
    "community-set ",
    "as-path-set ",
    "extcommunity-set ",
    "rd-set ",
    "ipv4 access-list ",
    "router static",
    "RP/0/",
    "prefix-set ",
    "interface MgmtEth",
];

/// Lines that count against IOS.
const OTHERS: &[&str] = &[
    "route-policy ",
    "interface mgmt0",
    "interface Management",
    "management api",
    "management ssh",
    "log syslog informational",
    "zebra ",
    "interface swp",
    "iface ",
    "interface eth",
    "interface Bundle-Ether",
    "interface loopback",
    "interface port-channel",
];

/// Lines that IOS prints.
const OWN: &[(&str, u32)] = &[
    ("!RANCID-CONTENT-TYPE: cisco", 60),
    ("Current configuration : ", 50),
    ("Building configuration", 20),
    ("service timestamps", 30),
    ("boot-start-marker", 40),
    ("service password-encryption", 15),
    ("no service password-encryption", 20),
    ("enable secret 5", 10),
    ("ip cef", 15),
    ("no ip domain lookup", 15),
    ("no ip domain-lookup", 15),
    ("ip classless", 20),
    ("ip subnet-zero", 20),
    ("control-plane", 5),
    ("line vty ", 15),
    ("line con 0", 25),
    ("line aux 0", 25),
    ("mmi ", 20),
    ("license udi ", 25),
    ("platform ", 5),
    ("interface GigabitEthernet", 25),
    ("interface FastEthernet", 25),
    ("interface TenGigabitEthernet", 25),
    ("interface Loopback", 5),
    ("interface Serial", 15),
    ("interface Tunnel", 3),
    ("interface Vlan", 5),
    ("router bgp ", 5),
    ("router ospf ", 5),
    ("router isis", 3),
    ("router eigrp ", 10),
    ("router rip", 5),
    ("ip forward-protocol nd", 30),
    ("vrf definition ", 20),
    ("ip vrf ", 10),
    ("!!", 0),
    ("interface Ethernet0/", 40),
    ("interface Ethernet", 5),
    ("interface Port-channel", 5),
    ("interface ", 3),
    ("access-list ", 10),
    ("ip access-list ", 5),
    ("ip prefix-list ", 3),
    ("route-map ", 3),
    ("ip route ", 3),
    ("crypto isakmp ", 15),
    ("crypto ", 8),
    ("aaa ", 3),
    ("hostname ", 3),
    ("spanning-tree extend system-id", 25),
    ("object-group ", 8),
    ("ip nat ", 10),
    ("track ", 5),
    ("zone ", 5),
    ("class-map ", 5),
    ("policy-map ", 5),
    ("ip community-list ", 3),
    ("ip as-path ", 3),
    ("ipv6 unicast-routing", 8),
    ("snmp-server ", 3),
    ("ntp ", 3),
    ("logging ", 3),
    ("ip ssh ", 5),
    ("ip http ", 10),
    ("no ip http ", 20),
    ("mpls ", 5),
    ("key chain ", 3),
    ("line ", 5),
    ("redundancy", 5),
    ("vlan internal", 5),
    ("ipv6 ", 2),
    ("ip ", 2),
];

/// How sure the text is IOS: the sum of what its lines say, capped; lines of a relative's OS count against it.
fn tells(text: &str) -> u32 {
    let text = text.trim_start_matches('\u{feff}');
    let (mut sure, mut against) = (0u32, 0u32);
    let mut lengths = false;
    let mut seen = vec![false; OWN.len()];
    for line in text.lines().take(4000) {
        let Some(first) = line.bytes().next() else { continue };
        if first == b' ' {
            if line.trim_start().starts_with("ip address ") {
                let with_mask = line.split_ascii_whitespace().nth(3).is_some_and(|m| m.starts_with("255."));
                let with_length = line.split_ascii_whitespace().nth(2).is_some_and(|a| a.contains('/'));
                if with_mask {
                    sure = sure.saturating_add(8).min(90);
                }
                // IOS writes masks; EOS, NX-OS and FRR write lengths.
                lengths |= with_length;
            }
            continue;
        }
        let begins = |with: &str| with.as_bytes().first() == Some(&first) && line.starts_with(with);
        for (at, (own, weight)) in OWN.iter().enumerate() {
            if !seen[at] && begins(own) {
                seen[at] = true;
                sure = sure.saturating_add(*weight);
            }
        }
        if NEVER.iter().any(|o| begins(o)) {
            return 0;
        }
        if OTHERS.iter().any(|o| begins(o)) {
            against += 30;
        }
        if line.ends_with('{') || line.ends_with(';') || line.starts_with("set ") {
            against += 20;
        }
        // `vrf X` alone is IOS-XR's and FRR's; four parts in a port's number are IOS-XR's.
        let words = || line.split_ascii_whitespace();
        if begins("vrf ") && words().count() == 2 {
            return 0;
        }
        if begins("interface ") && words().nth(1).is_some_and(|p| p.bytes().filter(|b| *b == b'/').count() == 3) {
            against += 40;
        }
        // `version 15.7` (IOS) against `version 9.3(3) Bios:` (NX-OS) and `version 18.4R1` (Junos).
        if let Some(v) = line.strip_prefix("version ") {
            let number = v.trim();
            if number.bytes().all(|b| b.is_ascii_digit() || b == b'.') && number.split('.').count() == 2 {
                sure = sure.saturating_add(40);
            }
        }
    }
    // A config of this shape that says little is IOS rather than nothing.
    let least = u32::from(sure > 0 && against == 0);
    sure.min(95).saturating_sub(against + if lengths { 20 } else { 0 }).max(least)
}
