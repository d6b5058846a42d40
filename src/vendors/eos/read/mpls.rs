//! `mpls ip`, `mpls ldp`, label ranges, and segment routing of IGPs.
//!
//! Law: EOS User Manual, "MPLS" (`mpls ip` lets the switch forward by labels; it is off by default), "LDP" (`mpls ldp` is shut down by
//! default; `interface disabled default` and `mpls ldp interface`), "IS-IS Segment Routing" and "OSPF Segment Routing".

use super::{Reader, quiet};
use crate::base::span::Origin;
use crate::model::mpls::Srgb;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::labels::SaidSid;

/// A global line that begins with `mpls` or `no mpls`.
pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) {
    match &node.words[..] {
        ["mpls", "ip"] => r.config.labels.mpls = true,
        ["no", "mpls", "ip"] => r.config.labels.mpls = false,
        ["mpls", "ldp"] => return ldp(r, node),
        ["mpls", "label", "range", what @ ("isis-sr" | "ospf-sr"), base, size, ..] => {
            let Some((base, size)) = r.wanted(node, base, base.parse().ok().zip(size.parse().ok()), "a range of labels") else {
                return;
            };
            let block = Some(Srgb { base, size });
            if *what == "isis-sr" { r.config.labels.block = block } else { r.config.labels.ospf_block = block }
        }
        ["mpls", "static", ..] => {
            r.config.labels.other = Some("a static label");
            return r.other(node, &quiet::TOP);
        }
        ["mpls", "label", "range", ..] => return r.quiet(node),
        _ => return r.other(node, &quiet::TOP),
    }
    r.ok(node);
}

fn ldp<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) {
    r.ok(node);
    for line in &node.children {
        match &line.words[..] {
            ["no", "shutdown"] => r.config.labels.ldp_on = true,
            ["shutdown"] => r.config.labels.ldp_on = false,
            ["interface", "disabled", "default"] => r.config.labels.ldp_only_named = true,
            ["router-id", id] => {
                let Some(id) = r.value(line, id, "a router id") else { continue };
                r.config.labels.ldp_router_id = Some(id);
            }
            _ => {
                r.quiet(line);
                continue;
            }
        }
        r.ok(line);
    }
}

/// `mpls …` and `node-segment …` of an interface. Whether it is one of them.
pub(super) fn port<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, name: &str) -> bool {
    let origin = r.tree.origin(node);
    match &node.words[..] {
        ["mpls", "ldp", "interface"] => r.config.labels.ldp.push((name.into(), origin)),
        ["no", "mpls", "ldp", "interface"] => r.config.labels.no_auto.push(name.into()),
        ["mpls", "ip"] => {}
        ["no", "mpls", "ip"] => r.config.labels.no_mpls.push(name.into()),
        ["node-segment", "ipv4", sid @ ..] => {
            let Some(sid) = r.wanted(node, node.word(2), SaidSid::read(sid, origin), "a number of a segment") else {
                return true;
            };
            r.config.labels.port_sids.push((name.into(), sid));
        }
        ["node-segment", "ipv6", ..] => {
            r.quiet(node);
            return true;
        }
        _ => return false,
    }
    r.ok(node);
    true
}

/// `segment-routing mpls` of an IGP: where it is on. It is shut down unless `no shutdown` says otherwise.
pub(super) fn segments<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> Option<Origin> {
    r.ok(node);
    let mut on = None;
    for line in &node.children {
        let origin = r.tree.origin(line);
        match &line.words[..] {
            ["no", "shutdown"] => on = Some(r.tree.origin(node)),
            ["shutdown"] => on = None,
            ["prefix-segment", prefix, sid @ ..] if !prefix.contains(':') => {
                let said = values::prefix(prefix).zip(SaidSid::read(sid, origin));
                let Some((prefix, sid)) = r.wanted(line, prefix, said, "a prefix with the number of its segment") else {
                    continue;
                };
                r.config.labels.sids.push((prefix.trunc(), sid));
            }
            ["proxy-node-segment", ..] => {
                r.config.labels.other = Some("a segment that another router tells of");
                r.unmodelled(line, "segments for other routers' prefixes are not modelled");
                continue;
            }
            _ => {
                r.quiet(line);
                continue;
            }
        }
        r.ok(line);
    }
    on
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};

    #[test]
    fn labels_are_read() {
        let text = "mpls ip\nmpls label range isis-sr 16000 8000\nmpls ldp\n   router-id 10.0.0.1\n   transport-address interface Loopback0\n   interface disabled default\n   no shutdown\ninterface Ethernet1\n   no switchport\n   mpls ip\n   mpls ldp interface\n   mpls ldp igp sync\ninterface Loopback0\n   node-segment ipv4 index 7\nrouter isis C\n   segment-routing mpls\n      no shutdown\n      prefix-segment 10.9.9.9/32 index 9\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let l = &config.labels;
        assert!(l.mpls && l.ldp_on && l.ldp_only_named && config.isis[0].segments.is_some());
        assert_eq!((&*l.ldp[0].0, &*l.port_sids[0].0, l.block.unwrap().label(7)), ("Ethernet1", "Loopback0", Some(16007)));
        assert_eq!(l.sids[0].0.to_string(), "10.9.9.9/32");
    }
}
