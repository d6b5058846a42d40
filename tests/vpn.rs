//! Routes between VRFs: of one device by route target, over MPLS (RFC 4364) and as EVPN prefixes (RFC 9136), from real syntax.

#[path = "support/ran.rs"]
mod ran;

use ran::{Ran, ran};

/// As lab iosxe_vrf_route_leaking_export_map: the export map replaces the targets of what it takes, and what it refuses keeps the VRF's.
#[test]
fn vrfs_of_one_device_take_routes_by_route_target() {
    let ran = ran(&[(
        "r1",
        "version 16.4\nhostname r1\nvrf definition A\n rd 65000:1\n address-family ipv4\n  export map EXPORT\n  route-target export 65000:100\n exit-address-family\nvrf definition S\n rd 65000:2\n address-family ipv4\n  route-target import 65000:100\n exit-address-family\nvrf definition T\n rd 65000:3\n address-family ipv4\n  import map ONLY\n  route-target import 65000:100\n  route-target import 65000:200\n exit-address-family\ninterface Loopback1\n vrf forwarding A\n ip address 10.1.0.1 255.255.255.0\ninterface Loopback2\n vrf forwarding A\n ip address 10.2.0.1 255.255.255.0\nrouter bgp 65000\n bgp router-id 192.0.2.1\n address-family ipv4 vrf A\n  redistribute connected\n exit-address-family\nip prefix-list TWO seq 5 permit 10.2.0.0/24\nroute-map EXPORT permit 10\n match ip address prefix-list TWO\n set extcommunity rt 65000:200\nroute-map ONLY permit 10\n match ip address prefix-list TWO\nend\n",
    )]);
    let lent = |n: u8| Some(format!("ebgp 20 [Loopback{n} in VRF A] via []"));
    assert_eq!(ran.route("r1", "S", "10.1.0.0/24"), lent(1));
    assert_eq!(ran.route("r1", "S", "10.1.0.1/32").unwrap(), "local 0 [Loopback1 in VRF A] via []", "the address comes along");
    assert_eq!(ran.route("r1", "S", "10.2.0.0/24"), None, "exported with another target only");
    assert_eq!(ran.route("r1", "S", "10.2.0.1/32"), None);
    assert_eq!(ran.route("r1", "T", "10.2.0.0/24"), lent(2));
    assert_eq!(ran.route("r1", "T", "10.1.0.0/24"), None, "the import map refuses it");
    assert_eq!(ran.route("r1", "default", "10.1.0.0/24"), None);
}

/// As lab sros_services: VPRNs of one router take each other's subnets and own addresses by their import policy, with the preference they
/// have there; a policy tells own addresses apart as `direct-interface`.
#[test]
fn vprns_lend_subnets_and_own_addresses() {
    let vprn = |name: &str, n: u8| {
        format!(
            "vprn \"{name}\" {{\nadmin-state enable\nservice-id {n}\ncustomer \"1\"\nautonomous-system 65000\nbgp-ipvpn {{\nmpls {{\nadmin-state enable\nroute-distinguisher \"65000:{n}\"\nvrf-import {{\npolicy [\"in\"]\n}}\nvrf-export {{\npolicy [\"out-{name}\"]\n}}\n}}\n}}\ninterface \"to-ce\" {{\nipv4 {{\nprimary {{\naddress 192.168.{n}.254\nprefix-length 24\n}}\n}}\nsap 1/1/{n}:1 {{\n}}\n}}\n}}\n"
        )
    };
    let export = |name: &str, from: &str| {
        format!(
            "policy-statement \"out-{name}\" {{\nentry 10 {{\n{from}action {{\naction-type accept\ncommunity {{\nadd [\"{name}\"]\n}}\n}}\n}}\n}}\n"
        )
    };
    let import = |n: u8, name: &str| {
        format!(
            "entry {n} {{\nfrom {{\ncommunity {{\nname \"{name}\"\n}}\nprotocol {{\nname [bgp-vpn]\n}}\n}}\naction {{\naction-type accept\n}}\n}}\n"
        )
    };
    let ports = |n: u8| format!("port 1/1/{n} {{\nadmin-state enable\nethernet {{\nmode access\nencap-type dot1q\n}}\n}}\n");
    let text = format!(
        "# TiMOS-B-26.3.R1 both/x86_64 Nokia 7750 SR-1\nconfigure {{\npolicy-options {{\ncommunity \"red\" {{\nmember \"target:65000:30\" {{ }}\n}}\ncommunity \"blue\" {{\nmember \"target:65000:40\" {{ }}\n}}\n{}{}policy-statement \"in\" {{\n{}{}}}\n}}\n{}{}router \"Base\" {{\nautonomous-system 65000\nbgp {{\nrouter-id 192.0.2.1\n}}\n}}\nservice {{\n{}{}}}\n}}\n",
        export("red", ""),
        export("blue", "from {\nprotocol {\nname [direct-interface]\n}\n}\n"),
        import(10, "red"),
        import(20, "blue"),
        ports(30),
        ports(40),
        vprn("red", 30),
        vprn("blue", 40),
    );
    let ran = ran(&[("r1", &text)]);
    let lent = |vrf: &str| Some(format!("ebgp 0 [to-ce in VRF {vrf}] via []"));
    assert_eq!(ran.route("r1", "blue", "192.168.30.0/24"), lent("red"));
    assert_eq!(ran.route("r1", "blue", "192.168.30.254/32"), lent("red"));
    assert_eq!(ran.route("r1", "red", "192.168.40.0/24"), None, "the export policy takes own addresses only");
    assert_eq!(ran.route("r1", "red", "192.168.40.254/32"), lent("blue"));
    assert_eq!(ran.route("r1", "red", "192.168.30.254/32"), None, "a table does not show its own");
}

/// As lab cisco_xr_ios_vpnv4: the reflector between two PEs is told of reflection within `address-family vpnv4 unicast`.
#[test]
fn xr_reflects_vpn_routes() {
    let port = |name: &str, address: &str| format!("interface {name}\n ipv4 address {address}\n!\n");
    let head = |n: u8| {
        format!(
            "!! IOS XR Configuration 6.6.2\nhostname x{n}\ninterface Loopback0\n ipv4 address 10.255.0.{n} 255.255.255.255\n!\n"
        )
    };
    let pe = |n: u8| {
        let (net, customer) = (format!("10.0.{n}.1 255.255.255.0"), format!("10.100.{n}.1 255.255.255.0"));
        format!(
            "{}vrf C\n address-family ipv4 unicast\n  import route-target\n   65000:1\n  !\n  export route-target\n   65000:1\n  !\n !\n!\n{}interface Loopback1\n vrf C\n ipv4 address {customer}\n!\nrouter static\n address-family ipv4 unicast\n  0.0.0.0/0 10.0.{n}.3\n !\n!\nrouter bgp 65000\n bgp router-id 10.255.0.{n}\n address-family vpnv4 unicast\n !\n neighbor 10.255.0.3\n  remote-as 65000\n  update-source Loopback0\n  address-family vpnv4 unicast\n  !\n !\n vrf C\n  rd 65000:{n}\n  address-family ipv4 unicast\n   redistribute connected\n  !\n !\n!\nend\n",
            head(n),
            port("GigabitEthernet0/0/0/0", &net),
        )
    };
    let reflector = |client: &str| {
        let neighbor = |n: u8| {
            format!(
                " neighbor 10.255.0.{n}\n  remote-as 65000\n  update-source Loopback0\n  address-family vpnv4 unicast\n{client}  !\n !\n"
            )
        };
        let hosts = "router static\n address-family ipv4 unicast\n  10.255.0.1/32 10.0.1.1\n  10.255.0.2/32 10.0.2.1\n !\n!\n";
        format!(
            "{}{}{}{hosts}router bgp 65000\n bgp router-id 10.255.0.3\n address-family vpnv4 unicast\n !\n{}{}!\nend\n",
            head(3),
            port("GigabitEthernet0/0/0/0", "10.0.1.3 255.255.255.0"),
            port("GigabitEthernet0/0/0/1", "10.0.2.3 255.255.255.0"),
            neighbor(1),
            neighbor(2),
        )
    };
    let route =
        |client: &str| ran(&[("x1", &pe(1)), ("x2", &pe(2)), ("x3", &reflector(client))]).route("x1", "C", "10.100.2.0/24");
    assert_eq!(
        route("   route-reflector-client\n").unwrap(),
        "ibgp 200 [10.0.1.3 GigabitEthernet0/0/0/0 in VRF default] via [10.255.0.2 in VRF default under a VPN label]"
    );
    assert_eq!(route(""), None);
}

fn pe(n: u8) -> String {
    let other = 3 - n;
    format!(
        "set version 25.4R1.12\nset system host-name pe{n}\nset interfaces ge-0/0/0 unit 0 family inet address 10.0.12.{n}/30\nset interfaces lo0 unit 0 family inet address 10.255.0.{n}/32\nset interfaces lo0 unit 1 family inet address 10.100.{n}.1/32\nset routing-instances C instance-type vrf\nset routing-instances C interface lo0.1\nset routing-instances C route-distinguisher 10.255.0.{n}:100\nset routing-instances C vrf-target target:65000:100\nset routing-options router-id 10.255.0.{n}\nset routing-options autonomous-system 65000\nset routing-options static route 10.255.0.{other}/32 next-hop 10.0.12.{other}\nset protocols bgp group PE type internal\nset protocols bgp group PE local-address 10.255.0.{n}\nset protocols bgp group PE family inet-vpn unicast\nset protocols bgp group PE neighbor 10.255.0.{other}\n"
    )
}

/// As lab junos_l3vpn: the VRF has no BGP of its own; its active routes are exported.
#[test]
fn a_vpn_route_leads_through_the_tunnel_into_the_other_vrf() {
    let ran = ran(&[("pe1", &pe(1)), ("pe2", &pe(2))]);
    assert_eq!(
        ran.route("pe1", "C", "10.100.2.1/32").as_deref(),
        Some("ibgp 170 [10.0.12.2 ge-0/0/0.0 in VRF default] via [10.255.0.2 in VRF default under a VPN label]")
    );
    assert_eq!(ran.route("pe1", "default", "10.100.2.1/32"), None);
    assert_eq!(ran.ends("pe1", "C", "10.100.2.1"), [(vec!["pe1:C".to_owned(), "pe2:C".to_owned()], true)]);
}

/// An SR OS PE with a VPRN.
fn sros_pe(n: u8, target: u32) -> String {
    let o = 3 - n;
    format!(
        "\
# TiMOS-B-23.7.R1 both/x86_64 Nokia 7750 SR
configure {{
    system {{
        name \"pe{n}\"
    }}
    port 1/1/1 {{
        admin-state enable
    }}
    port 1/1/2 {{
        admin-state enable
        ethernet {{
            mode access
            encap-type dot1q
        }}
    }}
    router \"Base\" {{
        autonomous-system 64500
        interface \"fabric\" {{
            port 1/1/1
            ipv4 {{
                primary {{
                    address 10.0.0.{n}
                    prefix-length 24
                }}
            }}
        }}
        interface \"system\" {{
            ipv4 {{
                primary {{
                    address 192.0.2.{n}
                    prefix-length 32
                }}
            }}
        }}
        ospf 0 {{
            admin-state enable
            area 0.0.0.0 {{
                interface \"fabric\" {{
                }}
                interface \"system\" {{
                }}
            }}
        }}
        bgp {{
            group \"pe\" {{
                peer-as 64500
                family {{
                    vpn-ipv4 true
                    vpn-ipv6 true
                }}
            }}
            neighbor \"192.0.2.{o}\" {{
                group \"pe\"
            }}
        }}
    }}
    service {{
        vprn \"t\" {{
            admin-state enable
            service-id 500
            customer \"1\"
            bgp-ipvpn {{
                mpls {{
                    admin-state enable
                    route-distinguisher \"192.0.2.{n}:500\"
                    vrf-target {{
                        community \"target:64500:{target}\"
                    }}
                    auto-bind-tunnel {{
                        resolution any
                    }}
                }}
            }}
            interface \"lan\" {{
                ipv4 {{
                    primary {{
                        address 192.168.{n}.1
                        prefix-length 24
                    }}
                }}
                sap 1/1/2:10 {{
                }}
            }}
        }}
    }}
}}
"
    )
}

/// Nokia, Layer 3 Services Guide, "VPRN": VPN-IPv4 routes have preference 170 and lead through the tunnel to the other PE's VPRN; the route
/// target of `vrf-target` decides.
#[test]
fn sros_vprns_exchange_vpn_routes_over_sessions() {
    let pair = |target| ran(&[("pe1", &sros_pe(1, 500)), ("pe2", &sros_pe(2, target))]);
    let joined = pair(500);
    assert_eq!(
        joined.route("pe1", "t", "192.168.2.0/24").as_deref(),
        Some("ibgp 170 [10.0.0.2 fabric in VRF default] via [192.0.2.2 in VRF default under a VPN label]")
    );
    assert_eq!(joined.route("pe1", "default", "192.168.2.0/24"), None);
    assert_eq!(joined.ends("pe1", "t", "192.168.2.1"), [(vec!["pe1:t".to_owned(), "pe2:t".to_owned()], true)]);
    joined.assert_same_when_ports_fail();
    assert_eq!(pair(501).route("pe1", "t", "192.168.2.0/24"), None);
}

fn leaf(n: u8, target: &str) -> String {
    format!(
        "! device: leaf{n} (vEOS, EOS-4.23.0.1F)\nhostname leaf{n}\nservice routing protocols model multi-agent\nvrf instance T\ninterface Ethernet1\n   no switchport\n   ip address 10.0.{n}.1/31\ninterface Loopback0\n   ip address 192.0.2.{n}/32\ninterface Loopback1\n   ip address 198.51.100.{n}/32\ninterface Loopback9\n   vrf T\n   ip address 10.9.0.{n}/32\ninterface Vxlan1\n   vxlan source-interface Loopback1\n   vxlan vrf T vni 15001\nip routing\nip routing vrf T\nrouter bgp 6510{n}\n   router-id 192.0.2.{n}\n   no bgp default ipv4-unicast\n   neighbor 10.0.{n}.0 remote-as 65001\n   neighbor 192.0.2.9 remote-as 65001\n   neighbor 192.0.2.9 update-source Loopback0\n   neighbor 192.0.2.9 ebgp-multihop 3\n   neighbor 192.0.2.9 send-community\n   redistribute connected\n   address-family evpn\n      neighbor 192.0.2.9 activate\n   address-family ipv4\n      neighbor 10.0.{n}.0 activate\n   vrf T\n      rd 192.0.2.{n}:1\n      route-target import evpn 1:1\n      route-target export evpn {target}\n      redistribute connected\nend\n"
    )
}

fn spine(unchanged: &str) -> String {
    let mut out = "! device: spine (vEOS, EOS-4.23.0.1F)\nhostname spine\nservice routing protocols model multi-agent\ninterface Loopback0\n   ip address 192.0.2.9/32\n".to_owned();
    for n in 1..=2 {
        out += &format!("interface Ethernet{n}\n   no switchport\n   ip address 10.0.{n}.0/31\n");
    }
    out += "ip routing\nrouter bgp 65001\n   router-id 192.0.2.9\n   no bgp default ipv4-unicast\n   redistribute connected\n";
    for n in 1..=2 {
        out += &format!(
            "   neighbor 10.0.{n}.1 remote-as 6510{n}\n   neighbor 192.0.2.{n} remote-as 6510{n}\n   neighbor 192.0.2.{n} update-source Loopback0\n   neighbor 192.0.2.{n} ebgp-multihop 3\n   neighbor 192.0.2.{n} send-community\n{}",
            if unchanged.is_empty() { String::new() } else { format!("   neighbor 192.0.2.{n} {unchanged}\n") }
        );
    }
    for family in ["evpn", "ipv4"] {
        out += &format!("   address-family {family}\n");
        for n in 1..=2 {
            let who = if family == "evpn" { format!("192.0.2.{n}") } else { format!("10.0.{n}.1") };
            out += &format!("      neighbor {who} activate\n");
        }
    }
    out + "end\n"
}

/// As lab eos_evpn_l3_design_guide: the next hop is the VTEP of the leaf, kept by the spine.
#[test]
fn evpn_prefixes_cross_a_fabric() {
    let (one, two) = (leaf(1, "1:1"), leaf(2, "1:1"));
    let fabric = ran(&[("leaf1", &one), ("leaf2", &two), ("spine", &spine("next-hop-unchanged"))]);
    assert_eq!(
        fabric.route("leaf1", "T", "10.9.0.2/32").as_deref(),
        Some("ebgp 200 [10.0.1.0 Ethernet1 in VRF default] via [198.51.100.2 in VRF default under VNI 15001]")
    );
    assert_eq!(fabric.ends("leaf1", "T", "10.9.0.2"), [(vec!["leaf1:T".to_owned(), "leaf2:T".to_owned()], true)]);
    // Another target: sent, and taken in by nobody.
    let other = ran(&[("leaf1", &one), ("leaf2", &leaf(2, "1:2")), ("spine", &spine("next-hop-unchanged"))]);
    assert_eq!(other.route("leaf1", "T", "10.9.0.2/32"), None);
    assert!(other.route("leaf2", "T", "10.9.0.1/32").is_some());
}

/// Juniper, "Configuring Nonforwarding Instances": an instance takes what its policies accept of the instances they name, with protocol,
/// preference and next hop; what an instance took in is not passed on.
#[test]
fn junos_instances_import_routes_of_others() {
    let ran = ran(&[(
        "r1",
        "set system host-name r1\nset interfaces ge-0/0/0 unit 0 family inet address 10.1.0.1/24\nset interfaces ge-0/0/1 unit 0 family inet address 10.2.0.1/24\nset routing-options instance-import TAKE\nset routing-instances BLUE instance-type virtual-router\nset routing-instances BLUE interface ge-0/0/0.0\nset routing-instances BLUE routing-options static route 192.0.2.0/24 next-hop 10.1.0.9\nset routing-instances BLUE routing-options static route 198.51.100.0/24 discard\nset routing-instances BLUE routing-options instance-import BACK\nset routing-instances RED instance-type virtual-router\nset routing-instances RED interface ge-0/0/1.0\nset policy-options policy-statement TAKE term 1 from instance BLUE\nset policy-options policy-statement TAKE term 1 from protocol static\nset policy-options policy-statement TAKE term 1 from route-filter 192.0.2.0/24 exact\nset policy-options policy-statement TAKE term 1 then preference 9\nset policy-options policy-statement TAKE term 1 then accept\nset policy-options policy-statement TAKE term 2 from instance RED\nset policy-options policy-statement TAKE term 2 then accept\nset policy-options policy-statement BACK term 1 from instance master\nset policy-options policy-statement BACK term 1 then accept\n",
    )]);
    let taken = ran.route("r1", "default", "192.0.2.0/24");
    assert_eq!(taken.as_deref(), Some("static 9 [10.1.0.9 ge-0/0/0.0 in VRF BLUE] via []"));
    assert_eq!(ran.route("r1", "BLUE", "192.0.2.0/24").as_deref(), Some("static 5 [10.1.0.9 ge-0/0/0.0] via []"));
    assert_eq!(ran.route("r1", "default", "198.51.100.0/24"), None, "no term takes it");
    assert_eq!(ran.route("r1", "default", "10.1.0.0/24"), None);
    assert_eq!(ran.route("r1", "default", "10.2.0.0/24").as_deref(), Some("connected 0 [ge-0/0/1.0 in VRF RED] via []"));
    assert_eq!(ran.route("r1", "BLUE", "10.2.0.0/24"), None, "the main table took it in itself");
    assert_eq!(ran.route("r1", "RED", "192.0.2.0/24"), None);
    assert!(ran.state.findings.is_empty(), "{:?}", ran.state.findings);
}

/// Juniper, "Example: Exporting Specific Routes from One Routing Table Into Another Routing Table": the first table of a group is where the routes
/// are, the others take them in as the group's policy says.
#[test]
fn junos_rib_groups_put_routes_into_more_tables() {
    let ran = ran(&[
        (
            "r1",
            "set system host-name r1\nset interfaces ge-0/0/0 unit 0 family inet address 10.1.0.1/24\nset interfaces ge-0/0/1 unit 0 family inet address 10.2.0.1/24\nset interfaces ge-0/0/2 unit 0 family inet address 10.3.0.1/24\nset routing-options interface-routes rib-group inet DIRECT\nset routing-options static rib-group ALL\nset routing-options static route 192.0.2.0/24 next-hop 10.1.0.9\nset routing-options rib-groups DIRECT import-rib [ inet.0 V.inet.0 ]\nset routing-options rib-groups DIRECT import-policy SOME\nset routing-options rib-groups ALL import-rib [ inet.0 V.inet.0 ]\nset routing-instances V instance-type virtual-router\nset routing-instances V interface ge-0/0/2.0\nset protocols ospf rib-group ALL\nset protocols ospf area 0 interface ge-0/0/0.0\nset policy-options policy-statement SOME term 1 from route-filter 10.2.0.0/24 exact\nset policy-options policy-statement SOME term 1 then reject\n",
        ),
        (
            "r2",
            "set system host-name r2\nset interfaces ge-0/0/0 unit 0 family inet address 10.1.0.2/24\nset interfaces lo0 unit 0 family inet address 203.0.113.2/32\nset protocols ospf area 0 interface ge-0/0/0.0\nset protocols ospf area 0 interface lo0.0 passive\n",
        ),
    ]);
    let in_v = |prefix: &str| ran.route("r1", "V", prefix);
    assert_eq!(in_v("10.1.0.0/24").as_deref(), Some("connected 0 [ge-0/0/0.0 in VRF default] via []"));
    assert_eq!(in_v("10.2.0.0/24"), None, "the policy refuses it");
    assert_eq!(in_v("192.0.2.0/24").as_deref(), Some("static 5 [10.1.0.9 ge-0/0/0.0 in VRF default] via []"));
    assert_eq!(in_v("203.0.113.2/32").as_deref(), Some("ospf_intra 10 [10.1.0.2 ge-0/0/0.0 in VRF default] via []"));
    assert_eq!(ran.route("r1", "default", "10.3.0.0/24"), None, "one way only");
    assert_eq!(ran.ends("r1", "V", "203.0.113.2"), [(vec!["r1:V".to_owned(), "r2".to_owned()], true)]);
    // What leads over a port that fails is gone from all tables.
    ran.assert_same_when_ports_fail();
}

/// Arista, "EOS VrfLeak Agent", and Cisco, `route-replicate`.
#[test]
fn eos_and_ios_leak_routes_between_vrfs() {
    let ran = ran(&[
        (
            "sw",
            "hostname sw\nvrf instance A\nvrf instance B\nip routing\nip routing vrf A\nip routing vrf B\ninterface Ethernet1\n   no switchport\n   vrf A\n   ip address 10.1.0.1/24\ninterface Ethernet2\n   no switchport\n   vrf A\n   ip address 10.2.0.1/24\nip prefix-list ONE seq 10 permit 10.1.0.0/24\nroute-map LEAK permit 10\n   match ip address prefix-list ONE\nrouter general\n   vrf B\n      leak routes source-vrf A subscribe-policy LEAK\n",
        ),
        (
            "rt",
            "version 16.4\nhostname rt\nvrf definition A\n address-family ipv4\n exit-address-family\nvrf definition B\n address-family ipv4\n  route-replicate from vrf A unicast connected route-map ONE\n  route-replicate from vrf A unicast static\n exit-address-family\nvrf definition C\n address-family ipv4\n  route-replicate from global unicast connected\n exit-address-family\nglobal-address-family ipv4 unicast\n route-replicate from vrf A unicast all route-map ONE\n exit-global-af\ninterface Loopback0\n ip address 203.0.113.1 255.255.255.255\ninterface GigabitEthernet1\n vrf forwarding A\n ip address 10.1.0.1 255.255.255.0\ninterface GigabitEthernet2\n vrf forwarding A\n ip address 10.2.0.1 255.255.255.0\nip route vrf A 192.0.2.0 255.255.255.0 10.1.0.9\nip prefix-list ONE seq 5 permit 10.1.0.0/24\nroute-map ONE permit 10\n match ip address prefix-list ONE\nend\n",
        ),
    ]);
    assert_eq!(ran.route("sw", "B", "10.1.0.0/24").as_deref(), Some("connected 0 [Ethernet1 in VRF A] via []"));
    assert_eq!(ran.route("sw", "B", "10.2.0.0/24"), None);
    assert_eq!(ran.route("rt", "B", "10.1.0.0/24").as_deref(), Some("connected 0 [GigabitEthernet1 in VRF A] via []"));
    assert_eq!(ran.route("rt", "B", "10.2.0.0/24"), None);
    assert_eq!(ran.route("rt", "B", "192.0.2.0/24").as_deref(), Some("static 1 [10.1.0.9 GigabitEthernet1 in VRF A] via []"));
    assert_eq!(ran.route("rt", "default", "10.1.0.0/24").as_deref(), Some("connected 0 [GigabitEthernet1 in VRF A] via []"));
    assert_eq!(ran.route("rt", "default", "192.0.2.0/24"), None, "the map refuses it");
    assert_eq!(ran.route("rt", "C", "203.0.113.1/32").as_deref(), Some("connected 0 [Loopback0 in VRF default] via []"));
    assert_eq!(ran.route("rt", "C", "10.1.0.0/24"), None, "the global table took it in itself");
    assert_eq!(ran.route("rt", "A", "192.0.2.0/24").as_deref(), Some("static 1 [10.1.0.9 GigabitEthernet1] via []"));
}

/// NX-OS leaves under a spine that reflects tell each other of the subnets of a VRF as EVPN prefixes under its VNI (Nexus 9000
/// VXLAN configuration guide, release 9.3); without the VNI on the `nve` interface nothing is told.
#[test]
fn nxos_leaves_route_by_vni() {
    let leaf = |n: u8, member: &str| {
        format!(
            "version 9.3(8)\nhostname leaf{n}\nnv overlay evpn\nfeature bgp\nfeature ospf\nfeature interface-vlan\nfeature vn-segment-vlan-based\nfeature nv overlay\nvlan 1,{n}0,500\nvlan 500\n  vn-segment 50500\nvrf context TENANT\n  vni 50500\n  rd auto\n  address-family ipv4 unicast\n    route-target both auto\n    route-target both auto evpn\nroute-map ALL permit 10\ninterface Vlan{n}0\n  no shutdown\n  vrf member TENANT\n  ip address 10.{n}.0.1/24\ninterface Vlan500\n  no shutdown\n  vrf member TENANT\n  ip forward\ninterface nve1\n  no shutdown\n  host-reachability protocol bgp\n  source-interface loopback0\n{member}interface Ethernet1/1\n  no switchport\n  ip address 192.0.2.{}/31\n  ip router ospf 1 area 0.0.0.0\n  no shutdown\ninterface Ethernet1/2\n  switchport access vlan {n}0\n  no shutdown\ninterface loopback0\n  ip address 203.0.113.{n}/32\n  ip router ospf 1 area 0.0.0.0\nrouter ospf 1\nrouter bgp 65000\n  router-id 203.0.113.{n}\n  address-family l2vpn evpn\n  neighbor 203.0.113.9\n    remote-as 65000\n    update-source loopback0\n    address-family l2vpn evpn\n      send-community\n      send-community extended\n  vrf TENANT\n    address-family ipv4 unicast\n      redistribute direct route-map ALL\n",
            2 * n
        )
    };
    let member = "  member vni 50500 associate-vrf\n";
    let spine = "version 9.3(8)\nhostname spine\nnv overlay evpn\nfeature bgp\nfeature ospf\ninterface Ethernet1/1\n  no switchport\n  ip address 192.0.2.3/31\n  ip router ospf 1 area 0.0.0.0\n  no shutdown\ninterface Ethernet1/2\n  no switchport\n  ip address 192.0.2.5/31\n  ip router ospf 1 area 0.0.0.0\n  no shutdown\ninterface loopback0\n  ip address 203.0.113.9/32\n  ip router ospf 1 area 0.0.0.0\nrouter ospf 1\nrouter bgp 65000\n  router-id 203.0.113.9\n  address-family l2vpn evpn\n  template peer LEAF\n    remote-as 65000\n    update-source loopback0\n    address-family l2vpn evpn\n      send-community extended\n      route-reflector-client\n  neighbor 203.0.113.1\n    inherit peer LEAF\n  neighbor 203.0.113.2\n    inherit peer LEAF\n";
    let all = ran(&[("leaf1", &leaf(1, member)), ("leaf2", &leaf(2, member)), ("spine", spine)]);
    assert_eq!(
        all.route("leaf1", "TENANT", "10.2.0.0/24").as_deref(),
        Some("ibgp 200 [192.0.2.3 Ethernet1/1 in VRF default] via [203.0.113.2 in VRF default under VNI 50500]")
    );
    let way = vec!["leaf1:TENANT".to_owned(), "leaf2:TENANT".to_owned()];
    assert_eq!(all.ends("leaf1", "TENANT", "10.2.0.1"), [(way, true)]);
    assert_eq!(all.route("leaf1", "default", "10.2.0.0/24"), None);
    let without = ran(&[("leaf1", &leaf(1, member)), ("leaf2", &leaf(2, "")), ("spine", spine)]);
    assert_eq!(without.route("leaf1", "TENANT", "10.2.0.0/24"), None);
}

/// FRR: leaves of AS 65001 and 65002 with automatic route targets under a spine that only passes EVPN on, as live daemons (8.4.4, in
/// namespaces) have it: `B>* 10.1.2.0/24 [20/0] via 10.255.0.2, br4001 onlink`, also for a route that an aggregate suppresses. Of automatic
/// targets the VNI counts, not the AS (`form_auto_rt`, `vrf_rt2ecom_val`).
#[test]
fn frr_leaves_route_by_vni() {
    let leaf_of = |version: &str, n: u8, vni: u32, more: &str| {
        format!(
            "leaf{n}\n# This file describes the network interfaces\nauto lo\niface lo inet loopback\n  address 10.255.0.{n}/32\n  vxlan-local-tunnelip 10.255.0.{n}\niface swp1\n  address 10.0.{n}.1/31\niface swp2\n  address 10.1.{n}.1/24\n  vrf RED\niface RED\n  vrf-table auto\niface vni4001\n  vxlan-id 4001\n  bridge-access 4001\niface bridge\n  bridge-vlan-aware yes\n  bridge-ports vni4001\n  bridge-vids 4001\niface vlan4001\n  vlan-id 4001\n  vlan-raw-device bridge\n  vrf RED\n# ports.conf --\nfrr version {version}\nfrr defaults datacenter\nvrf RED\n vni {vni}\nexit-vrf\nrouter bgp 6500{n}\n neighbor 10.0.{n}.0 remote-as external\n address-family ipv4 unicast\n  network 10.255.0.{n}/32\n exit-address-family\n address-family l2vpn evpn\n  neighbor 10.0.{n}.0 activate\n  advertise-all-vni\n exit-address-family\nrouter bgp 6500{n} vrf RED\n address-family ipv4 unicast\n  redistribute connected\n  aggregate-address 10.9.0.0/16 summary-only\n  network 10.9.{n}.0/24\n exit-address-family\n address-family l2vpn evpn\n  advertise ipv4 unicast{more}\n exit-address-family\nexit\nvrf RED\n ip route 10.9.{n}.0/24 blackhole\nexit-vrf\nip prefix-list SUBNETS permit 10.1.0.0/16 le 24\nroute-map SUBNETS permit 10\n match ip address prefix-list SUBNETS\n"
        )
    };
    let leaf = |n: u8, vni: u32, more: &str| leaf_of("8.4.4", n, vni, more);
    let spine = "spine\n# This file describes the network interfaces\nauto lo\niface lo inet loopback\niface swp1\n  address 10.0.1.0/31\niface swp2\n  address 10.0.2.0/31\n# ports.conf --\nfrr version 7.5+cl4.3.0\nfrr defaults datacenter\nrouter bgp 65100\n neighbor 10.0.1.1 remote-as external\n neighbor 10.0.2.1 remote-as external\n address-family l2vpn evpn\n  neighbor 10.0.1.1 activate\n  neighbor 10.0.2.1 activate\n exit-address-family\n";
    let run = |one: &str, two: &str| ran(&[("leaf1", one), ("leaf2", two), ("spine", spine)]);
    let fabric = run(&leaf(1, 4001, ""), &leaf(2, 4001, ""));
    let over =
        |n: u8, m: u8| format!("ebgp 20 [10.0.{n}.0 swp1 in VRF default] via [10.255.0.{m} in VRF default under VNI 4001]");
    assert_eq!(fabric.route("leaf1", "RED", "10.1.2.0/24"), Some(over(1, 2)));
    assert_eq!(fabric.route("leaf2", "RED", "10.1.1.0/24"), Some(over(2, 1)));
    assert_eq!(fabric.route("leaf1", "RED", "10.9.2.0/24"), Some(over(1, 2)));
    assert_eq!(fabric.route("leaf1", "RED", "10.9.0.0/16").as_deref(), Some("ebgp 200 [discard] via []"), "its own");
    assert_eq!(fabric.ends("leaf1", "RED", "10.1.2.1"), [(vec!["leaf1:RED".to_owned(), "leaf2:RED".to_owned()], true)]);
    // `default-originate` makes one for EVPN alone (live daemons).
    let made = run(&leaf(1, 4001, "\n  default-originate ipv4"), &leaf(2, 4001, ""));
    assert_eq!(made.route("leaf2", "RED", "0.0.0.0/0"), Some(over(2, 1)));
    assert_eq!(made.route("leaf1", "RED", "0.0.0.0/0"), None);
    // A VRF without a BGP instance of its own takes routes in all the same, and sends none (live daemons).
    let whole = leaf(2, 4001, "");
    let (before, rest) = whole.split_once("router bgp 65002 vrf RED").unwrap();
    let bare = run(&leaf(1, 4001, ""), &format!("{before}vrf RED{}", rest.split_once("exit\nvrf RED").unwrap().1));
    assert_eq!(bare.route("leaf1", "RED", "10.1.2.0/24"), None);
    for prefix in ["10.1.1.0/24", "10.9.0.0/16", "10.9.1.0/24"] {
        assert_eq!(bare.route("leaf2", "RED", prefix), Some(over(2, 1)));
    }
    let ten = run(&leaf(1, 4001, ""), &leaf_of("10.1", 2, 4001, ""));
    assert_eq!(ten.route("leaf1", "RED", "10.9.2.0/24"), None, "suppressed, so not sent");
    let mapped = run(&leaf(1, 4001, ""), &leaf(2, 4001, " route-map SUBNETS"));
    assert_eq!(mapped.route("leaf1", "RED", "10.1.2.0/24"), Some(over(1, 2)));
    assert_eq!(mapped.route("leaf1", "RED", "10.9.2.0/24"), None);
    // What is set stands instead of what is automatic, and has its AS.
    let set = run(&leaf(1, 4001, ""), &leaf(2, 4001, "\n  route-target export 65009:4001\n  route-target import 65009:4001"));
    assert_eq!(set.route("leaf1", "RED", "10.1.2.0/24"), Some(over(1, 2)));
    assert_eq!(set.route("leaf2", "RED", "10.1.1.0/24"), None);
    let wild = run(&leaf(1, 4001, ""), &leaf(2, 4001, "\n  route-target import 65009:7 *:4001"));
    assert_eq!(wild.route("leaf2", "RED", "10.1.1.0/24"), Some(over(2, 1)));
    // No VXLAN device carries the VNI: nothing is sent, nothing taken in.
    let down = run(&leaf(1, 4002, ""), &leaf(2, 4001, ""));
    assert_eq!(down.route("leaf1", "RED", "10.1.2.0/24"), None);
    assert_eq!(down.route("leaf2", "RED", "10.1.1.0/24"), None);
}

/// SR Linux (EVPN-VXLAN Guide, "Interface-less EVPN-VXLAN L3"; tables of learn.srlinux.dev, "L3 EVPN"): subnets of an IP-VRF and routes
/// of its CE go out, its own addresses do not; they show with preference 170 and the VTEP as next hop; targets come from AS and EVI.
#[test]
fn srlinux_leaves_route_by_vni() {
    let leaf = |n: u8, evi: u32| {
        format!(
            "set / system name host-name leaf{n}\nset / interface ethernet-1/1 admin-state enable subinterface 0 admin-state enable ipv4 admin-state enable address 192.168.{n}.1/24\nset / interface ethernet-1/49 admin-state enable subinterface 0 admin-state enable ipv4 admin-state enable address 10.1.{n}.1/30\nset / interface system0 admin-state enable subinterface 0 admin-state enable ipv4 admin-state enable address 10.0.0.{n}/32\nset / network-instance default type default\nset / network-instance default interface ethernet-1/49.0\nset / network-instance default interface system0.0\nset / network-instance default protocols bgp autonomous-system 65000\nset / network-instance default protocols bgp afi-safi evpn admin-state enable\nset / network-instance default protocols bgp group o peer-as 65000\nset / network-instance default protocols bgp neighbor 10.1.{n}.2 peer-group o\nset / network-instance default static-routes route 10.0.0.0/24 next-hop-group up\nset / network-instance default next-hop-groups group up nexthop 1 ip-address 10.1.{n}.2\nset / network-instance red type ip-vrf\nset / network-instance red interface ethernet-1/1.0\nset / network-instance red vxlan-interface vxlan1.7\nset / network-instance red static-routes route 172.16.{n}.0/24 next-hop-group ce\nset / network-instance red next-hop-groups group ce nexthop 1 ip-address 192.168.{n}.9\nset / network-instance red protocols bgp-evpn bgp-instance 1 admin-state enable\nset / network-instance red protocols bgp-evpn bgp-instance 1 vxlan-interface vxlan1.7\nset / network-instance red protocols bgp-evpn bgp-instance 1 evi {evi}\nset / network-instance red protocols bgp-vpn bgp-instance 1\nset / tunnel-interface vxlan1 vxlan-interface 7 type routed\nset / tunnel-interface vxlan1 vxlan-interface 7 ingress vni 7\n"
        )
    };
    let spine = "set / system name host-name spine\nset / interface ethernet-1/1 admin-state enable subinterface 0 admin-state enable ipv4 admin-state enable address 10.1.1.2/30\nset / interface ethernet-1/2 admin-state enable subinterface 0 admin-state enable ipv4 admin-state enable address 10.1.2.2/30\nset / network-instance default type default\nset / network-instance default interface ethernet-1/1.0\nset / network-instance default interface ethernet-1/2.0\nset / network-instance default protocols bgp autonomous-system 65000\nset / network-instance default protocols bgp afi-safi evpn admin-state enable\nset / network-instance default protocols bgp afi-safi evpn evpn inter-as-vpn true\nset / network-instance default protocols bgp group o peer-as 65000\nset / network-instance default protocols bgp group o route-reflector client true\nset / network-instance default protocols bgp neighbor 10.1.1.1 peer-group o\nset / network-instance default protocols bgp neighbor 10.1.2.1 peer-group o\nset / network-instance default static-routes route 10.0.0.1/32 next-hop-group one\nset / network-instance default static-routes route 10.0.0.2/32 next-hop-group two\nset / network-instance default next-hop-groups group one nexthop 1 ip-address 10.1.1.1\nset / network-instance default next-hop-groups group two nexthop 1 ip-address 10.1.2.1\n";
    let fabric = ran(&[("leaf1", &leaf(1, 7)), ("leaf2", &leaf(2, 7)), ("spine", spine)]);
    let over = Some("evpn 170 [10.1.1.2 ethernet-1/49.0 in VRF default] via [10.0.0.2 in VRF default under VNI 7]".to_owned());
    assert_eq!(fabric.route("leaf1", "red", "192.168.2.0/24"), over);
    assert_eq!(fabric.route("leaf1", "red", "172.16.2.0/24"), over);
    assert_eq!(fabric.route("leaf1", "red", "192.168.2.1/32"), None, "an own address of the other leaf");
    assert_eq!(fabric.ends("leaf1", "red", "192.168.2.1"), [(vec!["leaf1:red".to_owned(), "leaf2:red".to_owned()], true)]);
    let other = ran(&[("leaf1", &leaf(1, 7)), ("leaf2", &leaf(2, 8)), ("spine", spine)]);
    assert_eq!(other.route("leaf1", "red", "192.168.2.0/24"), None, "another EVI, so another target");
}

/// Export policies of a group hold for EVPN too, and tell it apart by `family`.
#[test]
fn srlinux_policies_see_evpn() {
    let device = |n: u8, more: &str| {
        let other = 3 - n;
        format!(
            "set / system name host-name leaf{n}\nset / interface ethernet-1/1 admin-state enable subinterface 0 admin-state enable ipv4 admin-state enable address 192.168.{n}.1/24\nset / interface ethernet-1/49 admin-state enable subinterface 0 admin-state enable ipv4 admin-state enable address 10.1.0.{n}/30\nset / interface system0 admin-state enable subinterface 0 admin-state enable ipv4 admin-state enable address 10.0.0.{n}/32\nset / network-instance default interface ethernet-1/49.0\nset / network-instance default interface system0.0\nset / network-instance default protocols bgp autonomous-system 6500{n}\nset / network-instance default protocols bgp afi-safi evpn admin-state enable\nset / network-instance default protocols bgp afi-safi ipv4-unicast admin-state enable\nset / network-instance default protocols bgp ebgp-default-policy import-reject-all false\nset / network-instance default protocols bgp group o peer-as 6500{other}\nset / network-instance default protocols bgp group o export-policy [ out ]\nset / network-instance default protocols bgp neighbor 10.1.0.{other} peer-group o\nset / network-instance red type ip-vrf\nset / network-instance red interface ethernet-1/1.0\nset / network-instance red protocols bgp-evpn bgp-instance 1 vxlan-interface vxlan1.7\nset / network-instance red protocols bgp-evpn bgp-instance 1 evi 7\nset / network-instance red protocols bgp-vpn bgp-instance 1 route-target import-rt target:1:7\nset / network-instance red protocols bgp-vpn bgp-instance 1 route-target export-rt target:1:7\nset / tunnel-interface vxlan1 vxlan-interface 7 ingress vni 7\nset / routing-policy policy out default-action policy-result reject\nset / routing-policy policy out statement 1 match prefix prefix-set s\nset / routing-policy policy out statement 1 action policy-result accept\nset / routing-policy prefix-set s prefix 10.0.0.0/24 mask-length-range 32..32\n{more}"
        )
    };
    let pass = "set / routing-policy policy out statement 2 match family [ evpn ]\nset / routing-policy policy out statement 2 action policy-result accept\n";
    let pair = |more: &str| ran(&[("leaf1", &device(1, "")), ("leaf2", &device(2, more))]);
    assert_eq!(pair("").route("leaf1", "red", "192.168.2.0/24"), None);
    assert_eq!(
        pair(pass).route("leaf1", "red", "192.168.2.0/24").as_deref(),
        Some("evpn 170 [10.1.0.2 ethernet-1/49.0 in VRF default] via [10.0.0.2 in VRF default under VNI 7]")
    );
}

/// SR Linux, "Aggregate routes": with `summary-only` the parts are not sent.
#[test]
fn srlinux_aggregates_hide_their_parts() {
    let device = |n: u8, only: bool| {
        let other = 3 - n;
        format!(
            "set / system name host-name r{n}\nset / interface ethernet-1/1 admin-state enable subinterface 0 admin-state enable ipv4 admin-state enable address 172.16.{n}.1/24\nset / interface ethernet-1/49 admin-state enable subinterface 0 admin-state enable ipv4 admin-state enable address 10.1.0.{n}/30\nset / network-instance default interface ethernet-1/49.0\nset / network-instance default interface ethernet-1/1.0\nset / network-instance default aggregate-routes route 172.16.0.0/16 summary-only {only}\nset / network-instance default protocols bgp autonomous-system 6500{n}\nset / network-instance default protocols bgp afi-safi ipv4-unicast admin-state enable\nset / network-instance default protocols bgp ebgp-default-policy import-reject-all false\nset / network-instance default protocols bgp group o peer-as 6500{other}\nset / network-instance default protocols bgp group o export-policy [ out ]\nset / network-instance default protocols bgp neighbor 10.1.0.{other} peer-group o\nset / routing-policy policy out default-action policy-result accept\n"
        )
    };
    let pair = |only: bool| ran(&[("r1", &device(1, false)), ("r2", &device(2, only))]);
    let part = |r: &Ran| r.route("r1", "default", "172.16.2.0/24").is_some();
    assert!(part(&pair(false)));
    assert!(!part(&pair(true)));
}

/// As lab junos_evpn_type5: what `auto-export` brought into a VRF is an EVPN prefix of that VRF too, with the targets of both; an own address is
/// not, nor is what came as an EVPN prefix itself.
#[test]
fn junos_sends_what_a_vrf_took_in_as_evpn_prefixes() {
    let vrf = |name: &str, n: u8, net: &str, port: u8, rest: &str| {
        format!(
            "set interfaces ge-0/0/{port} unit 0 family inet address {net}\nset routing-instances {name} instance-type vrf\nset routing-instances {name} interface ge-0/0/{port}.0\nset routing-instances {name} route-distinguisher 192.0.2.{n}:{port}\nset routing-instances {name} vrf-target target:65000:{port}\nset routing-instances {name} protocols evpn ip-prefix-routes advertise direct-nexthop\nset routing-instances {name} protocols evpn ip-prefix-routes encapsulation vxlan\nset routing-instances {name} protocols evpn ip-prefix-routes vni 500{port}\n{rest}"
        )
    };
    let head = |n: u8, other: u8| {
        format!(
            "set version 25.4R1.12\nset system host-name leaf{n}\nset interfaces ge-0/0/0 unit 0 family inet address 192.0.2.{n}/24\nset routing-options router-id 192.0.2.{n}\nset routing-options autonomous-system 65000\nset protocols bgp group overlay type internal\nset protocols bgp group overlay local-address 192.0.2.{n}\nset protocols bgp group overlay family evpn signaling\nset protocols bgp group overlay neighbor 192.0.2.{other}\n"
        )
    };
    let both = |name: &str| {
        format!(
            "set routing-instances {name} routing-options auto-export\nset routing-instances {name} vrf-import BOTH\nset routing-instances {name} vrf-export OUT-{name}\nset policy-options policy-statement OUT-{name} then community add {name}\nset policy-options policy-statement OUT-{name} then accept\n"
        )
    };
    let policies = "set policy-options community A members target:65000:1\nset policy-options community B members target:65000:2\nset policy-options policy-statement BOTH term 1 from community [ A B ]\nset policy-options policy-statement BOTH term 1 then accept\nset policy-options policy-statement BOTH term 2 then reject\n";
    let one = head(1, 2) + policies + &vrf("A", 1, "10.1.0.1/24", 1, &both("A")) + &vrf("B", 1, "10.2.0.1/24", 2, &both("B"));
    let two = head(2, 1) + &vrf("A", 2, "10.3.0.1/24", 1, "") + &vrf("B", 2, "10.4.0.1/24", 2, "");
    let ran = ran(&[("leaf1", &one), ("leaf2", &two)]);
    assert_eq!(ran.route("leaf1", "A", "10.2.0.0/24").as_deref(), Some("connected 0 [ge-0/0/2.0 in VRF B] via []"));
    let over =
        |vni: u32| Some(format!("evpn 170 [192.0.2.1 ge-0/0/0.0 in VRF default] via [192.0.2.1 in VRF default under VNI {vni}]"));
    assert_eq!(ran.route("leaf2", "A", "10.1.0.0/24"), over(5001), "leaf1's A");
    assert_eq!(ran.route("leaf2", "A", "10.2.0.0/24"), over(5001), "leaf1's B, of which its A tells");
    assert_eq!(ran.route("leaf2", "B", "10.1.0.0/24"), over(5002), "leaf1's A, of which its B tells");
    assert_eq!(ran.route("leaf2", "A", "10.2.0.1/32"), None);
    assert!(ran.route("leaf1", "B", "10.3.0.0/24").is_some(), "leaf2's A, for its target");
    assert_eq!(ran.route("leaf2", "B", "10.3.0.0/24"), None, "leaf1's B does not tell of it again");
}

/// A router with two VRFs and five neighbours in them, of which two have the same route: `red`, `blue` and `global` stand in the instances.
fn frr_with_vrfs(red: &str, blue: &str, global: &str, rest: &str) -> Vec<(String, String)> {
    // Neighbour, AS, subnet, the VRF's port and the neighbour's, networks.
    let neighbours = [
        (1, 65001, "10.1.1", "r1", "172.16.0.0/24 172.16.1.0/24"),
        (2, 65001, "10.1.2", "r2", "172.16.0.0/24"),
        (3, 65003, "10.2.3", "b3", "172.16.3.0/24"),
        (4, 65000, "10.2.4", "b4", "172.16.4.0/24"),
        (5, 65000, "10.1.5", "r5", "172.16.5.0/24"),
    ];
    let mut r1 = "frr defaults traditional\nhostname r1\nip route 172.31.0.0/24 Null0\nvrf RED\nvrf BLUE\n".to_owned();
    let mut out = Vec::new();
    for (n, asn, net, port, networks) in neighbours {
        let vrf = if port.starts_with('r') { "RED" } else { "BLUE" };
        r1 += &format!("interface {port} vrf {vrf}\n ip address {net}.1/24\n");
        let lines = |line: fn(&str) -> String| networks.split(' ').map(line).collect::<String>();
        let (routes, said) = (lines(|p| format!("ip route {p} Null0\n")), lines(|p| format!("  network {p} route-map MED\n")));
        out.push((
            format!("ce{n}"),
            format!(
                "frr defaults traditional\nhostname ce{n}\n{routes}interface eth0\n ip address {net}.2/24\nrouter bgp {asn}\n bgp router-id 198.51.100.{n}\n no bgp ebgp-requires-policy\n neighbor {net}.1 remote-as 65000\n address-family ipv4 unicast\n{said}route-map MED permit 10\n set metric 77\n set extcommunity rt 9:9\n"
            ),
        ));
    }
    let instance = |vrf: &str, id: u8, ports: &str, said: &str| {
        let of = |x: &&(i32, u32, &str, &str, &str)| x.3.starts_with(ports);
        let sessions: String = neighbours.iter().filter(of).map(|x| format!(" neighbor {}.2 remote-as {}\n", x.2, x.1)).collect();
        format!(
            "router bgp 65000{vrf}\n bgp router-id 192.0.2.{id}\n no bgp ebgp-requires-policy\n{sessions} address-family ipv4 unicast\n{said}"
        )
    };
    r1 += &instance("", 1, "-", &format!("  network 172.31.0.0/24\n{global}"));
    r1 += &instance(" vrf RED", 10, "r", red);
    r1 += &instance(" vrf BLUE", 11, "b", blue);
    out.push(("r1".to_owned(), r1 + rest));
    out
}

fn ran_frr(red: &str, blue: &str, global: &str, rest: &str) -> Ran {
    let all = frr_with_vrfs(red, blue, global, rest);
    ran(&all.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect::<Vec<_>>())
}

/// Live FRR 8.4, VRFs as network namespaces: `import vrf` takes all paths of the other instance, once; neighbours are told of them as of own
/// routes.
#[test]
fn frr_imports_vrfs() {
    let connected = "  redistribute connected\n";
    let ran = ran_frr(
        &format!("{connected}  aggregate-address 172.16.0.0/16\n"),
        &format!("{connected}  import vrf RED\n  import vrf default\n"),
        "  import vrf BLUE\n",
        "",
    );
    let blue = |prefix: &str| ran.route("r1", "BLUE", prefix);
    assert_eq!(blue("10.1.1.0/24").as_deref(), Some("ebgp 20 [r1 in VRF RED] via []"));
    assert_eq!(blue("172.16.0.0/24").as_deref(), Some("ebgp 20 [10.1.1.2 r1 in VRF RED, 10.1.2.2 r2 in VRF RED] via []"));
    assert_eq!(blue("172.16.5.0/24").as_deref(), Some("ibgp 20 [10.1.5.2 r5 in VRF RED] via []"));
    assert_eq!(blue("172.16.4.0/24").as_deref(), Some("ibgp 200 [10.2.4.2 b4] via []"));
    assert_eq!(blue("172.16.0.0/16"), None, "no aggregates");
    assert_eq!(blue("172.31.0.0/24"), None, "a `network` has no valid next hop there");
    assert_eq!(ran.paths("r1", "BLUE", "172.31.0.0/24"), ["- [] 0 100 32768"]);
    assert_eq!(ran.paths("r1", "BLUE", "172.16.5.0/24"), ["10.1.5.2 [] 77 100 0 *"]);
    assert_eq!(ran.route("r1", "default", "172.16.4.0/24").as_deref(), Some("ibgp 20 [10.2.4.2 b4 in VRF BLUE] via []"));
    assert_eq!(ran.route("r1", "default", "172.16.5.0/24"), None, "not leaked on");
    assert_eq!(ran.route("r1", "RED", "172.16.3.0/24"), None, "one way only");
    // An external neighbour and an internal one.
    assert_eq!(ran.paths("ce3", "default", "172.16.0.0/24"), ["10.2.3.1 [65000 65001] 77 100 0 *"]);
    assert_eq!(ran.paths("ce3", "default", "172.16.5.0/24"), ["10.2.3.1 [65000] 77 100 0 *"]);
    assert_eq!(ran.paths("ce3", "default", "172.16.4.0/24"), ["10.2.3.1 [65000] 0 100 0 *"]);
    assert_eq!(ran.paths("ce4", "default", "172.16.0.0/24"), ["10.2.4.1 [65001] 77 100 0 *"]);
    assert_eq!(ran.paths("ce4", "default", "172.16.5.0/24"), ["10.2.4.1 [] 77 100 0 *"]);
    assert_eq!(ran.paths("ce4", "default", "172.16.3.0/24"), ["10.2.3.2 [65003] 77 100 0 *"]);
    assert_eq!(ran.paths("ce1", "default", "172.16.3.0/24"), [""; 0]);
    assert_eq!(ran.ends("ce3", "default", "10.1.1.2"), [(vec!["ce3".to_owned(), "r1:BLUE".to_owned(), "ce1".to_owned()], true)]);
    ran.assert_same_when_ports_fail();
}

/// The same: `import vrf route-map` chooses and changes; the next hop towards internal neighbours then stays.
#[test]
fn frr_imports_vrfs_by_route_map() {
    let map = |set: &str| {
        format!(
            "ip prefix-list P permit 172.16.3.0/24\nip prefix-list P permit 10.2.4.0/24\nroute-map IN permit 10\n match ip address prefix-list P\n match source-vrf BLUE\n set local-preference 300\n{set}"
        )
    };
    let global = "  import vrf route-map IN\n  import vrf BLUE\n";
    let ran_with = |set: &str| ran_frr("", "  redistribute connected\n", global, &map(set));
    let ran = ran_with("");
    assert_eq!(ran.paths("r1", "default", "172.16.3.0/24"), ["10.2.3.2 [65003] 77 300 0 *"]);
    assert_eq!(ran.paths("r1", "default", "10.2.4.0/24"), ["- [] 0 300 32768 *"]);
    assert_eq!(ran.route("r1", "default", "10.2.3.0/24"), None, "the map refuses it");
    let lost = ran_with(" set ip next-hop 9.9.9.9\n");
    assert_eq!(lost.paths("r1", "default", "172.16.3.0/24"), ["9.9.9.9 [65003] 77 300 0"], "looked up in BLUE");
}

/// The same: route targets, with maps on both sides; targets that a route has stay.
#[test]
fn frr_leaks_by_route_target() {
    let red = "  redistribute connected\n  rd vpn export 1:1\n  rt vpn export 10:1 10:8\n  label vpn export auto\n  route-map vpn export OUT\n  export vpn\n";
    let blue = "  rt vpn import 10:1\n  route-map vpn import IN\n  import vpn\n";
    let maps = "ip prefix-list P permit 172.16.1.0/24\nip prefix-list Q permit 172.16.5.0/24\nroute-map OUT permit 10\n match ip address prefix-list P\n set extcommunity rt 10:2\nroute-map OUT deny 20\n match ip address prefix-list Q\nroute-map OUT permit 30\nroute-map IN permit 10\n set local-preference 250\n";
    let ran = ran_frr(red, blue, "  rt vpn import 10:2\n  import vpn\n", maps);
    assert_eq!(ran.paths("r1", "BLUE", "172.16.1.0/24"), ["10.1.1.2 [65001] 77 250 0 *"]);
    assert_eq!(ran.paths("r1", "BLUE", "172.16.0.0/24").len(), 2);
    assert_eq!(ran.paths("r1", "BLUE", "172.16.5.0/24"), [""; 0], "the export map refuses it");
    assert_eq!(
        ran.route("r1", "default", "172.16.1.0/24").as_deref(),
        Some("ebgp 20 [10.1.1.2 r1 in VRF RED] via []"),
        "the export map gives it a target"
    );
    assert_eq!(ran.route("r1", "default", "172.16.0.0/24"), None);
    assert_eq!(ran.paths("ce4", "default", "172.16.1.0/24"), ["10.1.1.2 [65001] 77 250 0 *"]);
    assert_eq!(ran.paths("ce4", "default", "10.1.1.0/24"), ["10.2.4.1 [] 0 250 0 *"]);
    assert_eq!(ran.paths("ce3", "default", "172.16.1.0/24"), ["10.2.3.1 [65000 65001] 77 100 0 *"]);
    // By what came with the route itself.
    let other = ran_frr(red, "  rt vpn import 9:9\n  import vpn\n", "", maps);
    assert!(other.route("r1", "BLUE", "172.16.0.0/24").is_some());
    assert_eq!(other.route("r1", "BLUE", "10.1.1.0/24"), None);
    // Not all is said.
    let without = ran_frr(&red.replace("  rd vpn export 1:1\n", ""), blue, "", maps);
    assert_eq!(without.route("r1", "BLUE", "172.16.1.0/24"), None);
}

/// FRR as PE, live 8.4 with the VRF in a namespace of its own: two ASes exchange VPN routes over a direct session (RFC 4364 §10 b). The VRF takes them
/// in as its own, with the MED that the export map set, and its neighbours hear of them.
#[test]
fn frr_sends_vpn_routes_over_sessions() {
    let pe = |n: u8, more: &str| {
        let o = 3 - n;
        format!(
            "frr version 8.4.4\nfrr defaults traditional\nhostname pe{n}\nvrf RED\n ip route 10.9.{n}.0/24 blackhole\nexit-vrf\ninterface lo\n ip address 10.255.0.{n}/32\nexit\ninterface swp1\n ip address 10.0.9.{}/31\nexit\ninterface swp2 vrf RED\n ip address 10.1.{n}.0/31\nexit\nrouter bgp 6500{n}\n bgp router-id 10.255.0.{n}\n no bgp ebgp-requires-policy\n neighbor 10.0.9.{} remote-as 6500{o}\n address-family ipv4 vpn\n  neighbor 10.0.9.{} activate\n exit-address-family\nexit\nrouter bgp 6500{n} vrf RED\n bgp router-id 10.1.{n}.0\n no bgp ebgp-requires-policy\n neighbor 10.1.{n}.1 remote-as 6510{n}\n address-family ipv4 unicast\n  redistribute static\n  label vpn export auto\n  rd vpn export 65000:{n}\n  rt vpn both 1:1\n  export vpn\n  import vpn\n{more} exit-address-family\nexit\nroute-map LP permit 10\n set local-preference 150\n set metric 7\nexit\n",
            n - 1,
            o - 1,
            o - 1
        )
    };
    let ce = |n: u8| {
        format!(
            "frr version 8.4.4\nfrr defaults traditional\nhostname ce{n}\nip route 203.0.{}.0/24 blackhole\nip route 198.51.100.0/24 blackhole\ninterface swp1\n ip address 10.1.{n}.1/31\nexit\nrouter bgp 6510{n}\n bgp router-id 10.1.{n}.1\n no bgp ebgp-requires-policy\n neighbor 10.1.{n}.0 remote-as 6500{n}\n address-family ipv4 unicast\n  redistribute static\n exit-address-family\nexit\n",
            112 + u32::from(n)
        )
    };
    let (ce1, ce2, pe1) = (ce(1), ce(2), pe(1, ""));
    let map = pe(2, "  route-map vpn export LP\n");
    let all = ran(&[("pe1", &pe1), ("pe2", &map), ("ce1", &ce1), ("ce2", &ce2)]);
    assert_eq!(
        all.route("pe1", "RED", "203.0.114.0/24").as_deref(),
        Some("ebgp 20 [10.0.9.1 swp1 in VRF default] via [10.0.9.1 in VRF default under a VPN label]")
    );
    assert_eq!(all.paths("pe1", "RED", "198.51.100.0/24"), ["10.1.1.1 [65101] 0 100 0 *", "10.0.9.1 [65002 65102] 7 100 0"]);
    assert_eq!(all.paths("ce1", "default", "10.9.2.0/24"), ["10.1.1.0 [65001 65002] 7 100 0 *"]);
    assert_eq!(all.paths("ce2", "default", "203.0.113.0/24"), ["10.1.2.0 [65002 65001 65101] 0 100 0 *"]);
    assert_eq!(all.ends("ce1", "default", "203.0.114.1").len(), 1);
    assert!(all.state.findings.is_empty(), "{:?}", all.state.findings);
    // Nothing goes out without route targets.
    let bare = map.replace("  rt vpn both 1:1\n", "");
    let all = ran(&[("pe1", &pe1), ("pe2", &bare), ("ce1", &ce1), ("ce2", &ce2)]);
    assert_eq!(all.route("pe1", "RED", "203.0.114.0/24"), None);
}

/// FRR PEs of one AS with a reflector between them (live 8.4): the route names the PE, or what `nexthop vpn export` says.
#[test]
fn frr_reflects_vpn_routes() {
    let pe = |n: u8, more: &str| {
        format!(
            "frr version 8.4.4\nfrr defaults traditional\nhostname pe{n}\nip route 10.255.0.9/32 10.0.{n}.0\nip route 10.255.0.{}/32 10.0.{n}.0\nip route 10.255.1.{}/32 10.0.{n}.0\nvrf RED\n ip route 10.9.{n}.0/24 blackhole\nexit-vrf\ninterface lo\n ip address 10.255.0.{n}/32\n ip address 10.255.1.{n}/32\nexit\ninterface swp1\n ip address 10.0.{n}.1/31\nexit\nrouter bgp 65000\n bgp router-id 10.255.0.{n}\n neighbor 10.255.0.9 remote-as 65000\n neighbor 10.255.0.9 update-source 10.255.0.{n}\n address-family ipv4 vpn\n  neighbor 10.255.0.9 activate\n exit-address-family\nexit\nrouter bgp 65000 vrf RED\n bgp router-id 10.1.{n}.0\n address-family ipv4 unicast\n  redistribute static\n  label vpn export auto\n  rd vpn export 65000:{n}\n  rt vpn both 1:1\n  export vpn\n  import vpn\n{more} exit-address-family\nexit\n",
            3 - n,
            3 - n
        )
    };
    let rr = "frr version 8.4.4\nfrr defaults traditional\nhostname rr\nip route 10.255.0.1/32 10.0.1.1\nip route 10.255.0.2/32 10.0.2.1\nip route 10.255.1.1/32 10.0.1.1\nip route 10.255.1.2/32 10.0.2.1\ninterface lo\n ip address 10.255.0.9/32\nexit\ninterface swp1\n ip address 10.0.1.0/31\nexit\ninterface swp2\n ip address 10.0.2.0/31\nexit\nrouter bgp 65000\n bgp router-id 10.255.0.9\n neighbor 10.255.0.1 remote-as 65000\n neighbor 10.255.0.1 update-source 10.255.0.9\n neighbor 10.255.0.2 remote-as 65000\n neighbor 10.255.0.2 update-source 10.255.0.9\n address-family ipv4 vpn\n  neighbor 10.255.0.1 activate\n  neighbor 10.255.0.1 route-reflector-client\n  neighbor 10.255.0.2 activate\n  neighbor 10.255.0.2 route-reflector-client\n exit-address-family\nexit\n";
    let (pe1, pe2) = (pe(1, ""), pe(2, "  nexthop vpn export 10.255.1.2\n"));
    let all = ran(&[("pe1", &pe1), ("pe2", &pe2), ("rr", rr)]);
    assert_eq!(
        all.route("pe2", "RED", "10.9.1.0/24").as_deref(),
        Some("ibgp 20 [10.0.2.0 swp1 in VRF default] via [10.255.0.1 in VRF default under a VPN label]")
    );
    assert_eq!(all.paths("pe1", "RED", "10.9.2.0/24"), ["10.255.1.2 [] 0 100 0 *"]);
}

/// A router of AS 6500N that announces some nets to AS 65000.
fn far_junos(n: u8, nets: &[&str]) -> String {
    let mut out = format!(
        "set system host-name far{n}\nset interfaces ge-0/0/0 unit 0 family inet address 10.{n}.0.2/24\nset routing-options autonomous-system 6500{n}\nset routing-options router-id 192.0.2.10{n}\nset protocols bgp group x type external\nset protocols bgp group x export OUT\nset protocols bgp group x peer-as 65000\nset protocols bgp group x neighbor 10.{n}.0.1\nset policy-options policy-statement OUT from protocol static\nset policy-options policy-statement OUT then accept\n"
    );
    nets.iter().for_each(|p| out += &format!("set routing-options static route {p} discard\n"));
    out
}

/// What `instance-import` takes of BGP stays BGP's: it stands in the table with its attributes, and BGP neighbours there hear of it ("instance-import"
/// in Juniper's routing options reference: routes are imported into the instance as they are). A route of BGP that is not active stays where it is.
#[test]
fn junos_instances_import_routes_of_bgp() {
    let r1 = "set system host-name r1\nset interfaces ge-0/0/0 unit 0 family inet address 10.1.0.1/24\nset interfaces ge-0/0/1 unit 0 family inet address 10.2.0.1/24\nset routing-options autonomous-system 65000\nset routing-options router-id 192.0.2.1\nset routing-options instance-import TAKE\nset policy-options policy-statement TAKE term 1 from instance V\nset policy-options policy-statement TAKE term 1 from protocol bgp\nset policy-options policy-statement TAKE term 1 then local-preference 200\nset policy-options policy-statement TAKE term 1 then accept\nset routing-instances V instance-type virtual-router\nset routing-instances V interface ge-0/0/0.0\nset routing-instances V routing-options static route 198.51.100.0/24 discard\nset routing-instances V protocols bgp group a type external\nset routing-instances V protocols bgp group a peer-as 65001\nset routing-instances V protocols bgp group a neighbor 10.1.0.2\n";
    let peer = "set protocols bgp group b type external\nset protocols bgp group b peer-as 65002\nset protocols bgp group b neighbor 10.2.0.2\n";
    let far = far_junos;
    let (one, two) = (far(1, &["203.0.113.0/24", "198.51.100.0/24"]), far(2, &[]));
    let both = ran(&[("r1", &format!("{r1}{peer}")), ("far1", &one), ("far2", &two)]);
    let taken = Some("ebgp 170 [10.1.0.2 ge-0/0/0.0 in VRF V] via []");
    assert_eq!(both.route("r1", "default", "203.0.113.0/24").as_deref(), taken);
    assert_eq!(both.paths("r1", "default", "203.0.113.0/24"), ["10.1.0.2 [65001] 0 200 0 *"]);
    assert_eq!(both.paths("far2", "default", "203.0.113.0/24"), ["10.2.0.1 [65000 65001] 0 100 0 *"]);
    assert_eq!(both.route("r1", "default", "198.51.100.0/24"), None, "the static route is the active one");
    assert_eq!(both.route("r1", "default", "10.1.0.0/24"), None, "not of BGP");
    both.assert_same_when_ports_fail();
    // A table without BGP takes it in as it takes others.
    let alone = ran(&[("r1", r1), ("far1", &one)]);
    assert_eq!(alone.route("r1", "default", "203.0.113.0/24").as_deref(), taken);
    assert_eq!(alone.route("r1", "default", "198.51.100.0/24"), None);
}

/// Juniper, "Example: Configuring Overlapping VPNs Using Routing Table Groups" and "rib-group (Protocols BGP)": what neighbours send stands in
/// the tables of the group too, for which their own neighbours are told of it.
#[test]
fn junos_rib_groups_take_bgp_routes() {
    let r1 = "set system host-name r1\nset interfaces ge-0/0/0 unit 0 family inet address 10.1.0.1/24\nset interfaces ge-0/0/1 unit 0 family inet address 10.2.0.1/24\nset interfaces ge-0/0/2 unit 0 family inet address 10.3.0.1/24\nset routing-options autonomous-system 65000\nset routing-options router-id 192.0.2.1\nset routing-options rib-groups RG import-rib [ inet.0 V.inet.0 W.inet.0 ]\nset routing-options rib-groups RG import-policy SOME\nset policy-options policy-statement SOME term 1 from route-filter 198.51.100.0/24 exact\nset policy-options policy-statement SOME term 1 then reject\nset policy-options policy-statement SOME term 2 then local-preference 200\nset protocols bgp group a type external\nset protocols bgp group a family inet unicast rib-group RG\nset protocols bgp group a peer-as 65001\nset protocols bgp group a neighbor 10.1.0.2\nset protocols bgp group b type external\nset protocols bgp group b peer-as 65003\nset protocols bgp group b neighbor 10.3.0.2\nset routing-instances V instance-type virtual-router\nset routing-instances V interface ge-0/0/1.0\nset routing-instances V protocols bgp group c type external\nset routing-instances V protocols bgp group c peer-as 65002\nset routing-instances V protocols bgp group c neighbor 10.2.0.2\nset routing-instances W instance-type virtual-router\n";
    let far = far_junos;
    let (one, two, three) = (far(1, &["203.0.113.0/24", "198.51.100.0/24"]), far(2, &[]), far(3, &["192.0.2.0/24"]));
    let ran = ran(&[("r1", r1), ("far1", &one), ("far2", &two), ("far3", &three)]);
    assert_eq!(ran.route("r1", "default", "203.0.113.0/24").as_deref(), Some("ebgp 170 [10.1.0.2 ge-0/0/0.0] via []"));
    for table in ["V", "W"] {
        let route = ran.route("r1", table, "203.0.113.0/24");
        assert_eq!(route.as_deref(), Some("ebgp 170 [10.1.0.2 ge-0/0/0.0 in VRF default] via []"));
        assert_eq!(ran.route("r1", table, "198.51.100.0/24"), None, "the policy refuses it");
        assert_eq!(ran.route("r1", table, "192.0.2.0/24"), None, "of another group of neighbours");
    }
    assert!(ran.route("r1", "default", "198.51.100.0/24").is_some(), "the policy is for the other tables");
    assert_eq!(ran.paths("r1", "default", "203.0.113.0/24"), ["10.1.0.2 [65001] 0 100 0 *"]);
    assert_eq!(ran.paths("r1", "V", "203.0.113.0/24"), ["10.1.0.2 [65001] 0 200 0 *"]);
    assert_eq!(ran.paths("far2", "default", "203.0.113.0/24"), ["10.2.0.1 [65000 65001] 0 100 0 *"], "V's neighbour");
    assert_eq!(ran.route("far2", "default", "198.51.100.0/24"), None);
}
