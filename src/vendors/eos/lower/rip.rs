//! RIP.

use super::Lowering;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::model::rip::{Rip, RipInterface, RipRedistribution};
use crate::model::vrf::VrfId;
use crate::vendors::eos::config::Source;
use crate::vendors::eos::defaults;

impl Lowering<'_, '_> {
    pub(super) fn rip(&mut self) {
        let Some(p) = &self.config.rip else { return };
        if !p.on {
            let message = "RIP does not run: it is off until `no shutdown`";
            self.sink.push(Diagnostic::new(Code("V-rip-shutdown"), Severity::Warning, message).at(p.origin));
            return;
        }
        let mut out = Rip {
            origin: p.origin,
            default_metric: Some(p.default_metric.unwrap_or(defaults::RIP_METRIC)),
            distance: p.distance.unwrap_or(defaults::RIP_DISTANCE),
            max_paths: defaults::IGP_PATHS,
            ..Rip::default()
        };
        for (id, port) in self.device.interfaces.iter_ids() {
            if port.vrf != VrfId::DEFAULT || port.switchport.is_some() || port.aggregate.is_some() {
                continue;
            }
            let on = p.networks.iter().find(|(net, _)| port.addresses.iter().any(|a| net.contains(&a.address.addr())));
            out.interfaces.extend(on.map(|(_, origin)| RipInterface::new(id, *origin)));
        }
        for r in &p.redistribute {
            let near = matches!(r.from, Source::Connected | Source::Static);
            out.redistribute.push(RipRedistribution {
                sources: self.sources(r.from, "default"),
                policy: self.redistribution_policy(r),
                metric: near.then_some(defaults::RIP_METRIC),
                origin: r.origin,
            });
        }
        self.device.rip.push(out);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::device;

    #[test]
    fn networks_choose_the_ports() {
        let text = "interface Ethernet1\n   no switchport\n   ip address 10.0.0.1/24\ninterface Ethernet2\n   no switchport\n   ip address 172.16.0.1/24\nip routing\nrouter rip\n   network 10.0.0.0/8\n   redistribute connected\n   redistribute bgp\n   metric default 5\n";
        assert!(device(text).rip.is_empty());
        let d = device(&format!("{text}   no shutdown\n"));
        let rip = &d.rip[0];
        assert_eq!((rip.interfaces.len(), rip.interfaces[0].interface), (1, d.find_interface("Ethernet1").unwrap()));
        assert_eq!((rip.distance, rip.default_metric), (120, Some(5)));
        assert_eq!(rip.redistribute.iter().map(|r| r.metric).collect::<Vec<_>>(), [Some(1), None]);
    }
}
