//! The folder: which files belong to which device, and reading them in parallel.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use rayon::prelude::*;

use super::Snapshot;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::error::Error;
use crate::base::id::IdVec;
use crate::base::span::{FileId, SourceFile, SourceMap};
use crate::model::Network;
use crate::vendors::{self, ConfigFile, Reading};

/// Extensions that are not part of a device's name.
const CONFIG_ENDINGS: &[&str] =
    &["cfg", "conf", "config", "txt", "ios", "eos", "junos", "json", "set", "log", "rc", "cli", "yml", "yaml"];

/// Loads folders laid over each other: a device of a later one takes the place of the same device before.
pub(super) fn load(layers: &[&Path]) -> Result<Snapshot, Error> {
    let started = Instant::now();
    let mut devices: BTreeMap<String, Vec<(PathBuf, String)>> = BTreeMap::new();
    for path in layers {
        for (name, files) in layer(path)? {
            devices.insert(name, files);
        }
    }
    if devices.is_empty() {
        let path = layers.first().copied().unwrap_or(Path::new("."));
        return Err(Error::Usage(format!(
            "`{}` holds no configs: put one file a device under `{}`",
            path.display(),
            path.join("configs").display()
        )));
    }
    let mut files: IdVec<FileId, (PathBuf, String)> = IdVec::new();
    let mut owned: Vec<(String, Vec<FileId>)> = Vec::new();
    for (name, paths) in devices {
        owned.push((name, paths.into_iter().map(|p| files.push(p)).collect()));
    }
    let texts: Vec<Result<SourceFile, Error>> =
        files.as_slice().par_iter().map(|(path, shown)| Ok(SourceFile::new(shown.clone(), super::text(path)?))).collect();
    let sources = SourceMap { files: texts.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().collect() };
    let readings: Vec<Result<Reading, Box<Diagnostic>>> =
        owned.par_iter().map(|(name, ids)| read_one(name, ids, &sources)).collect();
    let mut snapshot = Snapshot::default();
    let mut read = Vec::new();
    for reading in readings {
        match reading {
            Ok(r) => read.push(r),
            Err(d) => snapshot.diagnostics.push(*d),
        }
    }
    read.sort_by(|a, b| a.device.name.cmp(&b.device.name));
    let (devices, reports) = read.into_iter().map(|r| (r.device, r.report)).unzip();
    snapshot.network = Network::new(devices, sources);
    snapshot.reports = reports;
    snapshot.took = started.elapsed();
    Ok(snapshot)
}

pub(super) fn read_one(name: &str, ids: &[FileId], sources: &SourceMap) -> Result<Reading, Box<Diagnostic>> {
    let files: Vec<ConfigFile<'_>> = ids
        .iter()
        .map(|&id| {
            let file = &sources.files[id];
            ConfigFile { id, name: file.path.rsplit('/').next().unwrap_or(&file.path), text: &file.text }
        })
        .collect();
    let surest = files.iter().filter_map(|f| vendors::recognise(f.text)).max_by_key(|(_, sure)| *sure);
    match surest {
        Some((vendor, _)) => Ok(vendors::read_device(vendor, name, &files)),
        None => {
            let what = files.iter().find_map(|f| vendors::unreadable(f.text));
            let message = match what {
                Some(what) => format!("the file is {what}, which is not read"),
                None => "the file is not a config of any OS that is known".to_owned(),
            };
            Err(Box::new(
                Diagnostic::new(Code("D-unknown-os"), Severity::Warning, message)
                    .on(name)
                    .at(crate::base::span::Span { file: ids[0], line: 1, column: 1, length: 0 })
                    .help("the device is left out of the network; `nettwin check --help` lists the OSes"),
            ))
        }
    }
}

/// The devices of one folder (or single file) with their files and the paths to show.
fn layer(path: &Path) -> Result<BTreeMap<String, Vec<(PathBuf, String)>>, Error> {
    let read = |e| Error::Read { path: path.display().to_string(), source: e };
    let (devices, root) = if std::fs::metadata(path).map_err(read)?.is_file() {
        (BTreeMap::from([(device_name(path), vec![path.to_path_buf()])]), path.parent().unwrap_or(path))
    } else {
        let configs = path.join("configs");
        let mut devices = devices_of(if configs.is_dir() { &configs } else { path })?;
        // End hosts in Batfish's form; a router of the same name goes before.
        let hosts = path.join("hosts");
        if configs.is_dir() && hosts.is_dir() {
            for (name, files) in devices_of(&hosts)? {
                devices.entry(name).or_insert(files);
            }
        }
        (devices, path)
    };
    let shown = |p: PathBuf| {
        let shown = p.strip_prefix(root).unwrap_or(&p).to_string_lossy().replace('\\', "/");
        (p, shown)
    };
    Ok(devices.into_iter().map(|(name, files)| (name, files.into_iter().map(shown).collect())).collect())
}

/// The devices of a folder: a file each, or a folder of files each.
fn devices_of(folder: &Path) -> Result<BTreeMap<String, Vec<PathBuf>>, Error> {
    let mut devices: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for path in sorted_entries(folder)? {
        let hidden = path.file_name().is_none_or(|n| n.to_string_lossy().starts_with('.'));
        if hidden {
            continue;
        }
        if path.is_dir() {
            let mut files = Vec::new();
            collect_files(&path, 0, &mut files)?;
            if !files.is_empty() {
                devices.entry(path.file_name().unwrap_or_default().to_string_lossy().into_owned()).or_default().extend(files);
            }
        } else {
            devices.entry(device_name(&path)).or_default().push(path);
        }
    }
    Ok(devices)
}

pub(super) fn collect_files(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    for path in sorted_entries(folder)? {
        if path.is_dir() {
            if depth < 8 {
                collect_files(&path, depth + 1, files)?;
            }
        } else {
            files.push(path);
        }
    }
    Ok(())
}

pub(super) fn sorted_entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let read = |e| Error::Read { path: folder.display().to_string(), source: e };
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(read)? {
        entries.push(entry.map_err(read)?.path());
    }
    entries.sort();
    Ok(entries)
}

/// A device's name from its file's: without a config ending.
fn device_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && CONFIG_ENDINGS.contains(&ending.to_ascii_lowercase().as_str()) => {
            stem.to_owned()
        }
        _ => name.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_config_endings_only() {
        for (file, name) in [("a/r1.cfg", "r1"), ("r1.example.com", "r1.example.com"), ("r1", "r1"), ("x.CONF", "x")] {
            assert_eq!(device_name(Path::new(file)), name);
        }
    }
}
