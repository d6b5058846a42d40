//! Collected device state: the folder `--state` names.
//!
//! In: a folder with one folder a device (or a lab's folder with `show/` in it). Out: their files, by the device they belong to.

use std::path::Path;

use super::folder::{collect_files, sorted_entries};
use super::{names, text};
use crate::base::error::Error;
use crate::model::network::{DeviceId, Network};

/// What was collected from one device.
#[derive(Debug)]
pub struct HostFiles {
    /// The folder's name.
    pub host: String,
    /// The device of that name; `None`: the snapshot has none.
    pub device: Option<DeviceId>,
    /// The files with their names below the folder.
    pub files: Vec<(String, String)>,
}

/// Reads the files of collected state, in order of the folders' names.
///
/// # Errors
/// When the folder cannot be read or holds no folder of a device.
pub fn read(folder: &Path, network: &Network) -> Result<Vec<HostFiles>, Error> {
    let inner = folder.join("show");
    let folder = if inner.is_dir() { &inner } else { folder };
    let mut out = Vec::new();
    for path in sorted_entries(folder)?.into_iter().filter(|p| p.is_dir()) {
        let host = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut paths = Vec::new();
        collect_files(&path, 0, &mut paths)?;
        let mut files = Vec::new();
        for file in paths {
            let name = file.strip_prefix(&path).unwrap_or(&file).to_string_lossy().replace('\\', "/");
            files.push((name, text(&file)?));
        }
        let device = names::device(network, &host);
        out.push(HostFiles { host, device, files });
    }
    if out.is_empty() {
        return Err(Error::Usage(format!(
            "`{}` holds no device state: put what each device printed in a folder of its name",
            folder.display()
        )));
    }
    Ok(out)
}
