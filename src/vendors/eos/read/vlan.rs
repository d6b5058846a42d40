//! `vlan …`.

use super::Reader;
use super::quiet;
use crate::syntax::tree::Node;
use crate::syntax::values;

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, ids: &str) {
    let Some(ranges) = r.wanted(node, ids, values::ranges(ids), "a list of VLANs") else { return };
    r.ok(node);
    let ids: Vec<u16> = ranges.iter().flat_map(|&(a, b)| a..=b.min(4094)).collect();
    for id in &ids {
        r.config.vlans.entry(*id).or_default();
    }
    for child in &node.children {
        match &child.words[..] {
            ["trunk", "group", group] => {
                for id in &ids {
                    r.config.vlans.entry(*id).or_default().trunk_groups.push((*group).into());
                }
                r.ok(child);
            }
            ["state", state] => {
                for id in &ids {
                    r.config.vlans.entry(*id).or_default().suspended = *state == "suspend";
                }
                r.ok(child);
            }
            _ => r.other(child, &quiet::VLAN),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};

    #[test]
    fn vlans_with_groups_and_state() {
        let text = "vlan 10\n   name a\nvlan 4093-4094\n   trunk group MLAG\nvlan 7\n   state suspend\n";
        let (config, _) = read_text(text);
        assert_eq!(config.vlans.keys().copied().collect::<Vec<_>>(), [7, 10, 4093, 4094]);
        assert_eq!(&*config.vlans[&4094].trunk_groups[0], "MLAG");
        assert!(config.vlans[&7].suspended);
        assert_eq!(odd_lines(text), []);
        assert_eq!(odd_lines("vlan x\n").len(), 1);
    }
}
