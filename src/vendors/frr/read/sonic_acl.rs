//! SONiC's `ACL_TABLE` and `ACL_RULE`: packet filters and the ports they are bound to.
//!
//! In: the tables of `config_db.json`. Out: [`PacketFilter`]s. Law: only tables that filter routed packets (`L3`, `L3V6`); rules in order of
//! priority, the highest first; what no rule takes passes (sonic-buildimage, "ACL table and rule").

use std::net::IpAddr;
use std::ops::RangeInclusive;

use ipnet::IpNet;
use serde_json::{Map, Value};

use crate::base::diag::{Diagnostic, Severity};
use crate::base::span::Origin;
use crate::model::filter::{AddressMatch, Filter, FilterLine};
use crate::model::route::Family;
use crate::vendors::frr::config::{Config, PacketFilter};
use crate::vendors::sink::{NOT_MODELLED, Sink};

pub(super) fn read(config: &mut Config, sink: &mut Sink, tables: &Map<String, Value>, at: &dyn Fn(&str, &str) -> Origin) {
    let table = |name: &str| tables.get(name).and_then(Value::as_object).into_iter().flatten();
    for (name, t) in table("ACL_TABLE") {
        let word = |field: &str| t.get(field).and_then(Value::as_str).unwrap_or_default().to_ascii_uppercase();
        let family = match word("type").as_str() {
            "L3" => Some(Family::V4),
            "L3V6" => Some(Family::V6),
            "L3V4V6" => None,
            // For the control plane, for mirrors, for what another service does.
            _ => continue,
        };
        let mut rules: Vec<(u32, FilterLine)> = Vec::new();
        for (key, rule) in table("ACL_RULE").filter(|(k, _)| k.split('|').next() == Some(name)) {
            let (priority, line, strange) = line(rule, at("ACL_RULE", key));
            if let Some(field) = strange {
                let message = format!("`{field}` of an ACL rule is not modelled: the rule may hold for fewer packets");
                sink.push(Diagnostic::new(NOT_MODELLED, Severity::Warning, message).at(line.origin));
            }
            rules.push((priority, line));
        }
        rules.sort_by_key(|(priority, _)| std::cmp::Reverse(*priority));
        let ports = match t.get("ports").or_else(|| t.get("ports@")) {
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).map(Into::into).collect(),
            Some(Value::String(s)) => s.split(',').map(|p| p.trim().into()).collect(),
            _ => Vec::new(),
        };
        config.packet_filters.push(PacketFilter {
            filter: Filter {
                name: name.as_str().into(),
                origin: at("ACL_TABLE", name),
                family,
                extended: true,
                lines: rules.into_iter().map(|r| r.1).collect(),
                default_permit: true,
            },
            ports,
            input: word("stage") != "EGRESS",
        });
    }
}

fn line(rule: &Value, origin: Origin) -> (u32, FilterLine, Option<String>) {
    let mut line = FilterLine { origin, ..FilterLine::default() };
    let (mut priority, mut strange) = (0, None);
    for (field, value) in rule.as_object().into_iter().flatten() {
        let word = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let understood = match field.to_ascii_uppercase().as_str() {
            "PRIORITY" => word.parse().map(|p| priority = p).is_ok(),
            "PACKET_ACTION" => {
                line.permit = !word.eq_ignore_ascii_case("DROP");
                matches!(word.to_ascii_uppercase().as_str(), "DROP" | "FORWARD" | "ACCEPT")
            }
            "SRC_IP" | "SRC_IPV6" => address(&word).map(|a| line.sources.push(a)).is_some(),
            "DST_IP" | "DST_IPV6" => address(&word).map(|a| line.destinations.push(a)).is_some(),
            "IP_PROTOCOL" | "NEXT_HEADER" => {
                number(&word).and_then(|n| u8::try_from(n).ok()).map(|p| line.protocols.push(p)).is_some()
            }
            "L4_SRC_PORT" | "L4_SRC_PORT_RANGE" => ports(&word).map(|p| line.source_ports.push(p)).is_some(),
            "L4_DST_PORT" | "L4_DST_PORT_RANGE" => ports(&word).map(|p| line.destination_ports.push(p)).is_some(),
            // IPv4 and IPv6 tables hold nothing else.
            "ETHER_TYPE" => matches!(number(&word), Some(0x0800 | 0x86dd)),
            "IP_TYPE" => matches!(word.to_ascii_uppercase().as_str(), "ANY" | "IP" | "IPV4ANY" | "IPV6ANY"),
            _ => false,
        };
        if !understood {
            line.partial = true;
            strange = Some(field.clone());
        }
    }
    (priority, line, strange)
}

fn number(word: &str) -> Option<u32> {
    match word.strip_prefix("0x") {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => word.parse().ok(),
    }
}

fn address(word: &str) -> Option<AddressMatch> {
    let net: Option<IpNet> = word.parse().ok().or_else(|| word.parse::<IpAddr>().ok().map(IpNet::from));
    net.map(|n| AddressMatch::Prefix(n.trunc()))
}

fn ports(word: &str) -> Option<RangeInclusive<u16>> {
    let (a, b) = word.split_once('-').unwrap_or((word, word));
    let (a, b) = (a.trim().parse().ok()?, b.trim().parse().ok()?);
    (a <= b).then_some(a..=b)
}
