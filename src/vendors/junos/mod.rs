//! juniper_junos.

mod groups;

use super::sink::Sink;
use super::{ConfigFile, Vendor};
use crate::model::Device;
use crate::syntax::braces;

/// The vendor's entry in [`VENDORS`](super::VENDORS).
#[derive(Debug)]
pub struct Junos;

impl Vendor for Junos {
    fn os(&self) -> &'static str {
        "juniper_junos"
    }

    fn tells(&self, _text: &str) -> u32 {
        0
    }

    fn read(&self, files: &[ConfigFile<'_>], sink: &mut Sink) -> Device {
        for f in files {
            let made = boxcar::Vec::new();
            let mut tree = braces::parse(f.id, f.text, &braces::JUNOS);

            let roots = std::mem::take(&mut tree.roots);
            let _r = groups::expand(&tree, roots, &made, sink);
        }
        Device::default()
    }
}
