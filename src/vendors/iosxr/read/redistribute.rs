//! `redistribute …` of every protocol, and the lines that look like it.

use super::{Reader, after};
use crate::model::device::Name;
use crate::model::policy::RouteType;
use crate::syntax::tree::Node;
use crate::syntax::values;
use crate::vendors::iosxr::config::{DefaultRoute, ListName, Redistribute, Source};

impl<'a, 't> Reader<'a, 't> {
    /// `redistribute SOURCE [ID] [options]`; `None`: it is not understood.
    pub(super) fn redistribution(&mut self, node: &Node<'_>, w: &[&str]) -> Option<Redistribute> {
        let (source, mut rest) = source(w)?;
        let mut r = Redistribute {
            source,
            policy: self.attached(node, "redistribute"),
            metric: None,
            metric_type: None,
            metric_external: false,
            tag: 0,
            types: Vec::new(),
            levels: None,
            origin: self.origin(node),
        };
        while let [word, tail @ ..] = rest {
            rest = tail;
            let value = tail.first().copied().unwrap_or("");
            match *word {
                // The rest is the policy with its arguments, and what may follow it.
                "route-policy" => {
                    let options = tail
                        .iter()
                        .position(|w| matches!(*w, "metric" | "metric-type" | "tag" | "level-1" | "level-2" | "level-1-2"));
                    rest = options.map_or(&[], |n| &tail[n..]);
                }
                "metric" => {
                    r.metric = value.parse().ok();
                    rest = tail.get(1..)?;
                }
                "metric-type" => {
                    match value {
                        "1" | "type-1" => r.metric_type = Some(1),
                        "2" | "type-2" => r.metric_type = Some(2),
                        "external" | "rib-metric-as-external" => r.metric_external = true,
                        _ => {}
                    }
                    rest = tail.get(1..)?;
                }
                "tag" => {
                    r.tag = value.parse().ok()?;
                    rest = tail.get(1..)?;
                }
                "match" => {
                    let (types, used) = ospf_types(tail);
                    r.types = types;
                    rest = tail.get(used..).unwrap_or(&[]);
                }
                "level-1" => match r.source {
                    Source::Isis(_) if r.types.is_empty() && after(w, "metric").is_none() => r.types.push(RouteType::IsisL1),
                    _ => r.levels = Some((true, false)),
                },
                "level-2" => match r.source {
                    Source::Isis(_) if r.types.is_empty() => r.types.push(RouteType::IsisL2),
                    _ => r.levels = Some((false, true)),
                },
                "level-1-2" => r.levels = Some((true, true)),
                "level-1-inter-area" => r.types.push(RouteType::IsisInterArea),
                "internal" if r.source == Source::Bgp => r.types.push(RouteType::BgpInternal),
                "external" if r.source == Source::Bgp => r.types.push(RouteType::BgpExternal),
                "local" if r.source == Source::Bgp => {}
                "internal" | "external" | "nssa-external" => {
                    let (types, _) = ospf_types(&[word]);
                    r.types.extend(types);
                }
                "lsa-type-summary" | "preserve-med" | "multipath" => {}
                "nexthop" | "always" => {}
                _ => return None,
            }
        }
        Some(r)
    }

    /// `default-information originate [always] [metric N] [metric-type N] [tag N] [route-policy P]`.
    pub(super) fn default_route(&mut self, node: &Node<'_>, w: &[&str]) -> DefaultRoute {
        DefaultRoute {
            always: w.contains(&"always"),
            metric: after(w, "metric").and_then(|v| v.parse().ok()),
            metric_type: after(w, "metric-type").and_then(|v| v.parse().ok()),
            policy: self.attached(node, "default-information"),
            tag: after(w, "tag").and_then(|v| v.parse().ok()).unwrap_or(0),
            origin: self.origin(node),
        }
    }

    /// `route-policy P in`, `prefix-list L in`, `ACL in`, as they stand after `distribute-list`.
    pub(super) fn distribute_list(&mut self, node: &Node<'_>, w: &[&str]) -> Option<ListName> {
        Some(match w {
            ["route-policy", ..] => ListName::Policy(self.attached(node, "distribute-list")?),
            ["prefix-list", name, ..] => ListName::Prefix(self.refer(node, super::PREFIX_LIST[0], name, "distribute-list")),
            [name, ..] => ListName::Acl(self.refer(node, super::ACL[0], name, "distribute-list")),
            [] => return None,
        })
    }
}

/// The source that `redistribute` names, and the words after it.
pub(super) fn source<'w, 'x>(w: &'x [&'w str]) -> Option<(Source, &'x [&'w str])> {
    let name = |n: &str| Name::from(n);
    Some(match w {
        ["connected" | "local" | "direct", rest @ ..] => (Source::Connected, rest),
        ["static", rest @ ..] => (Source::Static, rest),
        ["ospf", id, rest @ ..] => (Source::Ospf(name(id)), rest),
        ["ospfv3", id, rest @ ..] => (Source::Ospfv3(name(id)), rest),
        ["isis", id, rest @ ..] => (Source::Isis(name(id)), rest),
        ["bgp", asn, rest @ ..] if values::asn(asn).is_some() => (Source::Bgp, rest),
        ["rip", rest @ ..] => (Source::Rip, rest),
        ["eigrp", asn, rest @ ..] => (Source::Eigrp(asn.parse().ok()), rest),
        _ => return None,
    })
}

/// `internal`, `external [1|2]`, `nssa-external [1|2]` in a row, and how many words they are.
fn ospf_types(w: &[&str]) -> (Vec<RouteType>, usize) {
    let (mut types, mut at) = (Vec::new(), 0);
    while let Some(word) = w.get(at) {
        let number = w.get(at + 1).copied().filter(|n| matches!(*n, "1" | "2"));
        match (*word, number) {
            ("internal", _) => types.extend([RouteType::OspfIntra, RouteType::OspfInter]),
            ("external", Some("1")) => types.push(RouteType::OspfE1),
            ("external", Some(_)) => types.push(RouteType::OspfE2),
            ("external", None) => types.extend([RouteType::OspfE1, RouteType::OspfE2]),
            ("nssa-external", Some("1")) => types.push(RouteType::OspfN1),
            ("nssa-external", Some(_)) => types.push(RouteType::OspfN2),
            ("nssa-external", None) => types.extend([RouteType::OspfN1, RouteType::OspfN2]),
            _ => break,
        }
        at += 1 + usize::from(number.is_some() && *word != "internal");
    }
    (types, at)
}
