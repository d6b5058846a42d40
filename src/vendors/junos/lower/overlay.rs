//! VXLAN with EVPN: the VTEP and the VLANs of all switches of a device.
//!
//! Law: EVPN carries a VNI that `extended-vni-list` holds, in a MAC-VRF all of them unless it says otherwise ("MAC-VRF Routing Instance Type
//! Overview"). The Ethernet tag tells the VLANs of one instance apart and is the VNI, as in the default switch; `vlan-based` and `vlan-bundle`
//! instances have one and tag 0 (RFC 8365 §5.1.3; "Understanding VLAN-Aware Bundle and VLAN-Based Service for EVPN"). Of what a VNI sends, the targets of
//! `vni-options` stand before automatic ones, and those before the instance's ("Example: Manually Configuring VNI Route Targets", "Auto-derived
//! Route Targets"); the instance takes in what carries any of its targets.

use super::Lower;
use crate::base::Set;
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::policy::CommunityMatch;
use crate::model::vxlan::{EvpnInstance, VlanVni, Vxlan};
use crate::vendors::junos::config::{Chain, Evpn, Expression, From, Instance, InstanceKind, Named, Term, Then, Vlan, Vpn};

/// What stands before the VNI in an automatic route target: a zero for "automatic", type 1 for VXLAN, domain 0 (RFC 8365 §5.1.2.1).
const AUTOMATIC: u32 = 1 << 28;

/// What one switch sends and takes in for all of its VNIs.
#[derive(Default)]
struct General {
    import: Vec<Name>,
    export: Vec<Name>,
}

impl Lower<'_, '_> {
    pub(super) fn make_overlay(&mut self) {
        let config = self.config;
        let mut vlans: Vec<VlanVni> = Vec::new();
        let mut numbers: Set<u16> = Set::default();
        for (n, i) in config.instances.iter().enumerate() {
            let vpn = if n == 0 { &config.switch } else { &i.vpn };
            if n > 0 && i.kind != InstanceKind::Bridging {
                continue;
            }
            let own: Vec<&Vlan> = config.vlans.iter().filter(|v| v.vni.is_some() && v.instance == i.name).collect();
            if own.is_empty() {
                continue;
            }
            let general = self.general(vpn);
            for v in own {
                let made = self.vlan(v, i, vpn, &general);
                let Some(made) = made else { continue };
                if numbers.insert(made.vlan) {
                    vlans.push(made);
                } else {
                    self.not_modelled(made.origin, "a VLAN with a number that another instance uses is not modelled");
                }
            }
        }
        let sources = std::iter::once(&config.switch).chain(config.instances.iter().map(|i| &i.vpn));
        let mut sources = sources.filter_map(|v| v.source.as_ref());
        let Some((source, v6)) = sources.next() else { return };
        for ((name, origin), _) in sources.filter(|s| s.0.0 != source.0) {
            let message = format!("tunnels of all instances are taken to end at `{}`, not at `{name}`", source.0);
            self.not_modelled(*origin, &message);
        }
        let Some(id) = self.named_interface(source, "vtep-source-interface") else { return };
        let of = |v6: bool| self.device.interfaces[id].primary(v6).map(|a| a.address.addr());
        self.device.vxlan = Some(Vxlan {
            origin: source.1,
            interface: None,
            source: Some(id),
            shared_address: of(*v6),
            vlans,
            ..Vxlan::default()
        });
    }

    fn vlan(&mut self, v: &Vlan, i: &Instance, vpn: &Vpn, general: &General) -> Option<VlanVni> {
        let (vni, origin) = v.vni?;
        let &[(vlan, last)] = v.ids.as_slice() else {
            self.not_modelled(origin, "a VNI of no VLAN number, or of several, is not modelled");
            return None;
        };
        if vlan != last {
            self.not_modelled(origin, "a VNI of several VLANs is not modelled");
            return None;
        }
        let evpn = i.evpn.as_ref().filter(|e| e.vxlan);
        let carried = |e: &&Evpn| match &e.vnis {
            Some(list) => list.iter().any(|r| r.contains(&vni)),
            None => i.mac_vrf,
        };
        let evpn = evpn.filter(carried).map(|e| self.evpn_instance(vpn, e, vni, general));
        // "VLANs without a list of their own have that of the instance" ("static-remote-vtep-list").
        let peers = if v.remote_vteps.is_empty() { &vpn.remote_vteps } else { &v.remote_vteps };
        Some(VlanVni { origin, vlan, vni, evpn, peers: peers.clone(), group: v.group })
    }

    fn evpn_instance(&mut self, vpn: &Vpn, evpn: &Evpn, vni: u32, general: &General) -> EvpnInstance {
        let own = evpn.vni_targets.iter().find(|(n, _)| *n == vni).map(|(_, t)| t);
        let said = own.filter(|t| !t.imports().is_empty() || !t.exports().is_empty());
        let auto = own.and_then(|t| t.auto).or(vpn.targets.auto).and_then(|at| self.automatic(vni, at));
        let mut import = general.import.clone();
        if let Some(made) = said.map(|t| t.imports().to_vec()).filter(|l| !l.is_empty()) {
            import.extend(made);
        } else if auto.is_some() {
            import.extend(auto.clone());
            for (asn, list) in &vpn.targets.import_as {
                if list.as_ref().is_none_or(|l| l.iter().any(|r| r.contains(&vni))) {
                    import.push(format!("{asn}:{}", AUTOMATIC | vni).into());
                }
            }
        }
        let export = said.map(|t| t.exports().to_vec()).filter(|l| !l.is_empty());
        let export = export.or(auto.map(|t| vec![t])).unwrap_or_else(|| general.export.clone());
        let one_vlan = matches!(vpn.service.as_deref(), Some("vlan-based" | "vlan-bundle"));
        import.sort_unstable();
        import.dedup();
        EvpnInstance {
            route_distinguisher: vpn.rd.clone(),
            import_targets: import,
            export_targets: export,
            tag: if one_vlan { 0 } else { vni },
            hosts: true,
        }
    }

    /// The automatic target of a VNI: the AS of `routing-options`, which must be one of two octets, and the VNI.
    fn automatic(&mut self, vni: u32, at: Origin) -> Option<Name> {
        match self.config.instances.first().and_then(|i| i.routing.asn) {
            Some(asn) if asn <= u32::from(u16::MAX) => Some(format!("{asn}:{}", AUTOMATIC | vni).into()),
            _ => {
                self.not_modelled(at, "automatic route targets need an AS number of two octets");
                None
            }
        }
    }

    fn general(&mut self, vpn: &Vpn) -> General {
        let mut policy = |chain: &Option<Chain>, export: bool, instead: &[Name]| -> Vec<Name> {
            let Some(chain) = chain else { return instead.to_vec() };
            let (targets, whole) = self.policy_targets(chain, export);
            if whole {
                return targets;
            }
            if targets.is_empty() {
                self.not_modelled(chain.origin, "this policy is not modelled; what `vrf-target` says is taken instead");
                return instead.to_vec();
            }
            let message =
                "of this policy only the route targets that it names are modelled, not its other conditions and actions";
            self.not_modelled(chain.origin, message);
            targets
        };
        General {
            import: policy(&vpn.import, false, vpn.targets.imports()),
            export: policy(&vpn.export, true, vpn.targets.exports()),
        }
    }

    /// The route targets that policies ask for (or put on), and whether that is all they do.
    fn policy_targets(&self, chain: &Chain, export: bool) -> (Vec<Name>, bool) {
        let (mut out, mut whole) = (Vec::new(), true);
        for part in &chain.parts {
            let Expression::Policy((name, _)) = part else {
                whole = false;
                continue;
            };
            let terms = self.config.policy.statements.iter().filter(|s| s.name == *name).flat_map(|s| &s.terms);
            for term in terms {
                let (names, plain) = if export { put_on(term) } else { asked_for(term) };
                whole &= plain;
                for name in names {
                    let (targets, plain) = self.community_targets(name, !export);
                    out.extend(targets);
                    whole &= plain;
                }
            }
        }
        (out, whole)
    }

    /// The route targets of a community. One that is asked for and has several members wants all of them at once.
    fn community_targets(&self, (name, _): &Named, asked: bool) -> (Vec<Name>, bool) {
        let Some(def) = self.community_at.get(name).and_then(|n| self.config.policy.communities.get(*n)) else {
            return (Vec::new(), false);
        };
        let (mut out, mut whole) = (Vec::new(), !def.invert && (!asked || def.members.len() <= 1));
        for (member, _) in &def.members {
            match member {
                CommunityMatch::All(list) => {
                    let targets = list.iter().filter(|c| c.is_route_target()).map(ToString::to_string);
                    out.extend(targets.map(|t| Name::from(t.strip_prefix("target:").unwrap_or(&t))));
                }
                _ => whole = false,
            }
        }
        (out, whole)
    }
}

/// The communities that an accepting term asks for, and whether the term is as plain as that.
fn asked_for(term: &Term) -> (Vec<&Named>, bool) {
    let accepts = term.then.iter().any(|t| matches!(t, Then::Accept));
    let names: Vec<&Named> = term.from.iter().filter_map(|f| if let From::Community(n) = f { Some(n) } else { None }).collect();
    let plain = term.to.is_empty() && term.then.len() <= 1 && names.len() == term.from.len();
    match accepts {
        true => (names.clone(), plain && !names.is_empty()),
        // The last term refuses the rest.
        false => (Vec::new(), term.from.is_empty() && term.to.is_empty()),
    }
}

fn put(then: &Then) -> Option<&Named> {
    match then {
        Then::CommunityAdd(n) | Then::CommunitySet(n) => Some(n),
        _ => None,
    }
}

/// The communities that a term puts on, and whether the term is as plain as that.
fn put_on(term: &Term) -> (Vec<&Named>, bool) {
    let names: Vec<&Named> = term.then.iter().filter_map(put).collect();
    let other = |t: &Then| put(t).is_none() && !matches!(t, Then::Accept | Then::Reject | Then::NextTerm | Then::NextPolicy);
    (names, term.from.is_empty() && term.to.is_empty() && !term.then.iter().any(other))
}

#[cfg(test)]
mod tests {
    use crate::base::span::FileId;
    use crate::model::vxlan::{EvpnInstance, VlanVni};
    use crate::vendors::junos::Junos;
    use crate::vendors::{ConfigFile, read_device};

    const BASE: &str = "set interfaces lo0 unit 0 family inet address 192.0.2.1/32\nset switch-options vtep-source-interface lo0.0\nset vlans a vlan-id 5\nset vlans a vxlan vni 10\nset protocols evpn encapsulation vxlan\nset protocols evpn extended-vni-list all\nset routing-options autonomous-system 65000\n";

    /// The VLANs of a config, and what is not modelled in it.
    fn vlans(text: &str) -> (Vec<VlanVni>, Vec<String>) {
        let r = read_device(&Junos, "r1", &[ConfigFile { id: FileId(0), name: "r1.cfg", text }]);
        let said = r.report.diagnostics.into_iter().filter(|d| d.code.0 == "M-not-modelled").map(|d| d.message);
        (r.device.vxlan.map(|x| x.vlans).unwrap_or_default(), said.collect())
    }

    fn targets(more: &str) -> (Vec<String>, Vec<String>, usize) {
        let (vlans, said) = vlans(&(BASE.to_owned() + more));
        let EvpnInstance { import_targets, export_targets, .. } = vlans[0].evpn.clone().unwrap();
        let texts = |l: Vec<Box<str>>| l.into_iter().map(String::from).collect();
        (texts(import_targets), texts(export_targets), said.len())
    }

    fn owned(import: &[&str], export: &[&str], said: usize) -> (Vec<String>, Vec<String>, usize) {
        let texts = |l: &[&str]| l.iter().map(|t| (*t).to_owned()).collect();
        (texts(import), texts(export), said)
    }

    #[test]
    fn the_nearest_target_is_sent_and_all_are_taken() {
        let general = "set switch-options vrf-target target:1:1\n";
        assert_eq!(targets(general), owned(&["1:1"], &["1:1"], 0));
        // A zero bit, type 1, domain 0, and the VNI: 0x1000000a.
        let auto = general.to_owned() + "set switch-options vrf-target auto\n";
        assert_eq!(targets(&auto), owned(&["1:1", "65000:268435466"], &["65000:268435466"], 0));
        let own = auto.clone() + "set protocols evpn vni-options vni 10 vrf-target export target:1:10\n";
        assert_eq!(targets(&own), owned(&["1:1", "65000:268435466"], &["1:10"], 0));
        let more = auto.clone() + "set switch-options vrf-target auto import-as 65009 vni-list 10-12\n";
        assert_eq!(targets(&more).0, ["1:1", "65000:268435466", "65009:268435466"]);
        let wide = auto.replace("auto", "auto\nset routing-options autonomous-system 4200000000");
        assert_eq!(targets(&wide), owned(&["1:1"], &["1:1"], 1));
    }

    #[test]
    fn policies_are_read_as_targets_where_they_are_plain() {
        let policy = "set switch-options vrf-target target:1:1\nset switch-options vrf-import I\nset switch-options vrf-export E\nset policy-options community A members target:2:2\nset policy-options community B members target:3:3\nset policy-options policy-statement I term x from community [ A B ]\nset policy-options policy-statement I term x then accept\nset policy-options policy-statement I term y then reject\nset policy-options policy-statement E then community add A\nset policy-options policy-statement E then accept\n";
        assert_eq!(targets(policy), owned(&["2:2", "3:3"], &["2:2"], 0));
        let more = policy.to_owned() + "set policy-options policy-statement I term x from tag 7\n";
        assert_eq!(targets(&more), owned(&["2:2", "3:3"], &["2:2"], 1));
        let all = policy.replace(" from community [ A B ]", "");
        assert_eq!(targets(&all), owned(&["1:1"], &["2:2"], 1));
    }

    #[test]
    fn instances_carry_what_their_kind_says() {
        let vrf = |name: &str, kind: &str, vlan: u16, vni: u32, more: &str| {
            format!(
                "set routing-instances {name} instance-type {kind}\nset routing-instances {name} route-distinguisher 192.0.2.1:{vlan}\nset routing-instances {name} vrf-target target:1:{vlan}\nset routing-instances {name} protocols evpn encapsulation vxlan\nset routing-instances {name} vlans v{vlan} vlan-id {vlan}\nset routing-instances {name} vlans v{vlan} vxlan vni {vni}\n{more}"
            )
        };
        let text = BASE.to_owned()
            + &vrf("A", "mac-vrf", 20, 2020, "set routing-instances A service-type vlan-based\n")
            + &vrf("B", "mac-vrf", 30, 3030, "set routing-instances B service-type vlan-aware\n")
            + &vrf("C", "virtual-switch", 40, 4040, "")
            + &vrf("D", "virtual-switch", 50, 5050, "set routing-instances D protocols evpn extended-vni-list 5050\n")
            + &vrf("E", "mac-vrf", 5, 6060, "")
            + "set vlans odd vlan-id none\nset vlans odd vxlan vni 99\n";
        let (vlans, said) = vlans(&text);
        let shown: Vec<_> = vlans.iter().map(|v| (v.vlan, v.vni, v.evpn.as_ref().map(|e| e.tag))).collect();
        let wanted = [(5, 10, Some(10)), (20, 2020, Some(0)), (30, 3030, Some(3030)), (40, 4040, None), (50, 5050, Some(5050))];
        assert_eq!(shown, wanted);
        assert_eq!(said.len(), 2, "{said:?}");
        assert_eq!(vlans[1].evpn.as_ref().unwrap().route_distinguisher.as_deref(), Some("192.0.2.1:20"));
    }
}
