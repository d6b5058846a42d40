//! What an interface says of VLANs, tunnels and first-hop redundancy.

use super::{Done, Reader, VRF, negation};
use crate::model::interface::RedundancyProtocol;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::ios::config::SwitchMode;
use crate::vendors::ios::ports;

impl<'a, 't> Reader<'a, 't> {
    pub(super) fn interface_switchport(&mut self, n: usize, node: &'a Node<'t>, no: bool, w: &[&str]) -> Done {
        match w {
            [] => self.on(n).switchport = Some(!no),
            ["mode", mode, ..] if !no => {
                self.on(n).switch_mode = Some(match *mode {
                    "access" => SwitchMode::Access,
                    "trunk" => SwitchMode::Trunk,
                    "dynamic" => SwitchMode::Dynamic,
                    _ => return self.gap_line(node, "this switchport mode is not modelled"),
                });
            }
            ["access", "vlan", vlan] if !no => {
                return self.set(node, vlan, "a VLAN number", |c, v| c.interfaces.at(n).access_vlan = Some(v));
            }
            ["trunk", "native", "vlan", vlan] if !no => {
                if *vlan != "tag" {
                    return self.set(node, vlan, "a VLAN number", |c, v| c.interfaces.at(n).native_vlan = Some(v));
                }
            }
            ["trunk", "allowed", "vlan", list @ ..] if !no => {
                let i = self.on(n);
                let (how, list) = match list {
                    [how @ ("add" | "remove" | "except" | "all" | "none"), rest @ ..] => (*how, rest.concat()),
                    _ => ("", list.concat()),
                };
                let Some(read) = values::ranges(&list) else {
                    return self.bad(node, w.last().copied().unwrap_or(""), "a list of VLANs");
                };
                let all = || vec![(1, 4094)];
                i.allowed = Some(match how {
                    "all" => all(),
                    "none" => Vec::new(),
                    "add" => {
                        let mut now = i.allowed.take().unwrap_or_default();
                        now.extend(read);
                        now.sort_unstable();
                        now
                    }
                    "except" => without(&all(), &read),
                    "remove" => without(&i.allowed.take().unwrap_or_else(all), &read),
                    _ => read,
                });
            }
            // Private VLANs, port security, voice, encapsulation, negotiation.
            ["private-vlan", ..] if !no => return self.gap_line(node, "private VLANs are not modelled"),
            _ => return self.quiet_line(node),
        }
        self.known(node)
    }

    pub(super) fn interface_tunnel(&mut self, n: usize, node: &'a Node<'t>, no: bool, w: &[&str]) -> Done {
        if no {
            return self.quiet_line(node);
        }
        match w {
            ["source", source @ ..] => {
                let text = source.first().copied().unwrap_or("");
                let name = if ports::looks_like(text) || source.len() > 1 {
                    self.refer_interface(node, source, "tunnel source")
                } else {
                    None
                };
                self.on(n).tunnel.source = Some(name.unwrap_or_else(|| text.into()));
            }
            ["destination", ip] if ip.parse::<std::net::IpAddr>().is_ok() => {
                self.on(n).tunnel.destination = ip.parse().ok();
            }
            ["destination", ..] => return self.gap_line(node, "a tunnel destination that is no address is not modelled"),
            ["mode", mode @ ..] => {
                let mode = mode.join(" ");
                if mode.contains("multipoint") {
                    self.on(n).tunnel.mode = Some(mode.into());
                    return self.gap_line(node, "multipoint tunnels (DMVPN) are not modelled");
                }
                self.on(n).tunnel.mode = Some(mode.into());
            }
            ["vrf", name, ..] => {
                let name = self.refer(node, VRF, name, "tunnel vrf");
                self.on(n).tunnel.vrf = Some(name);
            }
            _ => return self.quiet_line(node),
        }
        self.known(node)
    }

    /// `standby|vrrp|glbp [group] …`.
    pub(super) fn interface_redundancy(&mut self, n: usize, node: &'a Node<'t>, no: bool, w: &[&str]) -> Done {
        if no {
            return self.quiet_line(node);
        }
        let protocol = match w.first() {
            Some(&"standby") => RedundancyProtocol::Hsrp,
            Some(&"vrrp") => RedundancyProtocol::Vrrp,
            _ => RedundancyProtocol::Glbp,
        };
        let (group, rest) = match w {
            [_, number, rest @ ..] if number.parse::<u32>().is_ok() => (number.parse().unwrap_or(0), rest),
            [_, rest @ ..] => (0, rest),
            _ => return Done::Unknown,
        };
        let origin = self.origin(node);
        let (mut open, mut rest) = (false, rest);
        if let ["address-family", _] = rest {
            (open, rest) = (true, &[]);
        }
        let at = self.on(n).group(protocol, group, origin);
        match rest {
            [] if open => {
                // `vrrp 1 address-family ipv4`: settings stand below it.
                self.known(node);
                for line in &node.children {
                    let (no, words) = negation(line);
                    let at = self.on(n).group(protocol, group, origin);
                    match words {
                        ["address", ip, ..] if !no => at.addresses.extend(ip.parse::<std::net::IpAddr>().ok()),
                        ["priority", p] if !no => at.priority = p.parse().unwrap_or(at.priority),
                        ["preempt", ..] => at.preempt = !no,
                        _ => {
                            self.quiet_line(line);
                            continue;
                        }
                    }
                    self.known(line);
                }
                return Done::Whole;
            }
            ["ip" | "ipv6", ip, ..] => match ip.parse::<std::net::IpAddr>() {
                Ok(ip) => at.addresses.push(ip),
                Err(_) if *ip == "autoconfig" => {}
                Err(_) => return self.bad(node, ip, "an address"),
            },
            ["ip"] => {}
            ["priority", priority, ..] => match priority.parse() {
                Ok(p) => at.priority = p,
                Err(_) => return self.bad(node, priority, "a priority"),
            },
            ["preempt", ..] => at.preempt = true,
            ["track", ..] => return self.gap_line(node, "tracking is not modelled: tracked objects are taken to be up"),
            // version, timers, authentication, name, delay, …: not which router is active.
            _ => return self.quiet_line(node),
        }
        self.known(node)
    }
}

/// Ranges without those of `out`.
fn without(ranges: &[(u16, u16)], out: &[(u16, u16)]) -> Vec<(u16, u16)> {
    let mut left = ranges.to_vec();
    for &(a, b) in out {
        left = left
            .into_iter()
            .flat_map(|(x, y)| {
                let below = (x < a).then(|| (x, y.min(a.saturating_sub(1))));
                let above = (y > b).then(|| (x.max(b.saturating_add(1)), y));
                if y < a || x > b { [Some((x, y)), None] } else { [below, above] }
            })
            .flatten()
            .collect();
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vlans_are_taken_out() {
        assert_eq!(without(&[(1, 4094)], &[(10, 20)]), [(1, 9), (21, 4094)]);
        assert_eq!(without(&[(1, 5), (7, 9)], &[(5, 7)]), [(1, 4), (8, 9)]);
        assert!(without(&[(3, 3)], &[(1, 10)]).is_empty());
    }
}
