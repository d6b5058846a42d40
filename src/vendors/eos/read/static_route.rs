//! `ip route …`, `ipv6 route …`.

use std::net::IpAddr;

use super::interface;
use super::{Reader, kind};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::eos::config::{Hop, Static, Vrf};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, words: &[&str]) {
    let (vrf, words) = match words {
        ["vrf", vrf, rest @ ..] => (*vrf, rest),
        rest => ("default", rest),
    };
    if vrf != "default" {
        r.refer(&[kind::VRF], node, vrf, "ip route vrf");
    }
    let (prefix, rest) = match words {
        [word, rest @ ..] if word.contains('/') => (values::prefix(word), rest),
        [address, mask, rest @ ..] if mask.contains('.') && values::address_mask(address, mask).is_some() => {
            (values::address_mask(address, mask), rest)
        }
        [word, rest @ ..] => (values::prefix_or_host(word), rest),
        [] => return r.bad(node, node.word(1), "followed by a prefix"),
    };
    let Some(prefix) = r.wanted(node, words.first().copied().unwrap_or(""), prefix, "a prefix") else { return };
    let Some((hop, rest)) = next_hop(r, node, rest) else { return };
    let mut route =
        Static { prefix: prefix.trunc(), hop, distance: None, metric: 0, tag: 0, tracked: false, origin: r.tree.origin(node) };
    let mut rest = rest;
    while let [word, more @ ..] = rest {
        rest = more;
        match (*word, more) {
            ("tag", [value, more @ ..]) => {
                let Some(tag) = r.value(node, value, "a tag") else { return };
                route.tag = tag;
                rest = more;
            }
            ("metric", [value, more @ ..]) => {
                let Some(metric) = r.value(node, value, "a metric") else { return };
                route.metric = metric;
                rest = more;
            }
            // The rest of the line is the name.
            ("name", _) => break,
            ("track", ["bfd", more @ ..]) | ("track" | "bfd", more) => {
                route.tracked = true;
                rest = more
                    .get(
                        usize::from(
                            *word == "track" && more.first().is_some_and(|w| *w != "name" && w.parse::<u32>().is_err()),
                        )..,
                    )
                    .unwrap_or(&[]);
            }
            ("label" | "weight", [_, more @ ..]) => rest = more,
            (number, _) => {
                let Some(distance) = r.value(node, number, "a distance, `tag`, `name`, `metric` or `track`") else { return };
                route.distance = Some(distance);
            }
        }
    }
    r.config.vrfs.entry(vrf, Vrf::default).statics.push(route);
    r.ok(node);
}

/// The next hop and what comes after it.
fn next_hop<'t, 'w>(r: &mut Reader<'_, 't>, node: &Node<'t>, words: &'w [&'w str]) -> Option<(Hop, &'w [&'w str])> {
    match words {
        ["egress-vrf", vrf, rest @ ..] => {
            r.refer(&[kind::VRF], node, vrf, "ip route egress-vrf");
            match rest {
                [word, rest @ ..] if word.parse::<IpAddr>().is_ok() => Some((Hop::IpIn(word.parse().ok()?, (*vrf).into()), rest)),
                // An interface is in its own VRF anyway.
                rest => next_hop(r, node, rest),
            }
        }
        [word, rest @ ..] => {
            if let Ok(ip) = word.parse::<IpAddr>() {
                return Some((Hop::Ip(ip), rest));
            }
            if word.eq_ignore_ascii_case("null0") {
                return Some((Hop::Drop, rest));
            }
            if matches!(*word, "nexthop-group" | "traffic-engineering") {
                r.unmodelled(node, "next-hop groups are not modelled");
                return None;
            }
            // `Null 0` and `Ethernet 1` too.
            let (name, rest) = match rest {
                [number, more @ ..]
                    if number.starts_with(|c: char| c.is_ascii_digit()) && !word.contains(|c: char| c.is_ascii_digit()) =>
                {
                    (format!("{word}{number}"), more)
                }
                _ => ((*word).to_owned(), rest),
            };
            let name = r.wanted(node, word, interface::full_name(&name), "a next hop")?;
            if name == "Null0" {
                return Some((Hop::Drop, rest));
            }
            match rest {
                [ip, more @ ..] if ip.parse::<IpAddr>().is_ok() => Some((Hop::Via(name.into(), ip.parse().ok()?), more)),
                rest => Some((Hop::Interface(name.into()), rest)),
            }
        }
        [] => {
            r.bad(node, node.words.last().copied().unwrap_or(""), "followed by a next hop");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};
    use super::*;

    #[test]
    fn all_forms() {
        let text = "vrf instance A\nip route 10.0.0.0/8 192.0.2.1\nip route 10.1.0.0 255.255.0.0 Null0 200 tag 7 name some thing\nip route vrf A 0.0.0.0/0 Ethernet1 192.0.2.9 5\nip route 10.2.0.0/16 egress-vrf A 192.0.2.3\nipv6 route 2001:db8::/32 Vlan10 fe80::1 metric 3\nip route 10.3.0.0/16 192.0.2.1 track bfd name x\nip route 10.4.0.0/16 Et7\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let d = &config.vrfs.get("default").unwrap().statics;
        assert_eq!(d[0].hop, Hop::Ip("192.0.2.1".parse().unwrap()));
        assert_eq!((d[1].hop.clone(), d[1].distance, d[1].tag), (Hop::Drop, Some(200), 7));
        assert_eq!(d[2].hop, Hop::IpIn("192.0.2.3".parse().unwrap(), "A".into()));
        assert_eq!((d[3].hop.clone(), d[3].metric), (Hop::Via("Vlan10".into(), "fe80::1".parse().unwrap()), 3));
        assert!(d[4].tracked);
        assert_eq!(d[5].hop, Hop::Interface("Ethernet7".into()));
        let a = &config.vrfs.get("A").unwrap().statics;
        assert_eq!((a[0].hop.clone(), a[0].distance), (Hop::Via("Ethernet1".into(), "192.0.2.9".parse().unwrap()), Some(5)));
    }

    #[test]
    fn broken_ones_are_refused() {
        assert_eq!(
            odd_lines("ip route 10.0.0.0/33 192.0.2.1\nip route 10.0.0.0/8\nip route 10.0.0.0/8 192.0.2.1 far\n").len(),
            3
        );
    }
}
