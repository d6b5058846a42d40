//! EVPN prefixes (RFC 9136) of Nokia SR OS, in both of its syntaxes and beside another vendor's, and of Cisco IOS-XR over MPLS.

#[path = "support/ran.rs"]
mod ran;

use ran::ran;

/// `interface` of an SR OS router: name, what it is bound to, address, length.
fn interface(name: &str, bound: &str, address: &str, length: u8) -> String {
    format!("interface \"{name}\" {{\n{bound}\nipv4 {{\nprimary {{\naddress {address}\nprefix-length {length}\n}}\n}}\n}}\n")
}

fn route(prefix: &str, hop: &str) -> String {
    format!("route {prefix} route-type unicast {{\n{hop} {{\nadmin-state enable\n}}\n}}\n")
}

/// A PE in the MD-CLI; `vprn` and `service` stand in VPRN `t` and beside it, `policies` in `policy-options`.
fn pe(n: u8, others: &[u8], vprn: &str, service: &str, policies: &str) -> String {
    let mut far = String::new();
    let mut neighbors = String::new();
    for o in others {
        far += &route(&format!("192.0.2.{o}/32"), &format!("next-hop \"10.0.0.{o}\""));
        neighbors += &format!("neighbor \"192.0.2.{o}\" {{\ngroup \"dc\"\n}}\n");
    }
    format!(
        "# TiMOS-B-23.7.R1 both/x86_64 Nokia 7750 SR\nconfigure {{\nsystem {{\nname \"pe{n}\"\n}}\npolicy-options {{\n{policies}}}\nport 1/1/1 {{\nadmin-state enable\n}}\nport 1/1/2 {{\nadmin-state enable\nethernet {{\nmode access\nencap-type dot1q\n}}\n}}\nrouter \"Base\" {{\nautonomous-system 64500\n{}{}static-routes {{\n{far}}}\nbgp {{\ngroup \"dc\" {{\npeer-as 64500\ndef-recv-evpn-encap vxlan\nfamily {{\nevpn true\n}}\n}}\n{neighbors}}}\n}}\nservice {{\nvprn \"t\" {{\nadmin-state enable\nservice-id 500\ncustomer \"1\"\n{}{vprn}}}\n{service}}}\n}}\n",
        interface("system", "", &format!("192.0.2.{n}"), 32),
        interface("fabric", "port 1/1/1", &format!("10.0.0.{n}"), 24),
        interface("lan", "sap 1/1/2:10 {\n}", &format!("192.168.{n}.1"), 24),
    )
}

/// The routed VPLS of an EVPN tunnel; `bgp`: its distinguisher and targets.
fn sbd(bgp: &str, prefixes: &str) -> String {
    format!(
        "vpls \"sbd\" {{\nadmin-state enable\nservice-id 504\ncustomer \"1\"\nvxlan {{\ninstance 1 {{\nvni 504\n}}\n}}\nrouted-vpls {{\n}}\nbgp 1 {{\n{bgp}}}\nbgp-evpn {{\nevi 504\nroutes {{\nmac-ip {{\nadvertise false\n}}\nip-prefix {{\nadvertise true\n{prefixes}}}\n}}\nvxlan 1 {{\nadmin-state enable\nvxlan-instance 1\n}}\n}}\n}}\n"
    )
}

fn distinguished(rd: &str, target: &str) -> String {
    format!("route-distinguisher \"{rd}\"\nroute-target {{\nexport \"target:{target}\"\nimport \"target:{target}\"\n}}\n")
}

const TUNNEL: &str = "interface \"to-evpn\" {\nvpls \"sbd\" {\nevpn-tunnel {\n}\n}\n}\n";

/// The same PE in the classic CLI; `advertise` is `ip-route-advertisement` with its options.
fn classic(n: u8, other: u8, advertise: &str) -> String {
    format!(
        "# TiMOS-C-23.7.R1 cpm/x86_64 Nokia 7750 SR\nexit all\nconfigure\n    system\n        name \"pe{n}\"\n    exit\n    port 1/1/1\n        no shutdown\n    exit\n    port 1/1/2\n        ethernet\n            mode access\n            encap-type dot1q\n        exit\n        no shutdown\n    exit\n    service\n        vprn 500 name \"t\" customer 1 create\n            interface \"lan\" create\n                address 192.168.{n}.1/24\n                sap 1/1/2:10 create\n                exit\n            exit\n            interface \"to-evpn\" create\n                vpls \"sbd\"\n                    evpn-tunnel\n                exit\n            exit\n            static-route-entry 172.16.{n}.0/24\n                black-hole\n                    no shutdown\n                exit\n            exit\n            no shutdown\n        exit\n        vpls 504 name \"sbd\" customer 1 create\n            allow-ip-int-bind\n            exit\n            vxlan instance 1 vni 504 create\n            exit\n            bgp\n                route-distinguisher 192.0.2.{n}:504\n                route-target export target:64500:504 import target:64500:504\n            exit\n            bgp-evpn\n                no mac-advertisement\n                {advertise}\n                vxlan bgp 1 vxlan-instance 1\n                    no shutdown\n                exit\n            exit\n            no shutdown\n        exit\n    exit\n    router Base\n        interface \"system\"\n            address 192.0.2.{n}/32\n            no shutdown\n        exit\n        interface \"fabric\"\n            address 10.0.0.{n}/24\n            port 1/1/1\n            no shutdown\n        exit\n        autonomous-system 64500\n        static-route-entry 192.0.2.{other}/32\n            next-hop 10.0.0.{other}\n                no shutdown\n            exit\n        exit\n        bgp\n            group \"dc\"\n                family evpn\n                def-recv-evpn-encap vxlan\n                peer-as 64500\n                neighbor 192.0.2.{other}\n                exit\n            exit\n            no shutdown\n        exit\n    exit\nexit all\n"
    )
}

/// Over a tunnel to a PE.
fn over(protocol: &str, distance: u32, n: u8, encapsulation: &str) -> Option<String> {
    Some(format!(
        "{protocol} {distance} [10.0.0.{n} fabric in VRF default] via [192.0.2.{n} in VRF default under {encapsulation}]"
    ))
}

/// Nokia, Advanced Configuration Guide, "EVPN for VXLAN Tunnels (Layer 3)", both editions; Layer 2 Services and EVPN Guide: subnets and static
/// routes go out, own addresses only with `incl-host`, and stand at the other end with preference 169.
#[test]
fn sros_vprns_are_joined_by_an_evpn_tunnel() {
    let statics = format!("static-routes {{\n{}}}\n", route("172.16.1.0/24", "blackhole"));
    let md = |prefixes: &str| {
        pe(1, &[2], &(TUNNEL.to_owned() + &statics), &sbd(&distinguished("192.0.2.1:504", "64500:504"), prefixes), "")
    };
    let md_hosts = md("include-direct-interface-host true\n");
    for (one, hosts_of_one) in [(md(""), false), (md_hosts, true), (classic(1, 2, "ip-route-advertisement incl-host"), true)] {
        let ran = ran(&[("pe1", &one), ("pe2", &classic(2, 1, "ip-route-advertisement"))]);
        assert_eq!(ran.route("pe1", "t", "192.168.2.0/24"), over("evpn", 169, 2, "VNI 504"));
        assert_eq!(ran.route("pe1", "t", "172.16.2.0/24"), over("evpn", 169, 2, "VNI 504"));
        assert_eq!(ran.route("pe2", "t", "172.16.1.0/24"), over("evpn", 169, 1, "VNI 504"));
        assert_eq!(ran.route("pe1", "t", "192.168.2.1/32"), None);
        assert_eq!(ran.route("pe2", "t", "192.168.1.1/32"), over("evpn", 169, 1, "VNI 504").filter(|_| hosts_of_one));
        assert_eq!(ran.route("pe1", "default", "192.168.2.0/24"), None);
        let end = vec!["pe1:t".to_owned(), "pe2:t".to_owned()];
        assert_eq!(ran.ends("pe1", "t", "192.168.2.1"), [(end, true)]);
        ran.assert_same_when_ports_fail();
    }
}

/// The same guide, "Route selection for EVPN-IFF routes in the VPRN service": by the lowest route distinguishers, whatever the attributes, as many as
/// `ecmp` says; by BGP's decision with `iff-bgp-path-selection`.
#[test]
fn sros_takes_evpn_prefixes_by_their_distinguishers() {
    let statics = format!("static-routes {{\n{}}}\n", route("172.16.0.0/24", "blackhole"));
    let far = |n: u8, rd: &str| {
        let others: &[u8] = if n == 2 { &[1, 3] } else { &[1, 2] };
        pe(n, others, &(TUNNEL.to_owned() + &statics), &sbd(&distinguished(rd, "64500:504"), ""), "")
    };
    let (two, three) = (far(2, "192.0.2.20:504"), far(3, "192.0.2.3:504"));
    let near = |vprn: &str, service: &str| {
        let service = sbd(&distinguished("192.0.2.1:504", "64500:504"), "") + service;
        let one = pe(1, &[2, 3], &(vprn.to_owned() + TUNNEL), &service, "");
        ran(&[("pe1", &one), ("pe2", &two), ("pe3", &three)]).route("pe1", "t", "172.16.0.0/24")
    };
    assert_eq!(near("", ""), over("evpn", 169, 3, "VNI 504"));
    let both = "evpn 169 [10.0.0.2 fabric in VRF default, 10.0.0.3 fabric in VRF default] via [192.0.2.2 in VRF default under VNI 504, 192.0.2.3 in VRF default under VNI 504]";
    assert_eq!(near("ecmp 2\n", "").as_deref(), Some(both));
    let selection = |more: &str| {
        format!("system {{\nbgp {{\nevpn {{\nip-prefix-routes {{\niff-bgp-path-selection true\n{more}}}\n}}\n}}\n}}\n")
    };
    let by_bgp = near("", &selection("iff-attribute-uniform-propagation true\n"));
    assert_eq!(by_bgp, over("evpn", 169, 2, "VNI 504"), "the lower router id");
}

/// The same guide: by default prefixes lose their BGP attributes on the way into EVPN and out of it, with `iff-attribute-uniform-propagation` not; a
/// neighbour in the VPRN hears of them where a policy says so.
#[test]
fn sros_makes_attributes_of_evpn_prefixes_anew() {
    let policy = "policy-statement \"evpn\" {\nentry 10 {\nfrom {\nprotocol {\nname [evpn-iff]\n}\n}\naction {\naction-type accept\n}\n}\n}\n";
    let bgp = |n: u8, export: &str| {
        format!(
            "bgp {{\nrouter-id 192.0.2.{n}\nebgp-default-reject-policy {{\nimport false\nexport false\n}}\ngroup \"ce\" {{\npeer-as 6510{n}\n{export}}}\nneighbor \"192.168.{n}.9\" {{\ngroup \"ce\"\n}}\n}}\n"
        )
    };
    let ce = |n: u8| {
        format!(
            "frr version 8.4\nfrr defaults traditional\nhostname ce{n}\nip route 203.0.113.0/24 Null0\ninterface eth0\n ip address 192.168.{n}.9/24\nrouter bgp 6510{n}\n bgp router-id 198.51.100.{n}\n no bgp ebgp-requires-policy\n neighbor 192.168.{n}.1 remote-as 64500\n address-family ipv4 unicast\n{}",
            if n == 2 { "  network 203.0.113.0/24\n" } else { "" }
        )
    };
    let fabric = |system: &str, export: &str| {
        let pe = |n: u8, o: u8, export: &str| {
            let rd = format!("192.0.2.{n}:504");
            pe(n, &[o], &(TUNNEL.to_owned() + &bgp(n, export)), &(sbd(&distinguished(&rd, "64500:504"), "") + system), policy)
        };
        let (ce1, ce2) = (ce(1).replace("ip route 203.0.113.0/24 Null0\n", ""), ce(2));
        ran(&[("pe1", &pe(1, 2, export)), ("pe2", &pe(2, 1, "")), ("ce1", &ce1), ("ce2", &ce2)])
    };
    let export = "export {\npolicy [\"evpn\"]\n}\n";
    let anew = fabric("", export);
    assert_eq!(anew.paths("pe2", "t", "203.0.113.0/24"), ["192.168.2.9 [65102] 0 100 0 *"]);
    assert_eq!(anew.paths("pe1", "t", "203.0.113.0/24"), ["192.0.2.2 [] 0 100 0 *"]);
    assert_eq!(anew.paths("ce1", "default", "203.0.113.0/24"), ["192.168.1.1 [64500] 0 100 0 *"]);
    let silent = fabric("", "");
    assert_eq!(silent.paths("ce1", "default", "203.0.113.0/24"), [""; 0], "no policy takes it");
    let kept = "system {\nbgp {\nevpn {\nip-prefix-routes {\niff-attribute-uniform-propagation true\n}\n}\n}\n}\n";
    let kept = fabric(kept, export);
    assert_eq!(kept.paths("pe1", "t", "203.0.113.0/24"), ["192.0.2.2 [65102] 0 100 0 *"]);
    assert_eq!(kept.paths("ce1", "default", "203.0.113.0/24"), ["192.168.1.1 [64500 65102] 0 100 0 *"]);
}

/// The same guide, "Interface-less IP-VRF-to-IP-VRF model (IP encapsulation) for MPLS tunnels" and "Route selection across EVPN-IFL and other owners":
/// the VPRN has EVPN itself, with preference 170 and BGP's attributes; over MPLS and over VXLAN, which do not fit together.
#[test]
fn sros_vprns_speak_evpn_themselves() {
    let evpn = |n: u8, kind: &str| {
        format!(
            "bgp-evpn {{\n{kind} 1 {{\nadmin-state enable\nroute-distinguisher \"192.0.2.{n}:12\"\nvrf-target {{\ncommunity \"target:64500:2\"\n}}\n}}\n}}\nvxlan {{\ninstance 1 {{\nvni 12\n}}\n}}\n"
        )
    };
    let far = |a: &str, b: &str| {
        let (one, two) = (pe(1, &[2], &evpn(1, a), "", ""), pe(2, &[1], &evpn(2, b), "", ""));
        ran(&[("pe1", &one), ("pe2", &two)]).route("pe1", "t", "192.168.2.0/24")
    };
    assert_eq!(far("mpls", "mpls"), over("evpn", 170, 2, "a VPN label"));
    assert_eq!(far("vxlan", "vxlan"), over("evpn", 170, 2, "VNI 12"));
    assert_eq!(far("mpls", "vxlan"), None);
    // IP-VPN with the same target is another owner.
    let ipvpn = "bgp-ipvpn {\nmpls {\nadmin-state enable\nroute-distinguisher \"192.0.2.1:12\"\nvrf-target {\ncommunity \"target:64500:2\"\n}\n}\n}\n";
    let apart = ran(&[("pe1", &pe(1, &[2], ipvpn, "", "")), ("pe2", &pe(2, &[1], &evpn(2, "mpls"), "", ""))]);
    assert_eq!(apart.route("pe1", "t", "192.168.2.0/24"), None);
    assert_eq!(apart.route("pe2", "t", "192.168.1.0/24"), None);
    // The classic CLI writes the VPRN's part so.
    let text = classic(2, 1, "ip-route-advertisement")
        .replace("            interface \"to-evpn\" create\n                vpls \"sbd\"\n                    evpn-tunnel\n                exit\n            exit\n", "            bgp-evpn\n                mpls\n                    route-distinguisher 192.0.2.2:12\n                    vrf-target target:64500:2\n                    no shutdown\n                exit\n            exit\n");
    let ran = ran(&[("pe1", &pe(1, &[2], &evpn(1, "mpls"), "", "")), ("pe2", &text)]);
    assert_eq!(ran.route("pe1", "t", "172.16.2.0/24"), over("evpn", 170, 2, "a VPN label"));
    assert_eq!(ran.route("pe2", "t", "192.168.1.0/24"), over("evpn", 170, 1, "a VPN label"));
}

/// One fabric of SR OS and SR Linux: distinguisher and target made of the EVI on both sides; each shows the other's prefixes as its own kind does.
#[test]
fn sros_and_srlinux_share_an_evpn() {
    let leaf = "set / system name host-name leaf\nset / interface ethernet-1/1 admin-state enable subinterface 0 admin-state enable ipv4 admin-state enable address 192.168.2.1/24\nset / interface ethernet-1/49 admin-state enable subinterface 0 admin-state enable ipv4 admin-state enable address 10.0.0.2/24\nset / interface system0 admin-state enable subinterface 0 admin-state enable ipv4 admin-state enable address 192.0.2.2/32\nset / network-instance default type default\nset / network-instance default interface ethernet-1/49.0\nset / network-instance default interface system0.0\nset / network-instance default protocols bgp autonomous-system 64500\nset / network-instance default protocols bgp afi-safi evpn admin-state enable\nset / network-instance default protocols bgp group o peer-as 64500\nset / network-instance default protocols bgp group o transport local-address 192.0.2.2\nset / network-instance default protocols bgp neighbor 192.0.2.1 peer-group o\nset / network-instance default static-routes route 192.0.2.1/32 next-hop-group up\nset / network-instance default next-hop-groups group up nexthop 1 ip-address 10.0.0.1\nset / network-instance red type ip-vrf\nset / network-instance red interface ethernet-1/1.0\nset / network-instance red vxlan-interface vxlan1.504\nset / network-instance red protocols bgp-evpn bgp-instance 1 admin-state enable\nset / network-instance red protocols bgp-evpn bgp-instance 1 vxlan-interface vxlan1.504\nset / network-instance red protocols bgp-evpn bgp-instance 1 evi 504\nset / network-instance red protocols bgp-vpn bgp-instance 1\nset / tunnel-interface vxlan1 vxlan-interface 504 type routed\nset / tunnel-interface vxlan1 vxlan-interface 504 ingress vni 504\n";
    let ran = ran(&[("pe1", &pe(1, &[2], TUNNEL, &sbd("", ""), "")), ("leaf", leaf)]);
    assert_eq!(ran.route("pe1", "t", "192.168.2.0/24"), over("evpn", 169, 2, "VNI 504"));
    let back = "evpn 170 [10.0.0.1 ethernet-1/49.0 in VRF default] via [192.0.2.1 in VRF default under VNI 504]";
    assert_eq!(ran.route("leaf", "red", "192.168.1.0/24").as_deref(), Some(back));
    assert_eq!(ran.ends("leaf", "red", "192.168.1.1"), [(vec!["leaf:red".to_owned(), "pe1:t".to_owned()], true)]);
}

/// An IOS-XR leaf: its VRF has a routed bridge domain, `targets` (lines of import and export alike), and `said` of EVPN to the other one.
fn xr(n: u8, other: u8, targets: &str, said: &str) -> String {
    format!(
        "!! IOS XR Configuration 7.3.2\nhostname xr{n}\nvrf 10\n address-family ipv4 unicast\n  import route-target\n{targets}  !\n  export route-target\n{targets}  !\n !\n!\ninterface Loopback0\n ipv4 address 192.0.2.{n} 255.255.255.255\n!\ninterface GigabitEthernet0/0/0/0\n ipv4 address 10.0.0.{n} 255.255.255.0\n!\ninterface GigabitEthernet0/0/0/1\n!\ninterface GigabitEthernet0/0/0/1.10 l2transport\n encapsulation dot1q 10\n!\ninterface BVI10\n vrf 10\n ipv4 address 10.10.{n}.1 255.255.255.0\n!\nrouter static\n address-family ipv4 unicast\n  192.0.2.{other}/32 10.0.0.{other}\n !\n!\nl2vpn\n bridge group g\n  bridge-domain d\n   interface GigabitEthernet0/0/0/1.10\n   !\n   routed interface BVI10\n   !\n   evi 10\n   !\n  !\n !\n!\nevpn\n evi 10\n  advertise-mac\n  !\n !\n!\nrouter bgp 65001\n bgp router-id 192.0.2.{n}\n address-family vpnv4 unicast\n !\n address-family l2vpn evpn\n !\n neighbor 192.0.2.{other}\n  remote-as 65001\n  update-source Loopback0\n  address-family l2vpn evpn\n{said}  !\n !\n vrf 10\n  rd auto\n  address-family ipv4 unicast\n   redistribute connected\n  !\n !\n!\nend\n"
    )
}

/// "BGP EVPN and L3VPN Interworking" (xrdocs.io, NCS 5500): a subnet of a leaf goes out as a route of type 5 only where the neighbour is told so, and is
/// `B [200/0] … (nexthop in vrf default)` at the other end; route targets for stitching stand in the place of the VRF's where the neighbour says so.
#[test]
fn xr_sends_subnets_by_evpn_over_mpls() {
    let (own, both) = ("   10:10\n", "   10:10 stitching\n   110:110\n");
    let local = "   advertise vpnv4 unicast re-originated\n";
    let route = |targets: &str, said: &str| {
        let ran = ran(&[("xr1", &xr(1, 2, own, local)), ("xr2", &xr(2, 1, targets, said))]);
        let of = |device: &str, subnet: &str| ran.route(device, "10", subnet);
        (of("xr1", "10.10.2.0/24"), of("xr2", "10.10.1.0/24"), ran)
    };
    let over = |n: u8| {
        Some(format!(
            "ibgp 200 [10.0.0.{n} GigabitEthernet0/0/0/0 in VRF default] via [192.0.2.{n} in VRF default under a VPN label]"
        ))
    };
    let (one, two, ran) = route(own, local);
    assert_eq!((one, two), (over(2), over(1)));
    assert_eq!(ran.ends("xr1", "10", "10.10.2.1"), [(vec!["xr1:10".to_owned(), "xr2:10".to_owned()], true)]);
    assert_eq!(ran.paths("xr1", "10", "10.10.2.0/24"), ["192.0.2.2 [] 0 100 0 *"]);
    ran.assert_same_when_ports_fail();
    let (one, two, _) = route(own, "");
    assert_eq!((one, two), (None, over(1)), "nothing is sent unless it is said");
    let (one, two, _) = route(both, local);
    assert_eq!((one, two), (None, None), "the targets for stitching are not the VRF's");
    let (one, two, _) =
        route(both, "   import stitching-rt re-originate\n   advertise vpnv4 unicast re-originated stitching-rt\n");
    assert_eq!((one, two), (over(2), over(1)));
}
