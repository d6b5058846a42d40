//! Rows as devices print them: what they do not print is not there.

use ipnet::IpNet;
use serde_json::{Map, Value, json};

/// A route of a main table.
#[derive(Debug, Clone, Default)]
pub(super) struct Route {
    pub prefix: String,
    pub protocol: String,
    pub distance: Option<u64>,
    pub metric: Option<u64>,
    pub hops: Vec<Hop>,
}

/// A next hop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Hop {
    pub ip: Option<String>,
    pub interface: Option<String>,
    pub vrf: Option<String>,
    pub drop: bool,
}

/// A BGP path.
#[derive(Debug, Clone, Default)]
pub(super) struct Path {
    pub prefix: String,
    pub next_hop: Option<String>,
    pub best: bool,
    pub as_path: String,
    pub origin: Option<&'static str>,
    pub local_pref: Option<u64>,
    pub med: Option<u64>,
    pub weight: Option<u64>,
    pub communities: Option<Vec<String>>,
}

impl Hop {
    pub fn drop() -> Self {
        Self { drop: true, ..Self::default() }
    }

    /// An interface; the discard interface drops.
    pub fn interface(name: &str) -> Self {
        if is_null(name) { Self::drop() } else { Self { interface: Some(name.to_owned()), ..Self::default() } }
    }

    fn row(&self) -> Value {
        let mut row = Map::new();
        if self.drop {
            row.insert("drop".into(), true.into());
        }
        for (field, value) in [("ip", &self.ip), ("interface", &self.interface), ("vrf", &self.vrf)] {
            if let Some(value) = value.as_ref().filter(|v| !v.is_empty()) {
                row.insert(field.into(), value.as_str().into());
            }
        }
        Value::Object(row)
    }
}

pub(super) fn is_null(name: &str) -> bool {
    name.get(..4).is_some_and(|n| n.eq_ignore_ascii_case("null"))
}

impl Route {
    pub fn row(&self) -> Value {
        let mut hops: Vec<&Hop> = Vec::new();
        for hop in &self.hops {
            if !hops.contains(&hop) {
                hops.push(hop);
            }
        }
        let mut row = json!({
            "prefix": self.prefix,
            "protocol": self.protocol,
            "next_hops": hops.iter().map(|h| h.row()).collect::<Vec<_>>(),
        });
        if let Some(distance) = self.distance {
            row["distance"] = distance.into();
        }
        if let Some(metric) = self.metric {
            row["metric"] = metric.into();
        }
        row
    }
}

impl Path {
    pub fn row(&self) -> Value {
        let mut row = json!({"prefix": self.prefix, "best": self.best, "as_path": self.as_path});
        if let Some(hop) = &self.next_hop {
            // A link-local address is made from a MAC address: it is the same word everywhere.
            row["next_hop"] = if hop.to_ascii_lowercase().starts_with("fe80:") { "fe80::".into() } else { hop.as_str().into() };
        }
        if let Some(origin) = self.origin {
            row["origin"] = origin.into();
        }
        for (field, value) in [("local_pref", self.local_pref), ("med", self.med), ("weight", self.weight)] {
            if let Some(value) = value {
                row[field] = value.into();
            }
        }
        if let Some(communities) = &self.communities {
            row["communities"] = json!(communities);
        }
        row
    }
}

/// `i`, `e`, `?`, `I`, or the word.
pub(super) fn origin(word: &str) -> Option<&'static str> {
    match word.to_ascii_lowercase().as_str() {
        "i" | "igp" => Some("igp"),
        "e" | "egp" => Some("egp"),
        "?" | "incomplete" => Some("incomplete"),
        _ => None,
    }
}

/// An AS path with the origin behind it: `65001 65002 i`.
pub(super) fn as_path(text: &str) -> (String, Option<&'static str>) {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let code = words.last().and_then(|w| if w.len() == 1 { origin(w) } else { None });
    if code.is_some() {
        words.pop();
    }
    (words.join(" "), code)
}

/// A prefix in its shortest spelling; without a length it has that of its class.
pub(super) fn prefix(word: &str, length: Option<u8>) -> Option<String> {
    if word.contains('/') {
        let net: IpNet = word.parse().ok()?;
        return Some(net.trunc().to_string());
    }
    let ip: std::net::IpAddr = word.parse().ok()?;
    let length = length.unwrap_or(match ip {
        std::net::IpAddr::V4(a) => match a.octets()[0] {
            _ if a.is_unspecified() => 0,
            0..=127 => 8,
            128..=191 => 16,
            192..=223 => 24,
            _ => 32,
        },
        std::net::IpAddr::V6(_) => 128,
    });
    Some(IpNet::new(ip, length).ok()?.trunc().to_string())
}

/// A number that may stand as text.
pub(super) fn number(value: Option<&Value>) -> Option<u64> {
    let value = value?;
    value.as_u64().or_else(|| value.as_str().and_then(|s| s.trim().parse().ok()))
}

/// A text field.
pub(super) fn word<'v>(value: &'v Value, field: &str) -> &'v str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// A field's elements, whether it is a list, one object, or a list in an object of that name (NX-OS).
pub(super) fn list(value: Option<&Value>) -> Vec<&Value> {
    match value {
        Some(Value::Array(all)) => all.iter().collect(),
        Some(Value::Null) | None => Vec::new(),
        Some(one) => vec![one],
    }
}
