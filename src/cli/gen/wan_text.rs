//! The files of a backbone: IOS configs, cables, and the Internet table as an MRT file.

use std::fmt::Write as _;
use std::io::Write;
use std::net::IpAddr;

use ipnet::IpNet;

use super::super::Error;
use super::Igp;
use super::wan::{self, Heard, Plan, Relation, Role, Router, WanArgs, peer_address};
use crate::load::mrt;

/// The AS of the backbone (RFC 5398: for documentation).
const OWN_AS: u32 = 64_500;

fn port(n: usize) -> String {
    format!("TenGigabitEthernet{}/{}", n / 48 + 1, n % 48 + 1)
}

/// Writes the whole snapshot.
pub(super) fn write(plan: &Plan, args: &WanArgs) -> Result<usize, Error> {
    let wrote = |path: &std::path::Path, e| Error::Write { path: path.display().to_string(), source: e };
    let configs = args.out.join("configs");
    std::fs::create_dir_all(&configs).map_err(|e| wrote(&configs, e))?;
    for n in 0..plan.routers.len() {
        let path = configs.join(format!("{}.cfg", plan.routers[n].name));
        std::fs::write(&path, config(plan, n, args.prefixes_v6 > 0)).map_err(|e| wrote(&path, e))?;
    }
    let path = args.out.join("layer1_topology.json");
    std::fs::write(&path, cables(plan)).map_err(|e| wrote(&path, e))?;
    let path = args.out.join("external_announcements.mrt");
    let file = std::fs::File::create(&path).map_err(|e| wrote(&path, e))?;
    let mut file = std::io::BufWriter::new(file);
    let count = announcements(plan, args, &mut file)?;
    file.flush().map_err(|e| wrote(&path, e))?;
    Ok(count)
}

fn config(plan: &Plan, n: usize, v6: bool) -> String {
    let mut t = String::new();
    // Writing to a string cannot fail.
    let _ = router(&mut t, plan, &plan.routers[n], n, v6);
    t
}

fn router(t: &mut String, plan: &Plan, r: &Router, n: usize, v6: bool) -> std::fmt::Result {
    write!(t, "version 17.3\n!\nhostname {}\n!\n", r.name)?;
    if v6 {
        writeln!(t, "ipv6 unicast-routing\n!")?;
    }
    let isis = plan.igp == Igp::Isis;
    let extra = match (v6, plan.igp) {
        (false, _) => "",
        (true, Igp::Isis) => " ipv6 enable\n ipv6 router isis BACKBONE\n",
        (true, Igp::Ospf) => " ipv6 enable\n ipv6 ospf 1 area 0\n ipv6 ospf network point-to-point\n",
    };
    let words = if isis {
        ["ip router isis BACKBONE", "isis network", "isis metric"]
    } else {
        ["ip ospf 1 area 0", "ip ospf network", "ip ospf cost"]
    };
    for (i, (far, _, address, metric)) in r.ports.iter().enumerate() {
        write!(
            t,
            "interface {}\n description to {}\n ip address {address} 255.255.255.254\n {}\n {} point-to-point\n {} {metric}\n{extra}",
            port(i),
            plan.routers[*far].name,
            words[0],
            words[1],
            words[2]
        )?;
        if v6 && !isis {
            writeln!(t, " ipv6 ospf cost {metric}")?;
        }
        writeln!(t, "!")?;
    }
    for (i, s) in r.outside.iter().enumerate() {
        let s = &plan.outside[*s];
        write!(
            t,
            "interface {}\n description to AS {}\n ip address {} 255.255.255.254\n",
            port(r.ports.len() + i),
            s.asn,
            s.addresses.0
        )?;
        if v6 {
            writeln!(t, " ipv6 address {}/127", s.addresses_v6.0)?;
        }
        writeln!(t, "!")?;
    }
    write!(t, "interface Loopback0\n ip address {} 255.255.255.255\n", r.loopback)?;
    if v6 {
        let word = if isis { "ipv6 router isis BACKBONE" } else { "ipv6 ospf 1 area 0" };
        writeln!(t, " ipv6 address {}/128\n {word}", loopback_v6(n))?;
    }
    interior(t, plan.igp, r, n, v6)?;
    write!(t, "router bgp {OWN_AS}\n bgp router-id {}\n bgp log-neighbor-changes\n no bgp default ipv4-unicast\n", r.loopback)?;
    for (peer, _) in &r.internal {
        let peer = &plan.routers[*peer];
        write!(
            t,
            " neighbor {0} remote-as {OWN_AS}\n neighbor {0} description {1}\n neighbor {0} update-source Loopback0\n",
            peer.loopback, peer.name
        )?;
    }
    for s in &r.outside {
        let s = &plan.outside[*s];
        writeln!(t, " neighbor {} remote-as {}", s.addresses.1, s.asn)?;
        if v6 {
            writeln!(t, " neighbor {} remote-as {}", s.addresses_v6.1, s.asn)?;
        }
    }
    family(t, plan, r, false)?;
    if v6 {
        family(t, plan, r, true)?;
    }
    policies(t, plan, r)?;
    writeln!(t, "!\nend")
}

/// The process of the interior protocol.
fn interior(t: &mut String, igp: Igp, r: &Router, n: usize, v6: bool) -> std::fmt::Result {
    if igp == Igp::Isis {
        let (high, low) = ((n + 1) / 10_000, (n + 1) % 10_000);
        return write!(
            t,
            "!\nrouter isis BACKBONE\n net 49.0001.0000.{high:04}.{low:04}.00\n is-type level-2-only\n metric-style wide\n passive-interface Loopback0\n!\n"
        );
    }
    write!(t, " ip ospf 1 area 0\n!\nrouter ospf 1\n router-id {}\n passive-interface Loopback0\n!\n", r.loopback)?;
    if v6 {
        write!(t, "ipv6 router ospf 1\n router-id {}\n passive-interface Loopback0\n!\n", r.loopback)?;
    }
    Ok(())
}

fn loopback_v6(n: usize) -> std::net::Ipv6Addr {
    std::net::Ipv6Addr::from(0x2001_0db8_0000_0000_0000_0000_0000_0001_u128 + n as u128)
}

/// IPv6 routes travel inside on the IPv4 sessions; their next hop is an IPv6 address all the same.
fn family(t: &mut String, plan: &Plan, r: &Router, v6: bool) -> std::fmt::Result {
    writeln!(t, " !\n address-family {}", if v6 { "ipv6" } else { "ipv4" })?;
    for (peer, client) in &r.internal {
        let address = plan.routers[*peer].loopback;
        write!(t, "  neighbor {address} activate\n  neighbor {address} send-community\n")?;
        if *client {
            writeln!(t, "  neighbor {address} route-reflector-client")?;
        }
        if r.role == Role::Client {
            writeln!(t, "  neighbor {address} next-hop-self")?;
        }
    }
    for s in &r.outside {
        let s = &plan.outside[*s];
        let address = peer_address(s, v6);
        let name = word(s.relation);
        write!(
            t,
            "  neighbor {address} activate\n  neighbor {address} send-community\n  neighbor {address} route-map FROM-{name} in\n  neighbor {address} route-map TO-{name} out\n"
        )?;
    }
    writeln!(t, " exit-address-family")
}

fn word(relation: Relation) -> &'static str {
    match relation {
        Relation::Transit => "TRANSIT",
        Relation::Peer => "PEER",
        Relation::Customer => "CUSTOMER",
    }
}

/// Customers' routes go to all; others' routes go to customers only.
fn policies(t: &mut String, plan: &Plan, r: &Router) -> std::fmt::Result {
    if r.outside.is_empty() {
        return Ok(());
    }
    writeln!(t, "!\nip community-list standard CUSTOMERS permit {OWN_AS}:100")?;
    let mut kinds: Vec<Relation> = r.outside.iter().map(|s| plan.outside[*s].relation).collect();
    kinds.dedup();
    for (kind, preference, mark) in [(Relation::Transit, 100, 300), (Relation::Peer, 200, 200), (Relation::Customer, 300, 100)] {
        if !kinds.contains(&kind) {
            continue;
        }
        let name = word(kind);
        write!(
            t,
            "!\nroute-map FROM-{name} permit 10\n set local-preference {preference}\n set community {OWN_AS}:{mark} additive\n!\nroute-map TO-{name} permit 10\n"
        )?;
        if kind != Relation::Customer {
            writeln!(t, " match community CUSTOMERS")?;
        }
    }
    Ok(())
}

fn cables(plan: &Plan) -> String {
    let mut edges = Vec::new();
    for (n, r) in plan.routers.iter().enumerate() {
        for (i, (far, far_port, ..)) in r.ports.iter().enumerate().filter(|(_, p)| n < p.0) {
            edges.push(format!(
                "{{\"node1\": {{\"hostname\": \"{}\", \"interfaceName\": \"{}\"}}, \"node2\": {{\"hostname\": \"{}\", \"interfaceName\": \"{}\"}}}}",
                r.name,
                port(i),
                plan.routers[*far].name,
                port(*far_port)
            ));
        }
    }
    format!("{{\"edges\": [\n{}\n]}}\n", edges.join(",\n"))
}

/// Writes the table, made up or from an MRT file; says how many announcements there are.
fn announcements(plan: &Plan, args: &WanArgs, out: &mut dyn Write) -> Result<usize, Error> {
    let mut writer = Writer { plan, out, sequence: 0, count: 0, failed: None };
    writer.peers();
    match &args.mrt {
        None => wan::table(plan, args, &mut |prefix, heard| writer.route(prefix, heard)),
        Some(path) => {
            let bytes = std::fs::read(path).map_err(|e| Error::Read { path: path.display().to_string(), source: e })?;
            let transit: Vec<usize> =
                (0..plan.outside.len()).filter(|s| plan.outside[*s].relation == Relation::Transit).collect();
            if transit.is_empty() {
                return Err(Error::Usage("--mrt needs --sessions of at least 1 to hear the table".to_owned()));
            }
            mrt::parse(path, &bytes, &mut |_, e| {
                // The file's peers stand for the transit sessions, in turn; one route of each is enough.
                if let Some(&session) = transit.get(e.peer) {
                    let asn = plan.outside[session].asn;
                    let mut path = e.as_path;
                    path.insert(0, asn);
                    let heard = Heard { session, path, communities: e.communities, med: e.med };
                    writer.route(e.prefix, &[heard]);
                }
            })?;
        }
    }
    match writer.failed {
        Some(e) => Err(Error::Write { path: args.out.join("external_announcements.mrt").display().to_string(), source: e }),
        None => Ok(writer.count),
    }
}

/// Writes `TABLE_DUMP_V2` (RFC 6396). Peers: for each session its IPv4 address, then its IPv6 one.
struct Writer<'p> {
    plan: &'p Plan,
    out: &'p mut dyn Write,
    sequence: u32,
    count: usize,
    failed: Option<std::io::Error>,
}

impl Writer<'_> {
    fn record(&mut self, sub: u16, body: &[u8]) {
        let mut head = Vec::with_capacity(12 + body.len());
        head.extend(0u32.to_be_bytes());
        head.extend(13u16.to_be_bytes());
        head.extend(sub.to_be_bytes());
        head.extend((body.len() as u32).to_be_bytes());
        head.extend(body);
        if let Err(e) = self.out.write_all(&head) {
            self.failed.get_or_insert(e);
        }
    }

    fn peers(&mut self) {
        let mut body = vec![0u8; 6];
        body.extend((self.plan.outside.len() as u16 * 2).to_be_bytes());
        for s in &self.plan.outside {
            for v6 in [false, true] {
                body.push(2 | u8::from(v6));
                body.extend(s.asn.to_be_bytes());
                match peer_address(s, v6) {
                    IpAddr::V4(a) => body.extend(a.octets()),
                    IpAddr::V6(a) => body.extend(a.octets()),
                }
                body.extend(s.asn.to_be_bytes());
            }
        }
        self.record(1, &body);
    }

    fn route(&mut self, prefix: IpNet, heard: &[Heard]) {
        let v6 = prefix.addr().is_ipv6();
        let octets = match prefix.network() {
            IpAddr::V4(a) => a.octets().to_vec(),
            IpAddr::V6(a) => a.octets().to_vec(),
        };
        let mut body = self.sequence.to_be_bytes().to_vec();
        self.sequence += 1;
        body.push(prefix.prefix_len());
        body.extend(&octets[..usize::from(prefix.prefix_len()).div_ceil(8)]);
        body.extend((heard.len() as u16).to_be_bytes());
        for h in heard {
            let attributes = self.attributes(h, v6);
            body.extend((h.session as u16 * 2 + u16::from(v6)).to_be_bytes());
            body.extend(0u32.to_be_bytes());
            body.extend((attributes.len() as u16).to_be_bytes());
            body.extend(attributes);
        }
        self.count += heard.len();
        self.record(if v6 { 4 } else { 2 }, &body);
    }

    fn attributes(&self, h: &Heard, v6: bool) -> Vec<u8> {
        let mut a = vec![0x40, 1, 1, 0];
        let mut path = Vec::new();
        for part in h.path.chunks(255) {
            path.extend([2, part.len() as u8]);
            path.extend(part.iter().flat_map(|n| n.to_be_bytes()));
        }
        a.extend([0x50, 2]);
        a.extend((path.len() as u16).to_be_bytes());
        a.extend(path);
        match peer_address(&self.plan.outside[h.session], v6) {
            IpAddr::V4(ip) => {
                a.extend([0x40, 3, 4]);
                a.extend(ip.octets());
            }
            IpAddr::V6(ip) => {
                a.extend([0x80, 14, 17, 16]);
                a.extend(ip.octets());
            }
        }
        if let Some(med) = h.med {
            a.extend([0x80, 4, 4]);
            a.extend(med.to_be_bytes());
        }
        if !h.communities.is_empty() {
            a.extend([0xd0, 8]);
            a.extend((h.communities.len() as u16 * 4).to_be_bytes());
            a.extend(h.communities.iter().flat_map(|c| c.to_be_bytes()));
        }
        a
    }
}
