//! `router hsrp` and `router vrrp`: groups of interfaces.

use super::{Done, Mode, Reader, negation};
use crate::model::interface::{RedundancyGroup, RedundancyProtocol};
use crate::syntax::tree::Node;
use crate::vendors::iosxr::defaults;

impl<'a, 't> Reader<'a, 't> {
    pub(super) fn redundancy_line(&mut self, vrrp: bool, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        match w {
            ["interface", typed @ ..] if !no => {
                let Some(name) = self.refer_interface(node, typed, "first-hop redundancy") else {
                    return self.bad(node, "", "an interface");
                };
                // An interface that is not configured has no group.
                let n = self.config.interfaces.items.iter().position(|(i, _)| *i == name);
                self.open(node, Mode::RedundancyInterface(vrrp, n))
            }
            ["message" | "bfd" | "logging", ..] => self.quiet(node),
            _ => Done::Unknown,
        }
    }

    pub(super) fn redundancy_interface_line(&mut self, vrrp: bool, i: Option<usize>, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        match w {
            _ if no => self.quiet(node),
            ["address-family", "ipv4" | "ipv6"] => self.open(node, Mode::RedundancyInterface(vrrp, i)),
            ["hsrp" | "vrrp", "bfd" | "delay" | "use-bia" | "redirects" | "mac-refresh", ..] => self.quiet(node),
            ["hsrp" | "vrrp", rest @ ..] => {
                let group = rest.iter().find_map(|w| w.parse::<u32>().ok()).unwrap_or(0);
                let at = rest.iter().position(|w| w.parse::<u32>().is_ok()).map_or(0, |n| n + 1);
                self.group(vrrp, i, group, node);
                match &rest[at..] {
                    [] | ["version", ..] => self.open(node, Mode::RedundancyGroup(vrrp, i, group)),
                    // Old releases print the settings behind the number.
                    words => self.group_setting(vrrp, i, group, node, words),
                }
            }
            _ => self.quiet(node),
        }
    }

    pub(super) fn redundancy_group_line(&mut self, vrrp: bool, i: Option<usize>, group: u32, node: &'a Node<'t>) -> Done {
        let (no, w) = negation(node);
        if no {
            return self.quiet(node);
        }
        self.group_setting(vrrp, i, group, node, w)
    }

    fn group_setting(&mut self, vrrp: bool, i: Option<usize>, group: u32, node: &'a Node<'t>, w: &[&str]) -> Done {
        match w {
            ["address" | "ipv4" | "ipv6", words @ ..] => {
                let Some(word) = words.iter().find(|w| !matches!(**w, "global" | "linklocal" | "secondary")) else {
                    return self.quiet(node);
                };
                match word.parse() {
                    Ok(ip) => {
                        if let Some(g) = self.group(vrrp, i, group, node) {
                            g.addresses.push(ip);
                        }
                    }
                    Err(_) if matches!(*word, "learn" | "autoconfig" | "autoconfigure") => return self.quiet(node),
                    Err(_) => return self.bad(node, word, "an address"),
                }
            }
            ["priority", value] => match value.parse() {
                Ok(v) => {
                    if let Some(g) = self.group(vrrp, i, group, node) {
                        g.priority = v;
                    }
                }
                Err(_) => return self.bad(node, value, "a priority"),
            },
            ["preempt", rest @ ..] => {
                let on = rest.first() != Some(&"disable");
                if let Some(g) = self.group(vrrp, i, group, node) {
                    g.preempt = on;
                }
            }
            ["track", ..] => return self.gap(node, "tracking is not modelled: tracked objects are taken to be up"),
            [
                "timers"
                | "timer"
                | "bfd"
                | "authentication"
                | "text-authentication"
                | "mac-address"
                | "name"
                | "slave"
                | "accept-mode"
                | "session"
                | "follow"
                | "delay"
                | "use-bia",
                ..,
            ] => return self.quiet(node),
            _ => return Done::Unknown,
        }
        self.known(node)
    }

    fn group(&mut self, vrrp: bool, i: Option<usize>, number: u32, node: &Node<'_>) -> Option<&mut RedundancyGroup> {
        let origin = self.origin(node);
        let protocol = if vrrp { RedundancyProtocol::Vrrp } else { RedundancyProtocol::Hsrp };
        let groups = &mut self.config.interfaces.at(i?).redundancy;
        let at = groups.iter().position(|g| g.protocol == protocol && g.group == number).unwrap_or_else(|| {
            let priority = defaults::REDUNDANCY_PRIORITY;
            groups.push(RedundancyGroup { protocol, group: number, addresses: Vec::new(), priority, preempt: vrrp, origin });
            groups.len() - 1
        });
        groups.get_mut(at)
    }
}
