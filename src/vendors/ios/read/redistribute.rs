//! `redistribute …` and `distribute-list …`, which all routing processes share.

use super::{ACL, Done, PREFIX_LIST, ROUTE_MAP, Reader};
use crate::model::policy::RouteType;
use crate::syntax::tree::Node;
use crate::vendors::ios::config::{DistributeList, ListName, MetricKind, Redistribute, Source};

/// The source that words begin with, and how many words name it.
pub(super) fn source(w: &[&str]) -> Option<(Source, usize)> {
    let second = w.get(1).copied().unwrap_or("");
    Some(match w.first().copied()? {
        "connected" | "direct" => (Source::Connected, 1),
        "static" => (Source::Static, 1),
        "rip" => (Source::Rip, 1),
        "bgp" => (Source::Bgp, 1 + usize::from(crate::syntax::values::asn(second).is_some())),
        "eigrp" => (Source::Eigrp(second.parse().ok()), 2),
        "ospf" | "ospfv3" | "ospf3" => {
            let named = second.parse::<u32>().is_ok();
            (Source::Ospf(if named { second.into() } else { "".into() }), 1 + usize::from(named))
        }
        "isis" => {
            let options = [
                "",
                "ip",
                "level-1",
                "level-2",
                "level-1-2",
                "metric",
                "metric-type",
                "route-map",
                "into",
                "clns",
                "include-connected",
                "match",
                "tag",
            ];
            let named = !options.contains(&second);
            (Source::Isis(if named { second.into() } else { "".into() }), 1 + usize::from(named))
        }
        _ => return None,
    })
}

impl<'a, 't> Reader<'a, 't> {
    /// The words after `redistribute`. `Err`: the line has been dealt with.
    pub(super) fn redistribution(&mut self, node: &'a Node<'t>, w: &[&str]) -> Result<Redistribute, Done> {
        let Some((source, used)) = source(w) else {
            return Err(match w.first() {
                Some(&"maximum-prefix") => self.quiet_line(node),
                _ => self.gap_line(node, format!("redistribution from `{}` is not modelled", w.first().unwrap_or(&""))),
            });
        };
        let bgp = source == Source::Bgp;
        let mut r = Redistribute {
            source,
            map: None,
            metric: None,
            metric_eigrp: None,
            metric_type: None,
            tag: 0,
            subnets: false,
            types: Vec::new(),
            levels: None,
            origin: self.origin(node),
        };
        let mut rest = w.get(used..).unwrap_or(&[]);
        let mut from_levels = Vec::new();
        let is_isis = matches!(r.source, Source::Isis(_));
        while let [word, tail @ ..] = rest {
            rest = tail;
            match (*word, tail.first().copied()) {
                ("route-map", Some(name)) => {
                    r.map = Some(self.refer(node, ROUTE_MAP, name, "redistribute"));
                    rest = &tail[1..];
                }
                ("metric", Some(_)) if super::eigrp::metric(tail).is_some() => {
                    r.metric_eigrp = super::eigrp::metric(tail);
                    rest = &tail[5..];
                }
                ("metric", Some(value)) => {
                    match value.parse() {
                        Ok(m) => r.metric = Some(m),
                        Err(_) if matches!(value, "transparent" | "rib-metric-as-external" | "rib-metric-as-internal") => {}
                        Err(_) => return Err(self.bad(node, value, "a metric")),
                    }
                    rest = &tail[1..];
                }
                ("metric-type", Some(value)) => {
                    r.metric_type = Some(match value {
                        "1" | "type-1" => MetricKind::One,
                        "2" | "type-2" => MetricKind::Two,
                        "internal" => MetricKind::Internal,
                        "external" | "rib-metric-as-external" => MetricKind::External,
                        _ => return Err(self.bad(node, value, "a metric type")),
                    });
                    rest = &tail[1..];
                }
                ("tag", Some(value)) => {
                    match value.parse() {
                        Ok(t) => r.tag = t,
                        Err(_) => return Err(self.bad(node, value, "a tag")),
                    }
                    rest = &tail[1..];
                }
                ("subnets", _) => r.subnets = true,
                ("match", _) => {}
                ("internal", _) => r.types.extend([RouteType::OspfIntra, RouteType::OspfInter]),
                ("external", Some("1")) => {
                    r.types.push(RouteType::OspfE1);
                    rest = &tail[1..];
                }
                ("external", Some("2")) => {
                    r.types.push(RouteType::OspfE2);
                    rest = &tail[1..];
                }
                ("external", _) => r.types.extend([RouteType::OspfE1, RouteType::OspfE2]),
                ("nssa-external", Some("1")) => {
                    r.types.push(RouteType::OspfN1);
                    rest = &tail[1..];
                }
                ("nssa-external", Some("2")) => {
                    r.types.push(RouteType::OspfN2);
                    rest = &tail[1..];
                }
                ("nssa-external", _) => r.types.extend([RouteType::OspfN1, RouteType::OspfN2]),
                ("level-1", _) if is_isis => from_levels.push(RouteType::IsisL1),
                ("level-2", _) if is_isis => from_levels.push(RouteType::IsisL2),
                ("level-1-2", _) if is_isis => from_levels.extend([RouteType::IsisL1, RouteType::IsisL2]),
                ("level-1", _) => r.levels = Some((true, false)),
                ("level-2", _) => r.levels = Some((false, true)),
                ("level-1-2", _) => r.levels = Some((true, true)),
                ("vrf", Some(_)) => return Err(self.gap_line(node, "redistribution out of another VRF is not modelled")),
                ("ip" | "clns" | "include-connected" | "nssa-only", _) => {}
                (_, _) if bgp && word.parse::<u32>().is_ok() => {}
                (_, _) => return Err(self.bad(node, word, "an option of `redistribute`")),
            }
        }
        if is_isis {
            r.types = from_levels;
        }
        Ok(r)
    }

    /// The words after `distribute-list`, for an IGP.
    pub(super) fn distribute_list(&mut self, node: &'a Node<'t>, w: &[&str]) -> Result<DistributeList, Done> {
        let (list, rest) = match w {
            ["prefix", name, rest @ ..] => {
                if rest.first() == Some(&"gateway") || w.contains(&"gateway") {
                    return Err(self.gap_line(node, "`distribute-list … gateway` is not modelled"));
                }
                (ListName::Prefix(self.refer(node, PREFIX_LIST, name, "distribute-list")), rest)
            }
            ["prefix-list", name, rest @ ..] => {
                (ListName::Prefix(self.refer(node, super::PREFIX_LIST6, name, "distribute-list")), rest)
            }
            ["gateway", ..] => return Err(self.gap_line(node, "`distribute-list gateway` is not modelled")),
            ["route-map", name, rest @ ..] => (ListName::Map(self.refer(node, ROUTE_MAP, name, "distribute-list")), rest),
            [name, rest @ ..] => (ListName::Acl(self.refer(node, ACL, name, "distribute-list")), rest),
            [] => return Err(self.bad(node, "", "a distribute list")),
        };
        let (inbound, rest) = match rest {
            ["in", rest @ ..] => (true, rest),
            ["out", rest @ ..] => (false, rest),
            _ => return Err(self.bad(node, rest.first().copied().unwrap_or(""), "`in` or `out`")),
        };
        let mut d = DistributeList { list, inbound, interface: None, source: None, origin: self.origin(node) };
        if !rest.is_empty() {
            match source(rest) {
                Some((s, _)) if !inbound => d.source = Some(s),
                _ => d.interface = self.refer_interface(node, rest, "distribute-list"),
            }
            if d.source.is_none() && d.interface.is_none() {
                return Err(self.bad(node, rest[0], "an interface or a protocol"));
            }
        }
        Ok(d)
    }
}
