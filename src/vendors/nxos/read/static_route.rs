//! `ip route …`, `ipv6 route …`, at the left margin and in a VRF.

use std::net::IpAddr;

use super::interface;
use super::{Reader, kind};
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::nxos::config::{Hop, Static, Vrf};

pub(super) fn read<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, vrf: &str, words: &[&str]) {
    let Some(route) = route(r, node, words) else { return };
    r.config.vrfs.entry(vrf, Vrf::default).statics.push(route);
    r.ok(node);
}

/// `no ip route …` takes away the route with the same prefix and next hop.
pub(super) fn remove<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, vrf: &str, words: &[&str]) {
    let Some(gone) = route(r, node, words) else { return };
    r.config.vrfs.entry(vrf, Vrf::default).statics.retain(|s| s.prefix != gone.prefix || s.hop != gone.hop);
    r.ok(node);
}

fn route<'t>(r: &mut Reader<'_, 't>, node: &Node<'t>, words: &[&str]) -> Option<Static> {
    let (prefix, rest) = match words {
        [word, rest @ ..] if word.contains('/') => (values::prefix(word), rest),
        [address, mask, rest @ ..] if values::address_mask(address, mask).is_some() => {
            (values::address_mask(address, mask), rest)
        }
        [word, rest @ ..] => (values::prefix_or_host(word), rest),
        [] => {
            r.bad(node, node.words.last().copied().unwrap_or(""), "followed by a prefix");
            return None;
        }
    };
    let prefix = r.wanted(node, words.first().copied().unwrap_or(""), prefix, "a prefix")?;
    let (mut hop, mut rest) = next_hop(r, node, rest)?;
    let mut out =
        Static { prefix: prefix.trunc(), hop: Hop::Drop, distance: None, tag: 0, tracked: false, origin: r.tree.origin(node) };
    while let [word, more @ ..] = rest {
        rest = more;
        match (*word, more) {
            ("tag", [value, more @ ..]) => {
                out.tag = r.value(node, value, "a tag")?;
                rest = more;
            }
            ("name", [_, more @ ..]) => rest = more,
            ("track", [_, more @ ..]) => {
                out.tracked = true;
                rest = more;
            }
            ("vrf", [name, more @ ..]) => {
                r.refer(&[kind::VRF], node, name, "ip route next-hop vrf");
                if let Hop::Ip(ip, None) = hop {
                    hop = Hop::Ip(ip, Some((*name).into()));
                }
                rest = more;
            }
            (number, _) => out.distance = Some(r.value(node, number, "a preference, `tag`, `name`, `track` or `vrf`")?),
        }
    }
    out.hop = hop;
    Some(out)
}

/// The next hop and what comes after it.
fn next_hop<'t, 'w>(r: &mut Reader<'_, 't>, node: &Node<'t>, words: &'w [&'w str]) -> Option<(Hop, &'w [&'w str])> {
    let [word, rest @ ..] = words else {
        r.bad(node, node.words.last().copied().unwrap_or(""), "followed by a next hop");
        return None;
    };
    // A next hop may be written with the length of a host.
    if let Some(ip) = values::prefix_or_host(word).filter(|p| p.prefix_len() == p.max_prefix_len()).map(|p| p.addr()) {
        return Some((Hop::Ip(ip, None), rest));
    }
    // `Null 0` and `Ethernet 1/1` too.
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
    r.sink.refer(&[kind::INTERFACE], &name, r.tree.span(node, word), "ip route");
    match rest {
        [ip, more @ ..]
            if values::prefix_or_host(ip).is_some_and(|p| p.prefix_len() == p.max_prefix_len()) && ip.contains(['.', ':']) =>
        {
            let ip: IpAddr = values::prefix_or_host(ip)?.addr();
            Some((Hop::Via(name.into(), ip), more))
        }
        rest => Some((Hop::Interface(name.into()), rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{odd_lines, read_text};
    use super::*;

    #[test]
    fn all_forms() {
        let text = "vrf context A\n  ip route 0.0.0.0/0 Ethernet1/1 192.0.2.9 5\ninterface Ethernet1/1\nip route 10.0.0.0/8 192.0.2.1\nip route 10.1.0.0 255.255.0.0 Null0 200 tag 7\nip route 10.2.0.0/16 192.0.2.3 vrf A track 500 name foo 5 tag 1000\nip route 10.3.0.0/16 192.0.2.1/32\nipv6 route 2001:db8::/32 Ethernet1/1 fe80::1\nip route 10.4.0.0/16 Ethernet1/1\nip route 10.4.0.0/16 10.0.0.7\nno ip route 10.4.0.0/16 10.0.0.7\n";
        let (config, _) = read_text(text);
        assert_eq!(odd_lines(text), []);
        let d = &config.vrfs.get("default").unwrap().statics;
        assert_eq!(d.len(), 6);
        assert_eq!(d[0].hop, Hop::Ip("192.0.2.1".parse().unwrap(), None));
        assert_eq!((d[1].hop.clone(), d[1].distance, d[1].tag), (Hop::Drop, Some(200), 7));
        assert_eq!(d[2].hop, Hop::Ip("192.0.2.3".parse().unwrap(), Some("A".into())));
        assert_eq!((d[2].distance, d[2].tag, d[2].tracked), (Some(5), 1000, true));
        assert_eq!(d[4].hop, Hop::Via("Ethernet1/1".into(), "fe80::1".parse().unwrap()));
        assert_eq!(d[5].hop, Hop::Interface("Ethernet1/1".into()));
        let a = &config.vrfs.get("a").unwrap().statics;
        assert_eq!((a[0].hop.clone(), a[0].distance), (Hop::Via("Ethernet1/1".into(), "192.0.2.9".parse().unwrap()), Some(5)));
    }

    #[test]
    fn broken_ones_are_refused() {
        assert_eq!(
            odd_lines("ip route 10.0.0.0/33 192.0.2.1\nip route 10.0.0.0/8\nip route 10.0.0.0/8 192.0.2.1 far\n").len(),
            3
        );
    }
}
