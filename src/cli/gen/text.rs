//! The configs: one writer an operating system.

use std::fmt::Write;

use super::fat_tree::{Port, Switch};
use super::{Os, Protocol};

/// The name of port `n` (from 1).
pub(super) fn port_name(os: Os, n: u32) -> String {
    match os {
        Os::Eos => format!("Ethernet{n}"),
        Os::Ios => format!("TenGigabitEthernet1/{n}"),
        Os::Frr => format!("swp{n}"),
        Os::Junos => format!("et-0/0/{}", n - 1),
    }
}

/// A switch's config.
pub(super) fn config(s: &Switch, os: Os, protocol: Protocol) -> String {
    let mut t = String::new();
    // Writing to a string cannot fail.
    let _ = match os {
        Os::Eos => eos(&mut t, s, protocol),
        Os::Ios => ios(&mut t, s, protocol),
        Os::Frr => frr(&mut t, s, protocol),
        Os::Junos => junos(&mut t, s, protocol),
    };
    t
}

/// The network entity title: area 49.0001, the switch's number as system id.
fn net(s: &Switch) -> String {
    let n = s.number + 1;
    format!("49.0001.0000.{:04}.{:04}.00", n / 10_000, n % 10_000)
}

fn eos(t: &mut String, s: &Switch, protocol: Protocol) -> std::fmt::Result {
    write!(t, "! device: {0} (EOS-4.30.0F)\n!\nhostname {0}\n!\nip routing\n!\n", s.name)?;
    let extra = match protocol {
        Protocol::Ebgp => "",
        Protocol::Ospf => "   ip ospf network point-to-point\n   ip ospf area 0.0.0.0\n",
        Protocol::Isis => "   isis enable FABRIC\n   isis network point-to-point\n",
    };
    for Port { number, address, peer_name, .. } in &s.ports {
        write!(
            t,
            "interface Ethernet{number}\n   description to {peer_name}\n   no switchport\n   ip address {address}/31\n{extra}!\n"
        )?;
    }
    let stub = match protocol {
        Protocol::Ebgp => "",
        Protocol::Ospf => "   ip ospf area 0.0.0.0\n",
        Protocol::Isis => "   isis enable FABRIC\n   isis passive\n",
    };
    write!(t, "interface Loopback0\n   ip address {}/32\n{stub}!\n", s.loopback)?;
    if let Some(servers) = s.servers {
        let gateway = std::net::Ipv4Addr::from(u32::from(servers) + 1);
        write!(t, "interface Ethernet100\n   description servers\n   no switchport\n   ip address {gateway}/24\n{stub}!\n")?;
    }
    match protocol {
        Protocol::Ebgp => {
            write!(
                t,
                "router bgp {}\n   router-id {}\n   maximum-paths 64 ecmp 64\n   neighbor FABRIC peer group\n",
                s.asn, s.loopback
            )?;
            for p in &s.ports {
                write!(t, "   neighbor {0} peer group FABRIC\n   neighbor {0} remote-as {1}\n", p.peer_address, p.peer_asn)?;
            }
            writeln!(t, "   network {}/32", s.loopback)?;
            if let Some(servers) = s.servers {
                writeln!(t, "   network {servers}/24")?;
            }
        }
        Protocol::Ospf => {
            write!(t, "router ospf 1\n   router-id {}\n   maximum-paths 64\n", s.loopback)?;
            if s.servers.is_some() {
                writeln!(t, "   passive-interface Ethernet100")?;
            }
        }
        Protocol::Isis => {
            write!(
                t,
                "router isis FABRIC\n   net {}\n   is-type level-2\n   address-family ipv4 unicast\n      maximum-paths 64\n",
                net(s)
            )?;
        }
    }
    writeln!(t, "!\nend")
}

fn ios(t: &mut String, s: &Switch, protocol: Protocol) -> std::fmt::Result {
    write!(t, "version 17.6\n!\nhostname {}\n!\n", s.name)?;
    let extra = match protocol {
        Protocol::Ebgp => "",
        Protocol::Ospf => " ip ospf network point-to-point\n ip ospf 1 area 0\n",
        Protocol::Isis => " ip router isis\n isis network point-to-point\n",
    };
    for Port { number, address, peer_name, .. } in &s.ports {
        write!(
            t,
            "interface TenGigabitEthernet1/{number}\n description to {peer_name}\n ip address {address} 255.255.255.254\n{extra} no shutdown\n!\n"
        )?;
    }
    let stub = match protocol {
        Protocol::Ebgp => "",
        Protocol::Ospf => " ip ospf 1 area 0\n",
        Protocol::Isis => " ip router isis\n",
    };
    write!(t, "interface Loopback0\n ip address {} 255.255.255.255\n{stub}!\n", s.loopback)?;
    if let Some(servers) = s.servers {
        let gateway = std::net::Ipv4Addr::from(u32::from(servers) + 1);
        write!(
            t,
            "interface TenGigabitEthernet2/1\n description servers\n ip address {gateway} 255.255.255.0\n{stub} no shutdown\n!\n"
        )?;
    }
    match protocol {
        Protocol::Ebgp => {
            write!(t, "router bgp {}\n bgp router-id {}\n bgp bestpath as-path multipath-relax\n", s.asn, s.loopback)?;
            for p in &s.ports {
                writeln!(t, " neighbor {} remote-as {}", p.peer_address, p.peer_asn)?;
            }
            writeln!(t, " network {} mask 255.255.255.255", s.loopback)?;
            if let Some(servers) = s.servers {
                writeln!(t, " network {servers} mask 255.255.255.0")?;
            }
            writeln!(t, " maximum-paths 32")?;
        }
        Protocol::Ospf => {
            write!(t, "router ospf 1\n router-id {}\n maximum-paths 32\n", s.loopback)?;
            if s.servers.is_some() {
                writeln!(t, " passive-interface TenGigabitEthernet2/1")?;
            }
        }
        Protocol::Isis => {
            write!(
                t,
                "router isis\n net {}\n is-type level-2-only\n metric-style wide\n maximum-paths 32\n passive-interface Loopback0\n",
                net(s)
            )?;
            if s.servers.is_some() {
                writeln!(t, " passive-interface TenGigabitEthernet2/1")?;
            }
        }
    }
    writeln!(t, "!\nend")
}

fn frr(t: &mut String, s: &Switch, protocol: Protocol) -> std::fmt::Result {
    write!(t, "frr version 8.4\nfrr defaults datacenter\nhostname {}\nservice integrated-vtysh-config\n!\n", s.name)?;
    let extra = match protocol {
        Protocol::Ebgp => "",
        Protocol::Ospf => " ip ospf area 0\n ip ospf network point-to-point\n",
        Protocol::Isis => " ip router isis FABRIC\n isis network point-to-point\n",
    };
    for Port { number, address, peer_name, .. } in &s.ports {
        write!(t, "interface swp{number}\n description to {peer_name}\n ip address {address}/31\n{extra}exit\n!\n")?;
    }
    let stub = match protocol {
        Protocol::Ebgp => "",
        Protocol::Ospf => " ip ospf area 0\n ip ospf passive\n",
        Protocol::Isis => " ip router isis FABRIC\n isis passive\n",
    };
    write!(t, "interface lo\n ip address {}/32\n{stub}exit\n!\n", s.loopback)?;
    if let Some(servers) = s.servers {
        let gateway = std::net::Ipv4Addr::from(u32::from(servers) + 1);
        write!(t, "interface servers\n ip address {gateway}/24\n{stub}exit\n!\n")?;
    }
    match protocol {
        Protocol::Ebgp => {
            write!(t, "router bgp {}\n bgp router-id {}\n bgp bestpath as-path multipath-relax\n", s.asn, s.loopback)?;
            for p in &s.ports {
                writeln!(t, " neighbor {} remote-as {}", p.peer_address, p.peer_asn)?;
            }
            write!(t, " !\n address-family ipv4 unicast\n  network {}/32\n", s.loopback)?;
            if let Some(servers) = s.servers {
                writeln!(t, "  network {servers}/24")?;
            }
            write!(t, "  maximum-paths 64\n exit-address-family\nexit\n")?;
        }
        Protocol::Ospf => write!(t, "router ospf\n ospf router-id {}\n maximum-paths 64\nexit\n", s.loopback)?,
        Protocol::Isis => write!(t, "router isis FABRIC\n net {}\n is-type level-2-only\n metric-style wide\nexit\n", net(s))?,
    }
    writeln!(t, "!")
}

fn junos(t: &mut String, s: &Switch, protocol: Protocol) -> std::fmt::Result {
    write!(t, "set version 22.4R1\nset system host-name {}\n", s.name)?;
    let mut names = Vec::new();
    for p in &s.ports {
        let name = port_name(Os::Junos, p.number);
        write!(
            t,
            "set interfaces {name} description \"to {}\"\nset interfaces {name} unit 0 family inet address {}/31\n",
            p.peer_name, p.address
        )?;
        names.push(name);
    }
    writeln!(t, "set interfaces lo0 unit 0 family inet address {}/32", s.loopback)?;
    if let Some(servers) = s.servers {
        let gateway = std::net::Ipv4Addr::from(u32::from(servers) + 1);
        writeln!(t, "set interfaces et-0/1/0 unit 0 family inet address {gateway}/24")?;
    }
    writeln!(t, "set routing-options router-id {}", s.loopback)?;
    write!(
        t,
        "set policy-options policy-statement BALANCE then load-balance per-packet\nset routing-options forwarding-table export BALANCE\n"
    )?;
    match protocol {
        Protocol::Ebgp => {
            write!(
                t,
                "set routing-options autonomous-system {}\nset policy-options policy-statement LOCAL term own from protocol direct\nset policy-options policy-statement LOCAL term own from route-filter 172.16.0.0/12 prefix-length-range /32-/32\nset policy-options policy-statement LOCAL term own from route-filter 10.0.0.0/8 prefix-length-range /24-/24\nset policy-options policy-statement LOCAL term own then accept\nset protocols bgp group FABRIC type external\nset protocols bgp group FABRIC export LOCAL\nset protocols bgp group FABRIC multipath multiple-as\n",
                s.asn
            )?;
            for p in &s.ports {
                writeln!(t, "set protocols bgp group FABRIC neighbor {} peer-as {}", p.peer_address, p.peer_asn)?;
            }
        }
        Protocol::Ospf => {
            for name in &names {
                writeln!(t, "set protocols ospf area 0.0.0.0 interface {name}.0 interface-type p2p")?;
            }
            writeln!(t, "set protocols ospf area 0.0.0.0 interface lo0.0 passive")?;
            if s.servers.is_some() {
                writeln!(t, "set protocols ospf area 0.0.0.0 interface et-0/1/0.0 passive")?;
            }
        }
        Protocol::Isis => {
            for name in &names {
                write!(
                    t,
                    "set interfaces {name} unit 0 family iso\nset protocols isis interface {name}.0 point-to-point\nset protocols isis interface {name}.0 level 1 disable\n"
                )?;
            }
            write!(t, "set interfaces lo0 unit 0 family iso address {}\nset protocols isis interface lo0.0 passive\n", net(s))?;
            write!(t, "set protocols isis level 1 disable\nset protocols isis level 2 wide-metrics-only\n")?;
            if s.servers.is_some() {
                writeln!(t, "set protocols isis interface et-0/1/0.0 passive")?;
            }
        }
    }
    Ok(())
}
