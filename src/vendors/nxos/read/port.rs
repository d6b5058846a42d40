//! `switchport …`.

use super::Reader;
use super::quiet;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::nxos::config::{Interface, PortMode};

/// What stands after `switchport`.
pub(super) fn switchport<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, port: &mut Interface, rest: &[&str]) {
    match rest {
        [] => port.switchport = Some(true),
        ["mode", mode, ..] => {
            port.mode = Some(match *mode {
                "access" => PortMode::Access,
                "trunk" => PortMode::Trunk,
                _ => {
                    port.mode = Some(PortMode::Other);
                    return r.unmodelled(node, "forwarding through this kind of port is not modelled");
                }
            });
        }
        ["access", "vlan", vlan] => {
            let Some(vlan) = r.value(node, vlan, "a VLAN id") else { return };
            port.access_vlan = Some(vlan);
        }
        ["trunk", "native", "vlan", vlan] if *vlan != "tag" => {
            let Some(vlan) = r.value(node, vlan, "a VLAN id") else { return };
            port.native_vlan = Some(vlan);
        }
        ["trunk", "allowed", "vlan", rest @ ..] => {
            let before = port.allowed.clone().unwrap_or_else(|| vec![(1, 4094)]);
            let (verb, list) = match rest {
                [verb @ ("add" | "remove" | "except"), list @ ..] => (*verb, list),
                list => ("", list),
            };
            let text = list.concat();
            let listed = match text.as_str() {
                "none" => Some(Vec::new()),
                "all" => Some(vec![(1, 4094)]),
                _ => values::ranges(&text).filter(|l| !l.is_empty()),
            };
            let Some(listed) = r.wanted(node, node.word(4), listed, "a list of VLANs") else { return };
            port.allowed = Some(match verb {
                // The running-config cuts a long list: the first line sets, the next ones add.
                "add" => joined(port.allowed.clone().unwrap_or_default(), listed),
                "remove" => minus(&before, &listed),
                "except" => minus(&[(1, 4094)], &listed),
                _ => joined(listed, Vec::new()),
            });
        }
        _ => return r.other(node, &quiet::INTERFACE),
    }
    r.ok(node);
}

/// Two lists of ranges as one, sorted and without overlap.
pub(in crate::vendors::nxos) fn joined(mut a: Vec<(u16, u16)>, b: Vec<(u16, u16)>) -> Vec<(u16, u16)> {
    a.extend(b);
    a.sort_unstable();
    let mut out: Vec<(u16, u16)> = Vec::with_capacity(a.len());
    for (from, to) in a {
        match out.last_mut() {
            Some(last) if u32::from(from) <= u32::from(last.1) + 1 => last.1 = last.1.max(to),
            _ => out.push((from, to)),
        }
    }
    out
}

/// The ranges of `a` without those of `b`.
pub(in crate::vendors::nxos) fn minus(a: &[(u16, u16)], b: &[(u16, u16)]) -> Vec<(u16, u16)> {
    let mut out = joined(a.to_vec(), Vec::new());
    for &(from, to) in b {
        out = out
            .into_iter()
            .flat_map(|(x, y)| {
                let left = (x < from).then(|| (x, y.min(from.saturating_sub(1))));
                let right = (y > to).then(|| (x.max(to.saturating_add(1)), y));
                [left, right]
            })
            .flatten()
            .collect();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};
    use super::*;

    #[test]
    fn vlan_lists() {
        assert_eq!(minus(&[(1, 4094)], &[(10, 20), (4094, 4094)]), [(1, 9), (21, 4093)]);
        assert_eq!(joined(vec![(5, 7)], vec![(1, 4), (9, 9)]), [(1, 7), (9, 9)]);
    }

    #[test]
    fn trunks() {
        let text = "interface Ethernet1/1\n  switchport\n  switchport mode trunk\n  switchport trunk native vlan 5\n  switchport trunk allowed vlan 1-10,20\n  switchport trunk allowed vlan add 30\n  switchport trunk allowed vlan remove 3\n  switchport voice vlan 5\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let p = config.interfaces.get("Ethernet1/1").unwrap();
        assert_eq!(p.allowed, Some(vec![(1, 2), (4, 10), (20, 20), (30, 30)]));
        assert_eq!((p.mode, p.native_vlan), (Some(PortMode::Trunk), Some(5)));
    }
}
