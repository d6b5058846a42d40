//! `router policy`: prefix lists, community lists, AS path lists, route maps.

use super::{Below, Translation};

impl Translation<'_> {
    pub(super) fn policies(&mut self, all: &Below) {
        for (kind, line, lists) in all.iter() {
            for (name, line, list) in lists.iter() {
                match kind {
                    "prefix-list" => self.prefix_list(name, list),
                    "community-list" | "large-community-list" | "as-path-list" => self.list(kind, name, list),
                    "route-map" => self.route_map(name, list),
                    _ => self.not_modelled(line, list, "lists of this kind are not modelled"),
                }
            }
            if lists.is_empty() {
                self.unknown(kind, line, lists);
            }
        }
    }

    /// The rules of a list, each with its number, its action and its line.
    fn rules(list: &Below) -> impl Iterator<Item = (&str, &str, u32, &Below)> {
        let rules = list.get(&["rule"]).into_iter().flat_map(Below::iter);
        rules.map(|(number, line, rule)| (number, rule.value(&["action"]).unwrap_or("permit"), line, rule))
    }

    fn prefix_list(&mut self, name: &str, list: &Below) {
        let family = if list.is(&["type"], "ipv6") { "ipv6" } else { "ip" };
        for (number, action, line, rule) in Self::rules(list) {
            for (prefix, _, range) in rule.get(&["match"]).into_iter().flat_map(Below::iter) {
                let mut words = vec![family, "prefix-list", name, "seq", number, action, prefix];
                for (key, word) in [("min-prefix-len", "ge"), ("max-prefix-len", "le")] {
                    if let Some(length) = range.value(&[key]) {
                        words.extend([word, length]);
                    }
                }
                self.frr(line, &[&words]);
            }
        }
    }

    fn list(&mut self, kind: &str, name: &str, list: &Below) {
        for (number, action, line, rule) in Self::rules(list) {
            let values = |key: &str| -> Vec<&str> { rule.get(&[key]).into_iter().flat_map(Below::iter).map(|x| x.0).collect() };
            let (head, found): (&[&str], Vec<&str>) = match kind {
                "as-path-list" => (&["bgp", "as-path", "access-list", name], values("aspath-exp")),
                "community-list" => (&["bgp", "community-list", "standard", name], values("community")),
                _ => (&["bgp", "large-community-list", "standard", name], values("large-community")),
            };
            self.frr(line, &[&[head, &["seq", number, action], &found[..]].concat()]);
        }
    }

    fn route_map(&mut self, name: &str, list: &Below) {
        for (number, action, line, rule) in Self::rules(list) {
            let head = ["route-map", name, action, number];
            self.frr(line, &[&head]);
            let ipv6 = rule.is(&["match", "type"], "ipv6");
            for (word, line, below) in rule.get(&["match"]).into_iter().flat_map(Below::iter) {
                let value = below.one();
                let family = if ipv6 { "ipv6" } else { "ip" };
                match word {
                    "type" => {}
                    "ip-prefix-list" => self.frr(line, &[&head, &["match", family, "address", "prefix-list", value]]),
                    "ip-nexthop-list" => self.frr(line, &[&head, &["match", family, "next-hop", "prefix-list", value]]),
                    "as-path-list" => self.frr(line, &[&head, &["match", "as-path", value]]),
                    "community-list" | "large-community-list" => {
                        let exact = below.get(&[value, "exact-match"]).is_some();
                        let kind = word.trim_end_matches("-list");
                        let tail: &[&str] = if exact { &["exact-match"] } else { &[] };
                        self.frr(line, &[&head, &[&["match", kind, value], tail].concat()]);
                    }
                    "interface" | "metric" | "tag" | "local-preference" | "origin" | "peer" | "source-protocol" => {
                        self.frr(line, &[&head, &["match", word, value]]);
                    }
                    _ => self.not_modelled(line, below, "the condition is not modelled"),
                }
            }
            for (word, line, below) in rule.get(&["set"]).into_iter().flat_map(Below::iter) {
                let values: Vec<&str> = below.iter().map(|x| x.0).collect();
                let first = values.first().copied().unwrap_or("");
                match word {
                    "as-path-prepend" => {
                        for (how, line, below) in below.iter() {
                            let ases: Vec<&str> = below.iter().flat_map(|x| x.0.split_ascii_whitespace()).collect();
                            let how: &[&str] = if how == "last-as" { &["last-as"] } else { &[] };
                            self.frr(line, &[&head, &[&["set", "as-path", "prepend"], how, &ases[..]].concat()]);
                        }
                    }
                    "community" | "large-community" => self.frr(line, &[&head, &[&["set", word], &values[..]].concat()]),
                    "ip-nexthop" => {
                        let words: &[&str] = if first.contains(':') {
                            &["set", "ipv6", "next-hop", "global", first]
                        } else {
                            &["set", "ip", "next-hop", first]
                        };
                        self.frr(line, &[&head, words]);
                    }
                    "local-preference" | "metric" | "weight" | "tag" | "origin" | "metric-type" => {
                        self.frr(line, &[&head, &["set", word, first]]);
                    }
                    _ => self.not_modelled(line, below, "not modelled"),
                }
            }
            // What comes next stands below the action.
            for (word, line, below) in rule.get(&["action", action]).into_iter().flat_map(Below::iter) {
                match (word, below.iter().next()) {
                    ("exit-policy", Some(("next", ..))) => self.frr(line, &[&head, &["on-match", "next"]]),
                    ("exit-policy", Some(("rule", _, rule))) => {
                        let to = rule.one();
                        self.frr(line, &[&head, &["on-match", "goto", to]]);
                    }
                    ("exit-policy", _) => {}
                    _ => self.unknown(word, line, below),
                }
            }
        }
    }
}
