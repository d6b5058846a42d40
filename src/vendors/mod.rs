//! One folder an operating system: trees to that OS's own config, and that to the model.
//!
//! In: the files of one device. Out: [`Reading`]. Law: knows nothing of routing; each OS's `config` is shaped as that
//! OS thinks, `read/` fills it, `lower/` turns it into the model, `defaults` holds every implicit default with its
//! citation. To add an OS: a folder and one line in [`VENDORS`].
//! Start reading at [`Vendor`], then [`sink`]. Tests: in each folder, and `tests/labs.rs`.

pub mod eos;
mod foreign;
pub mod frr;
pub mod host;
pub mod ios;
pub mod iosxr;
pub mod junos;
mod labels;
pub mod nxos;
mod packet;
pub mod regex;
pub mod sink;
pub mod srlinux;
pub mod sros;

use crate::base::span::FileId;
use crate::model::Device;
pub use foreign::unreadable;
use sink::{ReadReport, Sink};

/// All operating systems, in alphabetic order.
pub const VENDORS: &[&dyn Vendor] =
    &[&eos::Eos, &frr::Frr, &host::Host, &ios::Ios, &iosxr::IosXr, &junos::Junos, &nxos::Nxos, &sros::Sros, &srlinux::SrLinux];

/// An operating system whose configs can be read.
pub trait Vendor: Sync {
    /// Its name in the routes format: `arista_eos`, `cisco_ios`, `cisco_iosxr`, `frr`, `juniper_junos`.
    fn os(&self) -> &'static str;

    /// How sure it is that a text is one of its configs: 0 = not at all, 100 = certain. Must be quick: it sees at most the
    /// first 64 KiB of a file.
    fn tells(&self, text: &str) -> u32;

    /// Reads the files of one device. Never fails: what is wrong goes to the sink.
    fn read(&self, files: &[ConfigFile<'_>], sink: &mut Sink) -> Device;
}

/// A file of a device.
#[derive(Debug, Clone, Copy)]
pub struct ConfigFile<'t> {
    /// Its id.
    pub id: FileId,
    /// Its name below the device's folder, or the config file's own name.
    pub name: &'t str,
    /// Its text.
    pub text: &'t str,
}

/// A device as read, and what there is to say about its config.
#[derive(Debug)]
pub struct Reading {
    /// The device. `name` is set here from the snapshot's name.
    pub device: Device,
    /// Line classes, references and diagnostics.
    pub report: ReadReport,
}

/// The OS that is surest of a text, with how sure it is. A tie is won by the first in [`VENDORS`].
pub fn recognise(text: &str) -> Option<(&'static dyn Vendor, u32)> {
    if unreadable(text).is_some() {
        return None;
    }
    let mut end = text.len().min(64 * 1024);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = &text[..end];
    let mut best: Option<(&'static dyn Vendor, u32)> = None;
    for &vendor in VENDORS {
        let sure = vendor.tells(head);
        if sure > best.map_or(0, |(_, s)| s) {
            best = Some((vendor, sure));
        }
    }
    best
}

/// Reads one device with a known OS.
pub fn read_device(vendor: &dyn Vendor, name: &str, files: &[ConfigFile<'_>]) -> Reading {
    let mut sink = Sink::new(name, files);
    let mut device = vendor.read(files, &mut sink);
    device.name = name.into();
    // A reader may know better: SONiC is read as FRR.
    if device.os.is_empty() {
        device.os = vendor.os();
    }
    device.files = files.iter().map(|f| f.id).collect();
    if device.vrfs.is_empty() {
        device.vrfs.push(crate::model::Vrf { name: "default".into(), routing_v4: true, ..Default::default() });
    }
    Reading { device, report: sink.finish() }
}
