//! `nettwin.yaml`: shared risks, roles, sites, capacities.
//!
//! ```yaml
//! shared_risks:
//!   - name: duct-7
//!     nodes: [r4]
//!     links: ["r1:Ethernet1", "r2 - r3"]     # a port, or all links between two devices
//! roles:
//!   spine: ["spine*"]
//! sites:
//!   east: [r1, r2]
//! capacities:
//!   default_mbps: 10000
//!   ports: {"r1:Ethernet1": 40000}           # Mbit/s
//! ```

use std::collections::BTreeMap;

use serde::Deserialize;

use super::names;
use crate::base::error::Error;
use crate::base::span::SourceFile;
use crate::base::yaml::{self, Spanned};
use crate::model::extras::{Extras, RiskGroup};
use crate::model::interface::InterfaceId;
use crate::model::network::{DeviceId, Network};

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct File {
    shared_risks: Vec<Risk>,
    roles: BTreeMap<String, Vec<Spanned<String>>>,
    sites: BTreeMap<String, Vec<Spanned<String>>>,
    capacities: Capacities,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Risk {
    name: String,
    #[serde(default)]
    nodes: Vec<Spanned<String>>,
    #[serde(default)]
    links: Vec<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Capacities {
    default_mbps: Option<f64>,
    ports: BTreeMap<String, f64>,
}

/// Reads the file and resolves its names.
pub(super) fn read(network: &Network, file: &SourceFile) -> Result<Extras, Error> {
    if file.text.trim().is_empty() {
        return Ok(Extras::default());
    }
    let parsed: File = yaml::read(&file.path, &file.text)?;
    let names = Names { network, path: &file.path };
    let mut out = Extras { default_capacity: parsed.capacities.default_mbps.map(|m| m * 1e6), ..Extras::default() };
    for risk in &parsed.shared_risks {
        let mut group = RiskGroup { name: risk.name.as_str().into(), ..RiskGroup::default() };
        for node in &risk.nodes {
            group.devices.extend(names.devices(node)?);
        }
        for link in &risk.links {
            match link.value.split_once(" - ") {
                Some((a, b)) => group.between.push((names.device(line(link), a.trim())?, names.device(line(link), b.trim())?)),
                None => group.ports.push(names.port(line(link), &link.value)?),
            }
        }
        out.risk_groups.push(group);
    }
    for (kinds, into) in [(&parsed.roles, &mut out.roles), (&parsed.sites, &mut out.sites)] {
        for (name, members) in kinds {
            let mut devices = Vec::new();
            for member in members {
                devices.extend(names.devices(member)?);
            }
            devices.sort_unstable();
            devices.dedup();
            into.push((name.as_str().into(), devices));
        }
    }
    for (port, mbps) in &parsed.capacities.ports {
        let at = file.text.lines().position(|l| l.contains(port.as_str())).map_or(1, |n| n as u64 + 1);
        out.capacities.push((names.port(at, port)?, mbps * 1e6));
    }
    Ok(out)
}

fn line<T>(s: &Spanned<T>) -> u64 {
    s.referenced.line()
}

struct Names<'a> {
    network: &'a Network,
    path: &'a str,
}

impl Names<'_> {
    fn bad(&self, line: u64, message: String) -> Error {
        Error::Format { path: format!("{}:{line}", self.path), message }
    }
    fn device(&self, line: u64, name: &str) -> Result<DeviceId, Error> {
        names::device(self.network, name).ok_or_else(|| self.bad(line, format!("`{name}` is no device of the snapshot")))
    }
    /// A device, or all that are like a pattern with `*`.
    fn devices(&self, name: &Spanned<String>) -> Result<Vec<DeviceId>, Error> {
        if !name.value.contains('*') {
            return Ok(vec![self.device(line(name), &name.value)?]);
        }
        let like = |d: &str| crate::base::like(&name.value, d);
        let found: Vec<DeviceId> =
            self.network.devices.iter_ids().filter(|(_, d)| !d.absent && like(&d.name)).map(|(id, _)| id).collect();
        if found.is_empty() { Err(self.bad(line(name), format!("no device is like `{}`", name.value))) } else { Ok(found) }
    }
    fn port(&self, line: u64, text: &str) -> Result<(DeviceId, InterfaceId), Error> {
        let Some((device, interface)) = text.split_once(':') else {
            return Err(self.bad(line, format!("`{text}` is neither `device:interface` nor `device - device`")));
        };
        let device = self.device(line, device.trim())?;
        let found = names::interface(&self.network.devices[device], interface.trim());
        let name = &self.network.devices[device].name;
        Ok((device, found.ok_or_else(|| self.bad(line, format!("`{name}` has no interface `{interface}`")))?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Device, Interface};

    fn network() -> Network {
        let device = |name: &str| Device {
            name: name.into(),
            interfaces: std::iter::once(Interface { name: "Ethernet1".into(), ..Interface::default() }).collect(),
            ..Device::default()
        };
        Network::new(vec![device("leaf1"), device("leaf2"), device("spine1")], Default::default())
    }

    fn parse(text: &str) -> Result<Extras, Error> {
        read(&network(), &SourceFile::new("nettwin.yaml".into(), text.into()))
    }

    #[test]
    fn names_become_ids() {
        let text = "shared_risks:\n  - name: duct\n    nodes: [spine1]\n    links: ['leaf1:Et1', 'leaf1 - leaf2']\nroles:\n  leaf: ['leaf*']\n\
                    capacities:\n  default_mbps: 100\n  ports: {'leaf1:Ethernet1': 10}\n";
        let e = parse(text).unwrap();
        assert_eq!(e.risk_groups[0].devices, [DeviceId(2)]);
        assert_eq!(e.risk_groups[0].ports, [(DeviceId(0), InterfaceId(0))]);
        assert_eq!(e.risk_groups[0].between, [(DeviceId(0), DeviceId(1))]);
        assert_eq!(e.roles, [("leaf".into(), vec![DeviceId(0), DeviceId(1)])]);
        assert_eq!((e.default_capacity, e.capacities.as_slice()), (Some(1e8), &[((DeviceId(0), InterfaceId(0)), 1e7)][..]));
        assert_eq!(parse("").unwrap(), Extras::default());
    }

    #[test]
    fn wrong_names_say_their_line() {
        let error = |text: &str| parse(text).unwrap_err().to_string();
        assert_eq!(error("roles:\n  x:\n    - leaf9\n"), "nettwin.yaml:3: `leaf9` is no device of the snapshot");
        assert_eq!(error("roles:\n  x: ['q*']\n"), "nettwin.yaml:2: no device is like `q*`");
        assert!(error("rolls: {}\n").starts_with("nettwin.yaml:1:"));
        assert!(error("shared_risks:\n  - name: a\n    links: ['leaf1:Et7']\n").contains(":3: `leaf1` has no interface `Et7`"));
    }
}
