//! `redistribute SOURCE [PROCESS] route-map M`, in any protocol.

use super::{Reader, kind};
use crate::syntax::tree::Node;
use crate::vendors::nxos::config::{Redistribute, Source};

/// What stands after `redistribute`. The statement gets its class here. The route-map is not optional (NX-OS unicast routing
/// guide, "redistribute").
pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, words: &[&str]) -> Option<Redistribute> {
    let (from, process, rest) = match words {
        ["direct", rest @ ..] => (Source::Direct, None, rest),
        ["static", rest @ ..] => (Source::Static, None, rest),
        [word, process, rest @ ..] if source(word).is_some() && *process != "route-map" => (source(word)?, Some(*process), rest),
        ["maximum-prefix", ..] => {
            r.quiet(node);
            return None;
        }
        ["hmm" | "lisp" | "amt" | "am" | "nat" | "srv6" | "segment-routing", ..] => {
            r.unmodelled(node, "routes of this source are not modelled");
            return None;
        }
        _ => {
            r.bad(node, words.first().copied().unwrap_or("redistribute"), "a source of routes");
            return None;
        }
    };
    let ["route-map", map] = rest else {
        r.bad(node, words.last().copied().unwrap_or("redistribute"), "followed by a route-map");
        return None;
    };
    r.refer(&[kind::ROUTE_MAP], node, map, "redistribute route-map");
    r.ok(node);
    Some(Redistribute { from, process: process.map(Into::into), route_map: Some((*map).into()), origin: r.tree.origin(node) })
}

/// `no redistribute SOURCE [PROCESS] [route-map M]`: takes the like out of a list.
pub(super) fn remove<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, words: &[&str], list: &mut Vec<Redistribute>) {
    let map = words.iter().position(|w| *w == "route-map").and_then(|n| words.get(n + 1));
    let from = match words.first() {
        Some(&"direct") => Some(Source::Direct),
        Some(&"static") => Some(Source::Static),
        Some(word) => source(word),
        None => None,
    };
    let process = words.get(1).filter(|w| **w != "route-map" && !matches!(from, Some(Source::Direct | Source::Static)));
    list.retain(|x| {
        Some(x.from) != from
            || process.is_some_and(|p| x.process.as_deref() != Some(p))
            || map.is_some_and(|m| x.route_map.as_deref() != Some(m))
    });
    r.ok(node);
}

/// A routing protocol by its name.
pub(super) fn source(word: &str) -> Option<Source> {
    Some(match word {
        "ospf" => Source::Ospf,
        "ospfv3" => Source::Ospf3,
        "isis" => Source::Isis,
        "eigrp" => Source::Eigrp,
        "bgp" => Source::Bgp,
        "rip" => Source::Rip,
        _ => return None,
    })
}
