//! Files on disk to a network: the only reader of files.
//!
//! In: a snapshot folder. Out: [`Snapshot`]. Law: one file = one task under rayon; results are joined in sorted order, so that
//! the number of threads shows nowhere. Start reading at [`load`].

pub mod coverage;
mod folder;

use std::path::Path;

use crate::base::diag::Diagnostic;
use crate::base::error::Error;
use crate::model::Network;
use crate::vendors::sink::ReadReport;

/// A snapshot as loaded.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The network.
    pub network: Network,
    /// What reading each device gave, in the order of `network.devices`.
    pub reports: Vec<ReadReport>,
    /// What there is to say about the folder itself: files of no known OS, a bad layer-1 file, names that occur twice.
    pub diagnostics: Vec<Diagnostic>,
}

/// Loads a snapshot folder (`configs/` and the optional files of `docs/` "Snapshot"). A single config file is a snapshot
/// of one device.
///
/// # Errors
/// When the folder cannot be read or holds no configs at all.
pub fn load(path: &Path) -> Result<Snapshot, Error> {
    folder::load(path)
}
