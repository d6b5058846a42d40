//! The shape: switches, links, addresses and AS numbers of a fat tree.

use std::net::Ipv4Addr;

use super::Os;
use super::text::port_name;

/// A switch with all that a config needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Switch {
    pub(super) name: String,
    pub(super) number: u32,
    pub(super) asn: u32,
    pub(super) loopback: Ipv4Addr,
    /// The /24 of an edge switch's servers.
    pub(super) servers: Option<Ipv4Addr>,
    pub(super) ports: Vec<Port>,
}

/// A port with the far end of its link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Port {
    /// From 1.
    pub(super) number: u32,
    pub(super) address: Ipv4Addr,
    pub(super) peer: usize,
    pub(super) peer_port: u32,
    pub(super) peer_address: Ipv4Addr,
    pub(super) peer_asn: u32,
    pub(super) peer_name: String,
}

/// AS numbers: 4-byte private ones, so that 10,000 edge switches have their own (RFC 6996).
const CORE_AS: u32 = 4_200_000_000;
const POD_AS: u32 = 4_200_001_000;
const EDGE_AS: u32 = 4_200_010_000;

/// All switches of a fat tree: first the core, then pod by pod aggregation and edge.
pub(super) fn switches(k: u32) -> Vec<Switch> {
    let half = k / 2;
    let core = half * half;
    let mut out = Vec::new();
    let mut add = |name: String, asn: u32, servers: Option<Ipv4Addr>| {
        let number = out.len() as u32;
        out.push(Switch { name, number, asn, loopback: loopback(number), servers, ports: Vec::new() });
    };
    for c in 0..core {
        add(format!("core-{}-{}", c / half, c % half), CORE_AS, None);
    }
    for pod in 0..k {
        for a in 0..half {
            add(format!("agg-{pod}-{a}"), POD_AS + pod, None);
        }
        for e in 0..half {
            let edge = pod * half + e;
            add(format!("edge-{pod}-{e}"), EDGE_AS + edge, Some(Ipv4Addr::from(0x0a00_0000 + (edge << 8))));
        }
    }
    let mut link = 0;
    let mut join = |switches: &mut Vec<Switch>, a: u32, b: u32| {
        let (a, b) = (a as usize, b as usize);
        let (low, high) = link_addresses(link);
        link += 1;
        let (na, nb) = (switches[a].ports.len() as u32 + 1, switches[b].ports.len() as u32 + 1);
        let port = |far: &Switch, peer: usize, number, address, peer_port, peer_address| Port {
            number,
            address,
            peer,
            peer_port,
            peer_address,
            peer_asn: far.asn,
            peer_name: far.name.clone(),
        };
        let (pa, pb) = (port(&switches[b], b, na, low, nb, high), port(&switches[a], a, nb, high, na, low));
        switches[a].ports.push(pa);
        switches[b].ports.push(pb);
    };
    for pod in 0..k {
        let first = core + pod * k;
        for a in 0..half {
            for c in 0..half {
                join(&mut out, a * half + c, first + a);
            }
        }
        for a in 0..half {
            for e in 0..half {
                join(&mut out, first + a, first + half + e);
            }
        }
    }
    out
}

/// 172.16.0.0/12 for loopbacks: a million of them.
fn loopback(number: u32) -> Ipv4Addr {
    Ipv4Addr::from(0xac10_0001 + number)
}

/// 100.64.0.0/10 for links, a /31 each (RFC 3021): two million of them.
fn link_addresses(link: u32) -> (Ipv4Addr, Ipv4Addr) {
    let low = 0x6440_0000 + link * 2;
    (Ipv4Addr::from(low), Ipv4Addr::from(low + 1))
}

/// The cables in Batfish's form, each once.
pub(super) fn layer1(switches: &[Switch], os: Os) -> String {
    let mut edges = Vec::new();
    for (n, switch) in switches.iter().enumerate() {
        for port in switch.ports.iter().filter(|p| n < p.peer) {
            edges.push(format!(
                "{{\"node1\": {{\"hostname\": \"{}\", \"interfaceName\": \"{}\"}}, \"node2\": {{\"hostname\": \"{}\", \"interfaceName\": \"{}\"}}}}",
                switch.name,
                port_name(os, port.number),
                port.peer_name,
                port_name(os, port.peer_port)
            ));
        }
    }
    format!("{{\"edges\": [\n{}\n]}}\n", edges.join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fat_tree_has_the_right_size() {
        for k in [2, 4, 8] {
            let s = switches(k);
            assert_eq!(s.len() as u32, 5 * k * k / 4);
            assert_eq!(s.iter().map(|s| s.ports.len() as u32).sum::<u32>() / 2, k * k * k / 2);
            let edges: Vec<_> = s.iter().filter(|s| s.servers.is_some()).collect();
            assert!(edges.iter().all(|s| s.ports.len() as u32 == k / 2) && edges.len() as u32 == k * k / 2);
            assert!(s.iter().filter(|s| s.servers.is_none()).all(|s| s.ports.len() as u32 == k));
        }
    }

    #[test]
    fn ends_of_a_link_agree() {
        let s = switches(4);
        for (n, switch) in s.iter().enumerate() {
            for p in &switch.ports {
                let far = &s[p.peer].ports[p.peer_port as usize - 1];
                assert_eq!((far.peer, far.peer_port, far.peer_address, far.address), (n, p.number, p.address, p.peer_address));
            }
        }
    }
}
