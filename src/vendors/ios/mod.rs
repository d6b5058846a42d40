//! cisco_ios.

use super::sink::Sink;
use super::{ConfigFile, Vendor};
use crate::model::Device;

/// The vendor's entry in [`VENDORS`](super::VENDORS).
#[derive(Debug)]
pub struct Ios;

impl Vendor for Ios {
    fn os(&self) -> &'static str {
        "cisco_ios"
    }

    fn tells(&self, _text: &str) -> u32 {
        0
    }

    fn read(&self, _files: &[ConfigFile<'_>], _sink: &mut Sink) -> Device {
        Device::default()
    }
}
