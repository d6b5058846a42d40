//! Cards, ports and link aggregation groups.

use super::{Reader, entry, tables};
use crate::syntax::tree::Node;
use crate::vendors::sros::config::{Config, Lag, Port, PortMode};

/// `card N { mda N { mda-type … } }`: the adapter's type tells how fast ports without a connector are.
pub(super) fn cards<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    r.head(node);
    for card in &node.children {
        r.head(card);
        for c in &card.children {
            if c.word(0) != "mda" {
                r.sink.no_effect(r.tree, c);
                continue;
            }
            r.head(c);
            for mda in &c.children {
                r.head(mda);
                for leaf in &mda.children {
                    match leaf.word(0) {
                        "mda-type" => {
                            let place = format!("{}/{}", card.word(0), mda.word(0)).into();
                            config.adapters.extend(r.arg(leaf).map(|kind| (place, kind.into())));
                        }
                        _ => r.sink.no_effect(r.tree, leaf),
                    }
                }
            }
        }
    }
}

pub(super) fn ports<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    r.head(node);
    for name in &node.children {
        r.head(name);
        let origin = r.origin(name);
        let word = name.word(0);
        let port = entry(&mut config.ports, |p| &*p.name == word, || Port { name: word.into(), origin, ..Port::default() });
        for c in &name.children {
            match c.word(0) {
                "admin-state" => port.up = r.state(c).or(port.up),
                "description" => port.description = r.text(c),
                "connector" => {
                    r.head(c);
                    for x in &c.children {
                        match x.word(0) {
                            "breakout" => port.breakout = r.arg(x).map(Into::into),
                            _ => r.sink.no_effect(r.tree, x),
                        }
                    }
                }
                "ethernet" => ethernet(r, c, port),
                _ => r.known(c, &tables::PORT),
            }
        }
    }
}

fn ethernet<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, port: &mut Port) {
    r.head(node);
    for c in &node.children {
        match c.word(0) {
            "mtu" => port.mtu = r.number(c),
            "mode" => port.mode = mode(r, c),
            "speed" => port.speed = r.number::<u64>(c).map(|mbit| mbit.saturating_mul(1_000_000)),
            // Tags stand on the access points and interfaces themselves.
            "encap-type" => r.all(c),
            _ => r.known(c, &tables::ETHERNET),
        }
    }
}

fn mode<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>) -> Option<PortMode> {
    match r.arg(node)? {
        "network" => Some(PortMode::Network),
        "access" => Some(PortMode::Access),
        "hybrid" => Some(PortMode::Hybrid),
        word => {
            r.bad(node, word, "a port mode");
            None
        }
    }
}

pub(super) fn lags<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, config: &mut Config) {
    r.head(node);
    for name in &node.children {
        r.head(name);
        let origin = r.origin(name);
        // Classic: `lag 1`, which ports and interfaces call `lag-1`.
        let word: Box<str> = match name.word(0) {
            n if n.bytes().all(|b| b.is_ascii_digit()) => format!("lag-{n}").into(),
            n => n.into(),
        };
        let lag = entry(&mut config.lags, |l| l.name == word, || Lag { name: word.clone(), origin, ..Lag::default() });
        for c in &name.children {
            match c.word(0) {
                "admin-state" => lag.up = r.state(c).or(lag.up),
                "description" => lag.description = r.text(c),
                "port" => {
                    r.head(c);
                    for member in &c.children {
                        r.head(member);
                        lag.members.push((member.word(0).into(), r.origin(member)));
                        for x in &member.children {
                            r.sink.no_effect(r.tree, x);
                        }
                    }
                }
                "mode" => lag.mode = mode(r, c),
                "encap-type" => r.all(c),
                "port-threshold" => {
                    r.all(c);
                    let value = c.child("value").and_then(|v| v.children.first());
                    // The group goes down when so many members or fewer are left.
                    lag.min_links = value.and_then(|v| v.word(0).parse::<u32>().ok()).map(|n| n.saturating_add(1));
                }
                _ => r.known(c, &tables::LAG),
            }
        }
    }
}
