//! frr.

use super::sink::Sink;
use super::{ConfigFile, Vendor};
use crate::model::Device;

/// The vendor's entry in [`VENDORS`](super::VENDORS).
#[derive(Debug)]
pub struct Frr;

impl Vendor for Frr {
    fn os(&self) -> &'static str {
        "frr"
    }

    fn tells(&self, _text: &str) -> u32 {
        0
    }

    fn read(&self, _files: &[ConfigFile<'_>], _sink: &mut Sink) -> Device {
        Device::default()
    }
}
