//! `rip` and `ripng`: settings at three levels (nokia-conf-router-rip.yang; services guide, "RIP commands" of a VPRN).

use super::{Reader, entry, tables};
use crate::syntax::tree::Node;
use crate::vendors::sros::config::{Rip, RipGroup, RipNeighbor, RipSend, RipSettings, Router};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, v6: bool, router: &mut Router) {
    r.head(node);
    let origin = r.origin(node);
    let rip = entry(&mut router.rip, |x| x.v6 == v6, || Rip { v6, origin, ..Rip::default() });
    for c in &node.children {
        match c.word(0) {
            "admin-state" => rip.up = r.state(c).or(rip.up),
            "group" => {
                r.head(c);
                c.children.iter().for_each(|g| group(r, g, rip));
            }
            _ => setting(r, c, &mut rip.settings),
        }
    }
}

fn group<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, rip: &mut Rip) {
    r.head(node);
    let name = node.word(0);
    let g = entry(&mut rip.groups, |g| &*g.name == name, || RipGroup { name: name.into(), ..RipGroup::default() });
    for c in &node.children {
        match c.word(0) {
            "admin-state" => g.up = r.state(c).or(g.up),
            "neighbor" => {
                r.head(c);
                c.children.iter().for_each(|n| neighbor(r, n, g));
            }
            _ => setting(r, c, &mut g.settings),
        }
    }
}

fn neighbor<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, g: &mut RipGroup) {
    r.head(node);
    let (name, origin) = (node.word(0), r.origin(node));
    let made = || RipNeighbor { name: name.into(), origin, ..RipNeighbor::default() };
    let n = entry(&mut g.neighbors, |n| &*n.name == name, made);
    for c in &node.children {
        match c.word(0) {
            "admin-state" => n.up = r.state(c).or(n.up),
            "unicast-address" => {
                r.all(c);
                for a in &c.children {
                    match a.word(0).parse() {
                        Ok(ip) => n.unicast.push(ip),
                        Err(_) => r.refuse(a, "an address"),
                    }
                }
            }
            _ => setting(r, c, &mut n.settings),
        }
    }
}

fn setting<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, to: &mut RipSettings) {
    match node.word(0) {
        "import-policy" | "import" => to.import = r.chain(node, "rip import"),
        "export-policy" | "export" => to.export = r.chain(node, "rip export"),
        "metric-in" => to.metric_in = r.number(node),
        "metric-out" => to.metric_out = r.number(node),
        "preference" => to.preference = r.number(node),
        "authentication-type" => to.auth_type = r.arg(node).map(Into::into),
        "authentication-key" => to.auth_key = r.arg(node).map(Into::into),
        "send" => {
            let word = version(r, node);
            to.sends = match word {
                Some("none") => Some(RipSend::Nobody),
                Some("unicast") => Some(RipSend::Unicast),
                Some("version-1" | "broadcast" | "multicast" | "both" | "ripng") => Some(RipSend::All),
                _ => to.sends,
            };
        }
        "receive" => {
            let word = version(r, node);
            to.receives = match word {
                Some("none") => Some(false),
                Some("version-1" | "version-2" | "both" | "ripng") => Some(true),
                _ => to.receives,
            };
        }
        _ => r.known(node, &tables::RIP),
    }
}

/// Which version is spoken, and how.
fn version<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> Option<&'t str> {
    let word = r.arg(node)?;
    match word {
        "version-1" => r.sink.not_modelled(r.tree, node, "RIP version 1 is modelled as version 2: masks are not lost"),
        "none" | "unicast" | "broadcast" | "multicast" | "both" | "version-2" | "ripng" => {}
        _ => r.bad(node, word, "a version of RIP"),
    }
    Some(word)
}
