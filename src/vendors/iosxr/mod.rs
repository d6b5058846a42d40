//! Cisco IOS-XR.
//!
//! In: one config (`show running-config`). Out: a [`Device`]. Law: `read` fills [`config::Config`] with what is said, `lower` turns
//! it into the model (and says what of the route policies it cannot), `defaults` holds what is not said.
//! Start reading at `README.md` beside this file, then [`read`]. Tests: `tests.rs`.

mod config;
mod defaults;
mod groups;
mod lower;
mod ports;
mod read;
mod rpl;
#[cfg(test)]
mod tests;

use super::sink::Sink;
use super::{ConfigFile, Vendor};
use crate::model::Device;
use crate::syntax::lines::{self, RawEnd, Shape};

/// The vendor's entry in [`VENDORS`](super::VENDORS).
#[derive(Debug)]
pub struct IosXr;

impl Vendor for IosXr {
    fn os(&self) -> &'static str {
        "cisco_iosxr"
    }

    fn tells(&self, text: &str) -> u32 {
        tells(text)
    }

    fn read(&self, files: &[ConfigFile<'_>], sink: &mut Sink) -> Device {
        let mut config = config::Config::default();
        for file in files {
            let text = file.text.trim_start_matches('\u{feff}');
            let mut tree = lines::parse(file.id, text, &SHAPE);
            groups::apply(&mut tree, sink);
            read::read(&tree, sink, &mut config);
        }
        let (device, notes) = lower::lower(&config);
        notes.tell(sink);
        device
    }
}

/// `!` starts a comment, `#` a remark of a policy or set; banners and certificates are raw.
const SHAPE: Shape = Shape { comments: &['!', '#'], raw };

fn raw(line: &str) -> Option<RawEnd<'_>> {
    let rest = line.strip_prefix("banner ")?;
    // `banner motd ^C…^C`: the mark is any character; `^C` is how the control character is printed.
    let (_, text) = rest.trim_start().split_once(' ')?;
    let text = text.trim_start();
    let mark = if text.starts_with("^C") { "^C" } else { text.get(..text.chars().next()?.len_utf8())? };
    Some(RawEnd::Text(mark, line.len() - text.len() + mark.len()))
}

/// Lines at column 1 that settle the matter for IOS-XR.
const OWN: &[(&str, u32)] = &[
    ("!! IOS XR", 98),
    ("!RANCID-CONTENT-TYPE: cisco-xr", 98),
    ("end-policy", 60),
    ("end-set", 50),
    ("prefix-set ", 40),
    ("community-set ", 40),
    ("as-path-set ", 40),
    ("extcommunity-set ", 40),
    ("rd-set ", 40),
    ("route-policy ", 30),
    ("router static", 50),
    ("interface MgmtEth", 50),
    ("interface Bundle-Ether", 40),
    ("interface TenGigE0", 30),
    ("interface HundredGigE", 20),
    ("interface preconfigure ", 60),
    ("ipv4 access-list ", 40),
    ("ipv4 netmask-format", 40),
    ("router hsrp", 10),
    ("router vrrp", 10),
    ("ssh server v2", 20),
    ("RP/0/", 60),
    ("end-group", 40),
    ("taskgroup ", 40),
    ("multicast-routing", 15),
    ("line default", 20),
    ("router ospfv3 ", 5),
];

/// Lines of other OSes.
const OTHERS: &[&str] = &[
    "route-map ",
    "ip route ",
    "ip prefix-list ",
    "ip access-list ",
    "feature ",
    "! Command: show running-config",
    "!Command: show running-config",
    "! device: ",
    "frr version",
    "frr defaults",
    "service timestamps",
    "boot-start-marker",
    "ASA Version",
    "set ",
    "iface ",
];

/// How sure the text is IOS-XR: what its lines say, capped; lines of other OSes count against it.
fn tells(text: &str) -> u32 {
    let text = text.trim_start_matches('\u{feff}');
    let (mut sure, mut against) = (0u32, 0u32);
    let mut seen = [false; OWN.len()];
    let mut on_port = false;
    for line in text.lines().take(4000) {
        let Some(first) = line.bytes().next() else { continue };
        if first == b' ' {
            let body = line.trim_start();
            if on_port && body.starts_with("ipv4 address ") {
                sure = sure.saturating_add(40).min(200);
            } else if body.starts_with("ip address ") {
                against += 30;
            }
            continue;
        }
        on_port = line.starts_with("interface ");
        let begins = |with: &str| with.as_bytes().first() == Some(&first) && line.starts_with(with);
        for (at, (own, weight)) in OWN.iter().enumerate() {
            if !seen[at] && begins(own) {
                seen[at] = true;
                sure = sure.saturating_add(*weight);
            }
        }
        // `interface GigabitEthernet0/0/0/1`: four parts in a port's number.
        if begins("interface ")
            && line.split_ascii_whitespace().nth(1).is_some_and(|p| p.bytes().filter(|b| *b == b'/').count() == 3)
        {
            sure = sure.saturating_add(40).min(200);
        }
        if OTHERS.iter().any(|o| begins(o)) || line.ends_with('{') || line.ends_with(';') {
            against += 30;
        }
    }
    sure.saturating_sub(against).min(98)
}
