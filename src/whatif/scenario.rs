//! Scenarios: what fails, what is drained, how traffic grows.
//!
//! In: YAML text. Out: [`Scenario`]s, and by [`Scenario::apply`] what the engine needs. Law: names are checked against the network;
//! an unknown one is an error that says what there is. Start reading at [`parse`]. Tests: below.

use serde::Deserialize;

use super::change::{self, Announce, Withdraw};
use crate::base::error::Error;
use crate::model::Network;
use crate::model::network::DeviceId;
use crate::topology::{Failures, Port, Topology};

/// A file of scenarios.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScenarioFile {
    scenarios: Vec<Scenario>,
}

/// One scenario.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What people call it.
    pub name: String,
    /// What is taken away, all at once.
    #[serde(default)]
    pub fail: Vec<Element>,
    /// Routers that are drained: their IGP links get the largest metric, so that no traffic passes through them.
    #[serde(default)]
    pub drain: Vec<String>,
    /// IGP costs that are changed.
    #[serde(default)]
    pub cost: Vec<CostChange>,
    /// Prefixes that appear.
    #[serde(default)]
    pub announce: Vec<Announce>,
    /// Prefixes that go.
    #[serde(default)]
    pub withdraw: Vec<Withdraw>,
    /// All demands times this.
    #[serde(default = "one")]
    pub growth: f64,
}

fn one() -> f64 {
    1.0
}

/// Something that fails.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Element {
    /// A device.
    Node(String),
    /// All links between two devices, or the one of an interface: `[a, b]` or `"a:interface"`.
    Link(LinkName),
    /// One port, and so the link on it: `"a:interface"`.
    Interface(String),
    /// A line card, and so all ports on it: `"a:1"` takes `Ethernet1/2` and `ge-1/0/3`, `"a:0/2"` takes `GigabitEthernet0/2/0/1`.
    Card(String),
    /// A shared-risk group of `nettwin.yaml`.
    Group(String),
    /// The BGP sessions between two devices, or of a device with a neighbour address: `[a, b]`, `[a, 192.0.2.1]`.
    Session(String, String),
}

/// How a link is named.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum LinkName {
    /// Both devices: all links between them.
    Between(String, String),
    /// `device:interface`.
    At(String),
}

impl std::str::FromStr for Element {
    type Err = String;

    /// `node:r1`, `link:r1:eth0` (the link on that port), `link:r1,r2` (all links between the two), `interface:r1:eth0`, `card:r1:0/2`.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` should be node:NAME, link:NAME:INTERFACE, link:NAME,NAME, interface:NAME:INTERFACE or card:NAME:SLOT"
            )
        };
        let (kind, rest) = text.split_once(':').ok_or_else(wrong)?;
        match (kind, rest.split_once(','), rest.contains(':')) {
            ("node", None, false) if !rest.is_empty() => Ok(Self::Node(rest.to_owned())),
            ("link", None, true) => Ok(Self::Link(LinkName::At(rest.to_owned()))),
            ("link", Some((a, b)), false) => Ok(Self::Link(LinkName::Between(a.to_owned(), b.to_owned()))),
            ("interface", None, true) => Ok(Self::Interface(rest.to_owned())),
            ("card", None, true) => Ok(Self::Card(rest.to_owned())),
            _ => Err(wrong()),
        }
    }
}

/// A changed IGP cost.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CostChange {
    /// `device:interface`.
    pub interface: String,
    /// The new cost.
    pub cost: u32,
}

/// A scenario as the engine runs it.
#[derive(Debug, Default)]
pub struct Applied {
    /// What is down.
    pub failures: Failures,
    /// The changed network, if the scenario changes configs.
    pub network: Option<Network>,
}

/// Reads a file of scenarios. `path` is only for messages.
///
/// # Errors
/// When the text is not of the form, with its line.
pub fn parse(path: &str, text: &str) -> Result<Vec<Scenario>, Error> {
    let file: ScenarioFile = crate::base::yaml::read(path, text)?;
    if file.scenarios.is_empty() {
        return Err(Error::Format { path: path.to_owned(), message: "`scenarios` is empty: name at least one".to_owned() });
    }
    Ok(file.scenarios)
}

impl Scenario {
    /// Turns names into what the engine needs.
    ///
    /// # Errors
    /// When a device, interface or link is not in the network.
    pub fn apply(&self, network: &Network, topology: &Topology) -> Result<Applied, Error> {
        let mut applied = Applied::default();
        for element in &self.fail {
            match element {
                Element::Node(name) => applied.failures.devices.push(device(network, name)?),
                Element::Interface(at) | Element::Link(LinkName::At(at)) => applied.failures.ports.push(port(network, at)?),
                Element::Link(LinkName::Between(a, b)) => {
                    let ends = links_between(network, topology, a, b)?;
                    applied.failures.ports.extend(ends);
                }
                Element::Card(at) => applied.failures.ports.extend(card(network, at)?),
                Element::Group(name) => group(network, topology, name, &mut applied.failures)?,
                Element::Session(..) => {}
            }
        }
        let sessions = self.fail.iter().filter_map(|e| if let Element::Session(a, b) = e { Some((a, b)) } else { None });
        let sessions: Vec<_> = sessions.collect();
        let changes = self.drain.len() + self.cost.len() + self.announce.len() + self.withdraw.len() + sessions.len();
        if changes > 0 {
            let mut changed = network.clone();
            for (a, b) in sessions {
                change::shut(&mut changed, a, b)?;
            }
            for w in &self.withdraw {
                change::withdraw(&mut changed, w)?;
            }
            for a in &self.announce {
                change::announce(&mut changed, a)?;
            }
            for name in &self.drain {
                change::drain(&mut changed, device(network, name)?);
            }
            for change in &self.cost {
                let (d, i) = port(network, &change.interface)?;
                if !change::set_cost(&mut changed, (d, i), change.cost) {
                    return Err(Error::Usage(format!(
                        "`{}` runs neither OSPF nor IS-IS: it has no cost to change",
                        change.interface
                    )));
                }
            }
            applied.network = Some(changed);
        }
        Ok(applied)
    }
}

/// The ports of a card: those with a number of two parts or more (`1/2`, `0/2/0/1`) that begins as the card's does.
fn card(network: &Network, at: &str) -> Result<Vec<Port>, Error> {
    let (name, slot) = at.split_once(':').ok_or_else(|| Error::Usage(format!("`{at}` should be device:slot")))?;
    let d = device(network, name)?;
    let on_card = |interface: &str| {
        let number = interface.trim_start_matches(|c: char| !c.is_ascii_digit());
        number.strip_prefix(slot).is_some_and(|rest| rest.starts_with('/'))
    };
    let ports: Vec<Port> =
        network.devices[d].interfaces.iter_ids().filter(|(_, i)| on_card(&i.name) && !i.absent).map(|(i, _)| (d, i)).collect();
    if ports.is_empty() || slot.is_empty() {
        return Err(Error::Usage(format!("`{name}` has no port whose number begins with `{slot}/`")));
    }
    Ok(ports)
}

/// All that a shared-risk group takes down.
fn group(network: &Network, topology: &Topology, name: &str, failures: &mut Failures) -> Result<(), Error> {
    let groups = &network.extras.risk_groups;
    let group = groups.iter().find(|g| *g.name == *name).ok_or_else(|| {
        let names: Vec<&str> = groups.iter().map(|g| &*g.name).collect();
        let there = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        Error::Usage(format!("there is no shared-risk group `{name}` in nettwin.yaml; there are {there}"))
    })?;
    failures.devices.extend(&group.devices);
    failures.ports.extend(&group.ports);
    let joins = |x: DeviceId, y: DeviceId| group.between.iter().any(|&(a, b)| (x, y) == (a, b) || (x, y) == (b, a));
    failures.ports.extend(topology.links.iter().filter(|(x, y)| joins(x.0, y.0)).flat_map(|&(x, y)| [x, y]));
    Ok(())
}

/// The device of that name.
///
/// # Errors
/// When there is none; the message names some that there are.
pub fn device(network: &Network, name: &str) -> Result<DeviceId, Error> {
    network.find_device(name).ok_or_else(|| {
        let some: Vec<&str> = network.devices.iter().take(8).map(|d| &*d.name).collect();
        Error::Usage(format!(
            "there is no device `{name}`; there are {}{}",
            some.join(", "),
            if network.devices.len() > 8 { ", …" } else { "" }
        ))
    })
}

/// The port that `device:interface` names.
///
/// # Errors
/// When there is none.
pub fn port(network: &Network, at: &str) -> Result<Port, Error> {
    let (name, interface) = at.split_once(':').ok_or_else(|| Error::Usage(format!("`{at}` should be device:interface")))?;
    let d = device(network, name)?;
    let found = network.devices[d].interfaces.iter_ids().find(|(_, i)| i.name.eq_ignore_ascii_case(interface) && !i.absent);
    found.map(|(i, _)| (d, i)).ok_or_else(|| Error::Usage(format!("`{name}` has no interface `{interface}`")))
}

fn links_between(network: &Network, topology: &Topology, a: &str, b: &str) -> Result<Vec<Port>, Error> {
    let (da, db) = (device(network, a)?, device(network, b)?);
    let ends: Vec<Port> = topology
        .links
        .iter()
        .filter(|(x, y)| (x.0, y.0) == (da, db) || (x.0, y.0) == (db, da))
        .flat_map(|&(x, y)| [x, y])
        .collect();
    if ends.is_empty() { Err(Error::Usage(format!("there is no link between `{a}` and `{b}`"))) } else { Ok(ends) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::span::SourceMap;
    use crate::model::{Device, Interface};

    #[test]
    fn reads_all_forms() {
        let text = "scenarios:\n  - name: one\n    fail:\n      - node: r1\n      - link: [r1, r2]\n      - link: \"r1:eth0\"\n      - interface: \"r1:eth0\"\n      - group: duct\n      - session: [r1, 192.0.2.1]\n    growth: 1.5\n  - name: two\n    drain: [r1]\n    cost:\n      - {interface: \"r1:eth0\", cost: 50}\n";
        let scenarios = parse("s.yaml", text).unwrap();
        assert_eq!(scenarios.len(), 2);
        assert_eq!(scenarios[0].fail[1], Element::Link(LinkName::Between("r1".into(), "r2".into())));
        assert_eq!(scenarios[0].fail[2], Element::Link(LinkName::At("r1:eth0".into())));
        assert_eq!(scenarios[0].fail[5], Element::Session("r1".into(), "192.0.2.1".into()));
        assert_eq!((scenarios[0].growth, scenarios[1].growth), (1.5, 1.0));
        assert_eq!(scenarios[1].cost, [CostChange { interface: "r1:eth0".into(), cost: 50 }]);
    }

    #[test]
    fn reads_elements_of_the_command_line() {
        assert_eq!("node:r1".parse(), Ok(Element::Node("r1".into())));
        assert_eq!("link:r1:ge-0/0/0.0".parse(), Ok(Element::Link(LinkName::At("r1:ge-0/0/0.0".into()))));
        assert_eq!("link:r1,r2".parse(), Ok(Element::Link(LinkName::Between("r1".into(), "r2".into()))));
        assert_eq!("interface:r1:eth0".parse(), Ok(Element::Interface("r1:eth0".into())));
        assert_eq!("card:r1:0/2".parse(), Ok(Element::Card("r1:0/2".into())));
        for wrong in ["r1", "node:", "link:r1", "interface:r1", "wire:r1:eth0", "node:r1:eth0"] {
            assert!(wrong.parse::<Element>().unwrap_err().contains("should be node:NAME"), "{wrong}");
        }
    }

    #[test]
    fn says_where_a_file_is_wrong() {
        let error = parse("s.yaml", "scenarios:\n  - name: x\n    fial: []\n").unwrap_err().to_string();
        assert!(error.starts_with("s.yaml:3:5: ") && error.contains("fial"), "{error}");
        assert!(parse("s.yaml", "scenarios: []\n").unwrap_err().to_string().contains("empty"));
    }

    #[test]
    fn a_card_is_the_ports_whose_numbers_begin_with_its_own() {
        let names =
            ["Ethernet1/1", "Ethernet1/2.100", "Ethernet11/1", "ge-1/0/3", "Ethernet1", "Vlan1", "GigabitEthernet0/2/0/1"];
        let mut r1 = Device { name: "r1".into(), ..Device::default() };
        for name in names {
            r1.interfaces.push(Interface { name: name.into(), ..Interface::default() });
        }
        let network = Network::new(vec![r1], SourceMap::default());
        let of = |at: &str| card(&network, at).unwrap().into_iter().map(|(_, i)| i.0).collect::<Vec<_>>();
        assert_eq!((of("r1:1"), of("r1:0/2"), of("r1:0")), (vec![0, 1, 3], vec![6], vec![6]));
        assert_eq!(card(&network, "r1:2").unwrap_err().to_string(), "`r1` has no port whose number begins with `2/`");
        assert_eq!(card(&network, "r1").unwrap_err().to_string(), "`r1` should be device:slot");
    }

    #[test]
    fn unknown_names_are_errors() {
        let mut r1 = Device { name: "r1".into(), ..Device::default() };
        r1.interfaces.push(Interface { name: "eth0".into(), ..Interface::default() });
        let network = Network::new(vec![r1], SourceMap::default());
        assert_eq!(port(&network, "R1:ETH0").unwrap(), (DeviceId(0), crate::model::InterfaceId(0)));
        assert_eq!(port(&network, "r1:eth1").unwrap_err().to_string(), "`r1` has no interface `eth1`");
        assert_eq!(device(&network, "r9").unwrap_err().to_string(), "there is no device `r9`; there are r1");
        assert_eq!(port(&network, "r1").unwrap_err().to_string(), "`r1` should be device:interface");
    }
}
