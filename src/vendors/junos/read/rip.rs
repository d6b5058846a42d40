//! `protocols rip` and `protocols ripng`: settings at three levels.

use super::{Reader, tables};
use crate::syntax::tree::Node;
use crate::vendors::junos::config::{Rip, RipGroup, RipSettings};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> Rip {
    let mut out = Rip { v6: node.word(0) == "ripng", origin: r.origin(node), ..Rip::default() };
    for c in &node.children {
        if c.word(0) == "group" {
            r.head(c);
            for g in &c.children {
                r.head(g);
                let group = group(r, g);
                out.groups.push(group);
            }
        } else {
            setting(r, c, &mut out.settings);
        }
    }
    out
}

fn group<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> RipGroup {
    let mut out = RipGroup::default();
    for c in &node.children {
        if c.word(0) == "neighbor" {
            r.head(c);
            for n in &c.children {
                r.head(n);
                let mut own = RipSettings::default();
                n.children.iter().for_each(|s| setting(r, s, &mut own));
                out.neighbors.push(((n.word(0).into(), r.origin(n)), own));
            }
        } else {
            setting(r, c, &mut out.settings);
        }
    }
    out
}

fn setting<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, to: &mut RipSettings) {
    match node.word(0) {
        "import" => to.import = r.chain(node, "rip import"),
        "export" => to.export = r.chain(node, "rip export"),
        "metric-in" => to.metric_in = r.number(node),
        "metric-out" => to.metric_out = r.number(node),
        "preference" => to.preference = r.number(node),
        "send" => to.sends = versions(r, node),
        "receive" => to.receives = versions(r, node),
        "authentication-key" => to.key = r.arg(node).map(Into::into),
        _ => r.known(node, &tables::RIP),
    }
}

/// `none` or the versions that are spoken; version 1 is not.
fn versions<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> Option<bool> {
    let word = r.arg(node)?;
    if word == "version-1" {
        r.sink.not_modelled(r.tree, node, "RIP version 1 is modelled as version 2: masks are not lost");
    }
    Some(word != "none")
}
