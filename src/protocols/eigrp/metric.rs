//! EIGRP metrics: their parts, and the one number that is compared.
//!
//! In: bandwidths and delays. Out: [`Vector`]. Law: RFC 7868 §5.5 and §5.6. Start reading at [`Vector::composite`]. Tests: below.

use crate::model::eigrp::{Eigrp, EigrpInterface, EigrpMetric};
use crate::model::interface::Interface;

/// Delays are kept in 256ths of a picosecond: exact in classic units (256 a ten microseconds) and in wide ones.
const PICO: u64 = 256;
/// Ten microseconds in picoseconds.
const TENS: u64 = 10_000_000;
/// Delay of an interface that nobody knows better (`show interface` of any Ethernet from 1 Gbit/s: 10 microseconds).
const UNKNOWN_DELAY: u64 = TENS;
/// And its bandwidth in kbit/s.
const UNKNOWN_BANDWIDTH: u64 = 1_000_000;

/// A metric as its parts: what routers tell each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Vector {
    /// The narrowest link, kbit/s.
    bandwidth: u64,
    /// The sum of delays, in 256ths of a picosecond.
    delay: u64,
    reliability: u8,
    load: u8,
    pub hops: u32,
}

impl Vector {
    /// A configured metric.
    pub fn configured(m: &EigrpMetric) -> Self {
        Self {
            bandwidth: u64::from(m.bandwidth),
            delay: u64::from(m.delay) * TENS * PICO,
            reliability: m.reliability,
            load: m.load,
            hops: 0,
        }
    }
    /// The metric of an interface's own subnet.
    pub fn of_interface(process: &Eigrp, interface: Option<&Interface>, settings: Option<&EigrpInterface>) -> Self {
        let bandwidth = settings.and_then(|s| s.bandwidth).or(interface.and_then(|i| i.bandwidth).map(|b| b / 1000));
        let known = interface.and_then(|i| i.delay).map(|d| if process.wide { d.wide } else { d.classic });
        let delay = settings.and_then(|s| s.delay).or(known).unwrap_or(UNKNOWN_DELAY);
        Self {
            bandwidth: bandwidth.filter(|b| *b > 0).unwrap_or(UNKNOWN_BANDWIDTH),
            delay: delay.saturating_mul(PICO),
            reliability: 255,
            load: 1,
            hops: 0,
        }
    }
    /// The metric over one more link.
    pub fn over(self, link: Self) -> Self {
        Self {
            bandwidth: self.bandwidth.min(link.bandwidth),
            delay: self.delay.saturating_add(link.delay),
            reliability: self.reliability.min(link.reliability),
            load: self.load.max(link.load),
            hops: self.hops + 1,
        }
    }
    /// The same metric as that of a route that begins here.
    pub fn made_here(self) -> Self {
        Self { hops: 0, ..self }
    }
    /// Made worse by an offset list: what it adds to the metric is added to the delay.
    pub fn offset(self, process: &Eigrp, by: u32) -> Self {
        let unit = if process.wide { 1_000_000 / 256 } else { TENS };
        Self { delay: self.delay.saturating_add(u64::from(by).saturating_mul(unit)), ..self }
    }
    /// The number that a process compares: RFC 7868 §5.5.2 (classic) and §5.6.2 (wide).
    pub fn composite(&self, process: &Eigrp) -> u64 {
        let [k1, k2, k3, k4, k5, _] = process.k.map(u64::from);
        let rate = self.bandwidth.max(1);
        let (bandwidth, delay) = if process.wide {
            (10_000_000 * 65_536 / rate, (u128::from(self.delay) * 65_536 / u128::from(1_000_000 * PICO)) as u64)
        } else {
            (10_000_000 / rate * 256, self.delay / TENS)
        };
        let load = 256 - u64::from(self.load);
        let mut sum = (k1 * bandwidth).saturating_add(k2 * bandwidth / load).saturating_add(k3.saturating_mul(delay));
        if k5 > 0 {
            sum = sum.saturating_mul(k5) / (u64::from(self.reliability) + k4).max(1);
        }
        if process.wide { sum } else { sum.min(u64::from(u32::MAX)) }
    }
    /// The number that the main table shows.
    pub fn shown(&self, process: &Eigrp) -> u32 {
        let composite = self.composite(process);
        let shown = if process.wide { composite / u64::from(process.rib_scale.max(1)) } else { composite };
        u32::try_from(shown).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::interface::Delay;

    fn interface(kbit: u64, picoseconds: u64) -> Interface {
        Interface { bandwidth: Some(kbit * 1000), delay: Some(Delay::of_port(picoseconds, kbit)), ..Interface::default() }
    }

    #[test]
    fn numbers_that_devices_show() {
        let (classic, wide) = (Eigrp::default(), Eigrp { wide: true, ..Eigrp::default() });
        let gig = interface(1_000_000, 10_000_000);
        let loopback = interface(8_000_000, 5_000_000_000);
        let path = |p: &Eigrp, from: &Interface, link: &Interface| {
            Vector::of_interface(p, Some(from), None).over(Vector::of_interface(p, Some(link), None)).shown(p)
        };
        // Lab iosxe_eigrp_neighbor: `172.16.1.2 [90/130816]`, `192.168.122.0/24 [90/3072]`, over a port channel of two `[90/129536]`.
        assert_eq!(path(&classic, &loopback, &gig), 130_816);
        assert_eq!(path(&classic, &gig, &gig), 3072);
        assert_eq!(path(&classic, &loopback, &interface(2_000_000, 10_000_000)), 129_536);
        // Cisco document 16406: a T1 with 20 ms, `2169856` for its own subnet.
        assert_eq!(Vector::of_interface(&classic, Some(&interface(1544, 20_000_000_000)), None).shown(&classic), 2_169_856);
        // A loopback of a named-mode router one gigabit link away is `[90/10880]` (Cisco, "EIGRP Wide Metrics").
        assert_eq!(path(&wide, &loopback, &gig), 10_880);
        // Lab iosxe_eigrp_multi_process: `redistribute … metric 1000000 10 255 1 1500`, one gigabit link on.
        let seed = EigrpMetric { bandwidth: 1_000_000, delay: 10, reliability: 255, load: 1, mtu: 1500 };
        let on = |p: &Eigrp| Vector::configured(&seed).over(Vector::of_interface(p, Some(&gig), None)).shown(p);
        assert_eq!((on(&wide), on(&classic)), (61_440, 5376));
        // Lab iosxe_vrf_route_leaking_classic_eigrp: `metric 1000 100 255 1 1500` is 2585856 one link on.
        let slow = EigrpMetric { bandwidth: 1000, delay: 100, ..seed };
        let v = Vector::configured(&slow).over(Vector::of_interface(&classic, Some(&gig), None));
        assert_eq!(v.shown(&classic), 2_585_856);
        assert_eq!(v.offset(&classic, 7).shown(&classic), 2_585_863);
    }

    #[test]
    fn all_k_values() {
        let p = Eigrp { k: [1, 1, 1, 1, 1, 0], ..Eigrp::default() };
        let v = Vector::of_interface(&p, Some(&interface(1_000_000, 10_000_000)), None);
        // (2560 + 2560 / 255 + 256) * 1 / (255 + 1)
        assert_eq!(v.composite(&p), 11);
        let far = Vector { delay: u64::MAX, ..v };
        assert_eq!(far.composite(&Eigrp::default()), u64::from(u32::MAX), "no overflow");
        assert_eq!(far.shown(&Eigrp { wide: true, rib_scale: 1, ..Eigrp::default() }), u32::MAX);
    }
}
