//! Collected device state: what routers themselves print of their tables, as route facts.
//!
//! In: the files that were collected from one device (`show ip route`, `show bgp`, in each OS's own form). Out: [`Collected`]: the facts of
//! `nettwin routes --format json`, with only the fields that the device printed. Law: a file is known by what is in it, not by its name (which
//! tells a VRF at most); what is not such an output is left out; never fails, never panics. To add a format: a file, one line in [`FORMATS`].
//! Start reading at [`read`]; [`compare`] holds tables against each other. Tests: in each file, and `tests/drift.rs` against real labs.

pub mod compare;
mod eos;
mod frr;
mod frr_text;
mod ios;
mod iosxr;
mod junos;
mod nxos;
mod srlinux;
mod sros;
mod tables;
mod text;

use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What one device printed.
#[derive(Debug, Default)]
pub struct Collected {
    /// The tables by VRF.
    vrfs: BTreeMap<String, Tables>,
    /// Route outputs were limited to these protocols; empty: they were not.
    only: Vec<&'static str>,
    /// Names of interfaces by their number, where routes tell numbers only.
    interfaces: BTreeMap<u64, String>,
    /// The files that were read, each with the name of its format.
    pub files: Vec<(String, &'static str)>,
}

/// The tables of a VRF.
#[derive(Debug, Default)]
struct Tables {
    routes: Vec<Value>,
    bgp: Vec<Value>,
}

/// A file as collected.
#[derive(Debug, Clone, Copy)]
pub struct StateFile<'t> {
    /// Its name below the device's folder.
    pub name: &'t str,
    /// Its text.
    pub text: &'t str,
}

/// A form in which devices print tables.
struct Format {
    name: &'static str,
    /// Text for people. Read only where no structured form gave tables of the same kind: many collectors keep both.
    plain: bool,
    /// Reads a text of this form; `false` if it is none.
    read: fn(StateFile<'_>, &[Value], &mut Collected) -> bool,
}

const FORMATS: &[Format] = &[
    Format { name: "Arista EOS, JSON", plain: false, read: eos::read },
    Format { name: "Juniper Junos, JSON", plain: false, read: junos::read },
    Format { name: "Juniper Junos, XML", plain: false, read: junos::read_xml },
    Format { name: "Nokia SR OS, JSON", plain: false, read: sros::read },
    Format { name: "Nokia SR Linux, JSON", plain: false, read: srlinux::read },
    Format { name: "Cisco NX-OS, JSON", plain: false, read: nxos::read_json },
    Format { name: "FRR, JSON", plain: false, read: frr::read },
    Format { name: "FRR, text", plain: true, read: frr_text::read },
    Format { name: "Cisco NX-OS, text", plain: true, read: nxos::read },
    Format { name: "Cisco IOS-XR, text", plain: true, read: iosxr::read },
    Format { name: "Cisco IOS, text", plain: true, read: ios::read },
];

/// Larger files than this are not read.
const MAX_BYTES: usize = 1 << 30;

/// Reads what was collected from one device.
pub fn read(files: &[StateFile<'_>]) -> Collected {
    let mut out = Collected::default();
    // Interface lists come first: routes of some OSes tell numbers only.
    for file in files {
        sros::interfaces(*file, &mut out);
    }
    for plain in [false, true] {
        let had = out.kinds();
        for file in files.iter().filter(|f| f.text.len() < MAX_BYTES) {
            let documents = if plain { Vec::new() } else { documents(file.text) };
            let mut one = Collected { interfaces: std::mem::take(&mut out.interfaces), ..Collected::default() };
            let mut formats = FORMATS.iter().filter(|f| f.plain == plain);
            let format = formats.find(|f| (f.read)(*file, &documents, &mut one));
            out.interfaces = std::mem::take(&mut one.interfaces);
            let Some(format) = format else { continue };
            let kinds = one.kinds();
            if plain && kinds.iter().zip(had).all(|(is, had)| !is || had) && kinds != [false, false] {
                continue;
            }
            out.join(one);
            out.files.push((file.name.to_owned(), format.name));
        }
    }
    out
}

/// The JSON values of a text, one after the other; none if it is not JSON.
fn documents(text: &str) -> Vec<Value> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with(['{', '[']) {
        return Vec::new();
    }
    let stream = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    stream.map_while(Result::ok).collect()
}

impl Collected {
    /// Whether anything was read.
    pub fn is_empty(&self) -> bool {
        self.vrfs.is_empty()
    }

    /// The node of a routes file that this is.
    pub fn node(&self) -> Value {
        let vrfs: Map<String, Value> =
            self.vrfs.iter().map(|(name, t)| (name.clone(), json!({"routes": t.routes, "bgp_routes": t.bgp}))).collect();
        let mut node = json!({"vrfs": vrfs});
        if !self.only.is_empty() {
            node["captured_protocols"] = json!(self.only);
        }
        node
    }

    /// Whether there are routes, and whether there are BGP paths.
    fn kinds(&self) -> [bool; 2] {
        [self.vrfs.values().any(|t| !t.routes.is_empty()), self.vrfs.values().any(|t| !t.bgp.is_empty())]
    }

    /// Adds what another output of the same device says. The same route may stand in two of them.
    fn join(&mut self, other: Self) {
        for protocol in other.only {
            if !self.only.contains(&protocol) {
                self.only.push(protocol);
            }
        }
        for (vrf, tables) in other.vrfs {
            let table = self.vrfs.entry(vrf).or_default();
            let known: BTreeSet<String> = table.routes.iter().map(ToString::to_string).collect();
            table.routes.extend(tables.routes.into_iter().filter(|r| !known.contains(&r.to_string())));
            let known: BTreeSet<String> = table.bgp.iter().map(ToString::to_string).collect();
            table.bgp.extend(tables.bgp.into_iter().filter(|r| !known.contains(&r.to_string())));
        }
    }

    fn table(&mut self, vrf: &str) -> &mut Tables {
        let vrf = if vrf.is_empty() { "default" } else { vrf };
        self.vrfs.entry(vrf.to_owned()).or_default()
    }

    fn route(&mut self, vrf: &str, route: tables::Route) {
        self.table(vrf).routes.push(route.row());
    }

    fn path(&mut self, vrf: &str, path: tables::Path) {
        self.table(vrf).bgp.push(path.row());
    }
}
